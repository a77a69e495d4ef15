/*
 * primero_plan: what would be done in Primero for one referral, before it is.
 *
 * A plan only reads.  primero_load does exactly what it says.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_PLAN_H
#define SATCHEL_SYSTEMS_PRIMERO_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "systems/primero_api.h"
#include "systems/primero_match.h"

#define PRIMERO_PLAN_NAMES 48
#define PRIMERO_PLAN_NAME 96

struct fault;
struct target_referral;

enum primero_step {
	PRIMERO_CREATE,	     /* a new case with its service */
	PRIMERO_LINK,	     /* add the service to the one case that matches */
	PRIMERO_ADD_SERVICE, /* to the case that is known to be the child's */
	PRIMERO_ASK,	     /* a person chooses: satchel match */
	PRIMERO_LEAVE,	     /* it is there already */
};

/* Names of fields as Primero calls them, never what they say. */
struct primero_names_list {
	size_t count;
	size_t more; /* that did not fit */
	char name[PRIMERO_PLAN_NAMES][PRIMERO_PLAN_NAME];
};

void primero_plan_name(struct primero_names_list *l, const char *section,
    const char *name);

struct primero_plan {
	enum primero_step step;
	char record_id[PRIMERO_API_ID]; /* of the case; "" with ASK */
	char service_id[PRIMERO_API_ID];
	struct primero_match match; /* what was found, if it was searched */
	bool shut; /* ASK: the case is closed or disabled; nobody works on it */
	/* D-KEEP: their record says otherwise, and it is left as it is. */
	struct primero_names_list kept;
	/* LEAVE: what of the row is not as the referral has it. */
	struct primero_names_list differs;
};

struct primero_plan_order {
	/* known_record: the case a person chose, or an earlier load. */
	const struct target_referral *target;
	bool chosen;  /* a person said: that case, whatever state it is in */
	bool is_new;  /* a person said: no case there is the child's */
	bool renewed; /* a newer revision than the one that was loaded */
};

/* "create", "link", "add service", "ask", "leave" */
const char *primero_plan_step_name(enum primero_step s);

/*
 * FAULT_TARGET_CASE if the known case is not there; the faults of
 * primero_body_write_referral if the referral cannot go there at all.
 */
int primero_plan_make(struct primero_api *api,
    const struct primero_plan_order *order, struct primero_plan *out,
    struct fault *why);

#endif
