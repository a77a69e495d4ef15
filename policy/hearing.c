#include "policy/hearing.h"

#include <assert.h>
#include <string.h>

void
hearing_no(struct hearing *h)
{
	hearing_say(h, h->rule->if_not, h->rule->says, NULL);
}

void
hearing_say(struct hearing *h, enum verdict verdict, const char *text,
    const char *remedy)
{
	if (h->reason == NULL) {
		assert(h->out->count < VERDICT_REASONS_MAX);
		h->reason = &h->out->reasons[h->out->count++];
		h->reason->rule = h->rule;
		h->reason->verdict = VERDICT_SHARE;
	}
	if (verdict <= h->reason->verdict)
		return;
	h->reason->verdict = verdict;
	h->reason->text = text;
	h->reason->remedy = remedy != NULL ? remedy : h->rule->remedy;
}

void
hearing_say_final(struct hearing *h, enum verdict verdict, const char *text,
    const char *remedy)
{
	hearing_say(h, verdict, text, remedy);
	h->reason->final = true;
	/* What cannot be let go is what is to be read. */
	if (verdict < h->reason->verdict)
		return;
	h->reason->text = text;
	h->reason->remedy = remedy != NULL ? remedy : h->rule->remedy;
}

void
hearing_name(struct hearing *h, const char *name)
{
	struct reason *r = h->reason;

	assert(r != NULL);
	for (size_t i = 0; i < r->field_count; i++)
		if (strcmp(r->fields[i], name) == 0)
			return;
	if (r->field_count < VERDICT_FIELDS_MAX)
		r->fields[r->field_count++] = name;
}

void
hearing_strip(struct hearing *h, enum field f, const char *text,
    const char *remedy)
{
	h->out->strip.field[f] = true;
	h->took = true;
	hearing_say(h, VERDICT_STRIP, text, remedy);
	hearing_name(h, fields_all[f].name);
}

bool
hearing_took_item(const struct hearing *h, enum field f, size_t i)
{
	uint64_t gone = 0;

	if (f == FIELD_PROTECTION_CONCERNS)
		gone = h->out->strip.concern;
	else if (f == FIELD_SPECIFIC_NEEDS)
		gone = h->out->strip.specific_need;
	else if (f == FIELD_LANGUAGE)
		gone = h->out->strip.language;
	return h->out->strip.field[f] ||
	    (i < REFERRAL_CODES_MAX && (gone >> i & 1) != 0);
}

bool
hearing_had(const struct hearing *h, enum field f)
{
	const struct value *v = &h->q->referral->value[f];

	if (!v->present)
		return false;
	switch (fields_all[f].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		return !hearing_blank(v->text);
	case FIELD_CODES:
		return v->count > 0;
	case FIELD_DATE:
		return v->date != DAY_UNKNOWN;
	case FIELD_INTEGER:
	case FIELD_BOOLEAN:
		return true;
	}
	return false;
}

bool
hearing_has(const struct hearing *h, enum field f)
{
	const struct value *v = &h->q->referral->value[f];

	if (h->out->strip.field[f] || !hearing_had(h, f))
		return false;
	if (fields_all[f].kind != FIELD_CODES)
		return true;
	for (size_t i = 0; i < v->count; i++)
		if (!hearing_took_item(h, f, i))
			return true;
	return false;
}

const struct consent *
hearing_consent(const struct hearing *h)
{
	return h->q->referral->has_consent ? &h->q->referral->consent : NULL;
}

bool
hearing_recorded(const struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	return c != NULL && c->given_by_count > 0 &&
	    c->given_on != DAY_UNKNOWN && c->method != CONSENT_METHOD_UNKNOWN;
}

const struct source_facts *
hearing_source(const struct hearing *h)
{
	static const struct source_facts nothing_said;

	return h->q->source != NULL ? h->q->source : &nothing_said;
}

bool
hearing_from_primero(const struct hearing *h)
{
	return h->q->referral->origin.system == ORIGIN_PRIMERO;
}

bool
hearing_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

bool
hearing_lists(const struct texts *t, const char *item)
{
	return item != NULL && agreement_lists(t, item);
}

bool
hearing_within(day d, day from, day until)
{
	return d != DAY_UNKNOWN && from != DAY_UNKNOWN &&
	    until != DAY_UNKNOWN && from <= d && d <= until;
}

bool
hearing_age_by_birth(const struct hearing *h, day on, int *years)
{
	if (on == DAY_UNKNOWN || !hearing_had(h, FIELD_DATE_OF_BIRTH))
		return false;
	*years =
	    day_years_between(h->q->referral->value[FIELD_DATE_OF_BIRTH].date,
		on);
	return true;
}

bool
hearing_override_complete(const struct agreement *a, const struct consent *c)
{
	const struct consent_override *o = &c->override;

	return o->present && !hearing_blank(o->reason_code) &&
	    !hearing_blank(o->reason) && !hearing_blank(o->authoriser_name) &&
	    o->on != DAY_UNKNOWN &&
	    hearing_lists(&a->override_roles, o->authoriser_role);
}

