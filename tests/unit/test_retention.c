/* What is removed when it is old, and what never is. */
#include "tests/unit/a_store.h"

#include "store/decisions.h"
#include "store/journal.h"
#include "store/log.h"
#include "store/log_leaf.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "store/retention.h"

#define DAY_ONE 20500
#define REF "primero:case-one#service-one"
#define RECORD "{\"canary\":\"Selamawit\"}"
#define NOW(days) (day_start(DAY_ONE) + (moment)(days)*86400)
#define BUNDLE_DAYS 30
#define STAGED_DAYS 60
#define LEDGER_DAYS 400

static struct standing
standing(void)
{
	static struct standing_reason reason = { .rule = "C-HAVE",
		.verdict = VERDICT_NOTE,
		.text = "t",
		.remedy = "r" };

	return (struct standing){ .ref = REF,
		.case_id = "case-one",
		.revision = "r",
		.priority = "normal",
		.state = STANDING_LOADED,
		.partner = "HUB",
		.created = DAY_ONE,
		.judged_on = DAY_ONE,
		.made_on = DAY_ONE,
		.decision = "accepted",
		.decision_reason = "because",
		.decided_on = DAY_ONE,
		.no_on = DAY_UNKNOWN,
		.recall_on = DAY_UNKNOWN,
		.draft_on = DAY_UNKNOWN,
		.target_id = "77",
		.record_id = "their-id",
		.reasons = &reason,
		.reason_count = 1 };
}

static void
put(struct a_store *t, enum direction d, const struct standing *st,
    const char *record)
{
	assert_int_equal(referrals_put(t->s, d, st, record,
			     record == NULL ? 0 : strlen(record), &t->why),
	    0);
}

static struct retention_done
purge(struct a_store *t, int days, bool dry)
{
	const struct retention_order o = { .store = t->s,
		.user = "supervisor",
		.now = NOW(days),
		.agreement = 1,
		.bundle_days = BUNDLE_DAYS,
		.staged_days = STAGED_DAYS,
		.ledger_days = LEDGER_DAYS,
		.dry_run = dry };
	struct retention_done d;

	assert_int_equal(retention_run(&o, &d, &t->why), 0);
	return d;
}

static struct standing
get(struct a_store *t, enum direction d)
{
	struct standing st;

	arena_empty(t->arena);
	assert_int_equal(referrals_get(t->s, d, REF, t->arena, &st, &t->why),
	    1);
	return st;
}

static bool
has_record(struct a_store *t, enum direction d)
{
	struct bytes record;
	int rc;

	bytes_init(&record, 1000);
	rc = referrals_record(t->s, d, REF, &record, &t->why);
	assert_int_not_equal(rc, -1);
	bytes_free(&record);
	return rc == 1;
}

/* --- which have ended --- */

struct row {
	const char *name;
	enum direction direction;
	void (*change)(struct standing *st);
	bool owed; /* the other side is to hear of it */
	bool ended;
};

#define CHANGE(function, statement)               \
	static void function(struct standing *st) \
	{                                         \
		statement;                        \
	}

static struct standing_receiver unconfirmed[] = { { .node = "HUB" } };
static struct standing_receiver confirmed[] = { { .node = "HUB",
    .confirmed = true } };

CHANGE(nothing, (void)st)
CHANGE(held, st->state = STANDING_HELD)
CHANGE(staged, st->state = STANDING_STAGED)
CHANGE(ready, st->state = STANDING_READY)
CHANGE(unanswered, st->decision = NULL)
CHANGE(sending, st->delivery = DELIVERY_SENDING)
CHANGE(in_part, st->delivery = DELIVERY_PART)
CHANGE(to_undo, (st->state = STANDING_RECALLED, st->undo = UNDO_DUE))
CHANGE(written, (st->state = STANDING_RECALLED, st->undo = UNDO_WRITTEN))
CHANGE(undone, (st->state = STANDING_RECALLED, st->undo = UNDO_DONE))
CHANGE(refused, st->state = STANDING_REFUSED)
CHANGE(went, st->state = STANDING_SENT)
CHANGE(no_answer, (st->state = STANDING_SENT, st->decision = NULL))
CHANGE(not_written, (st->state = STANDING_SENT, st->answer_in = 2))
CHANGE(draft, (st->state = STANDING_SENT, st->draft = "C-HAVE"))
CHANGE(never_went, (st->state = STANDING_REFUSED, st->decision = NULL))
CHANGE(went_before,
    (st->state = STANDING_REFUSED, st->decision = NULL,
	st->sent_revision = "r"))
