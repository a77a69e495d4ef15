#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "base/sink.h"

#define ROOM_FIRST ((size_t)256)

void
bytes_init(struct bytes *b, size_t ceiling)
{
	/* One byte is always kept for the NUL. */
	*b = (struct bytes){
		.ceiling = ceiling < SIZE_MAX ? ceiling : SIZE_MAX - 1,
	};
}

/*
 * Make room for len bytes in all.  Not with realloc, which would leave a copy
 * behind that nobody wipes.
 */
static int
grow(struct bytes *b, size_t len, struct fault *why)
{
	size_t room = b->room > ROOM_FIRST ? b->room : ROOM_FIRST;
	uint8_t *at;

	while (room < len)
		room = room > SIZE_MAX / 2 ? len : room * 2;
	if (room > b->ceiling)
		room = b->ceiling;
	if ((at = malloc(room + 1)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%zu bytes", room);
	if (b->at != NULL) {
		memcpy(at, b->at, b->len);
		platform_wipe(b->at, b->room + 1);
		free(b->at);
	}
	at[b->len] = '\0';
	b->at = at;
	b->room = room;
	return 0;
}

int
bytes_add(struct bytes *b, const void *more, size_t len, struct fault *why)
{
	if (len == 0)
		return 0;
	if (len > b->ceiling - b->len)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE, "more than %zu bytes",
		    b->ceiling);
	if ((b->at == NULL || len > b->room - b->len) &&
	    grow(b, b->len + len, why) == -1)
		return -1;
	memcpy(b->at + b->len, more, len);
	b->len += len;
	b->at[b->len] = '\0';
	return 0;
}

int
bytes_add_text(struct bytes *b, const char *text, struct fault *why)
{
	return bytes_add(b, text, strlen(text), why);
}

void
bytes_empty(struct bytes *b)
{
	if (b->at != NULL)
		platform_wipe(b->at, b->room + 1);
	b->len = 0;
}

void
bytes_free(struct bytes *b)
{
	bytes_empty(b);
	free(b->at);
	bytes_init(b, b->ceiling);
}

static int
bytes_write(struct sink *s, const uint8_t *more, size_t len, struct fault *why)
{
	return bytes_add(s->own, more, len, why);
}

/* The buffer belongs to whoever made the sink. */
static void
leave(void *own)
{
	(void)own;
}

static const struct sink_kind bytes_kind = {
	.name = "memory",
	.write = bytes_write,
	.free = leave,
};

struct sink *
bytes_sink_new(struct bytes *b, struct fault *why)
{
	return sink_new(&bytes_kind, b, NULL, why);
}
