#include "formats/agreement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "formats/agreement_inside.h"

/* Codes never change their meaning: people read them out over the phone. */
static const struct {
	bool error;
	const char *code;
	const char *text;
} kinds[PROBLEM_KINDS] = {
	[PROBLEM_NAME] = { true, "A-NAME",
	    "an agreement has nothing of this name" },
	[PROBLEM_MISSING] = { true, "A-MISSING",
	    "this is missing and must be there" },
	[PROBLEM_KIND] = { true, "A-KIND",
	    "another kind of value must stand here" },
	[PROBLEM_TEXT] = { true, "A-TEXT",
	    "this text is empty, holds control characters or is not NFC" },
	[PROBLEM_DATE] = { true, "A-DATE", "this is not a date (YYYY-MM-DD)" },
	[PROBLEM_RANGE] = { true, "A-RANGE",
	    "this number is outside the range that makes sense" },
	[PROBLEM_WORD] = { true, "A-WORD",
	    "this is not one of the words that may stand here" },
	[PROBLEM_REPEAT] = { true, "A-REPEAT",
	    "this list says the same twice" },
	[PROBLEM_COUNT] = { true, "A-COUNT",
	    "this has more entries than can be used, or none" },
	[PROBLEM_NEWER] = { true, "A-NEWER",
	    "the agreement is of a newer form: a newer program is needed" },
	[PROBLEM_CODE] = { true, "A-CODE",
	    "a code here is capital letters, digits and hyphens only, "
	    "2 to 16 of them (a country: 2 letters)" },
	[PROBLEM_KEY_MISSING] = { true, "A-KEY-MISSING",
	    "a key has not been filled in yet" },
	[PROBLEM_KEY_NONE] = { true, "A-KEY-NONE",
	    "without a key here nothing can be signed or opened" },
	[PROBLEM_KEY_FORM] = { true, "A-KEY-FORM",
	    "this is not a key of the kind that belongs here" },
	[PROBLEM_KEY_TWICE] = { true, "A-KEY-TWICE",
	    "this key is already listed elsewhere; a key has one owner" },
	[PROBLEM_KEY_NUMBER] = { true, "A-KEY-NUMBER",
	    "another key bears the same number, so a signature would not "
	    "say whose it is" },
	[PROBLEM_PARTY_TWICE] = { true, "A-PARTY-TWICE",
	    "another party has the same id" },
	[PROBLEM_PARTY_UNKNOWN] = { true, "A-PARTY-UNKNOWN",
	    "no party of the agreement has this id" },
	[PROBLEM_NODE_TWICE] = { true, "A-NODE-TWICE",
	    "another node has the same code" },
	[PROBLEM_USER_TWICE] = { true, "A-USER-TWICE",
	    "another user of this node has the same name" },
	[PROBLEM_FLOW_TWICE] = { true, "A-FLOW-TWICE",
	    "another flow is between the same parties in this direction" },
	[PROBLEM_FLOW_SELF] = { true, "A-FLOW-SELF",
	    "a flow leads from a party to itself" },
	[PROBLEM_FIELD_UNKNOWN] = { true, "A-FIELD-UNKNOWN",
	    "a referral has no field of this name" },
	[PROBLEM_CODE_TWICE] = { true, "A-CODE-TWICE",
	    "another entry of this list has the same code" },
	[PROBLEM_SEX_CODE] = { true, "A-SEX-CODE",
	    "a referral says female, male, other or unknown" },
	[PROBLEM_DATES] = { true, "A-DATES",
	    "the end date is before the start date" },
	[PROBLEM_THRESHOLD] = { true, "A-THRESHOLD",
	    "at least one party must sign, and no more than there are "
	    "parties with a key" },
	[PROBLEM_LIVE_PARTIES] = { true, "A-LIVE-PARTIES",
	    "an agreement for real data needs at least two parties" },
	[PROBLEM_AGE_ORDER] = { true, "A-AGE-ORDER",
	    "the band ends at a younger age than it begins" },
	[PROBLEM_AGE_OVERLAP] = { true, "A-AGE-OVERLAP",
	    "two bands hold the same age" },
	[PROBLEM_AGE_NEEDS] = { true, "A-AGE-NEEDS",
	    "nobody would be asked: say who must agree" },
	[PROBLEM_AGE_GAP] = { false, "A-AGE-GAP",
	    "for some ages under 18 there is no band; for these everything "
	    "is held" },
	[PROBLEM_MAP_NONE] = { false, "A-MAP-NONE",
	    "this service has no entry in maps.services; referrals for it "
	    "are held" },
	[PROBLEM_MAP_SOURCE] = { false, "A-MAP-SOURCE",
	    "no value of the sending system means this service" },
	[PROBLEM_MAP_TARGET] = { false, "A-MAP-TARGET",
	    "this service has no translation for the receiving system; "
	    "referrals for it are held" },
	[PROBLEM_MAP_MANY] = { false, "A-MAP-MANY",
	    "another entry takes the same value, so it is never translated" },
	[PROBLEM_FLOW_NODE] = { false, "A-FLOW-NODE",
	    "a party of this flow has no node, so nothing can travel" },
	[PROBLEM_FLOW_EMPTY] = { false, "A-FLOW-EMPTY",
	    "this flow lists no service or no purpose, so nothing can "
	    "travel" },
	[PROBLEM_REQUIRED] = { false, "A-REQUIRED",
	    "this field is required but may not travel, so everything is "
	    "held" },
	[PROBLEM_SENSITIVE] = { false, "A-SENSITIVE",
	    "this code is not among sensitive_codes, so it would travel "
	    "anyway" },
	[PROBLEM_SCOPE] = { false, "A-SCOPE",
	    "this service has no entry in maps.services" },
	[PROBLEM_POLARITY] = { false, "A-POLARITY",
	    "what this site's question about UNHCR means is not said, so "
	    "nothing is exported from it" },
	[PROBLEM_REVIEW] = { false, "A-REVIEW",
	    "the day to look at it again is after it has ended" },
	[PROBLEM_AGE_NONE] = { false, "A-AGE-NONE",
	    "it is not said who must agree at any age, so everything is "
	    "held" },
	[PROBLEM_FLOW_NONE] = { false, "A-FLOW-NONE",
	    "there is no flow, so no referral can travel" },
	[PROBLEM_RECOVERY] = { false, "A-RECOVERY",
	    "there is no recovery key: what was sealed for an office that "
	    "loses its keys is lost" },
	[PROBLEM_MORE] = { false, "A-MORE",
	    "there are more problems than are listed here" },
};

