#include "tests/unit/a_referral.h"

static void
no_record(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.has_consent = false;
}

/* --- C-OVR --- */

static struct consent_override *
whole(struct scene *s)
{
	s->referral.consent.override = (struct consent_override){
		.present = true,
		.reason_code = "not_reachable",
		.reason = "the caregiver could not be found",
		.authoriser_name = "Supervisor One",
		.authoriser_role = "supervisor",
		.on = TODAY,
	};
	return &s->referral.consent.override;
}

static void
approved(struct scene *s, const struct row *row)
{
	(void)row;
	(void)whole(s);
}

static void
approved_for(struct scene *s, const struct row *row)
{
	whole(s)->reason_code = row->text;
}

static void
approved_because(struct scene *s, const struct row *row)
{
	whole(s)->reason = row->text;
}

static void
approved_by(struct scene *s, const struct row *row)
{
	whole(s)->authoriser_name = row->text;
}

static void
approved_in_another_role(struct scene *s, const struct row *row)
{
	(void)row;
	whole(s)->authoriser_name = "Case Worker One";
}

static void
approved_by_one_of_two(struct scene *s, const struct row *row)
{
	static struct user users[] = {
		{ .user = "supervisor",
		    .full_name = "Supervisor One",
		    .role = "supervisor" },
		{ .user = "driver",
		    .full_name = "supervisor ONE",
		    .role = "driver" },
	};

	(void)row;
	(void)whole(s);
	s->node[0].users = users;
	s->node[0].user_count = COUNT(users);
}

static void
approved_as(struct scene *s, const struct row *row)
{
	whole(s)->authoriser_role = row->text;
}

static void
approved_on(struct scene *s, const struct row *row)
{
	whole(s)->on = (day)row->number;
}

static void
no_roles(struct scene *s, const struct row *row)
{
	(void)row;
	(void)whole(s);
	s->agreement.override_roles = (struct texts){ 0 };
}

static void
said_no(struct scene *s, const struct row *row)
{
	(void)row;
	(void)whole(s);
	s->referral.consent.status = CONSENT_REFUSED;
}

/* The sender's own name, and the row's as who approved. */
static void
sent_by_name(struct scene *s, const struct row *row)
{
	whole(s)->authoriser_name = row->text;
	scene_set(s, FIELD_SENDER_FULL_NAME, "Case Worker One");
}

static void
sent_by_user(struct scene *s, const struct row *row)
{
	whole(s)->authoriser_name = row->text;
	scene_set(s, FIELD_SENDER_USER, "case_worker");
}

static void
sent_by_nobody_listed(struct scene *s, const struct row *row)
{
	whole(s)->authoriser_name = row->text;
	scene_set(s, FIELD_SENDER_USER, "somebody");
}

static void
acted_by(struct scene *s, const struct row *row)
{
	(void)whole(s);
	s->question.user = row->text;
}

/* --- C-BASIS --- */

static void
basis(struct scene *s, const struct row *row)
{
	s->referral.consent.basis = row->text;
}

static void
basis_approved(struct scene *s, const struct row *row)
{
	basis(s, row);
	(void)whole(s);
}

static void
basis_half_approved(struct scene *s, const struct row *row)
{
	basis(s, row);
	whole(s)->authoriser_name = NULL;
}

static void
no_bases(struct scene *s, const struct row *row)
{
	(void)row;
	s->flow.bases = (struct texts){ 0 };
}

static void
case_basis(struct scene *s, const struct row *row)
{
	s->one[0] = row->text;
	s->source.bases = LIST(s->one);
}

static void
case_bases(struct scene *s, const struct row *row)
{
	static const char *two[] = { "vital_interests", "consent" };

	(void)row;
	s->source.bases = LIST(two);
}

static void
case_names_none(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.bases = (struct texts){ NULL, 0, true };
}

static void
case_unread(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.bases_unread = true;
}

static void
without_flow(struct scene *s, const struct row *row)
{
	basis(s, row);
	s->question.flow = NULL;
}

/* --- C-NEWER: given here on the row's day, counted from ours --- */

static struct consent held_record;
static struct consent_event held_event;
static const struct consent *held_records[] = { &held_record };
static struct held_here held_here;

