/*
 * adopt: take a new version of the agreement, from a file or out of a bundle.
 *
 * The first one is confirmed by a person against its fingerprint and must
 * carry its own signatures_needed.  Each later one needs the threshold of the
 * version in force and of its own, each party counted once; its version is
 * greater than any ever adopted, by less than AGREEMENT_JUMP_MAX.  One that
 * begins on a later day waits for it, as long as one in force is valid.
 */
#ifndef SATCHEL_IMPORT_ADOPT_H
#define SATCHEL_IMPORT_ADOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "crypto/minisign.h"

#define ADOPT_SIGNATURES_MAX 64
#define ADOPT_SIGNS_MAX 2 /* the key in use, and the next one */

struct agreement;
struct agreement_file;
struct bytes;
struct fault;
struct store;

/* One signature file beside the agreement. */
struct adopt_signature {
	struct bytes *file; /* borrowed */
	char party[17];
	/* Filled in by adopt_check_signatures: */
	bool listed; /* the party is one of the agreement's */
	bool good;
	bool unknown; /* made with no key that is listed for the party */
	struct minisign_public key; /* that it was made with, unless unknown */
};

/* "good", "bad", "unknown key" */
const char *adopt_signature_state(const struct adopt_signature *s);

/*
 * Check each against the keys that `by` lists for its party (the new version
 * itself, or the one in force), over the bytes of `file`.  Returns how many
 * different parties signed; sets party_signed of `file` when by is its own.
 * A party that had left before the new version begins does not count.
 */
int adopt_check_signatures(struct agreement_file *file,
    const struct agreement *by, struct adopt_signature *signatures,
    size_t count);

/*
 * May it be adopted over what is in force (NULL: nothing yet)?  Pure; leaves
 * `signatures` checked against the new version's own keys.  That a person has
 * to confirm it (FAULT_AGREEMENT_CONFIRM) is asked last: all else is well then.
 *
 * The first one, and one that starts again, is confirmed instead of signed
 * under the version in force; starting again also takes another id or
 * environment, but no version that is not newer.
 */
struct adopt_question {
	struct agreement_file *file;
	struct adopt_signature *signatures;
	size_t count;
	const struct agreement *in_force;
	bool node_protected; /* this node has a passphrase */
	bool confirmed;	     /* a person confirmed the fingerprint */
	bool restart;
	const char *node_code; /* this node's own, as are its keys */
	/* What it can sign with: one of them must be listed. */
	struct minisign_public node_sign[ADOPT_SIGNS_MAX];
	size_t node_sign_count;
	/* What it can open with: bundles are sealed to the last one listed. */
	const char *const *node_open;
	size_t node_open_count; /* 0: not asked about */
	day today;
};

int adopt_may(const struct adopt_question *q, struct fault *why);

/*
 * Keep it with its good signatures and a journal entry, in one transaction.
 * Only after adopt_may.
 */
int adopt_keep(struct store *s, const struct adopt_question *q, moment at,
    const char *user, struct fault *why);

/*
 * Load the version in force from the store, its party_signed set from the kept
 * signatures and its users from the rosters that count: 1 and *out (the
 * caller's), or 0 if none was adopted.
 */
int adopt_in_force(struct store *s, struct agreement_file **out,
    struct fault *why);
/* The signatures kept with a version; to be freed as those that are found. */
int adopt_kept_signatures(struct store *s, int64_t version,
    struct adopt_signature *out, size_t *count, struct fault *why);

/*
 * Find "<file>.<PARTY>.minisig" beside an agreement file for every party it
 * lists, and any other such file; more than max fault.  Their bytes are new and
 * the caller's (adopt_signatures_free).
 */
int adopt_find_signatures(const char *path, struct adopt_signature *out,
    size_t max, size_t *count, struct fault *why);
void adopt_signatures_free(struct adopt_signature *signatures, size_t count);

#endif
