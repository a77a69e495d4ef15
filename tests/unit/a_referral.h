/*
 * a_referral: a question with nothing wrong in it, for rows to spoil.
 *
 * A site of UNICEF (Primero) refers a girl of twelve to UNHCR (proGres).  Each
 * row of a rule's table changes one thing and says what that rule answers.
 * In a header, since a suite is linked with nothing but rows.c.
 */
#ifndef SATCHEL_TESTS_A_REFERRAL_H
#define SATCHEL_TESTS_A_REFERRAL_H

#include "tests/unit/rows.h"

#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "policy/rules.h"

#define TODAY 20500	    /* 2026-02-16 */
#define BORN (20500 - 4383) /* 2014-02-16: twelve today */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIST(array) ((struct texts){ (array), COUNT(array), true })

enum { UNICEF, UNHCR, SCI, PARTIES };

/* Everything the question points to; lists have room for rows to add. */
struct scene {
	struct party party[PARTIES];
	bool party_signed[PARTIES];
	struct node node[2]; /* the sender's, the receiver's */
	struct flow flow;
	struct agreement agreement;
	struct source_facts source;
	struct bundle_facts bundle;
	struct referral referral;
	struct consent_giver giver[2];
	struct consent_event event[2];
	const char *service[1];
	const char *recipient[1];
	const char *category[5];
	const char *concern[2];
	const char *language[1];
	const char *need[1];
	const char *one[1]; /* a list of one for a row's own use */
	struct attachment attachment;
	struct question question;
	struct judgement judgement;
};

/* One row; `change` gets the row for its number and text. */
struct row {
	const char *name;
	const char *rule; /* whose answer is looked at */
	enum end end;	  /* AT_BOTH: at either end */
	void (*change)(struct scene *s, const struct row *row);
	int64_t number;
	const char *text;
	enum verdict want;  /* VERDICT_SHARE: it says nothing */
	const char *fields; /* named, joined by a space; NULL: whatever */
};

static inline void
scene_map(struct agreement *a, enum map_section section,
    struct map_entry *entries, size_t count)
{
	a->maps[section].entries = entries;
	a->maps[section].count = count;
}

static inline void
scene_agreement(struct scene *s)
{
	static const char *needs[] = { "caregiver", "child" };
	static const char *guardian[] = { "guardian", "child" };
	static const char *override[] = { "override" };
	static const char *only_caregiver[] = { "caregiver" };
	static const char *only_child[] = { "child" };
	static const char *psychosocial[] = { "basic_psychosocial_support" };
	static const char *legal[] = { "documentation" };
	static const char *sensitive[] = { "rape", "torture", "medical",
		"cash_assistance" };
	static const char *roles[] = { "supervisor" };
	static const char *word[] = { "a value of Primero's" };
	static struct texts others[2];
	static struct age_rule ages[3];
	static struct scope_entry scopes[2];
	static struct map_entry services[] = {
		{ "alternative_care", { 0 }, { 0 }, "A" },
		{ "medical", { 0 }, { 0 }, "M" },
		{ "documentation", { 0 }, { 0 }, "D" },
		{ "shelter", { 0 }, { 0 }, NULL },
	};
	static struct map_entry concerns[] = {
		{ "neglect", { 0 }, { 0 }, "N" },
		{ "rape", { 0 }, { 0 }, "R" },
		{ "orphan", { 0 }, { 0 }, NULL },
	};
	static struct map_entry languages[] = { { "nuer", { 0 }, { 0 },
	    "Nuer" } };
	static struct map_entry sexes[] = {
		{ "female", { 0 }, { 0 }, "1" },
		{ "male", { 0 }, { 0 }, "2" },
	};
	struct agreement *a = &s->agreement;

	others[0] = LIST(guardian);
	others[1] = LIST(override);
	ages[0] = (struct age_rule){ 0, 5, LIST(only_caregiver), NULL, 0 };
	ages[1] = (struct age_rule){ 6, 14, LIST(needs), others, 2 };
	ages[2] = (struct age_rule){ 15, 17, LIST(only_child), NULL, 0 };
	scopes[0] =
	    (struct scope_entry){ "psychosocial_support", LIST(psychosocial) };
	scopes[1] = (struct scope_entry){ "legal_support", LIST(legal) };
	for (size_t i = 0; i < COUNT(services); i++)
		services[i].primero = LIST(word);
	for (size_t i = 0; i < COUNT(concerns); i++)
		concerns[i].primero = LIST(word);
	for (size_t i = 0; i < COUNT(sexes); i++)
		sexes[i].primero = LIST(word);
	languages[0].primero = LIST(word);
	a->id = "ET-TEST";
	a->version = 3;
	a->valid_from = TODAY - 100;
	a->valid_until = TODAY + 100;
	a->parties = s->party;
	a->party_count = PARTIES;
	a->nodes = s->node;
	a->node_count = 2;
	a->flows = &s->flow;
	a->flow_count = 1;
	a->max_age_days = 365;
	a->age_rules = ages;
	a->age_rule_count = COUNT(ages);
	a->scope_map = scopes;
	a->scope_count = COUNT(scopes);
	a->override_roles = LIST(roles);
	a->sensitive_codes = LIST(sensitive);
	scene_map(a, MAP_SERVICES, services, COUNT(services));
	scene_map(a, MAP_CONCERNS, concerns, COUNT(concerns));
	scene_map(a, MAP_LANGUAGES, languages, COUNT(languages));
	scene_map(a, MAP_SEX, sexes, COUNT(sexes));
	a->has_primero = true;
	a->primero.module_id = "primeromodule-cp";
	a->party_signed = s->party_signed;
}