static struct consent *
hold(struct scene *s, int64_t days)
{
	held_record = s->referral.consent;
	held_record.given_on = days == DAY_UNKNOWN ?
	    DAY_UNKNOWN :
	    s->referral.consent.given_on + (day)days;
	held_here =
	    (struct held_here){ held_records, 1, false, false, DAY_UNKNOWN };
	s->question.held = &held_here;
	return &held_record;
}

static void
same_again(struct scene *s, const struct row *row)
{
	(void)hold(s, row->number);
}

static void
refused_here(struct scene *s, const struct row *row)
{
	hold(s, row->number)->status = CONSENT_REFUSED;
}

/* It is for the row's purpose alone. */
static void
purpose_here(struct scene *s, const struct row *row)
{
	hold(s, row->number)->purpose = row->text;
}

static void
withdrawn_here(struct scene *s, const struct row *row)
{
	hold(s, row->number)->status = CONSENT_WITHDRAWN;
}

static void
expired_here(struct scene *s, const struct row *row)
{
	hold(s, row->number)->status = CONSENT_EXPIRED;
}

static void
event_here(struct scene *s, enum consent_event_type type, int64_t days)
{
	held_event = (struct consent_event){ type,
		days == DAY_UNKNOWN ? DAY_UNKNOWN :
				      s->referral.consent.given_on + (day)days,
		"child" };
	held_record.events = &held_event;
	held_record.event_count = 1;
}

static void
taken_back_here(struct scene *s, const struct row *row)
{
	(void)hold(s, -30);
	event_here(s, CONSENT_EVENT_WITHDRAWN, row->number);
}

/* Taken back five days after ours was given, and given anew on that day. */
static void
given_anew_here(struct scene *s, const struct row *row)
{
	(void)hold(s, row->number);
	event_here(s, CONSENT_EVENT_WITHDRAWN, 5);
}

static void
other_service_here(struct scene *s, const struct row *row)
{
	static const char *only[] = { "shelter" };

	hold(s, row->number)->services = LIST(only);
}

static void
other_agency_here(struct scene *s, const struct row *row)
{
	static const char *only[] = { "SCI" };

	hold(s, row->number)->recipients = LIST(only);
}

static void
fewer_kinds_here(struct scene *s, const struct row *row)
{
	static const char *only[] = { "identity" };

	hold(s, row->number)->info_categories = LIST(only);
}

static void
nothing_said_here(struct scene *s, const struct row *row)
{
	struct consent *held = hold(s, row->number);

	held->services.present = false;
	held->recipients.present = false;
	held->info_categories.present = false;
}

static void
narrowed_here(struct scene *s, const struct row *row)
{
	const struct row before = { .number = -30 };

	other_service_here(s, &before);
	event_here(s, CONSENT_EVENT_NARROWED, row->number);
}

/* What came does not say for which services it is. */
static void
narrowed_here_unlisted(struct scene *s, const struct row *row)
{
	narrowed_here(s, row);
	s->referral.consent.services.present = false;
	s->referral.consent.services.count = 0;
}

static void
narrowed_but_covers(struct scene *s, const struct row *row)
{
	(void)hold(s, -30);
	event_here(s, CONSENT_EVENT_NARROWED, row->number);
}

static void
recalled_here(struct scene *s, const struct row *row)
{
	held_here = (struct held_here){
		.recalled = true,
		.recalled_on = row->number == DAY_UNKNOWN ?
		    DAY_UNKNOWN :
		    s->referral.consent.given_on + (day)row->number,
	};
	s->question.held = &held_here;
}

static void
unreadable_here(struct scene *s, const struct row *row)
{
	(void)row;
	held_here = (struct held_here){ .unreadable = true };
	s->question.held = &held_here;
}

static void
ours_without_a_day(struct scene *s, const struct row *row)
{
	refused_here(s, row);
	s->referral.consent.given_on = DAY_UNKNOWN;
}

static void
no_record_but_held(struct scene *s, const struct row *row)
{
	refused_here(s, row);
	s->referral.has_consent = false;
}

/* --- C-TOLD: as ticked (0: not at all), and the explanation --- */

static void
told(struct scene *s, const struct row *row)
{
	if (row->number != ANSWER_UNKNOWN)
		s->referral.value[FIELD_CAREGIVER_INFORMED] =
		    (struct value){ .present = true,
			    .yes = row->number == ANSWER_YES };
	if (row->text != NULL)
		scene_set(s, FIELD_CAREGIVER_INFORMED_DETAILS, row->text);
}

