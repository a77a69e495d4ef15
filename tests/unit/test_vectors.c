#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/random.h"
#include "crypto/vectors.h"
#include "tests/unit/rows.h"

/* RFC 8032, 7.1, test 2. */
#define ED_PUB \
	"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
#define ED_SIG                                                             \
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" \
	"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
/* RFC 8439, 2.8.2. */
#define AEAD_KEY \
	"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
#define AEAD_CT                                                            \
	"d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6" \
	"3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36" \
	"92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc" \
	"3ff4def08e4b7a9de576d26586cec64b6116"
#define AEAD_PT                                                            \
	"4c616469657320616e642047656e746c656d656e206f662074686520636c6173" \
	"73206f66202739393a204966204920636f756c64206f6666657220796f75206f" \
	"6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73" \
	"637265656e20776f756c642062652069742e"

/* transparency-dev/merkle, testdata/consistency/2: from 6 leaves to 8. */
#define SIX "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"
#define EIGHT "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
#define GROWN_1 \
	"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define GROWN_2 \
	"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define GROWN_3 \
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
/* A tree of two leaves, 00 and 01, as RFC 6962 has it. */
#define LEAF_0 \
	"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define LEAF_1 \
	"b413f47d13ee2fe6c845b2ee141af81de858df4ec549a58b7970bb96645bc8d2"
#define PAIR_01 \
	"a20bf9a7cc2dc8a08f5f415a71b19f6ac427bab54d24eec868b5d3103449953a"

static const struct case_row {
	const char *name;
	const char *line;
	const char *answer;
} cases[] = {
	{ "Ed25519: RFC 8032 test 2", "ed25519-verify " ED_PUB " " ED_SIG " 72",
	    "ok -\n" },
	{ "Ed25519: another message", "ed25519-verify " ED_PUB " " ED_SIG " 73",
	    "fail\n" },
	{ "Ed25519: no message", "ed25519-verify " ED_PUB " " ED_SIG " -",
	    "fail\n" },
	{ "Ed25519: a signature cut short", "ed25519-verify " ED_PUB " 92a0 72",
	    "fail\n" },
	{ "Ed25519: no key", "ed25519-verify - " ED_SIG " 72", "fail\n" },
	{ "X25519: RFC 7748 5.2, first",
	    "x25519 "
	    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4 "
	    "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
	    "ok "
	    "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
	    "\n" },
	{ "X25519: a shared secret of zeros is no secret",
	    "x25519 "
	    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4 " ZERO,
	    "fail\n" },
	{ "ChaCha20-Poly1305: RFC 8439 2.8.2",
	    "chacha20poly1305-open " AEAD_KEY " 070000004041424344454647 "
	    "50515253c0c1c2c3c4c5c6c7 " AEAD_CT
	    "1ae10b594f09e26a7e902ecbd0600691",
	    "ok " AEAD_PT "\n" },
	{ "ChaCha20-Poly1305: upper-case hex is hex",
	    "chacha20poly1305-open " AEAD_KEY " 070000004041424344454647 "
	    "50515253C0C1C2C3C4C5C6C7 " AEAD_CT
	    "1ae10b594f09e26a7e902ecbd0600691",
	    "ok " AEAD_PT "\n" },
	{ "ChaCha20-Poly1305: another tag",
	    "chacha20poly1305-open " AEAD_KEY " 070000004041424344454647 "
	    "50515253c0c1c2c3c4c5c6c7 " AEAD_CT
	    "1ae10b594f09e26a7e902ecbd0600690",
	    "fail\n" },
	{ "ChaCha20-Poly1305: other additional data",
	    "chacha20poly1305-open " AEAD_KEY " 070000004041424344454647 "
	    "- " AEAD_CT "1ae10b594f09e26a7e902ecbd0600691",
	    "fail\n" },
	{ "ChaCha20-Poly1305: nothing, not even a tag",
	    "chacha20poly1305-open " AEAD_KEY " 070000004041424344454647 - -",
	    "fail\n" },
	{ "Merkle: a tree grows",
	    "merkle-consistency 6 8 " SIX " " EIGHT " " GROWN_1 "," GROWN_2
	    "," GROWN_3,
	    "ok -\n" },
	{ "Merkle: the same path with spaces",
	    "merkle-consistency 6 8 " SIX " " EIGHT " " GROWN_1 " " GROWN_2
	    " " GROWN_3,
	    "ok -\n" },
	{ "Merkle: another order of the path",
	    "merkle-consistency 6 8 " SIX " " EIGHT " " GROWN_2 "," GROWN_1
	    "," GROWN_3,
	    "fail\n" },
	{ "Merkle: a path cut short",
	    "merkle-consistency 6 8 " SIX " " EIGHT " " GROWN_1 "," GROWN_2,
	    "fail\n" },
	{ "Merkle: swapped roots",
	    "merkle-consistency 6 8 " EIGHT " " SIX " " GROWN_1 "," GROWN_2
	    "," GROWN_3,
	    "fail\n" },
	{ "Merkle: a comma at the end",
	    "merkle-consistency 6 8 " SIX " " EIGHT " " GROWN_1 "," GROWN_2
	    "," GROWN_3 ",",
	    "fail\n" },
	{ "Merkle: equal sizes, whatever the roots are",
	    "merkle-consistency 0 0 646f6e 646f6e -", "ok -\n" },
	{ "Merkle: equal sizes, other roots",
	    "merkle-consistency 1 1 " SIX " " EIGHT " -", "fail\n" },
	{ "Merkle: equal sizes, and a path",
	    "merkle-consistency 1 1 " SIX " " SIX " " EIGHT, "fail\n" },
	{ "Merkle: from nothing, nothing is proven",
	    "merkle-consistency 0 1 "
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 " LEAF_0
	    " -",
	    "fail\n" },
	{ "Merkle: no leaf at all is in no tree",
	    "merkle-inclusion 0 0 - "
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 -",
	    "fail\n" },
	{ "Merkle: the only leaf",
	    "merkle-inclusion 0 1 " LEAF_0 " " LEAF_0 " -", "ok -\n" },
	{ "Merkle: the second of two leaves",
	    "merkle-inclusion 1 2 " LEAF_1 " " PAIR_01 " " LEAF_0, "ok -\n" },
	{ "Merkle: the first of two leaves with the path of the second",
	    "merkle-inclusion 0 2 " LEAF_0 " " PAIR_01 " " LEAF_0, "fail\n" },
	{ "Merkle: an index beyond the tree",
	    "merkle-inclusion 18446744073709551615 2 " LEAF_1 " " PAIR_01
	    " " LEAF_0,
	    "fail\n" },
	{ "Merkle: a hash of 31 bytes",
	    "merkle-inclusion 1 2 " LEAF_1 " " PAIR_01 " 96a296d2", "fail\n" },
	{ "HKDF: RFC 5869 A.1",
	    "hkdf-sha256 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b "
	    "000102030405060708090a0b0c f0f1f2f3f4f5f6f7f8f9 42",
	    "ok 3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5"
	    "bf34007208d5b887185865\n" },
	{ "HKDF: nothing asked for", "hkdf-sha256 0b - - 0", "ok -\n" },
	{ "HKDF: more than there is", "hkdf-sha256 0b - - 8161", "fail\n" },
	{ "HKDF: a number with a leading zero", "hkdf-sha256 0b - - 042",
	    "fail\n" },
	{ "HKDF: a number with a sign", "hkdf-sha256 0b - - +42", "fail\n" },
	{ "HKDF: no number", "hkdf-sha256 0b - - -", "fail\n" },
	{ "scrypt: N = 1024, checked against OpenSSL",
	    "scrypt 70617373 0011223344 10",
	    "ok 18fe5b6a1edc5357b6447d029cb5829e269882347ea53979c0a4f2aaa1a8bd72\n" },
	{ "scrypt: a work factor of zero", "scrypt 70617373 00 0", "fail\n" },
	{ "scrypt: over the limit", "scrypt 70617373 00 23", "fail\n" },
	{ "an odd number of digits", "hkdf-sha256 0b0 - - 1", "fail\n" },
	{ "a sign that is no digit", "hkdf-sha256 0g - - 1", "fail\n" },
	{ "one argument too few", "hkdf-sha256 0b - 1", "fail\n" },
	{ "one argument too many", "hkdf-sha256 0b - - 1 1", "fail\n" },
	{ "two spaces", "hkdf-sha256  0b - - 1", "fail\n" },
	{ "a space at the end", "hkdf-sha256 0b - - 1 ", "fail\n" },
	{ "a space at the start", " hkdf-sha256 0b - - 1", "fail\n" },
	{ "an unknown primitive", "rot13 00", "fail\n" },
	{ "nothing", "", "fail\n" },
};

