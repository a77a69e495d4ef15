#include "crypto/hkdf.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

void
hkdf_extract(const uint8_t *salt, size_t salt_len, const uint8_t *ikm,
    size_t ikm_len, uint8_t out[static HKDF_KEY])
{
	static const uint8_t no_salt[HKDF_KEY];
	crypto_auth_hmacsha256_state state;

	/* What the RFC takes where there is no salt. */
	if (salt_len == 0) {
		salt = no_salt;
		salt_len = sizeof(no_salt);
	}
	(void)crypto_auth_hmacsha256_init(&state, salt, salt_len);
	(void)crypto_auth_hmacsha256_update(&state, ikm, ikm_len);
	(void)crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

void
hkdf_expand(const uint8_t key[static HKDF_KEY], const void *info,
    size_t info_len, uint8_t *out, size_t len)
{
	crypto_auth_hmacsha256_state state;
	uint8_t block[HKDF_KEY];
	uint8_t number = 0;

	assert(len <= HKDF_MAX);
	while (len > 0) {
		size_t take = len < sizeof(block) ? len : sizeof(block);

		(void)crypto_auth_hmacsha256_init(&state, key, HKDF_KEY);
		if (number > 0)
			(void)crypto_auth_hmacsha256_update(&state, block,
			    sizeof(block));
		number++;
		(void)crypto_auth_hmacsha256_update(&state, info, info_len);
		(void)crypto_auth_hmacsha256_update(&state, &number, 1);
		(void)crypto_auth_hmacsha256_final(&state, block);
		memcpy(out, block, take);
		out += take;
		len -= take;
	}
	sodium_memzero(&state, sizeof(state));
	sodium_memzero(block, sizeof(block));
}

void
hkdf_key(const uint8_t *ikm, size_t ikm_len, const uint8_t *salt,
    size_t salt_len, const char *info, uint8_t out[static HKDF_KEY])
{
	uint8_t prk[HKDF_KEY];

	hkdf_extract(salt, salt_len, ikm, ikm_len, prk);
	hkdf_expand(prk, info, strlen(info), out, HKDF_KEY);
	sodium_memzero(prk, sizeof(prk));
}
