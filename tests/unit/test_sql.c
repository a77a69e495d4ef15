#include "tests/unit/rows.h"

#include <sqlite3.h>
#include <string.h>

#include "base/fault.h"
#include "store/sql.h"

static const struct meaning {
	const char *name;
	int trouble;
	enum fault_id want;
	enum exit_status exit;
} meanings[] = {
	{ "busy is busy", SQLITE_BUSY, FAULT_STORE_BUSY, EXIT_TRY_AGAIN },
	{ "an old view is busy", SQLITE_BUSY_SNAPSHOT, FAULT_STORE_BUSY,
	    EXIT_TRY_AGAIN },
	{ "no database is damage", SQLITE_NOTADB, FAULT_STORE_DAMAGED,
	    EXIT_INSIDE },
	{ "a bad page is damage", SQLITE_CORRUPT, FAULT_STORE_DAMAGED,
	    EXIT_INSIDE },
	{ "a bad index is damage", SQLITE_CORRUPT_INDEX, FAULT_STORE_DAMAGED,
	    EXIT_INSIDE },
	{ "a full disk can be tried again", SQLITE_FULL, FAULT_STORE_FAILED,
	    EXIT_TRY_AGAIN },
	{ "a failing disk can be tried again", SQLITE_IOERR_FSYNC,
	    FAULT_STORE_FAILED, EXIT_TRY_AGAIN },
	{ "a disk that is read-only can be tried again", SQLITE_READONLY,
	    FAULT_STORE_FAILED, EXIT_TRY_AGAIN },
	{ "a file that does not open can be tried again", SQLITE_CANTOPEN,
	    FAULT_STORE_FAILED, EXIT_TRY_AGAIN },
	{ "no memory is no memory", SQLITE_NOMEM, FAULT_NO_MEMORY,
	    EXIT_INSIDE },
	{ "no memory while reading is no memory too", SQLITE_IOERR_NOMEM,
	    FAULT_NO_MEMORY, EXIT_INSIDE },
	{ "a broken rule is our own mistake", SQLITE_CONSTRAINT_UNIQUE,
	    FAULT_INSIDE, EXIT_INSIDE },
	{ "a wrong statement is our own mistake", SQLITE_ERROR, FAULT_INSIDE,
	    EXIT_INSIDE },
};

static void
meaning_holds(void **state)
{
	const struct meaning *row = *state;
	struct fault why = { 0 };

	assert_int_equal(sql_fault(NULL, row->trouble, &why), -1);
	assert_int_equal(why.id, row->want);
	assert_int_equal(fault_text(why.id)->exit_status, row->exit);
	assert_true(strlen(why.detail) > 0);
}

static const struct stored {
	const char *name;
	const char *text;
} texts[] = {
	{ "a quote", "it's" },
	{ "the end of a statement", "x'); DROP TABLE t; --" },
	{ "a double quote", "\" OR \"\"=\"" },
	{ "a comment", "a/*b" },
	{ "a parameter", "?1 :a @b $c" },
	{ "a wildcard", "100% _" },
	{ "a backslash", "a\\'b" },
	{ "several lines", "a\nb\r\nc" },
	{ "letters of other scripts", "\xe1\x88\xb0\xe1\x88\x8b\xe1\x88\x9d" },
	{ "nothing", "" },
};

/* The value comes back byte for byte, as text and as bytes. */
static void
text_holds(void **state)
{
	const struct stored *row = *state;
	struct fault why = { 0 };
	struct sqlite3 *db;
	struct sql q;
	const void *blob;
	size_t len;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sql_do(db, "CREATE TABLE t (a TEXT, b BLOB);", &why),
	    0);
	sql_start(&q, db, "INSERT INTO t (a, b) VALUES (?1, ?2)");
	sql_put_text(&q, 1, row->text);
	sql_put_blob(&q, 2, row->text, strlen(row->text));
	assert_int_equal(sql_run(&q, &why), 0);
	assert_int_equal(sql_changed(db), 1);

	sql_start(&q, db, "SELECT a, b FROM t WHERE a = ?1");
	sql_put_text(&q, 1, row->text);
	assert_int_equal(sql_next(&q, &why), 1);
	assert_string_equal(sql_text(&q, 0), row->text);
	blob = sql_blob(&q, 1, &len);
	assert_int_equal(len, strlen(row->text));
	if (len > 0)
		assert_memory_equal(blob, row->text, len);
	assert_int_equal(sql_next(&q, &why), 0);
	sql_end(&q);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
first_trouble_stays(struct sqlite3 *db, struct fault *why)
{
	struct sql q;

	sql_start(&q, db, "SELECT nothing FROM nowhere");
	sql_put_integer(&q, 1, 1);
	sql_put_text(&q, 2, "x");
	sql_put_blob(&q, 3, "x", 1);
	assert_int_equal(sql_next(&q, why), -1);
	assert_int_equal(why->id, FAULT_INSIDE);
	assert_int_equal(sql_next(&q, why), -1);
	sql_end(&q);
	sql_end(&q);
}

