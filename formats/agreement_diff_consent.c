/*
 * agreement_diff_consent: who must agree, to what, and how that is shown.
 *
 * Bands are compared age by age, by which people's agreement is enough: what
 * only the old version takes makes it stricter, what only the new one takes
 * makes it looser.
 */
#include <string.h>

#include "formats/agreement_diff_inside.h"
#include "formats/agreement_words.h"

#define AGE_MAX 150
#define GIVERS 4
#define GROUPS (1U << GIVERS) /* of people who have agreed, one bit each */

/* Bit i: the group i is enough. */
typedef uint16_t enough;

static const char *const givers[GIVERS] = { "child", "caregiver", "guardian",
	"somebody who may decide without them" };
static const char *const giver_words[GIVERS] = { "child", "caregiver",
	"guardian", "override" };

static unsigned
group_of(const struct texts *who)
{
	unsigned group = 0;

	for (unsigned i = 0; i < GIVERS; i++)
		if (agreement_lists(who, giver_words[i]))
			group |= 1U << i;
	return group;
}

/* An empty set of people is enough for nothing. */
static enough
set_takes(const struct texts *who)
{
	unsigned needed = group_of(who), takes = 0;

	for (unsigned group = 0; needed != 0 && group < GROUPS; group++)
		if ((group & needed) == needed)
			takes |= 1U << group;
	return (enough)takes;
}

static enough
rule_takes(const struct age_rule *rule)
{
	unsigned takes = set_takes(&rule->needs);

	for (size_t i = 0; i < rule->alternative_count; i++)
		takes |= set_takes(&rule->alternatives[i]);
	return (enough)takes;
}

/* Where two bands hold an age, both must be satisfied; without any, nothing. */
static enough
age_takes(const struct agreement *a, int age)
{
	unsigned takes = (1U << GROUPS) - 1;
	bool any = false;

	for (size_t i = 0; i < a->age_rule_count; i++) {
		const struct age_rule *rule = &a->age_rules[i];

		if (age < rule->from || age > rule->to)
			continue;
		any = true;
		takes &= rule_takes(rule);
	}
	return (enough)(any ? takes : 0);
}

static bool
is_enough(enough takes, unsigned group)
{
	return ((unsigned)takes >> group & 1U) != 0;
}

/* Enough, and nobody in it could be missing. */
static bool
is_smallest(enough takes, unsigned group)
{
	if (!is_enough(takes, group))
		return false;
	for (unsigned i = 0; i < GIVERS; i++)
		if ((group >> i & 1U) != 0 &&
		    is_enough(takes, group & ~(1U << i)))
			return false;
	return true;
}

static void
add_group(struct sentence *s, unsigned group)
{
	const char *names[GIVERS];
	size_t count = 0;

	for (unsigned i = 0; i < GIVERS; i++)
		if ((group >> i & 1U) != 0)
			names[count++] = givers[i];
	sentence_list(s, names, count, "and");
}

static void
add_enough(struct sentence *s, enough takes)
{
	bool first = true;

	if (takes == 0) {
		sentence_add(s, "nobody, so that everything is held");
		return;
	}
	for (unsigned group = 0; group < GROUPS; group++) {
		if (!is_smallest(takes, group))
			continue;
		sentence_add(s, "%s", first ? "" : ", or else ");
		add_group(s, group);
		first = false;
	}
}

static enum agreement_diff_effect
effect_of(enough before, enough after)
{
	if ((before & after) == before)
		return AGREEMENT_DIFF_LOOSER;
	if ((before & after) == after)
		return AGREEMENT_DIFF_STRICTER;
	return AGREEMENT_DIFF_BOTH;
}

static void
compare_ages(struct agreement_diff_run *r)
{
	int last;

	for (int age = 0; age <= AGE_MAX; age = last + 1) {
		enough before = age_takes(r->before, age);
		enough after = age_takes(r->after, age);
		struct sentence *s;

		last = age;
		while (last < AGE_MAX &&
		    age_takes(r->before, last + 1) == before &&
		    age_takes(r->after, last + 1) == after)
			last++;
		if (before == after)
			continue;
		s = agreement_diff_line(r);
		sentence_add(s, "who must agree from %d to %d years: it was ",
		    age, last);
		add_enough(s, before);
		sentence_add(s, "; now it is ");
		add_enough(s, after);
		agreement_diff_say(r, effect_of(before, after));
	}
}

/* --- the question about UNHCR --- */

static enum agreement_diff_effect
polarity_effect(enum polarity before, enum polarity after)
{
	if (before == POLARITY_NONE)
		return AGREEMENT_DIFF_LOOSER;
	if (after == POLARITY_NONE)
		return AGREEMENT_DIFF_STRICTER;
	return AGREEMENT_DIFF_BOTH;
}

