#include "formats/agreement_words.h"

#include <inttypes.h>
#include <string.h>

#include "base/fault.h"
#include "formats/sentence.h"

#define CHILD_UNTIL 17
#define NOBODY "nobody"

/* One reading; what fails first is kept, and nothing is said after it. */
struct reading {
	const struct agreement *a;
	const struct agreement_words_hearer *to;
	struct sentence line;
	struct fault *why;
	bool failed;
};

const char *
agreement_words_system(enum system_kind s)
{
	return s == SYSTEM_PROGRES ? "proGres" : "Primero";
}

const char *
agreement_words_role(enum node_role r)
{
	switch (r) {
	case NODE_SITE:
		return "a site";
	case NODE_HUB:
		return "a hub";
	case NODE_AUDITOR:
		break;
	}
	return "an auditor";
}

const char *
agreement_words_polarity(enum polarity p)
{
	switch (p) {
	case POLARITY_POSITIVE:
		return "yes means that the case may be shared with UNHCR";
	case POLARITY_NEGATIVE:
		return "the question is REVERSED: yes means that the case may "
		       "NOT be shared with UNHCR";
	case POLARITY_NONE:
		break;
	}
	return "what yes means is not said, so nothing is sent from there";
}

const char *
agreement_words_evidence(enum evidence e)
{
	return e == EVIDENCE_RECORD ?
	    "a record of who agreed, when and how" :
	    "a record of who agreed, when and how, or that a named user of "
	    "the sending office attests it";
}

const char *
agreement_words_free_text(enum free_text t)
{
	switch (t) {
	case FREE_TEXT_ALLOW:
		return "travel as they were written";
	case FREE_TEXT_REVIEW:
		return "travel once a person has read them";
	case FREE_TEXT_STRIP:
		break;
	}
	return "do not travel";
}

void
agreement_words_rights(struct sentence *s, unsigned may, const char *otherwise)
{
	static const struct {
		unsigned right;
		const char *word;
	} rights[] = { { MAY_EXPORT, "export" }, { MAY_DECIDE, "decide" },
		{ MAY_ASSIGN, "assign" }, { MAY_LOAD, "load" },
		{ MAY_OVERRIDE, "override" } };
	const char *words[sizeof(rights) / sizeof(rights[0])];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		if ((may & rights[i].right) != 0)
			words[count++] = rights[i].word;
	if (count == 0)
		sentence_add(s, "%s", otherwise);
	else
		sentence_list(s, words, count, "and");
}

void
agreement_words_list(struct sentence *s, const struct texts *t,
    const char *otherwise)
{
	if (t->count == 0)
		sentence_add(s, "%s", otherwise);
	else
		sentence_list(s, t->items, t->count, "and");
}

void
agreement_words_fields(struct sentence *s, const bool field[static FIELD_COUNT],
    const char *otherwise)
{
	const char *names[FIELD_COUNT];
	size_t count = 0;

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field[i])
			names[count++] = fields_all[i].name;
	if (count == 0)
		sentence_add(s, "%s", otherwise);
	else
		sentence_list(s, names, count, "and");
}

static void
part(struct reading *r, const char *heading)
{
	if (!r->failed)
		r->to->part(r->to->context, heading);
}

/* Say the line that was put together. */
static void
say(struct reading *r)
{
	const char *text;

	if (r->failed)
		return;
	if ((text = sentence_end(&r->line, r->why)) == NULL)
		r->failed = true;
	else
		r->to->sentence(r->to->context, text);
}