static void
told_and_child_alone(struct scene *s, const struct row *row)
{
	told(s, row);
	s->referral.consent.given_by_count = 1;
}

static void
told_and_guardian(struct scene *s, const struct row *row)
{
	told(s, row);
	s->giver[1].role = CONSENT_BY_GUARDIAN;
}

static void
told_unreadable(struct scene *s, const struct row *row)
{
	told(s, row);
	s->source.unreadable[FIELD_CAREGIVER_INFORMED] = true;
}

static void
told_but_no_record(struct scene *s, const struct row *row)
{
	told(s, row);
	s->referral.has_consent = false;
}

static void
told_stays_here(struct scene *s, const struct row *row)
{
	told(s, row);
	s->flow.field[FIELD_CAREGIVER_INFORMED] = false;
}

static void
from_progres(struct scene *s, const struct row *row)
{
	(void)row;
	scene_from_progres(s);
	s->referral.consent.given_by_count = 1;
}

/* --- C-HOW --- */

static void
method(struct scene *s, const struct row *row)
{
	s->referral.consent.method = (enum consent_method)row->number;
}

static void
taken_by(struct scene *s, const struct row *row)
{
	s->referral.consent.taken_by_role = row->text;
}

static void
language(struct scene *s, const struct row *row)
{
	s->referral.consent.language = row->text;
}

static void
notice(struct scene *s, const struct row *row)
{
	s->referral.consent.notice_version = row->text;
}

static void
nothing_of_how(struct scene *s, const struct row *row)
{
	method(s, row);
	s->referral.consent.taken_by_role = NULL;
	s->referral.consent.language = NULL;
	s->referral.consent.notice_version = NULL;
}

static void
emergency(struct scene *s, const struct row *row)
{
	nothing_of_how(s, row);
	s->referral.priority = PRIORITY_EMERGENCY;
}

static void
urgent(struct scene *s, const struct row *row)
{
	nothing_of_how(s, row);
	s->referral.priority = PRIORITY_URGENT;
}

static void
attested(struct scene *s, const struct row *row)
{
	scene_from_progres(s);
	s->referral.consent.attested_by_user = row->text;
}

static void
attested_where_none_is_taken(struct scene *s, const struct row *row)
{
	attested(s, row);
	s->flow.evidence = EVIDENCE_RECORD;
}

