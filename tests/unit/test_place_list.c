#include "systems/place_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "systems/place.h"
#include "systems/place_https.h"
#include "tests/unit/rows.h"

static const struct long_row {
	const char *name;
	const char *line;
	const char *found; /* NULL: passed over */
	int64_t size;
} longs[] = {
	{ "a file",
	    "-rw-r--r--    1 hub      hub          5000 Nov 23 01:59 x.satchel",
	    "x.satchel", 5000 },
	{ "an old file",
	    "-rw-r--r--    1 hub      hub          5000 Nov 23  2025 x.satchel",
	    "x.satchel", 5000 },
	{ "whatever it is called",
	    "-rw------- ? 0 0 16777216000 Nov  3 01:59  a  \"b\" ->",
	    " a  \"b\" ->", 16777216000 },
	{ "a folder", "drwxr-xr-x 2 hub hub 4096 Nov 23 01:59 x", NULL, 0 },
	{ "a link", "lrwxrwxrwx 1 hub hub 4096 Nov 23 01:59 x", NULL, 0 },
	{ "a part", "-rw-r--r-- 1 hub hub 5000 Nov 23 01:59 x.part", NULL, 0 },
	{ "too small for a bundle", "-rw-r--r-- 1 hub hub 399 Nov 23 01:59 x",
	    NULL, 0 },
	{ "no size", "-rw-r--r-- 1 hub hub many Nov 23 01:59 x", NULL, 0 },
	{ "a size below nothing", "-rw-r--r-- 1 hub hub -5000 Nov 23 01:59 x",
	    NULL, 0 },
	{ "a size beyond all",
	    "-rw-r--r-- 1 hub hub 99999999999999999999 Nov 23 01:59 x", NULL,
	    0 },
	{ "no name", "-rw-r--r-- 1 hub hub 5000 Nov 23 01:59 ", NULL, 0 },
	{ "no date", "-rw-r--r-- 1 hub hub 5000", NULL, 0 },
	{ "threat 43: a path for a name",
	    "-rw-r--r-- 1 hub hub 5000 Nov 23 01:59 ../x", NULL, 0 },
	{ "threat 43: a control character",
	    "-rw-r--r-- 1 hub hub 5000 Nov 23 01:59 \033[2Jx", NULL, 0 },
	{ "half a name that had a line break", "b.satchel", NULL, 0 },
	{ "nothing", "", NULL, 0 },
};

static void
long_holds(void **state)
{
	const struct long_row *r = *state;
	struct place_found f = { .size = -1 };

	assert_int_equal(place_list_long(r->line, &f), r->found != NULL);
	if (r->found == NULL)
		return;
	assert_string_equal(f.name, r->found);
	assert_int_equal(f.size, r->size);
	assert_int_not_equal(f.changed, 0);
}

static const struct index_row {
	const char *name;
	const char *text;
	enum fault_id fault;
	const char *found; /* "name size changed;" of each */
} indexes[] = {
	{ "as nginx gives it",
	    "[\n{ \"name\":\"old\", \"type\":\"directory\", \"mtime\":\"Mon, 23 "
	    "Nov 2026 01:40:00 GMT\" },\n{ \"name\":\"x.satchel\", "
	    "\"type\":\"file\", \"mtime\":\"Mon, 23 Nov 2026 01:40:00 GMT\", "
	    "\"size\":5000 }\n]",
	    FAULT_NONE, "x.satchel 5000 1795398000;" },
	{ "nothing lies there", "[]", FAULT_NONE, "" },
	{ "parts and crumbs are passed over",
	    "[{\"name\":\"x.part\",\"type\":\"file\",\"size\":5000},"
	    "{\"name\":\"y\",\"type\":\"file\",\"size\":1},"
	    "{\"name\":\"z\",\"type\":\"file\",\"size\":400}]",
	    FAULT_NONE, "z 400 0;" },
	{ "threat 43: so are paths",
	    "[{\"name\":\"../x\",\"type\":\"file\",\"size\":5000},"
	    "{\"name\":\"..\",\"type\":\"file\",\"size\":5000},"
	    "{\"name\":\"\",\"type\":\"file\",\"size\":5000}]",
	    FAULT_NONE, "" },
	{ "a size that cannot be",
	    "[{\"name\":\"x\",\"type\":\"file\",\"size\":-5},"
	    "{\"name\":\"y\",\"type\":\"file\",\"size\":\"5000\"}]",
	    FAULT_NONE, "" },
	{ "a page for people", "<html><a href=\"x\">x</a></html>",
	    FAULT_PLACE_NO_LIST, "" },
	{ "an object", "{\"files\":[]}", FAULT_PLACE_NO_LIST, "" },
	{ "an entry without a name", "[{\"type\":\"file\",\"size\":5000}]",
	    FAULT_PLACE_NO_LIST, "" },
	{ "entries that are none", "[1]", FAULT_PLACE_NO_LIST, "" },
	{ "nothing at all", "", FAULT_PLACE_NO_LIST, "" },
};

