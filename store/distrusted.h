/*
 * distrusted: nodes that people here distrust at once, after an incident.
 *
 * Everything of such a node waits here until the parties have renewed the
 * agreement: a distrust counts under the version it was told under, and ends
 * with the next one, which says itself whether the node may take part.
 */
#ifndef SATCHEL_STORE_DISTRUSTED_H
#define SATCHEL_STORE_DISTRUSTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"

struct fault;
struct store;

struct distrust {
	const char *node;
	int64_t agreement; /* the version in force when it was told */
	moment at;
	const char *user;   /* who told it; "unnamed" in practice */
	const char *kind;   /* "distrust", "stolen" */
	const char *reason; /* as it was typed; sealed */
};

/* In the transaction that is open, or one of its own. */
int distrusted_put(struct store *s, const struct distrust *d,
    struct fault *why);

/* Is this node distrusted while that version of the agreement is in force? */
int distrusted_now(struct store *s, const char *node, int64_t agreement,
    bool *out, struct fault *why);

/* All that were told, oldest first; texts are good during the call. */
int distrusted_walk(struct store *s,
    int (*each)(const struct distrust *d, void *context, struct fault *why),
    void *context, struct fault *why);

#endif
