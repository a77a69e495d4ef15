#include "systems/json_span.h"

#include <stddef.h>
#include <string.h>

static const char space[] = " \t\r\n";

const char *
json_span_space(const char *at, const char *end)
{
	while (at < end && *at != '\0' && strchr(space, *at) != NULL)
		at++;
	return at;
}

const char *
json_span_text(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : end;
}

/* A number or a word: it ends where something else begins. */
static const char *
skip_word(const char *at, const char *end)
{
	while (at < end && *at != '\0' && strchr(",]} \t\r\n", *at) == NULL)
		at++;
	return at;
}

const char *
json_span_value(const char *at, const char *end)
{
	size_t depth = 0;

	if (at < end && *at == '"')
		return json_span_text(at, end);
	if (at == end || (*at != '{' && *at != '['))
		return skip_word(at, end);
	while (at < end) {
		if (*at == '"') {
			at = json_span_text(at, end);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && --depth == 0)
			return at + 1;
		at++;
	}
	return at;
}

const char *
json_span_mark(const char *at, const char *end, char mark)
{
	at = json_span_space(at, end);
	if (at < end && *at == mark)
		at = json_span_space(at + 1, end);
	return at;
}
