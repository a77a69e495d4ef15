#include "tests/unit/rows.h"

#include <sodium.h>
#include <string.h>

#include "crypto/base64.h"
#include "crypto/minisign.h"
#include "crypto/random.h"

/*
 * Threat 20: signatures and keys that some programs take and others do not.
 *
 * Each is made with the signer's own secret, so that a lax program would find
 * it good: an S that is too large, an R or a key of small order, and every
 * second spelling of such a point.
 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SCALAR crypto_core_ed25519_SCALARBYTES
#define TRUSTED "a trusted comment"
#define S_TIMES_MAX 14 /* so often L fits beside S in 256 bits */

/* The eight points of small order; six of them can be spelled twice. */
static const char *const small[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static const uint8_t order[SCALAR] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
	0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };

static struct minisign_public signer;
static uint8_t secret[crypto_sign_SECRETKEYBYTES];
static uint8_t scalar[SCALAR]; /* of the secret key */
static const uint8_t hash[MINISIGN_HASH] = "what is signed";

static void
point(size_t i, uint8_t out[static 32])
{
	size_t len;

	assert_int_equal(sodium_hex2bin(out, 32, small[i], strlen(small[i]),
			     NULL, &len, NULL),
	    0);
	assert_int_equal(len, 32);
}

/* S = r + H(R, A, M) a: what is good for R = r B, whatever R is. */
static void
forge(const uint8_t r_point[static 32], const uint8_t r[static SCALAR],
    const uint8_t *message, size_t len, uint8_t out[static 64])
{
	crypto_hash_sha512_state state;
	uint8_t h[crypto_hash_sha512_BYTES], challenge[SCALAR];

	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, r_point, 32);
	crypto_hash_sha512_update(&state, signer.key, 32);
	crypto_hash_sha512_update(&state, message, len);
	crypto_hash_sha512_final(&state, h);
	crypto_core_ed25519_scalar_reduce(challenge, h);
	crypto_core_ed25519_scalar_mul(challenge, challenge, scalar);
	memmove(out, r_point, 32);
	crypto_core_ed25519_scalar_add(out + 32, challenge, r);
}

static void
sign(const uint8_t *message, size_t len, uint8_t out[static 64])
{
	assert_int_equal(crypto_sign_detached(out, NULL, message, len, secret),
	    0);
}

/* The second signature is over the first one and the comment. */
static size_t
second_of(const struct minisign_signature *s, uint8_t out[static 128])
{
	memcpy(out, s->signature, 64);
	memcpy(out + 64, s->trusted, strlen(s->trusted));
	return 64 + strlen(s->trusted);
}

static void
sign_second(struct minisign_signature *s)
{
	uint8_t both[128];

	sign(both, second_of(s, both), s->global);
}

static void
honest(struct minisign_signature *s)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->number, signer.number, sizeof(s->number));
	memcpy(s->trusted, TRUSTED, sizeof(TRUSTED));
	sign(hash, sizeof(hash), s->signature);
	sign_second(s);
}

static bool
is_good(const struct minisign_signature *s)
{
	return minisign_verify(&signer, s, hash);
}

static void
what_is_forged_well_would_pass(void **state)
{
	struct minisign_signature s;
	uint8_t r[SCALAR], r_point[32], both[128];

	(void)state;
	honest(&s);
	assert_true(is_good(&s));
	crypto_core_ed25519_scalar_random(r);
	assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(r_point, r), 0);
	forge(r_point, r, hash, sizeof(hash), s.signature);
	forge(r_point, r, both, second_of(&s, both), s.global);
	assert_true(is_good(&s));
}

static void
add_order(uint8_t s[static SCALAR])
{
	unsigned carry = 0;

	for (size_t i = 0; i < SCALAR; i++) {
		carry += (unsigned)s[i] + order[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
}

static void
an_s_with_the_order_added_is_no_signature(void **state)
{
	struct minisign_signature s;

	(void)state;
	honest(&s);
	for (size_t i = 0; i < S_TIMES_MAX; i++) {
		add_order(s.signature + 32);
		sign_second(&s);
		assert_false(is_good(&s));
	}
	honest(&s);
	for (size_t i = 0; i < S_TIMES_MAX; i++) {
		add_order(s.global + 32);
		assert_false(is_good(&s));
	}
}

static void
an_r_of_small_order_however_spelled_is_none(void **state)
{
	static const uint8_t nothing[SCALAR];
	struct minisign_signature s;
	uint8_t r[32], both[128];

	(void)state;
	for (size_t i = 0; i < COUNT(small); i++) {
		point(i, r);
		honest(&s);
		forge(r, nothing, hash, sizeof(hash), s.signature);
		sign_second(&s);
		assert_false(is_good(&s));
		honest(&s);
		forge(r, nothing, both, second_of(&s, both), s.global);
		assert_false(is_good(&s));
	}
}

/* Under such a key nothing at all signs everything. */
static void
a_key_of_small_order_however_spelled_signs_nothing(void **state)
{
	char text[MINISIGN_PUBLIC_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(small); i++) {
		struct minisign_public p = signer, out;
		struct minisign_signature s;

		point(i, p.key);
		minisign_public_write(&p, text);
		assert_false(minisign_public_read(text, strlen(text), &out));
		for (size_t k = 0; k < COUNT(small); k++) {
			honest(&s);
			memset(s.signature, 0, 64);
			memset(s.global, 0, 64);
			point(k, s.signature);
			point(k, s.global);
			assert_false(minisign_verify(&p, &s, hash));
		}
	}
}

/* 19 numbers below 2^255 name a coordinate that has a smaller name. */
static void
a_key_spelled_beyond_the_prime_is_no_key(void **state)
{
	char text[MINISIGN_PUBLIC_ROOM];

	(void)state;
	for (unsigned low = 0xed; low <= 0xff; low++)
		for (unsigned sign_bit = 0; sign_bit < 2; sign_bit++) {
			struct minisign_public p = signer, out;

			memset(p.key, 0xff, sizeof(p.key));
			p.key[0] = (uint8_t)low;
			p.key[31] = sign_bit == 0 ? 0x7f : 0xff;
			minisign_public_write(&p, text);
			assert_false(
			    minisign_public_read(text, strlen(text), &out));
		}
}

static void
another_key_number_is_another_key(void **state)
{
	struct minisign_signature s;

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(s.number); bit++) {
		honest(&s);
		s.number[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(is_good(&s));
	}
}

static int
make_signer(void **state)
{
	uint8_t h[crypto_hash_sha512_BYTES], wide[64] = { 0 };

	(void)state;
	if (random_start() != 0 || crypto_sign_keypair(signer.key, secret) != 0)
		return -1;
	memcpy(signer.number, "12345678", sizeof(signer.number));
	crypto_hash_sha512(h, secret, crypto_sign_SEEDBYTES);
	h[0] &= 248;
	h[31] &= 127;
	h[31] |= 64;
	memcpy(wide, h, SCALAR);
	crypto_core_ed25519_scalar_reduce(scalar, wide);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_forged_well_would_pass),
		cmocka_unit_test(an_s_with_the_order_added_is_no_signature),
		cmocka_unit_test(an_r_of_small_order_however_spelled_is_none),
		cmocka_unit_test(
		    a_key_of_small_order_however_spelled_signs_nothing),
		cmocka_unit_test(a_key_spelled_beyond_the_prime_is_no_key),
		cmocka_unit_test(another_key_number_is_another_key),
	};

	return cmocka_run_group_tests_name("minisign edges", tests, make_signer,
	    NULL);
}
