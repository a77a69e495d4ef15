/*
 * source_row: what every reader of a system's file is given, and what it gives.
 *
 * A reader turns one record of a file into referrals.  It judges nothing: what
 * it cannot read in exactly one way it leaves out and notes in the facts, and
 * what is no referral now it counts with the reason.
 */
#ifndef SATCHEL_FORMATS_SOURCE_ROW_H
#define SATCHEL_FORMATS_SOURCE_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/agreement.h"
#include "formats/facts.h"
#include "formats/referral.h"

#define PASSED_AGENCIES_MAX 64

/* Rows that name another agency and are not referrals now. */
struct passed_over {
	size_t implemented;
	size_t not_referred;
	size_t known_there; /* came from there, or bears its number */
	size_t unchanged;   /* the caller's to count: sent before as it is */
	size_t without_id;  /* no unique_id that can be read: no ref */
	size_t unreadable;  /* the caller's: cases that gave no ref at all */
	/*
	 * Other agencies by the value as written (an agency's name), tidied
	 * and cut to the room; "" is one that could not be read.
	 */
	struct {
		char value[64];
		size_t rows;
	} other_agency[PASSED_AGENCIES_MAX];
	size_t other_agencies;
	size_t other_agency_more; /* rows that did not fit above */
};

/* Who reads, and for whom. */
struct source_reader {
	const struct agreement *agreement;
	const struct node *sender;   /* this node */
	const struct node *receiver; /* the node the bundle is for */
	/* Asked for by name (--only): a known_there row so named is read. */
	const char *const *only;
	size_t only_count;
};

/* One referral with what the source said beside it and a drafted consent. */
struct source_row {
	struct referral referral; /* has_consent false: see draft */
	struct source_facts facts;
	/*
	 * The consent record as far as the case gives one; what is missing
	 * makes it a draft, not a record (C-HAVE).
	 */
	bool has_draft;
	struct consent draft;
};

/*
 * Does the word name this referral: by the start of its ref, with the system
 * before it or without, or by a whole number of its case?  display and
 * individual may be NULL; the empty word names nothing.
 */
bool source_row_is_named(const char *word, const char *ref, const char *display,
    const char *individual);

#endif
