/*
 * Parts of JSON, as they stand in it.  A row names a text, and what of it is
 * the value at its beginning; cut anywhere, nothing behind its end is looked at.
 */
#include "systems/json_span.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/rows.h"

static const struct row {
	const char *name;
	const char *text;
	const char *value;
} rows[] = {
	{ "a number ends at a comma", "12.50,3", "12.50" },
	{ "a number ends at a space", "12 ]", "12" },
	{ "a word ends at a brace", "null}", "null" },
	{ "a text with quotes and brackets", "\"a\\\"]}\",1", "\"a\\\"]}\"" },
	{ "a text that ends with a backslash", "\"a\\\\\",1", "\"a\\\\\"" },
	{ "a list in a list", "[1,[2,\"]\"]],4", "[1,[2,\"]\"]]" },
	{ "an object with a brace in a name", "{\"}\":{\"a\":[]}} ,1",
	    "{\"}\":{\"a\":[]}}" },
	{ "nothing", "", "" },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	const char *end = row->text + strlen(row->text);

	assert_int_equal(json_span_value(row->text, end) - row->text,
	    strlen(row->value));
}

/* On memory of its own, so that a sanitizer sees a step too far. */
static void
cut_holds(void **state)
{
	const struct row *row = *state;

	for (size_t len = 0; len <= strlen(row->text); len++) {
		char *text = malloc(len > 0 ? len : 1);
		const char *end;

		assert_non_null(text);
		memcpy(text, row->text, len);
		end = text + len;
		assert_true(json_span_value(text, end) <= end);
		assert_true(json_span_space(text, end) <= end);
		assert_true(json_span_mark(text, end, ',') <= end);
		if (len > 0 && *text == '"')
			assert_true(json_span_text(text, end) <= end);
		free(text);
	}
}

int
main(void)
{
	return ROWS_RUN("json_span", rows, row_holds) +
	    ROWS_RUN("json_span cut", rows, cut_holds);
}
