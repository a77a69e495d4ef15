#include "store/uploads.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

#define URL_ROOM 4096

/* A row's own name for the seal: which place, and which file. */
struct row {
	uint8_t place[SEAL_INDEX];
	uint8_t sha256[32];
};

/* One / more or less at its end is the same place. */
static void
name_place(struct store *s, const char *url, uint8_t out[static SEAL_INDEX])
{
	char same[URL_ROOM];
	size_t len = strlen(url);

	if (len == 0 || url[len - 1] == '/' || len + 2 > sizeof(same)) {
		store_index_exactly(s, "place", url, out);
		return;
	}
	(void)snprintf(same, sizeof(same), "%s/", url);
	store_index_exactly(s, "place", same, out);
}

static void
name_row(struct store *s, const char *url, const uint8_t sha256[static 32],
    struct row *out)
{
	name_place(s, url, out->place);
	memcpy(out->sha256, sha256, sizeof(out->sha256));
}

static int
read_ticket(struct store *s, const struct row *row, const struct sql *q,
    struct upload *out, struct fault *why)
{
	const struct seal_place at = { "uploads", "ticket", row, sizeof(*row) };
	const void *sealed;
	struct bytes plain;
	size_t len;
	int rc;

	sealed = sql_blob(q, 0, &len);
	bytes_init(&plain, UPLOAD_TICKET - 1);
	rc = store_unseal(s, &at, sealed, len, &plain, why);
	if (rc == 0 && plain.len > 0)
		memcpy(out->ticket, plain.at, plain.len);
	if (rc == 0)
		out->ticket[plain.len] = '\0';
	bytes_free(&plain);
	return rc;
}

int
uploads_get(struct store *s, const char *url, const uint8_t sha256[static 32],
    struct upload *out, struct fault *why)
{
	struct row row;
	struct sql q;
	int more;

	name_row(s, url, sha256, &row);
	sql_start(&q, store_db(s),
	    "SELECT ticket, bundle, bytes, reached, begun, arrived, proven, "
	    "proof, given FROM uploads WHERE place = ?1 AND sha256 = ?2");
	sql_put_blob(&q, 1, row.place, sizeof(row.place));
	sql_put_blob(&q, 2, row.sha256, sizeof(row.sha256));
	if ((more = sql_next(&q, why)) != 1)
		goto done;
	*out = (struct upload){
		.bytes = sql_integer(&q, 2),
		.offset = sql_integer(&q, 3),
		.begun = sql_integer(&q, 4),
		.arrived = sql_integer(&q, 5),
		.proven = sql_integer(&q, 6),
		.given = sql_integer(&q, 8),
	};
	memcpy(out->sha256, sha256, sizeof(out->sha256));
	if (sql_copy_text(&q, 1, out->bundle, sizeof(out->bundle), why) == -1 ||
	    sql_copy_text(&q, 7, out->proof, sizeof(out->proof), why) == -1 ||
	    read_ticket(s, &row, &q, out, why) == -1)
		more = -1;
done:
	sql_end(&q);
	return more;
}

int
uploads_put(struct store *s, const char *url, const struct upload *u,
    struct fault *why)
{
	struct row row;
	const struct seal_place at = { "uploads", "ticket", &row, sizeof(row) };
	struct bytes sealed;
	struct sql q;
	int rc = -1;

	name_row(s, url, u->sha256, &row);
	bytes_init(&sealed, UPLOAD_TICKET + SEAL_OVERHEAD);
	if (store_seal(s, &at, u->ticket, strlen(u->ticket), &sealed, why) ==
	    -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO uploads (place, sha256, ticket, bundle, bytes, "
	    "reached, begun, arrived, proven, proof, given) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
	    "ON CONFLICT (place, sha256) DO UPDATE SET "
	    "ticket = excluded.ticket, bundle = excluded.bundle, "
	    "bytes = excluded.bytes, reached = excluded.reached, "
	    "begun = excluded.begun, arrived = excluded.arrived, "
	    "proven = excluded.proven, proof = excluded.proof, "
	    "given = excluded.given");
	sql_put_blob(&q, 1, row.place, sizeof(row.place));
	sql_put_blob(&q, 2, row.sha256, sizeof(row.sha256));
	sql_put_blob(&q, 3, sealed.at, sealed.len);
	sql_put_text(&q, 4, u->bundle);
	sql_put_integer(&q, 5, u->bytes);
	sql_put_integer(&q, 6, u->offset);
	sql_put_integer(&q, 7, u->begun);
	sql_put_integer(&q, 8, u->arrived);
	sql_put_integer(&q, 9, u->proven);
	sql_put_text(&q, 10, u->proof);
	sql_put_integer(&q, 11, u->given);
	rc = sql_run(&q, why);
done:
	bytes_free(&sealed);
	return rc;
}

int
uploads_drop(struct store *s, const char *url, const uint8_t sha256[static 32],
    struct fault *why)
{
	struct row row;
	struct sql q;

	name_row(s, url, sha256, &row);
	sql_start(&q, store_db(s),
	    "DELETE FROM uploads WHERE place = ?1 AND sha256 = ?2");
	sql_put_blob(&q, 1, row.place, sizeof(row.place));
	sql_put_blob(&q, 2, row.sha256, sizeof(row.sha256));
	return sql_run(&q, why);
}

int
uploads_arrived(struct store *s, const char *url, const char *bundle,
    struct fault *why)
{
	uint8_t place[SEAL_INDEX];
	struct sql q;
	int more;

	name_place(s, url, place);
	sql_start(&q, store_db(s),
	    "SELECT 1 FROM uploads WHERE place = ?1 AND bundle = ?2 "
	    "AND arrived > 0");
	sql_put_blob(&q, 1, place, sizeof(place));
	sql_put_text(&q, 2, bundle);
	more = sql_next(&q, why);
	sql_end(&q);
	return more;
}

int
uploads_prune(struct store *s, moment before, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "DELETE FROM uploads WHERE begun < ?1 AND bundle IN "
	    "(SELECT id FROM made WHERE acknowledged > 0)");
	sql_put_integer(&q, 1, before);
	return sql_run(&q, why);
}

int
uploads_of_bundle(struct store *s, const char *id, struct upload_reach *out,
    struct fault *why)
{
	struct sql q;
	int more;

	*out = (struct upload_reach){ 0, 0 };
	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(CASE WHEN arrived = 0 THEN reached END), 0), "
	    "COALESCE(MAX(arrived), 0) FROM uploads WHERE bundle = ?1");
	sql_put_text(&q, 1, id);
	if ((more = sql_next(&q, why)) == 1)
		*out = (struct upload_reach){ sql_integer(&q, 0),
			sql_integer(&q, 1) };
	sql_end(&q);
	return more == -1 ? -1 : 0;
}
