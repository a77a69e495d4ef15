/*
 * csvout: rows of a table that people open in a spreadsheet.
 *
 * RFC 4180, every field quoted.  A spreadsheet takes what begins with one of
 * = + - @ for a formula, also behind blanks and what nobody can see, and in
 * full width: an apostrophe is put in front of those, so that they are text.
 * What drives a terminal or turns the line is shown as text_show shows it.
 */
#ifndef SATCHEL_FORMATS_CSVOUT_H
#define SATCHEL_FORMATS_CSVOUT_H

#include <stddef.h>

struct fault;
struct sink;

/* One row; a field that is NULL is empty. */
int csvout_row(struct sink *to, const char *const *fields, size_t count,
    struct fault *why);

#endif
