#include "systems/ping_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"

#define OPEN_MAX 64 /* brackets, and strings with bare quotes */

enum wants {
	WANTS_VALUE,
	WANTS_VALUE_OR_END, /* behind "[" */
	WANTS_NAME,
	WANTS_NAME_OR_END, /* behind "{" */
	WANTS_MORE,	   /* behind a value */
};

/* The text while it is copied, without the quotes around what was bare. */
struct copy {
	const uint8_t *at;
	const uint8_t *end;
	struct bytes *out;
	enum wants wants;
	char open[OPEN_MAX]; /* '{', '[', or '"' for a string that holds them */
	size_t depth;
};

static const struct json_limits limits = {
	.bytes = PING_TEXT_MAX,
	.string = PING_TEXT_MAX,
	.members = 10000,
	.depth = 32,
};

static int
unreadable(struct fault *why)
{
	return FAIL(why, FAULT_SERVER_ANSWER,
	    "the status cannot be read in one way");
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_one_of(uint8_t c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The next byte that is no space, not taken; 0 at the end. */
static uint8_t
next(struct copy *c)
{
	while (c->at < c->end && is_space(*c->at))
		c->at++;
	return c->at < c->end ? *c->at : 0;
}

static int
keep(struct copy *c, size_t len, struct fault *why)
{
	const uint8_t *from = c->at;

	c->at += len;
	return bytes_add(c->out, from, len, why);
}

static int
open_one(struct copy *c, char what, struct fault *why)
{
	if (c->depth == OPEN_MAX)
		return unreadable(why);
	c->open[c->depth++] = what;
	return 0;
}

/* Behind the opening quote at *c->at: how long to the next bare one. */
static bool
find_quote(const struct copy *c, size_t *len)
{
	const uint8_t *p = c->at + 1;

	for (; p < c->end && *p != '"'; p++)
		if (*p == '\\' && ++p == c->end)
			return false;
	*len = (size_t)(p - (c->at + 1));
	return p < c->end;
}

/* The first byte behind the string of that length that is no space. */
static uint8_t
follower(const struct copy *c, size_t len)
{
	const uint8_t *p = c->at + len + 2;

	while (p < c->end && is_space(*p))
		p++;
	return p < c->end ? *p : 0;
}

/*
 * Does this begin as an object or a list, and break off where a string could
 * begin?  Then the quote behind it may be that string's.
 */
static bool
breaks_off(const uint8_t *text, size_t len)
{
	while (len > 0 && is_space(*text)) {
		text++;
		len--;
	}
	if (len == 0 || !is_one_of(*text, "{["))
		return false;
	while (is_space(text[len - 1]))
		len--;
	return is_one_of(text[len - 1], "{[,:");
}

static int
take_string(struct copy *c, struct fault *why)
{
	size_t len;
	uint8_t behind;
	bool ends;

	if (!find_quote(c, &len))
		return unreadable(why);
	behind = follower(c, len);
	ends = behind == 0 || is_one_of(behind, ",}]");
	if (breaks_off(c->at + 1, len)) {
		if (ends)
			return unreadable(why);
		c->at++;
		return open_one(c, '"', why);
	}
	if (!ends)
		return unreadable(why);
	c->wants = WANTS_MORE;
	return keep(c, len + 2, why);
}

/* A number, true, false, null: json_read says whether it is one. */
static int
take_word(struct copy *c, struct fault *why)
{
	size_t len = 0;

	while (c->at + len < c->end && !is_space(c->at[len]) &&
	    !is_one_of(c->at[len], "{}[],:\""))
		len++;
	if (len == 0)
		return unreadable(why);
	c->wants = WANTS_MORE;
	return keep(c, len, why);
}

static int
take_value(struct copy *c, struct fault *why)
{
	uint8_t first = next(c);

	/* What is within bare quotes is an object or a list. */
	if (c->depth > 0 && c->open[c->depth - 1] == '"' &&
	    !is_one_of(first, "{["))
		return unreadable(why);
	switch (first) {
	case '{':
	case '[':
		c->wants =
		    first == '{' ? WANTS_NAME_OR_END : WANTS_VALUE_OR_END;
		if (open_one(c, (char)first, why) == -1)
			return -1;
		return keep(c, 1, why);
	case '"':
		return take_string(c, why);
	default:
		return take_word(c, why);
	}
}

static int
take_name(struct copy *c, struct fault *why)
{
	size_t len;

	if (next(c) != '"' || !find_quote(c, &len) || follower(c, len) != ':')
		return unreadable(why);
	if (keep(c, len + 2, why) == -1)
		return -1;
	(void)next(c);
	c->wants = WANTS_VALUE;
	return keep(c, 1, why);
}

static int
take_more(struct copy *c, struct fault *why)
{
	char within = c->open[c->depth - 1];
	uint8_t here = next(c);

	if (within == '"' && here == '"') {
		c->depth--;
		c->at++;
		return 0;
	}
	if ((within == '{' && here == '}') || (within == '[' && here == ']')) {
		c->depth--;
		return keep(c, 1, why);
	}
	if (within == '"' || here != ',')
		return unreadable(why);
	c->wants = within == '{' ? WANTS_NAME : WANTS_VALUE;
	return keep(c, 1, why);
}

static int
take(struct copy *c, struct fault *why)
{
	uint8_t here = next(c);

	switch (c->wants) {
	case WANTS_MORE:
		return take_more(c, why);
	case WANTS_VALUE_OR_END:
		if (here == ']') {
			c->wants = WANTS_MORE;
			return 0;
		}
		return take_value(c, why);
	case WANTS_NAME_OR_END:
		if (here == '}') {
			c->wants = WANTS_MORE;
			return 0;
		}
		return take_name(c, why);
	case WANTS_NAME:
		return take_name(c, why);
	case WANTS_VALUE:
	default:
		return take_value(c, why);
	}
}

/* The same text as strict JSON, or as something that json_read refuses. */
static int
mend(const void *text, size_t len, struct bytes *out, struct fault *why)
{
	struct copy c = { .at = text, .out = out, .wants = WANTS_VALUE };

	c.end = c.at + len;
	do {
		if (take(&c, why) == -1)
			return -1;
	} while (c.depth > 0 || c.wants != WANTS_MORE);
	return next(&c) == 0 && c.at == c.end ? 0 : unreadable(why);
}

int
ping_text_read(const void *text, size_t len, struct json **out,
    struct fault *why)
{
	struct bytes mended;
	int rc = -1;

	*out = NULL;
	if (len > PING_TEXT_MAX)
		return unreadable(why);
	if (json_read(text, len, &limits, out, why) == 0)
		return 0;
	if (why->id == FAULT_NO_MEMORY)
		return -1;
	bytes_init(&mended, PING_TEXT_MAX);
	if (mend(text, len, &mended, why) == -1)
		goto done;
	rc = json_read(mended.at, mended.len, &limits, out, why);
	if (rc == -1 && why->id != FAULT_NO_MEMORY)
		rc = unreadable(why);

done:
	bytes_free(&mended);
	return rc;
}
