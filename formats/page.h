/*
 * page: the frame of a page that is printed.
 *
 * HTML without script and without anything fetched from elsewhere; right in
 * both writing directions.  The first fault is kept and everything after it
 * ignored: ask page_end.
 */
#ifndef SATCHEL_FORMATS_PAGE_H
#define SATCHEL_FORMATS_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

struct sink;

struct page {
	struct bytes out;
	struct fault why;
	bool failed;
};

/* title is markup; practice says so before everything else. */
void page_start(struct page *p, const char *title, bool practice);
/* HTML of our own. */
void page_markup(struct page *p, const char *html);
/* A text in the direction of its first letters. */
void page_text(struct page *p, const char *text);
/* A code or a number: left to right, whatever stands around it. */
void page_code(struct page *p, const char *code);
void page_number(struct page *p, int64_t number);
void page_moment(struct page *p, int64_t m);
/* A row with one heading, begun: the value comes next, then page_row_end. */
void page_row(struct page *p, const char *label);
void page_row_end(struct page *p);
/* The whole page goes to `to`, which is not finished; frees what p holds. */
int page_end(struct page *p, struct sink *to, struct fault *why);
/* Instead of page_end, when nothing is to be written. */
void page_free(struct page *p);

#endif
