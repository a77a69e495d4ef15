/*
 * A row is names in the order they come, one letter each, and how often each
 * was met before.
 */
#include "crypto/tally.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "tests/unit/rows.h"

static const struct row {
	const char *name;
	const char *refs;
	const char *before; /* a digit for each */
	int times;	    /* as many different refs for each letter */
} rows[] = {
	{ "the first is new", "a", "0", 1 },
	{ "the same again is not", "aa", "01", 1 },
	{ "nor after others", "abcaba", "000112", 1 },
	{ "refs that differ are all new", "abcdef", "000000", 1 },
	{ "so are very many", "abab", "0011", 20000 },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why;
	struct tally *t = tally_new(&why);
	char ref[64];
	uint16_t met;

	assert_non_null(t);
	for (size_t i = 0; row->refs[i] != '\0'; i++)
		for (int n = 0; n < row->times; n++) {
			(void)snprintf(ref, sizeof(ref), "primero:%c#%d",
			    row->refs[i], n);
			assert_int_equal(tally_add(t, ref, &met, &why), 0);
			assert_int_equal(met, row->before[i] - '0');
		}
	tally_free(t);
	tally_free(NULL);
}

static void
what_is_forgotten_is_counted_anew(void **state)
{
	struct fault why;
	struct tally *t = tally_new(&why);
	uint16_t met;

	(void)state;
	assert_non_null(t);
	assert_int_equal(tally_of(t, "a"), 0);
	for (int i = 0; i < TALLY_MOST + 2; i++)
		assert_int_equal(tally_add(t, "a", &met, &why), 0);
	assert_int_equal(met, TALLY_MOST); /* it stops there */
	assert_int_equal(tally_add(t, "b", &met, &why), 0);
	assert_int_equal(tally_of(t, "a"), TALLY_MOST);
	assert_int_equal(tally_of(t, "c"), 0);
	tally_forget(t, "a");
	assert_int_equal(tally_of(t, "a"), 0);
	assert_int_equal(tally_of(t, "b"), 1);
	assert_int_equal(tally_names(t), 2);
	tally_free(t);
}

static const struct other {
	const char *name;
	void (*holds)(void **state);
} others[] = {
	{ "a count stops at its most, and what is forgotten starts anew",
	    what_is_forgotten_is_counted_anew },
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
	return ROWS_RUN("tally", rows, row_holds) +
	    ROWS_RUN("tally: one by one", others, other_holds);
}
