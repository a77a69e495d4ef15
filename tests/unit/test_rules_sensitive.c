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

static void
any_text(struct scene *s, const struct row *row)
{
	scene_set(s,
	    row->number == 0 ? FIELD_SERVICE_NOTES :
			       FIELD_CAREGIVER_INFORMED_DETAILS,
	    row->text);
}

static void
note_that_stays(struct scene *s, const struct row *row)
{
	any_text(s, row);
	s->flow.field[FIELD_SERVICE_NOTES] = false;
}

/* One file; whether pictures were looked into. */
static void
file(struct scene *s, const struct row *row)
{
	s->flow.attachments = true;
	s->attachment = (struct attachment){ .media_type = row->text };
	s->referral.attachments = &s->attachment;
	s->referral.attachment_count = 1;
	s->question.pictures_clean = (enum answer_given)row->number;
}

static void
file_called(struct scene *s, const struct row *row)
{
	file(s, row);
	s->attachment.media_type = "application/octet-stream";
	s->attachment.kind = row->text;
}

static void
file_without_flow(struct scene *s, const struct row *row)
{
	file(s, row);
	s->question.flow = NULL;
}

static void
file_not_listed(struct scene *s, const struct row *row)
{
	file(s, row);
	s->flow.attachments = false;
}

static void
contacts(struct scene *s, const struct row *row)
{
	(void)row;
	scene_set(s, FIELD_SENDER_EMAIL, "one@example.invalid");
	scene_set(s, FIELD_SENDER_PHONE, "1");
	scene_set(s, FIELD_SENDER_POSITION, "case worker");
}

static void
contacts_without_flow(struct scene *s, const struct row *row)
{
	contacts(s, row);
	s->question.flow = NULL;
}

static void
contacts_not_listed(struct scene *s, const struct row *row)
{
	contacts(s, row);
	s->flow.field[FIELD_SENDER_EMAIL] = false;
	s->flow.field[FIELD_SENDER_PHONE] = false;
}

/* Whether the child fears harm, with a field that has a value. */
static void
fears(struct scene *s, const struct row *row)
{
	enum field f;

	s->source.fears_harm = (enum answer_given)row->number;
	if (row->text != NULL && fields_find(row->text, &f))
		scene_set(s, f, "somewhere");
}

static void
fears_reviewed(struct scene *s, const struct row *row)
{
	fears(s, row);
	s->referral.consent.withheld_said = true;
	s->referral.consent.withheld_reviewed_by = "supervisor";
}

static void
fears_reviewed_by_nobody(struct scene *s, const struct row *row)
{
	fears_reviewed(s, row);
	s->referral.consent.withheld_reviewed_by = " ";
}

static void
fears_and_removed(struct scene *s, const struct row *row)
{
	fears_reviewed(s, row);
	s->one[0] = row->text;
	s->referral.consent.withheld_reviewed_by = NULL;
	s->referral.consent.withheld_removed = LIST(s->one);
}

static void
fears_but_it_stays(struct scene *s, const struct row *row)
{
	fears(s, row);
	s->flow.field[FIELD_ADDRESS_CURRENT] = false;
}

static void
address_without_source(struct scene *s, const struct row *row)
{
	scene_set(s, FIELD_ADDRESS_CURRENT, row->text);
	s->question.source = NULL;
}

static void
progres_address(struct scene *s, const struct row *row)
{
	scene_from_progres(s);
	scene_set(s, FIELD_ADDRESS_CURRENT, row->text);
}

/* A code to be reported, and the child's concern. */
static void
to_report(struct scene *s, const struct row *row)
{
	static const char *codes[] = { "neglect" };

	s->agreement.mandatory_reporting_codes = LIST(codes);
	s->concern[0] = row->text;
}

static void
need_to_report(struct scene *s, const struct row *row)
{
	to_report(s, row);
	s->need[0] = "neglect";
	scene_set_list(s, FIELD_SPECIFIC_NEEDS, s->need, 1);
}

static void
report_that_stays(struct scene *s, const struct row *row)
{
	to_report(s, row);
	s->flow.field[FIELD_PROTECTION_CONCERNS] = false;
}

