#include "tests/unit/a_referral.h"

static void
valid_from(struct scene *s, const struct row *row)
{
	s->agreement.valid_from = (day)row->number;
}

static void
valid_until(struct scene *s, const struct row *row)
{
	s->agreement.valid_until = (day)row->number;
}

static void
not_signed(struct scene *s, const struct row *row)
{
	s->party_signed[row->number] = false;
}

static void
nobody_looked(struct scene *s, const struct row *row)
{
	(void)row;
	s->agreement.party_signed = NULL;
}

static void
joined(struct scene *s, const struct row *row)
{
	s->party[UNHCR].joined = (day)row->number;
}

static void
left(struct scene *s, const struct row *row)
{
	s->party[UNICEF].left = (day)row->number;
}

static void
not_a_party(struct scene *s, const struct row *row)
{
	static struct party other = { .id = "OTHER" };

	(void)row;
	s->node[1].party = &other;
}

static void
node_without_party(struct scene *s, const struct row *row)
{
	(void)row;
	s->node[0].party = NULL;
}

static void
acts_for_unsigned(struct scene *s, const struct row *row)
{
	(void)row;
	s->flow.from = &s->party[SCI];
	s->referral.from_agency = "SCI";
	s->party_signed[SCI] = false;
}

static void
sender_from(struct scene *s, const struct row *row)
{
	s->node[0].valid_from = (day)row->number;
}

static void
receiver_until(struct scene *s, const struct row *row)
{
	s->node[1].valid_until = (day)row->number;
}

static void
revoked(struct scene *s, const struct row *row)
{
	s->node[row->number].revoked = true;
}

static void
newer(struct scene *s, const struct row *row)
{
	s->bundle.agreement_newer = row->number != 0;
}

static void
older(struct scene *s, const struct row *row)
{
	s->bundle.agreement_older = row->number != 0;
}

static void
no_bundle(struct scene *s, const struct row *row)
{
	(void)row;
	s->question.bundle = NULL;
}

static void
no_flow(struct scene *s, const struct row *row)
{
	(void)row;
	s->question.flow = NULL;
	scene_set(s, FIELD_RISK_LEVEL, "high");
}

static void
to_agency(struct scene *s, const struct row *row)
{
	s->referral.to_agency = row->text;
}

static void
from_agency(struct scene *s, const struct row *row)
{
	s->referral.from_agency = row->text;
}

static void
service(struct scene *s, const struct row *row)
{
	if (row->text != NULL)
		scene_set(s, FIELD_SERVICE_TYPE, row->text);
	else
		s->referral.value[FIELD_SERVICE_TYPE].present = false;
}

/* So many purposes are listed; the record says the row's. */
static void
agreed_purpose(struct scene *s, const struct row *row)
{
	static const char *listed[] = { "refugee_cp_case_management",
		"research" };

	s->flow.purposes = (struct texts){ listed, (size_t)row->number, true };
	s->referral.consent.purpose = row->text;
}

static void
no_record(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.has_consent = false;
}

static void
purpose(struct scene *s, const struct row *row)
{
	s->referral.purpose = row->text;
}

static void
unlisted(struct scene *s, const struct row *row)
{
	(void)row;
	scene_set(s, FIELD_RISK_LEVEL, "high");
	scene_set(s, FIELD_NATIONAL_ID_NO, "1234");
}

static void
attached(struct scene *s, const struct row *row)
{
	s->flow.attachments = row->number != 0;
	s->referral.attachments = &s->attachment;
	s->referral.attachment_count = 1;
}

static void
free_text(struct scene *s, const struct row *row)
{
	s->flow.free_text = (enum free_text)row->number;
	scene_set(s, FIELD_SERVICE_NOTES, "needs a place for the night");
}

/* Who acts, in practice (0) or for real. */
static void
acting(struct scene *s, const struct row *row)
{
	s->agreement.environment =
	    row->number == 0 ? AGREEMENT_TEST : AGREEMENT_LIVE;
	s->question.user = row->text;
}

