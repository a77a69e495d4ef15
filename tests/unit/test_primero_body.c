/*
 * A row changes a plain referral of proGres (or its answer) and says what must
 * (or, after "!", must not) stand in the body, one piece a line; or which words
 * the fault's detail has.  Every field that is said to be kept is read back.
 */
#include "formats/primero_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "crypto/random.h"
#include "formats/json.h"
#include "formats/primero.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"

#define BODY_MAX ((size_t)4 * 1024 * 1024)
#define ARENA ((size_t)64 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define REF "progres:NAI-20-PRTITV-0000006"
#define KNOWN "c48bd8ca-b290-4bca-9be9-4fb0f9e7b59a"

static struct agreement agreement;
static struct flow flows[1];

/* One order and all it points to. */
struct scene {
	struct referral referral;
	struct target_referral order;
	struct answer answer;
	struct origin origin;
	struct target_answer answered;
};

static void
set(struct scene *s, enum field f, const char *text)
{
	s->referral.value[f].present = text != NULL;
	s->referral.value[f].text = text;
}

static void
set_day(struct scene *s, enum field f, const char *text)
{
	set(s, f, text);
	assert_true(day_read(text, &s->referral.value[f].date));
}

static void
set_items(struct scene *s, enum field f, const char **items, size_t count)
{
	s->referral.value[f].present = true;
	s->referral.value[f].items = items;
	s->referral.value[f].count = count;
}

static void
start(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	flows[0] = (struct flow){ .from = &sites_parties[SITES_UNHCR],
		.to = &sites_parties[SITES_UNICEF] };
	agreement = sites_agreement;
	agreement.flows = flows;
	agreement.flow_count = 1;
	agreement.has_primero = true;
	agreement.primero =
	    (struct primero_ids){ "primeromodule-cp", "intake" };
	referral_clear(&s->referral);
	s->referral.ref = REF;
	s->referral.from_agency = "UNHCR";
	s->referral.to_agency = "UNICEF";
	s->referral.origin = (struct origin){ .system = ORIGIN_PROGRES,
		.intervention_number = "NAI-20-PRTITV-0000006",
		.intervention_id = "f1c2",
		.business_unit = "bu-7" };
	assert_true(day_read("2026-02-08", &s->referral.made_on));
	set(s, FIELD_NAME_FIRST, "Achol");
	set(s, FIELD_SEX, "female");
	set_day(s, FIELD_DATE_OF_BIRTH, "2015-05-04");
	set(s, FIELD_UNHCR_INDIVIDUAL_NO, "803-100000519");
	set(s, FIELD_SERVICE_TYPE, "alternative_care");
	set(s, FIELD_SERVICE_NOTES, "Sleeps outside.");
	s->order = (struct target_referral){ .agreement = &agreement,
		.self = &sites_site,
		.referral = &s->referral };
	s->answer = (struct answer){ .ref = "primero:case-1#service-1",
		.decision = "accepted" };
	assert_true(day_read("2026-11-20", &s->answer.decided_on));
	s->origin = (struct origin){ .system = ORIGIN_PRIMERO,
		.record_id = KNOWN,
		.case_id = "case-1",
		.service_id = "service-1" };
	s->answered = (struct target_answer){ .agreement = &agreement,
		.self = &sites_hub,
		.origin = &s->origin,
		.answer = &s->answer };
}

static void
nothing(struct scene *s)
{
	(void)s;
}

static void
known(struct scene *s)
{
	s->order.known_record = KNOWN;
}

static void
known_in_a_language_without_code(struct scene *s)
{
	static const char *items[] = { "klingon" };

	known(s);
	set_items(s, FIELD_LANGUAGE, items, 1);
}

static void
known_with_more(struct scene *s)
{
	known(s);
	set(s, FIELD_CAREGIVER_NAME, "Nyawal");
	set(s, FIELD_CASE_ID_DISPLAY, "GMB-77");
	set(s, FIELD_SENDER_FULL_NAME, "Officer Example");
	set(s, FIELD_SENDER_EMAIL, "officer@example.invalid");
}

