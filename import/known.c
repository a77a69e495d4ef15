#include "import/known.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "formats/primero_body.h"
#include "formats/referral.h"
#include "store/referrals.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define CASES_MAX 32 /* more are told as that many */
#define KINDS 3	     /* of what is compared */
#define KINDS_ROOM 40

/* Different cases, by the ids that Primero has for them. */
struct cases {
	const char *id[CASES_MAX];
	size_t count;
};

struct search {
	struct arena *out;
	struct standing who; /* whom the referral is about, and no more */
	bool differs[KINDS];
	bool missing[KINDS];
	enum direction direction;
	const char *case_id; /* as proGres names it; or NULL */
	struct cases by_number;
	struct cases by_case;
	bool nameless; /* a case bears the number, and its id is not known */
};

static int
add(struct search *f, struct cases *to, const char *id, struct fault *why)
{
	for (size_t i = 0; i < to->count; i++)
		if (strcmp(to->id[i], id) == 0)
			return 0;
	if (to->count == CASES_MAX)
		return 0;
	to->id[to->count] = arena_copy(f->out, id, strlen(id), why);
	return to->id[to->count++] == NULL ? -1 : 0;
}

/* Is that case the child's?  What differs in any of its rows counts. */
static void
compare(struct search *f, const struct standing *st)
{
	const char *const here[KINDS] = { f->who.name_index, f->who.birth_index,
		f->who.sex_index };
	const char *const there[KINDS] = { st->name_index, st->birth_index,
		st->sex_index };

	for (size_t i = 0; i < KINDS; i++) {
		if (here[i] == NULL || there[i] == NULL)
			f->missing[i] = true;
		else if (strcmp(here[i], there[i]) != 0)
			f->differs[i] = true;
	}
}

/* A row that is about a case which the child may have. */
static int
add_case(struct search *f, struct cases *to, const struct standing *st,
    struct fault *why)
{
	compare(f, st);
	return add(f, to, st->record_id, why);
}

static bool
begins(const char *ref, const char *prefix)
{
	return strncmp(ref, prefix, strlen(prefix)) == 0;
}

/*
 * Of what was sent, only our own cases; of what came, only what was made a
 * case here.  Another Primero's ids mean nothing in this one.
 */
static bool
speaks_of_ours(const struct search *f, const struct standing *st)
{
	return begins(st->ref,
	    f->direction == REFERRAL_SENT ? "primero:" : "progres:");
}

/*
 * Is there a case whose id is not known?  What only came is none yet; what was
 * keyed in from a sheet is one.
 */
static bool
is_nameless_case(const struct search *f, const struct standing *st)
{
	return f->direction == REFERRAL_SENT || st->state == STANDING_LOADED ||
	    (st->state == STANDING_RECALLED && st->target != NULL);
}

static int
row_of_number(const struct standing *st, void *context, struct fault *why)
{
	struct search *f = context;

	if (!speaks_of_ours(f, st))
		return 0;
	if (st->record_id == NULL) {
		f->nameless |= is_nameless_case(f, st);
		return 0;
	}
	if (add_case(f, &f->by_number, st, why) == -1)
		return -1;
	if (f->case_id != NULL && st->target_id != NULL &&
	    f->direction == REFERRAL_RECEIVED &&
	    strcmp(st->target_id, f->case_id) == 0)
		return add(f, &f->by_case, st->record_id, why);
	return 0;
}

static int
row_of_case(const struct standing *st, void *context, struct fault *why)
{
	struct search *f = context;

	if (!speaks_of_ours(f, st) || st->record_id == NULL)
		return 0;
	return add_case(f, &f->by_case, st, why);
}

static int
look(struct store *s, struct search *f, const char *number, struct fault *why)
{
	static const enum direction both[] = { REFERRAL_SENT,
		REFERRAL_RECEIVED };
	struct arena *rows = arena_new(ROWS_ARENA, why);
	int rc = rows == NULL ? -1 : 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		struct referrals_query q = { both[i], REFERRALS_INDIVIDUAL,
			number };

		f->direction = both[i];
		if (number != NULL)
			rc = referrals_of(s, &q, rows, row_of_number, f, why);
		q.kind = REFERRALS_CASE_ID;
		q.name = f->case_id;
		if (rc == 0 && f->case_id != NULL)
			rc = referrals_of(s, &q, rows, row_of_case, f, why);
	}
	arena_free(rows);
	return rc;
}

