#include "formats/primero_consent.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/random.h"
#include "formats/json.h"

#define DRAFT_SPACE "satchel consent draft"
#define DRAFT_NAME_MAX 4096

bool
primero_consent_any(const struct agreement *a, const struct json_node *one_case)
{
	const struct primero_fields *own = &a->primero_fields;
	const char *const names[] = { "consent_for_services",
		"disclosure_other_orgs", "unhcr_export_opt_in",
		"consent_info_sharing", "information_shared_services",
		"legitimate_basis", own->given_on, own->given_by, own->method,
		own->language, own->notice_version };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL &&
		    !source_value_absent(json_get(one_case, names[i])))
			return true;
	return false;
}

/* A field that the agreement names, or NULL where the site has none. */
static const struct json_node *
own_field(const struct json_node *one_case, const char *name)
{
	return name == NULL ? NULL : json_get(one_case, name);
}

/*
 * Did they agree that UNHCR may know?  At some sites the same field asks
 * whether the child said no, so only the declared polarity can tell.  Sites
 * without the opt-in field say it in the list of those to share with.
 */
static enum answer_given
shares_with_unhcr(const struct consent_source *said, bool has_opt_in,
    enum polarity polarity)
{
	if (polarity == POLARITY_NONE)
		return ANSWER_UNKNOWN;
	if (!has_opt_in)
		return agreement_lists(&said->consent_info_sharing, "unhcr") ?
		    ANSWER_YES :
		    ANSWER_UNKNOWN;
	if (polarity == POLARITY_POSITIVE ||
	    said->unhcr_export_opt_in == ANSWER_UNKNOWN)
		return said->unhcr_export_opt_in;
	return said->unhcr_export_opt_in == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

/* Given only when every tick says yes; one no is enough for a no. */
static enum consent_status
status_of(const struct consent_source *said, enum answer_given unhcr)
{
	const enum answer_given ticks[] = { said->consent_for_services,
		said->disclosure_other_orgs, unhcr };
	enum consent_status status = CONSENT_GIVEN;

	for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
		if (ticks[i] == ANSWER_NO)
			return CONSENT_REFUSED;
		if (ticks[i] == ANSWER_UNKNOWN)
			status = CONSENT_UNKNOWN;
	}
	return status;
}

/* A word outside these roles is left out: who that was is not known here. */
static int
draft_givers(const struct source_taker *t, const struct json_node *n,
    struct consent *out, struct fault *why)
{
	static const struct {
		const char *word;
		enum consent_role role;
	} roles[] = {
		{ "child", CONSENT_BY_CHILD },
		{ "caregiver", CONSENT_BY_CAREGIVER },
		{ "guardian", CONSENT_BY_GUARDIAN },
		{ "other", CONSENT_BY_OTHER },
	};
	struct texts said;

	if (source_value_list(t, n, &said, why) == -1)
		return -1;
	if (said.count == 0)
		return 0;
	out->given_by =
	    arena_take_array(t->arena, said.count, sizeof(*out->given_by), why);
	if (out->given_by == NULL)
		return -1;
	for (size_t i = 0; i < said.count; i++)
		for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]); k++)
			if (strcmp(said.items[i], roles[k].word) == 0)
				out->given_by[out->given_by_count++] =
				    (struct consent_giver){ roles[k].role, NULL,
					    DAY_UNKNOWN };
	return 0;
}

/* Where the site's own forms hold more of a record, the agreement says so. */
static int
draft_own_fields(const struct source_taker *t, const struct json_node *one_case,
    struct consent *out, struct fault *why)
{
	static const struct {
		const char *word;
		enum consent_method method;
	} methods[] = {
		{ "written", CONSENT_WRITTEN },
		{ "thumbprint", CONSENT_THUMBPRINT },
		{ "verbal_witnessed", CONSENT_VERBAL_WITNESSED },
	};
	const struct primero_fields *own = &t->agreement->primero_fields;
	const char *method = json_text(own_field(one_case, own->method));

	(void)source_value_day(own_field(one_case, own->given_on),
	    t->utc_offset_minutes, &out->given_on);
	for (size_t i = 0;
	     method != NULL && i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(method, methods[i].word) == 0)
			out->method = methods[i].method;
	if (draft_givers(t, own_field(one_case, own->given_by), out, why) == -1)
		return -1;
	if (source_value_text(t, own_field(one_case, own->language), false,
		&out->language, why) == -1)
		return -1;
	return source_value_text(t, own_field(one_case, own->notice_version),
	    false, &out->notice_version, why);
}

/* The same case and day always give the same id, so a revision is stable. */
static int
draft_identity(const struct source_taker *t, struct consent *out,
    struct fault *why)
{
	const struct referral *r = t->referral;
	char id[RANDOM_UUID], made_on[DAY_TEXT];
	struct bytes name;
	int rc = -1;

	bytes_init(&name, DRAFT_NAME_MAX);
	day_write(r->made_on, made_on);
	if (bytes_add_text(&name, r->origin.case_id, why) == -1 ||
	    bytes_add_text(&name, "#", why) == -1 ||
	    bytes_add_text(&name, made_on, why) == -1)
		goto done;
	random_named_uuid(DRAFT_SPACE, (const char *)name.at, id);
	out->record_id = arena_copy(t->arena, id, strlen(id), why);
	if (out->record_id == NULL)
		goto done;
	out->subject_ref = r->origin.case_id;
	rc = 0;

done:
	bytes_free(&name);
	return rc;
}