static void
known_with_a_path(struct scene *s)
{
	s->order.known_record = "../users/1?";
}

static void
known_without_an_id(struct scene *s)
{
	s->order.known_record = "";
}

static void
consented(struct scene *s)
{
	s->referral.has_consent = true;
	s->referral.consent.status = CONSENT_GIVEN;
	s->referral.consent.source.present = true;
	s->referral.consent.source.unhcr_export_opt_in = ANSWER_YES;
	s->referral.consent.source.consent_for_services = ANSWER_YES;
}

static void
for_a_user(struct scene *s)
{
	s->referral.to_user = "another_worker";
}

static void
assigned(struct scene *s)
{
	s->order.assigned_to = "case_worker_2";
}

static void
assigned_and_known(struct scene *s)
{
	assigned(s);
	known(s);
}

static void
asked_for_later(struct scene *s)
{
	set_day(s, FIELD_SERVICE_REQUESTED_ON, "2026-02-10");
	known(s);
}

static void
asked_for_that_day(struct scene *s)
{
	set_day(s, FIELD_SERVICE_REQUESTED_ON, "2026-02-08");
}

static void
made_on_no_day(struct scene *s)
{
	s->referral.made_on = DAY_UNKNOWN;
}

static void
no_intervention_id(struct scene *s)
{
	s->referral.origin.intervention_id = NULL;
}

static void
no_business_unit(struct scene *s)
{
	s->referral.origin.business_unit = NULL;
}

static void
no_intervention_number(struct scene *s)
{
	s->referral.origin.intervention_number = NULL;
}

static void
comma_in_number(struct scene *s)
{
	s->referral.origin.intervention_number = "NAI-20,f1c2";
}

static void
comma_in_unit(struct scene *s)
{
	s->referral.origin.business_unit = "bu,7";
}

static void
from_primero(struct scene *s)
{
	s->referral.origin = s->origin;
}

static void
no_primero(struct scene *s)
{
	(void)s;
	agreement.has_primero = false;
}

static void
no_intake_user(struct scene *s)
{
	(void)s;
	agreement.primero.intake_user = NULL;
}

static void
no_service(struct scene *s)
{
	set(s, FIELD_SERVICE_TYPE, NULL);
}

static void
service_outside_map(struct scene *s)
{
	set(s, FIELD_SERVICE_TYPE, "food");
}

static void
sex_outside_map(struct scene *s)
{
	set(s, FIELD_SEX, "undetermined");
}

static void
sex_unknown(struct scene *s)
{
	set(s, FIELD_SEX, "unknown");
}

static void
language_outside_map(struct scene *s)
{
	static const char *items[] = { "anyuak", "klingon" };

	set_items(s, FIELD_LANGUAGE, items, 2);
}

static void
two_languages(struct scene *s)
{
	static const char *items[] = { "nuer", "anyuak" };

	set_items(s, FIELD_LANGUAGE, items, 2);
}

static void
concern_outside_map(struct scene *s)
{
	static const char *items[] = { "separated", "witchcraft" };

	set_items(s, FIELD_PROTECTION_CONCERNS, items, 2);
}

static void
caregiver_sex_outside_map(struct scene *s)
{
	set(s, FIELD_CAREGIVER_SEX, "undetermined");
}

static void
to_nobody_in_the_map(struct scene *s)
{
	s->referral.to_agency = "ACME";
}

static void
from_nobody(struct scene *s)
{
	s->referral.from_agency = NULL;
}

static void
urgent(struct scene *s)
{
	s->referral.priority = PRIORITY_URGENT;
	set(s, FIELD_SENDER_FULL_NAME, "Officer Example");
	set(s, FIELD_SENDER_USER, "officer");
	set(s, FIELD_SENDER_AGENCY, "UNHCR");
	set(s, FIELD_CASE_ID_DISPLAY, "GMB-77");
}

