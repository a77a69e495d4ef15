/* In which order bundles wait to travel, and which of them do. */
#include "tests/unit/a_store.h"

#include "export/outbox.h"
#include "store/owed.h"
#include "store/uploads.h"

#define DAY ((moment)24 * 60 * 60)
#define NOW (100 * DAY)

struct one {
	const char *id; /* NULL: no more; "W": a recall is first in it */
	enum made_class class;
	int64_t bytes;
	moment created;
	bool carried;
	bool acknowledged;
	const char *refused; /* NULL: not */
	moment arrived;	     /* 0: not */
};

/* Made in that order; want: ids in the order in which they go. */
static const struct row {
	const char *name;
	struct one made[6];
	const char *want;
} rows[] = {
	{ "nothing waits where nothing was made", { { NULL } }, "" },
	{ "a recall goes before all else",
	    { { "r", MADE_REST, 10, NOW, false, false, NULL, 0 },
		{ "e", MADE_EMERGENCY, 10, NOW, false, false, NULL, 0 },
		{ "a", MADE_ANSWER, 10, NOW, false, false, NULL, 0 },
		{ "w", MADE_RECALL, 9999, NOW, false, false, NULL, 0 } },
	    "w a e r " },
	{ "what nobody noted goes with the recalls",
	    { { "a", MADE_ANSWER, 10, NOW, false, false, NULL, 0 },
		{ "u", MADE_UNKNOWN, 20, NOW, false, false, NULL, 0 },
		{ "w", MADE_RECALL, 30, NOW, false, false, NULL, 0 } },
	    "u w a " },
	{ "small before large, then the older",
	    { { "l", MADE_REST, 30, NOW - 9, false, false, NULL, 0 },
		{ "n", MADE_REST, 20, NOW - 1, false, false, NULL, 0 },
		{ "o", MADE_REST, 20, NOW - 5, false, false, NULL, 0 },
		{ "s", MADE_REST, 10, NOW, false, false, NULL, 0 } },
	    "s o n l " },
	{ "what was carried waits no more, until a week is over",
	    { { "a", MADE_REST, 10, NOW - 6 * DAY, true, false, NULL, 0 },
		{ "b", MADE_REST, 20, NOW - 8 * DAY, true, false, NULL, 0 } },
	    "b+ " },
	{ "the week begins when it arrived",
	    { { "a", MADE_REST, 10, NOW - 30 * DAY, true, false, NULL,
		  NOW - DAY },
		{ "b", MADE_REST, 20, NOW - 30 * DAY, true, false, NULL,
		    NOW - 8 * DAY } },
	    "b+ " },
	{ "what was asked for again waits, wherever it arrived",
	    { { "a", MADE_REST, 10, NOW, false, false, NULL, NOW } }, "a " },
	{ "acknowledged ones are done, and refused ones are not repeated",
	    { { "a", MADE_REST, 10, NOW - 30 * DAY, true, true, NULL, 0 },
		{ "b", MADE_REST, 20, NOW - 30 * DAY, true, false, "B104", 0 },
		{ "c", MADE_REST, 30, NOW - 30 * DAY, false, false, "B104",
		    0 } },
	    "c " },
	{ "what goes again goes after what was withdrawn since",
	    { { "a", MADE_RECALL, 10, NOW - 8 * DAY, true, false, NULL, 0 },
		{ "b", MADE_REST, 20, NOW - 3 * DAY, true, false, NULL, 0 },
		{ "W", MADE_RECALL, 30, NOW - 2 * DAY, true, false, NULL, 0 } },
	    "W+ a+ " },
	{ "but not where it came",
	    { { "a", MADE_RECALL, 10, NOW - 8 * DAY, true, false, NULL, 0 },
		{ "W", MADE_RECALL, 30, NOW - 2 * DAY, true, true, NULL, 0 } },
	    "a+ " },
	{ "alone it does not go again",
	    { { "W", MADE_RECALL, 30, NOW - 2 * DAY, true, false, NULL, 0 } },
	    "" },
};

