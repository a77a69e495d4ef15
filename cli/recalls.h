/*
 * recalls: what was withdrawn here and is not confirmed, and what should be.
 */
#ifndef SATCHEL_CLI_RECALLS_H
#define SATCHEL_CLI_RECALLS_H

#include "base/day.h"

struct agreement;
struct fault;
struct say;
struct standing;
struct store;

/*
 * For people a line each, and what to do; in the JSON the lists "recalls" and
 * "drafts".  What is overdue or drafted raises the exit to 3.  a NULL: no
 * agreement says when one is overdue.
 */
int recalls_say(struct say *say, struct store *s, const struct agreement *a,
    moment now, struct fault *why);

/* Of one that was recalled: why, since when, and who has not confirmed it. */
void recalls_explain(struct say *say, const struct standing *st);

#endif
