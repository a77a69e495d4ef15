/*
 * agreed: consent records that people gave this node, sealed.
 *
 * What `consent add` asked and what `attest` was told.  A record is kept for a
 * case (by case_id, display form or individual number) or for one referral
 * alone (by its ref).  Nothing is ever replaced: a later record stands beside
 * the earlier one, and export decides which counts.
 */
#ifndef SATCHEL_STORE_AGREED_H
#define SATCHEL_STORE_AGREED_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct fault;
struct store;

enum agreed_of {
	AGREED_OF_CASE,
	AGREED_OF_REF,
};

/* The record as JSON of formats/consent.h. */
int agreed_put(struct store *s, enum agreed_of of, const char *name,
    const void *record, size_t len, struct fault *why);

/* Is there any record at all?  In most nodes there is none to look for. */
int agreed_any(struct store *s, bool *any, struct fault *why);

/*
 * Every record of every name, through `each`: those of one name after each
 * other, oldest first; `first` with the first of them.
 */
int agreed_each(struct store *s,
    int (*each)(const struct bytes *record, bool first, void *context,
	struct fault *why),
    void *context, struct fault *why);

/*
 * Every record kept under that name, oldest first, through `each`, which may
 * stop the walk with -1.  Letter case and space around a case's name do not
 * count.
 */
int agreed_walk(struct store *s, enum agreed_of of, const char *name,
    int (*each)(const struct bytes *record, void *context, struct fault *why),
    void *context, struct fault *why);

#endif
