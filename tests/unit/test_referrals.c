#include "tests/unit/a_store.h"

#include "formats/referral.h"
#include "store/referrals.h"
#include "store/sql.h"
#include "store/tombstones.h"

#define RECORD "{\"type\":\"referral\",\"name_first\":\"Selamawit\"}"

static const uint8_t sender[32] = { 1 };
static const uint8_t other[32] = { 2 };

static struct standing
a_standing(const char *ref)
{
	static const char *removed[] = { "Canary-removed" };
	static const char *fields[] = { "Canary-field" };
	static struct standing_reason reason = { "CANARY-RULE", VERDICT_HOLD,
		"Canary-text", "Canary-remedy", fields, 1, false };

	return (struct standing){ .ref = ref,
		.revision = "Canary-revision",
		.service = "Canary-service",
		.priority = "Canary-priority",
		.partner = "Canary-partner",
		.state = STANDING_HELD,
		.verdict = VERDICT_HOLD,
		.judged_on = 20500,
		.reasons = &reason,
		.reason_count = 1,
		.removed = removed,
		.removed_count = 1 };
}

static void
put(struct a_store *t, enum direction d, const char *ref, const char *record)
{
	struct standing st = a_standing(ref);

	assert_int_equal(referrals_put(t->s, d, &st, record,
			     record != NULL ? strlen(record) : 0, &t->why),
	    0);
}

static void
record_is(struct a_store *t, const char *ref, const char *want)
{
	struct bytes record;

	bytes_init(&record, 1000);
	assert_int_equal(referrals_record(t->s, REFERRAL_RECEIVED, ref, &record,
			     &t->why),
	    want != NULL);
	assert_int_equal(record.len, want != NULL ? strlen(want) : 0);
	if (want != NULL)
		assert_string_equal((const char *)record.at, want);
	bytes_free(&record);
}

static void
unknown(struct a_store *t)
{
	struct standing st;

	put(t, REFERRAL_SENT, "primero:1#1", NULL);
	assert_int_equal(referrals_get(t->s, REFERRAL_RECEIVED, "primero:1#1",
			     t->arena, &st, &t->why),
	    0);
	assert_int_equal(referrals_get(t->s, REFERRAL_SENT, "primero:1",
			     t->arena, &st, &t->why),
	    0);
	record_is(t, "primero:1#1", NULL);
}

static void
comes_back(struct a_store *t)
{
	struct standing st;

	put(t, REFERRAL_RECEIVED, "primero:1#1", RECORD);
	assert_int_equal(referrals_get(t->s, REFERRAL_RECEIVED, "primero:1#1",
			     t->arena, &st, &t->why),
	    1);
	assert_string_equal(st.ref, "primero:1#1");
	assert_int_equal(st.state, STANDING_HELD);
	assert_int_equal(st.reason_count, 1);
	assert_string_equal(st.reasons[0].rule, "CANARY-RULE");
	record_is(t, "primero:1#1", RECORD);
}

static void
put_again(struct a_store *t)
{
	struct standing st = a_standing("primero:1#1");

	put(t, REFERRAL_RECEIVED, "primero:1#1", RECORD);
	st.state = STANDING_LOADED;
	st.target = "T-1";
	st.case_id = "case-1";
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, NULL, 0,
			     &t->why),
	    0);
	assert_int_equal(referrals_get(t->s, REFERRAL_RECEIVED, "primero:1#1",
			     t->arena, &st, &t->why),
	    1);
	assert_int_equal(st.state, STANDING_LOADED);
	assert_string_equal(st.target, "T-1");
	record_is(t, "primero:1#1", RECORD);
	assert_string_equal(referrals_find(t->s, REFERRAL_RECEIVED, "case-1",
				t->arena, &t->why),
	    "primero:1#1");
	put(t, REFERRAL_RECEIVED, "primero:1#1", "{}");
	record_is(t, "primero:1#1", "{}");
	assert_null(referrals_find(t->s, REFERRAL_RECEIVED, "case-1", t->arena,
	    &t->why));
}

