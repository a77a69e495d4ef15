/*
 * Referrals within the Primero stand-in: given, answered and taken back, with
 * the steps that it ignores without a word.
 */
#include "systems/primero_transition.h"

#include "tests/unit/a_primero.h"

#define SERVICE "a1a1a1a1-b290-4bca-9be9-4fb0f9e7b59a"
#define ELSEWHERE "d48bd8ca-b290-4bca-9be9-4fb0f9e7b59a"
#define FIRST "00000000-0000-0003-0000-000000000001"
#define ROW                                                     \
	"\"services_section\":[{\"unique_id\":\"" SERVICE "\"," \
	"\"service_type\":\"food\",\"service_status_referred\":true}]"
#define NO_CONSENT                                             \
	"\"id\":\"" A_CASE "\",\"consent_for_services\":true," \
	"\"disclosure_other_orgs\":false"
#define CASES(child, row) "\"cases\":[{" child "," row "}]"
#define REFERRAL(id, status, more)                                        \
	"\"" id "\":{\"id\":\"" id "\",\"type\":\"Referral\",\"status\":" \
	"\"" status "\",\"record_type\":\"case\",\"transitioned_to\":"    \
	"\"intake\"" more "}"
#define HERE \
	",\"record_id\":\"" A_CASE "\",\"service_record_id\":\"" SERVICE "\""
#define THERE \
	",\"record_id\":\"" ELSEWHERE "\",\"service_record_id\":\"" SERVICE "\""
#define SECOND "00000000-0000-0003-0000-000000000002"
#define WITH(child, referrals) \
	"{" CASES(child, ROW) ",\"referrals\":{" referrals "}}"

enum doing { GIVE, ACCEPT, REJECT, FINISH, REVOKE };

struct row {
	const char *name;
	const char *seed;
	const char *order;
	enum doing doing;
	const char *user; /* GIVE */
	enum fault_id fault;
	const char *said;  /* a word of the fault's detail */
	const char *state; /* pieces, one a line */
	bool was_there;
};

