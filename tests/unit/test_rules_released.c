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
withheld(struct scene *s)
{
	s->referral.consent.withheld_said = true;
	s->referral.consent.withheld_any = true;
}

static void
hides(struct scene *s, const struct row *row)
{
	withheld(s);
	release(s, row->text, "supervisor");
}

static void
too_old(struct scene *s, const struct row *row)
{
	s->referral.consent.expires_on = TODAY - 1;
	release(s, row->text, "supervisor");
}

static void
without_agency(struct scene *s, const struct row *row)
{
	s->referral.consent.recipients.present = false;
	release(s, row->text, "supervisor");
}

static void
without_a_field(struct scene *s, const struct row *row)
{
	s->flow.required[FIELD_NAME_LAST] = true;
	release(s, row->text, "supervisor");
}

static void
past_use_by(struct scene *s, const struct row *row)
{
	s->bundle.past_use_by = true;
	release(s, row->text, "hub_admin");
}

static void
agreement_newer(struct scene *s, const struct row *row)
{
	s->bundle.agreement_newer = true;
	release(s, row->text, "hub_admin");
}

static void
updated(struct scene *s, const struct row *row)
{
	s->question.remembered = SEEN_OTHER;
	release(s, row->text, "hub_admin");
}

static void
withdrawn_before(struct scene *s, const struct row *row)
{
	s->question.recalled = RECALLED_BEFORE;
	release(s, row->text, "hub_admin");
}

static void
withdrawn(struct scene *s, const struct row *row)
{
	s->question.recalled = RECALLED;
	release(s, row->text, "hub_admin");
}

static void
by_nobody(struct scene *s, const struct row *row)
{
	hides(s, row);
	one.user = " ";
}

static void
without_a_reason(struct scene *s, const struct row *row)
{
	hides(s, row);
	one.reason = NULL;
}

