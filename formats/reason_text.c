#include "formats/reason_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/target_value.h"

#define NUMBER_ROOM 24
#define FOR_USER "Meant for user" /* no system takes it as a field */

/* In the order in which the lines stand. */
static const struct {
	enum field field;
	const char *label;
} lines[] = {
	{ FIELD_PROTECTION_CONCERNS, "Protection concerns" },
	{ FIELD_NAME_FIRST, "First name" },
	{ FIELD_NAME_MIDDLE, "Middle name" },
	{ FIELD_NAME_LAST, "Last name" },
	{ FIELD_NAME_NICKNAME, "Also known as" },
	{ FIELD_NAME_OTHER, "Other name" },
	{ FIELD_SEX, "Sex" },
	{ FIELD_DATE_OF_BIRTH, "Date of birth" },
	{ FIELD_AGE, "Age" },
	{ FIELD_ESTIMATED, "Age is an estimate" },
	{ FIELD_UNHCR_INDIVIDUAL_NO, "UNHCR individual number" },
	{ FIELD_UNHCR_ID_NO, "UNHCR registration group" },
	{ FIELD_CPIMS_ID, "CPIMS id" },
	{ FIELD_NATIONAL_ID_NO, "National id" },
	{ FIELD_OTHER_ID_TYPE, "Kind of other id" },
	{ FIELD_OTHER_ID_NO, "Other id" },
	{ FIELD_CASE_ID_DISPLAY, "Case number" },
	{ FIELD_NATIONALITY, "Nationality" },
	{ FIELD_ETHNICITY, "Ethnicity" },
	{ FIELD_LANGUAGE, "Languages" },
	{ FIELD_DISABILITY, "Disability, communication" },
	{ FIELD_ADDRESS_CURRENT, "Address" },
	{ FIELD_LOCATION_CURRENT, "Location" },
	{ FIELD_TELEPHONE_CURRENT, "Telephone" },
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
	{ FIELD_SERVICE_TYPE, "Service" },
	{ FIELD_SERVICE_TYPE_OTHER, "Other service" },
	{ FIELD_SERVICE_REQUESTED_ON, "Service asked for on" },
	{ FIELD_SERVICE_START_ON, "Service to start on" },
	{ FIELD_SERVICE_TIMEFRAME, "Needed within" },
	{ FIELD_SERVICE_LOCATION, "Place of the service" },
	{ FIELD_SENDER_FULL_NAME, "Referred by" },
	{ FIELD_SENDER_POSITION, "Position of who refers" },
	{ FIELD_SENDER_EMAIL, "E-mail of who refers" },
	{ FIELD_SENDER_PHONE, "Telephone of who refers" },
	{ FIELD_SENDER_USER, "Referred by user" },
	{ FIELD_SENDER_AGENCY, "Referring agency" },
};

const char *
reason_text_label(enum field f)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].field == f)
			return lines[i].label;
	return "Notes"; /* the only one that has no line of its own */
}

static int
start_line(const char *label, struct bytes *to, struct fault *why)
{
	if (to->len > 0 && bytes_add_text(to, "\n", why) == -1)
		return -1;
	if (bytes_add_text(to, label, why) == -1)
		return -1;
	return bytes_add_text(to, ": ", why);
}

/* As the system calls it; where it has one name for two, which one is meant. */
static int
add_language(const struct reason_text_order *order, const char *code,
    struct bytes *to, struct fault *why)
{
	const char *name;

	if (target_value_code(order->agreement, order->system, FIELD_LANGUAGE,
		code, &name, why) == -1 ||
	    bytes_add_text(to, name, why) == -1)
		return -1;
	if (!target_value_shared(order->agreement, order->system,
		FIELD_LANGUAGE, code, name))
		return 0;
	if (bytes_add_text(to, " (", why) == -1 ||
	    bytes_add_text(to, code, why) == -1)
		return -1;
	return bytes_add_text(to, ")", why);
}

static int
add_items(const struct reason_text_order *order, enum field f, struct bytes *to,
    struct fault *why)
{
	const struct value *v = &order->referral->value[f];

	for (size_t i = 0; i < v->count; i++) {
		if (i > 0 && bytes_add_text(to, ", ", why) == -1)
			return -1;
		if ((f == FIELD_LANGUAGE ?
			    add_language(order, v->items[i], to, why) :
			    bytes_add_text(to, v->items[i], why)) == -1)
			return -1;
	}
	return 0;
}

static int
add_value(const struct reason_text_order *order, enum field f, struct bytes *to,
    struct fault *why)
{
	const struct value *v = &order->referral->value[f];
	char number[NUMBER_ROOM], date[DAY_TEXT];
	const char *text = v->text;

	switch (fields_all[f].kind) {
	case FIELD_CODES:
		return add_items(order, f, to, why);
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
	return bytes_add_text(to, text, why);
}

/*
 * The day a service was asked for is mostly the referral's own, and that is
 * written into every system.
 */
static bool
says_nothing_new(const struct referral *r, enum field f)
{
	return f == FIELD_SERVICE_REQUESTED_ON &&
	    r->value[f].date == r->made_on;
}

static bool
has_line(const struct reason_text_order *order, enum field f)
{
	const struct referral *r = order->referral;

	if (!r->value[f].present || order->apart[f] || says_nothing_new(r, f))
		return false;
	return order->keeps[f] == KEEPS_TEXT || order->blurred[f];
}

int
reason_text_write(const struct reason_text_order *order, struct bytes *to,
    struct fault *why)
{
	const struct referral *r = order->referral;
	const char *notes = target_value_text(r, FIELD_SERVICE_NOTES);
	enum field f;

	if (notes != NULL && bytes_add_text(to, notes, why) == -1)
		return -1;
	if (start_line("Priority", to, why) == -1 ||
	    bytes_add_text(to, referral_priority_name(r->priority), why) == -1)
		return -1;
	if (r->to_user != NULL && *r->to_user != '\0' &&
	    (start_line(FOR_USER, to, why) == -1 ||
		bytes_add_text(to, r->to_user, why) == -1))
		return -1;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		f = lines[i].field;
		if (!has_line(order, f))
			continue;
		if (start_line(lines[i].label, to, why) == -1 ||
		    add_value(order, f, to, why) == -1)
			return -1;
	}
	return 0;
}

int
reason_text_answer(const struct answer *answer, struct bytes *to,
    struct fault *why)
{
	bool done = strcmp(answer->decision, "done") == 0;

	if (done && bytes_add_text(to, "Service done.", why) == -1)
		return -1;
	if (answer->reason == NULL || *answer->reason == '\0')
		return 0;
	if (done && bytes_add_text(to, " ", why) == -1)
		return -1;
	return bytes_add_text(to, answer->reason, why);
}
