#include "tests/unit/a_store.h"

#include "base/day.h"
#include "export/unheard.h"
#include "formats/agreement.h"
#include "store/bundles.h"
#include "store/referrals.h"

static const uint8_t old_key[32] = { 1 }, new_key[32] = { 2 };
static const struct minisign_public old_listed[] = { { .key = { 1 } } };
static const struct minisign_public new_listed[] = { { .key = { 2 } } };
static const struct minisign_public both_listed[] = { { .key = { 1 } },
	{ .key = { 2 } } };

/* One referral that went to HUB, and what was heard of it. */
static const struct one {
	const char *name;
	const uint8_t *signs[2]; /* the bundles that it went in; or NULL */
	const struct minisign_public *listed;
	size_t listed_count;
	const char *told;
	enum standing_state state;
	bool acknowledged;
	bool refused;
	bool revoked;
	bool left; /* HUB is in the agreement no more */
	size_t want;
} rows[] = {
	{ "the old key signed it, and is listed no more", { old_key },
	    new_listed, 1, NULL, STANDING_SENT, false, false, false, false, 1 },
	{ "the old key is listed still", { old_key }, both_listed, 2, NULL,
	    STANDING_SENT, false, false, false, false, 0 },
	{ "it is the only key", { old_key }, old_listed, 1, NULL, STANDING_SENT,
	    false, false, false, false, 0 },
	{ "a receipt spoke of it", { old_key }, new_listed, 1, "staged",
	    STANDING_SENT, false, false, false, false, 0 },
	{ "the bundle was acknowledged", { old_key }, new_listed, 1, NULL,
	    STANDING_SENT, true, false, false, false, 0 },
	{ "the bundle was refused, and they said so", { old_key }, new_listed,
	    1, NULL, STANDING_SENT, false, true, false, false, 0 },
	{ "it went again under the new key", { old_key, new_key }, new_listed,
	    1, NULL, STANDING_SENT, false, false, false, false, 0 },
	{ "it is held here since it went", { old_key }, new_listed, 1, NULL,
	    STANDING_HELD, false, false, false, false, 1 },
	{ "it is withdrawn", { old_key }, new_listed, 1, NULL,
	    STANDING_RECALLED, false, false, false, false, 0 },
	{ "the office is revoked", { old_key }, new_listed, 1, NULL,
	    STANDING_SENT, false, false, true, false, 0 },
	{ "the office left the agreement", { old_key }, new_listed, 1, NULL,
	    STANDING_SENT, false, false, false, true, 0 },
	{ "it never went", { NULL }, new_listed, 1, NULL, STANDING_HELD, false,
	    false, false, false, 0 },
};

static void
make(struct a_store *t, const char *id, const uint8_t sign[static 32])
{
	struct bundle_made b = { .receiver = "HUB", .name = "n" };

	(void)snprintf(b.id, sizeof(b.id), "%s", id);
	assert_int_equal(bundles_sign_with(t->s, sign, &t->why), 0);
	assert_int_equal(bundles_next(t->s, "HUB", &b.seq, &b.sequence,
			     &t->why),
	    0);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
}

static void
hear(struct a_store *t, const struct one *row)
{
	const struct bundle_range range = { 1, 1 };
	const struct bundles_heard heard = { "HUB", old_key, &range, 1, 7 };
	bool news;

	if (row->acknowledged)
		assert_int_equal(bundles_acknowledged(t->s, &heard, &t->why),
		    0);
	if (row->refused)
		assert_int_equal(bundles_set_refused(t->s, "b1", "B111", &news,
				     &t->why),
		    0);
}

static void
holds(void **state)
{
	const struct one *row = *state;
	struct node node = { .code = row->left ? "ELSE" : "HUB",
		.revoked = row->revoked };
	const struct agreement a = { .nodes = &node, .node_count = 1 };
	const struct unheard_keys keys = { row->listed, row->listed_count };
	const char *ids[] = { "b1", "b2" };
	struct standing_receiver to = { .node = "HUB",
		.bundles = ids,
		.told = row->told };
	struct standing st = { .ref = "primero:1#2",
		.revision = "r",
		.priority = "normal",
		.state = row->state,
		.partner = "HUB",
		.told = row->told,
		.receivers = &to,
		.created = DAY_UNKNOWN,
		.decided_on = DAY_UNKNOWN,
		.no_on = DAY_UNKNOWN };
	struct unheard out;
	struct a_store t;

	a_store_start(&t);
	assert_int_equal(bundles_keep_key(t.s, old_key, &t.why), 0);
	for (; to.bundle_count < 2 && row->signs[to.bundle_count] != NULL;
	     to.bundle_count++)
		make(&t, ids[to.bundle_count], row->signs[to.bundle_count]);
	if (to.bundle_count > 0) {
		st.receiver_count = 1;
		st.sent_revision = "r";
		st.bundle = ids[to.bundle_count - 1];
		st.sequence = 1;
	}
	hear(&t, row);
	assert_int_equal(referrals_put(t.s, REFERRAL_SENT, &st, NULL, 0,
			     &t.why),
	    0);
	assert_int_equal(unheard_find(t.s, &a, &keys, &out, &t.why), 0);
	assert_int_equal(out.referrals, row->want);
	assert_int_equal(out.listed, row->want);
	if (row->want > 0) {
		assert_string_equal(out.in[0].node, "HUB");
		assert_int_equal(out.in[0].sequence, 1);
		assert_int_equal(out.in[0].referrals, 1);
	}
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("unheard", rows, holds);
}
