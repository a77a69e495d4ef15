#include "crypto/sha1.h"

#include <string.h>

#define BLOCK 64

static uint32_t
turn(uint32_t x, int by)
{
	return x << by | x >> (32 - by);
}

static uint32_t
mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
	if (round < 20)
		return ((b & c) | (~b & d)) + 0x5a827999U;
	if (round < 40)
		return (b ^ c ^ d) + 0x6ed9eba1U;
	if (round < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcU;
	return (b ^ c ^ d) + 0xca62c1d6U;
}

static void
take_block(uint32_t state[static 5], const uint8_t *block)
{
	uint32_t w[80], s[5];

	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		    (uint32_t)block[4 * i + 1] << 16 |
		    (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 80; i++)
		w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(s, state, sizeof(s));
	for (int i = 0; i < 80; i++) {
		uint32_t next =
		    turn(s[0], 5) + mix(i, s[1], s[2], s[3]) + s[4] + w[i];

		s[4] = s[3];
		s[3] = s[2];
		s[2] = turn(s[1], 30);
		s[1] = s[0];
		s[0] = next;
	}
	for (int i = 0; i < 5; i++)
		state[i] += s[i];
}

void
sha1_once(const void *bytes, size_t len, uint8_t out[static SHA1_BYTES])
{
	uint32_t state[5] = { 0x67452301U, 0xefcdab89U, 0x98badcfeU,
		0x10325476U, 0xc3d2e1f0U };
	const uint8_t *at = bytes;
	uint8_t last[2 * BLOCK] = { 0 };
	size_t rest = len % BLOCK, end = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	uint64_t bits = (uint64_t)len * 8;

	for (size_t done = 0; done + BLOCK <= len; done += BLOCK)
		take_block(state, at + done);
	if (rest > 0)
		memcpy(last, at + (len - rest), rest);
	last[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		last[end - 1 - i] = (uint8_t)(bits >> (8 * i));
	take_block(state, last);
	if (end > BLOCK)
		take_block(state, last + BLOCK);
	for (size_t i = 0; i < SHA1_BYTES; i++)
		out[i] = (uint8_t)(state[i / 4] >> (8 * (3 - i % 4)));
}
