#include "formats/recognise.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"

#define DEPTH_MAX 4	  /* where a system's own names stand */
#define NAME_ROOM 64	  /* longer names are none we look for */
#define CSV_LINE_MAX 8192 /* bytes of a first line that may be a header */

const char *
recognise_name(enum format f)
{
	static const char *const names[FORMAT_COUNT] = {
		[FORMAT_PRIMERO] = "primero",
		[FORMAT_PING] = "progres-ping",
		[FORMAT_DTP] = "progres-dtp",
		[FORMAT_SHEET] = "sheet",
	};

	return f < FORMAT_COUNT ? names[f] : "unknown";
}

enum format
recognise_word(const char *word, size_t len)
{
	const char *name;

	for (int f = 0; f < FORMAT_COUNT; f++) {
		name = recognise_name((enum format)f);
		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return (enum format)f;
	}
	return FORMAT_NONE;
}

enum format
recognise_prefix(const char *operand, const char **path)
{
	const char *colon = strchr(operand, ':');
	enum format f = FORMAT_NONE;

	*path = operand;
	if (colon != NULL)
		f = recognise_word(operand, (size_t)(colon - operand));
	if (f != FORMAT_NONE)
		*path = colon + 1;
	return f;
}

/* Files that say what they are in their first bytes. */
static const struct {
	const char *begins;
	size_t len;
	const char *words;
} marks[] = {
#define MARK(bytes, words)                      \
	{                                       \
		bytes, sizeof(bytes) - 1, words \
	}
	MARK("7z\xbc\xaf\x27\x1c", "a 7z archive (open it first)"),
	MARK("Rar!\x1a\x07", "a rar archive (open it first)"),
	MARK("\x1f\x8b", "a gzip file (unpack it first)"),
	MARK("%PDF-", "a PDF document"),
	MARK("\x89PNG\r\n", "a picture (PNG)"),
	MARK("\xff\xd8\xff", "a picture (JPEG)"),
	MARK("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	    "an old or password-protected Office file"),
	MARK("SQLite format 3", "a database (SQLite)"),
	MARK("untrusted comment: satchel bundle",
	    "a satchel bundle: use import"),
	MARK("untrusted comment: ", "a minisign key or signature"),
	MARK("age-encryption.org/v1", "a file encrypted with age"),
	MARK("-----BEGIN AGE ENCRYPTED FILE-----", "a file encrypted with age"),
	MARK("AGE-SECRET-KEY-", "a secret key"),
	MARK("\xff\xfe", "text in UTF-16 (save it as UTF-8)"),
	MARK("\xfe\xff", "text in UTF-16 (save it as UTF-8)"),
#undef MARK
};

/* The first bytes of a file, and how far one has come in them. */
struct looking {
	const uint8_t *at;
	const uint8_t *end;
};

static bool
contains(const uint8_t *bytes, size_t len, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; n <= len && i <= len - n; i++)
		if (bytes[i] == (uint8_t)what[0] &&
		    memcmp(bytes + i, what, n) == 0)
			return true;
	return false;
}

/* Zip is also what spreadsheets and documents are packed in. */
static const char *
look_at_zip(const uint8_t *head, size_t len)
{
	if (contains(head, len, "[Content_Types].xml")) {
		if (contains(head, len, "xl/"))
			return "a spreadsheet (export as JSON instead)";
		if (contains(head, len, "word/"))
			return "a Word document";
		return "an Office document";
	}
	/* Bit 0 of the flags at byte 6. */
	if (len > 6 && (head[6] & 1) != 0)
		return "a password-protected zip archive (open it first; "
		       "password zips come with a later version)";
	return "a zip archive (open it first; password zips come with a later "
	       "version)";
}

static const char *
look_at_mark(const uint8_t *head, size_t len)
{
	if (len >= 4 && memcmp(head, "PK", 2) == 0 &&
	    (memcmp(head + 2, "\3\4", 2) == 0 ||
		memcmp(head + 2, "\5\6", 2) == 0))
		return look_at_zip(head, len);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (len >= marks[i].len &&
		    memcmp(head, marks[i].begins, marks[i].len) == 0)
			return marks[i].words;
	return NULL;
}

