/*
 * reached: how far one referral has come, in one word.
 *
 * Taken from its standing, from what became of the bundle it went in, and from
 * what the other side said: drafted, sent, carried, received, staged, loaded,
 * answered, done, or where it stopped.
 */
#ifndef SATCHEL_STORE_REACHED_H
#define SATCHEL_STORE_REACHED_H

#include "store/referrals.h"

struct bundle_made;
struct fault;
struct store;

enum reached {
	REACHED_DRAFTED,	/* let go here; the next export sends it */
	REACHED_HELD,		/* here: a person is to decide */
	REACHED_REFUSED,	/* here */
	REACHED_SENT,		/* in a bundle that has not left */
	REACHED_CARRIED,	/* the bundle has left */
	REACHED_BUNDLE_REFUSED, /* over there, the whole bundle */
	REACHED_RECEIVED,	/* the bundle was imported over there */
	REACHED_STAGED,		/* judged well: there, or here */
	REACHED_READY,		/* let go here; may be loaded */
	REACHED_HELD_THERE,
	REACHED_REFUSED_THERE,
	REACHED_LOADED, /* in the other system: there, or here */
	REACHED_ANSWERED,
	REACHED_DONE,
	REACHED_RECALLED,
	REACHED_COUNT
};

/* "drafted", "held", ..., "held_there", ...; as the result object has it. */
const char *reached_name(enum reached p);
/* The same for people: "held there". */
const char *reached_words(enum reached p);

/*
 * Of one that is loaded over there: what was told of a newer version of it,
 * "staged", "held" or "refused"; or NULL.
 */
const char *reached_newer(const struct standing *st);

/*
 * made: the bundle that it went in last; NULL for a received one, and where
 * none is known.
 */
enum reached reached_of(enum direction d, const struct standing *st,
    const struct bundle_made *made);

/* The same, looking for that bundle in the store. */
int reached_find(struct store *s, enum direction d, const struct standing *st,
    enum reached *out, struct fault *why);

#endif
