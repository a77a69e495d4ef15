/*
 * consent_csv: a consent register as a table that people keep in a spreadsheet.
 *
 * RFC 4180 by libcsv, with what Excel does to it: a byte order mark, `sep=;`,
 * semicolons or tabs, ="0012", rows and columns of nothing.  The first row names
 * the columns (docs/consent.md).  A date must be YYYY-MM-DD and a number must
 * not have become 1.2E+11: what a spreadsheet has altered is never guessed at.
 */
#ifndef SATCHEL_FORMATS_CONSENT_CSV_H
#define SATCHEL_FORMATS_CONSENT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct consent;
struct consent_csv;
struct fault;
struct source;

/*
 * Do these first bytes look like such a table: a first row in which one column
 * is called case_id?
 */
bool consent_csv_looks_like(const void *head, size_t len);

/* Borrows from, which must outlive it and stand at the start of the file. */
struct consent_csv *consent_csv_new(struct source *from, struct fault *why);
void consent_csv_free(struct consent_csv *c); /* NULL is fine */

/*
 * The next record: 1, 0 at the end, -1 on a fault.  *offset is where its row
 * begins in the file, *line the line it begins on (from 1).  The record is in
 * the arena; its record_id is derived from what the row says.
 * FAULT_CONSENT_FORM names line and column, and nothing that stands there;
 * with it the caller may go on to the next row.
 */
int consent_csv_next(struct consent_csv *c, struct arena *a,
    struct consent *out, uint64_t *offset, uint64_t *line, struct fault *why);
/*
 * Go on reading with `from`, which stands at `offset`, where a row begins that
 * consent_csv_next gave before.
 */
void consent_csv_resume(struct consent_csv *c, struct source *from,
    uint64_t offset, uint64_t line);

#endif
