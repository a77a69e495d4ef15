#include "formats/primero_case.h"

#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "formats/primero_consent.h"
#include "formats/primero_spelling.h"

static const struct primero_spelling of_the_user[] = {
	{ FIELD_SENDER_USER, "user_name" },
	{ FIELD_SENDER_FULL_NAME, "full_name" },
	{ FIELD_SENDER_POSITION, "position" },
	{ FIELD_SENDER_EMAIL, "email" },
	{ FIELD_SENDER_PHONE, "phone" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int
take_all(const struct source_taker *t, const struct json_node *from,
    const struct primero_spelling *named, size_t count, struct fault *why)
{
	for (size_t i = 0; i < count; i++)
		if (source_value_take(t, named[i].field,
			json_get(from, named[i].name), why) == -1)
			return -1;
	return 0;
}

static void
set_text(const struct source_taker *t, enum field f, const char *text)
{
	if (text == NULL)
		return;
	t->referral->value[f].text = text;
	t->referral->value[f].present = true;
}

/*
 * The caregiver of the one row that is marked for the referral form.  With
 * several marked nobody can tell which one is meant, so none is taken.
 */
static int
take_caregiver(const struct source_taker *t, const struct json_node *one_case,
    struct fault *why)
{
	const struct json_node *rows =
	    json_get(one_case, "care_arrangements_section");
	const struct json_node *tick, *chosen = NULL;
	bool unclear = false;

	if (source_value_absent(rows))
		return 0;
	if (json_kind(rows) != JSON_LIST) {
		t->facts->unreadable[FIELD_CAREGIVER_NAME] = true;
		return 0;
	}
	for (const struct json_node *row = json_first(rows); row != NULL;
	     row = json_next(row)) {
		tick = json_get(row, "care_arrangements_include_referral_form");
		if (source_value_absent(tick))
			continue;
		switch (source_value_answer(tick)) {
		case ANSWER_YES:
			unclear |= chosen != NULL;
			chosen = row;
			break;
		case ANSWER_UNKNOWN:
			unclear = true;
			break;
		case ANSWER_NO:
			break;
		}
	}
	if (unclear) {
		t->facts->unreadable[FIELD_CAREGIVER_NAME] = true;
		return 0;
	}
	return take_all(t, chosen, primero_spelling_caregiver.items,
	    primero_spelling_caregiver.count, why);
}

/*
 * Whose case it is, by the agency that the case names.  Where it names none,
 * this node's own party is meant only if it acts for nobody else.
 */
static int
take_from_agency(const struct source_reader *reader,
    const struct source_taker *t, const struct json_node *one_case,
    struct fault *why)
{
	const struct json_node *n = json_get(one_case, "owned_by_agency_id");
	const struct party *party = NULL;
	const struct map_entry *entry;
	const char *agency;
	bool many = false;

	if (source_value_text(t, n, false, &agency, why) == -1)
		return -1;
	if (agency != NULL) {
		entry = agreement_from_source(t->agreement, MAP_AGENCIES,
		    SYSTEM_PRIMERO, agency, &many);
		if (entry != NULL && !many)
			party = agreement_party(t->agreement, entry->code);
	} else if (source_value_absent(n) &&
	    reader->sender->acts_for.count == 0) {
		party = reader->sender->party;
	}
	if (party == NULL) {
		source_value_unmapped(t->facts, FIELD_SENDER_AGENCY);
		return 0;
	}
	t->referral->from_agency = party->id;
	set_text(t, FIELD_SENDER_AGENCY, party->id);
	return 0;
}

/*
 * The referring person is the case's owner.  Where only the user's name is
 * known, only that is said: nobody else's name or number stands in for it.
 */
static int
take_sender(const struct source_reader *reader, const struct source_taker *t,
    const struct json_node *one_case, struct fault *why)
{
	const struct json_node *person = json_get(one_case, "user");
	const struct user *listed;
	const char *owner, *name;

	if (source_value_text(t, json_get(one_case, "owned_by"), false, &owner,
		why) == -1 ||
	    source_value_text(t, json_get(person, "user_name"), false, &name,
		why) == -1)
		return -1;
	if (owner == NULL &&
	    !source_value_absent(json_get(one_case, "owned_by"))) {
		t->facts->unreadable[FIELD_SENDER_USER] = true;
		return 0;
	}
	if (owner == NULL || (name != NULL && strcmp(name, owner) == 0))
		return take_all(t, person, of_the_user, COUNT(of_the_user),
		    why);
	set_text(t, FIELD_SENDER_USER, owner);
	if ((listed = agreement_user(reader->sender, owner)) == NULL)
		return 0;
	set_text(t, FIELD_SENDER_FULL_NAME, listed->full_name);
	set_text(t, FIELD_SENDER_POSITION, listed->position);
	set_text(t, FIELD_SENDER_EMAIL, listed->email);
	set_text(t, FIELD_SENDER_PHONE, listed->phone);
	return 0;
}

static bool
only_asterisks(const char *text)
{
	return text != NULL && *text != '\0' && text[strspn(text, "*")] == '\0';
}

/* Primero hides a protected name behind asterisks wherever it shows it. */
static enum answer_given
name_masked(const struct json_node *one_case)
{
	static const char *const names[] = { "name", "name_first",
		"name_middle", "name_last" };
	const struct json_node *hidden = json_get(one_case, "hidden_name");

	for (size_t i = 0; i < COUNT(names); i++)
		if (only_asterisks(json_get_text(one_case, names[i])))
			return ANSWER_YES;
	if (source_value_absent(hidden))
		return ANSWER_NO;
	return source_value_answer(hidden);
}

static enum answer_given
is_open(const struct json_node *one_case)
{
	static const char *const others[] = { "closed", "transferred",
		"identified" };
	const char *status = json_get_text(one_case, "status");

	if (status == NULL)
		return ANSWER_UNKNOWN;
	if (strcmp(status, "open") == 0)
		return ANSWER_YES;
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(status, others[i]) == 0)
			return ANSWER_NO;
	return ANSWER_UNKNOWN;
}

int
primero_case_take(const struct source_reader *reader,
    const struct source_taker *t, const struct json_node *one_case,
    struct fault *why)
{
	if (take_all(t, one_case, primero_spelling_child.items,
		primero_spelling_child.count, why) == -1 ||
	    take_caregiver(t, one_case, why) == -1 ||
	    take_from_agency(reader, t, one_case, why) == -1 ||
	    take_sender(reader, t, one_case, why) == -1 ||
	    source_value_text(t, json_get(one_case, "module_id"), false,
		&t->facts->module_id, why) == -1)
		return -1;
	t->facts->name_masked = name_masked(one_case);
	t->facts->enabled = source_value_answer(json_get(one_case, "enabled"));
	t->facts->open = is_open(one_case);
	t->facts->overridden =
	    source_value_answer(json_get(one_case, "consent_overridden"));
	return primero_consent_withheld(one_case, t->facts, why);
}
