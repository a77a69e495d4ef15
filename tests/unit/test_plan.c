/*
 * What load would do in a Primero: what this node knows, what the server has,
 * and what follows from the two.  And of PING and DTP: what a standing that was
 * cut off leads to.
 */
#include "tests/unit/a_primero.h"
#include "tests/unit/a_store.h"

#include "import/into_dtp.h"
#include "import/into_ping.h"
#include "import/into_primero.h"
#include "store/decisions.h"
#include "store/referrals.h"

#define OTHER "d48bd8ca-b290-4bca-9be9-4fb0f9e7b59a"
#define CASES(bodies) "{\"cases\":[" bodies "]}"
#define TWIN                                                                   \
	"{\"id\":\"" OTHER "\",\"name_first\":\"Achol\",\"name_last\":"        \
	"\"Example\",\"name\":\"Achol Example\",\"sex\":\"female\","           \
	"\"date_of_birth\":\"2015-05-04\",\"unhcr_individual_no\":\"" A_NUMBER \
	"\"}"
#define SHUT(how)                                                          \
	"{\"id\":\"" A_CASE "\",\"name_first\":\"Achol\",\"name_last\":"   \
	"\"Example\",\"sex\":\"female\",\"date_of_birth\":\"2015-05-04\"," \
	"\"unhcr_individual_no\":\"" A_NUMBER "\"," how "}"
#define STRANGER                                                         \
	"{\"id\":\"" OTHER "\",\"name_first\":\"Nyakim\",\"name_last\":" \
	"\"Other\",\"unhcr_individual_no\":\"" A_NUMBER "\"}"

struct at_hand {
	struct a_store t;
	struct a_primero s;
	struct standing st;
};

static void
put(struct at_hand *h, const struct standing *st)
{
	assert_int_equal(referrals_put(h->t.s, REFERRAL_RECEIVED, st, "{}", 2,
			     &h->t.why),
	    0);
}

static void
nothing(struct at_hand *h)
{
	(void)h;
}

static void
decide(struct at_hand *h, const char *link)
{
	const struct decision d = {
		.kind = DECISION_MATCH,
		.direction = REFERRAL_RECEIVED,
		.ref = A_REF,
		.revision = "r",
		.user = "worker",
		.link = link,
		.at = 1,
	};

	assert_int_equal(decisions_put(h->t.s, &d, &h->t.why), 0);
}

static void
chosen(struct at_hand *h)
{
	decide(h, A_CASE);
}

static void
chosen_then_new(struct at_hand *h)
{
	decide(h, OTHER);
	decide(h, NULL);
}

static void
chosen_gone(struct at_hand *h)
{
	decide(h, "e48bd8ca-b290-4bca-9be9-4fb0f9e7b59a");
}

/* Another referral of the child is in a case of this node's Primero. */
static void
known_in(struct at_hand *h, const char *record_id)
{
	struct standing st = h->st;

	st.ref = "progres:NAI-20-PRTITV-0000007";
	st.state = STANDING_LOADED;
	st.individual = A_NUMBER;
	st.record_id = record_id;
	assert_int_equal(referrals_note_who(h->t.s, &h->s.referral, h->t.arena,
			     &st, &h->t.why),
	    0);
	put(h, &st);
}

static void
known_here(struct at_hand *h)
{
	known_in(h, A_CASE);
}

static void
known_elsewhere(struct at_hand *h)
{
	known_in(h, OTHER);
}

static void
cut_off(struct at_hand *h)
{
	h->st.delivery = DELIVERY_SENDING;
}

struct row {
	const char *name;
	const char *seed;
	void (*before)(struct at_hand *h);
	enum plan_action action;
	const char *target_id; /* NULL: none, or one that is made */
	size_t found;
};

