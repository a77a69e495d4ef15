/*
 * Writing to the Primero stand-in.  A row says what is there, which faults are
 * ordered and what is changed in the referral; then what the plan must be, and
 * what must (or, after "!", must not) stand in the stand-in's state at the end.
 */
#include "systems/primero_load.h"

#include "base/bytes.h"
#include "formats/primero_body.h"
#include "systems/primero_transition.h"
#include "tests/unit/a_primero.h"

#define CASE(body) "{\"cases\":[{" body "}]}"
#define OTHER "d48bd8ca-b290-4bca-9be9-4fb0f9e7b59a"
#define ALL_BUT(what)                                                   \
	"\"permitted\":[\"name\",\"name_first\",\"name_last\",\"sex\"," \
	"\"date_of_birth\",\"unhcr_individual_no\",\"module_id\","      \
	"\"status\",\"owned_by\"" what "]"

static char service_id[RANDOM_UUID];
static char new_id[RANDOM_UUID];

static size_t
count_of(const char *text, const char *piece)
{
	size_t count = 0;

	for (; (text = strstr(text, piece)) != NULL; text++)
		count++;
	return count;
}

/* -- plans and their loading ----------------------------------------------- */

static void
plain(struct a_primero *s)
{
	(void)s;
}

static void
chosen(struct a_primero *s)
{
	s->target.known_record = A_CASE;
}

static void
chosen_wrongly(struct a_primero *s)
{
	s->target.known_record = OTHER;
}

static void
chosen_path(struct a_primero *s)
{
	s->target.known_record = "../users/1?x=";
}

static void
no_number(struct a_primero *s)
{
	a_primero_set(s, FIELD_UNHCR_INDIVIDUAL_NO, NULL);
}

static void
strange_number(struct a_primero *s)
{
	a_primero_set(s, FIELD_UNHCR_INDIVIDUAL_NO, "803-1,803-2");
}

static void
no_birth(struct a_primero *s)
{
	a_primero_set(s, FIELD_DATE_OF_BIRTH, NULL);
	s->referral.value[FIELD_DATE_OF_BIRTH].date = DAY_UNKNOWN;
}

static void
future(struct a_primero *s)
{
	a_primero_set(s, FIELD_DATE_OF_BIRTH, "2031-05-04");
}

static void
more_concerns(struct a_primero *s)
{
	static const char *items[] = { "separated", "neglect" };

	s->referral.value[FIELD_PROTECTION_CONCERNS] =
	    (struct value){ .present = true, .items = items, .count = 2 };
}

struct row {
	const char *name;
	const char *seed; /* NULL: nothing */
	const char *order;
	void (*change)(struct a_primero *s);
	enum primero_step step;
	enum fault_id plan_fault;
	enum fault_id load_fault;
	const char *lost;  /* names, with spaces between */
	const char *kept;  /* the same, of the plan */
	const char *state; /* pieces, one a line */
};