static void
both_directions(struct a_store *t)
{
	uint8_t index[SEAL_INDEX], again[SEAL_INDEX];

	put(t, REFERRAL_SENT, "primero:1#1", NULL);
	put(t, REFERRAL_RECEIVED, "primero:1#1", RECORD);
	record_is(t, "primero:1#1", RECORD);
	referrals_index(t->s, "primero:1#1", index);
	referrals_index(t->s, " PRIMERO:1#1 ", again);
	assert_memory_equal(index, again, sizeof(index));
	referrals_index(t->s, "primero:1#2", again);
	assert_memory_not_equal(index, again, sizeof(index));
}

static void
dropped(struct a_store *t)
{
	struct standing st;

	put(t, REFERRAL_SENT, "primero:1#1", NULL);
	put(t, REFERRAL_RECEIVED, "primero:1#1", RECORD);
	put(t, REFERRAL_RECEIVED, "primero:1#2", RECORD);
	assert_int_equal(referrals_drop(t->s, REFERRAL_RECEIVED, "primero:1#1",
			     &t->why),
	    0);
	assert_int_equal(referrals_get(t->s, REFERRAL_RECEIVED, "primero:1#1",
			     t->arena, &st, &t->why),
	    0);
	assert_int_equal(referrals_get(t->s, REFERRAL_SENT, "primero:1#1",
			     t->arena, &st, &t->why),
	    1);
	record_is(t, "primero:1#2", RECORD);
}

static void
bad_record(struct a_store *t)
{
	static char large[1024 * 1024 + 1];
	struct standing st = a_standing("x");

	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, large,
			     sizeof(large), &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, "", 0,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, large,
			     sizeof(large) - 1, &t->why),
	    0);
}

static int
join(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct bytes *all = context;

	if (bytes_add_text(all, st->ref, why) == -1 ||
	    bytes_add_text(all, record->len > 0 ? "+ " : " ", why) == -1)
		return -1;
	return 0;
}

static void
walks_in_order(struct a_store *t)
{
	struct bytes all;

	bytes_init(&all, 1000);
	put(t, REFERRAL_RECEIVED, "c", RECORD);
	put(t, REFERRAL_RECEIVED, "a", NULL);
	put(t, REFERRAL_SENT, "s", NULL);
	put(t, REFERRAL_RECEIVED, "b", RECORD);
	put(t, REFERRAL_RECEIVED, "c", NULL);
	assert_int_equal(referrals_walk(t->s, REFERRAL_RECEIVED, t->arena, join,
			     &all, &t->why),
	    0);
	assert_string_equal((const char *)all.at, "c+ a b+ ");
	bytes_empty(&all);
	assert_int_equal(referrals_walk(t->s, REFERRAL_SENT, t->arena, join,
			     &all, &t->why),
	    0);
	assert_string_equal((const char *)all.at, "s ");
	bytes_free(&all);
}

static int
stop_at_two(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	int *seen = context;

	(void)st;
	(void)record;
	if (++*seen == 2)
		return FAIL(why, FAULT_TARGET, "as the test wants");
	return 0;
}

static void
walk_stops(struct a_store *t)
{
	int seen = 0;

	put(t, REFERRAL_SENT, "a", NULL);
	put(t, REFERRAL_SENT, "b", NULL);
	put(t, REFERRAL_SENT, "c", NULL);
	assert_int_equal(referrals_walk(t->s, REFERRAL_SENT, t->arena,
			     stop_at_two, &seen, &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_TARGET);
	assert_int_equal(seen, 2);
}

/* A walk over many must not need room for all of them. */
static void
walk_streams(struct a_store *t)
{
	static char large[64 * 1024];
	struct arena *small = arena_new((size_t)32 * 1024, &t->why);
	char ref[16];
	int seen = -1000;

	assert_non_null(small);
	memset(large, 'x', sizeof(large) - 1);
	assert_int_equal(store_begin(t->s, &t->why), 0);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(ref, sizeof(ref), "r%d", i);
		put(t, REFERRAL_RECEIVED, ref, large);
	}
	assert_int_equal(store_commit(t->s, &t->why), 0);
	assert_int_equal(referrals_walk(t->s, REFERRAL_RECEIVED, small,
			     stop_at_two, &seen, &t->why),
	    0);
	assert_int_equal(seen, -800);
	arena_free(small);
}

