/*
 * impact: what an incident touches at this node.
 *
 * Of an office that is not to be trusted: what came from it and went to it.
 * Of a stick that was lost: what may have been on it.
 */
#ifndef SATCHEL_IMPORT_IMPACT_H
#define SATCHEL_IMPORT_IMPACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/bundles.h"

struct fault;
struct node;
struct store;

/* One bundle of ours, and what is known of where it is. */
struct impact_bundle {
	struct bundle_made made;
	size_t referrals; /* whose last version it carried */
	size_t told;	  /* of them, those that the other side spoke of */
};

/*
 * May it have been lost on its way?  Not if it never left, nor if the other
 * side spoke of what was in it, acknowledged its number or refused it.
 */
bool impact_may_be_lost(const struct impact_bundle *b);

struct impact {
	struct impact_bundle *bundles; /* all of ours, by id */
	size_t bundle_count;
	/* Of the node that was asked about; 0 without one: */
	size_t waiting; /* referrals of it that wait here */
	size_t loaded;
	size_t sent; /* referrals that went there from here */
	size_t bundles_sent;
};

/* node NULL: of none.  impact_free also after a fault. */
int impact_read(struct store *s, const struct node *node, struct impact *out,
    struct fault *why);
void impact_free(struct impact *i);

/* The highest number that came signed with that key of a node; 0: none. */
int impact_highest(struct store *s, const struct node *n, size_t key,
    int64_t *out, struct fault *why);

#endif
