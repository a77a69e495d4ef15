/*
 * tiles: a log as a folder of files that stock tools read (C2SP tlog-tiles).
 *
 * 256 hashes of a level lie in tile/<L>/<N>, 256 entries in tile/entries/<N>,
 * each behind its length in two bytes; the last of each, with W of them, ends
 * in ".p/<W>".  N is written in groups of three digits: 1234067 is
 * x001/x234/067.
 */
#ifndef SATCHEL_CRYPTO_TILES_H
#define SATCHEL_CRYPTO_TILES_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/merkle.h"

struct bytes;
struct fault;

#define TILES_WIDTH 256
#define TILES_ENTRY_MAX 65535
#define TILES_ENTRIES (-1) /* in place of a level */
#define TILES_LEVELS 7	   /* of a log of up to 2^53 entries */
#define TILES_PATH_ROOM 64

/* width 1 to TILES_WIDTH: how many there are in it. */
void tiles_path(int level, uint64_t number, unsigned width,
    char out[static TILES_PATH_ROOM]);

/*
 * Takes the entries of a log one by one and hands out each tile when it is
 * full, those of the entries before those of their hashes, and the rest of them
 * at the end.
 */
struct tiles;
typedef int (*tiles_put)(void *with, const char *path, const void *bytes,
    size_t len, struct fault *why);

struct tiles *tiles_new(tiles_put put, void *with, struct fault *why);
void tiles_free(struct tiles *t); /* NULL is fine */
int tiles_add(struct tiles *t, const void *entry, size_t len,
    struct fault *why);
int tiles_end(struct tiles *t, struct fault *why);
/* How many were added, and the root over them. */
uint64_t tiles_size(const struct tiles *t);
void tiles_root(const struct tiles *t, struct merkle_hash *out);

/*
 * The entry at *at of a tile of entries, which is moved behind it.  1; 0 at its
 * end; -1 if it is cut off, without a fault.
 */
int tiles_entry(const struct bytes *tile, size_t *at, const uint8_t **entry,
    size_t *len);

#endif
