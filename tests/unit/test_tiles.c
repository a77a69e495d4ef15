#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/tiles.h"
#include "tests/unit/rows.h"

/* --- names --- */

static const struct path_row {
	const char *name;
	int level;
	uint64_t number;
	unsigned width;
	const char *path;
} paths[] = {
	{ "the first tile", 0, 0, 256, "tile/0/000" },
	{ "one that is not full", 0, 0, 1, "tile/0/000.p/1" },
	{ "the last below a thousand", 0, 999, 256, "tile/0/999" },
	{ "a thousand", 0, 1000, 256, "tile/0/x001/000" },
	{ "as the specification has it", 0, 1234067, 256,
	    "tile/0/x001/x234/067" },
	{ "the same, not full", 2, 1234067, 8, "tile/2/x001/x234/067.p/8" },
	{ "a million", 1, 1000000, 255, "tile/1/x001/x000/000.p/255" },
	{ "entries", TILES_ENTRIES, 67, 256, "tile/entries/067" },
	{ "entries, not full", TILES_ENTRIES, 5001, 17,
	    "tile/entries/x005/001.p/17" },
	{ "the largest of 2^53 entries", TILES_ENTRIES, ((uint64_t)1 << 45) - 1,
	    256, "tile/entries/x035/x184/x372/x088/831" },
};

static void
path_is(void **state)
{
	const struct path_row *c = *state;
	char path[TILES_PATH_ROOM];

	tiles_path(c->level, c->number, c->width, path);
	assert_string_equal(path, c->path);
}

/* --- making them --- */

/* What was handed out: of each tile its path, and of one its bytes. */
struct put {
	const char *wanted; /* NULL: none */
	char paths[4096];
	struct bytes got;
	size_t fails_at; /* 0: never */
	size_t count;
};

static int
take(void *with, const char *path, const void *bytes, size_t len,
    struct fault *why)
{
	struct put *p = with;

	if (++p->count == p->fails_at)
		return FAIL(why, FAULT_DISK_NOT_FOUND, "made up");
	if (strlen(p->paths) + strlen(path) + 2 < sizeof(p->paths)) {
		strcat(p->paths, path);
		strcat(p->paths, " ");
	}
	if (p->wanted != NULL && strcmp(path, p->wanted) == 0)
		assert_int_equal(bytes_add(&p->got, bytes, len, why), 0);
	return 0;
}

/* Entry i is i as two bytes. */
static void
entry_of(uint64_t i, uint8_t out[static 2])
{
	out[0] = (uint8_t)(i >> 8);
	out[1] = (uint8_t)i;
}

static struct tiles *
made(struct put *p, uint64_t size)
{
	struct fault why;
	struct tiles *t = tiles_new(take, p, &why);
	uint8_t entry[2];

	assert_non_null(t);
	for (uint64_t i = 0; i < size; i++) {
		entry_of(i, entry);
		assert_int_equal(tiles_add(t, entry, sizeof(entry), &why), 0);
	}
	assert_int_equal(tiles_end(t, &why), 0);
	assert_int_equal(tiles_size(t), size);
	return t;
}

static const struct set_row {
	const char *name;
	uint64_t size;
	const char *paths;
} sets[] = {
	{ "no entry, no tile", 0, "" },
	{ "one entry", 1, "tile/entries/000.p/1 tile/0/000.p/1 " },
	{ "one less than full", 255,
	    "tile/entries/000.p/255 tile/0/000.p/255 " },
	{ "a full one is one hash above it", 256,
	    "tile/entries/000 tile/0/000 tile/1/000.p/1 " },
	{ "one more", 257,
	    "tile/entries/000 tile/0/000 tile/entries/001.p/1 "
	    "tile/0/001.p/1 tile/1/000.p/1 " },
	{ "three levels", 65537, NULL },
};

static void
set_is(void **state)
{
	const struct set_row *c = *state;
	struct put p = { .paths = "" };
	struct tiles *t;

	bytes_init(&p.got, 65536);
	t = made(&p, c->size);
	if (c->paths != NULL)
		assert_string_equal(p.paths, c->paths);
	else
		assert_int_equal(p.count, 2 * (256 + 1) + 1 + 1);
	tiles_free(t);
	bytes_free(&p.got);
}

