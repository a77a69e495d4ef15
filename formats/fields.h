/*
 * fields: the catalogue of what a referral may say, one line a field.
 *
 * Reading, writing, stripping, the allow-list of an agreement (P-FIELDS), the
 * required fields (D-MIN) and the categories of consent (C-INFO) all follow
 * this one table.  Names are those of the inter-agency referral form as CPIMS+
 * spells them.  A field's name here is what an agreement lists: without
 * "subject.", with a dot for the rest.
 */
#ifndef SATCHEL_FORMATS_FIELDS_H
#define SATCHEL_FORMATS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

enum field {
	FIELD_NAME_FIRST,
	FIELD_NAME_MIDDLE,
	FIELD_NAME_LAST,
	FIELD_NAME_NICKNAME,
	FIELD_NAME_OTHER,
	FIELD_SEX,
	FIELD_DATE_OF_BIRTH,
	FIELD_AGE,
	FIELD_ESTIMATED,
	FIELD_UNHCR_INDIVIDUAL_NO,
	FIELD_UNHCR_ID_NO,
	FIELD_CPIMS_ID,
	FIELD_NATIONAL_ID_NO,
	FIELD_OTHER_ID_TYPE,
	FIELD_OTHER_ID_NO,
	FIELD_CASE_ID_DISPLAY,
	FIELD_NATIONALITY,
	FIELD_ETHNICITY,
	FIELD_LANGUAGE,
	FIELD_DISABILITY,
	FIELD_ADDRESS_CURRENT,
	FIELD_LOCATION_CURRENT,
	FIELD_TELEPHONE_CURRENT,
	FIELD_PROTECTION_STATUS,
	FIELD_PROTECTION_CONCERNS,
	FIELD_PROTECTION_CONCERNS_OTHER,
	FIELD_SPECIFIC_NEEDS,
	FIELD_RISK_LEVEL,
	FIELD_CAREGIVER_NAME,
	FIELD_CAREGIVER_NICKNAME,
	FIELD_CAREGIVER_RELATIONSHIP,
	FIELD_CAREGIVER_AGE,
	FIELD_CAREGIVER_SEX,
	FIELD_CAREGIVER_ADDRESS,
	FIELD_CAREGIVER_TELEPHONE,
	FIELD_CAREGIVER_INFORMED,
	FIELD_CAREGIVER_INFORMED_DETAILS,
	FIELD_SERVICE_TYPE,
	FIELD_SERVICE_TYPE_OTHER,
	FIELD_SERVICE_NOTES,
	FIELD_SERVICE_REQUESTED_ON,
	FIELD_SERVICE_START_ON,
	FIELD_SERVICE_TIMEFRAME,
	FIELD_SERVICE_LOCATION,
	FIELD_SENDER_USER,
	FIELD_SENDER_FULL_NAME,
	FIELD_SENDER_POSITION,
	FIELD_SENDER_EMAIL,
	FIELD_SENDER_PHONE,
	FIELD_SENDER_AGENCY,
	FIELD_COUNT
};

enum field_kind {
	FIELD_TEXT,    /* one line */
	FIELD_NOTES,   /* LF and TAB may stand in it */
	FIELD_CODE,    /* one code */
	FIELD_CODES,   /* a list of codes or texts, in order, no repeats */
	FIELD_DATE,    /* YYYY-MM-DD, a real one */
	FIELD_INTEGER, /* an age: 0 to 150 */
	FIELD_BOOLEAN,
};

/* What consent's info_categories speak of (referral.md, C-INFO). */
enum field_category {
	CATEGORY_COVERED, /* service, sender, ids: always covered */
	CATEGORY_IDENTITY,
	CATEGORY_CONTACT,
	CATEGORY_FAMILY,
	CATEGORY_NEEDS,
	CATEGORY_HEALTH,
};

/* The sections of an agreement's maps. */
enum map_section {
	MAP_SERVICES,
	MAP_CONCERNS,
	MAP_LANGUAGES,
	MAP_AGENCIES,
	MAP_SEX,
	MAP_SECTIONS,
	MAP_NONE = MAP_SECTIONS, /* travels as the source's code */
};

struct field_spec {
	const char *name;   /* "name_first", "caregiver.name", "service.type" */
	const char *group;  /* "subject", "caregiver", "service", "sender" */
	const char *member; /* its name inside that group */
	enum field_kind kind;
	enum field_category category;
	enum map_section map;
	bool free_text; /* written by a person, can say anything */
	/* The only codes it takes, ends with NULL; NULL: any. */
	const char *const *words;
};

extern const struct field_spec fields_all[FIELD_COUNT];

/* False if no field has that name. */
bool fields_find(const char *name, enum field *out);
/* By group and member, as a record spells it. */
bool fields_find_member(const char *group, const char *member, enum field *out);
/* "services", "protection_concerns", ... */
const char *fields_map_name(enum map_section section);
/* "identity", "contact", ...; NULL for CATEGORY_COVERED. */
const char *fields_category_name(enum field_category category);

#endif
