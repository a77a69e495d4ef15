#include "cli/giving.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
#include "cli/command.h"
#include "export/consents.h"
#include "formats/agreement.h"
#include "formats/fields.h"
#include "formats/json.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define ROWS_ARENA ((size_t)16 * 1024 * 1024) /* of one referral at a time */
#define RECORD_MAX ((size_t)1024 * 1024)
#define GIVERS_MAX 16
#define ITEMS_MAX 64 /* of one list, as a record may have */
#define ITEM_ROOM 128

static const enum field_category categories[GIVING_CATEGORIES] = {
	CATEGORY_IDENTITY, CATEGORY_CONTACT, CATEGORY_FAMILY, CATEGORY_NEEDS,
	CATEGORY_HEALTH
};

static const char *const roles[] = {
	[CONSENT_BY_CHILD] = "child",
	[CONSENT_BY_CAREGIVER] = "caregiver",
	[CONSENT_BY_GUARDIAN] = "guardian",
	[CONSENT_BY_OTHER] = "other",
};

int
giving_open(const struct args *args, struct giving *g, struct fault *why)
{
	*g = (struct giving){ .now = clock_now() };
	g->today = day_of(g->now);
	if (node_open(args, HOME_WRITE, &g->home, why) == -1 ||
	    node_acting(&g->home, args, MAY_EXPORT, &g->user, why) == -1)
		return -1;
	if ((g->arena = arena_new(ARENA, why)) == NULL)
		return -1;
	g->agreement = agreement_of(g->home.agreement);
	random_uuid(g->record_id);
	consent_clear(&g->record);
	g->record.record_id = g->record_id;
	return 0;
}

void
giving_close(struct giving *g)
{
	arena_free(g->arena);
	node_close(&g->home);
}

int
giving_text(struct giving *g, const char *text, const char **out,
    struct fault *why)
{
	bool changed = false;
	const char *tidy;
	size_t len;

	if (!text_is_utf8(text, strlen(text)))
		return 0;
	if ((tidy = text_tidy(g->arena, text, false, &changed, why)) == NULL)
		return -1;
	tidy = text_trim(tidy, &len);
	if (changed || len == 0)
		return 0;
	*out = arena_copy(g->arena, tidy, len, why);
	return *out == NULL ? -1 : 1;
}

/* A walk over the referrals that were judged here, for whose case it is. */
struct looking {
	struct giving *giving;
	struct arena *rows;
	const char *word;   /* as numbers are compared */
	const char *number; /* found, likewise; NULL: none */
	const char *of_case;
	bool exact;
	size_t others;
	struct giving_case *out;
};

/* This name of a case is the first that fits. */
static int
take_name(struct looking *l, const char *name, const char *number,
    const char *of_case, struct fault *why)
{
	struct arena *a = l->giving->arena;
	size_t len;

	/* What nobody can see may not stand in a record. */
	name = text_trim(text_has_unseen(name) ? number : name, &len);
	l->out->name = arena_copy(a, name, len, why);
	l->number = arena_copy(a, number, strlen(number), why);
	l->of_case = arena_copy(a, of_case, strlen(of_case), why);
	l->out->shared = false;
	l->others = 0;
	return l->out->name == NULL || l->number == NULL || l->of_case == NULL ?
	    -1 :
	    0;
}

/* Does it fit?  A name that is the whole word comes before longer ones. */
static int
consider(struct looking *l, const char *name, const char *of_case,
    struct fault *why)
{
	size_t len = strlen(l->word);
	const char *number;
	bool exact, same_name, same_case;

	if (name == NULL)
		return 0;
	if ((number = text_number(l->rows, name, why)) == NULL)
		return -1;
	exact = strcmp(number, l->word) == 0;
	if (strncmp(number, l->word, len) != 0 || (l->exact && !exact))
		return 0;
	if (l->number == NULL || (exact && !l->exact)) {
		l->exact = exact;
		return take_name(l, name, number, of_case, why);
	}
	same_name = strcmp(number, l->number) == 0;
	same_case = strcmp(of_case, l->of_case) == 0;
	l->out->shared |= same_name && !same_case;
	l->others += !same_name && !same_case ? 1 : 0;
	return 0;
}

static int
consider_case(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct looking *l = context;
	const char *of_case = st->case_id;

	(void)record;
	if (of_case == NULL)
		of_case = st->individual != NULL ? st->individual : st->ref;
	if (consider(l, st->case_id, of_case, why) == -1 ||
	    consider(l, st->case_display, of_case, why) == -1)
		return -1;
	return consider(l, st->individual, of_case, why);
}

int
giving_find_case(struct giving *g, const char *word, struct giving_case *out,
    struct fault *why)
{
	static const enum direction both[] = { REFERRAL_SENT,
		REFERRAL_RECEIVED };
	struct looking l = { .giving = g, .out = out };
	int rc = -1;

