#include "tests/unit/a_store.h"

#include "store/bundles.h"

static const uint8_t sender[32] = { 1 };
static const uint8_t other[32] = { 2 };

static int
make(struct a_store *t, const char *receiver, int64_t seq, int64_t sequence)
{
	struct bundle_made b = { .seq = seq,
		.sequence = sequence,
		.sha256 = { (uint8_t)seq },
		.bytes = 4096,
		.created = 77 };

	(void)snprintf(b.id, sizeof(b.id), "id-%d", (int)seq);
	(void)snprintf(b.receiver, sizeof(b.receiver), "%s", receiver);
	(void)snprintf(b.name, sizeof(b.name), "%d.satchel", (int)seq);
	return bundles_put_made(t->s, &b, &t->why);
}

static void
next_is(struct a_store *t, const char *receiver, int64_t want_seq,
    int64_t want_sequence)
{
	int64_t seq, sequence;

	assert_int_equal(bundles_next(t->s, receiver, &seq, &sequence, &t->why),
	    0);
	assert_int_equal(seq, want_seq);
	assert_int_equal(sequence, want_sequence);
}

static void
counters(struct a_store *t)
{
	next_is(t, "A", 1, 1);
	assert_int_equal(make(t, "A", 1, 1), 0);
	next_is(t, "A", 2, 2);
	next_is(t, "B", 2, 1);
	assert_int_equal(make(t, "B", 2, 1), 0);
	assert_int_equal(make(t, "A", 3, 2), 0);
	next_is(t, "A", 4, 3);
	next_is(t, "B", 4, 2);
}

static void
only_the_next(struct a_store *t)
{
	static const struct {
		int64_t seq;
		int64_t sequence;
	} wrong[] = { { 1, 1 }, { 2, 1 }, { 3, 2 }, { 2, 3 }, { 0, 0 },
		{ 1, 2 } };

	assert_int_equal(make(t, "A", 1, 1), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(make(t, "A", wrong[i].seq, wrong[i].sequence),
		    -1);
		assert_int_equal(t->why.id, FAULT_INSIDE);
	}
	next_is(t, "A", 2, 2);
}

static int
make_and_fail(struct store *s, void *context, struct fault *why)
{
	if (make(context, "A", 1, 1) == -1)
		return -1;
	(void)s;
	return FAIL(why, FAULT_DISK_NOT_WRITTEN, "as the test wants");
}

static void
rolled_back_number(struct a_store *t)
{
	assert_int_equal(store_transaction(t->s, make_and_fail, t, &t->why),
	    -1);
	next_is(t, "A", 1, 1);
}

