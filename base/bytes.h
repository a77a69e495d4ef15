/*
 * bytes: a growing buffer with a ceiling.
 *
 * Whoever fills it says how large it may become when it is made; past that,
 * adding faults with SOURCE_TOO_LARGE and the buffer is as it was.  Freed
 * memory is wiped.
 */
#ifndef SATCHEL_BASE_BYTES_H
#define SATCHEL_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct sink;

struct bytes {
	uint8_t *at; /* NULL while empty; a NUL follows the last byte */
	size_t len;
	size_t room;
	size_t ceiling;
};

void bytes_init(struct bytes *b, size_t ceiling);
int bytes_add(struct bytes *b, const void *more, size_t len, struct fault *why);
int bytes_add_text(struct bytes *b, const char *text, struct fault *why);
void bytes_empty(struct bytes *b); /* wipes, keeps the room */
void bytes_free(struct bytes *b);  /* wipes */

/* A sink that adds to b, which must outlive it. */
struct sink *bytes_sink_new(struct bytes *b, struct fault *why);

#endif
