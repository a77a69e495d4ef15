/*
 * waybill: one printed page that goes with a bundle from hand to hand.
 *
 * Only what can be read on the outside of the bundle by whoever holds it: its
 * id, number, size and time, and digits made of the whole file.  No names, no
 * node, no counts.  What the QR code says is printed beside it.
 */
#ifndef SATCHEL_FORMATS_WAYBILL_H
#define SATCHEL_FORMATS_WAYBILL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/digest.h"
#include "formats/bundle.h"

struct fault;
struct sink;

#define WAYBILL_TEXT 300  /* what the QR code says, and NUL */
#define WAYBILL_DIGITS 22 /* "12345 67890 12345 - 7" and NUL */

struct waybill {
	struct bundle_outside outside;
	uint64_t bytes;			      /* of the whole file */
	char fingerprint[DIGEST_FINGERPRINT]; /* likewise, BLAKE2b-256 */
};

/* One of the two lines of digits with its check digit; line is 0 or 1. */
void waybill_line(const struct waybill *w, int line,
    char out[static WAYBILL_DIGITS]);
/* Seven lines of plain ASCII. */
void waybill_text(const struct waybill *w, char out[static WAYBILL_TEXT]);
int waybill_write(const struct waybill *w, struct sink *to, struct fault *why);

/*
 * Can these be the digits of a waybill?  30, or 32 with their check digits;
 * spaces and hyphens do not count, nor does what stands before the word
 * fingerprint where the whole QR code was read in.  FAULT_WAYBILL_DIGITS says
 * which line is wrong.
 */
int waybill_digits_check(const char *typed, struct fault *why);
/* FAULT_WAYBILL_OTHER unless they are the digits of that fingerprint. */
int waybill_digits_are(const char *typed, const char *fingerprint,
    struct fault *why);

#endif
