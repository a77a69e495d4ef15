#include "tests/unit/a_referral.h"
#include "tests/unit/a_store.h"

#include "base/jsonout.h"
#include "base/sink.h"
#include "export/recall.h"
#include "formats/json.h"
#include "import/load.h"
#include "import/stage.h"
#include "import/undo.h"
#include "policy/after_recall.h"
#include "store/journal.h"
#include "store/owed.h"
#include "store/referrals.h"

#define REF "primero:4f5c4f5c#77"
#define NOW ((moment)TODAY * 86400 + 1000)
#define HOUR 3600

/* --- may it go again --- */

static const struct again {
	const char *name;
	const char *reason;
	day on;
	day given; /* 0: there is no consent record */
	enum recalled want;
} agains[] = {
	{ "consent given later is for a person", "consent_withdrawn", 100, 101,
	    RECALLED_BEFORE },
	{ "consent of the same day is none", "consent_withdrawn", 100, 100,
	    RECALLED },
	{ "consent given before is none", "consent_withdrawn", 100, 99,
	    RECALLED },
	{ "no consent record", "consent_withdrawn", 100, 0, RECALLED },
	{ "consent of no day", "consent_withdrawn", 100, DAY_UNKNOWN,
	    RECALLED },
	{ "a recall of no day", "consent_withdrawn", DAY_UNKNOWN, 101,
	    RECALLED },
	{ "another reason is as strict", "other", 100, 100, RECALLED },
	{ "a mistake may be put right", "sent_in_error", 100, 99,
	    RECALLED_BEFORE },
	{ "so may a second one", "duplicate", 100, 0, RECALLED_BEFORE },
};

static void
again_holds(void **state)
{
	const struct again *row = *state;
	struct referral *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->has_consent = row->given != 0;
	r->consent.given_on = row->given;
	assert_int_equal(after_recall(row->reason, row->on, r), row->want);
	free(r);
}

/* --- what drafts a recall --- */

static const struct drafts {
	const char *name;
	const char *rule;
	enum verdict verdict;
	const char *went_to; /* NULL: it never went */
	bool recalled;	     /* since */
	bool want;
} drafts[] = {
	{ "a no to what went", "C-STATE", VERDICT_REFUSE, "ET-HUB-01", false,
	    true },
	{ "a tick taken away", "C-CASE", VERDICT_REFUSE, "ET-HUB-01", false,
	    true },
	{ "sharing with UNHCR", "C-UNHCR", VERDICT_REFUSE, "ET-HUB-01", false,
	    true },
	{ "the service", "C-SVC", VERDICT_REFUSE, "ET-HUB-01", false, true },
	{ "the agency", "C-ORG", VERDICT_REFUSE, "ET-HUB-01", false, true },
	{ "another of the child's was withdrawn", "L-TOMB", VERDICT_REFUSE,
	    "ET-HUB-01", false, true },
	{ "a no to all counts for another node, too", "C-STATE", VERDICT_REFUSE,
	    "XX-1", false, true },
	{ "a no to one does not", "C-UNHCR", VERDICT_REFUSE, "XX-1", false,
	    false },
	{ "what never went", "C-STATE", VERDICT_REFUSE, NULL, false, false },
	{ "what was recalled already", "C-STATE", VERDICT_REFUSE, "ET-HUB-01",
	    true, false },
	{ "a doubt is no no", "C-CASE", VERDICT_HOLD, "ET-HUB-01", false,
	    false },
	{ "another rule", "D-MIN", VERDICT_REFUSE, "ET-HUB-01", false, false },
};

