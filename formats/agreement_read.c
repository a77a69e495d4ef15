#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "crypto/agekey.h"
#include "formats/agreement.h"
#include "formats/agreement_inside.h"
#include "formats/bundle.h"
#include "formats/fields.h"
#include "formats/json.h"
#include "formats/shape.h"

#define DEPTH_MAX 32
#define ENTRIES_MAX 4096 /* of one list or object */
#define ARENA_MAX ((size_t)64 * 1024 * 1024)
#define AGE_MAX 150
#define HOURS_IN_YEAR 8760
#define DAYS_IN_TEN_YEARS 3650
#define DAYS_IN_A_CENTURY 36500

#define IN(type, member) offsetof(struct type, member)

static const struct json_limits limits = {
	.bytes = AGREEMENT_MAX,
	.string = (size_t)64 * 1024,
	.members = ENTRIES_MAX,
	.depth = DEPTH_MAX,
	.record = true,
};

static const struct shape_word satchel_words[] = { { "agreement/1", 0 },
	{ NULL, 0 } };
static const struct shape_word environment_words[] = {
	{ "test", AGREEMENT_TEST }, { "live", AGREEMENT_LIVE }, { NULL, 0 }
};
static const struct shape_word system_words[] = { { "primero", SYSTEM_PRIMERO },
	{ "progres", SYSTEM_PROGRES }, { NULL, 0 } };
static const struct shape_word role_words[] = { { "site", NODE_SITE },
	{ "hub", NODE_HUB }, { "auditor", NODE_AUDITOR }, { NULL, 0 } };
static const struct shape_word polarity_words[] = { { "positive",
							POLARITY_POSITIVE },
	{ "negative", POLARITY_NEGATIVE }, { NULL, 0 } };
static const struct shape_word free_text_words[] = {
	{ "allow", FREE_TEXT_ALLOW }, { "review", FREE_TEXT_REVIEW },
	{ "strip", FREE_TEXT_STRIP }, { NULL, 0 }
};
static const struct shape_word evidence_words[] = { { "record",
							EVIDENCE_RECORD },
	{ "attested", EVIDENCE_ATTESTED }, { NULL, 0 } };
static const struct shape_word may_words[] = { { "export", MAY_EXPORT },
	{ "decide", MAY_DECIDE }, { "assign", MAY_ASSIGN },
	{ "load", MAY_LOAD }, { "override", MAY_OVERRIDE }, { NULL, 0 } };
static const struct shape_word needs_words[] = { { "child", 0 },
	{ "caregiver", 0 }, { "guardian", 0 }, { "override", 0 }, { NULL, 0 } };

/* Something that is not a form's business, at the present place. */
static void
problem(struct shape_reader *r, enum agreement_problem kind)
{
	agreement_problem_add(r->own, kind, r->where);
}

/* "<minisign public key>": the working group still has to fill it in. */
static bool
is_placeholder(const char *text)
{
	size_t len = strlen(text);

	return len >= 2 && text[0] == '<' && text[len - 1] == '>';
}

/* A pointer into the struct at base; all of them look alike here (POSIX). */
static void
put(void *base, size_t at, const void *value)
{
	memcpy((uint8_t *)base + at, &value, sizeof(value));
}

static void
take_code(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const char *text = shape_text(r, n, false);

	if (text != NULL && !agreement_code_form(text))
		problem(r, PROBLEM_CODE);
	put(base, m->at, text);
}

static void
take_country(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const char *text = shape_text(r, n, false);

	if (text != NULL && (strlen(text) != 2 || !agreement_code_form(text)))
		problem(r, PROBLEM_CODE);
	put(base, m->at, text);
}

/* A party by its id.  Parties are read before whatever names them. */
static void
take_party(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const struct agreement_file *f = r->own;
	const char *id = shape_text(r, n, false);
	const struct party *party = NULL;

	if (id == NULL)
		return;
	party = agreement_party(&f->agreement, id);
	if (party == NULL)
		problem(r, PROBLEM_PARTY_UNKNOWN);
	put(base, m->at, party);
}

