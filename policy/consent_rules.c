#include "policy/consent_rules.h"

#include <string.h>

#include "policy/hearing.h"

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The record names the child by a number that this referral bears too. */
static bool
about_this_child(const struct referral *r, const struct consent *c)
{
	static const enum field numbers[] = { FIELD_UNHCR_INDIVIDUAL_NO,
		FIELD_CASE_ID_DISPLAY, FIELD_CPIMS_ID };

	if (same(c->subject_ref, r->origin.case_id))
		return true;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (r->value[numbers[i]].present &&
		    same(c->subject_ref, r->value[numbers[i]].text))
			return true;
	return false;
}

/* An attestation counts only where the flow takes one, and from a name. */
static bool
attestation_counts(const struct hearing *h, const struct consent *c)
{
	return c->method != CONSENT_ATTESTED || hearing_attested(h);
}

static void
name_what_lacks(struct hearing *h, const struct consent *c)
{
	if (c->given_by_count == 0)
		hearing_name(h, "consent.given_by");
	if (c->given_on == DAY_UNKNOWN)
		hearing_name(h, "consent.given_on");
	if (c->method == CONSENT_METHOD_UNKNOWN)
		hearing_name(h, "consent.method");
}

void
consent_rules_have(struct hearing *h)
{
	const struct question *q = h->q;
	const struct consent *c = hearing_consent(h);

	if (c == NULL) {
		if (!hearing_from_primero(h) && q->flow != NULL &&
		    q->flow->evidence == EVIDENCE_ATTESTED)
			hearing_say(h, VERDICT_HOLD,
			    "proGres sends no consent, and nobody has attested "
			    "it.",
			    "Have a named user of the sending office attest "
			    "who gave consent, when and for what.");
		else
			hearing_no(h);
		return;
	}
	if (!hearing_recorded(h)) {
		hearing_say(h, VERDICT_HOLD,
		    "The consent record does not say who agreed, when or how.",
		    "Complete the consent record.");
		name_what_lacks(h, c);
	} else if (!attestation_counts(h, c)) {
		hearing_say(h, VERDICT_HOLD,
		    "The consent is only attested, and not by somebody the "
		    "agreement takes that from.",
		    "Record how consent was given.");
		hearing_name(h, "consent.method");
	}
	if (!about_this_child(q->referral, c)) {
		hearing_say(h, VERDICT_HOLD,
		    "The consent record bears another number than this case.",
		    "Check whose consent record this is, and correct its "
		    "number.");
		hearing_name(h, "consent.subject_ref");
	}
	if (hearing_source(h)->consents_differ)
		hearing_say(h, VERDICT_HOLD,
		    "There are several consent records for this case, and "
		    "they differ, or the record names a number that several "
		    "cases bear.",
		    "Decide which consent record counts, and take out the "
		    "others; name the case by its own case_id.");
}

/* Only `given` passes; what was never answered waits, a no is a no. */
void
consent_rules_state(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL)
		return;
	if (consent_taken_back(c)) {
		hearing_no(h);
		return;
	}
	switch (c->status) {
	case CONSENT_GIVEN:
		return;
	case CONSENT_REFUSED:
	case CONSENT_WITHDRAWN:
		hearing_no(h);
		return;
	case CONSENT_NOT_ASKED:
		hearing_say(h, VERDICT_REFUSE,
		    "Nobody has asked the child or caregiver for consent.",
		    "Ask for consent and record the answer.");
		return;
	case CONSENT_EXPIRED:
		hearing_say(h, VERDICT_HOLD, "The consent has run out.",
		    "Ask the child or caregiver again and record the answer.");
		return;
	case CONSENT_UNKNOWN:
		hearing_say(h, VERDICT_HOLD,
		    "It is not known whether the child or caregiver agreed.",
		    "Find out and record whether consent was given.");
		return;
	}
	hearing_no(h);
}

void
consent_rules_age(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);
	int64_t today = h->q->today;

	if (c == NULL)
		return;
	if (c->given_on == DAY_UNKNOWN) {
		hearing_say(h, VERDICT_HOLD,
		    "It is not known when consent was given, so it may be too "
		    "old.",
		    NULL);
		hearing_name(h, "consent.given_on");
	} else if ((int64_t)c->given_on + h->q->agreement->max_age_days <
	    today) {
		hearing_no(h);
		hearing_name(h, "consent.given_on");
	}
	if (c->expires_on != DAY_UNKNOWN && c->expires_on < today) {
		hearing_no(h);
		hearing_name(h, "consent.expires_on");
	}
}

/* What was sent cannot speak of a day after it was sent. */
static day
last_day(const struct question *q)
{
	const struct bundle_facts *b = q->bundle;

	return b != NULL && b->created_known && b->created < q->today ?
	    b->created :
	    q->today;
}

static void
if_to_come(struct hearing *h, day d, const char *name)
{
	if (d == DAY_UNKNOWN || d <= last_day(h->q))
		return;
	hearing_no(h);
	hearing_name(h, name);
}

