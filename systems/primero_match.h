/*
 * primero_match: which case of this Primero is the child's, if any.
 *
 * Asked by the individual number exactly, and a second time by Primero's own
 * search for identifiers, because a search that fails there answers that there
 * is nothing.  Where both find nothing, the search has to find a case that is
 * known to be there, and both are asked once more.  Never the first of several:
 * a person chooses.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_MATCH_H
#define SATCHEL_SYSTEMS_PRIMERO_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "systems/primero_api.h"

#define PRIMERO_MATCH_SHOWN 16

struct fault;
struct json_node;
struct referral;

enum primero_same {
	PRIMERO_SAME_UNKNOWN, /* one side does not say, or hides it */
	PRIMERO_SAME_YES,
	PRIMERO_SAME_NO,
};

/* What one case has in common with the child of a referral. */
struct primero_likeness {
	enum primero_same name;
	enum primero_same birth;
	enum primero_same sex;
};

struct primero_match {
	size_t count; /* cases that have the number */
	/* Cases that may have it, but may not be read: for a person. */
	size_t unreadable;
	/*
	 * The server says that it has no case at all: it is new, or its search
	 * fails.  Who knows of a case there knows which.
	 */
	bool none_there;
	/* The first of them, for a person to choose from. */
	char record_id[PRIMERO_MATCH_SHOWN][PRIMERO_API_ID];
	struct primero_likeness like[PRIMERO_MATCH_SHOWN];
};

/*
 * By the individual number of the referral, which has one (see
 * primero_body_number).  sex: as this Primero calls it; NULL: not known.
 * FAULT_SERVER_ANSWER if the server does not look for that number,
 * FAULT_SERVER_SEARCH if it does not find what is there.
 */
int primero_match_find(struct primero_api *p, const struct referral *r,
    const char *sex, struct primero_match *out, struct fault *why);

/* How far the child of a referral is the child of that case. */
struct primero_likeness primero_match_compare(const struct json_node *one_case,
    const struct referral *r, const char *sex);

#endif
