#include "store/distrusted.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/json.h"
#include "store/sql.h"
#include "store/store.h"

#define TABLE "distrusted"
#define BODY_MAX ((size_t)64 * 1024)

static int
write_body(const struct distrust *d, struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "node", d->node);
	jsonout_text(&o, "kind", d->kind);
	jsonout_text(&o, "reason", d->reason);
	jsonout_list(&o, "keys");
	for (size_t i = 0; i < d->key_count; i++)
		jsonout_text(&o, NULL, d->keys[i]);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

struct new_row {
	const struct distrust *told;
	const struct bytes *body;
};

static int
put_row(struct store *s, void *context, struct fault *why)
{
	const struct new_row *row = context;
	const struct distrust *d = row->told;
	uint8_t name[SEAL_INDEX];
	struct seal_place at = { TABLE, "body", name, sizeof(name) };
	struct bytes sealed;
	int64_t number;
	struct sql q;
	int rc = -1;

	bytes_init(&sealed, BODY_MAX + SEAL_OVERHEAD);
	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) + 1 FROM distrusted");
	if (sql_number(&q, &number, why) == -1)
		goto done;
	store_row(TABLE, number, d->agreement, name);
	if (store_seal(s, &at, row->body->at, row->body->len, &sealed, why) ==
	    -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO distrusted (number, node, agreement, at, by_user, "
	    "body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	sql_put_integer(&q, 1, number);
	sql_put_text(&q, 2, d->node);
	sql_put_integer(&q, 3, d->agreement);
	sql_put_integer(&q, 4, d->at);
	sql_put_text(&q, 5, d->user);
	sql_put_blob(&q, 6, sealed.at, sealed.len);
	rc = sql_run(&q, why);
done:
	bytes_free(&sealed);
	return rc;
}

int
distrusted_put(struct store *s, const struct distrust *d, struct fault *why)
{
	struct bytes body;
	struct new_row row = { d, &body };
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if (write_body(d, &body, why) == 0)
		rc = store_within(s, put_row, &row, why);
	bytes_free(&body);
	return rc;
}

/* The row that q stands on; its texts hang on the row and on *j. */
static int
read_row(struct store *s, const struct sql *q, struct distrust *out,
    struct json **j, struct fault *why)
{
	uint8_t name[SEAL_INDEX];
	struct seal_place at = { TABLE, "body", name, sizeof(name) };
	const struct json_node *root;
	const void *sealed;
	const char *node;
	struct bytes body;
	size_t len;
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	*out = (struct distrust){
		.node = sql_text(q, 1),
		.agreement = sql_integer(q, 2),
		.at = sql_integer(q, 3),
		.user = sql_text(q, 4),
	};
	store_row(TABLE, sql_integer(q, 0), out->agreement, name);
	sealed = sql_blob(q, 5, &len);
	if (store_unseal(s, &at, sealed, len, &body, why) == -1 ||
	    json_read(body.at, body.len, &json_record, j, why) == -1)
		goto done;
	root = json_root(*j);
	node = json_get_text(root, "node");
	out->kind = json_get_text(root, "kind");
	out->reason = json_get_text(root, "reason");
	if (node == NULL || out->node == NULL || strcmp(node, out->node) != 0 ||
	    out->kind == NULL || out->reason == NULL) {
		fault_set(why, FAULT_STORE_DAMAGED,
		    "a node that was "
		    "distrusted");
		goto done;
	}
	rc = 0;
done:
	bytes_free(&body);
	return rc;
}

/* Its list of keys, for as long as the row is looked at. */
static int
read_keys(const struct json *j, struct distrust *d, const char ***keys,
    struct fault *why)
{
	const struct json_node *list = json_get(json_root(j), "keys");

	*keys = NULL;
	if (list == NULL || json_count(list) == 0)
		return 0;
	if ((*keys = calloc(json_count(list), sizeof(**keys))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "keys");
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		if (json_text(n) == NULL)
			return FAIL(why, FAULT_STORE_DAMAGED,
			    "the keys of a node that was distrusted");
		(*keys)[d->key_count++] = json_text(n);
	}
	d->keys = *keys;
	return 0;
}

/* The row that q stands on, to each. */
static int
give_row(struct store *s, const struct sql *q,
    int (*each)(const struct distrust *d, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const char **keys = NULL;
	struct json *j = NULL;
	struct distrust d;
	int rc = -1;

	if (read_row(s, q, &d, &j, why) == 0 &&
	    read_keys(j, &d, &keys, why) == 0)
		rc = each(&d, context, why);
	free(keys);
	json_free(j);
	return rc;
}

struct asking {
	distrusted_listing lists;
	const void *listed;
	bool held;
	bool trusted; /* a person said so, after all that is still to come */
};

static int
ask_row(const struct distrust *d, void *context, struct fault *why)
{
	struct asking *a = context;

	(void)why;
	if (strcmp(d->kind, "trust") == 0) {
		a->trusted = true;
		return 0;
	}
	/* What was told without keys is held for as long as it is listed. */
	a->held = a->held || d->key_count == 0;
	for (size_t i = 0; i < d->key_count; i++)
		a->held = a->held || a->lists(a->listed, d->keys[i]);
	return 0;
}

int
distrusted_now(struct store *s, const char *node, distrusted_listing lists,
    const void *listed, bool *out, struct fault *why)
{
	struct asking a = { .lists = lists, .listed = listed };
	struct sql q;
	int more = 0;

	/* Where nobody can say, it is not trusted. */
	*out = true;
	sql_start(&q, store_db(s),
	    "SELECT number, node, agreement, at, by_user, body FROM distrusted "
	    "WHERE node = ?1 ORDER BY number DESC");
	sql_put_text(&q, 1, node);
	while (!a.held && !a.trusted && (more = sql_next(&q, why)) == 1)
		if (give_row(s, &q, ask_row, &a, why) == -1) {
			sql_end(&q);
			return -1;
		}
	sql_end(&q);
	if (!a.held && !a.trusted && more == -1)
		return -1;
	*out = a.held && lists(listed, NULL);
	return 0;
}

int
distrusted_walk(struct store *s,
    int (*each)(const struct distrust *d, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT number, node, agreement, at, by_user, body FROM distrusted "
	    "ORDER BY number");
	while ((more = sql_next(&q, why)) == 1)
		if (give_row(s, &q, each, context, why) == -1) {
			more = -1;
			break;
		}
	sql_end(&q);
	return more;
}
