/*
 * verified: what verify found in a folder, told to people and programs.
 */
#ifndef SATCHEL_CLI_VERIFIED_H
#define SATCHEL_CLI_VERIFIED_H

#include <stdbool.h>

struct audit;
struct fault;
struct files_seen;
struct say;

/*
 * Who signed, gaps, what came twice, and in words; raises the exit status for
 * an alarm.  people false: a single file, of which those are told no more than
 * an alarm.
 */
int verified_tell(struct say *say, const struct audit *u,
    const struct files_seen *seen, bool people, struct fault *why);

#endif