static void
sealed(struct a_store *t)
{
	static const char *const canaries[] = { "Selamawit", "Canary",
		"CANARY-RULE", "primero:", "case-77", "display-77",
		"individual-77", "held", "reason-77" };
	static const struct tombstone stone = { 1, "reason-77", 20000 };
	struct standing st = a_standing("primero:77#1");

	st.case_id = "case-77";
	st.case_display = "display-77";
	st.individual = "individual-77";
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st,
			     TEXT(RECORD), &t->why),
	    0);
	assert_int_equal(referrals_put(t->s, REFERRAL_SENT, &st, NULL, 0,
			     &t->why),
	    0);
	assert_int_equal(tombstones_put(t->s, sender, "primero:77#1", &stone,
			     &t->why),
	    0);
	/* Once as it lies in the write-ahead log, once in the file alone. */
	for (int closed = 0; closed < 2; closed++) {
		for (size_t i = 0; i < sizeof(canaries) / sizeof(*canaries);
		     i++)
			assert_false(a_store_shows(t, canaries[i]));
		store_close(t->s);
		t->s = NULL;
	}
	assert_true(a_store_shows(t, "CREATE TABLE tombstones"));
}

/* Each statement moves a sealed value; reading must notice. */
static void
moved(struct a_store *t)
{
	static const char *const statements[] = {
		"UPDATE received SET body = (SELECT body FROM received "
		"WHERE number = 1) WHERE number = 2",
		"UPDATE received SET body = (SELECT body FROM sent "
		"WHERE sent.ref = received.ref) WHERE number = 2",
		"UPDATE received SET body = record WHERE number = 2",
		"UPDATE received SET record = (SELECT record FROM received "
		"WHERE number = 1) WHERE number = 2",
		"UPDATE received SET body = x'' WHERE number = 2",
		"UPDATE received SET body = 'text' WHERE number = 2",
		"UPDATE received SET ref = x'00' WHERE number = 2",
	};
	struct bytes all;

	put(t, REFERRAL_RECEIVED, "a", RECORD);
	put(t, REFERRAL_RECEIVED, "b", RECORD);
	put(t, REFERRAL_SENT, "b", NULL);
	bytes_init(&all, 1000);
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		assert_int_equal(store_begin(t->s, &t->why), 0);
		assert_int_equal(sql_do(store_db(t->s), statements[i], &t->why),
		    0);
		t->why.id = FAULT_NONE;
		assert_int_equal(referrals_walk(t->s, REFERRAL_RECEIVED,
				     t->arena, join, &all, &t->why),
		    -1);
		assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
		store_roll_back(t->s);
	}
	assert_int_equal(referrals_walk(t->s, REFERRAL_RECEIVED, t->arena, join,
			     &all, &t->why),
	    0);
	bytes_free(&all);
}