CHANGE(withdrawn,
    (st->state = STANDING_RECALLED, st->recall_reason = "sent_in_error",
	st->receivers = unconfirmed, st->receiver_count = 1))
CHANGE(withdrawn_there,
    (st->state = STANDING_RECALLED, st->recall_reason = "sent_in_error",
	st->receivers = confirmed, st->receiver_count = 1))

static const struct row rows[] = {
	{ "came, loaded and answered", REFERRAL_RECEIVED, nothing, false,
	    true },
	{ "came, answered, and the answer not heard", REFERRAL_RECEIVED,
	    nothing, true, false },
	{ "came and is held", REFERRAL_RECEIVED, held, false, false },
	{ "came and may be loaded", REFERRAL_RECEIVED, staged, false, false },
	{ "came and was let go", REFERRAL_RECEIVED, ready, false, false },
	{ "came and is not answered", REFERRAL_RECEIVED, unanswered, false,
	    false },
	{ "may be in their server", REFERRAL_RECEIVED, sending, false, false },
	{ "is in their server in part", REFERRAL_RECEIVED, in_part, false,
	    false },
	{ "threat 11: withdrawn, and to be undone", REFERRAL_RECEIVED, to_undo,
	    false, false },
	{ "withdrawn, and the task is written", REFERRAL_RECEIVED, written,
	    false, false },
	{ "withdrawn and undone", REFERRAL_RECEIVED, undone, false, true },
	{ "came and was refused", REFERRAL_RECEIVED, refused, false, true },
	{ "refused, and they have not heard", REFERRAL_RECEIVED, refused, true,
	    false },
	{ "went and was answered", REFERRAL_SENT, went, false, true },
	{ "went and was not answered", REFERRAL_SENT, no_answer, false, false },
	{ "answered, and our system was not told", REFERRAL_SENT, not_written,
	    false, false },
	{ "a recall of it is a thing to do", REFERRAL_SENT, draft, false,
	    false },
	{ "refused here and never went", REFERRAL_SENT, never_went, false,
	    true },
	{ "an earlier version went", REFERRAL_SENT, went_before, false, false },
	{ "recalled and not confirmed", REFERRAL_SENT, withdrawn, false,
	    false },
	{ "recalled and confirmed", REFERRAL_SENT, withdrawn_there, false,
	    true },
};

static void
ends(void **state)
{
	const struct row *row = *state;
	const bool came = row->direction == REFERRAL_RECEIVED;
	struct standing st = standing();
	struct retention_done d;
	struct a_store t;

	a_store_start(&t);
	row->change(&st);
	put(&t, row->direction, &st, RECORD);
	if (row->owed)
		assert_int_equal(owed_put(t.s, "HUB", BUNDLE_ANSWER,
				     TEXT("{\"type\":\"answer\",\"ref\":\"" REF
					  "\"}"),
				     &t.why),
		    0);
	d = purge(&t, STAGED_DAYS, false);
	assert_int_equal(d.records + d.referrals + d.records_kept + d.sent_kept,
	    0);
	retention_free(&d);
	/* Words that came back wait for the ledger. */
	d = purge(&t, STAGED_DAYS + 2, false);
	assert_int_equal(d.records, row->ended && came);
	assert_int_equal(d.records_kept, !row->ended && came);
	assert_int_equal(d.sent_kept, !row->ended && !came);
	assert_int_equal(has_record(&t, row->direction), !row->ended || !came);
	retention_free(&d);
	d = purge(&t, 10 * LEDGER_DAYS, false);
	assert_int_equal(d.referrals, row->ended);
	assert_int_equal(has_record(&t, row->direction), !row->ended);
	retention_free(&d);
	a_store_end(&t);
}

