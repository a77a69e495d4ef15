#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"
#include "formats/json.h"
#include "formats/jsonitems.h"

struct items_case {
	const char *name;
	const char *text;
	const char *ids; /* the members "id" of the records before the end */
	enum jsonitems_shape shape;
	enum fault_id fault; /* FAULT_NONE: a clean end */
	const char *detail;
};

#define LISTS JSONITEMS_LISTS
#define DATA JSONITEMS_DATA
#define ALONE JSONITEMS_OBJECT
#define NOTHING JSONITEMS_NONE
#define OK FAULT_NONE, ""
#define BAD FAULT_JSON
#define FORM FAULT_SOURCE_FORM

static const struct items_case cases[] = {
	{ "nothing at all", "", "", NOTHING, OK },
	{ "white space alone", " \t\r\n\n", "", NOTHING, OK },
	{ "a byte order mark alone", "\xef\xbb\xbf", "", NOTHING, OK },
	{ "a list", "[{\"id\":\"a\"},{\"id\":\"b\"}]", "ab", LISTS, OK },
	{ "an empty list", "[ ]", "", LISTS, OK },
	{ "several lists", "[{\"id\":\"a\"}]\n[{\"id\":\"b\"}] []", "ab", LISTS,
	    OK },
	{ "lists without space between", "[][{\"id\":\"a\"}][]", "a", LISTS,
	    OK },
	{ "a byte order mark before a list", "\xef\xbb\xbf [{\"id\":\"a\"}]",
	    "a", LISTS, OK },
	{ "an answer", "{\"data\":[{\"id\":\"a\"}],\"metadata\":{\"total\":1}}",
	    "a", DATA, OK },
	{ "an answer of one record", "{\"data\":{\"id\":\"a\"}}", "a", DATA,
	    OK },
	{ "an answer as PING writes it",
	    "{\"Data\":[{\"id\":\"a\"}],\"ErrorMessage\":null,"
	    "\"RecordCount\":1.5}",
	    "a", DATA, OK },
	{ "no data available",
	    "{\"Data\":\"No Data Available\",\"RecordCount\":0}", "", DATA,
	    OK },
	{ "interventions as DTP writes them",
	    "{\"__query_params\":{},\"interventions\":[{\"id\":\"a\"}],"
	    "\"request_type\":\"x\"}",
	    "a", DATA, OK },
	{ "one intervention alone", "{\"interventions\":{\"id\":\"a\"}}", "a",
	    DATA, OK },
	{ "interventions inside a record are a member like any other",
	    "[{\"id\":\"a\",\"interventions\":[1]}]", "a", LISTS, OK },
	{ "a name that only resembles one",
	    "{\"id\":\"a\",\"Interventions\":[{}],\"DATA\":[]}", "a", ALONE,
	    OK },
	{ "data after other members",
	    "{\"__query_params\":{\"a\":[\"]}\\\"\"]}, \"x\":12 , "
	    "\"data\" : [ {\"id\":\"a\"} ] }\n",
	    "a", DATA, OK },
	{ "a name written with an escape", "{\"d\\u0061ta\":[{\"id\":\"a\"}]}",
	    "a", DATA, OK },
	{ "an empty list of data", "{\"data\":[]}", "", DATA, OK },
	{ "an object is a record", " {\"id\":\"a\",\"x\":{\"data\":[1]}} ", "a",
	    ALONE, OK },
	{ "an empty object is a record", "{}", "?", ALONE, OK },
	{ "brackets and quotes inside texts",
	    "[{\"x\":\"]}\\\\\",\"id\":\"a\"},{\"y\":\"\\\"[{\",\"id\":\"b\"}]",
	    "ab", LISTS, OK },

	{ "a number at the top", "12", "", NOTHING, FORM, "begins with" },
	{ "a text at the top", "\"data\"", "", NOTHING, FORM, "begins with" },
	{ "something else at the top", "<html>", "", NOTHING, FORM, "begins" },
	{ "a number in a list", "[{\"id\":\"a\"},1]", "a", LISTS, FORM,
	    "item 2" },
	{ "a text in a list", "[\"a\"]", "", LISTS, FORM, "item 1" },
	{ "null in a list", "[null]", "", LISTS, FORM, "item 1" },
	{ "a list in a list", "[[{}]]", "", LISTS, FORM, "item 1" },
	{ "a number as data", "{\"data\":1}", "", DATA, FORM, "neither" },
	{ "null as data", "{\"data\":null}", "", DATA, FORM, "neither" },
	{ "another text as data", "{\"data\":\"no data available\"}", "", DATA,
	    FORM, "a text" },

	{ "a list that does not end", "[{\"id\":\"a\"}", "a", LISTS, BAD,
	    "column 12: an end" },
	{ "a record that does not end", "[{\"id\":\"a\"", "", LISTS, BAD,
	    "too early" },
	{ "a text that does not end", "[{\"id\":\"a", "", LISTS, BAD,
	    "does not end" },
	{ "a list that ends in a comma", "[{\"id\":\"a\"},", "a", LISTS, BAD,
	    "too early" },
	{ "a comma before the end", "[{\"id\":\"a\"},]", "a", LISTS, BAD,
	    "should be" },
	{ "a comma first", "[,{}]", "", LISTS, BAD, "should be" },
	{ "no comma", "[{\"id\":\"a\"}{\"id\":\"b\"}]", "a", LISTS, BAD,
	    "where it cannot be" },
	{ "a word in a list", "[nulll]", "", LISTS, BAD, "" },
	{ "a list closed as an object", "[{\"id\":\"a\"}}", "a", LISTS, BAD,
	    "where it cannot be" },
	{ "a comma between lists", "[],[]", "", LISTS, BAD, "after the end" },
	{ "an object behind a list", "[]{}", "", LISTS, BAD, "after" },
	{ "a list behind an object", "{\"id\":\"a\"}[]", "a", ALONE, BAD,
	    "after" },
	{ "a list behind an answer", "{\"data\":[]}[]", "", DATA, BAD,
	    "after" },
	{ "something behind an answer", "{\"data\":[]}x", "", DATA, BAD,
	    "after" },
	{ "a byte order mark between lists", "[]\xef\xbb\xbf[]", "", LISTS, BAD,
	    "after" },
	{ "two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf[]", "", NOTHING,
	    FORM, "" },
	{ "an answer that does not end", "{\"data\":[]", "", DATA, BAD,
	    "too early" },
	{ "an answer without a colon", "{\"data\"[]}", "", NOTHING, BAD, "" },
	{ "an answer without a value", "{\"data\":}", "", DATA, BAD, "" },
	{ "an answer that ends at data", "{\"data\":", "", DATA, BAD, "" },
	{ "data twice", "{\"data\":[{\"id\":\"a\"}],\"data\":[]}", "a", DATA,
	    BAD, "second member for" },
	{ "data and Data", "{\"data\":[],\"Data\":[]}", "", DATA, BAD,
	    "second member for" },
	{ "data behind interventions",
	    "{\"interventions\":[{\"id\":\"a\"}],\"data\":[]}", "a", DATA, BAD,
	    "second member for" },
	{ "interventions behind data", "{\"Data\":[],\"interventions\":[]}", "",
	    DATA, BAD, "second member for" },
	{ "interventions twice", "{\"interventions\":[],\"interventions\":[]}",
	    "", DATA, BAD, "second member for" },
	{ "a text as interventions", "{\"interventions\":\"none\"}", "", DATA,
	    FORM, "a text" },
	{ "a name twice around interventions",
	    "{\"x\":1,\"interventions\":[],\"x\":2}", "", DATA, BAD,
	    "same name" },
	{ "a name twice behind data", "{\"data\":[],\"x\":1,\"\\u0078\":1}", "",
	    DATA, BAD, "same name" },
	{ "a name before and behind data", "{\"x\":1,\"data\":[],\"x\":1}", "",
	    DATA, BAD, "same name" },
	{ "a name twice inside metadata",
	    "{\"data\":[],\"m\":{\"x\":1,\"x\":1}}", "", DATA, BAD,
	    "column 23: a second member" },
	{ "a name twice in a record", "[{\"x\":1,\"x\":1}]", "", LISTS, BAD,
	    "a second member" },
	{ "a name twice in an object alone", "{\"x\":1,\"x\":1}", "", NOTHING,
	    BAD, "a second member" },
	{ "a comma at the end of an answer", "{\"data\":[],}", "", DATA, BAD,
	    "" },
	{ "a comma at the end of an object", "{\"id\":\"a\",}", "", NOTHING,
	    BAD, "" },
	{ "no comma in an object", "{\"id\":\"a\" \"x\":1}", "", NOTHING, BAD,
	    "where it cannot be" },
	{ "bad UTF-8 in metadata", "{\"data\":[],\"m\":\"\xff\"}", "", DATA,
	    BAD, "not UTF-8" },
	{ "an integer beyond 2^53 in metadata",
	    "{\"m\":9007199254740993,\"data\":[]}", "", NOTHING, BAD,
	    "line 1, column 6" },
	{ "lines count through the file",
	    "[\n{\"id\":\"a\"},\n{\"id\":\"b\",\n \"x\":01}]", "a", LISTS, BAD,
	    "line 4, column 6" },
};

