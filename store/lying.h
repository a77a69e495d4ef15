/*
 * lying: what lies at a place and was looked at.
 *
 * A place, and what something is called there, is known by a keyed hash alone:
 * what strangers put into a folder may name people.
 */
#ifndef SATCHEL_STORE_LYING_H
#define SATCHEL_STORE_LYING_H

#include <stdint.h>

#include "base/day.h"
#include "formats/bundle.h"

struct fault;
struct store;

/*
 * What lies at a place: by name, size and the server's time of it, so that
 * another file of that name is looked at.
 */
struct lying {
	const char *name;
	int64_t size;
	int64_t changed;
};
/* What was found of it. */
struct lying_known {
	char bundle[BUNDLE_ID]; /* "": nothing to be fetched */
	char file[64];		/* what it is called here */
};

/* 1, or 0. */
int lying_get(struct store *s, const char *url, const struct lying *l,
    struct lying_known *out, struct fault *why);
int lying_put(struct store *s, const char *url, const struct lying *l,
    const struct lying_known *found, moment at, struct fault *why);
/* It is in this node, whatever became of it: not to be fetched any more. */
int lying_settle(struct store *s, const char *file, struct fault *why);

#endif
