#include "store/decisions.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/json.h"
#include "store/sql.h"
#include "store/store.h"

#define TABLE "decided"
#define BODY_MAX ((size_t)256 * 1024)
#define ROW (2 * SEAL_INDEX)

/* What was sent and what came are decided apart, under the same ref too. */
static const char *const kinds[] = {
	[REFERRAL_SENT] = "decided of sent",
	[REFERRAL_RECEIVED] = "decided of received",
};

/* These words stand in stores: never renamed. */
static const char *const words[] = {
	[DECISION_RELEASE] = "release",
	[DECISION_REFUSE] = "refuse",
	[DECISION_ASSIGN] = "assign",
	[DECISION_MATCH] = "match",
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* A decision about one child must not become another's by a changed file. */
static void
name_row(int64_t number, const uint8_t ref[static SEAL_INDEX],
    uint8_t out[static ROW])
{
	store_row(TABLE, number, 0, out);
	memcpy(out + SEAL_INDEX, ref, SEAL_INDEX);
}

static void
write_all(struct jsonout *o, const struct decision *d)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "kind", words[d->kind]);
	jsonout_text_if(o, "revision", d->revision);
	jsonout_list(o, "rules");
	for (size_t i = 0; i < d->rules.count; i++)
		jsonout_text(o, NULL, d->rules.items[i]);
	jsonout_list_end(o);
	jsonout_text(o, "user", d->user);
	jsonout_text_if(o, "reason", d->reason);
	jsonout_text_if(o, "to_user", d->to_user);
	jsonout_text_if(o, "link", d->link);
	if (d->basis.agreement != 0)
		jsonout_integer(o, "agreement", d->basis.agreement);
	jsonout_text_if(o, "facts", d->basis.facts);
	jsonout_text_if(o, "held", d->basis.held);
	jsonout_integer(o, "at", d->at);
	jsonout_object_end(o);
}

static int
write_body(const struct decision *d, struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	write_all(&o, d);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

/* Who decided must be known; why, and of what, unless it is only assigned. */
static bool
is_whole(const struct decision *d)
{
	if (d->ref == NULL || d->user == NULL)
		return false;
	if (d->kind == DECISION_ASSIGN)
		return d->to_user != NULL;
	if (d->kind == DECISION_MATCH)
		return true;
	return d->revision != NULL && d->reason != NULL;
}

int
decisions_newest(struct store *s, int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) FROM decided");
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
decisions_put(struct store *s, const struct decision *d, struct fault *why)
{
	uint8_t index[SEAL_INDEX], row[ROW];
	struct seal_place at = { TABLE, "body", row, sizeof(row) };
	struct bytes plain, sealed;
	int64_t number;
	struct sql q;
	int rc = -1;

	if (!is_whole(d))
		return FAIL(why, FAULT_INSIDE, "a decision lacks a text");
	bytes_init(&plain, BODY_MAX);
	bytes_init(&sealed, BODY_MAX + SEAL_OVERHEAD);
	if (decisions_newest(s, &number, why) == -1 ||
	    write_body(d, &plain, why) == -1)
		goto done;
	number++;
	store_index(s, kinds[d->direction], d->ref, index);
	name_row(number, index, row);
	if (store_seal(s, &at, plain.at, plain.len, &sealed, why) == -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO decided (number, ref, body) VALUES (?1, ?2, ?3)");
	sql_put_integer(&q, 1, number);
	sql_put_blob(&q, 2, index, sizeof(index));
	sql_put_blob(&q, 3, sealed.at, sealed.len);
	rc = sql_run(&q, why);

done:
	bytes_free(&sealed);
	bytes_free(&plain);
	return rc;
}

int
decisions_any(struct store *s, bool *out, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s), "SELECT number FROM decided LIMIT 1");
	more = sql_next(&q, why);
	sql_end(&q);
	*out = more == 1;
	return more == -1 ? -1 : 0;
}

int
decisions_known(struct store *s, const struct decisions_of *of, bool *out,
    struct fault *why)
{
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int more;

	store_index(s, kinds[of->direction], of->ref, index);
	sql_start(&q, store_db(s),
	    "SELECT number FROM decided WHERE ref = ?1 LIMIT 1");
	sql_put_blob(&q, 1, index, sizeof(index));
	more = sql_next(&q, why);
	sql_end(&q);
	*out = more == 1;
	return more == -1 ? -1 : 0;
}

/* --- reading one back --- */

/* In the arena; NULL if it is not there, or *failed is set. */
static const char *
keep_text(const struct json_node *n, struct arena *a, bool *failed,
    struct fault *why)
{
	const char *text = json_text(n), *copy;

	if (text == NULL || *failed)
		return NULL;
	copy = arena_copy(a, text, strlen(text), why);
	*failed = copy == NULL;
	return copy;
}

