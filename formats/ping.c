#include "formats/ping.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "formats/reason_text.h"
#include "formats/target_value.h"

/* What has to be looked up before anything is written. */
struct body {
	const struct agreement *agreement;
	const struct referral *referral;
	const char *service; /* GUIDs and codes as proGres has them */
	const char *need;    /* NULL: no concern travels */
	const char *sex;     /* NULL: not known */
	struct bytes reason;
};

struct decision_body {
	const struct target_answer *answer;
	const char *status;
	struct bytes comment;
};

/* clang-format off */
const enum target_keeps ping_keeps[FIELD_COUNT] = {
	[FIELD_NAME_FIRST] = KEEPS_FIELD,
	[FIELD_NAME_MIDDLE] = KEEPS_FIELD,
	[FIELD_NAME_LAST] = KEEPS_FIELD,
	[FIELD_NAME_NICKNAME] = KEEPS_TEXT,
	[FIELD_NAME_OTHER] = KEEPS_TEXT,
	[FIELD_SEX] = KEEPS_FIELD,
	[FIELD_DATE_OF_BIRTH] = KEEPS_FIELD,
	[FIELD_AGE] = KEEPS_TEXT,
	[FIELD_ESTIMATED] = KEEPS_TEXT,
	[FIELD_UNHCR_INDIVIDUAL_NO] = KEEPS_FIELD,
	[FIELD_UNHCR_ID_NO] = KEEPS_FIELD,
	[FIELD_CPIMS_ID] = KEEPS_TEXT,
	[FIELD_NATIONAL_ID_NO] = KEEPS_TEXT,
	[FIELD_OTHER_ID_TYPE] = KEEPS_TEXT,
	[FIELD_OTHER_ID_NO] = KEEPS_TEXT,
	[FIELD_CASE_ID_DISPLAY] = KEEPS_TEXT,
	[FIELD_NATIONALITY] = KEEPS_TEXT,
	[FIELD_ETHNICITY] = KEEPS_TEXT,
	[FIELD_LANGUAGE] = KEEPS_TEXT,
	[FIELD_DISABILITY] = KEEPS_TEXT,
	[FIELD_ADDRESS_CURRENT] = KEEPS_FIELD,
	[FIELD_LOCATION_CURRENT] = KEEPS_TEXT,
	[FIELD_TELEPHONE_CURRENT] = KEEPS_FIELD,
	[FIELD_PROTECTION_STATUS] = KEEPS_TEXT,
	/* A need stands for several concerns, and only one need fits. */
	[FIELD_PROTECTION_CONCERNS] = KEEPS_TEXT,
	[FIELD_PROTECTION_CONCERNS_OTHER] = KEEPS_TEXT,
	[FIELD_SPECIFIC_NEEDS] = KEEPS_TEXT,
	[FIELD_RISK_LEVEL] = KEEPS_TEXT,
	[FIELD_CAREGIVER_NAME] = KEEPS_TEXT,
	[FIELD_CAREGIVER_NICKNAME] = KEEPS_TEXT,
	[FIELD_CAREGIVER_RELATIONSHIP] = KEEPS_TEXT,
	[FIELD_CAREGIVER_AGE] = KEEPS_TEXT,
	[FIELD_CAREGIVER_SEX] = KEEPS_TEXT,
	[FIELD_CAREGIVER_ADDRESS] = KEEPS_TEXT,
	[FIELD_CAREGIVER_TELEPHONE] = KEEPS_TEXT,
	[FIELD_CAREGIVER_INFORMED] = KEEPS_TEXT,
	[FIELD_CAREGIVER_INFORMED_DETAILS] = KEEPS_TEXT,
	[FIELD_SERVICE_TYPE] = KEEPS_FIELD,
	[FIELD_SERVICE_TYPE_OTHER] = KEEPS_FIELD,
	[FIELD_SERVICE_NOTES] = KEEPS_TEXT, /* lines stand below them */
	[FIELD_SERVICE_REQUESTED_ON] = KEEPS_TEXT, /* the field is made_on */
	[FIELD_SERVICE_START_ON] = KEEPS_TEXT,
	[FIELD_SERVICE_TIMEFRAME] = KEEPS_TEXT,
	[FIELD_SERVICE_LOCATION] = KEEPS_TEXT,
	[FIELD_SENDER_USER] = KEEPS_TEXT,
	[FIELD_SENDER_FULL_NAME] = KEEPS_FIELD,
	[FIELD_SENDER_POSITION] = KEEPS_FIELD,
	[FIELD_SENDER_EMAIL] = KEEPS_FIELD,
	[FIELD_SENDER_PHONE] = KEEPS_FIELD,
	[FIELD_SENDER_AGENCY] = KEEPS_TEXT,
};
/* clang-format on */

