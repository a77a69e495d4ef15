/*
 * after_recall: may what was withdrawn once go again?
 *
 * The same at both ends: what a tombstone says of a referral that comes after
 * it (docs/bundle.5), and what this node's own recall says of one that is to
 * go out once more.
 */
#ifndef SATCHEL_POLICY_AFTER_RECALL_H
#define SATCHEL_POLICY_AFTER_RECALL_H

#include "base/day.h"
#include "policy/rules.h"

struct referral;

/* RECALLED, or RECALLED_BEFORE: a person may let it go. */
enum recalled after_recall(const char *reason, day on,
    const struct referral *r);

#endif