static void
read_rules(const struct json_node *list, struct arena *a, struct texts *out,
    bool *failed, struct fault *why)
{
	*out = (struct texts){ .present = true };
	if (*failed || json_kind(list) != JSON_LIST)
		return;
	out->items =
	    arena_take_array(a, json_count(list), sizeof(*out->items), why);
	*failed = out->items == NULL;
	for (const struct json_node *n = json_first(list);
	     n != NULL && !*failed; n = json_next(n)) {
		const char *rule = keep_text(n, a, failed, why);

		if (rule != NULL)
			out->items[out->count++] = rule;
	}
}

static bool
read_kind(const char *word, enum decision_kind *out)
{
	for (size_t i = 0; word != NULL && i < WORDS; i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum decision_kind)i;
			return true;
		}
	}
	return false;
}

/* False for one that is not a number; absent is not known. */
static bool
read_agreement(const struct json_node *n, int64_t *out)
{
	*out = 0;
	return n == NULL || json_integer(n, out);
}

static int
read_body(const struct bytes *body, struct arena *a, struct decision *out,
    struct fault *why)
{
	struct decision_basis *basis = &out->basis;
	const struct json_node *root;
	struct json *json;
	bool failed = false;
	int rc = -1;

	if (json_read(body->at, body->len, &json_record, &json, why) == -1) {
		if (why->id == FAULT_NO_MEMORY)
			return -1;
		return FAIL(why, FAULT_STORE_DAMAGED, "a decision's form");
	}
	root = json_root(json);
	out->revision = keep_text(json_get(root, "revision"), a, &failed, why);
	out->user = keep_text(json_get(root, "user"), a, &failed, why);
	out->reason = keep_text(json_get(root, "reason"), a, &failed, why);
	out->to_user = keep_text(json_get(root, "to_user"), a, &failed, why);
	out->link = keep_text(json_get(root, "link"), a, &failed, why);
	basis->facts = keep_text(json_get(root, "facts"), a, &failed, why);
	basis->held = keep_text(json_get(root, "held"), a, &failed, why);
	read_rules(json_get(root, "rules"), a, &out->rules, &failed, why);
	if (failed)
		goto done;
	if (!read_kind(json_get_text(root, "kind"), &out->kind) ||
	    !read_agreement(json_get(root, "agreement"), &basis->agreement) ||
	    !json_integer(json_get(root, "at"), &out->at) || !is_whole(out))
		fault_set(why, FAULT_STORE_DAMAGED, "a decision's form");
	else
		rc = 0;
done:
	json_free(json);
	return rc;
}

/* The decision of the row that q stands on. */
static int
open_row(struct store *s, const struct sql *q,
    const uint8_t ref[static SEAL_INDEX], struct arena *a, struct decision *out,
    struct fault *why)
{
	uint8_t row[ROW];
	struct seal_place at = { TABLE, "body", row, sizeof(row) };
	struct bytes body;
	size_t len;
	const void *sealed = sql_blob(q, 1, &len);
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	name_row(sql_integer(q, 0), ref, row);
	if (store_unseal(s, &at, sealed, len, &body, why) == 0)
		rc = read_body(&body, a, out, why);
	bytes_free(&body);
	return rc;
}

