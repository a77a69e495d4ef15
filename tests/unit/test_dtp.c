/*
 * A row changes a plain referral or decision and says what must (or, after
 * "!", must not) stand in the message, one piece a line; or which word the
 * fault's detail has.
 */
#include "formats/dtp.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"
#include "tests/unit/written.h"

#define BODY_MAX ((size_t)1024 * 1024)
#define CASE "f59e880e-d58f-4b68-ba6e-e0616a49aefd"
#define SERVICE "5c2d4f6c-7a78-43b5-ac40-eb097be51d89"
#define NONE                   \
	{                      \
		NULL, 0, false \
	}

static struct map_entry services[] = {
	{ "alternative_care", NONE, SITES_TEXTS("Alternative Care"), "guid" },
	{ "mhpss", NONE, SITES_TEXTS("BID", "BIA"), "guid-2" },
	{ "legal_support", NONE, NONE, "guid-3" },
};

static struct map_entry concerns[] = {
	{ "separated", NONE, SITES_TEXTS("Child/Separated child"), "need-1" },
	{ "torture", NONE, SITES_TEXTS("Torture"), "need-2" },
	{ "neglect", NONE, NONE, "need-3" },
};

static struct map_entry languages[] = {
	{ "bembe", NONE, SITES_TEXTS("Bembe"), "Bembe" },
	{ "dinka", NONE, SITES_TEXTS("Dinka, A", "Dinka, B"), "Dinka" },
	{ "bari", NONE, NONE, NULL },
};

static struct agreement agreement;

static void
set(struct referral *r, enum field f, const char *text)
{
	r->value[f].present = text != NULL;
	r->value[f].text = text;
}

static void
set_items(struct referral *r, enum field f, const char **items, size_t count)
{
	r->value[f].present = true;
	r->value[f].items = items;
	r->value[f].count = count;
}

static void
nothing(struct referral *r)
{
	(void)r;
}

static void
two_languages(struct referral *r)
{
	static const char *items[] = { "dinka", "bembe" };

	set_items(r, FIELD_LANGUAGE, items, 2);
}

static void
language_untranslated(struct referral *r)
{
	static const char *items[] = { "bari", "bembe" };

	set_items(r, FIELD_LANGUAGE, items, 2);
}

static void
two_concerns(struct referral *r)
{
	static const char *items[] = { "torture", "separated" };

	set_items(r, FIELD_PROTECTION_CONCERNS, items, 2);
}

static void
concern_without_name(struct referral *r)
{
	static const char *items[] = { "torture", "neglect" };

	set_items(r, FIELD_PROTECTION_CONCERNS, items, 2);
}

static void
service_of_two_names(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, "mhpss");
}

static void
service_without_name(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, "legal_support");
}

static void
service_outside_map(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, "food");
}

static void
no_service(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, NULL);
}

static void
sex_unknown(struct referral *r)
{
	set(r, FIELD_SEX, "unknown");
}

static void
with_notes(struct referral *r)
{
	set(r, FIELD_SERVICE_NOTES, "Sleeps at a \"friend's\".");
	set(r, FIELD_CAREGIVER_NAME, "Nyawal");
	r->value[FIELD_AGE].present = true;
	r->value[FIELD_AGE].integer = 11;
	r->priority = PRIORITY_URGENT;
}

static void
with_all_of_its_fields(struct referral *r)
{
	set(r, FIELD_NAME_MIDDLE, "Q");
	set(r, FIELD_NAME_NICKNAME, "Achu");
	set(r, FIELD_ADDRESS_CURRENT, "Block 4");
	set(r, FIELD_TELEPHONE_CURRENT, "+251900000009");
	set(r, FIELD_PROTECTION_CONCERNS_OTHER, "night work");
	set(r, FIELD_SERVICE_TYPE_OTHER, "night shelter");
	set(r, FIELD_RISK_LEVEL, "high");
	set(r, FIELD_SENDER_USER, "gmb_worker");
	set(r, FIELD_SENDER_POSITION, "case worker");
	set(r, FIELD_SENDER_PHONE, "+251900000001");
	set(r, FIELD_SENDER_AGENCY, "DRC");
}

static void
no_sender(struct referral *r)
{
	set(r, FIELD_SENDER_FULL_NAME, NULL);
	set(r, FIELD_SENDER_EMAIL, NULL);
}

static void
family_number_only(struct referral *r)
{
	set(r, FIELD_UNHCR_INDIVIDUAL_NO, NULL);
}

static void
no_numbers(struct referral *r)
{
	set(r, FIELD_UNHCR_INDIVIDUAL_NO, NULL);
	set(r, FIELD_UNHCR_ID_NO, NULL);
}

static void
short_service_id(struct referral *r)
{
	r->origin.service_id = "row-7";
}

static void
service_id_of_wide_characters(struct referral *r)
{
	/* The twelfth byte from the end lies inside a character. */
	r->origin.service_id = "x\xc3\xa9"
			       "bcdefghijkl";
}

static void
mark_in_case_id(struct referral *r)
{
	r->origin.case_id = "a#b";
}

