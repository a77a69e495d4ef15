/*
 * progres_names: what the keys of proGres's records mean.
 *
 * PING's delivery list, PING's full details and DTP spell the same thing in
 * different ways; one table says which key means what.  Only progres.c looks
 * behind it.
 */
#ifndef SATCHEL_FORMATS_PROGRES_NAMES_H
#define SATCHEL_FORMATS_PROGRES_NAMES_H

#include <stdbool.h>

struct json_node;

enum progres_names_what {
	PROGRES_NUMBER, /* of the intervention */
	PROGRES_ID,	/* of the intervention, a GUID */
	PROGRES_BUSINESS_UNIT,
	PROGRES_INDIVIDUAL, /* the person's number */
	PROGRES_GROUP,	    /* the family's number */
	PROGRES_GIVEN_NAME,
	PROGRES_MIDDLE_NAME,
	PROGRES_FAMILY_NAME,
	PROGRES_COMMON_NAME,
	PROGRES_SEX,
	PROGRES_SEX_NAME,
	PROGRES_BIRTH,
	PROGRES_PHONE,
	PROGRES_LEVEL_1, /* where they live, from the largest place on */
	PROGRES_LEVEL_2,
	PROGRES_LEVEL_3,
	PROGRES_LEVEL_4,
	PROGRES_LEVEL_5,
	PROGRES_LEVEL_6,
	PROGRES_LANGUAGE, /* one a row of the join */
	PROGRES_NEED,
	PROGRES_NEED_DETAIL,
	PROGRES_SERVICE,
	PROGRES_DESCRIPTION,
	PROGRES_REASON,
	PROGRES_COMMENTS,
	PROGRES_START,
	PROGRES_STATUS_DATE,
	PROGRES_TRANSFER_DATE,
	PROGRES_PRIORITY,
	PROGRES_PRIMERO_ID,
	PROGRES_USER_TITLE,
	PROGRES_USER_PHONE,
	PROGRES_USER_EMAIL,
	PROGRES_DECISION, /* a key that only decisions have */
	PROGRES_WHATS
};

/* What was said of one thing; a value only if it was said in one way. */
struct progres_names_said {
	const struct json_node *value; /* a text or an integer, or NULL */
	bool unreadable;
	bool differs;
};

/* Everything that one record says. */
void progres_names_read(const struct json_node *record,
    struct progres_names_said said[static PROGRES_WHATS]);

/* Add what another row says of the same thing. */
void progres_names_add(struct progres_names_said *whole,
    const struct progres_names_said *row);

#endif