/* --- what stays --- */

static void
ids_stay(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	st.said_no = true;
	st.no_on = DAY_ONE;
	put(t, REFERRAL_RECEIVED, &st, RECORD);
	d = purge(t, LEDGER_DAYS + 2, false);
	assert_int_equal(d.records, 1);
	assert_int_equal(d.referrals, 1);
	retention_free(&d);
	st = get(t, REFERRAL_RECEIVED);
	assert_string_equal(st.revision, "r");
	assert_string_equal(st.target_id, "77");
	assert_string_equal(st.record_id, "their-id");
	assert_string_equal(st.case_id, "case-one");
	assert_string_equal(st.decision, "accepted");
	assert_int_equal(st.state, STANDING_LOADED);
	assert_true(st.said_no);
	assert_int_equal(st.no_on, DAY_ONE);
	assert_int_equal(st.reason_count, 0);
	assert_null(st.decision_reason);
	assert_int_equal(st.purged_at, NOW(LEDGER_DAYS + 2));
	assert_false(a_store_shows(t, "Selamawit"));
	/* A second one finds nothing, and the log has one entry. */
	d = purge(t, LEDGER_DAYS + 3, false);
	assert_int_equal(d.records + d.referrals + d.salts, 0);
	retention_free(&d);
}

static int64_t
log_entries(struct a_store *t)
{
	uint64_t size;

	assert_int_equal(log_size(t->s, &size, &t->why), 0);
	return (int64_t)size;
}

static void
note(struct a_store *t, const char *ref, int days)
{
	const struct journal_entry e = { ACT_LOADED, NOW(days), "u", "{}",
		&(struct journal_about){ .ref = ref }, 1 };

	assert_int_equal(journal_put(t->s, &e, &t->why), 0);
}

static bool
has_salt(struct a_store *t, const char *ref)
{
	struct log_leaf_about about;
	int rc = log_leaf_about(t->s, ref, 0, &about, &t->why);

	assert_int_not_equal(rc, -1);
	return rc == 1;
}

static void
salts_go(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	put(t, REFERRAL_RECEIVED, &st, RECORD);
	note(t, REF, 100);
	note(t, "primero:another#one", 1);
	/* The last that was done counts: day 100. */
	d = purge(t, LEDGER_DAYS + 50, false);
	assert_int_equal(d.records, 1);
	assert_int_equal(d.referrals, 0);
	assert_true(has_salt(t, REF));
	retention_free(&d);
	d = purge(t, LEDGER_DAYS + 102, true);
	assert_int_equal(d.salts, 1);
	assert_true(has_salt(t, REF));
	retention_free(&d);
	d = purge(t, LEDGER_DAYS + 102, false);
	assert_int_equal(d.salts, 1);
	assert_false(has_salt(t, REF));
	assert_true(has_salt(t, "primero:another#one"));
	retention_free(&d);
	assert_int_equal(log_entries(t), 4);
	assert_int_equal(log_check(t->s, &t->why), 0);
}

static void
note_consent(struct a_store *t, const char *of_case, int days)
{
	const struct journal_entry e = { ACT_CONSENT_ADDED, NOW(days), "u",
		"{}", &(struct journal_about){ .ref = of_case }, 1 };

	assert_int_equal(journal_put(t->s, &e, &t->why), 0);
}

/* Each under one of its names, as numbers are compared. */
static void
case_salts_go(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	st.case_display = "CP-1";
	put(t, REFERRAL_RECEIVED, &st, RECORD);
	note_consent(t, "case-one", 0);
	note_consent(t, "cp-1", 0);
	note_consent(t, "never-referred", 0);
	st = standing();
	st.ref = "primero:case-two#one";
	st.case_id = "CASE-two";
	st.decision = NULL;
	put(t, REFERRAL_RECEIVED, &st, RECORD);
	note_consent(t, "case-two", 0);
	d = purge(t, LEDGER_DAYS - 1, false);
	assert_int_equal(d.salts, 0);
	retention_free(&d);
	d = purge(t, LEDGER_DAYS + 2, true);
	assert_int_equal(d.salts, 3);
	assert_true(has_salt(t, "case-one"));
	retention_free(&d);
	d = purge(t, LEDGER_DAYS + 2, false);
	assert_int_equal(d.salts, 3);
	assert_false(has_salt(t, "case-one"));
	assert_false(has_salt(t, "cp-1"));
	assert_false(has_salt(t, "never-referred"));
	/* Its referral is not answered. */
	assert_true(has_salt(t, "case-two"));
	retention_free(&d);
	assert_int_equal(log_check(t->s, &t->why), 0);
}

