/*
 * minisign: signatures that stock minisign checks, and its key files.
 *
 * Prehashed form only: what is signed is BLAKE2b-512 of the file.  The legacy
 * form `Ed` is refused, because a prehashed signature can be relabelled as one
 * (nothing covers those two letters).  The reader is stricter than minisign's:
 * four lines, LF, printable ASCII, canonical base64, nothing after.
 */
#ifndef SATCHEL_CRYPTO_MINISIGN_H
#define SATCHEL_CRYPTO_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct fault;
struct minisign_key;
struct passphrase;

#define MINISIGN_HASH 64	/* BLAKE2b-512 */
#define MINISIGN_NUMBER_ROOM 17 /* "%016X" and NUL */
#define MINISIGN_PUBLIC_ROOM 57 /* base64 of 42 bytes and NUL */
#define MINISIGN_COMMENT_MAX 1024
#define MINISIGN_SIGNATURE_ROOM 4096 /* the four lines and NUL */

struct minisign_public {
	uint8_t number[8]; /* as in the file: a hint, not an identity */
	uint8_t key[32];   /* Ed25519; this is who it is */
};

struct minisign_signature {
	uint8_t number[8];
	uint8_t signature[64];
	uint8_t global[64];
	char untrusted[MINISIGN_COMMENT_MAX]; /* after "untrusted comment: " */
	char trusted[MINISIGN_COMMENT_MAX];   /* after "trusted comment: " */
};

/*
 * The base64 alone ("RW..."), 56 characters.  Refused are keys of small or mixed
 * order, and keys spelled in any but the one canonical way.
 */
bool minisign_public_read(const char *text, size_t len,
    struct minisign_public *out);
void minisign_public_write(const struct minisign_public *p,
    char out[static MINISIGN_PUBLIC_ROOM]);
/* A .pub file (two lines) or the base64 alone with or without LF. */
int minisign_public_read_file(const struct bytes *text,
    struct minisign_public *out, struct fault *why);
/* The same key; the number does not count. */
bool minisign_public_same(const struct minisign_public *a,
    const struct minisign_public *b);

struct minisign_key *minisign_key_new(struct fault *why);
void minisign_key_free(struct minisign_key *k); /* wipes; NULL is fine */
void minisign_key_copy_public(const struct minisign_key *k,
    struct minisign_public *out);
/*
 * A stock minisign secret key file, protected or not.  p may be NULL for an
 * unprotected one; FAULT_PASSPHRASE_NEEDED, _WRONG or FAULT_KEY_FILE.
 */
struct minisign_key *minisign_key_read_file(const struct bytes *text,
    const struct passphrase *p, struct fault *why);
/* Does this file ask for a passphrase? */
bool minisign_key_file_protected(const struct bytes *text);
/* p NULL: unprotected, as minisign -W writes it.  Adds the file to out. */
int minisign_key_write_file(const struct minisign_key *k,
    const struct passphrase *p, struct bytes *out, struct fault *why);

/*
 * Sign a hash.  untrusted and trusted are printable ASCII without line ends.
 * out gets the four lines.
 */
int minisign_sign(const struct minisign_key *k,
    const uint8_t hash[static MINISIGN_HASH], const char *untrusted,
    const char *trusted, struct bytes *out, struct fault *why);

/*
 * Exactly four lines and nothing else, strictly.  FAULT_SIGNATURE_FORM says
 * which line is wrong.
 */
int minisign_signature_read(const void *text, size_t len,
    struct minisign_signature *out, struct fault *why);
/*
 * The four lines as stock minisign writes them, tab-separated trusted comment
 * and UTF-8 in comments allowed: for the detached signatures of parties.
 */
int minisign_signature_read_detached(const void *text, size_t len,
    struct minisign_signature *out, struct fault *why);

/* Both signatures good under this key, and its number the same? */
bool minisign_verify(const struct minisign_public *p,
    const struct minisign_signature *s,
    const uint8_t hash[static MINISIGN_HASH]);

#endif
