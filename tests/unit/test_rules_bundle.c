#include "tests/unit/a_referral.h"

static void
unsigned_bundle(struct scene *s, const struct row *row)
{
	s->bundle.signature_good = row->number != 0;
}

static void
distrusted(struct scene *s, const struct row *row)
{
	s->bundle.sender_distrusted = true;
	s->bundle.signature_good = row->number != 0;
}

static void
after_revocation(struct scene *s, const struct row *row)
{
	s->bundle.after_revocation = true;
	s->bundle.signature_good = row->number != 0;
}

static void
addressed(struct scene *s, const struct row *row)
{
	s->bundle.addressed_to_us = row->number != 0;
}

static void
environment(struct scene *s, const struct row *row)
{
	s->bundle.environment_same = row->number != 0;
}

static void
other_content(struct scene *s, const struct row *row)
{
	s->bundle.seen_other_content = row->number != 0;
}

static void
form(struct scene *s, const struct row *row)
{
	s->bundle.form_good = row->number != 0;
}

static void
past_use_by(struct scene *s, const struct row *row)
{
	s->bundle.past_use_by = row->number != 0;
}

static void
no_bundle(struct scene *s, const struct row *row)
{
	(void)row;
	s->question.bundle = NULL;
}

/* All of it is wrong, and a person with the right would let it in. */
static void
let_in(struct scene *s, const struct row *row)
{
	static struct judged one;

	one = (struct judged){ row->rule, "hub_admin", "asked them", TODAY };
	s->question.released = &one;
	s->question.released_count = 1;
	s->bundle.addressed_to_us = false;
	s->bundle.seen_other_content = true;
	s->bundle.form_good = false;
}

static void
record_form(struct scene *s, const struct row *row)
{
	s->question.form = row->text;
}

static void
from_agency(struct scene *s, const struct row *row)
{
	s->referral.from_agency = row->text;
}

static void
origin_system(struct scene *s, const struct row *row)
{
	s->referral.origin.system = (enum origin_system)row->number;
}

static void
origin_good(struct scene *s, const struct row *row)
{
	s->bundle.origin_good = row->number != 0;
}

static void
all_wrong(struct scene *s, const struct row *row)
{
	s->question.form = row->text;
	s->referral.from_agency = NULL;
	s->referral.origin.system = ORIGIN_PROGRES;
}

static void
recalled(struct scene *s, const struct row *row)
{
	s->question.recalled = (enum recalled)row->number;
}

