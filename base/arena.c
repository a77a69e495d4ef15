#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"

#define ALIGN _Alignof(max_align_t)
#define BLOCK_ROOM ((size_t)16 * 1024)

/* What has not been taken from a block is zero, so taking need not clear. */
struct block {
	struct block *older;
	size_t room;
	size_t used;
	_Alignas(max_align_t) uint8_t at[];
};

struct arena {
	struct block *newest;
	size_t left; /* of the ceiling */
	size_t ceiling;
};

/* len as it counts: a multiple of the alignment, never zero; 0 if too much. */
static size_t
rounded(size_t len)
{
	if (len == 0)
		return ALIGN;
	if (len > SIZE_MAX - (ALIGN - 1))
		return 0;
	return (len + ALIGN - 1) / ALIGN * ALIGN;
}

struct arena *
arena_new(size_t ceiling, struct fault *why)
{
	struct arena *a = malloc(sizeof(*a));

	if (a == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "arena");
		return NULL;
	}
	if (rounded(ceiling) != 0)
		ceiling = rounded(ceiling);
	*a = (struct arena){ .left = ceiling, .ceiling = ceiling };
	return a;
}

static struct block *
block_new(struct block *older, size_t len)
{
	size_t room = len > BLOCK_ROOM ? len : BLOCK_ROOM;
	struct block *b = NULL;

	if (room <= SIZE_MAX - sizeof(*b))
		b = calloc(1, sizeof(*b) + room);
	if (b != NULL) {
		b->older = older;
		b->room = room;
	}
	return b;
}

void
arena_empty(struct arena *a)
{
	struct block *b = a->newest;

	while (b != NULL && b->older != NULL) {
		a->newest = b->older;
		platform_wipe(b->at, b->used);
		free(b);
		b = a->newest;
	}
	if (b != NULL) {
		platform_wipe(b->at, b->used);
		b->used = 0;
	}
	a->left = a->ceiling;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_empty(a);
	free(a->newest);
	free(a);
}

void *
arena_take(struct arena *a, size_t len, struct fault *why)
{
	size_t take = rounded(len);
	struct block *b = a->newest;
	void *out;

	if (take == 0 || take > a->left) {
		fault_set(why, FAULT_NO_MEMORY,
		    "%zu bytes wanted, %zu of %zu left", len, a->left,
		    a->ceiling);
		return NULL;
	}
	if (b == NULL || take > b->room - b->used) {
		if ((b = block_new(a->newest, take)) == NULL) {
			fault_set(why, FAULT_NO_MEMORY, "%zu bytes", len);
			return NULL;
		}
		a->newest = b;
	}
	out = b->at + b->used;
	b->used += take;
	a->left -= take;
	return out;
}

void *
arena_take_array(struct arena *a, size_t count, size_t size, struct fault *why)
{
	if (size != 0 && count > SIZE_MAX / size) {
		fault_set(why, FAULT_NO_MEMORY, "%zu times %zu bytes", count,
		    size);
		return NULL;
	}
	return arena_take(a, count * size, why);
}

char *
arena_copy(struct arena *a, const void *bytes, size_t len, struct fault *why)
{
	char *out;

	if (len == SIZE_MAX) {
		fault_set(why, FAULT_NO_MEMORY, "%zu bytes", len);
		return NULL;
	}
	if ((out = arena_take(a, len + 1, why)) == NULL)
		return NULL;
	if (len > 0)
		memcpy(out, bytes, len);
	return out;
}
