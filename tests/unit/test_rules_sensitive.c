#include "tests/unit/a_referral.h"

/* Concerns as two codes with a comma between, or one. */
static void
concerns(struct scene *s, const struct row *row)
{
	s->concern[0] = row->text;
	s->concern[1] = "neglect";
	scene_set_list(s, FIELD_PROTECTION_CONCERNS, s->concern,
	    (size_t)row->number);
}

static void
concern_agreed(struct scene *s, const struct row *row)
{
	concerns(s, row);
	s->one[0] = row->text;
	s->flow.sensitive = LIST(s->one);
}

static void
concern_with_words(struct scene *s, const struct row *row)
{
	concerns(s, row);
	scene_set(s, FIELD_PROTECTION_CONCERNS_OTHER, "what happened");
}

static void
concern_without_flow(struct scene *s, const struct row *row)
{
	concerns(s, row);
	s->question.flow = NULL;
}

static void
need(struct scene *s, const struct row *row)
{
	s->need[0] = row->text;
	scene_set_list(s, FIELD_SPECIFIC_NEEDS, s->need, 1);
}

static void
no_concerns(struct scene *s, const struct row *row)
{
	(void)row;
	s->referral.value[FIELD_PROTECTION_CONCERNS].present = false;
}

static void
stripped_concern(struct scene *s, const struct row *row)
{
	concerns(s, row);
	s->flow.field[FIELD_PROTECTION_CONCERNS] = false;
}

static void
too_many_concerns(struct scene *s, const struct row *row)
{
	static const char *many[REFERRAL_CODES_MAX + 1];

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = "neglect";
	many[COUNT(many) - 1] = row->text;
	scene_set_list(s, FIELD_PROTECTION_CONCERNS, many, COUNT(many));
}

static void
service(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_SERVICE_TYPE, row->text);
}

static void
module(struct scene *s, const struct row *row)
{
	s->source.module_id = row->text;
}

static void
any_module(struct scene *s, const struct row *row)
{
	s->agreement.has_primero = false;
	s->source.module_id = row->text;
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
masked(struct scene *s, const struct row *row)
{
	s->source.name_masked = (enum answer_given)row->number;
}

static void
last_name(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_NAME_LAST, row->text);
}

static void
notes(struct scene *s, const struct row *row)
{
	s->flow.free_text = (enum free_text)row->number;
	if (row->text != NULL)
		scene_set(s, FIELD_SERVICE_NOTES, row->text);
}

