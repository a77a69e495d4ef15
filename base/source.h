/*
 * source: somewhere bytes come from.
 *
 * The mirror of sink.h: a bundle is read by a chain of sources, each taking
 * what it needs from the one behind it:
 *
 *	file -> age -> gzip
 *
 * A source that undoes something (decrypts, inflates) gives nothing it has not
 * checked; what it cannot check is a fault, never an early end.
 */
#ifndef SATCHEL_BASE_SOURCE_H
#define SATCHEL_BASE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct source;

struct source_kind {
	const char *name; /* as a fault should call it */
	/* Fill up to room bytes; *got is 0 only at the end. */
	int (*read)(struct source *s, uint8_t *out, size_t room, size_t *got,
	    struct fault *why);
	void (*free)(void *own); /* never NULL */
};

struct source {
	const struct source_kind *kind;
	void *own;	     /* this kind's state */
	struct source *from; /* owned; NULL at the start of the chain */
};

/*
 * A source behind which *from lies (from may be NULL).  Takes own, whatever
 * happens.  Takes *from (and sets it to NULL) only if it succeeds; otherwise
 * returns NULL.
 */
struct source *source_new(const struct source_kind *kind, void *own,
    struct source **from, struct fault *why);
/* room is at least 1; *got is 0 only at the end. */
int source_read(struct source *s, void *out, size_t room, size_t *got,
    struct fault *why);

/* Read until room bytes are there or the source ends. */
int source_fill(struct source *s, void *out, size_t room, size_t *got,
    struct fault *why);
void source_free(struct source *s); /* the whole chain; NULL is fine */

/* Reads an open file from where it stands.  Does not close fd. */
struct source *source_from_fd(int fd, const char *name, struct fault *why);

/* Gives the len bytes at `bytes`, which must outlive it. */
struct source *source_from_bytes(const void *bytes, size_t len,
    struct fault *why);

#endif