static int
translate_field(const struct body *b, enum field f, const char **out,
    struct fault *why)
{
	const char *code = target_value_text(b->referral, f);

	*out = NULL;
	return code == NULL ?
	    0 :
	    target_value_code(b->agreement, SYSTEM_PROGRES, f, code, out, why);
}

/* There is one field for a need; the agreement's order says which it is. */
static int
find_need(struct body *b, struct fault *why)
{
	const struct value *concerns =
	    &b->referral->value[FIELD_PROTECTION_CONCERNS];
	const struct map *map = &b->agreement->maps[MAP_CONCERNS];
	const char *need;
	size_t best = map->count;

	if (!concerns->present)
		return 0;
	for (size_t i = 0; i < concerns->count; i++) {
		if (target_value_code(b->agreement, SYSTEM_PROGRES,
			FIELD_PROTECTION_CONCERNS, concerns->items[i], &need,
			why) == -1)
			return -1;
		for (size_t k = 0; k < best; k++)
			if (strcmp(map->entries[k].code, concerns->items[i]) ==
			    0) {
				best = k;
				b->need = need;
			}
	}
	return 0;
}

/* Does proGres have one number for this code and another? */
static bool
is_shared(const struct body *b, enum field f, const char *code,
    const char *written)
{
	return written != NULL &&
	    target_value_shared(b->agreement, SYSTEM_PROGRES, f, code, written);
}

static int
write_reason(struct body *b, struct fault *why)
{
	const struct referral *r = b->referral;
	const struct value *concerns = &r->value[FIELD_PROTECTION_CONCERNS];
	struct reason_text_order order = {
		.agreement = b->agreement,
		.referral = r,
		.system = SYSTEM_PROGRES,
		.keeps = ping_keeps,
	};

	order.blurred[FIELD_SERVICE_TYPE] = is_shared(b, FIELD_SERVICE_TYPE,
	    target_value_text(r, FIELD_SERVICE_TYPE), b->service);
	order.blurred[FIELD_SEX] =
	    is_shared(b, FIELD_SEX, target_value_text(r, FIELD_SEX), b->sex);
	/*
	 * A single one that has the need to itself is told by the field; else
	 * the line names all.
	 */
	order.apart[FIELD_PROTECTION_CONCERNS] = concerns->count == 0 ||
	    (concerns->count == 1 &&
		!is_shared(b, FIELD_PROTECTION_CONCERNS, concerns->items[0],
		    b->need));
	return reason_text_write(&order, &b->reason, why);
}

/* Everything that can be missing is found out here, before any byte goes. */
static int
prepare(struct body *b, struct fault *why)
{
	const struct agreement *a = b->agreement;
	const struct referral *r = b->referral;

	if (r->origin.system != ORIGIN_PRIMERO || r->origin.record_id == NULL ||
	    r->origin.case_id == NULL || r->origin.service_id == NULL)
		return FAIL(why, FAULT_TARGET,
		    "only a referral from Primero goes into proGres");
	if (!a->has_ping || a->ping.interop == NULL ||
	    a->ping.referral_in == NULL || a->ping.business_unit == NULL ||
	    a->ping.organization_from == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "the agreement lacks identifiers in systems.progres-ping");
	if (r->made_on == DAY_UNKNOWN)
		return FAIL(why, FAULT_TARGET, "made_on is not known");
	if (target_value_text(r, FIELD_UNHCR_INDIVIDUAL_NO) == NULL &&
	    target_value_text(r, FIELD_UNHCR_ID_NO) == NULL)
		return FAIL(why, FAULT_TARGET,
		    "unhcr_individual_no and unhcr_id_no are both missing");
	if (translate_field(b, FIELD_SERVICE_TYPE, &b->service, why) == -1 ||
	    translate_field(b, FIELD_SEX, &b->sex, why) == -1 ||
	    find_need(b, why) == -1)
		return -1;
	if (b->service == NULL)
		return FAIL(why, FAULT_TARGET, "service.type is missing");
	return write_reason(b, why);
}

