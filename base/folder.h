/*
 * folder: open, list and create inside one folder, never outside it.
 *
 * A folder is opened once; every name given afterwards is one plain component
 * (no slash, not "." or ".."), opened without following links.  So whatever a
 * stick or a bundle calls its files, nothing is touched elsewhere.
 */
#ifndef SATCHEL_BASE_FOLDER_H
#define SATCHEL_BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct fault;
struct folder;
struct sink;

struct folder *folder_open(const char *path, struct fault *why);
/* Makes it (mode 0700) if it is not there; parents must be. */
struct folder *folder_make(const char *path, struct fault *why);
struct folder *folder_make_in(const struct folder *f, const char *name,
    struct fault *why);
void folder_close(struct folder *f);		 /* NULL is fine */
const char *folder_path(const struct folder *f); /* borrowed, as given */

bool folder_has(const struct folder *f, const char *name);

/*
 * May files be put here?  FAULT_STICK_READ_ONLY or _CLOSED if not,
 * FAULT_STICK_FULL if fewer than `need` bytes are free.  *room says how many
 * are, as far as it got.
 */
int folder_takes(const struct folder *f, uint64_t need, uint64_t *room,
    struct fault *why);

/* Read-only descriptor of a regular file; the caller closes it. */
int folder_open_file(const struct folder *f, const char *name,
    struct fault *why);
/* The whole file, added to out; a file over out's ceiling faults. */
int folder_read(const struct folder *f, const char *name, struct bytes *out,
    struct fault *why);
int folder_remove(const struct folder *f, const char *name, struct fault *why);

/*
 * Names of the regular files, sorted by bytes, each ended by NUL in names;
 * *others counts what is not a regular file.
 */
int folder_list(const struct folder *f, struct bytes *names, size_t *others,
    struct fault *why);

/*
 * Whole file or no file: written to "<name>.part" (mode 0600), synced, read
 * back past the cache and compared, renamed, and the folder synced.  An
 * existing name is never written over: FAULT_DISK_EXISTS.  sink_finish makes
 * it appear; freeing an unfinished sink removes the part.  A part left over
 * from a crash is removed first.  f must outlive the sink.
 */
struct sink *folder_publish(struct folder *f, const char *name,
    struct fault *why);
int folder_publish_bytes(struct folder *f, const char *name, const void *bytes,
    size_t len, struct fault *why);

/* The same, but others may read it, as platform_shared_mode lets them. */
struct sink *folder_publish_open(struct folder *f, const char *name,
    struct fault *why);

/* The same, but takes the place of an older file of that name. */
struct sink *folder_replace(struct folder *f, const char *name,
    struct fault *why);
int folder_replace_bytes(struct folder *f, const char *name, const void *bytes,
    size_t len, struct fault *why);

/*
 * A file that comes in pieces, over more than one run: "<name>.part", opened
 * where it ends, and *has says where that is; the caller closes it.  It gets
 * its name with folder_end_part, once its bytes are on the drive, and never in
 * the place of another (FAULT_DISK_EXISTS).
 */
int folder_open_part(const struct folder *f, const char *name, int64_t *has,
    struct fault *why);
int folder_end_part(const struct folder *f, const char *name, int fd,
    struct fault *why);

/* A file that has no name and is gone when fd closes; the caller closes it. */
int folder_private_file(const struct folder *f, struct fault *why);

/*
 * What stands behind the last slash of a path, borrowed: a file's own name may
 * be told, the folders above it may name people.
 */
const char *folder_last_part(const char *path);

/* The folder and the plain name of a path; "x" is "." and "x". */
int folder_split(const char *path, struct folder **dir, char *name, size_t room,
    struct fault *why);

#endif
