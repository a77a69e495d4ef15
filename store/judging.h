/*
 * judging: what the rules said of one referral, as an entry of the log.
 *
 * The entry names the bundle and which end judged, the verdict and every rule
 * that did not simply pass, by the words of rules_words; of what people released, the rules; and whether
 * somebody overrode the usual consent.  Who released or overrode it, and in which
 * words or code of their own, is in the decision and the record, which are
 * sealed.
 */
#ifndef SATCHEL_STORE_JUDGING_H
#define SATCHEL_STORE_JUDGING_H

#include <stdbool.h>

#include "base/day.h"
#include "policy/rules.h"
#include "policy/verdict.h"
#include "store/referrals.h"

struct fault;
struct store;

struct judging {
	enum end end;
	moment at;
	const char *user; /* who had it judged */
	const char *ref;
	const char *bundle; /* it came or goes in; NULL: in none */
	bool override; /* its consent was given in place of the usual one */
	const struct judgement *judgement;
};

/* In the transaction that is open. */
int judging_note(struct store *s, const struct judging *j, struct fault *why);
/*
 * Was exactly this said of this revision the last time?  What waits at a site
 * is judged at every export, and the log is not to be filled with that.
 */
bool judging_is_news(const struct standing *before, const struct standing *now);

#endif
