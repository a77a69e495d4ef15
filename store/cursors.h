/*
 * cursors: how far a system's server was read, per receiver of what was read.
 *
 * Moved in the transaction that makes the bundle, so that a run which breaks
 * off reads the same again.
 */
#ifndef SATCHEL_STORE_CURSORS_H
#define SATCHEL_STORE_CURSORS_H

#include <stdint.h>

#include "base/day.h"

struct fault;
struct store;

struct cursor {
	moment at;	   /* everything until then was read */
	int64_t agreement; /* and judged under that version */
};

/* 1 and *out, or 0. */
int cursors_get(struct store *s, const char *name, struct cursor *out,
    struct fault *why);
int cursors_put(struct store *s, const char *name, const struct cursor *c,
    struct fault *why);

#endif