static const struct row rows[] = {
	{ "a service is given to a user", WITH(A_CHILD, ""), NULL, GIVE,
	    "intake", 0, NULL,
	    "\"transitioned_to\": \"intake\"\n\"status\": \"in_progress\"\n"
	    "\"assigned_user_names\": [\"intake\"]",
	    false },
	{ "once it is given it is not given again",
	    WITH(A_CHILD, REFERRAL(FIRST, "accepted", HERE)), NULL, GIVE,
	    "intake", 0, NULL, "!in_progress", true },
	{ "a referral of another case does not count",
	    WITH(A_CHILD, REFERRAL(FIRST, "accepted", THERE)), NULL, GIVE,
	    "intake", 0, NULL, "in_progress", false },
	{ "one that was rejected does not count",
	    WITH(A_CHILD, REFERRAL(FIRST, "rejected", HERE)), NULL, GIVE,
	    "intake", 0, NULL, "in_progress", false },
	{ "nobody is guessed", WITH(A_CHILD, ""), NULL, GIVE, "intak",
	    FAULT_SERVER_REFUSED, "no such user", "!in_progress", false },
	{ "one who has left gets nothing", WITH(A_CHILD, ""), NULL, GIVE,
	    "left_us", FAULT_SERVER_REFUSED, "disabled", "!in_progress",
	    false },
	{ "nor does one whose role may not", WITH(A_CHILD, ""), NULL, GIVE,
	    "clerk", FAULT_SERVER_REFUSED, "may not receive", "!in_progress",
	    false },
	{ "without consent nothing is given, and no override is sent",
	    WITH(NO_CONSENT, ""), NULL, GIVE, "intake", FAULT_SERVER_REFUSED,
	    "consent", "!in_progress\n!consent_overridden", false },
	{ "a lost reply gives it once", WITH(A_CHILD, ""),
	    "{\"kind\":\"drop\",\"on\":\"POST\"}", GIVE, "intake", 0, NULL,
	    "in_progress", false },
	{ "a lost request is not sent a second time by itself",
	    WITH(A_CHILD, ""), "{\"kind\":\"lose\",\"on\":\"POST\"}", GIVE,
	    "intake", FAULT_SERVER_BROKE_OFF, NULL, "!in_progress", false },

	{ "it is accepted", WITH(A_CHILD, REFERRAL(FIRST, "in_progress", HERE)),
	    NULL, ACCEPT, NULL, 0, NULL, "\"status\": \"accepted\"", false },
	{ "it is rejected with its reason",
	    WITH(A_CHILD, REFERRAL(FIRST, "in_progress", HERE)), NULL, REJECT,
	    NULL, 0, NULL,
	    "\"status\": \"rejected\"\n\"rejected_reason\": \"no place\"",
	    false },
	{ "it is done", WITH(A_CHILD, REFERRAL(FIRST, "accepted", HERE)), NULL,
	    FINISH, NULL, 0, NULL,
	    "\"status\": \"done\"\n\"service_implemented\": \"implemented\"",
	    false },
	{ "what is accepted is not accepted again",
	    WITH(A_CHILD, REFERRAL(FIRST, "accepted", HERE)), NULL, ACCEPT,
	    NULL, 0, NULL, "\"status\": \"accepted\"", true },
	{ "a step that is ignored with 200 is noticed",
	    WITH(A_CHILD, REFERRAL(FIRST, "in_progress", HERE)), NULL, FINISH,
	    NULL, FAULT_SERVER_REFUSED, "is in_progress",
	    "\"status\": \"in_progress\"", false },
	{ "so is one on a referral that was taken back",
	    WITH(A_CHILD, REFERRAL(FIRST, "revoked", HERE)), NULL, ACCEPT, NULL,
	    FAULT_SERVER_REFUSED, "is revoked", "\"status\": \"revoked\"",
	    false },
	{ "a referral of another case is not touched",
	    WITH(A_CHILD, REFERRAL(FIRST, "in_progress", THERE)), NULL, ACCEPT,
	    NULL, FAULT_TARGET_CASE, NULL, "\"status\": \"in_progress\"",
	    false },
	{ "no consent any more: it is said",
	    WITH(NO_CONSENT, REFERRAL(FIRST, "in_progress", HERE)), NULL,
	    ACCEPT, NULL, FAULT_SERVER_REFUSED, "consent",
	    "\"status\": \"in_progress\"", false },
	{ "a lost reply to a step is looked up",
	    WITH(A_CHILD, REFERRAL(FIRST, "in_progress", HERE)),
	    "{\"kind\":\"drop\",\"on\":\"PATCH\"}", ACCEPT, NULL, 0, NULL,
	    "\"status\": \"accepted\"", false },
	{ "a step that was lost on its way may be tried again",
	    WITH(A_CHILD, REFERRAL(FIRST, "in_progress", HERE)),
	    "{\"kind\":\"lose\",\"on\":\"PATCH\"}", ACCEPT, NULL,
	    FAULT_SERVER_BROKE_OFF, NULL, "\"status\": \"in_progress\"",
	    false },

	{ "a recall revokes what is open, and then unticks",
	    WITH(A_CHILD,
		REFERRAL(FIRST, "accepted", HERE) "," REFERRAL(SECOND,
		    "in_progress", HERE)),
	    NULL, REVOKE, NULL, 0, NULL,
	    "!accepted\n!in_progress\n\"status\": \"revoked\"\n"
	    "\"service_status_referred\": false",
	    false },
	{ "what is done stays done",
	    WITH(A_CHILD, REFERRAL(FIRST, "done", HERE)), NULL, REVOKE, NULL, 0,
	    NULL, "\"status\": \"done\"\n!revoked", false },
	{ "a referral of another service is left alone",
	    WITH(A_CHILD,
		REFERRAL(FIRST, "accepted",
		    ",\"record_id\":\"" A_CASE
		    "\",\"service_record_id\":\"" ELSEWHERE "\"")),
	    NULL, REVOKE, NULL, 0, NULL, "accepted\n!revoked", false },
	{ "with the consent gone the server refuses, and nothing is unticked",
	    WITH(NO_CONSENT, REFERRAL(FIRST, "accepted", HERE)), NULL, REVOKE,
	    NULL, FAULT_SERVER_REFUSED, "consent",
	    "\"status\": \"accepted\"\n\"service_status_referred\": true",
	    false },
	{ "a lost reply to a recall is looked up",
	    WITH(A_CHILD, REFERRAL(FIRST, "accepted", HERE)),
	    "{\"kind\":\"drop\",\"on\":\"DELETE\"}", REVOKE, NULL, 0, NULL,
	    "\"status\": \"revoked\"\n\"service_status_referred\": false",
	    false },
	{ "a recall that was lost on its way may be tried again",
	    WITH(A_CHILD, REFERRAL(FIRST, "accepted", HERE)),
	    "{\"kind\":\"lose\",\"on\":\"DELETE\"}", REVOKE, NULL,
	    FAULT_SERVER_BROKE_OFF, NULL,
	    "\"status\": \"accepted\"\n\"service_status_referred\": true",
	    false },
	{ "so may the tick", WITH(A_CHILD, REFERRAL(FIRST, "accepted", HERE)),
	    "{\"kind\":\"lose\",\"on\":\"PATCH\"}", REVOKE, NULL,
	    FAULT_SERVER_BROKE_OFF, NULL,
	    "\"status\": \"revoked\"\n\"service_status_referred\": true",
	    false },
	{ "a revocation that is ignored with 200 is noticed",
	    "{\"stuck\":\"quiet\"," CASES(A_CHILD,
		ROW) ",\"referrals\":{" REFERRAL(FIRST, "in_progress",
		HERE) "}}",
	    NULL, REVOKE, NULL, FAULT_SERVER_REFUSED, "is in_progress",
	    "\"status\": \"in_progress\"\n"
	    "\"service_status_referred\": true",
	    false },
	{ "so is one that the answer says was done",
	    "{\"stuck\":\"lie\"," CASES(A_CHILD,
		ROW) ",\"referrals\":{" REFERRAL(FIRST, "in_progress",
		HERE) "}}",
	    NULL, REVOKE, NULL, FAULT_SERVER_REFUSED, "are open",
	    "\"status\": \"in_progress\"\n"
	    "\"service_status_referred\": true",
	    false },
	{ "a tick that is not taken off is said",
	    "{\"permitted\":[\"services_section\"],\"frozen\":true," CASES(
		A_CHILD, ROW) "}",
	    NULL, REVOKE, NULL, FAULT_SERVER_REFUSED, "not kept",
	    "\"service_status_referred\": true", false },
};