static const struct row rows[] = {
	{ "nobody knows the child: create", NULL, nothing, PLAN_CREATE, NULL,
	    0 },
	{ "one case agrees: link", CASES("{" A_CHILD "}"), nothing, PLAN_LINK,
	    A_CASE, 1 },
	{ "one case differs: ask", CASES(STRANGER), nothing, PLAN_ASK, NULL,
	    1 },
	{ "two cases: ask", CASES("{" A_CHILD "}," TWIN), nothing, PLAN_ASK,
	    NULL, 2 },
	{ "a person chose: add service", CASES("{" A_CHILD "}," TWIN), chosen,
	    PLAN_ADD_SERVICE, A_CASE, 0 },
	{ "the last choice counts", CASES(STRANGER), chosen_then_new,
	    PLAN_CREATE, NULL, 0 },
	{ "the one case that agrees is closed: ask",
	    CASES(SHUT("\"status\":\"closed\"")), nothing, PLAN_ASK, NULL, 1 },
	{ "it is disabled: ask", CASES(SHUT("\"enabled\":false")), nothing,
	    PLAN_ASK, NULL, 1 },
	{ "it is deleted: ask", CASES(SHUT("\"record_state\":false")), nothing,
	    PLAN_ASK, NULL, 1 },
	{ "it is closed, and known here: ask",
	    CASES(SHUT("\"status\":\"closed\"")), known_here, PLAN_ASK, NULL,
	    1 },
	{ "it is closed, and a person chose it: add service",
	    CASES(SHUT("\"status\":\"closed\"")), chosen, PLAN_ADD_SERVICE,
	    A_CASE, 0 },
	{ "what was chosen is gone: ask", CASES("{" A_CHILD "}"), chosen_gone,
	    PLAN_ASK, NULL, 0 },
	{ "this node and the server agree", CASES("{" A_CHILD "}"), known_here,
	    PLAN_LINK, A_CASE, 1 },
	{ "this node knows another case: ask", CASES("{" A_CHILD "}"),
	    known_elsewhere, PLAN_ASK, NULL, 1 },
	{ "this node's case lost its number: add service there",
	    CASES("{\"id\":\"" A_CASE "\",\"name_first\":\"Achol\"}"),
	    known_here, PLAN_ADD_SERVICE, A_CASE, 0 },
	{ "this node's case is gone: ask", NULL, known_here, PLAN_ASK, NULL,
	    0 },
	{ "a run that was cut off before it sent: as if it had not been", NULL,
	    cut_off, PLAN_CREATE, NULL, 0 },
};

static void
start(struct at_hand *h)
{
	a_store_start(&h->t);
	a_primero_make(&h->s);
	h->st = (struct standing){
		.ref = A_REF,
		.revision = "r",
		.priority = "normal",
		.partner = "ET-HUB-01",
		.state = STANDING_STAGED,
		.created = DAY_UNKNOWN,
		.judged_on = DAY_UNKNOWN,
		.made_on = DAY_UNKNOWN,
		.decided_on = DAY_UNKNOWN,
		.recall_on = DAY_UNKNOWN,
		.draft_on = DAY_UNKNOWN,
	};
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct into_primero_plan plan;
	struct into_primero to = { .api = a_primero_reach() };
	struct at_hand h;
	int rc;

	start(&h);
	to.store = h.t.s;
	a_primero_again(row->seed, NULL);
	row->before(&h);
	put(&h, &h.st);
	rc = into_primero_plan(&to, &h.st, &h.s.target, h.t.arena, &plan,
	    &h.t.why);
	if (rc == -1)
		fail_msg("%s", h.t.why.detail);
	assert_string_equal(plan_action_name(plan.said.action),
	    plan_action_name(row->action));
	if (row->target_id != NULL)
		assert_string_equal(plan.said.target_id, row->target_id);
	if (row->action == PLAN_ASK) {
		assert_string_equal(plan.said.target_id, "");
		assert_int_equal(plan.said.why.id, FAULT_TARGET_CASE);
	}
	assert_int_equal(plan.said.found_count, row->found);
	primero_api_free(to.api);
	a_store_end(&h.t);
}

/* -- a run that was cut off after Primero had it, and one whose user waits -- */

struct again {
	const char *name;
	enum standing_delivery delivery;
	enum primero_step step; /* of what is really done */
};

