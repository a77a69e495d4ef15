#include "tests/unit/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"
#include "formats/ndjson.h"

#define TEXT(t) (t), sizeof(t) - 1

struct member_case {
	const char *name;
	const char *text;
	size_t len;
	const char *lines; /* with '|' behind each */
	const char *fault; /* in the detail; NULL: a clean end */
};

static const struct member_case members[] = {
	{ "nothing", TEXT(""), "", NULL },
	{ "one line", TEXT("a\n"), "a|", NULL },
	{ "two lines", TEXT("a\nbc\n"), "a|bc|", NULL },
	{ "no last LF", TEXT("a\nb"), "a|", "does not end in LF" },
	{ "an LF alone", TEXT("\n"), "", "empty" },
	{ "an empty line", TEXT("a\n\nb\n"), "a|", "empty" },
	{ "an empty line at the end", TEXT("a\n\n"), "a|", "empty" },
	{ "a CR before the LF", TEXT("a\r\n"), "", "CR" },
	{ "a CR in the line", TEXT("a\rb\n"), "", "CR" },
	{ "a CR as line", TEXT("\r\n"), "", "CR" },
};

static void
member_holds(void **state)
{
	const struct member_case *c = *state;
	struct reader r = { (const uint8_t *)c->text, c->len };
	struct fault why = { 0 };
	struct view line;
	char lines[64] = "";
	size_t len = 0;
	int rc;

	while ((rc = ndjson_next(&r, &line, &why)) == 1) {
		memcpy(lines + len, line.bytes, line.len);
		len += line.len;
		lines[len++] = '|';
	}
	assert_string_equal(lines, c->lines);
	assert_int_equal(rc, c->fault == NULL ? 0 : -1);
	if (c->fault != NULL) {
		assert_int_equal(why.id, FAULT_BUNDLE_RECORD);
		assert_non_null(strstr(why.detail, c->fault));
	}
}

struct file_case {
	const char *name;
	const char *text;
	size_t len;
	const char *lines; /* number@offset=line| */
};

static const struct file_case files[] = {
	{ "nothing", TEXT(""), "" },
	{ "a byte order mark alone", TEXT("\xef\xbb\xbf"), "" },
	{ "one line", TEXT("a\n"), "1@0=a|" },
	{ "no last LF", TEXT("a\nb"), "1@0=a|2@2=b|" },
	{ "CRLF", TEXT("a\r\nb\r\n"), "1@0=a|2@3=b|" },
	{ "no last LF but a CR", TEXT("a\r"), "1@0=a|" },
	{ "empty lines are counted and passed over", TEXT("\n\r\na\n\nb\n\n"),
	    "3@3=a|5@6=b|" },
	{ "a byte order mark",
	    TEXT("\xef\xbb\xbf"
		 "a\nb\n"),
	    "1@3=a|2@5=b|" },
	{ "a byte order mark later on", TEXT("a\n\xef\xbb\xbf\n"),
	    "1@0=a|2@2=\xef\xbb\xbf|" },
	{ "a CR in a line stays", TEXT("a\rb\n"), "1@0=a\rb|" },
};

static void
file_holds(void **state)
{
	const struct file_case *c = *state;
	struct fault why = { 0 };
	struct source *from = source_from_bytes(c->text, c->len, &why);
	struct ndjson_file f;
	struct bytes line;
	uint64_t offset;
	char lines[128] = "";
	int rc;

	bytes_init(&line, NDJSON_LINE_MAX + 1);
	ndjson_file_start(&f, from);
	while ((rc = ndjson_file_next(&f, &line, &offset, &why)) == 1)
		(void)snprintf(lines + strlen(lines),
		    sizeof(lines) - strlen(lines), "%zu@%" PRIu64 "=%s|",
		    f.number, offset, (const char *)line.at);
	assert_int_equal(rc, 0);
	assert_string_equal(lines, c->lines);
	assert_int_equal(ndjson_file_next(&f, &line, &offset, &why), 0);
	bytes_free(&line);
	source_free(from);
}

struct long_case {
	const char *name;
	size_t len;
	const char *end;
	int member; /* what ndjson_next says */
	int file;   /* what ndjson_file_next says */
};

static const struct long_case longs[] = {
	{ "a line of just the limit", NDJSON_LINE_MAX, "\n", 1, 1 },
	{ "a line one too long", NDJSON_LINE_MAX + 1, "\n", -1, -1 },
	{ "a line much too long", 3000000, "\n", -1, -1 },
	{ "a line of just the limit and CRLF", NDJSON_LINE_MAX, "\r\n", -1, 1 },
	{ "a line of just the limit without LF", NDJSON_LINE_MAX, "", -1, 1 },
	{ "a line across the edge of the buffer", 8191, "\n", 1, 1 },
	{ "a CR at the edge of the buffer", 8191, "\r\n", -1, 1 },
	{ "an LF at the edge of the buffer", 8192, "\n", 1, 1 },
};

static void
long_holds(void **state)
{
	const struct long_case *c = *state;
	size_t end = strlen(c->end);
	char *text = malloc(c->len + end + 1);
	struct fault why = { 0 };
	struct ndjson_file f;
	struct source *from;
	struct bytes line;
	struct reader r;
	struct view view;
	uint64_t offset;

	assert_non_null(text);
	memset(text, 'a', c->len);
	memcpy(text + c->len, c->end, end + 1);
	r = (struct reader){ (const uint8_t *)text, c->len + end };
	assert_int_equal(ndjson_next(&r, &view, &why), c->member);
	from = source_from_bytes(text, c->len + end, &why);
	bytes_init(&line, NDJSON_LINE_MAX + 1);
	ndjson_file_start(&f, from);
	assert_int_equal(ndjson_file_next(&f, &line, &offset, &why), c->file);
	if (c->file == 1) {
		assert_int_equal(line.len, c->len);
		assert_int_equal(f.offset, c->len + end);
		assert_int_equal(ndjson_file_next(&f, &line, &offset, &why), 0);
	} else {
		assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	}
	bytes_free(&line);
	source_free(from);
	free(text);
}

int
main(void)
{
	return ROWS_RUN("ndjson", members, member_holds) +
	    ROWS_RUN("ndjson file", files, file_holds) +
	    ROWS_RUN("ndjson long", longs, long_holds);
}
