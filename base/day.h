/*
 * day: calendar dates and moments, without a time zone anywhere.
 *
 * A day is counted from 1970-01-01 in the proleptic Gregorian calendar; a
 * moment is a UTC second counted from 1970-01-01T00:00:00Z.  Nothing here asks
 * what time it is: see clock.h.
 */
#ifndef SATCHEL_BASE_DAY_H
#define SATCHEL_BASE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t day;
typedef int64_t moment;

#define DAY_UNKNOWN INT32_MIN
#define DAY_TEXT 11    /* "2026-01-31" and NUL */
#define MOMENT_TEXT 21 /* "2026-01-31T10:00:00Z" and NUL */

/* Exactly YYYY-MM-DD, a real date between years 1 and 9999. */
bool day_read(const char *text, day *out);
/* Exactly YYYY-MM-DDTHH:MM:SSZ, real, without fraction or leap second. */
bool day_read_moment(const char *text, moment *out);

/* What is not between years 1 and 9999, DAY_UNKNOWN too, is written as "". */
void day_write(day d, char out[static DAY_TEXT]);
void day_write_moment(moment m, char out[static MOMENT_TEXT]);

day day_of(moment m);
moment day_start(day d);

/*
 * Whole years from born to on, both known; negative if on is earlier.  Who is
 * born on 29 February is a year older on 1 March where there is no 29th.
 */
int day_years_between(day born, day on);

#endif
