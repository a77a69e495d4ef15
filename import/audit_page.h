/*
 * audit_page: an audit as a page to be printed and signed.
 *
 * A summary in words, then who signed, what is missing, what came twice and
 * what is wrong with single files.  Each list ends after AUDIT_PAGE_MOST rows
 * and says how many more there are: the table has them all.
 */
#ifndef SATCHEL_IMPORT_AUDIT_PAGE_H
#define SATCHEL_IMPORT_AUDIT_PAGE_H

#include <stddef.h>

#include "base/day.h"
#include "formats/page.h"

struct audit;
struct audited;
struct fault;
struct sink;

#define AUDIT_PAGE_MOST 500

/* What is wrong with single files, gathered while they are looked at. */
struct audit_page {
	struct page findings;
	size_t count;
};

void audit_page_start(struct audit_page *p);
void audit_page_add(struct audit_page *p, const char *file,
    const struct audited *b);
/* A file that could not be opened. */
void audit_page_add_unread(struct audit_page *p, const char *file,
    const struct fault *trouble);
void audit_page_free(struct audit_page *p);

/* After audit_end; does not finish the sink. */
int audit_page_write(struct audit_page *p, const struct audit *u, size_t others,
    moment now, struct sink *to, struct fault *why);

#endif
