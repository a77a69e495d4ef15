#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/platform.h"

#define NOT_UTF8 0xffffffff
#define NUMBER_MAX 40
#define WORD_MAX 4 /* letters together, in a number */

uint32_t
text_next(const uint8_t **at, const uint8_t *end)
{
	/* By length: the smallest character that may be written that long. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = *at;
	size_t len = 1;
	uint32_t c;

	assert(p < end);
	*at = p + 1;
	if (*p < 0x80)
		return *p;
	if (*p >= 0xf0 && *p <= 0xf4)
		len = 4;
	else if (*p >= 0xe0 && *p < 0xf0)
		len = 3;
	else if (*p >= 0xc2 && *p < 0xe0)
		len = 2;
	if (len == 1 || (size_t)(end - p) < len)
		return NOT_UTF8;
	c = *p & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return NOT_UTF8;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return NOT_UTF8;
	*at = p + len;
	return c;
}

bool
text_is_utf8(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	const uint8_t *end = len > 0 ? at + len : at;

	while (at < end)
		if (text_next(&at, end) == NOT_UTF8)
			return false;
	return true;
}

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

bool
text_is_clean(const char *text, size_t len, bool lines)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = len > 0 ? at + len : at;
	uint32_t c;

	while (at < end) {
		if ((c = text_next(&at, end)) == NOT_UTF8)
			return false;
		if (is_control(c) && !(lines && (c == '\n' || c == '\t')))
			return false;
	}
	return true;
}

/*
 * The NFC form of UTF-8 text, to be wiped and freed by the caller; *room is
 * its memory's size and *len its length.  NULL for want of memory.
 */
static char *
nfc_new(const char *text, size_t len, size_t *nfc_len, size_t *room)
{
	const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)text;
	utf8proc_ssize_t count, n;
	utf8proc_int32_t *out = NULL;

	count = utf8proc_decompose(in, (utf8proc_ssize_t)len, NULL, 0, how);
	if (count < 0)
		return NULL;
	/* The library wants room for a NUL, and writes the text in place. */
	*room = ((size_t)count + 1) * sizeof(*out);
	if ((out = calloc((size_t)count + 1, sizeof(*out))) == NULL)
		return NULL;
	n = utf8proc_decompose(in, (utf8proc_ssize_t)len, out, count, how);
	if (n >= 0)
		n = utf8proc_reencode(out, n, how);
	if (n < 0) {
		platform_wipe(out, *room);
		free(out);
		return NULL;
	}
	*nfc_len = (size_t)n;
	return (char *)out;
}

/*
 * Could this UTF-8 be other than NFC?  Below U+0300 everything is.  Marks out
 * of their order never are, which is asked here since the library takes a
 * time that grows with the square of their number to sort them.
 */
enum nfc { NFC_YES, NFC_NO, NFC_ASK };

static enum nfc
nfc_at_a_glance(const uint8_t *at, const uint8_t *end)
{
	enum nfc is = NFC_YES;
	utf8proc_propval_t mark, before = 0;
	uint32_t c;

	while (at < end) {
		if ((c = text_next(&at, end)) == NOT_UTF8)
			return NFC_NO;
		if (c >= 0x300)
			is = NFC_ASK;
		mark =
		    utf8proc_get_property((utf8proc_int32_t)c)->combining_class;
		if (mark != 0 && mark < before)
			return NFC_NO;
		before = mark;
	}
	return is;
}

bool
text_is_nfc(const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t nfc_len, room;
	char *nfc;
	bool same;
	enum nfc is;

	if (len == 0)
		return true;
	if ((is = nfc_at_a_glance(at, at + len)) != NFC_ASK)
		return is == NFC_YES;
	if ((nfc = nfc_new(text, len, &nfc_len, &room)) == NULL)
		return false;
	same = nfc_len == len && memcmp(nfc, text, len) == 0;
	platform_wipe(nfc, room);
	free(nfc);
	return same;
}

/*
 * One character of text_tidy's work: what to write instead, in bytes (none:
 * leave it out), or NULL to write it as it is.
 */
