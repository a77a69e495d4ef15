/*
 * rosters: the staff lists of parties that this node has adopted, and which
 * partner has which.
 *
 * File and signature are kept byte for byte, sealed: they name staff.  Which
 * of them counts is decided elsewhere, each time anew.
 */
#ifndef SATCHEL_STORE_ROSTERS_H
#define SATCHEL_STORE_ROSTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/day.h"
#include "formats/bundle.h"

struct fault;
struct store;

/* What is kept of one; all of it is borrowed. */
struct roster_adopted {
	const char *agreement; /* its id */
	const char *party;
	int64_t version;
	moment at;
	const void *file;
	size_t len;
	const void *signature;
	size_t signature_len;
};

/*
 * Keep one, in the place of one of the same version; every partner is owed it
 * from now on.
 */
int rosters_put(struct store *s, const struct roster_adopted *r,
    struct fault *why);
/* One that was kept; the bytes are the caller's, and initialized by it. */
struct roster_kept {
	int64_t version;
	moment at;
	struct bytes file;
	struct bytes signature;
};

/*
 * The newest that is kept of a party below a version (0: of all): 1 with its
 * file and signature added, or 0.
 */
int rosters_below(struct store *s, const char *agreement, const char *party,
    int64_t version, struct roster_kept *out, struct fault *why);

/* Has the partner never acknowledged a bundle that carried this version? */
int rosters_owed(struct store *s, const char *node, const char *party,
    int64_t version, bool *owed, struct fault *why);
/* The bundle of this sequence to the partner carries this version. */
int rosters_carried(struct store *s, const char *node, const char *party,
    int64_t version, int64_t sequence, struct fault *why);
/* The partner has imported these sequences of the stream of that key. */
int rosters_acknowledged(struct store *s, const char *node,
    const uint8_t sign[static 32], const struct bundle_range *ranges,
    size_t count, struct fault *why);
/* The partner sent us this version itself: it is not owed to it. */
int rosters_has(struct store *s, const char *node, const char *party,
    int64_t version, struct fault *why);

#endif
