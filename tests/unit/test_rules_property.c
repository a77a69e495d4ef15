#include "tests/unit/a_referral.h"

/*
 * No combination in which anybody says no ends in share or strip.
 *
 * A combination gives each dimension below one of its values; value 0 of each
 * is the most willing one.  says_no and all_yes are told from the combination
 * alone, in the words of docs/rules.md, and compared with the judgement.
 *
 * Not every combination of all dimensions can be walked through (there are
 * some 10^15), so it is done in three ways: every no beside every two other
 * values; every combination of the answers themselves; and combinations drawn
 * from all of them.
 */

enum dimension {
	END,	      /* export, import */
	SYSTEM,	      /* Primero, proGres */
	POLARITY,     /* positive, negative, none */
	TICK_SERVICE, /* yes, no, unknown */
	TICK_OTHERS,
	TICK_UNHCR,   /* as meant: yes, no; unknown */
	INFO_SHARING, /* absent, without and with unhcr */
	STATUS,	      /* given, refused, withdrawn, not asked, unknown, over */
	KIND,
	BASIS,	    /* consent, not said, another listed one, one not listed */
	EVENTS,	    /* see set_event */
	RECIPIENTS, /* named, another one, nobody, not said */
	SERVICES,   /* named, through the map, another, none, not said */
	CATEGORIES, /* all, identity, none, not said */
	EXPIRES,    /* never, today, yesterday */
	GIVEN_ON,   /* lately, the last day, a day earlier, unknown, to come */
	AGE,	    /* see ages */
	GIVERS,	    /* see givers */
	OVERRIDE,   /* none, whole, five ways not whole, by the sender */
	METHOD,	    /* see methods */
	EVIDENCE,   /* the flow takes a record, an attestation */
	PRIORITY,   /* normal, urgent, emergency */
	WITHHELD,   /* not said, none, looked at, not looked at */
	HOW,	    /* all said, nothing said */
	SUBJECT,    /* this child's number, another */
	MARK,	    /* Primero's mark of an override: absent, yes, no */
	PURPOSE,    /* of the consent: this one, not said, another */
	HELD,	    /* see set_held */
	RELEASED,   /* nothing, everything by who may */
	DIMENSIONS
};

static const unsigned values[DIMENSIONS] = {
	[END] = 2,
	[SYSTEM] = 2,
	[POLARITY] = 3,
	[TICK_SERVICE] = 3,
	[TICK_OTHERS] = 3,
	[TICK_UNHCR] = 3,
	[INFO_SHARING] = 3,
	[STATUS] = 6,
	[KIND] = 4,
	[BASIS] = 4,
	[EVENTS] = 8,
	[RECIPIENTS] = 4,
	[SERVICES] = 5,
	[CATEGORIES] = 4,
	[EXPIRES] = 3,
	[GIVEN_ON] = 5,
	[AGE] = 8,
	[GIVERS] = 6,
	[OVERRIDE] = 8,
	[METHOD] = 5,
	[EVIDENCE] = 2,
	[PRIORITY] = 3,
	[WITHHELD] = 4,
	[HOW] = 2,
	[SUBJECT] = 2,
	[MARK] = 3,
	[PURPOSE] = 3,
	[HELD] = 6,
	[RELEASED] = 2,
};

/* What each combination chooses: the number of a value. */
struct combination {
	unsigned at[DIMENSIONS];
};

static struct scene s;

/* --- setting the scene --- */

static enum answer_given
tick(unsigned at)
{
	static const enum answer_given as[] = { ANSWER_YES, ANSWER_NO,
		ANSWER_UNKNOWN };

	return as[at];
}

