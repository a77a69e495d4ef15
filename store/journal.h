/*
 * journal: who did what, when; append only, and nothing about a person.
 *
 * The database itself refuses to change or remove an entry.  A body is JSON of
 * ids, counts, codes and hashes.
 */
#ifndef SATCHEL_STORE_JOURNAL_H
#define SATCHEL_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

struct fault;
struct store;

enum act {
	ACT_NODE_MADE,
	ACT_AGREEMENT_ADOPTED,
	ACT_AGREEMENT_REFUSED,
	ACT_BUNDLE_MADE,
	ACT_BUNDLE_CARRIED,
	ACT_BUNDLE_IMPORTED,
	ACT_BUNDLE_REFUSED,
	ACT_BUNDLE_HELD,
	ACT_LOADED,
	ACT_CONSENT_ADDED,
	ACT_ATTESTED,
	ACT_ANSWERED,
	ACT_DECIDED,
	ACT_ASSIGNED,
	ACT_ROSTER_ADOPTED,
	ACT_ROSTER_REFUSED,
	ACT_KEYS_CHANGED,
	ACT_INCIDENT,
	ACT_RECALLED,
	ACT_UNDONE,
	ACT_CLOCK_SET,
	ACT_JUDGED,
	ACT_CONFIRMED,
	ACT_PURGED,
	ACT_LOG_ALARM,
	ACT_COUNT
};

/*
 * One entry, in the transaction that is open (or one of its own).  user is the
 * name in the agreement, or NULL where there is none yet.
 */
int journal_add(struct store *s, enum act act, moment at, const char *user,
    const char *body, struct fault *why);
/*
 * The same of an act about referrals or cases: each reference stands in the
 * leaf as a hash with a salt of its own (store/log_leaf.h), and nowhere else in
 * the clear.
 */
struct journal_about {
	const char *ref;
	const char *verdict;	  /* NULL: none */
	const char *const *rules; /* ids, ended by NULL; may be NULL */
};
struct journal_entry {
	enum act act;
	moment at;
	const char *user;
	const char *body;
	const struct journal_about *about;
	size_t count;
};
int journal_put(struct store *s, const struct journal_entry *e,
    struct fault *why);
/*
 * The entries that tell of that bundle being made, imported, held or refused:
 * the next one after that number; 1, or 0.
 */
int journal_of_bundle(struct store *s, const char *id, int64_t after,
    int64_t *number, struct fault *why);
/* Was there ever such an act here? */
int journal_any(struct store *s, enum act act, bool *any, struct fault *why);
/*
 * The newest time of an act of ours; 0 if there is none.  A person may say that
 * the clock was wrong and is right now (ACT_CLOCK_SET): then what is earlier in
 * the journal does not count, whatever its time.
 */
int journal_newest(struct store *s, moment *out, struct fault *why);

#endif
