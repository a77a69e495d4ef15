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
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
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

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The length of text without the space at its end. */
static size_t
trimmed(const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && is_space(text[len - 1]))
		len--;
	return len;
}

bool
text_same_loosely(const char *a, const char *b)
{
	size_t len;

	while (is_space(*a))
		a++;
	while (is_space(*b))
		b++;
	if ((len = trimmed(a)) != trimmed(b))
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}
