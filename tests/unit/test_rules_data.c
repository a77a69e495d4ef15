#include "tests/unit/a_referral.h"

static void
without(struct scene *s, const struct row *row)
{
	s->referral.value[row->number].present = false;
}

static void
blank(struct scene *s, const struct row *row)
{
	scene_set(s, (enum field)row->number, row->text);
}

static void
two_missing(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.value[FIELD_NAME_FIRST].present = false;
	s->referral.value[FIELD_DATE_OF_BIRTH].present = false;
}

static void
empty_list(struct scene *s, const struct row *row)
{
	(void)row;
	s->flow.required[FIELD_LANGUAGE] = true;
	scene_set_list(s, FIELD_LANGUAGE, s->language, 0);
}

static void
only_sensitive_left(struct scene *s, const struct row *row)
{
	(void)row;
	s->flow.required[FIELD_PROTECTION_CONCERNS] = true;
	s->concern[0] = "rape";
}

static void
no_flow(struct scene *s, const struct row *row)
{
	(void)row;
	s->question.flow = NULL;
	s->referral.value[FIELD_NAME_FIRST].present = false;
}

static void
language(struct scene *s, const struct row *row)
{
	s->language[0] = row->text;
}

static void
concern(struct scene *s, const struct row *row)
{
	s->concern[1] = row->text;
	scene_set_list(s, FIELD_PROTECTION_CONCERNS, s->concern, 2);
}

static void
service(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SERVICE_TYPE, row->text);
}

static void
sex(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SEX, row->text);
}

static void
unmapped(struct scene *s, const struct row *row)
{
	s->source.unmapped[0] = (enum field)row->number;
	s->source.unmapped_count = 1;
}

static void
unmapped_many(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.unmapped_many = true;
}

static void
unmapped_but_stripped(struct scene *s, const struct row *row)
{
	unmapped(s, row);
	s->flow.field[row->number] = false;
}

static void
born(struct scene *s, const struct row *row)
{
	s->referral.value[FIELD_AGE].present = false;
	s->referral.value[FIELD_DATE_OF_BIRTH].date = (day)row->number;
}

static void
born_and_aged(struct scene *s, const struct row *row)
{
	s->referral.value[FIELD_AGE].integer = row->number;
}

static void
only_age(struct scene *s, const struct row *row)
{
	s->referral.value[FIELD_DATE_OF_BIRTH].present = false;
	s->referral.value[FIELD_AGE].integer = row->number;
}

static void
neither(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.value[FIELD_DATE_OF_BIRTH].present = false;
	s->referral.value[FIELD_AGE].present = false;
}

/* Referred as a child, grown up since: still judged as a child. */
static void
grown_up_since(struct scene *s, const struct row *row)
{
	born(s, row);
	s->referral.made_on = TODAY - 1;
}

static void
made_on_unknown(struct scene *s, const struct row *row)
{
	born(s, row);
	s->referral.made_on = DAY_UNKNOWN;
}

static void
enabled(struct scene *s, const struct row *row)
{
	s->source.enabled = (enum answer_given)row->number;
}

static void
open_case(struct scene *s, const struct row *row)
{
	s->source.open = (enum answer_given)row->number;
}

static void
in_progress(struct scene *s, const struct row *row)
{
	s->source.in_progress = (enum answer_given)row->number;
}

static void
closed_and_unknown(struct scene *s, const struct row *row)
{
	(void)row;
	s->source.open = ANSWER_NO;
	s->source.in_progress = ANSWER_UNKNOWN;
}

static void
no_source(struct scene *s, const struct row *row)
{
	(void)row;
	s->question.source = NULL;
}

static void
from_progres(struct scene *s, const struct row *row)
{
	(void)row;
	scene_from_progres(s);
}

static void
seen(struct scene *s, const struct row *row)
{
	s->question.remembered = (enum remembered)row->number;
}

static void
altered(struct scene *s, const struct row *row)
{
	s->source.text_altered = row->number != 0;
}

static void
priority_unclear(struct scene *s, const struct row *row)
{
	s->source.priority_unclear = row->number != 0;
}

static void
unreadable(struct scene *s, const struct row *row)
{
	s->source.unreadable[row->number] = true;
}

static void
unreadable_and_altered(struct scene *s, const struct row *row)
{
	unreadable(s, row);
	s->source.text_altered = true;
}

static void
differs(struct scene *s, const struct row *row)
{
	s->source.differs[row->number] = true;
}

static void
unreadable_and_differs(struct scene *s, const struct row *row)
{
	unreadable(s, row);
	s->source.differs[FIELD_NAME_LAST] = true;
}

