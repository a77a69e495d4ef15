#include "tests/unit/rows.h"

#include <stdlib.h>
#include <string.h>

#include "formats/sentence.h"

struct list_case {
	const char *name;
	const char *items[4];
	size_t count;
	const char *want;
};

static const struct list_case lists[] = {
	{ "nothing of nothing", { NULL }, 0, "" },
	{ "one alone", { "a" }, 1, "a" },
	{ "two with the word between", { "a", "b" }, 2, "a and b" },
	{ "three with one comma", { "a", "b", "c" }, 3, "a, b and c" },
	{ "an item may hold anything", { "a, b", "%s" }, 2, "a, b and %s" },
};

static void
list_holds(void **state)
{
	const struct list_case *c = *state;
	struct sentence s;
	struct fault why;

	sentence_start(&s);
	sentence_list(&s, c->items, c->count, "and");
	assert_string_equal(sentence_end(&s, &why), c->want);
	sentence_free(&s);
}

static void
each_line_begins_anew(void **state)
{
	struct sentence s;
	struct fault why;

	(void)state;
	sentence_start(&s);
	assert_string_equal(sentence_end(&s, &why), "");
	sentence_add(&s, "%d ", 1);
	sentence_day(&s, 0);
	assert_string_equal(sentence_end(&s, &why), "1 1970-01-01");
	sentence_add(&s, "b");
	assert_string_equal(sentence_end(&s, &why), "b");
	sentence_free(&s);
}

/* The first fault stays, whatever comes after it. */
static void
a_line_without_end_is_a_fault(void **state)
{
	size_t len = (size_t)1024 * 1024;
	char *text = malloc(len + 1);
	struct sentence s;
	struct fault why;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	text[len] = '\0';
	sentence_start(&s);
	sentence_add(&s, "%s", text);
	sentence_add(&s, "%s", text);
	sentence_add(&s, "more");
	assert_null(sentence_end(&s, &why));
	assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	sentence_free(&s);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_begins_anew),
		cmocka_unit_test(a_line_without_end_is_a_fault),
	};

	return ROWS_RUN("sentence lists", lists, list_holds) +
	    cmocka_run_group_tests_name("sentence", tests, NULL, NULL);
}
