#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/agekey.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

#define SECRET                                                                \
	"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFP" \
	"Q4EGAEX"
#define PUBLIC "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define POST_QUANTUM "AGE-SECRET-KEY-PQ-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9"
#define MAX 3

static const struct file_row {
	const char *name;
	const char *text;
	size_t count; /* 0: FAULT_KEY_FILE */
} files[] = {
	{ "one identity", SECRET "\n", 1 },
	{ "without the last LF", SECRET, 1 },
	{ "as age-keygen writes it",
	    "# created: 2026-01-31T10:00:00Z\n# public key: " PUBLIC "\n" SECRET
	    "\n",
	    1 },
	{ "as an editor on Windows leaves it", "# mine\r\n\r\n" SECRET "\r\n",
	    1 },
	{ "as many as are asked for", SECRET "\n" SECRET "\n\n" SECRET "\n",
	    3 },
	{ "one more than that", SECRET "\n" SECRET "\n" SECRET "\n" SECRET, 0 },
	{ "a post-quantum one beside it is passed over",
	    POST_QUANTUM "\n" SECRET "\n", 1 },
	{ "only a post-quantum one", POST_QUANTUM "\n", 0 },
	{ "nothing", "", 0 },
	{ "only comments", "# none\n", 0 },
	{ "a recipient", PUBLIC "\n", 0 },
	{ "a space before it", " " SECRET "\n", 0 },
	{ "a space after it", SECRET " \n", 0 },
	{ "a good one and a broken one", SECRET "\n" SECRET "Q\n", 0 },
	{ "in lower case",
	    "age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgf"
	    "pq4egaex\n",
	    0 },
	{ "a plugin's identity", "AGE-PLUGIN-YUBIKEY-1QQPSXQVZQVZ\n", 0 },
};

static void
file_holds(void **state)
{
	const struct file_row *c = *state;
	struct agekey *keys[MAX];
	struct bytes text;
	struct fault why = { FAULT_NONE, "" };
	char recipient[AGEKEY_RECIPIENT_ROOM];
	size_t count;
	int rc;

	bytes_init(&text, 1000);
	assert_int_equal(bytes_add_text(&text, c->text, &why), 0);
	rc = agekey_read_file(&text, keys, MAX, &count, &why);
	assert_int_equal(rc, c->count > 0 ? 0 : -1);
	assert_int_equal(count, c->count);
	if (rc == -1)
		assert_int_equal(why.id, FAULT_KEY_FILE);
	for (size_t i = 0; i < count; i++) {
		agekey_copy_recipient(keys[i], recipient);
		assert_string_equal(recipient, PUBLIC);
		agekey_free(keys[i]);
	}
	bytes_free(&text);
}

static const struct recipient_row {
	const char *name;
	const char *text;
	bool good;
} recipients[] = {
	{ "the test kit's recipient", PUBLIC, true },
	{ "in upper case it is none",
	    "AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ",
	    false },
	{ "an identity is none", SECRET, false },
	{ "an SSH key is none", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA",
	    false },
	{ "a digit wrong",
	    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwq",
	    false },
	{ "the point zero",
	    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
	    false },
	{ "the point one",
	    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
	    false },
	{ "a post-quantum recipient", "age1pq1qqqsyqcyq5rqwzqf", false },
	{ "an LF after it", PUBLIC "\n", false },
	{ "nothing", "", false },
};

static void
recipient_holds(void **state)
{
	const struct recipient_row *c = *state;
	uint8_t out[AGEKEY_BYTES];

	assert_int_equal(agekey_recipient_read(c->text, out), c->good);
}

static void
new_keys_differ(void **state)
{
	struct fault why;
	struct agekey *a = agekey_new(&why), *b = agekey_new(&why);
	char one[AGEKEY_RECIPIENT_ROOM], two[AGEKEY_RECIPIENT_ROOM];
	uint8_t out[AGEKEY_BYTES];

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	agekey_copy_recipient(a, one);
	agekey_copy_recipient(b, two);
	assert_string_not_equal(one, two);
	assert_true(agekey_recipient_read(one, out));
	agekey_free(a);
	agekey_free(b);
	agekey_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(new_keys_differ),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("agekey file", files, file_holds) +
	    ROWS_RUN("agekey recipient", recipients, recipient_holds) +
	    cmocka_run_group_tests_name("agekey", more, NULL, NULL);
}