/* The items of a list, or NULL: then it is told that it is none. */
static void *
list_room(struct shape_reader *r, const struct json_node *n, size_t size)
{
	if (json_kind(n) != JSON_LIST) {
		shape_report(r, SHAPE_WRONG_KIND);
		return NULL;
	}
	return shape_room(r, json_count(n), size);
}

static void
take_signing_keys(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct minisign_public *keys = list_room(r, n, sizeof(*keys));
	size_t count = 0, at = 0;

	/* An empty list is none at all: agreement_check asks for NULL. */
	if (keys == NULL || json_count(n) == 0)
		return;
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i), at++) {
		size_t mark = shape_enter_item(r, at);
		const char *text = shape_text(r, i, false);

		if (text == NULL)
			; /* told already */
		else if (is_placeholder(text))
			problem(r, PROBLEM_KEY_MISSING);
		else if (!minisign_public_read(text, strlen(text),
			     &keys[count]))
			problem(r, PROBLEM_KEY_FORM);
		else
			count++;
		shape_leave(r, mark);
	}
	put(base, m->at, keys);
	memcpy((uint8_t *)base + m->count_at, &count, sizeof(count));
}

static void
take_opening_keys(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const char **keys = list_room(r, n, sizeof(*keys));
	uint8_t key[AGEKEY_BYTES];
	size_t count = 0, at = 0;

	if (keys == NULL || json_count(n) == 0)
		return;
	if (m->max != 0 && json_count(n) > (size_t)m->max)
		shape_report(r, SHAPE_WRONG_COUNT);
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i), at++) {
		size_t mark = shape_enter_item(r, at);
		const char *text = shape_text(r, i, false);

		if (text == NULL)
			; /* told already */
		else if (is_placeholder(text))
			problem(r, PROBLEM_KEY_MISSING);
		else if (!agekey_recipient_read(text, key))
			problem(r, PROBLEM_KEY_FORM);
		else
			keys[count++] = text;
		shape_leave(r, mark);
	}
	put(base, m->at, keys);
	memcpy((uint8_t *)base + m->count_at, &count, sizeof(count));
}

static void
take_rights(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct texts words = { NULL, 0, false };
	unsigned may = 0;

	(void)shape_texts(r, n, may_words, 0, &words);
	for (size_t i = 0; i < words.count; i++)
		for (const struct shape_word *w = may_words; w->word != NULL;
		     w++)
			if (strcmp(w->word, words.items[i]) == 0)
				may |= (unsigned)w->value;
	memcpy((uint8_t *)base + m->at, &may, sizeof(may));
}

/* Names of fields, as a bool for each field of the catalogue. */
static void
take_fields(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	bool *listed = (bool *)((uint8_t *)base + m->at);
	struct texts names = { NULL, 0, false };
	size_t at = 0;

	(void)shape_texts(r, n, NULL, 0, &names);
	if (json_kind(n) != JSON_LIST)
		return;
	for (const struct json_node *i = json_first(n); i != NULL;
	     i = json_next(i), at++) {
		size_t mark = shape_enter_item(r, at);
		const char *name = json_text(i);
		enum field field;

		if (name == NULL)
			; /* told already */
		else if (fields_find(name, &field))
			listed[field] = true;
		else
			problem(r, PROBLEM_FIELD_UNKNOWN);
		shape_leave(r, mark);
	}
}

static void
take_revoked(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	static const struct shape_member members[] = {
		{ .name = "after_sequence",
		    .kind = SHAPE_INTEGER,
		    .flags = SHAPE_REQUIRED,
		    .at = IN(node, revoked_after),
		    .max = BUNDLE_NUMBER_MAX },
		{ .name = "on",
		    .kind = SHAPE_DATE,
		    .flags = SHAPE_REQUIRED,
		    .at = IN(node, revoked_on) },
		{ .name = "reason",
		    .kind = SHAPE_NOTES,
		    .flags = SHAPE_REQUIRED,
		    .at = IN(node, revoked_reason) },
		{ .name = NULL },
	};
	static const struct shape shape = { sizeof(struct node), members };
	struct node *node = base;

	(void)m;
	node->revoked = true;
	shape_object(r, n, &shape, base);
}

