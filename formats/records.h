/*
 * records: what stands in a bundle beside referrals.
 *
 * Recalls, receipts, answers and statuses, each one JSON object a line.  Texts
 * belong to the arena.  An unknown name at any depth refuses the bundle
 * (FAULT_BUNDLE_RECORD); a wrong kind or word is told through *form, and then
 * only this record is refused (rule R-FORM).
 */
#ifndef SATCHEL_FORMATS_RECORDS_H
#define SATCHEL_FORMATS_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/consent.h"

struct arena;
struct fault;
struct json_node;

struct recall {
	const char *ref;
	int64_t sequence; /* of the first bundle this recall was in */
	const char *reason;
	day on;
};

/* How one referral of a bundle stands at the receiver. */
struct receipt_line {
	const char *ref;
	const char *state;
	struct texts rules;
};

struct receipt {
	const char *bundle;
	const char *state; /* imported, held, refused */
	const char *code;  /* of the refusal; NULL */
	struct receipt_line *lines;
	size_t count;
};

struct answer {
	const char *ref;
	const char *decision; /* accepted, rejected, done */
	const char *reason;
	day decided_on;
	const char *target_id;
};

struct status {
	const char *ref;
	const char *service_implemented;
	day on;
};

int records_read_recall(const struct json_node *n, struct recall *out,
    const char **form, struct fault *why);
int records_read_receipt(const struct json_node *n, struct arena *a,
    struct receipt *out, const char **form, struct fault *why);
int records_read_answer(const struct json_node *n, struct answer *out,
    const char **form, struct fault *why);
int records_read_status(const struct json_node *n, struct status *out,
    const char **form, struct fault *why);

#endif
