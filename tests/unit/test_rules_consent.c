#include "tests/unit/a_referral.h"

static void
no_record(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.has_consent = false;
}

static void
no_record_from_progres(struct scene *s, const struct row *row)
{
	scene_from_progres(s);
	s->flow.evidence = (enum evidence)row->number;
	s->referral.has_consent = false;
}

static void
no_record_no_flow(struct scene *s, const struct row *row)
{
	scene_from_progres(s);
	no_record(s, row);
	s->question.flow = NULL;
}

static void
no_record_attested_flow(struct scene *s, const struct row *row)
{
	no_record(s, row);
	s->flow.evidence = EVIDENCE_ATTESTED;
}

static void
nobody_agreed(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.given_by_count = 0;
}

static void
given_on(struct scene *s, const struct row *row)
{
	s->giver[0].on = DAY_UNKNOWN;
	s->referral.consent.given_on = (day)row->number;
}

static void
method(struct scene *s, const struct row *row)
{
	s->referral.consent.method = (enum consent_method)row->number;
	s->referral.consent.attested_by_user = row->text;
}

static void
emergency(struct scene *s, const struct row *row)
{
	method(s, row);
	s->referral.priority = PRIORITY_EMERGENCY;
}

static void
attested_where_taken(struct scene *s, const struct row *row)
{
	method(s, row);
	s->flow.evidence = EVIDENCE_ATTESTED;
}

static void
draft(struct scene *s, const struct row *row)
{
	nobody_agreed(s, row);
	s->referral.consent.given_on = DAY_UNKNOWN;
	s->referral.consent.method = CONSENT_METHOD_UNKNOWN;
}

static void
subject_ref(struct scene *s, const struct row *row)
{
	s->referral.consent.subject_ref = row->text;
}

static void
differ(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.consents_differ = true;
}

static void
status(struct scene *s, const struct row *row)
{
	s->referral.consent.status = (enum consent_status)row->number;
}

static void
withdrawn_on(struct scene *s, const struct row *row)
{
	s->event[0] = (struct consent_event){ CONSENT_EVENT_WITHDRAWN,
		(day)row->number, "child" };
	s->referral.consent.event_count = 1;
}

static void
withdrawn_given_unknown(struct scene *s, const struct row *row)
{
	withdrawn_on(s, row);
	s->referral.consent.given_on = DAY_UNKNOWN;
}

static void
confirmed_on(struct scene *s, const struct row *row)
{
	s->event[0] = (struct consent_event){ CONSENT_EVENT_CONFIRMED,
		(day)row->number, "child" };
	s->referral.consent.event_count = 1;
}

static void
expires_on(struct scene *s, const struct row *row)
{
	s->referral.consent.expires_on = (day)row->number;
}

static void
max_age(struct scene *s, const struct row *row)
{
	s->agreement.max_age_days = (int)row->number;
}

static void
giver_on(struct scene *s, const struct row *row)
{
	s->giver[1].on = (day)row->number;
}

static void
givers_on(struct scene *s, const struct row *row)
{
	s->giver[0].on = (day)row->number;
	giver_on(s, row);
}

static void
attested_on(struct scene *s, const struct row *row)
{
	s->referral.consent.attested_on = (day)row->number;
}

static void
override_on(struct scene *s, const struct row *row)
{
	s->referral.consent.override.present = true;
	s->referral.consent.override.on = (day)row->number;
}

/* Sent on the row's day, or nobody knows when. */
static void
sent(struct scene *s, const struct row *row)
{
	s->bundle.created_known = row->number != DAY_UNKNOWN;
	s->bundle.created = (day)row->number;
}

