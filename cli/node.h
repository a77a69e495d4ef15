/*
 * node: this node's home folder, opened for a command.
 *
 *	node.json	who we are: public, no secret
 *	secrets.age	the keys, under a passphrase (or secrets.practice, without)
 *	store.db	what we remember
 *	outbox/		bundles made, as they were made
 */
#ifndef SATCHEL_CLI_NODE_H
#define SATCHEL_CLI_NODE_H

#include <stdbool.h>

#include "crypto/agekey.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"

struct agreement_file;
struct args;
struct bytes;
struct fault;
struct folder;
struct node;
struct passphrase;
struct secrets;
struct store;

/* The public side of a node. */
struct identity {
	char node[17];
	char sign[MINISIGN_PUBLIC_ROOM];
	char open[AGEKEY_RECIPIENT_ROOM];
	char fingerprint[DIGEST_FINGERPRINT]; /* of "node\nsign\nopen\n" */
	bool protected;			      /* has a passphrase */
};

/* What a command asks for; what it did not ask for stays NULL. */
struct home {
	struct folder *folder;
	struct identity identity;
	struct secrets *secrets;
	struct store *store;
	struct agreement_file *agreement; /* NULL also if none is adopted */
	/* Of the agreement; NULL if it does not list us with our keys. */
	const struct node *self;
};

enum home_need {
	HOME_IDENTITY, /* folder and identity */
	HOME_READ,     /* also secrets, store and agreement */
	HOME_WRITE,    /* the same, with the node's lock */
};

/*
 * Open the home that args name.  FAULT_NODE_NONE if there is no node there.
 * Under a live agreement an unprotected node is refused
 * (FAULT_AGREEMENT_PRACTICE_NODE).
 */
int node_open(const struct args *args, enum home_need need, struct home *out,
    struct fault *why);
void node_close(struct home *h);

/*
 * FAULT_AGREEMENT_NONE, or FAULT_AGREEMENT_NOT_LISTED, unless an agreement is
 * adopted that lists this node with its keys: then h->self is there.
 */
int node_need_agreement(const struct home *h, struct fault *why);

/*
 * Who acts: --user, which must be listed with this right; under a test
 * agreement a missing one is "unnamed".  right 0: anybody may, and a missing
 * one is "unnamed" also under a live agreement.
 */
int node_acting(const struct home *h, const struct args *args, unsigned right,
    const char **user, struct fault *why);

/* May a node of that code be made there?  Changes nothing. */
int node_check_new(const char *path, const char *code, struct fault *why);

/*
 * Make a new home, and the folders it lies in.  p NULL: a practice node.
 * Whatever breaks off, there is a whole node then or none, and none is in the
 * way of the next try.
 */
int node_make(const char *path, const char *code, const struct passphrase *p,
    struct identity *out, struct fault *why);

/* Add the public card of a node, as the working group gets it. */
int node_write_card(const struct identity *id, struct bytes *out,
    struct fault *why);

/* The passphrase from the global options, else asked. */
struct passphrase *node_passphrase(const struct args *args, const char *prompt,
    int twice, struct fault *why);

#endif