static void
id_of(const struct json *record, char *out)
{
	const char *id = json_get_text(json_root(record), "id");

	out[0] = id == NULL ? '?' : id[0];
	out[1] = '\0';
}

static void
case_holds(void **state)
{
	const struct items_case *c = *state;
	struct fault why = { 0 };
	struct source *from = source_from_bytes(c->text, strlen(c->text), &why);
	struct jsonitems *items = jsonitems_new(from, &why);
	struct json *record;
	char ids[32] = "";
	size_t number = 0;
	size_t count = 0;
	int rc;

	assert_non_null(items);
	while ((rc = jsonitems_next(items, &record, &number, &why)) == 1) {
		assert_int_equal(number, ++count);
		id_of(record, ids + strlen(ids));
		json_free(record);
	}
	assert_string_equal(ids, c->ids);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, c->fault);
	assert_non_null(strstr(why.detail, c->detail));
	assert_int_equal(jsonitems_shape(items), c->shape);
	if (rc == 0)
		assert_int_equal(jsonitems_next(items, &record, &number, &why),
		    0);
	jsonitems_free(items);
	source_free(from);
}

/*
 * A record of about that size, or several: lengths around the size of a piece
 * let every token be cut somewhere.
 */
struct size_case {
	const char *name;
	size_t pad;
	size_t count;
	const char *before;
	const char *after;
	enum fault_id fault;
};