/* Whatever is in a tile can be worked out from the leaves alone. */
static void
hashes_are_of_leaves(void **state)
{
	struct put p = { .wanted = "tile/1/000.p/2" };
	struct merkle_edge whole = { .size = 0 }, part = { .size = 0 };
	struct merkle_hash leaf, root, above;
	struct tiles *t;
	uint8_t entry[2];

	(void)state;
	bytes_init(&p.got, 65536);
	t = made(&p, 600);
	for (uint64_t i = 0; i < 600; i++) {
		entry_of(i, entry);
		merkle_leaf(entry, sizeof(entry), &leaf);
		merkle_add(&whole, &leaf);
		if (i >= 256 && i < 512)
			merkle_add(&part, &leaf);
	}
	merkle_root(&whole, &root);
	tiles_root(t, &above);
	assert_true(merkle_same(&root, &above));
	merkle_root(&part, &root);
	assert_int_equal(p.got.len, 2 * MERKLE_HASH);
	assert_memory_equal(p.got.at + MERKLE_HASH, root.bytes, MERKLE_HASH);
	tiles_free(t);
	bytes_free(&p.got);
}

static void
entries_come_back(void **state)
{
	struct put p = { .wanted = "tile/entries/001.p/44" };
	const uint8_t *entry;
	uint8_t wanted[2];
	size_t at = 0, len;
	struct tiles *t;

	(void)state;
	bytes_init(&p.got, 65536);
	t = made(&p, 300);
	for (uint64_t i = 256; i < 300; i++) {
		entry_of(i, wanted);
		assert_int_equal(tiles_entry(&p.got, &at, &entry, &len), 1);
		assert_int_equal(len, 2);
		assert_memory_equal(entry, wanted, 2);
	}
	assert_int_equal(tiles_entry(&p.got, &at, &entry, &len), 0);
	tiles_free(t);
	bytes_free(&p.got);
}

static void
longest_entry(void **state)
{
	struct put p = { .wanted = "tile/entries/000.p/1" };
	uint8_t *entry = calloc(1, TILES_ENTRY_MAX + 1);
	const uint8_t *found;
	struct fault why;
	size_t at = 0, len;
	struct tiles *t;

	(void)state;
	assert_non_null(entry);
	bytes_init(&p.got, (size_t)2 * TILES_ENTRY_MAX);
	assert_non_null(t = tiles_new(take, &p, &why));
	assert_int_equal(tiles_add(t, entry, TILES_ENTRY_MAX + 1, &why), -1);
	assert_int_equal(tiles_add(t, entry, TILES_ENTRY_MAX, &why), 0);
	assert_int_equal(tiles_end(t, &why), 0);
	assert_int_equal(tiles_entry(&p.got, &at, &found, &len), 1);
	assert_int_equal(len, TILES_ENTRY_MAX);
	tiles_free(t);
	bytes_free(&p.got);
	free(entry);
}

static void
fault_goes_through(void **state)
{
	(void)state;
	for (size_t at = 1; at <= 5; at++) {
		struct put p = { .fails_at = at };
		struct fault why = { .id = FAULT_NONE };
		struct tiles *t = tiles_new(take, &p, &why);
		int rc = 0;

		assert_non_null(t);
		for (size_t i = 0; i < 257 && rc == 0; i++)
			rc = tiles_add(t, "x", 1, &why);
		if (rc == 0)
			rc = tiles_end(t, &why);
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, FAULT_DISK_NOT_FOUND);
		tiles_free(t);
	}
}

/* --- reading what somebody else wrote --- */

static const struct read_row {
	const char *name;
	const char *bytes;
	size_t len;
	int first;
	int second;
} reads[] = {
	{ "nothing", "", 0, 0, 0 },
	{ "half a length", "\0", 1, -1, -1 },
	{ "an entry of nothing", "\0\0", 2, 1, 0 },
	{ "an entry that is cut off", "\0\2a", 3, -1, -1 },
	{ "one and half a length", "\0\1a\0", 4, 1, -1 },
	{ "a length beyond all", "\377\377a", 3, -1, -1 },
};

static void
reads_as(void **state)
{
	const struct read_row *c = *state;
	const uint8_t *entry;
	struct bytes tile;
	struct fault why;
	size_t at = 0, len;

	bytes_init(&tile, 64);
	assert_int_equal(bytes_add(&tile, c->bytes, c->len, &why), 0);
	assert_int_equal(tiles_entry(&tile, &at, &entry, &len), c->first);
	assert_int_equal(tiles_entry(&tile, &at, &entry, &len), c->second);
	bytes_free(&tile);
}

static const struct whole_row {
	const char *name;
	void (*holds)(void **state);
} wholes[] = {
	{ "a tile's hashes are those of its leaves", hashes_are_of_leaves },
	{ "entries come back as they went", entries_come_back },
	{ "an entry has 65,535 bytes at most", longest_entry },
	{ "a tile that cannot be put down ends it", fault_goes_through },
};

static void
whole_holds(void **state)
{
	const struct whole_row *c = *state;

	c->holds(state);
}

int
main(void)
{
	return ROWS_RUN("tiles: names", paths, path_is) +
	    ROWS_RUN("tiles: which there are", sets, set_is) +
	    ROWS_RUN("tiles: reading", reads, reads_as) +
	    ROWS_RUN("tiles", wholes, whole_holds);
}
