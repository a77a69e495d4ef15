/*
 * trial: what an agreement would do to a system's files, in numbers.
 *
 * Reads and judges as an export does, and keeps nothing: no row, no number, no
 * act.  What was sent before is not looked at, so that last month's file shows
 * all that is in it.
 */
#ifndef SATCHEL_EXPORT_TRIAL_H
#define SATCHEL_EXPORT_TRIAL_H

#include <stdint.h>

#include "export/gather.h"
#include "policy/verdict.h"

#define TRIAL_FIELDS_MAX 256
#define TRIAL_NAME_ROOM 48

struct trial_field {
	char name[TRIAL_NAME_ROOM]; /* "nationality", "consent.given_by" */
	int64_t removed;	    /* referrals it would be taken out of */
	int64_t waits; /* referrals that are held or refused for it */
};

struct trial {
	int64_t verdict[VERDICT_REFUSE + 1];
	/* By the rule's place in rules_all, and what it said. */
	int64_t rules[VERDICT_REASONS_MAX][VERDICT_REFUSE + 1];
	struct trial_field fields[TRIAL_FIELDS_MAX];
	size_t field_count;
	struct passed_over passed;
};

/*
 * Every source is read to its end before anything is judged.  out is large: not
 * for the stack.
 */
int trial_run(const struct gather_order *order, struct trial *out,
    struct fault *why);

#endif
