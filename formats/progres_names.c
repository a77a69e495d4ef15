#include "formats/progres_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/json.h"
#include "formats/source_value.h"

#define DIGITS_ROOM 24

/* Which text stands for the value where a key may hold an object. */
enum form {
	PLAIN, /* its Name, where an object is met */
	NAMED, /* the same, and an id in its place says nothing to people */
	BY_ID, /* its Id */
};

struct name {
	const char *key;
	enum progres_names_what what;
	enum form form;
};

/* By key, for bsearch. */
/* clang-format off */
static const struct name names[] = {
	{ "childprotection.progres_priority", PROGRES_PRIORITY, PLAIN },
	{ "closure_reason", PROGRES_DECISION, PLAIN },
	{ "individuals.progres_coalocationlevel1", PROGRES_LEVEL_1, NAMED },
	{ "individuals.progres_coalocationlevel2", PROGRES_LEVEL_2, NAMED },
	{ "individuals.progres_coalocationlevel3", PROGRES_LEVEL_3, NAMED },
	{ "individuals.progres_coalocationlevel4", PROGRES_LEVEL_4, NAMED },
	{ "individuals.progres_coalocationlevel5", PROGRES_LEVEL_5, NAMED },
	{ "individuals.progres_coalocationlevel6", PROGRES_LEVEL_6, NAMED },
	{ "individuals.progres_commonyusedname", PROGRES_COMMON_NAME, PLAIN },
	{ "individuals.progres_dateofbirth", PROGRES_BIRTH, PLAIN },
	{ "individuals.progres_familyname", PROGRES_FAMILY_NAME, PLAIN },
	{ "individuals.progres_givenname", PROGRES_GIVEN_NAME, PLAIN },
	{ "individuals.progres_id", PROGRES_INDIVIDUAL, NAMED },
	{ "individuals.progres_middlename", PROGRES_MIDDLE_NAME, PLAIN },
	{ "individuals.progres_primaryphonenumber", PROGRES_PHONE, PLAIN },
	{ "individuals.progres_registrationgroupid", PROGRES_GROUP, NAMED },
	{ "individuals.progres_sex", PROGRES_SEX, PLAIN },
	{ "interventiontype.progres_description", PROGRES_SERVICE, PLAIN },
	{ "languages.progres_languagecodeid", PROGRES_LANGUAGE, NAMED },
	{ "primero_user", PROGRES_DECISION, PLAIN },
	{ "progres_businessunit", PROGRES_BUSINESS_UNIT, BY_ID },
	{ "progres_comments_nonrestrictedstore", PROGRES_COMMENTS, PLAIN },
	{ "progres_individual.indiv.progres_commonyusedname",
	    PROGRES_COMMON_NAME, PLAIN },
	{ "progres_individual.indiv.progres_dateofbirth", PROGRES_BIRTH,
	    PLAIN },
	{ "progres_individual.indiv.progres_familyname", PROGRES_FAMILY_NAME,
	    PLAIN },
	{ "progres_individual.indiv.progres_givenname", PROGRES_GIVEN_NAME,
	    PLAIN },
	{ "progres_individual.indiv.progres_id", PROGRES_INDIVIDUAL, NAMED },
	{ "progres_individual.indiv.progres_middlename", PROGRES_MIDDLE_NAME,
	    PLAIN },
	{ "progres_individual.indiv.progres_primaryphonenumber",
	    PROGRES_PHONE, PLAIN },
	{ "progres_individual.indiv.progres_sex", PROGRES_SEX, PLAIN },
	{ "progres_individual.individuals.progres_commonyusedname",
	    PROGRES_COMMON_NAME, PLAIN },
	{ "progres_individual.individuals.progres_dateofbirth", PROGRES_BIRTH,
	    PLAIN },
	{ "progres_individual.individuals.progres_familyname",
	    PROGRES_FAMILY_NAME, PLAIN },
	{ "progres_individual.individuals.progres_givenname",
	    PROGRES_GIVEN_NAME, PLAIN },
	{ "progres_individual.individuals.progres_id", PROGRES_INDIVIDUAL,
	    NAMED },
	{ "progres_individual.individuals.progres_middlename",
	    PROGRES_MIDDLE_NAME, PLAIN },
	{ "progres_individual.individuals.progres_primaryphonenumber",
	    PROGRES_PHONE, PLAIN },
	{ "progres_individual.individuals.progres_sex", PROGRES_SEX, PLAIN },
	{ "progres_individual.progres_registrationgroupidname", PROGRES_GROUP,
	    NAMED },
	{ "progres_individual.progres_sexname", PROGRES_SEX_NAME, PLAIN },
	{ "progres_interoperabilityreferralid", PROGRES_DECISION, PLAIN },
	{ "progres_interoperabilityreferralnumber", PROGRES_DECISION, PLAIN },
	{ "progres_interoperabilityreferralstatus", PROGRES_DECISION, PLAIN },
	{ "progres_intervention", PROGRES_ID, BY_ID },
	{ "progres_interventiondescription", PROGRES_DESCRIPTION, PLAIN },
	{ "progres_interventionname", PROGRES_NUMBER, PLAIN },
	{ "progres_interventionnumber", PROGRES_NUMBER, PLAIN },
	{ "progres_interventionstartdate", PROGRES_START, PLAIN },
	{ "progres_interventiontype2.interventiontype.progres_description",
	    PROGRES_SERVICE, PLAIN },
	{ "progres_language.progres_languagecodeidname", PROGRES_LANGUAGE,
	    NAMED },
	{ "progres_lpintervention.int.progres_interventiondescription",
	    PROGRES_DESCRIPTION, PLAIN },
	{ "progres_lpintervention.int.progres_interventionnumber",
	    PROGRES_NUMBER, PLAIN },
	{ "progres_lpintervention.int.progres_interventionstartdate",
	    PROGRES_START, PLAIN },
	{ "progres_lpintervention.progres_individualname", PROGRES_INDIVIDUAL,
	    NAMED },
	{ "progres_lpinterventionid", PROGRES_ID, BY_ID },
	{ "progres_orgreferralid", PROGRES_DECISION, PLAIN },
	{ "progres_primeroid", PROGRES_PRIMERO_ID, PLAIN },
	{ "progres_primerotransferstatusdate", PROGRES_TRANSFER_DATE, PLAIN },
	{ "progres_reasonforreferral", PROGRES_REASON, PLAIN },
	{ "progres_reviewdecision", PROGRES_DECISION, PLAIN },
	{ "progres_specificneed.progres_spncategory2name", PROGRES_NEED,
	    NAMED },
	{ "progres_specificneed.progres_spnsubcategory2name",
	    PROGRES_NEED_DETAIL, NAMED },
	{ "progres_statusdate", PROGRES_STATUS_DATE, PLAIN },
	{ "request_type", PROGRES_DECISION, PLAIN },
	{ "specificneeds.progres_spncategory2", PROGRES_NEED, NAMED },
	{ "specificneeds.progres_spnsubcategory2", PROGRES_NEED_DETAIL,
	    NAMED },
	{ "systemuser.su.internalemailaddress", PROGRES_USER_EMAIL, PLAIN },
	{ "systemuser.su.mobilephone", PROGRES_USER_PHONE, PLAIN },
	{ "systemuser.title", PROGRES_USER_TITLE, PLAIN },
	{ "user.internalemailaddress", PROGRES_USER_EMAIL, PLAIN },
	{ "user.mobilephone", PROGRES_USER_PHONE, PLAIN },
	{ "user.title", PROGRES_USER_TITLE, PLAIN },
};
/* clang-format on */

