/*
 * distrust: what an incident says of a referral that is here already.
 */
#ifndef SATCHEL_IMPORT_DISTRUST_H
#define SATCHEL_IMPORT_DISTRUST_H

#include <stdbool.h>

#include "store/standing.h"

struct agreement;
struct bundle_facts;
struct fault;
struct store;

/*
 * Set sender_distrusted and after_revocation for a referral that came: whoever
 * had the sender's computer may have made it.  What cannot be looked up any
 * more counts as made after the revocation.
 */
int distrust_facts(struct store *s, const struct agreement *a,
    const struct standing *st, struct bundle_facts *facts, struct fault *why);

/* Is it one that waits here, and that nobody can load for that? */
int distrust_stops(struct store *s, const struct agreement *a,
    const struct standing *st, bool *stopped, struct fault *why);

#define DISTRUST_REASONS 128

/* A standing as load would find it; its texts are those of the one kept. */
struct distrust_view {
	bool stopped; /* else the standing is the one that is kept */
	struct standing standing;
	struct standing_reason reasons[DISTRUST_REASONS];
};

int distrust_view(struct store *s, const struct agreement *a,
    const struct standing *st, struct distrust_view *out, struct fault *why);

#endif
