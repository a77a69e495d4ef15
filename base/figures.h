/*
 * figures: a table of counts that may leave the house.
 *
 * A count below FIGURES_LEAST is a few people whom somebody may know, so it is
 * hidden; and where a hidden one could be worked out from the sum, others are
 * hidden with it, the smallest first.  Hidden ones all look alike.  What cannot
 * be kept back like that is withheld as a whole.  A zero is shown.
 */
#ifndef SATCHEL_BASE_FIGURES_H
#define SATCHEL_BASE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct fault;

#define FIGURES_LEAST 5

struct figure {
	const char *label;
	int64_t count;
	bool hidden;
};

struct figures {
	const char *id; /* "sent-flow": stable, and the name of its file */
	const char *title;
	const char *of; /* what the labels are: "Service" */
	struct figure *rows;
	size_t count;
	size_t room;
	int64_t total;	   /* of rows that are parts */
	bool parts;	   /* the rows add up to the sum; else they overlap */
	bool ordered;	   /* rows stay as they were added; else by label */
	bool total_hidden; /* after figures_hide */
	bool withheld;	   /* likewise: nothing of it is shown but the sum */
};

/* That many more under this label, which is copied; 0 makes the row. */
int figures_add(struct figures *f, struct arena *a, const char *label,
    int64_t more, struct fault *why);
/* The row of that label, or NULL. */
struct figure *figures_find(const struct figures *f, const char *label);
/* Once, when all is counted; sorts. */
void figures_hide(struct figures *f);
/* Nothing but the sum, if that: another table would say what is hidden here. */
void figures_withhold(struct figures *f);

#endif