static const char *
tidied(uint32_t c, bool lines)
{
	if (c == NOT_UTF8)
		return "\xef\xbf\xbd";
	if (!is_control(c))
		return NULL;
	if (c == '\r')
		return lines ? "\n" : " ";
	if (c == '\n' || c == '\t')
		return lines ? NULL : " ";
	return "";
}

/* Into out, which has room for three times as much; returns the length. */
static size_t
tidy_controls(const char *text, bool lines, bool *changed, char *out)
{
	const uint8_t *at = (const uint8_t *)text, *before;
	const uint8_t *end = at + strlen(text);
	const char *instead;
	size_t len, used = 0;
	uint32_t c;

	while (at < end) {
		before = at;
		c = text_next(&at, end);
		if (c == '\r' && at < end && *at == '\n')
			at++;
		if ((instead = tidied(c, lines)) != NULL) {
			*changed = true;
			len = strlen(instead);
			memcpy(out + used, instead, len);
		} else {
			len = (size_t)(at - before);
			memcpy(out + used, before, len);
		}
		used += len;
	}
	out[used] = '\0';
	return used;
}

const char *
text_tidy(struct arena *a, const char *text, bool lines, bool *changed,
    struct fault *why)
{
	size_t len = strlen(text), nfc_len, room;
	/* A bad byte grows to the three bytes of U+FFFD. */
	size_t times = text_is_utf8(text, len) ? 1 : 3;
	char *clean, *nfc;

	*changed = false;
	clean = arena_take_array(a, len + 1, times, why);
	if (clean == NULL)
		return NULL;
	len = tidy_controls(text, lines, changed, clean);
	if (text_is_nfc(clean, len))
		return clean;
	if ((nfc = nfc_new(clean, len, &nfc_len, &room)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "text of %zu bytes", len);
		return NULL;
	}
	clean = arena_copy(a, nfc, nfc_len, why);
	platform_wipe(nfc, room);
	free(nfc);
	return clean;
}

struct range {
	uint32_t first;
	uint32_t last;
};

static bool
is_among(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* What drives a terminal, turns the direction round, or cannot be seen. */
static const struct range hidden[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f },
	{ 0x61c, 0x61c },     /* Arabic letter mark */
	{ 0x200b, 0x200f },   /* zero width, and direction marks */
	{ 0x2028, 0x202e },   /* line ends, and directions */
	{ 0x2060, 0x206f },   /* joiners, isolates, old format characters */
	{ 0xfdd0, 0xfdef },   /* no characters at all */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xe0000, 0xe0fff }, /* tags */
};

static bool
is_hidden(uint32_t c)
{
	/* The last two of every plane are no characters. */
	if ((c & 0xfffe) == 0xfffe)
		return true;
	return is_among(c, hidden, sizeof(hidden) / sizeof(hidden[0]));
}

const char *
text_show(const void *text, size_t len, char *out, size_t room)
{
	const uint8_t *at = text, *before;
	const uint8_t *end = len > 0 ? at + len : at;
	size_t used = 0, cut = 0, n;
	char shown[16];
	uint32_t c;

	assert(room > 0);
	while (at < end) {
		before = at;
		if ((c = text_next(&at, end)) == NOT_UTF8) {
			n = (size_t)snprintf(shown, sizeof(shown), "<0x%02X>",
			    (unsigned)*before);
		} else if (is_hidden(c)) {
			n = (size_t)snprintf(shown, sizeof(shown), "<U+%04X>",
			    (unsigned)c);
		} else {
			n = (size_t)(at - before);
			memcpy(shown, before, n);
		}
		if (n > room - 1 - used) {
			n = room - 1 - cut < 3 ? room - 1 - cut : 3;
			memcpy(out + cut, "...", n);
			used = cut + n;
			break;
		}
		memcpy(out + used, shown, n);
		used += n;
		/* As far as can be kept with "..." after it. */
		if (used + 3 < room)
			cut = used;
	}
	out[used] = '\0';
	return out;
}

/* Characters that leave no ink, though they count as letters or symbols. */
static bool
is_filler(uint32_t c)
{
	return c == 0x115f || c == 0x1160 || c == 0x2800 || c == 0x3164 ||
	    c == 0xffa0 || (c >= 0xe0000 && c <= 0xe0fff);
}

