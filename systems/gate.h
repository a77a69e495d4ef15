/*
 * gate: the place that a command was told to speak to, and the patience for it.
 *
 * What a person gave as options, opened: the credentials file, which must be
 * one of kind "upload" and of that very server, and the place itself.  A gate
 * knows when the time is up, waits between tries, and counts what it costs.
 */
#ifndef SATCHEL_SYSTEMS_GATE_H
#define SATCHEL_SYSTEMS_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct age_opener;
struct fault;
struct gate;
struct place;
struct place_meter;

/* Where, as the options say it; all borrowed, NULL: not given. */
struct gate_way {
	const char *url;
	const char *credentials; /* path of the sealed file */
	const char *ca;		 /* path */
	const char *ssh_key;	 /* path */
	const char *ssh_host_key;
	const struct age_opener *with; /* opens the credentials */
};

/* How much of the way may be used, and who is told. */
struct gate_limits {
	int64_t seconds; /* from gate_open on; 0: no end */
	int64_t rate;	 /* bytes a second; 0: as fast as it goes */
	void (*moved)(void *with, int64_t done, int64_t size);
	void (*waiting)(void *with, long seconds);
	void *with;
};

/*
 * Nobody is spoken to yet.  FAULT_CREDENTIALS for those of another system or
 * server, and what place_open says.
 */
struct gate *gate_open(const struct gate_way *way,
    const struct gate_limits *limits, struct fault *why);
void gate_close(struct gate *g); /* NULL is fine */

struct place *gate_place(const struct gate *g);
struct place_meter *gate_meter(struct gate *g);
/* The time is up: also noted in the meter. */
bool gate_ended(struct gate *g);

/* Of one file: breaks that came without a byte between. */
#define GATE_TRIES 8

/*
 * Something broke off: is it worth trying again?  came: a byte came through
 * since the last break; *tries counts those without one.  Waits before it says
 * yes, a little after a byte, twice as long each time without, and never quite
 * the same.  No for what is hopeless, after GATE_TRIES, and when the time would
 * be up: then gate_ended.
 */
bool gate_again(struct gate *g, const struct fault *broke, bool came,
    int64_t *tries);
/*
 * Did it only break off as the time was up?  What the server said all the same
 * stays said.
 */
bool gate_timed_out(struct gate *g, const struct fault *broke);
/* The server answered: from now on its silence is a break, not its absence. */
void gate_met(struct gate *g);

#endif
