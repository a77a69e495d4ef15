/*
 * known: which case of this node's Primero a child from proGres has already.
 *
 * A child whose case is known gets a service added to it; a second case would
 * split what is known of it, and a wrong one would mix two children up.  So a
 * case counts only if it is the one that bears the number, and if name, birth
 * date and sex of the child are known on both sides and agree (D-MATCH).
 */
#ifndef SATCHEL_IMPORT_KNOWN_H
#define SATCHEL_IMPORT_KNOWN_H

#include <stdbool.h>

struct arena;
struct fault;
struct referral;
struct standing;
struct store;

/*
 * *record_id: the id of the one case that is known here, in the arena; NULL:
 * none is.  FAULT_TARGET_CASE if several are, if proGres names another case or
 * one that this node has not seen, or if it may be another child's: the detail
 * then says what differs or is missing, and never what it is.
 */
int known_find(struct store *s, const struct standing *st,
    const struct referral *r, struct arena *a, const char **record_id,
    struct fault *why);

/*
 * *any: is there a case in this node's Primero that this node knows of?  Then a
 * server that says it has none does not say the truth.
 */
int known_any(struct store *s, bool *any, struct fault *why);

#endif