#define LARGE ((size_t)JSONITEMS_RECORD_MAX - 200000)

static const struct size_case sizes[] = {
	{ "records across the edge of a piece", 16370, 9, "[", "]",
	    FAULT_NONE },
	{ "many small records", 7, 30000, "[", "]", FAULT_NONE },
	{ "many records in an answer", 997, 3000, "{\"q\":{},\"data\":[",
	    "],\"m\":1}", FAULT_NONE },
	{ "a record of nearly the limit", LARGE, 2, "[", "]", FAULT_NONE },
	{ "a long name behind a large record", LARGE, 1, "{\"data\":[",
	    "],\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\":1}",
	    FAULT_NONE },
	{ "a record over the limit", (size_t)JSONITEMS_RECORD_MAX, 1, "[", "]",
	    FAULT_SOURCE_TOO_LARGE },
	{ "an object alone over the limit", (size_t)JSONITEMS_RECORD_MAX, 1, "",
	    "", FAULT_SOURCE_TOO_LARGE },
	{ "metadata over the limit", (size_t)JSONITEMS_RECORD_MAX, 1,
	    "{\"data\":[],\"m\":", "}", FAULT_SOURCE_TOO_LARGE },
};

/* {"x":["aaa..","aaa..",..]}: one text alone may not be that long. */
static void
add_record(struct bytes *text, size_t pad)
{
	char piece[1001];
	struct fault why;

	memset(piece, 'a', sizeof(piece));
	assert_int_equal(bytes_add_text(text, "{\"x\":[\"", &why), 0);
	for (; pad > 0; pad -= pad < 1000 ? pad : 1000) {
		assert_int_equal(bytes_add(text, piece, pad < 1000 ? pad : 1000,
				     &why),
		    0);
		if (pad > 1000)
			assert_int_equal(bytes_add_text(text, "\",\"", &why),
			    0);
	}
	assert_int_equal(bytes_add_text(text, "\"]}", &why), 0);
}

static void
size_holds(void **state)
{
	const struct size_case *c = *state;
	struct fault why = { 0 };
	struct jsonitems *items;
	struct source *from;
	struct json *record;
	struct bytes text;
	size_t number = 0;
	int rc;

	bytes_init(&text, (size_t)64 << 20);
	assert_int_equal(bytes_add_text(&text, c->before, &why), 0);
	for (size_t i = 0; i < c->count; i++) {
		if (i > 0)
			assert_int_equal(bytes_add_text(&text, ", ", &why), 0);
		add_record(&text, c->pad);
	}
	assert_int_equal(bytes_add_text(&text, c->after, &why), 0);
	from = source_from_bytes(text.at, text.len, &why);
	items = jsonitems_new(from, &why);
	assert_non_null(items);
	while ((rc = jsonitems_next(items, &record, &number, &why)) == 1)
		json_free(record);
	if (c->fault == FAULT_NONE) {
		assert_int_equal(rc, 0);
		assert_int_equal(number, c->count);
	} else {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, c->fault);
	}
	jsonitems_free(items);
	jsonitems_free(NULL);
	source_free(from);
	bytes_free(&text);
}

