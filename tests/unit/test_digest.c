#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

static const struct hash_row {
	const char *name;
	enum digest_kind kind;
	const char *text;
	const char *hex;
} hashes[] = {
	{ "SHA-256 of nothing", DIGEST_SHA256, "",
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "SHA-256 of abc", DIGEST_SHA256, "abc",
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ "BLAKE2b-256 of abc", DIGEST_BLAKE2B_256, "abc",
	    "bddd813c634239723171ef3fee98579b"
	    "94964e3bb1cb3e427262c8c068d52319" },
	{ "BLAKE2b-512 of abc (RFC 7693)", DIGEST_BLAKE2B_512, "abc",
	    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923" },
};

static void
hash_holds(void **state)
{
	const struct hash_row *c = *state;
	size_t size = strlen(c->hex) / 2, len = strlen(c->text);
	uint8_t out[DIGEST_MAX], want[DIGEST_MAX];
	char hex[2 * DIGEST_MAX + 1];
	struct bytes copy;
	struct fault why;
	struct digest *d;
	struct sink *memory, *s;

	digest_once(c->kind, c->text, len, out);
	digest_hex(out, size, hex);
	assert_string_equal(hex, c->hex);
	assert_true(digest_unhex(hex, want, size));
	assert_memory_equal(out, want, size);

	/* The same through a chain, a byte at a time. */
	bytes_init(&copy, 100);
	assert_non_null(d = digest_new(c->kind, &why));
	assert_non_null(memory = bytes_sink_new(&copy, &why));
	assert_non_null(s = digest_sink_new(d, &memory, &why));
	for (size_t i = 0; i < len; i++)
		assert_int_equal(sink_write(s, c->text + i, 1, &why), 0);
	assert_int_equal(sink_finish(s, &why), 0);
	sink_free(s);
	digest_end(d, out);
	digest_free(d);
	assert_memory_equal(out, want, size);
	assert_int_equal(copy.len, len);
	bytes_free(&copy);
}

static const struct hex_row {
	const char *name;
	const char *hex;
	size_t len;
	bool good;
} hexes[] = {
	{ "lower case", "00ff", 2, true },
	{ "upper case is refused", "00FF", 2, false },
	{ "too short", "00f", 2, false },
	{ "too long", "00ff0", 2, false },
	{ "no digit", "00fg", 2, false },
	{ "no sign before it", "+0ff", 2, false },
	{ "no 0x before it", "0x00", 2, false },
};

static void
hex_holds(void **state)
{
	const struct hex_row *c = *state;
	uint8_t out[8];

	assert_int_equal(digest_unhex(c->hex, out, c->len), c->good);
}

static const struct check_row {
	const char *name;
	const char *digits;
	char check;
} checks[] = {
	{ "Damm's own example: 572 has 4", "572", '4' },
	{ "a number with its digit has 0", "5724", '0' },
	{ "nothing has 0", "", '0' },
	{ "spaces do not count", "5 72", '4' },
};

static void
check_holds(void **state)
{
	const struct check_row *c = *state;

	assert_int_equal(digest_check_digit(c->digits, strlen(c->digits)),
	    c->check);
}

/* The fingerprint of "abc" as the BLAKE2b-256 above gives it. */
#define ABC "53283 26609 84919 09275 66482 47957"

static const struct typed_row {
	const char *name;
	const char *typed;
	bool same;
} typed[] = {
	{ "as it is printed", ABC, true },
	{ "without spaces", "532832660984919092756648247957", true },
	{ "with hyphens", "53283-26609-84919-09275-66482-47957", true },
	{ "with both check digits", "53283266098491910927566482479574", true },
	{ "one digit wrong", "632832660984919092756648247957", false },
	{ "a wrong check digit", "53283266098491910927566482479575", false },
	{ "cut short", "53283266098491909275664824795", false },
	{ "one digit more", "5328326609849190927566482479570", false },
	{ "three digits more", "532832660984919092756648247957000", false },
	{ "a letter in it", "532832660984919092756648247957x", false },
	{ "nothing", "", false },
};

static void
typed_holds(void **state)
{
	const struct typed_row *c = *state;
	char fingerprint[DIGEST_FINGERPRINT];

	digest_fingerprint("abc", 3, fingerprint);
	assert_string_equal(fingerprint, ABC);
	assert_int_equal(digest_fingerprint_is(fingerprint, c->typed), c->same);
}

/* What the Damm digit is for. */
static void
slips_show(void **state)
{
	char line[15], wrong[15];
	char check;

	(void)state;
	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = (char)('0' + (i * 7 + 3) % 10);
	check = digest_check_digit(line, sizeof(line));
	for (size_t i = 0; i < sizeof(line); i++) {
		for (int d = '0'; d <= '9'; d++) {
			memcpy(wrong, line, sizeof(line));
			wrong[i] = (char)d;
			if (d != line[i])
				assert_int_not_equal(digest_check_digit(wrong,
							 sizeof(wrong)),
				    check);
		}
		if (i == 0 || line[i] == line[i - 1])
			continue;
		memcpy(wrong, line, sizeof(line));
		wrong[i] = line[i - 1];
		wrong[i - 1] = line[i];
		assert_int_not_equal(digest_check_digit(wrong, sizeof(wrong)),
		    check);
	}
}

/* Of the paper "SipHash: a fast short-input PRF", appendix A. */
static void
short_hash_is_siphash_2_4(void **state)
{
	uint8_t key[DIGEST_SHORT_KEY], input[15];

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)i;
	assert_true(digest_short(key, input, sizeof(input)) ==
	    UINT64_C(0xa129ca6149be45e5));
}

