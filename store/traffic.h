/*
 * traffic: what the ways to all places cost, by day (UTC).
 */
#ifndef SATCHEL_STORE_TRAFFIC_H
#define SATCHEL_STORE_TRAFFIC_H

#include <stdint.h>

#include "base/day.h"

struct fault;
struct store;

struct traffic {
	int64_t sent; /* bytes on the wire */
	int64_t received;
	int64_t moved; /* bytes of files, and how long they took: the rate */
	int64_t milliseconds;
};

int traffic_add(struct store *s, moment at, const struct traffic *more,
    struct fault *why);
/* The sum over the days from that of `from` on. */
int traffic_since(struct store *s, moment from, struct traffic *out,
    struct fault *why);

#endif
