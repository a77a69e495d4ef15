#include "tests/unit/rows.h"

#include <stdbool.h>
#include <string.h>

#include "formats/fields.h"

static void
every_line_is_filled_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field_spec *s = &fields_all[i];
		const char *dot;

		assert_non_null(s->name);
		dot = strchr(s->name, '.');
		/* Its name is group.member, but the subject's go without. */
		assert_string_equal(s->member, dot ? dot + 1 : s->name);
		if (dot == NULL)
			assert_string_equal(s->group, "subject");
		else
			assert_int_equal(strncmp(s->name, s->group,
					     (size_t)(dot - s->name)),
			    0);
		assert_true(s->words == NULL || s->kind == FIELD_CODE);
		assert_true(s->kind != FIELD_NOTES || s->free_text);
	}
}

static void
names_find_their_own_line(void **state)
{
	enum field found;

	(void)state;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		assert_true(fields_find(fields_all[i].name, &found));
		assert_int_equal(found, i);
		assert_true(fields_find_member(fields_all[i].group,
		    fields_all[i].member, &found));
		assert_int_equal(found, i);
	}
	assert_false(fields_find("subject.sex", &found));
	assert_false(fields_find("", &found));
	assert_false(fields_find("Sex", &found));
	assert_false(fields_find_member("service", "sex", &found));
	assert_true(fields_find_member("caregiver", "sex", &found));
	assert_int_equal(found, FIELD_CAREGIVER_SEX);
}

struct category_case {
	const char *name;
	const char *category; /* NULL: always covered */
	enum map_section map;
	bool free_text;
};

/* As the contract says it, not as the table is written. */
static const struct category_case cases[] = {
	{ "name_first", "identity", MAP_NONE, false },
	{ "unhcr_individual_no", "identity", MAP_NONE, false },
	{ "nationality", "identity", MAP_NONE, false },
	{ "language", "identity", MAP_LANGUAGES, false },
	{ "sex", "identity", MAP_SEX, false },
	{ "case_id_display", NULL, MAP_NONE, false },
	{ "address_current", "contact", MAP_NONE, false },
	{ "location_current", "contact", MAP_NONE, false },
	{ "telephone_current", "contact", MAP_NONE, false },
	{ "disability_type_communications", "health", MAP_NONE, true },
	{ "protection_status", "needs", MAP_NONE, false },
	{ "protection_concerns", "needs", MAP_CONCERNS, false },
	{ "protection_concerns_other", "needs", MAP_NONE, true },
	{ "specific_needs", "needs", MAP_NONE, false },
	{ "risk_level", "needs", MAP_NONE, false },
	{ "caregiver.name", "family", MAP_NONE, false },
	{ "caregiver.address", "family", MAP_NONE, false },
	{ "caregiver.sex", "family", MAP_SEX, false },
	{ "caregiver_informed", "family", MAP_NONE, false },
	{ "caregiver_informed_details", "family", MAP_NONE, true },
	{ "service.type", NULL, MAP_SERVICES, false },
	{ "service.type_other", NULL, MAP_NONE, true },
	{ "service.notes", NULL, MAP_NONE, true },
	{ "sender.phone", NULL, MAP_NONE, false },
	{ "sender.agency", NULL, MAP_NONE, false },
};

static void
case_holds(void **state)
{
	const struct category_case *c = *state;
	const char *category;
	enum field f;

	assert_true(fields_find(c->name, &f));
	category = fields_category_name(fields_all[f].category);
	if (c->category == NULL)
		assert_null(category);
	else
		assert_string_equal(category, c->category);
	assert_int_equal(fields_all[f].map, c->map);
	assert_int_equal(fields_all[f].free_text, c->free_text);
}

static void
sections_have_the_names_of_an_agreement(void **state)
{
	(void)state;
	assert_string_equal(fields_map_name(MAP_SERVICES), "services");
	assert_string_equal(fields_map_name(MAP_CONCERNS),
	    "protection_concerns");
	assert_string_equal(fields_map_name(MAP_LANGUAGES), "languages");
	assert_string_equal(fields_map_name(MAP_AGENCIES), "agencies");
	assert_string_equal(fields_map_name(MAP_SEX), "sex");
	assert_null(fields_map_name(MAP_NONE));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_filled_in),
		cmocka_unit_test(names_find_their_own_line),
		cmocka_unit_test(sections_have_the_names_of_an_agreement),
	};

	return ROWS_RUN("fields: categories and maps", cases, case_holds) +
	    cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
