#include <stdbool.h>
#include <string.h>

#include "crypto/bech32.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

static const struct check_row {
	const char *name;
	const char *text;
	bool good;
} checks[] = {
	{ "BIP 173: upper case", "A12UEL5L", true },
	{ "BIP 173: lower case", "a12uel5l", true },
	{ "BIP 173: a prefix of 83 characters",
	    "an83characterlonghumanreadablepartthatcontainsthenumber1andthe"
	    "excludedcharactersbio1tt5tgs",
	    true },
	{ "BIP 173: every digit",
	    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", true },
	{ "BIP 173: many zeros",
	    "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
	    "qqqqqqqqqqqqqqqqqqqqqqc8247j",
	    true },
	{ "BIP 173: split",
	    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
	    true },
	{ "BIP 173: a prefix of one sign", "?1ezyfcl", true },
	{ "BIP 173: a space in the prefix",
	    "\x20"
	    "1nwldj5",
	    false },
	{ "BIP 173: DEL in the prefix",
	    "\x7f"
	    "1axkwrx",
	    false },
	{ "BIP 173: a high byte in the prefix",
	    "\x80"
	    "1eym55h",
	    false },
	{ "BIP 173: no separator", "pzry9x0s0muk", false },
	{ "BIP 173: an empty prefix", "1pzry9x0s0muk", false },
	{ "BIP 173: a sign that is no digit", "x1b4n0q5v", false },
	{ "BIP 173: the checksum is too short", "li1dgmt3", false },
	{ "BIP 173: a wrong sign in the checksum", "de1lg7wt\xff", false },
	{ "BIP 173: the checksum of the other case", "A1G7SGD8", false },
	{ "BIP 173: empty prefix and data", "10a06t8", false },
	{ "BIP 173: nothing but a checksum", "1qzzfhee", false },
	{ "mixed case", "A12uEL5L", false },
	{ "Bech32m is another checksum", "a1lqfn3a", false },
	{ "one digit wrong", "a12uel5q", false },
	{ "nothing at all", "", false },
};

static void
check_holds(void **state)
{
	const struct check_row *c = *state;
	size_t prefix_len;

	assert_int_equal(bech32_check(c->text, strlen(c->text), &prefix_len),
	    c->good);
}

#define PUBLIC "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define SECRET                                                                \
	"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFP" \
	"Q4EGAEX"

static const struct read_row {
	const char *name;
	const char *text;
	const char *prefix;
	size_t want;
	bool good;
} reads[] = {
	{ "a recipient is read", PUBLIC, "age", 32, true },
	{ "an identity is read", SECRET, "AGE-SECRET-KEY-", 32, true },
	{ "another prefix is not taken", PUBLIC, "ago", 32, false },
	{ "a shorter prefix is not taken", PUBLIC, "ag", 32, false },
	{ "the prefix has a case", SECRET, "age-secret-key-", 32, false },
	{ "too few bytes", PUBLIC, "age", 33, false },
	{ "too many bytes", PUBLIC, "age", 31, false },
	{ "padding that is not zero",
	    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpfwgqrs",
	    "age", 32, false },
	{ "a whole digit of padding",
	    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzhlqeg",
	    "age", 32, false },
};

static void
read_holds(void **state)
{
	const struct read_row *c = *state;
	uint8_t bytes[64];
	char text[BECH32_ROOM(16, 64)];

	assert_int_equal(bech32_read(c->text, strlen(c->text), c->prefix, bytes,
			     c->want),
	    c->good);
	if (!c->good)
		return;
	bech32_write(c->prefix, bytes, c->want, text);
	assert_string_equal(text, c->text);
}

/* Whatever is written is read again, at every length. */
static void
round_trips(void **state)
{
	uint8_t bytes[64], again[64];
	char text[BECH32_ROOM(3, 64)];

	(void)state;
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		random_bytes(bytes, len);
		bech32_write("age", bytes, len, text);
		assert_int_equal(strlen(text) + 1, BECH32_ROOM(3, len));
		assert_true(bech32_read(text, strlen(text), "age", again, len));
		if (len > 0)
			assert_memory_equal(bytes, again, len);
	}
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(round_trips),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("bech32 checksum", checks, check_holds) +
	    ROWS_RUN("bech32", reads, read_holds) +
	    cmocka_run_group_tests_name("bech32", more, NULL, NULL);
}