static void
set_ticks(const struct combination *c)
{
	static const enum polarity polarities[] = { POLARITY_POSITIVE,
		POLARITY_NEGATIVE, POLARITY_NONE };
	static const char *family[] = { "family" };
	static const char *unhcr[] = { "family", "unhcr" };
	struct consent_source *said = &s.referral.consent.source;
	enum answer_given meant = tick(c->at[TICK_UNHCR]);

	said->present = true;
	said->consent_for_services = tick(c->at[TICK_SERVICE]);
	said->disclosure_other_orgs = tick(c->at[TICK_OTHERS]);
	said->unhcr_export_opt_in = meant;
	/* Where the question is the opposite one, so is the tick. */
	if (c->at[POLARITY] == 1 && meant != ANSWER_UNKNOWN)
		said->unhcr_export_opt_in =
		    meant == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
	if (c->at[INFO_SHARING] == 1)
		said->consent_info_sharing = LIST(family);
	else if (c->at[INFO_SHARING] == 2)
		said->consent_info_sharing = LIST(unhcr);
	s.node[0].polarity = polarities[c->at[POLARITY]];
	s.source.overridden = c->at[MARK] == 0 ? ANSWER_UNKNOWN :
	    c->at[MARK] == 1		       ? ANSWER_YES :
						 ANSWER_NO;
}

/* None, given, confirmed, narrowed; withdrawn before, that day, later, ? */
static void
set_event(struct consent *r, unsigned at)
{
	static const enum consent_event_type types[] = { CONSENT_EVENT_GIVEN,
		CONSENT_EVENT_GIVEN, CONSENT_EVENT_CONFIRMED,
		CONSENT_EVENT_NARROWED };
	day given = r->given_on != DAY_UNKNOWN ? r->given_on : TODAY - 10;

	r->event_count = at == 0 ? 0 : 1;
	s.event[0] = (struct consent_event){
		at < 4 ? types[at] : CONSENT_EVENT_WITHDRAWN,
		at == 7	    ? DAY_UNKNOWN :
		    at == 4 ? given - 1 :
		    at == 6 ? given + 1 :
			      given,
		"child",
	};
}

static void
set_lists(struct consent *r, const struct combination *c)
{
	static const char *another[] = { "SCI" };
	static const char *scope[] = { "legal_support" };
	static const char *shelter[] = { "shelter" };
	static const char *identity[] = { "identity" };
	static const struct texts nothing = { NULL, 0, true };
	static const struct texts unsaid = { NULL, 0, false };

	if (c->at[RECIPIENTS] > 0)
		r->recipients = c->at[RECIPIENTS] == 1 ? LIST(another) :
		    c->at[RECIPIENTS] == 2	       ? nothing :
							 unsaid;
	if (c->at[SERVICES] == 1) {
		scene_set(&s, FIELD_SERVICE_TYPE, "documentation");
		r->services = LIST(scope);
	} else if (c->at[SERVICES] > 1) {
		r->services = c->at[SERVICES] == 2 ? LIST(shelter) :
		    c->at[SERVICES] == 3	   ? nothing :
						     unsaid;
	}
	if (c->at[CATEGORIES] > 0)
		r->info_categories = c->at[CATEGORIES] == 1 ? LIST(identity) :
		    c->at[CATEGORIES] == 2		    ? nothing :
							      unsaid;
}

static void
set_days(struct consent *r, const struct combination *c)
{
	static const day ends[] = { DAY_UNKNOWN, TODAY, TODAY - 1 };
	const day given[] = { TODAY - 10, TODAY - s.agreement.max_age_days,
		TODAY - s.agreement.max_age_days - 1, DAY_UNKNOWN, TODAY + 1 };

	r->given_on = given[c->at[GIVEN_ON]];
	r->expires_on = ends[c->at[EXPIRES]];
}

/* At the edges of the bands, the last is not known. */
static const int ages[] = { 12, 5, 6, 14, 15, 17, 18, -1 };
static const char *const givers[] = { "ck", "c", "k", "cg", "o", "" };

static void
set_givers(struct consent *r, const struct combination *c)
{
	const char *who = givers[c->at[GIVERS]];

	s.referral.value[FIELD_DATE_OF_BIRTH].present = false;
	s.flow.required[FIELD_DATE_OF_BIRTH] = false;
	s.referral.value[FIELD_AGE].present = ages[c->at[AGE]] >= 0;
	s.referral.value[FIELD_AGE].integer = ages[c->at[AGE]];
	r->age_at_consent = ages[c->at[AGE]];
	r->given_by_count = strlen(who);
	for (size_t i = 0; i < r->given_by_count; i++)
		s.giver[i] =
		    (struct consent_giver){ who[i] == 'c' ? CONSENT_BY_CHILD :
				who[i] == 'k' ? CONSENT_BY_CAREGIVER :
				who[i] == 'g' ? CONSENT_BY_GUARDIAN :
						CONSENT_BY_OTHER,
			    "aunt", DAY_UNKNOWN };
}

