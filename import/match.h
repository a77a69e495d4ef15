/*
 * match: a person says which case of the other system a referral belongs to.
 *
 * Where the number, name, birth date and sex cannot settle it.  The choice is
 * kept beside earlier ones, and load goes by the last.  A case counts only if
 * the server shows it for this child, or this node knows it as the child's: a
 * slip in typing must not put one child's service into another's case.
 *
 * "new" also says, of what was sent to a server that never answered, that
 * somebody looked there and it is not there: it may be sent again.  Of a
 * decision that was sent so, "there" says that it is: it is not sent again.
 */
#ifndef SATCHEL_IMPORT_MATCH_H
#define SATCHEL_IMPORT_MATCH_H

#include <stdbool.h>

#include "base/day.h"

struct agreement;
struct fault;
struct node;
struct secrets;
struct store;

struct match {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	const struct secrets *secrets;
	const char *credentials; /* NULL: without the server */
	const char *user;	 /* with the right to load */
	moment now;
	bool dry_run;
	bool there; /* of a decision: somebody saw it in the other system */
};

struct matched {
	const char *ref; /* in the arena */
	bool sent_again; /* what was sent before may be sent again */
	bool answer;	 /* it was a decision about what went from here */
};

struct arena;

/*
 * name: of the referral, or its start; link NULL: it has no case there.
 * FAULT_REF_STATE unless it waits here, or a decision about it is not settled;
 * and for what PING took in and does not give up yet.  FAULT_TARGET_CASE if that
 * case is not there or not known to be the child's, saying what differs and
 * never what it is.
 */
int match_keep(const struct match *by, const char *name, const char *link,
    struct arena *a, struct matched *out, struct fault *why);

#endif
