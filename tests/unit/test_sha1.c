#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/sha1.h"
#include "tests/unit/rows.h"

static const struct sum_row {
	const char *name;
	const char *text;
	size_t times;
	const char *hex;
} sums[] = {
	{ "nothing", "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ "FIPS 180: one block", "abc", 1,
	    "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "FIPS 180: two blocks",
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ "FIPS 180: a million of a", "a", 1000000,
	    "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
	{ "the length just fits", "a", 55,
	    "c1c8bbdc22796e28c0e15163d20899b65621d65a" },
	{ "the length needs a block of its own", "a", 56,
	    "c2db330f6083854c99d4b5bfb6e8f29f201be699" },
	{ "a whole block", "a", 64,
	    "0098ba824b5c16427bd7a1122a5a442a25ec644d" },
};

static void
sum_is(void **state)
{
	const struct sum_row *r = *state;
	size_t len = strlen(r->text);
	char *text = malloc(len * r->times + 1);
	uint8_t out[SHA1_BYTES];
	char hex[2 * SHA1_BYTES + 1];

	assert_non_null(text);
	for (size_t i = 0; i < r->times; i++)
		memcpy(text + i * len, r->text, len);
	sha1_once(text, len * r->times, out);
	free(text);
	digest_hex(out, sizeof(out), hex);
	assert_string_equal(hex, r->hex);
}

int
main(void)
{
	return ROWS_RUN("sha1", sums, sum_is);
}
