/*
 * bech32: the text form of age's keys (BIP 173, checksum constant 1).
 *
 * The length limit of BIP 173 is left out, as age leaves it out.  Text is all
 * lower case or all upper case, and which of the two is part of the prefix.
 */
#ifndef SATCHEL_CRYPTO_BECH32_H
#define SATCHEL_CRYPTO_BECH32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters and NUL for len bytes after a prefix of prefix_len characters. */
#define BECH32_ROOM(prefix_len, len) \
	((prefix_len) + 1 + ((len)*8 + 4) / 5 + 6 + 1)

/* Is the checksum good, and all one case?  *prefix_len: what is before '1'. */
bool bech32_check(const char *text, size_t len, size_t *prefix_len);

/* Exactly `want` bytes after exactly this prefix, in its case. */
bool bech32_read(const char *text, size_t len, const char *prefix, uint8_t *out,
    size_t want);

/* BECH32_ROOM(strlen(prefix), len) bytes at out are enough. */
void bech32_write(const char *prefix, const uint8_t *bytes, size_t len,
    char *out);

#endif