static void
set_override(struct consent *r, unsigned at)
{
	struct consent_override *o = &r->override;

	scene_set(&s, FIELD_SENDER_FULL_NAME, "Case Worker One");
	if (at == 0)
		return;
	*o = (struct consent_override){
		.present = true,
		.reason_code = at == 2 ? NULL : "not_reachable",
		.reason = at == 3 ? NULL : "could not be found",
		.authoriser_name = at == 4 ? NULL :
		    at == 7		   ? "Case Worker One" :
					     "Supervisor One",
		.authoriser_role = at == 5 ? "driver" : "supervisor",
		.on = at == 6 ? DAY_UNKNOWN : TODAY,
	};
}

static const enum consent_method methods[] = { CONSENT_WRITTEN,
	CONSENT_THUMBPRINT, CONSENT_VERBAL_WITNESSED, CONSENT_ATTESTED,
	CONSENT_METHOD_UNKNOWN };

static void
set_how(struct consent *r, const struct combination *c)
{
	static const enum consent_kind kinds[] = { CONSENT_KIND_BOTH,
		CONSENT_KIND_CONSENT, CONSENT_KIND_ASSENT,
		CONSENT_KIND_UNKNOWN };
	static const char *const basis[] = { "consent", NULL, "vital_interests",
		"contract" };

	r->purpose = c->at[PURPOSE] == 0 ? s.referral.purpose :
	    c->at[PURPOSE] == 1		 ? NULL :
					   "research";
	r->kind = kinds[c->at[KIND]];
	r->basis = basis[c->at[BASIS]];
	r->method = methods[c->at[METHOD]];
	r->attested_by_user =
	    r->method == CONSENT_ATTESTED ? "hub_admin" : NULL;
	r->taken_by_role = c->at[HOW] == 0 ? "case worker" : NULL;
	r->language = c->at[HOW] == 0 ? "nuer" : NULL;
	r->notice_version = c->at[HOW] == 0 ? "1" : NULL;
	s.flow.evidence =
	    c->at[EVIDENCE] == 0 ? EVIDENCE_RECORD : EVIDENCE_ATTESTED;
	if (c->at[SUBJECT] == 1)
		r->subject_ref = "4f5d";
	r->withheld_said = c->at[WITHHELD] > 0;
	r->withheld_any = c->at[WITHHELD] > 1;
	r->withheld_reviewed_by = c->at[WITHHELD] == 2 ? "supervisor" : NULL;
}

/* None, a no, an undated no, a yes; narrowed, given anew: not to us. */
static void
set_held(const struct combination *c)
{
	static const char *another[] = { "SCI" };
	static struct consent_event narrowed = { CONSENT_EVENT_NARROWED,
		TODAY + 2, "child" };
	static struct consent later;
	static const struct consent *records[] = { &later };
	static struct held_here held = { records, 1, false, false,
		DAY_UNKNOWN };

	if (c->at[HELD] == 0 || s.question.end == AT_EXPORT)
		return;
	later = s.referral.consent;
	later.event_count = 0;
	later.status = c->at[HELD] < 3 ? CONSENT_REFUSED : CONSENT_GIVEN;
	later.given_on = c->at[HELD] == 2 ? DAY_UNKNOWN : TODAY + 2;
	if (c->at[HELD] > 3)
		later.recipients = LIST(another);
	if (c->at[HELD] == 4) {
		later.events = &narrowed;
		later.event_count = 1;
	}
	s.question.held = &held;
}

/* At both ends: who refers, who approves, and who lets go, with every right. */
static void
set_users(void)
{
	static struct user users[] = {
		{ .user = "case_worker", .full_name = "Case Worker One" },
		{ .user = "supervisor",
		    .full_name = "Supervisor One",
		    .role = "supervisor" },
		{ .user = "officer",
		    .full_name = "Officer Two",
		    .may = MAY_DECIDE | MAY_OVERRIDE },
	};

	for (size_t i = 0; i < COUNT(s.node); i++) {
		s.node[i].users = users;
		s.node[i].user_count = COUNT(users);
	}
}