static void
unknown_place_faults(struct sqlite3 *db, struct fault *why)
{
	struct sql q;

	sql_start(&q, db, "SELECT ?1");
	sql_put_integer(&q, 2, 1);
	assert_int_equal(sql_next(&q, why), -1);
	assert_int_equal(why->id, FAULT_INSIDE);
	sql_end(&q);
}

static void
sizes_are_checked(struct sqlite3 *db, struct fault *why)
{
	uint8_t four[4];
	char room[4];
	struct sql q;

	sql_start(&q, db, "SELECT 'abc', 'abcd', x'01020304', NULL");
	assert_int_equal(sql_next(&q, why), 1);
	assert_int_equal(sql_copy_text(&q, 0, room, sizeof(room), why), 0);
	assert_string_equal(room, "abc");
	assert_int_equal(sql_copy_text(&q, 1, room, sizeof(room), why), -1);
	assert_int_equal(why->id, FAULT_STORE_DAMAGED);
	assert_int_equal(sql_copy_text(&q, 3, room, sizeof(room), why), -1);
	assert_int_equal(sql_copy_blob(&q, 2, four, sizeof(four), why), 0);
	assert_int_equal(four[3], 4);
	assert_int_equal(sql_copy_blob(&q, 2, four, 3, why), -1);
	assert_int_equal(sql_copy_blob(&q, 3, four, 4, why), -1);
	assert_int_equal(why->id, FAULT_STORE_DAMAGED);
	sql_end(&q);
}

static void
many_statements(struct sqlite3 *db, struct fault *why)
{
	struct sql q;
	int64_t n = 0;

	assert_int_equal(sql_do(db,
			     "CREATE TABLE t (a BIGINT); SELECT 1;\n"
			     "INSERT INTO t VALUES (1); "
			     "INSERT INTO t VALUES (2);\n",
			     why),
	    0);
	sql_start(&q, db, "SELECT COUNT(*) FROM t");
	assert_int_equal(sql_number(&q, &n, why), 1);
	assert_int_equal(n, 2);
	sql_start(&q, db, "SELECT a FROM t WHERE a = 3");
	assert_int_equal(sql_number(&q, &n, why), 0);
	assert_int_equal(n, 2);
	assert_int_equal(sql_do(db, "", why), 0);
	assert_int_equal(sql_do(db,
			     "INSERT INTO t VALUES (3); WRONG; "
			     "INSERT INTO t VALUES (4)",
			     why),
	    -1);
	assert_int_equal(why->id, FAULT_INSIDE);
	sql_start(&q, db, "SELECT COUNT(*) FROM t");
	assert_int_equal(sql_number(&q, &n, why), 1);
	assert_int_equal(n, 3);
}

static void
numbers_are_whole(struct sqlite3 *db, struct fault *why)
{
	struct sql q;

	sql_start(&q, db, "SELECT ?1, ?2, ?3");
	sql_put_integer(&q, 1, INT64_MAX);
	sql_put_integer(&q, 2, INT64_MIN);
	sql_put_text(&q, 3, NULL);
	assert_int_equal(sql_next(&q, why), 1);
	assert_true(sql_integer(&q, 0) == INT64_MAX);
	assert_true(sql_integer(&q, 1) == INT64_MIN);
	assert_null(sql_text(&q, 2));
	sql_end(&q);
}

static void
asked_again(struct sqlite3 *db, struct fault *why)
{
	struct sql q;

	sql_start(&q, db, "SELECT ?1 UNION ALL SELECT ?2");
	sql_put_integer(&q, 1, 1);
	sql_put_integer(&q, 2, 2);
	assert_int_equal(sql_next(&q, why), 1);
	sql_again(&q);
	/* Nothing is left of the values that were bound before. */
	sql_put_integer(&q, 2, 3);
	assert_int_equal(sql_next(&q, why), 1);
	assert_null(sql_text(&q, 0));
	assert_int_equal(sql_next(&q, why), 1);
	assert_int_equal(sql_integer(&q, 0), 3);
	sql_end(&q);

	sql_start(&q, db, "SELECT nothing FROM nowhere");
	sql_again(&q);
	assert_int_equal(sql_next(&q, why), -1);
	sql_end(&q);
}

static const struct use {
	const char *name;
	void (*holds)(struct sqlite3 *db, struct fault *why);
} uses[] = {
	{ "the first trouble stays, and the rest is ignored",
	    first_trouble_stays },
	{ "a value without a place faults", unknown_place_faults },
	{ "what is copied must fit exactly", sizes_are_checked },
	{ "literal statements run up to the first that fails",
	    many_statements },
	{ "numbers keep all 64 bits, and NULL is NULL", numbers_are_whole },
	{ "a statement can be asked again", asked_again },
};

static void
use_holds(void **state)
{
	const struct use *row = *state;
	struct fault why = { 0 };
	struct sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	row->holds(db, &why);
	/* Closing says no if a statement was left open. */
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int
main(void)
{
	return ROWS_RUN("sql: what a code means", meanings, meaning_holds) +
	    ROWS_RUN("sql: values stay values", texts, text_holds) +
	    ROWS_RUN("sql: use", uses, use_holds);
}
