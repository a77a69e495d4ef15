/*
 * age_header: the text an age file begins with, read and written.
 *
 * Works on the header's bytes alone, from the version line to the line of the
 * MAC, both included; it neither opens a stanza nor checks the MAC.
 */
#ifndef SATCHEL_CRYPTO_AGE_HEADER_H
#define SATCHEL_CRYPTO_AGE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/age.h"
#include "crypto/age_wrap.h"

struct bytes;

#define AGE_HEADER_MAC 32

struct age_header_parts {
	struct age_header counts;	/* `opened` is for others to fill in */
	struct age_wrap_x25519 *x25519; /* owned, counts.x25519 of them */
	struct age_wrap_scrypt scrypt;	/* if counts.scrypt */
	uint8_t mac[AGE_HEADER_MAC];
	size_t covered; /* the bytes that the MAC is over */
};

/*
 * Exactly one header, strictly; FAULT_AGE_HEADER.  out->counts is filled in as
 * far as it was read, and out is to be freed either way.
 */
int age_header_read(const uint8_t *text, size_t len,
    struct age_header_parts *out, struct fault *why);
void age_header_free(struct age_header_parts *parts);

/* Adds the version line; a stanza; the end, with its MAC. */
int age_header_write_start(struct bytes *out, struct fault *why);
int age_header_write_x25519(struct bytes *out, const struct age_wrap_x25519 *w,
    struct fault *why);
int age_header_write_scrypt(struct bytes *out, const struct age_wrap_scrypt *w,
    struct fault *why);
int age_header_write_end(struct bytes *out,
    const uint8_t file_key[static AGE_WRAP_FILE_KEY], struct fault *why);

/* The MAC over len bytes: from the version line through "---". */
void age_header_mac(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const void *covered, size_t len, uint8_t out[static AGE_HEADER_MAC]);

#endif
