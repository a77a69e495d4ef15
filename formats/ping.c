#include "formats/ping.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"

#define REASON_MAX ((size_t)1024 * 1024)
#define LINE_NUMBER_ROOM 24

/* What has to be looked up before anything is written. */
struct body {
	const struct agreement *agreement;
	const struct referral *referral;
	const char *service; /* GUIDs and codes as proGres has them */
	const char *need;    /* NULL: no concern travels */
	const char *sex;     /* NULL: not known */
	struct bytes reason;
};

/* The text of a field of any text kind, or NULL. */
static const char *
text_of(const struct referral *r, enum field f)
{
	return r->value[f].present ? r->value[f].text : NULL;
}

/*
 * What proGres has for this code.  There is nothing to fall back on: a code
 * that has no translation stops the referral, and is never sent as another.
 */
static int
translate(const struct body *b, enum field f, const char *code,
    const char **out, struct fault *why)
{
	const struct map_entry *e =
	    agreement_code(b->agreement, fields_all[f].map, code);

	*out = e == NULL ? NULL : agreement_to_target(e, SYSTEM_PROGRES);
	if (*out == NULL)
		return FAIL(why, FAULT_TARGET,
		    "%s: the agreement has no progres_out for its code",
		    fields_all[f].name);
	return 0;
}

static int
translate_field(const struct body *b, enum field f, const char **out,
    struct fault *why)
{
	const char *code = text_of(b->referral, f);