static void
ticks(struct scene *s)
{
	s->referral.value[FIELD_ESTIMATED] =
	    (struct value){ .present = true, .yes = true };
	s->referral.value[FIELD_CAREGIVER_INFORMED] =
	    (struct value){ .present = true };
}

static void
hostile(struct scene *s)
{
	set(s, FIELD_NAME_FIRST, "A\"},\"owned_by\":\"me\",\"x\":{\"y\\\":\"");
	set(s, FIELD_SERVICE_NOTES, "one\ntwo\t\"three\"");
}

static void
rejected(struct scene *s)
{
	s->answer.decision = "rejected";
	s->answer.reason = "Not of this area";
}

static void
accepted_with_number(struct scene *s)
{
	s->answer.target_id = "REF-IOP-000123";
}

static void
accepted_with_both(struct scene *s)
{
	accepted_with_number(s);
	s->answer.reason = "From Monday on.";
}

static void
done(struct scene *s)
{
	s->answer.decision = "done";
}

static void
done_on_an_unknown_day(struct scene *s)
{
	done(s);
	s->answer.decided_on = DAY_UNKNOWN;
}

static void
another_decision(struct scene *s)
{
	s->answer.decision = "synchronised";
}

static void
answer_without_record(struct scene *s)
{
	s->origin.record_id = NULL;
}

static void
answer_without_service(struct scene *s)
{
	s->origin.service_id = NULL;
}

static void
answer_with_a_path(struct scene *s)
{
	s->origin.record_id = "a/b";
}

static void
answer_to_progres(struct scene *s)
{
	s->origin.system = ORIGIN_PROGRES;
}

