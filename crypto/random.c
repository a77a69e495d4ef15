#include "crypto/random.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define UUID_BYTES 16

int
random_start(void)
{
	return sodium_init() == -1 ? -1 : 0;
}

void
random_bytes(void *out, size_t len)
{
	randombytes_buf(out, len);
}

/* RFC 4122 keeps six bits for itself: four of version and two of variant. */
static void
write_uuid(uint8_t u[static UUID_BYTES], unsigned version,
    char out[static RANDOM_UUID])
{
	char hex[2 * UUID_BYTES + 1];

	u[6] = (uint8_t)((u[6] & 0x0fU) | (version << 4));
	u[8] = (uint8_t)((u[8] & 0x3fU) | 0x80U);
	(void)sodium_bin2hex(hex, sizeof(hex), u, UUID_BYTES);
	(void)snprintf(out, RANDOM_UUID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20);
}

void
random_uuid(char out[static RANDOM_UUID])
{
	uint8_t u[UUID_BYTES];

	randombytes_buf(u, sizeof(u));
	write_uuid(u, 4, out);
}

void
random_named_uuid(const char *space, const char *name,
    char out[static RANDOM_UUID])
{
	crypto_generichash_state state;
	uint8_t hash[crypto_generichash_BYTES];

	/* The label's NUL goes in as well, so it cannot run into the name. */
	(void)crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	(void)crypto_generichash_update(&state, (const uint8_t *)space,
	    strlen(space) + 1);
	(void)crypto_generichash_update(&state, (const uint8_t *)name,
	    strlen(name));
	(void)crypto_generichash_final(&state, hash, sizeof(hash));
	write_uuid(hash, 5, out);
	sodium_memzero(&state, sizeof(state));
}
