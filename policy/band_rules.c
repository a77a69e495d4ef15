#include "policy/band_rules.h"

#include <string.h>

#include "policy/hearing.h"
#include "policy/relation.h"

/* What the givers amount to, from least to most. */
enum giving {
	GIVING_NO_BAND,
	GIVING_NOT_ENOUGH,
	GIVING_BY_OVERRIDE, /* somebody with the right to said it may go */
	GIVING_ENOUGH,
};

/*
 * The ages to judge by: at the consent by the birth date, and as the record
 * says.  Where both are known the givers must suffice for both.
 */
struct ages {
	int64_t at[2];
	size_t count;
};

static struct ages
ages_of(const struct hearing *h, const struct consent *c)
{
	struct ages ages = { .count = 0 };
	int years;

	if (hearing_age_by_birth(h,
		c->given_on != DAY_UNKNOWN ? c->given_on : h->q->today, &years))
		ages.at[ages.count++] = years;
	if (c->age_at_consent >= 0)
		ages.at[ages.count++] = c->age_at_consent;
	if (ages.count == 0 && hearing_had(h, FIELD_AGE))
		ages.at[ages.count++] =
		    h->q->referral->value[FIELD_AGE].integer;
	return ages;
}

static bool
gave(const struct consent *c, enum consent_role role)
{
	for (size_t i = 0; i < c->given_by_count; i++)
		if (c->given_by[i].role == role)
			return true;
	return false;
}

/* One set of those who must have agreed; an empty set satisfies nothing. */
static enum giving
set_gives(const struct agreement *a, const struct consent *c,
    const struct texts *set)
{
	enum giving so_far = GIVING_ENOUGH;

	if (set->count == 0)
		return GIVING_NOT_ENOUGH;
	for (size_t i = 0; i < set->count; i++) {
		const char *who = set->items[i];
		bool there = false;

		if (strcmp(who, "child") == 0) {
			there = gave(c, CONSENT_BY_CHILD);
		} else if (strcmp(who, "caregiver") == 0) {
			there = gave(c, CONSENT_BY_CAREGIVER);
		} else if (strcmp(who, "guardian") == 0) {
			there = gave(c, CONSENT_BY_GUARDIAN);
		} else if (strcmp(who, "override") == 0) {
			there = hearing_override_complete(a, c);
			so_far = GIVING_BY_OVERRIDE;
		}
		if (!there)
			return GIVING_NOT_ENOUGH;
	}
	return so_far;
}

static enum giving
rule_gives(const struct agreement *a, const struct consent *c,
    const struct age_rule *rule)
{
	enum giving best = set_gives(a, c, &rule->needs);

	for (size_t i = 0; i < rule->alternative_count; i++) {
		enum giving other = set_gives(a, c, &rule->alternatives[i]);

		if (other > best)
			best = other;
	}
	return best;
}

/* Where two bands hold an age, both must be satisfied. */
static enum giving
age_gives(const struct agreement *a, const struct consent *c, int64_t age)
{
	enum giving worst = GIVING_ENOUGH;
	bool any = false;

	for (size_t i = 0; i < a->age_rule_count; i++) {
		const struct age_rule *rule = &a->age_rules[i];
		enum giving one;

		if (age < rule->from || age > rule->to)
			continue;
		any = true;
		one = rule_gives(a, c, rule);
		if (one < worst)
			worst = one;
	}
	return any ? worst : GIVING_NO_BAND;
}

static enum giving
all_give(const struct agreement *a, const struct consent *c,
    const struct ages *ages)
{
	enum giving worst = GIVING_ENOUGH;

	for (size_t i = 0; i < ages->count; i++) {
		enum giving one = age_gives(a, c, ages->at[i]);

		if (one < worst)
			worst = one;
	}
	return worst;
}

void
band_rules_givers(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);
	struct ages ages;

	if (c == NULL)
		return;
	ages = ages_of(h, c);
	if (ages.count == 0) {
		hearing_say(h, VERDICT_HOLD,
		    "The child's age is not known, so it is not known who must "
		    "agree.",
		    "Record the child's birth date or age.");
		return;
	}
	switch (all_give(h->q->agreement, c, &ages)) {
	case GIVING_ENOUGH:
	case GIVING_BY_OVERRIDE: /* C-OVR has it confirmed */
		return;
	case GIVING_NO_BAND:
		hearing_say(h, VERDICT_HOLD,
		    "The agreement does not say who must agree for a child of "
		    "this age.",
		    "Ask the focal point who must agree at this age.");
		break;
	case GIVING_NOT_ENOUGH:
		hearing_no(h);
		break;
	}
	hearing_name(h, "consent.given_by");
}

/*
 * An age in years without a birth date is taken for an estimate unless
 * somebody says it is none.
 */
