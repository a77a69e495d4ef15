/*
 * seal: values at rest in the store, and looking them up blindly.
 *
 * A sealed value is 24 random bytes of nonce and XChaCha20-Poly1305 over the
 * plaintext, with the place it belongs to (table, column, row) as additional
 * data: a value moved elsewhere does not open.  A blind index is BLAKE2b-256,
 * keyed with a sub-key of the store key, over a kind and a normalised value:
 * equal values meet, and nobody without the key can test a guess.
 */
#ifndef SATCHEL_CRYPTO_SEAL_H
#define SATCHEL_CRYPTO_SEAL_H

#include <stddef.h>
#include <stdint.h>

struct bytes;
struct fault;
struct secrets;

#define SEAL_INDEX 32
#define SEAL_OVERHEAD 40

struct seal_place {
	const char *table;
	const char *column;
	const void *row; /* the row's own name: a number's 8 bytes, an index */
	size_t row_len;
};

/* Adds the sealed value to out. */
int seal_close(const struct secrets *s, const struct seal_place *at,
    const void *plain, size_t len, struct bytes *out, struct fault *why);
/* Adds the plaintext to out; FAULT_STORE_DAMAGED if it does not open here. */
int seal_open(const struct secrets *s, const struct seal_place *at,
    const void *sealed, size_t len, struct bytes *out, struct fault *why);

/*
 * kind separates what is looked up ("ref", "case", "individual"); value is
 * taken in lower case (ASCII) and without surrounding space.
 */
void seal_index(const struct secrets *s, const char *kind, const char *value,
    uint8_t out[static SEAL_INDEX]);

#endif