static int
note_found(const struct place_found *f, void *context, struct fault *why)
{
	char *out = context;
	size_t len = strlen(out);

	(void)why;
	(void)snprintf(out + len, 200 - len, "%s %lld %lld;", f->name,
	    (long long)f->size, (long long)f->changed);
	return 0;
}

static void
index_holds(void **state)
{
	const struct index_row *r = *state;
	struct fault why = { .id = FAULT_NONE };
	char found[200] = "";
	int rc =
	    place_list_index(r->text, strlen(r->text), note_found, found, &why);

	assert_int_equal(rc == -1 ? why.id : FAULT_NONE, r->fault);
	assert_string_equal(found, r->found);
}

static const struct escape_row {
	const char *name;
	const char *text;
	const char *plain; /* NULL: refused */
} escapes[] = {
	{ "nothing to undo", "/a/b c", "/a/b c" },
	{ "a space", "/a%20b", "/a b" },
	{ "either case", "%c3%BC", "\xc3\xbc" },
	{ "a percent sign", "%2520", "%20" },
	{ "half an escape", "a%2", NULL },
	{ "no escape", "a%zz", NULL },
	{ "an end within", "a%00b", NULL },
};

static void
escape_holds(void **state)
{
	const struct escape_row *r = *state;
	struct fault why = { .id = FAULT_NONE };
	char *plain = place_list_unescaped(r->text, &why);

	if (r->plain == NULL) {
		assert_null(plain);
		assert_int_equal(why.id, FAULT_SERVER_ADDRESS);
	} else {
		assert_string_equal(plain, r->plain);
	}
	free(plain);
}

static const struct range_row {
	const char *name;
	const char *text;
	bool good;
	int64_t from, size;
} ranges[] = {
	{ "a part", "bytes 5-9/20", true, 5, 20 },
	{ "of nobody knows how many", "bytes 0-9/*", true, 0, -1 },
	{ "none", NULL, false, 0, 0 },
	{ "not satisfied", "bytes */20", false, 0, 0 },
	{ "other units", "lines 5-9/20", false, 0, 0 },
	{ "no end", "bytes 5-/20", false, 0, 0 },
	{ "no size", "bytes 5-9/", false, 0, 0 },
	{ "text behind it", "bytes 5-9/20x", false, 0, 0 },
	{ "a sign", "bytes -5-9/20", false, 0, 0 },
};

static void
range_holds(void **state)
{
	const struct range_row *r = *state;
	int64_t from = 0, size = 0;

	assert_int_equal(place_https_range(r->text, &from, &size), r->good);
	if (!r->good)
		return;
	assert_int_equal(from, r->from);
	assert_int_equal(size, r->size);
}

int
main(void)
{
	int failed = ROWS_RUN("a line of an SFTP listing", longs, long_holds);

	failed += ROWS_RUN("a listing in JSON", indexes, index_holds);
	failed += ROWS_RUN("escapes of an address", escapes, escape_holds);
	failed += ROWS_RUN("Content-Range", ranges, range_holds);
	return failed;
}