static const struct again agains[] = {
	{ "what is there and was recorded is left", DELIVERY_NONE,
	    PRIMERO_LEAVE },
	{ "cut off: all of it is held against what is there", DELIVERY_SENDING,
	    PRIMERO_CREATE },
	{ "not all was kept: likewise", DELIVERY_PART, PRIMERO_CREATE },
	{ "its user waits: it is left", DELIVERY_REFER, PRIMERO_LEAVE },
};

static void
again_holds(void **state)
{
	const struct again *row = *state;
	struct into_primero to = { .api = a_primero_reach() };
	struct into_primero_plan plan;
	struct into_primero_done done;
	struct at_hand h;

	start(&h);
	to.store = h.t.s;
	a_primero_again(NULL, NULL);
	put(&h, &h.st);
	assert_int_equal(into_primero_plan(&to, &h.st, &h.s.target, h.t.arena,
			     &plan, &h.t.why),
	    0);
	assert_int_equal(into_primero_do(&to, &h.s.target, &plan, &done,
			     &h.t.why),
	    0);
	assert_true(done.created);
	h.st.delivery = row->delivery;
	assert_int_equal(into_primero_plan(&to, &h.st, &h.s.target, h.t.arena,
			     &plan, &h.t.why),
	    0);
	assert_int_equal(plan.real.step, row->step);
	assert_int_equal(into_primero_do(&to, &h.s.target, &plan, &done,
			     &h.t.why),
	    0);
	primero_api_free(to.api);
	a_store_end(&h.t);
}

/* -- PING and DTP ---------------------------------------------------------- */

static const struct progres_row {
	const char *name;
	enum standing_delivery delivery;
	const char *transaction;
	enum plan_action ping;
	enum plan_action dtp;
	enum fault_id dtp_why;
	bool may_be_there;
} progres_rows[] = {
	{ "never sent: create", DELIVERY_NONE, NULL, PLAN_CREATE, PLAN_CREATE,
	    FAULT_NONE, false },
	{ "cut off while it was sent: ask", DELIVERY_SENDING, NULL, PLAN_ASK,
	    PLAN_ASK, FAULT_SERVER_UNSURE, true },
	{ "taken in by PING: what became of it is asked there",
	    DELIVERY_UNCONFIRMED, "a transaction", PLAN_CHECK, PLAN_ASK,
	    FAULT_SERVER_PENDING, true },
	{ "taken in by DTP: it waits, and PING is not asked",
	    DELIVERY_UNCONFIRMED, NULL, PLAN_ASK, PLAN_WAIT,
	    FAULT_SERVER_NO_PROOF, true },
	{ "no answer: ask", DELIVERY_UNKNOWN, NULL, PLAN_ASK, PLAN_ASK,
	    FAULT_SERVER_UNSURE, true },
	{ "no clear word, and PING can be asked: it is asked", DELIVERY_UNKNOWN,
	    "a transaction", PLAN_CHECK, PLAN_ASK, FAULT_SERVER_UNSURE, true },
	{ "refused there: ask", DELIVERY_REFUSED, NULL, PLAN_ASK, PLAN_ASK,
	    FAULT_SERVER_REJECTED, false },
};

static void
progres_holds(void **state)
{
	const struct progres_row *row = *state;
	const struct standing st = { .delivery = row->delivery,
		.transaction = row->transaction };
	struct plan plan = { .action = PLAN_LEAVE };

	assert_int_equal(into_ping_action(&st, PLAN_CREATE), row->ping);
	into_dtp_plan(&st, PLAN_CREATE, &plan);
	assert_int_equal(plan.action, row->dtp);
	assert_int_equal(plan.why.id, row->dtp_why);
	assert_int_equal(standing_may_be_there(&st), row->may_be_there);
}

int
main(void)
{
	int failed;

	if (a_primero_start() == -1)
		return 1;
	failed = ROWS_RUN("plan", rows, row_holds) +
	    ROWS_RUN("again", agains, again_holds) +
	    ROWS_RUN("progres", progres_rows, progres_holds);
	a_primero_stop();
	return failed;
}
