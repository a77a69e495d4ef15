#include "policy/data_rules.h"

#include "policy/hearing.h"

#define ADULT 18
#define OLDEST 150 /* years a person can be */

/* Without a flow nothing travels, and P-MATRIX has said so. */
void
data_rules_required(struct hearing *h)
{
	if (h->q->flow == NULL)
		return;
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (h->q->flow->required[f] && !hearing_has(h, f)) {
			hearing_no(h);
			hearing_name(h, fields_all[f].name);
		}
}

static bool
translated(const struct question *q, enum map_section section, const char *code)
{
	const struct map_entry *entry =
	    code == NULL ? NULL : agreement_code(q->agreement, section, code);

	return entry != NULL &&
	    agreement_to_target(entry, q->receiver->system) != NULL;
}

static bool
all_translated(const struct hearing *h, enum field f)
{
	const struct value *v = &h->q->referral->value[f];
	enum map_section section = fields_all[f].map;

	if (fields_all[f].kind != FIELD_CODES)
		return translated(h->q, section, v->text);
	for (size_t i = 0; i < v->count; i++)
		if (!hearing_took_item(h, f, i) &&
		    !translated(h->q, section, v->items[i]))
			return false;
	return true;
}

/* The bits of the items of a list that go one by one; NULL: all or none. */
static uint64_t *
items_taken(struct strip *strip, enum field f)
{
	if (f == FIELD_PROTECTION_CONCERNS)
		return &strip->concern;
	if (f == FIELD_SPECIFIC_NEEDS)
		return &strip->specific_need;
	return f == FIELD_LANGUAGE ? &strip->language : NULL;
}

/* A person let it go without what has no translation; the rest stays. */
static void
take_untranslated(struct hearing *h, enum field f)
{
	const struct value *v = &h->q->referral->value[f];
	uint64_t *gone = items_taken(&h->out->strip, f);

	h->took = true;
	if (gone == NULL || v->count > REFERRAL_CODES_MAX) {
		h->out->strip.field[f] = true;
		return;
	}
	for (size_t i = 0; i < v->count; i++)
		if (!translated(h->q, fields_all[f].map, v->items[i]))
			*gone |= (uint64_t)1 << i;
}

/* Would this field travel if it could be read? */
static bool
would_travel(const struct hearing *h, enum field f)
{
	return !h->out->strip.field[f] &&
	    (h->q->flow == NULL || h->q->flow->field[f]);
}

/* A code that has no translation is never replaced by another. */
void
data_rules_mapped(struct hearing *h)
{
	const struct source_facts *said = hearing_source(h);

	for (size_t i = 0; i < said->unmapped_count; i++) {
		enum field f = said->unmapped[i];

		if (f < FIELD_COUNT && !would_travel(h, f))
			continue;
		hearing_no(h);
		if (f < FIELD_COUNT)
			hearing_name(h, fields_all[f].name);
	}
	if (said->unmapped_many)
		hearing_no(h);
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (fields_all[f].map != MAP_NONE && hearing_has(h, f) &&
		    !all_translated(h, f)) {
			hearing_no(h);
			hearing_name(h, fields_all[f].name);
			if (hearing_released(h) != NULL)
				take_untranslated(h, f);
		}
}

/* A birth date that may be the day before or after is as good as none. */
void
data_rules_dates(struct hearing *h)
{
	const struct source_facts *said = hearing_source(h);

	if (said->birth_unclear && would_travel(h, FIELD_DATE_OF_BIRTH)) {
		hearing_no(h);
		hearing_name(h, fields_all[FIELD_DATE_OF_BIRTH].name);
	}
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (fields_all[f].kind == FIELD_DATE && said->unreadable[f] &&
		    would_travel(h, f)) {
			hearing_say(h, VERDICT_HOLD,
			    "A date is missing, or is not a real one.",
			    "Correct it where it was written; export again.");
			hearing_name(h, fields_all[f].name);
		}
}

static day
referred_on(const struct question *q)
{
	return q->referral->made_on != DAY_UNKNOWN ? q->referral->made_on :
						     q->today;
}

static bool
birth_travels(const struct hearing *h, int *years)
{
	return hearing_has(h, FIELD_DATE_OF_BIRTH) &&
	    hearing_age_by_birth(h, referred_on(h->q), years);
}

