/*
 * sentence: one line for people, put together piece by piece.
 *
 * The first fault is kept and everything after it is ignored, until the line
 * is asked for.
 */
#ifndef SATCHEL_FORMATS_SENTENCE_H
#define SATCHEL_FORMATS_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/day.h"
#include "base/fault.h"

struct sentence {
	struct bytes text;
	struct fault why;
	bool ended;
};

void sentence_start(struct sentence *s);
void sentence_free(struct sentence *s);

void sentence_add(struct sentence *s, const char *more, ...)
    __attribute__((format(printf, 2, 3)));
/* "a", "a and b", "a, b and c"; nothing of an empty list */
void sentence_list(struct sentence *s, const char *const *items, size_t count,
    const char *last);
void sentence_day(struct sentence *s, day d);

/*
 * The line, good until more is added; NULL after filling in why.  The next
 * piece begins a new line.
 */
const char *sentence_end(struct sentence *s, struct fault *why);

#endif
