/* A row is a field as it comes, and as it stands in the table. */
#include "formats/csvout.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "tests/unit/rows.h"

#define ROOM ((size_t)1024 * 1024)

static const struct row {
	const char *name;
	const char *field;
	const char *want;
} fields[] = {
	{ "a plain text is quoted", "a b", "\"a b\"" },
	{ "nothing is an empty field", "", "\"\"" },
	{ "what is not known is an empty field", NULL, "\"\"" },
	{ "a number is quoted too", "12", "\"12\"" },
	{ "a quote is doubled", "a\"b", "\"a\"\"b\"" },
	{ "a comma and a semicolon stay inside", "a,b;c", "\"a,b;c\"" },
	{ "other writing stays", "\xd8\xb3\xd9\x84", "\"\xd8\xb3\xd9\x84\"" },
	{ "a sign behind the first letter is no formula", "a=1", "\"a=1\"" },
	{ "a line end is shown, and is none", "a\nb", "\"a<U+000A>b\"" },
	{ "threat 37: =", "=1+1", "\"'=1+1\"" },
	{ "threat 37: +", "+1", "\"'+1\"" },
	{ "threat 37: a telephone number", "+251 900 000000",
	    "\"'+251 900 000000\"" },
	{ "threat 37: -", "-1", "\"'-1\"" },
	{ "threat 37: @", "@SUM(A1)", "\"'@SUM(A1)\"" },
	{ "threat 37: a sign alone", "=", "\"'=\"" },
	{ "threat 37: a macro", "=cmd|'/c calc'!A0", "\"'=cmd|'/c calc'!A0\"" },
	{ "threat 37: a link", "=HYPERLINK(\"http://a\")",
	    "\"'=HYPERLINK(\"\"http://a\"\")\"" },
	{ "threat 37: behind a blank", " =1", "\"' =1\"" },
	{ "threat 37: behind many", " \xc2\xa0\xe3\x80\x80=1",
	    "\"' \xc2\xa0\xe3\x80\x80=1\"" },
	{ "threat 37: a tab first", "\tabc", "\"'<U+0009>abc\"" },
	{ "threat 37: a return first", "\rabc", "\"'<U+000D>abc\"" },
	{ "threat 37: a line end first", "\nabc", "\"'<U+000A>abc\"" },
	{ "threat 37: behind a tab", "\t=1", "\"'<U+0009>=1\"" },
	{ "threat 37: behind no width", "\xe2\x80\x8b=1", "\"'<U+200B>=1\"" },
	{ "threat 37: behind a byte order mark", "\xef\xbb\xbf=1",
	    "\"'<U+FEFF>=1\"" },
	{ "threat 37: behind a mark of direction", "\xe2\x80\xae=1",
	    "\"'<U+202E>=1\"" },
	{ "threat 37: behind a control", "\x01=1", "\"'<U+0001>=1\"" },
	{ "threat 37: behind a byte that is no text", "\xff=1",
	    "\"'<0xFF>=1\"" },
	{ "threat 37: = in full width",
	    "\xef\xbc\x9d"
	    "1",
	    "\"'\xef\xbc\x9d"
	    "1\"" },
	{ "threat 37: + in full width",
	    "\xef\xbc\x8b"
	    "1",
	    "\"'\xef\xbc\x8b"
	    "1\"" },
	{ "threat 37: - in full width",
	    "\xef\xbc\x8d"
	    "1",
	    "\"'\xef\xbc\x8d"
	    "1\"" },
	{ "threat 37: @ in full width",
	    "\xef\xbc\xa0"
	    "A",
	    "\"'\xef\xbc\xa0"
	    "A\"" },
	{ "threat 37: = in full width behind a blank",
	    " \xef\xbc\x9d"
	    "1",
	    "\"' \xef\xbc\x9d"
	    "1\"" },
	{ "threat 37: a minus sign",
	    "\xe2\x88\x92"
	    "1",
	    "\"'\xe2\x88\x92"
	    "1\"" },
	{ "threat 39: an escape is shown", "a\x1b[2J", "\"a<U+001B>[2J\"" },
	{ "threat 41: no line can be put in",
	    "a\xe2\x80\xa8"
	    "b\xc2\x85"
	    "c",
	    "\"a<U+2028>b<U+0085>c\"" },
};

static void
field_holds(void **state)
{
	const struct row *r = *state;
	const char *const row[] = { "x", r->field };
	char want[256];
	struct bytes out;
	struct sink *to;
	struct fault why;

	bytes_init(&out, ROOM);
	assert_non_null(to = bytes_sink_new(&out, &why));
	assert_int_equal(csvout_row(to, row, 2, &why), 0);
	sink_free(to);
	(void)snprintf(want, sizeof(want), "\"x\",%s\r\n", r->want);
	assert_string_equal((const char *)out.at, want);
	bytes_free(&out);
}

int
main(void)
{
	return ROWS_RUN("csvout", fields, field_holds);
}