void
agreement_problem_add(struct agreement_file *f, enum agreement_problem kind,
    const char *where)
{
	struct problem *p;

	if (f->newer && kind != PROBLEM_NEWER)
		return;
	f->errors = f->errors || kinds[kind].error;
	if (f->problem_count == AGREEMENT_PROBLEMS_MAX) {
		/* What is not shown may be an error where this is none. */
		f->problems[f->problem_count - 1].error = f->errors;
		return;
	}
	if (f->problem_count == AGREEMENT_PROBLEMS_MAX - 1) {
		kind = PROBLEM_MORE;
		where = "";
	}
	p = &f->problems[f->problem_count++];
	p->error = kind == PROBLEM_MORE ? f->errors : kinds[kind].error;
	p->code = kinds[kind].code;
	p->text = kinds[kind].text;
	(void)snprintf(p->where, sizeof(p->where), "%s", where);
}

bool
agreement_code_form(const char *text)
{
	size_t len = strlen(text);

	return len >= 2 && len < AGREEMENT_CODE_ROOM &&
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

void
agreement_free(struct agreement_file *f)
{
	if (f == NULL)
		return;
	arena_free(f->arena);
	free(f);
}

struct agreement *
agreement_of(struct agreement_file *f)
{
	return &f->agreement;
}

size_t
agreement_problems(const struct agreement_file *f, const struct problem **out)
{
	*out = f->problems;
	return f->problem_count;
}

bool
agreement_has_errors(const struct agreement_file *f)
{
	return f->errors;
}

const void *
agreement_bytes(const struct agreement_file *f, size_t *len)
{
	*len = f->len;
	return f->bytes;
}

static int
copy_text(struct arena *a, const char **text, struct fault *why)
{
	if (*text == NULL)
		return 0;
	*text = arena_copy(a, *text, strlen(*text), why);
	return *text == NULL ? -1 : 0;
}

int
agreement_replace_users(struct agreement_file *f, const struct node *n,
    const struct user *users, size_t count, struct fault *why)
{
	struct node *to = &f->agreement.nodes[n - f->agreement.nodes];
	struct user *copy;

	copy = arena_take_array(f->arena, count + 1, sizeof(*copy), why);
	if (copy == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct user *u = &copy[i];

		*u = users[i];
		if (copy_text(f->arena, &u->user, why) == -1 ||
		    copy_text(f->arena, &u->full_name, why) == -1 ||
		    copy_text(f->arena, &u->position, why) == -1 ||
		    copy_text(f->arena, &u->role, why) == -1 ||
		    copy_text(f->arena, &u->email, why) == -1 ||
		    copy_text(f->arena, &u->phone, why) == -1)
			return -1;
	}
	to->users = copy;
	to->user_count = count;
	return 0;
}

/* In an agreement with errors a name may be missing. */
static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

const struct party *
agreement_party(const struct agreement *a, const char *id)
{
	for (size_t i = 0; i < a->party_count; i++)
		if (same(a->parties[i].id, id))
			return &a->parties[i];
	return NULL;
}

const struct node *
agreement_node(const struct agreement *a, const char *code)
{
	for (size_t i = 0; i < a->node_count; i++)
		if (same(a->nodes[i].code, code))
			return &a->nodes[i];
	return NULL;
}

const struct node *
agreement_node_by_key(const struct agreement *a,
    const struct minisign_public *key)
{
	for (size_t i = 0; i < a->node_count; i++)
		for (size_t k = 0; k < a->nodes[i].sign_count; k++)
			if (minisign_public_same(&a->nodes[i].sign[k], key))
				return &a->nodes[i];
	return NULL;
}

const struct node *
agreement_node_by_number(const struct agreement *a,
    const uint8_t number[static 8], const struct minisign_public **key)
{
	const struct node *found = NULL;

	*key = NULL;
	for (size_t i = 0; i < a->node_count; i++)
		for (size_t k = 0; k < a->nodes[i].sign_count; k++) {
			if (memcmp(a->nodes[i].sign[k].number, number, 8) != 0)
				continue;
			if (found != NULL) {
				*key = NULL;
				return NULL;
			}
			found = &a->nodes[i];
			*key = &a->nodes[i].sign[k];
		}
	return found;
}

const struct flow *
agreement_flow(const struct agreement *a, const struct party *from,
    const struct party *to)
{
	if (from == NULL || to == NULL)
		return NULL;
	for (size_t i = 0; i < a->flow_count; i++)
		if (a->flows[i].from == from && a->flows[i].to == to)
			return &a->flows[i];
	return NULL;
}

const struct user *
agreement_user(const struct node *n, const char *user)
{
	for (size_t i = 0; i < n->user_count; i++)
		if (same(n->users[i].user, user))
			return &n->users[i];
	return NULL;
}

bool
agreement_node_lists(const void *n, const char *key)
{
	const struct node *node = n;
	char text[MINISIGN_PUBLIC_ROOM];

	if (node == NULL || key == NULL)
		return node != NULL && !node->revoked;
	for (size_t i = 0; i < node->sign_count; i++) {
		minisign_public_write(&node->sign[i], text);
		if (strcmp(text, key) == 0)
			return true;
	}
	for (size_t i = 0; i < node->open_count; i++)
		if (same(node->open[i], key))
			return true;
	return false;
}

int
agreement_node_keys(const struct node *n, struct arena *a, const char ***out,
    size_t *count, struct fault *why)
{
	char text[MINISIGN_PUBLIC_ROOM];

	*count = 0;
	*out = arena_take_array(a, n->sign_count + n->open_count, sizeof(**out),
	    why);
	for (size_t i = 0; *out != NULL && i < n->sign_count; i++) {
		minisign_public_write(&n->sign[i], text);
		(*out)[*count] = arena_copy(a, text, strlen(text), why);
		if ((*out)[(*count)++] == NULL)
			return -1;
	}
	for (size_t i = 0; *out != NULL && i < n->open_count; i++)
		(*out)[(*count)++] = n->open[i];
	return *out == NULL ? -1 : 0;
}

bool
agreement_acts_for(const struct node *n, const char *party_id)
{
	return (n->party != NULL && same(n->party->id, party_id)) ||
	    agreement_lists(&n->acts_for, party_id);
}

const struct map_entry *
agreement_code(const struct agreement *a, enum map_section section,
    const char *code)
{
	const struct map *m;

	if (section >= MAP_SECTIONS)
		return NULL;
	m = &a->maps[section];
	for (size_t i = 0; i < m->count; i++)
		if (same(m->entries[i].code, code))
			return &m->entries[i];
	return NULL;
}

static bool
takes(const struct texts *values, enum map_section section, const char *value)
{
	if (section != MAP_AGENCIES)
		return agreement_lists(values, value);
	for (size_t i = 0; i < values->count; i++)
		if (text_same_loosely(values->items[i], value))
			return true;
	return false;
}

const struct map_entry *
agreement_from_source(const struct agreement *a, enum map_section section,
    enum system_kind system, const char *value, bool *many)
{
	const struct map_entry *found = NULL;
	const struct map *m;

	*many = false;
	if (section >= MAP_SECTIONS || value == NULL)
		return NULL;
	m = &a->maps[section];
	for (size_t i = 0; i < m->count; i++) {
		const struct map_entry *e = &m->entries[i];

		if (!takes(system == SYSTEM_PRIMERO ? &e->primero :
						      &e->progres_in,
			section, value))
			continue;
		if (found != NULL) {
			*many = true;
			return NULL;
		}
		found = e;
	}
	return found;
}

const char *
agreement_to_target(const struct map_entry *e, enum system_kind system)
{
	if (system == SYSTEM_PROGRES)
		return e->progres_out;
	return e->primero.count > 0 ? e->primero.items[0] : NULL;
}

bool
agreement_lists(const struct texts *t, const char *item)
{
	for (size_t i = 0; i < t->count; i++)
		if (same(t->items[i], item))
			return true;
	return false;
}

const char *
agreement_environment_name(enum agreement_environment e)
{
	return e == AGREEMENT_LIVE ? "live" : "test";
}

const char *
agreement_system_name(enum system_kind s)
{
	return s == SYSTEM_PROGRES ? "progres" : "primero";
}

const char *
agreement_role_name(enum node_role r)
{
	static const char *const names[] = {
		[NODE_SITE] = "site",
		[NODE_HUB] = "hub",
		[NODE_AUDITOR] = "auditor",
	};

	return names[r];
}
