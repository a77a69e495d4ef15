/*
 * jsonout: write JSON as a stream.
 *
 * Commas, quotes and escapes are its business; the caller says what comes.
 * Text must be UTF-8 (bytes that are not appear as U+FFFD); the escapes are
 * those of RFC 8785, so what is written in sorted order is canonical.  The
 * first fault is kept and everything after it is ignored: ask jsonout_end.
 *
 * A name is given inside an object and NULL inside a list or at the top.
 */
#ifndef SATCHEL_BASE_JSONOUT_H
#define SATCHEL_BASE_JSONOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct sink;

struct jsonout {
	struct sink *to; /* borrowed */
	struct fault why;
	int depth;
	bool inside[40]; /* something was written at this depth already */
};

void jsonout_start(struct jsonout *o, struct sink *to);
void jsonout_object(struct jsonout *o, const char *name);
void jsonout_object_end(struct jsonout *o);
void jsonout_list(struct jsonout *o, const char *name);
void jsonout_list_end(struct jsonout *o);
void jsonout_text(struct jsonout *o, const char *name, const char *value);
void jsonout_text_or_null(struct jsonout *o, const char *name,
    const char *value);
/* Left out when value is NULL. */
void jsonout_text_if(struct jsonout *o, const char *name, const char *value);
void jsonout_integer(struct jsonout *o, const char *name, int64_t value);
void jsonout_boolean(struct jsonout *o, const char *name, bool value);
void jsonout_null(struct jsonout *o, const char *name);
/* JSON that was already written by this module or read by formats/json. */
void jsonout_raw(struct jsonout *o, const char *name, const char *json,
    size_t len);
void jsonout_newline(struct jsonout *o); /* between NDJSON lines */

/* 0 if everything reached the sink; does not finish the sink. */
int jsonout_end(struct jsonout *o, struct fault *why);

#endif
