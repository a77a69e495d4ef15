/*
 * primero_load: do what a plan says, so that doing it again changes nothing.
 *
 * A new case has an id that the same child always yields: sending it a second
 * time is a 409, and then what is there is read and compared.  A service row
 * has such an id too.  After a lost answer it is looked first what is there.
 * A known case keeps its owner, status, identity and consent.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_LOAD_H
#define SATCHEL_SYSTEMS_PRIMERO_LOAD_H

#include <stdbool.h>

#include "systems/primero_plan.h"

struct fault;
struct target_answer;
struct target_referral;

struct primero_load_order {
	const struct primero_plan *plan;
	const struct target_referral *target;
};

struct primero_loaded {
	bool created;	/* by this run, or by one whose answer was lost */
	bool was_there; /* nothing was sent */
	/* Something was sent that was not refused itself: it may be there. */
	bool wrote;
	char record_id[PRIMERO_API_ID];
	/* D-BACK: fields that Primero did not keep; hold it if there are any */
	struct primero_names_list lost;
};

/*
 * FAULT_TARGET_CASE for a plan that asks.  FAULT_SERVER_REFUSED names the
 * fields at fault.  out->wrote also holds after a fault.
 */
int primero_load_do(struct primero_api *p,
    const struct primero_load_order *order, struct primero_loaded *out,
    struct fault *why);

/*
 * Write a decision into the service row that the referral was made from.
 * FAULT_TARGET_CASE if the row is gone: sending it would make a new one.
 */
int primero_load_answer(struct primero_api *p, const struct target_answer *t,
    struct primero_loaded *out, struct fault *why);

/*
 * After something was sent: the case as it is now.  Not being able to read it
 * is FAULT_SERVER_BROKE_OFF, as it is not known then what became of it.
 */
int primero_load_read_back(struct primero_api *p, const char *record_id,
    struct json **out, struct fault *why);

#endif
