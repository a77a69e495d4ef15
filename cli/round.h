/*
 * round: what is due to other offices, and what is next here.
 *
 * What stick and sync share: both bring in, make what is owed, and hand over.
 */
#ifndef SATCHEL_CLI_ROUND_H
#define SATCHEL_CLI_ROUND_H

#include <stdbool.h>

#include "base/day.h"

struct arena;
struct bundle_made;
struct exported;
struct fault;
struct folder;
struct home;
struct say;
struct status;
struct status_partner;

/* All in *out is the arena's, which is emptied first. */
int round_status(const struct home *h, moment now, struct arena *a,
    struct status *out, struct fault *why);

struct round {
	struct home *home;
	struct say *say;
	struct folder *out; /* to carry it to; NULL: it is only made */
	const char *user;
	moment now;
	bool dry_run;
	/* Told of each bundle that was carried; may be NULL. */
	void (*carried)(void *context, const struct bundle_made *b);
	void *context;
};

/* What no bundle says yet; and with it, what was made and never left. */
int round_make(const struct round *r, const struct status_partner *p,
    struct exported *out, struct fault *why);
/* One office that nothing can be made for does not stop the others: -1 only for
 * this node's own trouble, and other trouble is told. */
int round_trouble(const struct round *r, const struct status_partner *p,
    const struct fault *trouble, struct fault *why);

/* What waits here for a person. */
void round_say_next(struct say *say, const struct status *s);

#endif