/* A list that is there and cannot be read is not one the case lacks: *unread. */
static int
draft_list(const struct source_taker *t, const struct json_node *n,
    struct texts *out, bool *unread, struct fault *why)
{
	if (source_value_list(t, n, out, why) == -1)
		return -1;
	*unread |= !out->present && !source_value_absent(n);
	return 0;
}

/*
 * The services that were agreed to, and on what basis.  Where one of them
 * cannot be read it is not known what was agreed: else the register could say
 * anything in its place.
 */
static int
draft_scope(const struct source_taker *t, const struct json_node *one_case,
    struct consent *out, struct fault *why)
{
	struct texts *bases = &t->facts->bases;
	bool unread = false, bases_unread = false;

	if (draft_list(t, json_get(one_case, "information_shared_services"),
		&out->services, &unread, why) == -1 ||
	    draft_list(t, json_get(one_case, "legitimate_basis"), bases,
		&bases_unread, why) == -1)
		return -1;
	t->facts->bases_unread = bases_unread;
	if (bases->count == 1)
		out->basis = bases->items[0];
	if ((unread || bases_unread) && out->status == CONSENT_GIVEN)
		out->status = CONSENT_UNKNOWN;
	return 0;
}

int
primero_consent_draft(const struct source_reader *reader,
    const struct source_taker *t, const struct json_node *one_case,
    struct consent *out, struct fault *why)
{
	const struct json_node *opt_in =
	    json_get(one_case, "unhcr_export_opt_in");
	struct consent_source *said = &out->source;
	enum answer_given unhcr;

	consent_clear(out);
	if (draft_identity(t, out, why) == -1)
		return -1;
	said->present = true;
	said->unhcr_export_opt_in = source_value_answer(opt_in);
	said->disclosure_other_orgs =
	    source_value_answer(json_get(one_case, "disclosure_other_orgs"));
	said->consent_for_services =
	    source_value_answer(json_get(one_case, "consent_for_services"));
	if (source_value_list(t, json_get(one_case, "consent_info_sharing"),
		&said->consent_info_sharing, why) == -1)
		return -1;
	unhcr = shares_with_unhcr(said, !source_value_absent(opt_in),
	    reader->sender->polarity);
	out->status = status_of(said, unhcr);
	if (draft_scope(t, one_case, out, why) == -1)
		return -1;
	if (unhcr == ANSWER_YES) {
		out->recipients.items = arena_take_array(t->arena, 1,
		    sizeof(*out->recipients.items), why);
		if (out->recipients.items == NULL)
			return -1;
		out->recipients.items[0] = reader->receiver->party->id;
		out->recipients.count = 1;
		out->recipients.present = true;
	}
	return draft_own_fields(t, one_case, out, why);
}

/* Sites spell the reason in their own ways: any that speaks of fear counts. */
static bool
speaks_of_fear(const char *reason)
{
	static const char fear[] = "fear";

	for (; *reason != '\0'; reason++)
		if (strncasecmp(reason, fear, strlen(fear)) == 0)
			return true;
	return false;
}

static enum answer_given
fears_harm(const struct json_node *n)
{
	enum answer_given fears = ANSWER_NO;

	if (source_value_absent(n))
		return ANSWER_NO;
	if (json_text(n) != NULL)
		return speaks_of_fear(json_text(n)) ? ANSWER_YES : ANSWER_NO;
	if (json_kind(n) != JSON_LIST)
		return ANSWER_UNKNOWN;
	for (const struct json_node *one = json_first(n); one != NULL;
	     one = json_next(one)) {
		if (json_text(one) == NULL)
			fears = ANSWER_UNKNOWN;
		else if (speaks_of_fear(json_text(one)))
			return ANSWER_YES;
	}
	return fears;
}

const char *const primero_consent_withholding[PRIMERO_CONSENT_WITHHOLDING] = {
	"withhold_details",
	"disclosure_deny_details",
	"withholding_info_reason",
};

int
primero_consent_withheld(const struct json_node *one_case,
    struct source_facts *facts, struct fault *why)
{
	static const char reason[] = "withholding_info_reason";
	const struct json_node *said[PRIMERO_CONSENT_WITHHOLDING];
	const struct json_node *n;

	for (size_t i = 0; i < PRIMERO_CONSENT_WITHHOLDING; i++) {
		n = json_get(one_case, primero_consent_withholding[i]);
		said[i] = source_value_absent(n) ? NULL : n;
		if (said[i] == NULL)
			continue;
		if (json_kind(n) == JSON_TEXT || json_kind(n) == JSON_LIST)
			facts->withheld_note |=
			    json_kind(n) == JSON_TEXT || json_count(n) > 0;
		else
			facts->withheld_unread = true;
	}
	facts->withheld_hidden =
	    json_get(one_case, PRIMERO_CONSENT_HIDDEN) != NULL;
	facts->fears_harm = fears_harm(json_get(one_case, reason));
	return facts_note_withheld(facts, said, sizeof(said) / sizeof(said[0]),
	    why);
}
