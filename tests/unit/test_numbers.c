/*
 * A row is what was noted, one "number=who" after the other with a bar
 * between, and which number is asked for.
 */
#include "export/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "tests/unit/rows.h"

static const struct row {
	const char *name;
	const char *notes;
	const char *number;
	enum numbers_by by;
	bool shared;
} rows[] = {
	{ "nothing noted, nothing shared", "", "A", NUMBERS_BY_CASE, false },
	{ "a number of one case is its own", "A=1|B=2", "A", NUMBERS_BY_CASE,
	    false },
	{ "the same case again changes nothing", "A=1|A=1|A=1", "A",
	    NUMBERS_BY_CASE, false },
	{ "a number of two cases is shared", "A=1|B=2|A=2", "A",
	    NUMBERS_BY_CASE, true },
	{ "only that one is", "A=1|B=2|A=2", "B", NUMBERS_BY_CASE, false },
	{ "a number nobody bears is not shared", "A=1|A=2", "C",
	    NUMBERS_BY_CASE, false },
	{ "one of three is enough", "A=1|A=1|A=2", "A", NUMBERS_BY_CASE, true },
	{ "of several shared ones each is known", "A=1|B=1|C=1|C=2|B=2|A=2|A=3",
	    "B", NUMBERS_BY_CASE, true },
	{ "letter case does not part a number", "a-1=1|A-1=2", "A-1",
	    NUMBERS_BY_CASE, true },
	{ "nor do spaces around it", " A-1 =1|A-1=2", "A-1", NUMBERS_BY_CASE,
	    true },
	{ "nor does a space of another kind", "A-1\xc2\xa0=1|A-1=2", "A-1",
	    NUMBERS_BY_CASE, true },
	{ "nor does what cannot be seen", "A\xe2\x80\x8b-1=1|A-1=2", "A-1",
	    NUMBERS_BY_CASE, true },
	{ "cases that differ in letter case are two", "A=x|A=X", "A",
	    NUMBERS_BY_CASE, true },
	{ "the names of one person may be spelt loosely",
	    "A=Nyakim/Example|A=NYAKIM / example", "A", NUMBERS_BY_NAME,
	    false },
	{ "other names are another person", "A=Nyakim/E|A=Nyakuoth/E", "A",
	    NUMBERS_BY_NAME, true },
	{ "so is another birth date", "A=2015-04-02|A=2015-05-11", "A",
	    NUMBERS_BY_BIRTH, true },
};

static void
note_all(struct numbers *n, const struct row *row)
{
	char *notes = strdup(row->notes), *rest = notes, *note, *equals;
	struct fault why;

	assert_non_null(notes);
	while ((note = strtok_r(rest, "|", &rest)) != NULL) {
		assert_non_null(equals = strchr(note, '='));
		*equals = '\0';
		assert_int_equal(numbers_note(n, note, row->by, equals + 1,
				     &why),
		    0);
	}
	free(notes);
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why;
	struct numbers *n = numbers_new(&why);
	bool shared = true;

	assert_non_null(n);
	note_all(n, row);
	assert_int_equal(numbers_shared(n, row->number, &shared, &why), 0);
	assert_false(shared); /* nothing is known before the end */
	numbers_close(n);
	assert_int_equal(numbers_shared(n, row->number, &shared, &why), 0);
	assert_int_equal(shared, row->shared);
	numbers_free(n);
}

static void
what_is_noted_is_not_mixed(void **state)
{
	struct fault why;
	struct numbers *n = numbers_new(&why);
	bool shared;

	(void)state;
	assert_int_equal(numbers_note(n, "A", NUMBERS_BY_NAME, "x", &why), 0);
	assert_int_equal(numbers_note(n, "A", NUMBERS_BY_BIRTH, "y", &why), 0);
	assert_int_equal(numbers_note(n, "A", NUMBERS_BY_CASE, "z", &why), 0);
	numbers_close(n);
	assert_int_equal(numbers_shared(n, "A", &shared, &why), 0);
	assert_false(shared);
	numbers_free(n);
	numbers_free(NULL);
}

static void
of_many_exactly_the_shared_are_known(void **state)
{
	struct fault why;
	struct numbers *n = numbers_new(&why);
	char number[32], who[32];
	bool shared;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(number, sizeof(number), "N-%d", i);
		(void)snprintf(who, sizeof(who), "%d", i);
		assert_int_equal(numbers_note(n, number, NUMBERS_BY_CASE, who,
				     &why),
		    0);
		if (i % 100 == 0)
			assert_int_equal(numbers_note(n, number,
					     NUMBERS_BY_CASE, "another", &why),
			    0);
	}
	numbers_close(n);
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(number, sizeof(number), "N-%d", i);
		assert_int_equal(numbers_shared(n, number, &shared, &why), 0);
		assert_int_equal(shared, i % 100 == 0);
	}
	numbers_free(n);
}

static const struct other {
	const char *name;
	void (*holds)(void **state);
} others[] = {
	{ "a case, a name and a birth date under one number are not mixed up",
	    what_is_noted_is_not_mixed },
	{ "of many numbers exactly the shared ones are known",
	    of_many_exactly_the_shared_are_known },
};

static void
other_holds(void **state)
{
	const struct other *o = *state;

	o->holds(state);
}

int
main(void)
{
	return ROWS_RUN("numbers", rows, row_holds) +
	    ROWS_RUN("numbers others", others, other_holds);
}
