/*
 * rows: a table of named cases as cmocka tests, one test a row.
 *
 * A suite is one program: its table's rows begin with `const char *name`, and
 * its main says
 *
 *	return ROWS_RUN("age", cases, case_holds);
 *
 * where case_holds takes the row through *state.  The name states what is
 * true; it is what is read when it fails.  Several tables: add the results.
 */
#ifndef SATCHEL_TESTS_ROWS_H
#define SATCHEL_TESTS_ROWS_H

/* cmocka needs these four, in this order, before itself. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#define ROWS_RUN(suite, table, holds)                  \
	rows_run((suite), (table), sizeof((table)[0]), \
	    sizeof(table) / sizeof((table)[0]), (holds))

/* Returns how many rows failed. */
int rows_run(const char *suite, const void *table, size_t size, size_t count,
    void (*holds)(void **state));

#endif
