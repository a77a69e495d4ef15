#include "crypto/age_stream.h"

#include <sodium.h>
#include <string.h>

#include "crypto/hkdf.h"

_Static_assert(AGE_STREAM_TAG == crypto_aead_chacha20poly1305_ietf_ABYTES,
    "the tag is the one of RFC 8439");

struct age_stream {
	uint8_t key[HKDF_KEY];
	uint64_t number;
};

struct age_stream *
age_stream_new(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const uint8_t nonce[static AGE_STREAM_NONCE])
{
	struct age_stream *s = sodium_malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	hkdf_key(file_key, AGE_WRAP_FILE_KEY, nonce, AGE_STREAM_NONCE,
	    "payload", s->key);
	s->number = 0;
	return s;
}

void
age_stream_free(struct age_stream *s)
{
	sodium_free(s);
}

uint64_t
age_stream_number(const struct age_stream *s)
{
	return s->number;
}

/* Eleven bytes of number, big-endian, and one that says whether it is last. */
static void
chunk_nonce(uint64_t number, bool last, uint8_t out[static 12])
{
	memset(out, 0, 12);
	for (int i = 10; i > 2; i--) {
		out[i] = (uint8_t)number;
		number >>= 8;
	}
	out[11] = last ? 1 : 0;
}

void
age_stream_seal(struct age_stream *s, const uint8_t *plain, size_t len,
    bool last, uint8_t *out)
{
	uint8_t nonce[12];

	chunk_nonce(s->number++, last, nonce);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain, len,
	    NULL, 0, NULL, nonce, s->key);
}

bool
age_stream_open(struct age_stream *s, const uint8_t *sealed, size_t len,
    bool last, uint8_t *out)
{
	uint8_t nonce[12];

	chunk_nonce(s->number, last, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed,
		len, NULL, 0, nonce, s->key) == -1)
		return false;
	s->number++;
	return true;
}
