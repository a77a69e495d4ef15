/*
 * consents: the site's consent register, joined to its cases.
 *
 * A register is a file with one consent record a line.  It is read once to
 * find where each subject's records are (a keyed hash and an offset each, so
 * that half a million fit into a few megabytes) and again at those places.
 */
#ifndef SATCHEL_EXPORT_CONSENTS_H
#define SATCHEL_EXPORT_CONSENTS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct consent;
struct consents;
struct fault;
struct store;

/*
 * Opens and checks the whole register: one record that is not in the form of a
 * consent record is FAULT_CONSENT_FORM with its line, and nothing of it is used.
 * NDJSON, or a table (formats/consent_csv.h); told apart by what is in it.
 * path NULL: no register.  Records that people gave this node (store/agreed.h)
 * count as the register's do; store (borrowed) may be NULL.
 */
struct consents *consents_open(const char *path, struct store *store,
    struct fault *why);
void consents_close(struct consents *c); /* NULL is fine */

/* Whose record is looked for. */
struct consents_query {
	/* case_id, case_id_display, individual number; NULLs are passed over */
	const char *const *subjects;
	size_t subject_count;
	const char *ref; /* for what was attested of this referral alone */
	/*
	 * One for each of the subjects; NULL: none.  True: several cases of the
	 * file bear it, so that nobody can tell whose a record of it is.
	 */
	const bool *shared;
};

/*
 * The record that counts, read into the arena: 1, or 0 if there is none.
 * Any no counts (consents_no); else, of the child's records, the newest; where
 * something was given for this ref alone as well, the two are put together by
 * consents_merge, so that neither widens what the other says.
 * *differ: several of one kind, and they disagree about something other than
 * a no (referral.md); or a yes that was found through shared subjects alone.
 * What was agreed is compared, not when or how: agreeing to the same again is
 * no disagreement.
 */
int consents_find(struct consents *c, const struct consents_query *q,
    struct arena *a, struct consent *out, bool *differ, struct fault *why);

/*
 * Does it say no, by its status or by an event?  As rule C-STATE reads it:
 * a no is never outvoted by another record.
 */
bool consents_no(const struct consent *c);

/*
 * Put a register's record and a draft from the case together: the register may
 * narrow what the case says and may add what it lacks; where one says yes and
 * the other no, the no counts; where one side is unknown, the result is
 * unknown.  Either may be NULL, not both.  The case's own answers (source) and
 * its subject_ref are always the draft's, an override only the register's.
 * Lists may be new, from the arena.
 */
int consents_merge(const struct consent *draft, const struct consent *recorded,
    struct arena *a, struct consent *out, struct fault *why);

#endif
