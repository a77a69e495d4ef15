#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/keysheet.h"
#include "formats/keysheet_inside.h"

#define LABEL 3 /* characters of a number, or "SHA" */
#define WHOLE_LINE (LABEL + KEYSHEET_DIGITS)
/* What has fewer or more characters is other text, not a line gone wrong. */
#define SHORT_LINE 30
#define LONG_LINE 48
#define UNREAD 255
#define NUMBER_SUM 0
#define NUMBER_UNREAD (-1)
#define SHA "SHA"
#define HYPHEN 0x2010 /* up to the horizontal bar */
#define BAR 0x2015
#define MINUS 0x2212

/* One line of text that is, or was to be, a line of a sheet. */
struct typed {
	int number; /* NUMBER_SUM: marked SHA */
	size_t count;
	char seen[KEYSHEET_DIGITS];
	uint8_t digits[KEYSHEET_DIGITS]; /* UNREAD or 0 to 31 */
};

/* The characters of a line of text without what does not count. */
struct letters {
	size_t count;
	size_t first_word; /* characters before the first space */
	char at[LONG_LINE];
};

struct reading {
	struct typed *typed;
	size_t count;
	uint8_t id[KEYSHEET_ID];
	uint8_t sum[2 * KEYSHEET_HALF];
	size_t len;
	size_t data;
	uint8_t (*at)[KEYSHEET_LINE]; /* of each line of the sheet */
};

static uint8_t
digit_of(char c)
{
	const char *found;

	if (c == 'O')
		c = '0';
	else if (c == 'I' || c == 'L')
		c = '1';
	found = c == '\0' ? NULL : strchr(keysheet_alphabet, c);
	return found == NULL ? UNREAD : (uint8_t)(found - keysheet_alphabet);
}

static bool
is_between(uint32_t c)
{
	return c == '-' || (c >= HYPHEN && c <= BAR) || c == MINUS ||
	    text_is_blank(c);
}

static char
upper(uint32_t c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? (char)c : '?';
}

/* False if there are more than any line of a sheet has. */
static bool
take_letters(const uint8_t *at, const uint8_t *end, struct letters *out)
{
	bool in_first = true;

	out->count = 0;
	out->first_word = 0;
	while (at < end) {
		uint32_t c = text_next(&at, end);

		if (is_between(c)) {
			in_first = out->count == 0;
			continue;
		}
		if (out->count == LONG_LINE)
			return false;
		out->at[out->count++] = upper(c);
		if (in_first)
			out->first_word++;
	}
	return out->count >= SHORT_LINE;
}

/* -1 if one of them is not a digit. */
static int
number_of(const char *text, size_t len)
{
	int number = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t digit = digit_of(text[i]);

		if (digit > 9)
			return -1;
		number = 10 * number + digit;
	}
	return number;
}

/* Has it a number of which some is readable? */
static bool
is_half_a_number(const char *text)
{
	bool some = false;

	for (size_t i = 0; i < LABEL; i++) {
		if (digit_of(text[i]) <= 9)
			some = true;
		else if (text[i] != '?')
			return false;
	}
	return some;
}

/*
 * How many characters the label has, 0 for other text.  A number may have been
 * typed without its zeros; then a space is behind it.
 */
static size_t
take_label(const struct letters *l, int *number)
{
	size_t word = l->first_word;

	if (memcmp(l->at, SHA, LABEL) == 0) {
		*number = NUMBER_SUM;
		return LABEL;
	}
	if (l->count != WHOLE_LINE && word > 0 && word <= LABEL &&
	    (*number = number_of(l->at, word)) > 0)
		return word;
	if ((*number = number_of(l->at, LABEL)) > 0)
		return LABEL;
	if (l->count == WHOLE_LINE && is_half_a_number(l->at)) {
		*number = NUMBER_UNREAD;
		return LABEL;
	}
	return 0;
}

static bool
take_typed(const uint8_t *at, const uint8_t *end, struct typed *out)
{
	struct letters l;
	size_t label;

	if (!take_letters(at, end, &l) ||
	    (label = take_label(&l, &out->number)) == 0)
		return false;
	out->count = l.count - label;
	for (size_t i = 0; i < KEYSHEET_DIGITS && i < out->count; i++) {
		out->seen[i] = l.at[label + i];
		out->digits[i] = digit_of(out->seen[i]);
	}
	return true;
}

static bool
is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r' || c == '\f';
}