static void
made_comes_back(struct a_store *t)
{
	struct bundle_made b;

	assert_int_equal(bundles_last(t->s, "A", &b, &t->why), 0);
	assert_int_equal(make(t, "A", 1, 1), 0);
	assert_int_equal(make(t, "A", 2, 2), 0);
	assert_int_equal(make(t, "B", 3, 1), 0);
	assert_int_equal(bundles_last(t->s, "A", &b, &t->why), 1);
	assert_string_equal(b.id, "id-2");
	assert_string_equal(b.receiver, "A");
	assert_string_equal(b.name, "2.satchel");
	assert_int_equal(b.seq, 2);
	assert_int_equal(b.sequence, 2);
	assert_int_equal(b.sha256[0], 2);
	assert_int_equal(b.bytes, 4096);
	assert_int_equal(b.created, 77);
	assert_false(b.carried);
	assert_int_equal(bundles_set_carried(t->s, "id-2", &t->why), 0);
	assert_int_equal(bundles_last(t->s, "A", &b, &t->why), 1);
	assert_true(b.carried);
	assert_int_equal(bundles_set_carried(t->s, "id-9", &t->why), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
}

static void
after_is(struct a_store *t, const char *receiver, struct bundle_made *b,
    int64_t sender_number, int64_t seq)
{
	assert_int_equal(bundles_made_after(t->s, receiver, b, b, &t->why), 1);
	assert_int_equal(b->sender, sender_number);
	assert_int_equal(b->seq, seq);
}

static void
made_in_order(struct a_store *t)
{
	struct bundle_made b = { .sender = 0 };

	assert_int_equal(bundles_made_after(t->s, NULL, NULL, &b, &t->why), 0);
	assert_int_equal(make(t, "A", 1, 1), 0);
	assert_int_equal(make(t, "B", 2, 1), 0);
	assert_int_equal(make(t, "A", 3, 2), 0);
	after_is(t, NULL, &b, 1, 1);
	after_is(t, NULL, &b, 1, 2);
	after_is(t, "A", &b, 1, 3);
	assert_int_equal(bundles_made_after(t->s, NULL, &b, &b, &t->why), 0);
	assert_int_equal(bundles_made_after(t->s, "B", &b, &b, &t->why), 0);
	assert_int_equal(bundles_made_after(t->s, "B", NULL, &b, &t->why), 1);
	assert_int_equal(b.seq, 2);
}

static int
make_with(struct a_store *t, const uint8_t key[static 32], const char *id,
    const char *receiver, int64_t seq, int64_t sequence)
{
	struct bundle_made b = { .seq = seq, .sequence = sequence };

	(void)snprintf(b.id, sizeof(b.id), "%s", id);
	(void)snprintf(b.receiver, sizeof(b.receiver), "%s", receiver);
	assert_int_equal(bundles_sign_with(t->s, key, &t->why), 0);
	return bundles_put_made(t->s, &b, &t->why);
}

static void
keys_have_streams(struct a_store *t)
{
	struct bundle_made b;
	int64_t number;

	assert_int_equal(make_with(t, sender, "a", "A", 1, 1), 0);
	assert_int_equal(make_with(t, sender, "b", "B", 2, 1), 0);
	assert_int_equal(make_with(t, sender, "c", "A", 3, 2), 0);
	assert_int_equal(make_with(t, other, "d", "A", 4, 3), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	next_is(t, "A", 1, 1);
	assert_int_equal(bundles_last(t->s, "A", &b, &t->why), 0);
	assert_int_equal(make_with(t, other, "d", "A", 1, 1), 0);
	next_is(t, "A", 2, 2);
	next_is(t, "B", 2, 1);
	assert_int_equal(bundles_last(t->s, "A", &b, &t->why), 1);
	assert_string_equal(b.id, "d");
	/* The old stream is as it was left. */
	assert_int_equal(bundles_sign_with(t->s, sender, &t->why), 0);
	next_is(t, "A", 4, 3);
	b.sender = 0;
	b.seq = 0;
	after_is(t, "A", &b, 1, 1);
	after_is(t, "A", &b, 1, 3);
	after_is(t, "A", &b, 2, 1);
	assert_int_equal(bundles_own_key(t->s, other, &number, &t->why), 0);
	assert_int_equal(number, 2);
}

/* Asking which key counts writes nothing, so that looking changes nothing. */
static void
asking_keeps_no_key(struct a_store *t)
{
	int64_t number;

	assert_int_equal(bundles_sign_with(t->s, sender, &t->why), 0);
	next_is(t, "A", 1, 1);
	assert_int_equal(bundles_own_key(t->s, sender, &number, &t->why), 0);
	assert_int_equal(number, 0);
	assert_int_equal(bundles_keep_key(t->s, other, &t->why), 0);
	assert_int_equal(bundles_keep_key(t->s, other, &t->why), 0);
	assert_int_equal(make_with(t, sender, "a", "A", 1, 1), 0);
	assert_int_equal(bundles_own_key(t->s, sender, &number, &t->why), 0);
	assert_int_equal(number, 2);
}

static struct bundle_place
place_of(struct a_store *t, const char *node, const uint8_t key[static 32],
    int64_t sequence)
{
	struct bundle_place at;

	assert_int_equal(bundles_place(t->s, node, key, sequence, &at, &t->why),
	    0);
	return at;
}

static void
know(struct a_store *t, const char *node, const uint8_t key[static 32])
{
	assert_int_equal(bundles_keep_partner_key(t->s, node, key, &t->why), 0);
}

static void
later_keys_come_later(struct a_store *t)
{
	struct bundle_place last, first, huge;

	assert_int_equal(place_of(t, "N", sender, 7).here, 7);
	assert_int_equal(place_of(t, "N", sender, 7).older, 7);
	know(t, "N", sender);
	know(t, "N", other);
	know(t, "N", sender);
	/* Of another node it is the first. */
	know(t, "M", other);
	assert_int_equal(place_of(t, "N", sender, 7).here, 7);
	assert_int_equal(place_of(t, "N", other, 7).older, 7);
	assert_int_equal(place_of(t, "M", other, 7).here, 7);
	last = place_of(t, "N", sender, BUNDLE_NUMBER_MAX);
	first = place_of(t, "N", other, 1);
	huge = place_of(t, "N", other, BUNDLE_NUMBER_MAX);
	assert_true(last.here < first.here && first.here < huge.here);
	assert_true(huge.here < BUNDLE_NUMBER_MAX);
}

static int
bring(struct a_store *t, const uint8_t key[static 32], const char *id,
    int64_t number, const char *code)
{
	struct bundle_came b = { .seq = number,
		.sequence = number,
		.imported = code[0] == '\0',
		.at = 5 };

	(void)snprintf(b.id, sizeof(b.id), "%s", id);
	(void)snprintf(b.code, sizeof(b.code), "%s", code);
	return bundles_put_came(t->s, key, &b, &t->why);
}

static void
came_comes_back(struct a_store *t)
{
	struct bundle_came b;

	assert_int_equal(bring(t, sender, "x", 4, ""), 0);
	assert_int_equal(bundles_came(t->s, sender, "x", &b, &t->why), 1);
	assert_int_equal(b.seq, 4);
	assert_true(b.imported);
	assert_string_equal(b.code, "");
	assert_int_equal(b.at, 5);
	assert_int_equal(bundles_came(t->s, sender, "y", &b, &t->why), 0);
	assert_int_equal(bundles_came(t->s, other, "x", &b, &t->why), 0);
	assert_int_equal(bundles_came_seq(t->s, sender, 4, &b, &t->why), 1);
	assert_int_equal(bundles_came_seq(t->s, sender, 5, &b, &t->why), 0);
	assert_int_equal(bundles_came_seq(t->s, other, 4, &b, &t->why), 0);
	assert_int_equal(bundles_came_sequence(t->s, sender, 4, &b, &t->why),
	    1);
	assert_string_equal(b.id, "x");
	assert_int_equal(bundles_came_sequence(t->s, sender, 3, &b, &t->why),
	    0);
}

static void
refused_then_imported(struct a_store *t)
{
	struct bundle_came b;
	size_t count;

	assert_int_equal(bring(t, sender, "x", 4, "B103"), 0);
	assert_int_equal(bundles_came_seq(t->s, sender, 4, &b, &t->why), 0);
	assert_int_equal(bring(t, sender, "x", 4, "B104"), 0);
	assert_int_equal(bundles_came(t->s, sender, "x", &b, &t->why), 1);
	assert_false(b.imported);
	assert_string_equal(b.code, "B104");
	assert_int_equal(bundles_refused(t->s, sender, &b, 1, &count, &t->why),
	    0);
	assert_int_equal(count, 1);
	assert_int_equal(bring(t, sender, "x", 4, ""), 0);
	assert_int_equal(bundles_came(t->s, sender, "x", &b, &t->why), 1);
	assert_true(b.imported);
	assert_int_equal(bundles_refused(t->s, sender, &b, 1, &count, &t->why),
	    0);
	assert_int_equal(count, 0);
}

static void
imported_stays(struct a_store *t)
{
	static const struct {
		const char *id;
		int64_t number;
		const char *code;
	} wrong[] = {
		{ "x", 4, "" },	    /* the same again */
		{ "x", 5, "" },	    /* its id under another number */
		{ "x", 4, "B204" }, /* refused after all */
		{ "y", 4, "" },	    /* its number under another id */
		{ "y", 0, "" },	    /* no number */
	};
	uint8_t before[32], after[32];

	assert_int_equal(bring(t, sender, "x", 4, ""), 0);
	assert_int_equal(store_state_hash(t->s, before, &t->why), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(bring(t, sender, wrong[i].id, wrong[i].number,
				     wrong[i].code),
		    -1);
		assert_int_equal(t->why.id, FAULT_INSIDE);
	}
	assert_int_equal(store_state_hash(t->s, after, &t->why), 0);
	assert_memory_equal(before, after, 32);
	/* Another id with the number can be refused, and another key has all. */
	assert_int_equal(bring(t, sender, "y", 4, "B212"), 0);
	assert_int_equal(bring(t, other, "x", 4, ""), 0);
}

static void
refused_in_order(struct a_store *t)
{
	struct bundle_came b[4];
	size_t count;

	assert_int_equal(bring(t, sender, "e", 9, "B103"), 0);
	assert_int_equal(bring(t, sender, "d", 7, "B103"), 0);
	assert_int_equal(bring(t, sender, "a", 0, "B204"), 0);
	assert_int_equal(bring(t, sender, "c", 5, "B103"), 0);
	assert_int_equal(bring(t, sender, "again", 5, ""), 0);
	assert_int_equal(bring(t, other, "b", 1, "B103"), 0);
	assert_int_equal(bundles_refused(t->s, sender, b, 4, &count, &t->why),
	    0);
	assert_int_equal(count, 3);
	assert_string_equal(b[0].id, "a");
	assert_string_equal(b[1].id, "d");
	assert_string_equal(b[2].id, "e");
	assert_int_equal(bundles_refused(t->s, sender, b, 2, &count, &t->why),
	    0);
	assert_int_equal(count, 2);
	assert_int_equal(bundles_refused(t->s, sender, b, 0, &count, &t->why),
	    0);
	assert_int_equal(count, 0);
}

static void
own_keys_both_ways(struct a_store *t)
{
	uint8_t sign[32];
	int64_t number;

	assert_int_equal(bundles_own_sign(t->s, 1, sign, &t->why), 0);
	assert_int_equal(bundles_keep_key(t->s, sender, &t->why), 0);
	assert_int_equal(bundles_keep_key(t->s, other, &t->why), 0);
	assert_int_equal(bundles_own_key(t->s, other, &number, &t->why), 0);
	assert_int_equal(number, 2);
	assert_int_equal(bundles_own_sign(t->s, 2, sign, &t->why), 1);
	assert_memory_equal(sign, other, sizeof(sign));
	assert_int_equal(bundles_own_sign(t->s, 1, sign, &t->why), 1);
	assert_memory_equal(sign, sender, sizeof(sign));
	assert_int_equal(bundles_own_sign(t->s, 3, sign, &t->why), 0);
}

static void
wide_gap(struct a_store *t)
{
	int64_t missing[2], count;

	assert_int_equal(bring(t, sender, "far", (int64_t)1 << 50, ""), 0);
	assert_int_equal(bundles_missing(t->s, sender, missing, 2, &count,
			     &t->why),
	    0);
	assert_int_equal(missing[0], 1);
	assert_int_equal(missing[1], 2);
	assert_true(count == ((int64_t)1 << 50) - 1);
}

static const struct a_store_case cases[] = {
	{ "one counter over all, and one for each receiver", counters },
	{ "only the next numbers are taken", only_the_next },
	{ "a number that was rolled back is given again", rolled_back_number },
	{ "a bundle made comes back as it was", made_comes_back },
	{ "numbers belong to a key, and begin anew with each",
	    keys_have_streams },
	{ "asking with which key to count keeps none", asking_keeps_no_key },
	{ "what a newer key signed comes after all that an older one did",
	    later_keys_come_later },
	{ "bundles made are gone through by seq", made_in_order },
	{ "a bundle that came is found by each of its names", came_comes_back },
	{ "a refused bundle may come again", refused_then_imported },
	{ "an imported bundle is never replaced", imported_stays },
	{ "refused ones are listed until their number was imported",
	    refused_in_order },
	{ "a key of ours has a number, and the number its key",
	    own_keys_both_ways },
	{ "of a gap without end the first numbers are given, and the count",
	    wide_gap },
};

static const struct streams {
	const char *name;
	const char *came; /* a digit a bundle, in the order of coming */
	const char *refused;
	size_t max;
	const char *want;
	int64_t highest;
	const char *missing; /* the first max, and how many there are */
} streams[] = {
	{ "nothing came", "", "", 4, "", 0, "of 0" },
	{ "the first alone", "1", "", 4, "1-1", 1, "of 0" },
	{ "neighbours are one range", "123", "", 4, "1-3", 3, "of 0" },
	{ "a gap parts them", "1246", "", 4, "1-2 4-4 6-6", 6, "3 5 of 2" },
	{ "the order of coming does not count", "6142", "", 4, "1-2 4-4 6-6", 6,
	    "3 5 of 2" },
	{ "a gap that is filled joins them", "13462", "", 4, "1-4 6-6", 6,
	    "5 of 1" },
	{ "refused ones are gaps, and not missing", "124", "35", 4, "1-2 4-4",
	    4, "of 0" },
	{ "of several some are refused", "17", "346", 4, "1-1 7-7", 7,
	    "2 5 of 2" },
	{ "one refused alone shows no others", "", "5", 4, "", 0, "of 0" },
	{ "refused and sent again is imported", "13", "22", 4, "1-1 3-3", 3,
	    "of 0" },
	{ "the first of all is missing", "3", "", 4, "3-3", 3, "1 2 of 2" },
	{ "only the first ranges fit", "1357", "", 2, "1-1 3-3", 7,
	    "2 4 of 3" },
	{ "the last range that fits is whole", "13457", "", 2, "1-1 3-5", 7,
	    "2 6 of 2" },
	{ "no room, no range", "1", "", 0, "", 1, "of 0" },
	{ "no room, and yet counted", "3", "", 0, "", 3, "of 2" },
};

static void
missing_are(struct a_store *t, const struct streams *row)
{
	int64_t missing[4], count;
	char got[64] = "";

	assert_int_equal(bundles_missing(t->s, sender, missing, row->max,
			     &count, &t->why),
	    0);
	for (int64_t i = 0; i < count && i < (int64_t)row->max; i++)
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got),
		    "%d ", (int)missing[i]);
	(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "of %d",
	    (int)count);
	assert_string_equal(got, row->missing);
}

