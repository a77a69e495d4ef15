/*
 * incidents: what other commands tell of offices that are distrusted here.
 */
#ifndef SATCHEL_CLI_INCIDENTS_H
#define SATCHEL_CLI_INCIDENTS_H

#include <stdint.h>

struct agreement;
struct fault;
struct say;
struct store;

/* Offices from which everything is held now; none: says nothing. */
int incidents_say(struct say *say, struct store *s, const struct agreement *a,
    struct fault *why);

/*
 * A distrust ends with the version of the agreement after the one it was told
 * under.  Where the new version lists the office as before, people must know
 * that nothing is held any more.  before: the version that was in force.
 */
int incidents_say_ended(struct say *say, struct store *s, int64_t before,
    const struct agreement *now, struct fault *why);

#endif
