/*
 * uploads: how far each file came on its way to each place.
 *
 * A place is known here by a keyed hash of its address alone; a server's own
 * address for an upload lets others write to it, and is sealed.
 */
#ifndef SATCHEL_STORE_UPLOADS_H
#define SATCHEL_STORE_UPLOADS_H

#include <stdint.h>

#include "base/day.h"
#include "formats/bundle.h"

struct fault;
struct store;

#define UPLOAD_TICKET 2048

struct upload {
	uint8_t sha256[32];	/* of the whole file: what is gone on with */
	char bundle[BUNDLE_ID]; /* as the file itself says */
	int64_t bytes;		/* of the file */
	int64_t offset; /* what the server last said; for showing only */
	int64_t given;	/* no more than that can have left for there */
	int64_t proven; /* read back from there, and compared */
	char ticket[UPLOAD_TICKET];
	moment begun;
	moment arrived; /* proven; 0: not yet */
	char proof[16]; /* as place_proof_name; "" */
};

/* The upload of that file to that place: 1, or 0. */
int uploads_get(struct store *s, const char *url,
    const uint8_t sha256[static 32], struct upload *out, struct fault *why);
/* Keep it, in the place of what was kept of it. */
int uploads_put(struct store *s, const char *url, const struct upload *u,
    struct fault *why);
/* Forget it: the server does not know it, or it is sent anew. */
int uploads_drop(struct store *s, const char *url,
    const uint8_t sha256[static 32], struct fault *why);

/* Did that bundle arrive at that place?  1, or 0. */
int uploads_arrived(struct store *s, const char *url, const char *bundle,
    struct fault *why);
/* Forget those of bundles that were acknowledged, begun before then. */
int uploads_prune(struct store *s, moment before, struct fault *why);

/* Of a bundle, to whatever place. */
struct upload_reach {
	int64_t offset; /* of the one that is under way and came furthest; 0 */
	moment arrived; /* the last time; 0: never */
};

int uploads_of_bundle(struct store *s, const char *id, struct upload_reach *out,
    struct fault *why);

#endif
