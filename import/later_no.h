/*
 * later_no: what this node holds of the child that a referral is about.
 *
 * A no that came later than the consent a referral brings must count, by
 * whatever way it came: told to this node (store/agreed.h), in another
 * referral of the same child, or as a recall of one (rule C-NEWER).  The child
 * is found by case_id, display form and individual number; where a number is
 * shared, a no counts for all who bear it.
 */
#ifndef SATCHEL_IMPORT_LATER_NO_H
#define SATCHEL_IMPORT_LATER_NO_H

#include <stdbool.h>

#include "base/day.h"

struct arena;
struct consent;
struct fault;
struct later_no;
struct held_here;
struct referral;
struct standing;
struct store;

/* For one bundle or one load; store is borrowed. */
struct later_no *later_no_new(struct store *s, struct fault *why);
void later_no_free(struct later_no *h); /* NULL is fine */

/*
 * kept: where the referral stands here; NULL: it comes just now.  Its own
 * earlier versions say nothing about it: what is wrong is put right at its
 * source.  A later version of one that is kept does.  *out and what it points
 * to are the arena's.
 */
int later_no_find(struct later_no *h, const struct referral *r,
    const struct standing *kept, struct arena *a, struct held_here *out,
    struct fault *why);

/*
 * Does the record say no, by its status or by an event?  *on: since when;
 * DAY_UNKNOWN if no day was said.
 */
bool later_no_says_no(const struct consent *c, day *on);

/*
 * Note in st the no that r's consent record says.  before (NULL: none) is what
 * stood there: its no stays, unless r says that there was none.
 */
void later_no_note_no(const struct referral *r, const struct standing *before,
    struct standing *st);

#endif