int
decisions_walk(struct store *s, const struct decisions_of *of, struct arena *a,
    int (*each)(const struct decision *d, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct decision d = { .direction = of->direction, .ref = of->ref };
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int more;

	store_index(s, kinds[of->direction], of->ref, index);
	sql_start(&q, store_db(s),
	    "SELECT number, body FROM decided WHERE ref = ?1 ORDER BY number");
	sql_put_blob(&q, 1, index, sizeof(index));
	while ((more = sql_next(&q, why)) == 1) {
		if (open_row(s, &q, index, a, &d, why) == -1 ||
		    each(&d, context, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	return more;
}

int
decisions_each(struct store *s, struct arena *a,
    int (*each)(const struct decision *d, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct decision d = { .ref = "" };
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT number, body, ref FROM decided ORDER BY number");
	while ((more = sql_next(&q, why)) == 1) {
		arena_empty(a);
		if (sql_copy_blob(&q, 2, index, sizeof(index), why) == -1 ||
		    open_row(s, &q, index, a, &d, why) == -1 ||
		    each(&d, context, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	return more;
}

/* --- forgetting --- */

#define FORGET_MOST 1000 /* of one referral, at a time */

struct forgetting {
	int64_t number[FORGET_MOST];
	size_t count;
	bool refused;
};

static int
list_to_forget(struct store *s, const uint8_t index[static SEAL_INDEX],
    struct arena *a, struct forgetting *f, struct fault *why)
{
	struct decision d = { .ref = "" };
	struct sql q;
	int more;

	/* The last number stays: the next decision is not to bear it again. */
	sql_start(&q, store_db(s),
	    "SELECT number, body, number = (SELECT MAX(number) FROM decided) "
	    "FROM decided WHERE ref = ?1 ORDER BY number");
	sql_put_blob(&q, 1, index, SEAL_INDEX);
	while ((more = sql_next(&q, why)) == 1) {
		arena_empty(a);
		if (open_row(s, &q, index, a, &d, why) == -1) {
			more = -1;
			break;
		}
		f->refused |= d.kind == DECISION_REFUSE;
		if ((d.kind == DECISION_RELEASE || d.kind == DECISION_ASSIGN) &&
		    sql_integer(&q, 2) == 0 && f->count < FORGET_MOST)
			f->number[f->count++] = sql_integer(&q, 0);
	}
	sql_end(&q);
	return more;
}

int
decisions_forget(struct store *s, const struct decisions_of *of, bool dry,
    int64_t *count, struct fault *why)
{
	struct forgetting f = { .count = 0 };
	uint8_t index[SEAL_INDEX];
	struct arena *a;
	struct sql q;
	int rc;

	*count = 0;
	if ((a = arena_new(4 * BODY_MAX, why)) == NULL)
		return -1;
	store_index(s, kinds[of->direction], of->ref, index);
	rc = list_to_forget(s, index, a, &f, why);
	arena_free(a);
	if (rc == -1 || f.refused)
		return rc;
	*count = (int64_t)f.count;
	for (size_t i = 0; i < f.count && !dry; i++) {
		sql_start(&q, store_db(s),
		    "DELETE FROM decided WHERE number = ?1");
		sql_put_integer(&q, 1, f.number[i]);
		if (sql_run(&q, why) == -1)
			return -1;
	}
	return 0;
}

/* --- what counts of them now --- */

struct counting {
	const struct decisions_of *of;
	struct arena *a;
	struct judged *released;
	size_t count;
	size_t room;
	const struct judged *refused;
};

static int
make_room(struct counting *c, size_t more, struct fault *why)
{
	size_t room = 2 * (c->count + more);
	struct judged *larger;

	if (c->count + more <= c->room)
		return 0;
	larger = arena_take_array(c->a, room, sizeof(*larger), why);
	if (larger == NULL)
		return -1;
	if (c->count > 0)
		memcpy(larger, c->released, c->count * sizeof(*larger));
	c->released = larger;
	c->room = room;
	return 0;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Only C-NEWER asks what else is held of the child. */
static bool
counts(const struct counting *c, const struct decision *d, const char *rule)
{
	const struct decision_basis *now = &c->of->basis, *then = &d->basis;

	return then->agreement != 0 && then->agreement == now->agreement &&
	    same(then->facts, now->facts) &&
	    (strcmp(rule, "C-NEWER") != 0 || same(then->held, now->held));
}

static int
count_one(const struct decision *d, void *context, struct fault *why)
{
	struct counting *c = context;
	struct judged one = { NULL, d->user, d->reason, day_of(d->at) };
	struct judged *refused;

	if (d->kind == DECISION_ASSIGN || d->kind == DECISION_MATCH ||
	    strcmp(d->revision, c->of->revision) != 0)
		return 0;
	if (d->kind == DECISION_REFUSE) {
		c->count = 0;
		if ((refused = arena_take(c->a, sizeof(one), why)) == NULL)
			return -1;
		*refused = one;
		c->refused = refused;
		return 0;
	}
	if (make_room(c, d->rules.count, why) == -1)
		return -1;
	for (size_t i = 0; i < d->rules.count; i++) {
		one.rule = d->rules.items[i];
		/* Of the revision, whatever else has changed. */
		if (strcmp(one.rule, DECISION_LIFTED) == 0)
			c->refused = NULL;
		else if (counts(c, d, one.rule))
			c->released[c->count++] = one;
	}
	return 0;
}

int
decisions_now(struct store *s, const struct decisions_of *of, struct arena *a,
    struct decisions_now *out, struct fault *why)
{
	struct counting c = { .of = of, .a = a };

	*out = (struct decisions_now){ .released = NULL };
	if (decisions_walk(s, of, a, count_one, &c, why) == -1)
		return -1;
	out->released = c.released;
	out->released_count = c.count;
	out->refused = c.refused;
	return 0;
}

/* --- which case it belongs to --- */

static int
last_match(const struct decision *d, void *context, struct fault *why)
{
	struct decisions_match *last = context;

	(void)why;
	if (d->kind == DECISION_MATCH)
		*last = (struct decisions_match){ true, d->link };
	return 0;
}

int
decisions_matched(struct store *s, const char *ref, struct arena *a,
    struct decisions_match *out, struct fault *why)
{
	const struct decisions_of of = { .direction = REFERRAL_RECEIVED,
		.ref = ref };

	*out = (struct decisions_match){ .chosen = false };
	return decisions_walk(s, &of, a, last_match, out, why);
}
