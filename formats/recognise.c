#include "formats/recognise.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "formats/zip.h"

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
	MARK("7z\xbc\xaf\x27\x1c",
	    "a 7z archive: unpack it (7z x FILE) and delete the file "
	    "afterwards, or have Primero set to PRIMERO_ZIP_FORMAT=zip7z"),
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

/* An archive is opened before anyone asks: this one lies in another. */
static const char *
look_at_zip(const uint8_t *head, size_t len)
{
	const char *office = zip_office_kind(head, len);

	if (office == NULL)
		return "a zip archive inside another (unpack the outer one and "
		       "give what is in it)";
	if (strcmp(office, "a spreadsheet") == 0)
		return "a spreadsheet (export as JSON instead)";
	return office;
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
	bool transition;     /* Primero's list of referrals */
	bool ping_envelope;  /* "Data" */
	bool ping_keys;	     /* progres_x.y, or of an answer to a referral */
	bool dtp_keys;	     /* x.progres_y in a list's own items */
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

/* The dotted names of a join, and proGres's names for its own answers. */
static void
note_progres_name(struct shown *s, const char *name, bool of_record)
{
	static const char answer[] = "progres_interoperab";

	if (strncmp(name, "progres_", 8) != 0)
		s->dtp_keys |= of_record && strstr(name, ".progres_") != NULL;
	else if (strchr(name, '.') != NULL ||
	    strncmp(name, answer, sizeof(answer) - 1) == 0)
		s->ping_keys = true;
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
	/* In a list, an item's own names stand one deeper. */
	int own = s->in_list ? 2 : 1;

	if (depth > DEPTH_MAX)
		return;
	s->of_a_case |= is_any_of(name, of_a_case);
	s->transition |= is_any_of(name, transition);
	note_progres_name(s, name, s->in_list && depth == own);
	if (depth == own) {
		s->dtp |= strcmp(name, "request_type") == 0;
		s->primero_user |= strcmp(name, "primero_user") == 0;
	}
	if (depth != 1)
		return;
	s->ping_sure |= is_any_of(name, ping);
	s->ping_envelope |= strcmp(name, "Data") == 0;
	s->dtp |= strcmp(name, "interventions") == 0;
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
	if (s->dtp_keys)
		return FORMAT_DTP;
	if (s->of_a_case || s->exported || s->transition)
		return FORMAT_PRIMERO;
	return s->ping_envelope ? FORMAT_PING : FORMAT_NONE;
}

static int
judge_json(const struct shown *s, enum format *out, struct fault *why)
{
	if ((*out = format_of(s)) != FORMAT_NONE)
		return 0;
	if (!s->scalars && !s->cut && !s->satchel)
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

/* A line of columns, and how far one has come in it. */
static struct looking
header_line(const struct looking *l)
{
	struct looking line = *l;

	/* Excel may write its separator on a line before it. */
	if (begins_loosely(&line, "sep=")) {
		while (line.at < line.end && *line.at != '\n')
			line.at++;
		if (line.at < line.end)
			line.at++;
	}
	if (line.end - line.at > CSV_LINE_MAX)
		line.end = line.at + CSV_LINE_MAX;
	for (const uint8_t *at = line.at; at < line.end; at++)
		if (*at == '\n' || *at == '\r')
			line.end = at;
	return line;
}

/* Is the first line a header: several words with something between them? */
static bool
is_table(struct looking line)
{
	size_t marks_in_line = 0;

	for (; line.at < line.end; line.at++)
		if (is_in(",;\t", *line.at))
			marks_in_line++;
	return marks_in_line >= 2;
}

/* The next column's name, without what stands around it. */
static void
take_column(struct looking *line, char *out, size_t room)
{
	size_t len = 0;

	for (; line->at < line->end && !is_in(",;\t", *line->at); line->at++)
		if (!is_in("= \"", *line->at) && len + 1 < room)
			out[len++] = (char)*line->at;
	out[len] = '\0';
	if (line->at < line->end)
		line->at++;
}

/* A case's number and something that only a consent register asks for. */
static bool
is_register(struct looking line)
{
	static const char *const asked[] = { "given_on", "given_by",
		"expires_on", "taken_by_role", "notice_version",
		"info_categories", NULL };
	char column[NAME_ROOM];
	bool of_a_case = false;
	bool of_consent = false;

	while (line.at < line.end) {
		take_column(&line, column, sizeof(column));
		of_a_case |= strcmp(column, "case_id") == 0;
		of_consent |= is_any_of(column, asked);
	}
	return of_a_case && of_consent;
}

static const char *
words_for_text(const struct looking *l)
{
	struct looking line;

	if (begins_loosely(l, "<!doctype html") || begins_loosely(l, "<html"))
		return "a web page";
	if (l->at < l->end && *l->at == '<')
		return "XML";
	if (is_wide(l))
		return "text in UTF-16 (save it as UTF-8)";
	if (!is_text(*l))
		return "a file of a kind that satchel does not know";
	line = header_line(l);
	if (is_register(line))
		return "a consent register: give it with --consents";
	if (is_table(line))
		return "a table (CSV): give a consent register with "
		       "--consents, and export cases as JSON";
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
