#include "base/jsonout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sink.h"
#include "base/text.h"

#define DEPTH_MAX \
	((int)(sizeof(((struct jsonout *)0)->inside) / sizeof(bool)) - 1)

void
jsonout_start(struct jsonout *o, struct sink *to)
{
	*o = (struct jsonout){ .to = to };
}

static void
put(struct jsonout *o, const void *bytes, size_t len)
{
	if (o->why.id == FAULT_NONE)
		(void)sink_write(o->to, bytes, len, &o->why);
}

static void
put_text(struct jsonout *o, const char *text)
{
	put(o, text, strlen(text));
}

/* What stands for c in a JSON string; NULL if it stands for itself. */
static const char *
escape(uint32_t c, char room[static 8])
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\b':
		return "\\b";
	case '\f':
		return "\\f";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case 0xffffffff:
		return "\xef\xbf\xbd"; /* U+FFFD */
	default:
		if (c >= 0x20)
			return NULL;
		(void)snprintf(room, 8, "\\u%04x", (unsigned)c);
		return room;
	}
}

static void
put_quoted(struct jsonout *o, const char *text)
{
	const uint8_t *at = (const uint8_t *)text, *plain = at, *before;
	const uint8_t *end = at + strlen(text);
	const char *instead;
	char room[8];

	put_text(o, "\"");
	while (at < end) {
		before = at;
		if ((instead = escape(text_next(&at, end), room)) == NULL)
			continue;
		put(o, plain, (size_t)(before - plain));
		put_text(o, instead);
		plain = at;
	}
	put(o, plain, (size_t)(end - plain));
	put_text(o, "\"");
}

/* The comma and the name that come before a value. */
static void
lead(struct jsonout *o, const char *name)
{
	if (o->why.id != FAULT_NONE)
		return;
	if (o->inside[o->depth])
		put_text(o, ",");
	o->inside[o->depth] = true;
	if (name == NULL)
		return;
	put_quoted(o, name);
	put_text(o, ":");
}

static void
open_level(struct jsonout *o, const char *name, const char *bracket)
{
	lead(o, name);
	put_text(o, bracket);
	if (o->why.id != FAULT_NONE)
		return;
	if (o->depth == DEPTH_MAX) {
		fault_set(&o->why, FAULT_INSIDE, "JSON nested too deeply");
		return;
	}
	o->inside[++o->depth] = false;
}

static void
close_level(struct jsonout *o, const char *bracket)
{
	put_text(o, bracket);
	if (o->why.id != FAULT_NONE)
		return;
	assert(o->depth > 0);
	o->depth--;
}

void
jsonout_object(struct jsonout *o, const char *name)
{
	open_level(o, name, "{");
}

void
jsonout_object_end(struct jsonout *o)
{
	close_level(o, "}");
}

void
jsonout_list(struct jsonout *o, const char *name)
{
	open_level(o, name, "[");
}

void
jsonout_list_end(struct jsonout *o)
{
	close_level(o, "]");
}

void
jsonout_text(struct jsonout *o, const char *name, const char *value)
{
	lead(o, name);
	put_quoted(o, value);
}

void
jsonout_text_or_null(struct jsonout *o, const char *name, const char *value)
{
	if (value != NULL)
		jsonout_text(o, name, value);
	else
		jsonout_null(o, name);
}

void
jsonout_text_if(struct jsonout *o, const char *name, const char *value)
{
	if (value != NULL)
		jsonout_text(o, name, value);
}

void
jsonout_integer(struct jsonout *o, const char *name, int64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64, value);
	lead(o, name);
	put_text(o, digits);
}

void
jsonout_boolean(struct jsonout *o, const char *name, bool value)
{
	lead(o, name);
	put_text(o, value ? "true" : "false");
}

void
jsonout_null(struct jsonout *o, const char *name)
{
	lead(o, name);
	put_text(o, "null");
}

void
jsonout_raw(struct jsonout *o, const char *name, const char *json, size_t len)
{
	lead(o, name);
	put(o, json, len);
}

void
jsonout_newline(struct jsonout *o)
{
	put_text(o, "\n");
	/* The next line's value is a first one again. */
	o->inside[0] = false;
}

int
jsonout_end(struct jsonout *o, struct fault *why)
{
	if (o->why.id != FAULT_NONE) {
		*why = o->why;
		return -1;
	}
	assert(o->depth == 0);
	return 0;
}
