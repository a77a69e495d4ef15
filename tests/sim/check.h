/*
 * check: what the model says at the end, beside what the stores say.
 */
#ifndef SATCHEL_TESTS_SIM_CHECK_H
#define SATCHEL_TESTS_SIM_CHECK_H

struct world;

/* 0, every difference told; or -1 where a store could not be read. */
int check_all(struct world *w);

#endif
