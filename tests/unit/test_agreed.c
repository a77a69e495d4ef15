#include "tests/unit/a_store.h"

#include "store/agreed.h"
#include "store/sql.h"

#define CANARY "{\"relation\":\"aunt Selamawit\"}"
#define CASE AGREED_OF_CASE
#define REF AGREED_OF_REF

static void
put(struct a_store *t, enum agreed_of of, const char *name, const char *record)
{
	assert_int_equal(agreed_put(t->s, of, name, record, strlen(record),
			     &t->why),
	    0);
}

static int
join(const struct bytes *record, void *context, struct fault *why)
{
	struct bytes *all = context;

	if (bytes_add(all, record->at, record->len, why) == -1)
		return -1;
	return bytes_add_text(all, " ", why);
}

static int
stop(const struct bytes *record, void *context, struct fault *why)
{
	int *seen = context;

	(void)record;
	++*seen;
	return FAIL(why, FAULT_TARGET, "as the test wants");
}

/* All records under a name, a space after each. */
static void
walk_is(struct a_store *t, enum agreed_of of, const char *name,
    const char *want)
{
	struct bytes all;

	bytes_init(&all, 1000);
	assert_int_equal(agreed_walk(t->s, of, name, join, &all, &t->why), 0);
	assert_string_equal(all.len > 0 ? (const char *)all.at : "", want);
	bytes_free(&all);
}

static void
walk_faults(struct a_store *t, enum agreed_of of, const char *name)
{
	struct bytes all;

	bytes_init(&all, 1000);
	assert_int_equal(agreed_walk(t->s, of, name, join, &all, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	bytes_free(&all);
}

static void
oldest_first(struct a_store *t)
{
	put(t, CASE, "803-1", "b");
	put(t, CASE, "803-2", "x");
	put(t, CASE, "803-1", "a");
	put(t, CASE, "803-1", "b");
	walk_is(t, CASE, "803-1", "b a b ");
	walk_is(t, CASE, "803-2", "x ");
	walk_is(t, CASE, "803", "");
	walk_is(t, CASE, "", "");
	a_store_open(t, false);
	walk_is(t, CASE, "803-1", "b a b ");
}

static void
spelling(struct a_store *t)
{
	put(t, CASE, " Gmb-00A1\t", "a");
	walk_is(t, CASE, "GMB-00a1", "a ");
	walk_is(t, CASE, "gmb-00a1 ", "a ");
	walk_is(t, CASE, "gmb- 00a1", "");
}

static void
kinds_apart(struct a_store *t)
{
	put(t, CASE, "progres:X1", "of the case");
	walk_is(t, REF, "progres:X1", "");
	put(t, REF, "progres:X1", "of the ref");
	walk_is(t, REF, "progres:X1", "of the ref ");
	walk_is(t, CASE, "progres:X1", "of the case ");
}

static void
stopped(struct a_store *t)
{
	int seen = 0;

	put(t, CASE, "1", "a");
	put(t, CASE, "1", "b");
	assert_int_equal(agreed_walk(t->s, CASE, "1", stop, &seen, &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_TARGET);
	assert_int_equal(seen, 1);
}

static void
sizes(struct a_store *t)
{
	static char large[1024 * 1024 + 1];

	memset(large, 'x', sizeof(large));
	assert_int_equal(agreed_put(t->s, CASE, "1", "", 0, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(agreed_put(t->s, CASE, "1", large, sizeof(large),
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(agreed_put(t->s, CASE, "1", large, sizeof(large) - 1,
			     &t->why),
	    0);
}

static void
sealed(struct a_store *t)
{
	put(t, CASE, "GMB-0012345", CANARY);
	put(t, REF, "progres:INT-0000777", CANARY);
	assert_false(a_store_shows(t, "Selamawit"));
	assert_false(a_store_shows(t, "0012345"));
	assert_false(a_store_shows(t, "0000777"));
	store_close(t->s);
	t->s = NULL;
	assert_false(a_store_shows(t, "Selamawit"));
	assert_false(a_store_shows(t, "0012345"));
}

/* Whoever can write the file must not be able to give one child's consent to
 * another. */
static void
moved(struct a_store *t)
{
	put(t, CASE, "1", "a");
	put(t, CASE, "2", "b");
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE agreed SET name = (SELECT name FROM "
			     "agreed WHERE number = 2) WHERE number = 1",
			     &t->why),
	    0);
	walk_faults(t, CASE, "2");
	walk_is(t, CASE, "1", "");
}

static void
copied(struct a_store *t)
{
	put(t, CASE, "1", "a");
	put(t, CASE, "1", "b");
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE agreed SET body = (SELECT body FROM "
			     "agreed WHERE number = 1) WHERE number = 2",
			     &t->why),
	    0);
	walk_faults(t, CASE, "1");
}

static void
cut(struct a_store *t)
{
	put(t, REF, "progres:1", "a");
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE agreed SET body = x'00'", &t->why),
	    0);
	walk_faults(t, REF, "progres:1");
}

static void
reader_puts_nothing(struct a_store *t)
{
	a_store_open(t, false);
	assert_int_equal(agreed_put(t->s, CASE, "1", "a", 1, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_STORE_FAILED);
}

static void
rolled_back(struct a_store *t)
{
	assert_int_equal(store_begin(t->s, &t->why), 0);
	put(t, CASE, "1", "a");
	walk_is(t, CASE, "1", "a ");
	store_roll_back(t->s);
	walk_is(t, CASE, "1", "");
}

static void
whether_any(struct a_store *t)
{
	bool any = true;

	assert_int_equal(agreed_any(t->s, &any, &t->why), 0);
	assert_false(any);
	put(t, REF, "1", "a");
	assert_int_equal(agreed_any(t->s, &any, &t->why), 0);
	assert_true(any);
}

static const struct a_store_case cases[] = {
	{ "whether there is any is known without a name", whether_any },
	{ "records come oldest first, and none replaces another",
	    oldest_first },
	{ "letter case and surrounding space of a name do not count",
	    spelling },
	{ "what is of a case and what is of a ref are kept apart",
	    kinds_apart },
	{ "a walk can be stopped", stopped },
	{ "an empty or too large record is not taken", sizes },
	{ "neither record nor name is readable on the disk", sealed },
	{ "a record given to another name does not open", moved },
	{ "a record copied to another row does not open", copied },
	{ "a record that was cut is damage, not left out", cut },
	{ "a store opened for reading takes none", reader_puts_nothing },
	{ "what is rolled back was never given", rolled_back },
};

int
main(void)
{
	return ROWS_RUN("agreed", cases, a_store_case_holds);
}
