/*
 * distrusted: nodes that people here distrust at once, after an incident.
 *
 * Everything of such a node waits here until the agreement revokes it, lists it
 * no more or lists none of the keys that it had when it was told: a renewal
 * that says nothing of all that may have been signed before anybody knew.
 * Else a person here says that it may be trusted again.
 */
#ifndef SATCHEL_STORE_DISTRUSTED_H
#define SATCHEL_STORE_DISTRUSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

struct fault;
struct store;

struct distrust {
	const char *node;
	int64_t agreement; /* the version in force when it was told */
	moment at;
	const char *user; /* who told it; "unnamed" in practice */
	const char *kind; /* "distrust", "stolen"; "trust" ends those before */
	const char *reason; /* as it was typed; sealed */
	const char **keys;  /* of both kinds, that were listed for it then */
	size_t key_count;
};

/*
 * Does the agreement in force list that key for the node?  key NULL: does it
 * list the node, and not revoke it?
 */
typedef bool (*distrusted_listing)(const void *node, const char *key);

/* In the transaction that is open, or one of its own. */
int distrusted_put(struct store *s, const struct distrust *d,
    struct fault *why);

/*
 * Is this node distrusted now?  `lists` is asked about `listed`, which is the
 * node as the agreement in force has it (agreement_node_lists).
 */
int distrusted_now(struct store *s, const char *node, distrusted_listing lists,
    const void *listed, bool *out, struct fault *why);

/* All that were told, oldest first; texts are good during the call. */
int distrusted_walk(struct store *s,
    int (*each)(const struct distrust *d, void *context, struct fault *why),
    void *context, struct fault *why);

#endif
