/*
 * primero: cases as Primero v2 writes them, turned into referrals.
 *
 * A case is an object with an `id`, as in the JSON export (where it lies under
 * "data" beside id) or in an API answer; only those two are used of an export,
 * whose other columns are the system's own.  Each row of services_section that
 * is a referral to another party gives one; every row that names another
 * agency and is passed over is counted with its reason, so that a misspelt
 * agency cannot make referrals vanish (docs/referral.md, "From Primero").
 */
#ifndef SATCHEL_FORMATS_PRIMERO_H
#define SATCHEL_FORMATS_PRIMERO_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/agreement.h"
#include "formats/facts.h"
#include "formats/referral.h"

struct arena;
struct fault;
struct json_node;

#define PRIMERO_ROWS_MAX 1000 /* referrals of one case */
#define PRIMERO_AGENCIES_MAX 64

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
	} other_agency[PRIMERO_AGENCIES_MAX];
	size_t other_agencies;
	size_t other_agency_more; /* rows that did not fit above */
};

/* Who reads, and for whom. */
struct primero_reader {
	const struct agreement *agreement;
	const struct node *sender;   /* this node */
	const struct node *receiver; /* the node the bundle is for */
	/* Beginnings of refs (--only): a known_there row of one is read. */
	const char *const *only;
	size_t only_count;
};

/* One referral with what the source said beside it and a drafted consent. */
struct primero_row {
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
 * Read one case.  *rows (the arena's, at most PRIMERO_ROWS_MAX) and *count are
 * set, and what is passed over is added to *passed.  FAULT_SOURCE_FORM, naming
 * its number in the file, is for an object that is no case, and for a case
 * with a referral to send but no readable id or case_id to name it by: the
 * caller decides what becomes of the cases after it.
 *
 * A row that may be a referral but says so in a form that cannot be read is
 * given with facts.in_progress unknown, so that it is held and not lost.
 */
int primero_read(const struct primero_reader *reader,
    const struct json_node *record, size_t number, struct arena *a,
    struct primero_row **rows, size_t *count, struct passed_over *passed,
    struct fault *why);

#endif
