#include "tests/unit/rows.h"

#include <stdlib.h>
#include <string.h>

int
rows_run(const char *suite, const void *table, size_t size, size_t count,
    void (*holds)(void **state))
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	const char *row = table;
	int failed;

	if (tests == NULL)
		return 1;
	for (size_t i = 0; i < count; i++) {
		const void *at = row + i * size;
		const char *name;
		void *state;

		/* cmocka's state is not const; a row is only read. */
		memcpy(&name, at, sizeof(name));
		memcpy(&state, &at, sizeof(state));
		tests[i] =
		    (struct CMUnitTest){ name, holds, NULL, NULL, state };
	}
	failed = _cmocka_run_group_tests(suite, tests, count, NULL, NULL);
	free(tests);
	return failed;
}
