#include "tests/unit/rows.h"

#include <stdbool.h>
#include <string.h>

#include "base/day.h"

static const struct date {
	const char *name;
	const char *text;
	bool real;
	day want;
} dates[] = {
	{ "days are counted from 1970", "1970-01-01", true, 0 },
	{ "the day before is minus one", "1969-12-31", true, -1 },
	{ "a day of this program", "2026-01-31", true, 20484 },
	{ "the first day that can be read", "0001-01-01", true, -719162 },
	{ "the last day that can be read", "9999-12-31", true, 2932896 },
	{ "the Gregorian calendar has no gap in 1582", "1582-10-10", true,
	    -141432 },
	{ "a leap day every four years", "2024-02-29", true, 19782 },
	{ "none in between", "2023-02-29", false, 0 },
	{ "none in a century year", "1900-02-29", false, 0 },
	{ "but one every four centuries", "2000-02-29", true, 11016 },
	{ "the day after it", "2000-03-01", true, 11017 },
	{ "February never has 30 days", "2024-02-30", false, 0 },
	{ "April has 30 days", "2026-04-30", true, 20573 },
	{ "and not 31", "2026-04-31", false, 0 },
	{ "December has 31 days", "2026-12-31", true, 20818 },
	{ "and not 32", "2026-12-32", false, 0 },
	{ "there is no year 0", "0000-01-01", false, 0 },
	{ "there is no month 0", "2026-00-10", false, 0 },
	{ "there is no month 13", "2026-13-10", false, 0 },
	{ "there is no day 0", "2026-01-00", false, 0 },
	{ "an empty text is no date", "", false, 0 },
	{ "a short month is no date", "2026-1-31", false, 0 },
	{ "a short year is no date", "26-01-31", false, 0 },
	{ "a long year is no date", "12026-01-31", false, 0 },
	{ "slashes are no dashes", "2026/01/31", false, 0 },
	{ "day first is no date", "31-01-2026", false, 0 },
	{ "nothing may follow", "2026-01-31 ", false, 0 },
	{ "nothing may come before", " 2026-01-31", false, 0 },
	{ "a moment is no date", "2026-01-31T10:00:00Z", false, 0 },
	{ "a sign is no digit", "+026-01-31", false, 0 },
	{ "a space is no digit", "2026-01- 1", false, 0 },
	{ "half a date is none", "2026-01-", false, 0 },
};

static void
date_holds(void **state)
{
	const struct date *row = *state;
	char again[DAY_TEXT];
	day d = 4711;

	assert_int_equal(day_read(row->text, &d), row->real);
	if (!row->real) {
		assert_int_equal(d, 4711);
		return;
	}
	assert_int_equal(d, row->want);
	day_write(d, again);
	assert_string_equal(again, row->text);
}

static const struct instant {
	const char *name;
	const char *text;
	bool real;
	moment want;
} instants[] = {
	{ "moments are counted from 1970", "1970-01-01T00:00:00Z", true, 0 },
	{ "the second before", "1969-12-31T23:59:59Z", true, -1 },
	{ "a moment of this program", "2026-01-31T10:00:00Z", true,
	    1769853600 },
	{ "past 2038", "2038-01-19T03:14:08Z", true, 2147483648 },
	{ "the first", "0001-01-01T00:00:00Z", true, -62135596800 },
	{ "the last", "9999-12-31T23:59:59Z", true, 253402300799 },
	{ "there is no hour 24", "2026-01-31T24:00:00Z", false, 0 },
	{ "there is no minute 60", "2026-01-31T10:60:00Z", false, 0 },
	{ "leap seconds are not taken", "2016-12-31T23:59:60Z", false, 0 },
	{ "fractions are not taken", "2026-01-31T10:00:00.0Z", false, 0 },
	{ "offsets are not taken", "2026-01-31T10:00:00+00:00", false, 0 },
	{ "the Z must be there", "2026-01-31T10:00:00", false, 0 },
	{ "and large", "2026-01-31T10:00:00z", false, 0 },
	{ "so must the T", "2026-01-31 10:00:00Z", false, 0 },
	{ "the date must be real", "2026-02-29T10:00:00Z", false, 0 },
	{ "a date is no moment", "2026-01-31", false, 0 },
};