static const struct row {
	const char *name;
	void (*change)(struct scene *s);
	bool answers;
	const char *want;
	const char *fault; /* in its detail; NULL: it is written */
} rows[] = {
	{ "a new case is posted under the intake user, and open", nothing,
	    false,
	    "{\"method\":\"POST\",\"path\":\"/api/v2/cases\",\"body\":{\"data\":"
	    "{\"id\":\"\n\"module_id\":\"primeromodule-cp\",\"owned_by\":"
	    "\"intake\",\"status\":\"open\"\n\"name_first\":\"Achol\"\n"
	    "\"date_of_birth\":\"2015-05-04\"\n\"service_type\":"
	    "\"alternative_care\"",
	    NULL },
	{ "the row says who asks and who is asked", nothing, false,
	    "\"service_response_type\":\"service_provision\"\n"
	    "\"service_referral\":\"external_referral\"\n"
	    "\"service_request_external\":true\n"
	    "\"service_request_agency\":\"UNHCR\"\n"
	    "\"service_implementing_agency\":\"UNICEF\"",
	    NULL },
	{ "what is absent is left out", nothing, false,
	    "!null\n!\"\"\n!name_last\n!care_arrangements\n!estimated\n"
	    "!language\n!service_request_email",
	    NULL },
	{ "a consent that was received is not written as one given here",
	    consented, false, "!consent\n!disclosure\n!opt_in", NULL },
	{ "no other owner than the intake user is written", for_a_user, false,
	    "\"owned_by\":\"intake\"\n!\"another_worker\"", NULL },
	{ "who takes it is named in the service, and owns nothing", assigned,
	    false,
	    "\"owned_by\":\"intake\"\n\"service_implementing_agency\":"
	    "\"UNICEF\",\"service_implementing_agency_individual\":"
	    "\"case_worker_2\"",
	    NULL },
	{ "of a known case, too", assigned_and_known, false,
	    "\"service_implementing_agency_individual\":\"case_worker_2\"\n"
	    "!owned_by\n!assigned_user",
	    NULL },
	{ "nobody takes it whom only the sender names", for_a_user, false,
	    "!service_implementing_agency_individual", NULL },
	{ "whom it is meant for stands below the notes", for_a_user, false,
	    "\\nMeant for user: another_worker\\n", NULL },
	{ "the day of the referral, where the service has another",
	    asked_for_later, false,
	    "\"service_response_day_time\":\"2026-02-10\"\n"
	    "\\nReferral made on: 2026-02-08\"",
	    NULL },
	{ "the day of the referral, where the service has none", nothing, false,
	    "\\nReferral made on: 2026-02-08\"", NULL },
	{ "one day for both is written once", asked_for_that_day, false,
	    "\"service_response_day_time\":\"2026-02-08\"\n!Referral made on",
	    NULL },
	{ "a day that is not known is no line", made_on_no_day, false,
	    "!Referral made on", NULL },
	{ "a known case gets the service row and nothing else", known, false,
	    "{\"method\":\"PATCH\",\"path\":\"/api/v2/cases/" KNOWN
	    "\",\"body\":{\"data\":{\"services_section\":[{\"unique_id\":\n"
	    "!\"id\"\n!owned_by\n!status\n!module_id\n!Achol\n!2015-05-04\n"
	    "!\"sex\"\n!803-1",
	    NULL },
	{ "of a known case's child nothing stands in the notes either",
	    known_with_more, false,
	    "!Nyawal\n!GMB-77\n!care_arrangements\n"
	    "Referred by: Officer Example\nofficer@example.invalid",
	    NULL },
	{ "what is not written to a known case cannot stop it",
	    known_in_a_language_without_code, false, "!klingon\n!language",
	    NULL },
	{ "an id that leads elsewhere is no case", known_with_a_path, false, "",
	    "path" },
	{ "an empty id is no case", known_without_an_id, false, "", "path" },
	{ "silent failure 2: the number has its three parts", nothing, false,
	    "\"progres_interventionnumber\":"
	    "\"NAI-20-PRTITV-0000006,f1c2,bu-7\"",
	    NULL },
	{ "without the id only the number is written", no_intervention_id,
	    false, "\"progres_interventionnumber\":\"NAI-20-PRTITV-0000006\"",
	    NULL },
	{ "without the unit only the number is written", no_business_unit,
	    false, "\"progres_interventionnumber\":\"NAI-20-PRTITV-0000006\"",
	    NULL },
	{ "without a number there is no way back", no_intervention_number,
	    false, "", "intervention number" },
	{ "a comma would make another number of it", comma_in_number, false, "",
	    "comma" },
	{ "a comma in the unit is one too", comma_in_unit, false, "", "comma" },
	{ "a referral of Primero's own does not go in", from_primero, false, "",
	    "proGres" },
	{ "without an agreed Primero nothing is written", no_primero, false, "",
	    "systems.primero" },
	{ "without an intake user nothing is written", no_intake_user, false,
	    "", "systems.primero" },
	{ "without a service there is nothing to ask for", no_service, false,
	    "", "service.type" },
	{ "silent failure 5: a service outside the map stops it",
	    service_outside_map, false, "", "service.type" },
	{ "a sex outside the map stops it", sex_outside_map, false, "",
	    "sex: " },
	{ "an unknown sex goes out as this site spells it", sex_unknown, false,
	    "\"sex\":\"unknown_4b34795\"", NULL },
	{ "silent failure 7: a language outside the map stops it",
	    language_outside_map, false, "", "language: " },
	{ "languages keep their order, as this site spells them", two_languages,
	    false, "\"language\":[\"language2\",\"language1\"]", NULL },
	{ "silent failure 13: a concern outside the map stops it",
	    concern_outside_map, false, "", "protection_concerns: " },
	{ "a caregiver's sex outside the map stops it",
	    caregiver_sex_outside_map, false, "", "caregiver.sex: " },
	{ "silent failure 3: an agency that is in no map stops it",
	    to_nobody_in_the_map, false, "", "to_agency" },
	{ "an agency that is not known stops it", from_nobody, false, "",
	    "from_agency" },
	{ "what has no field there stands below the notes", urgent, false,
	    "\"service_referral_notes\":\"Sleeps outside.\\nPriority: urgent\n"
	    "\\nReferred by: Officer Example\n\\nReferred by user: officer\n"
	    "\\nReferring agency: UNHCR\n\\nCase number: GMB-77\n"
	    "!case_id_display",
	    NULL },
	{ "a tick is a truth value, a choice is a word", ticks, false,
	    "\"estimated\":true\n\"referral_caregiver_informed\":\"false\"",
	    NULL },
	{ "a name that looks like JSON stays a name", hostile, false,
	    "\"name_first\":\"A\\\"},\\\"owned_by\\\":\\\"me\\\",\n"
	    "\"owned_by\":\"intake\"\n\"one\\ntwo\\t\\\"three\\\"\\nPriority",
	    NULL },

	{ "an answer is a note on the row it is about", nothing, true,
	    "{\"method\":\"PATCH\",\"path\":\"/api/v2/cases/" KNOWN
	    "\",\"body\":{\"data\":{\"services_section\":[{\"unique_id\":"
	    "\"service-1\",\"note_on_referral_from_provider\":"
	    "\"Accepted on 2026-11-20\"}]}}}",
	    NULL },
	{ "the number there is told", accepted_with_number, true,
	    "\"Accepted on 2026-11-20. Number there: REF-IOP-000123\"", NULL },
	{ "a reason and the number are both told", accepted_with_both, true,
	    "\"Accepted on 2026-11-20: From Monday on.\\nNumber there: "
	    "REF-IOP-000123\"",
	    NULL },
	{ "a refusal comes with its reason, and is not implemented", rejected,
	    true,
	    "\"Not accepted on 2026-11-20: Not of this area\"\n"
	    "!service_implemented",
	    NULL },
	{ "what is done is implemented on that day", done, true,
	    "\"Done on 2026-11-20\",\"service_implemented\":\"implemented\","
	    "\"service_implemented_day_time\":\"2026-11-20\"",
	    NULL },
	{ "a day that is not known is not invented", done_on_an_unknown_day,
	    true,
	    "\"Done\",\"service_implemented\":\"implemented\"}\n!day_time",
	    NULL },
	{ "silent failure 6: an unknown decision is not written as one",
	    another_decision, true, "", "decision" },
	{ "without the case there is nowhere to write", answer_without_record,
	    true, "", "record_id" },
	{ "without the row there is nowhere to write", answer_without_service,
	    true, "", "service_id" },
	{ "an answer to an id that leads elsewhere is not written",
	    answer_with_a_path, true, "", "path" },
	{ "proGres is not answered in Primero", answer_to_progres, true, "",
	    "Primero" },
};

