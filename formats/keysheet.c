#include "formats/keysheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/digest.h"
#include "formats/keysheet_inside.h"

#define MAGIC "satchel key sheet/1\n"
#define PARITY_LEAST 6
#define DATA_OF_ONE_PARITY 10
#define LINES_TOGETHER 10 /* an empty line stands after so many */
#define LINE_ROOM 160
#define FINGERPRINT_LINE 17 /* "12345 67890 12345" */
#define PRACTICE \
	"*** PRACTICE *** made-up data only; not for work with children ***\n"

const char keysheet_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The whole as lines, number 1 at 0; what the last one lacks is zeros. */
struct lines {
	uint8_t id[KEYSHEET_ID];
	uint8_t sum[2 * KEYSHEET_HALF];
	size_t len;
	size_t data;
	size_t parity;
	uint8_t (*at)[KEYSHEET_LINE];
};

size_t
keysheet_parity(size_t data)
{
	size_t parity = (data + DATA_OF_ONE_PARITY - 1) / DATA_OF_ONE_PARITY;

	return parity > PARITY_LEAST ? parity : PARITY_LEAST;
}

void
keysheet_fold(uint8_t to[static KEYSHEET_LINE],
    const uint8_t from[static KEYSHEET_LINE])
{
	for (size_t i = 0; i < KEYSHEET_LINE; i++)
		to[i] ^= from[i];
}

/* Eight digits of each five bytes. */
void
keysheet_digits(const uint8_t id[static KEYSHEET_ID], unsigned number,
    const uint8_t bytes[static KEYSHEET_LINE],
    uint8_t out[static KEYSHEET_DIGITS])
{
	uint8_t text[sizeof(MAGIC) - 1 + KEYSHEET_ID + 2 + KEYSHEET_LINE];
	uint8_t hash[32], *at = text;

	for (size_t i = 0; i < KEYSHEET_LINE; i += 5) {
		uint64_t five = 0;

		for (size_t j = 0; j < 5; j++)
			five = five << 8 | bytes[i + j];
		for (size_t j = 0; j < 8; j++)
			*out++ = (uint8_t)(five >> (35 - 5 * j) & 31);
	}
	memcpy(at, MAGIC, sizeof(MAGIC) - 1);
	at += sizeof(MAGIC) - 1;
	memcpy(at, id, KEYSHEET_ID);
	at += KEYSHEET_ID;
	*at++ = (uint8_t)(number >> 8);
	*at++ = (uint8_t)number;
	memcpy(at, bytes, KEYSHEET_LINE);
	digest_once(DIGEST_BLAKE2B_256, text, sizeof(text), hash);
	*out++ = hash[0] >> 3;
	*out++ = (uint8_t)((hash[0] & 7) << 2 | hash[1] >> 6);
	*out++ = hash[1] >> 1 & 31;
	*out = (uint8_t)((hash[1] & 1) << 4 | hash[2] >> 4);
}

void
keysheet_undigits(const uint8_t digits[static KEYSHEET_DIGITS],
    uint8_t out[static KEYSHEET_LINE])
{
	for (size_t i = 0; i < KEYSHEET_LINE; i += 5) {
		uint64_t five = 0;

		for (size_t j = 0; j < 8; j++)
			five = five << 5 | *digits++;
		for (size_t j = 0; j < 5; j++)
			out[i + j] = (uint8_t)(five >> (32 - 8 * j));
	}
}

static int
cut(struct lines *l, const void *file, size_t len, struct fault *why)
{
	l->len = len;
	l->data = (len + KEYSHEET_LINE - 1) / KEYSHEET_LINE;
	l->parity = keysheet_parity(l->data);
	l->at = calloc(l->data + l->parity, sizeof(*l->at));
	if (l->at == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "key sheet");
	memcpy(l->at, file, len);
	/* With its parity the lines of a class are zero together. */
	for (size_t i = 0; i < l->data; i++) {
		size_t last = l->data;

		while (last % l->parity != i % l->parity)
			last++;
		keysheet_fold(l->at[last], l->at[i]);
	}
	digest_once(DIGEST_SHA256, file, len, l->sum);
	memcpy(l->id, l->sum, KEYSHEET_ID);
	return 0;
}

/* "012  0123 4567 ...  89AB" */
static int
add_line(const char *label, const uint8_t digits[static KEYSHEET_DIGITS],
    struct bytes *out, struct fault *why)
{
	char text[LINE_ROOM], *at = text;