bool
hearing_withheld_unknown(const struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	return hearing_source(h)->withheld_hidden &&
	    (c == NULL || !c->withheld_said);
}

bool
hearing_withheld_reviewed(const struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	return c != NULL && c->withheld_said &&
	    !hearing_blank(c->withheld_reviewed_by);
}

bool
hearing_attested(const struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	return c != NULL && c->method == CONSENT_ATTESTED &&
	    !hearing_blank(c->attested_by_user) && h->q->flow != NULL &&
	    h->q->flow->evidence == EVIDENCE_ATTESTED;
}

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The next letter: spaces between words are one, those at the ends none. */
static char
next_letter(const char **at)
{
	static const char spaces[] = " \t\r\n";
	size_t skip = strspn(*at, spaces);

	*at += skip;
	if (**at == '\0')
		return '\0';
	if (skip > 0)
		return ' ';
	return small(*(*at)++);
}

bool
hearing_same_name(const char *a, const char *b)
{
	char left, right;

	if (hearing_blank(a) || hearing_blank(b))
		return false;
	a += strspn(a, " \t\r\n");
	b += strspn(b, " \t\r\n");
	do {
		left = next_letter(&a);
		right = next_letter(&b);
		if (left != right)
			return false;
	} while (left != '\0');
	return true;
}

static const struct node *
this_end(const struct question *q)
{
	return q->end == AT_EXPORT ? q->sender : q->receiver;
}

/* By the name they sign in with, or the one the roster gives them. */
bool
hearing_is_user(const struct node *n, const char *name, const char *user)
{
	const struct user *u = user == NULL ? NULL : agreement_user(n, user);

	return hearing_same_name(name, user) ||
	    (u != NULL && hearing_same_name(name, u->full_name));
}

/* Is it one person, known at these two nodes by these two names? */
static bool
same_person(const struct node *a, const char *left, const struct node *b,
    const char *right)
{
	const struct user *u = left == NULL ? NULL : agreement_user(a, left);

	return hearing_is_user(b, left, right) ||
	    (u != NULL && hearing_is_user(b, u->full_name, right));
}

struct referrer
hearing_referrer(const struct referral *r)
{
	const struct value *user = &r->value[FIELD_SENDER_USER];
	const struct value *full = &r->value[FIELD_SENDER_FULL_NAME];

	return (struct referrer){
		.user = user->present ? user->text : NULL,
		.full_name = full->present ? full->text : NULL,
	};
}

bool
hearing_refers(const struct node *sender, const struct referrer *who,
    const char *user)
{
	return (who->full_name != NULL &&
		   hearing_is_user(sender, who->full_name, user)) ||
	    (who->user != NULL && same_person(sender, who->user, sender, user));
}

/* The sender is who refers, and who acts where it is sent. */
static bool
sends_it(const struct hearing *h, const char *user)
{
	const struct question *q = h->q;
	const struct referrer who = hearing_referrer(q->referral);

	return hearing_refers(q->sender, &who, user) ||
	    same_person(q->sender, q->user, q->sender, user);
}

/*
 * To go without all who must agree takes two people.  Where it is sent, who
 * sends it is the one and cannot be the other (who approved it is listed there,
 * and may be the other); where it arrives, it is somebody else.
 */
static bool
is_second(const struct hearing *h, const char *user)
{
	const struct consent *c = hearing_consent(h);

	if (h->q->end == AT_EXPORT)
		return !sends_it(h, user);
	return c == NULL ||
	    !hearing_is_user(h->q->receiver, c->override.authoriser_name, user);
}

/* In practice nobody has to give a name, and two without one are two. */
static bool
is_nobody(const struct question *q, const char *user)
{
	return q->agreement->environment == AGREEMENT_TEST &&
	    strcmp(user, "unnamed") == 0;
}

/* What was let go over there is confirmed by somebody else. */
static bool
let_it_go_there(const struct hearing *h, const char *user)
{
	const struct question *q = h->q;

	if (is_nobody(q, user))
		return false;
	for (size_t i = 0; i < q->referral->judged_count; i++)
		if (same_person(q->sender, q->referral->judged[i].user,
			q->receiver, user))
			return true;
	return false;
}

static bool
counts(const struct hearing *h, const struct judged *j)
{
	if (j->rule == NULL || strcmp(j->rule, h->rule->id) != 0 ||
	    hearing_blank(j->user) || hearing_blank(j->reason) ||
	    !rules_may_release(h->rule, h->q->end, this_end(h->q), j->user))
		return false;
	if (h->rule->release == RELEASE_OVERRIDE)
		return is_second(h, j->user);
	return strcmp(h->rule->id, "R-AGAIN") != 0 ||
	    !let_it_go_there(h, j->user);
}

const struct judged *
hearing_released(const struct hearing *h)
{
	for (size_t i = 0; i < h->q->released_count; i++)
		if (counts(h, &h->q->released[i]))
			return &h->q->released[i];
	return NULL;
}
