/*
 * receive: from a file somebody brought to bytes we know the signer of.
 *
 * Steps 1 to 4 of reading a bundle (docs/bundle.5), each a function of its
 * own.  What is not verified is never decrypted; after step 1 the stick is not
 * read again.
 */
#ifndef SATCHEL_IMPORT_RECEIVE_H
#define SATCHEL_IMPORT_RECEIVE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/minisign.h"
#include "formats/bundle.h"

struct agreement;
struct fault;
struct folder;
struct node;

struct received {
	int fd; /* -1, or open on the file: received_close */
	uint64_t bytes;
	size_t age_at; /* where the age part begins */
	struct minisign_signature signature;
	struct bundle_outside outside;
	uint8_t hash[MINISIGN_HASH]; /* of the age part: what is signed */
	uint8_t sha256[32];	   /* of the age part: what `previous` names */
	const struct node *signer; /* of the agreement; NULL: unknown key */
	const struct minisign_public *key; /* the signer's, of the agreement */
};

void receive_start(struct received *r);
void receive_close(struct received *r);

/*
 * Step 1: copy the open file `from` to a nameless private file in `spool`, at
 * most BUNDLE_SIZE_MAX bytes.  FAULT_BUNDLE_TOO_LARGE before anything is
 * copied when the file says it is larger; of a file that does not begin as
 * step 2 wants it, no more than the first piece is read.
 */
int receive_copy(struct received *r, struct folder *spool, int from,
    struct fault *why);
/* Instead of step 1, for who only verifies: read the file where it is. */
int receive_in_place(struct received *r, int from, struct fault *why);

/* Step 2: the four lines, strictly; then the age part is hashed. */
int receive_lines(struct received *r, struct fault *why);

/*
 * Step 3: is the key the agreement's, not revoked for this seq, and may its
 * node send?  A bundle up to a revocation's number that comes after it is
 * FAULT_BUNDLE_KEY_REVOKED too, with *late set: held as a whole.
 */
int receive_signer(struct received *r, const struct agreement *a, int *late,
    struct fault *why);

/* Step 4: is the signature over these bytes? */
int receive_signature(const struct received *r, struct fault *why);

#endif
