/*
 * note: C2SP signed notes: the heads of logs (checkpoints), and proofs.
 *
 * A note is text that ends in LF, an empty line, and lines of signatures; a
 * checkpoint's text is an origin, a size and a root hash.  A log's key has the
 * origin for its name, and is Ed25519 (type 0x01).
 *
 * Sources: C2SP signed-note, tlog-checkpoint, tlog-proof.
 */
#ifndef SATCHEL_CRYPTO_NOTE_H
#define SATCHEL_CRYPTO_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/merkle.h"

struct bytes;
struct fault;
struct minisign_key;

#define NOTE_NAME_ROOM 128
#define NOTE_MAX 65536
#define NOTE_SIZE_MAX ((uint64_t)1 << 53)
#define NOTE_KEY_ROOM (NOTE_NAME_ROOM + 1 + 8 + 1 + 44 + 1)

/* The head of a log: how many leaves, and the root over them. */
struct checkpoint {
	char origin[NOTE_NAME_ROOM];
	uint64_t size;
	struct merkle_hash root;
};

/*
 * Is it a checkpoint of this origin, signed under that name by this Ed25519
 * key?  Signatures by others are passed over; one that claims to be by this
 * key and is not makes the whole note bad.  out may be NULL.
 */
bool note_is_checkpoint(const char *note, const char *origin,
    const uint8_t key[static 32], struct checkpoint *out);
/*
 * What it says, and by which name it claims to be signed first, whoever signed
 * it: for finding the key to ask with.  Proves nothing.
 */
bool note_peek(const char *note, struct checkpoint *out);

/* Adds the signed note, with NUL behind it that does not count. */
int note_sign(const struct checkpoint *c, const struct minisign_key *key,
    struct bytes *out, struct fault *why);

/* "<name>+<8 hex>+<base64>", as other tools take a log's key. */
void note_write_key(const char *name, const uint8_t key[static 32],
    char out[static NOTE_KEY_ROOM]);
bool note_read_key(const char *text, char name[static NOTE_NAME_ROOM],
    uint8_t key[static 32]);

/*
 * A proof that one entry is in a log, in one file that stands by itself: the
 * entry (as its extra line), its number from 0, the path, and a signed head.
 */
struct note_proof {
	const void *entry;
	size_t entry_len;
	uint64_t index;
	struct merkle_proof path;
	const char *note; /* the head, as it was signed */
};

int note_write_proof(const struct note_proof *p, struct bytes *out,
    struct fault *why);
/*
 * Read one, its texts borrowed from text and from entry, which is filled.
 * FAULT_LOG_PROOF if it is none.  It is not checked here.
 */
int note_read_proof(const char *text, struct note_proof *out,
    struct bytes *entry, struct fault *why);
/* Is its entry in that log?  origin and key as in note_is_checkpoint. */
bool note_proof_holds(const struct note_proof *p, const char *origin,
    const uint8_t key[static 32], struct checkpoint *head);

#endif