static inline void
scene_parties(struct scene *s)
{
	static const char *acts_for[] = { "SCI" };
	static const char *ids[] = { "UNICEF", "UNHCR", "SCI" };
	static struct user site_users[] = {
		{ .user = "case_worker",
		    .full_name = "Case Worker One",
		    .role = "case_worker",
		    .may = MAY_EXPORT | MAY_LOAD },
		{ .user = "supervisor",
		    .full_name = "Supervisor One",
		    .role = "supervisor",
		    .may = MAY_DECIDE | MAY_OVERRIDE },
		{ .user = "second",
		    .full_name = "Supervisor Two",
		    .role = "supervisor",
		    .may = MAY_DECIDE | MAY_OVERRIDE },
	};
	static struct user hub_users[] = {
		{ .user = "hub_admin",
		    .full_name = "Hub Admin",
		    .role = "supervisor",
		    .may = MAY_EXPORT | MAY_DECIDE },
	};

	for (size_t i = 0; i < PARTIES; i++) {
		s->party[i].id = ids[i];
		s->party[i].joined = TODAY - 100;
		s->party[i].left = DAY_UNKNOWN;
		s->party_signed[i] = true;
	}
	s->party[UNHCR].system = SYSTEM_PROGRES;
	s->node[0] = (struct node){
		.code = "ET-GMB-03",
		.party = &s->party[UNICEF],
		.acts_for = LIST(acts_for),
		.system = SYSTEM_PRIMERO,
		.valid_from = TODAY - 100,
		.valid_until = TODAY + 100,
		.revoked_on = DAY_UNKNOWN,
		.polarity = POLARITY_POSITIVE,
		.users = site_users,
		.user_count = COUNT(site_users),
	};
	s->node[1] = (struct node){
		.code = "ET-HUB-01",
		.party = &s->party[UNHCR],
		.role = NODE_HUB,
		.system = SYSTEM_PROGRES,
		.valid_from = TODAY - 100,
		.valid_until = TODAY + 100,
		.revoked_on = DAY_UNKNOWN,
		.users = hub_users,
		.user_count = COUNT(hub_users),
	};
}

static inline void
scene_flow(struct scene *s)
{
	static const char *services[] = { "alternative_care",
		"basic_psychosocial_support", "documentation", "medical",
		"relocation", "shelter" };
	static const char *purposes[] = { "refugee_cp_case_management" };
	static const char *bases[] = { "consent", "vital_interests" };

	s->flow = (struct flow){
		.from = &s->party[UNICEF],
		.to = &s->party[UNHCR],
		.services = LIST(services),
		.purposes = LIST(purposes),
		.free_text = FREE_TEXT_ALLOW,
		.evidence = EVIDENCE_RECORD,
		.bases = LIST(bases),
	};
	for (size_t f = 0; f < FIELD_COUNT; f++)
		s->flow.field[f] = true;
	s->flow.field[FIELD_RISK_LEVEL] = false;
	s->flow.field[FIELD_NATIONAL_ID_NO] = false;
	s->flow.required[FIELD_NAME_FIRST] = true;
	s->flow.required[FIELD_DATE_OF_BIRTH] = true;
	s->flow.required[FIELD_SERVICE_TYPE] = true;
}

