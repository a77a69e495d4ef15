#include "store/referrals.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "policy/rules.h"
#include "store/sql.h"
#include "store/store.h"

#define BODY_MAX ((size_t)4 * 1024 * 1024)
#define NAME_MAX_BYTES ((size_t)1024 * 1024)
#define RECORD_MAX ((size_t)1024 * 1024) /* a line of a bundle */

/* The other names of a case, each a kind of blind index and a column. */
#define BY_COUNT REFERRALS_NAMES

static const char *const kinds[BY_COUNT] = {
	[REFERRALS_CASE_ID] = "case",
	[REFERRALS_DISPLAY] = "display",
	[REFERRALS_INDIVIDUAL] = "individual",
};

/* What is asked of a table; one that asks for rows asks for these columns. */
struct table {
	const char *name;
	const char *put;
	const char *erase;
	const char *drop;
	const char *versions;
	const char *one;
	const char *of_case;
	const char *of[BY_COUNT];
	const char *all;
};

#define ROWS(table) "SELECT ref, body, record FROM " table " "
#define TABLE(table)                                                          \
	{                                                                     \
		.name = (table),                                              \
		.put = "INSERT INTO " table " (ref, number, case_id, "        \
		       "display, individual, body, record, version_of) "      \
		       "VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 "    \
		       "FROM " table "), ?2, ?3, ?4, ?5, ?6, ?7) "            \
		       "ON CONFLICT (ref) DO UPDATE "                         \
		       "SET case_id = excluded.case_id, display = "           \
		       "excluded.display, individual = excluded.individual,"  \
		       " body = excluded.body, record = "                     \
		       "COALESCE(excluded.record, " table ".record)",         \
		.erase = "UPDATE " table " SET record = NULL WHERE ref = ?1", \
		.drop = "DELETE FROM " table " WHERE ref = ?1",               \
		.versions = ROWS(table) "WHERE version_of = ?1 "              \
					"ORDER BY number",                    \
		.one = ROWS(table) "WHERE ref = ?1",                          \
		.of_case = ROWS(table) "WHERE case_id = ?1 OR display = ?2 "  \
				       "OR individual = ?3 ORDER BY number",  \
		.of = { [REFERRALS_CASE_ID] =                                 \
			    ROWS(table) "WHERE case_id = ?1 ORDER BY number", \
			[REFERRALS_DISPLAY] =                                 \
			    ROWS(table) "WHERE display = ?1 ORDER BY number", \
			[REFERRALS_INDIVIDUAL] = ROWS(                        \
			    table) "WHERE individual = ?1 ORDER BY number" }, \
		.all = ROWS(table) "ORDER BY number",                         \
	}

static const struct table tables[] = {
	[REFERRAL_SENT] = TABLE("sent"),
	[REFERRAL_RECEIVED] = TABLE("received"),
};

void
referrals_index(struct store *s, const char *ref,
    uint8_t out[static SEAL_INDEX])
{
	store_index(s, "ref", ref, out);
}

static int
put_now(struct store *s, const struct table *t, const struct standing *st,
    const struct bytes *body, const struct bytes *record, struct fault *why)
{
	const char *names[BY_COUNT] = { st->case_id, st->case_display,
		st->individual };
	uint8_t row[SEAL_INDEX], version_of[SEAL_INDEX];
	uint8_t index[BY_COUNT][SEAL_INDEX];
	struct sql q;

	referrals_index(s, st->ref, row);
	sql_start(&q, store_db(s), t->put);
	sql_put_blob(&q, 1, row, sizeof(row));
	for (int i = 0; i < BY_COUNT; i++) {
		if (names[i] == NULL)
			continue;
		store_index(s, kinds[i], names[i], index[i]);
		sql_put_blob(&q, 2 + i, index[i], SEAL_INDEX);
	}
	sql_put_blob(&q, 5, body->at, body->len);
	sql_put_blob(&q, 6, record->at, record->len);
	referrals_index(s, st->version_of != NULL ? st->version_of : st->ref,
	    version_of);
	sql_put_blob(&q, 7, version_of, sizeof(version_of));
	return sql_run(&q, why);
}

/* For a statement that is asked of one row. */
static int
run_of(struct store *s, const char *statement, const char *ref,
    struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct sql q;

	referrals_index(s, ref, row);
	sql_start(&q, store_db(s), statement);
	sql_put_blob(&q, 1, row, sizeof(row));
	return sql_run(&q, why);
}

int
referrals_erase(struct store *s, enum direction d, const char *ref,
    struct fault *why)
{
	return run_of(s, tables[d].erase, ref, why);
}

