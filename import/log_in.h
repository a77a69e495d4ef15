/*
 * log_in: a log as somebody exported it, held against what its head says.
 *
 * Needs no home and no secret; reads a tile at a time, however long the log is.
 */
#ifndef SATCHEL_IMPORT_LOG_IN_H
#define SATCHEL_IMPORT_LOG_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/note.h"

struct bytes;
struct fault;

/* One head to hold the log against. */
struct log_in_head {
	struct checkpoint said;
	const char *name; /* as it is told */
	bool asked;	  /* somebody else kept it */
	bool holds;	  /* the log begins with what it speaks of */
};

struct log_in_found {
	int64_t alarms; /* entries that tell of a partner's log that changed */
};

/*
 * Is every entry and every hash in the folder as the head says?  Then heads,
 * sorted by size, say whether they hold.  FAULT_LOG_BROKEN names the entry that
 * is not as it should be, or the entries among which it is, or the file.
 */
int log_in_check(const char *dir, const struct checkpoint *head,
    struct log_in_head *heads, size_t count, struct log_in_found *found,
    struct fault *why);

/* For qsort: by size. */
int log_in_by_size(const void *a, const void *b);

/*
 * Add that file of the folder (NULL: a file by its own path) to out.  1; 0 if
 * there is none; -1.
 */
int log_in_file(const char *dir, const char *path, struct bytes *out,
    struct fault *why);

#endif