static void
write_pair(struct jsonout *o, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	jsonout_object(o, NULL);
	jsonout_text(o, "Name", name);
	jsonout_text(o, "Value", value);
	jsonout_object_end(o);
}

static void
write_field(struct jsonout *o, const char *name, const struct body *b,
    enum field f)
{
	write_pair(o, name, target_value_text(b->referral, f));
}

static void
write_pairs(struct jsonout *o, const struct body *b)
{
	const struct referral *r = b->referral;
	const struct ping_ids *ids = &b->agreement->ping;
	const struct value *born = &r->value[FIELD_DATE_OF_BIRTH];
	char made_on[DAY_TEXT], born_on[DAY_TEXT];

	day_write(r->made_on, made_on);
	day_write(born->present ? born->date : DAY_UNKNOWN, born_on);
	write_pair(o, "progres_externalguid", r->origin.record_id);
	write_pair(o, "progres_externalid", r->origin.case_id);
	write_pair(o, "progres_offlineid", r->origin.case_id);
	write_pair(o, "progres_businessunit", ids->business_unit);
	write_pair(o, "progres_organizationfrom", ids->organization_from);
	write_field(o, "progres_orgreferredby", b, FIELD_SENDER_FULL_NAME);
	write_field(o, "progres_orgposition", b, FIELD_SENDER_POSITION);
	write_field(o, "progres_orgemail", b, FIELD_SENDER_EMAIL);
	write_field(o, "progres_orgphonenumber", b, FIELD_SENDER_PHONE);
	write_pair(o, "progres_orgreferralid", r->origin.service_id);
	write_pair(o, "progres_referraldate", made_on);
	write_pair(o, "progres_requestedservice", b->service);
	write_field(o, "progres_otherrequestedservices", b,
	    FIELD_SERVICE_TYPE_OTHER);
	write_pair(o, "progres_spneedcategory", b->need);
	write_pair(o, "progres_reasonforreferral", (const char *)b->reason.at);
	write_field(o, "progres_pocfirstname", b, FIELD_NAME_FIRST);
	write_field(o, "progres_pocmiddlename", b, FIELD_NAME_MIDDLE);
	write_field(o, "progres_poclastname", b, FIELD_NAME_LAST);
	write_pair(o, "progres_pocdateofbirth", born_on);
	write_pair(o, "progres_pocsex", b->sex);
	write_field(o, "progres_pocphonenumber", b, FIELD_TELEPHONE_CURRENT);
	write_field(o, "progres_pocaddress", b, FIELD_ADDRESS_CURRENT);
	/* The family's number is never given out as the person's. */
	write_field(o, "progres_pocotheridnumber", b, FIELD_UNHCR_ID_NO);
	write_field(o, "progres_unhcrid", b, FIELD_UNHCR_INDIVIDUAL_NO);
}

/* Up to the one item of "Data", which is left open. */
static void
open_body(struct jsonout *o, const struct ping_ids *ids, const char *process)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "ShippingProcessId", process);
	jsonout_text(o, "InteropId", ids->interop);
	jsonout_text(o, "APIVersion", "V2");
	jsonout_list(o, "Data");
	jsonout_object(o, NULL);
}

