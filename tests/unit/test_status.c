#include "tests/unit/a_store.h"

#include "export/status.h"
#include "formats/agreement.h"
#include "store/agreed.h"
#include "store/bundles.h"
#include "store/distrusted.h"
#include "store/owed.h"
#include "store/referrals.h"

#define DAY_ONE 20500 /* the bundles of these rows are made on it */
#define SECONDS(days) ((moment)(days)*86400)
#define NOW(days) (day_start(DAY_ONE) + SECONDS(days))

static struct minisign_public keys[] = { { .key = { 1 } }, { .key = { 2 } },
	{ .key = { 3 } } };
static const char *opens[] = { "age1x" };
static struct node nodes[] = {
	{ .code = "US",
	    .sign = &keys[0],
	    .sign_count = 1,
	    .open = opens,
	    .open_count = 1 },
	{ .code = "HUB",
	    .sign = &keys[1],
	    .sign_count = 1,
	    .open = opens,
	    .open_count = 1 },
	{ .code = "AWAY",
	    .sign = &keys[2],
	    .sign_count = 1,
	    .open = opens,
	    .open_count = 1 },
	{ .code = "AUDIT", .role = NODE_AUDITOR },
};
static const struct agreement agreement = {
	.id = "A",
	.version = 1,
	.valid_until = DAY_ONE + 400,
	.nodes = nodes,
	.node_count = 4,
	.max_age_days = 180,
	.emergency_hours = 24,
	.urgent_hours = 72,
	.normal_days = 14,
};

/* The status so many days after the first; of one partner, or NULL. */
static struct status
status_of(struct a_store *t, const char *partner, int days)
{
	const struct status_order o = { t->s, &agreement, &nodes[0], partner,
		NOW(days), NULL };
	struct status out;

	arena_empty(t->arena);
	assert_int_equal(status_read(&o, t->arena, &out, &t->why), 0);
	return out;
}

static const struct status_partner *
hub(const struct status *s)
{
	size_t i = 0;

	while (i < s->partner_count && strcmp(s->partners[i].node, "HUB") != 0)
		i++;
	assert_true(i < s->partner_count);
	return &s->partners[i];
}

static void
make(struct a_store *t, const char *id, int64_t number, bool carried)
{
	struct bundle_made b = { .seq = number,
		.sequence = number,
		.receiver = "HUB",
		.name = "n",
		.created = NOW(0) };

	(void)snprintf(b.id, sizeof(b.id), "%s", id);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
	if (carried)
		assert_int_equal(bundles_set_carried(t->s, id, &t->why), 0);
}

static void
acknowledge(struct a_store *t, int64_t number)
{
	const struct bundle_range range = { number, number };
	struct minisign_public own;

	minisign_key_copy_public(secrets_signing(t->secrets), &own);
	assert_int_equal(bundles_acknowledged(t->s,
			     &(struct bundles_heard){ "HUB", own.key, &range, 1,
				 NOW(1) },
			     &t->why),
	    0);
}

static void
came(struct a_store *t, int64_t number, bool imported)
{
	struct bundle_came b = { .seq = number,
		.sequence = number,
		.imported = imported,
		.at = NOW(0) };

	(void)snprintf(b.id, sizeof(b.id), "%d", (int)number);
	(void)snprintf(b.code, sizeof(b.code), "%s", imported ? "" : "B111");
	assert_int_equal(bundles_put_came(t->s, keys[1].key, &b, &t->why), 0);
}

static void
sent(struct a_store *t, const char *ref, const char *priority,
    enum standing_state state)
{
	struct standing st = { .ref = ref,
		.revision = "r",
		.priority = priority,
		.state = state,
		.sent_revision = state == STANDING_SENT ? "r" : NULL,
		.partner = "HUB",
		.party = "P",
		.bundle = "one",
		.sequence = 1,
		.created = DAY_UNKNOWN,
		.judged_on = DAY_ONE,
		.made_on = DAY_ONE,
		.decided_on = DAY_UNKNOWN,
		.no_on = DAY_UNKNOWN };

	assert_int_equal(referrals_put(t->s, REFERRAL_SENT, &st, NULL, 0,
			     &t->why),
	    0);
}

static void
here(struct a_store *t, const char *ref, enum standing_state state,
    const char *decision)
{
	struct standing st = { .ref = ref,
		.revision = "r",
		.priority = "normal",
		.state = state,
		.partner = "HUB",
		.party = "P",
		.decision = decision,
		.created = DAY_ONE,
		.judged_on = DAY_ONE,
		.made_on = DAY_ONE,
		.decided_on = DAY_ONE,
		.no_on = DAY_UNKNOWN };

	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, NULL, 0,
			     &t->why),
	    0);
}

