#include "crypto/seal.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/secrets_inside.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PLACE_MAX 4096

_Static_assert(SEAL_OVERHEAD == NONCE + TAG, "as the header says");

/* Two uses, two keys: what one of them shows says nothing of the other. */
enum sub_key { SUB_KEY_SEAL = 1, SUB_KEY_INDEX = 2 };

static void
derive(const struct secrets *s, enum sub_key which, uint8_t key[static 32])
{
	(void)crypto_kdf_derive_from_key(key, 32, (uint64_t)which, "satchel_",
	    secrets_store_key(s));
}

/* Names end with NUL, so no two places give the same bytes. */
static int
place_bytes(const struct seal_place *at, struct bytes *out, struct fault *why)
{
	if (bytes_add(out, at->table, strlen(at->table) + 1, why) == -1 ||
	    bytes_add(out, at->column, strlen(at->column) + 1, why) == -1 ||
	    bytes_add(out, at->row, at->row_len, why) == -1)
		return -1;
	return 0;
}

int
seal_close(const struct secrets *s, const struct seal_place *at,
    const void *plain, size_t len, struct bytes *out, struct fault *why)
{
	uint8_t key[32], *sealed = NULL;
	struct bytes place;
	int rc = -1;

	bytes_init(&place, PLACE_MAX);
	if (place_bytes(at, &place, why) == -1)
		goto done;
	if (len > SIZE_MAX - SEAL_OVERHEAD ||
	    (sealed = malloc(len + SEAL_OVERHEAD)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "sealing %zu bytes", len);
		goto done;
	}
	randombytes_buf(sealed, NONCE);
	derive(s, SUB_KEY_SEAL, key);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL,
	    plain, len, place.at, place.len, NULL, sealed, key);
	sodium_memzero(key, sizeof(key));
	rc = bytes_add(out, sealed, len + SEAL_OVERHEAD, why);

done:
	free(sealed);
	bytes_free(&place);
	return rc;
}

int
seal_open(const struct secrets *s, const struct seal_place *at,
    const void *sealed, size_t len, struct bytes *out, struct fault *why)
{
	const uint8_t *bytes = sealed;
	uint8_t key[32], *plain = NULL;
	struct bytes place;
	size_t plain_len;
	int rc = -1, opened;

	if (len < SEAL_OVERHEAD)
		return FAIL(why, FAULT_STORE_DAMAGED, "%s.%s is too short",
		    at->table, at->column);
	bytes_init(&place, PLACE_MAX);
	plain_len = len - SEAL_OVERHEAD;
	if (place_bytes(at, &place, why) == -1)
		goto done;
	if ((plain = malloc(plain_len + 1)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "opening %zu bytes", len);
		goto done;
	}
	derive(s, SUB_KEY_SEAL, key);
	opened = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
	    bytes + NONCE, len - NONCE, place.at, place.len, bytes, key);
	sodium_memzero(key, sizeof(key));
	if (opened == -1)
		fault_set(why, FAULT_STORE_DAMAGED, "%s.%s does not open",
		    at->table, at->column);
	else
		rc = bytes_add(out, plain, plain_len, why);
	sodium_memzero(plain, plain_len);

done:
	free(plain);
	bytes_free(&place);
	return rc;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void
seal_index(const struct secrets *s, const char *kind, const char *value,
    uint8_t out[static SEAL_INDEX])
{
	crypto_generichash_state state;
	uint8_t key[32], c;
	size_t end = strlen(value), at = 0;

	while (at < end && is_space(value[at]))
		at++;
	while (end > at && is_space(value[end - 1]))
		end--;
	derive(s, SUB_KEY_INDEX, key);
	(void)crypto_generichash_init(&state, key, sizeof(key), SEAL_INDEX);
	(void)crypto_generichash_update(&state, (const uint8_t *)kind,
	    strlen(kind) + 1);
	for (; at < end; at++) {
		c = (uint8_t)value[at];
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		(void)crypto_generichash_update(&state, &c, 1);
	}
	(void)crypto_generichash_final(&state, out, SEAL_INDEX);
	sodium_memzero(&state, sizeof(state));
	sodium_memzero(key, sizeof(key));
}