static void
make(struct a_store *t, const struct one *o)
{
	struct bundle_made b = { .receiver = "HUB",
		.name = "n",
		.bytes = o->bytes,
		.created = o->created,
		.carried = o->carried,
		.class = o->class };
	struct upload u = { .arrived = o->arrived };
	struct bundle_range range;
	struct minisign_public own;
	struct bundles_heard heard;
	bool news;

	(void)snprintf(b.id, sizeof(b.id), "%s", o->id);
	(void)snprintf(u.bundle, sizeof(u.bundle), "%s", o->id);
	memcpy(u.sha256, o->id, 1);
	assert_int_equal(bundles_next(t->s, "HUB", &b.seq, &b.sequence,
			     &t->why),
	    0);
	if (o->id[0] == 'W')
		assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECALL, "r", 1,
				     &t->why),
		    0);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
	assert_int_equal(owed_carried(t->s, "HUB", b.sequence, &t->why), 0);
	minisign_key_copy_public(secrets_signing(t->secrets), &own);
	range = (struct bundle_range){ b.sequence, b.sequence };
	heard = (struct bundles_heard){ "HUB", own.key, &range, 1, NOW };
	if (o->acknowledged)
		assert_int_equal(bundles_acknowledged(t->s, &heard, &t->why),
		    0);
	if (o->refused != NULL)
		assert_int_equal(bundles_set_refused(t->s, o->id, o->refused,
				     &news, &t->why),
		    0);
	if (o->arrived != 0)
		assert_int_equal(uploads_put(t->s, "file:///x", &u, &t->why),
		    0);
}

static void
goes_in_order(void **state)
{
	const struct row *row = *state;
	struct outbox_order order = { .now = NOW };
	struct outbox_entry *all;
	char got[64] = "";
	struct a_store t;
	size_t count;

	a_store_start(&t);
	for (size_t i = 0; i < 6 && row->made[i].id != NULL; i++)
		make(&t, &row->made[i]);
	order.store = t.s;
	assert_int_equal(outbox_read(&order, t.arena, &all, &count, &t.why), 0);
	for (size_t i = 0; i < count; i++) {
		size_t at = strlen(got);

		(void)snprintf(got + at, sizeof(got) - at, "%s%s ",
		    all[i].made.id, all[i].again ? "+" : "");
		assert_false(all[i].stopped);
	}
	assert_string_equal(got, row->want);
	a_store_end(&t);
}

/* What a server has of it is told, of an upload that is under way. */
static void
tells_how_far(struct a_store *t)
{
	const struct one o = { "a", MADE_REST, 10, NOW, false, false, NULL, 0 };
	const struct outbox_order order = { .store = t->s, .now = NOW };
	struct upload u = { .bundle = "a", .bytes = 10, .offset = 4 };
	struct outbox_entry *all;
	size_t count;

	make(t, &o);
	assert_int_equal(uploads_put(t->s, "file:///x", &u, &t->why), 0);
	assert_int_equal(outbox_read(&order, t->arena, &all, &count, &t->why),
	    0);
	assert_int_equal(count, 1);
	assert_int_equal(all[0].uploaded, 4);
	assert_string_equal(outbox_class_name(all[0].made.class), "rest");
	assert_string_equal(outbox_class_name(MADE_UNKNOWN), "not noted");
}

/* What no bundle withdraws yet waits for one that does. */
static void
waits_for_recall(struct a_store *t)
{
	const struct one o = { "a", MADE_REST, 10, NOW, false, false, NULL, 0 };
	const struct outbox_order order = { .store = t->s, .now = NOW };
	struct outbox_entry *all;
	size_t count;

	make(t, &o);
	assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECALL, "r", 1, &t->why),
	    0);
	assert_int_equal(outbox_read(&order, t->arena, &all, &count, &t->why),
	    0);
	assert_int_equal(count, 1);
	assert_true(all[0].behind);
}

static const struct a_store_case cases[] = {
	{ "it waits for a withdrawal that is in no bundle", waits_for_recall },
	{ "how far it came is told with it", tells_how_far },
};

int
main(void)
{
	return ROWS_RUN("outbox", rows, goes_in_order) +
	    ROWS_RUN("outbox", cases, a_store_case_holds);
}