static void
other_key(struct a_store *t)
{
	struct bytes all;

	put(t, REFERRAL_SENT, "a", NULL);
	secrets_free(t->secrets);
	assert_non_null(t->secrets = secrets_new(&t->why));
	a_store_open(t, true);
	bytes_init(&all, 1000);
	assert_int_equal(referrals_walk(t->s, REFERRAL_SENT, t->arena, join,
			     &all, &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	bytes_free(&all);
}

static int
put_tombstone(struct a_store *t, int64_t sequence, const char *reason)
{
	struct tombstone stone = { sequence, reason, 20000 };

	return tombstones_put(t->s, sender, "primero:1#1", &stone, &t->why);
}

static void
tombstones(struct a_store *t)
{
	struct tombstone got;

	assert_int_equal(tombstones_get(t->s, sender, "primero:1#1", t->arena,
			     &got, &t->why),
	    0);
	assert_int_equal(put_tombstone(t, 5, "consent_withdrawn"), 0);
	assert_int_equal(tombstones_get(t->s, sender, "primero:1#1", t->arena,
			     &got, &t->why),
	    1);
	assert_int_equal(got.sequence, 5);
	assert_string_equal(got.reason, "consent_withdrawn");
	assert_int_equal(got.on, 20000);
	assert_int_equal(tombstones_get(t->s, other, "primero:1#1", t->arena,
			     &got, &t->why),
	    0);
	assert_int_equal(tombstones_get(t->s, sender, "primero:1#2", t->arena,
			     &got, &t->why),
	    0);
	assert_int_equal(tombstones_get(t->s, sender, " Primero:1#1 ", t->arena,
			     &got, &t->why),
	    1);
}

static void
tombstone_stays(struct a_store *t)
{
	static const struct {
		int64_t sequence;
		const char *reason;
		int64_t want;
		const char *want_reason;
	} each[] = {
		{ 5, "duplicate", 5, "duplicate" },
		{ 4, "sent_in_error", 5, "sent_in_error" },
		{ 4, "other", 5, "other" },
		{ 4, "consent_withdrawn", 5, "consent_withdrawn" },
		{ 5, "other", 5, "consent_withdrawn" },
		{ 9, "duplicate", 9, "consent_withdrawn" },
	};
	struct tombstone got;

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		assert_int_equal(put_tombstone(t, each[i].sequence,
				     each[i].reason),
		    0);
		assert_int_equal(tombstones_get(t->s, sender, "primero:1#1",
				     t->arena, &got, &t->why),
		    1);
		assert_int_equal(got.sequence, each[i].want);
		assert_string_equal(got.reason, each[i].want_reason);
	}
}

static const struct a_store_case cases[] = {
	{ "a ref is known in its direction and whole", unknown },
	{ "standing and record come back", comes_back },
	{ "putting again keeps the record and renews the rest", put_again },
	{ "a ref can go both ways; its index is one", both_directions },
	{ "one row is taken away whole, and no other", dropped },
	{ "an empty or too large record is not taken", bad_record },
	{ "a walk goes from the oldest to the newest", walks_in_order },
	{ "a walk can be stopped", walk_stops },
	{ "a walk needs room for one row only", walk_streams },
	{ "nothing about a person is readable on the disk", sealed },
	{ "a sealed value that was moved or changed is damage", moved },
	{ "another node's key opens nothing", other_key },
	{ "a tombstone is of one sender and one ref", tombstones },
	{ "of two tombstones the stricter counts in every respect",
	    tombstone_stays },
};

static const struct search {
	const char *name;
	const char *start;
	const char *want; /* NULL: a fault */
	enum fault_id fault;
	const char *detail;
} searches[] = {
	{ "by the whole ref", "primero:12#1", "primero:12#1", FAULT_NONE,
	    NULL },
	{ "a whole ref that begins another one", "primero:12#11",
	    "primero:12#11", FAULT_NONE, NULL },
	{ "by its first characters", "primero:12#11x", "primero:12#11xyz",
	    FAULT_NONE, NULL },
	{ "letter case and space do not count", " PRIMERO:12#11X ",
	    "primero:12#11xyz", FAULT_NONE, NULL },
	{ "by case id", "c-30", "progres:30", FAULT_NONE, NULL },
	{ "by display form", "D30", "progres:30", FAULT_NONE, NULL },
	{ "by individual number", "i-30", "progres:30", FAULT_NONE, NULL },
	{ "by a name of its case in other letters", "d30 ", "progres:30",
	    FAULT_NONE, NULL },
	{ "a name of a case must be whole", "c-3", NULL, FAULT_REF_UNKNOWN,
	    NULL },
	{ "a case with two referrals", "c-12", NULL, FAULT_REF_AMBIGUOUS,
	    "2 fit" },
	{ "a beginning that all but one have", "prim", NULL,
	    FAULT_REF_AMBIGUOUS, "3 fit" },
	{ "a beginning that all have", "PR", NULL, FAULT_REF_AMBIGUOUS,
	    "4 fit" },
	{ "a ref of the other direction", "primero:99#1", NULL,
	    FAULT_REF_UNKNOWN, NULL },
	{ "longer than any", "progres:300", NULL, FAULT_REF_UNKNOWN, NULL },
	{ "nothing", "", NULL, FAULT_REF_UNKNOWN, NULL },
	{ "nothing but space", " \t", NULL, FAULT_REF_UNKNOWN, NULL },
	{ "a wildcard finds nothing", "%", NULL, FAULT_REF_UNKNOWN, NULL },
};

static void
put_case(struct a_store *t, const char *ref, const char *case_id,
    const char *display, const char *individual)
{
	struct standing st = a_standing(ref);

	st.case_id = case_id;
	st.case_display = display;
	st.individual = individual;
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, NULL, 0,
			     &t->why),
	    0);
}

