#include "formats/gzip.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* input is only read */
#include <zlib.h>

#include "base/fault.h"
#include "base/sink.h"
#include "base/source.h"

#define GZIP_WINDOW (15 + 16) /* 32 KiB, and the gzip form */
#define GZIP_LEVEL 6
#define GZIP_BUFFER ((size_t)64 * 1024)

struct pack {
	z_stream z;
	uint8_t out[GZIP_BUFFER];
};

/* Compress what is in p->z, and with Z_FINISH also the end. */
static int
pack_run(struct sink *s, int flush, struct fault *why)
{
	struct pack *p = s->own;
	size_t made;

	do {
		p->z.next_out = p->out;
		p->z.avail_out = sizeof(p->out);
		if (deflate(&p->z, flush) == Z_STREAM_ERROR)
			return FAIL(why, FAULT_INSIDE, "gzip");
		made = sizeof(p->out) - p->z.avail_out;
		if (made > 0 && sink_write(s->next, p->out, made, why) == -1)
			return -1;
	} while (p->z.avail_out == 0);
	return 0;
}

static int
pack_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	struct pack *p = s->own;

	while (len > 0) {
		/* zlib counts in unsigned int. */
		uInt part = len > GZIP_BUFFER ? GZIP_BUFFER : (uInt)len;

		p->z.next_in = bytes;
		p->z.avail_in = part;
		if (pack_run(s, Z_NO_FLUSH, why) == -1)
			return -1;
		bytes += part;
		len -= part;
	}
	return 0;
}

static int
pack_finish(struct sink *s, struct fault *why)
{
	return pack_run(s, Z_FINISH, why);
}

static void
pack_free(void *own)
{
	struct pack *p = own;

	(void)deflateEnd(&p->z);
	free(p);
}

static const struct sink_kind pack_kind = { "gzip", pack_write, pack_finish,
	pack_free };

struct sink *
gzip_sink_new(struct sink **next, struct fault *why)
{
	struct pack *p = calloc(1, sizeof(*p));

	/* zlib's own header has time 0 and no name. */
	if (p == NULL ||
	    deflateInit2(&p->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
		Z_DEFAULT_STRATEGY) != Z_OK) {
		free(p);
		fault_set(why, FAULT_NO_MEMORY, "gzip");
		return NULL;
	}
	return sink_new(&pack_kind, p, next, why);
}

enum unpack_state {
	UNPACK_START,  /* nothing read yet */
	UNPACK_MEMBER, /* inside a gzip member */
	UNPACK_AFTER,  /* behind one: another, or zeros, or the end */
	UNPACK_ZEROS,
	UNPACK_END,
};

struct unpack {
	z_stream z;
	enum unpack_state state;
	uint64_t max;
	uint64_t taken; /* gzip bytes */
	uint64_t given; /* inflated bytes */
	uint8_t in[GZIP_BUFFER];
};

/* Have input, or know (avail_in is 0) that there is no more. */
static int
unpack_fill(struct source *s, struct fault *why)
{
	struct unpack *u = s->own;
	size_t got;

	if (u->z.avail_in > 0)
		return 0;
	if (source_fill(s->from, u->in, sizeof(u->in), &got, why) == -1)
		return -1;
	u->z.next_in = u->in;
	u->z.avail_in = (uInt)got;
	return 0;
}

/* Is it gzip at all, or something that a later version may write? */
static int
unpack_start(struct unpack *u, struct fault *why)
{
	static const struct {
		const char *name;
		uint8_t mark[2];
	} others[] = {
		{ "zstd", { 0x28, 0xb5 } },
		{ "xz", { 0xfd, '7' } },
		{ "bzip2", { 'B', 'Z' } },
		{ "lz4", { 0x04, 0x22 } },
	};
	const uint8_t *mark = u->z.next_in;

	if (u->z.avail_in < 2)
		return FAIL(why, FAULT_BUNDLE_CUT_SHORT, "no gzip header");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (memcmp(mark, others[i].mark, 2) == 0)
			return FAIL(why, FAULT_BUNDLE_NEWER,
			    "it is compressed with %s", others[i].name);
	if (mark[0] != 0x1f || mark[1] != 0x8b)
		return FAIL(why, FAULT_BUNDLE_GZIP, "no gzip header");
	u->state = UNPACK_MEMBER;
	return 0;
}

