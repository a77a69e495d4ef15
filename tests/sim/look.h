/*
 * look: into the store of an office, as nobody who works there could.
 */
#ifndef SATCHEL_TESTS_SIM_LOOK_H
#define SATCHEL_TESTS_SIM_LOOK_H

struct fault;
struct home;
struct world;

/*
 * What `look` returns, or -1; that a store cannot be opened or read is a
 * difference, and told.
 */
int look_into(struct world *w, int office,
    int (*look)(struct home *h, void *context, struct fault *why),
    void *context);

#endif
