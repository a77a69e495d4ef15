#include "crypto/bech32.h"

#include <string.h>

#define CHECKSUM 6
#define NOT_A_DIGIT 32

static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Every digit is looked at, wherever the one meant stands: it may be secret. */
static uint8_t
digit_value(char c)
{
	uint8_t value = NOT_A_DIGIT;

	for (uint8_t i = 0; i < 32; i++) {
		if (digits[i] == c)
			value = i;
	}
	return value;
}

static uint32_t
step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		sum ^= (0U - (top >> i & 1)) & generator[i];
	return sum;
}

static uint32_t
prefix_sum(const char *prefix, size_t len)
{
	uint32_t sum = 1;

	for (size_t i = 0; i < len; i++)
		sum = step(sum, (uint8_t)((uint8_t)lower(prefix[i]) >> 5));
	sum = step(sum, 0);
	for (size_t i = 0; i < len; i++)
		sum = step(sum, (uint8_t)lower(prefix[i]) & 31);
	return sum;
}

static bool
one_case(const char *text, size_t len)
{
	bool upper = false, low = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < 0x21 || text[i] > 0x7e)
			return false;
		upper = upper || is_upper(text[i]);
		low = low || (text[i] >= 'a' && text[i] <= 'z');
	}
	return !(upper && low);
}

bool
bech32_check(const char *text, size_t len, size_t *prefix_len)
{
	size_t one = len;
	uint32_t sum;

	if (!one_case(text, len))
		return false;
	/* The last '1' is the separator: it is none of the digits. */
	while (one > 0 && text[one - 1] != '1')
		one--;
	if (one < 2 || len - one < CHECKSUM)
		return false;
	*prefix_len = one - 1;
	sum = prefix_sum(text, *prefix_len);
	for (size_t i = one; i < len; i++) {
		uint8_t value = digit_value(lower(text[i]));

		if (value == NOT_A_DIGIT)
			return false;
		sum = step(sum, value);
	}
	return sum == 1;
}

bool
bech32_read(const char *text, size_t len, const char *prefix, uint8_t *out,
    size_t want)
{
	size_t prefix_len, got = 0;
	uint32_t held = 0;
	unsigned bits = 0;

	if (!bech32_check(text, len, &prefix_len) ||
	    prefix_len != strlen(prefix) ||
	    memcmp(text, prefix, prefix_len) != 0)
		return false;
	for (size_t i = prefix_len + 1; i < len - CHECKSUM; i++) {
		held = held << 5 | digit_value(lower(text[i]));
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		if (got == want)
			return false;
		out[got++] = (uint8_t)(held >> bits);
		held &= (1U << bits) - 1;
	}
	/* What is left over is padding: less than a digit, and zero. */
	return got == want && bits < 5 && held == 0;
}

static char *
put(char *out, uint8_t value, bool upper)
{
	char c = digits[value & 31];

	*out = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	return out + 1;
}

void
bech32_write(const char *prefix, const uint8_t *bytes, size_t len, char *out)
{
	size_t prefix_len = strlen(prefix);
	bool upper = prefix_len > 0 && is_upper(prefix[0]);
	uint32_t sum = prefix_sum(prefix, prefix_len), held = 0;
	unsigned bits = 0;

	memcpy(out, prefix, prefix_len);
	out += prefix_len;
	*out++ = '1';
	for (size_t i = 0; i < len; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5;) {
			bits -= 5;
			sum = step(sum, held >> bits & 31);
			out = put(out, held >> bits & 31, upper);
			held &= (1U << bits) - 1;
		}
	}
	if (bits > 0) {
		sum = step(sum, (uint8_t)(held << (5 - bits)));
		out = put(out, (uint8_t)(held << (5 - bits)), upper);
	}
	for (unsigned i = 0; i < CHECKSUM; i++)
		sum = step(sum, 0);
	sum ^= 1;
	for (unsigned i = 0; i < CHECKSUM; i++)
		out = put(out, sum >> 5 * (CHECKSUM - 1 - i) & 31, upper);
	*out = '\0';
}