static const struct row rows[] = {
	{ "a child nobody knows gets a case", NULL, NULL, plain, PRIMERO_CREATE,
	    0, 0, "", "",
	    "\"name_first\": \"Achol\"\n\"owned_by\": \"intake\"\n"
	    "\"service_type\": \"alternative_care\"\n!consent_for_services" },
	{ "so does one without a number", CASE(A_CHILD), NULL, no_number,
	    PRIMERO_CREATE, 0, 0, "", "", "\"owned_by\": \"intake\"" },
	{ "the one case that agrees gets the service", CASE(A_CHILD), NULL,
	    plain, PRIMERO_LINK, 0, 0, "", "",
	    "\"owned_by\": \"worker\"\n\"status\": \"identified\"\n"
	    "\"service_type\": \"alternative_care\"\n"
	    "!\"owned_by\": \"intake\"\n!\"status\": \"open\"" },
	{ "one with another name is for a person",
	    CASE("\"name_first\":\"Nyakim\",\"name_last\":\"Other\","
		 "\"unhcr_individual_no\":\"" A_NUMBER "\""),
	    NULL, plain, PRIMERO_ASK, 0, FAULT_TARGET_CASE, "", "",
	    "!services_section" },
	{ "one of which the day of birth is not known too", CASE(A_CHILD), NULL,
	    no_birth, PRIMERO_ASK, 0, FAULT_TARGET_CASE, "", "",
	    "!services_section" },
	{ "two are for a person",
	    "{\"cases\":[{" A_CHILD "},{\"unhcr_individual_no\":\"" A_NUMBER
	    "\"}]}",
	    NULL, plain, PRIMERO_ASK, 0, FAULT_TARGET_CASE, "", "",
	    "!services_section" },
	{ "a number that would search for others is for a person", NULL, NULL,
	    strange_number, PRIMERO_ASK, 0, FAULT_TARGET_CASE, "", "",
	    "!services_section" },
	{ "a case that a person chose gets the service; it stays as it is",
	    CASE("\"id\":\"" A_CASE "\",\"name_first\":\"Nyakim\","
		 "\"sex\":\"male\",\"owned_by\":\"worker\""),
	    NULL, chosen, PRIMERO_ADD_SERVICE, 0, 0, "", "name_first sex",
	    "\"name_first\": \"Nyakim\"\n\"sex\": \"male\"\n"
	    "\"service_type\": \"alternative_care\"" },
	{ "a case that was chosen and is not there", CASE(A_CHILD), NULL,
	    chosen_wrongly, PRIMERO_ASK, FAULT_TARGET_CASE, 0, "", "", NULL },
	{ "an id that leads elsewhere is not asked for", CASE(A_CHILD), NULL,
	    chosen_path, PRIMERO_ASK, FAULT_TARGET, 0, "", "", NULL },
	{ "a field the role may not write is named",
	    "{" ALL_BUT(",\"services_section\"") "}", NULL, more_concerns,
	    PRIMERO_CREATE, 0, 0, "protection_concerns", "",
	    "\"name_first\": \"Achol\"" },
	{ "the service itself is named if it was dropped", "{" ALL_BUT("") "}",
	    NULL, plain, PRIMERO_CREATE, 0, 0, "services_section", "",
	    "!services_section" },
	{ "an owner that is not there is named",
	    "{\"users\":[{\"id\":1,\"user_name\":\"satchel\",\"password\":"
	    "\"made-up\"}]}",
	    NULL, plain, PRIMERO_CREATE, 0, 0, "owned_by", "", NULL },
	{ "what the server does not take is named", NULL, NULL, future,
	    PRIMERO_CREATE, 0, FAULT_SERVER_REFUSED, "", "", "!Achol" },
	{ "lists of others are left alone", CASE(A_CHILD), NULL, more_concerns,
	    PRIMERO_LINK, 0, 0, "", "protection_concerns",
	    "\"protection_concerns\": [\"neglect\"]" },
	{ "a lost reply to the new case makes no second one", NULL,
	    "{\"kind\":\"drop\",\"on\":\"POST /api/v2/cases\"}", plain,
	    PRIMERO_CREATE, 0, 0, "", "", "\"name_first\": \"Achol\"" },
	{ "a request lost on the way is sent again", NULL,
	    "{\"kind\":\"lose\",\"on\":\"POST /api/v2/cases\"}", plain,
	    PRIMERO_CREATE, 0, 0, "", "", "\"name_first\": \"Achol\"" },
	{ "a lost reply to the service makes no second one", CASE(A_CHILD),
	    "{\"kind\":\"drop\",\"on\":\"PATCH /api/v2/cases\"}", plain,
	    PRIMERO_LINK, 0, 0, "", "", "alternative_care" },
	{ "a busy server is waited for", NULL,
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":1,\"on\":"
	    "\"POST /api/v2/cases\"}",
	    plain, PRIMERO_CREATE, 0, 0, "", "", "Achol" },
	{ "a login that ended stops it", NULL,
	    "{\"kind\":\"expired\",\"on\":\"POST /api/v2/cases\"}", plain,
	    PRIMERO_CREATE, 0, FAULT_SERVER_LOGIN, "", "", "!Achol" },
	{ "a failure of the server is told without its words", NULL,
	    "{\"kind\":\"status\",\"status\":500,\"on\":"
	    "\"POST /api/v2/cases\"}",
	    plain, PRIMERO_CREATE, 0, FAULT_SERVER_TROUBLE, "", "", "!Achol" },
	{ "what cannot be read back is not done", NULL,
	    "{\"kind\":\"lose\",\"on\":\"GET /api/v2/cases/\",\"skip\":1,"
	    "\"times\":9}",
	    plain, PRIMERO_CREATE, 0, FAULT_SERVER_BROKE_OFF, "", "", "Achol" },
};

