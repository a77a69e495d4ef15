/*
 * target: what can be written for another system, and what it can hold.
 *
 * One line a format, with its writers and a table of what becomes of each field
 * of a referral there.  The table is what `load` tells people, what
 * docs/targets.md is printed from, and what the round trip test holds the
 * writers to.
 */
#ifndef SATCHEL_FORMATS_TARGET_H
#define SATCHEL_FORMATS_TARGET_H

#include <stdbool.h>

#include "formats/agreement.h"
#include "formats/fields.h"
#include "formats/recognise.h"
#include "formats/records.h"
#include "formats/referral.h"

struct fault;
struct sink;

enum target_keeps {
	KEEPS_NOT,   /* there is no place for it: said when loading */
	KEEPS_FIELD, /* in a field of its own, to be read back as it was */
	KEEPS_TEXT,  /* as a line of a text that people read */
};

/* A referral to be written. */
struct target_referral {
	const struct agreement *agreement;
	const struct node *self; /* this node */
	const struct referral *referral;
	/* Primero: the id of the case it belongs to; NULL: a new case. */
	const char *known_record;
	const char *assigned_to; /* a user of self; NULL: nobody yet */
	/* Sheet: names of fields that are missing, for a person to fill in. */
	const char *const *missing;
	size_t missing_count;
};

/* A decision about a referral that this node's system made. */
struct target_answer {
	const struct agreement *agreement;
	const struct node *self;
	const struct origin *origin; /* of that referral */
	const struct answer *answer;
};

struct target {
	enum format format;
	const char *ending; /* of the files: ".json" */
	bool any_system;    /* a sheet: for people */
	enum system_kind system;
	/*
	 * FAULT_AGREEMENT_LACKS names what the agreement lacks, FAULT_TARGET
	 * what the referral does; nothing is written then.  The same order
	 * always gives the same bytes.
	 */
	int (*referral)(const struct target_referral *t, struct sink *to,
	    struct fault *why);
	/* NULL: it takes no answers. */
	int (*answer)(const struct target_answer *t, struct sink *to,
	    struct fault *why);
	const enum target_keeps *keeps; /* FIELD_COUNT of them */
};

/* NULL if nothing can be written in that format. */
const struct target *target_find(enum format f);

#endif