static int
take_text(const uint8_t *at, size_t len, struct reading *r, struct fault *why)
{
	const uint8_t *end = at + len, *stop;
	size_t most = len / SHORT_LINE + 1;

	if ((r->typed = calloc(most, sizeof(*r->typed))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "key sheet");
	for (; at < end; at = stop + 1) {
		for (stop = at; stop < end && !is_line_end(*stop);)
			stop++;
		if (take_typed(at, stop, &r->typed[r->count]))
			r->count++;
		if (stop == end)
			break;
	}
	return 0;
}

static bool
fits(const uint8_t *id, int number, const uint8_t *digits)
{
	uint8_t bytes[KEYSHEET_LINE], want[KEYSHEET_DIGITS];

	keysheet_undigits(digits, bytes);
	keysheet_digits(id, (unsigned)number, bytes, want);
	return memcmp(want, digits, KEYSHEET_DIGITS) == 0;
}

static enum keysheet_is
look_at(const struct typed *t, const uint8_t *id)
{
	if (t->count != KEYSHEET_DIGITS)
		return KEYSHEET_LENGTH;
	if (memchr(t->digits, UNREAD, KEYSHEET_DIGITS) != NULL)
		return KEYSHEET_UNREADABLE;
	return fits(id, t->number, t->digits) ? KEYSHEET_GOOD : KEYSHEET_WRONG;
}

/* Is there exactly one change of one character that makes it fit? */
static void
offer(const struct typed *t, const uint8_t *id, struct keysheet_line *line)
{
	uint8_t digits[KEYSHEET_DIGITS];
	size_t only = KEYSHEET_DIGITS, found = 0;

	for (size_t i = 0; i < KEYSHEET_DIGITS; i++) {
		if (t->digits[i] != UNREAD)
			continue;
		if (only != KEYSHEET_DIGITS)
			return;
		only = i;
	}
	memcpy(digits, t->digits, sizeof(digits));
	for (size_t i = 0; i < KEYSHEET_DIGITS; i++) {
		if (only != KEYSHEET_DIGITS && i != only)
			continue;
		for (uint8_t try = 0; try < 32; try++) {
			digits[i] = try;
			if (try == t->digits[i] || !fits(id, t->number, digits))
				continue;
			found++;
			line->group = (unsigned)(i / 4 + 1);
			line->character = (unsigned)(i % 4 + 1);
			line->reads = t->seen[i];
			line->fits = keysheet_alphabet[try];
		}
		digits[i] = t->digits[i];
	}
	if (found != 1)
		line->group = line->character = 0;
}

/* What to tell of a line that does not fit; the first of that number counts. */
static void
tell_of(const struct typed *t, const uint8_t *id, struct keysheet_line *line)
{
	line->is = look_at(t, id);
	line->characters = t->count;
	if (line->is == KEYSHEET_UNREADABLE || line->is == KEYSHEET_WRONG)
		offer(t, id, line);
}

/* One half of the SHA-256, with what stands before it. */
static bool
is_sum(const uint8_t bytes[static KEYSHEET_LINE], struct keysheet *out,
    struct reading *r)
{
	size_t len = (size_t)bytes[2] << 8 | bytes[3];
	size_t data = (len + KEYSHEET_LINE - 1) / KEYSHEET_LINE;

	if ((bytes[0] != 1 && bytes[0] != 2) || len == 0 ||
	    len > KEYSHEET_MAX || bytes[1] != keysheet_parity(data))
		return false;
	out->parity = bytes[1];
	r->len = len;
	r->data = data;
	return true;
}

/*
 * Find both halves of the SHA-256: what every other line is checked with.
 * Whatever is wrong is told by the state; KEYSHEET_LACKS is to go on.
 */
static void
take_sums(struct reading *r, struct keysheet *out)
{
	static const uint8_t no_id[KEYSHEET_ID];
	uint8_t half[2][KEYSHEET_LINE], bytes[KEYSHEET_LINE];
	bool have[2] = { false, false };

	out->state = KEYSHEET_NO_SUM;
	for (size_t i = 0; i < r->count; i++) {
		const struct typed *t = &r->typed[i];
		uint8_t *mine;

		if (t->number != NUMBER_SUM)
			continue;
		if (look_at(t, no_id) != KEYSHEET_GOOD) {
			if (out->sum_count < KEYSHEET_SUMS_MAX)
				tell_of(t, no_id, &out->sums[out->sum_count++]);
			continue;
		}
		keysheet_undigits(t->digits, bytes);
		if (!is_sum(bytes, out, r))
			continue;
		mine = half[bytes[0] - 1];
		if (have[bytes[0] - 1] &&
		    memcmp(mine, bytes, KEYSHEET_LINE) != 0) {
			out->state = KEYSHEET_MIXED;
			return;
		}
		have[bytes[0] - 1] = true;
		memcpy(mine, bytes, KEYSHEET_LINE);
	}
	if (!have[0] || !have[1])
		return;
	out->state = memcmp(half[0] + 1, half[1] + 1, 3) == 0 ? KEYSHEET_LACKS :
								KEYSHEET_MIXED;
	memcpy(r->sum, half[0] + 4, KEYSHEET_HALF);
	memcpy(r->sum + KEYSHEET_HALF, half[1] + 4, KEYSHEET_HALF);
	memcpy(r->id, r->sum, KEYSHEET_ID);
}

static void
take_good(struct reading *r, struct keysheet *out)
{
	uint8_t bytes[KEYSHEET_LINE];

	for (size_t i = 0; i < r->count; i++) {
		const struct typed *t = &r->typed[i];
		struct keysheet_line *line;

		if (t->number == NUMBER_SUM)
			continue;
		if (t->number < 0 || (size_t)t->number > out->lines) {
			out->strays++;
			continue;
		}
		line = &out->line[t->number - 1];
		if (look_at(t, r->id) != KEYSHEET_GOOD)
			continue;
		keysheet_undigits(t->digits, bytes);
		if (line->is == KEYSHEET_MISSING) {
			line->is = KEYSHEET_GOOD;
			memcpy(r->at[t->number - 1], bytes, KEYSHEET_LINE);
		} else if (memcmp(r->at[t->number - 1], bytes, KEYSHEET_LINE) !=
		    0) {
			line->is = KEYSHEET_TWO;
		}
	}
}

/* Of what did not fit; a number that fitted elsewhere needs no word. */
static void
take_rest(const struct reading *r, struct keysheet *out)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct typed *t = &r->typed[i];

		if (t->number > 0 && (size_t)t->number <= out->lines &&
		    out->line[t->number - 1].is == KEYSHEET_MISSING)
			tell_of(t, r->id, &out->line[t->number - 1]);
	}
}