static void
release_everything(const struct combination *c)
{
	static struct judged all[128];

	if (c->at[RELEASED] == 0)
		return;
	assert_true(rules_count <= COUNT(all));
	for (size_t i = 0; i < rules_count; i++)
		all[i] = (struct judged){ rules_all[i].id, "officer",
			"seen with the family", TODAY };
	s.question.released = all;
	s.question.released_count = rules_count;
}

static void
set_scene(const struct combination *c)
{
	static const enum consent_status statuses[] = { CONSENT_GIVEN,
		CONSENT_REFUSED, CONSENT_WITHDRAWN, CONSENT_NOT_ASKED,
		CONSENT_UNKNOWN, CONSENT_EXPIRED };
	struct consent *r = &s.referral.consent;

	scene_start(&s, c->at[END] == 0 ? AT_EXPORT : AT_IMPORT);
	if (c->at[SYSTEM] == 1)
		scene_from_progres(&s);
	else
		set_ticks(c);
	set_users();
	r->status = statuses[c->at[STATUS]];
	set_days(r, c);
	set_event(r, c->at[EVENTS]);
	set_lists(r, c);
	set_givers(r, c);
	set_override(r, c->at[OVERRIDE]);
	set_how(r, c);
	s.referral.priority = (enum priority)c->at[PRIORITY];
	if (c->at[SUBJECT] == 0)
		r->subject_ref = c->at[SYSTEM] == 0 ? "4f5c" : "803-1";
	set_held(c);
	release_everything(c);
}

/* --- what is true of it --- */

/* Did anybody say no to this service, this agency, or all of it? */
static bool
says_no(const struct combination *c)
{
	bool primero = c->at[SYSTEM] == 0, import = c->at[END] == 1;

	if (primero &&
	    (c->at[TICK_SERVICE] == 1 || c->at[TICK_OTHERS] == 1 ||
		c->at[TICK_UNHCR] == 1))
		return true;
	return (c->at[STATUS] >= 1 && c->at[STATUS] <= 3) ||
	    c->at[EVENTS] >= 5 || c->at[RECIPIENTS] == 1 ||
	    c->at[RECIPIENTS] == 2 || c->at[SERVICES] == 2 ||
	    c->at[SERVICES] == 3 || c->at[PURPOSE] == 2 ||
	    (import &&
		(c->at[HELD] == 1 || c->at[HELD] == 2 || c->at[HELD] == 4));
}

static bool
enough_gave(const struct combination *c)
{
	const char *who = givers[c->at[GIVERS]];
	int age = ages[c->at[AGE]];
	bool child = strchr(who, 'c') != NULL;

	if (age < 0 || age > 17)
		return false;
	if (age <= 5)
		return strchr(who, 'k') != NULL;
	if (age <= 14)
		return child &&
		    (strchr(who, 'k') != NULL || strchr(who, 'g') != NULL);
	return child;
}

static bool
taken_well(const struct combination *c)
{
	enum consent_method method = methods[c->at[METHOD]];
	bool attested = method == CONSENT_ATTESTED;

	if (method == CONSENT_METHOD_UNKNOWN || (attested && !c->at[EVIDENCE]))
		return false;
	return c->at[END] == 1 || attested || c->at[HOW] == 0 ||
	    (method == CONSENT_VERBAL_WITNESSED && c->at[PRIORITY] == 2);
}

/* Does the case itself say yes to all three questions, and know them? */
static bool
case_says_yes(const struct combination *c)
{
	if (c->at[SYSTEM] == 1)
		return true;
	if (c->at[POLARITY] == 2 || c->at[TICK_SERVICE] != 0 ||
	    c->at[TICK_OTHERS] != 0)
		return false;
	/* The site's other field for the same question counts as well. */
	return c->at[TICK_UNHCR] == 0 ||
	    (c->at[TICK_UNHCR] == 2 && c->at[INFO_SHARING] == 2);
}