static void
by_the_sender(struct scene *s, const struct row *row)
{
	hides(s, row);
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

static void
approved_over_there(struct scene *s, const struct row *row)
{
	approved(s, row);
	s->referral.consent.override.authoriser_name = "hub  ADMIN";
}

/* The supervisor approved and confirmed it; who sends it is the same. */
static void
approved_and_sent(struct scene *s, const struct row *row)
{
	approved(s, row);
	s->referral.consent.override.authoriser_name = "Supervisor Two";
	s->question.user = "supervisor";
}

static void
approved_and_referred(struct scene *s, const struct row *row)
{
	approved(s, row);
	s->referral.consent.override.authoriser_name = "Supervisor Two";
	scene_set(s, FIELD_SENDER_FULL_NAME, "supervisor one");
}

/* Nobody of that name is listed where it is sent. */
static void
approved_by_nobody(struct scene *s, const struct row *row)
{
	approved(s, row);
	s->referral.consent.override.authoriser_name = "Somebody Invented";
}

static void
sensitive_service(struct scene *s, const struct row *row)
{
	static const char *codes[] = { "rape", "alternative_care" };

	s->agreement.sensitive_codes = LIST(codes);
	scene_set(s, FIELD_SERVICE_TYPE, "alternative_care");
	release(s, row->text, "supervisor");
}

/* The concerns, too; what cannot be let go is what is said. */
static void
sensitive_all(struct scene *s, const struct row *row)
{
	s->concern[0] = "rape";
	sensitive_service(s, row);
}

static void
on_another_basis(struct scene *s, const struct row *row)
{
	s->referral.consent.basis = "legitimate_interest";
	release(s, "C-BASIS", row->text);
}

static void
without_consent(struct scene *s, const struct row *row)
{
	s->referral.consent.basis = "vital_interests";
	release(s, "C-BASIS", row->text);
}

/* The supervisor over there let go who must agree. */
static struct judged over_there;

static void
again(struct scene *s, const struct row *row)
{
	over_there =
	    (struct judged){ "C-BAND", "supervisor", "at night", TODAY };
	s->referral.judged = &over_there;
	s->referral.judged_count = 1;
	if (row->text != NULL)
		release(s, "R-AGAIN", row->text);
}

static void
again_of_no_rule(struct scene *s, const struct row *row)
{
	again(s, row);
	over_there.rule = "Z-UNKNOWN";
}

/* What the sender keeps to itself is let go under this rule's own name. */
static void
again_unnamed(struct scene *s, const struct row *row)
{
	again(s, row);
	over_there.rule = "R-AGAIN";
}

static void
again_by_namesake(struct scene *s, const struct row *row)
{
	again(s, row);
	over_there.user = "HUB_ADMIN ";
}

static void
again_by_full_name(struct scene *s, const struct row *row)
{
	again(s, row);
	over_there.user = "Hub Admin";
}

/* The same person is listed at both offices under two accounts. */
static void
again_under_another_account(struct scene *s, const struct row *row)
{
	again(s, row);
	s->node[0].users[1].full_name = "Hub Admin";
}

static void
again_by_nobody(struct scene *s, const struct row *row)
{
	again(s, row);
	over_there.user = "unnamed";
}

static void
again_by_nobody_live(struct scene *s, const struct row *row)
{
	again_by_nobody(s, row);
	s->agreement.environment = AGREEMENT_LIVE;
}

static void
decided_against(struct scene *s, const struct row *row)
{
	release(s, row->text, "supervisor");
	s->question.refused = &one;
}

static void
decided_for(struct scene *s, const struct row *row)
{
	release(s, row->text, "supervisor");
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
	{ "a hold for what people judge can be released", "C-HIDE", AT_BOTH,
	    hides, 0, "C-HIDE", VERDICT_NOTE, NULL },
	{ "a release without a name is none", "C-HIDE", AT_BOTH,
	    by_nobody, 0, "C-HIDE", VERDICT_HOLD, NULL },
	{ "a release without a reason is none", "C-HIDE", AT_BOTH,
	    without_a_reason, 0, "C-HIDE", VERDICT_HOLD, NULL },
	{ "what the sender released is held here again", "C-HIDE", AT_BOTH,
	    by_the_sender, 0, "C-HIDE", VERDICT_HOLD, NULL },
	{ "consent that has run out is asked for again", "C-AGE", AT_BOTH,
	    too_old, 0, "C-AGE", VERDICT_HOLD, NULL },
	{ "consent that names no agency is asked for again", "C-ORG", AT_BOTH,
	    without_agency, 0, "C-ORG", VERDICT_HOLD, NULL },
	{ "what is missing is not decided away", "D-MIN", AT_BOTH,
	    without_a_field, 0, "D-MIN", VERDICT_HOLD, "name_last" },
	{ "a file past its day is let in by a person", "B-AGE", AT_IMPORT,
	    past_use_by, 0, "B-AGE", VERDICT_NOTE, NULL },
	{ "a newer agreement is adopted, not decided away", "P-SAME", AT_IMPORT,
	    agreement_newer, 0, "P-SAME", VERDICT_HOLD, NULL },
	{ "a newer version is let in by a person", "D-DUP", AT_IMPORT,
	    updated, 0, "D-DUP", VERDICT_NOTE, NULL },
	{ "what came after a withdrawal is let in by a person", "L-TOMB",
	    AT_BOTH, withdrawn_before, 0, "L-TOMB", VERDICT_NOTE, NULL },
	{ "what is withdrawn is not", "L-TOMB", AT_BOTH,
	    withdrawn, 0, "L-TOMB", VERDICT_REFUSE, NULL },
	{ "a refusal is not released", "C-STATE", AT_BOTH,
	    said_no, 0, "C-STATE", VERDICT_REFUSE, NULL },
	{ "nobody confirmed an override", "C-OVR", AT_BOTH,
	    approved, 0, NULL, VERDICT_HOLD, NULL },
	{ "who approved it may confirm it where it is sent", "C-OVR",
	    AT_EXPORT, approved, 0, "supervisor", VERDICT_NOTE, NULL },
	{ "that takes the right to override", "C-OVR", AT_EXPORT,
	    approved, 0, "case_worker", VERDICT_HOLD, NULL },
	{ "and somebody who is listed", "C-OVR", AT_EXPORT,
	    approved, 0, "hub_admin", VERDICT_HOLD, NULL },
	{ "nobody confirms what nobody listed approved", "C-OVR", AT_EXPORT,
	    approved_by_nobody, 0, "supervisor", VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "and not who sends it", "C-OVR", AT_EXPORT,
	    approved_and_sent, 0, "supervisor", VERDICT_HOLD, NULL },
	{ "or who refers the child", "C-OVR", AT_EXPORT,
	    approved_and_referred, 0, "supervisor", VERDICT_HOLD, NULL },
	{ "the other office confirms it, too", "C-OVR", AT_IMPORT,
	    approved, 0, "hub_admin", VERDICT_NOTE, NULL },
	{ "but not by the one who approved it", "C-OVR", AT_IMPORT,
	    approved_over_there, 0, "hub_admin", VERDICT_HOLD, NULL },
	{ "by whatever name", "C-OVR", AT_IMPORT,
	    approved_by_account, 0, "supervisor", VERDICT_HOLD, NULL },
	{ "no consent but another basis takes that right, too", "C-BASIS",
	    AT_EXPORT, without_consent, 0, "case_worker", VERDICT_HOLD,
	    "consent.basis" },
	{ "and then goes", "C-BASIS", AT_EXPORT,
	    without_consent, 0, "supervisor", VERDICT_NOTE, NULL },
	{ "and is let in by who decides there", "C-BASIS", AT_IMPORT,
	    without_consent, 0, "hub_admin", VERDICT_NOTE, NULL },
	{ "a basis that is not agreed is nobody's to let go", "C-BASIS",
	    AT_EXPORT, on_another_basis, 0, "supervisor", VERDICT_HOLD,
	    "consent.basis" },
	{ "nor at the other end", "C-BASIS",
	    AT_IMPORT, on_another_basis, 0, "hub_admin", VERDICT_HOLD,
	    "consent.basis" },
	{ "nor is a sensitive service", "S-GBV", AT_BOTH,
	    sensitive_service, 0, "S-GBV", VERDICT_HOLD, "service.type" },
	{ "whatever else is sensitive", "S-GBV", AT_BOTH,
	    sensitive_all, 0, "S-GBV", VERDICT_HOLD,
	    "protection_concerns service.type" },
	{ "what was let go over there waits here", "R-AGAIN", AT_IMPORT,
	    again, 0, NULL, VERDICT_HOLD, "C-BAND" },
	{ "a rule that is not known here is not named", "R-AGAIN", AT_IMPORT,
	    again_of_no_rule, 0, NULL, VERDICT_HOLD, "judged" },
	{ "what is not told names nothing", "R-AGAIN", AT_IMPORT,
	    again_unnamed, 0, NULL, VERDICT_HOLD, "" },
	{ "a second person lets it in", "R-AGAIN", AT_IMPORT,
	    again, 0, "hub_admin", VERDICT_NOTE, NULL },
	{ "not who let it go there", "R-AGAIN", AT_IMPORT,
	    again, 0, "supervisor", VERDICT_HOLD, NULL },
	{ "not by the same name", "R-AGAIN", AT_IMPORT,
	    again_by_namesake, 0, "hub_admin", VERDICT_HOLD, NULL },
	{ "not by the same full name", "R-AGAIN", AT_IMPORT,
	    again_by_full_name, 0, "hub_admin", VERDICT_HOLD, NULL },
	{ "not under another account", "R-AGAIN", AT_IMPORT,
	    again_under_another_account, 0, "hub_admin", VERDICT_HOLD, NULL },
	{ "in practice nobody has to give a name", "R-AGAIN", AT_IMPORT,
	    again_by_nobody, 0, "unnamed", VERDICT_NOTE, NULL },
	{ "live work knows everybody", "R-AGAIN", AT_IMPORT,
	    again_by_nobody_live, 0, "unnamed", VERDICT_HOLD, NULL },
	{ "where nothing was let go there is nothing to confirm", "R-AGAIN",
	    AT_IMPORT, NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "what nobody decided on passes", "R-SAID", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "what a person let go passes", "R-SAID", AT_BOTH,
	    decided_for, 0, "C-BAND", VERDICT_SHARE, NULL },
	{ "what a person refused is refused", "R-SAID", AT_BOTH,
	    decided_against, 0, NULL, VERDICT_REFUSE, NULL },
	{ "whatever is released", "R-SAID", AT_BOTH,
	    decided_against, 0, "R-SAID", VERDICT_REFUSE, NULL },
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
		withheld(&s);
		release(&s, "C-HIDE", "supervisor");
		scene_judge(&s);
		assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
		assert_int_equal(s.judgement.count, 1);
		assert_string_equal(said->rule->id, "C-HIDE");
		assert_ptr_equal(said->released, &one);
		assert_non_null(strstr(said->text, "private"));
		assert_non_null(strstr(said->remedy, "let it go"));
	}
}

