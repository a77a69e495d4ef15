/*
 * base64: RFC 4648 section 4, canonical form only.
 *
 * Unused trailing bits must be zero, padding is as asked for and not
 * otherwise, nothing is skipped.
 */
#ifndef SATCHEL_CRYPTO_BASE64_H
#define SATCHEL_CRYPTO_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE64_ROOM(len) (((len) + 2) / 3 * 4 + 1)

enum base64_form { BASE64_PADDED, BASE64_BARE };

/* BASE64_ROOM(len) bytes at out are enough; a NUL follows. */
void base64_write(const uint8_t *bytes, size_t len, enum base64_form form,
    char *out);
/* Exactly `want` bytes from exactly len characters. */
bool base64_read(const char *text, size_t len, enum base64_form form,
    uint8_t *out, size_t want);
/* Up to room bytes; *got tells how many. */
bool base64_read_some(const char *text, size_t len, enum base64_form form,
    uint8_t *out, size_t room, size_t *got);

#endif
