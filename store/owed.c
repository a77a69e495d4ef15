#include "store/owed.h"

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "store/bundles.h"
#include "store/sql.h"
#include "store/store.h"

#define TABLE "owed"

/* An empty or a huge record is none of ours: a line has at most 1 MiB. */
#define RECORD_MAX ((size_t)1024 * 1024)

static int
next_number(struct store *s, int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) + 1 FROM owed");
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

static int
put_now(struct store *s, const char *receiver, enum bundle_record kind,
    const struct bytes *sealed, int64_t number, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO owed (number, receiver, kind, first_sequence, record, "
	    "sender) VALUES (?1, ?2, ?3, 0, ?4, 0)");
	sql_put_integer(&q, 1, number);
	sql_put_text(&q, 2, receiver);
	sql_put_text(&q, 3, bundle_record_name(kind));
	sql_put_blob(&q, 4, sealed->at, sealed->len);
	return sql_run(&q, why);
}

int
owed_put_refusal(struct store *s, const char *receiver, const void *record,
    size_t len, struct fault *why)
{
	struct sql q;

	if (owed_put(s, receiver, BUNDLE_RECEIPT, record, len, why) == -1)
		return -1;
	sql_start(&q, store_db(s),
	    "UPDATE owed SET refusal = 1 "
	    "WHERE number = (SELECT MAX(number) FROM owed)");
	return sql_run(&q, why);
}

int
owed_put(struct store *s, const char *receiver, enum bundle_record kind,
    const void *record, size_t len, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct seal_place at = { TABLE, "record", row, sizeof(row) };
	struct bytes sealed;
	int64_t number;
	int rc = -1;

	if (len == 0 || len > RECORD_MAX)
		return FAIL(why, FAULT_INSIDE, "a record of %zu bytes", len);
	bytes_init(&sealed, len + SEAL_OVERHEAD);
	if (next_number(s, &number, why) == -1)
		goto done;
	store_row(TABLE, number, 0, row);
	if (store_seal(s, &at, record, len, &sealed, why) == -1)
		goto done;
	rc = put_now(s, receiver, kind, &sealed, number, why);

done:
	bytes_free(&sealed);
	return rc;
}

int
owed_count(struct store *s, const char *receiver, int64_t *out,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COUNT(*) FROM owed WHERE receiver = ?1");
	sql_put_text(&q, 1, receiver);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
owed_of_kind(struct store *s, const char *receiver, enum bundle_record kind,
    int64_t *out, int64_t *never_carried, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT COUNT(*), COUNT(CASE WHEN first_sequence = 0 THEN 1 END) "
	    "FROM owed WHERE receiver = ?1 AND kind = ?2");
	sql_put_text(&q, 1, receiver);
	sql_put_text(&q, 2, bundle_record_name(kind));
	if ((more = sql_next(&q, why)) == 1) {
		*out = sql_integer(&q, 0);
		*never_carried = sql_integer(&q, 1);
	}
	sql_end(&q);
	return more == 1 ? 0 : -1;
}

/* The record of the row that q stands on. */
static int
open_record(struct store *s, const struct sql *q, struct bytes *out,
    struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct seal_place at = { TABLE, "record", row, sizeof(row) };
	size_t len;
	const void *sealed = sql_blob(q, 1, &len);

	store_row(TABLE, sql_integer(q, 0), 0, row);
	return store_unseal(s, &at, sealed, len, out, why);
}

