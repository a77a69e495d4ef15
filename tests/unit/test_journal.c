#include "tests/unit/a_store.h"

#include <sqlite3.h>

#include "store/journal.h"
#include "store/sql.h"

static void
add(struct a_store *t, moment at)
{
	assert_int_equal(journal_add(t->s, ACT_LOADED, at, "amina",
			     "{\"count\":1}", &t->why),
	    0);
}

static void
newest_of_none(struct a_store *t)
{
	moment newest = 7;

	assert_int_equal(journal_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(newest, 0);
}

static void
newest_by_time(struct a_store *t)
{
	moment newest;

	add(t, 100);
	add(t, 300);
	add(t, 200);
	assert_int_equal(journal_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(newest, 300);
}

/* The clock stood ahead, and a person says that it is right now. */
static void
newest_since_the_clock_was_set(struct a_store *t)
{
	moment newest;

	add(t, 100);
	add(t, 300);
	assert_int_equal(journal_add(t->s, ACT_CLOCK_SET, 150, "amina", "{}",
			     &t->why),
	    0);
	assert_int_equal(journal_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(newest, 150);
	add(t, 170);
	add(t, 160);
	assert_int_equal(journal_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(newest, 170);
}

static void
order_of_entries(struct a_store *t)
{
	struct sql q;
	int64_t n;

	add(t, 5);
	assert_int_equal(journal_add(t->s, ACT_NODE_MADE, 4, NULL, "{}",
			     &t->why),
	    0);
	sql_start(&q, store_db(t->s),
	    "SELECT number FROM journal WHERE act = 'node made' "
	    "AND by_user IS NULL AND body = '{}' AND at = 4");
	assert_int_equal(sql_number(&q, &n, &t->why), 1);
	assert_int_equal(n, 2);
}

static int
add_and_fail(struct store *s, void *context, struct fault *why)
{
	(void)context;
	if (journal_add(s, ACT_LOADED, 9, NULL, "{}", why) == -1)
		return -1;
	return FAIL(why, FAULT_TARGET, "as the test wants");
}

static void
gone_with_its_transaction(struct a_store *t)
{
	moment newest;

	assert_int_equal(store_transaction(t->s, add_and_fail, NULL, &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_TARGET);
	assert_int_equal(journal_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(newest, 0);
}

static const struct a_store_case cases[] = {
	{ "without an entry the newest time is 0", newest_of_none },
	{ "the newest time is the highest, not the last", newest_by_time },
	{ "once the clock was set right, what is earlier does not count",
	    newest_since_the_clock_was_set },
	{ "entries are numbered, and may have no user", order_of_entries },
	{ "an entry goes with its transaction", gone_with_its_transaction },
};

static const struct attempt {
	const char *name;
	const char *statement;
} attempts[] = {
	{ "a time cannot be changed", "UPDATE journal SET at = 1" },
	{ "a body cannot be changed",
	    "UPDATE journal SET body = '{}' WHERE number = 1" },
	{ "an entry cannot be removed", "DELETE FROM journal" },
	{ "an entry cannot be replaced",
	    "INSERT OR REPLACE INTO journal (number, act, at, body) "
	    "VALUES (1, 'loaded', 1, '{}')" },
	{ "an entry cannot be put in another's place",
	    "INSERT INTO journal (number, act, at, body) "
	    "VALUES (1, 'loaded', 1, '{}') "
	    "ON CONFLICT (number) DO UPDATE SET at = 1" },
};

/* Refused by the database itself: the statement comes from elsewhere. */
static void
attempt_holds(void **state)
{
	const struct attempt *row = *state;
	struct a_store t;
	struct sqlite3 *db;
	char path[128];
	moment newest;

	a_store_start(&t);
	add(&t, 100);
	(void)snprintf(path, sizeof(path), "%s/%s", t.path, STORE_FILE);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, row->statement, NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(journal_newest(t.s, &newest, &t.why), 0);
	assert_int_equal(newest, 100);
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("journal", cases, a_store_case_holds) +
	    ROWS_RUN("journal: append only", attempts, attempt_holds);
}