/* clang-format off */
static const struct row rows[] = {
	{ "the first day of the agreement counts", "P-FORCE", AT_BOTH,
	    valid_from, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "the day before it does not", "P-FORCE", AT_EXPORT,
	    valid_from, TODAY + 1, NULL, VERDICT_REFUSE, NULL },
	{ "the last day of the agreement counts", "P-FORCE", AT_BOTH,
	    valid_until, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "a day later referrals stop going out", "P-FORCE", AT_EXPORT,
	    valid_until, TODAY - 1, NULL, VERDICT_REFUSE, NULL },
	{ "a day later what comes in is held", "P-FORCE", AT_IMPORT,
	    valid_until, TODAY - 1, NULL, VERDICT_HOLD, NULL },
	{ "an agreement without an end is not in force", "P-FORCE", AT_EXPORT,
	    valid_until, DAY_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "an agreement without a beginning neither", "P-FORCE", AT_IMPORT,
	    valid_from, DAY_UNKNOWN, NULL, VERDICT_HOLD, NULL },

	{ "both signed: passes", "P-SIGNED", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "the sender did not sign", "P-SIGNED", AT_BOTH,
	    not_signed, UNICEF, NULL, VERDICT_REFUSE, NULL },
	{ "the receiver did not sign", "P-SIGNED", AT_BOTH,
	    not_signed, UNHCR, NULL, VERDICT_REFUSE, NULL },
	{ "a third party need not have signed", "P-SIGNED", AT_BOTH,
	    not_signed, SCI, NULL, VERDICT_SHARE, NULL },
	{ "nobody looked at the signatures", "P-SIGNED", AT_BOTH,
	    nobody_looked, 0, NULL, VERDICT_REFUSE, NULL },
	{ "the receiver is no party", "P-SIGNED", AT_BOTH,
	    not_a_party, 0, NULL, VERDICT_REFUSE, NULL },
	{ "the sender has no party", "P-SIGNED", AT_BOTH,
	    node_without_party, 0, NULL, VERDICT_REFUSE, NULL },
	{ "whom the sender acts for must have signed too", "P-SIGNED",
	    AT_BOTH, acts_for_unsigned, 0, NULL, VERDICT_REFUSE, NULL },
	{ "who joins today takes part", "P-SIGNED", AT_BOTH,
	    joined, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "who joins tomorrow does not yet", "P-SIGNED", AT_EXPORT,
	    joined, TODAY + 1, NULL, VERDICT_REFUSE, NULL },
	{ "what came is held then: the clock may be behind", "P-SIGNED",
	    AT_IMPORT, joined, TODAY + 1, NULL, VERDICT_HOLD, NULL },
	{ "who signed and names no day has joined", "P-SIGNED", AT_BOTH,
	    joined, DAY_UNKNOWN, NULL, VERDICT_SHARE, NULL },
	{ "who leaves tomorrow still takes part", "P-SIGNED", AT_BOTH,
	    left, TODAY + 1, NULL, VERDICT_SHARE, NULL },
	{ "who leaves today does not", "P-SIGNED", AT_BOTH,
	    left, TODAY, NULL, VERDICT_REFUSE, NULL },
	{ "an office takes part from its first day", "P-SIGNED", AT_BOTH,
	    sender_from, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "an office not yet valid does not send", "P-SIGNED", AT_EXPORT,
	    sender_from, TODAY + 1, NULL, VERDICT_REFUSE, NULL },
	{ "what came from it is held", "P-SIGNED", AT_IMPORT,
	    sender_from, TODAY + 1, NULL, VERDICT_HOLD, NULL },
	{ "an office takes part on its last day", "P-SIGNED", AT_BOTH,
	    receiver_until, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "an office past its last day gets nothing", "P-SIGNED", AT_EXPORT,
	    receiver_until, TODAY - 1, NULL, VERDICT_REFUSE, NULL },
	{ "an office without dates does not take part", "P-SIGNED",
	    AT_EXPORT, receiver_until, DAY_UNKNOWN, NULL, VERDICT_REFUSE,
	    NULL },
	{ "nothing is sent by a revoked office", "P-SIGNED", AT_EXPORT,
	    revoked, 0, NULL, VERDICT_REFUSE, NULL },
	{ "nothing is sent to a revoked office", "P-SIGNED", AT_EXPORT,
	    revoked, 1, NULL, VERDICT_REFUSE, NULL },
	{ "revocation of a sender goes by its numbers", "P-SIGNED", AT_IMPORT,
	    revoked, 0, NULL, VERDICT_SHARE, NULL },

	{ "the same agreement passes", "P-SAME", AT_IMPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a newer one we do not hold is held", "P-SAME", AT_IMPORT,
	    newer, 1, NULL, VERDICT_HOLD, NULL },
	{ "an older one is judged by ours, and noted", "P-SAME", AT_IMPORT,
	    older, 1, NULL, VERDICT_NOTE, NULL },
	{ "an unknown one is held", "P-SAME", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_HOLD, NULL },

	{ "a listed service passes", "P-MATRIX", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "no flow between the two is refused", "P-MATRIX", AT_BOTH,
	    no_flow, 0, NULL, VERDICT_REFUSE, "" },
	{ "a service not listed is refused", "P-MATRIX", AT_BOTH,
	    service, 0, "food", VERDICT_REFUSE, "service.type" },
	{ "a service in other letters is another", "P-MATRIX", AT_BOTH,
	    service, 0, "Alternative_care", VERDICT_REFUSE, "service.type" },
	{ "a service that is not known is held", "P-MATRIX", AT_BOTH,
	    service, 0, NULL, VERDICT_HOLD, "service.type" },
	{ "a receiver that does not act for the agency", "P-MATRIX", AT_BOTH,
	    to_agency, 0, "SCI", VERDICT_REFUSE, "to_agency" },
	{ "an agency that nobody named is refused", "P-MATRIX", AT_IMPORT,
	    to_agency, 0, NULL, VERDICT_REFUSE, "to_agency" },
	{ "an agency that the source does not name is held", "P-MATRIX",
	    AT_EXPORT, to_agency, 0, NULL, VERDICT_HOLD, "to_agency" },
	{ "the flow must be of the agency it is from", "P-MATRIX", AT_BOTH,
	    from_agency, 0, "SCI", VERDICT_REFUSE, "" },
	{ "a referral from nobody has no flow", "P-MATRIX", AT_BOTH,
	    from_agency, 0, NULL, VERDICT_REFUSE, "" },

	{ "a listed purpose passes", "P-PURPOSE", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "another purpose is refused", "P-PURPOSE", AT_BOTH,
	    purpose, 0, "statistics", VERDICT_REFUSE, "purpose" },
	{ "no purpose is refused", "P-PURPOSE", AT_BOTH,
	    purpose, 0, NULL, VERDICT_REFUSE, "purpose" },
	{ "an empty purpose is refused", "P-PURPOSE", AT_BOTH,
	    purpose, 0, "", VERDICT_REFUSE, "purpose" },
	{ "consent for this purpose is enough", "P-PURPOSE", AT_BOTH,
	    agreed_purpose, 1, "refugee_cp_case_management", VERDICT_SHARE,
	    NULL },
	{ "consent for another purpose is a no to this one", "P-PURPOSE",
	    AT_BOTH, agreed_purpose, 1, "research", VERDICT_REFUSE,
	    "consent.purpose" },
	{ "also where that one is listed", "P-PURPOSE", AT_BOTH,
	    agreed_purpose, 2, "research", VERDICT_REFUSE,
	    "consent.purpose" },
	{ "the only purpose need not be said", "P-PURPOSE", AT_BOTH,
	    agreed_purpose, 1, " ", VERDICT_SHARE, NULL },
	{ "one of several must be", "P-PURPOSE", AT_BOTH,
	    agreed_purpose, 2, NULL, VERDICT_HOLD, "consent.purpose" },
	{ "and then is enough", "P-PURPOSE", AT_BOTH,
	    agreed_purpose, 2, "refugee_cp_case_management", VERDICT_SHARE,
	    NULL },
	{ "without a record C-HAVE speaks", "P-PURPOSE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
	{ "without a flow there are no purposes to ask", "P-PURPOSE",
	    AT_BOTH, no_flow, 0, NULL, VERDICT_SHARE, NULL },

	{ "a user with the right to send may", "P-WHO", AT_EXPORT,
	    acting, 1, "case_worker", VERDICT_SHARE, NULL },
	{ "a user without that right may not", "P-WHO", AT_EXPORT,
	    acting, 1, "supervisor", VERDICT_REFUSE, "" },
	{ "nor in practice", "P-WHO", AT_EXPORT,
	    acting, 0, "supervisor", VERDICT_REFUSE, NULL },
	{ "somebody who is not listed may not", "P-WHO", AT_EXPORT,
	    acting, 1, "somebody", VERDICT_REFUSE, NULL },
	{ "nor in practice somebody", "P-WHO", AT_EXPORT,
	    acting, 0, "somebody", VERDICT_REFUSE, NULL },
	{ "a user of the other office is not listed here", "P-WHO", AT_EXPORT,
	    acting, 1, "hub_admin", VERDICT_REFUSE, NULL },
	{ "a user is known by the exact letters", "P-WHO", AT_EXPORT,
	    acting, 1, "Case_Worker", VERDICT_REFUSE, NULL },
	{ "an empty name is nobody listed", "P-WHO", AT_EXPORT,
	    acting, 0, "", VERDICT_REFUSE, NULL },
	{ "nobody named may practise", "P-WHO", AT_EXPORT,
	    acting, 0, NULL, VERDICT_SHARE, NULL },
	{ "and send nothing real", "P-WHO", AT_EXPORT,
	    acting, 1, NULL, VERDICT_REFUSE, NULL },
	{ "who receives is not asked", "P-WHO", AT_IMPORT,
	    acting, 1, NULL, VERDICT_SHARE, NULL },

	{ "listed fields pass", "P-FIELDS", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "unlisted fields are stripped, all named", "P-FIELDS", AT_BOTH,
	    unlisted, 0, NULL, VERDICT_STRIP, "national_id_no risk_level" },
	{ "without a flow nothing is stripped", "P-FIELDS", AT_BOTH,
	    no_flow, 0, NULL, VERDICT_SHARE, NULL },
	{ "attachments not agreed on are stripped", "P-FIELDS", AT_BOTH,
	    attached, 0, NULL, VERDICT_STRIP, "attachments" },
	{ "attachments agreed on travel", "P-FIELDS", AT_BOTH,
	    attached, 1, NULL, VERDICT_SHARE, NULL },
	{ "free text travels where it may", "P-FIELDS", AT_BOTH,
	    free_text, FREE_TEXT_ALLOW, NULL, VERDICT_SHARE, NULL },
	{ "free text is stripped where it may not", "P-FIELDS", AT_BOTH,
	    free_text, FREE_TEXT_STRIP, NULL, VERDICT_STRIP,
	    "service.notes" },
	{ "free text to be read is not stripped", "P-FIELDS", AT_BOTH,
	    free_text, FREE_TEXT_REVIEW, NULL, VERDICT_SHARE, NULL },
};
/* clang-format on */

static struct scene s;

static void
what_fields_takes_is_told_apart(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	scene_set(&s, FIELD_RISK_LEVEL, "high");
	s.concern[0] = "rape";
	scene_judge(&s);
	assert_true(s.judgement.strip.field[FIELD_RISK_LEVEL]);
	assert_true(s.judgement.strip.by_fields_rule[FIELD_RISK_LEVEL]);
	assert_int_equal(s.judgement.strip.concern, 1);
	assert_false(
	    s.judgement.strip.by_fields_rule[FIELD_PROTECTION_CONCERNS]);
	assert_false(s.judgement.strip.field[FIELD_NAME_FIRST]);
	assert_false(s.judgement.strip.attachments);
}

static void
at_import_too_much_is_an_incident(void **state)
{
	const struct reason *said;

	(void)state;
	scene_start(&s, AT_IMPORT);
	scene_set(&s, FIELD_RISK_LEVEL, "high");
	scene_judge(&s);
	assert_int_equal(s.judgement.verdict, VERDICT_STRIP);
	said = scene_reason(&s, "P-FIELDS");
	assert_ptr_equal(said, &s.judgement.reasons[0]);
	assert_non_null(strstr(s.judgement.reasons[0].text, "more than"));
	assert_non_null(strstr(s.judgement.reasons[0].remedy, "incident"));
}

static void
a_field_taken_out_counts_as_absent(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	s.flow.field[FIELD_NAME_FIRST] = false;
	scene_set(&s, FIELD_NAME_FIRST, "*******");
	scene_judge(&s);
	assert_non_null(scene_reason(&s, "D-MIN"));
	assert_null(scene_reason(&s, "S-NAME"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fields_takes_is_told_apart),
		cmocka_unit_test(at_import_too_much_is_an_incident),
		cmocka_unit_test(a_field_taken_out_counts_as_absent),
	};

	return ROWS_RUN("rules_protocol", rows, row_holds) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