static void
instant_holds(void **state)
{
	const struct instant *row = *state;
	char again[MOMENT_TEXT];
	moment m = 4711;

	assert_int_equal(day_read_moment(row->text, &m), row->real);
	if (!row->real) {
		assert_true(m == 4711);
		return;
	}
	assert_true(m == row->want);
	day_write_moment(m, again);
	assert_string_equal(again, row->text);
}

static const struct beyond {
	const char *name;
	day day;
	moment moment;
} beyonds[] = {
	{ "an unknown day is written as nothing", DAY_UNKNOWN, INT64_MIN },
	{ "so is what lies before year 1", -719163, -62135596801 },
	{ "and what lies after year 9999", 2932897, 253402300800 },
	{ "however far", INT32_MAX, INT64_MAX },
};

static void
beyond_holds(void **state)
{
	const struct beyond *row = *state;
	char text[MOMENT_TEXT] = "x";

	day_write(row->day, text);
	assert_string_equal(text, "");
	text[0] = 'x';
	day_write_moment(row->moment, text);
	assert_string_equal(text, "");
}

static const struct inside {
	const char *name;
	moment moment;
	day want;
} insides[] = {
	{ "midnight begins the day", 86400, 1 },
	{ "the last second is still of it", 86399, 0 },
	{ "also before 1970", -1, -1 },
	{ "midnight before 1970", -86400, -1 },
	{ "the second before that", -86401, -2 },
};

static void
inside_holds(void **state)
{
	const struct inside *row = *state;

	assert_int_equal(day_of(row->moment), row->want);
	assert_true(day_start(row->want) <= row->moment);
	assert_true(day_start(row->want + 1) > row->moment);
}

static const struct age {
	const char *name;
	const char *born;
	const char *on;
	int want;
} ages[] = {
	{ "nobody is a year old when born", "2010-05-01", "2010-05-01", 0 },
	{ "the day before a birthday", "2010-05-01", "2026-04-30", 15 },
	{ "the birthday itself", "2010-05-01", "2026-05-01", 16 },
	{ "an earlier month", "2010-05-20", "2026-04-25", 15 },
	{ "a later month", "2010-05-20", "2026-06-01", 16 },
	{ "a leap day's child on 28 February", "2012-02-29", "2030-02-28", 17 },
	{ "and on 1 March", "2012-02-29", "2030-03-01", 18 },
	{ "and on the next leap day", "2012-02-29", "2016-02-29", 4 },
	{ "a day before birth is negative", "2010-05-01", "2010-04-30", -1 },
	{ "a year before birth too", "2010-05-01", "2009-05-01", -1 },
	{ "and a day more", "2010-05-01", "2009-04-30", -2 },
};

static void
age_holds(void **state)
{
	const struct age *row = *state;
	day born, on;

	assert_true(day_read(row->born, &born));
	assert_true(day_read(row->on, &on));
	assert_int_equal(day_years_between(born, on), row->want);
}

static const struct {
	const char *name;
} walks[] = { { "every day from year 1 to 9999 is written and read back" } };

static void
walk_holds(void **state)
{
	char text[DAY_TEXT], before[DAY_TEXT] = "0000-12-31";
	day again;

	(void)state;
	for (day d = -719162; d <= 2932896; d++) {
		day_write(d, text);
		assert_true(day_read(text, &again));
		assert_int_equal(again, d);
		assert_true(strcmp(before, text) < 0);
		memcpy(before, text, sizeof(before));
	}
}

int
main(void)
{
	return ROWS_RUN("day: dates", dates, date_holds) +
	    ROWS_RUN("day: moments", instants, instant_holds) +
	    ROWS_RUN("day: beyond", beyonds, beyond_holds) +
	    ROWS_RUN("day: inside", insides, inside_holds) +
	    ROWS_RUN("day: ages", ages, age_holds) +
	    ROWS_RUN("day: every", walks, walk_holds);
}