/* clang-format off */
static const struct row rows[] = {
	{ "a good signature passes", "B-SIG", AT_IMPORT,
	    unsigned_bundle, 1, NULL, VERDICT_SHARE, NULL },
	{ "a bad signature is refused", "B-SIG", AT_IMPORT,
	    unsigned_bundle, 0, NULL, VERDICT_REFUSE, NULL },
	{ "a signature nobody looked at is refused", "B-SIG", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_REFUSE, NULL },
	{ "what comes of a distrusted office is held", "B-SIG", AT_IMPORT,
	    distrusted, 1, NULL, VERDICT_HOLD, NULL },
	{ "a bad signature of a distrusted office is refused", "B-SIG",
	    AT_IMPORT, distrusted, 0, NULL, VERDICT_REFUSE, NULL },
	{ "what came after a revocation's number is held", "B-SIG", AT_IMPORT,
	    after_revocation, 1, NULL, VERDICT_HOLD, NULL },
	{ "a bad signature after it is refused", "B-SIG", AT_IMPORT,
	    after_revocation, 0, NULL, VERDICT_REFUSE, NULL },
	{ "a bundle for us passes", "B-TO", AT_IMPORT,
	    addressed, 1, NULL, VERDICT_SHARE, NULL },
	{ "a bundle for others is refused", "B-TO", AT_IMPORT,
	    addressed, 0, NULL, VERDICT_REFUSE, NULL },
	{ "an unknown receiver is refused", "B-TO", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_REFUSE, NULL },
	{ "a bundle for others is not let in by a person", "B-TO", AT_IMPORT,
	    let_in, 0, NULL, VERDICT_REFUSE, NULL },
	{ "what is being made is for whom it is made", "B-TO", AT_EXPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "practice in practice passes", "B-ENV", AT_IMPORT,
	    environment, 1, NULL, VERDICT_SHARE, NULL },
	{ "practice among real data is refused", "B-ENV", AT_IMPORT,
	    environment, 0, NULL, VERDICT_REFUSE, NULL },
	{ "an unknown environment is refused", "B-ENV", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_REFUSE, NULL },
	{ "what is being made has the agreement's mark", "B-ENV", AT_EXPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a number seen for the first time passes", "B-SEEN", AT_IMPORT,
	    other_content, 0, NULL, VERDICT_SHARE, NULL },
	{ "one number with two contents is refused", "B-SEEN", AT_IMPORT,
	    other_content, 1, NULL, VERDICT_REFUSE, NULL },
	{ "a number nobody looked up is refused", "B-SEEN", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_REFUSE, NULL },
	{ "nobody lets in a number with two contents", "B-SEEN", AT_IMPORT,
	    let_in, 0, NULL, VERDICT_REFUSE, NULL },
	{ "what is being made has a number of its own", "B-SEEN", AT_EXPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a whole file passes", "B-FORM", AT_IMPORT,
	    form, 1, NULL, VERDICT_SHARE, NULL },
	{ "a damaged file is refused", "B-FORM", AT_IMPORT,
	    form, 0, NULL, VERDICT_REFUSE, NULL },
	{ "a file nobody looked at is refused", "B-FORM", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_REFUSE, NULL },
	{ "nobody lets in a damaged file", "B-FORM", AT_IMPORT,
	    let_in, 0, NULL, VERDICT_REFUSE, NULL },
	{ "what is being made is whole", "B-FORM", AT_EXPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a file within its time passes", "B-AGE", AT_IMPORT,
	    past_use_by, 0, NULL, VERDICT_SHARE, NULL },
	{ "a clock holds, never refuses", "B-AGE", AT_IMPORT,
	    past_use_by, 1, NULL, VERDICT_HOLD, NULL },
	{ "an unknown use-by date is held", "B-AGE", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_HOLD, NULL },
	{ "a good record passes", "R-FORM", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a record of wrong form is refused and named", "R-FORM", AT_BOTH,
	    record_form, 0, "revision", VERDICT_REFUSE, "revision" },
	{ "a signer may speak for whom it acts for", "R-FORM", AT_BOTH,
	    from_agency, 0, "SCI", VERDICT_SHARE, NULL },
	{ "a signer may not speak for another", "R-FORM", AT_BOTH,
	    from_agency, 0, "UNHCR", VERDICT_REFUSE, "from_agency" },
	{ "agencies compare by exact letters", "R-FORM", AT_BOTH,
	    from_agency, 0, "unicef", VERDICT_REFUSE, "from_agency" },
	{ "a referral from nobody is refused", "R-FORM", AT_BOTH,
	    from_agency, 0, NULL, VERDICT_REFUSE, "from_agency" },
	{ "a Primero site sends no proGres origin", "R-FORM", AT_BOTH,
	    origin_system, ORIGIN_PROGRES, NULL, VERDICT_REFUSE, "origin" },
	{ "a signer of another system is refused", "R-FORM", AT_IMPORT,
	    origin_good, 0, NULL, VERDICT_REFUSE, "origin" },
	{ "an origin nobody compared is refused", "R-FORM", AT_IMPORT,
	    no_bundle, 0, NULL, VERDICT_REFUSE, "origin" },
	{ "all that is wrong is named at once", "R-FORM", AT_BOTH,
	    all_wrong, 0, "made_on", VERDICT_REFUSE,
	    "made_on origin from_agency" },
	{ "what was not withdrawn passes", "L-TOMB", AT_BOTH,
	    recalled, NOT_RECALLED, NULL, VERDICT_SHARE, NULL },
	{ "what was withdrawn is refused", "L-TOMB", AT_BOTH,
	    recalled, RECALLED, NULL, VERDICT_REFUSE, NULL },
	{ "what came anew after a withdrawal is held", "L-TOMB", AT_BOTH,
	    recalled, RECALLED_BEFORE, NULL, VERDICT_HOLD, NULL },
	{ "a tombstone of an unknown kind refuses", "L-TOMB", AT_BOTH,
	    recalled, 77, NULL, VERDICT_REFUSE, NULL },
};
/* clang-format on */

int
main(void)
{
	return ROWS_RUN("rules_bundle", rows, row_holds);
}