static void
drafts_hold(void **state)
{
	const struct drafts *row = *state;
	struct standing_receiver to = { .node = row->went_to };
	struct standing st = {
		.receivers = &to,
		.receiver_count = row->went_to != NULL,
		.sent_revision = row->recalled ? NULL : "r",
		.recall_reason = row->recalled ? "other" : NULL,
	};
	struct judgement *j = calloc(1, sizeof(*j));
	struct party party = { .id = "UNHCR" };
	struct node hub = { .code = "ET-HUB-01", .party = &party };
	const char *rule;

	assert_non_null(j);
	j->count = 1;
	j->reasons[0].rule = rules_find(row->rule);
	assert_non_null(j->reasons[0].rule);
	j->reasons[0].verdict = row->verdict;
	rule = recall_draft(&st, j, &hub);
	if (row->want)
		assert_string_equal(rule, row->rule);
	else
		assert_null(rule);
	assert_null(recall_draft(NULL, j, &hub));
	free(j);
}

/* --- overdue --- */

static const struct late {
	const char *name;
	int hours; /* of the agreement; 0: none are set */
	moment after;
	bool confirmed;
	bool want;
} lates[] = {
	{ "within the hours of an emergency", 24, 24 * HOUR, false, false },
	{ "past them", 24, 24 * HOUR + 1, false, true },
	{ "confirmed is never overdue", 24, 1000 * HOUR, true, false },
	{ "the agreement's own hours", 2, 3 * HOUR, false, true },
	{ "none are set: a day", 0, 23 * HOUR, false, false },
	{ "none are set: past a day", 0, 25 * HOUR, false, true },
};

static void
late_holds(void **state)
{
	const struct late *row = *state;
	struct agreement a = { .emergency_hours = row->hours };
	struct standing_receiver to[2] = { { .node = "A", .confirmed = true },
		{ .node = "B", .confirmed = row->confirmed } };
	struct standing st = { .recall_reason = "other",
		.recall_at = NOW,
		.receivers = to,
		.receiver_count = 2 };

	assert_int_equal(recall_overdue(&st, &a, NOW + row->after), row->want);
	st.recall_reason = NULL;
	assert_false(recall_overdue(&st, &a, NOW + row->after));
}

/* --- which --- */

static void
put_sent(struct a_store *t, const char *ref, const char *case_id,
    const char *individual, const char *partner)
{
	struct standing st = {
		.ref = ref,
		.case_id = case_id,
		.individual = individual,
		.revision = "r",
		.sent_revision = partner != NULL ? "r" : NULL,
		.priority = "normal",
		.state = partner != NULL ? STANDING_SENT : STANDING_HELD,
		.partner = partner != NULL ? partner : "ET-HUB-01",
		.party = "UNHCR",
		.made_on = TODAY,
		.decided_on = DAY_UNKNOWN,
	};

	assert_int_equal(referrals_put(t->s, REFERRAL_SENT, &st, NULL, 0,
			     &t->why),
	    0);
}

static const struct find {
	const char *name;
	const char *start;
	enum fault_id want; /* FAULT_NONE: it is found */
	const char *refs;   /* a space after each */
} finds[] = {
	{ "a whole ref is that one", "primero:aaaa1#1", FAULT_NONE,
	    "primero:aaaa1#1 " },
	{ "a case is all of it", "aaaa1", FAULT_NONE,
	    "primero:aaaa1#1 primero:aaaa1#2 " },
	{ "the start of a case", "aa", FAULT_NONE,
	    "primero:aaaa1#1 primero:aaaa1#2 " },
	{ "in capitals", "PRIMERO:AAAA", FAULT_NONE,
	    "primero:aaaa1#1 primero:aaaa1#2 " },
	{ "the start of a ref is none of a case", "aaaa1#", FAULT_REF_AMBIGUOUS,
	    NULL },
	{ "the start of one ref", "bbbb1#", FAULT_NONE, "primero:bbbb1#1 " },
	{ "the start of two cases", "b", FAULT_REF_AMBIGUOUS, NULL },
	{ "a number that two children bear", "803-9", FAULT_REF_AMBIGUOUS,
	    NULL },
	{ "a number that one child bears", "803-1", FAULT_NONE,
	    "primero:aaaa1#1 primero:aaaa1#2 " },
	{ "nothing", "zzzz", FAULT_REF_UNKNOWN, NULL },
	{ "no name", "  ", FAULT_REF_UNKNOWN, NULL },
	{ "a referral from proGres", "900-26-1", FAULT_NONE,
	    "progres:900-26-1 " },
};