static void
case_holds(void **state)
{
	const struct case_row *c = *state;
	struct bytes out;
	struct fault why;
	char line[1024];

	bytes_init(&out, 10000);
	assert_int_equal(vectors_answer(c->line, strlen(c->line), &out, &why),
	    0);
	assert_string_equal((const char *)out.at, c->answer);
	/* With its LF it is the same line. */
	bytes_empty(&out);
	(void)snprintf(line, sizeof(line), "%s\n", c->line);
	assert_int_equal(vectors_answer(line, strlen(line), &out, &why), 0);
	assert_string_equal((const char *)out.at, c->answer);
	bytes_free(&out);
}

static void
the_longest_key_there_is(void **state)
{
	static const char line[] = "hkdf-sha256 0b - - 8160";
	struct bytes out;
	struct fault why;

	(void)state;
	bytes_init(&out, 20000);
	assert_int_equal(vectors_answer(line, sizeof(line) - 1, &out, &why), 0);
	assert_int_equal(out.len, 3 + 2 * 8160 + 1);
	bytes_free(&out);
}

static void
running_out_of_room_faults(void **state)
{
	struct bytes out;
	struct fault why = { FAULT_NONE, "" };

	(void)state;
	bytes_init(&out, 2);
	assert_int_equal(vectors_answer("x", 1, &out, &why), -1);
	assert_int_not_equal(why.id, FAULT_NONE);
	bytes_free(&out);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(the_longest_key_there_is),
		cmocka_unit_test(running_out_of_room_faults),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("vectors", cases, case_holds) +
	    cmocka_run_group_tests_name("vectors", more, NULL, NULL);
}
