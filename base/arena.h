/*
 * arena: memory for one thing read from a file, given back in one go.
 *
 * A referral, a consent record or an agreement is many small texts that live
 * and die together.  Everything taken from an arena is good until the arena is
 * emptied or freed, and is wiped then: it may have held something about a
 * child.  An arena has a ceiling, so that no file can make the program grow
 * without end.
 */
#ifndef SATCHEL_BASE_ARENA_H
#define SATCHEL_BASE_ARENA_H

#include <stddef.h>

struct arena;
struct fault;

/*
 * ceiling: bytes in all, after which arena_take faults with NO_MEMORY.  Each
 * taking counts as rounded up to the alignment, and an empty one as one step.
 */
struct arena *arena_new(size_t ceiling, struct fault *why);
void arena_empty(struct arena *a); /* wipes; keeps the first block */
void arena_free(struct arena *a);  /* wipes; NULL is fine */

/* len bytes, zeroed, aligned for any type; NULL after filling in why. */
void *arena_take(struct arena *a, size_t len, struct fault *why);

/* count things of size bytes each, zeroed; safe against overflow. */
void *arena_take_array(struct arena *a, size_t count, size_t size,
    struct fault *why);

/* A copy of len bytes with a NUL after them. */
char *arena_copy(struct arena *a, const void *bytes, size_t len,
    struct fault *why);

#endif
