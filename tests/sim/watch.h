/*
 * watch: what must hold on every day, asked of a store after each import.
 *
 * The end of the year forgives what was put right by then: a sender that was
 * told too early, a withdrawal that was forgotten for a while.
 */
#ifndef SATCHEL_TESTS_SIM_WATCH_H
#define SATCHEL_TESTS_SIM_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct child;
struct world;

/* 0, every difference told; or -1 where the store could not be read. */
int watch_import(struct world *w, int office);

/*
 * It surely went and was recalled, and its receiver can have said of no bundle
 * yet that nothing of it is used there.
 */
bool watch_waits(const struct child *c);
/* Recalls to that office that wait for longer than is allowed, at least. */
int watch_overdue(const struct world *w, int from, int to);

/* The version of the made-up request that a text speaks of; -1: of none. */
int watch_version(const char *text, size_t len);

#endif
