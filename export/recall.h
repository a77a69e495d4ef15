/*
 * recall: what was sent is withdrawn, or what should have been.
 *
 * A recall is owed to every node that ever got the referral, in one transaction
 * with where it stands and the journal, and stays owed until that node confirms
 * that it is done.  It stays known: export sends none of it again unless
 * consent was given after it (policy/after_recall.h), and then a person decides.
 * A recall that says nothing new changes nothing.
 *
 * A draft is a recall that nobody gave yet: export found a no in the case of
 * what had gone before.
 */
#ifndef SATCHEL_EXPORT_RECALL_H
#define SATCHEL_EXPORT_RECALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "policy/rules.h"

struct agreement;
struct arena;
struct bundle_made;
struct bytes;
struct fault;
struct node;
struct referral;
struct standing;
struct store;

struct recaller {
	struct store *store;
	const char *user;
	moment now;
	/* A day before it is no day of now; DAY_UNKNOWN: none is known. */
	day no_earlier;
	bool dry_run;
	/*
	 * Told of each; news: false where it was recalled like this before, and
	 * is owed to everybody who has not confirmed it.
	 */
	void (*recalled)(void *context, const struct standing *st, bool news);
	/*
	 * Told once of each bundle that holds one of them and is not known to
	 * have arrived.
	 */
	void (*under_way)(void *context, const struct bundle_made *b);
	/* Told once if the clock is behind this node's newest act; or NULL. */
	void (*doubt)(void *context, moment newest);
	void *context;
};

struct recall_order {
	const char *reason; /* as in a recall */
	day on;		    /* DAY_UNKNOWN: today; a draft: of the draft */
	const char *refs;   /* each ended by NUL */
	size_t len;
};

/*
 * Add the refs, each ended by NUL, that a name covers: one ref, or all of the
 * case that it names.  FAULT_REF_AMBIGUOUS where it fits several children, or
 * several referrals and no case; FAULT_REF_STATE for what came here.
 */
int recall_find(struct store *s, const char *name, struct bytes *refs,
    struct fault *why);
/* Add those that export drafted a recall of. */
int recall_find_drafted(struct store *s, struct bytes *refs, struct fault *why);

/*
 * FAULT_USAGE for a day to come.
 *
 * A clock that is behind this node's newest act stops no recall.  The day is
 * the clock's then: one that is too early leaves more to a person and can be
 * said anew with a later one, where one that is too late would refuse consent
 * that is given after it, and can never be taken back.  A clock that is surely
 * wrong (no_earlier) says nothing: then it is the day of the newest act.
 */
int recall_run(const struct recaller *by, const struct recall_order *order,
    struct fault *why);

/*
 * The clock was ahead, and a person says that it is right now: a recall of a
 * day yet to come is of today at the latest.  In the caller's transaction.
 */
int recall_clock_set(struct store *s, day today, struct fault *why);

/*
 * The recalls owed to the receiver that were in no bundle yet are in this one
 * for the first time: give them its number.
 */
int recall_number(struct store *s, const struct bundle_made *b,
    struct fault *why);

/* For one export: what was recalled here; store is borrowed. */
struct recall_past;

struct recall_past *recall_past_new(struct store *s, struct fault *why);
void recall_past_free(struct recall_past *p); /* NULL is fine */
/*
 * Is what is to go withdrawn?  before: where it stands, or NULL.  Consent that
 * was taken back counts for every referral of the child.
 */
int recall_ask(struct recall_past *p, const struct referral *r,
    const struct standing *before, enum recalled *out, struct fault *why);
/*
 * The rule that makes a recall of what went before a thing to do, now that it
 * is judged like this for that node; NULL: none.
 */
const char *recall_draft(const struct standing *before,
    const struct judgement *j, const struct node *to);

/* Recalled, and after deadlines.emergency_hours not confirmed by all? */
bool recall_overdue(const struct standing *st, const struct agreement *a,
    moment now);

#endif
