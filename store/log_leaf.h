/*
 * log_leaf: one entry of the journal as a leaf of the log.
 *
 * The entry is canonical JSON (RFC 8785, UTF-8); what is not there is left out:
 *
 *	{"about":[{"ref":"<64 hex>","rules":["C-UNHCR"],"verdict":"hold"}],
 *	 "act":"..","at":"..Z","body":{..},"by":"..","number":12}
 *
 * where ref is SHA-256 over "satchel-ref\n<salt, 64 hex>\n<ref>\n": who is told
 * the salt of one reference can check that one, and no other.  Salts are random,
 * one for each reference in each leaf, and sealed; when they are purged the
 * leaf stays as it is.
 */
#ifndef SATCHEL_STORE_LOG_LEAF_H
#define SATCHEL_STORE_LOG_LEAF_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/merkle.h"
#include "crypto/seal.h"

struct bytes;
struct fault;
struct journal_about;
struct store;

/* An entry of a log has at most this many bytes (C2SP tlog-tiles). */
#define LOG_ENTRY_MAX 65535
#define LOG_SALT 32

/* What stands in a leaf for this reference. */
int log_leaf_ref(const uint8_t salt[static LOG_SALT], const char *ref,
    uint8_t out[static 32], struct fault *why);

/*
 * The entry of that number, which is in the journal and has no leaf yet, in the
 * transaction that is open: kept, and its hash given.
 */
int log_leaf_put(struct store *s, int64_t number,
    const struct journal_about *about, size_t count, struct merkle_hash *out,
    struct fault *why);
/*
 * Adds the entry as the journal has it now; FAULT_LOG_BROKEN if it is not
 * there.
 */
int log_leaf_entry(struct store *s, int64_t number, struct bytes *out,
    struct fault *why);

/*
 * The entries about this reference whose salt is still there: the next one
 * after `after` (0: the first), its salt and what stands in it; 1, or 0.
 */
struct log_leaf_about {
	int64_t number;
	uint8_t salt[LOG_SALT];
	uint8_t hash[32];
};
int log_leaf_about(struct store *s, const char *ref, int64_t after,
    struct log_leaf_about *out, struct fault *why);
/* The salts of this reference are gone from now on; *count is how many. */
int log_leaf_forget(struct store *s, const char *ref, int64_t *count,
    struct fault *why);
/* Likewise, by its blind index. */
int log_leaf_forget_index(struct store *s,
    const uint8_t index[static SEAL_INDEX], int64_t *count, struct fault *why);

#endif