static inline void
scene_set(struct scene *s, enum field f, const char *text)
{
	s->referral.value[f] = (struct value){
		.present = true,
		.text = text,
		.date = DAY_UNKNOWN,
	};
}

static inline void
scene_set_list(struct scene *s, enum field f, const char **items, size_t count)
{
	s->referral.value[f] = (struct value){
		.present = true,
		.date = DAY_UNKNOWN,
		.items = items,
		.count = count,
	};
}

static inline void
scene_referral(struct scene *s)
{
	struct referral *r = &s->referral;

	r->ref = "primero:4f5c#77";
	r->made_on = TODAY;
	r->purpose = "refugee_cp_case_management";
	r->from_agency = "UNICEF";
	r->to_agency = "UNHCR";
	r->origin.system = ORIGIN_PRIMERO;
	r->origin.case_id = "4f5c";
	for (size_t f = 0; f < FIELD_COUNT; f++)
		r->value[f].date = DAY_UNKNOWN;
	scene_set(s, FIELD_NAME_FIRST, "Nyakim");
	scene_set(s, FIELD_SEX, "female");
	scene_set(s, FIELD_SERVICE_TYPE, "alternative_care");
	scene_set(s, FIELD_UNHCR_INDIVIDUAL_NO, "803-1");
	scene_set(s, FIELD_DATE_OF_BIRTH, "2014-02-16");
	r->value[FIELD_DATE_OF_BIRTH].date = BORN;
	r->value[FIELD_AGE] = (struct value){ .present = true, .integer = 12 };
	s->concern[0] = "neglect";
	scene_set_list(s, FIELD_PROTECTION_CONCERNS, s->concern, 1);
	s->language[0] = "nuer";
	scene_set_list(s, FIELD_LANGUAGE, s->language, 1);
}

static inline void
scene_consent(struct scene *s)
{
	static const char *categories[] = { "identity", "contact", "family",
		"needs", "health" };
	struct consent *c = &s->referral.consent;

	s->referral.has_consent = true;
	memcpy(s->category, categories, sizeof(categories));
	s->service[0] = "alternative_care";
	s->recipient[0] = "UNHCR";
	s->giver[0] =
	    (struct consent_giver){ CONSENT_BY_CHILD, NULL, TODAY - 10 };
	s->giver[1] = (struct consent_giver){ CONSENT_BY_CAREGIVER, "mother",
		DAY_UNKNOWN };
	c->subject_ref = "4f5c";
	c->status = CONSENT_GIVEN;
	c->basis = "consent";
	c->given_by = s->giver;
	c->given_by_count = 2;
	c->age_at_consent = -1;
	c->age_estimated = ANSWER_NO;
	c->method = CONSENT_WRITTEN;
	c->taken_by_role = "case worker";
	c->language = "nuer";
	c->notice_version = "2026-1";
	c->attested_on = DAY_UNKNOWN;
	c->recipients = LIST(s->recipient);
	c->services = LIST(s->service);
	c->info_categories = LIST(s->category);
	c->given_on = TODAY - 10;
	c->expires_on = DAY_UNKNOWN;
	c->events = s->event;
	c->override.on = DAY_UNKNOWN;
	c->source.present = true;
	c->source.unhcr_export_opt_in = ANSWER_YES;
	c->source.disclosure_other_orgs = ANSWER_YES;
	c->source.consent_for_services = ANSWER_YES;
}

static inline void
scene_start(struct scene *s, enum end end)
{
	memset(s, 0, sizeof(*s));
	scene_parties(s);
	scene_flow(s);
	scene_agreement(s);
	scene_referral(s);
	scene_consent(s);
	s->source = (struct source_facts){
		.module_id = "primeromodule-cp",
		.name_masked = ANSWER_NO,
		.enabled = ANSWER_YES,
		.open = ANSWER_YES,
		.in_progress = ANSWER_YES,
		.fears_harm = ANSWER_NO,
	};
	s->bundle = (struct bundle_facts){
		.signature_good = true,
		.addressed_to_us = true,
		.environment_same = true,
		.form_good = true,
		.origin_good = true,
	};
	s->question = (struct question){
		.end = end,
		.today = TODAY,
		.referral = &s->referral,
		.agreement = &s->agreement,
		.sender = &s->node[0],
		.receiver = &s->node[1],
		.flow = &s->flow,
		.source = end == AT_EXPORT ? &s->source : NULL,
		.bundle = end == AT_IMPORT ? &s->bundle : NULL,
	};
}

