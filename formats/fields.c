#include "formats/fields.h"

#include <string.h>

static const char *const sexes[] = { "female", "male", "other", "unknown",
	NULL };
static const char *const statuses[] = { "unaccompanied", "separated", NULL };
static const char *const timeframes[] = { "1_hour", "3_hours", "1_day",
	"3_days", NULL };

/* clang-format off */
const struct field_spec fields_all[FIELD_COUNT] = {
	[FIELD_NAME_FIRST] = { "name_first", "subject", "name_first",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_NAME_MIDDLE] = { "name_middle", "subject", "name_middle",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_NAME_LAST] = { "name_last", "subject", "name_last",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_NAME_NICKNAME] = { "name_nickname", "subject", "name_nickname",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_NAME_OTHER] = { "name_other", "subject", "name_other",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_SEX] = { "sex", "subject", "sex",
	    FIELD_CODE, CATEGORY_IDENTITY, MAP_SEX, false, sexes },
	[FIELD_DATE_OF_BIRTH] = { "date_of_birth", "subject", "date_of_birth",
	    FIELD_DATE, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_AGE] = { "age", "subject", "age",
	    FIELD_INTEGER, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_ESTIMATED] = { "estimated", "subject", "estimated",
	    FIELD_BOOLEAN, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_UNHCR_INDIVIDUAL_NO] = { "unhcr_individual_no", "subject",
	    "unhcr_individual_no",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_UNHCR_ID_NO] = { "unhcr_id_no", "subject", "unhcr_id_no",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_CPIMS_ID] = { "cpims_id", "subject", "cpims_id",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_NATIONAL_ID_NO] = { "national_id_no", "subject",
	    "national_id_no",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_OTHER_ID_TYPE] = { "other_id_type", "subject", "other_id_type",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_OTHER_ID_NO] = { "other_id_no", "subject", "other_id_no",
	    FIELD_TEXT, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_CASE_ID_DISPLAY] = { "case_id_display", "subject",
	    "case_id_display",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_NATIONALITY] = { "nationality", "subject", "nationality",
	    FIELD_CODES, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_ETHNICITY] = { "ethnicity", "subject", "ethnicity",
	    FIELD_CODES, CATEGORY_IDENTITY, MAP_NONE, false, NULL },
	[FIELD_LANGUAGE] = { "language", "subject", "language",
	    FIELD_CODES, CATEGORY_IDENTITY, MAP_LANGUAGES, false, NULL },
	[FIELD_DISABILITY] = { "disability_type_communications", "subject",
	    "disability_type_communications",
	    FIELD_TEXT, CATEGORY_HEALTH, MAP_NONE, true, NULL },
	[FIELD_ADDRESS_CURRENT] = { "address_current", "subject",
	    "address_current",
	    FIELD_TEXT, CATEGORY_CONTACT, MAP_NONE, false, NULL },
	[FIELD_LOCATION_CURRENT] = { "location_current", "subject",
	    "location_current",
	    FIELD_CODE, CATEGORY_CONTACT, MAP_NONE, false, NULL },
	[FIELD_TELEPHONE_CURRENT] = { "telephone_current", "subject",
	    "telephone_current",
	    FIELD_TEXT, CATEGORY_CONTACT, MAP_NONE, false, NULL },
	[FIELD_PROTECTION_STATUS] = { "protection_status", "subject",
	    "protection_status",
	    FIELD_CODE, CATEGORY_NEEDS, MAP_NONE, false, statuses },
	[FIELD_PROTECTION_CONCERNS] = { "protection_concerns", "subject",
	    "protection_concerns",
	    FIELD_CODES, CATEGORY_NEEDS, MAP_CONCERNS, false, NULL },
	[FIELD_PROTECTION_CONCERNS_OTHER] = { "protection_concerns_other",
	    "subject", "protection_concerns_other",
	    FIELD_TEXT, CATEGORY_NEEDS, MAP_NONE, true, NULL },
	[FIELD_SPECIFIC_NEEDS] = { "specific_needs", "subject",
	    "specific_needs",
	    FIELD_CODES, CATEGORY_NEEDS, MAP_NONE, false, NULL },
	[FIELD_RISK_LEVEL] = { "risk_level", "subject", "risk_level",
	    FIELD_CODE, CATEGORY_NEEDS, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_NAME] = { "caregiver.name", "caregiver", "name",
	    FIELD_TEXT, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_NICKNAME] = { "caregiver.nickname", "caregiver",
	    "nickname",
	    FIELD_TEXT, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_RELATIONSHIP] = { "caregiver.relationship",
	    "caregiver", "relationship",
	    FIELD_CODE, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_AGE] = { "caregiver.age", "caregiver", "age",
	    FIELD_INTEGER, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_SEX] = { "caregiver.sex", "caregiver", "sex",
	    FIELD_CODE, CATEGORY_FAMILY, MAP_SEX, false, sexes },
	[FIELD_CAREGIVER_ADDRESS] = { "caregiver.address", "caregiver",
	    "address",
	    FIELD_TEXT, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_TELEPHONE] = { "caregiver.telephone", "caregiver",
	    "telephone",
	    FIELD_TEXT, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_INFORMED] = { "caregiver_informed", "subject",
	    "caregiver_informed",
	    FIELD_BOOLEAN, CATEGORY_FAMILY, MAP_NONE, false, NULL },
	[FIELD_CAREGIVER_INFORMED_DETAILS] = { "caregiver_informed_details",
	    "subject", "caregiver_informed_details",
	    FIELD_NOTES, CATEGORY_FAMILY, MAP_NONE, true, NULL },
	[FIELD_SERVICE_TYPE] = { "service.type", "service", "type",
	    FIELD_CODE, CATEGORY_COVERED, MAP_SERVICES, false, NULL },
	[FIELD_SERVICE_TYPE_OTHER] = { "service.type_other", "service",
	    "type_other",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, true, NULL },
	[FIELD_SERVICE_NOTES] = { "service.notes", "service", "notes",
	    FIELD_NOTES, CATEGORY_COVERED, MAP_NONE, true, NULL },
	[FIELD_SERVICE_REQUESTED_ON] = { "service.requested_on", "service",
	    "requested_on",
	    FIELD_DATE, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SERVICE_START_ON] = { "service.start_on", "service", "start_on",
	    FIELD_DATE, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SERVICE_TIMEFRAME] = { "service.timeframe", "service",
	    "timeframe",
	    FIELD_CODE, CATEGORY_COVERED, MAP_NONE, false, timeframes },
	[FIELD_SERVICE_LOCATION] = { "service.location", "service", "location",
	    FIELD_CODE, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SENDER_USER] = { "sender.user", "sender", "user",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SENDER_FULL_NAME] = { "sender.full_name", "sender",
	    "full_name",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SENDER_POSITION] = { "sender.position", "sender", "position",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SENDER_EMAIL] = { "sender.email", "sender", "email",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SENDER_PHONE] = { "sender.phone", "sender", "phone",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
	[FIELD_SENDER_AGENCY] = { "sender.agency", "sender", "agency",
	    FIELD_TEXT, CATEGORY_COVERED, MAP_NONE, false, NULL },
};
/* clang-format on */

bool
fields_find(const char *name, enum field *out)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (strcmp(fields_all[i].name, name) == 0) {
			*out = (enum field)i;
			return true;
		}
	return false;
}

bool
fields_find_member(const char *group, const char *member, enum field *out)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (strcmp(fields_all[i].group, group) == 0 &&
		    strcmp(fields_all[i].member, member) == 0) {
			*out = (enum field)i;
			return true;
		}
	return false;
}

const char *
fields_map_name(enum map_section section)
{
	static const char *const names[MAP_SECTIONS] = {
		[MAP_SERVICES] = "services",
		[MAP_CONCERNS] = "protection_concerns",
		[MAP_LANGUAGES] = "languages",
		[MAP_AGENCIES] = "agencies",
		[MAP_SEX] = "sex",
	};

	return section < MAP_SECTIONS ? names[section] : NULL;
}

const char *
fields_category_name(enum field_category category)
{
	static const char *const names[] = {
		[CATEGORY_COVERED] = NULL,
		[CATEGORY_IDENTITY] = "identity",
		[CATEGORY_CONTACT] = "contact",
		[CATEGORY_FAMILY] = "family",
		[CATEGORY_NEEDS] = "needs",
		[CATEGORY_HEALTH] = "health",
	};

	return names[category];
}
