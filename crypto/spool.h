/*
 * spool: what a server gave, for as long as a command needs it.
 *
 * In a file without a name that only this process has, sealed under a key that
 * is nowhere but in its guarded memory: no record lies open on the disk, and
 * nothing that can be opened is left when the machine stops.
 */
#ifndef SATCHEL_CRYPTO_SPOOL_H
#define SATCHEL_CRYPTO_SPOOL_H

#include <stddef.h>

struct fault;
struct source;
struct spool;

/* fd: of folder_private_file; taken, whatever happens. */
struct spool *spool_new(int fd, struct fault *why);
void spool_free(struct spool *s); /* NULL is fine */

int spool_add(struct spool *s, const void *bytes, size_t len,
    struct fault *why);
/* Nothing more is added. */
int spool_end(struct spool *s, struct fault *why);

/* From its start; one at a time, after spool_end.  The caller's. */
struct source *spool_open(struct spool *s, struct fault *why);

#endif
