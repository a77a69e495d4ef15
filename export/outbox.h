/*
 * outbox: the bundles that wait to travel, in the order that matters.
 *
 * Recalls first, then receipts and answers, then emergencies, then the rest;
 * among equals the small before the large, then the older first.  A bundle of
 * which nobody noted what is in it goes with the recalls.  Before all others to
 * an office goes, once more if need be, the one with the recalls that the office
 * is owed: what was made earlier may hold what they withdraw.
 */
#ifndef SATCHEL_EXPORT_OUTBOX_H
#define SATCHEL_EXPORT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "store/bundles.h"

struct agreement;
struct arena;
struct fault;
struct node;
struct store;

/* "recall", "answer", "emergency", "rest", "not noted" */
const char *outbox_class_name(enum made_class c);

/*
 * Never carried, or carried so long ago that it should have been acknowledged
 * (STATUS_LONG_DAYS), and nobody said that it was refused; and its file is here
 * still.  arrived: the last time that it came to a server; 0: never.
 */
bool outbox_is_due(const struct bundle_made *b, moment arrived, moment now);

struct outbox_entry {
	struct bundle_made made;
	bool again;	  /* it was carried before */
	bool stopped;	  /* nothing may go to its receiver now */
	bool ahead;	  /* it has the recalls that the others go after */
	bool behind;	  /* those are in no bundle yet: it is to wait */
	int64_t uploaded; /* bytes that a server has of it, by its last word */
};

/* agreement and self NULL: nobody is asked who may receive. */
struct outbox_order {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	moment now;
};

/* Those that are stopped last.  *out is the arena's. */
int outbox_read(const struct outbox_order *o, struct arena *a,
    struct outbox_entry **out, size_t *count, struct fault *why);

#endif