static void
stream_holds(void **state)
{
	const struct streams *row = *state;
	struct bundle_range ranges[4];
	struct a_store t;
	char id[8], got[64] = "";
	int64_t highest;
	size_t count;

	a_store_start(&t);
	for (const char *c = row->came; *c != '\0'; c++) {
		(void)snprintf(id, sizeof(id), "i%c", *c);
		assert_int_equal(bring(&t, sender, id, *c - '0', ""), 0);
	}
	for (const char *c = row->refused; *c != '\0'; c++) {
		(void)snprintf(id, sizeof(id), "r%c", *c);
		assert_int_equal(bring(&t, sender, id, *c - '0', "B103"), 0);
	}
	assert_int_equal(bring(&t, other, "other", 8, ""), 0);
	assert_int_equal(bundles_ranges(t.s, sender, ranges, row->max, &count,
			     &t.why),
	    0);
	for (size_t i = 0; i < count; i++)
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got),
		    "%s%d-%d", i > 0 ? " " : "", (int)ranges[i].first,
		    (int)ranges[i].last);
	assert_string_equal(got, row->want);
	assert_int_equal(bundles_highest(t.s, sender, &highest, &t.why), 0);
	assert_int_equal(highest, row->highest);
	missing_are(&t, row);
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("bundles", cases, a_store_case_holds) +
	    ROWS_RUN("bundles: ranges", streams, stream_holds);
}
