/*
 * age: files of the age-encryption.org/v1 format, binary, streaming both ways.
 *
 * Source of the format: C2SP age.md; every MUST of it is enforced (see
 * docs/threats.md).  Own limits, since the format has none: a header of at
 * most AGE_HEADER_MAX bytes and AGE_STANZAS_MAX stanzas, a scrypt work factor
 * of at most 2^22.
 */
#ifndef SATCHEL_CRYPTO_AGE_H
#define SATCHEL_CRYPTO_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agekey;
struct fault;
struct passphrase;
struct sink;
struct source;

#define AGE_HEADER_MAX 131072 /* 128 KiB */
#define AGE_STANZAS_MAX 1024
#define AGE_SCRYPT_WRITE 18 /* log2 N of what we write */
#define AGE_SCRYPT_MAX 22   /* the most we read */

/* The exact first line of every file, LF included. */
#define AGE_VERSION_LINE "age-encryption.org/v1\n"

/* What may open a file: identities, or a passphrase, or both. */
struct age_opener {
	const struct agekey *const *keys;
	size_t key_count;
	const struct passphrase *passphrase; /* NULL: none */
};

/* What the header held, for callers with rules of their own about it. */
struct age_header {
	size_t stanzas; /* of any kind */
	size_t x25519;
	size_t opened; /* stanzas that opened with the keys given */
	bool scrypt;
};

/*
 * A sink that encrypts to every recipient and passes the file on to *next.
 * FAULT_KEY_RECIPIENT if one is not a recipient.  Writes the header at the
 * first write (or at finish).
 */
struct sink *age_encrypt_new(struct sink **next, const char *const *recipients,
    size_t count, struct fault *why);
/* The same, to a passphrase, with work factor 2^AGE_SCRYPT_WRITE. */
struct sink *age_encrypt_passphrase_new(struct sink **next,
    const struct passphrase *p, struct fault *why);

/*
 * A source that gives the plaintext of the file in *from, each 64 KiB chunk
 * once it is authenticated, and faults instead of ending if the last chunk is
 * missing.  Reads and checks the header at once, the MAC included:
 * FAULT_AGE_HEADER, _MAC, _ARMOR, _WORK_FACTOR, _NO_MATCH, or
 * FAULT_PASSPHRASE_WRONG.  A missing nonce is FAULT_AGE_HEADER; everything
 * after it is FAULT_AGE_PAYLOAD.  header may be NULL; it is filled in as far
 * as the header was read, also when nothing opens it.
 */
struct source *age_decrypt_new(struct source **from,
    const struct age_opener *with, struct age_header *header,
    struct fault *why);

#endif
