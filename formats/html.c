#include "formats/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"

#define NAME_ROOM 16 /* of any name below, and its NUL */
#define REPLACEMENT 0xfffdU
#define NOT_UTF8 0xffffffffU
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "ABCDEFabcdef"
#define SPACES " \t\r\n\f"

/* What stands in a tag's place. */
enum instead { GONE, SPACE, LINE };

/* Both tables by name in ASCII order; what is not in them stays as it is. */
struct tag {
	const char *name;
	enum instead instead;
};

struct entity {
	const char *name;
	uint32_t character;
};

/* clang-format off */
static const struct tag tags[] = {
	{ "a", GONE }, { "abbr", GONE }, { "acronym", GONE },
	{ "address", LINE }, { "area", GONE }, { "article", LINE },
	{ "aside", LINE }, { "audio", GONE }, { "b", GONE }, { "base", GONE },
	{ "basefont", GONE }, { "bdi", GONE }, { "bdo", GONE },
	{ "big", GONE }, { "blockquote", LINE }, { "body", LINE },
	{ "br", LINE }, { "button", GONE }, { "canvas", GONE },
	{ "caption", LINE }, { "center", LINE }, { "cite", GONE },
	{ "code", GONE }, { "col", GONE }, { "colgroup", GONE },
	{ "data", GONE }, { "datalist", GONE }, { "dd", LINE },
	{ "del", GONE }, { "details", LINE }, { "dfn", GONE },
	{ "dir", GONE }, { "div", LINE }, { "dl", LINE }, { "dt", LINE },
	{ "em", GONE }, { "embed", GONE }, { "fieldset", LINE },
	{ "figcaption", LINE }, { "figure", LINE }, { "font", GONE },
	{ "footer", LINE }, { "form", LINE }, { "frame", GONE },
	{ "frameset", GONE }, { "h1", LINE }, { "h2", LINE }, { "h3", LINE },
	{ "h4", LINE }, { "h5", LINE }, { "h6", LINE }, { "head", LINE },
	{ "header", LINE }, { "hr", LINE }, { "html", GONE }, { "i", GONE },
	{ "iframe", GONE }, { "img", GONE }, { "input", GONE },
	{ "ins", GONE }, { "kbd", GONE }, { "label", GONE },
	{ "legend", GONE }, { "li", LINE }, { "link", GONE },
	{ "main", LINE }, { "map", GONE }, { "mark", GONE }, { "menu", LINE },
	{ "meta", GONE }, { "nav", LINE }, { "nobr", GONE },
	{ "noscript", GONE }, { "object", GONE }, { "ol", LINE },
	{ "optgroup", LINE }, { "option", LINE }, { "p", LINE },
	{ "param", GONE }, { "picture", GONE }, { "pre", LINE },
	{ "q", GONE }, { "rp", GONE }, { "rt", GONE }, { "ruby", GONE },
	{ "s", GONE }, { "samp", GONE }, { "script", GONE },
	{ "section", LINE }, { "select", GONE }, { "small", GONE },
	{ "source", GONE }, { "span", GONE }, { "strike", GONE },
	{ "strong", GONE }, { "style", GONE }, { "sub", GONE },
	{ "summary", GONE }, { "sup", GONE }, { "svg", GONE },
	{ "table", LINE }, { "tbody", LINE }, { "td", SPACE },
	{ "template", GONE }, { "textarea", GONE }, { "tfoot", LINE },
	{ "th", SPACE }, { "thead", LINE }, { "time", GONE },
	{ "title", LINE }, { "tr", LINE }, { "tt", GONE }, { "u", GONE },
	{ "ul", LINE }, { "var", GONE }, { "video", GONE }, { "wbr", GONE },
	{ "xml", GONE },
};