/* clang-format off */
static const struct row overrides[] = {
	{ "nobody approved anything", "C-OVR", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a whole approval waits for a person", "C-OVR", AT_BOTH,
	    approved, 0, NULL, VERDICT_HOLD, "consent.override" },
	{ "without a reason code it is refused", "C-OVR", AT_BOTH,
	    approved_for, 0, NULL, VERDICT_REFUSE,
	    "consent.override.reason_code" },
	{ "a blank reason is none", "C-OVR", AT_BOTH,
	    approved_because, 0, " \n", VERDICT_REFUSE,
	    "consent.override.reason" },
	{ "without a name it is refused", "C-OVR", AT_BOTH,
	    approved_by, 0, NULL, VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "without a role it is refused", "C-OVR", AT_BOTH,
	    approved_as, 0, NULL, VERDICT_REFUSE,
	    "consent.override.authoriser_role" },
	{ "a role that is not listed is refused", "C-OVR", AT_BOTH,
	    approved_as, 0, "driver", VERDICT_REFUSE,
	    "consent.override.authoriser_role" },
	{ "a role is known by its exact letters", "C-OVR", AT_BOTH,
	    approved_as, 0, "Supervisor", VERDICT_REFUSE, NULL },
	{ "where no role is listed none will do", "C-OVR", AT_BOTH,
	    no_roles, 0, NULL, VERDICT_REFUSE, NULL },
	{ "without a day it is refused", "C-OVR", AT_BOTH,
	    approved_on, DAY_UNKNOWN, NULL, VERDICT_REFUSE,
	    "consent.override.on" },
	{ "a day to come is C-DATE's", "C-DATE", AT_BOTH,
	    approved_on, TODAY + 1, NULL, VERDICT_HOLD, "consent.override" },
	{ "today will do", "C-DATE", AT_BOTH,
	    approved_on, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "it does not outweigh a no", "C-STATE", AT_BOTH,
	    said_no, 0, NULL, VERDICT_REFUSE, NULL },
	{ "the sender cannot approve it", "C-OVR", AT_BOTH,
	    sent_by_name, 0, "Case Worker One", VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "however the name is written", "C-OVR", AT_BOTH,
	    sent_by_name, 0, "  case worker  ONE ", VERDICT_REFUSE, NULL },
	{ "the beginning of a name is another name", "C-OVR", AT_IMPORT,
	    sent_by_name, 0, "Case Worker", VERDICT_HOLD, NULL },
	{ "which nobody here has", "C-OVR", AT_EXPORT,
	    sent_by_name, 0, "Case Worker", VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "who approved it is known here", "C-OVR", AT_EXPORT,
	    approved_by, 0, "Somebody Invented", VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "by the name of their account, too", "C-OVR", AT_EXPORT,
	    approved_by, 0, "Second", VERDICT_HOLD, "consent.override" },
	{ "the other end knows the staff as its list has it", "C-OVR",
	    AT_IMPORT, approved_by, 0, "Somebody New", VERDICT_HOLD,
	    "consent.override" },
	{ "who approved it has the role that it takes", "C-OVR", AT_EXPORT,
	    approved_in_another_role, 0, NULL, VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "so have all of that name", "C-OVR", AT_EXPORT,
	    approved_by_one_of_two, 0, NULL, VERDICT_REFUSE,
	    "consent.override.authoriser_name" },
	{ "somebody else can", "C-OVR", AT_BOTH,
	    sent_by_name, 0, "Supervisor One", VERDICT_HOLD, NULL },
	{ "the sender is known by the roster", "C-OVR", AT_BOTH,
	    sent_by_user, 0, "Case Worker One", VERDICT_REFUSE, NULL },
	{ "or by the name of their account", "C-OVR", AT_BOTH,
	    sent_by_user, 0, "case_worker", VERDICT_REFUSE, NULL },
	{ "one who is not listed by that name alone", "C-OVR", AT_BOTH,
	    sent_by_nobody_listed, 0, "Somebody", VERDICT_REFUSE, NULL },
	{ "who exports cannot have approved it", "C-OVR", AT_EXPORT,
	    acted_by, 0, "supervisor", VERDICT_REFUSE, NULL },
	{ "a colleague can export it", "C-OVR", AT_EXPORT,
	    acted_by, 0, "case_worker", VERDICT_HOLD, NULL },
	{ "without a record nothing is approved", "C-OVR", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
};

static const struct row bases[] = {
	{ "consent passes", "C-BASIS", AT_BOTH,
	    basis, 0, "consent", VERDICT_SHARE, NULL },
	{ "another basis waits for a named person", "C-BASIS", AT_BOTH,
	    basis, 0, "vital_interests", VERDICT_HOLD, "consent.basis" },
	{ "and is C-OVR's when there is one", "C-BASIS", AT_BOTH,
	    basis_approved, 0, "vital_interests", VERDICT_SHARE, NULL },
	{ "who holds it for a person", "C-OVR", AT_BOTH,
	    basis_approved, 0, "vital_interests", VERDICT_HOLD, NULL },
	{ "an approval without a name is none", "C-BASIS", AT_BOTH,
	    basis_half_approved, 0, "vital_interests", VERDICT_HOLD, NULL },
	{ "a basis that is not listed is held", "C-BASIS", AT_BOTH,
	    basis, 0, "contract", VERDICT_HOLD, "consent.basis" },
	{ "whoever approved it", "C-BASIS", AT_BOTH,
	    basis_approved, 0, "contract", VERDICT_HOLD, NULL },
	{ "consent is held where it is not listed", "C-BASIS", AT_BOTH,
	    no_bases, 0, NULL, VERDICT_HOLD, NULL },
	{ "a basis is known by its exact letters", "C-BASIS", AT_BOTH,
	    basis, 0, "Consent", VERDICT_HOLD, NULL },
	{ "an unknown basis is held", "C-BASIS", AT_BOTH,
	    basis, 0, NULL, VERDICT_HOLD, "consent.basis" },
	{ "a blank basis is unknown", "C-BASIS", AT_BOTH,
	    basis, 0, " ", VERDICT_HOLD, NULL },
	{ "the case says consent too", "C-BASIS", AT_EXPORT,
	    case_basis, 0, "consent", VERDICT_SHARE, NULL },
	{ "the case says something else", "C-BASIS", AT_EXPORT,
	    case_basis, 0, "legal_obligation", VERDICT_HOLD,
	    "legitimate_basis" },
	{ "consent is one of the case's", "C-BASIS", AT_EXPORT,
	    case_bases, 0, NULL, VERDICT_SHARE, NULL },
	{ "the case names none", "C-BASIS", AT_EXPORT,
	    case_names_none, 0, NULL, VERDICT_SHARE, NULL },
	{ "the case's cannot be read", "C-BASIS", AT_EXPORT,
	    case_unread, 0, NULL, VERDICT_HOLD, "legitimate_basis" },
	{ "without a flow P-MATRIX has said it", "C-BASIS", AT_BOTH,
	    without_flow, 0, "contract", VERDICT_SHARE, NULL },
	{ "without a record its basis is not asked", "C-BASIS", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
};

static const struct row newer[] = {
	{ "nothing of this child is here", "C-NEWER", AT_IMPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "the same consent is here", "C-NEWER", AT_IMPORT,
	    same_again, 0, NULL, VERDICT_SHARE, NULL },
	{ "a later one that covers it is here", "C-NEWER", AT_IMPORT,
	    same_again, 5, NULL, VERDICT_SHARE, NULL },
	{ "a later no is here", "C-NEWER", AT_IMPORT,
	    refused_here, 1, NULL, VERDICT_REFUSE, NULL },
	{ "a no of the same day counts", "C-NEWER", AT_IMPORT,
	    refused_here, 0, NULL, VERDICT_REFUSE, NULL },
	{ "a no of the day before does not", "C-NEWER", AT_IMPORT,
	    refused_here, -1, NULL, VERDICT_SHARE, NULL },
	{ "a no without a day counts", "C-NEWER", AT_IMPORT,
	    refused_here, DAY_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "a no counts where ours has no day", "C-NEWER", AT_IMPORT,
	    ours_without_a_day, -100, NULL, VERDICT_REFUSE, NULL },
	{ "a withdrawn record is a no", "C-NEWER", AT_IMPORT,
	    withdrawn_here, 1, NULL, VERDICT_REFUSE, NULL },
	{ "an expired one is none", "C-NEWER", AT_IMPORT,
	    expired_here, 1, NULL, VERDICT_SHARE, NULL },
	{ "an older record was taken back since", "C-NEWER", AT_IMPORT,
	    taken_back_here, 1, NULL, VERDICT_REFUSE, NULL },
	{ "taken back on the day ours was given", "C-NEWER", AT_IMPORT,
	    taken_back_here, 0, NULL, VERDICT_REFUSE, NULL },
	{ "taken back before ours was given", "C-NEWER", AT_IMPORT,
	    taken_back_here, -1, NULL, VERDICT_SHARE, NULL },
	{ "taken back, nobody knows when", "C-NEWER", AT_IMPORT,
	    taken_back_here, DAY_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "taken back and given anew", "C-NEWER", AT_IMPORT,
	    given_anew_here, 6, NULL, VERDICT_SHARE, NULL },
	{ "taken back on the day it was given", "C-NEWER", AT_IMPORT,
	    given_anew_here, 5, NULL, VERDICT_REFUSE, NULL },
	{ "a later one for another purpose is held", "C-NEWER", AT_IMPORT,
	    purpose_here, 1, "research", VERDICT_HOLD, "" },
	{ "a later one for the same purpose covers it", "C-NEWER", AT_IMPORT,
	    purpose_here, 1, "refugee_cp_case_management", VERDICT_SHARE,
	    NULL },
	{ "a later one that names no purpose does, too", "C-NEWER", AT_IMPORT,
	    purpose_here, 1, NULL, VERDICT_SHARE, NULL },
	{ "a later one for another service is held", "C-NEWER", AT_IMPORT,
	    other_service_here, 1, NULL, VERDICT_HOLD, "" },
	{ "one of the same day stands beside it", "C-NEWER", AT_IMPORT,
	    other_service_here, 0, NULL, VERDICT_SHARE, NULL },
	{ "an earlier one stands beside it", "C-NEWER", AT_IMPORT,
	    other_service_here, -1, NULL, VERDICT_SHARE, NULL },
	{ "one without a day may be later", "C-NEWER", AT_IMPORT,
	    other_service_here, DAY_UNKNOWN, NULL, VERDICT_HOLD, NULL },
	{ "a later one for another agency is held", "C-NEWER", AT_IMPORT,
	    other_agency_here, 1, NULL, VERDICT_HOLD, NULL },
	{ "a later one for fewer kinds is held", "C-NEWER", AT_IMPORT,
	    fewer_kinds_here, 1, NULL, VERDICT_HOLD, NULL },
	{ "a later one that lists nothing narrows nothing", "C-NEWER",
	    AT_IMPORT, nothing_said_here, 1, NULL, VERDICT_SHARE, NULL },
	{ "narrowed since", "C-NEWER", AT_IMPORT,
	    narrowed_here, 1, NULL, VERDICT_REFUSE, "" },
	{ "narrowed since, and ours lists no services", "C-NEWER", AT_IMPORT,
	    narrowed_here_unlisted, 1, NULL, VERDICT_REFUSE, "" },
	{ "narrowed on the day ours was given", "C-NEWER", AT_IMPORT,
	    narrowed_here, 0, NULL, VERDICT_SHARE, NULL },
	{ "narrowed, nobody knows when", "C-NEWER", AT_IMPORT,
	    narrowed_here, DAY_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "narrowed since, and still covers it", "C-NEWER", AT_IMPORT,
	    narrowed_but_covers, 1, NULL, VERDICT_SHARE, NULL },
	{ "recalled since", "C-NEWER", AT_IMPORT,
	    recalled_here, 1, NULL, VERDICT_REFUSE, NULL },
	{ "recalled on the day ours was given", "C-NEWER", AT_IMPORT,
	    recalled_here, 0, NULL, VERDICT_REFUSE, NULL },
	{ "recalled before ours was given", "C-NEWER", AT_IMPORT,
	    recalled_here, -1, NULL, VERDICT_SHARE, NULL },
	{ "recalled, nobody knows when", "C-NEWER", AT_IMPORT,
	    recalled_here, DAY_UNKNOWN, NULL, VERDICT_REFUSE, NULL },
	{ "what is here cannot be read", "C-NEWER", AT_IMPORT,
	    unreadable_here, 0, NULL, VERDICT_HOLD, NULL },
	{ "who sends is not asked", "C-NEWER", AT_EXPORT,
	    refused_here, 1, NULL, VERDICT_SHARE, NULL },
	{ "without a record there is none to be older", "C-NEWER", AT_IMPORT,
	    no_record_but_held, 1, NULL, VERDICT_SHARE, NULL },
};

static const struct row tellings[] = {
	{ "the caregiver was told", "C-TOLD", AT_EXPORT,
	    told_and_child_alone, ANSWER_YES, NULL, VERDICT_SHARE, NULL },
	{ "the caregiver was not told", "C-TOLD", AT_EXPORT,
	    told_and_child_alone, ANSWER_NO, NULL, VERDICT_HOLD,
	    "caregiver_informed" },
	{ "a no is believed though the caregiver agreed", "C-TOLD", AT_EXPORT,
	    told, ANSWER_NO, NULL, VERDICT_HOLD, NULL },
	{ "it says why not", "C-TOLD", AT_EXPORT,
	    told_and_child_alone, ANSWER_NO, "it is not safe", VERDICT_SHARE,
	    NULL },
	{ "a blank word explains nothing", "C-TOLD", AT_EXPORT,
	    told_and_child_alone, ANSWER_NO, " ", VERDICT_HOLD, NULL },
	{ "nobody knows whether they were told", "C-TOLD", AT_EXPORT,
	    told_and_child_alone, ANSWER_UNKNOWN, NULL, VERDICT_HOLD,
	    "caregiver_informed" },
	{ "but there is an explanation", "C-TOLD", AT_EXPORT,
	    told_and_child_alone, ANSWER_UNKNOWN, "no caregiver here",
	    VERDICT_SHARE, NULL },
	{ "who agreed was told", "C-TOLD", AT_EXPORT,
	    told, ANSWER_UNKNOWN, NULL, VERDICT_SHARE, NULL },
	{ "a guardian who agreed was told", "C-TOLD", AT_EXPORT,
	    told_and_guardian, ANSWER_UNKNOWN, NULL, VERDICT_SHARE, NULL },
	{ "an answer that cannot be read is held", "C-TOLD", AT_EXPORT,
	    told_unreadable, ANSWER_UNKNOWN, NULL, VERDICT_HOLD, NULL },
	{ "whatever stands beside it", "C-TOLD", AT_EXPORT,
	    told_unreadable, ANSWER_UNKNOWN, "it is not safe", VERDICT_HOLD,
	    NULL },
	{ "an answer that does not travel still counts", "C-TOLD", AT_EXPORT,
	    told_stays_here, ANSWER_NO, NULL, VERDICT_HOLD, NULL },
	{ "without a record it is asked too", "C-TOLD", AT_EXPORT,
	    told_but_no_record, ANSWER_UNKNOWN, NULL, VERDICT_HOLD, NULL },
	{ "proGres does not ask it", "C-TOLD", AT_EXPORT,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },
	{ "who receives is not asked", "C-TOLD", AT_IMPORT,
	    told_and_child_alone, ANSWER_NO, NULL, VERDICT_SHARE, NULL },
};

static const struct row ways[] = {
	{ "all of how it was taken is recorded", "C-HOW", AT_EXPORT,
	    method, CONSENT_WRITTEN, NULL, VERDICT_SHARE, NULL },
	{ "a thumbprint will do", "C-HOW", AT_EXPORT,
	    method, CONSENT_THUMBPRINT, NULL, VERDICT_SHARE, NULL },
	{ "spoken before a witness will do", "C-HOW", AT_EXPORT,
	    method, CONSENT_VERBAL_WITNESSED, NULL, VERDICT_SHARE, NULL },
	{ "nobody knows how", "C-HOW", AT_EXPORT,
	    method, CONSENT_METHOD_UNKNOWN, NULL, VERDICT_HOLD,
	    "consent.method" },
	{ "nobody knows who took it", "C-HOW", AT_EXPORT,
	    taken_by, 0, NULL, VERDICT_HOLD, "consent.taken_by" },
	{ "who took it is blank", "C-HOW", AT_EXPORT,
	    taken_by, 0, " ", VERDICT_HOLD, NULL },
	{ "nobody knows in which language", "C-HOW", AT_EXPORT,
	    language, 0, NULL, VERDICT_HOLD, "consent.language" },
	{ "nobody knows which notice was explained", "C-HOW", AT_EXPORT,
	    notice, 0, NULL, VERDICT_HOLD, "consent.notice_version" },
	{ "all that is missing is named at once", "C-HOW", AT_EXPORT,
	    nothing_of_how, CONSENT_METHOD_UNKNOWN, NULL, VERDICT_HOLD,
	    "consent.method consent.taken_by consent.language "
	    "consent.notice_version" },
	{ "in an emergency a witness is enough", "C-HOW", AT_EXPORT,
	    emergency, CONSENT_VERBAL_WITNESSED, NULL, VERDICT_SHARE, NULL },
	{ "something written is asked all of it even then", "C-HOW", AT_EXPORT,
	    emergency, CONSENT_WRITTEN, NULL, VERDICT_HOLD, NULL },
	{ "and so is what nobody knows", "C-HOW", AT_EXPORT,
	    emergency, CONSENT_METHOD_UNKNOWN, NULL, VERDICT_HOLD, NULL },
	{ "urgent is no emergency", "C-HOW", AT_EXPORT,
	    urgent, CONSENT_VERBAL_WITNESSED, NULL, VERDICT_HOLD, NULL },
	{ "an attestation says what is asked of one", "C-HOW", AT_EXPORT,
	    attested, 0, "hub_admin", VERDICT_SHARE, NULL },
	{ "one without a name says nothing", "C-HOW", AT_EXPORT,
	    attested, 0, " ", VERDICT_HOLD, NULL },
	{ "one where none is taken says nothing", "C-HOW", AT_EXPORT,
	    attested_where_none_is_taken, 0, "hub_admin", VERDICT_HOLD, NULL },
	{ "who receives is not asked", "C-HOW", AT_IMPORT,
	    nothing_of_how, CONSENT_METHOD_UNKNOWN, NULL, VERDICT_SHARE,
	    NULL },
	{ "without a record it is C-HAVE's", "C-HOW", AT_EXPORT,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },
};
/* clang-format on */

int
main(void)
{
	return ROWS_RUN("overrides", overrides, row_holds) +
	    ROWS_RUN("bases", bases, row_holds) +
	    ROWS_RUN("newer", newer, row_holds) +
	    ROWS_RUN("tellings", tellings, row_holds) +
	    ROWS_RUN("ways", ways, row_holds);
}
