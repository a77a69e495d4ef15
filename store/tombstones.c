#include "store/tombstones.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "formats/json.h"
#include "store/sql.h"
#include "store/store.h"

#define RECORD_MAX ((size_t)1024 * 1024)
#define NAME_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define TOMBSTONES "tombstones"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * One index for whom and ref together: a tombstone does not even show that
 * it is about a referral that is kept here.
 */
static int
tombstone_index(struct store *s, const uint8_t who[static 32], const char *ref,
    uint8_t out[static SEAL_INDEX], struct fault *why)
{
	char hex[DIGEST_HEX];
	struct bytes name;
	int rc = -1;

	bytes_init(&name, NAME_MAX_BYTES);
	digest_hex(who, 32, hex);
	/* As it would be alone, whatever space is around the ref. */
	while (is_space(*ref))
		ref++;
	if (bytes_add_text(&name, hex, why) == -1 ||
	    bytes_add_text(&name, " ", why) == -1 ||
	    bytes_add_text(&name, ref, why) == -1)
		goto done;
	store_index(s, "tombstone", (const char *)name.at, out);
	rc = 0;

done:
	bytes_free(&name);
	return rc;
}

static int
write_tombstone(const struct tombstone *t, struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	char on[DAY_TEXT];
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	day_write(t->on, on);
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_integer(&o, "sequence", t->sequence);
	jsonout_text(&o, "reason", t->reason);
	jsonout_text(&o, "on", on);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

static int
read_tombstone(const struct bytes *body, struct arena *a, struct tombstone *out,
    struct fault *why)
{
	const struct json_node *root;
	const char *reason, *on;
	struct json *json;
	int rc = -1;

	if (json_read(body->at, body->len, &json_record, &json, why) == -1)
		return FAIL(why, FAULT_STORE_DAMAGED, "a tombstone's form");
	*out = (struct tombstone){ .on = DAY_UNKNOWN };
	root = json_root(json);
	reason = json_get_text(root, "reason");
	on = json_get_text(root, "on");
	if (!json_integer(json_get(root, "sequence"), &out->sequence) ||
	    reason == NULL || on == NULL ||
	    (*on != '\0' && !day_read(on, &out->on))) {
		fault_set(why, FAULT_STORE_DAMAGED, "a tombstone's form");
		goto done;
	}
	out->reason = arena_copy(a, reason, strlen(reason), why);
	if (out->reason == NULL)
		goto done;
	rc = 0;

done:
	json_free(json);
	return rc;
}

static int
get_row(struct store *s, const uint8_t row[static SEAL_INDEX], struct arena *a,
    struct tombstone *out, struct fault *why)
{
	struct seal_place at = { TOMBSTONES, "body", row, SEAL_INDEX };
	struct bytes body;
	const void *sealed;
	struct sql q;
	size_t len;
	int more;

	bytes_init(&body, RECORD_MAX);
	sql_start(&q, store_db(s),
	    "SELECT body FROM tombstones WHERE ref = ?1");
	sql_put_blob(&q, 1, row, SEAL_INDEX);
	if ((more = sql_next(&q, why)) == 1) {
		sealed = sql_blob(&q, 0, &len);
		if (store_unseal(s, &at, sealed, len, &body, why) == -1 ||
		    read_tombstone(&body, a, out, why) == -1)
			more = -1;
	}
	sql_end(&q);
	bytes_free(&body);
	return more;
}

int
tombstones_get(struct store *s, const uint8_t who[static 32], const char *ref,
    struct arena *a, struct tombstone *out, struct fault *why)
{
	uint8_t row[SEAL_INDEX];

	if (tombstone_index(s, who, ref, row, why) == -1)
		return -1;
	return get_row(s, row, a, out, why);
}

/*
 * After a mistake a new referral may be right; after the others it is not, and
 * withdrawn consent counts for the child's other referrals, too.
 */
static int
weight(const char *reason)
{
	if (strcmp(reason, "sent_in_error") == 0 ||
	    strcmp(reason, "duplicate") == 0)
		return 0;
	return strcmp(reason, "consent_withdrawn") == 0 ? 2 : 1;
}

/* What both say together, always the stricter. */
static void
merge(struct tombstone *t, const struct tombstone *there)
{
	if (there->sequence > t->sequence)
		t->sequence = there->sequence;
	if (there->on != DAY_UNKNOWN &&
	    (t->on == DAY_UNKNOWN || there->on > t->on))
		t->on = there->on;
	if (weight(there->reason) > weight(t->reason))
		t->reason = there->reason;
}

int
tombstones_put(struct store *s, const uint8_t who[static 32], const char *ref,
    const struct tombstone *t, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct seal_place at = { TOMBSTONES, "body", row, sizeof(row) };
	struct bytes plain, sealed;
	struct tombstone there, both;
	struct arena *a = NULL;
	struct sql q;
	int more, rc = -1;

	bytes_init(&plain, RECORD_MAX);
	bytes_init(&sealed, RECORD_MAX + SEAL_OVERHEAD);
	if ((a = arena_new(RECORD_MAX, why)) == NULL ||
	    tombstone_index(s, who, ref, row, why) == -1 ||
	    (more = get_row(s, row, a, &there, why)) == -1)
		goto done;
	both = *t;
	if (more == 1)
		merge(&both, &there);
	if (write_tombstone(&both, &plain, why) == -1 ||
	    store_seal(s, &at, plain.at, plain.len, &sealed, why) == -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO tombstones (ref, body) VALUES (?1, ?2) "
	    "ON CONFLICT (ref) DO UPDATE SET body = excluded.body");
	sql_put_blob(&q, 1, row, sizeof(row));
	sql_put_blob(&q, 2, sealed.at, sealed.len);
	rc = sql_run(&q, why);

done:
	arena_free(a);
	bytes_free(&sealed);
	bytes_free(&plain);
	return rc;
}