static void
check_pieces(const char *want, const char *body)
{
	char piece[1024];
	size_t len;

	for (; *want != '\0'; want += len + (want[len] == '\n')) {
		len = strcspn(want, "\n");
		(void)snprintf(piece, sizeof(piece), "%.*s", (int)len, want);
		if (piece[0] == '!' && strstr(body, piece + 1) != NULL)
			fail_msg("%s is in %s", piece + 1, body);
		if (piece[0] != '!' && strstr(body, piece) == NULL)
			fail_msg("%s is not in %s", piece, body);
	}
}

/* The body of the scene's order, or nothing and the fault. */
static int
write_body(const struct scene *s, bool answers, struct bytes *body,
    struct fault *why)
{
	struct sink *to = bytes_sink_new(body, why);
	int rc;

	assert_non_null(to);
	rc = answers ? primero_body_write_answer(&s->answered, to, why) :
		       primero_body_write_referral(&s->order, to, why);
	sink_free(to);
	return rc;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	static struct scene s;
	struct bytes body, again;
	int rc;

	start(&s);
	row->change(&s);
	bytes_init(&body, BODY_MAX);
	bytes_init(&again, BODY_MAX);
	rc = write_body(&s, row->answers, &body, &why);
	if (row->fault != NULL) {
		assert_int_equal(rc, -1);
		/* What the agreement lacks is for the working group. */
		assert_int_equal(why.id,
		    strstr(why.detail, "the agreement") != NULL ?
			FAULT_AGREEMENT_LACKS :
			FAULT_TARGET);
		assert_non_null(strstr(why.detail, row->fault));
		assert_int_equal(body.len, 0);
	} else {
		if (rc == -1)
			fail_msg("%s", why.detail);
		assert_int_equal(json_check(body.at, body.len, &json_record,
				     &why),
		    0);
		check_pieces(row->want, (const char *)body.at);
		assert_int_equal(write_body(&s, row->answers, &again, &why), 0);
		assert_string_equal(body.at, again.at);
	}
	bytes_free(&body);
	bytes_free(&again);
}