/* What is known around the records, and how long the last one was. */
static const struct around_case {
	const char *name;
	const char *text;
	const char *member; /* to ask for */
	const char *value;  /* its text; "null", or NULL: not there */
	size_t bytes;	    /* of the last record */
} arounds[] = {
	{ "a member before the records",
	    "{\"ErrorMessage\":\"no\",\"Data\":[{\"id\":1}]}", "ErrorMessage",
	    "no", 8 },
	{ "a member behind the records", "{\"Data\":[{}],\"E\":\"no\"}", "E",
	    "no", 2 },
	{ "white space is not counted", "{\"Data\":[ {} , { \"a\" : 1 } ]}",
	    "E", NULL, 11 },
	{ "one record alone is counted", " {\"id\": 1} ", "id", NULL, 9 },
	{ "null is there", "{\"Data\":[],\"E\":null}", "E", "null", 0 },
	{ "a name with an escape is that name",
	    "{\"Data\":[],\"\\u0045\":\"no\"}", "E", "no", 0 },
	{ "letters count as they are written", "{\"Data\":[],\"E\":\"no\"}",
	    "e", NULL, 0 },
	{ "the records are not among them", "{\"Data\":[{}],\"E\":1}", "Data",
	    NULL, 2 },
	{ "nor are the interventions",
	    "{\"interventions\":[{}],\"request_type\":\"x\"}", "interventions",
	    NULL, 2 },
	{ "but what stands beside them is",
	    "{\"__query_params\":{},\"interventions\":[{}],"
	    "\"request_type\":\"x\"}",
	    "request_type", "x", 2 },
	{ "a member inside a record is none of them",
	    "{\"Data\":[{\"E\":\"no\"}]}", "E", NULL, 10 },
	{ "a list has nothing around it", "[{\"E\":\"no\"}]", "E", NULL, 10 },
	{ "an answer of no data has the rest",
	    "{\"Data\":\"No Data Available\",\"E\":\"no\"}", "E", "no", 0 },
};

static void
around_holds(void **state)
{
	const struct around_case *c = *state;
	struct fault why = { 0 };
	struct source *from = source_from_bytes(c->text, strlen(c->text), &why);
	struct jsonitems *items = jsonitems_new(from, &why);
	const struct json_node *n;
	struct json *record;
	size_t number;
	int rc;

	assert_non_null(items);
	while ((rc = jsonitems_next(items, &record, &number, &why)) == 1) {
		assert_null(jsonitems_around(items, c->member));
		json_free(record);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(jsonitems_record_bytes(items), c->bytes);
	n = jsonitems_around(items, c->member);
	if (c->value == NULL)
		assert_null(n);
	else if (strcmp(c->value, "null") == 0)
		assert_true(json_is_null(n));
	else
		assert_string_equal(json_text(n), c->value);
	jsonitems_free(items);
	source_free(from);
}

/* {"E":["aaa..",..],"Data":[],"F":1}, with a first member of that length. */
static const struct long_case {
	const char *name;
	size_t bytes; /* of "E" and its value */
	bool kept;
} longs[] = {
	{ "a long member is kept", JSONITEMS_AROUND_MAX, true },
	{ "a longer one is not", JSONITEMS_AROUND_MAX + 1, false },
	{ "nor is one over many pieces", 180000, false },
};

static void
long_holds(void **state)
{
	const struct long_case *c = *state;
	struct fault why = { 0 };
	struct jsonitems *items;
	struct source *from;
	struct json *record;
	struct bytes text;
	size_t number;

	bytes_init(&text, (size_t)2 << 20);
	assert_int_equal(bytes_add_text(&text, "{\"E\":[1", &why), 0);
	/* Of the length, "E" takes three and [1] takes three. */
	for (size_t i = 6; i + 2 <= c->bytes; i += 2)
		assert_int_equal(bytes_add_text(&text, ",1", &why), 0);
	if (c->bytes % 2 == 1)
		assert_int_equal(bytes_add_text(&text, "1", &why), 0);
	assert_int_equal(bytes_add_text(&text, "],\"Data\":[],\"F\":1}", &why),
	    0);
	from = source_from_bytes(text.at, text.len, &why);
	items = jsonitems_new(from, &why);
	assert_int_equal(jsonitems_next(items, &record, &number, &why), 0);
	assert_int_equal(jsonitems_around(items, "E") != NULL, c->kept);
	assert_int_equal(jsonitems_is_long(items, "E"), !c->kept);
	assert_non_null(jsonitems_around(items, "F"));
	assert_false(jsonitems_is_long(items, "F"));
	assert_false(jsonitems_is_long(items, "G"));
	jsonitems_free(items);
	source_free(from);
	bytes_free(&text);
}

int
main(void)
{
	return ROWS_RUN("jsonitems", cases, case_holds) +
	    ROWS_RUN("jsonitems sizes", sizes, size_holds) +
	    ROWS_RUN("jsonitems around", arounds, around_holds) +
	    ROWS_RUN("jsonitems long members", longs, long_holds);
}
