/*
 * verdict: what becomes of a referral, and every reason for it.
 */
#ifndef SATCHEL_POLICY_VERDICT_H
#define SATCHEL_POLICY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/fields.h"

/* From least to most serious; the worst one wins. */
enum verdict {
	VERDICT_SHARE,
	VERDICT_NOTE, /* shown only; counts as share */
	VERDICT_STRIP,
	VERDICT_HOLD,
	VERDICT_REFUSE,
};

#define VERDICT_FIELDS_MAX 64
#define VERDICT_REASONS_MAX 64

struct judged;
struct rule;

/* One rule's answer where it did not simply pass. */
struct reason {
	const struct rule *rule;
	enum verdict verdict;
	const char *text;   /* a plain sentence; one of a rule's own */
	const char *remedy; /* what to do next */
	const char *fields[VERDICT_FIELDS_MAX]; /* names; not values */
	size_t field_count;
	bool final; /* this answer is nobody's to let go */
	/* Who released it: it was a hold, and is only shown; else NULL. */
	const struct judged *released;
};

/* What is taken out.  A code taken out of a list leaves the others. */
struct strip {
	bool field[FIELD_COUNT];
	/* Of these, the ones that P-FIELDS named (told to the other side). */
	bool by_fields_rule[FIELD_COUNT];
	uint64_t concern;	/* bit i: item i of protection_concerns */
	uint64_t specific_need; /* likewise of specific_needs */
	uint64_t language;	/* likewise of language */
	bool attachments;
};

struct judgement {
	enum verdict verdict; /* never VERDICT_NOTE */
	struct reason reasons[VERDICT_REASONS_MAX];
	size_t count;
	struct strip strip;
};

/* "share", "note", "strip", "hold", "refuse" */
const char *verdict_name(enum verdict v);

#endif
