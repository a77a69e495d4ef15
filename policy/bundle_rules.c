#include "policy/bundle_rules.h"

#include "policy/hearing.h"

bool
bundle_rules_sender_stopped(const struct bundle_facts *f, const char **text,
    const char **remedy)
{
	*text = NULL;
	*remedy = NULL;
	if (f->sender_distrusted) {
		*text = "Everything from this office is held: it was reported "
			"stolen or not to be trusted.";
		*remedy = "Wait for the next agreement, and ask that office's "
			  "supervisor by phone about this child.";
	} else if (f->after_revocation) {
		*text = "It came under a number after which nothing from this "
			"office counts any more.";
		*remedy = "Ask that office's supervisor by phone whether this "
			  "referral is theirs; if it is, have it made again.";
	}
	return f->sender_distrusted || f->after_revocation;
}

void
bundle_rules_signed(struct hearing *h)
{
	const char *text, *remedy;

	if (h->q->bundle == NULL || !h->q->bundle->signature_good)
		hearing_no(h);
	else if (bundle_rules_sender_stopped(h->q->bundle, &text, &remedy))
		hearing_say(h, VERDICT_HOLD, text, remedy);
}

void
bundle_rules_to_us(struct hearing *h)
{
	if (h->q->bundle == NULL || !h->q->bundle->addressed_to_us)
		hearing_no(h);
}

/* A bundle being made takes its mark from the agreement: it cannot differ. */
void
bundle_rules_environment(struct hearing *h)
{
	if (h->q->end == AT_EXPORT)
		return;
	if (h->q->bundle == NULL || !h->q->bundle->environment_same)
		hearing_no(h);
}

void
bundle_rules_seen(struct hearing *h)
{
	if (h->q->bundle == NULL || h->q->bundle->seen_other_content)
		hearing_no(h);
}

void
bundle_rules_form(struct hearing *h)
{
	if (h->q->bundle == NULL || !h->q->bundle->form_good)
		hearing_no(h);
}

void
bundle_rules_in_time(struct hearing *h)
{
	if (h->q->bundle == NULL || h->q->bundle->past_use_by)
		hearing_no(h);
}

static bool
origin_is_senders(const struct question *q)
{
	enum system_kind origin = q->referral->origin.system == ORIGIN_PRIMERO ?
	    SYSTEM_PRIMERO :
	    SYSTEM_PROGRES;

	if (q->end == AT_IMPORT &&
	    (q->bundle == NULL || !q->bundle->origin_good))
		return false;
	return q->sender->system == origin;
}

/* The signer decides who a record may be from, never the record itself. */
void
bundle_rules_record(struct hearing *h)
{
	const struct question *q = h->q;

	if (q->form != NULL) {
		hearing_no(h);
		hearing_name(h, q->form);
	}
	if (!origin_is_senders(q)) {
		hearing_no(h);
		hearing_name(h, "origin");
	}
	if (q->referral->from_agency == NULL ||
	    !agreement_acts_for(q->sender, q->referral->from_agency)) {
		hearing_no(h);
		hearing_name(h, "from_agency");
	}
}

void
bundle_rules_tombstone(struct hearing *h)
{
	if (h->q->recalled == NOT_RECALLED)
		return;
	if (h->q->recalled == RECALLED_BEFORE)
		hearing_say(h, VERDICT_HOLD,
		    "An earlier referral of this was withdrawn; this one came "
		    "after.",
		    "Ask the sender whether the child agreed anew, then "
		    "decide.");
	else
		hearing_no(h);
}