static int
unpack_caps(const struct unpack *u, struct fault *why)
{
	if (u->given > u->max)
		return FAIL(why, FAULT_BUNDLE_INFLATES,
		    "more than %" PRIu64 " bytes", u->max);
	if (u->given > GZIP_RATIO_FROM && u->given > u->taken * GZIP_RATIO_MAX)
		return FAIL(why, FAULT_BUNDLE_INFLATES,
		    "more than %d times its size", GZIP_RATIO_MAX);
	return 0;
}

static int
unpack_member(struct unpack *u, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	uInt before = u->z.avail_in;
	int rc;

	if (before == 0)
		return FAIL(why, FAULT_BUNDLE_CUT_SHORT, "gzip does not end");
	/* So the caps are asked often enough, however large the room. */
	u->z.avail_out = room > GZIP_BUFFER ? GZIP_BUFFER : (uInt)room;
	room = u->z.avail_out;
	u->z.next_out = out;
	rc = inflate(&u->z, Z_NO_FLUSH);
	*got = room - u->z.avail_out;
	u->taken += before - u->z.avail_in;
	u->given += *got;
	if (rc == Z_MEM_ERROR)
		return FAIL(why, FAULT_NO_MEMORY, "gzip");
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return FAIL(why, FAULT_BUNDLE_GZIP, "%s",
		    u->z.msg == NULL ? "not gzip" : u->z.msg);
	if (rc == Z_STREAM_END)
		u->state = UNPACK_AFTER;
	return unpack_caps(u, why);
}

/* Another member begins with 1f; zeros go on to the end. */
static int
unpack_after(struct unpack *u, struct fault *why)
{
	if (u->z.avail_in > 0 && *u->z.next_in == 0x1f) {
		if (inflateReset(&u->z) != Z_OK)
			return FAIL(why, FAULT_INSIDE, "gzip");
		u->state = UNPACK_MEMBER;
		return 0;
	}
	u->state = UNPACK_ZEROS;
	return 0;
}

static int
unpack_zeros(struct unpack *u, struct fault *why)
{
	for (; u->z.avail_in > 0; u->z.avail_in--)
		if (*u->z.next_in++ != 0)
			return FAIL(why, FAULT_BUNDLE_GZIP,
			    "something other than zeros after the end");
	return 0;
}

static int
unpack_step(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	struct unpack *u = s->own;

	if (unpack_fill(s, why) == -1)
		return -1;
	switch (u->state) {
	case UNPACK_START:
		return unpack_start(u, why);
	case UNPACK_MEMBER:
		return unpack_member(u, out, room, got, why);
	case UNPACK_AFTER:
		return unpack_after(u, why);
	case UNPACK_ZEROS:
		if (u->z.avail_in == 0)
			u->state = UNPACK_END;
		return unpack_zeros(u, why);
	case UNPACK_END:
		break;
	}
	return 0;
}

static int
unpack_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	const struct unpack *u = s->own;

	*got = 0;
	while (*got == 0 && room > 0 && u->state != UNPACK_END)
		if (unpack_step(s, out, room, got, why) == -1)
			return -1;
	return 0;
}

static void
unpack_free(void *own)
{
	struct unpack *u = own;

	(void)inflateEnd(&u->z);
	free(u);
}

static const struct source_kind unpack_kind = { "gzip", unpack_read,
	unpack_free };

struct source *
gzip_source_new(struct source **from, uint64_t max, struct fault *why)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (u == NULL || inflateInit2(&u->z, GZIP_WINDOW) != Z_OK) {
		free(u);
		fault_set(why, FAULT_NO_MEMORY, "gzip");
		return NULL;
	}
	u->max = max;
	return source_new(&unpack_kind, u, from, why);
}