static void
what_was_not_released_says_nobody(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	withheld(&s);
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

static void
what_is_final_is_what_is_said(void **state)
{
	const struct reason *said;

	(void)state;
	scene_start(&s, AT_EXPORT);
	sensitive_all(&s, &(struct row){ .text = "S-GBV" });
	scene_judge(&s);
	said = scene_reason(&s, "S-GBV");
	if (said == NULL) {
		fail();
		return;
	}
	assert_true(said->final);
	assert_null(said->released);
	assert_non_null(strstr(said->text, "service itself"));
}

static void
what_is_kept_private_is_not_told(void **state)
{
	static const char *const untold[] = { "C-HIDE", "S-GBV", "S-FEAR",
		"L-MAND" };
	size_t met = 0;

	(void)state;
	for (size_t i = 0; i < rules_count; i++)
		if (!rules_may_be_told(&rules_all[i]))
			assert_string_equal(rules_all[i].id, untold[met++]);
	assert_int_equal(met, COUNT(untold));
}

static void
never(const struct rule *rule)
{
	static const char *const people[] = { "case_worker", "supervisor",
		"hub_admin" };

	scene_start(&s, AT_EXPORT);
	for (size_t i = 0; i < COUNT(people); i++) {
		assert_false(
		    rules_may_release(rule, AT_EXPORT, &s.node[0], people[i]));
		assert_false(
		    rules_may_release(rule, AT_IMPORT, &s.node[1], people[i]));
	}
}

/* What is forged, not agreed, missing or a no is never a person's to waive. */
static void
only_these_can_be_released(void **state)
{
	static const char *const can[] = { "B-AGE", "C-DATE", "C-SVC", "C-BAND",
		"C-EDGE", "C-CARE", "C-UASC", "C-OVR", "C-BASIS", "C-NEWER",
		"C-TOLD", "C-HOW", "C-HIDE", "S-GBV", "S-TEXT", "S-FEAR",
		"D-MAP", "D-DATE", "D-ADULT", "D-AGE", "D-DUP", "R-AGAIN",
		"L-TOMB", "L-MAND" };
	size_t met = 0;

	(void)state;
	for (size_t i = 0; i < rules_count; i++) {
		if (met < COUNT(can) &&
		    strcmp(rules_all[i].id, can[met]) == 0) {
			assert_int_not_equal(rules_all[i].release,
			    RELEASE_NEVER);
			met++;
			continue;
		}
		assert_int_equal(rules_all[i].release, RELEASE_NEVER);
		never(&rules_all[i]);
	}
	assert_int_equal(met, COUNT(can));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_released_referral_is_shared_and_says_by_whom),
		cmocka_unit_test(what_was_not_released_says_nobody),
		cmocka_unit_test(only_the_values_without_translation_go),
		cmocka_unit_test(only_these_can_be_released),
		cmocka_unit_test(what_is_final_is_what_is_said),
		cmocka_unit_test(what_is_kept_private_is_not_told),
	};

	return ROWS_RUN("rules_released", rows, row_holds) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
