/*
 * progres: interventions as proGres v4 writes them, turned into referrals.
 *
 * PING writes flat records with dotted keys in two shapes (its delivery list,
 * and the full details); DTP, which it replaced, writes keys of its own in
 * which some values are objects with a Name.  All three are one table of names
 * (progres.c).  One intervention is one referral, however many rows the join
 * over languages and specific needs made of it (progres_join.h).
 */
#ifndef SATCHEL_FORMATS_PROGRES_H
#define SATCHEL_FORMATS_PROGRES_H

#include <stddef.h>

#include "formats/source_row.h"

struct arena;
struct fault;
struct json_node;

#define PROGRES_ROWS_MAX 1000 /* of one intervention */

/*
 * The intervention number of a record, borrowed from it; NULL if it has none
 * that can be read, or two different ones.
 */
const char *progres_number(const struct json_node *record);

/*
 * The rows of one intervention (the same number in each, count >= 1), as one
 * referral in *out, which has no draft: proGres sends no consent.  Where rows
 * disagree about what can only be one thing, that field is left out and
 * facts.differs says so; languages and needs are united.  number is that of
 * the first row, for messages.
 *
 * FAULT_SOURCE_FORM if no ref can be made of it; the caller goes on.
 */
int progres_read(const struct source_reader *reader,
    const struct json_node *const *rows, size_t count, size_t number,
    struct arena *a, struct source_row *out, struct fault *why);

#endif
