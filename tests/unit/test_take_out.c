#include "tests/unit/rows.h"

#include <string.h>

#include "formats/referral.h"
#include "policy/take_out.h"
#include "policy/verdict.h"

static const struct codes {
	const char *name;
	const char *codes; /* a letter each */
	uint64_t gone;
	const char *left;
} codes[] = {
	{ "nothing taken leaves everything", "abc", 0, "abc" },
	{ "the first", "abc", 1, "bc" },
	{ "one in the middle", "abc", 2, "ac" },
	{ "the last", "abc", 4, "ab" },
	{ "all but one, in order", "abcde", 0x1b, "c" },
	{ "all of them: the list is absent", "abc", 7, "" },
	{ "bits beyond the list say nothing", "ab", 0xfc, "ab" },
	{ "an empty list", "", 1, "" },
};

static void
codes_hold(void **state)
{
	static const enum field lists[] = { FIELD_PROTECTION_CONCERNS,
		FIELD_SPECIFIC_NEEDS, FIELD_LANGUAGE };
	const struct codes *row = *state;

	for (size_t k = 0; k < 3; k++) {
		struct referral r = { 0 };
		struct strip strip = { 0 };
		struct value *v = &r.value[lists[k]];
		const char *items[8];
		size_t count = strlen(row->codes);

		for (size_t i = 0; i < count; i++)
			items[i] = &row->codes[i];
		v->present = count > 0;
		v->items = items;
		v->count = count;
		*(k == 0       ? &strip.concern :
			k == 1 ? &strip.specific_need :
				 &strip.language) = row->gone;
		take_out(&r, &strip);
		assert_int_equal(v->present, row->left[0] != '\0');
		assert_int_equal(v->count, strlen(row->left));
		for (size_t i = 0; i < v->count; i++)
			assert_int_equal(*v->items[i], row->left[i]);
	}
}

static void
the_sixty_fourth_code_can_go(void **state)
{
	struct referral r = { 0 };
	struct strip strip = { .concern = (uint64_t)1 << 63 };
	struct value *v = &r.value[FIELD_PROTECTION_CONCERNS];
	const char *items[REFERRAL_CODES_MAX];

	(void)state;
	for (size_t i = 0; i < REFERRAL_CODES_MAX; i++)
		items[i] = i == 63 ? "last" : "other";
	*v = (struct value){ .present = true, .items = items, .count = 64 };
	take_out(&r, &strip);
	assert_int_equal(v->count, 63);
	assert_string_equal(v->items[62], "other");
}

static void
a_field_taken_out_leaves_no_trace(void **state)
{
	struct referral r = { 0 };
	struct strip strip = { 0 };

	(void)state;
	for (size_t f = 0; f < FIELD_COUNT; f++)
		r.value[f] = (struct value){ .present = true,
			.text = "x",
			.date = 1,
			.integer = 1,
			.yes = true,
			.count = 1 };
	strip.field[FIELD_NAME_FIRST] = true;
	strip.field[FIELD_SENDER_AGENCY] = true;
	take_out(&r, &strip);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		assert_int_equal(r.value[f].present, !strip.field[f]);
	assert_null(r.value[FIELD_NAME_FIRST].text);
	assert_int_equal(r.value[FIELD_NAME_FIRST].date, DAY_UNKNOWN);
	assert_int_equal(r.value[FIELD_NAME_FIRST].integer, 0);
	assert_false(r.value[FIELD_NAME_FIRST].yes);
	assert_int_equal(r.value[FIELD_NAME_FIRST].count, 0);
}

static void
attachments_go_only_if_said(void **state)
{
	struct attachment one = { 0 };
	struct referral r = { .attachments = &one, .attachment_count = 1 };
	struct strip strip = { 0 };

	(void)state;
	take_out(&r, &strip);
	assert_int_equal(r.attachment_count, 1);
	strip.attachments = true;
	take_out(&r, &strip);
	assert_int_equal(r.attachment_count, 0);
	assert_null(r.attachments);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sixty_fourth_code_can_go),
		cmocka_unit_test(a_field_taken_out_leaves_no_trace),
		cmocka_unit_test(attachments_go_only_if_said),
	};

	return ROWS_RUN("take_out", codes, codes_hold) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
