/*
 * sha1: the checksum that every tus server with checksums knows.
 *
 * It finds a bit that turned over on the way and stops nobody who means harm:
 * for that there are TLS and a bundle's own signature.  Sees no secret.
 */
#ifndef SATCHEL_CRYPTO_SHA1_H
#define SATCHEL_CRYPTO_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES 20

/* FIPS 180-4. */
void sha1_once(const void *bytes, size_t len, uint8_t out[static SHA1_BYTES]);

#endif