static void
nothing(struct a_store *t)
{
	struct status s = status_of(t, NULL, 0);

	assert_int_equal(s.partner_count, 2);
	assert_string_equal(s.partners[0].node, "AWAY");
	assert_true(status_is_quiet(hub(&s)));
	assert_false(status_needs_person(&s));
	assert_false(status_is_due(hub(&s)));
}

static void
one_partner(struct a_store *t)
{
	const struct status_order o = { t->s, &agreement, &nodes[0], "AUDIT",
		NOW(0), NULL };
	struct status s = status_of(t, "HUB", 0);

	assert_int_equal(s.partner_count, 1);
	assert_int_equal(status_read(&o, t->arena, &s, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_AGREEMENT_NO_NODE);
}

static void
bundles_by_state(struct a_store *t)
{
	struct status s;
	bool news;

	make(t, "one", 1, true);
	make(t, "two", 2, true);
	make(t, "three", 3, false);
	make(t, "four", 4, true);
	acknowledge(t, 1);
	assert_int_equal(bundles_set_refused(t->s, "four", "B111", &news,
			     &t->why),
	    0);
	s = status_of(t, NULL, 7);
	assert_int_equal(hub(&s)->waiting.count, 1);
	assert_int_equal(hub(&s)->waiting.at[0], 2);
	assert_int_equal(hub(&s)->waiting_long, 0);
	assert_int_equal(hub(&s)->not_carried.at[0], 3);
	assert_int_equal(hub(&s)->refused_there.at[0], 4);
	assert_string_equal(hub(&s)->refused_there.code[0], "B111");
	assert_int_equal(hub(&s)->last_out, 4);
	assert_true(status_partner_needs(hub(&s)));
	s = status_of(t, NULL, 8);
	assert_int_equal(hub(&s)->waiting_long, 1);
}

static void
long_without_word(struct a_store *t)
{
	struct status s;

	make(t, "one", 1, true);
	s = status_of(t, NULL, 7);
	assert_false(status_needs_person(&s));
	s = status_of(t, NULL, 8);
	assert_true(status_needs_person(&s));
}

/* How long ago a clock that ran ahead made one, nobody knows. */
static void
made_in_a_time_to_come(struct a_store *t)
{
	struct status s;

	make(t, "one", 1, true);
	s = status_of(t, NULL, -400);
	assert_int_equal(hub(&s)->waiting_long, 1);
	assert_true(status_needs_person(&s));
	assert_false(status_is_long_ago(NOW(0) + 3600, NOW(0)));
	assert_true(status_is_long_ago(NOW(2), NOW(0)));
}

static void
gaps(struct a_store *t)
{
	struct status s;

	came(t, 2, true);
	came(t, 5, true);
	came(t, 4, false);
	s = status_of(t, NULL, 0);
	/* What was refused here did arrive. */
	assert_int_equal(hub(&s)->missing.count, 2);
	assert_int_equal(hub(&s)->missing.at[0], 1);
	assert_int_equal(hub(&s)->missing.at[1], 3);
	assert_int_equal(hub(&s)->refused_here.count, 1);
	assert_int_equal(hub(&s)->last_in, 5);
	assert_true(status_needs_person(&s));
}

static void
many_gaps(struct a_store *t)
{
	struct status s;

	came(t, 1001, true);
	s = status_of(t, NULL, 0);
	assert_int_equal(hub(&s)->missing.count, 1000);
	assert_int_equal(hub(&s)->missing.listed, STATUS_NUMBERS);
}

static void
owed(struct a_store *t)
{
	struct status s;

	assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECEIPT, TEXT("{}"),
			     &t->why),
	    0);
	s = status_of(t, NULL, 0);
	assert_int_equal(hub(&s)->owed[BUNDLE_RECEIPT], 1);
	assert_true(status_is_due(hub(&s)));
	/* It goes with the next stick; nobody need hurry. */
	assert_false(status_needs_person(&s));
	make(t, "one", 1, true);
	assert_int_equal(owed_carried(t->s, "HUB", 1, &t->why), 0);
	s = status_of(t, NULL, 0);
	assert_int_equal(hub(&s)->owed[BUNDLE_RECEIPT], 1);
	assert_false(status_is_due(hub(&s)));
}

static void
recall_owed(struct a_store *t)
{
	struct status s;

	assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECALL, TEXT("{}"),
			     &t->why),
	    0);
	s = status_of(t, NULL, 0);
	assert_true(status_needs_person(&s));
}

