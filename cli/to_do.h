/*
 * to_do: what people are to do about an incident, whom they tell, by when.
 */
#ifndef SATCHEL_CLI_TO_DO_H
#define SATCHEL_CLI_TO_DO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "cli/node.h"

struct agreement;
struct args;
struct arena;
struct fault;
struct node;
struct say;

#define TO_DO_MAX 12
#define TO_DO_ROOM 640

/* One run of the command incident. */
struct incident {
	const struct args *args;
	struct say *say;
	struct home home;
	struct arena *arena; /* of this run */
	const struct agreement *agreement;
	const char *user;
	moment now;
	bool dry_run;
	const char *kind;   /* as it is kept and printed */
	const char *named;  /* the node, as it was typed; NULL: none */
	const char *reason; /* as it was typed; NULL: none */
	/* What is to be done: */
	const struct node *node; /* NULL: a stick */
	bool revokes; /* the working group puts this into the agreement: */
	int64_t after;
	char steps[TO_DO_MAX][TO_DO_ROOM];
	size_t step_count;
};

__attribute__((format(printf, 2, 3))) void to_do_step(struct incident *in,
    const char *line, ...);

/* All of it, and exit status 3: there is something to do. */
int to_do_tell(const struct incident *in, struct fault *why);

#endif
