#include "formats/dtp.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "formats/reason_text.h"
#include "formats/target_value.h"

#define TAIL 12			     /* of the service's id, in bytes */
#define MOMENT_ROOM (DAY_TEXT + 16)  /* a day with a time of day */
#define ID_MAX ((size_t)1024 * 1024) /* and of the languages' names */

/* What has to be looked up before anything is written. */
struct body {
	const struct agreement *agreement;
	const struct referral *referral;
	const char *service;			  /* labels, not codes */
	const char *concerns[REFERRAL_CODES_MAX]; /* likewise */
	struct bytes id;
	struct bytes languages;
	struct bytes reason;
};

/* clang-format off */
const enum target_keeps dtp_keeps[FIELD_COUNT] = {
	[FIELD_NAME_FIRST] = KEEPS_FIELD,
	[FIELD_NAME_MIDDLE] = KEEPS_FIELD,
	[FIELD_NAME_LAST] = KEEPS_FIELD,
	[FIELD_NAME_NICKNAME] = KEEPS_FIELD,
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
	/* Names with commas between them, and a name may hold one. */
	[FIELD_LANGUAGE] = KEEPS_TEXT,
	[FIELD_DISABILITY] = KEEPS_TEXT,
	[FIELD_ADDRESS_CURRENT] = KEEPS_FIELD,
	[FIELD_LOCATION_CURRENT] = KEEPS_TEXT,
	[FIELD_TELEPHONE_CURRENT] = KEEPS_FIELD,
	[FIELD_PROTECTION_STATUS] = KEEPS_TEXT,
	[FIELD_PROTECTION_CONCERNS] = KEEPS_FIELD,
	[FIELD_PROTECTION_CONCERNS_OTHER] = KEEPS_FIELD,
	[FIELD_SPECIFIC_NEEDS] = KEEPS_TEXT,
	[FIELD_RISK_LEVEL] = KEEPS_FIELD,
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
	[FIELD_SENDER_USER] = KEEPS_FIELD,
	[FIELD_SENDER_FULL_NAME] = KEEPS_FIELD,
	[FIELD_SENDER_POSITION] = KEEPS_FIELD,
	[FIELD_SENDER_EMAIL] = KEEPS_FIELD,
	[FIELD_SENDER_PHONE] = KEEPS_FIELD,
	[FIELD_SENDER_AGENCY] = KEEPS_FIELD,
};
/* clang-format on */

/* The last characters of a service's id; never half a character. */
static const char *
tail_of(const char *id)
{
	size_t len = strlen(id);
	const char *tail = len > TAIL ? id + len - TAIL : id;

	while (((unsigned char)*tail & 0xc0) == 0x80)
		tail++;
	return tail;
}

/* What comes back with the decision has to lead to this one service. */
static int
make_id(struct body *b, struct fault *why)
{
	const struct origin *from = &b->referral->origin;
	const char *tail;

	if (from->system != ORIGIN_PRIMERO || from->case_id == NULL ||
	    from->service_id == NULL)
		return FAIL(why, FAULT_TARGET,
		    "only a referral from Primero goes into proGres");
	tail = tail_of(from->service_id);
	if (strchr(from->case_id, '#') != NULL || strchr(tail, '#') != NULL)
		return FAIL(why, FAULT_TARGET,
		    "an id of its origin has a # in it");
	if (bytes_add_text(&b->id, from->case_id, why) == -1 ||
	    bytes_add_text(&b->id, "#", why) == -1)
		return -1;
	return bytes_add_text(&b->id, tail, why);
}

static int
find_labels(struct body *b, struct fault *why)
{
	const char *service =
	    target_value_text(b->referral, FIELD_SERVICE_TYPE);
	const struct value *concerns =
	    &b->referral->value[FIELD_PROTECTION_CONCERNS];

	if (service == NULL)
		return FAIL(why, FAULT_TARGET, "service.type is missing");
	if (target_value_label(b->agreement, FIELD_SERVICE_TYPE, service,
		&b->service, why) == -1)
		return -1;
	if (!concerns->present)
		return 0;
	if (concerns->count > REFERRAL_CODES_MAX)
		return FAIL(why, FAULT_TARGET, "protection_concerns: too many");
	for (size_t i = 0; i < concerns->count; i++)
		if (target_value_label(b->agreement, FIELD_PROTECTION_CONCERNS,
			concerns->items[i], &b->concerns[i], why) == -1)
			return -1;
	return 0;
}

