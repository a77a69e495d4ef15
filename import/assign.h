/*
 * assign: who takes a referral that came.
 *
 * A user of this node, as the agreement lists them.  Assigning again is
 * allowed: what was decided before is kept beside it, and the last counts.
 */
#ifndef SATCHEL_IMPORT_ASSIGN_H
#define SATCHEL_IMPORT_ASSIGN_H

#include <stddef.h>

#include "base/day.h"

struct arena;
struct fault;
struct node;
struct standing;
struct store;
struct user;

/* Why somebody is suggested; the first of these that holds. */
enum assign_because {
	ASSIGN_NAMED,  /* by the sender */
	ASSIGN_BEFORE, /* took the same service from the same agency before */
	ASSIGN_LISTED, /* is listed here */
};

/* "named_by_sender", "took_before", "listed" */
const char *assign_because_name(enum assign_because because);

struct assign_suggestion {
	const struct user *user;
	enum assign_because because;
	size_t before; /* how many they took */
};

/*
 * FAULT_REF_STATE, saying which, unless it waits here: held, staged or
 * released.
 */
int assign_may(const struct standing *st, struct fault *why);

/*
 * Every user of self, in the order in which to think of them; *out is the
 * arena's.  self has user_count of them.
 */
int assign_suggest(struct store *s, const struct node *self,
    const struct standing *st, struct arena *a, struct assign_suggestion **out,
    struct fault *why);

/* Who acts, when, and whom they choose. */
struct assign_order {
	const struct node *self;
	const char *by;
	const char *to;
	moment at;
};

/*
 * FAULT_REF_ASSIGNEE if `to` is not listed for self.  Keeps the decision, the
 * standing and a journal entry, in the transaction that is open.
 */
int assign_keep(struct store *s, struct standing *st,
    const struct assign_order *order, struct fault *why);

#endif