/* Which names two orders give to one case, and to one row. */
static const struct same {
	const char *name;
	const char *agreement[2];
	const char *number[2]; /* NULL: the child has none */
	const char *ref[2];
	bool case_same, service_same;
} sames[] = {
	{ "one child is one case, whatever is asked for", { "A", "A" },
	    { "803-1", "803-1" }, { "progres:1", "progres:2" }, true, false },
	{ "another child is another case", { "A", "A" }, { "803-1", "803-2" },
	    { "progres:1", "progres:1" }, false, true },
	{ "under another agreement it is another case", { "A", "B" },
	    { "803-1", "803-1" }, { "progres:1", "progres:1" }, false, true },
	{ "without a number the ref names the case", { "A", "A" },
	    { NULL, NULL }, { "progres:1", "progres:1" }, true, true },
	{ "without a number another ref is another case", { "A", "A" },
	    { NULL, NULL }, { "progres:1", "progres:2" }, false, false },
	{ "a number that looks like a ref is none", { "A", "A" },
	    { "progres:1", NULL }, { "progres:1", "progres:1" }, false, true },
	{ "where the agreement's name ends does not matter", { "A/803", "A" },
	    { "1000", "803/1000" }, { "progres:1", "progres:1" }, false, true },
	{ "two children whose number is a dash are two cases", { "A", "A" },
	    { "N/A", "N/A" }, { "progres:1", "progres:2" }, false, false },
	{ "and so are two whose number is unknown, in whatever words",
	    { "A", "A" }, { "unknown yet", "unknown yet" },
	    { "progres:1", "progres:2" }, false, false },
	{ "and two with a nought", { "A", "A" }, { "0-0-0", "0-0-0" },
	    { "progres:1", "progres:2" }, false, false },
	{ "one with a dash is the case of its ref", { "A", "A" }, { "-", NULL },
	    { "progres:1", "progres:1" }, true, true },
};

static const struct number {
	const char *name;
	const char *number;
	bool is_one;
} numbers[] = {
	{ "none is none", NULL, false },
	{ "nothing is none", "", false },
	{ "a dash is none", "-", false },
	{ "N/A is none", "N/A", false },
	{ "words are none", "not available", false },
	{ "three digits are none", "000", false },
	{ "signs between do not count", "0 - 1 / 2 .....", false },
	{ "four are one", "0001", true },
	{ "letters count, too", "A-B-C-1", true },
	{ "one of proGres", "900-00000201", true },
};

static void
number_holds(void **state)
{
	const struct number *row = *state;
	static struct scene s;
	const char *got;

	start(&s);
	set(&s, FIELD_UNHCR_INDIVIDUAL_NO, row->number);
	got = primero_body_number(&s.referral);
	if (row->is_one)
		assert_string_equal(got, row->number);
	else
		assert_null(got);
}

static bool
is_uuid(const char *text)
{
	size_t len = strlen(text);

	return len == RANDOM_UUID - 1 &&
	    strspn(text, "0123456789abcdef-") == len;
}

