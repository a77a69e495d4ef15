#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "crypto/random.h"
#include "tests/unit/rows.h"

static const struct case_row {
	const char *name;
	const char *space;
	const char *other_space;
	const char *text;
	const char *other_text;
	bool same;
} cases[] = {
	{ "the same name gives the same identifier", "a", "a", "x", "x", true },
	{ "another name gives another", "a", "a", "x", "y", false },
	{ "another label gives another", "a", "b", "x", "x", false },
	{ "label and name do not run into each other", "ab", "a", "c", "bc",
	    false },
	{ "an empty name is a name", "a", "a", "", "", true },
};

static bool
well_formed(const char *uuid, char version)
{
	if (strlen(uuid) != 36 || uuid[14] != version ||
	    strchr("89ab", uuid[19]) == NULL)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? uuid[i] != '-' :
			   strchr("0123456789abcdef", uuid[i]) == NULL)
			return false;
	}
	return true;
}

static void
case_holds(void **state)
{
	const struct case_row *c = *state;
	char one[RANDOM_UUID], two[RANDOM_UUID];

	random_named_uuid(c->space, c->text, one);
	random_named_uuid(c->other_space, c->other_text, two);
	assert_true(well_formed(one, '5'));
	assert_true(well_formed(two, '5'));
	assert_int_equal(strcmp(one, two) == 0, c->same);
}

static void
fresh_ones_differ(void **state)
{
	char seen[200][RANDOM_UUID];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		random_uuid(seen[i]);
		assert_true(well_formed(seen[i], '4'));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(seen[i], seen[j]);
	}
}

/* Identifiers are kept by other nodes, so they may never come out otherwise. */
static void
known_identifier(void **state)
{
	char uuid[RANDOM_UUID];

	(void)state;
	random_named_uuid("satchel/test", "ET-GMB-03", uuid);
	assert_string_equal(uuid, "8e3d41dd-ea96-596c-9331-39cef46bc859");
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(fresh_ones_differ),
		cmocka_unit_test(known_identifier),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("random", cases, case_holds) +
	    cmocka_run_group_tests_name("random", more, NULL, NULL);
}