/*
 * In each class one line that is not there is the sum of the others.  Returns
 * false if a class lacks more.
 */
static bool
restore(struct reading *r, struct keysheet *out)
{
	bool all = true;

	for (size_t first = 0; first < out->parity; first++) {
		uint8_t sum[KEYSHEET_LINE] = { 0 };
		size_t lacks = 0, one = 0;

		for (size_t i = first; i < out->lines; i += out->parity) {
			if (out->line[i].is == KEYSHEET_GOOD) {
				keysheet_fold(sum, r->at[i]);
			} else {
				lacks++;
				one = i;
			}
		}
		if (lacks == 1) {
			memcpy(r->at[one], sum, KEYSHEET_LINE);
			out->line[one].restored = true;
		} else if (lacks > 1) {
			all = false;
		}
	}
	return all;
}

/* Which lines can it be, if each fits and the whole does not? */
static void
doubt(const struct reading *r, struct keysheet *out)
{
	static const uint8_t zero[KEYSHEET_LINE];

	for (size_t first = 0; first < out->parity; first++) {
		uint8_t sum[KEYSHEET_LINE] = { 0 };
		bool told = false;

		for (size_t i = first; i < out->lines; i += out->parity) {
			keysheet_fold(sum, r->at[i]);
			told = told || out->line[i].restored;
		}
		/* A restored one took on whatever is wrong in another. */
		if (!told && memcmp(sum, zero, KEYSHEET_LINE) == 0)
			continue;
		for (size_t i = first; i < out->lines; i += out->parity)
			if (out->line[i].is == KEYSHEET_GOOD)
				out->line[i].is = KEYSHEET_DOUBTED;
	}
}

static int
take_lines(struct reading *r, struct keysheet *out, struct fault *why)
{
	uint8_t hash[2 * KEYSHEET_HALF];

	out->lines = r->data + out->parity;
	out->line = calloc(out->lines, sizeof(*out->line));
	r->at = calloc(out->lines, sizeof(*r->at));
	if (out->line == NULL || r->at == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "key sheet");
	for (size_t i = 0; i < out->lines; i++)
		out->line[i].is = KEYSHEET_MISSING;
	take_good(r, out);
	take_rest(r, out);
	if (!restore(r, out))
		return 0;
	digest_once(DIGEST_SHA256, r->at, r->len, hash);
	if (memcmp(hash, r->sum, sizeof(hash)) != 0) {
		out->state = KEYSHEET_DIFFERS;
		doubt(r, out);
		return 0;
	}
	out->state = KEYSHEET_WHOLE;
	return bytes_add(&out->file, r->at, r->len, why);
}

/* The word may have been typed in small letters, or without its stars. */
static bool
says_practice(const uint8_t *text, size_t len)
{
	static const char word[] = "practice";
	size_t met = 0;

	for (size_t i = 0; i < len && word[met] != '\0'; i++) {
		char c = (char)(text[i] >= 'A' && text[i] <= 'Z' ?
			text[i] + ('a' - 'A') :
			text[i]);

		met = c == word[met] ? met + 1 : c == word[0];
	}
	return word[met] == '\0';
}

int
keysheet_read(const void *text, size_t len, struct keysheet *out,
    struct fault *why)
{
	struct reading r = { .typed = NULL };
	int rc = -1;

	*out = (struct keysheet){ .state = KEYSHEET_NO_SUM };
	bytes_init(&out->file, KEYSHEET_MAX);
	if (len > KEYSHEET_TEXT_MAX)
		return FAIL(why, FAULT_KEYSHEET_SIZE, "%zu bytes of text", len);
	out->practice = says_practice(text, len);
	if (take_text(text, len, &r, why) == -1)
		goto done;
	take_sums(&r, out);
	if (out->state == KEYSHEET_LACKS && take_lines(&r, out, why) == -1)
		goto done;
	rc = 0;

done:
	free(r.typed);
	free(r.at);
	if (rc == -1)
		keysheet_free(out);
	return rc;
}
