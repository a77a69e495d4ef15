#include "crypto/tiles.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"

#define GROUP 1000
#define GROUPS_MAX 6 /* of 2^53 */
#define LENGTH 2     /* bytes before an entry */
#define ENTRIES_MAX ((size_t)TILES_WIDTH * (LENGTH + TILES_ENTRY_MAX))

/* --- names --- */

static void
write_number(uint64_t number, char *out, size_t room)
{
	unsigned group[GROUPS_MAX];
	size_t count = 0, used = 0;

	do {
		assert(count < GROUPS_MAX);
		group[count++] = (unsigned)(number % GROUP);
		number /= GROUP;
	} while (number != 0);
	while (count-- > 0)
		used += (size_t)snprintf(out + used, room - used, "%s%03u%s",
		    count > 0 ? "x" : "", group[count], count > 0 ? "/" : "");
}

void
tiles_path(int level, uint64_t number, unsigned width,
    char out[static TILES_PATH_ROOM])
{
	char name[5 * GROUPS_MAX + 1], end[16] = "";

	assert(width >= 1 && width <= TILES_WIDTH);
	write_number(number, name, sizeof(name));
	if (width < TILES_WIDTH)
		(void)snprintf(end, sizeof(end), ".p/%u", width);
	if (level == TILES_ENTRIES)
		(void)snprintf(out, TILES_PATH_ROOM, "tile/entries/%s%s", name,
		    end);
	else
		(void)snprintf(out, TILES_PATH_ROOM, "tile/%d/%s%s", level,
		    name, end);
}

/* --- making them --- */

/* The hashes of a level that are in no full tile yet. */
struct level {
	struct merkle_hash hash[TILES_WIDTH];
	unsigned width;
	uint64_t number; /* of the tile that grows */
};

struct tiles {
	tiles_put put;
	void *with;
	struct bytes entries;
	struct merkle_edge edge;
	struct level level[TILES_LEVELS];
};

struct tiles *
tiles_new(tiles_put put, void *with, struct fault *why)
{
	struct tiles *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a log's tiles");
		return NULL;
	}
	t->put = put;
	t->with = with;
	bytes_init(&t->entries, ENTRIES_MAX);
	return t;
}

void
tiles_free(struct tiles *t)
{
	if (t == NULL)
		return;
	bytes_free(&t->entries);
	free(t);
}

static int
put_hashes(const struct tiles *t, int level, struct fault *why)
{
	const struct level *l = &t->level[level];
	char path[TILES_PATH_ROOM];

	tiles_path(level, l->number, l->width, path);
	return t->put(t->with, path, l->hash, l->width * sizeof(l->hash[0]),
	    why);
}

static int
put_entries(struct tiles *t, struct fault *why)
{
	const struct level *l = &t->level[0];
	char path[TILES_PATH_ROOM];

	tiles_path(TILES_ENTRIES, l->number, l->width, path);
	if (t->put(t->with, path, t->entries.at, t->entries.len, why) == -1)
		return -1;
	bytes_empty(&t->entries);
	return 0;
}

/* A tile that is full is one hash of the level above. */
static int
add_hash(struct tiles *t, const struct merkle_hash *leaf, struct fault *why)
{
	struct merkle_hash h = *leaf;

	for (int at = 0; at < TILES_LEVELS; at++) {
		struct level *l = &t->level[at];
		struct merkle_edge edge = { .size = 0 };

		l->hash[l->width++] = h;
		if (l->width < TILES_WIDTH)
			break;
		if ((at == 0 && put_entries(t, why) == -1) ||
		    put_hashes(t, at, why) == -1)
			return -1;
		for (size_t i = 0; i < TILES_WIDTH; i++)
			merkle_add(&edge, &l->hash[i]);
		merkle_root(&edge, &h);
		l->width = 0;
		l->number++;
	}
	return 0;
}

int
tiles_add(struct tiles *t, const void *entry, size_t len, struct fault *why)
{
	const uint8_t length[LENGTH] = { (uint8_t)(len >> 8), (uint8_t)len };
	struct merkle_hash leaf;

	if (len > TILES_ENTRY_MAX)
		return FAIL(why, FAULT_INSIDE, "an entry is too long");
	if (bytes_add(&t->entries, length, sizeof(length), why) == -1 ||
	    bytes_add(&t->entries, entry, len, why) == -1)
		return -1;
	merkle_leaf(entry, len, &leaf);
	merkle_add(&t->edge, &leaf);
	return add_hash(t, &leaf, why);
}

int
tiles_end(struct tiles *t, struct fault *why)
{
	if (t->level[0].width > 0 && put_entries(t, why) == -1)
		return -1;
	for (int at = 0; at < TILES_LEVELS; at++)
		if (t->level[at].width > 0 && put_hashes(t, at, why) == -1)
			return -1;
	return 0;
}

uint64_t
tiles_size(const struct tiles *t)
{
	return t->edge.size;
}

void
tiles_root(const struct tiles *t, struct merkle_hash *out)
{
	merkle_root(&t->edge, out);
}

/* --- reading them --- */

int
tiles_entry(const struct bytes *tile, size_t *at, const uint8_t **entry,
    size_t *len)
{
	size_t left = tile->len - *at;
	const uint8_t *from = tile->at + *at;

	if (left == 0)
		return 0;
	if (left < LENGTH)
		return -1;
	*len = ((size_t)from[0] << 8) | from[1];
	if (left - LENGTH < *len)
		return -1;
	*entry = from + LENGTH;
	*at += LENGTH + *len;
	return 1;
}