static void
take_alternatives(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct age_rule *rule = base;
	struct texts *lists = list_room(r, n, sizeof(*lists));
	size_t at = 0;

	(void)m;
	if (lists == NULL)
		return;
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i), at++) {
		size_t mark = shape_enter_item(r, at);

		(void)shape_texts(r, i, needs_words, 0, &lists[at]);
		shape_leave(r, mark);
	}
	rule->alternatives = lists;
	rule->alternative_count = at;
}

/* Its names are the scopes of the site's own consent form: any may stand. */
static void
take_scope_map(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct agreement *a = base;
	struct scope_entry *e;

	(void)m;
	if (json_kind(n) != JSON_OBJECT) {
		shape_report(r, SHAPE_WRONG_KIND);
		return;
	}
	a->scope_map = shape_room(r, json_count(n), sizeof(*a->scope_map));
	if ((e = a->scope_map) == NULL)
		return;
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i)) {
		const char *name = json_name(i);
		size_t mark = shape_enter(r, name);

		e->scope = arena_copy(r->arena, name, strlen(name), r->why);
		r->failed = e->scope == NULL;
		(void)shape_texts(r, i, NULL, 0, &e->services);
		e++;
		a->scope_count++;
		shape_leave(r, mark);
	}
}

/* clang-format off */
#define MUST SHAPE_REQUIRED
#define MAY_BE_NULL (SHAPE_REQUIRED | SHAPE_NULLABLE)
#define END { .name = NULL }
#define TEXT(type, member_, flags_) { .name = #member_, .kind = SHAPE_TEXT, \
	.flags = (flags_), .at = IN(type, member_) }
#define DATE(type, member_, flags_) { .name = #member_, .kind = SHAPE_DATE, \
	.flags = (flags_), .at = IN(type, member_) }
#define TEXTS(type, member_, words_) { .name = #member_, \
	.kind = SHAPE_TEXTS, .flags = MUST, .at = IN(type, member_), \
	.words = (words_) }
#define WORD(type, member_, words_) { .name = #member_, \
	.kind = SHAPE_WORD, .flags = MUST, .at = IN(type, member_), \
	.words = (words_) }
#define NUMBER(name_, type, member_, min_, max_) { .name = (name_), \
	.kind = SHAPE_INT, .flags = MUST, .at = IN(type, member_), \
	.min = (min_), .max = (max_) }
#define LIST(name_, type, member_, count_, of_) { .name = (name_), \
	.kind = SHAPE_LIST, .flags = MUST, .at = IN(type, member_), \
	.count_at = IN(type, count_), .of = &(of_) }
#define TAKE(name_, type, member_, flags_, take_) { .name = (name_), \
	.kind = SHAPE_TAKE, .flags = (flags_), .at = IN(type, member_), \
	.take = (take_) }
#define KEYS(name_, type, member_, count_, max_, take_) { \
	.name = (name_), .kind = SHAPE_TAKE, .flags = MUST, \
	.at = IN(type, member_), .count_at = IN(type, count_), \
	.max = (max_), .take = (take_) }
/* An object whose members go into the same struct. */
#define PART(name_, flags_, of_) { .name = (name_), .kind = SHAPE_OBJECT, \
	.flags = (flags_), .of = &(of_) }

static const struct shape_member focal_point_members[] = {
	TEXT(focal_point, name, MUST),
	TEXT(focal_point, role, MUST),
	END
};
static const struct shape focal_point = {
	sizeof(struct focal_point), focal_point_members
};

static const struct shape_member party_members[] = {
	TAKE("id", party, id, MUST, take_code),
	TEXT(party, name, MUST),
	WORD(party, system, system_words),
	LIST("focal_points", party, focal_points, focal_point_count,
	    focal_point),
	KEYS("signs_with", party, signs_with, key_count, 0, take_signing_keys),
	DATE(party, joined, MAY_BE_NULL),
	DATE(party, left, MAY_BE_NULL),
	END
};
static const struct shape party = { sizeof(struct party), party_members };

static const struct shape_member user_members[] = {
	TEXT(user, user, MUST),
	TEXT(user, full_name, MUST),
	TEXT(user, position, MUST),
	TEXT(user, role, MUST),
	TEXT(user, email, MUST),
	TEXT(user, phone, MUST),
	TAKE("may", user, may, MUST, take_rights),
	END
};
const struct shape agreement_read_user = { sizeof(struct user), user_members };