static void
find_holds(void **state)
{
	const struct find *row = *state;
	struct a_store t;
	struct bytes refs;
	int rc;

	a_store_start(&t);
	put_sent(&t, "primero:aaaa1#1", "aaaa1", "803-1", "ET-HUB-01");
	put_sent(&t, "primero:aaaa1#2", "aaaa1", "803-1", NULL);
	put_sent(&t, "primero:bbbb1#1", "bbbb1", "803-9", "ET-HUB-01");
	put_sent(&t, "primero:bbbb2#1", "bbbb2", "803-9", "ET-HUB-01");
	put_sent(&t, "progres:900-26-1", NULL, NULL, "ET-HUB-01");
	bytes_init(&refs, 4096);
	rc = recall_find(t.s, row->start, &refs, &t.why);
	if (row->want != FAULT_NONE) {
		assert_int_equal(rc, -1);
		assert_int_equal(t.why.id, row->want);
	} else {
		assert_int_equal(rc, 0);
		for (size_t i = 0; i < refs.len; i++)
			if (refs.at[i] == '\0')
				refs.at[i] = ' ';
		assert_string_equal((const char *)refs.at, row->refs);
	}
	bytes_free(&refs);
	a_store_end(&t);
}

/* --- what a recall does here --- */

struct seen {
	size_t all;
	size_t news;
};

static void
saw(void *context, const struct standing *st, bool news)
{
	struct seen *seen = context;

	assert_string_equal(standing_state_name(st->state), "recalled");
	seen->all++;
	seen->news += news;
}

static size_t
give(struct a_store *t, const char *ref, const char *reason, day on,
    bool dry_run)
{
	struct seen seen = { 0 };
	struct recaller by = { .store = t->s,
		.user = "case_worker",
		.now = NOW,
		.dry_run = dry_run,
		.recalled = saw,
		.context = &seen };
	struct recall_order order = { reason, on, ref, strlen(ref) + 1 };

	assert_int_equal(recall_run(&by, &order, &t->why), 0);
	assert_int_equal(seen.all, 1);
	return seen.news;
}

static int64_t
owed(struct a_store *t, const char *node)
{
	int64_t count;

	assert_int_equal(owed_count(t->s, node, &count, &t->why), 0);
	return count;
}

static struct standing
stands(struct a_store *t, enum direction d, const char *ref)
{
	struct standing st;

	assert_int_equal(referrals_get(t->s, d, ref, t->arena, &st, &t->why),
	    1);
	return st;
}

/* Of an older program, which kept only the last one. */
static void
to_the_partner(struct a_store *t)
{
	struct standing st;

	put_sent(t, REF, "4f5c4f5c", NULL, "ET-HUB-01");
	assert_int_equal(give(t, REF, "consent_withdrawn", TODAY, false), 1);
	assert_int_equal(owed(t, "ET-HUB-01"), 1);
	st = stands(t, REFERRAL_SENT, REF);
	assert_int_equal(st.state, STANDING_RECALLED);
	assert_null(st.sent_revision);
	assert_int_equal(st.receiver_count, 1);
	assert_true(standing_recall_waits(&st));
	assert_int_equal(st.recall_at, NOW);
}

static void
to_all(struct a_store *t)
{
	struct standing st;

	put_sent(t, REF, "4f5c4f5c", NULL, NULL);
	st = stands(t, REFERRAL_SENT, REF);
	assert_int_equal(standing_went_to(&st, "ET-HUB-01", "UNHCR", "b1",
			     t->arena, &t->why),
	    0);
	assert_int_equal(standing_went_to(&st, "ET-HUB-02", "UNHCR", "b2",
			     t->arena, &t->why),
	    0);
	assert_int_equal(standing_went_to(&st, "ET-HUB-01", "UNHCR", "b3",
			     t->arena, &t->why),
	    0);
	assert_int_equal(st.receiver_count, 2);
	assert_int_equal(st.receivers[0].bundle_count, 2);
	assert_int_equal(referrals_put(t->s, REFERRAL_SENT, &st, NULL, 0,
			     &t->why),
	    0);
	assert_int_equal(give(t, REF, "other", TODAY, false), 1);
	assert_int_equal(owed(t, "ET-HUB-01"), 1);
	assert_int_equal(owed(t, "ET-HUB-02"), 1);
}

