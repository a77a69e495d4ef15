#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

#define TEXT(t) (t), sizeof(t) - 1

static char longest[PASSPHRASE_MAX + 3];

static const struct line_row {
	const char *name;
	const char *given;
	size_t len;
	const char *want; /* NULL: refused */
	enum fault_id fault;
} lines[] = {
	{ "up to the end", TEXT("words"), "words", FAULT_NONE },
	{ "up to LF", TEXT("words\n"), "words", FAULT_NONE },
	{ "CR before LF is dropped", TEXT("words\r\n"), "words", FAULT_NONE },
	{ "only one CR is", TEXT("words\r\r\n"), "words\r", FAULT_NONE },
	{ "CR at the end stays", TEXT("words\r"), "words\r", FAULT_NONE },
	{ "what follows the LF is left", TEXT("words\nmore\n"), "words",
	    FAULT_NONE },
	{ "spaces count", TEXT(" two words \n"), " two words ", FAULT_NONE },
	{ "UTF-8 is taken as it is", TEXT("p\xc3\xa4ss\n"), "p\xc3\xa4ss",
	    FAULT_NONE },
	{ "nothing at all", TEXT(""), NULL, FAULT_PASSPHRASE_NEEDED },
	{ "an empty line", TEXT("\n"), NULL, FAULT_PASSPHRASE_NEEDED },
	{ "an empty line from Windows", TEXT("\r\n"), NULL,
	    FAULT_PASSPHRASE_NEEDED },
	{ "a NUL inside", TEXT("wo\0rds\n"), NULL, FAULT_PASSPHRASE_WRONG },
	{ "the longest there is", longest, PASSPHRASE_MAX, longest,
	    FAULT_NONE },
	{ "one byte longer", longest, PASSPHRASE_MAX + 1, NULL,
	    FAULT_PASSPHRASE_WRONG },
	{ "much longer", longest, PASSPHRASE_MAX + 2, NULL,
	    FAULT_PASSPHRASE_WRONG },
};

static void
line_holds(void **state)
{
	const struct line_row *c = *state;
	char path[] = "/tmp/satchel-passphrase-XXXXXX";
	struct fault why = { FAULT_NONE, "" };
	struct passphrase *p;
	const uint8_t *bytes;
	size_t len, want;
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, c->given, c->len), c->len);
	(void)close(fd);
	p = passphrase_from_file(path, &why);
	(void)unlink(path);
	if (c->want == NULL) {
		assert_null(p);
		assert_int_equal(why.id, c->fault);
		return;
	}
	assert_non_null(p);
	bytes = passphrase_bytes(p, &len);
	want = c->want == longest ? PASSPHRASE_MAX : strlen(c->want);
	assert_int_equal(len, want);
	assert_memory_equal(bytes, c->want, len);
	passphrase_free(p);
}

static const struct fresh_row {
	const char *name;
	const char *words;
	int good;
} fresh[] = {
	{ "ten bytes will do", "0123456789", 1 },
	{ "nine will not", "012345678", 0 },
};

static void
fresh_holds(void **state)
{
	const struct fresh_row *c = *state;
	struct fault why = { FAULT_NONE, "" };
	struct passphrase *p =
	    passphrase_from_bytes(c->words, strlen(c->words), &why);

	assert_non_null(p);
	assert_int_equal(passphrase_check_new(p, &why) == 0, c->good);
	if (!c->good)
		assert_int_equal(why.id, FAULT_PASSPHRASE_SHORT);
	passphrase_free(p);
}

/* A second reader of the same descriptor finds its line whole. */
static void
the_rest_stays_readable(void **state)
{
	struct fault why;
	struct passphrase *one, *two;
	size_t len;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "one\ntwo\n", 8), 8);
	(void)close(ends[1]);
	assert_non_null(one = passphrase_from_fd(ends[0], &why));
	assert_non_null(two = passphrase_from_fd(ends[0], &why));
	assert_memory_equal(passphrase_bytes(two, &len), "two", 3);
	assert_int_equal(len, 3);
	passphrase_free(one);
	passphrase_free(two);
	assert_null(passphrase_from_fd(ends[0], &why));
	(void)close(ends[0]);
}

static void
a_missing_file_is_named_by_its_last_part(void **state)
{
	struct fault why;

	(void)state;
	assert_null(passphrase_from_file("/nowhere/at/all", &why));
	assert_int_equal(why.id, FAULT_DISK_NOT_FOUND);
	assert_non_null(strstr(why.detail, "all"));
	assert_null(strstr(why.detail, "nowhere"));
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(the_rest_stays_readable),
		cmocka_unit_test(a_missing_file_is_named_by_its_last_part),
	};

	memset(longest, 'x', sizeof(longest) - 1);
	if (random_start() != 0)
		return 1;
	return ROWS_RUN("passphrase", lines, line_holds) +
	    ROWS_RUN("passphrase new", fresh, fresh_holds) +
	    cmocka_run_group_tests_name("passphrase", more, NULL, NULL);
}