/* What nobody can let go: it is asked, recorded or put right. */
static bool
stays_held(const struct combination *c)
{
	bool primero = c->at[SYSTEM] == 0, export = c->at[END] == 0;
	enum consent_method method = methods[c->at[METHOD]];

	if (!case_says_yes(c))
		return true;
	/* Primero's mark is explained by a whole override alone. */
	if (primero && export && c->at[MARK] == 1 && c->at[OVERRIDE] != 1)
		return true;
	if (method == CONSENT_METHOD_UNKNOWN ||
	    (method == CONSENT_ATTESTED && c->at[EVIDENCE] == 0))
		return true;
	/* Of no kind of information not even the name is left. */
	return c->at[STATUS] != 0 || c->at[RECIPIENTS] == 3 ||
	    c->at[CATEGORIES] >= 2 || c->at[EXPIRES] == 2 ||
	    c->at[GIVEN_ON] == 2 || c->at[GIVEN_ON] == 3 ||
	    givers[c->at[GIVERS]][0] == '\0' || c->at[SUBJECT] == 1 ||
	    c->at[BASIS] == 3;
}

/* Nothing unknown, nothing missing, nothing for a person to look at. */
static bool
all_yes(const struct combination *c)
{
	bool primero = c->at[SYSTEM] == 0, export = c->at[END] == 0;

	if (!case_says_yes(c) || (primero && export && c->at[MARK] == 1))
		return false;
	if (!export && c->at[HELD] == 5)
		return false;
	/* Told is who agreed; else the case would have to say it. */
	if (primero && export && strpbrk(givers[c->at[GIVERS]], "kg") == NULL)
		return false;
	return !says_no(c) && c->at[STATUS] == 0 && c->at[BASIS] == 0 &&
	    c->at[RECIPIENTS] == 0 && c->at[SERVICES] <= 1 &&
	    c->at[CATEGORIES] <= 1 && c->at[EXPIRES] <= 1 &&
	    c->at[GIVEN_ON] <= 1 && enough_gave(c) && c->at[OVERRIDE] == 0 &&
	    taken_well(c) && c->at[WITHHELD] != 3 && c->at[SUBJECT] == 0;
}

/* What was not agreed to, or is to stay private, does not travel. */
static void
nothing_uncovered_travels(const struct combination *c)
{
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		enum field_category of = fields_all[f].category;

		if (!s.referral.value[f].present || of == CATEGORY_COVERED ||
		    c->at[CATEGORIES] == 0 ||
		    (c->at[CATEGORIES] == 1 && of == CATEGORY_IDENTITY))
			continue;
		assert_true(s.judgement.strip.field[f]);
	}
}

static unsigned shared, refused;

/* Which combination it was, for who has to find out why. */
static void
show(const struct combination *c)
{
	print_error("value of each dimension:");
	for (size_t d = 0; d < DIMENSIONS; d++)
		print_error(" %u", c->at[d]);
	for (size_t i = 0; i < s.judgement.count; i++)
		print_error(" %s:%s", s.judgement.reasons[i].rule->id,
		    verdict_name(s.judgement.reasons[i].verdict));
	print_error("\n");
}

static bool
as_it_should_be(const struct combination *c)
{
	bool goes = s.judgement.verdict < VERDICT_HOLD;

	/* Half an override, or the sender's own, is as bad as a no. */
	if (says_no(c) || c->at[OVERRIDE] > 1)
		return s.judgement.verdict == VERDICT_REFUSE;
	return goes == (c->at[RELEASED] == 1 ? !stays_held(c) : all_yes(c));
}

static void
holds_for(const struct combination *c)
{
	set_scene(c);
	rules_judge(&s.question, &s.judgement);
	if (!as_it_should_be(c)) {
		show(c);
		fail();
	}
	if (s.judgement.verdict == VERDICT_REFUSE)
		refused++;
	if (s.judgement.verdict >= VERDICT_HOLD)
		return;
	shared++;
	nothing_uncovered_travels(c);
}

/* --- the three walks --- */

/* The next combination of some dimensions; false after the last. */
static bool
next_of(struct combination *c, const enum dimension *of, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (++c->at[of[i]] < values[of[i]])
			return true;
		c->at[of[i]] = 0;
	}
	return false;
}