/* What the names in a JSON text show; it may be cut anywhere. */
struct shown {
	bool in_list;	     /* the outermost value is a list */
	bool scalars;	     /* any value that is no object or list */
	bool cut;	     /* it goes on after what we look at */
	bool of_a_case;	     /* case_id, services_section, module_id */
	bool exported;	     /* "id" and "data" in the same list item */
	bool primero_user;   /* only answers of the older system have it */
	bool transition;     /* Primero's referrals without their cases */
	bool ping_envelope;  /* "Data" or a transaction's id */
	bool ping_keys;	     /* names with "progres_" and a dot */
	bool ping_sure;	     /* SPHTransactionId, ShippingProcessId */
	bool dtp;	     /* request_type, interventions */
	bool satchel;	     /* a file of our own ... */
	char satchel_is[24]; /* ... and which */
};

/* Is c one of these characters? */
static bool
is_in(const char *set, uint8_t c)
{
	return c != 0 && strchr(set, c) != NULL;
}

static void
skip_space(struct looking *l)
{
	while (l->at < l->end && is_in(" \t\r\n", *l->at))
		l->at++;
}

/* Past a string whose quote was taken; its bytes, as far as they fit. */
static void
take_string(struct looking *l, char *out, size_t room)
{
	size_t len = 0;

	while (l->at < l->end && *l->at != '"') {
		if (*l->at == '\\' && l->end - l->at > 1)
			l->at++;
		if (len + 1 < room)
			out[len++] = (char)*l->at;
		l->at++;
	}
	out[len] = '\0';
	if (l->at < l->end)
		l->at++;
}

static bool
is_any_of(const char *name, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(name, *words) == 0)
			return true;
	return false;
}

static void
note_name(struct shown *s, const char *name, int depth)
{
	static const char *const of_a_case[] = { "case_id", "services_section",
		"module_id", NULL };
	static const char *const transition[] = { "transitioned_to",
		"record_type", "rejected_reason", NULL };
	static const char *const ping[] = { "SPHTransactionId",
		"ShippingProcessId", NULL };
	static const char *const dtp[] = { "request_type", "interventions",
		NULL };

	if (depth > DEPTH_MAX)
		return;
	s->of_a_case |= is_any_of(name, of_a_case);
	s->transition |= is_any_of(name, transition);
	s->ping_keys |=
	    strncmp(name, "progres_", 8) == 0 && strchr(name, '.') != NULL;
	if (depth != 1)
		return;
	s->ping_sure |= is_any_of(name, ping);
	s->ping_envelope |= strcmp(name, "Data") == 0;
	s->dtp |= is_any_of(name, dtp);
	s->primero_user |= strcmp(name, "primero_user") == 0;
}

/* A string was taken: if a colon follows it was a name. */
static void
note_string(struct looking *l, struct shown *s, const char *text, int depth)
{
	skip_space(l);
	if (l->at == l->end || *l->at != ':') {
		s->scalars = true;
		return;
	}
	l->at++;
	note_name(s, text, depth);
	skip_space(l);
	/* An item of an export: [ { "id": .., "data": { */
	if (s->in_list && depth == 2 && strcmp(text, "data") == 0 &&
	    l->at < l->end && *l->at == '{')
		s->exported = true;
	if (depth != 1 || strcmp(text, "satchel") != 0 || l->at == l->end ||
	    *l->at != '"')
		return;
	s->satchel = true;
	l->at++;
	take_string(l, s->satchel_is, sizeof(s->satchel_is));
}

static void
look_at_names(struct looking l, struct shown *s)
{
	char text[NAME_ROOM];
	int depth = 0;
	uint8_t c;

	while (l.at < l.end) {
		c = *l.at++;
		if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		} else if (c == '"') {
			take_string(&l, text, sizeof(text));
			note_string(&l, s, text, depth);
		} else if (!is_in(" \t\r\n,:}]", c))
			s->scalars = true;
	}
	s->cut = depth > 0;
}

static const char *
words_for_json(const struct shown *s)
{
	if (s->satchel && strncmp(s->satchel_is, "agreement/", 10) == 0)
		return "a sharing agreement: use agreement adopt";
	if (s->satchel && strncmp(s->satchel_is, "consent/", 8) == 0)
		return "a consent register: give it with --consents";
	if (s->satchel)
		return "another file of satchel's own";
	if (s->transition)
		return "Primero's referrals without their cases (export the "
		       "cases)";
	return "JSON, but not of a system that satchel knows";
}

/*
 * The surest signs first: an answer of the older system has a case_id too, and
 * a file of our own may hold any of these names.
 */
