#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"

#define TEXT(t) (t), sizeof(t) - 1

struct gate_case {
	const char *name;
	const char *text;
	size_t len;
	const char *found; /* NULL: it passes; else in the fault's detail */
};

static const struct gate_case foreign[] = {
	/* y: what must pass */
	{ "y an empty list", TEXT("[]"), NULL },
	{ "y an empty object", TEXT("{}"), NULL },
	{ "y an empty list with space in it", TEXT("[ ]"), NULL },
	{ "y all four kinds of white space", TEXT(" \t\r\n[\n1 ]\r\n"), NULL },
	{ "y a lonely true", TEXT("true"), NULL },
	{ "y a lonely false", TEXT("false"), NULL },
	{ "y a lonely null", TEXT("null"), NULL },
	{ "y a lonely text", TEXT("\"asd\""), NULL },
	{ "y a lonely empty text", TEXT("\"\""), NULL },
	{ "y a lonely integer", TEXT("42"), NULL },
	{ "y a lonely negative real", TEXT("-0.1"), NULL },
	{ "y a list of different things", TEXT("[null,1,\"1\",{}]"), NULL },
	{ "y a list in a list", TEXT("[[]   ]"), NULL },
	{ "y several nulls", TEXT("[1,null,null,null,2]"), NULL },
	{ "y a line feed at the end", TEXT("[\"a\"]\n"), NULL },
	{ "y 0e+1", TEXT("[0e+1]"), NULL },
	{ "y 0e1", TEXT("[0e1]"), NULL },
	{ "y 20e1", TEXT("[20e1]"), NULL },
	{ "y 1E22", TEXT("[1E22]"), NULL },
	{ "y 1E-2", TEXT("[1E-2]"), NULL },
	{ "y 1E+2", TEXT("[1E+2]"), NULL },
	{ "y 123.456e78", TEXT("[123.456e78]"), NULL },
	{ "y 123.456789", TEXT("[123.456789]"), NULL },
	{ "y minus zero", TEXT("[-0]"), NULL },
	{ "y a negative integer", TEXT("[-123]"), NULL },
	{ "y a real close to zero and 80 digits long",
	    TEXT("[-0.000000000000000000000000000000000000000000000000000000"
		 "000000000000000000000001]"),
	    NULL },
	{ "i a real that no double holds", TEXT("[1e400,-1e+9999]"), NULL },
	{ "i a real that is too small", TEXT("[123e-10000000]"), NULL },
	{ "y 2^53", TEXT("[9007199254740992,-9007199254740992]"), NULL },
	{ "y a name that is empty", TEXT("{\"\":0}"), NULL },
	{ "y a name with an escape", TEXT("{\"a\\u000fb\":42}"), NULL },
	{ "y members over several lines", TEXT("{\n\"a\": \"b\"\n}"), NULL },
	{ "y names that differ by case", TEXT("{\"a\":1,\"A\":2}"), NULL },
	{ "y the same name at two depths", TEXT("{\"a\":{\"a\":1}}"), NULL },
	{ "y the same name in two items", TEXT("[{\"a\":1},{\"a\":1}]"), NULL },
	{ "y a name that begins another", TEXT("{\"a\":1,\"ab\":2}"), NULL },
	{ "y all simple escapes", TEXT("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	    NULL },
	{ "y an escaped control character", TEXT("[\"\\u0012\"]"), NULL },
	{ "y hex digits in both cases", TEXT("[\"\\u00eF\\uABcd\"]"), NULL },
	{ "y a surrogate pair", TEXT("[\"\\uD801\\udc37\"]"), NULL },
	{ "y two surrogate pairs", TEXT("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
	    NULL },
	{ "y the last character as a pair", TEXT("[\"\\uDBFF\\uDFFF\"]"),
	    NULL },
	{ "y escaped noncharacters", TEXT("[\"\\uFFFF\\uFDD0\\uFFFE\"]"),
	    NULL },
	{ "y a raw noncharacter", TEXT("[\"\xef\xbf\xbf\"]"), NULL },
	{ "y a raw U+10FFFF", TEXT("[\"\xf4\x8f\xbf\xbf\"]"), NULL },
	{ "y a raw DEL", TEXT("[\"a\x7f\"]"), NULL },
	{ "y U+2028 and U+2029", TEXT("[\"\xe2\x80\xa8\xe2\x80\xa9\"]"), NULL },
	{ "y a backslash and a u that is none", TEXT("[\"\\\\u0000\"]"), NULL },
	{ "y a comment inside a text", TEXT("[\"a/*b*/c//\"]"), NULL },
	{ "y two, three and four bytes of UTF-8",
	    TEXT("[\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\"]"), NULL },
	{ "y a byte order mark inside a text", TEXT("[\"\xef\xbb\xbf\"]"),
	    NULL },

	/* n: structure */
	{ "n nothing", TEXT(""), "line 1, column 1: no text" },
	{ "n only a space", TEXT(" "), "an end that comes too early" },
	{ "n a byte order mark alone", TEXT("\xef\xbb\xbf"), "order mark" },
	{ "n a byte order mark first", TEXT("\xef\xbb\xbf{}"), "order mark" },
	{ "n half a byte order mark", TEXT("\xef\xbb{}"), "should be" },
	{ "n UTF-16", TEXT("[\0\"\0a\0\"\0]\0"), "should be" },
	{ "n a list that does not end", TEXT("[1"), "too early" },
	{ "n a list that ends in a comma", TEXT("[1,"), "too early" },
	{ "n a comma before the end of a list", TEXT("[1,]"), "should be" },
	{ "n two commas", TEXT("[1,,2]"), "should be" },
	{ "n a comma first", TEXT("[,1]"), "should be" },
	{ "n a comma alone", TEXT("[,]"), "should be" },
	{ "n a comma behind a list", TEXT("[\"\"],"), "after the end" },
	{ "n no comma", TEXT("[3[4]]"), "no comma" },
	{ "n a colon in a list", TEXT("[\"\":1]"), "no comma" },
	{ "n a closing bracket too many", TEXT("[1]]"), "after the end" },
	{ "n a closing bracket alone", TEXT("]"), "should be" },
	{ "n brackets crossed", TEXT("[{]}"), "name should be" },
	{ "n a list closed as an object", TEXT("[1}"), "wrong closing" },
	{ "n an object closed as a list", TEXT("{\"a\":1]"), "wrong closing" },
	{ "n an object that does not end", TEXT("{\"a\":1"), "too early" },
	{ "n an object that ends at a name", TEXT("{\"a\""), "no colon" },
	{ "n an object that ends at a colon", TEXT("{\"a\":"), "too early" },
	{ "n a comma before the end of an object", TEXT("{\"a\":1,}"),
	    "name should be" },
	{ "n two commas in an object", TEXT("{\"a\":1,,\"b\":2}"),
	    "name should be" },
	{ "n a comma in place of a colon", TEXT("{\"a\",1}"), "no colon" },
	{ "n two colons", TEXT("{\"a\"::1}"), "should be" },
	{ "n no value", TEXT("{\"a\":}"), "should be" },
	{ "n no colon", TEXT("{\"a\" 1}"), "no colon" },
	{ "n a name without quotes", TEXT("{a:1}"), "name should be" },
	{ "n a name in single quotes", TEXT("{'a':1}"), "name should be" },
	{ "n a number as a name", TEXT("{1:1}"), "name should be" },
	{ "n something behind an object", TEXT("{\"a\":1}#"), "after" },
	{ "n a comment behind an object", TEXT("{\"a\":1}/**/"), "after" },
	{ "n a comment within", TEXT("[/*a*/1]"), "should be" },
	{ "n a line comment", TEXT("{}//"), "after the end" },
	{ "n two values", TEXT("1 2"), "after the end" },
	{ "n two objects", TEXT("{}{}"), "after the end" },
	{ "n a NUL behind the value", TEXT("1\0"), "after the end" },
	{ "n a NUL in a list", TEXT("[1\0]"), "no comma" },
	{ "n a form feed as space", TEXT("[\f]"), "should be" },
	{ "n a no-break space as space", TEXT("[\xc2\xa0]"), "should be" },
	{ "n a word joiner as space", TEXT("[\xe2\x81\xa0]"), "should be" },
	{ "n an angle bracket", TEXT("<.>"), "should be" },
	{ "n a backslash outside", TEXT("[\\u000A\"\"]"), "should be" },
	{ "n nul", TEXT("[nul]"), "should be" },
	{ "n tru", TEXT("[tru"), "should be" },
	{ "n True", TEXT("[True]"), "should be" },
	{ "n nulll", TEXT("[nulll]"), "no comma" },
	{ "n a star behind it", TEXT("[1,2]*"), "after the end" },

	/* n: numbers */
	{ "n NaN", TEXT("[NaN]"), "should be" },
	{ "n -NaN", TEXT("[-NaN]"), "a number that is none" },
	{ "n Infinity", TEXT("[Infinity]"), "should be" },
	{ "n -Infinity", TEXT("[-Infinity]"), "a number that is none" },
	{ "n +1", TEXT("[+1]"), "should be" },
	{ "n ++1", TEXT("[++1234]"), "should be" },
	{ "n --1", TEXT("[--1]"), "a number that is none" },
	{ "n minus alone", TEXT("[-]"), "a number that is none" },
	{ "n - 1", TEXT("[- 1]"), "a number that is none" },
	{ "n .5", TEXT("[.5]"), "should be" },
	{ "n -.5", TEXT("[-.5]"), "a number that is none" },
	{ "n 1.", TEXT("[1.]"), "a number that is none" },
	{ "n 0.e1", TEXT("[0.e1]"), "a number that is none" },
	{ "n 1e", TEXT("[1e]"), "a number that is none" },
	{ "n 1e+", TEXT("[1e+]"), "a number that is none" },
	{ "n 0.3e", TEXT("[0.3e]"), "a number that is none" },
	{ "n 9.e+", TEXT("[9.e+]"), "a number that is none" },
	{ "n 1eE2", TEXT("[1eE2]"), "a number that is none" },
	{ "n 01", TEXT("[01]"), "a number that is none" },
	{ "n -01", TEXT("[-01]"), "a number that is none" },
	{ "n 00", TEXT("[00]"), "a number that is none" },
	{ "n -00.1", TEXT("[-00.1]"), "a number that is none" },
	{ "n 0x1", TEXT("[0x1]"), "no comma" },
	{ "n 1a", TEXT("[1a]"), "no comma" },
	{ "n 1.2.3", TEXT("[1.2.3]"), "no comma" },
	{ "n 1 000", TEXT("[1 000.0]"), "no comma" },
	{ "n 1+2", TEXT("[1+2]"), "no comma" },
	{ "n a full-width digit", TEXT("[\xef\xbc\x91]"), "should be" },
	{ "n 2^53 and one", TEXT("[9007199254740993]"), "beyond 2^53" },
	{ "n minus 2^53 and one", TEXT("[-9007199254740993]"), "beyond" },
	{ "n 17 digits", TEXT("[10000000000000000]"), "beyond 2^53" },
	{ "n 2^64 and one", TEXT("[18446744073709551617]"), "beyond 2^53" },

	/* n: texts */
	{ "n a quote alone", TEXT("\""), "does not end" },
	{ "n a text that does not end", TEXT("[\"a"), "does not end" },
	{ "n a text that ends in a backslash", TEXT("[\"a\\"), "not end" },
	{ "n an escaped closing quote", TEXT("[\"\\\"]"), "does not end" },
	{ "n single quotes", TEXT("['a']"), "should be" },
	{ "n no quotes", TEXT("[a]"), "should be" },
	{ "n an escape \\a", TEXT("[\"\\a\"]"), "an escape that is none" },
	{ "n an escape \\x00", TEXT("[\"\\x00\"]"), "an escape that is none" },
	{ "n an escape of a NUL byte", TEXT("[\"\\\0\"]"), "escape" },
	{ "n an escape of a line feed", TEXT("[\"\\\n\"]"), "escape" },
	{ "n an escape of an emoji", TEXT("[\"\\\xf0\x9f\x8c\x80\"]"), "none" },
	{ "n \\u with three digits", TEXT("[\"\\u00A\"]"), "escape" },
	{ "n \\u with a letter", TEXT("[\"\\u00gA\"]"), "escape" },
	{ "n \\u at the end", TEXT("[\"\\u"), "escape" },
	{ "n \\U", TEXT("[\"\\U0041\"]"), "escape" },
	{ "n a raw line feed", TEXT("[\"a\nb\"]"), "a raw control" },
	{ "n a raw tab", TEXT("[\"\t\"]"), "a raw control" },
	{ "n a raw NUL", TEXT("[\"a\0b\"]"), "a raw control" },
	{ "n a raw U+001F", TEXT("[\"\x1f\"]"), "a raw control" },
	{ "n an escaped NUL", TEXT("[\"c-1\\u0000x\"]"), "an escaped NUL" },
	{ "n a name with an escaped NUL", TEXT("{\"a\\u0000\":1}"), "NUL" },
	{ "n a high surrogate alone", TEXT("[\"\\uD800\"]"), "half a" },
	{ "n a low surrogate alone", TEXT("[\"\\uDC00\"]"), "half a" },
	{ "n two high surrogates", TEXT("[\"\\uD800\\uD800\"]"), "half a" },
	{ "n surrogates the wrong way round", TEXT("[\"\\uDd1e\\uD834\"]"),
	    "half a" },
	{ "n a high surrogate and a letter", TEXT("[\"\\uD800a\"]"), "half a" },
	{ "n a high surrogate and \\n", TEXT("[\"\\uD800\\n\"]"), "half a" },
	{ "n a pair cut short", TEXT("[\"\\uD800\\u"), "escape" },
	{ "n a raw surrogate", TEXT("[\"\xed\xa0\x80\"]"), "not UTF-8" },
	{ "n an overlong slash", TEXT("[\"\xc0\xaf\"]"), "not UTF-8" },
	{ "n an overlong NUL", TEXT("[\"\xc0\x80\"]"), "not UTF-8" },
	{ "n an overlong form of six bytes", TEXT("[\"\xfc\x83\xbf\xbf\"]"),
	    "not UTF-8" },
	{ "n a lonely continuation byte", TEXT("[\"\x81\"]"), "not UTF-8" },
	{ "n a character cut by the quote", TEXT("[\"\xe0\xff\"]"), "UTF-8" },
	{ "n a character cut by the end", TEXT("[\"\xe2\x82"), "UTF-8" },
	{ "n above U+10FFFF", TEXT("[\"\xf4\xbf\xbf\xbf\"]"), "not UTF-8" },
	{ "n Latin-1", TEXT("[\"\xe9\"]"), "not UTF-8" },
	{ "n bad UTF-8 in a name", TEXT("{\"\xb9\":1}"), "not UTF-8" },
	{ "n bad UTF-8 outside", TEXT("[\xff]"), "should be" },

	/* names that come twice */
	{ "a name twice", TEXT("{\"consent\":true,\"consent\":false}"),
	    "line 1, column 17: a second member of the same name" },
	{ "a name twice, escaped once", TEXT("{\"a\":1,\"\\u0061\":2}"),
	    "column 8: a second member" },
	{ "an empty name twice", TEXT("{\"\":1,\"\":2}"), "a second member" },
	{ "a name twice, deep inside", TEXT("[{\"x\":[{\"b\":1,\"b\":1}]}]"),
	    "a second member" },
	{ "a name twice, with an object between",
	    TEXT("{\"a\":{\"q\":1,\"r\":2},\"b\":0,\"a\":1}"),
	    "column 26: a second member" },
	{ "a pair and its raw form",
	    TEXT("{\"\\ud834\\udd1e\":1,"
		 "\"\xf0\x9d\x84\x9e\":1}"),
	    "a second member" },

	/* where it is */
	{ "lines are counted", TEXT("{\n\"a\":1,\n  \"a\":2}"),
	    "line 3, column 3: a second member" },
	{ "a column is a character", TEXT("[\"\xc3\xa9\xc3\xa9\",x]"),
	    "line 1, column 7: something" },
};

static void
foreign_holds(void **state)
{
	const struct gate_case *c = *state;
	struct fault why = { 0 };
	struct json *j = NULL;
	/* A copy of just that size, so that a sanitizer sees a step beyond. */
	char *text = malloc(c->len == 0 ? 1 : c->len);

	assert_non_null(text);
	memcpy(text, c->text, c->len);
	if (c->found == NULL) {
		assert_int_equal(json_check(text, c->len, &json_foreign, &why),
		    0);
		assert_int_equal(json_read(text, c->len, &json_foreign, &j,
				     &why),
		    0);
		json_free(j);
	} else {
		assert_int_equal(json_check(text, c->len, &json_foreign, &why),
		    -1);
		assert_int_equal(why.id, FAULT_JSON);
		assert_non_null(strstr(why.detail, c->found));
		assert_int_equal(json_read(text, c->len, &json_foreign, &j,
				     &why),
		    -1);
		assert_null(j);
	}
	free(text);
}

static const struct json_limits tight = { 40, 4, 3, 2, true, false };

static const struct gate_case limited[] = {
	{ "a text of just the length", TEXT("[\"abcd\"]"), NULL },
	{ "a text one byte too long", TEXT("[\"abcde\"]"), "too long" },
	{ "escapes count as what they stand for", TEXT("[\"\\u0061bcd\"]"),
	    NULL },
	{ "a character counts its bytes", TEXT("[\"ab\xe2\x82\xac\"]"),
	    "too long" },
	{ "a name is a text", TEXT("{\"abcde\":1}"), "too long" },
	{ "just deep enough", TEXT("[[1]]"), NULL },
	{ "one too deep", TEXT("[[[1]]]"), "line 1, column 3: nested" },
	{ "just enough items", TEXT("[1,2,3]"), NULL },
	{ "one item too many", TEXT("[1,2,3,4]"), "too many" },
	{ "just enough members", TEXT("{\"a\":1,\"b\":1,\"c\":1}"), NULL },
	{ "one member too many", TEXT("{\"a\":1,\"b\":1,\"c\":1,\"d\":1}"),
	    "too many" },
	{ "just enough bytes", TEXT("[  1                                   ]"),
	    NULL },
	{ "one byte too many",
	    TEXT("[  1                                    ]"),
	    "more than 40 bytes" },
	{ "a record has no fraction", TEXT("[1.0]"), "not whole" },
	{ "a record has no exponent", TEXT("[1e2]"), "not whole" },
	{ "a record may have a null", TEXT("[null]"), NULL },
	{ "minus zero is whole", TEXT("[-0]"), NULL },
};

static void
limited_holds(void **state)
{
	const struct gate_case *c = *state;
	struct fault why = { 0 };

	if (c->found == NULL) {
		assert_int_equal(json_check(c->text, c->len, &tight, &why), 0);
		return;
	}
	assert_int_equal(json_check(c->text, c->len, &tight, &why), -1);
	assert_int_equal(why.id, FAULT_JSON);
	assert_non_null(strstr(why.detail, c->found));
}

struct kind_case {
	const char *name;
	const char *text;
	enum json_kind kind;
	int64_t integer;
};

static const struct kind_case kinds[] = {
	{ "null is null", "null", JSON_NULL, 0 },
	{ "true is a boolean", "true", JSON_BOOLEAN, 0 },
	{ "1 is an integer", "1", JSON_INTEGER, 1 },
	{ "-0 is the integer 0", "-0", JSON_INTEGER, 0 },
	{ "2^53 is exact", "9007199254740992", JSON_INTEGER, 9007199254740992 },
	{ "2^53 less one is exact", "9007199254740991", JSON_INTEGER,
	    9007199254740991 },
	{ "minus 2^53 is exact", "-9007199254740992", JSON_INTEGER,
	    -9007199254740992 },
	{ "1.0 is real", "1.0", JSON_REAL, 0 },
	{ "1e2 is real", "1e2", JSON_REAL, 0 },
	{ "-0.0 is real", "-0.0", JSON_REAL, 0 },
	{ "1e400 is real", "1e400", JSON_REAL, 0 },
	{ "a long real is real",
	    "0.00000000000000000000000000000000000000000000000000000000000000"
	    "00000000000000000000000000000000001",
	    JSON_REAL, 0 },
	{ "a text is text", "\"1\"", JSON_TEXT, 0 },
	{ "a list is a list", "[1]", JSON_LIST, 0 },
	{ "an object is an object", "{\"a\":1}", JSON_OBJECT, 0 },
};

static void
kind_holds(void **state)
{
	const struct kind_case *c = *state;
	const struct json_node *root;
	struct fault why = { 0 };
	struct json *j;
	int64_t integer = 77;
	bool yes;

	assert_int_equal(json_read(c->text, strlen(c->text), &json_foreign, &j,
			     &why),
	    0);
	root = json_root(j);
	assert_int_equal(json_kind(root), c->kind);
	assert_int_equal(json_integer(root, &integer), c->kind == JSON_INTEGER);
	assert_int_equal(integer, c->kind == JSON_INTEGER ? c->integer : 77);
	assert_int_equal(json_boolean(root, &yes), c->kind == JSON_BOOLEAN);
	assert_int_equal(json_is_null(root), c->kind == JSON_NULL);
	assert_int_equal(json_text(root) != NULL, c->kind == JSON_TEXT);
	json_free(j);
}

struct canonical_case {
	const char *name;
	const char *text;
	const char *want; /* NULL: FAULT_JSON */
};

static const struct canonical_case canonicals[] = {
	{ "space goes", " { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}" },
	{ "members are sorted", "{\"b\":1,\"a\":{\"d\":null,\"c\":true}}",
	    "{\"a\":{\"c\":true,\"d\":null},\"b\":1}" },
	{ "sorted by UTF-16, as RFC 8785 says",
	    "{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"\\r\":4,"
	    "\"1\":5,\"\\u0080\":6,\"\\u00f6\":7}",
	    "{\"\\r\":4,\"1\":5,\"\xc2\x80\":6,\"\xc3\xb6\":7,"
	    "\"\xe2\x82\xac\":3,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}" },
	{ "escapes are the shortest", "[\"\\u0041\\/\\u001f\\u000a\\u0022\"]",
	    "[\"A/\\u001f\\n\\\"\"]" },
	{ "minus zero is zero", "[-0,-5]", "[0,-5]" },
	{ "empty things", "[{},[],\"\"]", "[{},[],\"\"]" },
	{ "a member is left out, at the top only",
	    "{\"x\":1,\"hash\":2,\"in\":{\"hash\":3}}",
	    "{\"in\":{\"hash\":3},\"x\":1}" },
	{ "a lonely text", "\"a\"", "\"a\"" },
	{ "a real has none", "{\"a\":1.0}", NULL },
};

static void
canonical_holds(void **state)
{
	static const char *const without[] = { "hash", NULL };
	const struct canonical_case *c = *state;
	struct fault why = { 0 };
	struct bytes out;
	struct json *j;
	int rc;

	bytes_init(&out, 4096);
	assert_int_equal(json_read(c->text, strlen(c->text), &json_foreign, &j,
			     &why),
	    0);
	rc = json_canonical(json_root(j), without, &out, &why);
	if (c->want == NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, FAULT_JSON);
	} else {
		assert_int_equal(rc, 0);
		assert_string_equal((const char *)out.at, c->want);
	}
	json_free(j);
	bytes_free(&out);
}

/* Texts too large to write out, and looking around in a document. */

static void
many_names_are_quick(void)
{
	static const struct json_limits wide = { (size_t)16 << 20, 1024, 0, 3,
		false, false };
	const size_t count = 200000;
	char *text = malloc(count * 16 + 32);
	struct fault why = { 0 };
	clock_t begin = clock();
	size_t len = 0;

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		len += (size_t)sprintf(text + len, "%c\"%zu\":1",
		    i == 0 ? '{' : ',', i);
	text[len] = '}';
	assert_int_equal(json_check(text, len + 1, &wide, &why), 0);
	len += (size_t)sprintf(text + len, ",\"\\u0037\":1}");
	assert_int_equal(json_check(text, len, &wide, &why), -1);
	assert_non_null(strstr(why.detail, "a second member"));
	assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
	free(text);
}

static void
deep_nesting_is_refused(void)
{
	const size_t len = 100000;
	char *text = malloc(len);
	struct fault why = { 0 };

	assert_non_null(text);
	memset(text, '[', len);
	assert_int_equal(json_check(text, len, &json_foreign, &why), -1);
	assert_string_equal(why.detail, "line 1, column 33: nested too deeply");
	for (size_t i = 0; i < len; i++)
		text[i] = "{\"\":["[i % 5];
	assert_int_equal(json_check(text, len, &json_foreign, &why), -1);
	free(text);
}

static void
a_place_is_relative_to_its_file(void)
{
	struct json_place start = { 7, 5 };
	struct fault why = { 0 };

	assert_int_equal(json_check_at("[x]", 3, &json_foreign, &start, &why),
	    -1);
	assert_non_null(strstr(why.detail, "line 7, column 6:"));
	assert_int_equal(json_check_at("[\nx]", 4, &json_foreign, &start, &why),
	    -1);
	assert_non_null(strstr(why.detail, "line 8, column 1:"));
}

static void
values_are_found(void)
{
	static const char text[] =
	    "{\"a\":\"x\",\"A\":2,\"list\":[1,2,3],\"no\":false}";
	static const char *const known[] = { "a", "A", "list", NULL };
	const struct json_node *root;
	const struct json_node *n;
	struct fault why = { 0 };
	struct json *j;
	int64_t two = 0;
	bool yes = true;

	assert_int_equal(json_read(text, sizeof(text) - 1, &json_foreign, &j,
			     &why),
	    0);
	root = json_root(j);
	assert_int_equal(json_count(root), 4);
	assert_string_equal(json_get_text(root, "a"), "x");
	assert_null(json_get_text(root, "A"));
	assert_true(json_integer(json_get(root, "A"), &two));
	assert_int_equal(two, 2);
	assert_true(json_boolean(json_get(root, "no"), &yes));
	assert_false(yes);
	assert_null(json_get(root, "LIST"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_get(json_get(root, "list"), "a"));
	assert_string_equal(json_unknown_name(root, known), "no");
	n = json_first(json_get(root, "list"));
	assert_true(json_integer(json_next(n), &two));
	assert_int_equal(two, 2);
	assert_null(json_name(n));
	assert_string_equal(json_name(json_first(root)), "a");
	assert_null(json_next(json_next(json_next(n))));
	assert_null(json_first(NULL));
	assert_null(json_text(NULL));
	json_free(j);
	json_free(NULL);
}

static const struct {
	const char *name;
	void (*holds)(void);
} others[] = {
	{ "200,000 names are checked in no time", many_names_are_quick },
	{ "100,000 brackets are refused at the 33rd", deep_nesting_is_refused },
	{ "a place is relative to its file", a_place_is_relative_to_its_file },
	{ "values are found by their exact names", values_are_found },
};

static void
other_holds(void **state)
{
	const void *row = *state;
	void (*holds)(void);

	memcpy(&holds, (const char *)row + sizeof(const char *), sizeof(holds));
	holds();
}

int
main(void)
{
	return ROWS_RUN("json", foreign, foreign_holds) +
	    ROWS_RUN("json limits", limited, limited_holds) +
	    ROWS_RUN("json kinds", kinds, kind_holds) +
	    ROWS_RUN("json canonical", canonicals, canonical_holds) +
	    ROWS_RUN("json more", others, other_holds);
}
