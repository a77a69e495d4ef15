/*
 * crash: the process dies at the n-th call that changes something on a disk.
 *
 * The calls are defined here in the place of the C library's, so that those of
 * SQLite count, too.  What was written before the last one stays, as it does
 * when a program is killed; of the last one, half may be there.
 */
#ifndef SATCHEL_TESTS_SIM_CRASH_H
#define SATCHEL_TESTS_SIM_CRASH_H

#include <stdbool.h>

/* Once, before any fork: where a child's calls are counted. */
int crash_start(void);
/* In the child: at == 0 counts only. */
void crash_arm(long at, bool torn);
/* In the parent: how many the last child made. */
long crash_calls(void);

#endif
