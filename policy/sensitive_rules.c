#include "policy/sensitive_rules.h"

#include <string.h>
#include <strings.h>

#include "policy/hearing.h"

/* Sensitive, and not one of those that may travel in this flow. */
static bool
stays_here(const struct question *q, const char *code)
{
	return hearing_lists(&q->agreement->sensitive_codes, code) &&
	    (q->flow == NULL || !hearing_lists(&q->flow->sensitive, code));
}

/* Takes sensitive codes out of a list; true if there were any. */
static bool
strip_codes(struct hearing *h, enum field f, uint64_t *gone)
{
	const struct value *v = &h->q->referral->value[f];
	bool any = false;

	if (!hearing_has(h, f))
		return false;
	for (size_t i = 0; i < v->count; i++) {
		if (!stays_here(h->q, v->items[i]))
			continue;
		any = true;
		/* Readers allow no more; a longer list goes as a whole. */
		if (i < REFERRAL_CODES_MAX)
			*gone |= (uint64_t)1 << i;
		else
			h->out->strip.field[f] = true;
	}
	if (any) {
		h->took = true;
		hearing_no(h);
		hearing_name(h, fields_all[f].name);
	}
	return any;
}

void
sensitive_rules_codes(struct hearing *h)
{
	struct strip *strip = &h->out->strip;
	bool concerns, needs;

	concerns = strip_codes(h, FIELD_PROTECTION_CONCERNS, &strip->concern);
	needs = strip_codes(h, FIELD_SPECIFIC_NEEDS, &strip->specific_need);
	/* The words beside a code tell what the code was. */
	if ((concerns || needs) &&
	    hearing_has(h, FIELD_PROTECTION_CONCERNS_OTHER))
		hearing_strip(h, FIELD_PROTECTION_CONCERNS_OTHER, h->rule->says,
		    h->rule->remedy);
	if (concerns && !hearing_has(h, FIELD_PROTECTION_CONCERNS))
		hearing_say(h, VERDICT_HOLD,
		    "Every concern about this child is sensitive; without them "
		    "the referral says too little.",
		    "Decide with a supervisor whether and how this child is "
		    "referred.");
	if (hearing_has(h, FIELD_SERVICE_TYPE) &&
	    stays_here(h->q, h->q->referral->value[FIELD_SERVICE_TYPE].text)) {
		hearing_say_final(h, VERDICT_HOLD,
		    "The service itself is sensitive, and the agreement does "
		    "not let it travel this way.",
		    "Decide with a supervisor whether and how this child is "
		    "referred.");
		hearing_name(h, fields_all[FIELD_SERVICE_TYPE].name);
	}
}

/* In small or capital letters, anywhere in the text. */
static bool
speaks_of(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (; *text != '\0'; text++)
		if (strncasecmp(text, word, len) == 0)
			return true;
	return false;
}

/* proGres has no modules. */
void
sensitive_rules_module(struct hearing *h)
{
	const struct agreement *a = h->q->agreement;
	const char *module = hearing_source(h)->module_id;

	if (!hearing_from_primero(h))
		return;
	if (hearing_blank(module))
		hearing_say(h, VERDICT_HOLD,
		    "Primero does not say which module this case belongs to.",
		    "Check that this is not a GBV case.");
	else if (speaks_of(module, "gbv"))
		hearing_no(h);
	else if (a->has_primero && a->primero.module_id != NULL &&
	    strcmp(module, a->primero.module_id) != 0)
		hearing_say(h, VERDICT_HOLD,
		    "This case is in another module than the agreement names.",
		    "Check that this case is one of those the agreement is "
		    "about.");
	else
		return;
	hearing_name(h, "module_id");
}

static bool
only_asterisks(const char *text)
{
	return !hearing_blank(text) && text[strspn(text, "* \t\r\n")] == '\0';
}

/*
 * A masked name reaches us as asterisks.  Primero marks a protected name too;
 * a mark that cannot be read may be a yes.
 */
void
sensitive_rules_name(struct hearing *h)
{
	static const enum field names[] = { FIELD_NAME_FIRST, FIELD_NAME_MIDDLE,
		FIELD_NAME_LAST, FIELD_NAME_NICKNAME, FIELD_NAME_OTHER };
	enum answer_given masked = hearing_source(h)->name_masked;

	if (masked == ANSWER_YES)
		hearing_no(h);
	else if (masked == ANSWER_UNKNOWN && h->q->end == AT_EXPORT &&
	    hearing_from_primero(h))
		hearing_say(h, VERDICT_HOLD,
		    "Primero does not say whether the name is protected.",
		    NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hearing_has(h, names[i]) &&
		    only_asterisks(h->q->referral->value[names[i]].text)) {
			hearing_no(h);
			hearing_name(h, fields_all[names[i]].name);
		}
}

