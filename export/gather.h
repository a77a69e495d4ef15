/*
 * gather: read a system's files, judge every referral in them, hand each on.
 *
 * The one place where a case, its consent record and the agreement meet on the
 * way out.  Holds one case at a time.
 */
#ifndef SATCHEL_EXPORT_GATHER_H
#define SATCHEL_EXPORT_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "formats/source_file.h"
#include "formats/source_row.h"
#include "policy/rules.h"

struct arena;
struct consents;
struct fault;

/* What is told of one referral; everything is good during the call only. */
struct gathered {
	struct referral *referral; /* may be changed: take_out, revise */
	struct question *question; /* remembered is still to be filled in */
	struct arena *arena;
};

/* Judges and keeps it; -1 ends the gathering with its fault. */
typedef int (
    *gather_take)(const struct gathered *g, void *context, struct fault *why);

struct gather_order {
	const struct agreement *agreement;
	const struct node *sender;
	const struct node *receiver;
	const struct source_file_order *sources;
	size_t source_count;
	struct consents *consents; /* NULL: no register */
	/* What names the referrals to be read, and how often each was met. */
	const char *const *only;
	size_t *only_met;
	size_t only_count;
	const char *user; /* who acts; NULL: nobody was named */
	day today;
	/* Told of a case that no referral could be made of; may be NULL. */
	void (*unreadable)(void *context, const struct fault *fault);
	/* Told of a file that is not all there is (pages); may be NULL. */
	void (*incomplete)(void *context, const char *file);
	/* Told now and then how far it is, in bytes; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t all);
	void *told_context; /* of the three above */
};

struct gatherer;

/* Borrows the order and all in it. */
struct gatherer *gather_new(const struct gather_order *order,
    struct fault *why);
void gather_free(struct gatherer *g); /* NULL is fine */

/*
 * Read every source to its end and judge nothing: a file that breaks off, or
 * an --only that fits nothing or too much, shows before anything is said of a
 * referral.  Counts only_met, and notes which numbers several children of
 * these files share: a yes that was found through one of those is nobody's.
 */
int gather_check(struct gatherer *g, struct fault *why);

/*
 * Every referral of every source, in order; to be called once, after a
 * gather_check that ended well.  The rows of one intervention are one referral
 * whichever of the sources they stand in.  A file that is nothing we know, or
 * breaks off, is a fault: then nothing of this gathering may be sent.
 */
int gather_run(struct gatherer *g, struct passed_over *passed, gather_take take,
    void *context, struct fault *why);

#endif
