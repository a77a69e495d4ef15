#include "formats/padding.h"

#include <assert.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/sink.h"

#define CHUNK ((uint64_t)64 * 1024) /* of age's plaintext */
#define TAG 16			    /* what age adds to each */

struct padding {
	uint64_t fixed; /* bytes of the age file before its chunks */
	uint64_t len;	/* of the plaintext so far */
};

static unsigned
log2_of(uint64_t n)
{
	unsigned log = 0;

	while (n >>= 1)
		log++;
	return log;
}

uint64_t
padding_size(uint64_t len)
{
	unsigned log;
	unsigned kept;
	uint64_t low;

	if (len <= PADDING_LEAST)
		return PADDING_LEAST;
	log = log2_of(len);
	kept = log2_of(log) + 1;
	assert(kept < log);
	low = ((uint64_t)1 << (log - kept)) - 1;
	if (len > UINT64_MAX - low)
		return len;
	return (len + low) & ~low;
}

/* An empty plaintext is one empty chunk; else the last one holds something. */
static uint64_t
sealed_size(const struct padding *p, uint64_t len)
{
	uint64_t chunks = len == 0 ? 1 : (len - 1) / CHUNK + 1;

	return p->fixed + len + chunks * TAG;
}

/* The length of which the age file is that large, or 0. */
static uint64_t
plain_length(const struct padding *p, uint64_t sealed)
{
	uint64_t body = sealed - p->fixed;
	uint64_t chunks = (body - 1) / (CHUNK + TAG) + 1;
	uint64_t len = body - chunks * TAG;

	return sealed_size(p, len) == sealed ? len : 0;
}

static int
padding_write(struct sink *s, const uint8_t *bytes, size_t len,
    struct fault *why)
{
	struct padding *p = s->own;

	p->len += len;
	return sink_write(s->next, bytes, len, why);
}

static int
padding_finish(struct sink *s, struct fault *why)
{
	static const uint8_t zeros[4096];
	const struct padding *p = s->own;
	uint64_t target = padding_size(sealed_size(p, p->len));
	uint64_t left;

	/*
	 * The last chunk cannot be a tag alone, so some sizes are no age
	 * file's: then the next Padme size is taken.
	 */
	while (plain_length(p, target) == 0)
		target = padding_size(target + 1);
	for (left = plain_length(p, target) - p->len; left > 0;) {
		size_t part =
		    left > sizeof(zeros) ? sizeof(zeros) : (size_t)left;

		if (sink_write(s->next, zeros, part, why) == -1)
			return -1;
		left -= part;
	}
	return 0;
}

static const struct sink_kind padding_kind = { "padding", padding_write,
	padding_finish, free };

struct sink *
padding_sink_new(struct sink **next, unsigned recipients, struct fault *why)
{
	struct padding *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "padding");
		return NULL;
	}
	p->fixed = 70 + 98 * (uint64_t)recipients + 16;
	return sink_new(&padding_kind, p, next, why);
}