static void
report_unreadable(struct scene *s, const struct row *row)
{
	to_report(s, row);
	s->referral.value[FIELD_PROTECTION_CONCERNS].present = false;
	s->source.unreadable[FIELD_PROTECTION_CONCERNS] = true;
	if (row->number == 0)
		s->agreement.mandatory_reporting_codes =
		    (struct texts){ NULL, 0, true };
}

static void
report_without_record(struct scene *s, const struct row *row)
{
	to_report(s, row);
	s->referral.has_consent = false;
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

	{ "a note of nobody in particular travels", "S-OTHER", AT_BOTH,
	    any_text, 0, "needs a bed", VERDICT_SHARE, NULL },
	{ "one that says who wrote it is left out", "S-OTHER", AT_BOTH,
	    any_text, 0, "[{\"Text\":\"a\",\"CreatedBy\":\"b\"}]",
	    VERDICT_STRIP, "service.notes" },
	{ "however that is spelt", "S-OTHER", AT_BOTH,
	    any_text, 0, "see createdby: x", VERDICT_STRIP, NULL },
	{ "in any field that people write", "S-OTHER", AT_BOTH,
	    any_text, 1, "CreatedBy x", VERDICT_STRIP,
	    "caregiver_informed_details" },
	{ "one that stays here need not be left out", "S-OTHER", AT_BOTH,
	    note_that_stays, 0, "CreatedBy x", VERDICT_SHARE, NULL },
	{ "what the list does not have is P-FIELDS'", "P-FIELDS", AT_BOTH,
	    note_that_stays, 0, "CreatedBy x", VERDICT_STRIP,
	    "service.notes" },

	{ "a listed document travels", "S-FILE", AT_BOTH,
	    file, ANSWER_UNKNOWN, "application/pdf", VERDICT_SHARE, NULL },
	{ "a picture that was looked into travels", "S-FILE", AT_BOTH,
	    file, ANSWER_YES, "image/jpeg", VERDICT_SHARE, NULL },
	{ "a picture that tells more does not", "S-FILE", AT_BOTH,
	    file, ANSWER_NO, "image/jpeg", VERDICT_STRIP, "attachments" },
	{ "a picture nobody looked into does not", "S-FILE", AT_BOTH,
	    file, ANSWER_UNKNOWN, "IMAGE/png", VERDICT_STRIP,
	    "attachments" },
	{ "a file of no known kind may be a picture", "S-FILE", AT_BOTH,
	    file, ANSWER_UNKNOWN, NULL, VERDICT_STRIP, "attachments" },
	{ "so may one that is called a photo", "S-FILE", AT_BOTH,
	    file_called, ANSWER_UNKNOWN, "photos", VERDICT_STRIP, NULL },
	{ "one that is called something else is none", "S-FILE", AT_BOTH,
	    file_called, ANSWER_UNKNOWN, "document", VERDICT_SHARE, NULL },
	{ "without a flow no file is listed", "S-FILE", AT_BOTH,
	    file_without_flow, ANSWER_YES, "application/pdf",
	    VERDICT_STRIP, "attachments" },
	{ "what is not listed is P-FIELDS'", "S-FILE", AT_BOTH,
	    file_not_listed, ANSWER_UNKNOWN, "image/jpeg", VERDICT_SHARE,
	    NULL },
	{ "which takes it out", "P-FIELDS", AT_BOTH,
	    file_not_listed, ANSWER_UNKNOWN, "image/jpeg", VERDICT_STRIP,
	    "attachments" },
	{ "without a file there is nothing to ask", "S-FILE", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },

	{ "listed contacts of staff travel", "S-STAFF", AT_BOTH,
	    contacts, 0, NULL, VERDICT_SHARE, NULL },
	{ "without a flow none are listed", "S-STAFF", AT_BOTH,
	    contacts_without_flow, 0, NULL, VERDICT_STRIP,
	    "sender.email sender.phone" },
	{ "who has no contacts gives none away", "S-STAFF", AT_BOTH,
	    NULL, 0, NULL, VERDICT_SHARE, NULL },
	{ "unlisted contacts are P-FIELDS'", "S-STAFF", AT_BOTH,
	    contacts_not_listed, 0, NULL, VERDICT_SHARE, NULL },
	{ "which takes them out", "P-FIELDS", AT_BOTH,
	    contacts_not_listed, 0, NULL, VERDICT_STRIP,
	    "sender.email sender.phone" },

	{ "a child without fear", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_NO, "address_current", VERDICT_SHARE, NULL },
	{ "a child who fears harm, and the address", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_YES, "address_current", VERDICT_HOLD,
	    "address_current" },
	{ "the place", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_YES, "location_current", VERDICT_HOLD,
	    "location_current" },
	{ "the telephone", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_YES, "telephone_current", VERDICT_HOLD,
	    "telephone_current" },
	{ "where the caregiver lives", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_YES, "caregiver.address", VERDICT_HOLD,
	    "caregiver.address" },
	{ "the caregiver's telephone", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_YES, "caregiver.telephone", VERDICT_HOLD, NULL },
	{ "nothing that tells where the child is", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_YES, "caregiver.name", VERDICT_SHARE, NULL },
	{ "nobody knows whether the child fears harm", "S-FEAR", AT_EXPORT,
	    fears, ANSWER_UNKNOWN, "address_current", VERDICT_HOLD, NULL },
	{ "a case that says nothing at all", "S-FEAR", AT_EXPORT,
	    address_without_source, 0, "somewhere", VERDICT_HOLD, NULL },
	{ "somebody looked at it", "S-FEAR", AT_EXPORT,
	    fears_reviewed, ANSWER_YES, "address_current", VERDICT_SHARE,
	    NULL },
	{ "nobody put a name to that", "S-FEAR", AT_EXPORT,
	    fears_reviewed_by_nobody, ANSWER_YES, "address_current",
	    VERDICT_HOLD, NULL },
	{ "what is taken out need not be looked at", "S-FEAR", AT_EXPORT,
	    fears_and_removed, ANSWER_YES, "address_current", VERDICT_SHARE,
	    NULL },
	{ "nor what is not listed", "S-FEAR", AT_EXPORT,
	    fears_but_it_stays, ANSWER_YES, "address_current",
	    VERDICT_SHARE, NULL },
	{ "proGres does not ask it", "S-FEAR", AT_EXPORT,
	    progres_address, 0, "somewhere", VERDICT_SHARE, NULL },
	{ "who receives is not asked", "S-FEAR", AT_IMPORT,
	    fears, ANSWER_YES, "address_current", VERDICT_SHARE, NULL },

	{ "a concern that is on no list", "L-MAND", AT_BOTH,
	    to_report, 0, "other", VERDICT_SHARE, NULL },
	{ "a concern that must be reported", "L-MAND", AT_BOTH,
	    to_report, 0, "neglect", VERDICT_HOLD, "protection_concerns" },
	{ "a code is known by its exact letters", "L-MAND", AT_BOTH,
	    to_report, 0, "Neglect", VERDICT_SHARE, NULL },
	{ "a need that must be reported", "L-MAND", AT_BOTH,
	    need_to_report, 0, "other", VERDICT_HOLD, "specific_needs" },
	{ "also when it does not travel", "L-MAND", AT_BOTH,
	    report_that_stays, 0, "neglect", VERDICT_HOLD, NULL },
	{ "also without consent", "L-MAND", AT_BOTH,
	    report_without_record, 0, "neglect", VERDICT_HOLD, NULL },
	{ "a concern that cannot be read may be one", "L-MAND", AT_EXPORT,
	    report_unreadable, 1, NULL, VERDICT_HOLD,
	    "protection_concerns" },
	{ "where nothing must be reported it is none", "L-MAND", AT_EXPORT,
	    report_unreadable, 0, NULL, VERDICT_SHARE, NULL },
};
/* clang-format on */

int
main(void)
{
	return ROWS_RUN("rules_sensitive", rows, row_holds);
}
