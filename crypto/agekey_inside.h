/*
 * agekey_inside: the secret half of an opening key, for crypto/ alone.
 *
 * What is lent stays in the key's guarded memory; nobody copies it but into
 * guarded memory or the secrets file.
 */
#ifndef SATCHEL_CRYPTO_AGEKEY_INSIDE_H
#define SATCHEL_CRYPTO_AGEKEY_INSIDE_H

#include <stdint.h>

struct agekey;

#define AGEKEY_TEXT_ROOM 75 /* 74 characters and NUL */

const uint8_t *agekey_secret(const struct agekey *k);
const uint8_t *agekey_public(const struct agekey *k);
/* "AGE-SECRET-KEY-1..."; text must be guarded memory. */
void agekey_copy_text(const struct agekey *k,
    char text[static AGEKEY_TEXT_ROOM]);

#endif