static int
by_key(const void *key, const void *member)
{
	return strcmp(key, ((const struct name *)member)->key);
}

/* 8-4-4-4-12 hex digits: what systems name a thing by among themselves. */
static bool
is_guid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (text == NULL || strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == '-' ?
			text[i] != '-' :
			strchr("0123456789abcdefABCDEF", text[i]) == NULL)
			return false;
	return true;
}

/* The text or the number that stands for n; NULL if there is none. */
static const struct json_node *
value_of(const struct json_node *n, enum form form)
{
	int64_t number;

	if (json_kind(n) == JSON_OBJECT)
		n = json_get(n, form == BY_ID ? "Id" : "Name");
	if (source_value_absent(n) ||
	    (json_text(n) == NULL && !json_integer(n, &number)) ||
	    (form == NAMED && is_guid(json_text(n))))
		return NULL;
	return n;
}

/* Is it the same?  A code may be a number in one place and digits elsewhere. */
static bool
same_value(const struct json_node *a, const struct json_node *b)
{
	char digits[2][DIGITS_ROOM];
	const char *texts[2] = { json_text(a), json_text(b) };
	int64_t number;

	if (json_integer(a, &number)) {
		(void)snprintf(digits[0], DIGITS_ROOM, "%" PRId64, number);
		texts[0] = digits[0];
	}
	if (json_integer(b, &number)) {
		(void)snprintf(digits[1], DIGITS_ROOM, "%" PRId64, number);
		texts[1] = digits[1];
	}
	return texts[0] != NULL && texts[1] != NULL &&
	    strcmp(texts[0], texts[1]) == 0;
}

void
progres_names_add(struct progres_names_said *whole,
    const struct progres_names_said *row)
{
	whole->unreadable |= row->unreadable;
	whole->differs |= row->differs ||
	    (whole->value != NULL && row->value != NULL &&
		!same_value(whole->value, row->value));
	if (whole->value == NULL)
		whole->value = row->value;
	if (whole->unreadable || whole->differs)
		whole->value = NULL;
}

void
progres_names_read(const struct json_node *record,
    struct progres_names_said said[static PROGRES_WHATS])
{
	const struct name *name;
	struct progres_names_said one;

	memset(said, 0, PROGRES_WHATS * sizeof(*said));
	if (json_kind(record) != JSON_OBJECT)
		return;
	for (const struct json_node *n = json_first(record); n != NULL;
	     n = json_next(n)) {
		if (source_value_absent(n))
			continue;
		name = bsearch(json_name(n), names,
		    sizeof(names) / sizeof(names[0]), sizeof(names[0]), by_key);
		if (name == NULL)
			continue;
		one = (struct progres_names_said){ value_of(n, name->form),
			false, false };
		one.unreadable = one.value == NULL;
		progres_names_add(&said[name->what], &one);
	}
}
