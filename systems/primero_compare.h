/*
 * primero_compare: is what was sent to Primero what is there now?
 *
 * Only what was sent is looked at: Primero adds fields of its own on every
 * save.  Rows of a subform are found by their unique_id; of a list, ours must
 * be among theirs; a day may have got a time behind it.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_COMPARE_H
#define SATCHEL_SYSTEMS_PRIMERO_COMPARE_H

#include <stdbool.h>

struct json_node;
struct primero_names_list;

/* Adds to out the names of members of sent that `there` does not hold. */
void primero_compare_lost(const struct json_node *sent,
    const struct json_node *there, struct primero_names_list *out);

/*
 * Adds the names of the plain members of sent (no subforms) that `there` says
 * otherwise; what it does not say at all is no difference.  without: names to
 * pass over, ends with NULL.
 */
void primero_compare_differs(const struct json_node *sent,
    const struct json_node *there, const char *const *without,
    struct primero_names_list *out);

/* The row of that unique_id in a list, or NULL. */
const struct json_node *primero_compare_row(const struct json_node *rows,
    const char *unique_id);

/* Is every text of a in b? */
bool primero_compare_holds(const struct json_node *b,
    const struct json_node *a);

#endif
