#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/jsonout.h"
#include "base/sink.h"

static const struct escaping {
	const char *name;
	const char *text;
	const char *want;
} escapings[] = {
	{ "plain text is itself", "referral", "\"referral\"" },
	{ "the empty text", "", "\"\"" },
	{ "quotes and backslashes are escaped", "a\"b\\c", "\"a\\\"b\\\\c\"" },
	{ "a slash is not", "a/b", "\"a/b\"" },
	{ "short escapes where there are any", "\b\f\n\r\t",
	    "\"\\b\\f\\n\\r\\t\"" },
	{ "other controls in lower-case hex", "\x01\x0b\x1b\x1f",
	    "\"\\u0001\\u000b\\u001b\\u001f\"" },
	{ "DEL and C1 are raw", "\x7f\xc2\x85", "\"\x7f\xc2\x85\"" },
	{ "two, three and four bytes are raw",
	    "\xc3\xa9\xe1\x88\xb0\xf0\x9f\x8e\x92",
	    "\"\xc3\xa9\xe1\x88\xb0\xf0\x9f\x8e\x92\"" },
	{ "U+2028 is raw", "\xe2\x80\xa8", "\"\xe2\x80\xa8\"" },
	{ "a bad byte becomes U+FFFD", "a\xff!", "\"a\xef\xbf\xbd!\"" },
	{ "a character cut short too", "a\xe1\x88",
	    "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "a surrogate too, byte by byte", "\xed\xa0\x80",
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "U+FFFD itself is raw", "\xef\xbf\xbd", "\"\xef\xbf\xbd\"" },
	{ "escapes at both ends and side by side", "\n\nx\n",
	    "\"\\n\\nx\\n\"" },
};

static void
escaping_holds(void **state)
{
	const struct escaping *row = *state;
	struct fault why = { 0 };
	struct jsonout o;
	struct bytes b;
	struct sink *s;

	bytes_init(&b, 1000);
	s = bytes_sink_new(&b, &why);
	assert_non_null(s);
	jsonout_start(&o, s);
	jsonout_text(&o, NULL, row->text);
	assert_int_equal(jsonout_end(&o, &why), 0);
	assert_string_equal((const char *)b.at, row->want);
	sink_free(s);
	bytes_free(&b);
}

static void
nothing(struct jsonout *o)
{
	(void)o;
}

static void
empty_object(struct jsonout *o)
{
	jsonout_object(o, NULL);
	jsonout_object_end(o);
}

static void
empty_list(struct jsonout *o)
{
	jsonout_list(o, NULL);
	jsonout_list_end(o);
}

static void
everything(struct jsonout *o)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "a\"", "x");
	jsonout_text_or_null(o, "b", NULL);
	jsonout_text_or_null(o, "c", "y");
	jsonout_text_if(o, "d", NULL);
	jsonout_text_if(o, "e", "z");
	jsonout_integer(o, "f", -41);
	jsonout_boolean(o, "g", true);
	jsonout_boolean(o, "h", false);
	jsonout_null(o, "i");
	jsonout_raw(o, "j", "[1]...", 3);
	jsonout_object_end(o);
}

static void
nested(struct jsonout *o)
{
	jsonout_list(o, NULL);
	jsonout_object(o, NULL);
	jsonout_list(o, "a");
	jsonout_integer(o, NULL, 1);
	jsonout_integer(o, NULL, 2);
	jsonout_list_end(o);
	jsonout_object(o, "b");
	jsonout_object_end(o);
	jsonout_object_end(o);
	jsonout_text(o, NULL, "x");
	jsonout_list_end(o);
}

static void
extremes(struct jsonout *o)
{
	jsonout_list(o, NULL);
	jsonout_integer(o, NULL, INT64_MIN);
	jsonout_integer(o, NULL, INT64_MAX);
	jsonout_integer(o, NULL, 0);
	jsonout_list_end(o);
}

static void
lines(struct jsonout *o)
{
	empty_object(o);
	jsonout_newline(o);
	empty_list(o);
	jsonout_newline(o);
}

static void
deepest(struct jsonout *o)
{
	for (int i = 0; i < 39; i++)
		jsonout_list(o, NULL);
	for (int i = 0; i < 39; i++)
		jsonout_list_end(o);
}

static void
too_deep(struct jsonout *o)
{
	for (int i = 0; i < 50; i++)
		jsonout_list(o, NULL);
	for (int i = 0; i < 50; i++)
		jsonout_list_end(o);
}

static void
too_long(struct jsonout *o)
{
	jsonout_list(o, NULL);
	for (int i = 0; i < 100; i++)
		jsonout_text(o, NULL, "0123456789");
	jsonout_newline(o);
	jsonout_list_end(o);
}

static const struct writing {
	const char *name;
	void (*write)(struct jsonout *o);
	const char *want; /* NULL: whatever it is */
	enum fault_id fault;
} writings[] = {
	{ "nothing is written for nothing", nothing, "", FAULT_NONE },
	{ "an empty object", empty_object, "{}", FAULT_NONE },
	{ "an empty list", empty_list, "[]", FAULT_NONE },
	{ "every kind of value, names escaped, commas between", everything,
	    "{\"a\\\"\":\"x\",\"b\":null,\"c\":\"y\",\"e\":\"z\",\"f\":-41,"
	    "\"g\":true,\"h\":false,\"i\":null,\"j\":[1]}",
	    FAULT_NONE },
	{ "commas are right after something nested", nested,
	    "[{\"a\":[1,2],\"b\":{}},\"x\"]", FAULT_NONE },
	{ "the largest integers are whole", extremes,
	    "[-9223372036854775808,9223372036854775807,0]", FAULT_NONE },
	{ "lines have no commas between them", lines, "{}\n[]\n", FAULT_NONE },
	{ "39 levels are fine", deepest, NULL, FAULT_NONE },
	{ "50 levels are a fault and no overrun", too_deep, NULL,
	    FAULT_INSIDE },
	{ "the first fault of the sink is kept", too_long, NULL,
	    FAULT_SOURCE_TOO_LARGE },
};

static void
writing_holds(void **state)
{
	const struct writing *row = *state;
	struct fault why = { 0 };
	struct jsonout o;
	struct bytes b;
	struct sink *s;

	bytes_init(&b, 200);
	s = bytes_sink_new(&b, &why);
	assert_non_null(s);
	jsonout_start(&o, s);
	row->write(&o);
	assert_int_equal(jsonout_end(&o, &why),
	    row->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, row->fault);
	if (row->want != NULL)
		assert_string_equal(b.at != NULL ? (const char *)b.at : "",
		    row->want);
	sink_free(s);
	bytes_free(&b);
}

int
main(void)
{
	return ROWS_RUN("jsonout: escapes", escapings, escaping_holds) +
	    ROWS_RUN("jsonout: values", writings, writing_holds);
}
