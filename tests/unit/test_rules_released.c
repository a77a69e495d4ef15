#include "tests/unit/a_referral.h"

/*
 * What becomes of a referral once a person released a hold of it here.
 */

static struct judged one;

static void
release(struct scene *s, const char *rule, const char *user)
{
	one = (struct judged){ rule, user, "seen with the family", TODAY };
	s->question.released = &one;
	s->question.released_count = 1;
}

static void
child_alone(struct scene *s, const struct row *row)
{
	s->referral.consent.given_by_count = 1;
	s->referral.priority = PRIORITY_EMERGENCY;
	if (row->text != NULL)
		release(s, row->text, "supervisor");
}

static void
too_old(struct scene *s, const struct row *row)
{
	s->referral.consent.expires_on = TODAY - 1;
	release(s, row->text, "supervisor");
}

static void
by_nobody(struct scene *s, const struct row *row)
{
	too_old(s, row);
	one.user = " ";
}

static void
without_a_reason(struct scene *s, const struct row *row)
{
	too_old(s, row);
	one.reason = NULL;
}

static void
by_the_sender(struct scene *s, const struct row *row)
{
	too_old(s, row);
	s->question.released_count = 0;
	s->referral.judged = &one;
	s->referral.judged_count = 1;
}

static void
said_no(struct scene *s, const struct row *row)
{
	s->referral.consent.status = CONSENT_REFUSED;
	release(s, row->text, "supervisor");
}

static void
approved(struct scene *s, const struct row *row)
{
	s->referral.consent.override = (struct consent_override){
		.present = true,
		.reason_code = "not_reachable",
		.reason = "the caregiver could not be found",
		.authoriser_name = "Supervisor One",
		.authoriser_role = "supervisor",
		.on = TODAY,
	};
	release(s, "C-OVR", row->text);
}

static void
approved_by_account(struct scene *s, const struct row *row)
{
	approved(s, row);
	s->referral.consent.override.authoriser_name = "SUPERVISOR";
}

/* All concerns are sensitive: it is stripped and held. */
static void
sensitive(struct scene *s, const struct row *row)
{
	s->concern[0] = "rape";
	release(s, row->text, "supervisor");
}

/* The second language, or the second concern, has no translation. */
static void
untranslated(struct scene *s, const struct row *row)
{
	static const char *languages[] = { "nuer", "murle", "nuer" };
	static const char *concerns[] = { "neglect", "orphan" };

	scene_set_list(s, FIELD_LANGUAGE, languages, COUNT(languages));
	scene_set_list(s, FIELD_PROTECTION_CONCERNS, concerns, COUNT(concerns));
	if (row->text != NULL)
		release(s, row->text, "supervisor");
}

static void
sex(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SEX, "other");
	release(s, row->text, "supervisor");
}

static void
required_sex(struct scene *s, const struct row *row)
{
	sex(s, row);
	s->flow.required[FIELD_SEX] = true;
}

static void
source_unmapped(struct scene *s, const struct row *row)
{
	s->source.unmapped[s->source.unmapped_count++] = FIELD_LANGUAGE;
	release(s, row->text, "supervisor");
}

/* clang-format off */
static const struct row rows[] = {
	{ "a hold that nobody released holds", "C-BAND", AT_BOTH,
	    child_alone, 0, NULL, VERDICT_HOLD, NULL },
	{ "a released hold is only shown", "C-BAND", AT_BOTH,
	    child_alone, 0, "C-BAND", VERDICT_NOTE, "consent.given_by" },
	{ "one rule's release is not another's", "C-CARE", AT_BOTH,
	    child_alone, 0, "C-BAND", VERDICT_HOLD, NULL },
	{ "any hold can be released", "C-AGE", AT_BOTH,
	    too_old, 0, "C-AGE", VERDICT_NOTE, NULL },
	{ "a release without a name is none", "C-AGE", AT_BOTH,
	    by_nobody, 0, "C-AGE", VERDICT_HOLD, NULL },
	{ "a release without a reason is none", "C-AGE", AT_BOTH,
	    without_a_reason, 0, "C-AGE", VERDICT_HOLD, NULL },
	{ "what the sender released is held here again", "C-AGE", AT_BOTH,
	    by_the_sender, 0, "C-AGE", VERDICT_HOLD, NULL },
	{ "a refusal is not released", "C-STATE", AT_BOTH,
	    said_no, 0, "C-STATE", VERDICT_REFUSE, NULL },
	{ "who approved an override cannot confirm it", "C-OVR", AT_EXPORT,
	    approved, 0, "supervisor", VERDICT_HOLD, NULL },
	{ "also by the name of the account", "C-OVR", AT_EXPORT,
	    approved_by_account, 0, "supervisor", VERDICT_HOLD, NULL },
	{ "a colleague can", "C-OVR", AT_EXPORT,
	    approved, 0, "case_worker", VERDICT_NOTE, NULL },
	{ "and the other office can", "C-OVR", AT_IMPORT,
	    approved, 0, "hub_admin", VERDICT_NOTE, NULL },
	{ "what was taken out stays out", "S-GBV", AT_BOTH,
	    sensitive, 0, "S-GBV", VERDICT_STRIP, "protection_concerns" },
	{ "a code without a translation is held", "D-MAP", AT_BOTH,
	    untranslated, 0, NULL, VERDICT_HOLD,
	    "language protection_concerns" },
	{ "released it goes without it, and that is named", "D-MAP", AT_BOTH,
	    untranslated, 0, "D-MAP", VERDICT_STRIP,
	    "language protection_concerns" },
	{ "one value alone goes as a field", "D-MAP", AT_BOTH,
	    sex, 0, "D-MAP", VERDICT_STRIP, "sex" },
	{ "and is missing where it is required", "D-MIN", AT_BOTH,
	    required_sex, 0, "D-MAP", VERDICT_HOLD, "sex" },
	{ "what the reader left out is left out", "D-MAP", AT_EXPORT,
	    source_unmapped, 0, "D-MAP", VERDICT_NOTE, "language" },
};
/* clang-format on */

static struct scene s;

static void
a_released_referral_is_shared_and_says_by_whom(void **state)
{
	const struct reason *said = &s.judgement.reasons[0];

	(void)state;
	for (enum end end = AT_EXPORT; end <= AT_IMPORT; end++) {
		scene_start(&s, end);
		s.referral.consent.expires_on = TODAY - 1;
		release(&s, "C-AGE", "supervisor");
		scene_judge(&s);
		assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
		assert_int_equal(s.judgement.count, 1);
		assert_string_equal(said->rule->id, "C-AGE");
		assert_ptr_equal(said->released, &one);
		assert_non_null(strstr(said->text, "too old"));
	}
}

static void
what_was_not_released_says_nobody(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	s.referral.consent.expires_on = TODAY - 1;
	scene_judge(&s);
	assert_int_equal(s.judgement.count, 1);
	assert_null(s.judgement.reasons[0].released);
}

static void
only_the_values_without_translation_go(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	untranslated(&s, &(struct row){ .text = "D-MAP" });
	scene_judge(&s);
	assert_int_equal(s.judgement.strip.language, 2);
	assert_int_equal(s.judgement.strip.concern, 2);
	assert_false(s.judgement.strip.field[FIELD_LANGUAGE]);
	assert_int_equal(s.judgement.verdict, VERDICT_STRIP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_released_referral_is_shared_and_says_by_whom),
		cmocka_unit_test(what_was_not_released_says_nobody),
		cmocka_unit_test(only_the_values_without_translation_go),
	};

	return ROWS_RUN("rules_released", rows, row_holds) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
