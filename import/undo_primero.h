/*
 * undo_primero: take back in a Primero what was loaded there and is withdrawn.
 *
 * Every referral of its service is revoked first, and its tick taken off then:
 * Primero looks at the consent of the case whenever a referral is saved.  The
 * row stays, and so does a case that was made: taking out what is known of a
 * child is for a person, and until then nobody is told that it is undone.  What
 * cannot be told, or was ended by people there, is for a person, too.
 */
#ifndef SATCHEL_IMPORT_UNDO_PRIMERO_H
#define SATCHEL_IMPORT_UNDO_PRIMERO_H

struct agreement;
struct arena;
struct fault;
struct plan;
struct primero_api;
struct standing;

struct undo_primero {
	struct primero_api *api;
	const struct agreement *agreement;
};

/*
 * Only looks.  PLAN_REVOKE with the case; why says so where Primero may refuse,
 * or something stays for a person.  PLAN_ASK: nothing of it can be done by
 * satchel, and why.  -1: it could not be found out.
 */
int undo_primero_plan(const struct undo_primero *to, const struct standing *st,
    struct plan *out, struct fault *why);

/*
 * In that case of the plan.  0: nothing of it is open there; doing it again
 * sends nothing.  *left is FAULT_SERVER_UNDO where a person has to take out
 * what is there still, the row or the case; FAULT_NONE: nothing is there.
 * FAULT_SERVER_UNDO: a person has to do all of it, and why.
 */
int undo_primero_do(const struct undo_primero *to, const struct standing *st,
    const struct plan *plan, struct fault *left, struct fault *why);

#endif
