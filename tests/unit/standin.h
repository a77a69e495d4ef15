/*
 * standin: a server of tests/standin for a unit test, on loopback.
 *
 * Started once for a suite; it ends when the suite does.  Orders to it go to
 * the paths below /standin (tests/standin/loopback.py).
 */
#ifndef SATCHEL_TESTS_STANDIN_H
#define SATCHEL_TESTS_STANDIN_H

struct standin;

/*
 * script: "ping.py"; arguments end with NULL, or are NULL.  NULL if there is no
 * python3, after saying so.
 */
struct standin *standin_start(const char *script, const char *const *arguments);
void standin_stop(struct standin *s); /* NULL is fine */

int standin_port(const struct standin *s);
/* Fails the test unless the answer is 200. */
void standin_post(const struct standin *s, const char *path, const char *json);
/* The caller's, with free(). */
char *standin_get(const struct standin *s, const char *path);

#endif