static const char *
or_unknown(const char *text)
{
	return text != NULL ? text : "?";
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* --- what it is --- */

static void
say_today(struct reading *r, day today)
{
	struct sentence *s = &r->line;

	if (today == DAY_UNKNOWN)
		return;
	if (r->a->valid_until < today)
		sentence_add(s,
		    "It has ended: referrals wait until it is "
		    "renewed.");
	else if (today < r->a->valid_from)
		sentence_add(s, "It has not begun yet: referrals wait.");
	else
		sentence_add(s, "Days left, with today: %d.",
		    (int)(r->a->valid_until - today) + 1);
	say(r);
}

static void
say_what_it_is(struct reading *r, day today)
{
	const struct agreement *a = r->a;
	struct sentence *s = &r->line;

	part(r, "What this is");
	sentence_add(s, "%s, version %" PRId64 ", for %s: %s",
	    or_unknown(a->id), a->version, or_unknown(a->country),
	    or_unknown(a->title));
	say(r);
	sentence_add(s, "%s",
	    a->environment == AGREEMENT_LIVE ?
		"It is for real data." :
		"It is for practice: nothing about real people may be sent "
		"under it.");
	say(r);
	sentence_add(s, "It begins on ");
	sentence_day(s, a->valid_from);
	sentence_add(s, " and its last day is ");
	sentence_day(s, a->valid_until);
	sentence_add(s,
	    ". Before and after, no referral leaves and what comes is held; "
	    "withdrawals, answers and receipts still travel.");
	say(r);
	say_today(r, today);
	if (a->review_on == DAY_UNKNOWN) {
		sentence_add(s,
		    "It does not say when the agencies look at it again.");
	} else {
		sentence_add(s, "The agencies look at it again on ");
		sentence_day(s, a->review_on);
		sentence_add(s, ".");
	}
	say(r);
}

/* --- who takes part --- */

static void
add_roles(struct sentence *s, const struct party *p)
{
	for (size_t i = 0; i < p->focal_point_count; i++)
		sentence_add(s, "%s%s", i > 0 ? ", " : "",
		    or_unknown(p->focal_points[i].role));
}

static void
say_party(struct reading *r, const struct party *p)
{
	struct sentence *s = &r->line;

	sentence_add(s, "%s: %s. It works with %s and signs with %zu key%s.",
	    or_unknown(p->id), or_unknown(p->name),
	    agreement_words_system(p->system), p->key_count,
	    plural(p->key_count));
	if (p->joined != DAY_UNKNOWN) {
		sentence_add(s, " It takes part from ");
		sentence_day(s, p->joined);
		sentence_add(s, ".");
	}
	if (p->left != DAY_UNKNOWN) {
		sentence_add(s, " It leaves on ");
		sentence_day(s, p->left);
		sentence_add(s, ".");
	}
	if (p->focal_point_count == 0) {
		sentence_add(s, " It names no focal point.");
	} else {
		sentence_add(s, " Focal points: %zu (", p->focal_point_count);
		add_roles(s, p);
		sentence_add(s, ").");
	}
	say(r);
}

static void
say_parties(struct reading *r)
{
	const struct agreement *a = r->a;

	part(r, "Who takes part");
	for (size_t i = 0; i < a->party_count; i++)
		say_party(r, &a->parties[i]);
	sentence_add(&r->line,
	    "Of these %zu agencies at least %d must sign each version. An "
	    "agency that has not signed it can neither send nor receive.",
	    a->party_count, a->signatures_needed);
	say(r);
}

static void
say_node_dates(struct reading *r, const struct node *n)
{
	struct sentence *s = &r->line;

	sentence_add(s, "%s is %s of %s, works with %s, and takes part from ",
	    or_unknown(n->code), agreement_words_role(n->role),
	    n->party != NULL ? or_unknown(n->party->id) : "?",
	    agreement_words_system(n->system));
	sentence_day(s, n->valid_from);
	sentence_add(s, " to ");
	sentence_day(s, n->valid_until);
	sentence_add(s, ".");
	if (n->acts_for.count > 0) {
		sentence_add(s, " It also holds cases of ");
		agreement_words_list(s, &n->acts_for, "");
		sentence_add(s, ".");
	}
	say(r);
}

static void
say_node(struct reading *r, const struct node *n)
{
	struct sentence *s = &r->line;

	say_node_dates(r, n);
	if (n->revoked) {
		sentence_add(s, "%s is REVOKED since ", or_unknown(n->code));
		sentence_day(s, n->revoked_on);
		sentence_add(s,
		    ": what it signed with a number above %" PRId64
		    " is refused.",
		    n->revoked_after);
		say(r);
	}
	if (n->system == SYSTEM_PRIMERO && n->role != NODE_AUDITOR) {
		sentence_add(s, "At %s, in Primero's question about UNHCR, %s.",
		    or_unknown(n->code), agreement_words_polarity(n->polarity));
		say(r);
	}
	for (size_t i = 0; i < n->user_count; i++) {
		const struct user *u = &n->users[i];

		sentence_add(s, "At %s, %s (%s) may ", or_unknown(n->code),
		    or_unknown(u->user), or_unknown(u->role));
		agreement_words_rights(s, u->may,
		    "do only what asks for no right");
		sentence_add(s, ".");
		say(r);
	}
	if (n->user_count == 0 && n->role != NODE_AUDITOR) {
		sentence_add(s,
		    "At %s nobody is listed, so nobody can act there under "
		    "an agreement for real data.",
		    or_unknown(n->code));
		say(r);
	}
}

static void
say_nodes(struct reading *r)
{
	const struct agreement *a = r->a;

	part(r, "Offices");
	for (size_t i = 0; i < a->node_count; i++)
		say_node(r, &a->nodes[i]);
	if (a->recovery_count > 0)
		sentence_add(&r->line,
		    "Beside the office it is for, whoever holds %s %zu "
		    "recovery key%s can open every file that is sent.",
		    a->recovery_count == 1 ? "the" : "one of the",
		    a->recovery_count, plural(a->recovery_count));
	else
		sentence_add(&r->line,
		    "There is no recovery key: what was sealed for an office "
		    "that loses its keys is lost.");
	say(r);
}

/* --- what may be sent --- */

static void
say_flow_free_text(struct reading *r, const struct flow *f)
{
	bool free_text[FIELD_COUNT];
	struct sentence *s = &r->line;

	for (size_t i = 0; i < FIELD_COUNT; i++)
		free_text[i] = f->field[i] && fields_all[i].free_text;
	sentence_add(s, "Texts that people write freely (");
	agreement_words_fields(s, free_text, "of which none is listed");
	sentence_add(s, ") %s. Attachments %s.",
	    agreement_words_free_text(f->free_text),
	    f->attachments ? "may travel" : "do not travel");
	say(r);
}

static void
say_flow(struct reading *r, const struct flow *f)
{
	struct sentence *s = &r->line;

	sentence_add(s, "%s may ask %s for these services: ",
	    f->from != NULL ? or_unknown(f->from->id) : "?",
	    f->to != NULL ? or_unknown(f->to->id) : "?");
	agreement_words_list(s, &f->services, "none, so nothing is sent");
	sentence_add(s, ". The purpose: ");
	agreement_words_list(s, &f->purposes, "none, so nothing is sent");
	sentence_add(s, ".");
	say(r);
	sentence_add(s, "These fields may travel, and no others: ");
	agreement_words_fields(s, f->field, "none");
	sentence_add(s, ".");
	say(r);
	sentence_add(s, "Without one of these the referral waits: ");
	agreement_words_fields(s, f->required, "none is required");
	sentence_add(s, ".");
	say(r);
	say_flow_free_text(r, f);
	sentence_add(s, "Each referral needs %s. It may rest on: ",
	    agreement_words_evidence(f->evidence));
	agreement_words_list(s, &f->bases, "nothing");
	sentence_add(s, ".");
	say(r);
}

static void
say_flows(struct reading *r)
{
	const struct agreement *a = r->a;

	part(r, "What may be sent");
	for (size_t i = 0; i < a->flow_count; i++)
		say_flow(r, &a->flows[i]);
	sentence_add(&r->line, "%s",
	    a->flow_count > 0 ?
		"Nothing else may be sent to anybody." :
		"Nothing may be sent: no agency may send to any other.");
	say(r);
}

/* --- consent --- */

/* "caregiver and child", or who decides without them */
static void
add_givers(struct sentence *s, const struct texts *who)
{
	if (who->count == 1 && strcmp(who->items[0], "override") == 0)
		sentence_add(s,
		    "somebody who may decide without them, and then a person "
		    "must confirm");
	else
		agreement_words_list(s, who, NOBODY);
}

static void
say_age_rule(struct reading *r, const struct age_rule *rule)
{
	struct sentence *s = &r->line;

	sentence_add(s, "From %d to %d years these must agree: ", rule->from,
	    rule->to);
	add_givers(s, &rule->needs);
	for (size_t i = 0; i < rule->alternative_count; i++) {
		sentence_add(s, "; or else ");
		add_givers(s, &rule->alternatives[i]);
	}
	sentence_add(s, ".");
	say(r);
}

static bool
in_a_band(const struct agreement *a, int age)
{
	for (size_t i = 0; i < a->age_rule_count; i++)
		if (a->age_rules[i].from <= age && age <= a->age_rules[i].to)
			return true;
	return false;
}

static void
say_ages_without_band(struct reading *r)
{
	struct sentence *s = &r->line;
	int last;

	for (int age = 0; age <= CHILD_UNTIL; age = last + 1) {
		last = age;
		if (in_a_band(r->a, age))
			continue;
		while (last < CHILD_UNTIL && !in_a_band(r->a, last + 1))
			last++;
		if (last > age)
			sentence_add(s, "From %d to %d years", age, last);
		else
			sentence_add(s, "At %d years", age);
		sentence_add(s,
		    " it is not said who must agree: everything about "
		    "children of that age is held.");
		say(r);
	}
}

static void
say_scopes(struct reading *r)
{
	const struct agreement *a = r->a;
	struct sentence *s = &r->line;

	for (size_t i = 0; i < a->scope_count; i++) {
		const struct scope_entry *e = &a->scope_map[i];

		sentence_add(s,
		    "A yes to %s also covers: ", or_unknown(e->scope));
		agreement_words_list(s, &e->services, "nothing else");
		sentence_add(s, ".");
		say(r);
	}
}

static void
say_primero_fields(struct reading *r)
{
	const struct primero_fields *f = &r->a->primero_fields;
	const struct {
		const char *what;
		const char *field;
	} parts[] = {
		{ "when consent was given", f->given_on },
		{ "who gave it", f->given_by },
		{ "how", f->method },
		{ "in which language", f->language },
		{ "after which notice", f->notice_version },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].field == NULL)
			continue;
		sentence_add(&r->line, "In Primero the field %s says %s.",
		    parts[i].field, parts[i].what);
		say(r);
	}
}

