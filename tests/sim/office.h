/*
 * office: what people do on a working day, as commands of their node.
 */
#ifndef SATCHEL_TESTS_SIM_OFFICE_H
#define SATCHEL_TESTS_SIM_OFFICE_H

#include <stdbool.h>

struct world;
struct child;

/* 0, or -1 where the simulation itself is in trouble. */
int office_import(struct world *w, int office);
int office_load(struct world *w, int office);
/* Brings in what came, and puts out what is due, in one command. */
int office_stick(struct world *w, int office);
/* Some of what was loaded here is decided on. */
int office_answer(struct world *w, int office);
/* A person lets go, or refuses, what is held here. */
int office_decide(struct world *w, int office);
/* Consent was taken back: what went before is recalled. */
int office_recall(struct world *w, int office);
/* with_sources: out of its system's file, too. */
int office_export(struct world *w, int office, int to, bool with_sources);
/* Recalls that nobody has confirmed in time are told of. */
void office_overdue(struct world *w, int office);
/* Does it refer anybody to that one? */
bool office_refers(const struct world *w, int office, int to);
/* What was carried long ago and not acknowledged is copied again. */
int office_resend(struct world *w, int office, int to);

#endif