/* The other way round: UNHCR refers her to UNICEF, with an attestation. */
static inline void
scene_from_progres(struct scene *s)
{
	struct consent *c = &s->referral.consent;

	s->flow.from = &s->party[UNHCR];
	s->flow.to = &s->party[UNICEF];
	s->flow.evidence = EVIDENCE_ATTESTED;
	s->question.sender = &s->node[1];
	s->question.receiver = &s->node[0];
	s->referral.origin = (struct origin){ .system = ORIGIN_PROGRES,
		.intervention_number = "INT-1" };
	s->referral.from_agency = "UNHCR";
	s->referral.to_agency = "UNICEF";
	s->recipient[0] = "UNICEF";
	s->source = (struct source_facts){ 0 };
	c->subject_ref = "803-1";
	c->method = CONSENT_ATTESTED;
	c->attested_by_user = "hub_admin";
	c->attested_on = TODAY;
	c->taken_by_role = NULL;
	c->language = NULL;
	c->notice_version = NULL;
	memset(&c->source, 0, sizeof(c->source));
}

static inline const struct reason *
scene_reason(const struct scene *s, const char *rule)
{
	for (size_t i = 0; i < s->judgement.count; i++)
		if (strcmp(s->judgement.reasons[i].rule->id, rule) == 0)
			return &s->judgement.reasons[i];
	return NULL;
}

/* Every reason given is a sentence with a way on, and the worst decides. */
static inline void
scene_reasons_are_whole(const struct scene *s)
{
	const struct judgement *j = &s->judgement;
	enum verdict worst = VERDICT_SHARE;

	for (size_t i = 0; i < j->count; i++) {
		const struct reason *r = &j->reasons[i];

		assert_true(r->verdict > VERDICT_SHARE);
		assert_non_null(r->text);
		assert_non_null(r->remedy);
		assert_null(strchr(r->text, '%'));
		assert_null(strchr(r->remedy, '%'));
		assert_int_equal(r->text[strlen(r->text) - 1], '.');
		assert_int_equal(r->remedy[strlen(r->remedy) - 1], '.');
		if (r->verdict > worst)
			worst = r->verdict;
		for (size_t k = i + 1; k < j->count; k++)
			assert_ptr_not_equal(r->rule, j->reasons[k].rule);
	}
	assert_int_equal(j->verdict,
	    worst == VERDICT_NOTE ? VERDICT_SHARE : worst);
}

static inline void
scene_judge(struct scene *s)
{
	rules_judge(&s->question, &s->judgement);
	scene_reasons_are_whole(s);
}

static inline void
scene_join_fields(const struct reason *r, char *out, size_t room)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < r->field_count && used < room; i++)
		used += (size_t)snprintf(out + used, room - used, "%s%s",
		    i > 0 ? " " : "", r->fields[i]);
}

static inline void
row_holds_at(const struct row *row, enum end end)
{
	static struct scene s;
	const struct reason *said;
	char fields[512];

	scene_start(&s, end);
	if (row->change != NULL)
		row->change(&s, row);
	scene_judge(&s);
	assert_non_null(rules_find(row->rule));
	said = scene_reason(&s, row->rule);
	assert_string_equal(verdict_name(
				said == NULL ? VERDICT_SHARE : said->verdict),
	    verdict_name(row->want));
	if (row->fields == NULL)
		return;
	assert_non_null(said);
	scene_join_fields(said, fields, sizeof(fields));
	assert_string_equal(fields, row->fields);
}

static inline void
row_holds(void **state)
{
	const struct row *row = *state;

	if ((row->end & AT_EXPORT) != 0)
		row_holds_at(row, AT_EXPORT);
	if ((row->end & AT_IMPORT) != 0)
		row_holds_at(row, AT_IMPORT);
}

#endif
