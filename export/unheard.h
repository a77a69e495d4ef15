/*
 * unheard: referrals that went under a key of ours which is listed no more.
 *
 * A bundle that comes after its key has gone is refused, and whoever refuses it
 * cannot say so, since nobody knows that key.  What was in it is lost unless it
 * goes again; nobody has lost what the other side has spoken of.
 */
#ifndef SATCHEL_EXPORT_UNHEARD_H
#define SATCHEL_EXPORT_UNHEARD_H

#include <stddef.h>
#include <stdint.h>

struct agreement;
struct bundle_made;
struct fault;
struct minisign_public;
struct standing;
struct store;

#define UNHEARD_LISTED 64

/* The keys that count, borrowed: all others of ours are older ones. */
struct unheard_keys {
	const struct minisign_public *listed;
	size_t count;
};

struct unheard_in {
	char node[17];
	int64_t sequence;
	size_t referrals;
};

struct unheard {
	struct unheard_in in[UNHEARD_LISTED]; /* the first ones */
	size_t listed;
	size_t referrals; /* in all of them */
};

/*
 * Did this referral go to that node last in a bundle by an older key, and
 * nothing was heard of either since?  1 and that bundle, or 0.
 * standing_find_receivers was asked for st.
 */
int unheard_is(struct store *s, const struct unheard_keys *keys,
    const struct standing *st, const char *node, struct bundle_made *in,
    struct fault *why);

/*
 * All of them that are not withdrawn, and that went to a node of the agreement
 * which is not revoked.
 */
int unheard_find(struct store *s, const struct agreement *a,
    const struct unheard_keys *keys, struct unheard *out, struct fault *why);

#endif