static const struct entity entities[] = {
	{ "AElig", 0xc6 }, { "Aacute", 0xc1 }, { "Acirc", 0xc2 },
	{ "Agrave", 0xc0 }, { "Aring", 0xc5 }, { "Atilde", 0xc3 },
	{ "Auml", 0xc4 }, { "Ccedil", 0xc7 }, { "Dagger", 0x2021 },
	{ "ETH", 0xd0 }, { "Eacute", 0xc9 }, { "Ecirc", 0xca },
	{ "Egrave", 0xc8 }, { "Euml", 0xcb }, { "Iacute", 0xcd },
	{ "Icirc", 0xce }, { "Igrave", 0xcc }, { "Iuml", 0xcf },
	{ "Ntilde", 0xd1 }, { "OElig", 0x152 }, { "Oacute", 0xd3 },
	{ "Ocirc", 0xd4 }, { "Ograve", 0xd2 }, { "Oslash", 0xd8 },
	{ "Otilde", 0xd5 }, { "Ouml", 0xd6 }, { "Prime", 0x2033 },
	{ "Scaron", 0x160 }, { "THORN", 0xde }, { "Uacute", 0xda },
	{ "Ucirc", 0xdb }, { "Ugrave", 0xd9 }, { "Uuml", 0xdc },
	{ "Yacute", 0xdd }, { "Yuml", 0x178 }, { "aacute", 0xe1 },
	{ "acirc", 0xe2 }, { "acute", 0xb4 }, { "aelig", 0xe6 },
	{ "agrave", 0xe0 }, { "amp", 0x26 }, { "apos", 0x27 },
	{ "aring", 0xe5 }, { "atilde", 0xe3 }, { "auml", 0xe4 },
	{ "bdquo", 0x201e }, { "brvbar", 0xa6 }, { "bull", 0x2022 },
	{ "ccedil", 0xe7 }, { "cedil", 0xb8 }, { "cent", 0xa2 },
	{ "circ", 0x2c6 }, { "copy", 0xa9 }, { "curren", 0xa4 },
	{ "dagger", 0x2020 }, { "deg", 0xb0 }, { "divide", 0xf7 },
	{ "eacute", 0xe9 }, { "ecirc", 0xea }, { "egrave", 0xe8 },
	{ "emsp", 0x2003 }, { "ensp", 0x2002 }, { "eth", 0xf0 },
	{ "euml", 0xeb }, { "euro", 0x20ac }, { "fnof", 0x192 },
	{ "frac12", 0xbd }, { "frac14", 0xbc }, { "frac34", 0xbe },
	{ "gt", 0x3e }, { "hellip", 0x2026 }, { "iacute", 0xed },
	{ "icirc", 0xee }, { "iexcl", 0xa1 }, { "igrave", 0xec },
	{ "iquest", 0xbf }, { "iuml", 0xef }, { "laquo", 0xab },
	{ "larr", 0x2190 }, { "ldquo", 0x201c }, { "lrm", 0x200e },
	{ "lsaquo", 0x2039 }, { "lsquo", 0x2018 }, { "lt", 0x3c },
	{ "macr", 0xaf }, { "mdash", 0x2014 }, { "micro", 0xb5 },
	{ "middot", 0xb7 }, { "minus", 0x2212 }, { "nbsp", 0xa0 },
	{ "ndash", 0x2013 }, { "not", 0xac }, { "ntilde", 0xf1 },
	{ "oacute", 0xf3 }, { "ocirc", 0xf4 }, { "oelig", 0x153 },
	{ "ograve", 0xf2 }, { "ordf", 0xaa }, { "ordm", 0xba },
	{ "oslash", 0xf8 }, { "otilde", 0xf5 }, { "ouml", 0xf6 },
	{ "para", 0xb6 }, { "permil", 0x2030 }, { "plusmn", 0xb1 },
	{ "pound", 0xa3 }, { "prime", 0x2032 }, { "quot", 0x22 },
	{ "raquo", 0xbb }, { "rarr", 0x2192 }, { "rdquo", 0x201d },
	{ "reg", 0xae }, { "rlm", 0x200f }, { "rsaquo", 0x203a },
	{ "rsquo", 0x2019 }, { "sbquo", 0x201a }, { "scaron", 0x161 },
	{ "sect", 0xa7 }, { "shy", 0xad }, { "sup1", 0xb9 }, { "sup2", 0xb2 },
	{ "sup3", 0xb3 }, { "szlig", 0xdf }, { "thinsp", 0x2009 },
	{ "thorn", 0xfe }, { "tilde", 0x2dc }, { "times", 0xd7 },
	{ "trade", 0x2122 }, { "uacute", 0xfa }, { "ucirc", 0xfb },
	{ "ugrave", 0xf9 }, { "uml", 0xa8 }, { "uuml", 0xfc },
	{ "yacute", 0xfd }, { "yen", 0xa5 }, { "yuml", 0xff },
	{ "zwj", 0x200d }, { "zwnj", 0x200c },
};

