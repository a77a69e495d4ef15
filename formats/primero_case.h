/*
 * primero_case: what every referral of one Primero case has in common: the
 * child, the caregiver, who sends it, and the facts beside them.
 */
#ifndef SATCHEL_FORMATS_PRIMERO_CASE_H
#define SATCHEL_FORMATS_PRIMERO_CASE_H

#include "formats/primero.h"
#include "formats/source_value.h"

struct fault;
struct json_node;

/*
 * Fill in t's referral and facts, both cleared before, with all that is not
 * of one service row.  one_case is the object that holds the fields.
 */
int primero_case_take(const struct source_reader *reader,
    const struct source_taker *t, const struct json_node *one_case,
    struct fault *why);

#endif
