#include "crypto/age_wrap.h"

#include <sodium.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/agekey_inside.h"
#include "crypto/hkdf.h"
#include "crypto/passphrase.h"

#define LABEL_X25519 "age-encryption.org/v1/X25519"
#define LABEL_SCRYPT "age-encryption.org/v1/scrypt"
#define LABEL_SCRYPT_LEN (sizeof(LABEL_SCRYPT) - 1)

/* A wrap key serves once, so its nonce can be zero. */
static const uint8_t zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

static void
wrap(const uint8_t *file_key, const uint8_t *wrap_key, uint8_t *body)
{
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, file_key,
	    AGE_WRAP_FILE_KEY, NULL, 0, NULL, zero_nonce, wrap_key);
}

static bool
unwrap(const uint8_t *body, const uint8_t *wrap_key, uint8_t *file_key)
{
	return crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL,
		   body, AGE_WRAP_BODY, NULL, 0, zero_nonce, wrap_key) == 0;
}

static void
x25519_wrap_key(const uint8_t shared[static 32], const uint8_t share[static 32],
    const uint8_t recipient[static 32], uint8_t wrap_key[static HKDF_KEY])
{
	uint8_t salt[64];

	memcpy(salt, share, 32);
	memcpy(salt + 32, recipient, 32);
	hkdf_key(shared, 32, salt, sizeof(salt), LABEL_X25519, wrap_key);
}

bool
age_wrap_to_recipient(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const uint8_t recipient[static 32], struct age_wrap_x25519 *out)
{
	uint8_t once[32], shared[32], wrap_key[HKDF_KEY];
	bool good;

	randombytes_buf(once, sizeof(once));
	(void)crypto_scalarmult_base(out->share, once);
	good = crypto_scalarmult(shared, once, recipient) == 0;
	if (good) {
		x25519_wrap_key(shared, out->share, recipient, wrap_key);
		wrap(file_key, wrap_key, out->body);
	}
	sodium_memzero(once, sizeof(once));
	sodium_memzero(shared, sizeof(shared));
	sodium_memzero(wrap_key, sizeof(wrap_key));
	return good;
}

enum age_wrap_answer
age_wrap_open(const struct age_wrap_x25519 *w, const struct agekey *key,
    uint8_t file_key[static AGE_WRAP_FILE_KEY])
{
	uint8_t shared[32], wrap_key[HKDF_KEY];
	enum age_wrap_answer answer = AGE_WRAP_ALL_ZERO;

	if (crypto_scalarmult(shared, agekey_secret(key), w->share) == 0) {
		x25519_wrap_key(shared, w->share, agekey_public(key), wrap_key);
		answer = unwrap(w->body, wrap_key, file_key) ?
		    AGE_WRAP_OPENED :
		    AGE_WRAP_NOT_OURS;
	}
	sodium_memzero(shared, sizeof(shared));
	sodium_memzero(wrap_key, sizeof(wrap_key));
	return answer;
}

static int
scrypt_wrap_key(const struct age_wrap_scrypt *w, const struct passphrase *p,
    uint8_t wrap_key[static 32], struct fault *why)
{
	uint8_t salt[LABEL_SCRYPT_LEN + AGE_WRAP_SALT];
	size_t len;
	const uint8_t *words = passphrase_bytes(p, &len);

	memcpy(salt, LABEL_SCRYPT, LABEL_SCRYPT_LEN);
	memcpy(salt + LABEL_SCRYPT_LEN, w->salt, AGE_WRAP_SALT);
	if (crypto_pwhash_scryptsalsa208sha256_ll(words, len, salt,
		sizeof(salt), (uint64_t)1 << w->log_n, 8, 1, wrap_key,
		32) == -1)
		return FAIL(why, FAULT_NO_MEMORY,
		    "work factor 2^%u takes %llu MiB", w->log_n,
		    (1ULL << w->log_n) / 1024);
	return 0;
}

int
age_wrap_to_passphrase(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const struct passphrase *p, struct age_wrap_scrypt *out, struct fault *why)
{
	uint8_t wrap_key[32];

	randombytes_buf(out->salt, sizeof(out->salt));
	if (scrypt_wrap_key(out, p, wrap_key, why) == -1)
		return -1;
	wrap(file_key, wrap_key, out->body);
	sodium_memzero(wrap_key, sizeof(wrap_key));
	return 0;
}

int
age_wrap_open_passphrase(const struct age_wrap_scrypt *w,
    const struct passphrase *p, uint8_t file_key[static AGE_WRAP_FILE_KEY],
    struct fault *why)
{
	uint8_t wrap_key[32];
	bool good;

	if (scrypt_wrap_key(w, p, wrap_key, why) == -1)
		return -1;
	good = unwrap(w->body, wrap_key, file_key);
	sodium_memzero(wrap_key, sizeof(wrap_key));
	if (!good)
		return FAIL(why, FAULT_PASSPHRASE_WRONG, "age file");
	return 0;
}