/* Attributes that stand without a value. */
static const char *const bare[] = {
	"checked", "compact", "controls", "defer", "disabled", "hidden",
	"multiple", "nohref", "noshade", "nowrap", "readonly", "required",
	"reversed", "selected",
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What ends a piece that goes with its content. */
enum ending { END_COMMENT, END_SCRIPT, END_STYLE, ENDINGS };

/* One piece of HTML being read, and the text of it so far. */
struct reading {
	const char *at;
	/* There is none from here on: not to be looked for again. */
	bool no_more[ENDINGS];
	char *text;
	size_t len;
	size_t line; /* where the line being written begins */
};

static int
by_name(const void *name, const void *row)
{
	/* The name is the first member of either table's rows. */
	return strcmp(name, *(const char *const *)row);
}

static bool
is_in(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
begins(const char *text, const char *with)
{
	for (; *with != '\0'; text++, with++)
		if (lower(*text) != *with)
			return false;
	return true;
}

/* The name of len bytes in small letters; false if no name is that long. */
static bool
small_name(const char *at, size_t len, char out[static NAME_ROOM])
{
	if (len == 0 || len >= NAME_ROOM)
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = lower(at[i]);
	out[len] = '\0';
	return true;
}

static void
put(struct reading *r, const char *bytes, size_t len)
{
	memcpy(r->text + r->len, bytes, len);
	r->len += len;
}

static size_t
put_utf8(uint32_t c, char out[static 4])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (len == 1) {
		out[0] = (char)c;
		return 1;
	}
	for (size_t i = len - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[len] | c);
	return len;
}

/* How long the white space is that begins at text, or ends there. */
static size_t
space_after(const char *text, size_t left)
{
	if (left >= 1 && is_in(SPACES, text[0]))
		return 1;
	return left >= 2 && memcmp(text, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static size_t
space_before(const char *text, size_t left)
{
	if (left >= 1 && is_in(SPACES, text[-1]))
		return 1;
	return left >= 2 && memcmp(text - 2, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

/* The line without the space around it; an empty one was none. */
static void
end_line(struct reading *r)
{
	size_t start = r->line, n;

	while ((n = space_before(r->text + r->len, r->len - start)) > 0)
		r->len -= n;
	while ((n = space_after(r->text + start, r->len - start)) > 0)
		start += n;
	memmove(r->text + r->line, r->text + start, r->len - start);
	r->len -= start - r->line;
	if (r->len > r->line)
		r->text[r->len++] = '\n';
	r->line = r->len;
}

/*
 * Past one attribute at `at` (which is no white space); NULL if it is of no
 * known form.  "<a friend of hers>" is no tag: words without a value are
 * attributes only where HTML has such.
 */
static const char *
past_attribute(const char *at)
{
	const char *end = at + strcspn(at, SPACES "\"'<>=/");
	const char *value = end + strspn(end, SPACES);
	char name[NAME_ROOM];
	char quote;

	if (end == at)
		return NULL;
	if (*value != '=') {
		if (!small_name(at, (size_t)(end - at), name))
			return NULL;
		for (size_t i = 0; i < COUNT(bare); i++)
			if (strcmp(name, bare[i]) == 0)
				return end;
		return NULL;
	}
	value++;
	value += strspn(value, SPACES);
	quote = *value;
	if (quote == '"' || quote == '\'') {
		end = strchr(value + 1, quote);
		return end == NULL ? NULL : end + 1;
	}
	return value + strcspn(value, SPACES "\"'<>");
}

/*
 * Past the tag whose name ended before `at`; NULL if it is none.  Takes linear
 * time in all: a "<" ends the look but in quotes, where at most one look for
 * each kind of quote can be.
 */
static const char *
past_tag(const char *at)
{
	while (at != NULL) {
		at += strspn(at, SPACES);
		if (*at == '/' && at[1] == '>')
			at++;
		if (*at == '>')
			return at + 1;
		at = past_attribute(at);
	}
	return NULL;
}

/* Names with a prefix are what Word leaves behind: o:p, w:sdt, st1:place. */
static bool
is_from_word(const char *name)
{
	static const char *const prefixes[] = { "m:", "o:", "st1:", "v:", "w:",
		"x:" };

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static bool
tag_instead(const char *at, size_t len, enum instead *instead)
{
	const struct tag *tag;
	char name[NAME_ROOM];

	/* Only how it begins matters of a name longer than all we know. */
	if (len >= NAME_ROOM)
		len = NAME_ROOM - 1;
	if (!small_name(at, len, name))
		return false;
	*instead = GONE;
	if (is_from_word(name))
		return true;
	tag = bsearch(name, tags, COUNT(tags), sizeof(tags[0]), by_name);
	if (tag == NULL)
		return false;
	*instead = tag->instead;
	return true;
}

/*
 * Past the next of these at or after `at`; NULL if there is none.  Text that
 * follows a piece without an end is then kept rather than lost.
 */
static const char *
past_ending(struct reading *r, const char *at, enum ending ending)
{
	static const char *const texts[] = { "-->", "</script", "</style" };
	const char *text = texts[ending], *end;

	while (!r->no_more[ending]) {
		at = strchr(at, text[0]);
		if (at == NULL) {
			r->no_more[ending] = true;
			break;
		}
		if (begins(at, text)) {
			end = at + strlen(text);
			if (ending != END_COMMENT)
				end = past_tag(end);
			if (end != NULL)
				return end;
		}
		at++;
	}
	return NULL;
}

/* <!-- -->, and what else begins with <! or <? and is known; or NULL. */
static const char *
past_declaration(struct reading *r)
{
	static const char *const known[] = { "<!doctype", "<![if", "<![endif",
		"<?xml" };
	const char *end;

	/* Its dashes may be those of its end, too: "<!-->" is whole. */
	if (begins(r->at, "<!--"))
		return past_ending(r, r->at + strlen("<!"), END_COMMENT);
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!begins(r->at, known[i]))
			continue;
		end = r->at + 1 + strcspn(r->at + 1, "<>");
		return *end == '>' ? end + 1 : NULL;
	}
	return NULL;
}

/* Past the tag at r->at, whose name is at `name`, with what goes with it. */
static const char *
past_element(struct reading *r, const char *name, size_t len)
{
	const char *end = past_tag(name + len), *all = NULL;

	if (end == NULL || end[-2] == '/' || name[-1] == '/')
		return end;
	if (len == strlen("script") && begins(name, "script"))
		all = past_ending(r, end, END_SCRIPT);
	else if (len == strlen("style") && begins(name, "style"))
		all = past_ending(r, end, END_STYLE);
	return all == NULL ? end : all;
}

/* At "<": is it a tag?  If so, it is passed. */
static bool
take_tag(struct reading *r)
{
	const char *name = r->at + 1, *end;
	enum instead instead = GONE;
	size_t len;

	if (*name == '!' || *name == '?') {
		end = past_declaration(r);
	} else {
		if (*name == '/')
			name++;
		len = strspn(name, LETTERS DIGITS ":");
		if (!is_in(LETTERS, *name) ||
		    (!is_in(SPACES "/>", name[len])) ||
		    !tag_instead(name, len, &instead))
			return false;
		end = past_element(r, name, len);
	}
	if (end == NULL)
		return false;
	r->at = end;
	if (instead == LINE)
		end_line(r);
	else if (instead == SPACE &&
	    space_before(r->text + r->len, r->len - r->line) == 0)
		put(r, " ", 1);
	return true;
}

/* The character of a number; what is none that can be shown is U+FFFD. */
static uint32_t
number_character(const char *at, size_t len, uint32_t base)
{
	uint32_t c = 0;

	for (; len > 0 && c <= 0x10ffff; at++, len--)
		c = c * base +
		    (uint32_t)(*at <= '9' ? *at - '0' : lower(*at) - 'a' + 10);
	if (c == '\t' || c == '\n' || c == '\r')
		return c;
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return REPLACEMENT;
	return c;
}

static bool
named_character(const char *at, size_t len, uint32_t *out)
{
	const struct entity *entity;
	char name[NAME_ROOM];

	if (len == 0 || len >= sizeof(name))
		return false;
	memcpy(name, at, len);
	name[len] = '\0';
	entity = bsearch(name, entities, COUNT(entities), sizeof(entities[0]),
	    by_name);
	if (entity == NULL)
		return false;
	*out = entity->character;
	return true;
}

/* At "&": is it an entity?  If so, its character is put in its place. */
static bool
take_entity(struct reading *r)
{
	const char *at = r->at + 1;
	uint32_t c, base = 10;
	char bytes[4];
	size_t len;

	if (*at == '#') {
		at++;
		if (*at == 'x' || *at == 'X') {
			base = 16;
			at++;
		}
		len = strspn(at, base == 16 ? HEX_DIGITS : DIGITS);
		if (len == 0 || at[len] != ';')
			return false;
		c = number_character(at, len, base);
	} else {
		len = strspn(at, LETTERS DIGITS);
		if (at[len] != ';' || !named_character(at, len, &c))
			return false;
	}
	r->at = at + len + 1;
	if (c == '\n' || c == '\r')
		end_line(r);
	else
		put(r, bytes, put_utf8(c, bytes));
	return true;
}

const char *
html_to_text(const char *html, struct arena *a, struct fault *why)
{
	struct reading r = { .at = html };
	size_t plain;

	/* Whatever is put in the place of something is never longer. */
	if ((r.text = arena_take(a, strlen(html) + 2, why)) == NULL)
		return NULL;
	while (*r.at != '\0') {
		plain = strcspn(r.at, "<&\r\n");
		put(&r, r.at, plain);
		r.at += plain;
		if (*r.at == '\r' || *r.at == '\n') {
			end_line(&r);
			r.at++;
		} else if ((*r.at == '<' && !take_tag(&r)) ||
		    (*r.at == '&' && !take_entity(&r))) {
			put(&r, r.at++, 1);
		}
	}
	end_line(&r);
	if (r.len > 0)
		r.len--;
	r.text[r.len] = '\0';
	return r.text;
}

static bool
is_direction_mark(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool
is_left_out(uint32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c <= 0x9f);
}

/* The entity for a character that HTML gives a meaning; or NULL. */
static const char *
escaped(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static int
add_escaped(struct bytes *out, const char *text, size_t len, struct fault *why)
{
	const char *entity;
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		if ((entity = escaped(text[i])) == NULL)
			continue;
		if (bytes_add(out, text + plain, i - plain, why) == -1 ||
		    bytes_add_text(out, entity, why) == -1)
			return -1;
		plain = i + 1;
	}
	return bytes_add(out, text + plain, len - plain, why);
}

int
html_add_text(struct bytes *out, const char *text, struct fault *why)
{
	const uint8_t *at = (const uint8_t *)text, *before;
	const uint8_t *end = at + strlen(text), *plain = at;
	char shown[16];
	uint32_t c;

	while (at < end) {
		before = at;
		c = text_next(&at, end);
		if (c != NOT_UTF8 && !is_direction_mark(c) && !is_left_out(c))
			continue;
		if (add_escaped(out, (const char *)plain,
			(size_t)(before - plain), why) == -1)
			return -1;
		plain = at;
		if (is_left_out(c))
			continue;
		(void)text_show(before, (size_t)(at - before), shown,
		    sizeof(shown));
		if (add_escaped(out, shown, strlen(shown), why) == -1)
			return -1;
	}
	return add_escaped(out, (const char *)plain, (size_t)(end - plain),
	    why);
}
