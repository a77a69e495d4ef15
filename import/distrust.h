/*
 * distrust: what an incident says of a referral that is here already.
 */
#ifndef SATCHEL_IMPORT_DISTRUST_H
#define SATCHEL_IMPORT_DISTRUST_H

struct agreement;
struct bundle_facts;
struct fault;
struct standing;
struct store;

/*
 * Set sender_distrusted and after_revocation for a referral that came: whoever
 * had the sender's computer may have made it.  What cannot be looked up any
 * more counts as made after the revocation.
 */
int distrust_facts(struct store *s, const struct agreement *a,
    const struct standing *st, struct bundle_facts *facts, struct fault *why);

#endif
