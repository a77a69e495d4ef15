#include "policy/protocol_rules.h"

#include <string.h>

#include "policy/hearing.h"

static bool
may_travel(const struct flow *flow, enum field f)
{
	return flow->field[f] &&
	    !(fields_all[f].free_text && flow->free_text == FREE_TEXT_STRIP);
}

/* Without a flow P-MATRIX refuses, and there is no list to strip by. */
void
protocol_rules_fields(struct hearing *h)
{
	const struct flow *flow = h->q->flow;
	const char *text = h->rule->says, *remedy = h->rule->remedy;

	if (flow == NULL)
		return;
	if (h->q->end == AT_IMPORT) {
		text = "The sender sent more than the agreement includes; it "
		       "was left out here.";
		remedy = "Tell the focal points of both agencies: sending "
			 "more than was agreed is an incident.";
	}
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (h->q->referral->value[f].present && !may_travel(flow, f)) {
			hearing_strip(h, f, text, remedy);
			h->out->strip.by_fields_rule[f] = true;
		}
	if (!flow->attachments && h->q->referral->attachment_count > 0) {
		h->out->strip.attachments = true;
		h->took = true;
		hearing_say(h, VERDICT_STRIP, text, remedy);
		hearing_name(h, "attachments");
	}
}

void
protocol_rules_in_force(struct hearing *h)
{
	const struct agreement *a = h->q->agreement;

	if (hearing_within(h->q->today, a->valid_from, a->valid_until))
		return;
	if (h->q->end == AT_EXPORT)
		hearing_no(h);
	else
		hearing_say(h, VERDICT_HOLD,
		    "The agreement is not in force today, so referrals that "
		    "come in wait.",
		    NULL);
}

static bool
has_signed(const struct agreement *a, const struct party *party)
{
	if (party == NULL || a->party_signed == NULL)
		return false;
	for (size_t i = 0; i < a->party_count; i++)
		if (strcmp(a->parties[i].id, party->id) == 0)
			return a->party_signed[i];
	return false;
}

/* A party that signed and names no day has joined; on its last day it left. */
static bool
has_joined(const struct party *party, day today)
{
	return party->joined == DAY_UNKNOWN || party->joined <= today;
}

static bool
has_left(const struct party *party, day today)
{
	return party->left != DAY_UNKNOWN && party->left <= today;
}

static bool
node_in_time(const struct node *n, day today)
{
	return hearing_within(today, n->valid_from, n->valid_until);
}

/*
 * The parties of the flow are asked as well as those of the two nodes: one
 * that another acts for must itself have signed.
 */
void
protocol_rules_signed(struct hearing *h)
{
	const struct question *q = h->q;
	const struct party *party[4] = { q->sender->party, q->receiver->party };
	size_t count = 2;
	bool early = false;

	if (q->flow != NULL) {
		party[count++] = q->flow->from;
		party[count++] = q->flow->to;
	}
	for (size_t i = 0; i < count; i++) {
		early |= party[i] != NULL && !has_joined(party[i], q->today);
		if (party[i] == NULL || !has_signed(q->agreement, party[i]) ||
		    has_left(party[i], q->today) ||
		    (early && q->end == AT_EXPORT)) {
			hearing_no(h);
			return;
		}
	}
	/* What has come was sent: more likely the clock is behind. */
	if (early) {
		hearing_say(h, VERDICT_HOLD,
		    "By this computer's clock one of the agencies has not "
		    "joined yet.",
		    "Look whether the date of this computer is right, then "
		    "have it judged again: satchel decide REF --release.");
		return;
	}
	/* At import a revoked sender was judged by its numbers, not by date. */
	if (q->end == AT_EXPORT && (q->sender->revoked || q->receiver->revoked))
		hearing_say(h, VERDICT_REFUSE,
		    "The agreement has withdrawn this office's or the "
		    "receiving office's right to take part.",
		    NULL);
	else if (!node_in_time(q->sender, q->today) ||
	    !node_in_time(q->receiver, q->today))
		hearing_say(h,
		    q->end == AT_EXPORT ? VERDICT_REFUSE : VERDICT_HOLD,
		    "The agreement does not let the sending or the receiving "
		    "office take part today.",
		    "Ask the focal point whether the dates of the two offices "
		    "in the agreement are to be renewed.");
}