static void
say_consent(struct reading *r)
{
	const struct agreement *a = r->a;
	struct sentence *s = &r->line;

	part(r, "Consent");
	sentence_add(s, "A consent counts for %d days.", a->max_age_days);
	say(r);
	for (size_t i = 0; i < a->age_rule_count; i++)
		say_age_rule(r, &a->age_rules[i]);
	say_ages_without_band(r);
	sentence_add(s, "To decide without those who must agree is for: ");
	agreement_words_list(s, &a->override_roles, NOBODY);
	sentence_add(s, ".");
	say(r);
	say_scopes(r);
	say_primero_fields(r);
}

static void
say_sensitive(struct reading *r)
{
	const struct agreement *a = r->a;
	struct sentence *s = &r->line;

	part(r, "What is sensitive");
	if (a->sensitive_codes.count == 0) {
		sentence_add(s,
		    "No code is listed as sensitive: every concern that is "
		    "written may travel.");
	} else {
		sentence_add(s, "These codes are taken out before sending: ");
		agreement_words_list(s, &a->sensitive_codes, "");
		sentence_add(s, ".");
	}
	say(r);
	for (size_t i = 0; i < a->flow_count; i++) {
		const struct flow *f = &a->flows[i];

		if (f->sensitive.count == 0)
			continue;
		sentence_add(s, "From %s to %s these travel all the same: ",
		    f->from != NULL ? or_unknown(f->from->id) : "?",
		    f->to != NULL ? or_unknown(f->to->id) : "?");
		agreement_words_list(s, &f->sensitive, "");
		sentence_add(s, ".");
		say(r);
	}
	sentence_add(s, "The law may ask for a report of its own about: ");
	agreement_words_list(s, &a->mandatory_reporting_codes,
	    "nothing that is listed");
	sentence_add(s, ".");
	say(r);
}

