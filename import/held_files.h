/*
 * held_files: bundles that are held as a whole, kept in this node.
 *
 * The folder held/ of the home: <id>.satchel, as it came (nobody opened it),
 * and beside it <id>.refused with a version of the agreement, once it was
 * refused under that one.  A bundle that waits is tried again at every import,
 * a refused one under each newer agreement; it leaves the folder when it was
 * imported.  So what somebody carried here once need not be carried again, and
 * a wrong number in a revocation loses nothing.
 */
#ifndef SATCHEL_IMPORT_HELD_FILES_H
#define SATCHEL_IMPORT_HELD_FILES_H

#include <stdint.h>

struct bytes;
struct fault;
struct folder;
struct received;

/* What is kept signed with one key: a thief may make bundles without end. */
#define HELD_FILES_MAX 100
#define HELD_FILES_BYTES ((uint64_t)1024 * 1024 * 1024)

/*
 * Keep a bundle whose signature is good; one that is there already is left as
 * it is: 1.  0 if no more of that key is kept; nothing was changed then.
 * FAULT_BUNDLE_NUMBER_TWICE if another one of that id is there.
 */
int held_files_keep(struct folder *home, const struct received *r,
    struct fault *why);

/*
 * Names of those to be tried under this version of the agreement, each ended
 * by NUL.
 */
int held_files_list(const struct folder *home, int64_t version,
    struct bytes *names, struct fault *why);
/* Its sender's number; 0: its lines do not say. */
int64_t held_files_number(const struct folder *home, const char *name);
/* The caller closes it. */
int held_files_open(const struct folder *home, const char *name,
    struct fault *why);

/* It was imported: no need to keep it any more. */
int held_files_done(const struct folder *home, const char *name,
    struct fault *why);
/* It is not tried again under this version of the agreement. */
int held_files_refused(const struct folder *home, const char *name,
    int64_t version, struct fault *why);

#endif