/* clang-format off */
static const struct row records[] = {
	{ "a whole record passes", "C-HAVE", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "none at all from Primero is refused", "C-HAVE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_REFUSE, "" },
	{ "even where the flow takes attestations", "C-HAVE", AT_BOTH,
	    no_record_attested_flow, 0, NULL, VERDICT_REFUSE, "" },
	{ "none at all from proGres is held", "C-HAVE", AT_BOTH,
	    no_record_from_progres, EVIDENCE_ATTESTED, NULL, VERDICT_HOLD,
	    "" },
	{ "refused where the flow asks for a record", "C-HAVE", AT_BOTH,
	    no_record_from_progres, EVIDENCE_RECORD, NULL, VERDICT_REFUSE,
	    "" },
	{ "refused where there is no flow", "C-HAVE", AT_BOTH,
	    no_record_no_flow, 0, NULL, VERDICT_REFUSE, "" },
	{ "a record without who is held", "C-HAVE", AT_BOTH,
	    nobody_agreed, 0, NULL, VERDICT_HOLD, "consent.given_by" },
	{ "a record without when is held", "C-HAVE", AT_BOTH,
	    given_on, DAY_UNKNOWN, NULL, VERDICT_HOLD, "consent.given_on" },
	{ "a record without how is held", "C-HAVE", AT_BOTH,
	    method, CONSENT_METHOD_UNKNOWN, NULL, VERDICT_HOLD,
	    "consent.method" },
	{ "a draft names all it lacks", "C-HAVE", AT_BOTH,
	    draft, 0, NULL, VERDICT_HOLD,
	    "consent.given_by consent.given_on consent.method" },
	{ "a thumbprint is a how", "C-HAVE", AT_BOTH,
	    method, CONSENT_THUMBPRINT, NULL, VERDICT_SHARE, NULL },
	{ "in an emergency witnessed words are enough", "C-HAVE", AT_BOTH,
	    emergency, CONSENT_VERBAL_WITNESSED, NULL, VERDICT_SHARE, NULL },
	{ "even then how must be said", "C-HAVE", AT_BOTH,
	    emergency, CONSENT_METHOD_UNKNOWN, NULL, VERDICT_HOLD, NULL },
	{ "an attestation counts where it is taken", "C-HAVE", AT_BOTH,
	    attested_where_taken, CONSENT_ATTESTED, "hub_admin",
	    VERDICT_SHARE, NULL },
	{ "an attestation by nobody is held", "C-HAVE", AT_BOTH,
	    attested_where_taken, CONSENT_ATTESTED, " ", VERDICT_HOLD,
	    "consent.method" },
	{ "an attestation elsewhere is held", "C-HAVE", AT_BOTH,
	    method, CONSENT_ATTESTED, "hub_admin", VERDICT_HOLD,
	    "consent.method" },
	{ "a record of another case is held", "C-HAVE", AT_BOTH,
	    subject_ref, 0, "77aa", VERDICT_HOLD, "consent.subject_ref" },
	{ "a record of no case is held", "C-HAVE", AT_BOTH,
	    subject_ref, 0, NULL, VERDICT_HOLD, "consent.subject_ref" },
	{ "a record by individual number passes", "C-HAVE", AT_BOTH,
	    subject_ref, 0, "803-1", VERDICT_SHARE, NULL },
	{ "records that differ are held", "C-HAVE", AT_EXPORT,
	    differ, 0, NULL, VERDICT_HOLD, "" },

	{ "given passes", "C-STATE", AT_BOTH,
	    status, CONSENT_GIVEN, NULL, VERDICT_SHARE, NULL },
	{ "refused is refused", "C-STATE", AT_BOTH,
	    status, CONSENT_REFUSED, NULL, VERDICT_REFUSE, NULL },
	{ "withdrawn is refused", "C-STATE", AT_BOTH,
	    status, CONSENT_WITHDRAWN, NULL, VERDICT_REFUSE, NULL },
	{ "never asked is refused", "C-STATE", AT_BOTH,
	    status, CONSENT_NOT_ASKED, NULL, VERDICT_REFUSE, NULL },
	{ "expired is held", "C-STATE", AT_BOTH,
	    status, CONSENT_EXPIRED, NULL, VERDICT_HOLD, NULL },
	{ "unknown is held", "C-STATE", AT_BOTH,
	    status, CONSENT_UNKNOWN, NULL, VERDICT_HOLD, NULL },
	{ "a status that is none is refused", "C-STATE", AT_BOTH,
	    status, 77, NULL, VERDICT_REFUSE, NULL },
	{ "withdrawn after it was given is refused", "C-STATE", AT_BOTH,
	    withdrawn_on, TODAY - 9, NULL, VERDICT_REFUSE, NULL },
	{ "withdrawn the same day is refused", "C-STATE", AT_BOTH,
	    withdrawn_on, TODAY - 10, NULL, VERDICT_REFUSE, NULL },
	{ "withdrawn before and given anew passes", "C-STATE", AT_BOTH,
	    withdrawn_on, TODAY - 11, NULL, VERDICT_SHARE, NULL },
	{ "withdrawn on no known day is refused", "C-STATE", AT_BOTH,
	    withdrawn_on, DAY_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "withdrawn, and given on no known day", "C-STATE", AT_BOTH,
	    withdrawn_given_unknown, TODAY - 99, NULL, VERDICT_REFUSE, NULL },
	{ "confirmed later passes", "C-STATE", AT_BOTH,
	    confirmed_on, TODAY - 1, NULL, VERDICT_SHARE, NULL },
	{ "without a record its state is not asked", "C-STATE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "consent on its last day by age counts", "C-AGE", AT_BOTH,
	    given_on, TODAY - 365, NULL, VERDICT_SHARE, NULL },
	{ "a day older it is held", "C-AGE", AT_BOTH,
	    given_on, TODAY - 366, NULL, VERDICT_HOLD, "consent.given_on" },
	{ "consent of unknown age is held", "C-AGE", AT_BOTH,
	    given_on, DAY_UNKNOWN, NULL, VERDICT_HOLD, "consent.given_on" },
	{ "its own last day counts", "C-AGE", AT_BOTH,
	    expires_on, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "a day after it is held", "C-AGE", AT_BOTH,
	    expires_on, TODAY - 1, NULL, VERDICT_HOLD,
	    "consent.expires_on" },
	{ "where no age is agreed all is too old", "C-AGE", AT_BOTH,
	    max_age, 0, NULL, VERDICT_HOLD, NULL },
	{ "no age is too great to count with", "C-AGE", AT_BOTH,
	    max_age, INT32_MAX, NULL, VERDICT_SHARE, NULL },
	{ "without a record its age is not asked", "C-AGE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "given today can be", "C-DATE", AT_BOTH,
	    given_on, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "given tomorrow cannot", "C-DATE", AT_BOTH,
	    given_on, TODAY + 1, NULL, VERDICT_HOLD, "consent.given_on" },
	{ "given on the day of birth can be", "C-DATE", AT_BOTH,
	    given_on, BORN, NULL, VERDICT_SHARE, NULL },
	{ "given before birth cannot", "C-DATE", AT_BOTH,
	    given_on, BORN - 1, NULL, VERDICT_HOLD,
	    "consent.given_on date_of_birth" },
	{ "an unknown date is C-HAVE's to say", "C-DATE", AT_BOTH,
	    given_on, DAY_UNKNOWN, NULL, VERDICT_SHARE, NULL },
	{ "a giver of tomorrow cannot be", "C-DATE", AT_BOTH,
	    giver_on, TODAY + 1, NULL, VERDICT_HOLD, "consent.given_by" },
	{ "a date that is wrong twice is named once", "C-DATE", AT_BOTH,
	    givers_on, TODAY + 1, NULL, VERDICT_HOLD, "consent.given_by" },
	{ "an event of today can be", "C-DATE", AT_BOTH,
	    confirmed_on, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "an event of tomorrow cannot", "C-DATE", AT_BOTH,
	    confirmed_on, TODAY + 1, NULL, VERDICT_HOLD, "consent.events" },
	{ "an attestation of tomorrow cannot", "C-DATE", AT_BOTH,
	    attested_on, TODAY + 1, NULL, VERDICT_HOLD,
	    "consent.attested_by" },
	{ "an override of tomorrow cannot", "C-DATE", AT_BOTH,
	    override_on, TODAY + 1, NULL, VERDICT_HOLD, "consent.override" },
	{ "it may end the day it was given", "C-DATE", AT_BOTH,
	    expires_on, TODAY - 10, NULL, VERDICT_SHARE, NULL },
	{ "it cannot end before", "C-DATE", AT_BOTH,
	    expires_on, TODAY - 11, NULL, VERDICT_HOLD,
	    "consent.expires_on" },
	{ "given on the day it was sent can be", "C-DATE", AT_IMPORT,
	    sent, TODAY - 10, NULL, VERDICT_SHARE, NULL },
	{ "given after it was sent cannot", "C-DATE", AT_IMPORT,
	    sent, TODAY - 11, NULL, VERDICT_HOLD,
	    "consent.given_on consent.given_by" },
	{ "when it was sent may not be known", "C-DATE", AT_IMPORT,
	    sent, DAY_UNKNOWN, NULL, VERDICT_SHARE, NULL },
	{ "a day of sending to come changes nothing", "C-DATE", AT_IMPORT,
	    sent, TODAY + 9, NULL, VERDICT_SHARE, NULL },
	{ "without a record it has no dates", "C-DATE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
};
/* clang-format on */

static void
opt_in(struct scene *s, const struct row *row)
{
	s->referral.consent.source.unhcr_export_opt_in =
	    (enum answer_given)row->number;
	s->recipient[0] = "nobody";
}

static void
opt_in_negative(struct scene *s, const struct row *row)
{
	opt_in(s, row);
	s->node[0].polarity = POLARITY_NEGATIVE;
}

static void
opt_in_undeclared(struct scene *s, const struct row *row)
{
	opt_in(s, row);
	s->node[0].polarity = POLARITY_NONE;
}

static void
opt_in_and_sharing(struct scene *s, const struct row *row)
{
	opt_in(s, row);
	s->one[0] = row->text;
	s->referral.consent.source.consent_info_sharing = LIST(s->one);
}

static void
opt_in_named_in_record(struct scene *s, const struct row *row)
{
	opt_in(s, row);
	s->recipient[0] = row->text;
}

static void
opt_in_refused_record(struct scene *s, const struct row *row)
{
	opt_in_named_in_record(s, row);
	s->referral.consent.status = CONSENT_REFUSED;
}

static void
to_primero(struct scene *s, const struct row *row)
{
	opt_in(s, row);
	s->node[1].system = SYSTEM_PRIMERO;
}

static void
from_progres(struct scene *s, const struct row *row)
{
	(void)row;
	scene_from_progres(s);
}

static void
no_source_fields(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.source.present = false;
	s->recipient[0] = "nobody";
}

static void
polarity(struct scene *s, const struct row *row)
{
	s->node[0].polarity = (enum polarity)row->number;
}

static void
for_services(struct scene *s, const struct row *row)
{
	s->referral.consent.source.consent_for_services =
	    (enum answer_given)row->number;
}

static void
to_others(struct scene *s, const struct row *row)
{
	s->referral.consent.source.disclosure_other_orgs =
	    (enum answer_given)row->number;
}

static void
to_others_draft(struct scene *s, const struct row *row)
{
	to_others(s, row);
	s->referral.consent.method = CONSENT_METHOD_UNKNOWN;
}

static void
to_others_not_given(struct scene *s, const struct row *row)
{
	to_others(s, row);
	s->referral.consent.status = CONSENT_UNKNOWN;
}

static void
one_no_one_unknown(struct scene *s, const struct row *row)
{
	to_others(s, row);
	s->referral.consent.source.consent_for_services = ANSWER_UNKNOWN;
}

static void
overridden(struct scene *s, const struct row *row)
{
	s->source.overridden = (enum answer_given)row->number;
}

static void
overridden_by(struct scene *s, const struct row *row)
{
	s->source.overridden = ANSWER_YES;
	s->referral.consent.override = (struct consent_override){
		.present = true,
		.reason_code = "not_reachable",
		.reason = "the caregiver could not be found",
		.authoriser_name = "Supervisor One",
		.authoriser_role = row->text,
		.on = (day)row->number,
	};
}

/* clang-format off */
static const struct row ticks[] = {
	{ "a yes under a positive question passes", "C-UNHCR", AT_BOTH,
	    opt_in, ANSWER_YES, NULL, VERDICT_SHARE, NULL },
	{ "a no under a positive question is refused", "C-UNHCR", AT_BOTH,
	    opt_in, ANSWER_NO, NULL, VERDICT_REFUSE, "unhcr_export_opt_in" },
	{ "no answer is refused", "C-UNHCR", AT_BOTH,
	    opt_in, ANSWER_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "a yes under a negative question is a refusal", "C-UNHCR", AT_BOTH,
	    opt_in_negative, ANSWER_YES, NULL, VERDICT_REFUSE, NULL },
	{ "a no under a negative question passes", "C-UNHCR", AT_BOTH,
	    opt_in_negative, ANSWER_NO, NULL, VERDICT_SHARE, NULL },
	{ "no answer under a negative question is refused", "C-UNHCR",
	    AT_BOTH, opt_in_negative, ANSWER_UNKNOWN, NULL, VERDICT_REFUSE,
	    NULL },
	{ "an undeclared question has no yes", "C-UNHCR", AT_BOTH,
	    opt_in_undeclared, ANSWER_YES, NULL, VERDICT_REFUSE, NULL },
	{ "nor a no that can be read as yes", "C-UNHCR", AT_BOTH,
	    opt_in_undeclared, ANSWER_NO, NULL, VERDICT_REFUSE, NULL },
	{ "the list of those to share with may say it", "C-UNHCR", AT_BOTH,
	    opt_in_and_sharing, ANSWER_UNKNOWN, "unhcr", VERDICT_SHARE,
	    NULL },
	{ "a list without UNHCR does not", "C-UNHCR", AT_BOTH,
	    opt_in_and_sharing, ANSWER_UNKNOWN, "family", VERDICT_REFUSE,
	    NULL },
	{ "a no beside that list is still a no", "C-UNHCR", AT_BOTH,
	    opt_in_and_sharing, ANSWER_NO, "unhcr", VERDICT_REFUSE, NULL },
	{ "a record that names the agency makes it a hold", "C-UNHCR",
	    AT_BOTH, opt_in_named_in_record, ANSWER_UNKNOWN, "UNHCR",
	    VERDICT_HOLD, "unhcr_export_opt_in" },
	{ "but no record outweighs a no", "C-UNHCR", AT_BOTH,
	    opt_in_named_in_record, ANSWER_NO, "UNHCR", VERDICT_REFUSE,
	    NULL },
	{ "nor does a record of a refusal", "C-UNHCR", AT_BOTH,
	    opt_in_refused_record, ANSWER_UNKNOWN, "UNHCR", VERDICT_REFUSE,
	    NULL },
	{ "without the case's answers it is refused", "C-UNHCR", AT_BOTH,
	    no_source_fields, 0, NULL, VERDICT_REFUSE, NULL },
	{ "without any record it is refused", "C-UNHCR", AT_BOTH,
	    no_record, 0, NULL, VERDICT_REFUSE, NULL },
	{ "only sharing with UNHCR is asked about", "C-UNHCR", AT_BOTH,
	    to_primero, ANSWER_NO, NULL, VERDICT_SHARE, NULL },
	{ "proGres has no such question", "C-UNHCR", AT_BOTH,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },

	{ "a positive question is declared", "C-POL", AT_BOTH,
	    polarity, POLARITY_POSITIVE, NULL, VERDICT_SHARE, NULL },
	{ "a negative question is declared", "C-POL", AT_BOTH,
	    polarity, POLARITY_NEGATIVE, NULL, VERDICT_SHARE, NULL },
	{ "an undeclared one is refused", "C-POL", AT_BOTH,
	    polarity, POLARITY_NONE, NULL, VERDICT_REFUSE, NULL },
	{ "a word that is neither is refused", "C-POL", AT_BOTH,
	    polarity, 77, NULL, VERDICT_REFUSE, NULL },
	{ "proGres need not declare it", "C-POL", AT_BOTH,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },

	{ "both ticks pass", "C-CASE", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "no to services is refused", "C-CASE", AT_BOTH,
	    for_services, ANSWER_NO, NULL, VERDICT_REFUSE,
	    "consent_for_services" },
	{ "no to sharing is refused", "C-CASE", AT_BOTH,
	    to_others, ANSWER_NO, NULL, VERDICT_REFUSE,
	    "disclosure_other_orgs" },
	{ "unknown beside a given record is held", "C-CASE", AT_BOTH,
	    to_others, ANSWER_UNKNOWN, NULL, VERDICT_HOLD,
	    "disclosure_other_orgs" },
	{ "unknown beside a draft is refused", "C-CASE", AT_BOTH,
	    to_others_draft, ANSWER_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "unknown beside an unknown record is refused", "C-CASE", AT_BOTH,
	    to_others_not_given, ANSWER_UNKNOWN, NULL, VERDICT_REFUSE,
	    NULL },
	{ "a no beside an unknown is a no, both named", "C-CASE", AT_BOTH,
	    one_no_one_unknown, ANSWER_NO, NULL, VERDICT_REFUSE,
	    "consent_for_services disclosure_other_orgs" },
	{ "answers left out are unknown", "C-CASE", AT_BOTH,
	    no_source_fields, 0, NULL, VERDICT_HOLD, NULL },
	{ "without any record the ticks are unknown", "C-CASE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_REFUSE, NULL },
	{ "proGres is not asked", "C-CASE", AT_BOTH,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },

	{ "not overridden passes", "C-OVRP", AT_EXPORT,
	    overridden, ANSWER_NO, NULL, VERDICT_SHARE, NULL },
	{ "a mark alone is held", "C-OVRP", AT_EXPORT,
	    overridden, ANSWER_YES, NULL, VERDICT_HOLD, NULL },
	{ "no mark is no override", "C-OVRP", AT_EXPORT,
	    overridden, ANSWER_UNKNOWN, NULL, VERDICT_SHARE, NULL },
	{ "a mark with a whole record of who and why is more than the mark",
	    "C-OVRP", AT_EXPORT,
	    overridden_by, TODAY, "supervisor", VERDICT_SHARE, NULL },
	{ "a mark with a record by another role is the mark alone",
	    "C-OVRP", AT_EXPORT,
	    overridden_by, TODAY, "case_worker", VERDICT_HOLD, NULL },
	{ "a mark with a record without a date is the mark alone",
	    "C-OVRP", AT_EXPORT,
	    overridden_by, DAY_UNKNOWN, "supervisor", VERDICT_HOLD, NULL },
};
/* clang-format on */

static void
asked_service(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SERVICE_TYPE, row->text);
}

static void
documentation_for(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SERVICE_TYPE, "documentation");
	s->service[0] = row->text;
}

static void
relocation_for(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SERVICE_TYPE, "relocation");
	s->service[0] = row->text;
}

