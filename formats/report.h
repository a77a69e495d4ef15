/*
 * report: counts for the working group, as a page to print and as tables.
 *
 * The page is HTML with plain charts (SVG), without script and without anything
 * fetched from elsewhere, right in both writing directions.  What is hidden is
 * said to be hidden, and never written anywhere.
 */
#ifndef SATCHEL_FORMATS_REPORT_H
#define SATCHEL_FORMATS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "base/figures.h"

struct fault;
struct jsonout;
struct sink;

struct report {
	const char *node;
	const char *title;     /* of the agreement */
	const char *agreement; /* its id */
	bool practice;
	moment made;
	day from; /* DAY_UNKNOWN: from the first on */
	day to;	  /* DAY_UNKNOWN: until it was made */
	const struct figures *tables;
	size_t count;
};

/* The sinks are not finished. */
int report_write_page(const struct report *r, struct sink *to,
    struct fault *why);
int report_write_csv(const struct figures *f, struct sink *to,
    struct fault *why);
/* An object; the caller began the one that it is in. */
void report_write_json(const struct report *r, struct jsonout *o);

#endif
