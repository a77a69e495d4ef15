#include "formats/jsongate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "base/text.h"

#define BAD_HEX 0xffffffff

/* What may come next. */
enum want {
	WANT_VALUE,
	WANT_FIRST_ITEM, /* or the end of the list */
	WANT_NAME,
	WANT_FIRST_NAME, /* or the end of the object */
	WANT_MORE,	 /* a comma, or the end of what is open */
	WANT_NOTHING,
};

/* A member's name, decoded, and where it stands in the text. */
struct name {
	const uint8_t *bytes;
	size_t len;
	const uint8_t *at;
};

/* An object or list that has begun and not ended. */
struct open {
	bool object;
	size_t count;	   /* of members or items that have begun */
	size_t first_name; /* of an object: where its names begin */
	uint8_t *decoded;  /* where their bytes begin */
};

struct gate {
	const uint8_t *text;
	const uint8_t *at;
	const uint8_t *end;
	const struct json_limits *limits;
	const struct json_place *start;
	uint8_t *plain;
	enum want want;
	struct open *open;
	size_t open_room;
	size_t depth;
	/* The names of all open objects, the innermost one's last. */
	struct name *names;
	size_t name_room;
	size_t name_count;
	/* Decoded names are never longer than the text: one piece is enough. */
	uint8_t *decoded;
	uint8_t *decoded_next;
	uint8_t *decoded_top; /* how far it was ever filled, for wiping */
};

void
jsongate_advance(struct json_place *p, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++) {
		if (b[i] == '\n') {
			p->line++;
			p->column = 1;
		} else if ((b[i] & 0xc0) != 0x80) {
			p->column++;
		}
	}
}

int
jsongate_fault(struct fault *why, const struct json_place *at,
    const char *found)
{
	return FAIL(why, FAULT_JSON, "line %zu, column %zu: %s", at->line,
	    at->column, found);
}

static int
found(const struct gate *g, const uint8_t *at, const char *what,
    struct fault *why)
{
	struct json_place place = *g->start;

	jsongate_advance(&place, g->text, (size_t)(at - g->text));
	return jsongate_fault(why, &place, what);
}

static void
skip_space(struct gate *g)
{
	while (g->at < g->end &&
	    (*g->at == ' ' || *g->at == '\n' || *g->at == '\t' ||
		*g->at == '\r'))
		g->at++;
}

/* Double the room of a list when it is full. */
static int
grow(void **list, size_t *room, size_t count, size_t size, struct fault *why)
{
	size_t want = *room == 0 ? 16 : *room * 2;
	void *more;

	if (count < *room)
		return 0;
	more = want > SIZE_MAX / size ? NULL : realloc(*list, want * size);
	if (more == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "checking a JSON text");
	*list = more;
	*room = want;
	return 0;
}

static int
by_name_then_place(const void *left, const void *right)
{
	const struct name *a = left;
	const struct name *b = right;
	size_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->bytes, b->bytes, len);

	if (order != 0)
		return order;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Sorted, equal names are neighbours, however many there are. */
static int
check_names(const struct gate *g, const struct open *o, struct fault *why)
{
	size_t count = g->name_count - o->first_name;
	const uint8_t *second = NULL;
	struct name *names;

	if (count < 2)
		return 0;
	names = g->names + o->first_name;
	qsort(names, count, sizeof(*names), by_name_then_place);
	for (size_t i = 1; i < count; i++) {
		if (names[i].len == names[i - 1].len &&
		    memcmp(names[i].bytes, names[i - 1].bytes, names[i].len) ==
			0 &&
		    (second == NULL || names[i].at < second))
			second = names[i].at;
	}
	if (second != NULL)
		return found(g, second, "a second member of the same name",
		    why);
	return 0;
}

static int
open_one(struct gate *g, bool object, struct fault *why)
{
	void *list = g->open;

	if (g->depth >= (size_t)g->limits->depth)
		return found(g, g->at, "nested too deeply", why);
	if (grow(&list, &g->open_room, g->depth, sizeof(*g->open), why) == -1)
		return -1;
	g->open = list;
	g->open[g->depth++] =
	    (struct open){ object, 0, g->name_count, g->decoded_next };
	g->at++;
	g->want = object ? WANT_FIRST_NAME : WANT_FIRST_ITEM;
	return 0;
}

static int
close_one(struct gate *g, struct fault *why)
{
	const struct open *o = &g->open[g->depth - 1];

	if (*g->at != (o->object ? '}' : ']'))
		return found(g, g->at, "the wrong closing bracket", why);
	if (check_names(g, o, why) == -1)
		return -1;
	g->name_count = o->first_name;
	g->decoded_next = o->decoded;
	g->depth--;
	g->at++;
	g->want = g->depth == 0 ? WANT_NOTHING : WANT_MORE;
	return 0;
}

/* One more member or item of what is open. */
static int
count_one(struct gate *g, struct fault *why)
{
	if (g->depth == 0)
		return 0;
	g->open[g->depth - 1].count++;
	if (g->limits->members != 0 &&
	    g->open[g->depth - 1].count > g->limits->members)
		return found(g, g->at, "too many members or items", why);
	return 0;
}