/* Where one name stands for several codes, a line says which was meant. */
static void
find_blurred(const struct body *b, struct reason_text_order *order)
{
	const struct agreement *a = b->agreement;
	const struct value *concerns =
	    &b->referral->value[FIELD_PROTECTION_CONCERNS];
	const struct value *languages = &b->referral->value[FIELD_LANGUAGE];
	const struct map_entry *e;

	order->apart[FIELD_LANGUAGE] = true;
	order->blurred[FIELD_SERVICE_TYPE] =
	    target_value_shared(a, SYSTEM_PROGRES, FIELD_SERVICE_TYPE,
		target_value_text(b->referral, FIELD_SERVICE_TYPE), b->service);
	for (size_t i = 0; concerns->present && i < concerns->count; i++)
		order->blurred[FIELD_PROTECTION_CONCERNS] |=
		    target_value_shared(a, SYSTEM_PROGRES,
			FIELD_PROTECTION_CONCERNS, concerns->items[i],
			b->concerns[i]);
	for (size_t i = 0; languages->present && i < languages->count; i++) {
		e = agreement_code(a, MAP_LANGUAGES, languages->items[i]);
		if (target_value_shared(a, SYSTEM_PROGRES, FIELD_LANGUAGE,
			e->code, e->progres_out))
			order->apart[FIELD_LANGUAGE] = false;
	}
}

/* Everything that can be missing is found out here, before any byte goes. */
static int
prepare(struct body *b, struct fault *why)
{
	const struct referral *r = b->referral;
	struct reason_text_order order = {
		.agreement = b->agreement,
		.referral = r,
		.system = SYSTEM_PROGRES,
		.keeps = dtp_keeps,
	};

	if (make_id(b, why) == -1)
		return -1;
	if (r->made_on == DAY_UNKNOWN)
		return FAIL(why, FAULT_TARGET, "made_on is not known");
	if (target_value_text(r, FIELD_UNHCR_INDIVIDUAL_NO) == NULL &&
	    target_value_text(r, FIELD_UNHCR_ID_NO) == NULL)
		return FAIL(why, FAULT_TARGET,
		    "unhcr_individual_no and unhcr_id_no are both missing");
	if (find_labels(b, why) == -1 ||
	    target_value_languages(b->agreement, SYSTEM_PROGRES, r,
		&b->languages, why) == -1)
		return -1;
	find_blurred(b, &order);
	return reason_text_write(&order, &b->reason, why);
}

static void
write_field(struct jsonout *o, const char *name, const struct body *b,
    enum field f)
{
	target_value_write(o, name, target_value_text(b->referral, f));
}

static void
write_concerns(struct jsonout *o, const struct body *b)
{
	const struct value *concerns =
	    &b->referral->value[FIELD_PROTECTION_CONCERNS];

	if (!concerns->present || concerns->count == 0)
		return;
	jsonout_list(o, "protection_concerns");
	for (size_t i = 0; i < concerns->count; i++)
		jsonout_text(o, NULL, b->concerns[i]);
	jsonout_list_end(o);
}

static void
write_service_and_sender(struct jsonout *o, const struct body *b)
{
	const struct referral *r = b->referral;
	const char *agency = target_value_text(r, FIELD_SENDER_AGENCY);
	char made_on[DAY_TEXT], when[MOMENT_ROOM];

	/* Midnight in UTC is how a day without a time is understood there. */
	day_write(r->made_on, made_on);
	(void)snprintf(when, sizeof(when), "%sT00:00:00.000Z", made_on);
	target_value_write(o, "service_implementing_agency", r->to_agency);
	jsonout_text(o, "service_response_day_time", when);
	jsonout_text(o, "service_type", b->service);
	write_field(o, "service_type_other", b, FIELD_SERVICE_TYPE_OTHER);
	target_value_write(o, "service_referral_notes",
	    (const char *)b->reason.at);
	target_value_write(o, "owned_by_agency_id",
	    agency != NULL ? agency : r->from_agency);
	write_field(o, "primero_user", b, FIELD_SENDER_USER);
	write_field(o, "position", b, FIELD_SENDER_POSITION);
	write_field(o, "email", b, FIELD_SENDER_EMAIL);
	write_field(o, "phone", b, FIELD_SENDER_PHONE);
	write_field(o, "full_name", b, FIELD_SENDER_FULL_NAME);
}