static void
same_holds(void **state)
{
	const struct same *row = *state;
	char cases[2][RANDOM_UUID], services[2][RANDOM_UUID];
	static struct scene s;

	start(&s);
	for (int i = 0; i < 2; i++) {
		agreement.id = row->agreement[i];
		s.referral.ref = row->ref[i];
		set(&s, FIELD_UNHCR_INDIVIDUAL_NO, row->number[i]);
		primero_body_case_id(&agreement, &s.referral, cases[i]);
		primero_body_service_id(s.referral.ref, services[i]);
		assert_true(is_uuid(cases[i]) && is_uuid(services[i]));
		assert_string_not_equal(cases[i], services[i]);
	}
	assert_int_equal(strcmp(cases[0], cases[1]) == 0, row->case_same);
	assert_int_equal(strcmp(services[0], services[1]) == 0,
	    row->service_same);
}

/* Reading back: one row a field, named after it. */
static const char *const sample_codes[FIELD_COUNT] = {
	[FIELD_SEX] = "unknown",
	[FIELD_CAREGIVER_SEX] = "male",
	[FIELD_LANGUAGE] = "nuer",
	[FIELD_PROTECTION_CONCERNS] = "neglect",
	[FIELD_SERVICE_TYPE] = "legal_support",
	[FIELD_PROTECTION_STATUS] = "separated",
	[FIELD_SERVICE_TIMEFRAME] = "3_days",
};

static void
fill(struct scene *s, enum field f, const char **items)
{
	struct value *v = &s->referral.value[f];
	const char *code = sample_codes[f];

	switch (fields_all[f].kind) {
	case FIELD_DATE:
		set_day(s, f, "2016-02-29");
		break;
	case FIELD_INTEGER:
		*v = (struct value){ .present = true, .integer = 9 };
		break;
	case FIELD_BOOLEAN:
		*v = (struct value){ .present = true, .yes = true };
		break;
	case FIELD_CODES:
		items[0] = code != NULL ? code : "one";
		items[1] = "two \"2\"";
		set_items(s, f, items, code != NULL ? 1 : 2);
		break;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		set(s, f, code != NULL ? code : "\xd8\xa3 \\ <b> \"x\"");
		break;
	}
}

static bool
value_is(const struct value *a, const struct value *b, enum field_kind kind)
{
	if (a->present != b->present || !a->present)
		return a->present == b->present;
	switch (kind) {
	case FIELD_DATE:
		return a->date == b->date;
	case FIELD_INTEGER:
		return a->integer == b->integer;
	case FIELD_BOOLEAN:
		return a->yes == b->yes;
	case FIELD_CODES:
		for (size_t i = 0; i < a->count && i < b->count; i++)
			if (strcmp(a->items[i], b->items[i]) != 0)
				return false;
		return a->count == b->count;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		return strcmp(a->text, b->text) == 0;
	}
	return false;
}

/* Put `put` in the place of `text`, which is in *body once. */
static void
replace(char *body, size_t room, const char *text, const char *put)
{
	char *at = strstr(body, text);
	size_t rest;

	assert_non_null(at);
	rest = strlen(at + strlen(text)) + 1;
	assert_true(strlen(body) - strlen(text) + strlen(put) < room);
	memmove(at + strlen(put), at + strlen(text), rest);
	memcpy(at, put, strlen(put));
}

/*
 * Read the case of a body as if it had been entered there and referred on: a
 * row that came from outside would be passed over.
 */
