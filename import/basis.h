/*
 * basis: on what a decision about a referral that came is taken.
 *
 * Beside the referral itself the rules look at what people let go over there,
 * at a recall of an earlier one, and at what is held here of the same child.  A
 * release counts for nothing once any of it is another.
 */
#ifndef SATCHEL_IMPORT_BASIS_H
#define SATCHEL_IMPORT_BASIS_H

#include "store/decisions.h"

struct arena;
struct fault;
struct question;

/*
 * Of what is asked; recall is the bundle that brought the last recall of it, or
 * NULL.  The texts of *out are the arena's.
 */
int basis_of(const struct question *q, const char *recall, struct arena *a,
    struct decision_basis *out, struct fault *why);

#endif