bool
text_is_blank(uint32_t c)
{
	if (c > 0x10ffff)
		return false;
	if (is_filler(c))
		return true;
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return true;
	default:
		return false;
	}
}

/* Letters that stand together in a number. */
static bool
is_number_word(const char *word, size_t len)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char small[] = "abcdefghijklmnopqrstuvwxyz";
	static const char intervention[] = "PRTITV";

	if (strspn(word, "abcdef") >= len || strspn(word, "ABCDEF") >= len)
		return true;
	if (len == strlen(intervention) && memcmp(word, intervention, len) == 0)
		return true;
	return len <= WORD_MAX &&
	    (strspn(word, capitals) >= len || strspn(word, small) >= len);
}

bool
text_is_number(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";
	static const char others[] = "0123456789._:/#-";
	size_t len = strlen(text), word;

	if (len > NUMBER_MAX || strpbrk(text, "0123456789") == NULL)
		return false;
	while (*text != '\0') {
		word = strspn(text, letters);
		if (word > 0 && !is_number_word(text, word))
			return false;
		text += word;
		len = strspn(text, others);
		if (word + len == 0)
			return false;
		text += len;
	}
	return true;
}

static bool
is_space(uint32_t c)
{
	static const struct range spaces[] = {
		{ '\t', '\r' },
		{ ' ', ' ' },
		{ 0x85, 0x85 },
		{ 0xa0, 0xa0 }, /* which does not break */
		{ 0x1680, 0x1680 },
		{ 0x2000, 0x200a },
		{ 0x2028, 0x2029 },
		{ 0x202f, 0x202f },
		{ 0x205f, 0x205f },
		{ 0x3000, 0x3000 },
	};

	return is_among(c, spaces, sizeof(spaces) / sizeof(spaces[0]));
}

static bool
is_unseen(uint32_t c)
{
	static const struct range unseen[] = {
		{ 0xad, 0xad },	      /* a hyphen that may be one */
		{ 0x34f, 0x34f },     /* joiner */
		{ 0x61c, 0x61c },     /* Arabic letter mark */
		{ 0x115f, 0x1160 },   /* fillers */
		{ 0x17b4, 0x17b5 },   /* vowels that are not written */
		{ 0x180b, 0x180f },   /* Mongolian selectors */
		{ 0x200b, 0x200f },   /* zero width, and direction marks */
		{ 0x2028, 0x202e },   /* line ends, and directions */
		{ 0x2060, 0x206f },   /* joiners, isolates */
		{ 0x2800, 0x2800 },   /* a pattern of no dots */
		{ 0x3164, 0x3164 },   /* filler */
		{ 0xfe00, 0xfe0f },   /* selectors */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xffa0, 0xffa0 },   /* filler */
		{ 0xe0000, 0xe0fff }, /* tags, selectors */
	};

	return is_among(c, unseen, sizeof(unseen) / sizeof(unseen[0]));
}

bool
text_has_unseen(const char *text)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + strlen(text);

	while (at < end)
		if (is_unseen(text_next(&at, end)))
			return true;
	return false;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *
text_trim(const char *text, size_t *len)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + strlen(text);
	const uint8_t *first = end, *last = end, *before;

	while (at < end) {
		before = at;
		if (is_space(text_next(&at, end)))
			continue;
		if (first == end)
			first = before;
		last = at;
	}
	*len = (size_t)(last - first);
	return (const char *)first;
}

bool
text_same_loosely(const char *a, const char *b)
{
	size_t len, other;

	a = text_trim(a, &len);
	b = text_trim(b, &other);
	if (len != other)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

const char *
text_number(struct arena *a, const char *text, struct fault *why)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + strlen(text);
	const uint8_t *before;
	size_t used = 0, kept = 0;
	char *out;
	uint32_t c;

	if ((out = arena_take(a, strlen(text) + 1, why)) == NULL)
		return NULL;
	while (at < end) {
		before = at;
		c = text_next(&at, end);
		if (is_space(c)) {
			if (used > 0)
				out[used++] = ' ';
			continue;
		}
		if (is_unseen(c))
			continue;
		for (; before < at; before++)
			out[used++] = lower((char)*before);
		kept = used;
	}
	out[kept] = '\0';
	return out;
}