static void
read_back(const struct bytes *body, struct arena *a, struct referral *out)
{
	static char text[65536];
	static const char *const only[] = { "primero:" };
	const struct source_reader reader = { .agreement = &agreement,
		.sender = &sites_hub,
		.receiver = &sites_site,
		.only = only,
		.only_count = 1 };
	struct passed_over passed = { 0 };
	struct fault why = { .id = FAULT_NONE };
	struct json *json;
	struct source_row *found;
	size_t count;

	assert_true(body->len < sizeof(text));
	memcpy(text, body->at, body->len + 1);
	replace(text, sizeof(text), "\"service_request_external\":true",
	    "\"service_status_referred\":true");
	replace(text, sizeof(text),
	    "\"module_id\":", "\"case_id\":\"case-1\",\"module_id\":");
	assert_int_equal(json_read(text, strlen(text), &json_record, &json,
			     &why),
	    0);
	if (primero_read(&reader, json_get(json_root(json), "body"), 1, a,
		&found, &count, &passed, &why) == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(count, 1);
	*out = found[0].referral;
	json_free(json);
}

static const char *
own_member(enum field f)
{
	switch ((int)f) {
	case FIELD_SENDER_POSITION:
		return "service_request_title";
	case FIELD_SENDER_PHONE:
		return "service_request_phone";
	case FIELD_SENDER_EMAIL:
		return "service_request_email";
	default:
		return NULL;
	}
}

/* Who asked for it is not who will refer it on: its member is compared. */
static void
member_is(const struct bytes *body, const char *name, const char *want)
{
	struct fault why = { .id = FAULT_NONE };
	struct json *json;
	const struct json_node *row;

	assert_int_equal(json_read(body->at, body->len, &json_record, &json,
			     &why),
	    0);
	row = json_first(
	    json_get(json_get(json_get(json_root(json), "body"), "data"),
		"services_section"));
	assert_string_equal(json_get_text(row, name), want);
	json_free(json);
}

static void
field_holds(void **state)
{
	const struct field_spec *spec = *state;
	enum field f;
	struct fault why = { .id = FAULT_NONE };
	const char *items[2], *other[2];
	static struct scene s;
	static struct referral read;
	struct arena *a;
	struct bytes body;

	assert_true(fields_find(spec->name, &f));
	/* Alone, and with every other field. */
	for (int all = 0; all < 2; all++) {
		start(&s);
		for (size_t i = 0; all == 1 && i < FIELD_COUNT; i++)
			if (i != f && fields_all[i].kind != FIELD_CODES)
				fill(&s, (enum field)i, other);
		fill(&s, f, items);
		bytes_init(&body, BODY_MAX);
		assert_non_null(a = arena_new(ARENA, &why));
		if (write_body(&s, false, &body, &why) == -1)
			fail_msg("%s", why.detail);
		if (primero_body_keeps[f] == KEEPS_FIELD &&
		    own_member(f) != NULL)
			member_is(&body, own_member(f),
			    s.referral.value[f].text);
		read_back(&body, a, &read);
		if (primero_body_keeps[f] == KEEPS_FIELD &&
		    own_member(f) == NULL &&
		    !value_is(&read.value[f], &s.referral.value[f], spec->kind))
			fail_msg("%s is not read back from %s", spec->name,
			    (const char *)body.at);
		arena_free(a);
		bytes_free(&body);
	}
	if (primero_body_keeps[f] == KEEPS_TEXT)
		assert_true(read.value[FIELD_SERVICE_NOTES].present);
}

/* Each field that is kept only as text is in the notes, word for word. */
static void
texts_are_in_the_notes(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	static struct scene s;
	struct bytes body;
	char text[32];

	(void)state;
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		assert_int_not_equal(primero_body_keeps[f], KEEPS_NOT);
		if (primero_body_keeps[f] != KEEPS_TEXT)
			continue;
		start(&s);
		(void)snprintf(text, sizeof(text), "a-text-%zu-", f);
		set(&s, (enum field)f, text);
		bytes_init(&body, BODY_MAX);
		assert_int_equal(write_body(&s, false, &body, &why), 0);
		assert_non_null(strstr((const char *)body.at, text));
		bytes_free(&body);
	}
}

static const struct plain {
	const char *name;
} plains[] = {
	{ "what is kept as text is in the notes" },
};

int
main(void)
{
	int failed;

	failed = ROWS_RUN("primero_body", rows, row_holds);
	failed += ROWS_RUN("primero_body ids", sames, same_holds);
	failed += ROWS_RUN("primero_body numbers", numbers, number_holds);
	failed += ROWS_RUN("primero_body reads back", fields_all, field_holds);
	failed += ROWS_RUN("primero_body text", plains, texts_are_in_the_notes);
	return failed;
}
