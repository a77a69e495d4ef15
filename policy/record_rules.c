#include "policy/record_rules.h"

#include <string.h>

#include "policy/hearing.h"
#include "policy/scope_rules.h"

static void
name_if(struct hearing *h, bool so, const char *name)
{
	if (so)
		hearing_name(h, name);
}

static void
name_what_override_lacks(struct hearing *h, const struct consent_override *o)
{
	name_if(h, hearing_blank(o->reason_code),
	    "consent.override.reason_code");
	name_if(h, hearing_blank(o->reason), "consent.override.reason");
	name_if(h, hearing_blank(o->authoriser_name),
	    "consent.override.authoriser_name");
	name_if(h,
	    !hearing_lists(&h->q->agreement->override_roles,
		o->authoriser_role),
	    "consent.override.authoriser_role");
	name_if(h, o->on == DAY_UNKNOWN, "consent.override.on");
}

/*
 * The sender is who refers, and who acts where it is sent.  What did not
 * travel is not known at the other end; a person confirms it there.
 */
static bool
approved_by_sender(const struct hearing *h, const char *name)
{
	const struct question *q = h->q;
	const struct value *user = &q->referral->value[FIELD_SENDER_USER];
	const struct value *full = &q->referral->value[FIELD_SENDER_FULL_NAME];

	return (full->present && hearing_same_name(name, full->text)) ||
	    (user->present && hearing_is_user(q->sender, name, user->text)) ||
	    (q->end == AT_EXPORT && hearing_is_user(q->sender, name, q->user));
}

/* Every user of that name there must have such a role. */
static bool
is_listed(const struct agreement *a, const struct node *n, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < n->user_count; i++) {
		const struct user *u = &n->users[i];

		if (!hearing_same_name(name, u->user) &&
		    !hearing_same_name(name, u->full_name))
			continue;
		if (!hearing_lists(&a->override_roles, u->role))
			return false;
		any = true;
	}
	return any;
}

/* It adds a permission, so half of it is worse than none. */
void
record_rules_override(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL || !c->override.present)
		return;
	if (!hearing_override_complete(h->q->agreement, c)) {
		hearing_say(h, VERDICT_REFUSE,
		    "Somebody decided without all who must agree, but it is "
		    "not recorded who, in a role the agreement lists, when or "
		    "why.",
		    "Have it recorded whole by somebody with the right to "
		    "decide that, or ask those who must agree.");
		name_what_override_lacks(h, &c->override);
	} else if (h->q->end == AT_EXPORT &&
	    !is_listed(h->q->agreement, h->q->sender,
		c->override.authoriser_name)) {
		hearing_say(h, VERDICT_REFUSE,
		    "Who approved going without all who must agree is not "
		    "listed for this office with the right to.",
		    "Have somebody approve it whom the agreement or the staff "
		    "list names in such a role, or ask those who must agree.");
		hearing_name(h, "consent.override.authoriser_name");
	} else if (approved_by_sender(h, c->override.authoriser_name)) {
		hearing_say(h, VERDICT_REFUSE,
		    "Who sends this also approved going without consent.",
		    "Have somebody else with the right to decide that look at "
		    "it.");
		hearing_name(h, "consent.override.authoriser_name");
	} else {
		hearing_no(h);
		hearing_name(h, "consent.override");
	}
}

static bool
is_consent(const char *basis)
{
	return strcmp(basis, "consent") == 0;
}

/* A register that says consent does not outweigh a case that says it is not. */
static void
ask_case(struct hearing *h)
{
	const struct source_facts *said = hearing_source(h);

	if (said->bases_unread)
		hearing_say(h, VERDICT_HOLD,
		    "What this is based on could not be read in the case.",
		    "Correct it where it was written; export again.");
	else if (said->bases.present && said->bases.count > 0 &&
	    !agreement_lists(&said->bases, "consent"))
		hearing_say(h, VERDICT_HOLD,
		    "The case names another basis than the consent record.",
		    "Find out what this is based on, and correct the other.");
	else
		return;
	hearing_name(h, "legitimate_basis");
}