static void
compare_polarities(struct agreement_diff_run *r)
{
	for (size_t i = 0; i < r->after->node_count; i++) {
		const struct node *n = &r->after->nodes[i];
		const struct node *old = agreement_node(r->before, n->code);
		enum polarity before =
		    old != NULL ? old->polarity : POLARITY_NONE;

		if (n->polarity == before)
			continue;
		r->about = n->code;
		sentence_add(agreement_diff_line(r),
		    "in Primero's question about UNHCR, %s",
		    agreement_words_polarity(n->polarity));
		agreement_diff_say(r, polarity_effect(before, n->polarity));
		r->about = NULL;
	}
}

/* --- the rest --- */

static void
compare_flows(struct agreement_diff_run *r)
{
	static const char *const bases[] = { "it may now also rest on",
		"it may no longer rest on" };
	char name[AGREEMENT_DIFF_FLOW_ROOM];

	for (size_t i = 0; i < r->after->flow_count; i++) {
		const struct flow *a = &r->after->flows[i];
		const struct flow *b = agreement_diff_flow(r->before, a);

		if (b == NULL)
			b = agreement_diff_no_flow();
		agreement_diff_flow_name(a, name);
		r->about = name;
		if (a->evidence != b->evidence) {
			sentence_add(agreement_diff_line(r),
			    "a referral now needs %s",
			    agreement_words_evidence(a->evidence));
			agreement_diff_say(r,
			    a->evidence == EVIDENCE_ATTESTED ?
				AGREEMENT_DIFF_LOOSER :
				AGREEMENT_DIFF_STRICTER);
		}
		agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, bases, &b->bases,
		    &a->bases);
		r->about = NULL;
	}
}

static const struct scope_entry *
find_scope(const struct agreement *a, const char *scope)
{
	for (size_t i = 0; i < a->scope_count; i++)
		if (agreement_diff_same(a->scope_map[i].scope, scope))
			return &a->scope_map[i];
	return NULL;
}

static void
compare_scopes(struct agreement_diff_run *r)
{
	static const char *const covers[] = { "a yes to it now also covers",
		"a yes to it no longer covers" };
	static const struct scope_entry none;
	const struct agreement *b = r->before, *a = r->after;

	for (size_t i = 0; i < a->scope_count; i++) {
		const struct scope_entry *e = &a->scope_map[i];
		const struct scope_entry *old = find_scope(b, e->scope);

		r->about = e->scope;
		if (old == NULL && e->services.count == 0) {
			sentence_add(agreement_diff_line(r),
			    "the form's answer is listed now, and covers "
			    "nothing else");
			agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
		}
		agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, covers,
		    old != NULL ? &old->services : &none.services,
		    &e->services);
	}
	for (size_t i = 0; i < b->scope_count; i++) {
		const struct scope_entry *e = &b->scope_map[i];

		if (find_scope(a, e->scope) != NULL)
			continue;
		r->about = e->scope;
		sentence_add(agreement_diff_line(r),
		    "a yes to it covers nothing else any more");
		agreement_diff_say(r,
		    e->services.count > 0 ? AGREEMENT_DIFF_STRICTER :
					    AGREEMENT_DIFF_NEITHER);
	}
	r->about = NULL;
}

static void
compare_primero_fields(struct agreement_diff_run *r)
{
	const struct primero_fields *b = &r->before->primero_fields;
	const struct primero_fields *a = &r->after->primero_fields;

	r->about = "Primero's field for";
	agreement_diff_text(r, "when consent was given", b->given_on,
	    a->given_on);
	agreement_diff_text(r, "who gave it", b->given_by, a->given_by);
	agreement_diff_text(r, "how", b->method, a->method);
	agreement_diff_text(r, "the language", b->language, a->language);
	agreement_diff_text(r, "the notice", b->notice_version,
	    a->notice_version);
	r->about = NULL;
}

void
agreement_diff_consent(struct agreement_diff_run *r)
{
	static const char *const roles[] = {
		"may now decide without those who must agree",
		"may no longer decide without those who must agree"
	};

	agreement_diff_number(r, AGREEMENT_DIFF_LOOSER,
	    "days for which a consent counts", r->before->max_age_days,
	    r->after->max_age_days);
	compare_ages(r);
	agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, roles,
	    &r->before->override_roles, &r->after->override_roles);
	compare_polarities(r);
	compare_flows(r);
	compare_scopes(r);
	compare_primero_fields(r);
}
