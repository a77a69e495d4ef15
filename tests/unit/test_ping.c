/*
 * A row changes a plain referral and says what must (or, after "!", must not)
 * stand in the body, one piece a line; or which word the fault's detail has.
 */
#include "formats/ping.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"
#include "tests/unit/written.h"

#define BODY_MAX ((size_t)1024 * 1024)
#define PAIR(name, value) "{\"Name\":\"" name "\",\"Value\":\"" value "\"}"

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
no_sender(struct referral *r)
{
	set(r, FIELD_SENDER_FULL_NAME, NULL);
	set(r, FIELD_SENDER_EMAIL, NULL);
}

static void
service_outside_map(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, "food");
}

static void
service_untranslated(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, "family_tracing");
}

static void
no_service(struct referral *r)
{
	set(r, FIELD_SERVICE_TYPE, NULL);
}

static void
language_outside_map(struct referral *r)
{
	static const char *items[] = { "anyuak", "klingon" };

	set_items(r, FIELD_LANGUAGE, items, 2);
}

static void
two_languages(struct referral *r)
{
	static const char *items[] = { "nuer", "anyuak" };

	set_items(r, FIELD_LANGUAGE, items, 2);
}

static void
sex_other(struct referral *r)
{
	set(r, FIELD_SEX, "other");
}

static void
sex_untranslated(struct referral *r)
{
	set(r, FIELD_SEX, "unknown");
}

static void
no_sex(struct referral *r)
{
	set(r, FIELD_SEX, NULL);
}

static void
one_concern(struct referral *r)
{
	static const char *items[] = { "separated" };

	set_items(r, FIELD_PROTECTION_CONCERNS, items, 1);
}

static void
many_concerns(struct referral *r)
{
	static const char *items[] = { "child_labour", "twice_a", "separated" };

	set_items(r, FIELD_PROTECTION_CONCERNS, items, 3);
}