	*out = (struct giving_case){ .name = NULL };
	if ((l.word = text_number(g->arena, word, why)) == NULL ||
	    (l.rows = arena_new(ROWS_ARENA, why)) == NULL)
		return -1;
	/* Our own cases first; of what came, only where none of them fits. */
	for (size_t i = 0; i < 2 && *l.word != '\0' && out->name == NULL; i++)
		if (referrals_walk(g->home.store, both[i], l.rows,
			consider_case, &l, why) == -1)
			goto done;
	if (l.others > 0) {
		fault_set(why, FAULT_REF_AMBIGUOUS, "%zu cases fit",
		    l.others + 1);
		goto done;
	}
	out->shortened = out->name != NULL && !l.exact;
	rc = 0;

done:
	arena_free(l.rows);
	return rc;
}

int
giving_option(struct giving *g, const char *name, const char *value,
    const char **out, struct fault *why)
{
	int rc;

	if (value == NULL)
		return 0;
	if ((rc = giving_text(g, value, out, why)) == 0)
		return FAIL(why, FAULT_USAGE, "%s needs a plain text", name);
	return rc == -1 ? -1 : 0;
}

int
giving_expires(struct giving *g, const char *value, struct fault *why)
{
	if (value == NULL)
		return 0;
	if (!day_read(value, &g->record.expires_on))
		return FAIL(why, FAULT_USAGE,
		    "--expires needs a date, like 2027-01-31");
	if (g->record.expires_on < g->today)
		return FAIL(why, FAULT_USAGE,
		    "--expires is a day that is past already");
	return 0;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

int
giving_by(struct giving *g, const char *role, const char *relation,
    struct fault *why)
{
	struct consent *c = &g->record;
	const char *text = NULL;
	int value, rc;

	if (!consent_word_read(CONSENT_WORDS_ROLE, role, &value))
		return 0;
	if (relation != NULL && *relation != '\0' &&
	    (rc = giving_text(g, relation, &text, why)) != 1)
		return rc;
	for (size_t i = 0; i < c->given_by_count; i++)
		if (c->given_by[i].role == (enum consent_role)value &&
		    same_text(c->given_by[i].relation, text))
			return 0;
	if (c->given_by_count == GIVERS_MAX)
		return 0;
	if (c->given_by == NULL &&
	    (c->given_by = arena_take_array(g->arena, GIVERS_MAX,
		 sizeof(*c->given_by), why)) == NULL)
		return -1;
	c->given_by[c->given_by_count++] = (struct consent_giver){
		.role = (enum consent_role)value,
		.relation = text,
		.on = DAY_UNKNOWN,
	};
	return 1;
}

/* A child that agrees alone consents; beside who cares for it, both count. */
void
giving_when(struct giving *g, day on)
{
	struct consent *c = &g->record;
	bool child = false, carer = false;

	for (size_t i = 0; i < c->given_by_count; i++) {
		c->given_by[i].on = on;
		child |= c->given_by[i].role == CONSENT_BY_CHILD;
		carer |= c->given_by[i].role == CONSENT_BY_CAREGIVER ||
		    c->given_by[i].role == CONSENT_BY_GUARDIAN;
	}
	c->kind = child && carer ? CONSENT_KIND_BOTH : CONSENT_KIND_CONSENT;
	c->given_on = on;
}

int
giving_item(struct giving *g, struct texts *list, const char *item, bool *there,
    struct fault *why)
{
	*there = false;
	for (size_t i = 0; i < list->count; i++)
		*there |= strcmp(list->items[i], item) == 0;
	if (*there)
		return 0;
	if (list->count == ITEMS_MAX)
		return FAIL(why, FAULT_USAGE, "more than %d in one list",
		    ITEMS_MAX);
	if (list->items == NULL &&
	    (list->items = arena_take_array(g->arena, ITEMS_MAX,
		 sizeof(*list->items), why)) == NULL)
		return -1;
	list->present = true;
	list->items[list->count++] = item;
	return 0;
}

const char *
giving_category(size_t i)
{
	return fields_category_name(categories[i]);
}

int
giving_info(struct giving *g, const char *name, struct fault *why)
{
	bool there;

	for (size_t i = 0; i < GIVING_CATEGORIES; i++) {
		if (!text_same_loosely(giving_category(i), name))
			continue;
		if (giving_item(g, &g->record.info_categories,
			giving_category(i), &there, why) == -1)
			return -1;
		return 1;
	}
	return 0;
}

static void
add_shown(char *out, size_t room, const char *text)
{
	char shown[ITEM_ROOM];
	size_t len = strlen(out);

	(void)snprintf(out + len, room - len, "%s%s", len > 0 ? ", " : "",
	    text_show(text, strlen(text), shown, sizeof(shown)));
}

void
giving_write_roles(const struct consent *c, char *out, size_t room)
{
	out[0] = '\0';
	for (size_t i = 0; i < c->given_by_count; i++)
		add_shown(out, room, roles[c->given_by[i].role]);
}

void
giving_write_list(const struct texts *list, char *out, size_t room)
{
	out[0] = '\0';
	for (size_t i = 0; i < list->count; i++)
		add_shown(out, room, list->items[i]);
	if (list->count == 0)
		add_shown(out, room, "none");
}

static int
write_record(const struct consent *c, struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	consent_write(&o, NULL, c);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

static int
read_record(const struct bytes *text, struct arena *a, struct consent *out,
    struct fault *why)
{
	struct json *j = NULL;
	int rc;

	if (json_read(text->at, text->len, &json_record, &j, why) == -1)
		return -1;
	rc = consent_read(json_root(j), a, out, FAULT_INSIDE, why);
	json_free(j);
	return rc;
}

/*
 * The text to be kept; what could not be read again would be lost.  A case's
 * is kept under its number as export will look for it.
 */
static int
seal_in(struct giving *g, enum agreed_of of, const char *name,
    struct fault *why)
{
	struct consent again;
	struct bytes text;
	int rc = -1;

	if (of == AGREED_OF_CASE &&
	    (name = text_number(g->arena, name, why)) == NULL)
		return -1;
	bytes_init(&text, RECORD_MAX);
	if (write_record(&g->record, &text, why) == 0 &&
	    read_record(&text, g->arena, &again, why) == 0 &&
	    agreed_put(g->home.store, of, name, text.at, text.len, why) == 0)
		rc = 0;
	bytes_free(&text);
	return rc;
}

/*
 * The record's id travels with the referral and stands in the site's register:
 * in the log it would tell whose entry this is without any salt.  A case is
 * noted under its number, as purge looks for it.
 */
static int
note(struct giving *g, enum agreed_of of, const char *name, struct fault *why)
{
	enum act act = of == AGREED_OF_REF ? ACT_ATTESTED : ACT_CONSENT_ADDED;

	if (of == AGREED_OF_CASE &&
	    (name = text_number(g->arena, name, why)) == NULL)
		return -1;
	return journal_put(g->home.store,
	    &(struct journal_entry){ act, g->now, g->user, "{}",
		&(struct journal_about){ .ref = name }, 1 },
	    why);
}

/* Ask as export will ask; the site's own register is not known here. */
static int
look(struct giving *g, enum agreed_of of, const char *name,
    struct giving_seen *seen, struct fault *why)
{
	const char *const subjects[] = { g->record.subject_ref };
	const struct consents_query query = {
		.subjects = subjects,
		.subject_count = 1,
		.ref = of == AGREED_OF_REF ? name : NULL,
	};
	struct consents *c = consents_open(NULL, g->home.store, why);
	struct consent found;
	int rc;

	if (c == NULL)
		return -1;
	rc = consents_find(c, &query, g->arena, &found, &seen->differ, why);
	consents_close(c);
	seen->no = rc == 1 && consents_no(&found);
	return rc == -1 ? -1 : 0;
}

int
giving_keep(struct giving *g, enum agreed_of of, const char *name, bool dry_run,
    struct giving_seen *seen, struct fault *why)
{
	struct store *s = g->home.store;

	*seen = (struct giving_seen){ false, false };
	if (store_begin(s, why) == -1)
		return -1;
	if (seal_in(g, of, name, why) == -1 || note(g, of, name, why) == -1 ||
	    look(g, of, name, seen, why) == -1) {
		store_roll_back(s);
		return -1;
	}
	if (!dry_run)
		return store_commit(s, why);
	store_roll_back(s);
	return 0;
}

/* A walk over what is kept already. */
struct comparing {
	struct giving *giving;
	struct bytes same; /* what the record says, whoever gave it */
	bool found;
};

/* What a record says, without its id and without who attested it. */
static int
write_content(const struct consent *c, struct bytes *out, struct fault *why)
{
	struct consent bare = *c;

	bare.record_id = NULL;
	bare.attested_by_user = NULL;
	bare.attested_on = DAY_UNKNOWN;
	return write_record(&bare, out, why);
}

static int
compare(const struct bytes *record, void *context, struct fault *why)
{
	struct comparing *now = context;
	struct consent c;
	struct bytes content;
	int rc = -1;

	bytes_init(&content, RECORD_MAX);
	if (read_record(record, now->giving->arena, &c, why) == 0 &&
	    write_content(&c, &content, why) == 0) {
		now->found |= content.len == now->same.len &&
		    memcmp(content.at, now->same.at, content.len) == 0;
		rc = 0;
	}
	bytes_free(&content);
	return rc;
}

int
giving_kept(struct giving *g, enum agreed_of of, const char *name, bool *kept,
    struct fault *why)
{
	struct comparing now = { .giving = g };
	int rc = -1;

	bytes_init(&now.same, RECORD_MAX);
	if (write_content(&g->record, &now.same, why) == 0)
		rc = agreed_walk(g->home.store, of, name, compare, &now, why);
	*kept = now.found;
	bytes_free(&now.same);
	return rc;
}
