/*
 * sink: somewhere bytes go next.
 *
 * A bundle is written by a chain of sinks, each handing what it makes to the
 * next one:
 *
 *	tar -> gzip -> zero padding -> age -> digest -> file
 *
 * A chain is finished once, after the last write, or it is freed unfinished.
 * Freeing an unfinished chain leaves nothing behind: the file sink removes its
 * half-written file, the age sink wipes its key.
 */
#ifndef SATCHEL_BASE_SINK_H
#define SATCHEL_BASE_SINK_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct sink;

struct sink_kind {
	const char *name; /* as a fault should call it */
	int (*write)(struct sink *s, const uint8_t *bytes, size_t len,
	    struct fault *why);
	/*
	 * Write what is still held back to s->next.  sink_finish goes down the
	 * chain by itself.  May be NULL.
	 */
	int (*finish)(struct sink *s, struct fault *why);
	void (*free)(void *own); /* never NULL */
};

struct sink {
	const struct sink_kind *kind;
	void *own;	   /* this kind's state */
	struct sink *next; /* owned; NULL at the end of the chain */
};

/*
 * Put a sink in front of *next (next may be NULL at the end of a chain).
 * Takes own, whatever happens.  Takes *next (and sets it to NULL) only if it
 * succeeds; otherwise returns NULL.
 */
struct sink *sink_new(const struct sink_kind *kind, void *own,
    struct sink **next, struct fault *why);
/* The end of a chain that goes into an open file, which stays the caller's. */
struct sink *sink_new_file(int fd, struct fault *why);
int sink_write(struct sink *s, const void *bytes, size_t len,
    struct fault *why);
int sink_finish(struct sink *s, struct fault *why);
void sink_free(struct sink *s); /* the whole chain; NULL is fine */

#endif
