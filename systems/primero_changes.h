/*
 * primero_changes: the cases that changed since a moment, every one of them.
 *
 * Asked for in the order in which they changed and from a little before the
 * moment on.  When a page has brought later cases, the next question begins at
 * the newest of them instead of at a page's number: a case that is saved while
 * this runs moves to the end, and would push another one over the edge of a
 * page that was read already.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_CHANGES_H
#define SATCHEL_SYSTEMS_PRIMERO_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"

#define PRIMERO_CHANGES_OVERLAP 120 /* seconds before the cursor */
#define PRIMERO_CHANGES_PER 1000    /* a page; Primero gives no more */

struct fault;
struct json_node;
struct primero_api;

/* Everything is borrowed until the callback returns. */
struct primero_changed {
	const char *text; /* the case's JSON, byte for byte as it came */
	size_t len;
	const struct json_node *record; /* the same, for primero_read */
	/* Its referrals, a JSON list, as decision_read takes its items; NULL:
	 * none of its rows is said to be referred, so they were not asked. */
	const char *referrals_text;
	size_t referrals_len;
	const struct json_node *referrals;
};

struct primero_changes_order {
	bool has_since;
	moment since; /* what the last run gave as next */
	long per;     /* 0: PRIMERO_CHANGES_PER */
	/* -1 ends it, with the fault that it filled in. */
	int (*take)(void *with, const struct primero_changed *c,
	    struct fault *why);
	void *with;
};

struct primero_changes {
	size_t taken;
	size_t repeated; /* came twice, were taken once */
	size_t pages;
	/*
	 * Nothing at all: Primero says so too when its search fails, so this
	 * is no proof that nothing changed.
	 */
	bool nothing;
	bool has_next;
	moment next; /* for the next run's since; only set on success */
};

/*
 * FAULT_SERVER_ANSWER also if the server does not look at the filter or at the
 * order, or gives fewer cases than it says there are; FAULT_SERVER_SEARCH if it
 * gives nothing any more where there has to be something.
 */
int primero_changes_read(struct primero_api *p,
    const struct primero_changes_order *order, struct primero_changes *out,
    struct fault *why);

#endif
