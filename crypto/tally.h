/*
 * tally: how often each name was met, without keeping the names.
 *
 * A keyed hash of 8 bytes and a count of 2 for each, so that half a million fit
 * into some ten megabytes.  The key is fresh for each tally, so that nobody can
 * aim at equal hashes.  Two names of one hash count as the same: callers must
 * fail towards caution then.
 */
#ifndef SATCHEL_CRYPTO_TALLY_H
#define SATCHEL_CRYPTO_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_MOST UINT16_MAX /* a count stops here */

struct fault;
struct tally;

struct tally *tally_new(struct fault *why);
void tally_free(struct tally *t); /* NULL is fine */

/* Count the name once more; *met is how often it was met before. */
int tally_add(struct tally *t, const char *name, uint16_t *met,
    struct fault *why);
/* How often it was met; 0 also after tally_forget. */
uint16_t tally_of(const struct tally *t, const char *name);
/* Set its count to 0; its place stays taken. */
void tally_forget(struct tally *t, const char *name);
/* The name's hash, for another table beside this one. */
uint64_t tally_hash(const struct tally *t, const char *name);
/* How many different names were met. */
size_t tally_names(const struct tally *t);

#endif
