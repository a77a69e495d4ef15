/*
 * bringing: bundles brought to this node, imported and told of.
 *
 * What import does with the files that it is given, and stick with those that
 * lie on one.
 */
#ifndef SATCHEL_CLI_BRINGING_H
#define SATCHEL_CLI_BRINGING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "cli/files.h"
#include "import/import.h"

struct args;
struct fault;
struct home;
struct progress;
struct say;

/*
 * by.dry_run, round, took and context are the caller's, before bringing_run;
 * all else is set here and begins as zeros.
 */
struct bringing {
	struct importer by;
	/*
	 * A stick that goes round: bundles are known by what they begin with,
	 * and those for others are left alone.
	 */
	bool round;
	/* Told of each file that was dealt with; may be NULL. */
	void (
	    *took)(void *context, const char *name, const struct imported *out);
	void *context;
	struct say *say;
	int64_t held;
	int64_t waiting;      /* bundles held here from before, and still */
	bool counted;	      /* that has been told; it is run once more */
	int64_t version;      /* in force when it began */
	int64_t told_version; /* what it changes has been told */
	bool only_news;	      /* what still waits is told later */
	struct bytes told; /* ids of files that are held, each ended by NUL */
	struct progress *progress;
	const char *doing;
};

/* Who acts, in which home; bringing_free also after a fault. */
int bringing_start(struct bringing *r, const struct args *args, struct home *h,
    struct say *say, struct fault *why);
/* With `round` the one word is the stick; none: only what waits is tried. */
int bringing_run(struct bringing *r, char *const *words, int count,
    struct fault *why);
/* What an agreement that came asks for; and its age is told. */
int bringing_end(struct bringing *r, const struct home *h, struct fault *why);
void bringing_free(struct bringing *r);

#endif
