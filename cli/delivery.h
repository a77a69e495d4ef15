/*
 * delivery: how far a load into the other system's server has come, in words.
 */
#ifndef SATCHEL_CLI_DELIVERY_H
#define SATCHEL_CLI_DELIVERY_H

#include <stdint.h>

#include "store/referrals.h"

struct jsonout;
struct say;

/*
 * "asked", "pending", "failed", "lost", "not_given", "part", as the result
 * object has them; NULL for DELIVERY_NONE.
 */
const char *delivery_name(enum standing_delivery d);

/* {"state":..,"since":..}; nothing where nothing is on its way. */
void delivery_write(struct jsonout *o, const struct standing *st);

/* The same for people, in one line. */
void delivery_say(struct say *s, const struct standing *st);

/* What a person does next about that one. */
void delivery_say_next(struct say *s, enum direction d,
    const struct standing *st);

/* How many are how far: a line for each that there are, and what next. */
void delivery_say_counts(struct say *s,
    const int64_t counts[static STANDING_DELIVERIES]);
void delivery_write_counts(struct jsonout *o,
    const int64_t counts[static STANDING_DELIVERIES]);

#endif
