/*
 * into_primero: what load does in a Primero that is in reach.
 *
 * The server is asked which case is the child's, and what this node knows must
 * agree with it; where they do not, a person is asked (satchel match).
 */
#ifndef SATCHEL_IMPORT_INTO_PRIMERO_H
#define SATCHEL_IMPORT_INTO_PRIMERO_H

#include <stdbool.h>

#include "import/plan.h"
#include "systems/primero_plan.h"

struct agreement;
struct arena;
struct fault;
struct primero_api;
struct standing;
struct store;
struct target_answer;
struct target_referral;

struct into_primero {
	struct primero_api *api;
	struct store *store;
	const struct agreement *agreement;
	const char *user; /* as satchel is let in; NULL: not known */
	bool knows_any;	  /* known_any, before anything is done */
};

struct into_primero_plan {
	struct plan said;	  /* for people */
	struct primero_plan real; /* what is done */
	bool created_before;	  /* by a run of which no outcome is known */
};

/* t->known_record is left alone: who is meant is found out here. */
int into_primero_plan(const struct into_primero *to, const struct standing *st,
    const struct target_referral *t, struct arena *a,
    struct into_primero_plan *out, struct fault *why);

struct into_primero_done {
	bool created;
	bool was_there;
	bool wrote; /* it may be there, also after a fault */
	char record_id[PRIMERO_API_ID];
};

/*
 * Exactly that, and nothing for one that asks (FAULT_TARGET_CASE).  *out says
 * after any fault whether something was written.
 * FAULT_SERVER_LOST, with the names, if not all of it was kept: then *out is
 * filled in all the same.
 */
int into_primero_do(const struct into_primero *to,
    const struct target_referral *t, const struct into_primero_plan *plan,
    struct into_primero_done *out, struct fault *why);

/*
 * Give the service to t->assigned_to.  FAULT_SERVER_NOT_GIVEN if Primero does
 * not let that happen now, which is told and tried again.
 */
int into_primero_give(const struct into_primero *to,
    const struct target_referral *t, const char *record_id, struct fault *why);

/*
 * A decision about what was sent from here: into its service row, and as the
 * answer to the open referral that it was sent for, if that is ours to answer.
 * With 0, *by_hand says what of it a person has to do there
 * (FAULT_SERVER_BY_HAND), or FAULT_NONE.
 */
int into_primero_answer(const struct into_primero *to,
    const struct target_answer *t, bool *was_there, struct fault *by_hand,
    struct fault *why);

/* Must a run end with this fault, as all others would end so? */
bool into_primero_ends(const struct fault *why);

#endif