void
sensitive_rules_notes(struct hearing *h)
{
	if (h->q->flow == NULL || h->q->flow->free_text == FREE_TEXT_ALLOW)
		return;
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (fields_all[f].free_text && hearing_has(h, f)) {
			hearing_no(h);
			hearing_name(h, fields_all[f].name);
		}
}

/*
 * Fields about others are the list's (P-FIELDS) and the consent's (C-INFO), and
 * no program finds a name in a text: whether texts travel, or a person reads
 * them first, is the flow's to say (S-TEXT).  What can be told is a note of
 * proGres that still bears who wrote it.
 */
void
sensitive_rules_others(struct hearing *h)
{
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (fields_all[f].free_text && hearing_has(h, f) &&
		    speaks_of(h->q->referral->value[f].text, "CreatedBy"))
			hearing_strip(h, f, h->rule->says, h->rule->remedy);
}

/* What is not known to be something else is taken for a picture. */
static bool
is_picture(const struct attachment *a)
{
	return hearing_blank(a->media_type) ||
	    speaks_of(a->media_type, "image") ||
	    (a->kind != NULL &&
		(speaks_of(a->kind, "image") || speaks_of(a->kind, "photo")));
}

/*
 * Files that the flow does not list are gone by now (P-FIELDS); without a flow
 * none is listed.  A picture can tell where and when it was taken: all stay
 * here unless somebody looked.
 */
void
sensitive_rules_files(struct hearing *h)
{
	const struct referral *r = h->q->referral;
	bool listed = h->q->flow != NULL && h->q->flow->attachments;
	bool pictures = false;

	if (h->out->strip.attachments || r->attachment_count == 0)
		return;
	for (size_t i = 0; i < r->attachment_count; i++)
		pictures |= is_picture(&r->attachments[i]);
	if (listed && (!pictures || h->q->pictures_clean == ANSWER_YES))
		return;
	h->out->strip.attachments = true;
	h->took = true;
	if (listed)
		hearing_say(h, VERDICT_STRIP,
		    "Pictures were left out: they may tell where and when "
		    "they were taken.",
		    "Leave it so, or take that out of the pictures and send "
		    "them again.");
	else
		hearing_no(h);
	hearing_name(h, "attachments");
}

/* The flow's list says it (P-FIELDS); without a flow nothing says yes. */
void
sensitive_rules_staff(struct hearing *h)
{
	static const enum field contacts[] = { FIELD_SENDER_EMAIL,
		FIELD_SENDER_PHONE };

	for (size_t i = 0; i < sizeof(contacts) / sizeof(contacts[0]); i++)
		if (hearing_has(h, contacts[i]) &&
		    (h->q->flow == NULL || !h->q->flow->field[contacts[i]]))
			hearing_strip(h, contacts[i], h->rule->says,
			    h->rule->remedy);
}

/* Where the caregiver lives is where the child is found. */
void
sensitive_rules_fear(struct hearing *h)
{
	static const enum field places[] = { FIELD_ADDRESS_CURRENT,
		FIELD_LOCATION_CURRENT, FIELD_TELEPHONE_CURRENT,
		FIELD_CAREGIVER_ADDRESS, FIELD_CAREGIVER_TELEPHONE };
	enum answer_given fears = hearing_withheld_unknown(h) ?
	    ANSWER_UNKNOWN :
	    hearing_source(h)->fears_harm;

	if (!hearing_from_primero(h) || fears == ANSWER_NO ||
	    hearing_withheld_reviewed(h))
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (!hearing_has(h, places[i]))
			continue;
		if (fears == ANSWER_YES)
			hearing_no(h);
		else
			hearing_say(h, VERDICT_HOLD,
			    "It could not be read whether the child fears "
			    "harm.",
			    NULL);
		hearing_name(h, fields_all[places[i]].name);
	}
}

/* Does the list hold a code that the law may want reported? */
static void
ask_codes(struct hearing *h, enum field f)
{
	const struct agreement *a = h->q->agreement;
	const struct value *v = &h->q->referral->value[f];
	bool any = false;

	for (size_t i = 0; v->present && i < v->count; i++)
		any |=
		    hearing_lists(&a->mandatory_reporting_codes, v->items[i]);
	if (any)
		hearing_no(h);
	else if (a->mandatory_reporting_codes.count > 0 &&
	    hearing_source(h)->unreadable[f])
		hearing_say(h, VERDICT_HOLD,
		    "It could not be read whether the law may require a "
		    "report.",
		    NULL);
	else
		return;
	hearing_name(h, fields_all[f].name);
}

/* Asked of all that is there: the duty does not hang on what travels. */
void
sensitive_rules_report(struct hearing *h)
{
	ask_codes(h, FIELD_PROTECTION_CONCERNS);
	ask_codes(h, FIELD_SPECIFIC_NEEDS);
}