static void
no_service(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.value[FIELD_SERVICE_TYPE].present = false;
}

static void
services_unsaid(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.services = (struct texts){ 0 };
}

static void
services_empty(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.services.count = 0;
}

static void
recipient(struct scene *s, const struct row *row)
{
	s->recipient[0] = row->text;
}

static void
recipients_unsaid(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.recipients = (struct texts){ 0 };
}

static void
recipients_empty(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.recipients.count = 0;
}

static void
agency_unsaid(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.to_agency = NULL;
}

static void
note(struct scene *s, const struct row *row)
{
	s->source.withheld_note = row->number != 0;
}

static void
unread_note(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.withheld_unread = true;
}

static void
withheld(struct scene *s, const struct row *row)
{
	struct consent *c = &s->referral.consent;

	c->withheld_said = true;
	c->withheld_any = true;
	c->withheld_reviewed_by = row->number != 0 ? "cp_supervisor" : " ";
	if (row->text != NULL) {
		s->one[0] = row->text;
		c->withheld_removed = LIST(s->one);
	}
}

static void
reviewed_note(struct scene *s, const struct row *row)
{
	withheld(s, row);
	s->source.withheld_note = true;
	s->source.withheld_unread = true;
}

static void
nothing_withheld(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.withheld_said = true;
}