static void
gone_partner(struct a_store *t)
{
	struct status s;

	assert_int_equal(owed_put(t->s, "GONE", BUNDLE_ANSWER, TEXT("{}"),
			     &t->why),
	    0);
	s = status_of(t, NULL, 0);
	assert_int_equal(s.partner_count, 3);
	assert_string_equal(s.partners[1].node, "GONE");
	assert_false(s.partners[1].listed);
	assert_false(status_is_due(&s.partners[1]));
	assert_true(status_needs_person(&s));
}

static void
distrusted(struct a_store *t)
{
	const struct distrust d = { .node = "HUB",
		.agreement = 1,
		.at = NOW(0),
		.user = "u",
		.kind = "distrust",
		.reason = "r" };
	struct status s;

	assert_int_equal(distrusted_put(t->s, &d, &t->why), 0);
	assert_int_equal(owed_put(t->s, "HUB", BUNDLE_RECEIPT, TEXT("{}"),
			     &t->why),
	    0);
	s = status_of(t, NULL, 0);
	assert_true(hub(&s)->distrusted);
	assert_false(status_is_due(hub(&s)));
	assert_true(status_needs_person(&s));
}

static void
deadlines(struct a_store *t)
{
	static const struct {
		int days;
		int64_t late[STATUS_PRIORITIES];
	} rows[] = {
		{ 1, { 0, 0, 0 } },
		{ 2, { 1, 0, 0 } },
		{ 3, { 1, 0, 0 } },
		{ 4, { 1, 1, 0 } },
		{ 14, { 1, 1, 0 } },
		{ 15, { 1, 1, 1 } },
	};

	make(t, "one", 1, true);
	sent(t, "primero:a#1", "normal", STANDING_SENT);
	sent(t, "primero:a#2", "urgent", STANDING_SENT);
	sent(t, "primero:a#3", "emergency", STANDING_SENT);
	sent(t, "primero:a#4", "emergency", STANDING_RECALLED);
	sent(t, "primero:a#5", "emergency", STANDING_HELD);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct status s = status_of(t, NULL, rows[i].days);

		assert_memory_equal(hub(&s)->unanswered, rows[i].late,
		    sizeof(rows[i].late));
		assert_int_equal(hub(&s)->on_the_way, 3);
		assert_int_equal(s.held_out, 1);
		if (rows[i].late[STATUS_EMERGENCY] == 0)
			continue;
		assert_string_equal(s.overdue[STATUS_EMERGENCY][0].ref,
		    "primero:a#3");
		assert_int_equal(s.overdue[STATUS_EMERGENCY][0].progress,
		    REACHED_CARRIED);
	}
}

static void
ours_to_answer(struct a_store *t)
{
	struct status s;

	here(t, "progres:1", STANDING_LOADED, NULL);
	here(t, "progres:2", STANDING_LOADED, "accepted");
	here(t, "progres:3", STANDING_HELD, NULL);
	here(t, "progres:4", STANDING_STAGED, NULL);
	here(t, "progres:5", STANDING_REFUSED, NULL);
	s = status_of(t, NULL, 15);
	assert_int_equal(hub(&s)->unanswered_here[STATUS_NORMAL], 3);
	assert_int_equal(s.held, 1);
	assert_int_equal(s.ready, 1);
	assert_true(s.overdue[STATUS_NORMAL][0].here);
	s = status_of(t, "AWAY", 15);
	assert_int_equal(s.held, 0);
}

#define CONSENT(status, rest)                       \
	"{\"satchel\":\"consent/1\",\"record_id\":" \
	"\"0b1f6c9e-0000-4000-8000-000000000001\"," \
	"\"subject_ref\":\"x\",\"status\":\"" status "\"" rest "}"

static void
consents(struct a_store *t)
{
	/* Day 20500 is 2026-02-16; consent ends 180 days after 2025-09-01. */
	assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "a",
			     TEXT(CONSENT("given",
				 ",\"given_on\":\"2025-09-01\"")),
			     &t->why),
	    0);
	assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "b",
			     TEXT(CONSENT("given",
				 ",\"given_on\":\"2026-02-01\","
				 "\"expires_on\":\"2026-03-01\"")),
			     &t->why),
	    0);
	assert_int_equal(status_of(t, NULL, 0).consents_end, 2);
	assert_int_equal(status_of(t, "HUB", 0).consents_end, 0);
	/* Asked again in time, and withdrawn. */
	assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "a",
			     TEXT(CONSENT("given",
				 ",\"given_on\":\"2026-02-10\"")),
			     &t->why),
	    0);
	assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "b",
			     TEXT(CONSENT("refused",
				 ",\"given_on\":\"2026-02-10\"")),
			     &t->why),
	    0);
	assert_int_equal(status_of(t, NULL, 0).consents_end, 0);
}