/* The case that proGres itself says this child has in Primero. */
static const char *
named_case(const struct referral *r)
{
	const struct value *type = &r->value[FIELD_OTHER_ID_TYPE];
	const struct value *id = &r->value[FIELD_OTHER_ID_NO];

	if (!type->present || !id->present || type->text == NULL ||
	    strcmp(type->text, "primero_case_id") != 0)
		return NULL;
	return id->text;
}

/* "name, birth date": the kinds that are so, and nothing of their values. */
static bool
list_kinds(const bool is_so[KINDS], char out[static KINDS_ROOM])
{
	static const char *const kinds[KINDS] = { "name", "birth date", "sex" };
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < KINDS; i++)
		if (is_so[i])
			len += (size_t)snprintf(out + len, KINDS_ROOM - len,
			    "%s%s", len > 0 ? ", " : "", kinds[i]);
	return len > 0;
}

/* The number alone decides nothing: numbers are mistyped, and shared. */
static int
check_who(const struct search *f, struct fault *why)
{
	char kinds[KINDS_ROOM];

	if (list_kinds(f->differs, kinds))
		return FAIL(why, FAULT_TARGET_CASE,
		    "the case with this child's number differs: %s; compare "
		    "them there, then use a sheet or correct the number",
		    kinds);
	if (list_kinds(f->missing, kinds))
		return FAIL(why, FAULT_TARGET_CASE,
		    "the case with this child's number cannot be compared: %s "
		    "not known on both sides; compare there, then use a sheet",
		    kinds);
	return 0;
}

/* The one case that is meant, if it is one; NULL: none is known. */
static int
settle(const struct search *f, const char **record_id, struct fault *why)
{
	const struct cases *number = &f->by_number;

	if (number->count > 1)
		return FAIL(why, FAULT_TARGET_CASE,
		    "%zu cases bear this child's number", number->count);
	if (f->case_id != NULL) {
		if (f->by_case.count == 0)
			return FAIL(why, FAULT_TARGET_CASE,
			    "proGres knows this child under a Primero case "
			    "that this node has not seen");
		if (f->by_case.count > 1)
			return FAIL(why, FAULT_TARGET_CASE,
			    "%zu cases bear the case id that proGres knows",
			    f->by_case.count);
		if (number->count == 1 &&
		    strcmp(number->id[0], f->by_case.id[0]) != 0)
			return FAIL(why, FAULT_TARGET_CASE,
			    "proGres knows this child under another Primero "
			    "case than the one that bears its number");
		*record_id = f->by_case.id[0];
		return 0;
	}
	if (number->count == 0 && f->nameless)
		return FAIL(why, FAULT_TARGET_CASE,
		    "a case here bears this child's number, and its id is not "
		    "known: export that case once more, or use a sheet again");
	*record_id = number->count == 0 ? NULL : number->id[0];
	return 0;
}

int
known_find(struct store *s, const struct standing *st, const struct referral *r,
    struct arena *a, const char **record_id, struct fault *why)
{
	struct search f = { .out = a, .case_id = named_case(r) };

	*record_id = NULL;
	if (referrals_note_who(s, r, a, &f.who, why) == -1)
		return -1;
	/* It was loaded before, and withdrawn, and has come again. */
	if (st->record_id != NULL && add_case(&f, &f.by_number, st, why) == -1)
		return -1;
	if (look(s, &f, primero_body_number(r), why) == -1 ||
	    settle(&f, record_id, why) == -1)
		return -1;
	return *record_id == NULL ? 0 : check_who(&f, why);
}

/* A case that was read there, or that something was loaded into. */
static int
note_case(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	bool *any = context;
	bool ours = strncmp(st->ref, "primero:", 8) == 0;

	(void)record;
	(void)why;
	*any = st->record_id != NULL && (ours || st->state == STANDING_LOADED);
	return *any ? -1 : 0;
}

int
known_any(struct store *s, bool *any, struct fault *why)
{
	static const enum direction both[] = { REFERRAL_SENT,
		REFERRAL_RECEIVED };
	struct arena *rows = arena_new(ROWS_ARENA, why);
	int rc = rows == NULL ? -1 : 0;

	*any = false;
	for (size_t i = 0; i < 2 && rc == 0; i++)
		rc = referrals_walk(s, both[i], rows, note_case, any, why);
	arena_free(rows);
	return *any ? 0 : rc;
}
