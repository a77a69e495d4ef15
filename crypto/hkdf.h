/*
 * hkdf: keys from keys, HKDF-SHA-256 of RFC 5869.
 *
 * libsodium 1.0.18 has no HKDF, so this is made of its HMAC-SHA-256.
 */
#ifndef SATCHEL_CRYPTO_HKDF_H
#define SATCHEL_CRYPTO_HKDF_H

#include <stddef.h>
#include <stdint.h>

#define HKDF_KEY 32
#define HKDF_MAX ((size_t)255 * HKDF_KEY) /* the most hkdf_expand can give */

void hkdf_extract(const uint8_t *salt, size_t salt_len, const uint8_t *ikm,
    size_t ikm_len, uint8_t out[static HKDF_KEY]);
/* len is at most HKDF_MAX. */
void hkdf_expand(const uint8_t key[static HKDF_KEY], const void *info,
    size_t info_len, uint8_t *out, size_t len);

/* Both steps, for one key of 32 bytes; info is text, its NUL not included. */
void hkdf_key(const uint8_t *ikm, size_t ikm_len, const uint8_t *salt,
    size_t salt_len, const char *info, uint8_t out[static HKDF_KEY]);

#endif
