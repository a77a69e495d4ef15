/* How far a server was read, by name. */
#include "tests/unit/a_store.h"

#include "store/cursors.h"

static void
is(struct a_store *t, const char *name, moment at, int64_t agreement)
{
	struct cursor c;

	assert_int_equal(cursors_get(t->s, name, &c, &t->why), 1);
	assert_int_equal(c.at, at);
	assert_int_equal(c.agreement, agreement);
}

static void
put(struct a_store *t, const char *name, moment at, int64_t agreement)
{
	const struct cursor c = { at, agreement };

	assert_int_equal(cursors_put(t->s, name, &c, &t->why), 0);
}

static void
none_at_first(struct a_store *t)
{
	struct cursor c;

	assert_int_equal(cursors_get(t->s, "primero A", &c, &t->why), 0);
}

static void
moves(struct a_store *t)
{
	put(t, "primero A", 1000, 1);
	put(t, "primero B", 2000, 1);
	put(t, "primero A", 3000, 2);
	is(t, "primero A", 3000, 2);
	is(t, "primero B", 2000, 1);
	a_store_open(t, true);
	is(t, "primero A", 3000, 2);
}

/* A bundle that was not made leaves it where it was. */
static void
goes_with_the_transaction(struct a_store *t)
{
	put(t, "primero A", 1000, 1);
	assert_int_equal(store_begin(t->s, &t->why), 0);
	put(t, "primero A", 5000, 1);
	store_roll_back(t->s);
	is(t, "primero A", 1000, 1);
}

static const struct a_store_case cases[] = {
	{ "there is none at first", none_at_first },
	{ "each moves by itself, and stays", moves },
	{ "it is moved with what was made, or not at all",
	    goes_with_the_transaction },
};

int
main(void)
{
	return ROWS_RUN("cursors", cases, a_store_case_holds);
}
