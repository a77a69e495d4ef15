/*
 * seen: which refs this run has met already.
 *
 * A keyed hash of each, so that half a million fit into a few megabytes.
 */
#ifndef SATCHEL_EXPORT_SEEN_H
#define SATCHEL_EXPORT_SEEN_H

#include <stdbool.h>

struct fault;
struct seen;

struct seen *seen_new(struct fault *why);
void seen_free(struct seen *s); /* NULL is fine */

/* Notes it; *before: was it there already? */
int seen_add(struct seen *s, const char *ref, bool *before, struct fault *why);

#endif
