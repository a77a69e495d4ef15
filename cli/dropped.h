/*
 * dropped: what an agreement takes away with a key of this node.
 */
#ifndef SATCHEL_CLI_DROPPED_H
#define SATCHEL_CLI_DROPPED_H

struct agreement;
struct fault;
struct say;
struct store;

/*
 * After an agreement was adopted: how many referrals went under a key that it
 * does not list for this node, and were not heard of.
 */
int dropped_say(struct say *say, struct store *s, const struct agreement *a,
    const char *code, struct fault *why);

#endif
