#include "tests/unit/a_referral.h"

#include <ctype.h>

static struct scene s;

static void
is_sentence(const char *text, char end)
{
	size_t len;

	assert_non_null(text);
	len = strlen(text);
	assert_true(len > 10);
	assert_true(isupper((unsigned char)text[0]));
	assert_int_equal(text[len - 1], end);
	assert_null(strchr(text, '%'));
	assert_null(strstr(text, "invalid"));
	assert_null(strstr(text, "illegal"));
	assert_null(strstr(text, "unable"));
	assert_null(strchr(text, '\n'));
}

static void
every_rule_is_filled_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < rules_count; i++) {
		const struct rule *rule = &rules_all[i];
		const char *last = rule->asks + strlen(rule->asks) - 1;

		assert_non_null(rule->id);
		assert_true(rule->at >= AT_EXPORT && rule->at <= AT_BOTH);
		assert_true(rule->if_not > VERDICT_SHARE);
		assert_non_null(rule->judge);
		is_sentence(rule->asks, *last);
		assert_non_null(strchr(rule->asks, '?'));
		is_sentence(rule->says, '.');
		is_sentence(rule->remedy, '.');
		assert_non_null(rule->source);
		assert_true(strlen(rule->source) > 0);
		assert_true(rule->release <= RELEASE_OVERRIDE);
	}
}

static void
ids_are_of_one_form_and_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < rules_count; i++) {
		const char *id = rules_all[i].id;

		assert_non_null(strchr("BPCSDRL", id[0]));
		assert_int_equal(id[1], '-');
		for (const char *at = id + 2; *at != '\0'; at++)
			assert_true(isupper((unsigned char)*at));
		assert_ptr_equal(rules_find(id), &rules_all[i]);
		for (size_t k = i + 1; k < rules_count; k++)
			assert_string_not_equal(id, rules_all[k].id);
	}
	assert_null(rules_find("X-NONE"));
	assert_null(rules_find(""));
}

static void
what_strips_is_asked_before_what_looks_at_the_rest(void **state)
{
	static const char *const order[] = { "P-FIELDS", "C-HIDE", "C-INFO",
		"S-GBV", "S-OTHER", "S-FILE", "S-STAFF", "S-NAME", "S-TEXT",
		"S-FEAR", "D-MAP", "D-MIN", "D-DATE", "D-ADULT" };

	(void)state;
	assert_ptr_equal(rules_find("P-FIELDS"), &rules_all[0]);
	for (size_t i = 1; i < COUNT(order); i++)
		assert_true(rules_find(order[i - 1]) < rules_find(order[i]));
}

static void
verdicts_have_names(void **state)
{
	(void)state;
	assert_string_equal(verdict_name(VERDICT_SHARE), "share");
	assert_string_equal(verdict_name(VERDICT_NOTE), "note");
	assert_string_equal(verdict_name(VERDICT_STRIP), "strip");
	assert_string_equal(verdict_name(VERDICT_HOLD), "hold");
	assert_string_equal(verdict_name(VERDICT_REFUSE), "refuse");
	assert_string_equal(verdict_name((enum verdict)99), "refuse");
}

static void
a_good_referral_is_shared_at_both_ends(void **state)
{
	(void)state;
	for (enum end end = AT_EXPORT; end <= AT_IMPORT; end++) {
		scene_start(&s, end);
		scene_judge(&s);
		assert_int_equal(s.judgement.count, 0);
		assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
		scene_start(&s, end);
		scene_from_progres(&s);
		scene_judge(&s);
		assert_int_equal(s.judgement.count, 0);
		assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
	}
}

static void
only_the_rules_of_this_end_are_asked(void **state)
{
	(void)state;
	/* At import nobody knows what the source said, and is not asked. */
	scene_start(&s, AT_EXPORT);
	s.question.source = NULL;
	scene_judge(&s);
	assert_non_null(scene_reason(&s, "D-LIVE"));
	assert_null(scene_reason(&s, "B-SIG"));
	scene_start(&s, AT_IMPORT);
	s.question.bundle = NULL;
	scene_judge(&s);
	assert_null(scene_reason(&s, "D-LIVE"));
	assert_non_null(scene_reason(&s, "B-SIG"));
}