int
referrals_drop(struct store *s, enum direction d, const char *ref,
    struct fault *why)
{
	return run_of(s, tables[d].drop, ref, why);
}

int
referrals_put(struct store *s, enum direction d, const struct standing *st,
    const void *record, size_t len, struct fault *why)
{
	const struct table *t = &tables[d];
	struct bytes plain, body, sealed;
	uint8_t row[SEAL_INDEX];
	struct seal_place at = { t->name, "body", row, sizeof(row) };
	int rc = -1;

	if (record != NULL && (len == 0 || len > RECORD_MAX))
		return FAIL(why, FAULT_INSIDE, "a record of %zu bytes", len);
	bytes_init(&plain, BODY_MAX);
	bytes_init(&body, BODY_MAX + SEAL_OVERHEAD);
	bytes_init(&sealed, RECORD_MAX + SEAL_OVERHEAD);
	if (standing_write(st, &plain, why) == -1)
		goto done;
	referrals_index(s, st->ref, row);
	if (store_seal(s, &at, plain.at, plain.len, &body, why) == -1)
		goto done;
	at.column = "record";
	if (record != NULL &&
	    store_seal(s, &at, record, len, &sealed, why) == -1)
		goto done;
	rc = put_now(s, t, st, &body, &sealed, why);

done:
	bytes_free(&sealed);
	bytes_free(&body);
	bytes_free(&plain);
	return rc;
}

/* A column of the row q stands on, opened and added to out. */
static int
open_column(struct store *s, const struct sql *q, struct seal_place *at,
    int column, struct bytes *out, struct fault *why)
{
	size_t len, sealed_len;
	const void *row = sql_blob(q, 0, &len);
	const void *sealed = sql_blob(q, column, &sealed_len);

	at->row = row;
	at->row_len = len;
	if (row == NULL || len != SEAL_INDEX)
		return FAIL(why, FAULT_STORE_DAMAGED, "%s.ref", at->table);
	return store_unseal(s, at, sealed, sealed_len, out, why);
}

static int
open_standing(struct store *s, const struct table *t, const struct sql *q,
    struct arena *a, struct standing *out, struct fault *why)
{
	struct seal_place at = { t->name, "body", NULL, 0 };
	struct bytes body;
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if (open_column(s, q, &at, 1, &body, why) == 0)
		rc = standing_read(body.at, body.len, a, out, why);
	bytes_free(&body);
	return rc;
}

/* 1, or 0 if there is none. */
static int
open_record(struct store *s, const struct table *t, const struct sql *q,
    struct bytes *out, struct fault *why)
{
	struct seal_place at = { t->name, "record", NULL, 0 };
	size_t len;

	if (sql_blob(q, 2, &len) == NULL)
		return 0;
	return open_column(s, q, &at, 2, out, why) == -1 ? -1 : 1;
}

int
referrals_get(struct store *s, enum direction d, const char *ref,
    struct arena *a, struct standing *out, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct sql q;
	int more;

	referrals_index(s, ref, row);
	sql_start(&q, store_db(s), tables[d].one);
	sql_put_blob(&q, 1, row, sizeof(row));
	if ((more = sql_next(&q, why)) == 1 &&
	    open_standing(s, &tables[d], &q, a, out, why) == -1)
		more = -1;
	sql_end(&q);
	return more;
}

int
referrals_record(struct store *s, enum direction d, const char *ref,
    struct bytes *out, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct sql q;
	int more;

	referrals_index(s, ref, row);
	sql_start(&q, store_db(s), tables[d].one);
	sql_put_blob(&q, 1, row, sizeof(row));
	if ((more = sql_next(&q, why)) == 1)
		more = open_record(s, &tables[d], &q, out, why);
	sql_end(&q);
	return more;
}

