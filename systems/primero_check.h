/*
 * primero_check: is that server well, which version, and what do its forms say.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_CHECK_H
#define SATCHEL_SYSTEMS_PRIMERO_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/agreement.h"

struct arena;
struct fault;
struct lookups;
struct primero_api;

#define PRIMERO_CHECK_VERSION 32
#define PRIMERO_CHECK_LANGUAGE 12

struct primero_health {
	bool healthy;
	char version[PRIMERO_CHECK_VERSION]; /* "" if it does not say */
};

int primero_check_health(struct primero_api *p, struct primero_health *out,
    struct fault *why);

enum primero_polarity {
	PRIMERO_POLARITY_UNKNOWN, /* cannot be told from the form */
	PRIMERO_POLARITY_AGREES,
	PRIMERO_POLARITY_DISAGREES,
};

struct primero_wording {
	enum primero_polarity polarity;
	bool has_field; /* is the question on a form of this user's role? */
	bool is_tick;	/* a tick box; false: yes and no to choose from */
	/* Whose wording told it: "en"; "" if none did. */
	char language[PRIMERO_CHECK_LANGUAGE];
};

/*
 * Hold the wording of unhcr_export_opt_in against what the agreement declares.
 * Words in several languages that do not say the same make it unknown.
 */
int primero_check_polarity(struct primero_api *p, enum polarity declared,
    struct primero_wording *out, struct fault *why);

/* The site's own code lists, all pages: GET /lookups and /agencies. */
int primero_check_lookups(struct primero_api *p, struct arena *a,
    struct lookups *out, struct fault *why);

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
