/*
 * ping_api_fetch: records that proGres gives, all pages of them.
 *
 * The list of referrals that wait, one intervention in full, the list of
 * decisions, one decision in full: each is a shipping process of its own.  What
 * comes is handed on as it came, one flat record after the other, as
 * formats/progres and formats/decision read them from a file; the rows of one
 * intervention may be spread over pages.
 */
#ifndef SATCHEL_SYSTEMS_PING_API_FETCH_H
#define SATCHEL_SYSTEMS_PING_API_FETCH_H

#include <stddef.h>

struct fault;
struct ping_api;

#define PING_API_FETCH_PAGES 10000

struct ping_api_wanted {
	const char *process;   /* of the agreement: "SHP-..." */
	const char *record_id; /* NULL: a list */
	/* Each record: a JSON object, good until the call ends. */
	int (*take)(void *with, const char *record, size_t len,
	    struct fault *why);
	void *with;
};

/*
 * Only if it returns 0 was everything taken: *count records, which may be 0
 * where PING says "No Data Available", and nowhere else.  After a fault, what
 * was handed on is a part, and nothing may be concluded from what is missing.
 *
 * FAULT_SERVER_ANSWER if an answer reports an error (its text may be about a
 * person and is not repeated), has another number of records than it says, or
 * gives the same page again; FAULT_AGREEMENT_LACKS; or a fault of http or of
 * take.
 */
int ping_api_fetch(const struct ping_api *api,
    const struct ping_api_wanted *wanted, size_t *count, struct fault *why);

#endif