static void
mark_in_service_id(struct referral *r)
{
	r->origin.service_id = "5c2d#be51d89";
}

static void
from_progres(struct referral *r)
{
	r->origin.system = ORIGIN_PROGRES;
}

static void
no_service_id(struct referral *r)
{
	r->origin.service_id = NULL;
}

static void
day_unknown(struct referral *r)
{
	r->made_on = DAY_UNKNOWN;
}

static const struct row {
	const char *name;
	void (*change)(struct referral *r);
	const char *want;
	const char *fault; /* a word of the detail; NULL: none */
} rows[] = {
	{ "a plain one, word for word", nothing,
	    "{\"request_type\":\"ReceiveIncomingReferral\","
	    "\"service_implementing_agency\":\"UNHCR\","
	    "\"service_response_day_time\":\"2026-02-08T00:00:00.000Z\","
	    "\"service_type\":\"Alternative Care\","
	    "\"service_referral_notes\":\"Priority: normal\","
	    "\"owned_by_agency_id\":\"UNICEF\","
	    "\"email\":\"almaz@example.invalid\","
	    "\"full_name\":\"Almaz Example\","
	    "\"unhcr_individual_no\":\"803-100000519\","
	    "\"unhcr_id_no\":\"803-23-1000552\","
	    "\"name_first\":\"Achol\",\"name_last\":\"Example\","
	    "\"date_of_birth\":\"2015-05-04\",\"sex\":\"female\","
	    "\"id\":\"" CASE "#eb097be51d89\"}",
	    NULL },
	{ "what is absent is left out", nothing,
	    "!null\n!\"\"\n!name_middle\n!language\n!protection_concerns",
	    NULL },
	{ "each of its fields has its member", with_all_of_its_fields,
	    "\"name_middle\":\"Q\"\n\"name_nickname\":\"Achu\"\n"
	    "\"address_current\":\"Block 4\"\n"
	    "\"telephone_current\":\"+251900000009\"\n"
	    "\"protection_concerns_other\":\"night work\"\n"
	    "\"service_type_other\":\"night shelter\"\n"
	    "\"risk_level\":\"high\"\n\"primero_user\":\"gmb_worker\"\n"
	    "\"position\":\"case worker\"\n\"phone\":\"+251900000001\"\n"
	    "\"owned_by_agency_id\":\"DRC\"\n"
	    "\"service_referral_notes\":\"Priority: normal\"",
	    NULL },
	{ "languages are a list of names with commas", two_languages,
	    "\"language\":\"Dinka, Bembe\"\n!Languages:", NULL },
	{ "silent failure 7: a language without translation stops it",
	    language_untranslated, "", "language" },
	{ "silent failure 13: all concerns travel, by their names",
	    two_concerns,
	    "\"protection_concerns\":[\"Torture\",\"Child/Separated child\"]",
	    NULL },
	{ "a concern without a name stops it", concern_without_name, "",
	    "protection_concerns" },
	{ "silent failure 5: a service outside the map stops it",
	    service_outside_map, "", "service.type: the agreement has no" },
	{ "a service without a name stops it", service_without_name, "",
	    "service.type: the agreement has no" },
	{ "a service of two names is not guessed", service_of_two_names, "",
	    "service.type: the agreement has more than one" },
	{ "without a service there is nothing to ask for", no_service, "",
	    "service.type" },
	{ "sex is the word, not a code", sex_unknown, "\"sex\":\"unknown\"",
	    NULL },
	{ "what has no member there is told in the notes", with_notes,
	    "\"service_referral_notes\":\"Sleeps at a \\\"friend's\\\".\\n"
	    "Priority: urgent\\nAge: 11\\nCaregiver: Nyawal\"",
	    NULL },
	{ "silent failure 4: a missing sender is nobody else", no_sender,
	    "!full_name\n!email\n!notavailable", NULL },
	{ "silent failure 15: the family's number is not the person's",
	    family_number_only,
	    "\"unhcr_id_no\":\"803-23-1000552\"\n!unhcr_individual_no", NULL },
	{ "without either number it cannot be found there", no_numbers, "",
	    "unhcr_individual_no" },
	{ "a short id of a service is whole in the id", short_service_id,
	    "\"id\":\"" CASE "#row-7\"", NULL },
	{ "an id is never cut inside a character",
	    service_id_of_wide_characters, "\"id\":\"" CASE "#bcdefghijkl\"",
	    NULL },
	{ "a mark in the case_id would lead to another case", mark_in_case_id,
	    "", "#" },
	{ "a mark in the service's id likewise", mark_in_service_id, "", "#" },
	{ "a referral of proGres's own does not go in", from_progres, "",
	    "Primero" },
	{ "without a service's id it could not be answered", no_service_id, "",
	    "Primero" },
	{ "a day that is not known is not invented", day_unknown, "",
	    "made_on" },
};

