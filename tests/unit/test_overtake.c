/* What has to go before a bundle that may hold what was withdrawn since. */
#include "tests/unit/a_store.h"

#include "export/overtake.h"
#include "store/owed.h"

#define BUNDLES 4

static const struct row {
	const char *name;
	int recall;	/* is first in this one; 0: none; 9: in none yet */
	bool newer_key; /* which makes the last of them */
	int acknowledged;
	int refused;
	int want; /* the bundle that goes first; 0: none; -1: it is not made */
} rows[] = {
	{ "nothing is withdrawn", 0, false, 0, 0, 0 },
	{ "the first bundle that has it", 2, false, 0, 0, 2 },
	{ "in no bundle yet", 9, false, 0, 0, -1 },
	{ "one that came is enough", 2, false, 3, 0, 0 },
	{ "one that came before it says nothing", 2, false, 1, 0, 2 },
	{ "what was refused brings nothing", 2, false, 0, 2, 3 },
	{ "all that have it were refused", 4, false, 0, 4, -1 },
	{ "the last has it", 4, false, 0, 0, 4 },
	{ "a newer key's come after all of an older one", 2, true, 0, 0, 4 },
};

static void
make(struct a_store *t, const struct row *row, int n)
{
	static const uint8_t newer[32] = { 9 };
	struct bundle_made b = { .receiver = "HUB", .name = "n" };

	if (row->newer_key && n == BUNDLES)
		assert_int_equal(bundles_sign_with(t->s, newer, &t->why), 0);
	if (row->recall == n)
		assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECALL, "r", 1,
				     &t->why),
		    0);
	(void)snprintf(b.id, sizeof(b.id), "%d", n);
	assert_int_equal(bundles_next(t->s, "HUB", &b.seq, &b.sequence,
			     &t->why),
	    0);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
	assert_int_equal(owed_carried(t->s, "HUB", b.sequence, &t->why), 0);
}

static void
said_there(struct a_store *t, const struct row *row)
{
	const struct bundle_range range = { row->acknowledged,
		row->acknowledged };
	const struct bundles_heard heard = { "HUB", store_signs_with(t->s),
		&range, row->acknowledged != 0, 5 };
	char id[8];
	bool news;

	assert_int_equal(bundles_acknowledged(t->s, &heard, &t->why), 0);
	(void)snprintf(id, sizeof(id), "%d", row->refused);
	if (row->refused != 0)
		assert_int_equal(bundles_set_refused(t->s, id, "B110", &news,
				     &t->why),
		    0);
}

static void
goes_first(void **state)
{
	const struct row *row = *state;
	struct bundle_made out, b = { .sender = 0 };
	struct a_store t;
	int found, older = 0;

	a_store_start(&t);
	for (int n = 1; n <= BUNDLES; n++)
		make(&t, row, n);
	if (row->recall > BUNDLES)
		assert_int_equal(owed_put(t.s, "HUB", BUNDLE_RECALL, "r", 1,
				     &t.why),
		    0);
	said_there(&t, row);
	found = overtake_find(t.s, "HUB", &out, &t.why);
	assert_int_equal(found, row->want > 0 ? 1 : row->want);
	if (found == -1)
		assert_int_equal(t.why.id, FAULT_NODE_RECALL_FIRST);
	while (
	    found == 1 && bundles_made_after(t.s, "HUB", &b, &b, &t.why) == 1)
		older += overtake_is_older(&b, &out);
	if (found == 1) {
		assert_int_equal(out.id[0] - '0', row->want);
		assert_int_equal(older, row->want - 1);
	}
	assert_int_equal(overtake_find(t.s, "OTHER", &out, &t.why), 0);
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("overtake", rows, goes_first);
}