void
record_rules_basis(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);
	const struct flow *flow = h->q->flow;

	/* Without a flow no basis is listed, and P-MATRIX has said why. */
	if (c == NULL || flow == NULL)
		return;
	if (hearing_blank(c->basis)) {
		hearing_say(h, VERDICT_HOLD,
		    "It is not recorded what this is based on: consent, or "
		    "something else.",
		    "Record the basis in the consent record.");
	} else if (!hearing_lists(&flow->bases, c->basis)) {
		hearing_say_final(h, VERDICT_HOLD,
		    "The agreement does not list what this is based on.",
		    "Ask for consent, or ask the focal point whether the "
		    "agreement allows this basis.");
	} else if (is_consent(c->basis)) {
		ask_case(h);
		return;
	} else if (hearing_override_complete(h->q->agreement, c)) {
		return;
	} else {
		hearing_no(h);
	}
	hearing_name(h, "consent.basis");
}

/* An undated no may be the later one. */
static bool
not_before(day said, const struct consent *c)
{
	return said == DAY_UNKNOWN || c->given_on == DAY_UNKNOWN ||
	    said >= c->given_on;
}

static bool
later(day said, const struct consent *c)
{
	return said == DAY_UNKNOWN || c->given_on == DAY_UNKNOWN ||
	    said > c->given_on;
}

/* The day of the last event of this type; false if there is none. */
static bool
last_event(const struct consent *c, enum consent_event_type type, day *on)
{
	bool any = false;

	for (size_t i = 0; i < c->event_count; i++) {
		day at = c->events[i].on;

		if (c->events[i].type != type)
			continue;
		if (!any || at == DAY_UNKNOWN ||
		    (*on != DAY_UNKNOWN && at > *on))
			*on = at;
		any = true;
	}
	return any;
}

/* A no, and said no earlier than what came was agreed to. */
static bool
takes_back(const struct consent *held, const struct consent *c)
{
	day on;

	/* Unless they agreed anew after it. */
	if (last_event(held, CONSENT_EVENT_WITHDRAWN, &on) &&
	    not_before(on, held))
		return not_before(on, c);
	return (held->status == CONSENT_REFUSED ||
		   held->status == CONSENT_WITHDRAWN) &&
	    not_before(held->given_on, c);
}

/* Does the record hold to this agency and to all that is in ours? */
static bool
covers(const struct hearing *h, const struct consent *held,
    const struct consent *c)
{
	const char *purpose = h->q->referral->purpose;
	const char *service = h->q->referral->value[FIELD_SERVICE_TYPE].text;

	/* The record that came may not say for which services it is. */
	if (held->services.present && hearing_had(h, FIELD_SERVICE_TYPE) &&
	    !c->services.present &&
	    !scope_rules_cover(h->q->agreement, held, service))
		return false;
	if (!hearing_blank(held->purpose) &&
	    (purpose == NULL || strcmp(held->purpose, purpose) != 0))
		return false;
	if (held->recipients.present &&
	    !hearing_lists(&held->recipients, h->q->referral->to_agency))
		return false;
	for (size_t i = 0; held->services.present && i < c->services.count; i++)
		if (!agreement_lists(&held->services, c->services.items[i]))
			return false;
	for (size_t i = 0;
	     held->info_categories.present && i < c->info_categories.count; i++)
		if (!agreement_lists(&held->info_categories,
			c->info_categories.items[i]))
			return false;
	return true;
}

static void
ask_held(struct hearing *h, const struct consent *held, const struct consent *c)
{
	day on;

	if (takes_back(held, c)) {
		hearing_no(h);
		return;
	}
	if (covers(h, held, c))
		return;
	if (last_event(held, CONSENT_EVENT_NARROWED, &on) && later(on, c))
		hearing_say(h, VERDICT_REFUSE,
		    "We already have a later, narrower consent of this child.",
		    "Do not load it.  Ask the sender to send it again as the "
		    "later consent has it.");
	else if (later(held->given_on, c))
		hearing_say(h, VERDICT_HOLD,
		    "A later consent of this child that we hold does not "
		    "cover all of this.",
		    "Find out whether the later consent takes the place of "
		    "this one or stands beside it.");
}