static void
search_holds(void **state)
{
	const struct search *row = *state;
	struct a_store t;
	const char *got, *kept;

	a_store_start(&t);
	put_case(&t, "primero:12#1", "c-12", NULL, NULL);
	put_case(&t, "primero:12#11", "c-12", NULL, NULL);
	put_case(&t, "primero:12#11xyz", NULL, NULL, NULL);
	put_case(&t, "progres:30", "c-30", "D30", "I-30");
	put(&t, REFERRAL_SENT, "primero:99#1", NULL);
	kept = arena_copy(t.arena, "kept", 4, &t.why);
	got =
	    referrals_find(t.s, REFERRAL_RECEIVED, row->start, t.arena, &t.why);
	if (row->want != NULL) {
		assert_non_null(got);
		assert_string_equal(got, row->want);
	} else {
		assert_null(got);
		assert_int_equal(t.why.id, row->fault);
	}
	if (row->detail != NULL)
		assert_string_equal(t.why.detail, row->detail);
	assert_string_equal(kept, "kept");
	a_store_end(&t);
}

static const struct asked {
	const char *name;
	struct referrals_query query;
	const char *want; /* refs, a space after each */
	int stop_at;	  /* stop at this one; 0: never */
} askings[] = {
	{ "every row of a case, oldest first",
	    { REFERRAL_RECEIVED, REFERRALS_CASE_ID, "c-12" },
	    "primero:12#9 primero:12#1 ", 0 },
	{ "every row of a person, whatever case it is in",
	    { REFERRAL_RECEIVED, REFERRALS_INDIVIDUAL, "i-1" },
	    "primero:12#1 primero:13#1 progres:30 ", 0 },
	{ "letter case and space do not count",
	    { REFERRAL_RECEIVED, REFERRALS_INDIVIDUAL, " I-1 " },
	    "primero:12#1 primero:13#1 progres:30 ", 0 },
	{ "by display form", { REFERRAL_RECEIVED, REFERRALS_DISPLAY, "D30" },
	    "progres:30 ", 0 },
	{ "a name of another kind is another name",
	    { REFERRAL_RECEIVED, REFERRALS_CASE_ID, "i-1" }, "", 0 },
	{ "a name must be whole",
	    { REFERRAL_RECEIVED, REFERRALS_CASE_ID, "c-1" }, "", 0 },
	{ "of one direction only",
	    { REFERRAL_SENT, REFERRALS_INDIVIDUAL, "i-1" }, "primero:99#1 ",
	    0 },
	{ "an empty name has no rows",
	    { REFERRAL_RECEIVED, REFERRALS_INDIVIDUAL, "" }, "", 0 },
	{ "it can be stopped",
	    { REFERRAL_RECEIVED, REFERRALS_INDIVIDUAL, "i-1" }, "primero:12#1 ",
	    1 },
};