/* Four hex digits at g->at, which are taken; BAD_HEX if they are not. */
static uint32_t
take_hex(struct gate *g)
{
	uint32_t value = 0;

	if (g->end - g->at < 4)
		return BAD_HEX;
	for (int i = 0; i < 4; i++) {
		uint8_t c = g->at[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return BAD_HEX;
	}
	g->at += 4;
	return value;
}

/* What follows "\u"; at is where the escape begins. */
static int
take_unicode(struct gate *g, const uint8_t *at, uint32_t *out,
    struct fault *why)
{
	uint32_t high = take_hex(g);
	uint32_t low;

	if (high == BAD_HEX)
		return found(g, at, "an escape that is none", why);
	if (high == 0)
		return found(g, at, "an escaped NUL", why);
	*out = high;
	if (high < 0xd800 || high > 0xdfff)
		return 0;
	if (high > 0xdbff || g->end - g->at < 2 || g->at[0] != '\\' ||
	    g->at[1] != 'u')
		return found(g, at, "half a surrogate pair", why);
	g->at += 2;
	low = take_hex(g);
	if (low == BAD_HEX)
		return found(g, at, "an escape that is none", why);
	if (low < 0xdc00 || low > 0xdfff)
		return found(g, at, "half a surrogate pair", why);
	*out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return 0;
}

static int
take_escape(struct gate *g, uint32_t *out, struct fault *why)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	const uint8_t *at = g->at;
	const char *letter;

	g->at++;
	if (g->at == g->end)
		return found(g, at, "a text that does not end", why);
	if (*g->at == 'u') {
		g->at++;
		return take_unicode(g, at, out, why);
	}
	letter = *g->at == '\0' ? NULL : strchr(letters, *g->at);
	if (letter == NULL)
		return found(g, at, "an escape that is none", why);
	*out = (uint32_t)means[letter - letters];
	g->at++;
	return 0;
}

/* One character inside quotes, decoded. */
static int
take_character(struct gate *g, uint32_t *out, struct fault *why)
{
	const uint8_t *at = g->at;

	if (*at == '\\')
		return take_escape(g, out, why);
	if (*at < 0x20)
		return found(g, at, "a raw control character", why);
	if (*at < 0x80) {
		*out = *g->at++;
		return 0;
	}
	*out = text_next(&g->at, g->end);
	if (*out == 0xffffffff)
		return found(g, at, "bytes that are not UTF-8", why);
	return 0;
}

