#include "formats/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/agreement_inside.h"
#include "formats/bundle.h"
#include "formats/json.h"
#include "formats/shape.h"

#define DEPTH_MAX 8
#define ENTRIES_MAX 4096 /* of one list or object */
#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define PROBLEMS_MAX 100
#define MARK "roster/"

static const struct json_limits limits = {
	.bytes = ROSTER_MAX,
	.string = (size_t)64 * 1024,
	.members = ENTRIES_MAX,
	.depth = DEPTH_MAX,
	.record = true,
};

struct roster_file {
	struct roster roster;
	struct arena *arena;
	const uint8_t *bytes; /* the arena's */
	size_t len;
	struct problem problems[PROBLEMS_MAX];
	size_t problem_count;
	bool errors;
	bool newer; /* of a form this program does not know */
};

enum wrong {
	WRONG_NAME,
	WRONG_MISSING,
	WRONG_KIND,
	WRONG_TEXT,
	WRONG_RANGE,
	WRONG_WORD,
	WRONG_REPEAT,
	WRONG_COUNT,
	WRONG_NEWER,
	WRONG_CODE,
	WRONG_USER_TWICE,
	WRONG_AGREEMENT,
	WRONG_PARTY,
	WRONG_NODE,
	WRONG_NODE_PARTY,
	WRONG_MORE,
	WRONGS
};

/* Codes never change their meaning: people read them out over the phone. */
static const struct {
	const char *code;
	const char *text;
} kinds[WRONGS] = {
	[WRONG_NAME] = { "ROSTER-NAME",
	    "a staff list has nothing of this name" },
	[WRONG_MISSING] = { "ROSTER-MISSING",
	    "this is missing and must be there" },
	[WRONG_KIND] = { "ROSTER-KIND",
	    "another kind of value must stand here" },
	[WRONG_TEXT] = { "ROSTER-TEXT",
	    "this text is empty, holds control characters or is not NFC" },
	[WRONG_RANGE] = { "ROSTER-RANGE",
	    "this number is outside the range that makes sense" },
	[WRONG_WORD] = { "ROSTER-WORD",
	    "this is not one of the words that may stand here" },
	[WRONG_REPEAT] = { "ROSTER-REPEAT", "this list says the same twice" },
	[WRONG_COUNT] = { "ROSTER-COUNT",
	    "this has more entries than can be used, or none" },
	[WRONG_NEWER] = { "ROSTER-NEWER",
	    "the staff list is of a newer form: a newer program is needed" },
	[WRONG_CODE] = { "ROSTER-CODE",
	    "a code here is capital letters, digits and hyphens only, "
	    "2 to 16 of them" },
	[WRONG_USER_TWICE] = { "ROSTER-USER-TWICE",
	    "another user of this node has the same name" },
	[WRONG_AGREEMENT] = { "ROSTER-AGREEMENT",
	    "the staff list belongs to another agreement" },
	[WRONG_PARTY] = { "ROSTER-PARTY",
	    "no party of the agreement has this id" },
	[WRONG_NODE] = { "ROSTER-NODE",
	    "no node of the agreement has this code" },
	[WRONG_NODE_PARTY] = { "ROSTER-NODE-PARTY",
	    "this node is another party's, which alone lists its users" },
	[WRONG_MORE] = { "ROSTER-MORE",
	    "there are more problems than are listed here" },
};

static void
add(struct roster_file *f, enum wrong what, const char *where)
{
	struct problem *p;

	if (f->newer && what != WRONG_NEWER)
		return;
	f->errors = true;
	if (f->problem_count == PROBLEMS_MAX)
		return;
	if (f->problem_count == PROBLEMS_MAX - 1) {
		what = WRONG_MORE;
		where = "";
	}
	p = &f->problems[f->problem_count++];
	p->error = true;
	p->code = kinds[what].code;
	p->text = kinds[what].text;
	(void)snprintf(p->where, sizeof(p->where), "%s", where);
}

static void
take_code(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct roster *out = base;
	const char *text = shape_text(r, n, false);

	(void)m;
	if (text != NULL && !agreement_code_form(text))
		add(r->own, WRONG_CODE, r->where);
	else
		out->party = text;
}

