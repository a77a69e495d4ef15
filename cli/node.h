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
#include <stdint.h>

#include "crypto/agekey.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"

struct agreement;
struct agreement_file;
struct args;
struct bytes;
struct fault;
struct folder;
struct minisign_key;
struct node;
struct passphrase;
struct secrets;
struct store;

/*
 * The public side of a node.  While keys change, the next ones stand beside
 * those that they are to follow; which of them signs is home.signing.
 */
struct identity {
	char node[17];
	char sign[MINISIGN_PUBLIC_ROOM];
	char open[AGEKEY_RECIPIENT_ROOM];
	char next_sign[MINISIGN_PUBLIC_ROOM]; /* "": keys do not change now */
	char next_open[AGEKEY_RECIPIENT_ROOM];
	/* Of "node\nsign\nopen\n", and "next_sign\nnext_open\n" if there. */
	char fingerprint[DIGEST_FINGERPRINT];
	bool protected; /* has a passphrase */
};

/* What a command asks for; what it did not ask for stays NULL. */
struct home {
	struct folder *folder;
	struct identity identity;
	/* SHA-256 of the keys' file when it was read; zeros: it is missing. */
	uint8_t secrets_file[32];
	struct secrets *secrets;
	/* HOME_KEYS alone, and NULL for a node without one. */
	struct passphrase *passphrase;
	struct store *store;
	struct agreement_file *agreement; /* NULL also if none is adopted */
	/* Of the agreement; NULL if it does not list us with our keys. */
	const struct node *self;
	/* The key that the agreement has us sign with; with self. */
	const struct minisign_key *signing;
};

enum home_need {
	HOME_IDENTITY, /* folder and identity */
	HOME_READ,     /* also secrets, store and agreement */
	HOME_WRITE,    /* the same, with the node's lock */
	HOME_KEYS,     /* the same, to put the keys down anew */
};

#define NODE_SECRETS_FILE "secrets.age"
/* The keys without a passphrase, of a practice node. */
#define NODE_PRACTICE_FILE "secrets.practice"
/* The working group alone can open this copy of the keys. */
#define NODE_RECOVERY_FILE "secrets.recovery.age"

/*
 * Open the home that args name.  FAULT_NODE_NONE if there is no node there.
 * Under a live agreement an unprotected node is refused
 * (FAULT_AGREEMENT_PRACTICE_NODE).
 */
int node_open(const struct args *args, enum home_need need, struct home *out,
    struct fault *why);
/*
 * The same with these keys, whatever the home has of its own: takes *s.
 * FAULT_SECRETS_OTHER unless they are those that node.json speaks of.  With
 * the lock, both say FAULT_STORE_BUSY if the keys' file changed since it was
 * read.
 */
int node_open_with(const struct args *args, enum home_need need,
    struct secrets **s, struct home *out, struct fault *why);
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
/*
 * Who does what asks for no right, and for no agreement: --user, which n must
 * list (FAULT_NODE_USER_UNKNOWN; n may be NULL), or "unnamed".
 */
int node_user(const struct node *n, const struct args *args, const char **user,
    struct fault *why);

/* May a node of that code be made there?  Changes nothing. */
int node_check_new(const char *path, const char *code, struct fault *why);

/*
 * Make a new home, and the folders it lies in.  p NULL: a practice node.
 * Whatever breaks off, there is a whole node then or none, and none is in the
 * way of the next try.
 */
int node_make(const char *path, const char *code, const struct passphrase *p,
    struct identity *out, struct fault *why);

/*
 * Put down the recovery copy of the keys that h holds, if the agreement in
 * force names somebody who may open it, and then the keys in the place of those
 * in the home, under p (NULL: a practice node's).  Whatever breaks off, the old
 * keys' file is there, or the new one.
 */
int node_replace_secrets(struct home *h, const struct passphrase *p,
    struct fault *why);
/*
 * The keys, sealed to those whom the agreement names; none: does nothing.  The
 * store notes that it is done: whoever opens the home to write does what broke
 * off.
 */
int node_write_recovery(const struct home *h, const struct agreement *a,
    struct fault *why);
/* Put node.json in the place of the one there, as h->identity has it now. */
int node_replace_identity(struct home *h, struct fault *why);

/* Add the public card of a node, as the working group gets it. */
int node_write_card(const struct identity *id, struct bytes *out,
    struct fault *why);
/*
 * Read a card.  FAULT_CARD if it is none, has a key that nobody should trust,
 * or a fingerprint that is not that of its keys.  It says nothing about a
 * passphrase.
 */
int node_read_card(const struct bytes *card, struct identity *out,
    struct fault *why);

/* Fresh keys beside those in use; only in memory, identity included. */
int node_add_next(struct home *h, struct fault *why);
/* The next keys take the place of the older ones; only in memory. */
int node_drop_old(struct home *h, struct fault *why);
/*
 * Keys that node.json does not name: those that keys finish let go, or those
 * that keys rotate was making when it broke off.
 */
enum node_leftovers { LEFTOVERS_NONE, LEFTOVERS_OLD, LEFTOVERS_NEW };
enum node_leftovers node_leftovers(const struct home *h);
/* Old ones do not come back; only in memory. */
void node_drop_leftovers(struct home *h);

/* The passphrase from the global options, else asked. */
struct passphrase *node_passphrase(const struct args *args, const char *prompt,
    int twice, struct fault *why);

#endif
