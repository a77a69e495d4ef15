/*
 * merkle: the tree of a log, as RFC 6962 (2.1) has it, with SHA-256.
 *
 * A leaf is hashed behind a 00 byte, a pair of hashes behind 01; a tree of n
 * leaves splits at the largest power of two below n.  Checking proofs follows
 * RFC 9162, 2.1.3.2 and 2.1.4.2.
 */
#ifndef SATCHEL_CRYPTO_MERKLE_H
#define SATCHEL_CRYPTO_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;

#define MERKLE_HASH 32
/* Of a tree of up to 2^63 leaves. */
#define MERKLE_PATH 64

struct merkle_hash {
	uint8_t bytes[MERKLE_HASH];
};

void merkle_leaf(const void *entry, size_t len, struct merkle_hash *out);
bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b);
void merkle_pair(const struct merkle_hash *left,
    const struct merkle_hash *right, struct merkle_hash *out);

/*
 * A tree that grows at its end: the roots of the whole trees it is made of, the
 * largest first, one for each one bit of the size.  All zeros: no leaf.
 */
struct merkle_edge {
	uint64_t size;
	struct merkle_hash roots[MERKLE_PATH];
};

void merkle_add(struct merkle_edge *e, const struct merkle_hash *leaf);
/* Of no leaf: SHA-256 of nothing. */
void merkle_root(const struct merkle_edge *e, struct merkle_hash *out);

struct merkle_proof {
	struct merkle_hash path[MERKLE_PATH];
	size_t count;
};

/* Is this the leaf at `index` (from 0) of the tree of that size and root? */
bool merkle_includes(uint64_t index, uint64_t size,
    const struct merkle_hash *leaf, const struct merkle_hash *root,
    const struct merkle_proof *p);
/*
 * Does the larger tree begin with all of the smaller one?  The proof of a tree
 * and itself is empty.  Every tree begins with the empty one: there is nothing
 * to prove, so it is never said to be proven.
 */
bool merkle_extends(uint64_t smaller, uint64_t larger,
    const struct merkle_hash *smaller_root,
    const struct merkle_hash *larger_root, const struct merkle_proof *p);

/*
 * Where proofs are taken from: the root of the 2^level leaves from
 * index * 2^level on, all of which are in the tree.  0 or -1.
 */
struct merkle_tree {
	int (*whole)(void *with, unsigned level, uint64_t index,
	    struct merkle_hash *out, struct fault *why);
	void *with;
};

/* The root of the first `size` leaves. */
int merkle_root_of(const struct merkle_tree *t, uint64_t size,
    struct merkle_hash *out, struct fault *why);
/* index < size, smaller <= larger: what is asked must be in the tree. */
int merkle_prove_leaf(const struct merkle_tree *t, uint64_t index,
    uint64_t size, struct merkle_proof *out, struct fault *why);
int merkle_prove_growth(const struct merkle_tree *t, uint64_t smaller,
    uint64_t larger, struct merkle_proof *out, struct fault *why);

#endif
