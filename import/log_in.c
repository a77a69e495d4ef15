#include "import/log_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "crypto/tiles.h"

#define PATH_ROOM 4096
#define HASH sizeof(struct merkle_hash)
#define NAME_ROOM 256
#define TILE_MAX ((size_t)TILES_WIDTH * (2 + TILES_ENTRY_MAX))

static const char alarm_member[] = "\"act\":\"log alarm\"";

int
log_in_by_size(const void *a, const void *b)
{
	const struct log_in_head *one = a, *other = b;

	return (one->said.size > other->said.size) -
	    (one->said.size < other->said.size);
}

int
log_in_file(const char *dir, const char *path, struct bytes *out,
    struct fault *why)
{
	char full[PATH_ROOM], name[NAME_ROOM];
	struct folder *f = NULL;
	int rc,
	    len = snprintf(full, sizeof(full), "%s%s%s", dir != NULL ? dir : "",
		dir != NULL ? "/" : "", path);

	if (len < 0 || (size_t)len >= sizeof(full))
		return FAIL(why, FAULT_DISK_NOT_FOUND, "%s", path);
	rc = folder_split(full, &f, name, sizeof(name), why);
	if (rc == 0)
		rc = folder_read(f, name, out, why);
	folder_close(f);
	if (rc == 0)
		return 1;
	return why->id == FAULT_DISK_NOT_FOUND ? 0 : -1;
}

struct reading {
	const char *dir;
	struct tiles *tiles;
	struct bytes tile;   /* of entries, as it is in the folder */
	struct bytes hashes; /* a tile of hashes, likewise */
	struct log_in_head *heads;
	size_t count;
	size_t next; /* the first of heads that was not reached */
	/* Tiles of hashes that were compared, of each level. */
	uint64_t compared[TILES_LEVELS];
	struct log_in_found *found;
};

static int
read_tile(const struct reading *r, const char *path, struct bytes *out,
    struct fault *why)
{
	int there;

	bytes_empty(out);
	there = log_in_file(r->dir, path, out, why);
	if (there == 0 || (there == -1 && why->id == FAULT_SOURCE_TOO_LARGE))
		return FAIL(why, FAULT_LOG_BROKEN, "%s is %s", path,
		    there == 0 ? "not there" : "too large");
	return there == 1 ? 0 : -1;
}

/*
 * A hash of level 0 is of one entry, one of the next level of 256, and so on:
 * the first that differs says where.
 */
static int
name_entries(const struct reading *r, int level, const char *path,
    const uint8_t *bytes, size_t len, struct fault *why)
{
	const size_t count = (len < r->hashes.len ? len : r->hashes.len) / HASH;
	uint64_t covers = 1, first;
	size_t i = 0;

	while (i < count &&
	    memcmp(r->hashes.at + i * HASH, bytes + i * HASH, HASH) == 0)
		i++;
	for (int at = 0; at < level; at++)
		covers *= TILES_WIDTH;
	first = (r->compared[level] * TILES_WIDTH + i) * covers + 1;
	if (i == count)
		return FAIL(why, FAULT_LOG_BROKEN,
		    "%s is not what the entries yield", path);
	if (level == 0)
		return FAIL(why, FAULT_LOG_BROKEN,
		    "entry %" PRIu64 " is not the one that %s speaks of", first,
		    path);
	return FAIL(why, FAULT_LOG_BROKEN,
	    "among the entries from %" PRIu64 " to %" PRIu64
	    " are some that %s does not speak of",
	    first, first + covers - 1, path);
}

/* What it should be is known: the folder must have exactly that. */
static int
compare_tile(void *with, const char *path, const void *bytes, size_t len,
    struct fault *why)
{
	struct reading *r = with;
	int level;

	/* Entries were read from there a moment ago. */
	if (strncmp(path, "tile/entries/", 13) == 0)
		return 0;
	level = path[strlen("tile/")] - '0'; /* of one digit */
	if (read_tile(r, path, &r->hashes, why) == -1)
		return -1;
	if (r->hashes.len != len || memcmp(r->hashes.at, bytes, len) != 0)
		return name_entries(r, level, path, bytes, len, why);
	r->compared[level]++;
	return 0;
}

static void
hold_heads(struct reading *r)
{
	struct merkle_hash root;

	for (; r->next < r->count; r->next++) {
		struct log_in_head *h = &r->heads[r->next];

		if (h->said.size != tiles_size(r->tiles))
			return;
		tiles_root(r->tiles, &root);
		h->holds = merkle_same(&root, &h->said.root);
	}
}

static bool
is_alarm(const uint8_t *entry, size_t len)
{
	const size_t part = sizeof(alarm_member) - 1;

	/* Inside a text a quotation mark has a stroke before it. */
	for (size_t i = 0; i + part <= len; i++)
		if (memcmp(entry + i, alarm_member, part) == 0)
			return true;
	return false;
}

static int
read_entries(struct reading *r, uint64_t number, unsigned width,
    struct fault *why)
{
	char path[TILES_PATH_ROOM];
	const uint8_t *entry;
	size_t at = 0, len;

	tiles_path(TILES_ENTRIES, number, width, path);
	if (read_tile(r, path, &r->tile, why) == -1)
		return -1;
	for (unsigned i = 0; i < width; i++) {
		if (tiles_entry(&r->tile, &at, &entry, &len) != 1)
			return FAIL(why, FAULT_LOG_BROKEN,
			    "%s has fewer entries than it should", path);
		if (tiles_add(r->tiles, entry, len, why) == -1)
			return -1;
		r->found->alarms += is_alarm(entry, len);
		hold_heads(r);
	}
	if (at != r->tile.len)
		return FAIL(why, FAULT_LOG_BROKEN, "%s has more than it should",
		    path);
	return 0;
}

static int
read_all(struct reading *r, const struct checkpoint *head, struct fault *why)
{
	const uint64_t full = head->size / TILES_WIDTH;
	const unsigned rest = (unsigned)(head->size % TILES_WIDTH);
	struct merkle_hash root;

	hold_heads(r);
	for (uint64_t n = 0; n < full; n++)
		if (read_entries(r, n, TILES_WIDTH, why) == -1)
			return -1;
	if ((rest > 0 && read_entries(r, full, rest, why) == -1) ||
	    tiles_end(r->tiles, why) == -1)
		return -1;
	tiles_root(r->tiles, &root);
	if (!merkle_same(&root, &head->root))
		return FAIL(why, FAULT_LOG_BROKEN,
		    "the root over its entries is another one");
	return 0;
}

int
log_in_check(const char *dir, const struct checkpoint *head,
    struct log_in_head *heads, size_t count, struct log_in_found *found,
    struct fault *why)
{
	struct reading r = { .dir = dir,
		.heads = heads,
		.count = count,
		.found = found };
	int rc = -1;

	*found = (struct log_in_found){ 0 };
	for (size_t i = 0; i < count; i++)
		heads[i].holds = false;
	bytes_init(&r.tile, TILE_MAX);
	bytes_init(&r.hashes, TILES_WIDTH * sizeof(struct merkle_hash));
	if ((r.tiles = tiles_new(compare_tile, &r, why)) != NULL)
		rc = read_all(&r, head, why);
	tiles_free(r.tiles);
	bytes_free(&r.tile);
	bytes_free(&r.hashes);
	return rc;
}
