/*
 * courier: sticks between the offices.
 *
 * They are lost, late, out of order, copied twice, cut short, handed to
 * somebody else, and now and then a bit of one turns over.  Some lie in a
 * drawer until what they hold was recalled.
 */
#ifndef SATCHEL_TESTS_SIM_COURIER_H
#define SATCHEL_TESTS_SIM_COURIER_H

#include <stdbool.h>

struct world;

/* How the name of a file ends that arrived as it was made, or otherwise. */
#define COURIER_WHOLE 'w'
#define COURIER_BROKEN 'x'

/* Take what this office put out for that one, and be on the way. */
int courier_collect(struct world *w, int from, int to);
/* Whatever is to arrive today lies where it was brought to. */
int courier_arrive(struct world *w);
/* Does something lie in a drawer? */
bool courier_keeps(const struct world *w);
/* How many files lie at this office; take them all away. */
int courier_waiting(struct world *w, int office);
void courier_clear(struct world *w, int office);

#endif
