/*
 * lost_stick: what may have been on a stick that is gone.
 */
#ifndef SATCHEL_CLI_LOST_STICK_H
#define SATCHEL_CLI_LOST_STICK_H

struct fault;
struct incident;

int lost_stick_run(struct incident *in, struct fault *why);

#endif
