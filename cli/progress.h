/*
 * progress: how far a long command is, on a terminal and nowhere else.
 *
 * One line on stderr, written over and over, from the first second on: what is
 * done, how fast, how long it may still take.  Silent when stderr is no
 * terminal, and gone before anything else is printed.
 */
#ifndef SATCHEL_CLI_PROGRESS_H
#define SATCHEL_CLI_PROGRESS_H

#include <stdint.h>

struct progress;

/*
 * what: "reading", "importing", ...; unit: of what is counted, "B" or "".  NULL,
 * where there is no terminal or no memory, is fine to use.
 */
struct progress *progress_new(const char *what, const char *unit);
/* `done` of `all` (0: unknown); cheap enough to call for every record. */
void progress_at(struct progress *p, uint64_t done, uint64_t all);
/* Nothing goes on: a server asks to wait so long. */
void progress_wait(struct progress *p, long seconds);
/* Another thing starts from nothing. */
void progress_next(struct progress *p, const char *what);
/* Take the line away, before something is printed. */
void progress_hide(struct progress *p);
void progress_free(struct progress *p); /* hides; NULL is fine */

#endif
