#include "store/rosters.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "store/bundles.h"
#include "store/sql.h"
#include "store/store.h"

#define TABLE "rosters"

/* The row is named by a hash of its key, which is more than numbers. */
static int
find_row(const char *agreement, const char *party, int64_t version,
    uint8_t row[static SEAL_INDEX], struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);
	uint8_t hash[DIGEST_MAX], number[8];

	if (d == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(number); i++)
		number[i] = (uint8_t)((uint64_t)version >> (8 * i));
	digest_add(d, TABLE, sizeof(TABLE));
	digest_add(d, agreement, strlen(agreement) + 1);
	digest_add(d, party, strlen(party) + 1);
	digest_add(d, number, sizeof(number));
	digest_end(d, hash);
	digest_free(d);
	memcpy(row, hash, SEAL_INDEX);
	return 0;
}

static int
put_row(struct store *s, const struct roster_adopted *r,
    const struct bytes *file, const struct bytes *signature, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO rosters "
	    "(agreement, party, version, at, file, signature) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
	    "ON CONFLICT (agreement, party, version) DO UPDATE SET "
	    "at = excluded.at, file = excluded.file, "
	    "signature = excluded.signature");
	sql_put_text(&q, 1, r->agreement);
	sql_put_text(&q, 2, r->party);
	sql_put_integer(&q, 3, r->version);
	sql_put_integer(&q, 4, r->at);
	sql_put_blob(&q, 5, file->at, file->len);
	sql_put_blob(&q, 6, signature->at, signature->len);
	return sql_run(&q, why);
}

/* Nobody has it yet, also where an earlier one of this number was had. */
static int
owe_all(struct store *s, const char *party, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "DELETE FROM roster_partners WHERE party = ?1");
	sql_put_text(&q, 1, party);
	return sql_run(&q, why);
}

static int
put_now(struct store *s, void *context, struct fault *why)
{
	const struct roster_adopted *r = context;
	uint8_t row[SEAL_INDEX];
	struct seal_place file_at = { TABLE, "file", row, sizeof(row) };
	struct seal_place signature_at = { TABLE, "signature", row,
		sizeof(row) };
	struct bytes file, signature;
	int rc = -1;

	bytes_init(&file, r->len + SEAL_OVERHEAD);
	bytes_init(&signature, r->signature_len + SEAL_OVERHEAD);
	if (find_row(r->agreement, r->party, r->version, row, why) == 0 &&
	    store_seal(s, &file_at, r->file, r->len, &file, why) == 0 &&
	    store_seal(s, &signature_at, r->signature, r->signature_len,
		&signature, why) == 0 &&
	    put_row(s, r, &file, &signature, why) == 0)
		rc = owe_all(s, r->party, why);
	bytes_free(&file);
	bytes_free(&signature);
	return rc;
}

int
rosters_put(struct store *s, const struct roster_adopted *r, struct fault *why)
{
	struct roster_adopted copy = *r;

	return store_within(s, put_now, &copy, why);
}

static int
open_column(struct store *s, const struct sql *q, int column,
    const struct seal_place *at, struct bytes *out, struct fault *why)
{
	size_t len;
	const void *sealed = sql_blob(q, column, &len);

	return store_unseal(s, at, sealed, len, out, why);
}

int
rosters_below(struct store *s, const char *agreement, const char *party,
    int64_t version, struct roster_kept *out, struct fault *why)
{
	uint8_t row[SEAL_INDEX];
	struct seal_place file_at = { TABLE, "file", row, sizeof(row) };
	struct seal_place signature_at = { TABLE, "signature", row,
		sizeof(row) };
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT version, at, file, signature FROM rosters "
	    "WHERE agreement = ?1 AND party = ?2 "
	    "AND (?3 = 0 OR version < ?3) ORDER BY version DESC LIMIT 1");
	sql_put_text(&q, 1, agreement);
	sql_put_text(&q, 2, party);
	sql_put_integer(&q, 3, version);
	if ((more = sql_next(&q, why)) == 1) {
		out->version = sql_integer(&q, 0);
		out->at = sql_integer(&q, 1);
		if (find_row(agreement, party, out->version, row, why) == -1 ||
		    open_column(s, &q, 2, &file_at, &out->file, why) == -1 ||
		    open_column(s, &q, 3, &signature_at, &out->signature,
			why) == -1)
			more = -1;
	}
	sql_end(&q);
	return more;
}

int
rosters_owed(struct store *s, const char *node, const char *party,
    int64_t version, bool *owed, struct fault *why)
{
	int64_t count = 0;
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COUNT(*) FROM roster_partners WHERE node = ?1 "
	    "AND party = ?2 AND version = ?3 AND acknowledged = 1");
	sql_put_text(&q, 1, node);
	sql_put_text(&q, 2, party);
	sql_put_integer(&q, 3, version);
	if (sql_number(&q, &count, why) == -1)
		return -1;
	*owed = count == 0;
	return 0;
}

int
rosters_carried(struct store *s, const char *node, const char *party,
    int64_t version, int64_t sequence, struct fault *why)
{
	struct sql q;

	if (store_sender(s) == 0)
		return FAIL(why, FAULT_INSIDE,
		    "nobody said with which key this node signs");
	/* The first bundle that carried it stays the one to acknowledge. */
	sql_start(&q, store_db(s),
	    "INSERT INTO roster_partners "
	    "(node, party, version, sender, sequence, acknowledged) "
	    "VALUES (?1, ?2, ?3, ?5, ?4, 0) "
	    "ON CONFLICT (node, party) DO UPDATE SET "
	    "version = excluded.version, sender = excluded.sender, "
	    "sequence = excluded.sequence, acknowledged = 0 "
	    "WHERE version <> excluded.version OR sender <> excluded.sender");
	sql_put_text(&q, 1, node);
	sql_put_text(&q, 2, party);
	sql_put_integer(&q, 3, version);
	sql_put_integer(&q, 4, sequence);
	sql_put_integer(&q, 5, store_sender(s));
	return sql_run(&q, why);
}

int
rosters_acknowledged(struct store *s, const char *node,
    const uint8_t sign[static 32], const struct bundle_range *ranges,
    size_t count, struct fault *why)
{
	int64_t last = 0, sender;
	struct sql q;

	if (bundles_own_key(s, sign, &sender, why) == -1)
		return -1;
	/* It is in every bundle from its first one on: the highest settles. */
	for (size_t i = 0; i < count; i++)
		if (ranges[i].last > last)
			last = ranges[i].last;
	sql_start(&q, store_db(s),
	    "UPDATE roster_partners SET acknowledged = 1 "
	    "WHERE node = ?1 AND sender = ?3 AND sequence > 0 "
	    "AND sequence <= ?2");
	sql_put_text(&q, 1, node);
	sql_put_integer(&q, 2, last);
	sql_put_integer(&q, 3, sender);
	return sql_run(&q, why);
}

int
rosters_has(struct store *s, const char *node, const char *party,
    int64_t version, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO roster_partners "
	    "(node, party, version, sender, sequence, acknowledged) "
	    "VALUES (?1, ?2, ?3, 0, 0, 1) "
	    "ON CONFLICT (node, party) DO UPDATE SET "
	    "version = excluded.version, sequence = 0, acknowledged = 1");
	sql_put_text(&q, 1, node);
	sql_put_text(&q, 2, party);
	sql_put_integer(&q, 3, version);
	return sql_run(&q, why);
}