static int
give(struct primero_api *p, const struct row *c, struct primero_transition *out,
    struct fault *why)
{
	const struct primero_transition_order order = { .record_id = A_CASE,
		.service_id = SERVICE,
		.user = c->user,
		.module_id = "primeromodule-cp" };

	return primero_transition_create(p, &order, out, why);
}

static int
reply(struct primero_api *p, enum primero_transition_answer answer,
    struct primero_transition *out, struct fault *why)
{
	const struct primero_transition_reply r = { .record_id = A_CASE,
		.referral_id = FIRST,
		.answer = answer,
		.reason = "no place",
		.note = "told by phone" };

	return primero_transition_reply(p, &r, out, why);
}

static void
row_holds(void **state)
{
	const struct row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_transition out = { .was_there = false };
	struct primero_revoked revoked;
	char *text;
	int rc = -1;

	a_primero_again(c->seed, c->order);
	switch (c->doing) {
	case GIVE:
		rc = give(p, c, &out, &why);
		break;
	case ACCEPT:
		rc = reply(p, PRIMERO_ACCEPTED, &out, &why);
		break;
	case REJECT:
		rc = reply(p, PRIMERO_REJECTED, &out, &why);
		break;
	case FINISH:
		rc = reply(p, PRIMERO_DONE, &out, &why);
		break;
	case REVOKE:
		rc = primero_transition_revoke(p, A_CASE, SERVICE, &revoked,
		    &why);
		break;
	}
	if (c->fault == FAULT_NONE && rc == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (rc == -1)
		assert_int_equal(why.id, c->fault);
	if (c->said != NULL)
		a_primero_says(why.detail, c->said);
	assert_int_equal(out.was_there, c->was_there);
	text = standin_get(a_primero_server, "/standin/state");
	a_primero_says(text, c->state);
	free(text);
	primero_api_free(p);
}

/* The user still sees the case by it, and no one can tell what for. */
static void
unclear_ones(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_revoked out;

	(void)state;
	a_primero_again(
	    WITH(A_CHILD,
		REFERRAL(FIRST, "accepted",
		    ",\"record_id\":\"" A_CASE
		    "\",\"service_record_id\":\"\"") "," REFERRAL(SECOND,
		    "done", HERE)),
	    NULL);
	assert_int_equal(primero_transition_revoke(p, A_CASE, SERVICE, &out,
			     &why),
	    0);
	assert_int_equal(out.revoked, 0);
	assert_int_equal(out.closed, 1);
	assert_int_equal(out.done, 1);
	assert_int_equal(out.unclear, 1);
	assert_true(out.unticked);
	primero_api_free(p);
}

struct look_row {
	const char *name;
	const char *seed;
	struct primero_given found;
	enum fault_id fault;
};

static const struct look_row look_rows[] = {
	{ "what is open, done and unclear is counted",
	    WITH(A_CHILD,
		REFERRAL(FIRST, "accepted", HERE) "," REFERRAL(SECOND, "done",
		    HERE) "," REFERRAL("3", "in_progress",
		    ",\"record_id\":\"" A_CASE "\"")),
	    { .row = true, .ticked = true, .open = 1, .done = 1, .unclear = 1 },
	    0 },
	{ "what was rejected or revoked is none of them",
	    WITH(A_CHILD,
		REFERRAL(FIRST, "rejected", HERE) "," REFERRAL(SECOND,
		    "revoked", HERE)),
	    { .row = true, .ticked = true }, 0 },
	{ "a case that may not be shared says so",
	    WITH(NO_CONSENT, REFERRAL(FIRST, "accepted", HERE)),
	    { .row = true, .ticked = true, .no_consent = true, .open = 1 }, 0 },
	{ "a tick that the role may not read is not known",
	    "{\"permitted\":[\"services_section\"]," CASES(NO_CONSENT, ROW) "}",
	    { .row = true, .ticked = true }, 0 },
	{ "a case without the row", "{\"cases\":[{" A_CHILD "}]}",
	    { .row = false }, 0 },
	{ "no such case", "{\"cases\":[]}", { .gone = true }, 0 },
};

static void
look_holds(void **state)
{
	const struct look_row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_given out;
	char *text;
	int rc;

	a_primero_again(c->seed, NULL);
	rc = primero_transition_look(p, A_CASE, SERVICE, &out, &why);
	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(out.gone, c->found.gone);
	assert_int_equal(out.row, c->found.row);
	assert_int_equal(out.ticked, c->found.ticked);
	assert_int_equal(out.no_consent, c->found.no_consent);
	assert_int_equal(out.open, c->found.open);
	assert_int_equal(out.done, c->found.done);
	assert_int_equal(out.unclear, c->found.unclear);
	text = standin_get(a_primero_server, "/standin/log");
	a_primero_says(text, "!DELETE\n!PATCH");
	free(text);
	primero_api_free(p);
}

/* --- whose it is --- */

#define GIVEN(id, more) \
	"\"" id "\":{\"id\":\"" id "\",\"status\":\"in_progress\"" more "}"
#define TO(user) ",\"transitioned_to\":\"" user "\"" HERE

static const struct find_row {
	const char *name;
	const char *seed;
	size_t ours;
	size_t others;
} find_rows[] = {
	{ "to another worker of that Primero",
	    WITH(A_CHILD, GIVEN("1", TO("worker"))), 0, 1 },
	{ "to satchel's user", WITH(A_CHILD, GIVEN("1", TO("satchel"))), 1, 0 },
	{ "to the intake user", WITH(A_CHILD, GIVEN("1", TO("intake"))), 1, 0 },
	{ "to another system",
	    WITH(A_CHILD, GIVEN("1", ",\"remote\":true" HERE)), 1, 0 },
	{ "to an agency of proGres",
	    WITH(A_CHILD,
		GIVEN("1",
		    ",\"transitioned_to_agency\":\"UNHCR\"" TO("worker"))),
	    1, 0 },
	{ "to a user of an agency of proGres",
	    WITH(A_CHILD,
		GIVEN("1",
		    ",\"transitioned_to_user_agency\":\"UNHCR\"" TO("worker"))),
	    1, 0 },
	{ "to an agency that is not known",
	    WITH(A_CHILD,
		GIVEN("1",
		    ",\"transitioned_to_agency\":\"OTHER\"" TO("worker"))),
	    0, 1 },
	{ "of two the one that is ours",
	    WITH(A_CHILD,
		GIVEN("1", TO("worker")) "," GIVEN("2", TO("satchel"))),
	    1, 1 },
	{ "for another service, or of another case",
	    WITH(A_CHILD,
		GIVEN("1",
		    ",\"transitioned_to\":\"satchel\",\"record_id\":\"" A_CASE
		    "\",\"service_record_id\":\"x\"") "," GIVEN("2",
		    ",\"transitioned_to\":\"satchel\"" THERE)),
	    0, 0 },
	{ "over already",
	    WITH(A_CHILD,
		REFERRAL(FIRST, "rejected", HERE) "," REFERRAL(SECOND, "done",
		    HERE)),
	    0, 0 },
};

static void
find_holds(void **state)
{
	const struct find_row *c = *state;
	static const struct primero_service service = { A_CASE, SERVICE };
	struct primero_api *p = a_primero_reach();
	struct primero_transition_open out;
	struct primero_transition_whose whose = { .user = "satchel" };
	struct fault why = { .id = FAULT_NONE };
	struct a_primero s;

	a_primero_make(&s);
	whose.agreement = &s.agreement;
	a_primero_again(c->seed, NULL);
	if (primero_transition_find(p, &service, &whose, &out, &why) == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(out.ours, c->ours);
	assert_int_equal(out.others, c->others);
	primero_api_free(p);
}

int
main(void)
{
	static const struct {
		const char *name;
	} once[] = { { "a referral without a service is for a person" } };
	int failed;

	if (a_primero_start() == -1)
		return 1;
	failed = ROWS_RUN("transition", rows, row_holds) +
	    ROWS_RUN("unclear", once, unclear_ones) +
	    ROWS_RUN("look", look_rows, look_holds) +
	    ROWS_RUN("find", find_rows, find_holds);
	a_primero_stop();
	return failed;
}
