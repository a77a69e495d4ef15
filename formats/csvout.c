#include "formats/csvout.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/sink.h"
#include "base/text.h"

#define SHOWN_MOST 8 /* bytes that text_show makes of one */
#define ENDING 4     /* room for its "..." and NUL */
#define NOT_UTF8 0xffffffff

static bool
begins_formula(uint32_t c)
{
	static const uint32_t begin[] = { '=', '+', '-', '@', 0xff1d, 0xff0b,
		0xff0d, 0xff20, 0x2212, 0xfe62, 0xfe63, 0xfe66, 0xfe6b };

	for (size_t i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (c == begin[i])
			return true;
	return false;
}

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == NOT_UTF8;
}

/* Would a spreadsheet reckon with it? */
static bool
is_formula(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + strlen(text);

	if (*text == '\t' || *text == '\r' || *text == '\n')
		return true;
	while (at < end) {
		uint32_t c = text_next(&at, end);

		if (!text_is_blank(c) && !is_control(c))
			return begins_formula(c);
	}
	return false;
}

static int
add_field(struct sink *to, const char *text, struct fault *why)
{
	size_t room = SHOWN_MOST * strlen(text) + ENDING;
	const char *at, *quote;
	char *shown;
	int rc = -1;

	if ((shown = malloc(room)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "table");
	at = text_show(text, strlen(text), shown, room);
	if (sink_write(to, "\"", 1, why) == -1 ||
	    (is_formula(text) && sink_write(to, "'", 1, why) == -1))
		goto done;
	while ((quote = strchr(at, '"')) != NULL) {
		if (sink_write(to, at, (size_t)(quote - at) + 1, why) == -1 ||
		    sink_write(to, "\"", 1, why) == -1)
			goto done;
		at = quote + 1;
	}
	if (sink_write(to, at, strlen(at), why) == -1)
		goto done;
	rc = sink_write(to, "\"", 1, why);
done:
	free(shown);
	return rc;
}

int
csvout_row(struct sink *to, const char *const *fields, size_t count,
    struct fault *why)
{
	for (size_t i = 0; i < count; i++)
		if ((i > 0 && sink_write(to, ",", 1, why) == -1) ||
		    add_field(to, fields[i] != NULL ? fields[i] : "", why) ==
			-1)
			return -1;
	return sink_write(to, "\r\n", 2, why);
}
