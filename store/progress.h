/*
 * progress: how far one referral has come, in one word.
 *
 * Taken from its standing, from what became of the bundle it went in, and from
 * what the other side said: drafted, sent, carried, received, staged, loaded,
 * answered, done, or where it stopped.
 */
#ifndef SATCHEL_STORE_PROGRESS_H
#define SATCHEL_STORE_PROGRESS_H

#include "store/referrals.h"

struct bundle_made;
struct fault;
struct store;

enum progress {
	PROGRESS_DRAFTED, /* let go here; the next export sends it */
	PROGRESS_HELD,	  /* here: a person is to decide */
	PROGRESS_REFUSED, /* here */
	PROGRESS_SENT,	  /* in a bundle that has not left */
	PROGRESS_CARRIED, /* the bundle has left */
	PROGRESS_BUNDLE_REFUSED, /* over there, the whole bundle */
	PROGRESS_RECEIVED,	 /* the bundle was imported over there */
	PROGRESS_STAGED,	 /* judged well: there, or here */
	PROGRESS_READY,		 /* let go here; may be loaded */
	PROGRESS_HELD_THERE,
	PROGRESS_REFUSED_THERE,
	PROGRESS_LOADED, /* in the other system: there, or here */
	PROGRESS_ANSWERED,
	PROGRESS_DONE,
	PROGRESS_RECALLED,
	PROGRESS_COUNT
};

/* "drafted", "held", ..., "held_there", ...; as the result object has it. */
const char *progress_name(enum progress p);
/* The same for people: "held there". */
const char *progress_words(enum progress p);

/*
 * made: the bundle that it went in last; NULL for a received one, and where
 * none is known.
 */
enum progress progress_of(enum direction d, const struct standing *st,
    const struct bundle_made *made);

/* The same, looking for that bundle in the store. */
int progress_find(struct store *s, enum direction d, const struct standing *st,
    enum progress *out, struct fault *why);

#endif
