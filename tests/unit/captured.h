/*
 * captured: what something printed on stdout and stderr, for rows to look at.
 *
 * In a header, since a suite is linked with nothing but rows.c.
 */
#ifndef SATCHEL_TESTS_CAPTURED_H
#define SATCHEL_TESTS_CAPTURED_H

#include "tests/unit/rows.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct captured {
	FILE *files[2]; /* what takes the place of stdout and stderr */
	int before[2];
	char out[16384];
	char err[16384];
};

static inline void
captured_start(struct captured *c)
{
	for (int i = 0; i < 2; i++) {
		(void)fflush(i == 0 ? stdout : stderr);
		c->files[i] = tmpfile();
		c->before[i] = dup(i + 1);
		if (c->files[i] == NULL || c->before[i] == -1 ||
		    dup2(fileno(c->files[i]), i + 1) == -1)
			fail_msg("stdout and stderr cannot be captured");
	}
}

static inline void
captured_end(struct captured *c)
{
	char *const texts[] = { c->out, c->err };
	size_t len;

	for (int i = 0; i < 2; i++) {
		(void)fflush(i == 0 ? stdout : stderr);
		(void)dup2(c->before[i], i + 1);
		(void)close(c->before[i]);
		rewind(c->files[i]);
		len = fread(texts[i], 1, sizeof(c->out) - 1, c->files[i]);
		texts[i][len] = '\0';
		(void)fclose(c->files[i]);
	}
}

static inline void
captured_holds(const char *text, const char *part)
{
	if (part != NULL && strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, text);
}

#endif
