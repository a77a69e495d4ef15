/*
 * reader: take values, in order, from bytes someone else wrote.
 *
 * Every call checks what is left first, so parsing code contains no pointer
 * sums.  A call that says no leaves the reader where it was.
 */
#ifndef SATCHEL_BASE_READER_H
#define SATCHEL_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *next;
	size_t left;
};

/* A stretch of somebody else's bytes: not owned, not NUL-terminated. */
struct view {
	const uint8_t *bytes;
	size_t len;
};

bool reader_take(struct reader *r, size_t len, struct view *out);
/* The bytes up to the next LF, which is taken too; at most max of them. */
bool reader_line(struct reader *r, size_t max, struct view *out);
/* Take `word` if it comes next. */
bool reader_word(struct reader *r, const char *word);
/*
 * [1-9][0-9]* (or 0 without a digit after it), at most max.  The digits end where they end: what
 * follows is the caller's to check.
 */
bool reader_number(struct reader *r, uint64_t max, uint64_t *out);

bool reader_view_is(const struct view *v, const char *text);

#endif