int
referrals_versions(struct store *s, enum direction d, const char *ref,
    struct bytes *refs, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct arena *a;
	struct standing st;
	struct sql q;
	int more;

	if ((a = arena_new(2 * BODY_MAX, why)) == NULL)
		return -1;
	referrals_index(s, ref, row);
	sql_start(&q, store_db(s), tables[d].versions);
	sql_put_blob(&q, 1, row, sizeof(row));
	while ((more = sql_next(&q, why)) == 1) {
		arena_empty(a);
		if (open_standing(s, &tables[d], &q, a, &st, why) == -1 ||
		    bytes_add(refs, st.ref, strlen(st.ref) + 1, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	arena_free(a);
	return more;
}

int
referrals_walk(struct store *s, enum direction d, struct arena *a,
    int (*each)(const struct standing *st, const struct bytes *record,
	void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct standing st;
	struct bytes record;
	struct sql q;
	int more;

	bytes_init(&record, RECORD_MAX);
	sql_start(&q, store_db(s), tables[d].all);
	while ((more = sql_next(&q, why)) == 1) {
		arena_empty(a);
		bytes_empty(&record);
		if (open_standing(s, &tables[d], &q, a, &st, why) == -1 ||
		    open_record(s, &tables[d], &q, &record, why) == -1 ||
		    each(&st, &record, context, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	bytes_free(&record);
	return more;
}

/* Where the standings of a question's rows go. */
struct told {
	struct arena *arena;
	int (*each)(const struct standing *, void *, struct fault *);
	void *context;
};

static int
tell_rows(struct store *s, const struct table *t, struct sql *q,
    const struct told *to, struct fault *why)
{
	struct standing st;
	int more;

	while ((more = sql_next(q, why)) == 1) {
		arena_empty(to->arena);
		if (open_standing(s, t, q, to->arena, &st, why) == -1 ||
		    to->each(&st, to->context, why) == -1) {
			more = -1;
			break;
		}
	}
	return more;
}

int
referrals_of(struct store *s, const struct referrals_query *query,
    struct arena *a,
    int (*each)(const struct standing *st, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const struct table *t = &tables[query->direction];
	const struct told to = { a, each, context };
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int rc;

	store_index(s, kinds[query->kind], query->name, index);
	sql_start(&q, store_db(s), t->of[query->kind]);
	sql_put_blob(&q, 1, index, sizeof(index));
	rc = tell_rows(s, t, &q, &to, why);
	sql_end(&q);
	return rc;
}

struct referrals_children {
	struct store *store;
	const struct table *table;
	struct sql q;
};

struct referrals_children *
referrals_children_new(struct store *s, enum direction d, struct fault *why)
{
	struct referrals_children *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a question");
		return NULL;
	}
	c->store = s;
	c->table = &tables[d];
	sql_start(&c->q, store_db(s), c->table->of_case);
	return c;
}

void
referrals_children_free(struct referrals_children *c)
{
	if (c == NULL)
		return;
	sql_end(&c->q);
	free(c);
}

int
referrals_of_child(struct referrals_children *c,
    const char *const name[static REFERRALS_NAMES], struct arena *a,
    int (*each)(const struct standing *st, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const struct told to = { a, each, context };
	uint8_t index[BY_COUNT][SEAL_INDEX];
	int rc;

	/* A name that is not bound is NULL, and equals nothing. */
	for (int i = 0; i < BY_COUNT; i++) {
		if (name[i] == NULL)
			continue;
		store_index(c->store, kinds[i], name[i], index[i]);
		sql_put_blob(&c->q, 1 + i, index[i], SEAL_INDEX);
	}
	rc = tell_rows(c->store, c->table, &c->q, &to, why);
	sql_again(&c->q);
	return rc;
}

/* Looking for one ref: rows are opened in `rows`, the answer goes to `out`. */
struct search {
	struct store *s;
	const struct table *table;
	const char *start; /* without the space around it */
	size_t len;
	struct arena *rows;
	struct arena *out;
	const char *found;
	size_t count;
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
begins(const char *ref, const char *start, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (ref[i] == '\0' || lower(ref[i]) != lower(start[i]))
			return false;
	}
	return true;
}

/* People leave out "primero:" or "progres:". */
static bool
names(const char *ref, const char *start, size_t len)
{
	const char *colon = strchr(ref, ':');

	return begins(ref, start, len) ||
	    (colon != NULL && begins(colon + 1, start, len));
}

/* Count the rows of q, which it ends; the first one is kept. */
static int
search_rows(struct search *f, struct sql *q, bool by_start, struct fault *why)
{
	struct standing st;
	int more;

	while ((more = sql_next(q, why)) == 1) {
		arena_empty(f->rows);
		more = open_standing(f->s, f->table, q, f->rows, &st, why);
		if (more == -1)
			break;
		if (by_start && !names(st.ref, f->start, f->len))
			continue;
		if (f->count++ > 0)
			continue;
		f->found = arena_copy(f->out, st.ref, strlen(st.ref), why);
		if (f->found == NULL) {
			more = -1;
			break;
		}
	}
	sql_end(q);
	return more;
}

/* The whole ref, else names of the case, else the ref's first characters. */
static int
search_all(struct search *f, const char *start, struct fault *why)
{
	uint8_t index[BY_COUNT][SEAL_INDEX];
	struct sql q;

	referrals_index(f->s, start, index[0]);
	sql_start(&q, store_db(f->s), f->table->one);
	sql_put_blob(&q, 1, index[0], SEAL_INDEX);
	if (search_rows(f, &q, false, why) == -1)
		return -1;
	if (f->count > 0)
		return 0;
	sql_start(&q, store_db(f->s), f->table->of_case);
	for (int i = 0; i < BY_COUNT; i++) {
		store_index(f->s, kinds[i], start, index[i]);
		sql_put_blob(&q, 1 + i, index[i], SEAL_INDEX);
	}
	if (search_rows(f, &q, false, why) == -1)
		return -1;
	if (f->count > 0)
		return 0;
	sql_start(&q, store_db(f->s), f->table->all);
	return search_rows(f, &q, true, why);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *
referrals_find(struct store *s, enum direction d, const char *start,
    struct arena *a, struct fault *why)
{
	struct search f = { .s = s, .table = &tables[d], .out = a };
	const char *found = NULL;

	for (f.start = start; is_space(*f.start); f.start++)
		;
	f.len = strlen(f.start);
	while (f.len > 0 && is_space(f.start[f.len - 1]))
		f.len--;
	if (f.len == 0) {
		fault_set(why, FAULT_REF_UNKNOWN, "no reference was given");
		return NULL;
	}
	if ((f.rows = arena_new(2 * BODY_MAX, why)) == NULL)
		return NULL;
	if (search_all(&f, start, why) == -1)
		goto done;
	if (f.count == 0)
		fault_set(why, FAULT_REF_UNKNOWN, "none fits");
	else if (f.count > 1)
		fault_set(why, FAULT_REF_AMBIGUOUS, "%zu fit", f.count);
	else
		found = f.found;

done:
	arena_free(f.rows);
	return found;
}

/* --- whom a referral is about --- */

static int
note_index(struct store *s, const char *kind, const char *value,
    struct arena *a, const char **out, struct fault *why)
{
	uint8_t index[SEAL_INDEX];
	char hex[2 * SEAL_INDEX + 1];

	store_index(s, kind, value, index);
	digest_hex(index, sizeof(index), hex);
	*out = arena_copy(a, hex, sizeof(hex) - 1, why);
	return *out == NULL ? -1 : 0;
}

/* Stars or dashes in the place of a name are nobody's. */
static bool
has_letter(const char *text)
{
	for (; *text != '\0'; text++)
		if ((lower(*text) >= 'a' && lower(*text) <= 'z') ||
		    (unsigned char)*text >= 0x80)
			return true;
	return false;
}

/* Add the words of a name, each with one space after it. */
static int
add_words(struct bytes *to, const char *text, struct fault *why)
{
	while (*text != '\0') {
		size_t len = 0;

		while (is_space(*text))
			text++;
		while (text[len] != '\0' && !is_space(text[len]))
			len++;
		if (len == 0)
			break;
		if (bytes_add(to, text, len, why) == -1 ||
		    bytes_add_text(to, " ", why) == -1)
			return -1;
		text += len;
	}
	return 0;
}

static int
note_name(struct store *s, const struct referral *r, struct arena *a,
    const char **out, struct fault *why)
{
	static const enum field parts[] = { FIELD_NAME_FIRST, FIELD_NAME_LAST };
	struct bytes name;
	int rc = -1;

	bytes_init(&name, NAME_MAX_BYTES);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct value *v = &r->value[parts[i]];

		if (v->present && v->text != NULL && has_letter(v->text) &&
		    add_words(&name, v->text, why) == -1)
			goto done;
	}
	rc = name.len == 0 ?
	    0 :
	    note_index(s, "full name", (const char *)name.at, a, out, why);
done:
	bytes_free(&name);
	return rc;
}

int
referrals_note_who(struct store *s, const struct referral *r, struct arena *a,
    struct standing *st, struct fault *why)
{
	const struct value *born = &r->value[FIELD_DATE_OF_BIRTH];
	const struct value *sex = &r->value[FIELD_SEX];
	char day_text[DAY_TEXT];

	st->name_index = st->birth_index = st->sex_index = NULL;
	if (note_name(s, r, a, &st->name_index, why) == -1)
		return -1;
	if (born->present) {
		day_write(born->date, day_text);
		if (note_index(s, "birth date", day_text, a, &st->birth_index,
			why) == -1)
			return -1;
	}
	if (!sex->present || sex->text == NULL)
		return 0;
	return note_index(s, "sex", sex->text, a, &st->sex_index, why);
}