static void
check_names(const struct primero_names_list *l, const char *names)
{
	char all[1024] = "";

	for (size_t i = 0; i < l->count; i++)
		(void)snprintf(all + strlen(all), sizeof(all) - strlen(all),
		    "%s%s", i == 0 ? "" : " ", l->name[i]);
	assert_string_equal(all, names);
}

/* Never two cases or two services for one referral, whatever happened. */
static void
check_state(const char *pieces)
{
	char *state = standin_get(a_primero_server, "/standin/state");

	assert_true(count_of(state, service_id) <= 1);
	assert_true(count_of(state, "\"case_id\": ") <= 2);
	assert_null(strstr(state, "consent_overridden"));
	a_primero_says(state, pieces);
	free(state);
}

static void
row_holds(void **state)
{
	const struct row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_plan plan;
	struct primero_loaded out;
	struct a_primero s;
	struct primero_plan_order order = { .target = &s.target };
	const struct primero_load_order load = { .plan = &plan,
		.target = &s.target };
	int rc;

	a_primero_make(&s);
	c->change(&s);
	a_primero_again(c->seed, c->order);
	rc = primero_plan_make(p, &order, &plan, &why);
	if (c->plan_fault != FAULT_NONE) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, c->plan_fault);
		primero_api_free(p);
		return;
	}
	if (rc == -1)
		fail_msg("plan: %s", why.detail);
	assert_string_equal(primero_plan_step_name(plan.step),
	    primero_plan_step_name(c->step));
	check_names(&plan.kept, c->kept);
	rc = primero_load_do(p, &load, &out, &why);
	if (c->load_fault == FAULT_NONE && rc == -1)
		fail_msg("load: %s", why.detail);
	if (c->load_fault != FAULT_NONE) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, c->load_fault);
		assert_null(strstr(why.detail, "Achol"));
		assert_null(strstr(why.detail, "made-up"));
	} else
		check_names(&out.lost, c->lost);
	check_state(c->state);
	primero_api_free(p);
}

/* -- doing it again -------------------------------------------------------- */

/* Plan and load, as a command does; the fault if it fails. */
static enum fault_id
run_once(struct a_primero *s, enum primero_step *step, bool give)
{
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_plan plan;
	struct primero_loaded out;
	const struct primero_plan_order order = { .target = &s->target };
	const struct primero_load_order load = { .plan = &plan,
		.target = &s->target };
	struct primero_transition transition;
	int rc = primero_plan_make(p, &order, &plan, &why);
	const struct primero_transition_order to = {
		.record_id = plan.record_id,
		.service_id = plan.service_id,
		.user = "intake",
		.module_id = "primeromodule-cp",
		.notes = "From a partner.",
	};

	if (rc == 0 && step != NULL)
		*step = plan.step;
	if (rc == 0)
		rc = primero_load_do(p, &load, &out, &why);
	if (rc == 0)
		assert_int_equal(out.lost.count, 0);
	if (rc == 0 && give)
		rc = primero_transition_create(p, &to, &transition, &why);
	primero_api_free(p);
	return rc == 0 ? FAULT_NONE : why.id;
}

static void
again_is_the_same(void **state)
{
	struct a_primero s;
	enum primero_step step;

	(void)state;
	a_primero_make(&s);
	a_primero_again(NULL, NULL);
	assert_int_equal(run_once(&s, &step, false), FAULT_NONE);
	assert_int_equal(step, PRIMERO_CREATE);
	assert_int_equal(run_once(&s, &step, false), FAULT_NONE);
	assert_int_equal(step, PRIMERO_LEAVE);
	/* Another service of the same child goes into the same case. */
	s.referral.ref = "progres:NAI-20-PRTITV-0000007";
	s.referral.origin.intervention_number = "NAI-20-PRTITV-0000007";
	assert_int_equal(run_once(&s, &step, false), FAULT_NONE);
	assert_int_equal(step, PRIMERO_ADD_SERVICE);
	check_state("NAI-20-PRTITV-0000006\nNAI-20-PRTITV-0000007");
	/* Another child under that number is for a person. */
	s.referral.ref = "progres:NAI-20-PRTITV-0000008";
	a_primero_set(&s, FIELD_NAME_FIRST, "Nyakim");
	assert_int_equal(run_once(&s, &step, false), FAULT_TARGET_CASE);
	assert_int_equal(step, PRIMERO_ASK);
}

