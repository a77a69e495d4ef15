#include "policy/scope_rules.h"

#include <string.h>

#include "policy/hearing.h"

/*
 * What the consent form of CPIMS+ can name (information_shared_services).  A
 * service of the same id is its twin.
 */
static const char *const form_names[] = { "alternative_care", "cash_assistance",
	"education_formal", "family_tracing_and_reunification", "food",
	"gbv_survivor_support", "legal_support", "livelihoods", "medical",
	"mental_health", "non_food_items", "non_formal_education", "nutrition",
	"psychosocial_support", "services_for_children_with_disabilities",
	"shelter", "sexual_and_reproductive_health", "rescue", "wash",
	"case_transfer", "other" };

static bool
form_can_name(const char *service)
{
	for (size_t i = 0; i < sizeof(form_names) / sizeof(form_names[0]); i++)
		if (strcmp(form_names[i], service) == 0)
			return true;
	return false;
}

/* Could any consented scope cover this service? */
static bool
has_twin(const struct agreement *a, const char *service)
{
	if (form_can_name(service))
		return true;
	for (size_t i = 0; i < a->scope_count; i++)
		if (strcmp(a->scope_map[i].scope, service) == 0 ||
		    agreement_lists(&a->scope_map[i].services, service))
			return true;
	return false;
}

bool
scope_rules_cover(const struct agreement *a, const struct consent *c,
    const char *service)
{
	if (agreement_lists(&c->services, service))
		return true;
	for (size_t i = 0; i < a->scope_count; i++)
		if (agreement_lists(&c->services, a->scope_map[i].scope) &&
		    agreement_lists(&a->scope_map[i].services, service))
			return true;
	return false;
}

void
scope_rules_service(struct hearing *h)
{
	const struct agreement *a = h->q->agreement;
	const struct consent *c = hearing_consent(h);
	const char *service = h->q->referral->value[FIELD_SERVICE_TYPE].text;

	if (c == NULL)
		return;
	if (!hearing_had(h, FIELD_SERVICE_TYPE))
		hearing_say(h, VERDICT_HOLD,
		    "It is not known which service is asked for.",
		    "Say in the referral which service the child needs.");
	else if (!c->services.present)
		hearing_say(h, VERDICT_HOLD,
		    "The consent record does not say which services it covers.",
		    NULL);
	else if (scope_rules_cover(a, c, service))
		return;
	else if (has_twin(a, service))
		hearing_no(h);
	else
		hearing_say(h, VERDICT_HOLD,
		    "The consent form has no answer that stands for this "
		    "service.",
		    "Ask whether the child or caregiver agrees to this "
		    "service, and name it in the consent record.");
	hearing_name(h, fields_all[FIELD_SERVICE_TYPE].name);
}

void
scope_rules_agency(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL)
		return;
	if (!c->recipients.present)
		hearing_say(h, VERDICT_HOLD,
		    "The consent record does not say which agencies may get "
		    "this.",
		    NULL);
	else if (!hearing_lists(&c->recipients, h->q->referral->to_agency))
		hearing_no(h);
	else
		return;
	hearing_name(h, "consent.recipients");
}

/* What a person recorded as to be removed is taken out at either end. */
static void
take_out_withheld(struct hearing *h, const struct consent *c)
{
	enum field f;

	for (size_t i = 0; i < c->withheld_removed.count; i++) {
		if (!fields_find(c->withheld_removed.items[i], &f)) {
			hearing_say(h, VERDICT_HOLD,
			    "The consent record names something to be left "
			    "out that this program does not know.",
			    "Correct the names of the fields to be left out.");
			hearing_name(h, "consent.withheld");
		} else if (h->q->referral->value[f].present &&
		    !h->out->strip.field[f]) {
			hearing_strip(h, f,
			    "Left out because the child asked to keep it "
			    "private.",
			    "Leave it so: the other agency is not told what "
			    "was left out.");
		}
	}
}

void
scope_rules_withheld(struct hearing *h)
{
	const struct source_facts *said = hearing_source(h);
	const struct consent *c = hearing_consent(h);
	bool asked = said->withheld_note || said->withheld_unread;

	if (c != NULL && c->withheld_said)
		asked =
		    asked || c->withheld_any || c->withheld_removed.count > 0;
	if (asked && !hearing_withheld_reviewed(h))
		hearing_no(h);
	else if (hearing_withheld_unknown(h))
		hearing_say(h, VERDICT_HOLD,
		    "It could not be read whether the child asked to keep "
		    "something private.",
		    "Ask the administrator to let satchel's user read the "
		    "fields that export named, or record in the consent "
		    "record what was asked for.");
	if (c != NULL && c->withheld_said)
		take_out_withheld(h, c);
}

/* What kind of information may be shared is part of what was agreed to. */
void
scope_rules_categories(struct hearing *h)
{
	const struct consent *c = hearing_consent(h);

	if (c == NULL)
		return;
	if (!c->info_categories.present) {
		hearing_say(h, VERDICT_HOLD,
		    "The consent record does not say what kind of information "
		    "may be shared.",
		    "Record in the consent record which information may be "
		    "shared.");
		hearing_name(h, "consent.info_categories");
		return;
	}
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		const char *category =
		    fields_category_name(fields_all[f].category);

		if (category != NULL && hearing_has(h, f) &&
		    !agreement_lists(&c->info_categories, category))
			hearing_strip(h, f, h->rule->says, h->rule->remedy);
	}
}