int
owed_walk(struct store *s, const char *receiver, enum bundle_record kind,
    int (*each)(const struct bytes *record, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct bytes record;
	struct sql q;
	int more;

	bytes_init(&record, RECORD_MAX);
	sql_start(&q, store_db(s),
	    "SELECT number, record FROM owed "
	    "WHERE receiver = ?1 AND kind = ?2 ORDER BY number");
	sql_put_text(&q, 1, receiver);
	sql_put_text(&q, 2, bundle_record_name(kind));
	while ((more = sql_next(&q, why)) == 1) {
		bytes_empty(&record);
		if (open_record(s, &q, &record, why) == -1 ||
		    each(&record, context, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	bytes_free(&record);
	return more;
}

static int
replace(struct store *s, int64_t number, const struct bytes *record,
    struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct seal_place at = { TABLE, "record", row, sizeof(row) };
	struct bytes sealed;
	struct sql q;
	int rc = -1;

	bytes_init(&sealed, record->len + SEAL_OVERHEAD);
	store_row(TABLE, number, 0, row);
	if (store_seal(s, &at, record->at, record->len, &sealed, why) == 0) {
		sql_start(&q, store_db(s),
		    "UPDATE owed SET record = ?2 WHERE number = ?1");
		sql_put_integer(&q, 1, number);
		sql_put_blob(&q, 2, sealed.at, sealed.len);
		rc = sql_run(&q, why);
	}
	bytes_free(&sealed);
	return rc;
}

struct of_kind {
	const char *receiver;
	enum bundle_record kind;
};

/* The first record after that number: 1 with both, or 0. */
static int
get_after(struct store *s, const struct of_kind *of, bool only_new,
    int64_t *number, struct bytes *out, struct fault *why)
{
	struct sql q;
	int more;

	bytes_empty(out);
	sql_start(&q, store_db(s),
	    "SELECT number, record FROM owed WHERE receiver = ?1 AND "
	    "kind = ?2 AND number > ?3 AND (?4 = 0 OR first_sequence = 0) "
	    "ORDER BY number LIMIT 1");
	sql_put_integer(&q, 4, only_new ? 1 : 0);
	sql_put_text(&q, 1, of->receiver);
	sql_put_text(&q, 2, bundle_record_name(of->kind));
	sql_put_integer(&q, 3, *number);
	if ((more = sql_next(&q, why)) == 1) {
		*number = sql_integer(&q, 0);
		if (open_record(s, &q, out, why) == -1)
			more = -1;
	}
	sql_end(&q);
	return more;
}

int
owed_rewrite(struct store *s, const char *receiver, enum bundle_record kind,
    int (*each)(const struct bytes *record, struct bytes *out, void *context,
	struct fault *why),
    void *context, struct fault *why)
{
	const struct of_kind of = { receiver, kind };
	struct bytes record, out;
	int64_t number = 0;
	int more;

	bytes_init(&record, RECORD_MAX);
	bytes_init(&out, RECORD_MAX);
	while ((more = get_after(s, &of, true, &number, &record, why)) == 1) {
		bytes_empty(&out);
		if (each(&record, &out, context, why) == -1 ||
		    (out.len > 0 && replace(s, number, &out, why) == -1)) {
			more = -1;
			break;
		}
	}
	bytes_free(&record);
	bytes_free(&out);
	return more;
}

int
owed_carried(struct store *s, const char *receiver, int64_t sequence,
    struct fault *why)
{
	struct sql q;

	if (bundles_keep_own(s, why) == -1)
		return -1;
	sql_start(&q, store_db(s),
	    "UPDATE owed SET first_sequence = ?2, sender = ?3 "
	    "WHERE receiver = ?1 AND sender <> ?3");
	sql_put_text(&q, 1, receiver);
	sql_put_integer(&q, 2, sequence);
	sql_put_integer(&q, 3, store_sender(s));
	return sql_run(&q, why);
}

int
owed_acknowledged(struct store *s, const char *receiver,
    const uint8_t sign[static 32], const struct bundle_range *ranges,
    size_t count, struct fault *why)
{
	int64_t last = 0, sender;
	struct sql q;

	if (bundles_own_key(s, sign, &sender, why) == -1)
		return -1;
	if (sender == 0)
		return 0;
	/* The highest of them settles all that any of them does. */
	for (size_t i = 0; i < count; i++) {
		if (ranges[i].last > last)
			last = ranges[i].last;
	}
	sql_start(&q, store_db(s),
	    "DELETE FROM owed WHERE receiver = ?1 AND sender = ?3 "
	    "AND first_sequence > 0 AND first_sequence <= ?2 AND kind <> ?4");
	sql_put_text(&q, 4, bundle_record_name(BUNDLE_RECALL));
	sql_put_text(&q, 1, receiver);
	sql_put_integer(&q, 2, last);
	sql_put_integer(&q, 3, sender);
	return sql_run(&q, why);
}

static int
forget(struct store *s, int64_t number, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s), "DELETE FROM owed WHERE number = ?1");
	sql_put_integer(&q, 1, number);
	return sql_run(&q, why);
}

int
owed_forget(struct store *s, const char *receiver, enum bundle_record kind,
    int (*is_it)(const struct bytes *record, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const struct of_kind of = { receiver, kind };
	struct bytes record;
	int64_t number = 0;
	int more, gone;

	bytes_init(&record, RECORD_MAX);
	while ((more = get_after(s, &of, false, &number, &record, why)) == 1) {
		gone = is_it(&record, context, why);
		if (gone == -1 || (gone == 1 && forget(s, number, why) == -1)) {
			more = -1;
			break;
		}
	}
	bytes_free(&record);
	return more;
}

int
owed_again(struct store *s, const struct bundle_made *b, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "UPDATE owed SET first_sequence = 0, sender = 0 "
	    "WHERE receiver = ?1 AND (kind = ?2 OR "
	    "(sender = ?3 AND first_sequence = ?4))");
	sql_put_text(&q, 1, b->receiver);
	sql_put_text(&q, 2, bundle_record_name(BUNDLE_RECALL));
	sql_put_integer(&q, 3, b->sender);
	sql_put_integer(&q, 4, b->sequence);
	return sql_run(&q, why);
}

int
owed_newest_recall(struct store *s, const char *receiver, int64_t *sender,
    int64_t *sequence, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT sender, first_sequence FROM owed "
	    "WHERE receiver = ?1 AND kind = ?2 "
	    "ORDER BY first_sequence > 0, sender DESC, first_sequence DESC "
	    "LIMIT 1");
	sql_put_text(&q, 1, receiver);
	sql_put_text(&q, 2, bundle_record_name(BUNDLE_RECALL));
	if ((more = sql_next(&q, why)) == 1) {
		*sender = sql_integer(&q, 0);
		*sequence = sql_integer(&q, 1);
	}
	sql_end(&q);
	return more;
}
