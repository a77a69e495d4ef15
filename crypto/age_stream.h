/*
 * age_stream: the payload's chunks, each under its own number.
 *
 * The payload key and the counter go together: a chunk number is used for one
 * sealing only.
 */
#ifndef SATCHEL_CRYPTO_AGE_STREAM_H
#define SATCHEL_CRYPTO_AGE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/age_wrap.h"

#define AGE_STREAM_CHUNK ((size_t)65536)
#define AGE_STREAM_TAG 16
#define AGE_STREAM_SEALED (AGE_STREAM_CHUNK + AGE_STREAM_TAG)
#define AGE_STREAM_NONCE 16

struct age_stream; /* in guarded memory */

/* NULL if there is no memory. */
struct age_stream *age_stream_new(const uint8_t
				      file_key[static AGE_WRAP_FILE_KEY],
    const uint8_t nonce[static AGE_STREAM_NONCE]);
void age_stream_free(struct age_stream *s); /* wipes; NULL is fine */

/* How many chunks went before. */
uint64_t age_stream_number(const struct age_stream *s);

/* len + AGE_STREAM_TAG bytes at out; goes on to the next number. */
void age_stream_seal(struct age_stream *s, const uint8_t *plain, size_t len,
    bool last, uint8_t *out);
/*
 * len - AGE_STREAM_TAG bytes at out.  Goes on to the next number only if it
 * opens; otherwise out holds nothing.
 */
bool age_stream_open(struct age_stream *s, const uint8_t *sealed, size_t len,
    bool last, uint8_t *out);

#endif
