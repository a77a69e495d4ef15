/*
 * carry: a bundle from the outbox to the folder it leaves with.
 */
#ifndef SATCHEL_EXPORT_CARRY_H
#define SATCHEL_EXPORT_CARRY_H

#include "base/day.h"

struct bundle_made;
struct fault;
struct folder;
struct store;

/* The outbox's own name for a bundle: "<id>.satchel". */
#define CARRY_OUTBOX "outbox"

/*
 * Copy the outbox file to `out` under `name`: written as a part, synced, read
 * back past the cache and compared, renamed.  The very same file there already
 * counts as carried; another file of that name is FAULT_DISK_EXISTS.
 */
int carry_bundle(const struct folder *outbox, const char *from,
    struct folder *out, const char *name, struct fault *why);

/* Who carries, from where to where; all borrowed. */
struct carrier {
	struct store *store;
	const struct folder *outbox;
	struct folder *out;
	const char *user;
	moment now;
};

/*
 * Are the very bytes of that bundle in the folder, under its name?  1, or 0 if
 * there is none or another file of that name.
 */
int carry_is_there(const struct carrier *c, const struct bundle_made *b,
    struct fault *why);
/* FAULT_NODE_PURGED if its file was removed, as the agreement says. */
int carry_is_kept(const struct bundle_made *b, struct fault *why);
/*
 * Copy a bundle that was made here, under its own name, and note that it was
 * carried.  FAULT_NODE_PURGED as above.  FAULT_STICK_FULL before anything is written, if there is no room.
 */
int carry_made(const struct carrier *c, const struct bundle_made *b,
    struct fault *why);

#endif
