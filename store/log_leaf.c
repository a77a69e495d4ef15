#include "store/log_leaf.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/day.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "formats/json.h"
#include "store/journal.h"
#include "store/sql.h"
#include "store/store.h"

#define TABLE "leaf_about"
#define RULES_MAX 4096
#define BODY_MAX ((size_t)LOG_ENTRY_MAX)

int
log_leaf_ref(const uint8_t salt[static LOG_SALT], const char *ref,
    uint8_t out[static 32], struct fault *why)
{
	char hex[2 * LOG_SALT + 1];
	struct digest *d = digest_new(DIGEST_SHA256, why);

	if (d == NULL)
		return -1;
	digest_hex(salt, LOG_SALT, hex);
	digest_add(d, "satchel-ref\n", 12);
	digest_add(d, hex, sizeof(hex) - 1);
	digest_add(d, "\n", 1);
	digest_add(d, ref, strlen(ref));
	digest_add(d, "\n", 1);
	digest_end(d, out);
	digest_free(d);
	return 0;
}

/* --- what an entry is about --- */

static int
seal_salt(struct store *s, int64_t number, int64_t position,
    const uint8_t salt[static LOG_SALT], struct bytes *out, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	const struct seal_place at = { TABLE, "salt", row, sizeof(row) };

	store_row(TABLE, number, position, row);
	return store_seal(s, &at, salt, LOG_SALT, out, why);
}

/* Of a row that begins with number, position, hash and salt. */
static int
open_salt(struct store *s, const struct sql *q, uint8_t salt[static LOG_SALT],
    struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	const struct seal_place at = { TABLE, "salt", row, sizeof(row) };
	struct bytes plain;
	const void *sealed;
	size_t len;
	int rc = -1;

	store_row(TABLE, sql_integer(q, 0), sql_integer(q, 1), row);
	bytes_init(&plain, LOG_SALT);
	sealed = sql_blob(q, 3, &len);
	if (store_unseal(s, &at, sealed, len, &plain, why) == -1)
		goto done;
	if (plain.len != LOG_SALT) {
		fault_set(why, FAULT_STORE_DAMAGED, "a salt");
		goto done;
	}
	memcpy(salt, plain.at, LOG_SALT);
	rc = 0;
done:
	bytes_free(&plain);
	return rc;
}

static int
join_rules(const char *const *rules, struct bytes *out, struct fault *why)
{
	for (size_t i = 0; rules != NULL && rules[i] != NULL; i++)
		if ((i > 0 && bytes_add_text(out, " ", why) == -1) ||
		    bytes_add_text(out, rules[i], why) == -1)
			return -1;
	return 0;
}

