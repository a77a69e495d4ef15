/*
 * custody: is this the file that was sealed?
 *
 * What a waybill says of a bundle, read from the bundle alone: no key, no
 * agreement and no home.  Whether its signature is good is another question.
 */
#ifndef SATCHEL_IMPORT_CUSTODY_H
#define SATCHEL_IMPORT_CUSTODY_H

#include <stdint.h>

#include "crypto/digest.h"

struct fault;
struct waybill;

/*
 * The open file has the four lines of a bundle, and is hashed whole.  Faults of
 * receive_lines; FAULT_DISK_NOT_READ if it grew or shrank meanwhile.
 */
int custody_look(int fd, struct waybill *out, struct fault *why);

/* The digits of any file, whatever it is, from its first byte to its last. */
int custody_fingerprint(int fd, uint64_t *bytes,
    char out[static DIGEST_FINGERPRINT], struct fault *why);

#endif