static void
agreement_ends(struct a_store *t)
{
	struct status s = status_of(t, NULL, 369);

	assert_false(s.agreement_ends);
	s = status_of(t, NULL, 370);
	assert_true(s.agreement_ends);
	assert_true(status_needs_person(&s));
}

static void
on_its_way(struct a_store *t, const char *ref, enum direction d,
    enum standing_delivery delivery, enum standing_state state)
{
	struct standing st = { .ref = ref,
		.revision = "r",
		.priority = "normal",
		.state = state,
		.sent_revision = d == REFERRAL_SENT ? "r" : NULL,
		.partner = "HUB",
		.created = DAY_UNKNOWN,
		.judged_on = DAY_ONE,
		.made_on = DAY_ONE,
		.decision = d == REFERRAL_SENT ? "accepted" : NULL,
		.decided_on = d == REFERRAL_SENT ? DAY_ONE : DAY_UNKNOWN,
		.delivery = delivery,
		.delivery_at = NOW(0),
		.undo = state == STANDING_RECALLED ? UNDO_DUE : UNDO_NONE,
		.undo_why = state == STANDING_RECALLED ? "because" : NULL,
		.recall_on = DAY_UNKNOWN,
		.no_on = DAY_UNKNOWN };
	struct standing out;

	assert_int_equal(referrals_put(t->s, d, &st, NULL, 0, &t->why), 0);
	assert_int_equal(referrals_get(t->s, d, ref, t->arena, &out, &t->why),
	    1);
	assert_int_equal(out.delivery, delivery);
	assert_int_equal(out.delivery_at, NOW(0));
	if (st.undo_why != NULL)
		assert_string_equal(out.undo_why, st.undo_why);
	else
		assert_null(out.undo_why);
}

static void
deliveries(struct a_store *t)
{
	struct status s;

	on_its_way(t, "primero:1", REFERRAL_RECEIVED, DELIVERY_UNCONFIRMED,
	    STANDING_STAGED);
	s = status_of(t, NULL, 1);
	assert_int_equal(s.delivery[DELIVERY_UNCONFIRMED], 1);
	assert_int_equal(s.delivery_long, 0);
	s = status_of(t, NULL, 2);
	assert_int_equal(s.delivery_long, 1);
	assert_true(status_needs_person(&s));
	on_its_way(t, "primero:2", REFERRAL_RECEIVED, DELIVERY_UNKNOWN,
	    STANDING_STAGED);
	on_its_way(t, "progres:3", REFERRAL_RECEIVED, DELIVERY_SENDING,
	    STANDING_READY);
	on_its_way(t, "progres:4", REFERRAL_SENT, DELIVERY_REFUSED,
	    STANDING_SENT);
	on_its_way(t, "progres:5", REFERRAL_RECEIVED, DELIVERY_REFER,
	    STANDING_LOADED);
	/* That is to be undone, whatever became of it. */
	on_its_way(t, "progres:6", REFERRAL_RECEIVED, DELIVERY_PART,
	    STANDING_RECALLED);
	s = status_of(t, NULL, 2);
	assert_int_equal(s.delivery[DELIVERY_UNCONFIRMED], 1);
	assert_int_equal(s.delivery[DELIVERY_UNKNOWN], 1);
	assert_int_equal(s.delivery[DELIVERY_SENDING], 1);
	assert_int_equal(s.delivery[DELIVERY_REFUSED], 1);
	assert_int_equal(s.delivery[DELIVERY_REFER], 1);
	assert_int_equal(s.delivery[DELIVERY_PART], 0);
	assert_int_equal(s.undo, 1);
	assert_int_equal(s.delivery_long, 2);
}

static const struct a_store_case cases[] = {
	{ "nothing: partners but auditors, and nobody needed", nothing },
	{ "one partner alone; none that there is not", one_partner },
	{ "bundles by what became of them", bundles_by_state },
	{ "a week without a word needs a person", long_without_word },
	{ "made in a time to come, it has waited long",
	    made_in_a_time_to_come },
	{ "gaps and refusals by number", gaps },
	{ "a thousand gaps are counted, and a hundred listed", many_gaps },
	{ "what no bundle carried is due", owed },
	{ "a withdrawal that has not left needs a person", recall_owed },
	{ "who left the agreement and is owed something is there",
	    gone_partner },
	{ "nothing is due to who is distrusted", distrusted },
	{ "overdue by priority, from when it was made", deadlines },
	{ "what is ours to answer", ours_to_answer },
	{ "consents that end soon, the last of each child", consents },
	{ "the agreement ends soon", agreement_ends },
	{ "what is on its way into the other system, and for how long",
	    deliveries },
};

int
main(void)
{
	return ROWS_RUN("status", cases, a_store_case_holds);
}
