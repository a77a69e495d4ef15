/*
 * vectors: the primitives one by one, for known-answer tests by others.
 *
 * A request is one line: a primitive and its arguments in hex, "-" for empty,
 * numbers in decimal.  The answer is "ok HEX" ("ok" alone and a space and "-"
 * for an empty result) or "fail".
 *
 *	ed25519-verify PUB SIG MSG		ok - or fail
 *	x25519 PRIV PUB
 *	chacha20poly1305-open K N AAD CT
 *	hkdf-sha256 IKM SALT INFO LEN
 *	scrypt PASS SALT LOGN			r = 8, p = 1, 32 bytes
 *	merkle-inclusion INDEX SIZE LEAF ROOT PATH	ok - or fail
 *	merkle-consistency SIZE1 SIZE2 ROOT1 ROOT2 PATH
 *
 * A PATH is hashes with commas or spaces between them.  As transparency-dev's
 * vectors have it, equal roots of equal sizes may be anything at all, and
 * nothing is consistent with a tree of size 0 but itself.
 */
#ifndef SATCHEL_CRYPTO_VECTORS_H
#define SATCHEL_CRYPTO_VECTORS_H

#include <stddef.h>

struct bytes;
struct fault;

/* Adds the answer, with LF, to out.  Only running out of room faults. */
int vectors_answer(const char *line, size_t len, struct bytes *out,
    struct fault *why);

#endif