/* A plan that was overtaken: the case is there by now, and is no other. */
static void
stale_plan(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_plan plan;
	struct primero_loaded out;
	struct a_primero s;
	const struct primero_plan_order order = { .target = &s.target };
	const struct primero_load_order load = { .plan = &plan,
		.target = &s.target };
	char *log;

	(void)state;
	a_primero_make(&s);
	a_primero_again(NULL, NULL);
	assert_int_equal(primero_plan_make(p, &order, &plan, &why), 0);
	assert_int_equal(plan.step, PRIMERO_CREATE);
	for (int i = 0; i < 2; i++) {
		if (primero_load_do(p, &load, &out, &why) == -1)
			fail_msg("%s", why.detail);
		check_names(&out.lost, "");
	}
	log = standin_get(a_primero_server, "/standin/log");
	a_primero_says(log, "\"status\": 204\n\"status\": 409");
	free(log);
	/* With another service, that one is added to it. */
	s.referral.ref = "progres:NAI-20-PRTITV-0000007";
	s.referral.origin.intervention_number = "NAI-20-PRTITV-0000007";
	primero_body_service_id(s.referral.ref, plan.service_id);
	if (primero_load_do(p, &load, &out, &why) == -1)
		fail_msg("%s", why.detail);
	check_names(&out.lost, "");
	check_state("NAI-20-PRTITV-0000006\nNAI-20-PRTITV-0000007");
	primero_api_free(p);
}

/* What the site changed in its row since is named, and kept. */
static void
edited_since(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_plan plan;
	struct a_primero s;
	struct primero_plan_order order = { .target = &s.target };

	(void)state;
	a_primero_make(&s);
	a_primero_again(NULL, NULL);
	assert_int_equal(run_once(&s, NULL, false), FAULT_NONE);
	a_primero_set(&s, FIELD_SERVICE_NOTES, "Sleeps inside.");
	assert_int_equal(primero_plan_make(p, &order, &plan, &why), 0);
	assert_int_equal(plan.step, PRIMERO_LEAVE);
	check_names(&plan.differs, "services_section.service_referral_notes");
	order.renewed = true;
	assert_int_equal(primero_plan_make(p, &order, &plan, &why), 0);
	assert_int_equal(plan.step, PRIMERO_ADD_SERVICE);
	assert_int_equal(run_once(&s, NULL, false), FAULT_NONE);
	primero_api_free(p);
}

/* -- a line that is cut at every byte -------------------------------------- */

static void
add_all(const struct json_node *all, const char *const *without,
    struct bytes *out)
{
	struct fault why = { .id = FAULT_NONE };

	for (const struct json_node *n = json_first(all); n != NULL;
	     n = json_next(n)) {
		if (json_canonical(n, without, out, &why) == -1 ||
		    bytes_add_text(out, "\n", &why) == -1)
			fail_msg("%s", why.detail);
	}
}

/* What is there but for the clock and the server's own numbers. */
static char *
settled_state(void)
{
	static const char *const clock[] = { "last_updated_at", "created_at",
		"id", NULL };
	struct json *j = a_primero_state();
	struct bytes out;
	char *text;

	bytes_init(&out, 1 << 20);
	add_all(json_get(json_root(j), "cases"), clock, &out);
	add_all(json_get(json_root(j), "referrals"), clock, &out);
	json_free(j);
	text = malloc(out.len + 1);
	assert_non_null(text);
	memcpy(text, out.at, out.len + 1);
	bytes_free(&out);
	return text;
}

struct cut {
	const char *name;
	const char *seed;
	bool give; /* and given to a user */
	int least; /* bytes that go over the line at least */
};

static const struct cut cuts[] = {
	{ "a new case", NULL, false, 3000 },
	{ "a service for a known case, given to a user", CASE(A_CHILD), true,
	    5000 },
};

#define CUT_STEP 23
#define RUNS_MAX 4

