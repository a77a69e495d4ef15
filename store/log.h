/*
 * log: the tree over the journal, so that nobody can write it anew unseen.
 *
 * Every entry of the journal is a leaf (store/log_leaf.h), from the entry's own
 * transaction on.  Entries have numbers from 1; a leaf's index is its number
 * less one.
 */
#ifndef SATCHEL_STORE_LOG_H
#define SATCHEL_STORE_LOG_H

#include <stdint.h>

#include "crypto/merkle.h"

struct fault;
struct journal_about;
struct store;

/* How many leaves there are. */
int log_size(struct store *s, uint64_t *out, struct fault *why);
/*
 * Put the entry of that number, the last of the journal, under the tree, in the
 * transaction that is open.
 */
int log_append(struct store *s, int64_t number,
    const struct journal_about *about, size_t count, struct fault *why);
/*
 * Entries that were made before there was a log get their leaves: each store is
 * opened so.  In the transaction that is open.
 */
int log_take_over(struct store *s, struct fault *why);

/* The root over the first `size` leaves, all of which are there. */
int log_root(struct store *s, uint64_t size, struct merkle_hash *out,
    struct fault *why);
int log_prove_leaf(struct store *s, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct fault *why);
int log_prove_growth(struct store *s, uint64_t smaller, uint64_t larger,
    struct merkle_proof *out, struct fault *why);

/*
 * Is every leaf the hash of its entry, and every kept node that of its leaves?
 * Reads all of it.  FAULT_LOG_BROKEN names the first number that is not as it
 * was.
 */
int log_check(struct store *s, struct fault *why);

#endif