/* --- lists, deadlines --- */

static void
say_map(struct reading *r, enum map_section section)
{
	const struct map *m = &r->a->maps[section];
	struct sentence *s = &r->line;
	size_t without = 0;

	for (size_t i = 0; i < m->count; i++)
		without += m->entries[i].progres_out == NULL;
	sentence_add(s, "%s: %zu entries", fields_map_name(section), m->count);
	if (without > 0)
		sentence_add(s,
		    "; proGres has no word for %zu of them: ", without);
	for (size_t i = 0; i < m->count; i++)
		if (m->entries[i].progres_out == NULL)
			sentence_add(s, "%s%s", or_unknown(m->entries[i].code),
			    --without > 0 ? ", " : "");
	sentence_add(s, ".");
	say(r);
}

static void
say_maps(struct reading *r)
{
	part(r, "Code lists");
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		say_map(r, (enum map_section)i);
	sentence_add(&r->line,
	    "A value that no list translates is held, never guessed.");
	say(r);
}

static void
say_deadlines(struct reading *r)
{
	const struct agreement *a = r->a;
	struct sentence *s = &r->line;

	part(r, "Deadlines, and how long things are kept");
	sentence_add(s,
	    "An emergency is answered within %d hours, what is urgent within "
	    "%d hours, all else within %d days.",
	    a->emergency_hours, a->urgent_hours, a->normal_days);
	say(r);
	sentence_add(s,
	    "A loss, or data in wrong hands, is reported within %d hours.",
	    a->breach_report_hours);
	say(r);
	sentence_add(s,
	    "Referrals that arrive more than %d days after they were sealed "
	    "are held.",
	    a->use_by_days);
	say(r);
	sentence_add(s,
	    "Files that were sent are kept for %d days, what was received "
	    "for %d days, the record of what was done for %d days.",
	    a->retention_bundle_days, a->retention_staged_days,
	    a->retention_ledger_days);
	say(r);
}

int
agreement_words_say(const struct agreement *a, day today,
    const struct agreement_words_hearer *to, struct fault *why)
{
	struct reading r = { .a = a, .to = to, .why = why };

	sentence_start(&r.line);
	say_what_it_is(&r, today);
	say_parties(&r);
	say_nodes(&r);
	say_flows(&r);
	say_consent(&r);
	say_sensitive(&r);
	say_maps(&r);
	say_deadlines(&r);
	sentence_free(&r.line);
	return r.failed ? -1 : 0;
}
