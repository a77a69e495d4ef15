/*
 * tombstones: withdrawn or mistaken referrals, remembered so that they cannot
 * come back.
 *
 * One belongs to whoever recalled (32 bytes: a key, or what stands for a
 * party) and a ref.  A recall that is repeated changes nothing; of two, the
 * stricter counts in every respect: the higher sequence, the later day, and a
 * withdrawal before a mistake.
 */
#ifndef SATCHEL_STORE_TOMBSTONES_H
#define SATCHEL_STORE_TOMBSTONES_H

#include <stdint.h>

#include "base/day.h"

struct arena;
struct fault;
struct store;

struct tombstone {
	int64_t sequence;   /* of the first bundle the recall was in */
	const char *reason; /* as in a recall */
	day on;		    /* DAY_UNKNOWN: not said */
};

int tombstones_put(struct store *s, const uint8_t who[static 32],
    const char *ref, const struct tombstone *t, struct fault *why);
/* 1, or 0; the reason is the arena's. */
int tombstones_get(struct store *s, const uint8_t who[static 32],
    const char *ref, struct arena *a, struct tombstone *out, struct fault *why);

#endif