/* One node's users, in the form that they have in an agreement. */
static void
read_node(struct shape_reader *r, const struct json_node *n,
    struct roster_node *to)
{
	if (json_kind(n) != JSON_LIST) {
		shape_report(r, SHAPE_WRONG_KIND);
		return;
	}
	to->users = shape_room(r, json_count(n), sizeof(*to->users));
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i)) {
		size_t mark = shape_enter_item(r, to->user_count);

		shape_object(r, i, &agreement_read_user,
		    &to->users[to->user_count++]);
		shape_leave(r, mark);
	}
}

static void
check_twice(struct shape_reader *r, const struct roster_node *n)
{
	for (size_t i = 1; i < n->user_count; i++)
		for (size_t k = 0; k < i; k++) {
			const char *a = n->users[i].user;
			const char *b = n->users[k].user;
			size_t mark;

			if (a == NULL || b == NULL || strcmp(a, b) != 0)
				continue;
			mark = shape_enter_item(r, i);
			add(r->own, WRONG_USER_TWICE, r->where);
			shape_leave(r, mark);
			break;
		}
}

/* The names of "users" are node codes, and each has a list. */
static void
take_users(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct roster *out = base;

	(void)m;
	if (json_kind(n) != JSON_OBJECT) {
		shape_report(r, SHAPE_WRONG_KIND);
		return;
	}
	if (json_count(n) == 0)
		shape_report(r, SHAPE_WRONG_COUNT);
	out->nodes = shape_room(r, json_count(n), sizeof(*out->nodes));
	if (out->nodes == NULL)
		return;
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i)) {
		const char *name = json_name(i);
		struct roster_node *to = &out->nodes[out->node_count];
		size_t mark = shape_enter(r, name);

		if (!agreement_code_form(name))
			add(r->own, WRONG_CODE, r->where);
		to->code = arena_copy(r->arena, name, strlen(name), r->why);
		r->failed = to->code == NULL;
		if (!r->failed) {
			read_node(r, i, to);
			check_twice(r, to);
			out->node_count++;
		}
		shape_leave(r, mark);
	}
}

static const struct shape_word satchel_words[] = { { MARK "1", 0 },
	{ NULL, 0 } };

static const struct shape_member members[] = {
	{ .name = "satchel",
	    .kind = SHAPE_FIXED,
	    .flags = SHAPE_REQUIRED,
	    .words = satchel_words },
	{ .name = "agreement",
	    .kind = SHAPE_TEXT,
	    .flags = SHAPE_REQUIRED,
	    .at = offsetof(struct roster, agreement) },
	{ .name = "party",
	    .kind = SHAPE_TAKE,
	    .flags = SHAPE_REQUIRED,
	    .take = take_code },
	{ .name = "version",
	    .kind = SHAPE_INTEGER,
	    .flags = SHAPE_REQUIRED,
	    .at = offsetof(struct roster, version),
	    .min = 1,
	    .max = BUNDLE_NUMBER_MAX },
	{ .name = "users",
	    .kind = SHAPE_TAKE,
	    .flags = SHAPE_REQUIRED,
	    .take = take_users },
	{ .name = NULL },
};
static const struct shape whole = { sizeof(struct roster), members };

static void
wrong(void *own, enum shape_wrong what, const char *where)
{
	static const enum wrong as[SHAPE_WRONGS] = {
		[SHAPE_WRONG_NAME] = WRONG_NAME,
		[SHAPE_WRONG_MISSING] = WRONG_MISSING,
		[SHAPE_WRONG_KIND] = WRONG_KIND,
		[SHAPE_WRONG_TEXT] = WRONG_TEXT,
		[SHAPE_WRONG_DATE] = WRONG_KIND, /* it has no dates */
		[SHAPE_WRONG_RANGE] = WRONG_RANGE,
		[SHAPE_WRONG_WORD] = WRONG_WORD,
		[SHAPE_WRONG_REPEAT] = WRONG_REPEAT,
		[SHAPE_WRONG_COUNT] = WRONG_COUNT,
		[SHAPE_WRONG_PLACE] = WRONG_NAME,
	};

	add(own, as[what], where);
}