	at += snprintf(text, sizeof(text), "%s ", label);
	for (size_t i = 0; i < KEYSHEET_DIGITS; i++) {
		if (i % 4 == 0)
			*at++ = ' ';
		if (i == KEYSHEET_DIGITS - KEYSHEET_CHECK)
			*at++ = ' ';
		*at++ = keysheet_alphabet[digits[i]];
	}
	*at++ = '\n';
	return bytes_add(out, text, (size_t)(at - text), why);
}

/* Both halves of the SHA-256, each with the length and the parity. */
static int
add_sum(const struct lines *l, struct bytes *out, struct fault *why)
{
	static const uint8_t no_id[KEYSHEET_ID];
	uint8_t bytes[KEYSHEET_LINE], digits[KEYSHEET_DIGITS];

	for (uint8_t half = 0; half < 2; half++) {
		bytes[0] = (uint8_t)(half + 1);
		bytes[1] = (uint8_t)l->parity;
		bytes[2] = (uint8_t)(l->len >> 8);
		bytes[3] = (uint8_t)l->len;
		memcpy(bytes + 4, l->sum + half * KEYSHEET_HALF, KEYSHEET_HALF);
		keysheet_digits(no_id, 0, bytes, digits);
		if (add_line("SHA", digits, out, why) == -1)
			return -1;
	}
	return 0;
}

static int
add_lines(const struct lines *l, struct bytes *out, struct fault *why)
{
	uint8_t digits[KEYSHEET_DIGITS];
	char label[LINE_ROOM];

	for (unsigned i = 0; i < l->data + l->parity; i++) {
		if (i % LINES_TOGETHER == 0 &&
		    bytes_add_text(out, "\n", why) == -1)
			return -1;
		keysheet_digits(l->id, i + 1, l->at[i], digits);
		(void)snprintf(label, sizeof(label), "%03u", i + 1);
		if (add_line(label, digits, out, why) == -1)
			return -1;
	}
	return bytes_add_text(out, "\n", why);
}

static int
add_head(const struct keysheet_head *h, size_t parity, struct bytes *out,
    struct fault *why)
{
	const char *first = h->fingerprint;
	const char *second = h->fingerprint + FINGERPRINT_LINE + 1;
	char text[2048];

	(void)snprintf(text, sizeof(text),
	    MAGIC
	    "%s\n"
	    "Node         %s\n"
	    "Fingerprint  %.*s - %c\n"
	    "  goes on    %.*s - %c\n"
	    "Date         %s\n"
	    "Holds        %s\n"
	    "Opened by    %s\n"
	    "\n"
	    "Nobody can use this sheet without what opens it: keep the "
	    "two apart.\n"
	    "To read it: type or scan all lines below into a text file, "
	    "then\n"
	    "  satchel keys read FILE --out COPY\n"
	    "Spaces, small letters and the order do not count; there is "
	    "no I, L, O\n"
	    "or U in it; write ? for what cannot be read. Up to %zu lines "
	    "side by\n"
	    "side may be lost. Without satchel: docs/keys.md.\n"
	    "\n",
	    h->practice ? PRACTICE : "", h->node, FINGERPRINT_LINE, first,
	    digest_check_digit(first, FINGERPRINT_LINE), FINGERPRINT_LINE,
	    second, digest_check_digit(second, FINGERPRINT_LINE), h->date,
	    h->file, h->opens, parity);
	return bytes_add_text(out, text, why);
}

int
keysheet_write(const struct keysheet_head *head, const void *file, size_t len,
    struct bytes *out, struct fault *why)
{
	struct lines l;
	int rc = -1;

	if (len == 0 || len > KEYSHEET_MAX)
		return FAIL(why, FAULT_KEYSHEET_SIZE, "%zu bytes", len);
	if (cut(&l, file, len, why) == -1)
		return -1;
	if (add_head(head, l.parity, out, why) == -1 ||
	    add_sum(&l, out, why) == -1 || add_lines(&l, out, why) == -1 ||
	    add_sum(&l, out, why) == -1 ||
	    (head->practice && bytes_add_text(out, PRACTICE, why) == -1))
		goto done;
	rc = 0;

done:
	free(l.at);
	return rc;
}

void
keysheet_free(struct keysheet *k)
{
	bytes_free(&k->file);
	free(k->line);
	k->line = NULL;
}
