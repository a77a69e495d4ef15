/*
 * minisign_key: the inside of a signing key, for crypto/ alone.
 *
 * A record is the decoded second line of a key file that minisign -W made:
 * not under a passphrase.  It is a secret and belongs in guarded memory.
 */
#ifndef SATCHEL_CRYPTO_MINISIGN_KEY_H
#define SATCHEL_CRYPTO_MINISIGN_KEY_H

#include <stdint.h>

struct fault;
struct minisign_key;

#define MINISIGN_RECORD 158
#define MINISIGN_RECORD_ROOM 213 /* base64 of it, and NUL */

/* Seed and public key, 64 bytes; they stay in the key's guarded memory. */
const uint8_t *minisign_key_secret(const struct minisign_key *k);

void minisign_key_copy_record(const struct minisign_key *k,
    uint8_t out[static MINISIGN_RECORD]);
/* FAULT_KEY_FILE if it is not such a record, or is under a passphrase. */
struct minisign_key *minisign_key_read_record(const uint8_t record
						  [static MINISIGN_RECORD],
    struct fault *why);

#endif
