/*
 * bundles: which files left which office, and when at the latest they were
 * made.
 */
#ifndef SATCHEL_TESTS_SIM_BUNDLES_H
#define SATCHEL_TESTS_SIM_BUNDLES_H

#include <stdbool.h>

struct world;

struct sent_bundle {
	char start[9]; /* of its id: it names the file */
	int from;
	int to;	 /* -1: nobody was told; whoever imports it first */
	long op; /* it was made in this operation or a later one */
	/*
	 * The number of a child, and 1: it stays in a drawer until a recall of
	 * that child was imported where it was to go.  0: it does not.
	 */
	int kept_for;
};

/* What lies in the folder for that office; op: of the one that made them. */
int bundles_note(struct world *w, int from, int to, long op);
/* The same of one file, by its name, if that is a bundle's own. */
void bundles_note_one(const struct world *w, const char *name, int from, int to,
    long op);
bool bundles_is_name(const char *name);
/* NULL: it never left. */
struct sent_bundle *bundles_find(const char *id);
void bundles_forget(void);

#endif
