/*
 * courier: sticks between the offices.
 *
 * They are lost, late, out of order, copied twice, cut short, handed to
 * somebody else, and now and then a bit of one turns over.
 */
#ifndef SATCHEL_TESTS_SIM_COURIER_H
#define SATCHEL_TESTS_SIM_COURIER_H

struct world;

/* Take what this office put out for that one, and be on the way. */
int courier_collect(struct world *w, int from, int to);
/* Whatever is to arrive today lies where it was brought to. */
int courier_arrive(struct world *w);
/* How many files lie at this office; take them all away. */
int courier_waiting(struct world *w, int office);
void courier_clear(struct world *w, int office);

#endif