static void
case_is_young(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	put(t, REFERRAL_RECEIVED, &st, NULL);
	note(t, REF, 300);
	note_consent(t, "case-one", 0);
	note_consent(t, "case-two", 0);
	note_consent(t, "case-two", 300);
	d = purge(t, LEDGER_DAYS + 100, false);
	assert_int_equal(d.salts, 0);
	retention_free(&d);
}

static void
version_keeps(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	put(t, REFERRAL_RECEIVED, &st, RECORD);
	note(t, REF, 0);
	st.version_of = REF;
	st.ref = "primero:case-one#service-one~2";
	st.state = STANDING_HELD;
	st.decision = NULL;
	put(t, REFERRAL_RECEIVED, &st, RECORD);
	d = purge(t, 10 * LEDGER_DAYS, false);
	/* Its own record goes; what both share does not. */
	assert_int_equal(d.records, 1);
	assert_int_equal(d.referrals, 0);
	assert_true(has_salt(t, REF));
	retention_free(&d);
}

/* --- decisions --- */

static void
decide(struct a_store *t, enum decision_kind kind, const char *ref)
{
	static const char *rules[] = { "C-HAVE" };
	const struct decision d = { .kind = kind,
		.direction = REFERRAL_RECEIVED,
		.ref = ref,
		.revision = "r",
		.rules = { rules, 1, true },
		.user = "supervisor",
		.reason = "typed",
		.to_user = "officer",
		.at = NOW(0) };

	assert_int_equal(decisions_put(t->s, &d, &t->why), 0);
}

static void
decisions_go(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;
	int64_t newest;

	put(t, REFERRAL_RECEIVED, &st, RECORD);
	decide(t, DECISION_RELEASE, REF);
	decide(t, DECISION_MATCH, REF);
	decide(t, DECISION_RELEASE, "primero:another#one");
	decide(t, DECISION_ASSIGN, REF);
	d = purge(t, LEDGER_DAYS + 2, false);
	/* The last number is not to be given twice; a match is for ever. */
	assert_int_equal(d.decisions, 1);
	assert_int_equal(decisions_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(newest, 4);
	retention_free(&d);
	decide(t, DECISION_RELEASE, "primero:another#one");
	d = purge(t, LEDGER_DAYS + 2, false);
	assert_int_equal(d.decisions, 1);
	retention_free(&d);
}

static void
refusal_stays(struct a_store *t)
{
	const struct decisions_of of = { .direction = REFERRAL_RECEIVED,
		.ref = REF,
		.revision = "r" };
	struct standing st = standing();
	struct decisions_now now;
	struct retention_done d;

	st.state = STANDING_REFUSED;
	put(t, REFERRAL_RECEIVED, &st, NULL);
	decide(t, DECISION_RELEASE, REF);
	decide(t, DECISION_REFUSE, REF);
	d = purge(t, LEDGER_DAYS + 2, false);
	assert_int_equal(d.decisions, 0);
	retention_free(&d);
	assert_int_equal(decisions_now(t->s, &of, t->arena, &now, &t->why), 0);
	assert_non_null(now.refused);
}

/* --- bundles --- */

static void
make(struct a_store *t, int number, enum made_class class)
{
	struct bundle_made b = { .seq = number,
		.sequence = number,
		.receiver = "HUB",
		.name = "n",
		.class = class,
		.created = NOW(0) };

	(void)snprintf(b.id, sizeof(b.id), "b%d", number);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
}

static void
acknowledge(struct a_store *t, int64_t first, int64_t last)
{
	const struct bundle_range range = { first, last };
	const struct bundles_heard heard = { "HUB", store_signs_with(t->s),
		&range, 1, NOW(10) };

	assert_int_equal(bundles_acknowledged(t->s, &heard, &t->why), 0);
}

static void
bundles_go(struct a_store *t)
{
	struct retention_done d;
	int64_t seq, sequence;
	struct bundle_made b;

	make(t, 1, MADE_REST);
	make(t, 2, MADE_RECALL);
	make(t, 3, MADE_REST);
	acknowledge(t, 1, 2);
	d = purge(t, BUNDLE_DAYS + 10, false);
	assert_int_equal(d.bundles, 0);
	retention_free(&d);
	/* A recall waits: the bundle that brought it stays. */
	assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECALL,
			     TEXT("{\"type\":\"recall\",\"ref\":\"x\"}"),
			     &t->why),
	    0);
	d = purge(t, BUNDLE_DAYS + 11, false);
	assert_int_equal(d.bundles, 1);
	assert_int_equal(d.bundles_kept, 2);
	assert_string_equal((const char *)d.outbox.at, "b1.satchel");
	retention_free(&d);
	assert_int_equal(bundles_made(t->s, "b1", &b, &t->why), 1);
	assert_int_equal(b.purged, NOW(BUNDLE_DAYS + 11));
	assert_int_equal(bundles_next(t->s, "HUB", &seq, &sequence, &t->why),
	    0);
	assert_int_equal(seq, 4);
	/* Named again, should its file have outlived the last time. */
	d = purge(t, BUNDLE_DAYS + 12, false);
	assert_int_equal(d.bundles, 0);
	assert_string_equal((const char *)d.outbox.at, "b1.satchel");
	retention_free(&d);
}