static void
never_went(struct a_store *t)
{
	struct standing st;

	put_sent(t, REF, "4f5c4f5c", NULL, NULL);
	assert_int_equal(give(t, REF, "consent_withdrawn", TODAY, false), 1);
	assert_int_equal(owed(t, "ET-HUB-01"), 0);
	st = stands(t, REFERRAL_SENT, REF);
	assert_int_equal(st.state, STANDING_RECALLED);
	assert_false(standing_recall_waits(&st));
}

static void
twice(struct a_store *t)
{
	struct standing st;

	put_sent(t, REF, "4f5c4f5c", NULL, "ET-HUB-01");
	assert_int_equal(give(t, REF, "duplicate", TODAY - 1, false), 1);
	assert_int_equal(give(t, REF, "duplicate", DAY_UNKNOWN, false), 0);
	assert_int_equal(give(t, REF, "sent_in_error", TODAY - 1, false), 0);
	assert_int_equal(owed(t, "ET-HUB-01"), 1);
	/* What is stricter goes, too, and nothing takes it back. */
	assert_int_equal(give(t, REF, "consent_withdrawn", TODAY - 1, false),
	    1);
	assert_int_equal(give(t, REF, "duplicate", TODAY - 1, false), 0);
	assert_int_equal(give(t, REF, "duplicate", TODAY, false), 1);
	assert_int_equal(owed(t, "ET-HUB-01"), 3);
	st = stands(t, REFERRAL_SENT, REF);
	assert_string_equal(st.recall_reason, "consent_withdrawn");
	assert_int_equal(st.recall_on, TODAY);
}

static void
dry(struct a_store *t)
{
	uint8_t before[32], after[32];

	put_sent(t, REF, "4f5c4f5c", NULL, "ET-HUB-01");
	assert_int_equal(store_state_hash(t->s, before, &t->why), 0);
	assert_int_equal(give(t, REF, "other", TODAY, true), 1);
	assert_int_equal(store_state_hash(t->s, after, &t->why), 0);
	assert_memory_equal(before, after, sizeof(before));
}

