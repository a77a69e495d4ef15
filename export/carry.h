/*
 * carry: a bundle from the outbox to the folder it leaves with.
 */
#ifndef SATCHEL_EXPORT_CARRY_H
#define SATCHEL_EXPORT_CARRY_H

struct fault;
struct folder;

/* The outbox's own name for a bundle: "<id>.satchel". */
#define CARRY_OUTBOX "outbox"

/*
 * Copy the outbox file to `out` under `name`: written as a part, synced, read
 * back past the cache and compared, renamed.  The very same file there already
 * counts as carried; another file of that name is FAULT_DISK_EXISTS.
 */
int carry_bundle(const struct folder *outbox, const char *from,
    struct folder *out, const char *name, struct fault *why);

#endif
