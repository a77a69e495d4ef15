/*
 * draw: all chance in the simulation, from one seed.
 *
 * The same seed draws the same on every computer: no rand(), no clock, no
 * address goes into it.
 */
#ifndef SATCHEL_TESTS_SIM_DRAW_H
#define SATCHEL_TESTS_SIM_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draw {
	uint64_t state;
};

uint64_t draw_next(struct draw *d);
/* 0 to n - 1; n is at least 1. */
uint64_t draw_below(struct draw *d, uint64_t n);
/* Does it happen, with that chance in a thousand? */
bool draw_chance(struct draw *d, unsigned per_mille);
/* A version-4 UUID's form, with its NUL. */
void draw_uuid(struct draw *d, char out[static 37]);

/* From now on the program's own randomness in this process is drawn, too. */
void draw_for_program(uint64_t seed);

#endif