void
protocol_rules_same(struct hearing *h)
{
	if (h->q->bundle == NULL || h->q->bundle->agreement_newer)
		hearing_no(h);
	else if (h->q->bundle->agreement_older)
		hearing_say(h, VERDICT_NOTE,
		    "The sender judged this by an older version of the "
		    "agreement; it was judged here by ours.",
		    "Give the sender the present version of the agreement.");
}

/* The flow counts only if it is the one between the two agencies named. */
static bool
flow_fits(const struct question *q)
{
	return q->flow != NULL && q->referral->from_agency != NULL &&
	    q->referral->to_agency != NULL &&
	    strcmp(q->flow->from->id, q->referral->from_agency) == 0 &&
	    strcmp(q->flow->to->id, q->referral->to_agency) == 0;
}

void
protocol_rules_matrix(struct hearing *h)
{
	const struct question *q = h->q;
	const struct value *service = &q->referral->value[FIELD_SERVICE_TYPE];

	if (q->end == AT_EXPORT && q->referral->to_agency == NULL) {
		hearing_say(h, VERDICT_HOLD,
		    "It is not known which agency is asked to serve the "
		    "child.",
		    "Say in the other system which agency is meant; export "
		    "again.");
		hearing_name(h, "to_agency");
	} else if (q->referral->to_agency == NULL ||
	    !agreement_acts_for(q->receiver, q->referral->to_agency)) {
		hearing_say(h, VERDICT_REFUSE,
		    "The office that gets this does not act for the agency "
		    "that is asked to serve the child.",
		    NULL);
		hearing_name(h, "to_agency");
	} else if (!flow_fits(q)) {
		hearing_say(h, VERDICT_REFUSE,
		    "The agreement does not let these two agencies refer "
		    "children in this direction.",
		    NULL);
	} else if (!service->present) {
		/* D-MAP or D-MIN say why; what is unknown is not allowed. */
		hearing_say(h, VERDICT_HOLD,
		    "It is not known which service is asked for, so not "
		    "whether the agreement allows it.",
		    "Say which service the child needs, in words the "
		    "agreement's list has.");
		hearing_name(h, fields_all[FIELD_SERVICE_TYPE].name);
	} else if (!hearing_lists(&q->flow->services, service->text)) {
		hearing_no(h);
		hearing_name(h, fields_all[FIELD_SERVICE_TYPE].name);
	}
}

/* The one purpose of a flow is the one that was asked about. */
static void
ask_agreed_purpose(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL)
		return;
	if (!hearing_blank(c->purpose)) {
		if (strcmp(c->purpose, h->q->referral->purpose) == 0)
			return;
		hearing_say(h, VERDICT_REFUSE,
		    "Consent was given for another purpose.",
		    "Ask the child or caregiver about this purpose, and record "
		    "the answer.");
	} else if (h->q->flow->purposes.count > 1) {
		hearing_say(h, VERDICT_HOLD,
		    "The consent record does not say for which purpose it was "
		    "given.",
		    "Ask for which purpose the child or caregiver agreed, and "
		    "record it.");
	} else {
		return;
	}
	hearing_name(h, "consent.purpose");
}

/* Without a flow there are no purposes; P-MATRIX has said why. */
void
protocol_rules_purpose(struct hearing *h)
{
	if (h->q->flow == NULL)
		return;
	if (hearing_lists(&h->q->flow->purposes, h->q->referral->purpose)) {
		ask_agreed_purpose(h);
		return;
	}
	hearing_no(h);
	hearing_name(h, "purpose");
}

/* Practice goes without a name; what is real goes only under one. */
void
protocol_rules_who(struct hearing *h)
{
	const struct question *q = h->q;
	const struct user *u;

	if (q->user == NULL) {
		if (q->agreement->environment != AGREEMENT_TEST)
			hearing_say(h, VERDICT_REFUSE,
			    "It is not known who sends this.",
			    "Say with --user who sends it.");
		return;
	}
	u = agreement_user(q->sender, q->user);
	if (u == NULL || (u->may & MAY_EXPORT) == 0)
		hearing_no(h);
}
