/*
 * found: the referral that a person named, as this node remembers it.
 */
#ifndef SATCHEL_CLI_FOUND_H
#define SATCHEL_CLI_FOUND_H

#include <stdbool.h>

#include "cli/node.h"
#include "store/referrals.h"

struct args;
struct arena;
struct fault;
struct say;

struct found {
	struct home home;
	struct arena *arena; /* of the standing's texts */
	enum direction direction;
	struct standing standing;
};

/*
 * Open the node and find the referral of the first operand: received ones
 * first, then those sent from here.  found_close also after a fault.
 */
int found_open(const struct args *args, struct found *f, struct fault *why);
void found_close(struct found *f);

/* The same of one name, in a home that is open; texts are the arena's. */
int found_look(const struct home *h, const char *name, struct arena *a,
    enum direction *direction, struct standing *out, struct fault *why);

/*
 * Where it stands and why, in plain words, and what people decided of it here
 * and over there.  Nothing about a person, unless typed reasons are asked for:
 * one may say anything about a child.
 */
int found_explain(struct say *say, const struct found *f, bool reasons,
    struct fault *why);

#endif