static void
birth_unclear(struct scene *s, const struct row *row)
{
	s->source.birth_unclear = true;
	s->flow.field[FIELD_DATE_OF_BIRTH] = row->number != 0;
	s->referral.value[FIELD_DATE_OF_BIRTH].present = false;
}

static void
birth_unclear_and_another_unread(struct scene *s, const struct row *row)
{
	birth_unclear(s, row);
	s->source.unreadable[FIELD_SERVICE_START_ON] = true;
}

static void
date_unread_that_stays(struct scene *s, const struct row *row)
{
	unreadable(s, row);
	s->flow.field[row->number] = false;
}

static void
birth_unclear_without_flow(struct scene *s, const struct row *row)
{
	birth_unclear(s, row);
	s->question.flow = NULL;
}

/* Eighteen today; 2008-02-16. */
#define EIGHTEEN (TODAY - 6575)

/* clang-format off */
static const struct row rows[] = {
	{ "all that is required is there", "D-MIN", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "what is missing is held and named", "D-MIN", AT_BOTH,
	    without, FIELD_NAME_FIRST, NULL, VERDICT_HOLD, "name_first" },
	{ "everything missing is named at once", "D-MIN", AT_BOTH,
	    two_missing, 0, NULL, VERDICT_HOLD, "name_first date_of_birth" },
	{ "an empty value is missing", "D-MIN", AT_BOTH,
	    blank, FIELD_NAME_FIRST, "", VERDICT_HOLD, "name_first" },
	{ "a value of spaces is missing", "D-MIN", AT_BOTH,
	    blank, FIELD_NAME_FIRST, " \t ", VERDICT_HOLD, "name_first" },
	{ "a date that is none is missing", "D-MIN", AT_BOTH,
	    blank, FIELD_DATE_OF_BIRTH, "12 or so", VERDICT_HOLD,
	    "date_of_birth" },
	{ "an empty list is missing", "D-MIN", AT_BOTH,
	    empty_list, 0, NULL, VERDICT_HOLD, "language" },
	{ "a list of which nothing is left is missing", "D-MIN", AT_BOTH,
	    only_sensitive_left, 0, NULL, VERDICT_HOLD,
	    "protection_concerns" },
	{ "what is not required may be missing", "D-MIN", AT_BOTH,
	    without, FIELD_SEX, NULL, VERDICT_SHARE, NULL },
	{ "without a flow nothing is required", "D-MIN", AT_BOTH,
	    no_flow, 0, NULL, VERDICT_SHARE, NULL },

	{ "codes that have a translation pass", "D-MAP", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a language without an entry is held, not 'other'", "D-MAP",
	    AT_BOTH, language, 0, "zande", VERDICT_HOLD, "language" },
	{ "a concern without an entry is held, not dropped", "D-MAP",
	    AT_BOTH, concern, 0, "highly_vulnerable_care", VERDICT_HOLD,
	    "protection_concerns" },
	{ "an entry without a translation is held", "D-MAP", AT_BOTH,
	    concern, 0, "orphan", VERDICT_HOLD, "protection_concerns" },
	{ "a concern that stays here needs none", "D-MAP", AT_BOTH,
	    concern, 0, "torture", VERDICT_SHARE, NULL },
	{ "a service without an entry is held", "D-MAP", AT_BOTH,
	    service, 0, "relocation", VERDICT_HOLD, "service.type" },
	{ "a service without a translation is held", "D-MAP", AT_BOTH,
	    service, 0, "shelter", VERDICT_HOLD, "service.type" },
	{ "a sex without an entry is held, not 'Unknown'", "D-MAP", AT_BOTH,
	    sex, 0, "other", VERDICT_HOLD, "sex" },
	{ "the other way round Primero's value is looked for", "D-MAP",
	    AT_BOTH, from_progres, 0, NULL, VERDICT_SHARE, NULL },
	{ "a value the reader could not map is held", "D-MAP", AT_EXPORT,
	    unmapped, FIELD_SEX, NULL, VERDICT_HOLD, "sex" },
	{ "not if it does not travel", "D-MAP", AT_EXPORT,
	    unmapped_but_stripped, FIELD_LANGUAGE, NULL, VERDICT_SHARE,
	    NULL },
	{ "more than fit is held", "D-MAP", AT_EXPORT,
	    unmapped_many, 0, NULL, VERDICT_HOLD, "" },

	{ "a birth date that is one day passes", "D-DATE", AT_EXPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "one that may be a day off is held", "D-DATE", AT_EXPORT,
	    birth_unclear, 1, NULL, VERDICT_HOLD, "date_of_birth" },
	{ "that it is missing is said as well", "D-MIN", AT_EXPORT,
	    birth_unclear, 1, NULL, VERDICT_HOLD, "date_of_birth" },
	{ "a birth date that would not travel may be", "D-DATE", AT_EXPORT,
	    birth_unclear, 0, NULL, VERDICT_SHARE, NULL },
	{ "without a flow it is held", "D-DATE", AT_EXPORT,
	    birth_unclear_without_flow, 1, NULL, VERDICT_HOLD,
	    "date_of_birth" },
	{ "a birth date that is none is held", "D-DATE", AT_EXPORT,
	    unreadable, FIELD_DATE_OF_BIRTH, NULL, VERDICT_HOLD,
	    "date_of_birth" },
	{ "so is any other date that is none", "D-DATE", AT_EXPORT,
	    unreadable, FIELD_SERVICE_REQUESTED_ON, NULL, VERDICT_HOLD,
	    "service.requested_on" },
	{ "not if it would not travel", "D-DATE", AT_EXPORT,
	    date_unread_that_stays, FIELD_SERVICE_START_ON, NULL,
	    VERDICT_SHARE, NULL },
	{ "all dates that are wrong are named at once", "D-DATE", AT_EXPORT,
	    birth_unclear_and_another_unread, 1, NULL, VERDICT_HOLD,
	    "date_of_birth service.start_on" },
	{ "what else cannot be read is none of its matter", "D-DATE",
	    AT_EXPORT, unreadable, FIELD_SEX, NULL, VERDICT_SHARE, NULL },
	{ "where nothing is known of the source it asks nothing", "D-DATE",
	    AT_EXPORT, no_source, 0, NULL, VERDICT_SHARE, NULL },

	{ "eighteen tomorrow is a child", "D-ADULT", AT_BOTH,
	    born, EIGHTEEN + 1, NULL, VERDICT_SHARE, NULL },
	{ "eighteen today is held", "D-ADULT", AT_BOTH,
	    born, EIGHTEEN, NULL, VERDICT_HOLD, "date_of_birth" },
	{ "what counts is the day of the referral", "D-ADULT", AT_BOTH,
	    grown_up_since, EIGHTEEN, NULL, VERDICT_SHARE, NULL },
	{ "or today, where that is not known", "D-ADULT", AT_BOTH,
	    made_on_unknown, EIGHTEEN, NULL, VERDICT_HOLD, NULL },
	{ "seventeen by age alone is a child", "D-ADULT", AT_BOTH,
	    only_age, 17, NULL, VERDICT_SHARE, NULL },
	{ "eighteen by age alone is held", "D-ADULT", AT_BOTH,
	    only_age, 18, NULL, VERDICT_HOLD, "age" },
	{ "eighteen by age is held whatever the birth date", "D-ADULT",
	    AT_BOTH, born_and_aged, 18, NULL, VERDICT_HOLD, "age" },
	{ "neither is held", "D-ADULT", AT_BOTH,
	    neither, 0, NULL, VERDICT_HOLD, "" },

	{ "age and birth date agree", "D-AGE", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a year apart they agree", "D-AGE", AT_BOTH,
	    born_and_aged, 13, NULL, VERDICT_SHARE, NULL },
	{ "a year apart the other way too", "D-AGE", AT_BOTH,
	    born_and_aged, 11, NULL, VERDICT_SHARE, NULL },
	{ "two years apart they do not", "D-AGE", AT_BOTH,
	    born_and_aged, 14, NULL, VERDICT_HOLD, "age date_of_birth" },
	{ "two years apart the other way neither", "D-AGE", AT_BOTH,
	    born_and_aged, 10, NULL, VERDICT_HOLD, "age date_of_birth" },
	{ "either alone has nothing to disagree with", "D-AGE", AT_BOTH,
	    only_age, 12, NULL, VERDICT_SHARE, NULL },
	{ "an age below zero is held", "D-AGE", AT_BOTH,
	    only_age, -1, NULL, VERDICT_HOLD, "age" },
	{ "an age of 150 can be", "D-AGE", AT_BOTH,
	    only_age, 150, NULL, VERDICT_SHARE, NULL },
	{ "an age of 151 cannot", "D-AGE", AT_BOTH,
	    only_age, 151, NULL, VERDICT_HOLD, "age" },
	{ "no age is too low to be judged", "D-AGE", AT_BOTH,
	    born_and_aged, INT64_MIN, NULL, VERDICT_HOLD, "age" },
	{ "a child may be born on the day", "D-AGE", AT_BOTH,
	    born, TODAY, NULL, VERDICT_SHARE, NULL },
	{ "a birth date to come is held", "D-AGE", AT_BOTH,
	    born, TODAY + 1, NULL, VERDICT_HOLD, "date_of_birth" },
	{ "a birth date too long ago is held", "D-AGE", AT_BOTH,
	    born, TODAY - 56000, NULL, VERDICT_HOLD, "date_of_birth" },

	{ "what is open in Primero passes", "D-LIVE", AT_EXPORT,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "a disabled case is refused", "D-LIVE", AT_EXPORT,
	    enabled, ANSWER_NO, NULL, VERDICT_REFUSE, "enabled" },
	{ "a case not known to be enabled is held", "D-LIVE", AT_EXPORT,
	    enabled, ANSWER_UNKNOWN, NULL, VERDICT_HOLD, "enabled" },
	{ "a closed case is refused", "D-LIVE", AT_EXPORT,
	    open_case, ANSWER_NO, NULL, VERDICT_REFUSE, "status" },
	{ "a case not known to be open is held", "D-LIVE", AT_EXPORT,
	    open_case, ANSWER_UNKNOWN, NULL, VERDICT_HOLD, "status" },
	{ "a referral revoked or done is refused", "D-LIVE", AT_EXPORT,
	    in_progress, ANSWER_NO, NULL, VERDICT_REFUSE, "referral" },
	{ "a referral of unknown state is held", "D-LIVE", AT_EXPORT,
	    in_progress, ANSWER_UNKNOWN, NULL, VERDICT_HOLD, "referral" },
	{ "the worse of two answers counts", "D-LIVE", AT_EXPORT,
	    closed_and_unknown, 0, NULL, VERDICT_REFUSE, "status referral" },
	{ "where nothing is known of the case it is held", "D-LIVE", AT_EXPORT,
	    no_source, 0, NULL, VERDICT_HOLD, NULL },
	{ "proGres lists only what is open", "D-LIVE", AT_EXPORT,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },

	{ "a new referral passes", "D-DUP", AT_BOTH,
	    seen, NOT_SEEN, NULL, VERDICT_SHARE, NULL },
	{ "the same again is noted where it arrives", "D-DUP", AT_IMPORT,
	    seen, SEEN_SAME, NULL, VERDICT_NOTE, NULL },
	{ "the same again may be sent", "D-DUP", AT_EXPORT,
	    seen, SEEN_SAME, NULL, VERDICT_SHARE, NULL },
	{ "a changed one is held where it arrives", "D-DUP", AT_IMPORT,
	    seen, SEEN_OTHER, NULL, VERDICT_HOLD, NULL },
	{ "a changed one may be sent", "D-DUP", AT_EXPORT,
	    seen, SEEN_OTHER, NULL, VERDICT_SHARE, NULL },
	{ "a memory that is none of these is held", "D-DUP", AT_BOTH,
	    seen, 77, NULL, VERDICT_HOLD, NULL },
	{ "twice in one file is held", "D-DUP", AT_BOTH,
	    seen, SEEN_TWICE, NULL, VERDICT_HOLD, NULL },

	{ "clean text passes", "D-TEXT", AT_EXPORT,
	    altered, 0, NULL, VERDICT_SHARE, NULL },
	{ "text that was cleaned is said to be", "D-TEXT", AT_EXPORT,
	    altered, 1, NULL, VERDICT_STRIP, "" },
	{ "an urgency that cannot be read is held", "D-TEXT", AT_EXPORT,
	    priority_unclear, 1, NULL, VERDICT_HOLD, "priority" },
	{ "a value that cannot be read is held", "D-TEXT", AT_EXPORT,
	    unreadable, FIELD_LANGUAGE, NULL, VERDICT_HOLD, "language" },
	{ "not if it would not travel", "D-TEXT", AT_EXPORT,
	    unreadable, FIELD_RISK_LEVEL, NULL, VERDICT_SHARE, NULL },
	{ "the worse of the two counts", "D-TEXT", AT_EXPORT,
	    unreadable_and_altered, FIELD_SEX, NULL, VERDICT_HOLD, "sex" },
	{ "a date that is none is not its matter", "D-TEXT", AT_EXPORT,
	    unreadable, FIELD_DATE_OF_BIRTH, NULL, VERDICT_SHARE, NULL },
	{ "rows that say different things are held", "D-TEXT", AT_EXPORT,
	    differs, FIELD_NAME_FIRST, NULL, VERDICT_HOLD, "name_first" },
	{ "of a date, too", "D-TEXT", AT_EXPORT,
	    differs, FIELD_DATE_OF_BIRTH, NULL, VERDICT_HOLD,
	    "date_of_birth" },
	{ "not of what would not travel", "D-TEXT", AT_EXPORT,
	    differs, FIELD_RISK_LEVEL, NULL, VERDICT_SHARE, NULL },
	{ "all that is wrong is named at once", "D-TEXT", AT_EXPORT,
	    unreadable_and_differs, FIELD_SEX, NULL, VERDICT_HOLD,
	    "name_last sex" },
};
/* clang-format on */

int
main(void)
{
	return ROWS_RUN("rules_data", rows, row_holds);
}
