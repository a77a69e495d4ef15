#include "tests/unit/a_store.h"

#include "store/owed.h"
#include "store/sql.h"

#define CANARY "{\"ref\":\"primero:Selamawit\"}"

static void
owe(struct a_store *t, const char *receiver, enum bundle_record kind,
    const char *record)
{
	assert_int_equal(owed_put(t->s, receiver, kind, record, strlen(record),
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

/* All records of a kind, a space after each. */
static void
walk_is(struct a_store *t, const char *receiver, enum bundle_record kind,
    const char *want)
{
	struct bytes all;

	bytes_init(&all, 1000);
	assert_int_equal(owed_walk(t->s, receiver, kind, join, &all, &t->why),
	    0);
	assert_string_equal(all.len > 0 ? (const char *)all.at : "", want);
	bytes_free(&all);
}

/* The receiver has these, of the stream of the key that counts now. */
static int
settle(struct a_store *t, const char *receiver,
    const struct bundle_range *ranges, size_t count)
{
	return owed_acknowledged(t->s, receiver, store_signs_with(t->s), ranges,
	    count, &t->why);
}

static void
oldest_first(struct a_store *t)
{
	int64_t count;

	owe(t, "A", BUNDLE_RECALL, "r1");
	owe(t, "A", BUNDLE_ANSWER, "a1");
	owe(t, "B", BUNDLE_RECALL, "r2");
	owe(t, "A", BUNDLE_RECALL, "r3");
	owe(t, "A", BUNDLE_RECALL, "r0");
	walk_is(t, "A", BUNDLE_RECALL, "r1 r3 r0 ");
	walk_is(t, "A", BUNDLE_ANSWER, "a1 ");
	walk_is(t, "A", BUNDLE_STATUS, "");
	walk_is(t, "B", BUNDLE_RECALL, "r2 ");
	assert_int_equal(owed_count(t->s, "A", &count, &t->why), 0);
	assert_int_equal(count, 4);
	assert_int_equal(owed_count(t->s, "C", &count, &t->why), 0);
	assert_int_equal(count, 0);
}

static void
stopped(struct a_store *t)
{
	int seen = 0;

	owe(t, "A", BUNDLE_RECALL, "r1");
	owe(t, "A", BUNDLE_RECALL, "r2");
	assert_int_equal(owed_walk(t->s, "A", BUNDLE_RECALL, stop, &seen,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_TARGET);
	assert_int_equal(seen, 1);
}

static void
only_its_receiver(struct a_store *t)
{
	static const struct bundle_range all[] = { { 1, 9 } };

	owe(t, "A", BUNDLE_ANSWER, "r1");
	owe(t, "B", BUNDLE_ANSWER, "r2");
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	assert_int_equal(settle(t, "B", all, 1), 0);
	walk_is(t, "A", BUNDLE_ANSWER, "r1 ");
	walk_is(t, "B", BUNDLE_ANSWER, "r2 ");
	assert_int_equal(settle(t, "A", all, 1), 0);
	walk_is(t, "A", BUNDLE_ANSWER, "");
	walk_is(t, "B", BUNDLE_ANSWER, "r2 ");
}

static void
after_the_last(struct a_store *t)
{
	static const struct bundle_range first[] = { { 1, 1 } };

	owe(t, "A", BUNDLE_ANSWER, "r1");
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	assert_int_equal(settle(t, "A", first, 1), 0);
	owe(t, "A", BUNDLE_ANSWER, "r2");
	walk_is(t, "A", BUNDLE_ANSWER, "r2 ");
	assert_int_equal(settle(t, "A", first, 1), 0);
	walk_is(t, "A", BUNDLE_ANSWER, "r2 ");
}

static void
sizes(struct a_store *t)
{
	static char large[1024 * 1024 + 1];

	memset(large, 'x', sizeof(large));
	assert_int_equal(owed_put(t->s, "A", BUNDLE_RECALL, "", 0, &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(owed_put(t->s, "A", BUNDLE_RECALL, large,
			     sizeof(large), &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(owed_put(t->s, "A", BUNDLE_RECALL, large,
			     sizeof(large) - 1, &t->why),
	    0);
}

static void
sealed(struct a_store *t)
{
	static const struct bundle_range all[] = { { 1, 9 } };

	owe(t, "A", BUNDLE_ANSWER, CANARY);
	assert_false(a_store_shows(t, "Selamawit"));
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	assert_int_equal(settle(t, "A", all, 1), 0);
	store_close(t->s);
	t->s = NULL;
	assert_false(a_store_shows(t, "Selamawit"));
}

static void
copied(struct a_store *t)
{
	struct bytes all;

	owe(t, "A", BUNDLE_RECALL, "r1");
	owe(t, "A", BUNDLE_RECALL, "r2");
	assert_int_equal(
	    sql_do(store_db(t->s),
		"UPDATE owed SET record = (SELECT record FROM owed "
		"WHERE number = 1) WHERE number = 2",
		&t->why),
	    0);
	bytes_init(&all, 100);
	assert_int_equal(owed_walk(t->s, "A", BUNDLE_RECALL, join, &all,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	bytes_free(&all);
}

static const uint8_t newer[32] = { 9 };

/*
 * An answer was only in number 5 of the old stream.  What the receiver says of
 * one stream settles nothing of the other.
 */
static void
streams_settle_their_own(struct a_store *t)
{
	static const struct bundle_range five[] = { { 1, 5 } };
	static const struct bundle_range one[] = { { 1, 1 } };
	struct minisign_public old;

	minisign_key_copy_public(secrets_signing(t->secrets), &old);
	assert_int_equal(bundles_keep_key(t->s, old.key, &t->why), 0);
	owe(t, "A", BUNDLE_ANSWER, "r1");
	assert_int_equal(owed_carried(t->s, "A", 5, &t->why), 0);
	assert_int_equal(bundles_keep_key(t->s, newer, &t->why), 0);
	assert_int_equal(bundles_sign_with(t->s, newer, &t->why), 0);
	assert_int_equal(settle(t, "A", five, 1), 0);
	walk_is(t, "A", BUNDLE_ANSWER, "r1 ");
	/* In the new stream it begins again, and the old one settles nothing */
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	assert_int_equal(owed_acknowledged(t->s, "A", old.key, five, 1,
			     &t->why),
	    0);
	walk_is(t, "A", BUNDLE_ANSWER, "r1 ");
	assert_int_equal(settle(t, "A", one, 1), 0);
	walk_is(t, "A", BUNDLE_ANSWER, "");
}

static void
old_stream_settles_late(struct a_store *t)
{
	static const struct bundle_range four[] = { { 1, 4 } };
	static const struct bundle_range five[] = { { 1, 5 } };
	struct minisign_public old;

	minisign_key_copy_public(secrets_signing(t->secrets), &old);
	assert_int_equal(bundles_keep_key(t->s, old.key, &t->why), 0);
	owe(t, "A", BUNDLE_ANSWER, "r1");
	assert_int_equal(owed_carried(t->s, "A", 5, &t->why), 0);
	assert_int_equal(bundles_sign_with(t->s, newer, &t->why), 0);
	assert_int_equal(owed_acknowledged(t->s, "A", old.key, four, 1,
			     &t->why),
	    0);
	walk_is(t, "A", BUNDLE_ANSWER, "r1 ");
	assert_int_equal(owed_acknowledged(t->s, "A", old.key, five, 1,
			     &t->why),
	    0);
	walk_is(t, "A", BUNDLE_ANSWER, "");
}

static void
unknown_key_settles_nothing(struct a_store *t)
{
	static const struct bundle_range all[] = { { 1, 9 } };

	owe(t, "A", BUNDLE_RECALL, "r1");
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	assert_int_equal(owed_acknowledged(t->s, "A", newer, all, 1, &t->why),
	    0);
	walk_is(t, "A", BUNDLE_RECALL, "r1 ");
}

static int
is_r2(const struct bytes *record, void *context, struct fault *why)
{
	(void)context;
	(void)why;
	return memcmp(record->at, "r2", 2) == 0;
}

static void
recalls_stay(struct a_store *t)
{
	static const struct bundle_range all[] = { { 1, 9 } };
	int64_t sender, sequence;

	assert_int_equal(owed_newest_recall(t->s, "A", &sender, &sequence,
			     &t->why),
	    0);
	owe(t, "A", BUNDLE_RECALL, "r1");
	owe(t, "A", BUNDLE_RECALL, "r2");
	owe(t, "A", BUNDLE_ANSWER, "r2");
	owe(t, "B", BUNDLE_RECALL, "r2");
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	assert_int_equal(settle(t, "A", all, 1), 0);
	walk_is(t, "A", BUNDLE_RECALL, "r1 r2 ");
	walk_is(t, "A", BUNDLE_ANSWER, "");
	/* Only what is said to be done is owed no more. */
	assert_int_equal(owed_forget(t->s, "A", BUNDLE_RECALL, is_r2, NULL,
			     &t->why),
	    0);
	walk_is(t, "A", BUNDLE_RECALL, "r1 ");
	walk_is(t, "B", BUNDLE_RECALL, "r2 ");
	assert_int_equal(owed_forget(t->s, "A", BUNDLE_RECALL, stop,
			     &(int){ 0 }, &t->why),
	    -1);
	walk_is(t, "A", BUNDLE_RECALL, "r1 ");
}

/* The receiver has another bundle under number 2. */
static void
number_of_another(struct a_store *t)
{
	static const struct bundle_range two[] = { { 1, 2 } };
	struct bundle_made b = { .receiver = "A", .sequence = 2 };
	int64_t sender, sequence;

	owe(t, "A", BUNDLE_ANSWER, "a1");
	owe(t, "A", BUNDLE_RECALL, "r1");
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	owe(t, "A", BUNDLE_ANSWER, "a2");
	owe(t, "B", BUNDLE_ANSWER, "b2");
	assert_int_equal(owed_newest_recall(t->s, "A", &sender, &sequence,
			     &t->why),
	    1);
	assert_int_equal(sequence, 1);
	assert_int_equal(owed_carried(t->s, "A", 2, &t->why), 0);
	assert_int_equal(owed_carried(t->s, "B", 2, &t->why), 0);
	assert_int_equal(bundles_own_key(t->s, store_signs_with(t->s),
			     &b.sender, &t->why),
	    0);
	assert_int_equal(owed_again(t->s, &b, &t->why), 0);
	assert_int_equal(owed_newest_recall(t->s, "A", &sender, &sequence,
			     &t->why),
	    1);
	assert_int_equal(sequence, 0);
	assert_int_equal(settle(t, "A", two, 1), 0);
	walk_is(t, "A", BUNDLE_ANSWER, "a2 ");
	walk_is(t, "A", BUNDLE_RECALL, "r1 ");
	assert_int_equal(settle(t, "B", two, 1), 0);
	walk_is(t, "B", BUNDLE_ANSWER, "");
}

static const struct a_store_case cases[] = {
	{ "no number settles a recall; that it is done does", recalls_stay },
	{ "what is said of a number that another bundle has settles nothing",
	    number_of_another },
	{ "an old acknowledgement settles nothing of a new key's stream",
	    streams_settle_their_own },
	{ "one that really covers it, of the old stream, does",
	    old_stream_settles_late },
	{ "one of a key that is not ours settles nothing",
	    unknown_key_settles_nothing },
	{ "records come oldest first, by receiver and kind", oldest_first },
	{ "a walk can be stopped", stopped },
	{ "one receiver settles nothing of another", only_its_receiver },
	{ "what is owed later is not settled by what came before",
	    after_the_last },
	{ "an empty or too large record is not taken", sizes },
	{ "no record is readable on the disk", sealed },
	{ "a record copied to another row does not open", copied },
};

/* One record is put before each bundle of carried: 1, 2, ... */
static const struct settling {
	const char *name;
	int carried;
	struct bundle_range ranges[3];
	size_t count;
	const char *want;
} settlings[] = {
	{ "nothing acknowledged, nothing settled", 3, { { 0, 0 } }, 0,
	    "1 2 3 new " },
	{ "the first settles what it carried", 3, { { 1, 1 } }, 1, "2 3 new " },
	{ "a later one settles what it repeated", 3, { { 2, 2 } }, 1,
	    "3 new " },
	{ "the last settles all but what was never carried", 3, { { 3, 3 } }, 1,
	    "new " },
	{ "a whole range counts by its end", 3, { { 1, 2 } }, 1, "3 new " },
	{ "the order of ranges does not count", 3, { { 3, 3 }, { 1, 1 } }, 2,
	    "new " },
	{ "what was never carried is not settled by any number", 0,
	    { { 0, 0 }, { 1, 9 } }, 2, "new " },
	{ "a range below every number settles nothing", 2, { { -5, 0 } }, 1,
	    "1 2 new " },
};

static void
settling_holds(void **state)
{
	const struct settling *row = *state;
	struct a_store t;
	char number[16];

	a_store_start(&t);
	for (int i = 1; i <= row->carried; i++) {
		(void)snprintf(number, sizeof(number), "%d", i);
		owe(&t, "A", BUNDLE_ANSWER, number);
		assert_int_equal(owed_carried(t.s, "A", i, &t.why), 0);
	}
	owe(&t, "A", BUNDLE_ANSWER, "new");
	assert_int_equal(settle(&t, "A", row->ranges, row->count), 0);
	walk_is(&t, "A", BUNDLE_ANSWER, row->want);
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("owed", cases, a_store_case_holds) +
	    ROWS_RUN("owed: settling", settlings, settling_holds);
}