static enum format
format_of(const struct shown *s)
{
	if (s->satchel)
		return FORMAT_NONE;
	if (s->ping_sure)
		return FORMAT_PING;
	if (s->dtp || s->primero_user)
		return FORMAT_DTP;
	if (s->ping_keys)
		return FORMAT_PING;
	if (s->of_a_case || (s->exported && !s->transition))
		return FORMAT_PRIMERO;
	return s->ping_envelope ? FORMAT_PING : FORMAT_NONE;
}

static int
judge_json(const struct shown *s, enum format *out, struct fault *why)
{
	if ((*out = format_of(s)) != FORMAT_NONE)
		return 0;
	if (!s->scalars && !s->cut && !s->satchel && !s->transition)
		return FAIL(why, FAULT_SOURCE_EMPTY, "it holds no record");
	return FAIL(why, FAULT_SOURCE_UNKNOWN, "it looks like %s",
	    words_for_json(s));
}

static bool
begins_loosely(const struct looking *l, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(l->end - l->at) < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((l->at[i] >= 'A' && l->at[i] <= 'Z' ?
			    l->at[i] | 0x20 :
			    l->at[i]) != (uint8_t)word[i])
			return false;
	return true;
}

/* UTF-8 without controls; a last character may be cut in two. */
static bool
is_text(struct looking l)
{
	const uint8_t *before;
	uint32_t c;

	while (l.at < l.end) {
		before = l.at;
		c = text_next(&l.at, l.end);
		if (c == 0xffffffff)
			return l.end - before < 4 && before[0] >= 0xc2;
		if (c < 0x20 && c != '\n' && c != '\r' && c != '\t')
			return false;
	}
	return true;
}

/* Two zero bytes in four, always on the same side: wide characters. */
static bool
is_wide(const struct looking *l)
{
	size_t len = (size_t)(l->end - l->at), even = 0, odd = 0;

	if (len > 256)
		len = 256;
	for (size_t i = 0; i < len; i++)
		if (l->at[i] == 0)
			*(i % 2 == 0 ? &even : &odd) += 1;
	return len >= 4 && (even == 0) != (odd == 0) && (even + odd) * 3 >= len;
}

/* Is the first line a header: several words with something between them? */
static bool
is_table(const struct looking *l)
{
	size_t len = (size_t)(l->end - l->at), marks_in_line = 0;

	if (len > CSV_LINE_MAX)
		len = CSV_LINE_MAX;
	for (size_t i = 0; i < len && l->at[i] != '\n'; i++)
		if (is_in(",;\t", l->at[i]))
			marks_in_line++;
	return marks_in_line >= 2;
}

static const char *
words_for_text(const struct looking *l)
{
	if (begins_loosely(l, "<!doctype html") || begins_loosely(l, "<html"))
		return "a web page";
	if (l->at < l->end && *l->at == '<')
		return "XML";
	if (is_wide(l))
		return "text in UTF-16 (save it as UTF-8)";
	if (!is_text(*l))
		return "a file of a kind that satchel does not know";
	if (is_table(l))
		return "a table (CSV): it has no services, export as JSON "
		       "instead";
	return "plain text";
}

int
recognise(const void *head, size_t len, enum format *out, struct fault *why)
{
	struct looking l = { .at = head };
	struct shown s = { .in_list = false };
	const char *words;

	*out = FORMAT_NONE;
	if (len > RECOGNISE_BYTES)
		len = RECOGNISE_BYTES;
	if (len == 0)
		return FAIL(why, FAULT_SOURCE_EMPTY, "it has no bytes");
	l.end = l.at + len;
	if ((words = look_at_mark(l.at, len)) != NULL)
		return FAIL(why, FAULT_SOURCE_UNKNOWN, "it looks like %s",
		    words);
	if (len >= 3 && memcmp(l.at, "\xef\xbb\xbf", 3) == 0)
		l.at += 3;
	skip_space(&l);
	if (l.at == l.end)
		return FAIL(why, FAULT_SOURCE_EMPTY,
		    "it holds only white space");
	if ((*l.at != '{' && *l.at != '[') || is_wide(&l))
		return FAIL(why, FAULT_SOURCE_UNKNOWN, "it looks like %s",
		    words_for_text(&l));
	s.in_list = *l.at == '[';
	look_at_names(l, &s);
	return judge_json(&s, out, why);
}
