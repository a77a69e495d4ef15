/*
 * rosters: take a party's own staff list, from a file or out of a bundle, and
 * put it in force (docs/agreement.5, Staff lists).
 *
 * Of each party only the newest list that was ever adopted may count.  If no
 * key signed it which the agreement in force lists for the party, that party's
 * offices have the users of the agreement, until the party signs a list with a
 * greater number: an older list is never put back in force.
 */
#ifndef SATCHEL_IMPORT_ROSTERS_H
#define SATCHEL_IMPORT_ROSTERS_H

#include <stdbool.h>

#include "base/day.h"

struct agreement;
struct agreement_file;
struct bytes;
struct fault;
struct roster;
struct roster_file;
struct store;

struct rosters_question {
	struct roster_file *file;
	const struct bytes *signature;	   /* of the file; empty: none */
	const struct agreement *agreement; /* in force */
};

enum rosters_signature {
	ROSTERS_UNSIGNED,
	ROSTERS_BAD, /* no signature, or not of this file */
	ROSTERS_UNKNOWN_KEY,
	ROSTERS_GOOD,
};

/* Who signed it, by the keys that the agreement lists for its party. */
enum rosters_signature rosters_signed(const struct rosters_question *q);
/* "missing", "bad", "unknown key", "good" */
const char *rosters_signed_name(enum rosters_signature s);

/*
 * May it be put in force?  *here: it is already.  FAULT_ROSTER_ERRORS,
 * _SIGNATURE, _OLDER, _JUMP; _NUMBER: not greater than one that does not count
 * any more; or _TWICE: another one of that version, signed by the party as
 * well, is known.
 */
int rosters_may(struct store *s, const struct rosters_question *q, bool *here,
    struct fault *why);
/*
 * Keep it, with a journal entry, in one transaction.  Only after rosters_may;
 * the agreement must then be loaded anew (adopt_in_force).
 */
int rosters_keep(struct store *s, const struct rosters_question *q, moment at,
    const char *user, struct fault *why);
/* A journal entry of one that was refused. */
int rosters_note_refusal(struct store *s, const struct roster *r,
    const struct fault *refused, moment at, const char *user,
    struct fault *why);

/*
 * Put the users of each party's newest list in the place of those that the
 * agreement lists, if it counts; and say in the parties what was done.
 */
int rosters_apply(struct store *s, struct agreement_file *f, struct fault *why);

#endif
