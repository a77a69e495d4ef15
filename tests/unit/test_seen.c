/* A row is refs in the order they come, one letter each, and which are new. */
#include "export/seen.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "tests/unit/rows.h"

static const struct row {
	const char *name;
	const char *refs;
	const char *before; /* 0 or 1 for each */
	int times;	    /* as many different refs for each letter */
} rows[] = {
	{ "the first is new", "a", "0", 1 },
	{ "the same again is not", "aa", "01", 1 },
	{ "nor after others", "abcaba", "000111", 1 },
	{ "refs that differ are all new", "abcdef", "000000", 1 },
	{ "so are very many", "abab", "0011", 20000 },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why;
	struct seen *s = seen_new(&why);
	char ref[64];
	bool before;

	assert_non_null(s);
	for (size_t i = 0; row->refs[i] != '\0'; i++)
		for (int n = 0; n < row->times; n++) {
			(void)snprintf(ref, sizeof(ref), "primero:%c#%d",
			    row->refs[i], n);
			assert_int_equal(seen_add(s, ref, &before, &why), 0);
			assert_int_equal(before, row->before[i] == '1');
		}
	seen_free(s);
	seen_free(NULL);
}

int
main(void)
{
	return ROWS_RUN("seen", rows, row_holds);
}