void
consent_rules_dates(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);
	const struct value *born = &h->q->referral->value[FIELD_DATE_OF_BIRTH];

	if (c == NULL)
		return;
	if_to_come(h, c->given_on, "consent.given_on");
	for (size_t i = 0; i < c->given_by_count; i++)
		if_to_come(h, c->given_by[i].on, "consent.given_by");
	for (size_t i = 0; i < c->event_count; i++)
		if_to_come(h, c->events[i].on, "consent.events");
	if_to_come(h, c->attested_on, "consent.attested_by");
	if (c->override.present)
		if_to_come(h, c->override.on, "consent.override");
	if (c->given_on == DAY_UNKNOWN)
		return;
	if (hearing_had(h, FIELD_DATE_OF_BIRTH) && c->given_on < born->date) {
		hearing_no(h);
		hearing_name(h, "consent.given_on");
		hearing_name(h, fields_all[FIELD_DATE_OF_BIRTH].name);
	}
	if (c->expires_on != DAY_UNKNOWN && c->expires_on < c->given_on) {
		hearing_no(h);
		hearing_name(h, "consent.expires_on");
	}
}

static const struct consent_source *
source_fields(const struct hearing *h)
{
	static const struct consent_source nothing_said;
	const struct consent *c = hearing_consent(h);

	return c != NULL && c->source.present ? &c->source : &nothing_said;
}

/* The same tick box asks the opposite question at some sites. */
static enum answer_given
may_share_with_unhcr(enum answer_given ticked, enum polarity polarity)
{
	switch (polarity) {
	case POLARITY_POSITIVE:
		return ticked;
	case POLARITY_NEGATIVE:
		return ticked == ANSWER_YES ? ANSWER_NO :
		    ticked == ANSWER_NO	    ? ANSWER_YES :
					      ANSWER_UNKNOWN;
	case POLARITY_NONE:
		break;
	}
	return ANSWER_UNKNOWN;
}

/*
 * A no on either side is a no.  Where the case's own box is empty, the
 * site's other field for the same question (consent_info_sharing) may say yes;
 * a consent record that names the agency only makes it worth a person's look.
 */
void
consent_rules_unhcr(struct hearing *h)
{
	const struct question *q = h->q;
	const struct consent *c = hearing_consent(h);
	const struct consent_source *said = source_fields(h);

	if (!hearing_from_primero(h) || q->receiver->system != SYSTEM_PROGRES)
		return;
	switch (may_share_with_unhcr(said->unhcr_export_opt_in,
	    q->sender->polarity)) {
	case ANSWER_YES:
		return;
	case ANSWER_NO:
		hearing_say(h, VERDICT_REFUSE,
		    "The child or caregiver does not want this case shared "
		    "with UNHCR.",
		    "Do not send it.  If they have changed their mind, record "
		    "that in Primero first.");
		break;
	case ANSWER_UNKNOWN:
		if (said->unhcr_export_opt_in == ANSWER_UNKNOWN &&
		    hearing_lists(&said->consent_info_sharing, "unhcr"))
			return;
		if (c != NULL && c->status == CONSENT_GIVEN &&
		    hearing_lists(&c->recipients, q->referral->to_agency))
			hearing_say(h, VERDICT_HOLD,
			    "The consent record allows sharing with UNHCR, "
			    "but Primero does not say so.",
			    "Ask the child or caregiver, and record the answer "
			    "in Primero.");
		else
			hearing_no(h);
		break;
	}
	hearing_name(h, "unhcr_export_opt_in");
}

void
consent_rules_polarity(struct hearing *h)
{
	if (hearing_from_primero(h) &&
	    h->q->sender->polarity != POLARITY_NEGATIVE &&
	    h->q->sender->polarity != POLARITY_POSITIVE)
		hearing_no(h);
}

static void
needs_tick(struct hearing *h, enum answer_given ticked, const char *name)
{
	const struct consent *c = hearing_consent(h);

	switch (ticked) {
	case ANSWER_YES:
		return;
	case ANSWER_UNKNOWN:
		if (hearing_recorded(h) && c->status == CONSENT_GIVEN) {
			hearing_say(h, VERDICT_HOLD,
			    "There is a consent record, but Primero does not "
			    "say whether consent for services or for sharing "
			    "was given.",
			    NULL);
			break;
		}
		hearing_no(h);
		break;
	case ANSWER_NO:
		hearing_no(h);
		break;
	}
	hearing_name(h, name);
}

void
consent_rules_case(struct hearing *h)
{
	const struct consent_source *said = source_fields(h);

	if (!hearing_from_primero(h))
		return;
	needs_tick(h, said->consent_for_services, "consent_for_services");
	needs_tick(h, said->disclosure_other_orgs, "disclosure_other_orgs");
}

/*
 * Absent is no override: the mark only ever adds a permission.  A whole record
 * of who decided and why is more than the mark; whether it is enough is for
 * the rules about who must agree.
 */
void
consent_rules_overridden(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (hearing_source(h)->overridden == ANSWER_YES &&
	    (c == NULL || !hearing_override_complete(h->q->agreement, c)))
		hearing_no(h);
}