static void
concern_untranslated(struct referral *r)
{
	static const char *items[] = { "separated", "orphan" };

	set_items(r, FIELD_PROTECTION_CONCERNS, items, 2);
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
more_than_ping_has(struct referral *r)
{
	set(r, FIELD_NAME_NICKNAME, "Achu");
	set(r, FIELD_CAREGIVER_NAME, "Nyawal");
	r->value[FIELD_CAREGIVER_INFORMED].present = true;
	r->value[FIELD_CAREGIVER_INFORMED].yes = true;
	r->value[FIELD_AGE].present = true;
	r->value[FIELD_AGE].integer = 11;
	r->priority = PRIORITY_EMERGENCY;
}

static void
asked_another_day(struct referral *r)
{
	set(r, FIELD_SERVICE_REQUESTED_ON, "2026-02-07");
	r->value[FIELD_SERVICE_REQUESTED_ON].date = r->made_on - 1;
}

static void
asked_the_same_day(struct referral *r)
{
	set(r, FIELD_SERVICE_REQUESTED_ON, "2026-02-08");
	r->value[FIELD_SERVICE_REQUESTED_ON].date = r->made_on;
}

static void
needs_escaping(struct referral *r)
{
	set(r, FIELD_NAME_FIRST, "A\"\xd9\x85\\");
	set(r, FIELD_SERVICE_NOTES, "one\ntwo");
}

static void
from_progres(struct referral *r)
{
	r->origin.system = ORIGIN_PROGRES;
}

static void
day_unknown(struct referral *r)
{
	r->made_on = DAY_UNKNOWN;
}

static void
no_ping(struct referral *r)
{
	(void)r;
	agreement.has_ping = false;
}

static void
no_business_unit(struct referral *r)
{
	(void)r;
	agreement.ping.business_unit = NULL;
}

static const struct row {
	const char *name;
	void (*change)(struct referral *r);
	const char *want;
	const char *fault; /* a word of the detail; NULL: none */
} rows[] = {
	{ "the envelope has the agreement's identifiers", nothing,
	    "{\"ShippingProcessId\":\"SHP-0001\",\"InteropId\":\"INT-0000\","
	    "\"APIVersion\":\"V2\",\"Data\":[{\"ExternalId\":\"case-1\","
	    "\"ExternalGUID\":\"record-1\",\"Attachments\":[],\"Fields\":[" PAIR(
		"progres_externalguid",
		"record-1") "," PAIR("progres_externalid",
		"case-1") "," PAIR("progres_offlineid",
		"case-1") "," PAIR("progres_businessunit",
		"bu-guid") "," PAIR("progres_organizationfrom", "org-guid") ",",
	    NULL },
	{ "the child, the service and the day are in their fields", nothing,
	    PAIR("progres_orgreferralid",
		"service-1") "\n" PAIR("progres_referraldate",
		"2026-02-08") "\n" PAIR("progres_requestedservice",
		"svc-care") "\n" PAIR("progres_pocfirstname",
		"Achol") "\n" PAIR("progres_poclastname",
		"Example") "\n" PAIR("progres_pocdateofbirth",
		"2015-05-04") "\n" PAIR("progres_pocsex",
		"125080000") "\n" PAIR("progres_pocotheridnumber",
		"803-23-1000552") "," PAIR("progres_unhcrid",
		"803-100000519") "]}]}",
	    NULL },
	{ "what is absent is left out", nothing,
	    "!progres_pocmiddlename\n!progres_pocaddress\n"
	    "!progres_spneedcategory\n!progres_otherrequestedservices\n"
	    "!null\n!\"Value\":\"\"",
	    NULL },
	{ "silent failure 4: a missing sender is nobody else", no_sender,
	    "!progres_orgreferredby\n!progres_orgemail", NULL },
	{ "silent failure 5: a service outside the map stops it",
	    service_outside_map, "", "service.type" },
	{ "silent failure 5: a service without translation stops it",
	    service_untranslated, "", "service.type" },
	{ "without a service there is nothing to ask for", no_service, "",
	    "service.type" },
	{ "silent failure 7: a language outside the map stops it",
	    language_outside_map, "", "language" },
	{ "languages are named in the reason as proGres calls them",
	    two_languages, "Languages: Nuer, Anyuak", NULL },
	{ "silent failure 12: another sex goes out as its code", sex_other,
	    PAIR("progres_pocsex", "125080002"), NULL },
	{ "silent failure 12: a sex without a code stops it", sex_untranslated,
	    "", "sex" },
	{ "a sex that is not known is left out", no_sex, "!progres_pocsex",
	    NULL },
	{ "one concern is in the field and nowhere else", one_concern,
	    PAIR("progres_spneedcategory", "need-sep") "\n"
						       "!Protection concerns",
	    NULL },
	{ "silent failure 13: the agreement's order picks the need, the "
	  "reason names all",
	    many_concerns,
	    PAIR("progres_spneedcategory",
		"need-sep") "\n"
			    "Protection concerns: child_labour, twice_a, separated",
	    NULL },
	{ "silent failure 13: a concern without translation stops it",
	    concern_untranslated, "", "protection_concerns" },
	{ "silent failure 15: the family's number is not the person's",
	    family_number_only,
	    PAIR("progres_pocotheridnumber",
		"803-23-1000552") "\n"
				  "!progres_unhcrid",
	    NULL },
	{ "without either number it cannot be found there", no_numbers, "",
	    "unhcr_individual_no" },
	{ "what has no field there is told in the reason", more_than_ping_has,
	    "Priority: emergency\nAlso known as: Achu\nCaregiver: Nyawal\n"
	    "Caregiver was told of the referral: yes\nAge: 11",
	    NULL },
	{ "a day of asking that is another than the referral's is told",
	    asked_another_day,
	    "Service asked for on: 2026-02-07\n" PAIR("progres_referraldate",
		"2026-02-08"),
	    NULL },
	{ "a day of asking that is the referral's is in its field alone",
	    asked_the_same_day,
	    "!Service asked for on\n" PAIR("progres_referraldate",
		"2026-02-08"),
	    NULL },
	{ "quotes and lines are escaped", needs_escaping,
	    "\"A\\\"\xd9\x85\\\\\"\n\"one\\ntwo\\nPriority: normal", NULL },
	{ "a referral of proGres's own does not go in", from_progres, "",
	    "Primero" },
	{ "a day that is not known is not invented", day_unknown, "",
	    "made_on" },
	{ "without identifiers nothing is written", no_ping, "",
	    "systems.progres-ping" },
	{ "without one identifier nothing is written", no_business_unit, "",
	    "systems.progres-ping" },
};

static void
make_referral(struct referral *r)
{
	referral_clear(r);
	r->origin = (struct origin){ .system = ORIGIN_PRIMERO,
		.record_id = "record-1",
		.case_id = "case-1",
		.service_id = "service-1" };
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

	agreement = sites_agreement;
	make_referral(&r);
	row->change(&r);
	bytes_init(&body, BODY_MAX);
	assert_non_null(to = bytes_sink_new(&body, &why));
	rc = ping_write_referral(&t, to, &why);
	written_holds(rc, &why, row->fault, row->want, &body);
	sink_free(to);
	bytes_free(&body);
}

static struct origin from;
static struct answer decision;

static void
unchanged(void)
{
}

static void
is_rejected(void)
{
	decision.decision = "rejected";
	decision.reason = "No \"place\"";
}

static void
is_done(void)
{
	decision.decision = "done";
}

static void
is_done_with_reason(void)
{
	decision.decision = "done";
	decision.reason = "A family was found.";
}

static void
is_another_word(void)
{
	decision.decision = "pending";
}

static void
without_case(void)
{
	decision.target_id = NULL;
}

static void
without_day(void)
{
	decision.decided_on = DAY_UNKNOWN;
}

static void
without_intervention_id(void)
{
	from.intervention_id = NULL;
}

static void
without_business_unit(void)
{
	from.business_unit = NULL;
}

static void
without_number(void)
{
	from.intervention_number = NULL;
}

static void
of_a_referral_from_primero(void)
{
	from.system = ORIGIN_PRIMERO;
}

static void
without_process(void)
{
	agreement.ping.decision_in = NULL;
}

static void
without_identifiers(void)
{
	agreement.has_ping = false;
}

static const struct answer_row {
	const char *name;
	void (*change)(void);
	const char *want;
	const char *fault;
} answer_rows[] = {
	{ "an accepted referral is acknowledged, word for word", unchanged,
	    "{\"ShippingProcessId\":\"SHP-0002\",\"InteropId\":\"INT-0000\","
	    "\"APIVersion\":\"V2\",\"Data\":[{\"ExternalId\":\"case-9\","
	    "\"Attachments\":[],\"Fields\":[" PAIR("progres_lpinterventionid",
		"int-guid") "," PAIR("progres_businessunit",
		"unit-guid") "," PAIR("progres_primerotransferstatus",
		"125080003") "," PAIR("progres_primerotransferstatusdate",
		"2026-03-01") "," PAIR("progres_primeroid", "case-9") "]}]}",
	    NULL },
	{ "a rejected one says why in its comment", is_rejected,
	    PAIR("progres_primerotransferstatus",
		"125080004") "\n"
			     "\"Attachments\":[{\"Comment\":"
			     "\"No \\\"place\\\"\"}]",
	    NULL },
	{ "one that was done is acknowledged, and the comment says done",
	    is_done,
	    PAIR("progres_primerotransferstatus",
		"125080003") "\n"
			     "[{\"Comment\":\"Service done.\"}]",
	    NULL },
	{ "done and a reason stand in one comment", is_done_with_reason,
	    "[{\"Comment\":\"Service done. A family was found.\"}]", NULL },
	{ "without a case there the number stands for it", without_case,
	    "\"ExternalId\":\"803-23-PRTITV-1\"\n!progres_primeroid\n!null",
	    NULL },
	{ "nobody's name is sent as the case worker", unchanged,
	    "!progres_primerocaseworker", NULL },
	{ "silent failure 2: without the intervention's id it is said",
	    without_intervention_id, "", "without its intervention id" },
	{ "silent failure 2: without the business unit it is said",
	    without_business_unit, "", "without its business unit" },
	{ "without a number it came from nowhere", without_number, "",
	    "proGres" },
	{ "silent failure 6: another word is no acceptance", is_another_word,
	    "", "status" },
	{ "a day that is not known is not invented", without_day, "",
	    "decided_on" },
	{ "a referral from Primero is not answered there",
	    of_a_referral_from_primero, "", "proGres" },
	{ "without the process nothing is written", without_process, "",
	    "systems.progres-ping" },
	{ "without identifiers nothing is written", without_identifiers, "",
	    "systems.progres-ping" },
};

static void
answer_holds(void **state)
{
	const struct answer_row *row = *state;
	const struct target_answer t = { .agreement = &agreement,
		.self = &sites_site,
		.origin = &from,
		.answer = &decision };
	struct fault why = { .id = FAULT_NONE };
	struct bytes body;
	struct sink *to;
	int rc;

	agreement = sites_agreement;
	agreement.ping.decision_in = "SHP-0002";
	from = (struct origin){ .system = ORIGIN_PROGRES,
		.intervention_number = "803-23-PRTITV-1",
		.intervention_id = "int-guid",
		.business_unit = "unit-guid" };
	decision = (struct answer){ .ref = "progres:803-23-PRTITV-1",
		.decision = "accepted",
		.target_id = "case-9" };
	assert_true(day_read("2026-03-01", &decision.decided_on));
	row->change();
	bytes_init(&body, BODY_MAX);
	assert_non_null(to = bytes_sink_new(&body, &why));
	rc = ping_write_answer(&t, to, &why);
	written_holds(rc, &why, row->fault, row->want, &body);
	sink_free(to);
	bytes_free(&body);
}

int
main(void)
{
	return ROWS_RUN("ping", rows, row_holds) +
	    ROWS_RUN("ping: decisions", answer_rows, answer_holds);
}