static void
close_body(struct jsonout *o)
{
	jsonout_object_end(o);
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static void
write_body(struct jsonout *o, const struct body *b)
{
	open_body(o, &b->agreement->ping, b->agreement->ping.referral_in);
	jsonout_text(o, "ExternalId", b->referral->origin.case_id);
	jsonout_text(o, "ExternalGUID", b->referral->origin.record_id);
	jsonout_list(o, "Attachments");
	jsonout_list_end(o);
	jsonout_list(o, "Fields");
	write_pairs(o, b);
	jsonout_list_end(o);
	close_body(o);
}

int
ping_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why)
{
	struct body b = { .agreement = t->agreement, .referral = t->referral };
	struct jsonout o;
	int rc = -1;

	bytes_init(&b.reason, REASON_TEXT_MAX);
	if (prepare(&b, why) == -1)
		goto done;
	jsonout_start(&o, to);
	write_body(&o, &b);
	rc = jsonout_end(&o, why);

done:
	bytes_free(&b.reason);
	return rc;
}

/* proGres has no word for a service that was done: its comment says so. */
static const char *
status_of(const char *decision)
{
	static const struct {
		const char *decision;
		const char *code;
	} statuses[] = {
		{ "accepted", "125080003" },
		{ "done", "125080003" },
		{ "rejected", "125080004" },
	};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (strcmp(statuses[i].decision, decision) == 0)
			return statuses[i].code;
	return NULL;
}

/*
 * A referral can come with its number alone, from a list that has no more.
 * A decision about it would be dropped over there without a word.
 */
static int
prepare_answer(struct decision_body *d, struct fault *why)
{
	const struct agreement *a = d->answer->agreement;
	const struct origin *from = d->answer->origin;
	const struct answer *answer = d->answer->answer;

	if (from->system != ORIGIN_PROGRES || from->intervention_number == NULL)
		return FAIL(why, FAULT_TARGET,
		    "only a decision about a referral from proGres goes there");
	if (!a->has_ping || a->ping.interop == NULL ||
	    a->ping.decision_in == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "the agreement lacks identifiers in systems.progres-ping");
	if (from->intervention_id == NULL)
		return FAIL(why, FAULT_TARGET,
		    "the referral came without its intervention id");
	if (from->business_unit == NULL)
		return FAIL(why, FAULT_TARGET,
		    "the referral came without its business unit");
	if (answer->decided_on == DAY_UNKNOWN)
		return FAIL(why, FAULT_TARGET, "decided_on is not known");
	if ((d->status = status_of(answer->decision)) == NULL)
		return FAIL(why, FAULT_TARGET,
		    "proGres has no status for this decision");
	return reason_text_answer(answer, &d->comment, why);
}

static void
write_comment(struct jsonout *o, const char *comment)
{
	jsonout_list(o, "Attachments");
	if (comment != NULL) {
		jsonout_object(o, NULL);
		jsonout_text(o, "Comment", comment);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

static void
write_decision(struct jsonout *o, const struct decision_body *d)
{
	const struct ping_ids *ids = &d->answer->agreement->ping;
	const struct origin *from = d->answer->origin;
	const struct answer *answer = d->answer->answer;
	char decided_on[DAY_TEXT];

	day_write(answer->decided_on, decided_on);
	open_body(o, ids, ids->decision_in);
	jsonout_text(o, "ExternalId",
	    answer->target_id != NULL ? answer->target_id :
					from->intervention_number);
	write_comment(o, (const char *)d->comment.at);
	jsonout_list(o, "Fields");
	write_pair(o, "progres_lpinterventionid", from->intervention_id);
	write_pair(o, "progres_businessunit", from->business_unit);
	write_pair(o, "progres_primerotransferstatus", d->status);
	write_pair(o, "progres_primerotransferstatusdate", decided_on);
	write_pair(o, "progres_primeroid", answer->target_id);
	jsonout_list_end(o);
	close_body(o);
}

int
ping_write_answer(const struct target_answer *t, struct sink *to,
    struct fault *why)
{
	struct decision_body d = { .answer = t };
	struct jsonout o;
	int rc = -1;

	bytes_init(&d.comment, REASON_TEXT_MAX);
	if (prepare_answer(&d, why) == -1)
		goto done;
	jsonout_start(&o, to);
	write_decision(&o, &d);
	rc = jsonout_end(&o, why);

done:
	bytes_free(&d.comment);
	return rc;
}