static void
write_child(struct jsonout *o, const struct body *b)
{
	const struct value *born = &b->referral->value[FIELD_DATE_OF_BIRTH];
	char born_on[DAY_TEXT];

	day_write(born->present ? born->date : DAY_UNKNOWN, born_on);
	/* The family's number is never given out as the person's. */
	write_field(o, "unhcr_individual_no", b, FIELD_UNHCR_INDIVIDUAL_NO);
	write_field(o, "unhcr_id_no", b, FIELD_UNHCR_ID_NO);
	write_field(o, "name_first", b, FIELD_NAME_FIRST);
	write_field(o, "name_last", b, FIELD_NAME_LAST);
	write_field(o, "name_middle", b, FIELD_NAME_MIDDLE);
	write_field(o, "name_nickname", b, FIELD_NAME_NICKNAME);
	target_value_write(o, "date_of_birth", born_on);
	write_field(o, "sex", b, FIELD_SEX);
	write_field(o, "address_current", b, FIELD_ADDRESS_CURRENT);
	write_field(o, "telephone_current", b, FIELD_TELEPHONE_CURRENT);
	write_concerns(o, b);
	write_field(o, "protection_concerns_other", b,
	    FIELD_PROTECTION_CONCERNS_OTHER);
	target_value_write(o, "language", (const char *)b->languages.at);
}

int
dtp_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why)
{
	struct body b = { .agreement = t->agreement, .referral = t->referral };
	struct jsonout o;
	int rc = -1;

	bytes_init(&b.id, ID_MAX);
	bytes_init(&b.languages, ID_MAX);
	bytes_init(&b.reason, REASON_TEXT_MAX);
	if (prepare(&b, why) == -1)
		goto done;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "request_type", "ReceiveIncomingReferral");
	write_service_and_sender(&o, &b);
	write_child(&o, &b);
	jsonout_text(&o, "id", (const char *)b.id.at);
	write_field(&o, "risk_level", &b, FIELD_RISK_LEVEL);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);

done:
	bytes_free(&b.id);
	bytes_free(&b.languages);
	bytes_free(&b.reason);
	return rc;
}

/* There are two words; what else there is to say stands in the reason. */
static const char *
status_of(const char *decision)
{
	if (strcmp(decision, "accepted") == 0 || strcmp(decision, "done") == 0)
		return "acknowledged";
	return strcmp(decision, "rejected") == 0 ? "rejected" : NULL;
}

int
dtp_write_answer(const struct target_answer *t, struct sink *to,
    struct fault *why)
{
	const struct origin *from = t->origin;
	const char *status = status_of(t->answer->decision);
	struct bytes reason;
	struct jsonout o;
	int rc = -1;

	if (from->system != ORIGIN_PROGRES)
		return FAIL(why, FAULT_TARGET,
		    "only a decision about a referral from proGres goes there");
	if (from->intervention_number == NULL)
		return FAIL(why, FAULT_TARGET,
		    "the referral came without its intervention number");
	if (status == NULL)
		return FAIL(why, FAULT_TARGET,
		    "proGres has no status for this decision");
	bytes_init(&reason, REASON_TEXT_MAX);
	if (reason_text_answer(t->answer, &reason, why) == -1)
		goto done;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	target_value_write(&o, "case_id", t->answer->target_id);
	jsonout_text(&o, "progres_interventionnumber",
	    from->intervention_number);
	jsonout_text(&o, "status", status);
	target_value_write(&o, "closure_reason", (const char *)reason.at);
	jsonout_text(&o, "request_type", "ReceiveDecisionOutgoingReferral");
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);

done:
	bytes_free(&reason);
	return rc;
}