static size_t
encode(uint32_t c, uint8_t out[static 4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* A quoted text.  Its decoded bytes go to *keep, which moves, if given. */
static int
take_text(struct gate *g, uint8_t **keep, struct fault *why)
{
	const uint8_t *at = g->at;
	size_t len = 0;

	g->at++;
	while (g->at < g->end && *g->at != '"') {
		uint8_t bytes[4];
		uint32_t c = 0;
		size_t more;

		if (take_character(g, &c, why) == -1)
			return -1;
		more = encode(c, bytes);
		len += more;
		if (len > g->limits->string)
			return found(g, at, "a text that is too long", why);
		if (keep != NULL) {
			memcpy(*keep, bytes, more);
			*keep += more;
		}
	}
	if (g->at == g->end)
		return found(g, at, "a text that does not end", why);
	g->at++;
	return 0;
}

static int
take_name(struct gate *g, struct fault *why)
{
	void *list = g->names;
	struct name name = { g->decoded_next, 0, g->at };

	if (*g->at != '"')
		return found(g, g->at, "something where a name should be", why);
	if (count_one(g, why) == -1 ||
	    grow(&list, &g->name_room, g->name_count, sizeof(*g->names), why) ==
		-1)
		return -1;
	g->names = list;
	if (take_text(g, &g->decoded_next, why) == -1)
		return -1;
	if (g->decoded_next > g->decoded_top)
		g->decoded_top = g->decoded_next;
	name.len = (size_t)(g->decoded_next - name.bytes);
	g->names[g->name_count++] = name;
	skip_space(g);
	if (g->at == g->end || *g->at != ':')
		return found(g, g->at, "no colon after a name", why);
	g->at++;
	g->want = WANT_VALUE;
	return 0;
}

static size_t
take_digits(struct gate *g)
{
	const uint8_t *at = g->at;

	while (g->at < g->end && *g->at >= '0' && *g->at <= '9')
		g->at++;
	return (size_t)(g->at - at);
}

/* Is the number these digits write at most 2^53? */
static bool
digits_fit(const uint8_t *digits, size_t len)
{
	uint64_t value = 0;

	if (len > 16)
		return false;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (uint64_t)(digits[i] - '0');
	return value <= (uint64_t)1 << 53;
}

/* A fraction and an exponent, if there are any; *real tells. */
static int
take_rest_of_number(struct gate *g, const uint8_t *at, bool *real,
    struct fault *why)
{
	*real = false;
	if (g->at < g->end && *g->at == '.') {
		*real = true;
		g->at++;
		if (take_digits(g) == 0)
			return found(g, at, "a number that is none", why);
	}
	if (g->at < g->end && (*g->at == 'e' || *g->at == 'E')) {
		*real = true;
		g->at++;
		if (g->at < g->end && (*g->at == '+' || *g->at == '-'))
			g->at++;
		if (take_digits(g) == 0)
			return found(g, at, "a number that is none", why);
	}
	return 0;
}

static int
take_number(struct gate *g, struct fault *why)
{
	const uint8_t *at = g->at;
	const uint8_t *digits;
	size_t len;
	bool real;

	if (*g->at == '-')
		g->at++;
	digits = g->at;
	len = take_digits(g);
	if (len == 0 || (len > 1 && *digits == '0') ||
	    take_rest_of_number(g, at, &real, why) == -1)
		return found(g, at, "a number that is none", why);
	if (!real && !digits_fit(digits, len))
		return found(g, at, "a whole number beyond 2^53", why);
	if (real && g->limits->record)
		return found(g, at, "a number that is not whole", why);
	if (real && g->plain != NULL) {
		uint8_t *copy = g->plain + (at - g->text);

		/* A real number is at least three characters long. */
		memset(copy, ' ', (size_t)(g->at - at));
		copy[0] = '0';
		copy[1] = '.';
		copy[2] = '5';
	}
	return 0;
}

static int
take_word(struct gate *g, const char *word, struct fault *why)
{
	size_t len = strlen(word);

	if ((size_t)(g->end - g->at) < len || memcmp(g->at, word, len) != 0)
		return found(g, g->at, "something where a value should be",
		    why);
	g->at += len;
	return 0;
}

static int
take_scalar(struct gate *g, struct fault *why)
{
	switch (*g->at) {
	case '"':
		return take_text(g, NULL, why);
	case 't':
		return take_word(g, "true", why);
	case 'f':
		return take_word(g, "false", why);
	case 'n':
		if (g->limits->no_null)
			return found(g, g->at, "a null", why);
		return take_word(g, "null", why);
	default:
		if (*g->at == '-' || (*g->at >= '0' && *g->at <= '9'))
			return take_number(g, why);
		return found(g, g->at, "something where a value should be",
		    why);
	}
}

static int
take_value(struct gate *g, struct fault *why)
{
	/* A member was counted at its name. */
	if (g->depth > 0 && !g->open[g->depth - 1].object &&
	    count_one(g, why) == -1)
		return -1;
	if (*g->at == '{' || *g->at == '[')
		return open_one(g, *g->at == '{', why);
	if (take_scalar(g, why) == -1)
		return -1;
	g->want = g->depth == 0 ? WANT_NOTHING : WANT_MORE;
	return 0;
}

static int
take_more(struct gate *g, struct fault *why)
{
	if (*g->at == '}' || *g->at == ']')
		return close_one(g, why);
	if (*g->at != ',')
		return found(g, g->at, "no comma between two values", why);
	g->at++;
	g->want = g->open[g->depth - 1].object ? WANT_NAME : WANT_VALUE;
	return 0;
}

static int
take(struct gate *g, struct fault *why)
{
	switch (g->want) {
	case WANT_FIRST_ITEM:
		if (*g->at == ']')
			return close_one(g, why);
		return take_value(g, why);
	case WANT_VALUE:
		return take_value(g, why);
	case WANT_FIRST_NAME:
		if (*g->at == '}')
			return close_one(g, why);
		return take_name(g, why);
	case WANT_NAME:
		return take_name(g, why);
	case WANT_MORE:
		return take_more(g, why);
	case WANT_NOTHING:
		break;
	}
	return found(g, g->at, "something after the end", why);
}

static int
take_all(struct gate *g, struct fault *why)
{
	if (g->end - g->at >= 3 && memcmp(g->at, "\xef\xbb\xbf", 3) == 0)
		return found(g, g->at, "a byte order mark", why);
	for (;;) {
		skip_space(g);
		if (g->at == g->end)
			break;
		if (take(g, why) == -1)
			return -1;
	}
	if (g->want != WANT_NOTHING)
		return found(g, g->at, "an end that comes too early", why);
	return 0;
}

int
jsongate_check(const void *text, size_t len, const struct json_limits *limits,
    const struct json_place *start, uint8_t *plain, struct fault *why)
{
	struct gate g = { .text = text, .limits = limits, .start = start };
	int rc = -1;

	if (len == 0)
		return jsongate_fault(why, start, "no text at all");
	g.at = g.text;
	g.end = g.text + len;
	g.plain = plain;
	if (len > limits->bytes)
		return FAIL(why, FAULT_JSON, "more than %zu bytes",
		    limits->bytes);
	if ((g.decoded = malloc(len)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "checking a JSON text");
	g.decoded_next = g.decoded_top = g.decoded;
	rc = take_all(&g, why);

	/* What was in this memory is of no use to anyone who finds it. */
	platform_wipe(g.decoded, (size_t)(g.decoded_top - g.decoded));
	free(g.decoded);
	free(g.names);
	free(g.open);
	return rc;
}