struct refs {
	char text[128];
	int count;
	int stop_at;
};

static int
add_ref(const struct standing *st, void *context, struct fault *why)
{
	struct refs *r = context;

	(void)strcat(r->text, st->ref);
	(void)strcat(r->text, " ");
	if (++r->count == r->stop_at)
		return FAIL(why, FAULT_INSIDE, "stopped");
	return 0;
}

static void
asked_holds(void **state)
{
	const struct asked *row = *state;
	struct refs refs = { .stop_at = row->stop_at };
	struct standing st = a_standing("primero:99#1");
	struct a_store t;

	a_store_start(&t);
	put_case(&t, "primero:12#9", "c-12", NULL, NULL);
	put_case(&t, "primero:12#1", "c-12", NULL, "I-1");
	put_case(&t, "primero:13#1", "c-13", NULL, "I-1");
	put_case(&t, "progres:30", NULL, "D30", "I-1");
	st.individual = "I-1";
	assert_int_equal(referrals_put(t.s, REFERRAL_SENT, &st, NULL, 0,
			     &t.why),
	    0);
	assert_int_equal(referrals_of(t.s, &row->query, t.arena, add_ref, &refs,
			     &t.why),
	    row->stop_at == 0 ? 0 : -1);
	assert_string_equal(refs.text, row->want);
	a_store_end(&t);
}

static const struct of_child {
	const char *name;
	enum direction direction;
	const char *names[REFERRALS_NAMES];
	const char *want;
} of_children[] = {
	{ "by each of its names, each row once", REFERRAL_RECEIVED,
	    { "c-12", "D30", "i-1" },
	    "primero:12#9 primero:12#1 primero:13#1 progres:30 " },
	{ "a name that is not known finds nothing", REFERRAL_RECEIVED,
	    { "c-13", NULL, NULL }, "primero:13#1 " },
	{ "no name, no row", REFERRAL_RECEIVED, { NULL, NULL, NULL }, "" },
	{ "a row without a name is not found by none", REFERRAL_RECEIVED,
	    { NULL, "D31", NULL }, "" },
	{ "of one direction only", REFERRAL_SENT, { "c-12", "D30", "i-1" },
	    "primero:99#1 " },
};

static void
of_child_holds(void **state)
{
	const struct of_child *row = *state;
	struct standing st = a_standing("primero:99#1");
	struct referrals_children *c;
	struct refs refs;
	struct a_store t;

	a_store_start(&t);
	put_case(&t, "primero:12#9", "c-12", NULL, NULL);
	put_case(&t, "primero:12#1", "c-12", NULL, "I-1");
	put_case(&t, "primero:13#1", "c-13", NULL, "I-1");
	put_case(&t, "progres:30", NULL, "D30", "I-1");
	st.individual = "I-1";
	assert_int_equal(referrals_put(t.s, REFERRAL_SENT, &st, NULL, 0,
			     &t.why),
	    0);
	c = referrals_children_new(t.s, row->direction, &t.why);
	assert_non_null(c);
	/* Twice: what was asked before leaves nothing behind, stopped or not.
	 */
	for (int i = 1; i >= 0; i--) {
		refs = (struct refs){ .stop_at = i };
		assert_int_equal(referrals_of_child(c, row->names, t.arena,
				     add_ref, &refs, &t.why),
		    i == 1 && *row->want != '\0' ? -1 : 0);
	}
	assert_string_equal(refs.text, row->want);
	referrals_children_free(c);
	a_store_end(&t);
}

