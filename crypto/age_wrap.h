/*
 * age_wrap: a file key wrapped for one recipient, or under a passphrase.
 *
 * These are the two stanza kinds we know, without their text form, which is
 * age_header's.  A body is the wrapped file key and its tag, always 32 bytes.
 */
#ifndef SATCHEL_CRYPTO_AGE_WRAP_H
#define SATCHEL_CRYPTO_AGE_WRAP_H

#include <stdbool.h>
#include <stdint.h>

struct agekey;
struct fault;
struct passphrase;

#define AGE_WRAP_FILE_KEY 16
#define AGE_WRAP_BODY 32
#define AGE_WRAP_SHARE 32
#define AGE_WRAP_SALT 16

struct age_wrap_x25519 {
	uint8_t share[AGE_WRAP_SHARE];
	uint8_t body[AGE_WRAP_BODY];
};

struct age_wrap_scrypt {
	uint8_t salt[AGE_WRAP_SALT];
	unsigned log_n; /* the work factor is 2^log_n */
	uint8_t body[AGE_WRAP_BODY];
};

enum age_wrap_answer {
	AGE_WRAP_OPENED,
	AGE_WRAP_NOT_OURS,
	AGE_WRAP_ALL_ZERO, /* a share made to give a key known to all */
};

/* False if the recipient's point is of small order. */
bool age_wrap_to_recipient(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const uint8_t recipient[static 32], struct age_wrap_x25519 *out);
enum age_wrap_answer age_wrap_open(const struct age_wrap_x25519 *w,
    const struct agekey *key, uint8_t file_key[static AGE_WRAP_FILE_KEY]);

/* log_n is the caller's choice and set before; FAULT_NO_MEMORY. */
int age_wrap_to_passphrase(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const struct passphrase *p, struct age_wrap_scrypt *out, struct fault *why);
/* FAULT_PASSPHRASE_WRONG or FAULT_NO_MEMORY; log_n was judged before. */
int age_wrap_open_passphrase(const struct age_wrap_scrypt *w,
    const struct passphrase *p, uint8_t file_key[static AGE_WRAP_FILE_KEY],
    struct fault *why);

#endif
