#include "tests/unit/a_referral.h"

/* Who agreed, as letters: c, k (caregiver), g, o; and at which age. */
static void
gave(struct scene *s, const struct row *row)
{
	static struct consent_giver givers[8];
	struct consent *c = &s->referral.consent;

	s->referral.value[FIELD_DATE_OF_BIRTH].present = false;
	s->referral.value[FIELD_AGE].present = false;
	c->age_at_consent = row->number;
	c->given_by = givers;
	c->given_by_count = strlen(row->text);
	for (size_t i = 0; i < c->given_by_count; i++) {
		givers[i].on = DAY_UNKNOWN;
		givers[i].relation = "aunt";
		givers[i].role = row->text[i] == 'c' ? CONSENT_BY_CHILD :
		    row->text[i] == 'k'		     ? CONSENT_BY_CAREGIVER :
		    row->text[i] == 'g'		     ? CONSENT_BY_GUARDIAN :
						       CONSENT_BY_OTHER;
	}
}

static void
approved(struct scene *s)
{
	s->referral.consent.override = (struct consent_override){
		.present = true,
		.reason_code = "not_reachable",
		.reason = "the caregiver could not be found",
		.authoriser_name = "Supervisor One",
		.authoriser_role = "supervisor",
		.on = TODAY,
	};
}

static void
gave_and_approved(struct scene *s, const struct row *row)
{
	gave(s, row);
	approved(s);
}

static void
gave_and_half_approved(struct scene *s, const struct row *row)
{
	gave_and_approved(s, row);
	s->referral.consent.override.reason = " ";
}

/* A band in which the child alone will do instead. */
static void
child_will_do(struct scene *s, const struct row *row)
{
	static const char *needs[] = { "caregiver", "child" };
	static const char *instead[] = { "child" };
	static struct texts others[1];
	static struct age_rule band[1];

	others[0] = LIST(instead);
	band[0] = (struct age_rule){ 0, 17, LIST(needs), others, 1 };
	s->agreement.age_rules = band;
	s->agreement.age_rule_count = 1;
	gave(s, row);
}

/* In two bands at once: the one that asks for the caregiver counts too. */
static void
two_bands(struct scene *s, const struct row *row)
{
	static const char *child[] = { "child" };
	static const char *caregiver[] = { "caregiver" };
	static struct age_rule bands[2];

	bands[0] = (struct age_rule){ 0, 17, LIST(child), NULL, 0 };
	bands[1] = (struct age_rule){ 10, 12, LIST(caregiver), NULL, 0 };
	s->agreement.age_rules = bands;
	s->agreement.age_rule_count = 2;
	gave(s, row);
}

static void
no_record(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.has_consent = false;
}

static void
no_bands(struct scene *s, const struct row *row)
{
	gave(s, row);
	s->agreement.age_rule_count = 0;
}

static void
emergency(struct scene *s, const struct row *row)
{
	gave(s, row);
	s->referral.priority = PRIORITY_EMERGENCY;
}

/* --- without their parents --- */

/* The status, and what the caregiver who agreed is to the child. */
static void
status(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_PROTECTION_STATUS,
	    row->number == 0 ? "unaccompanied" : "separated");
	s->giver[1].relation = row->text;
}

static void
concern(struct scene *s, const struct row *row)
{
	s->concern[1] = row->text;
	scene_set_list(s, FIELD_PROTECTION_CONCERNS, s->concern, 2);
	s->giver[1].relation = "mother";
}

static void
status_and_givers(struct scene *s, const struct row *row)
{
	gave(s, row);
	scene_set(s, FIELD_PROTECTION_STATUS, "separated");
}

static void
status_and_approved(struct scene *s, const struct row *row)
{
	status_and_givers(s, row);
	approved(s);
}

static void
status_and_half_approved(struct scene *s, const struct row *row)
{
	status_and_approved(s, row);
	s->referral.consent.override.on = DAY_UNKNOWN;
}

