/*
 * stage: steps 10 to 12 of reading a bundle.
 *
 * Recalls first, then every rule on every referral, everything in the one
 * transaction that the caller has open; what is held or ready is kept sealed,
 * and a receipt is owed to the sender.  One bad record never stops the others.
 */
#ifndef SATCHEL_IMPORT_STAGE_H
#define SATCHEL_IMPORT_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/bundle.h"
#include "policy/rules.h"
#include "store/referrals.h"

struct contents;
struct fault;
struct json_node;
struct received;
struct store;

/* Told of each thing as it is judged; texts are good during the call. */
struct stage_watch {
	void (*referral)(void *context, const char *ref, const char *state,
	    const struct judgement *j);
	/* A record that is no referral, and what became of it. */
	void (*record)(void *context, enum bundle_record kind,
	    const char *sentence, bool look);
	void *context;
};

struct stage_counts {
	int64_t verdict[VERDICT_REFUSE + 1]; /* share, -, strip, hold, refuse */
	int64_t duplicate;
	int64_t recall;
	int64_t answer;
	int64_t receipt;
};

struct stage;

/*
 * bundle: facts found in steps 3 to 8.  agreement, sender and receiver are of
 * the agreement in force; all is borrowed until stage_end.
 */
struct stage_order {
	struct store *store;
	const struct agreement *agreement;
	const struct node *sender;
	const uint8_t *sender_key; /* 32 bytes: the key that signed */
	const struct node *receiver;
	const struct bundle_inside *inside;
	struct bundle_facts facts;
	bool encloses; /* an agreement or a staff list, which is receipted */
	moment now;
	day today;
	const char *user; /* who takes it in, for the journal */
	struct stage_watch watch;
};

struct stage *stage_new(const struct stage_order *order, struct fault *why);
/* One record, in the order of the bundle: a contents_take. */
int stage_take(enum bundle_record kind, const struct json_node *record,
    void *stage, struct fault *why);
/* The receipts are owed from here on. */
int stage_finish(struct stage *s, struct fault *why);
const struct stage_counts *stage_count(const struct stage *s);
void stage_free(struct stage *s); /* NULL is fine */

/*
 * The 32 bytes under which tombstones of a party's referrals are kept, so that
 * a recall counts whichever of its nodes sends the referral again.
 */
void stage_party_key(const char *party, uint8_t out[static 32]);

#endif