static int
put_about(struct store *s, int64_t number, int64_t position,
    const struct journal_about *about, struct fault *why)
{
	uint8_t salt[LOG_SALT], hash[32], index[SEAL_INDEX];
	struct bytes sealed, rules;
	struct sql *q;
	int rc = -1;

	bytes_init(&sealed, LOG_SALT + SEAL_OVERHEAD);
	bytes_init(&rules, RULES_MAX);
	random_bytes(salt, sizeof(salt));
	store_index(s, "ref", about->ref, index);
	if (log_leaf_ref(salt, about->ref, hash, why) == -1 ||
	    seal_salt(s, number, position, salt, &sealed, why) == -1 ||
	    join_rules(about->rules, &rules, why) == -1)
		goto done;
	q = store_kept(s, KEPT_ABOUT_PUT,
	    "INSERT INTO leaf_about (number, position, ref, hash, verdict, "
	    "rules, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	sql_put_integer(q, 1, number);
	sql_put_integer(q, 2, position);
	sql_put_blob(q, 3, index, sizeof(index));
	sql_put_blob(q, 4, hash, sizeof(hash));
	sql_put_text(q, 5, about->verdict);
	sql_put_text(q, 6, rules.len > 0 ? (const char *)rules.at : NULL);
	sql_put_blob(q, 7, sealed.at, sealed.len);
	rc = sql_run(q, why);
done:
	bytes_free(&sealed);
	bytes_free(&rules);
	return rc;
}

/* --- the entry --- */

static void
write_rules(struct jsonout *o, const char *rules)
{
	char one[64];
	size_t len;

	jsonout_list(o, "rules");
	while (*rules != '\0') {
		len = strcspn(rules, " ");
		assert(len < sizeof(one));
		memcpy(one, rules, len);
		one[len] = '\0';
		jsonout_text(o, NULL, one);
		rules += len;
		rules += strspn(rules, " ");
	}
	jsonout_list_end(o);
}

static int
write_about(struct store *s, int64_t number, struct jsonout *o,
    struct fault *why)
{
	char hex[DIGEST_HEX];
	uint8_t hash[32];
	const char *rules;
	struct sql *q;
	int more, any = 0;

	q = store_kept(s, KEPT_ENTRY_ABOUT,
	    "SELECT hash, rules, verdict FROM leaf_about WHERE number = ?1 "
	    "ORDER BY position");
	sql_put_integer(q, 1, number);
	while ((more = sql_next(q, why)) == 1) {
		if (sql_copy_blob(q, 0, hash, sizeof(hash), why) == -1) {
			more = -1;
			break;
		}
		if (any++ == 0)
			jsonout_list(o, "about");
		digest_hex(hash, sizeof(hash), hex);
		jsonout_object(o, NULL);
		jsonout_text(o, "ref", hex);
		if ((rules = sql_text(q, 1)) != NULL)
			write_rules(o, rules);
		jsonout_text_if(o, "verdict", sql_text(q, 2));
		jsonout_object_end(o);
	}
	sql_end(q);
	if (any > 0)
		jsonout_list_end(o);
	return more;
}

/* A body is an object, or "" of an entry that says no more than its act. */
static int
write_body(struct jsonout *o, const char *text, struct fault *why)
{
	struct json *parsed = NULL;
	struct bytes canonical;
	int rc = -1;

	if (text == NULL || text[0] == '\0')
		return 0;
	bytes_init(&canonical, BODY_MAX);
	if (json_read(text, strlen(text), &json_record, &parsed, why) == -1 ||
	    json_canonical(json_root(parsed), NULL, &canonical, why) == -1)
		goto done;
	jsonout_raw(o, "body", (const char *)canonical.at, canonical.len);
	rc = 0;
done:
	json_free(parsed);
	bytes_free(&canonical);
	return rc;
}

static int
write_entry(struct store *s, int64_t number, struct sql *q, struct sink *to,
    struct fault *why)
{
	char at[MOMENT_TEXT];
	struct jsonout o;

	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	if (write_about(s, number, &o, why) == -1)
		return -1;
	day_write_moment(sql_integer(q, 1), at);
	jsonout_text(&o, "act", sql_text(q, 0));
	jsonout_text(&o, "at", at);
	if (write_body(&o, sql_text(q, 3), why) == -1)
		return -1;
	jsonout_text_if(&o, "by", sql_text(q, 2));
	jsonout_integer(&o, "number", number);
	jsonout_object_end(&o);
	return jsonout_end(&o, why);
}

int
log_leaf_entry(struct store *s, int64_t number, struct bytes *out,
    struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct sql *q;
	int more, rc = -1;

	if (to == NULL)
		return -1;
	q = store_kept(s, KEPT_ENTRY,
	    "SELECT act, at, by_user, body FROM journal WHERE number = ?1");
	sql_put_integer(q, 1, number);
	more = sql_next(q, why);
	if (more == 1)
		rc = write_entry(s, number, q, to, why);
	else if (more == 0)
		fault_set(why, FAULT_LOG_BROKEN,
		    "entry %" PRId64 " is not there", number);
	sql_end(q);
	sink_free(to);
	return rc;
}

int
log_leaf_put(struct store *s, int64_t number, const struct journal_about *about,
    size_t count, struct merkle_hash *out, struct fault *why)
{
	struct bytes entry;
	struct sql *q;
	int rc = -1;

	bytes_init(&entry, LOG_ENTRY_MAX);
	for (size_t i = 0; i < count; i++)
		if (put_about(s, number, (int64_t)i, &about[i], why) == -1)
			goto done;
	if (log_leaf_entry(s, number, &entry, why) == -1)
		goto done;
	merkle_leaf(entry.at, entry.len, out);
	q = store_kept(s, KEPT_LEAF_PUT,
	    "INSERT INTO leaves (number, hash) VALUES (?1, ?2)");
	sql_put_integer(q, 1, number);
	sql_put_blob(q, 2, out->bytes, sizeof(out->bytes));
	rc = sql_run(q, why);
done:
	bytes_free(&entry);
	return rc;
}

/* --- one reference --- */

int
log_leaf_about(struct store *s, const char *ref, int64_t after,
    struct log_leaf_about *out, struct fault *why)
{
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int more;

	store_index(s, "ref", ref, index);
	sql_start(&q, store_db(s),
	    "SELECT number, position, hash, salt FROM leaf_about WHERE ref = "
	    "?1 AND number > ?2 ORDER BY number, position LIMIT 1");
	sql_put_blob(&q, 1, index, sizeof(index));
	sql_put_integer(&q, 2, after);
	more = sql_next(&q, why);
	if (more == 1) {
		out->number = sql_integer(&q, 0);
		if (sql_copy_blob(&q, 2, out->hash, sizeof(out->hash), why) ==
			-1 ||
		    open_salt(s, &q, out->salt, why) == -1)
			more = -1;
	}
	sql_end(&q);
	return more;
}

int
log_leaf_forget(struct store *s, const char *ref, int64_t *count,
    struct fault *why)
{
	uint8_t index[SEAL_INDEX];

	store_index(s, "ref", ref, index);
	return log_leaf_forget_index(s, index, count, why);
}

int
log_leaf_forget_index(struct store *s, const uint8_t index[static SEAL_INDEX],
    int64_t *count, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "UPDATE leaf_about SET ref = NULL, salt = NULL WHERE ref = ?1");
	sql_put_blob(&q, 1, index, SEAL_INDEX);
	if (sql_run(&q, why) == -1)
		return -1;
	*count = sql_changed(store_db(s));
	return 0;
}
