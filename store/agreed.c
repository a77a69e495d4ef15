#include "store/agreed.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

#define TABLE "agreed"
#define RECORD_MAX ((size_t)1024 * 1024)
#define ROW (2 * SEAL_INDEX)

/* The same text may name a case and begin a ref: each is found by its own. */
static const char *const kinds[] = {
	[AGREED_OF_CASE] = "agreed of case",
	[AGREED_OF_REF] = "agreed of ref",
};

/*
 * A record is sealed to its number and to whom it is kept for: what one child
 * agreed to must not become another's by a change of the file.
 */
static void
name_row(int64_t number, const uint8_t name[static SEAL_INDEX],
    uint8_t out[static ROW])
{
	store_row(TABLE, number, 0, out);
	memcpy(out + SEAL_INDEX, name, SEAL_INDEX);
}

static int
next_number(struct store *s, int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) + 1 FROM agreed");
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
agreed_put(struct store *s, enum agreed_of of, const char *name,
    const void *record, size_t len, struct fault *why)
{
	uint8_t index[SEAL_INDEX], row[ROW];
	struct seal_place at = { TABLE, "body", row, sizeof(row) };
	struct bytes sealed;
	int64_t number;
	struct sql q;
	int rc = -1;

	if (len == 0 || len > RECORD_MAX)
		return FAIL(why, FAULT_INSIDE, "a record of %zu bytes", len);
	bytes_init(&sealed, len + SEAL_OVERHEAD);
	if (next_number(s, &number, why) == -1)
		goto done;
	store_index(s, kinds[of], name, index);
	name_row(number, index, row);
	if (store_seal(s, &at, record, len, &sealed, why) == -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO agreed (number, name, body) VALUES (?1, ?2, ?3)");
	sql_put_integer(&q, 1, number);
	sql_put_blob(&q, 2, index, sizeof(index));
	sql_put_blob(&q, 3, sealed.at, sealed.len);
	rc = sql_run(&q, why);

done:
	bytes_free(&sealed);
	return rc;
}

/* The record of the row that q stands on. */
static int
open_record(struct store *s, const struct sql *q,
    const uint8_t name[static SEAL_INDEX], struct bytes *out, struct fault *why)
{
	uint8_t row[ROW];
	struct seal_place at = { TABLE, "body", row, sizeof(row) };
	size_t len;
	const void *sealed = sql_blob(q, 1, &len);

	name_row(sql_integer(q, 0), name, row);
	return store_unseal(s, &at, sealed, len, out, why);
}

int
agreed_any(struct store *s, bool *any, struct fault *why)
{
	int64_t there = 0;
	struct sql q;

	sql_start(&q, store_db(s), "SELECT EXISTS (SELECT 1 FROM agreed)");
	if (sql_number(&q, &there, why) == -1)
		return -1;
	*any = there != 0;
	return 0;
}

int
agreed_walk(struct store *s, enum agreed_of of, const char *name,
    int (*each)(const struct bytes *record, void *context, struct fault *why),
    void *context, struct fault *why)
{
	uint8_t index[SEAL_INDEX];
	struct bytes record;
	struct sql q;
	int more;

	bytes_init(&record, RECORD_MAX);
	store_index(s, kinds[of], name, index);
	sql_start(&q, store_db(s),
	    "SELECT number, body FROM agreed WHERE name = ?1 ORDER BY number");
	sql_put_blob(&q, 1, index, sizeof(index));
	while ((more = sql_next(&q, why)) == 1) {
		bytes_empty(&record);
		if (open_record(s, &q, index, &record, why) == -1 ||
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
agreed_each(struct store *s,
    int (*each)(const struct bytes *record, bool first, void *context,
	struct fault *why),
    void *context, struct fault *why)
{
	uint8_t index[SEAL_INDEX], last[SEAL_INDEX] = { 0 };
	struct bytes record;
	struct sql q;
	bool any = false;
	int more;

	bytes_init(&record, RECORD_MAX);
	sql_start(&q, store_db(s),
	    "SELECT number, body, name FROM agreed ORDER BY name, number");
	while ((more = sql_next(&q, why)) == 1) {
		bytes_empty(&record);
		if (sql_copy_blob(&q, 2, index, sizeof(index), why) == -1 ||
		    open_record(s, &q, index, &record, why) == -1 ||
		    each(&record,
			!any || memcmp(index, last, sizeof(index)) != 0,
			context, why) == -1) {
			more = -1;
			break;
		}
		memcpy(last, index, sizeof(last));
		any = true;
	}
	sql_end(&q);
	bytes_free(&record);
	return more;
}
