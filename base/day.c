#include "base/day.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SECONDS_A_DAY 86400
#define DAYS_IN_400_YEARS 146097
#define DAYS_BEFORE_1970 719468 /* since 0000-03-01 */
#define DAY_FIRST (-719162)	/* 0001-01-01 */
#define DAY_LAST 2932896	/* 9999-12-31 */

struct date {
	int year;
	int month; /* 1 to 12 */
	int day;
};

/*
 * Years are counted from 1 March in both directions, so that the leap day is
 * a year's last and months have the pattern 31 30 31 30 31 twice and a half.
 */
static day
day_from_date(struct date d)
{
	int year = d.month <= 2 ? d.year - 1 : d.year;
	int month = (d.month + 9) % 12; /* March is 0 */
	int era = year / 400;		/* year is never negative here */
	int in_era = year % 400;
	int in_year = (153 * month + 2) / 5 + d.day - 1;

	return era * DAYS_IN_400_YEARS + in_era * 365 + in_era / 4 -
	    in_era / 100 + in_year - DAYS_BEFORE_1970;
}

static struct date
date_from_day(day of)
{
	int since = of + DAYS_BEFORE_1970;
	int era = since / DAYS_IN_400_YEARS;
	int left = since % DAYS_IN_400_YEARS;
	int in_era = (left - left / 1460 + left / 36524 - left / 146096) / 365;
	int in_year = left - (365 * in_era + in_era / 4 - in_era / 100);
	int month = (5 * in_year + 2) / 153; /* March is 0 */
	struct date d;

	d.day = in_year - (153 * month + 2) / 5 + 1;
	d.month = month < 10 ? month + 3 : month - 9;
	d.year = in_era + era * 400 + (d.month <= 2);
	return d;
}

static bool
in_range(day d)
{
	return d >= DAY_FIRST && d <= DAY_LAST;
}

/* Does text have a digit where form has a 0, and otherwise form's letters? */
static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; text++, form++) {
		if (*form == '0' && (*text < '0' || *text > '9'))
			return false;
		if (*form != '0' && *text != *form)
			return false;
	}
	return *text == '\0';
}

static int
number(const char *text, size_t digits)
{
	int n = 0;

	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	return n;
}

/* The date at the start of text, whose form has been checked. */
static bool
read_date(const char *text, day *out)
{
	struct date d = { number(text, 4), number(text + 5, 2),
		number(text + 8, 2) };
	struct date again;
	day read;

	if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 ||
	    d.day > 31)
		return false;
	/* The 31st of a shorter month comes back as another date. */
	read = day_from_date(d);
	again = date_from_day(read);
	if (again.day != d.day)
		return false;
	*out = read;
	return true;
}

bool
day_read(const char *text, day *out)
{
	return has_form(text, "0000-00-00") && read_date(text, out);
}

bool
day_read_moment(const char *text, moment *out)
{
	int hour, minute, second;
	day d;

	if (!has_form(text, "0000-00-00T00:00:00Z") || !read_date(text, &d))
		return false;
	hour = number(text + 11, 2);
	minute = number(text + 14, 2);
	second = number(text + 17, 2);
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	second += hour * 3600 + minute * 60;
	*out = day_start(d) + second;
	return true;
}

/* The last `digits` digits of n. */
static void
write_number(int n, char *out, size_t digits)
{
	for (; digits > 0; n /= 10)
		out[--digits] = (char)('0' + n % 10);
}

void
day_write(day d, char out[static DAY_TEXT])
{
	struct date date;

	out[0] = '\0';
	if (!in_range(d))
		return;
	date = date_from_day(d);
	memcpy(out, "0000-00-00", DAY_TEXT);
	write_number(date.year, out, 4);
	write_number(date.month, out + 5, 2);
	write_number(date.day, out + 8, 2);
}

void
day_write_moment(moment m, char out[static MOMENT_TEXT])
{
	int second;
	day d;

	out[0] = '\0';
	if (m < day_start(DAY_FIRST) || m >= day_start(DAY_LAST + 1))
		return;
	d = day_of(m);
	second = (int)(m - day_start(d));
	day_write(d, out);
	memcpy(out + DAY_TEXT - 1, "T00:00:00Z", MOMENT_TEXT - DAY_TEXT + 1);
	write_number(second / 3600, out + 11, 2);
	write_number(second / 60 % 60, out + 14, 2);
	write_number(second % 60, out + 17, 2);
}

day
day_of(moment m)
{
	moment d = m / SECONDS_A_DAY;

	/* Division goes towards zero; a day begins at its midnight. */
	if (m % SECONDS_A_DAY < 0)
		d--;
	return (day)d;
}

moment
day_start(day d)
{
	return (moment)d * SECONDS_A_DAY;
}

int
day_years_between(day born, day on)
{
	struct date from, to;
	int years;

	assert(in_range(born) && in_range(on));
	from = date_from_day(born);
	to = date_from_day(on);
	years = to.year - from.year;
	if (to.month < from.month ||
	    (to.month == from.month && to.day < from.day))
		years--;
	return years;
}