/* What is kept of whom a referral is about: does it meet with another's? */
static const struct who {
	const char *name;
	const char *said[2][4]; /* first and last name, birth date, sex */
	const char *met;	/* N, B, S where they meet; - none there */
} whos[] = {
	{ "the same child",
	    { { "Nyakim", "Example", "2015-04-02", "female" },
		{ "Nyakim", "Example", "2015-04-02", "female" } },
	    "NBS" },
	{ "letter case and spaces do not count",
	    { { " nyaKIM \t Mary", "EXAMPLE", "2015-04-02", "female" },
		{ "Nyakim  Mary ", " Example", "2015-04-02", "female" } },
	    "NBS" },
	{ "where the first name ends does not count",
	    { { "Nyakim Mary", "Example", "2015-04-02", "female" },
		{ "Nyakim", "Mary Example", "2015-04-02", "female" } },
	    "NBS" },
	{ "one more letter is another name",
	    { { "Nyakim", "Example", "2015-04-02", "female" },
		{ "Nyakima", "Example", "2015-04-02", "female" } },
	    ".BS" },
	{ "names run together are another name",
	    { { "Nya", "kim", "2015-04-02", "female" },
		{ "Nyakim", NULL, "2015-04-02", "female" } },
	    ".BS" },
	{ "another birth date",
	    { { "Nyakim", "Example", "2015-04-02", "female" },
		{ "Nyakim", "Example", "2015-02-04", "female" } },
	    "N.S" },
	{ "another sex",
	    { { "Nyakim", "Example", "2015-04-02", "female" },
		{ "Nyakim", "Example", "2015-04-02", "male" } },
	    "NB." },
	{ "what is not said has no index",
	    { { NULL, NULL, NULL, NULL }, { "*****", " - ", NULL, NULL } },
	    "---" },
	{ "Ethiopic letters are a name",
	    { { "\xe1\x8a\xa0\xe1\x89\xa0\xe1\x89\xa0", NULL, NULL, NULL },
		{ "\xe1\x8a\xa0\xe1\x89\xa0\xe1\x89\xa0", "**", NULL, NULL } },
	    "N--" },
};

static void
note_who(struct a_store *t, const char *const *said, struct standing *out)
{
	static const enum field fields[] = { FIELD_NAME_FIRST, FIELD_NAME_LAST,
		FIELD_DATE_OF_BIRTH, FIELD_SEX };
	static struct referral r;

	referral_clear(&r);
	for (size_t i = 0; i < 4; i++) {
		struct value *v = &r.value[fields[i]];

		v->present = said[i] != NULL;
		v->text = said[i];
		if (fields[i] == FIELD_DATE_OF_BIRTH && v->present)
			assert_true(day_read(v->text, &v->date));
	}
	*out = (struct standing){ 0 };
	assert_int_equal(referrals_note_who(t->s, &r, t->arena, out, &t->why),
	    0);
}

static char
met(char kind, const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		assert_true(a == b);
		return '-';
	}
	assert_int_equal(strlen(a), 2 * SEAL_INDEX);
	return strcmp(a, b) == 0 ? kind : '.';
}

static void
who_holds(void **state)
{
	const struct who *row = *state;
	struct standing a, b;
	struct a_store t;
	char got[4] = "";

	a_store_start(&t);
	note_who(&t, row->said[0], &a);
	note_who(&t, row->said[1], &b);
	got[0] = met('N', a.name_index, b.name_index);
	got[1] = met('B', a.birth_index, b.birth_index);
	got[2] = met('S', a.sex_index, b.sex_index);
	assert_string_equal(got, row->met);
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("referrals", cases, a_store_case_holds) +
	    ROWS_RUN("referrals: find", searches, search_holds) +
	    ROWS_RUN("referrals: of a case or person", askings, asked_holds) +
	    ROWS_RUN("referrals: of a child", of_children, of_child_holds) +
	    ROWS_RUN("referrals: whom it is about", whos, who_holds);
}
