#include "policy/sensitive_rules.h"

#include <string.h>

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
		hearing_say(h, VERDICT_HOLD,
		    "The service itself is sensitive, and the agreement does "
		    "not let it travel this way.",
		    "Decide with a supervisor whether and how this child is "
		    "referred.");
		hearing_name(h, fields_all[FIELD_SERVICE_TYPE].name);
	}
}

static bool
names_gbv(const char *module)
{
	for (; *module != '\0'; module++)
		if ((module[0] == 'g' || module[0] == 'G') &&
		    (module[1] == 'b' || module[1] == 'B') &&
		    (module[2] == 'v' || module[2] == 'V'))
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
	else if (names_gbv(module))
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