static const struct shape_member node_members[] = {
	TAKE("code", node, code, MUST, take_code),
	TAKE("party", node, party, MUST, take_party),
	TEXTS(node, acts_for, NULL),
	WORD(node, role, role_words),
	WORD(node, system, system_words),
	KEYS("sign", node, sign, sign_count, 0, take_signing_keys),
	KEYS("open", node, open, open_count, 0, take_opening_keys),
	DATE(node, valid_from, MUST),
	DATE(node, valid_until, MUST),
	TAKE("revoked", node, revoked, MAY_BE_NULL, take_revoked),
	NUMBER("utc_offset_minutes", node, utc_offset_minutes, -720, 840),
	{ .name = "opt_in_polarity", .kind = SHAPE_WORD, .flags = MAY_BE_NULL,
	    .at = IN(node, polarity), .words = polarity_words },
	LIST("users", node, users, user_count, agreement_read_user),
	END
};
static const struct shape node = { sizeof(struct node), node_members };

static const struct shape_member flow_consent_members[] = {
	WORD(flow, evidence, evidence_words),
	TEXTS(flow, bases, NULL),
	END
};
static const struct shape flow_consent = {
	sizeof(struct flow), flow_consent_members
};

static const struct shape_member flow_members[] = {
	TAKE("from", flow, from, MUST, take_party),
	TAKE("to", flow, to, MUST, take_party),
	TEXTS(flow, services, NULL),
	TEXTS(flow, purposes, NULL),
	TAKE("fields", flow, field, MUST, take_fields),
	TAKE("required", flow, required, MUST, take_fields),
	TEXTS(flow, sensitive, NULL),
	{ .name = "attachments", .kind = SHAPE_BOOLEAN, .flags = MUST,
	    .at = IN(flow, attachments) },
	WORD(flow, free_text, free_text_words),
	PART("consent", MUST, flow_consent),
	END
};
static const struct shape flow = { sizeof(struct flow), flow_members };

static const struct shape_member age_rule_members[] = {
	NUMBER("from", age_rule, from, 0, AGE_MAX),
	NUMBER("to", age_rule, to, 0, AGE_MAX),
	TEXTS(age_rule, needs, needs_words),
	TAKE("alternatives", age_rule, alternatives, MUST, take_alternatives),
	END
};
static const struct shape age_rule = {
	sizeof(struct age_rule), age_rule_members
};

static const struct shape_member primero_fields_members[] = {
	TEXT(primero_fields, given_on, MAY_BE_NULL),
	TEXT(primero_fields, given_by, MAY_BE_NULL),
	TEXT(primero_fields, method, MAY_BE_NULL),
	TEXT(primero_fields, language, MAY_BE_NULL),
	TEXT(primero_fields, notice_version, MAY_BE_NULL),
	END
};
static const struct shape primero_fields = {
	sizeof(struct primero_fields), primero_fields_members
};

static const struct shape_member consent_members[] = {
	NUMBER("max_age_days", agreement, max_age_days, 1, DAYS_IN_TEN_YEARS),
	LIST("age_rules", agreement, age_rules, age_rule_count, age_rule),
	TAKE("scope_map", agreement, scope_map, MUST, take_scope_map),
	TEXTS(agreement, override_roles, NULL),
	{ .name = "primero_fields", .kind = SHAPE_OBJECT, .flags = MUST,
	    .at = IN(agreement, primero_fields), .of = &primero_fields },
	END
};
static const struct shape consent = {
	sizeof(struct agreement), consent_members
};

static const struct shape_member entry_members[] = {
	TEXT(map_entry, code, MUST),
	TEXTS(map_entry, primero, NULL),
	TEXTS(map_entry, progres_in, NULL),
	TEXT(map_entry, progres_out, MAY_BE_NULL),
	END
};
static const struct shape entry = { sizeof(struct map_entry), entry_members };

#define MAP(name_, section) LIST(name_, agreement, maps[section].entries, \
	maps[section].count, entry)
