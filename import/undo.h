/*
 * undo: what was loaded here and is withdrawn, until a person has undone it.
 *
 * `load` writes the task for a person; here is the word that it is done, which
 * goes back to the node that recalled it: "recalled", and until then "loaded".
 */
#ifndef SATCHEL_IMPORT_UNDO_H
#define SATCHEL_IMPORT_UNDO_H

#include <stdbool.h>

#include "base/day.h"

struct arena;
struct fault;
struct standing;
struct store;

struct undoer {
	struct store *store;
	const char *user; /* with the right to load */
	moment now;
	bool dry_run;
};

/*
 * ref: a whole one; every version of it.  *out is where it stands then, its
 * texts the arena's.  FAULT_REF_STATE where nothing of it is to be undone.
 */
int undo_done(const struct undoer *by, const char *ref, struct arena *a,
    struct standing *out, struct fault *why);

#endif