static void
make_referral(struct referral *r)
{
	referral_clear(r);
	r->origin = (struct origin){ .system = ORIGIN_PRIMERO,
		.record_id = "record-1",
		.case_id = CASE,
		.service_id = SERVICE };
	r->from_agency = "UNICEF";
	r->to_agency = "UNHCR";
	assert_true(day_read("2026-02-08", &r->made_on));
	set(r, FIELD_NAME_FIRST, "Achol");
	set(r, FIELD_NAME_LAST, "Example");
	set(r, FIELD_SEX, "female");
	set(r, FIELD_DATE_OF_BIRTH, "2015-05-04");
	assert_true(
	    day_read("2015-05-04", &r->value[FIELD_DATE_OF_BIRTH].date));
	set(r, FIELD_UNHCR_INDIVIDUAL_NO, "803-100000519");
	set(r, FIELD_UNHCR_ID_NO, "803-23-1000552");
	set(r, FIELD_SERVICE_TYPE, "alternative_care");
	set(r, FIELD_SENDER_FULL_NAME, "Almaz Example");
	set(r, FIELD_SENDER_EMAIL, "almaz@example.invalid");
}

static void
make_agreement(void)
{
	agreement = sites_agreement;
	agreement.maps[MAP_SERVICES] =
	    (struct map){ services, SITES_COUNT(services) };
	agreement.maps[MAP_CONCERNS] =
	    (struct map){ concerns, SITES_COUNT(concerns) };
	agreement.maps[MAP_LANGUAGES] =
	    (struct map){ languages, SITES_COUNT(languages) };
	/* PING's identifiers are none of DTP's. */
	agreement.has_ping = false;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	struct referral r;
	const struct target_referral t = { .agreement = &agreement,
		.self = &sites_hub,
		.referral = &r };
	struct bytes body;
	struct sink *to;
	int rc;

	make_agreement();
	make_referral(&r);
	row->change(&r);
	bytes_init(&body, BODY_MAX);
	assert_non_null(to = bytes_sink_new(&body, &why));
	rc = dtp_write_referral(&t, to, &why);
	written_holds(rc, &why, row->fault, row->want, &body);
	sink_free(to);
	bytes_free(&body);
}

#define ANSWER(status, rest)                                        \
	"{\"case_id\":\"case-9\","                                  \
	"\"progres_interventionnumber\":\"NAI-20-PRTITV-0000006\"," \
	"\"status\":\"" status "\"," rest                           \
	"\"request_type\":\"ReceiveDecisionOutgoingReferral\"}"

static const struct answer_row {
	const char *name;
	const char *decision;
	const char *reason;
	const char *target_id;
	const char *number;
	enum origin_system system;
	const char *want;
	const char *fault;
} answer_rows[] = {
	{ "an accepted referral is acknowledged", "accepted", NULL, "case-9",
	    "NAI-20-PRTITV-0000006", ORIGIN_PROGRES, ANSWER("acknowledged", ""),
	    NULL },
	{ "a rejected one says why", "rejected", "No place", "case-9",
	    "NAI-20-PRTITV-0000006", ORIGIN_PROGRES,
	    ANSWER("rejected", "\"closure_reason\":\"No place\","), NULL },
	{ "one that was done says so in the reason", "done", "A family.",
	    "case-9", "NAI-20-PRTITV-0000006", ORIGIN_PROGRES,
	    ANSWER("acknowledged",
		"\"closure_reason\":\"Service done. A family.\","),
	    NULL },
	{ "without a case there is none named", "accepted", NULL, NULL,
	    "NAI-20-PRTITV-0000006", ORIGIN_PROGRES,
	    "!case_id\n!null\n!primero_user", NULL },
	{ "silent failure 6: another word is no acceptance", "pending", NULL,
	    "case-9", "NAI-20-PRTITV-0000006", ORIGIN_PROGRES, "", "status" },
	{ "silent failure 2: without a number it is said", "accepted", NULL,
	    "case-9", NULL, ORIGIN_PROGRES, "", "intervention number" },
	{ "a referral from Primero is not answered there", "accepted", NULL,
	    "case-9", "NAI-20-PRTITV-0000006", ORIGIN_PRIMERO, "", "proGres" },
};

static void
answer_holds(void **state)
{
	const struct answer_row *row = *state;
	const struct origin from = { .system = row->system,
		.intervention_number = row->number };
	const struct answer decision = { .decision = row->decision,
		.reason = row->reason,
		.target_id = row->target_id };
	const struct target_answer t = { .agreement = &agreement,
		.self = &sites_site,
		.origin = &from,
		.answer = &decision };
	struct fault why = { .id = FAULT_NONE };
	struct bytes body;
	struct sink *to;
	int rc;

	make_agreement();
	bytes_init(&body, BODY_MAX);
	assert_non_null(to = bytes_sink_new(&body, &why));
	rc = dtp_write_answer(&t, to, &why);
	written_holds(rc, &why, row->fault, row->want, &body);
	sink_free(to);
	bytes_free(&body);
}

int
main(void)
{
	return ROWS_RUN("dtp", rows, row_holds) +
	    ROWS_RUN("dtp: decisions", answer_rows, answer_holds);
}
