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

#include <stddef.h>

#include "formats/source_row.h"

struct arena;
struct fault;
struct json_node;

#define PRIMERO_ROWS_MAX 1000 /* referrals of one case */

/* What one case goes by; NULL for what it does not say in a readable form. */
struct primero_names {
	const char *record_id; /* borrowed from the record, as the next */
	const char *case_id;
	const char *display; /* the arena's, as the next */
	const char *individual;
};

/* Of every case, one without any referral too. */
int primero_names_read(const struct source_reader *reader,
    const struct json_node *record, struct arena *a, struct primero_names *out,
    struct fault *why);

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
int primero_read(const struct source_reader *reader,
    const struct json_node *record, size_t number, struct arena *a,
    struct source_row **rows, size_t *count, struct passed_over *passed,
    struct fault *why);

#endif
