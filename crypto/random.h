/* random: fresh unpredictable bytes, and the identifiers made of them. */
#ifndef SATCHEL_CRYPTO_RANDOM_H
#define SATCHEL_CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_UUID 37 /* lower-case 8-4-4-4-12 and NUL */

/* Start the library; 0, or -1 if no randomness is to be had. */
int random_start(void);
void random_bytes(void *out, size_t len);
void random_uuid(char out[static RANDOM_UUID]); /* RFC 4122 version 4 */
/*
 * An identifier that the same name always yields: RFC 4122's version-5 form,
 * but hashed with BLAKE2b under the label `space`.
 */
void random_named_uuid(const char *space, const char *name,
    char out[static RANDOM_UUID]);

#endif
