/*
 * import: one bundle from a file into this node's store.
 *
 * The steps of reading a bundle in their order, up to the receipt.  A fault
 * leaves the store as it was but for a journal entry; a bad bundle never stops
 * the next one.
 */
#ifndef SATCHEL_IMPORT_IMPORT_H
#define SATCHEL_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/fault.h"
#include "import/stage.h"

struct agreement_file;
struct folder;
struct node;
struct secrets;
struct store;

#define IMPORT_MISSING_MAX 1000
#define IMPORT_ROSTERS_MAX 64

enum import_state {
	IMPORT_IMPORTED,
	IMPORT_SEEN,	/* imported before: nothing done */
	IMPORT_MADE,	/* our own, on a stick that goes both ways */
	IMPORT_HELD,	/* as a whole, and kept: late, or distrusted */
	IMPORT_REFUSED, /* see fault */
};

/* "imported", "seen", "made", "held", "refused" */
const char *import_state_name(enum import_state s);

/* This node, and who acts.  All borrowed; agreement may be replaced by a newer
 * one out of a bundle (the older is freed then, and self follows). */
struct importer {
	struct folder *home;
	const struct secrets *secrets;
	struct store *store;
	struct agreement_file **agreement;
	const struct node **self;
	bool node_protected;
	const char *user;
	moment now;
	bool dry_run; /* judge and show; the store stays as it is */
	struct stage_watch watch;
	/* Told now and then how far a file is, in bytes; may be NULL. */
	void (*progress)(void *context, const char *what, uint64_t done,
	    uint64_t all);
	void *progress_context;
};

/* A staff list that a bundle carried, if it is not an older one than ours. */
struct imported_roster {
	char party[17];
	int64_t version;
	bool adopted;
	struct fault fault; /* FAULT_NONE: it is in force here */
};

/* What became of one file.  Texts are this struct's own. */
struct imported {
	enum import_state state;
	struct fault fault; /* FAULT_NONE unless refused or held */
	uint64_t bytes;
	bool outside_read; /* id, seq and created are there */
	struct bundle_outside outside;
	char from[17]; /* "" unknown */
	char to[17];
	int64_t sequence; /* 0: unknown */
	int64_t missing[IMPORT_MISSING_MAX];
	size_t missing_count;
	struct stage_counts counts;
	bool adopted; /* a newer agreement out of it */
	int64_t adopted_version;
	day adopted_from; /* it begins then, which may be later */
	/* Held (exit 3): an enclosed newer agreement could not be adopted. */
	bool not_adopted;
	struct fault adopt_fault;
	bool not_kept; /* held, and too many of its sender are kept already */
	bool told; /* refused, and its sender is told with the next bundle */
	bool clock_ahead;     /* created more than 48 h ahead of us */
	bool older_agreement; /* judged by a newer one than it names */
	bool log_alarm; /* its head contradicts one of its sender seen before */
	struct imported_roster rosters[IMPORT_ROSTERS_MAX];
	size_t roster_count;
};

/*
 * Import the open file `from`.  0 if it could be dealt with, whatever became
 * of it (out->state); -1 only when this node itself is in trouble (store,
 * disk, memory): then nothing was done.
 */
int import_file(struct importer *by, int from, struct imported *out,
    struct fault *why);

/* Of one that was tried again; out NULL: this node was in trouble, see why. */
typedef void (*import_told)(const char *file, const struct imported *out,
    const struct fault *why, void *context);

/*
 * Try those again that are held here as a whole (import/held_files.h), as long
 * as one that is taken may let another one in.  Each is told once.
 */
int import_held(struct importer *by, import_told told, void *context,
    struct fault *why);

#endif