static void
day_to_come(struct a_store *t)
{
	struct recaller by = { .store = t->s, .user = "x", .now = NOW };
	struct recall_order order = { "other", TODAY + 1, REF, sizeof(REF) };

	put_sent(t, REF, "4f5c4f5c", NULL, "ET-HUB-01");
	assert_int_equal(recall_run(&by, &order, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_USAGE);
}

static int
is_numbered(const struct bytes *record, void *context, struct fault *why)
{
	char text[32];

	(void)why;
	(void)snprintf(text, sizeof(text), "\"sequence\":%d", *(int *)context);
	assert_non_null(strstr((const char *)record->at, text));
	return 0;
}

static void
numbered_once(struct a_store *t)
{
	struct bundle_made b = { .id = "id-of-the-first",
		.receiver = "ET-HUB-01",
		.sequence = 7 };
	struct standing st;
	int want = 7;

	put_sent(t, REF, "4f5c4f5c", NULL, "ET-HUB-01");
	(void)give(t, REF, "other", TODAY, false);
	assert_int_equal(recall_number(t->s, &b, &t->why), 0);
	assert_int_equal(owed_carried(t->s, b.receiver, 7, &t->why), 0);
	b.sequence = 8;
	(void)snprintf(b.id, sizeof(b.id), "id-of-the-second");
	assert_int_equal(recall_number(t->s, &b, &t->why), 0);
	assert_int_equal(owed_walk(t->s, "ET-HUB-01", BUNDLE_RECALL,
			     is_numbered, &want, &t->why),
	    0);
	st = stands(t, REFERRAL_SENT, REF);
	assert_string_equal(st.receivers[0].recall_bundle, "id-of-the-first");
	/* The receiver has another bundle of that number. */
	b.sequence = 7;
	assert_int_equal(owed_again(t->s, &b, &t->why), 0);
	b.sequence = want = 9;
	assert_int_equal(recall_number(t->s, &b, &t->why), 0);
	assert_int_equal(owed_walk(t->s, "ET-HUB-01", BUNDLE_RECALL,
			     is_numbered, &want, &t->why),
	    0);
}

static int
any(const struct bytes *record, void *context, struct fault *why)
{
	(void)record;
	(void)context;
	(void)why;
	return 1;
}

/* As after an older program, which took it as settled once it was read. */
static void
owed_anew(struct a_store *t)
{
	struct standing st;

	put_sent(t, REF, "4f5c4f5c", NULL, "ET-HUB-01");
	assert_int_equal(give(t, REF, "other", TODAY, false), 1);
	assert_int_equal(owed_forget(t->s, "ET-HUB-01", BUNDLE_RECALL, any,
			     NULL, &t->why),
	    0);
	assert_int_equal(give(t, REF, "other", TODAY, true), 1);
	assert_int_equal(owed(t, "ET-HUB-01"), 0);
	assert_int_equal(give(t, REF, "other", TODAY, false), 1);
	assert_int_equal(owed(t, "ET-HUB-01"), 1);
	assert_int_equal(give(t, REF, "other", TODAY, false), 0);
	assert_int_equal(owed(t, "ET-HUB-01"), 1);
	/* What is confirmed is not owed again. */
	assert_int_equal(owed_forget(t->s, "ET-HUB-01", BUNDLE_RECALL, any,
			     NULL, &t->why),
	    0);
	st = stands(t, REFERRAL_SENT, REF);
	st.receivers[0].confirmed = true;
	assert_int_equal(referrals_put(t->s, REFERRAL_SENT, &st, NULL, 0,
			     &t->why),
	    0);
	assert_int_equal(give(t, REF, "other", TODAY, false), 0);
	assert_int_equal(owed(t, "ET-HUB-01"), 0);
}

static const struct a_store_case doings[] = {
	{ "it is owed to the node that got it", to_the_partner },
	{ "it is owed to every node that ever got it", to_all },
	{ "what never went is marked, and nothing is owed", never_went },
	{ "twice is once, unless it is stricter", twice },
	{ "a dry run changes nothing", dry },
	{ "a day to come is refused", day_to_come },
	{ "it keeps the number of its first bundle", numbered_once },
	{ "given again it is owed to who has not confirmed it", owed_anew },
};

/* --- the crossing --- */

#define STEPS_MAX 8

enum what {
	END,
	SENT,	   /* the referral comes in bundle `at` */
	RECALL,	   /* the recall comes in bundle `at`, first in `first` */
	LOADED,	   /* a person loads what is ready */
	SENT_ANEW, /* with consent given after the recall */
};

struct step {
	enum what what;
	int64_t at;
	int64_t first;
	size_t from; /* 0: the site; 1: another one of its party */
};

static const struct crossing {
	const char *name;
	struct step steps[STEPS_MAX];
	const char *want; /* its state; NULL: nothing of it is kept */
	bool to_undo;
} crossings[] = {
	{ "in order", { { SENT, 1, 0, 0 }, { RECALL, 2, 2, 0 } }, "recalled",
	    false },
	{ "the recall first", { { RECALL, 2, 2, 0 }, { SENT, 1, 0, 0 } },
	    "recalled", false },
	{ "in one bundle", { { RECALL, 1, 1, 0 }, { SENT, 1, 0, 0 } },
	    "recalled", false },
	{ "the first recall lost, the second before the referral",
	    { { RECALL, 3, 2, 0 }, { SENT, 1, 0, 0 } }, "recalled", false },
	{ "across a wide gap", { { RECALL, 90, 2, 0 }, { SENT, 1, 0, 0 } },
	    "recalled", false },
	{ "doubled, recall and referral by turns",
	    { { SENT, 1, 0, 0 }, { RECALL, 2, 2, 0 }, { SENT, 1, 0, 0 },
		{ RECALL, 3, 2, 0 }, { SENT, 1, 0, 0 } },
	    "recalled", false },
	{ "a later bundle with the same consent",
	    { { RECALL, 2, 2, 0 }, { SENT, 3, 0, 0 } }, "recalled", false },
	{ "a later bundle, with a repeated recall after it",
	    { { RECALL, 2, 2, 0 }, { SENT, 3, 0, 0 }, { RECALL, 4, 2, 0 } },
	    "recalled", false },
	{ "the recall comes from another site of the party",
	    { { SENT, 1, 0, 0 }, { RECALL, 1, 1, 1 } }, "recalled", false },
	{ "the recall comes first from another site of the party",
	    { { RECALL, 1, 1, 1 }, { SENT, 9, 0, 0 } }, "recalled", false },
	{ "from both, in any order",
	    { { RECALL, 1, 1, 1 }, { SENT, 9, 0, 0 }, { RECALL, 10, 10, 0 },
		{ SENT, 9, 0, 0 } },
	    "recalled", false },
	{ "it was loaded: a person undoes it",
	    { { SENT, 1, 0, 0 }, { LOADED, 0, 0, 0 }, { RECALL, 2, 2, 0 } },
	    "recalled", true },
	{ "loaded, recalled, and the bundle once more",
	    { { SENT, 1, 0, 0 }, { LOADED, 0, 0, 0 }, { RECALL, 2, 2, 0 },
		{ SENT, 1, 0, 0 }, { RECALL, 3, 2, 0 } },
	    "recalled", true },
	{ "loaded, and recalled by another site of the party",
	    { { SENT, 1, 0, 0 }, { LOADED, 0, 0, 0 }, { RECALL, 5, 5, 1 } },
	    "recalled", true },
	{ "consent given anew waits for a person",
	    { { SENT, 1, 0, 0 }, { RECALL, 2, 2, 0 }, { SENT_ANEW, 3, 0, 0 } },
	    "held", false },
	{ "given anew, and the recall repeated after it",
	    { { RECALL, 2, 2, 0 }, { SENT_ANEW, 3, 0, 0 },
		{ RECALL, 4, 2, 0 } },
	    "held", false },
	{ "given anew after it was loaded: still to be undone",
	    { { SENT, 1, 0, 0 }, { LOADED, 0, 0, 0 }, { RECALL, 2, 2, 0 },
		{ SENT_ANEW, 3, 0, 0 } },
	    "held", true },
	{ "given anew and recalled again",
	    { { SENT, 1, 0, 0 }, { RECALL, 2, 2, 0 }, { SENT_ANEW, 3, 0, 0 },
		{ RECALL, 4, 4, 0 } },
	    "recalled", false },
	{ "the second recall overtakes what was given anew",
	    { { RECALL, 4, 4, 0 }, { SENT_ANEW, 3, 0, 0 }, { SENT, 1, 0, 0 } },
	    "recalled", false },
};

struct receiver {
	struct a_store t;
	struct scene *scene;
	struct node nodes[3];
	struct minisign_public key[2];
};

static void
start_receiver(struct receiver *r)
{
	static const char *codes[] = { "ET-GMB-03", "ET-GMB-04" };

	a_store_start(&r->t);
	r->scene = calloc(1, sizeof(*r->scene));
	assert_non_null(r->scene);
	scene_start(r->scene, AT_IMPORT);
	r->nodes[1] = r->scene->node[1];
	for (size_t i = 0; i < 2; i++) {
		struct node *n = &r->nodes[i == 0 ? 0 : 2];

		*n = r->scene->node[0];
		n->code = codes[i];
		memset(r->key[i].key, (int)i + 1, sizeof(r->key[i].key));
		n->sign = &r->key[i];
		n->sign_count = 1;
	}
	r->scene->agreement.nodes = r->nodes;
	r->scene->agreement.node_count = 3;
}

static void
deliver(struct receiver *r, const struct step *step, enum bundle_record kind,
    const struct bytes *record)
{
	struct bundle_inside in = { .sequence = step->at };
	struct stage_order order = {
		.store = r->t.s,
		.agreement = &r->scene->agreement,
		.sender = &r->nodes[step->from == 0 ? 0 : 2],
		.sender_key = r->key[step->from].key,
		.receiver = &r->nodes[1],
		.inside = &in,
		.facts = r->scene->bundle,
		.today = TODAY,
	};
	struct fault *why = &r->t.why;
	struct json *j = NULL;
	struct stage *s;

	(void)snprintf(in.outside.id, sizeof(in.outside.id),
	    "0000000%zu-0000-4000-8000-0000000000%02d", step->from,
	    (int)step->at);
	assert_int_equal(json_read(record->at, record->len, &json_line, &j,
			     why),
	    0);
	assert_int_equal(store_begin(r->t.s, why), 0);
	assert_non_null(s = stage_new(&order, why));
	if (stage_take(kind, json_root(j), s, why) == -1)
		fail_msg("%s", why->detail);
	assert_int_equal(stage_finish(s, why), 0);
	stage_free(s);
	assert_int_equal(store_commit(r->t.s, why), 0);
	json_free(j);
}

static void
deliver_recall(struct receiver *r, const struct step *step)
{
	struct bytes text;
	char line[256], on[DAY_TEXT];

	bytes_init(&text, 1024);
	day_write(TODAY - 5, on);
	(void)snprintf(line, sizeof(line),
	    "{\"type\":\"recall\",\"ref\":\"%s\",\"sequence\":%d,"
	    "\"reason\":\"consent_withdrawn\",\"on\":\"%s\"}",
	    REF, (int)step->first, on);
	assert_int_equal(bytes_add_text(&text, line, &r->t.why), 0);
	deliver(r, step, BUNDLE_RECALL, &text);
	bytes_free(&text);
}

static void
deliver_referral(struct receiver *r, const struct step *step, day given)
{
	struct referral *it = &r->scene->referral;
	struct bytes text;
	struct jsonout o;
	struct sink *to;

	it->ref = REF;
	it->origin.case_id = "4f5c4f5c";
	it->origin.record_id = "record";
	it->origin.service_id = "77";
	it->consent.record_id = "0b1f6c9e-0000-4000-8000-000000000001";
	it->consent.subject_ref = it->origin.case_id;
	it->consent.given_on = given;
	it->consent.events = NULL;
	r->scene->giver[0].on = given;
	bytes_init(&text, 65536);
	assert_int_equal(referral_revise(it, &r->t.why), 0);
	assert_non_null(to = bytes_sink_new(&text, &r->t.why));
	jsonout_start(&o, to);
	referral_write(&o, NULL, it);
	assert_int_equal(jsonout_end(&o, &r->t.why), 0);
	sink_free(to);
	deliver(r, step, BUNDLE_REFERRAL, &text);
	bytes_free(&text);
}

/* As load leaves it. */
static void
load_it(struct receiver *r)
{
	struct standing st = stands(&r->t, REFERRAL_RECEIVED, REF);

	if (st.state != STANDING_STAGED)
		fail_msg("held by %s", st.reasons[0].rule);
	st.state = STANDING_LOADED;
	st.target = "0123456789ab.json";
	assert_int_equal(referrals_put(r->t.s, REFERRAL_RECEIVED, &st, NULL, 0,
			     &r->t.why),
	    0);
}

static void
play(struct receiver *r, const struct step *step)
{
	switch (step->what) {
	case SENT:
		deliver_referral(r, step, TODAY - 10);
		return;
	case SENT_ANEW:
		deliver_referral(r, step, TODAY - 2);
		return;
	case RECALL:
		deliver_recall(r, step);
		return;
	case LOADED:
		load_it(r);
		return;
	case END:
		return;
	}
}

static int
say_state(const struct bytes *record, void *context, struct fault *why)
{
	char *out = context;

	(void)why;
	*out = strstr((const char *)record->at, "\"state\":\"loaded\"") ? 'l' :
	    strstr((const char *)record->at, "\"state\":\"recalled\"")	? 'r' :
									  *out;
	return 0;
}

/* What the sender hears last: that it is out, or that it is in there still. */
static void
check_receipt(struct receiver *r, bool to_undo)
{
	char last = '?';

	assert_int_equal(owed_walk(r->t.s, "ET-GMB-03", BUNDLE_RECEIPT,
			     say_state, &last, &r->t.why),
	    0);
	if (last == '?')
		assert_int_equal(owed_walk(r->t.s, "ET-GMB-04", BUNDLE_RECEIPT,
				     say_state, &last, &r->t.why),
		    0);
	assert_int_equal(last, to_undo ? 'l' : 'r');
}

static void
crossing_holds(void **state)
{
	const struct crossing *row = *state;
	struct receiver r;
	struct standing st;
	struct bytes kept;

	start_receiver(&r);
	for (size_t i = 0; i < STEPS_MAX; i++)
		play(&r, &row->steps[i]);
	st = stands(&r.t, REFERRAL_RECEIVED, REF);
	assert_string_equal(standing_state_name(st.state), row->want);
	assert_int_equal(standing_to_undo(&st), row->to_undo);
	bytes_init(&kept, 65536);
	assert_int_equal(referrals_record(r.t.s, REFERRAL_RECEIVED, REF, &kept,
			     &r.t.why),
	    strcmp(row->want, "held") == 0);
	bytes_free(&kept);
	if (strcmp(row->want, "recalled") == 0)
		check_receipt(&r, row->to_undo);
	free(r.scene);
	a_store_end(&r.t);
}

/* --- undoing --- */

static void
undo_it(struct a_store *unused)
{
	static const struct step steps[] = { { SENT, 1, 0, 0 },
		{ LOADED, 0, 0, 0 }, { RECALL, 2, 2, 0 } };
	struct undoer by = { .user = "hub_admin", .now = NOW };
	struct receiver r;
	struct standing st;

	(void)unused;
	start_receiver(&r);
	for (size_t i = 0; i < COUNT(steps); i++)
		play(&r, &steps[i]);
	by.store = r.t.s;
	by.dry_run = true;
	assert_int_equal(undo_done(&by, REF, r.t.arena, &st, &r.t.why), 0);
	st = stands(&r.t, REFERRAL_RECEIVED, REF);
	assert_true(standing_to_undo(&st));
	by.dry_run = false;
	assert_int_equal(undo_done(&by, REF, r.t.arena, &st, &r.t.why), 0);
	assert_false(standing_to_undo(&st));
	check_receipt(&r, false);
	assert_int_equal(undo_done(&by, REF, r.t.arena, &st, &r.t.why), -1);
	assert_int_equal(r.t.why.id, FAULT_REF_STATE);
	/* Heard once more, it stays done. */
	play(&r, &(struct step){ RECALL, 3, 2, 0 });
	st = stands(&r.t, REFERRAL_RECEIVED, REF);
	assert_false(standing_to_undo(&st));
	check_receipt(&r, false);
	free(r.scene);
	a_store_end(&r.t);
}

static const struct a_store_case undoings[] = {
	{ "a person says that it is undone, once", undo_it },
};

int
main(void)
{
	return ROWS_RUN("recall: again", agains, again_holds) +
	    ROWS_RUN("recall: drafts", drafts, drafts_hold) +
	    ROWS_RUN("recall: overdue", lates, late_holds) +
	    ROWS_RUN("recall: which", finds, find_holds) +
	    ROWS_RUN("recall: here", doings, a_store_case_holds) +
	    ROWS_RUN("recall: crossing", crossings, crossing_holds) +
	    ROWS_RUN("recall: undo", undoings, a_store_case_holds);
}
