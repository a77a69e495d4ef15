/*
 * primero_check: what that server's forms, lists and users say.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_CHECK_H
#define SATCHEL_SYSTEMS_PRIMERO_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/agreement.h"

struct fault;
struct primero_api;

#define PRIMERO_CHECK_LANGUAGE 12

enum primero_polarity {
	PRIMERO_POLARITY_UNKNOWN, /* cannot be told from the form */
	PRIMERO_POLARITY_AGREES,
	PRIMERO_POLARITY_DISAGREES,
	PRIMERO_POLARITY_CONTRADICTS, /* itself */
};

struct primero_wording {
	enum primero_polarity polarity;
	bool has_field; /* is the question on a form of this user's role? */
	/* Whose wording told it: "en"; "" if none did. */
	char language[PRIMERO_CHECK_LANGUAGE];
	char other[PRIMERO_CHECK_LANGUAGE]; /* whose says the contrary, or "" */
	const char *because; /* UNKNOWN: why, for people; else NULL */
};

/*
 * Hold the wording of unhcr_export_opt_in against what the agreement declares.
 * Words that do not say the same, in one language or several, contradict.
 */
int primero_check_polarity(struct primero_api *p, enum polarity declared,
    struct primero_wording *out, struct fault *why);

/*
 * Which of these fields are on a form of this user's role?  Of others Primero
 * says nothing, as if nothing were written there.
 */
int primero_check_fields(struct primero_api *p, const char *const *names,
    size_t count, bool *there, struct fault *why);

#define PRIMERO_CHECK_CODES 160

struct primero_codes {
	size_t missing; /* codes that the agreement names and a list has not */
	/* The first of them, for people: "agencies: UNICEF, lookup-..: x" */
	char text[PRIMERO_CHECK_CODES];
};

/*
 * Hold the agreement's codes against the server's own lists: GET /lookups and
 * /agencies, all pages.  A list that it does not have is not held against.
 */
int primero_check_codes(struct primero_api *p, const struct agreement *a,
    struct primero_codes *out, struct fault *why);

struct primero_user {
	bool found;
	bool disabled;
	bool may_receive; /* it is in the list of those one can refer to */
};

/*
 * One user, asked for by name, never the list of all; and whether it may be
 * given a case of that module (D-ASGN).
 */
int primero_check_user(struct primero_api *p, const char *name,
    const char *module_id, struct primero_user *out, struct fault *why);

#endif