	*out = NULL;
	return code == NULL ? 0 : translate(b, f, code, out, why);
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
		if (translate(b, FIELD_PROTECTION_CONCERNS, concerns->items[i],
			&need, why) == -1)
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

/* Start a new line of the reason text. */
static int
add_label(struct bytes *to, const char *label, struct fault *why)
{
	if (to->len > 0 && bytes_add_text(to, "\n", why) == -1)
		return -1;
	if (bytes_add_text(to, label, why) == -1)
		return -1;
	return bytes_add_text(to, ": ", why);
}

static int
add_items(struct body *b, enum field f, struct fault *why)
{
	const struct value *v = &b->referral->value[f];
	const char *shown;

	for (size_t i = 0; i < v->count; i++) {
		shown = v->items[i];
		if (f == FIELD_LANGUAGE &&
		    translate(b, f, v->items[i], &shown, why) == -1)
			return -1;
		if (i > 0 && bytes_add_text(&b->reason, ", ", why) == -1)
			return -1;
		if (bytes_add_text(&b->reason, shown, why) == -1)
			return -1;
	}
	return 0;
}

static int
add_value(struct body *b, enum field f, struct fault *why)
{
	const struct value *v = &b->referral->value[f];
	char number[LINE_NUMBER_ROOM], date[DAY_TEXT];
	const char *text = v->text;

	switch (fields_all[f].kind) {
	case FIELD_CODES:
		return add_items(b, f, why);
	case FIELD_INTEGER:
		(void)snprintf(number, sizeof(number), "%" PRId64, v->integer);
		text = number;
		break;
	case FIELD_BOOLEAN:
		text = v->yes ? "yes" : "no";
		break;
	case FIELD_DATE:
		day_write(v->date, date);
		text = date;
		break;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		break;
	}
	return bytes_add_text(&b->reason, text, why);
}

/*
 * proGres has no field for these, so they stand in the reason text, a line
 * each: what travels under the agreement is not to vanish on its last step.
 */
static const struct {
	enum field field;
	const char *label;
} lines[] = {
	{ FIELD_NAME_NICKNAME, "Also known as" },
	{ FIELD_NAME_OTHER, "Other name" },
	{ FIELD_AGE, "Age" },
	{ FIELD_ESTIMATED, "Age is an estimate" },
	{ FIELD_CPIMS_ID, "CPIMS id" },
	{ FIELD_NATIONAL_ID_NO, "National id" },
	{ FIELD_OTHER_ID_TYPE, "Kind of other id" },
	{ FIELD_OTHER_ID_NO, "Other id" },
	{ FIELD_CASE_ID_DISPLAY, "Case number" },
	{ FIELD_NATIONALITY, "Nationality" },
	{ FIELD_ETHNICITY, "Ethnicity" },
	{ FIELD_LANGUAGE, "Languages" },
	{ FIELD_DISABILITY, "Disability, communication" },
	{ FIELD_LOCATION_CURRENT, "Location" },
	{ FIELD_PROTECTION_STATUS, "Protection status" },
	{ FIELD_PROTECTION_CONCERNS_OTHER, "Other protection concerns" },
	{ FIELD_SPECIFIC_NEEDS, "Specific needs" },
	{ FIELD_RISK_LEVEL, "Risk level" },
	{ FIELD_CAREGIVER_NAME, "Caregiver" },
	{ FIELD_CAREGIVER_NICKNAME, "Caregiver also known as" },
	{ FIELD_CAREGIVER_RELATIONSHIP, "Caregiver is the child's" },
	{ FIELD_CAREGIVER_AGE, "Caregiver's age" },
	{ FIELD_CAREGIVER_SEX, "Caregiver's sex" },
	{ FIELD_CAREGIVER_ADDRESS, "Caregiver's address" },
	{ FIELD_CAREGIVER_TELEPHONE, "Caregiver's telephone" },
	{ FIELD_CAREGIVER_INFORMED, "Caregiver was told of the referral" },
	{ FIELD_CAREGIVER_INFORMED_DETAILS, "If not told, why" },
	{ FIELD_SERVICE_START_ON, "Service to start on" },
	{ FIELD_SERVICE_TIMEFRAME, "Needed within" },
	{ FIELD_SERVICE_LOCATION, "Place of the service" },
	{ FIELD_SENDER_USER, "Referred by user" },
	{ FIELD_SENDER_AGENCY, "Referring agency" },
};

static int
write_reason(struct body *b, struct fault *why)
{
	const struct referral *r = b->referral;
	const char *notes = text_of(r, FIELD_SERVICE_NOTES);

	if (notes != NULL && bytes_add_text(&b->reason, notes, why) == -1)
		return -1;
	if (add_label(&b->reason, "Priority", why) == -1 ||
	    bytes_add_text(&b->reason, referral_priority_name(r->priority),
		why) == -1)
		return -1;
	/* All of them: the one need above stands for one concern only. */
	if (r->value[FIELD_PROTECTION_CONCERNS].present &&
	    r->value[FIELD_PROTECTION_CONCERNS].count > 1 &&
	    (add_label(&b->reason, "Protection concerns", why) == -1 ||
		add_items(b, FIELD_PROTECTION_CONCERNS, why) == -1))
		return -1;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!r->value[lines[i].field].present)
			continue;
		if (add_label(&b->reason, lines[i].label, why) == -1 ||
		    add_value(b, lines[i].field, why) == -1)
			return -1;
	}
	return 0;
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
		return FAIL(why, FAULT_TARGET,
		    "the agreement lacks identifiers in systems.progres-ping");
	if (r->made_on == DAY_UNKNOWN)
		return FAIL(why, FAULT_TARGET, "made_on is not known");
	if (text_of(r, FIELD_UNHCR_INDIVIDUAL_NO) == NULL &&
	    text_of(r, FIELD_UNHCR_ID_NO) == NULL)
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
	write_pair(o, "progres_orgreferredby",
	    text_of(r, FIELD_SENDER_FULL_NAME));
	write_pair(o, "progres_orgposition", text_of(r, FIELD_SENDER_POSITION));
	write_pair(o, "progres_orgemail", text_of(r, FIELD_SENDER_EMAIL));
	write_pair(o, "progres_orgphonenumber", text_of(r, FIELD_SENDER_PHONE));
	write_pair(o, "progres_orgreferralid", r->origin.service_id);
	write_pair(o, "progres_referraldate", made_on);
	write_pair(o, "progres_requestedservice", b->service);
	write_pair(o, "progres_otherrequestedservices",
	    text_of(r, FIELD_SERVICE_TYPE_OTHER));
	write_pair(o, "progres_spneedcategory", b->need);
	write_pair(o, "progres_reasonforreferral", (const char *)b->reason.at);
	write_pair(o, "progres_pocfirstname", text_of(r, FIELD_NAME_FIRST));
	write_pair(o, "progres_pocmiddlename", text_of(r, FIELD_NAME_MIDDLE));
	write_pair(o, "progres_poclastname", text_of(r, FIELD_NAME_LAST));
	write_pair(o, "progres_pocdateofbirth", born_on);
	write_pair(o, "progres_pocsex", b->sex);
	write_pair(o, "progres_pocphonenumber",
	    text_of(r, FIELD_TELEPHONE_CURRENT));
	write_pair(o, "progres_pocaddress", text_of(r, FIELD_ADDRESS_CURRENT));
	/* The family's number is never given out as the person's. */
	write_pair(o, "progres_pocotheridnumber",
	    text_of(r, FIELD_UNHCR_ID_NO));
	write_pair(o, "progres_unhcrid", text_of(r, FIELD_UNHCR_INDIVIDUAL_NO));
}

static void
write_body(struct jsonout *o, const struct body *b)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "ShippingProcessId", b->agreement->ping.referral_in);
	jsonout_text(o, "InteropId", b->agreement->ping.interop);
	jsonout_text(o, "APIVersion", "V2");
	jsonout_list(o, "Data");
	jsonout_object(o, NULL);
	jsonout_text(o, "ExternalId", b->referral->origin.case_id);
	jsonout_text(o, "ExternalGUID", b->referral->origin.record_id);
	jsonout_list(o, "Attachments");
	jsonout_list_end(o);
	jsonout_list(o, "Fields");
	write_pairs(o, b);
	jsonout_list_end(o);
	jsonout_object_end(o);
	jsonout_list_end(o);
	jsonout_object_end(o);
}

int
ping_write_referral(const struct agreement *a, const struct referral *r,
    struct sink *to, struct fault *why)
{
	struct body b = { .agreement = a, .referral = r };
	struct jsonout o;
	int rc = -1;

	bytes_init(&b.reason, REASON_MAX);
	if (prepare(&b, why) == -1)
		goto done;
	jsonout_start(&o, to);
	write_body(&o, &b);
	rc = jsonout_end(&o, why);

done:
	bytes_free(&b.reason);
	return rc;
}
