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

/* The roster of this end's own node says who a user is. */
static bool
approved_it(const struct hearing *h, const char *user)
{
	const struct consent *c = hearing_consent(h);
	const struct node *here =
	    h->q->end == AT_EXPORT ? h->q->sender : h->q->receiver;
	const struct user *u;

	if (c == NULL || user == NULL)
		return false;
	u = agreement_user(here, user);
	return hearing_same_name(c->override.authoriser_name, user) ||
	    (u != NULL &&
		hearing_same_name(c->override.authoriser_name, u->full_name));
}

const struct judged *
hearing_released(const struct hearing *h)
{
	bool override = strcmp(h->rule->id, "C-OVR") == 0;

	for (size_t i = 0; i < h->q->released_count; i++) {
		const struct judged *j = &h->q->released[i];

		if (j->rule == NULL || hearing_blank(j->user) ||
		    hearing_blank(j->reason) ||
		    strcmp(j->rule, h->rule->id) != 0)
			continue;
		if (!override || !approved_it(h, j->user))
			return j;
	}
	return NULL;
}
