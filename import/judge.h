/*
 * judge: a referral that is kept here, judged once more.
 *
 * What was found about the bundle it came in is taken from where it stands;
 * all else is asked anew, by the agreement in force now.
 */
#ifndef SATCHEL_IMPORT_JUDGE_H
#define SATCHEL_IMPORT_JUDGE_H

#include <stddef.h>

#include "base/day.h"
#include "policy/rules.h"

struct arena;
struct bytes;
struct decision_basis;
struct fault;
struct later_no;
struct referral;
struct standing;
struct store;

struct judging {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	struct later_no *later_no;
	moment now;
	/* What a person is about to release; NULL: nothing more. */
	const struct judged *more;
	size_t more_count;
	/* Where to say on what it is judged, in the arena; NULL: nowhere. */
	struct decision_basis *basis;
};

/*
 * The record under that ref; its texts are the arena's.  Its own form was
 * checked when it came.  room is for the text meanwhile.
 */
int judge_read(struct store *s, const char *ref, struct arena *a,
    struct bytes *room, struct referral *out, struct fault *why);

/*
 * FAULT_AGREEMENT_NOT_LISTED where its sender is not in the agreement any more:
 * then no rule can be asked, and it stays as it is.  What *out points to is the
 * arena's.
 */
int judge_again(const struct judging *by, const struct standing *st,
    const struct referral *r, struct arena *a, struct judgement *out,
    struct fault *why);

/* The ref that its sender knows it by. */
const char *judge_true_ref(const struct standing *st);

/*
 * Renew verdict, reasons and removed of *st, in the arena.  What was noted or
 * taken out when it came is not in the record any more, and stays known.
 */
int judge_note(struct standing *st, const struct judgement *j, struct arena *a,
    struct fault *why);

#endif