static const struct shape_member maps_members[] = {
	MAP("services", MAP_SERVICES),
	MAP("protection_concerns", MAP_CONCERNS),
	MAP("languages", MAP_LANGUAGES),
	MAP("agencies", MAP_AGENCIES),
	MAP("sex", MAP_SEX),
	END
};
static const struct shape maps = { sizeof(struct agreement), maps_members };

static const struct shape_member process_members[] = {
	TEXT(ping_ids, referral_in, MUST),
	TEXT(ping_ids, decision_in, MUST),
	TEXT(ping_ids, decision_synced, MUST),
	TEXT(ping_ids, referral_details, MUST),
	TEXT(ping_ids, decisions_out, MUST),
	TEXT(ping_ids, decision_details, MUST),
	END
};
static const struct shape processes = {
	sizeof(struct ping_ids), process_members
};

static const struct shape_member ping_members[] = {
	TEXT(ping_ids, partner, MUST),
	TEXT(ping_ids, interop, MUST),
	PART("processes", MUST, processes),
	TEXT(ping_ids, business_unit, MUST),
	TEXT(ping_ids, organization_from, MUST),
	END
};
static const struct shape ping = { sizeof(struct ping_ids), ping_members };

static const struct shape_member primero_members[] = {
	TEXT(primero_ids, module_id, MUST),
	TEXT(primero_ids, intake_user, MUST),
	END
};
static const struct shape primero = {
	sizeof(struct primero_ids), primero_members
};

static const struct shape_member systems_members[] = {
	{ .name = "progres-ping", .kind = SHAPE_OBJECT,
	    .at = IN(agreement, ping), .of = &ping },
	{ .name = "primero", .kind = SHAPE_OBJECT,
	    .at = IN(agreement, primero), .of = &primero },
	END
};
static const struct shape systems = {
	sizeof(struct agreement), systems_members
};

static const struct shape_member deadlines_members[] = {
	NUMBER("emergency_hours", agreement, emergency_hours, 1,
	    HOURS_IN_YEAR),
	NUMBER("urgent_hours", agreement, urgent_hours, 1, HOURS_IN_YEAR),
	NUMBER("normal_days", agreement, normal_days, 1, 366),
	NUMBER("breach_report_hours", agreement, breach_report_hours, 1,
	    HOURS_IN_YEAR),
	END
};
static const struct shape deadlines = {
	sizeof(struct agreement), deadlines_members
};

static const struct shape_member retention_members[] = {
	NUMBER("bundle", agreement, retention_bundle_days, 1,
	    DAYS_IN_TEN_YEARS),
	NUMBER("staged", agreement, retention_staged_days, 1,
	    DAYS_IN_TEN_YEARS),
	NUMBER("ledger", agreement, retention_ledger_days, 1,
	    DAYS_IN_A_CENTURY),
	END
};
static const struct shape retention = {
	sizeof(struct agreement), retention_members
};

static const struct shape_member agreement_members[] = {
	{ .name = "satchel", .kind = SHAPE_FIXED, .flags = MUST,
	    .words = satchel_words },
	TEXT(agreement, id, MUST),
	{ .name = "version", .kind = SHAPE_INTEGER, .flags = MUST,
	    .at = IN(agreement, version), .min = 1,
	    .max = BUNDLE_NUMBER_MAX },
	WORD(agreement, environment, environment_words),
	TEXT(agreement, title, MUST),
	TAKE("country", agreement, country, MUST, take_country),
	DATE(agreement, valid_from, MUST),
	DATE(agreement, valid_until, MUST),
	DATE(agreement, review_on, SHAPE_NULLABLE),
	NUMBER("signatures_needed", agreement, signatures_needed, 0,
	    ENTRIES_MAX),
	LIST("parties", agreement, parties, party_count, party),
	LIST("nodes", agreement, nodes, node_count, node),
	KEYS("recovery", agreement, recovery, recovery_count,
	    BUNDLE_RECOVERY_MAX, take_opening_keys),
	LIST("flows", agreement, flows, flow_count, flow),
	PART("consent", MUST, consent),
	TEXTS(agreement, sensitive_codes, NULL),
	TEXTS(agreement, mandatory_reporting_codes, NULL),
	PART("maps", MUST, maps),
	PART("systems", MUST, systems),
	PART("deadlines", MUST, deadlines),
	NUMBER("use_by_days", agreement, use_by_days, 1, DAYS_IN_TEN_YEARS),
	PART("retention_days", MUST, retention),
	END
};
static const struct shape whole = {
	sizeof(struct agreement), agreement_members
};
/* clang-format on */

