/* secrets_inside: the store key of a node, for crypto/seal.c alone. */
#ifndef SATCHEL_CRYPTO_SECRETS_INSIDE_H
#define SATCHEL_CRYPTO_SECRETS_INSIDE_H

#include <stdint.h>

struct secrets;

#define SECRETS_STORE_KEY ((size_t)32)

const uint8_t *secrets_store_key(const struct secrets *s);

#endif