/* clang-format off */
static const struct row rows[] = {
	{ "a concern that is not sensitive travels", "S-GBV", AT_BOTH,
	    concerns, 1, "neglect", VERDICT_SHARE, NULL },
	{ "no concerns: nothing to take out", "S-GBV", AT_BOTH,
	    no_concerns, 0, NULL, VERDICT_SHARE, NULL },
	{ "a sensitive one among others is taken out", "S-GBV", AT_BOTH,
	    concerns, 2, "rape", VERDICT_STRIP, "protection_concerns" },
	{ "the words beside it go too", "S-GBV", AT_BOTH,
	    concern_with_words, 2, "rape", VERDICT_STRIP,
	    "protection_concerns protection_concerns_other" },
	{ "if no concern is left it is held", "S-GBV", AT_BOTH,
	    concerns, 1, "rape", VERDICT_HOLD, "protection_concerns" },
	{ "a sensitive one the flow lists travels", "S-GBV", AT_BOTH,
	    concern_agreed, 1, "rape", VERDICT_SHARE, NULL },
	{ "without a flow none is listed", "S-GBV", AT_BOTH,
	    concern_without_flow, 2, "rape", VERDICT_STRIP, NULL },
	{ "a code that already stays is not looked at", "S-GBV", AT_BOTH,
	    stripped_concern, 1, "rape", VERDICT_SHARE, NULL },
	{ "a sensitive need is taken out", "S-GBV", AT_BOTH,
	    need, 0, "torture", VERDICT_STRIP, "specific_needs" },
	{ "another need travels", "S-GBV", AT_BOTH,
	    need, 0, "ds-bd", VERDICT_SHARE, NULL },
	{ "a list too long goes as a whole", "S-GBV", AT_BOTH,
	    too_many_concerns, 0, "rape", VERDICT_HOLD,
	    "protection_concerns" },
	{ "a sensitive service is held", "S-GBV", AT_BOTH,
	    service, 0, "medical", VERDICT_HOLD, "service.type" },

	{ "the agreement's module passes", "S-MOD", AT_EXPORT,
	    module, 0, "primeromodule-cp", VERDICT_SHARE, NULL },
	{ "a GBV module is refused", "S-MOD", AT_EXPORT,
	    module, 0, "primeromodule-gbv", VERDICT_REFUSE, "module_id" },
	{ "however it is spelt", "S-MOD", AT_EXPORT,
	    module, 0, "PrimeroModule-GBV-2", VERDICT_REFUSE, NULL },
	{ "another module is held", "S-MOD", AT_EXPORT,
	    module, 0, "primeromodule-mrm", VERDICT_HOLD, "module_id" },
	{ "an unknown module is held", "S-MOD", AT_EXPORT,
	    module, 0, NULL, VERDICT_HOLD, "module_id" },
	{ "an empty module is held", "S-MOD", AT_EXPORT,
	    module, 0, " ", VERDICT_HOLD, "module_id" },
	{ "a source that says nothing is held", "S-MOD", AT_EXPORT,
	    no_source, 0, NULL, VERDICT_HOLD, "module_id" },
	{ "where the agreement names none any but GBV passes", "S-MOD",
	    AT_EXPORT, any_module, 0, "primeromodule-x", VERDICT_SHARE,
	    NULL },
	{ "GBV is refused even then", "S-MOD", AT_EXPORT,
	    any_module, 0, "primeromodule-gbv", VERDICT_REFUSE, NULL },
	{ "proGres has no modules", "S-MOD", AT_EXPORT,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },

	{ "a name not protected passes", "S-NAME", AT_EXPORT,
	    masked, ANSWER_NO, NULL, VERDICT_SHARE, NULL },
	{ "a protected name is refused", "S-NAME", AT_EXPORT,
	    masked, ANSWER_YES, NULL, VERDICT_REFUSE, "" },
	{ "a mark that cannot be read is held", "S-NAME", AT_EXPORT,
	    masked, ANSWER_UNKNOWN, NULL, VERDICT_HOLD, "" },
	{ "proGres has no such mark", "S-NAME", AT_EXPORT,
	    from_progres, 0, NULL, VERDICT_SHARE, NULL },
	{ "a name of asterisks is refused at either end", "S-NAME", AT_BOTH,
	    last_name, 0, "*******", VERDICT_REFUSE, "name_last" },
	{ "spaces do not hide that", "S-NAME", AT_BOTH,
	    last_name, 0, " ** ***", VERDICT_REFUSE, "name_last" },
	{ "one asterisk in a name does not", "S-NAME", AT_BOTH,
	    last_name, 0, "Deng*", VERDICT_SHARE, NULL },
	{ "an empty name is not a masked one", "S-NAME", AT_BOTH,
	    last_name, 0, "", VERDICT_SHARE, NULL },

	{ "notes that may travel pass", "S-TEXT", AT_EXPORT,
	    notes, FREE_TEXT_ALLOW, "a note", VERDICT_SHARE, NULL },
	{ "notes to be read are held", "S-TEXT", AT_EXPORT,
	    notes, FREE_TEXT_REVIEW, "a note", VERDICT_HOLD,
	    "service.notes" },
	{ "without notes there is nothing to read", "S-TEXT", AT_EXPORT,
	    notes, FREE_TEXT_REVIEW, NULL, VERDICT_SHARE, NULL },
	{ "notes taken out need not be read", "S-TEXT", AT_EXPORT,
	    notes, FREE_TEXT_STRIP, "a note", VERDICT_SHARE, NULL },
	{ "an importer is not asked to read them", "S-TEXT", AT_IMPORT,
	    notes, FREE_TEXT_REVIEW, "a note", VERDICT_SHARE, NULL },
};
/* clang-format on */

int
main(void)
{
	return ROWS_RUN("rules_sensitive", rows, row_holds);
}
