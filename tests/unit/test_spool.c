/*
 * What a server gave: it comes back as it was, as often as it is asked, and the
 * file shows nothing of it.
 */
#include "tests/unit/a_store.h"

#include <unistd.h>

#include "base/source.h"
#include "crypto/spool.h"

#define SAID "{\"name\":\"Made-up Child\"}"

static void
reads(struct a_store *t, struct spool *s, const char *want)
{
	struct source *from = spool_open(s, &t->why);
	char got[4096];
	size_t len;

	assert_non_null(from);
	assert_int_equal(source_fill(from, got, sizeof(got), &len, &t->why), 0);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(got, want, len);
	source_free(from);
}

static void
comes_back(struct a_store *t)
{
	int fd = folder_private_file(t->home, &t->why), again = dup(fd);
	struct spool *s = spool_new(fd, &t->why);
	char raw[4096];
	ssize_t n;

	assert_non_null(s);
	for (int i = 0; i < 3; i++)
		assert_int_equal(spool_add(s, SAID, strlen(SAID), &t->why), 0);
	assert_int_equal(spool_end(s, &t->why), 0);
	reads(t, s, SAID SAID SAID);
	reads(t, s, SAID SAID SAID);
	assert_true((n = pread(again, raw, sizeof(raw) - 1, 0)) > 0);
	raw[n] = '\0';
	for (ssize_t i = 0; i + 7 < n; i++)
		assert_true(memcmp(raw + i, "Made-up", 7) != 0);
	spool_free(s);
	(void)close(again);
}

static void
nothing_comes_back(struct a_store *t)
{
	struct spool *s =
	    spool_new(folder_private_file(t->home, &t->why), &t->why);

	assert_non_null(s);
	assert_int_equal(spool_end(s, &t->why), 0);
	reads(t, s, "");
	spool_free(s);
}

static void
left_unfinished(struct a_store *t)
{
	struct spool *s =
	    spool_new(folder_private_file(t->home, &t->why), &t->why);

	assert_non_null(s);
	assert_int_equal(spool_add(s, SAID, strlen(SAID), &t->why), 0);
	spool_free(s);
}

static const struct a_store_case cases[] = {
	{ "what was added comes back, and the file shows none of it",
	    comes_back },
	{ "nothing comes back as nothing", nothing_comes_back },
	{ "one that is not needed leaves nothing", left_unfinished },
};

int
main(void)
{
	return ROWS_RUN("spool", cases, a_store_case_holds);
}
