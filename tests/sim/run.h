/*
 * run: one command of one node, in a process of its own.
 *
 * It goes the way of main(): the table of commands, with the clock, the
 * randomness and the end of the process given from outside.
 */
#ifndef SATCHEL_TESTS_SIM_RUN_H
#define SATCHEL_TESTS_SIM_RUN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"

#define RUN_WORDS 48

struct run {
	const char *word[RUN_WORDS]; /* after "satchel --json" */
	int count;
	moment now;
	uint64_t random;
	long crash_at; /* 0: never */
	bool torn;
};

struct ran {
	bool crashed; /* it was killed: nothing is known of it */
	int status;
	long calls;
	const char *fault; /* its code; NULL: none; the result's own */
	cJSON *result;	   /* NULL if it crashed */
};

/* Words end with NULL. */
void run_words(struct run *r, ...);
/* Ends the program where the system is in trouble. */
void run_it(const struct run *r, struct ran *out);
void run_forget(struct ran *r);

/* A member that must be there, as text; or NULL. */
const char *run_text(const cJSON *of, const char *name);

/* What the program takes for the time, in this process. */
void run_set_clock(moment now);

#endif
