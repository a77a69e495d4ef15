/*
 * compare: what the outside says is said again inside, and must be the same.
 *
 * Step 7 of reading a bundle, as pure questions over what was read and what
 * this node knows.  Together with the signature they close re-signing by
 * another trusted key and re-sealing to another node (docs/threats.md).
 */
#ifndef SATCHEL_IMPORT_COMPARE_H
#define SATCHEL_IMPORT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/bundles.h"

struct agreement;
struct contents;
struct fault;
struct node;
struct received;

/* How the agreement named in a bundle stands to the one in force here. */
enum agreement_relation {
	RELATION_SAME,
	RELATION_OLDER,
	RELATION_NEWER,
};

struct comparison {
	const struct received *received;
	const struct contents *contents;
	const struct agreement *agreement; /* in force */
	const struct node *self;
	const char *const *own; /* recipients of our opening keys */
	size_t own_count;
	/* What this sender's stream has brought before; NULL: nothing there. */
	const struct bundle_came *same_seq;
	const struct bundle_came *same_sequence;
	const struct bundle_came *one_before;
	const struct bundle_came *one_after;
	/* The version it names, if we ever adopted that one; else NULL. */
	const struct agreement *named;
};

int compare_outside(const struct comparison *c, struct fault *why);
int compare_signer(const struct comparison *c, struct fault *why);
int compare_receiver(const struct comparison *c, struct fault *why);
int compare_stanzas(const struct comparison *c, struct fault *why);
int compare_environment(const struct comparison *c, struct fault *why);
int compare_numbers(const struct comparison *c, struct fault *why);
/*
 * An enclosed agreement must be the one that bundle.json names; one we hold
 * too must be the same, recovery recipients included.
 */
int compare_agreement(const struct comparison *c,
    enum agreement_relation *relation, struct fault *why);

int compare_checkpoint(const struct comparison *c, struct fault *why);

/* All of them, in that order. */
int compare_all(const struct comparison *c, enum agreement_relation *relation,
    struct fault *why);

#endif