static bool
estimated(const struct hearing *h, const struct consent *c)
{
	const struct value *v = &h->q->referral->value[FIELD_ESTIMATED];

	if ((v->present && v->yes) || c->age_estimated == ANSWER_YES ||
	    hearing_source(h)->unreadable[FIELD_ESTIMATED])
		return true;
	return !hearing_had(h, FIELD_DATE_OF_BIRTH) && !v->present &&
	    c->age_estimated == ANSWER_UNKNOWN;
}

/*
 * The stricter band is used: what the givers amount to must hold a year to
 * either side too.  Where it does not hold for the age itself, C-BAND says so.
 */
void
band_rules_edge(struct hearing *h)
{
	const struct agreement *a = h->q->agreement;
	const struct consent *c = hearing_consent(h);
	struct ages ages;

	if (c == NULL || !estimated(h, c))
		return;
	ages = ages_of(h, c);
	if (all_give(a, c, &ages) < GIVING_BY_OVERRIDE)
		return;
	for (size_t i = 0; i < ages.count; i++) {
		int64_t age = ages.at[i];

		if ((age > 0 &&
			age_gives(a, c, age - 1) < GIVING_BY_OVERRIDE) ||
		    age_gives(a, c, age + 1) < GIVING_BY_OVERRIDE) {
			hearing_no(h);
			hearing_name(h, fields_all[FIELD_AGE].name);
			return;
		}
	}
}

static bool
lists_caregiver(const struct agreement *a, int64_t age)
{
	for (size_t i = 0; i < a->age_rule_count; i++) {
		const struct age_rule *rule = &a->age_rules[i];

		if (age >= rule->from && age <= rule->to &&
		    hearing_lists(&rule->needs, "caregiver"))
			return true;
	}
	return false;
}

/* An age that nobody knows, or that no band holds, is C-BAND's. */
static bool
needs_caregiver(const struct hearing *h, const struct consent *c)
{
	struct ages ages = ages_of(h, c);

	for (size_t i = 0; i < ages.count; i++)
		if (lists_caregiver(h->q->agreement, ages.at[i]))
			return true;
	return false;
}

/*
 * A guardian stands in a caregiver's place.  Any other way round the caregiver
 * needs a reason and somebody who approved it, which is what an override says.
 */
void
band_rules_caregiver(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL || !needs_caregiver(h, c) ||
	    gave(c, CONSENT_BY_CAREGIVER) || gave(c, CONSENT_BY_GUARDIAN) ||
	    hearing_override_complete(h->q->agreement, c))
		return;
	hearing_no(h);
	hearing_name(h, "consent.given_by");
}

/* Is the child without its parents?  Absent is no; unreadable is unknown. */
static enum answer_given
alone(const struct hearing *h)
{
	static const char *const words[] = { "unaccompanied", "separated" };
	const struct value *concerns =
	    &h->q->referral->value[FIELD_PROTECTION_CONCERNS];
	const struct source_facts *said = hearing_source(h);

	if (hearing_had(h, FIELD_PROTECTION_STATUS))
		return ANSWER_YES;
	for (size_t i = 0; concerns->present && i < concerns->count; i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (strcmp(concerns->items[i], words[k]) == 0)
				return ANSWER_YES;
	return said->unreadable[FIELD_PROTECTION_STATUS] ||
		said->unreadable[FIELD_PROTECTION_CONCERNS] ?
	    ANSWER_UNKNOWN :
	    ANSWER_NO;
}

/* Among the givers, who could speak for a child without its parents? */
static bool
somebody_speaks(const struct consent *c, bool *unclear)
{
	bool any = false;

	for (size_t i = 0; i < c->given_by_count; i++) {
		const struct consent_giver *g = &c->given_by[i];
		enum relation r = relation_of(g->relation);

		if (g->role == CONSENT_BY_GUARDIAN)
			any = true;
		if (g->role != CONSENT_BY_CAREGIVER)
			continue;
		any |= r == RELATION_OTHER;
		*unclear |= r == RELATION_UNKNOWN;
	}
	return any;
}

void
band_rules_alone(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);
	enum answer_given without = alone(h);
	bool unclear = false;

	if (c == NULL || without == ANSWER_NO || !needs_caregiver(h, c) ||
	    somebody_speaks(c, &unclear) ||
	    hearing_override_complete(h->q->agreement, c))
		return;
	if (without == ANSWER_UNKNOWN)
		hearing_say(h, VERDICT_HOLD,
		    "It could not be read whether this child has a caregiver "
		    "with them.",
		    "Correct it where it was written; export again.");
	else if (unclear)
		hearing_say(h, VERDICT_HOLD,
		    "This child is without their parents, and it cannot be "
		    "told from the record what the caregiver is to them.",
		    "Say in the consent record what the caregiver is to the "
		    "child, in a word like aunt or foster mother.");
	else
		hearing_no(h);
	hearing_name(h, "consent.given_by");
}