static void
wrong(void *own, enum shape_wrong what, const char *where)
{
	static const enum agreement_problem kinds[SHAPE_WRONGS] = {
		[SHAPE_WRONG_NAME] = PROBLEM_NAME,
		[SHAPE_WRONG_MISSING] = PROBLEM_MISSING,
		[SHAPE_WRONG_KIND] = PROBLEM_KIND,
		[SHAPE_WRONG_TEXT] = PROBLEM_TEXT,
		[SHAPE_WRONG_DATE] = PROBLEM_DATE,
		[SHAPE_WRONG_RANGE] = PROBLEM_RANGE,
		[SHAPE_WRONG_WORD] = PROBLEM_WORD,
		[SHAPE_WRONG_REPEAT] = PROBLEM_REPEAT,
		[SHAPE_WRONG_COUNT] = PROBLEM_COUNT,
		[SHAPE_WRONG_PLACE] = PROBLEM_NAME,
	};

	agreement_problem_add(own, kinds[what], where);
}

/* "agreement/2" and later: the form is not ours to judge. */
static bool
says_newer(const struct json_node *root)
{
	static const char mark[] = "agreement/";
	const char *form = json_get_text(root, "satchel");
	const char *number;

	if (form == NULL || strncmp(form, mark, strlen(mark)) != 0)
		return false;
	number = form + strlen(mark);
	return number[0] >= '1' && number[0] <= '9' &&
	    strspn(number, "0123456789") == strlen(number) &&
	    strcmp(number, "1") != 0;
}

static int
read_root(struct agreement_file *f, const struct json_node *root,
    struct fault *why)
{
	struct agreement *a = &f->agreement;
	const struct json_node *list = json_get(root, "systems");
	struct shape_reader r;

	if (json_kind(root) != JSON_OBJECT)
		return FAIL(why, FAULT_AGREEMENT_FORM, "it is not an object");
	if (says_newer(root)) {
		f->newer = true;
		agreement_problem_add(f, PROBLEM_NEWER, "satchel");
	}
	shape_start(&r, f->arena, wrong, f, why);
	shape_object(&r, root, &whole, a);
	if (r.failed)
		return -1;
	a->has_ping = json_get(list, "progres-ping") != NULL;
	a->has_primero = json_get(list, "primero") != NULL;
	a->party_signed =
	    shape_room(&r, a->party_count, sizeof(*a->party_signed));
	return a->party_signed == NULL ? -1 : agreement_check(f, why);
}

/* What was read from is kept: signatures and fingerprints are of the bytes. */
static int
keep_bytes(struct agreement_file *f, const void *text, size_t len,
    struct fault *why)
{
	f->bytes = (uint8_t *)arena_copy(f->arena, text, len, why);
	if (f->bytes == NULL)
		return -1;
	f->len = len;
	digest_once(DIGEST_SHA256, text, len, f->agreement.sha256);
	digest_fingerprint(text, len, f->agreement.fingerprint);
	return 0;
}

struct agreement_file *
agreement_read(const void *text, size_t len, struct fault *why)
{
	struct agreement_file *f = calloc(1, sizeof(*f));
	struct json *json = NULL;
	struct fault form;
	int rc = -1;

	if (f == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "agreement");
		goto done;
	}
	f->agreement.review_on = DAY_UNKNOWN;
	if ((f->arena = arena_new(ARENA_MAX, why)) == NULL)
		goto done;
	if (json_read(text, len, &limits, &json, &form) != 0) {
		fault_set(why,
		    form.id == FAULT_NO_MEMORY ? FAULT_NO_MEMORY :
						 FAULT_AGREEMENT_FORM,
		    "%s", form.detail);
		goto done;
	}
	if (keep_bytes(f, text, len, why) == 0)
		rc = read_root(f, json_root(json), why);

done:
	json_free(json);
	if (rc != 0) {
		agreement_free(f);
		f = NULL;
	}
	return f;
}