static void
a_note_counts_as_share(void **state)
{
	(void)state;
	scene_start(&s, AT_IMPORT);
	s.bundle.agreement_older = true;
	scene_judge(&s);
	assert_int_equal(s.judgement.count, 1);
	assert_int_equal(s.judgement.reasons[0].verdict, VERDICT_NOTE);
	assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
}

static void
every_reason_is_given_and_the_worst_decides(void **state)
{
	static const struct {
		const char *rule;
		enum verdict verdict;
	} want[] = {
		{ "P-FIELDS", VERDICT_STRIP },
		{ "P-PURPOSE", VERDICT_REFUSE },
		{ "C-STATE", VERDICT_REFUSE },
		{ "C-AGE", VERDICT_HOLD },
		{ "S-GBV", VERDICT_STRIP },
		{ "D-ADULT", VERDICT_HOLD },
		{ "D-AGE", VERDICT_HOLD },
	};

	(void)state;
	scene_start(&s, AT_EXPORT);
	scene_set(&s, FIELD_RISK_LEVEL, "high");
	s.referral.purpose = NULL;
	s.referral.consent.status = CONSENT_REFUSED;
	s.referral.consent.expires_on = TODAY - 1;
	s.concern[1] = "rape";
	scene_set_list(&s, FIELD_PROTECTION_CONCERNS, s.concern, 2);
	s.referral.value[FIELD_AGE].integer = 30;
	scene_judge(&s);
	assert_int_equal(s.judgement.count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_string_equal(s.judgement.reasons[i].rule->id,
		    want[i].rule);
		assert_int_equal(s.judgement.reasons[i].verdict,
		    want[i].verdict);
	}
	assert_int_equal(s.judgement.verdict, VERDICT_REFUSE);
}

static void
nothing_known_at_all_is_refused(void **state)
{
	static const struct referral empty = { .made_on = DAY_UNKNOWN };
	static const struct agreement none = { .valid_from = DAY_UNKNOWN };
	static const struct node nobody = { .valid_from = DAY_UNKNOWN };

	(void)state;
	for (enum end end = AT_EXPORT; end <= AT_IMPORT; end++) {
		s.question = (struct question){
			.end = end,
			.today = TODAY,
			.referral = &empty,
			.agreement = &none,
			.sender = &nobody,
			.receiver = &nobody,
		};
		scene_judge(&s);
		assert_int_equal(s.judgement.verdict, VERDICT_REFUSE);
		assert_non_null(scene_reason(&s, "P-MATRIX"));
		assert_non_null(scene_reason(&s, "P-SIGNED"));
		assert_non_null(scene_reason(&s, "C-HAVE"));
		assert_non_null(scene_reason(&s, "C-POL"));
	}
}

/* What was judged before leaves nothing behind. */
static void
a_judgement_starts_empty(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	memset(&s.judgement, 0xff, sizeof(s.judgement));
	scene_judge(&s);
	assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		assert_false(s.judgement.strip.field[f]);
	assert_int_equal(s.judgement.strip.concern, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_is_filled_in),
		cmocka_unit_test(ids_are_of_one_form_and_unique),
		cmocka_unit_test(
		    what_strips_is_asked_before_what_looks_at_the_rest),
		cmocka_unit_test(verdicts_have_names),
		cmocka_unit_test(a_good_referral_is_shared_at_both_ends),
		cmocka_unit_test(only_the_rules_of_this_end_are_asked),
		cmocka_unit_test(a_note_counts_as_share),
		cmocka_unit_test(every_reason_is_given_and_the_worst_decides),
		cmocka_unit_test(nothing_known_at_all_is_refused),
		cmocka_unit_test(a_judgement_starts_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
