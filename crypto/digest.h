/*
 * digest: fingerprints of bytes, and the two text forms they are written in.
 *
 * Sees no secret; the other folders may use it.
 */
#ifndef SATCHEL_CRYPTO_DIGEST_H
#define SATCHEL_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct sink;

enum digest_kind {
	DIGEST_SHA256,	    /* FIPS 180-4, 32 bytes */
	DIGEST_BLAKE2B_256, /* RFC 7693 unkeyed, 32 bytes */
	DIGEST_BLAKE2B_512, /* the same, 64 bytes: what minisign signs */
};

#define DIGEST_MAX 64
#define DIGEST_HEX 65	      /* of 32 bytes, with NUL */
#define DIGEST_FINGERPRINT 36 /* "12345 67890 12345 67890 12345 67890" */

struct digest;

struct digest *digest_new(enum digest_kind kind, struct fault *why);
void digest_add(struct digest *d, const void *bytes, size_t len);
/*
 * For a digest over several values, none of which can be taken for another: 8
 * bytes, little-endian; and a text with its NUL after whether there is one, so
 * that NULL is not the empty text.
 */
void digest_add_number(struct digest *d, int64_t number);
void digest_add_text(struct digest *d, const char *text);
/* Copies 32 or 64 bytes by kind; d can only be freed afterwards. */
void digest_end(struct digest *d, uint8_t *out);
void digest_free(struct digest *d); /* NULL is fine */

/* A sink that passes everything on to *next and adds it to d (borrowed). */
struct sink *digest_sink_new(struct digest *d, struct sink **next,
    struct fault *why);

void digest_once(enum digest_kind kind, const void *bytes, size_t len,
    uint8_t *out);

/*
 * A keyed hash for tables (SipHash-2-4), not for identity: 64 bits are too few
 * for that.
 */
#define DIGEST_SHORT_KEY 16
uint64_t digest_short(const uint8_t key[static DIGEST_SHORT_KEY],
    const void *bytes, size_t len);

/* Lower-case hex of len bytes and a NUL: 2 * len + 1 bytes at out. */
void digest_hex(const uint8_t *bytes, size_t len, char *out);
/* Exactly 2 * len lower-case digits. */
bool digest_unhex(const char *hex, uint8_t *out, size_t len);

/*
 * 30 digits in six groups of five, for reading aloud: group i is bytes 5i to
 * 5i+4 of BLAKE2b-256(bytes), as a big-endian number modulo 100,000.
 */
void digest_fingerprint(const void *bytes, size_t len,
    char out[static DIGEST_FINGERPRINT]);
/* The same of a hash that was made already. */
void digest_fingerprint_of(const uint8_t hash[static 32],
    char out[static DIGEST_FINGERPRINT]);
/*
 * The check digit of one printed line of fifteen digits (three groups): the
 * Damm digit over them, so a wrong digit or two swapped neighbours show.
 */
char digest_check_digit(const char *digits, size_t len);
/*
 * Does what a person typed name this fingerprint?  Spaces and hyphens do not
 * count; 30 digits, or 32 with the two lines' check digits.
 */
bool digest_fingerprint_is(const char *fingerprint, const char *typed);
/*
 * Can this have been typed from a fingerprint?  0; 1 or 2, the line whose check
 * digit does not fit; -1: not 30 or 32 digits.
 */
int digest_fingerprint_form(const char *typed);

#endif