/* Every way to say no: a dimension and its value. */
static const struct {
	enum dimension in;
	unsigned at;
} refusals[] = {
	{ TICK_SERVICE, 1 },
	{ TICK_OTHERS, 1 },
	{ TICK_UNHCR, 1 },
	{ STATUS, 1 },
	{ STATUS, 2 },
	{ STATUS, 3 },
	{ EVENTS, 5 },
	{ EVENTS, 6 },
	{ EVENTS, 7 },
	{ RECIPIENTS, 1 },
	{ RECIPIENTS, 2 },
	{ SERVICES, 2 },
	{ SERVICES, 3 },
	{ PURPOSE, 2 },
	{ HELD, 1 },
	{ HELD, 2 },
	{ HELD, 4 },
};

static void
no_beside(size_t no, enum dimension one, enum dimension two)
{
	const enum dimension both[] = { one, two };

	for (unsigned end = 0; end < 2; end++)
		for (unsigned released = 0; released < 2; released++) {
			struct combination c = { 0 };

			c.at[END] = end;
			c.at[RELEASED] = released;
			do {
				unsigned was = c.at[refusals[no].in];

				c.at[refusals[no].in] = refusals[no].at;
				holds_for(&c);
				c.at[refusals[no].in] = was;
			} while (next_of(&c, both, 2));
		}
}

static void
a_no_is_refused_beside_any_two_other_values(void **state)
{
	(void)state;
	refused = 0;
	for (size_t no = 0; no < COUNT(refusals); no++)
		for (enum dimension i = SYSTEM; i < RELEASED; i++)
			for (enum dimension k = i + 1; k < RELEASED; k++)
				if (i != refusals[no].in &&
				    k != refusals[no].in)
					no_beside(no, i, k);
	assert_true(refused > 100000);
}

static void
the_answers_in_every_combination_share_only_yes(void **state)
{
	static const enum dimension answers[] = { END, SYSTEM, POLARITY,
		TICK_SERVICE, TICK_OTHERS, TICK_UNHCR, INFO_SHARING, STATUS,
		EVENTS, RECIPIENTS, SERVICES, RELEASED };
	static const enum dimension scope[] = { END, SYSTEM, STATUS, EVENTS,
		RECIPIENTS, SERVICES, CATEGORIES, EXPIRES, GIVEN_ON, RELEASED };
	struct combination c = { 0 };

	(void)state;
	shared = refused = 0;
	do
		holds_for(&c);
	while (next_of(&c, answers, COUNT(answers)));
	do
		holds_for(&c);
	while (next_of(&c, scope, COUNT(scope)));
	assert_true(shared > 0 && refused > 0);
}

static void
who_agreed_how_in_every_combination_shares_only_enough(void **state)
{
	static const enum dimension who[] = { END, SYSTEM, AGE, GIVERS,
		OVERRIDE, METHOD, EVIDENCE, PRIORITY, HOW, BASIS, RELEASED };
	struct combination c = { 0 };

	(void)state;
	shared = 0;
	do
		holds_for(&c);
	while (next_of(&c, who, COUNT(who)));
	assert_true(shared > 0);
}

/* splitmix64: the same numbers everywhere, every time. */
static uint64_t
draw(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

/* Half of the values are the willing ones, else nearly all say no. */
static void
drawn_from_all_combinations_none_shares_a_no(void **state)
{
	uint64_t seed = 20260216;

	(void)state;
	shared = refused = 0;
	for (unsigned i = 0; i < 500000; i++) {
		struct combination c = { 0 };
		unsigned willing = 1 + i % 8;

		for (size_t d = 0; d < DIMENSIONS; d++) {
			uint64_t n = draw(&seed);

			if (n % 8 >= willing)
				c.at[d] = (unsigned)(n / 8 % values[d]);
		}
		holds_for(&c);
	}
	assert_true(shared > 0 && refused > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_no_is_refused_beside_any_two_other_values),
		cmocka_unit_test(
		    the_answers_in_every_combination_share_only_yes),
		cmocka_unit_test(
		    who_agreed_how_in_every_combination_shares_only_enough),
		cmocka_unit_test(drawn_from_all_combinations_none_shares_a_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