/* What is added to a digest over values: a number, or a text if not NULL. */
struct part {
	bool number;
	int64_t value;
	const char *text;
};

static const struct parts_row {
	const char *name;
	struct part a[2];
	struct part b[2];
	bool same;
} parts[] = {
	{ "the same values", { { true, 7, NULL }, { false, 0, "x" } },
	    { { true, 7, NULL }, { false, 0, "x" } }, true },
	{ "another number", { { true, 7, NULL } }, { { true, 8, NULL } },
	    false },
	{ "a negative number", { { true, -1, NULL } }, { { true, 255, NULL } },
	    false },
	{ "no text is not the empty one", { { false, 0, NULL } },
	    { { false, 0, "" } }, false },
	{ "a letter that moves to the next text",
	    { { false, 0, "ab" }, { false, 0, "c" } },
	    { { false, 0, "a" }, { false, 0, "bc" } }, false },
	{ "the same number, read by its bytes", { { true, 258, NULL } },
	    { { true, 513, NULL } }, false },
};

static void
digest_parts(const struct part p[2], uint8_t out[32])
{
	struct fault why;
	struct digest *d = digest_new(DIGEST_SHA256, &why);

	assert_non_null(d);
	for (size_t i = 0; i < 2; i++) {
		if (p[i].number)
			digest_add_number(d, p[i].value);
		else
			digest_add_text(d, p[i].text);
	}
	digest_end(d, out);
	digest_free(d);
}

static void
parts_hold(void **state)
{
	const struct parts_row *c = *state;
	uint8_t a[32], b[32];

	digest_parts(c->a, a);
	digest_parts(c->b, b);
	assert_int_equal(memcmp(a, b, sizeof(a)) == 0, c->same);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(short_hash_is_siphash_2_4),
		cmocka_unit_test(slips_show),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("digest", hashes, hash_holds) +
	    ROWS_RUN("digest hex", hexes, hex_holds) +
	    ROWS_RUN("digest check digit", checks, check_holds) +
	    ROWS_RUN("digest of values", parts, parts_hold) +
	    ROWS_RUN("digest fingerprint", typed, typed_holds) +
	    cmocka_run_group_tests_name("digest", more, NULL, NULL);
}
