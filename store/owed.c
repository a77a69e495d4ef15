#include "store/owed.h"

#include "base/bytes.h"
#include "base/fault.h"
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
	    "INSERT INTO owed (number, receiver, kind, first_sequence, record) "
	    "VALUES (?1, ?2, ?3, 0, ?4)");
	sql_put_integer(&q, 1, number);
	sql_put_text(&q, 2, receiver);
	sql_put_text(&q, 3, bundle_record_name(kind));
	sql_put_blob(&q, 4, sealed->at, sealed->len);
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

int
owed_carried(struct store *s, const char *receiver, int64_t sequence,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "UPDATE owed SET first_sequence = ?2 "
	    "WHERE receiver = ?1 AND first_sequence = 0");
	sql_put_text(&q, 1, receiver);
	sql_put_integer(&q, 2, sequence);
	return sql_run(&q, why);
}

int
owed_acknowledged(struct store *s, const char *receiver,
    const struct bundle_range *ranges, size_t count, struct fault *why)
{
	int64_t last = 0;
	struct sql q;

	/* The highest of them settles all that any of them does. */
	for (size_t i = 0; i < count; i++) {
		if (ranges[i].last > last)
			last = ranges[i].last;
	}
	sql_start(&q, store_db(s),
	    "DELETE FROM owed WHERE receiver = ?1 "
	    "AND first_sequence > 0 AND first_sequence <= ?2");
	sql_put_text(&q, 1, receiver);
	sql_put_integer(&q, 2, last);
	return sql_run(&q, why);
}
