/*
 * refusals: a bundle that is refused, told to its sender, and heard of there.
 *
 * Only of one whose sender is known by a good signature: what nobody can be
 * named for, and what is sealed to somebody else, is nobody's news.  A refusal
 * counts until the bundle is imported after all.
 */
#ifndef SATCHEL_IMPORT_REFUSALS_H
#define SATCHEL_IMPORT_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

struct bundle_inside;
struct fault;
struct received;
struct store;

/* --- where it was refused --- */

/*
 * Does this node's own refusal of that kind concern the sender?  false for
 * what may be on its way to another office.
 */
bool refusals_concern(const struct fault *refused);

/*
 * In the open transaction: remember the bundle as refused and owe the receipt
 * to its sender.  inside NULL: it was not read so far; its number is kept only
 * if it is the signer's own word to `self`.  *owed: the sender will be told
 * (not again of what it was told before, nor of what was imported).
 */
struct refusal {
	const struct received *received;
	const struct bundle_inside *inside;
	const char *self; /* node code */
	const char *code; /* of the fault */
	moment at;
};

int refusals_owe(struct store *s, const struct refusal *r, bool *owed,
    struct fault *why);

/* --- where it was made --- */

/* What a partner says of a bundle of ours. */
struct refused_there {
	const char *from;   /* the partner */
	const char *bundle; /* its id, or NULL */
	const uint8_t
	    *sign; /* without an id: the stream of which key of ours */
	int64_t sequence;
	const char *code;
};

#define REFUSALS_SENTENCE 640

/* Is it the code of two bundles with one number? */
bool refusals_is_alarm(const char *code);

/*
 * Keep it, if the bundle was made for that partner and is not acknowledged.
 * sentence is "" where that is no news, and else says which bundle, why and
 * what to do.  *foreign: no such bundle was made for that partner.
 */
int refusals_hear(struct store *s, const struct refused_there *r,
    char sentence[static REFUSALS_SENTENCE], bool *foreign, struct fault *why);

#endif
