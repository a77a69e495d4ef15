/*
 * sheet: a referral as one page that can be printed and keyed in by hand.
 *
 * For a receiver without any interface.  HTML without script and without
 * anything fetched from elsewhere, in the order of the inter-agency referral
 * form, right in both writing directions, with a place for the other system's
 * number and a part to hand back.
 */
#ifndef SATCHEL_FORMATS_SHEET_H
#define SATCHEL_FORMATS_SHEET_H

#include "formats/target.h"

extern const enum target_keeps sheet_keeps[FIELD_COUNT];

/* What was withdrawn after it was loaded, for a person to undo by hand. */
struct sheet_undo {
	const struct agreement *agreement;
	const struct node *self;
	enum system_kind system; /* that it was loaded into */
	const char *ref;
	/* How the child is found there; NULLs are left out. */
	const char *record_id; /* of the Primero case */
	const char *target_id; /* the number that it got there */
	const char *individual;
	const char *case_display;
	const char *file;   /* that it was loaded from; NULL: from none */
	bool over_the_line; /* satchel itself put it there */
	const char *reason; /* as in a recall */
	day on;
	const char *from; /* the node that recalled it; or NULL */
	/* Why the server did not undo it when it was asked; or NULL. */
	const char *not_by_server;
};

/* A page like the others: what to do, in order, and what to type then. */
int sheet_write_undo(const struct sheet_undo *u, struct sink *to,
    struct fault *why);
int sheet_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why);

#endif
