/*
 * retention: what is removed here once it is as old as the agreement says.
 *
 * Bundles that their receiver has; the records of referrals that have ended;
 * and after still longer what is known of those beyond what keeps anything from
 * being done twice: the salts of their entries in the log, reasons, who decided
 * and why.  What stays for good: every number of a bundle, every entry of the
 * log, each referral's state and the ids it is found by, every no, every
 * recall, every refusal of a person, every consent record: without a later,
 * narrower one an earlier one would count again.
 *
 * Nothing of what anybody still waits for is removed, however old: what is
 * owed, held, not loaded, not answered, to be undone, or withdrawn and not
 * confirmed.
 */
#ifndef SATCHEL_STORE_RETENTION_H
#define SATCHEL_STORE_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/day.h"

struct fault;
struct store;

struct retention_order {
	struct store *store;
	const char *user;
	moment now;
	int64_t agreement; /* whose days these are */
	int bundle_days;   /* after it was acknowledged */
	int staged_days;   /* after the last that was done about the referral */
	int ledger_days;   /* likewise */
	/*
	 * Names of files in a folder that load wrote into, each ended by NUL
	 * and sorted by bytes; NULL: none is to be looked at.
	 */
	const struct bytes *written;
	bool dry_run;
};

struct retention_done {
	int64_t bundles; /* files of bundles that were made here */
	int64_t records;
	int64_t referrals; /* of which what is kept was made less */
	int64_t decisions;
	int64_t salts;
	int64_t files; /* that load wrote */
	/* As old, and kept: somebody waits for it still. */
	int64_t bundles_kept;
	int64_t records_kept; /* that came */
	int64_t sent_kept;    /* referrals that went, or are to go */
	/* Names to be removed, each ended by NUL. */
	struct bytes
	    outbox; /* of earlier times too: whatever is left of them */
	struct bytes written;
};

/*
 * All of it, and the entry of the log, in one transaction; the files are the
 * caller's to remove afterwards.  Nothing to remove: no entry.
 */
int retention_run(const struct retention_order *o, struct retention_done *out,
    struct fault *why);
void retention_free(struct retention_done *d); /* one of zeros is fine */

#endif
