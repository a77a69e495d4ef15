#include "crypto/digest.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/sink.h"

#define GROUPS 6
#define GROUP_DIGITS ((size_t)5)
#define LINE_DIGITS ((size_t)15)
#define LINES ((size_t)2)
#define DIGITS (GROUPS * GROUP_DIGITS)

struct digest {
	enum digest_kind kind;
	union {
		crypto_hash_sha256_state sha256;
		crypto_generichash_state blake2b;
	} state;
};

static size_t
blake2b_size(enum digest_kind kind)
{
	return kind == DIGEST_BLAKE2B_512 ? 64 : 32;
}

static void
start(struct digest *d, enum digest_kind kind)
{
	d->kind = kind;
	if (kind == DIGEST_SHA256)
		(void)crypto_hash_sha256_init(&d->state.sha256);
	else
		(void)crypto_generichash_init(&d->state.blake2b, NULL, 0,
		    blake2b_size(kind));
}

struct digest *
digest_new(enum digest_kind kind, struct fault *why)
{
	/* libsodium's BLAKE2b state asks for more than malloc aligns to. */
	struct digest *d = aligned_alloc(_Alignof(struct digest), sizeof(*d));

	if (d == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "digest");
		return NULL;
	}
	start(d, kind);
	return d;
}

void
digest_add(struct digest *d, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if (d->kind == DIGEST_SHA256)
		(void)crypto_hash_sha256_update(&d->state.sha256, bytes, len);
	else
		(void)crypto_generichash_update(&d->state.blake2b, bytes, len);
}

void
digest_add_number(struct digest *d, int64_t number)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)((uint64_t)number >> (8 * i));
	digest_add(d, bytes, sizeof(bytes));
}

void
digest_add_text(struct digest *d, const char *text)
{
	digest_add_number(d, text != NULL);
	if (text != NULL)
		digest_add(d, text, strlen(text) + 1);
}

void
digest_end(struct digest *d, uint8_t *out)
{
	if (d->kind == DIGEST_SHA256)
		(void)crypto_hash_sha256_final(&d->state.sha256, out);
	else
		(void)crypto_generichash_final(&d->state.blake2b, out,
		    blake2b_size(d->kind));
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	/* The state holds the last stretch of what was hashed. */
	sodium_memzero(d, sizeof(*d));
	free(d);
}

static int
digest_sink_write(struct sink *s, const uint8_t *bytes, size_t len,
    struct fault *why)
{
	if (sink_write(s->next, bytes, len, why) == -1)
		return -1;
	digest_add(s->own, bytes, len);
	return 0;
}

/* The digest belongs to whoever wants its result. */
static void
leave(void *own)
{
	(void)own;
}

struct sink *
digest_sink_new(struct digest *d, struct sink **next, struct fault *why)
{
	static const struct sink_kind kind = {
		.name = "digest",
		.write = digest_sink_write,
		.free = leave,
	};

	return sink_new(&kind, d, next, why);
}

void
digest_once(enum digest_kind kind, const void *bytes, size_t len, uint8_t *out)
{
	struct digest d;

	start(&d, kind);
	digest_add(&d, bytes, len);
	digest_end(&d, out);
	sodium_memzero(&d, sizeof(d));
}

uint64_t
digest_short(const uint8_t key[static DIGEST_SHORT_KEY], const void *bytes,
    size_t len)
{
	uint64_t out;

	_Static_assert(sizeof(out) == crypto_shorthash_BYTES &&
		DIGEST_SHORT_KEY == crypto_shorthash_KEYBYTES,
	    "the sizes that libsodium has");
	(void)crypto_shorthash((uint8_t *)&out, bytes, len, key);
	return out;
}

void
digest_hex(const uint8_t *bytes, size_t len, char *out)
{
	(void)sodium_bin2hex(out, 2 * len + 1, bytes, len);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
digest_unhex(const char *hex, uint8_t *out, size_t len)
{
	if (strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high == -1 || low == -1)
			return false;
		out[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

void
digest_fingerprint(const void *bytes, size_t len,
    char out[static DIGEST_FINGERPRINT])
{
	uint8_t hash[32];

	digest_once(DIGEST_BLAKE2B_256, bytes, len, hash);
	digest_fingerprint_of(hash, out);
}

void
digest_fingerprint_of(const uint8_t hash[static 32],
    char out[static DIGEST_FINGERPRINT])
{
	char *next = out;

	for (size_t i = 0; i < GROUPS; i++) {
		uint64_t group = 0;

		for (size_t j = 0; j < 5; j++)
			group = group << 8 | hash[5 * i + j];
		group %= 100000;
		if (i > 0)
			*next++ = ' ';
		for (size_t j = GROUP_DIGITS; j > 0; j--) {
			next[j - 1] = (char)('0' + group % 10);
			group /= 10;
		}
		next += GROUP_DIGITS;
	}
	*next = '\0';
}

char
digest_check_digit(const char *digits, size_t len)
{
	/* The quasigroup of H. Michael Damm's thesis: x * x = 0 throughout. */
	static const uint8_t damm[10][10] = {
		{ 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 },
		{ 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
		{ 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 },
		{ 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
		{ 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 },
		{ 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
		{ 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 },
		{ 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
		{ 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 },
		{ 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 },
	};
	uint8_t check = 0;

	/* Spaces between the groups do not count. */
	for (size_t i = 0; i < len; i++)
		if (digits[i] >= '0' && digits[i] <= '9')
			check = damm[check][digits[i] - '0'];
	return (char)('0' + check);
}

/* Digits without spaces and hyphens; false if there is anything else. */
static bool
take_digits(const char *text, char *out, size_t room, size_t *len)
{
	*len = 0;
	for (; *text != '\0'; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		if (*text < '0' || *text > '9' || *len == room)
			return false;
		out[(*len)++] = *text;
	}
	return true;
}

bool
digest_fingerprint_is(const char *fingerprint, const char *typed)
{
	char want[DIGITS], got[DIGITS + LINES];
	size_t want_len, got_len;

	if (!take_digits(fingerprint, want, sizeof(want), &want_len) ||
	    !take_digits(typed, got, sizeof(got), &got_len) ||
	    want_len != DIGITS)
		return false;
	if (got_len == DIGITS)
		return memcmp(got, want, DIGITS) == 0;
	if (got_len != DIGITS + LINES)
		return false;
	for (size_t i = 0; i < LINES; i++) {
		const char *line = got + i * (LINE_DIGITS + 1);
		const char *ours = want + i * LINE_DIGITS;

		if (memcmp(line, ours, LINE_DIGITS) != 0 ||
		    line[LINE_DIGITS] != digest_check_digit(ours, LINE_DIGITS))
			return false;
	}
	return true;
}

int
digest_fingerprint_form(const char *typed)
{
	char got[DIGITS + LINES];
	size_t len;

	if (!take_digits(typed, got, sizeof(got), &len) ||
	    (len != DIGITS && len != DIGITS + LINES))
		return -1;
	for (size_t i = 0; len > DIGITS && i < LINES; i++) {
		const char *line = got + i * (LINE_DIGITS + 1);

		if (line[LINE_DIGITS] != digest_check_digit(line, LINE_DIGITS))
			return (int)i + 1;
	}
	return 0;
}
