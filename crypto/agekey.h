/*
 * agekey: the key pair a bundle is sealed to (age, X25519).
 *
 * The secret half lives in guarded memory and never leaves this folder but as
 * a line of the secrets file.  A recipient is its public half as text,
 * "age1..." (Bech32 of BIP 173, without its length limit).
 */
#ifndef SATCHEL_CRYPTO_AGEKEY_H
#define SATCHEL_CRYPTO_AGEKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agekey;
struct bytes;
struct fault;

#define AGEKEY_BYTES 32
#define AGEKEY_RECIPIENT_ROOM 63 /* 62 characters and NUL */

struct agekey *agekey_new(struct fault *why);
/* "AGE-SECRET-KEY-1...", alone on its line. */
struct agekey *agekey_read(const char *text, size_t len, struct fault *why);
void agekey_free(struct agekey *k); /* wipes; NULL is fine */
void agekey_copy_recipient(const struct agekey *k,
    char out[static AGEKEY_RECIPIENT_ROOM]);

/*
 * The identities of a key file as age and age-keygen write it: one a line,
 * '#' comments and empty lines between.  At most max; FAULT_KEY_FILE if a
 * line is anything else or there is none.
 */
int agekey_read_file(const struct bytes *text, struct agekey **keys, size_t max,
    size_t *count, struct fault *why);

/* Is it a recipient?  Small-order points are refused. */
bool agekey_recipient_read(const char *text, uint8_t out[static AGEKEY_BYTES]);

#endif