static void
dry_changes_nothing(struct a_store *t)
{
	struct standing st = standing();
	uint8_t before[32], after[32];
	struct retention_done d;

	put(t, REFERRAL_RECEIVED, &st, RECORD);
	make(t, 1, MADE_REST);
	acknowledge(t, 1, 1);
	assert_int_equal(store_state_hash(t->s, before, &t->why), 0);
	d = purge(t, 10 * LEDGER_DAYS, true);
	assert_int_equal(d.bundles, 1);
	assert_int_equal(d.records, 1);
	assert_int_equal(d.referrals, 1);
	retention_free(&d);
	assert_int_equal(store_state_hash(t->s, after, &t->why), 0);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(log_entries(t), 0);
}

/* A time to come keeps until then, however a clock made it. */
static void
future_stays(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	st.judged_on = DAY_ONE + 5000;
	put(t, REFERRAL_RECEIVED, &st, RECORD);
	d = purge(t, 10 * LEDGER_DAYS, false);
	assert_int_equal(d.records, 0);
	retention_free(&d);
}

static void
room_is_given_back(struct a_store *t)
{
	struct standing st = standing();
	struct retention_done d;

	put(t, REFERRAL_RECEIVED, &st, RECORD);
	d = purge(t, 10 * LEDGER_DAYS, false);
	retention_free(&d);
	assert_int_equal(store_compact(t->s, &t->why), 0);
	assert_int_equal(log_check(t->s, &t->why), 0);
	assert_int_equal(get(t, REFERRAL_RECEIVED).state, STANDING_LOADED);
}

static const struct a_store_case cases[] = {
	{ "ids, state and a no stay when all else goes", ids_stay },
	{ "salts go with the ledger, and the log is whole", salts_go },
	{ "what the log has of a case goes with the last of its referrals",
	    case_salts_go },
	{ "and stays while one of them, or consent, is young", case_is_young },
	{ "a version that waits keeps what it shares", version_keeps },
	{ "releases go; matches and the last number stay", decisions_go },
	{ "what a person refused stays refused", refusal_stays },
	{ "bundles that arrived go, numbers stay, recalls wait", bundles_go },
	{ "a dry run counts", dry_changes_nothing },
	{ "what is dated later than now stays", future_stays },
	{ "the store is whole after it is made smaller", room_is_given_back },
};

int
main(void)
{
	return ROWS_RUN("retention: ended", rows, ends) +
	    ROWS_RUN("retention", cases, a_store_case_holds);
}