static void
guardian_beside_parent(struct scene *s, const struct row *row)
{
	status(s, row);
	s->giver[0].role = CONSENT_BY_GUARDIAN;
}

static void
unreadable(struct scene *s, const struct row *row)
{
	s->source.unreadable[row->number == 0 ? FIELD_PROTECTION_STATUS :
						FIELD_PROTECTION_CONCERNS] =
	    true;
	s->giver[1].relation = row->text;
}

static void
status_stays_here(struct scene *s, const struct row *row)
{
	status(s, row);
	s->flow.field[FIELD_PROTECTION_STATUS] = false;
}

static void
status_without_record(struct scene *s, const struct row *row)
{
	status(s, row);
	s->referral.has_consent = false;
}

/* clang-format off */
static const struct row rows[] = {
	{ "the caregiver agreed", "C-CARE", AT_BOTH,
	    gave, 12, "kc", VERDICT_SHARE, NULL },
	{ "the caregiver did not, and nothing says why", "C-CARE", AT_BOTH,
	    gave, 12, "c", VERDICT_HOLD, "consent.given_by" },
	{ "nobody agreed", "C-CARE", AT_BOTH,
	    gave, 12, "", VERDICT_HOLD, NULL },
	{ "somebody else is no caregiver", "C-CARE", AT_BOTH,
	    gave, 12, "co", VERDICT_HOLD, NULL },
	{ "a guardian stands in the caregiver's place", "C-CARE", AT_BOTH,
	    gave, 12, "gc", VERDICT_SHARE, NULL },
	{ "it says why, and who approved it", "C-CARE", AT_BOTH,
	    gave_and_approved, 12, "c", VERDICT_SHARE, NULL },
	{ "it does not say why", "C-CARE", AT_BOTH,
	    gave_and_half_approved, 12, "c", VERDICT_HOLD, NULL },
	{ "even where the child will do, it must say why", "C-CARE", AT_BOTH,
	    child_will_do, 12, "c", VERDICT_HOLD, NULL },
	{ "which the band itself does not ask", "C-BAND", AT_BOTH,
	    child_will_do, 12, "c", VERDICT_SHARE, NULL },
	{ "of two bands the one with a caregiver counts", "C-CARE", AT_BOTH,
	    two_bands, 12, "c", VERDICT_HOLD, NULL },
	{ "outside that band it does not", "C-CARE", AT_BOTH,
	    two_bands, 13, "c", VERDICT_SHARE, NULL },
	{ "at the last age that needs a caregiver", "C-CARE", AT_BOTH,
	    gave, 14, "c", VERDICT_HOLD, NULL },
	{ "at the first age that needs none", "C-CARE", AT_BOTH,
	    gave, 15, "c", VERDICT_SHARE, NULL },
	{ "at nought", "C-CARE", AT_BOTH,
	    gave, 0, "c", VERDICT_HOLD, NULL },
	{ "an emergency is held too, for one person to release", "C-CARE",
	    AT_BOTH, emergency, 12, "c", VERDICT_HOLD, NULL },
	{ "an unknown age is C-BAND's", "C-CARE", AT_BOTH,
	    gave, -1, "c", VERDICT_SHARE, NULL },
	{ "and held by it", "C-BAND", AT_BOTH,
	    gave, -1, "c", VERDICT_HOLD, NULL },
	{ "an age without a band is C-BAND's", "C-CARE", AT_BOTH,
	    no_bands, 12, "kc", VERDICT_SHARE, NULL },
	{ "and held by it, whoever agreed", "C-BAND", AT_BOTH,
	    no_bands, 12, "kc", VERDICT_HOLD, NULL },
	{ "without a record its givers are not asked", "C-CARE", AT_BOTH,
	    no_record, 0, NULL, VERDICT_SHARE, NULL },

	{ "with their parents: the mother agreed", "C-UASC", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "unaccompanied, and an aunt agreed", "C-UASC", AT_BOTH,
	    status, 0, "aunt", VERDICT_SHARE, NULL },
	{ "unaccompanied, and a mother agreed", "C-UASC", AT_BOTH,
	    status, 0, "mother", VERDICT_HOLD, "consent.given_by" },
	{ "separated, and a father agreed", "C-UASC", AT_BOTH,
	    status, 1, "Father", VERDICT_HOLD, NULL },
	{ "a mother is one in the languages of the site", "C-UASC", AT_BOTH,
	    status, 0, "hooyo", VERDICT_HOLD, "consent.given_by" },
	{ "a word that is not known may be one", "C-UASC", AT_BOTH,
	    status, 0, "amma", VERDICT_HOLD, "consent.given_by" },
	{ "whatever is told of an aunt", "C-UASC", AT_BOTH,
	    status, 0, "mother, aunt was away", VERDICT_HOLD, NULL },
	{ "separated, and it is not said who agreed", "C-UASC", AT_BOTH,
	    status, 1, NULL, VERDICT_HOLD, "consent.given_by" },
	{ "separated, and who agreed is blank", "C-UASC", AT_BOTH,
	    status, 1, " ", VERDICT_HOLD, NULL },
	{ "a guardian agreed beside a parent", "C-UASC", AT_BOTH,
	    guardian_beside_parent, 0, "mother", VERDICT_SHARE, NULL },
	{ "a guardian agreed alone", "C-UASC", AT_BOTH,
	    status_and_givers, 12, "gc", VERDICT_SHARE, NULL },
	{ "the child agreed alone", "C-UASC", AT_BOTH,
	    status_and_givers, 12, "c", VERDICT_HOLD, NULL },
	{ "the child agreed, and it was approved", "C-UASC", AT_BOTH,
	    status_and_approved, 12, "c", VERDICT_SHARE, NULL },
	{ "an approval without a date is none", "C-UASC", AT_BOTH,
	    status_and_half_approved, 12, "c", VERDICT_HOLD, NULL },
	{ "at an age that needs no caregiver", "C-UASC", AT_BOTH,
	    status_and_givers, 15, "c", VERDICT_SHARE, NULL },
	{ "at the last age that does", "C-UASC", AT_BOTH,
	    status_and_givers, 14, "c", VERDICT_HOLD, NULL },
	{ "an age that is not known is C-BAND's", "C-UASC", AT_BOTH,
	    status_and_givers, -1, "c", VERDICT_SHARE, NULL },
	{ "a concern tells it as well", "C-UASC", AT_BOTH,
	    concern, 0, "unaccompanied", VERDICT_HOLD, NULL },
	{ "so does the other one", "C-UASC", AT_BOTH,
	    concern, 0, "separated", VERDICT_HOLD, NULL },
	{ "another concern does not", "C-UASC", AT_BOTH,
	    concern, 0, "orphan", VERDICT_SHARE, NULL },
	{ "a status that cannot be read may be one", "C-UASC", AT_EXPORT,
	    unreadable, 0, "mother", VERDICT_HOLD, NULL },
	{ "so may a concern that cannot", "C-UASC", AT_EXPORT,
	    unreadable, 1, "mother", VERDICT_HOLD, NULL },
	{ "an aunt will do whatever it is", "C-UASC", AT_EXPORT,
	    unreadable, 0, "aunt", VERDICT_SHARE, NULL },
	{ "a status that does not travel still counts", "C-UASC", AT_BOTH,
	    status_stays_here, 0, "mother", VERDICT_HOLD, NULL },
	{ "without a record nobody is asked for", "C-UASC", AT_BOTH,
	    status_without_record, 0, "mother", VERDICT_SHARE, NULL },
};
/* clang-format on */

int
main(void)
{
	return ROWS_RUN("rules_givers", rows, row_holds);
}
