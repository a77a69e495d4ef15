/*
 * owing: what a node that sent a referral is to hear of it.
 *
 * Owed in the transaction that is open, and in every bundle back until it is
 * acknowledged.
 */
#ifndef SATCHEL_IMPORT_OWING_H
#define SATCHEL_IMPORT_OWING_H

struct fault;
struct standing;
struct store;

/*
 * How it stands here now: "staged", "loaded", "refused", as a receipt has it,
 * with the ids of the rules that hold or refuse it; a later one counts.
 */
int owing_receipt(struct store *s, const struct standing *st, const char *state,
    struct fault *why);
/* What was decided of it: the standing's decision, reason, day and number. */
int owing_answer(struct store *s, const struct standing *st, struct fault *why);

#endif