void
record_rules_newer(struct hearing *h)
{
	const struct held_here *held = h->q->held;
	const struct consent *c = hearing_consent(h);

	if (held == NULL || c == NULL)
		return;
	if (held->recalled && not_before(held->recalled_on, c))
		hearing_no(h);
	if (held->unreadable)
		hearing_say(h, VERDICT_HOLD,
		    "A consent record of this child that we hold could not be "
		    "read.",
		    "Find out whether consent was taken back since.");
	for (size_t i = 0; i < held->count; i++)
		ask_held(h, held->records[i], c);
}

/* Who agreed was told; the case's own no is believed all the same. */
static bool
caregiver_agreed(const struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	for (size_t i = 0; c != NULL && i < c->given_by_count; i++)
		if (c->given_by[i].role == CONSENT_BY_CAREGIVER ||
		    c->given_by[i].role == CONSENT_BY_GUARDIAN)
			return true;
	return false;
}

/* Only Primero's referral form asks it. */
void
record_rules_told(struct hearing *h)
{
	const struct value *told =
	    &h->q->referral->value[FIELD_CAREGIVER_INFORMED];

	if (!hearing_from_primero(h))
		return;
	if (hearing_source(h)->unreadable[FIELD_CAREGIVER_INFORMED])
		hearing_say(h, VERDICT_HOLD,
		    "It could not be read whether the caregiver was told.",
		    "Correct it where it was written; export again.");
	else if (hearing_had(h, FIELD_CAREGIVER_INFORMED_DETAILS) ||
	    (told->present ? told->yes : caregiver_agreed(h)))
		return;
	else if (told->present)
		hearing_no(h);
	else
		hearing_say(h, VERDICT_HOLD,
		    "It is not recorded whether the caregiver was told of "
		    "this referral.",
		    NULL);
	hearing_name(h, fields_all[FIELD_CAREGIVER_INFORMED].name);
}

/*
 * In an emergency it is enough that consent was spoken before a witness.  An
 * attestation says what the agreement asks of one: by whom, when, for what.
 */
void
record_rules_how(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL || hearing_attested(h) ||
	    (h->q->referral->priority == PRIORITY_EMERGENCY &&
		c->method == CONSENT_VERBAL_WITNESSED))
		return;
	if (c->method != CONSENT_METHOD_UNKNOWN &&
	    !hearing_blank(c->taken_by_role) && !hearing_blank(c->language) &&
	    !hearing_blank(c->notice_version))
		return;
	hearing_no(h);
	name_if(h, c->method == CONSENT_METHOD_UNKNOWN, "consent.method");
	name_if(h, hearing_blank(c->taken_by_role), "consent.taken_by");
	name_if(h, hearing_blank(c->language), "consent.language");
	name_if(h, hearing_blank(c->notice_version), "consent.notice_version");
}

/* Said once of a revision, it stands for that revision. */
void
record_rules_refused(struct hearing *h)
{
	if (h->q->refused != NULL)
		hearing_no(h);
}

/* A sender can name anything; only rules that are known here are named. */
void
record_rules_again(struct hearing *h)
{
	const struct referral *r = h->q->referral;
	const struct rule *rule;

	if (r->judged_count == 0)
		return;
	hearing_no(h);
	for (size_t i = 0; i < r->judged_count; i++) {
		rule = r->judged[i].rule == NULL ?
		    NULL :
		    rules_find(r->judged[i].rule);
		/* What the sender keeps to itself is called by ours. */
		if (rule != h->rule)
			hearing_name(h, rule != NULL ? rule->id : "judged");
	}
}
