#include "formats/primero_spelling.h"

#define LIST(table)                                       \
	{                                                 \
		table, sizeof(table) / sizeof((table)[0]) \
	}

static const struct primero_spelling child[] = {
	{ FIELD_NAME_FIRST, "name_first" },
	{ FIELD_NAME_MIDDLE, "name_middle" },
	{ FIELD_NAME_LAST, "name_last" },
	{ FIELD_NAME_NICKNAME, "name_nickname" },
	{ FIELD_NAME_OTHER, "name_other" },
	{ FIELD_SEX, "sex" },
	{ FIELD_DATE_OF_BIRTH, "date_of_birth" },
	{ FIELD_AGE, "age" },
	{ FIELD_ESTIMATED, "estimated" },
	{ FIELD_UNHCR_INDIVIDUAL_NO, "unhcr_individual_no" },
	{ FIELD_UNHCR_ID_NO, "unhcr_id_no" },
	{ FIELD_CPIMS_ID, "cpims_id" },
	{ FIELD_NATIONAL_ID_NO, "national_id_no" },
	{ FIELD_OTHER_ID_TYPE, "other_id_type" },
	{ FIELD_OTHER_ID_NO, "other_id_no" },
	{ FIELD_CASE_ID_DISPLAY, "case_id_display" },
	{ FIELD_NATIONALITY, "nationality" },
	{ FIELD_ETHNICITY, "ethnicity" },
	{ FIELD_LANGUAGE, "language" },
	{ FIELD_DISABILITY, "disability_type_communications" },
	{ FIELD_ADDRESS_CURRENT, "address_current" },
	{ FIELD_LOCATION_CURRENT, "location_current" },
	{ FIELD_TELEPHONE_CURRENT, "telephone_current" },
	{ FIELD_PROTECTION_STATUS, "protection_status" },
	{ FIELD_PROTECTION_CONCERNS, "protection_concerns" },
	{ FIELD_PROTECTION_CONCERNS_OTHER, "protection_concerns_other" },
	{ FIELD_SPECIFIC_NEEDS, "unhcr_needs_codes" },
	{ FIELD_RISK_LEVEL, "risk_level" },
	{ FIELD_CAREGIVER_INFORMED, "referral_caregiver_informed" },
	{ FIELD_CAREGIVER_INFORMED_DETAILS,
	    "referral_caregiver_informed_details" },
};

static const struct primero_spelling caregiver[] = {
	{ FIELD_CAREGIVER_NAME, "name_caregiver" },
	{ FIELD_CAREGIVER_NICKNAME, "nickname_caregiver" },
	{ FIELD_CAREGIVER_RELATIONSHIP, "relationship_caregiver" },
	{ FIELD_CAREGIVER_AGE, "caregiver_age" },
	{ FIELD_CAREGIVER_SEX, "caregiver_sex" },
	{ FIELD_CAREGIVER_ADDRESS, "address_caregiver" },
	{ FIELD_CAREGIVER_TELEPHONE, "telephone_caregiver" },
};

static const struct primero_spelling service[] = {
	{ FIELD_SERVICE_TYPE, "service_type" },
	{ FIELD_SERVICE_TYPE_OTHER, "service_type_other" },
	{ FIELD_SERVICE_NOTES, "service_referral_notes" },
	{ FIELD_SERVICE_REQUESTED_ON, "service_response_day_time" },
	{ FIELD_SERVICE_START_ON, "service_appointment_date" },
	{ FIELD_SERVICE_TIMEFRAME, "service_response_timeframe" },
	{ FIELD_SERVICE_LOCATION, "service_delivery_location" },
};

static const struct primero_spelling requester[] = {
	{ FIELD_SENDER_POSITION, "service_request_title" },
	{ FIELD_SENDER_PHONE, "service_request_phone" },
	{ FIELD_SENDER_EMAIL, "service_request_email" },
};

const struct primero_spelling_list primero_spelling_child = LIST(child);
const struct primero_spelling_list primero_spelling_caregiver = LIST(caregiver);
const struct primero_spelling_list primero_spelling_service = LIST(service);
const struct primero_spelling_list primero_spelling_requester = LIST(requester);