/* "roster/1"; *newer for a later one, whose form is not ours to judge. */
static bool
says_roster(const struct json_node *root, bool *newer)
{
	const char *form = json_get_text(root, "satchel");
	const char *number;

	*newer = false;
	if (form == NULL || strncmp(form, MARK, strlen(MARK)) != 0)
		return false;
	number = form + strlen(MARK);
	*newer = number[0] >= '1' && number[0] <= '9' &&
	    strspn(number, "0123456789") == strlen(number) &&
	    strcmp(number, "1") != 0;
	return true;
}

bool
roster_is_one(const void *text, size_t len)
{
	struct json *json = NULL;
	struct fault why;
	bool newer, is = false;

	if (json_read(text, len, &limits, &json, &why) == 0)
		is = says_roster(json_root(json), &newer);
	json_free(json);
	return is;
}

static int
read_root(struct roster_file *f, const struct json_node *root,
    struct fault *why)
{
	struct shape_reader r;
	bool newer;

	if (json_kind(root) != JSON_OBJECT)
		return FAIL(why, FAULT_ROSTER_FORM, "it is not an object");
	if (says_roster(root, &newer) && newer) {
		f->newer = true;
		add(f, WRONG_NEWER, "satchel");
	}
	shape_start(&r, f->arena, wrong, f, why);
	shape_object(&r, root, &whole, &f->roster);
	return r.failed ? -1 : 0;
}

/* What was read from is kept: signatures and fingerprints are of the bytes. */
static int
keep_bytes(struct roster_file *f, const void *text, size_t len,
    struct fault *why)
{
	f->bytes = (const uint8_t *)arena_copy(f->arena, text, len, why);
	if (f->bytes == NULL)
		return -1;
	f->len = len;
	digest_once(DIGEST_SHA256, text, len, f->roster.sha256);
	digest_fingerprint(text, len, f->roster.fingerprint);
	return 0;
}

struct roster_file *
roster_read(const void *text, size_t len, struct fault *why)
{
	struct roster_file *f = calloc(1, sizeof(*f));
	struct json *json = NULL;
	struct fault form;
	int rc = -1;

	if (f == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "staff list");
		return NULL;
	}
	if ((f->arena = arena_new(ARENA_MAX, why)) == NULL)
		goto done;
	if (json_read(text, len, &limits, &json, &form) != 0) {
		fault_set(why,
		    form.id == FAULT_NO_MEMORY ? FAULT_NO_MEMORY :
						 FAULT_ROSTER_FORM,
		    "%s", form.detail);
		goto done;
	}
	if (keep_bytes(f, text, len, why) == 0)
		rc = read_root(f, json_root(json), why);

done:
	json_free(json);
	if (rc != 0) {
		roster_free(f);
		f = NULL;
	}
	return f;
}

void
roster_free(struct roster_file *f)
{
	if (f == NULL)
		return;
	arena_free(f->arena);
	free(f);
}

const struct roster *
roster_of(const struct roster_file *f)
{
	return &f->roster;
}

size_t
roster_problems(const struct roster_file *f, const struct problem **out)
{
	*out = f->problems;
	return f->problem_count;
}

bool
roster_has_errors(const struct roster_file *f)
{
	return f->errors;
}

const void *
roster_bytes(const struct roster_file *f, size_t *len)
{
	*len = f->len;
	return f->bytes;
}

void
roster_check(struct roster_file *f, const struct agreement *a)
{
	const struct roster *r = &f->roster;
	const struct party *party;
	char where[SHAPE_WHERE], code[48];

	if (r->agreement != NULL && strcmp(r->agreement, a->id) != 0)
		add(f, WRONG_AGREEMENT, "agreement");
	if (r->party == NULL)
		return;
	if ((party = agreement_party(a, r->party)) == NULL) {
		add(f, WRONG_PARTY, "party");
		return;
	}
	for (size_t i = 0; i < r->node_count; i++) {
		const struct node *n = agreement_node(a, r->nodes[i].code);

		if (n != NULL && n->party == party)
			continue;
		(void)snprintf(where, sizeof(where), "users.%s",
		    text_show(r->nodes[i].code, strlen(r->nodes[i].code), code,
			sizeof(code)));
		add(f, n == NULL ? WRONG_NODE : WRONG_NODE_PARTY, where);
	}
}
