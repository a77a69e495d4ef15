/*
 * incidents: offices that were distrusted here, and how that stands.
 */
#ifndef SATCHEL_CLI_INCIDENTS_H
#define SATCHEL_CLI_INCIDENTS_H

#include <stdbool.h>
#include <stdint.h>

struct agreement;
struct fault;
struct home;
struct say;
struct store;

/* Offices from which everything is held now; none: says nothing. */
int incidents_say(struct say *say, struct store *s, const struct agreement *a,
    struct fault *why);

/*
 * What a newly adopted agreement changes: which incidents it ends, and which
 * offices stay held since it lists them as before.  before: the version that
 * was in force; 0: none.
 */
int incidents_say_change(struct say *say, struct store *s, int64_t before,
    const struct agreement *now, struct fault *why);

/*
 * What waits here in spite of it or because of it: referrals that nobody can
 * load, and bundles that are tried again.
 */
int incidents_say_waiting(struct say *say, const struct home *h,
    const struct agreement *a, struct fault *why);

/* All that was told, with typed reasons or without. */
int incidents_list(struct say *say, struct store *s, const struct agreement *a,
    bool reveal, struct fault *why);

#endif