static void
cut_anywhere(void **state)
{
	const struct cut *c = *state;
	char order[64], *whole, *cut;
	struct a_primero s;
	int at, runs;

	a_primero_make(&s);
	a_primero_again(c->seed, NULL);
	assert_int_equal(run_once(&s, NULL, c->give), FAULT_NONE);
	whole = settled_state();
	for (at = 1;; at += CUT_STEP) {
		(void)snprintf(order, sizeof(order),
		    "{\"kind\":\"link\",\"after\":%d}", at);
		a_primero_again(c->seed, order);
		for (runs = 1; runs < RUNS_MAX; runs++) {
			enum fault_id f = run_once(&s, NULL, c->give);

			if (f == FAULT_NONE)
				break;
			if (f != FAULT_SERVER_UNREACHABLE &&
			    f != FAULT_SERVER_BROKE_OFF)
				fail_msg("at %d: %s", at, fault_text(f)->says);
		}
		assert_in_range(runs, 1, 2);
		cut = settled_state();
		if (strcmp(cut, whole) != 0)
			fail_msg("at %d: %s\nis not\n%s", at, cut, whole);
		free(cut);
		standin_post(a_primero_server, "/standin/reset", "{}");
		if (at > 3 * c->least)
			break;
	}
	free(whole);
}

/* -- answers --------------------------------------------------------------- */

#define SERVICE "a1a1a1a1-b290-4bca-9be9-4fb0f9e7b59a"
#define ROW                                                     \
	"\"services_section\":[{\"unique_id\":\"" SERVICE "\"," \
	"\"service_type\":\"food\",\"service_status_referred\":true}]"

struct answer_row {
	const char *name;
	const char *seed;
	const char *order;
	const char *decision;
	enum fault_id fault;
	const char *lost;
	const char *state;
};

static const struct answer_row answers[] = {
	{ "a decision is written into its row", CASE(A_CHILD "," ROW), NULL,
	    "accepted", 0, "",
	    "Accepted on 2026-11-20\n\"service_type\": \"food\"" },
	{ "done is marked so", CASE(A_CHILD "," ROW), NULL, "done", 0, "",
	    "\"service_implemented\": \"implemented\"" },
	{ "a row that is gone is not made anew", CASE(A_CHILD), NULL,
	    "accepted", FAULT_TARGET_CASE, "", "!services_section" },
	{ "a case that is gone", NULL, NULL, "accepted", FAULT_TARGET_CASE, "",
	    "!Accepted" },
	{ "a lost reply is looked up", CASE(A_CHILD "," ROW),
	    "{\"kind\":\"drop\",\"on\":\"PATCH\"}", "accepted", 0, "",
	    "Accepted on 2026-11-20" },
};

static void
answer_holds(void **state)
{
	const struct answer_row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct answer answer = { .ref = "primero:case-1#" SERVICE,
		.decision = c->decision };
	const struct origin origin = { .system = ORIGIN_PRIMERO,
		.record_id = A_CASE,
		.case_id = "case-1",
		.service_id = SERVICE };
	const struct target_answer t = { .agreement = &sites_agreement,
		.self = &sites_site,
		.origin = &origin,
		.answer = &answer };
	struct primero_loaded out;
	int rc;

	assert_true(day_read("2026-11-20", &answer.decided_on));
	a_primero_again(c->seed, c->order);
	rc = primero_load_answer(p, &t, &out, &why);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (rc == -1)
		assert_int_equal(why.id, c->fault);
	else
		check_names(&out.lost, c->lost);
	check_state(c->state);
	primero_api_free(p);
}

int
main(void)
{
	static const struct {
		const char *name;
	} once[] = { { "it leaves what is there" } },
	  stale[] = { { "a second time is a 409 and the same case" } },
	  edits[] = { { "only a newer revision is written over it" } };
	struct a_primero s;
	int failed;

	if (a_primero_start() == -1)
		return 1;
	a_primero_make(&s);
	primero_body_service_id(A_REF, service_id);
	primero_body_case_id(&s.agreement, &s.referral, new_id);
	failed = ROWS_RUN("load", rows, row_holds) +
	    ROWS_RUN("again", once, again_is_the_same) +
	    ROWS_RUN("stale", stale, stale_plan) +
	    ROWS_RUN("edited", edits, edited_since) +
	    ROWS_RUN("answer", answers, answer_holds) +
	    ROWS_RUN("cut at every place", cuts, cut_anywhere);
	a_primero_stop();
	return failed;
}