static void
hidden_note(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.withheld_hidden = true;
}

static void
hidden_and_recorded(struct scene *s, const struct row *row)
{
	nothing_withheld(s, row);
	hidden_note(s, row);
}

static void
with_address(struct scene *s)
{
	scene_set(s, FIELD_ADDRESS_CURRENT, "zone 3");
	scene_set(s, FIELD_CAREGIVER_NAME, "Achol");
	scene_set(s, FIELD_DISABILITY, "hearing");
}

static void
only_category(struct scene *s, const struct row *row)
{
	with_address(s);
	s->category[0] = row->text;
	s->referral.consent.info_categories.count = 1;
}

static void
all_categories(struct scene *s, const struct row *row)
{
	(void)row;
	with_address(s);
}

static void
categories_unsaid(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.consent.info_categories = (struct texts){ 0 };
}

/* clang-format off */
static const struct row scope[] = {
	{ "a service of the same name is covered", "C-SVC", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a service with a twin that was not named", "C-SVC", AT_BOTH,
	    asked_service, 0, "shelter", VERDICT_REFUSE, "service.type" },
	{ "the scope map covers a service", "C-SVC", AT_BOTH,
	    documentation_for, 0, "legal_support", VERDICT_SHARE, NULL },
	{ "another scope of the map does not", "C-SVC", AT_BOTH,
	    documentation_for, 0, "psychosocial_support", VERDICT_REFUSE,
	    NULL },
	{ "a service without a twin is held", "C-SVC", AT_BOTH,
	    asked_service, 0, "relocation", VERDICT_HOLD, "service.type" },
	{ "unless the record names it itself", "C-SVC", AT_BOTH,
	    relocation_for, 0, "relocation", VERDICT_SHARE, NULL },
	{ "'other' covers nothing in particular", "C-SVC", AT_BOTH,
	    relocation_for, 0, "other", VERDICT_HOLD, NULL },
	{ "a scope of the map is a twin by its own name", "C-SVC", AT_BOTH,
	    asked_service, 0, "psychosocial_support", VERDICT_REFUSE, NULL },
	{ "an unknown scope is held", "C-SVC", AT_BOTH,
	    services_unsaid, 0, NULL, VERDICT_HOLD, NULL },
	{ "a scope of nothing is refused", "C-SVC", AT_BOTH,
	    services_empty, 0, NULL, VERDICT_REFUSE, NULL },
	{ "an unknown service is held", "C-SVC", AT_BOTH,
	    no_service, 0, NULL, VERDICT_HOLD, "service.type" },
	{ "an empty service is held", "C-SVC", AT_BOTH,
	    asked_service, 0, "", VERDICT_HOLD, NULL },
	{ "without a record its services are not asked", "C-SVC", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "an agency that is named passes", "C-ORG", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "an agency that is not is refused", "C-ORG", AT_BOTH,
	    recipient, 0, "SCI", VERDICT_REFUSE, "consent.recipients" },
	{ "a party is known by its exact letters", "C-ORG", AT_BOTH,
	    recipient, 0, "unhcr", VERDICT_REFUSE, NULL },
	{ "nobody named is refused", "C-ORG", AT_BOTH,
	    recipients_empty, 0, NULL, VERDICT_REFUSE, NULL },
	{ "recipients not said are held", "C-ORG", AT_BOTH,
	    recipients_unsaid, 0, NULL, VERDICT_HOLD, "consent.recipients" },
	{ "a referral to nobody is refused", "C-ORG", AT_BOTH,
	    agency_unsaid, 0, NULL, VERDICT_REFUSE, NULL },
	{ "without a record its recipients are not asked", "C-ORG", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "nothing to keep private passes", "C-HIDE", AT_EXPORT,
	    note, 0, NULL, VERDICT_SHARE, NULL },
	{ "a note is held", "C-HIDE", AT_EXPORT,
	    note, 1, NULL, VERDICT_HOLD, NULL },
	{ "a note that cannot be read is held", "C-HIDE", AT_EXPORT,
	    unread_note, 0, NULL, VERDICT_HOLD, NULL },
	{ "a note that the server does not show is held", "C-HIDE", AT_EXPORT,
	    hidden_note, 0, NULL, VERDICT_HOLD, NULL },
	{ "and passes where the record says that there is none", "C-HIDE",
	    AT_EXPORT, hidden_and_recorded, 0, NULL, VERDICT_SHARE, NULL },
	{ "a note a person dealt with passes", "C-HIDE", AT_EXPORT,
	    reviewed_note, 1, NULL, VERDICT_SHARE, NULL },
	{ "a note nobody put a name to is held", "C-HIDE", AT_EXPORT,
	    reviewed_note, 0, NULL, VERDICT_HOLD, NULL },
	{ "what is to stay private is taken out", "C-HIDE", AT_BOTH,
	    withheld, 1, "language", VERDICT_STRIP, "language" },
	{ "what is not there need not be", "C-HIDE", AT_BOTH,
	    withheld, 1, "caregiver.name", VERDICT_SHARE, NULL },
	{ "a field nobody knows is held", "C-HIDE", AT_BOTH,
	    withheld, 1, "shoe_size", VERDICT_HOLD, "consent.withheld" },
	{ "withheld without a reviewer is held", "C-HIDE", AT_BOTH,
	    withheld, 0, NULL, VERDICT_HOLD, NULL },
	{ "withheld, and taken out without a reviewer", "C-HIDE", AT_BOTH,
	    withheld, 0, "language", VERDICT_HOLD, "language" },
	{ "nothing withheld needs no reviewer", "C-HIDE", AT_BOTH,
	    nothing_withheld, 0, NULL, VERDICT_SHARE, NULL },
	{ "without a record there is no list", "C-HIDE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "all categories named: all travels", "C-INFO", AT_BOTH,
	    all_categories, 0, NULL, VERDICT_SHARE, NULL },
	{ "what is not identity is taken out", "C-INFO", AT_BOTH,
	    only_category, 0, "identity", VERDICT_STRIP,
	    "disability_type_communications address_current "
	    "protection_concerns caregiver.name" },
	{ "service, sender and numbers are always covered", "C-INFO",
	    AT_BOTH, only_category, 0, "no such kind", VERDICT_STRIP, NULL },
	{ "categories not said are held", "C-INFO", AT_BOTH,
	    categories_unsaid, 0, NULL, VERDICT_HOLD,
	    "consent.info_categories" },
	{ "without a record its categories are not asked", "C-INFO", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
};
/* clang-format on */

/* The age at consent; who gave it as letters: c, k (caregiver), g, o. */
static void
aged(struct scene *s, const struct row *row)
{
	static struct consent_giver givers[8];
	struct consent *c = &s->referral.consent;

	s->referral.value[FIELD_DATE_OF_BIRTH].present = false;
	s->referral.value[FIELD_AGE].present = false;
	c->age_at_consent = row->number;
	c->given_by = givers;
	c->given_by_count = strlen(row->text);
	for (size_t i = 0; i < c->given_by_count; i++) {
		givers[i].on = DAY_UNKNOWN;
		givers[i].role = row->text[i] == 'c' ? CONSENT_BY_CHILD :
		    row->text[i] == 'k'		     ? CONSENT_BY_CAREGIVER :
		    row->text[i] == 'g'		     ? CONSENT_BY_GUARDIAN :
						       CONSENT_BY_OTHER;
	}
}

static void
only_field_age(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.consent.age_at_consent = -1;
	s->referral.value[FIELD_AGE] =
	    (struct value){ .present = true, .integer = row->number };
}

/* Fifteen by the record, twelve by the birth date. */
static void
two_ages(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.value[FIELD_DATE_OF_BIRTH].present = true;
}

/* Given the day before she turned six, or that day; the child alone now. */
static void
turned_six(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.consent.age_at_consent = -1;
	s->referral.value[FIELD_DATE_OF_BIRTH].present = true;
	s->referral.value[FIELD_DATE_OF_BIRTH].date = TODAY - 2192;
	s->referral.consent.given_on = TODAY + (day)row->number;
}

static void
override_by(struct scene *s, const struct row *row)
{
	struct row who = { .number = 12, .text = "c" };

	aged(s, &who);
	s->referral.consent.override = (struct consent_override){
		.present = true,
		.reason_code = "not_reachable",
		.reason = "the caregiver could not be found",
		.authoriser_name = "Supervisor One",
		.authoriser_role = row->text,
		.on = (day)row->number,
	};
}

static void
no_bands(struct scene *s, const struct row *row)
{
	(void)row;
	s->agreement.age_rule_count = 0;
}

static void
empty_needs(struct scene *s, const struct row *row)
{
	static struct age_rule nobody = { 0, 17, { NULL, 0, true }, NULL, 0 };

	(void)row;
	s->agreement.age_rules = &nobody;
	s->agreement.age_rule_count = 1;
}

static void
unknown_need(struct scene *s, const struct row *row)
{
	static const char *who[] = { "uncle" };
	static struct age_rule odd = { 0, 17, { who, 1, true }, NULL, 0 };

	(void)row;
	s->agreement.age_rules = &odd;
	s->agreement.age_rule_count = 1;
}

static void
emergency_child_alone(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.priority = PRIORITY_EMERGENCY;
}

static void
estimated(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.consent.age_estimated = ANSWER_YES;
}

static void
estimate_not_said(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.consent.age_estimated = ANSWER_UNKNOWN;
}

static void
estimated_field(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->referral.value[FIELD_ESTIMATED] =
	    (struct value){ .present = true, .yes = true };
}

static void
estimate_unreadable(struct scene *s, const struct row *row)
{
	aged(s, row);
	s->source.unreadable[FIELD_ESTIMATED] = true;
}

static void
birth_date_and_no_word(struct scene *s, const struct row *row)
{
	turned_six(s, row);
	s->referral.consent.age_estimated = ANSWER_UNKNOWN;
}

/* clang-format off */
static const struct row bands[] = {
	{ "child and caregiver at twelve", "C-BAND", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "the child alone at twelve is held", "C-BAND", AT_BOTH,
	    aged, 12, "c", VERDICT_HOLD, "consent.given_by" },
	{ "the caregiver alone at twelve is held", "C-BAND", AT_BOTH,
	    aged, 12, "k", VERDICT_HOLD, NULL },
	{ "somebody else does not count", "C-BAND", AT_BOTH,
	    aged, 12, "co", VERDICT_HOLD, NULL },
	{ "a guardian instead of a caregiver", "C-BAND", AT_BOTH,
	    aged, 12, "gc", VERDICT_SHARE, NULL },
	{ "a guardian without the child is held", "C-BAND", AT_BOTH,
	    aged, 12, "g", VERDICT_HOLD, NULL },
	{ "nobody is held", "C-BAND", AT_BOTH,
	    aged, 12, "", VERDICT_HOLD, NULL },
	{ "a caregiver at five is enough", "C-BAND", AT_BOTH,
	    aged, 5, "k", VERDICT_SHARE, NULL },
	{ "a caregiver at six is not", "C-BAND", AT_BOTH,
	    aged, 6, "k", VERDICT_HOLD, NULL },
	{ "the child alone at fourteen is held", "C-BAND", AT_BOTH,
	    aged, 14, "c", VERDICT_HOLD, NULL },
	{ "the child alone at fifteen is enough", "C-BAND", AT_BOTH,
	    aged, 15, "c", VERDICT_SHARE, NULL },
	{ "seventeen is in the last band", "C-BAND", AT_BOTH,
	    aged, 17, "c", VERDICT_SHARE, NULL },
	{ "eighteen is in none, and held", "C-BAND", AT_BOTH,
	    aged, 18, "kc", VERDICT_HOLD, "consent.given_by" },
	{ "no number is too large to be judged", "C-BAND", AT_BOTH,
	    aged, INT64_MAX, "kc", VERDICT_HOLD, NULL },
	{ "an unknown age is held", "C-BAND", AT_BOTH,
	    aged, -1, "kc", VERDICT_HOLD, "" },
	{ "the referral's age will do", "C-BAND", AT_BOTH,
	    only_field_age, 15, "c", VERDICT_SHARE, NULL },
	{ "an age below zero is in no band", "C-BAND", AT_BOTH,
	    only_field_age, -1, "kc", VERDICT_HOLD, NULL },
	{ "where two ages are told both bands count", "C-BAND", AT_BOTH,
	    two_ages, 15, "c", VERDICT_HOLD, NULL },
	{ "and both can be satisfied", "C-BAND", AT_BOTH,
	    two_ages, 15, "ck", VERDICT_SHARE, NULL },
	{ "the age on the day of consent counts", "C-BAND", AT_BOTH,
	    turned_six, -1, "k", VERDICT_SHARE, NULL },
	{ "on the birthday the next band begins", "C-BAND", AT_BOTH,
	    turned_six, 0, "k", VERDICT_HOLD, NULL },
	{ "a whole override is for C-OVR to have confirmed", "C-BAND", AT_BOTH,
	    override_by, TODAY, "supervisor", VERDICT_SHARE, NULL },
	{ "an override by another role is held", "C-BAND", AT_BOTH,
	    override_by, TODAY, "case_worker", VERDICT_HOLD, NULL },
	{ "an override without a role is held", "C-BAND", AT_BOTH,
	    override_by, TODAY, NULL, VERDICT_HOLD, NULL },
	{ "an override without a date is held", "C-BAND", AT_BOTH,
	    override_by, DAY_UNKNOWN, "supervisor", VERDICT_HOLD, NULL },
	{ "in an emergency a person releases it", "C-BAND", AT_BOTH,
	    emergency_child_alone, 12, "c", VERDICT_HOLD, NULL },
	{ "without bands all is held", "C-BAND", AT_BOTH,
	    no_bands, 0, NULL, VERDICT_HOLD, NULL },
	{ "a band that needs nobody is held", "C-BAND", AT_BOTH,
	    empty_needs, 0, NULL, VERDICT_HOLD, NULL },
	{ "a need nobody knows is held", "C-BAND", AT_BOTH,
	    unknown_need, 0, NULL, VERDICT_HOLD, NULL },
	{ "without a record its givers are not asked", "C-BAND", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "an age that is no estimate has no edge", "C-EDGE", AT_BOTH,
	    aged, 15, "c", VERDICT_SHARE, NULL },
	{ "an estimate a year above a stricter band", "C-EDGE", AT_BOTH,
	    estimated, 15, "c", VERDICT_HOLD, "age" },
	{ "two years above it passes", "C-EDGE", AT_BOTH,
	    estimated, 16, "c", VERDICT_SHARE, NULL },
	{ "an estimate a year below a stricter band", "C-EDGE", AT_BOTH,
	    estimated, 5, "k", VERDICT_HOLD, "age" },
	{ "two years below it passes", "C-EDGE", AT_BOTH,
	    estimated, 4, "k", VERDICT_SHARE, NULL },
	{ "at an edge both bands may be satisfied", "C-EDGE", AT_BOTH,
	    estimated, 14, "kc", VERDICT_SHARE, NULL },
	{ "an estimate of seventeen may be an adult", "C-EDGE", AT_BOTH,
	    estimated, 17, "kc", VERDICT_HOLD, "age" },
	{ "an estimate of nought has one side", "C-EDGE", AT_BOTH,
	    estimated, 0, "k", VERDICT_SHARE, NULL },
	{ "the case's tick makes it an estimate", "C-EDGE", AT_BOTH,
	    estimated_field, 15, "c", VERDICT_HOLD, NULL },
	{ "a tick that cannot be read does too", "C-EDGE", AT_EXPORT,
	    estimate_unreadable, 15, "c", VERDICT_HOLD, NULL },
	{ "years without a birth date are an estimate", "C-EDGE", AT_BOTH,
	    estimate_not_said, 15, "c", VERDICT_HOLD, NULL },
	{ "a birth date is none unless it is said", "C-EDGE", AT_BOTH,
	    birth_date_and_no_word, -1, "k", VERDICT_SHARE, NULL },
	{ "where C-BAND holds it says nothing", "C-EDGE", AT_BOTH,
	    estimated, 6, "k", VERDICT_SHARE, NULL },
	{ "an unknown age is C-BAND's", "C-EDGE", AT_BOTH,
	    estimated, -1, "kc", VERDICT_SHARE, NULL },
	{ "without a record there is no edge", "C-EDGE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
};
/* clang-format on */

static struct scene s;

/* Does one answer, or the status, say no under this polarity? */
static bool
says_no(const struct consent *c, enum polarity p)
{
	enum answer_given no = p == POLARITY_NEGATIVE ? ANSWER_YES : ANSWER_NO;

	return c->source.consent_for_services == ANSWER_NO ||
	    c->source.disclosure_other_orgs == ANSWER_NO ||
	    (p != POLARITY_NONE && c->source.unhcr_export_opt_in == no) ||
	    c->status == CONSENT_REFUSED || c->status == CONSENT_WITHDRAWN;
}

static bool
says_yes(const struct consent *c, enum polarity p)
{
	enum answer_given yes = p == POLARITY_NEGATIVE ? ANSWER_NO : ANSWER_YES;

	return c->source.consent_for_services == ANSWER_YES &&
	    c->source.disclosure_other_orgs == ANSWER_YES &&
	    p != POLARITY_NONE && c->source.unhcr_export_opt_in == yes &&
	    c->status == CONSENT_GIVEN;
}

static void
judge_combination(enum end end, unsigned ticks_at, enum polarity p,
    enum consent_status st)
{
	struct consent *c = &s.referral.consent;

	scene_start(&s, end);
	c->source.consent_for_services = (enum answer_given)(ticks_at % 3);
	c->source.disclosure_other_orgs = (enum answer_given)(ticks_at / 3 % 3);
	c->source.unhcr_export_opt_in = (enum answer_given)(ticks_at / 9);
	c->status = st;
	s.node[0].polarity = p;
	scene_judge(&s);
	if (says_no(c, p))
		assert_int_equal(s.judgement.verdict, VERDICT_REFUSE);
	if (says_yes(c, p))
		assert_int_equal(s.judgement.verdict, VERDICT_SHARE);
	else
		assert_true(s.judgement.verdict >= VERDICT_HOLD);
}

static void
a_no_never_travels_and_only_all_yes_does(void **state)
{
	(void)state;
	for (enum end end = AT_EXPORT; end <= AT_IMPORT; end++)
		for (unsigned t = 0; t < 27; t++)
			for (enum polarity p = POLARITY_NONE;
			     p <= POLARITY_NEGATIVE; p++)
				for (enum consent_status st = CONSENT_UNKNOWN;
				     st <= CONSENT_NOT_ASKED; st++)
					judge_combination(end, t, p, st);
}

/* The bands look at what the case says, also where it does not travel. */
static void
a_birth_date_that_stays_still_decides_the_band(void **state)
{
	(void)state;
	scene_start(&s, AT_EXPORT);
	s.flow.field[FIELD_DATE_OF_BIRTH] = false;
	s.flow.field[FIELD_AGE] = false;
	scene_judge(&s);
	assert_null(scene_reason(&s, "C-BAND"));
	assert_non_null(scene_reason(&s, "P-FIELDS"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_no_never_travels_and_only_all_yes_does),
		cmocka_unit_test(
		    a_birth_date_that_stays_still_decides_the_band),
	};

	return ROWS_RUN("records", records, row_holds) +
	    ROWS_RUN("ticks", ticks, row_holds) +
	    ROWS_RUN("scope", scope, row_holds) +
	    ROWS_RUN("bands", bands, row_holds) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