/* Either the birth date or the age is enough to make somebody an adult. */
void
data_rules_adult(struct hearing *h)
{
	bool aged = hearing_has(h, FIELD_AGE);
	int years = 0;
	bool born = birth_travels(h, &years);

	if (!born && !aged)
		hearing_say(h, VERDICT_HOLD,
		    "Nothing that travels tells whether this is a child.",
		    "Record the birth date or the age.");
	if (born && years >= ADULT) {
		hearing_no(h);
		hearing_name(h, fields_all[FIELD_DATE_OF_BIRTH].name);
	}
	if (aged && h->q->referral->value[FIELD_AGE].integer >= ADULT) {
		hearing_no(h);
		hearing_name(h, fields_all[FIELD_AGE].name);
	}
}

void
data_rules_ages_agree(struct hearing *h)
{
	bool aged = hearing_has(h, FIELD_AGE);
	int64_t age = h->q->referral->value[FIELD_AGE].integer;
	int years = 0;
	bool born = birth_travels(h, &years);

	/* Made up by a sum of years, a birth to come can look like an age. */
	if (born && (years < 0 || years > OLDEST)) {
		hearing_say(h, VERDICT_HOLD, "The birth date cannot be right.",
		    NULL);
		hearing_name(h, fields_all[FIELD_DATE_OF_BIRTH].name);
	}
	if (aged && (age < 0 || age > OLDEST)) {
		hearing_say(h, VERDICT_HOLD, "The age cannot be right.", NULL);
		hearing_name(h, fields_all[FIELD_AGE].name);
	} else if (born && aged && (age - years > 1 || years - age > 1)) {
		hearing_no(h);
		hearing_name(h, fields_all[FIELD_AGE].name);
		hearing_name(h, fields_all[FIELD_DATE_OF_BIRTH].name);
	}
}

void
data_rules_live(struct hearing *h)
{
	const struct source_facts *said = hearing_source(h);
	const enum answer_given answers[] = { said->enabled, said->open,
		said->in_progress };
	static const char *const names[] = { "enabled", "status", "referral" };

	/* Only Primero says; proGres lists no referral that is not open. */
	if (!hearing_from_primero(h))
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (answers[i] == ANSWER_YES)
			continue;
		if (answers[i] == ANSWER_NO)
			hearing_no(h);
		else
			hearing_say(h, VERDICT_HOLD,
			    "Primero does not say whether this case and this "
			    "referral are still open.",
			    "Look in Primero whether they are still open.");
		hearing_name(h, names[i]);
	}
}

void
data_rules_twice(struct hearing *h)
{
	switch (h->q->remembered) {
	case NOT_SEEN:
		return;
	case SEEN_SAME:
		/* At export the caller passes over what has not changed. */
		if (h->q->end == AT_IMPORT)
			hearing_say(h, VERDICT_NOTE,
			    "We already have this referral, and nothing in it "
			    "has changed.",
			    "Leave it so: it is not taken in twice.");
		return;
	case SEEN_OTHER:
		if (h->q->end == AT_IMPORT)
			hearing_no(h);
		return;
	case SEEN_TWICE:
		hearing_say(h, VERDICT_HOLD,
		    "The same referral is there twice.",
		    "Decide which of the two counts.");
		return;
	}
	hearing_no(h);
}

/* Dates are D-DATE's. */
void
data_rules_text(struct hearing *h)
{
	const struct source_facts *said = hearing_source(h);

	if (said->text_altered)
		hearing_no(h);
	if (said->priority_unclear) {
		hearing_say(h, VERDICT_HOLD,
		    "It could not be read how urgent this is.",
		    "Correct it where it was written; export again.");
		hearing_name(h, "priority");
	}
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		if (!would_travel(h, f))
			continue;
		if (said->unreadable[f] && fields_all[f].kind != FIELD_DATE) {
			hearing_say(h, VERDICT_HOLD,
			    "A value could not be read.",
			    "Correct it where it was written; export again.");
			hearing_name(h, fields_all[f].name);
		}
		if (said->differs[f]) {
			hearing_say(h, VERDICT_HOLD,
			    "The rows that make up this referral say "
			    "different things.",
			    "Ask who wrote it which is right, and correct it "
			    "in the other system; export again.");
			hearing_name(h, fields_all[f].name);
		}
	}
}
