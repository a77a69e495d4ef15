#include "store/agreements.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

#define FILES "agreements"
#define SIGNATURES "agreement_signatures"

/*
 * Where a file lies: number is 0 for the agreement itself, and i + 1 for its
 * i-th signature.
 */
struct place {
	uint8_t row[SEAL_INDEX];
	struct seal_place at;
};

static void
find_place(struct place *p, const char *table, int64_t version, int64_t number)
{
	store_row(table, version, number, p->row);
	p->at = (struct seal_place){ table, "file", p->row, sizeof(p->row) };
}

static int
put_file(struct store *s, const struct agreement_adopted *a, struct fault *why)
{
	struct bytes sealed;
	struct place p;
	struct sql q;
	int rc = -1;

	bytes_init(&sealed, a->len + SEAL_OVERHEAD);
	find_place(&p, FILES, a->version, 0);
	if (store_seal(s, &p.at, a->file, a->len, &sealed, why) == -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO agreements (version, id, sha256, at, file) "
	    "VALUES (?1, ?2, ?3, ?4, ?5)");
	sql_put_integer(&q, 1, a->version);
	sql_put_text(&q, 2, a->id);
	sql_put_blob(&q, 3, a->sha256, 32);
	sql_put_integer(&q, 4, a->at);
	sql_put_blob(&q, 5, sealed.at, sealed.len);
	rc = sql_run(&q, why);

done:
	bytes_free(&sealed);
	return rc;
}

static int
put_signature(struct store *s, int64_t version, int64_t number,
    const struct agreement_signature *signature, struct fault *why)
{
	const struct bytes *file = signature->file;
	struct bytes sealed;
	struct place p;
	struct sql q;
	int rc = -1;

	bytes_init(&sealed, file->len + SEAL_OVERHEAD);
	find_place(&p, SIGNATURES, version, number);
	if (store_seal(s, &p.at, file->at, file->len, &sealed, why) == -1)
		goto done;
	sql_start(&q, store_db(s),
	    "INSERT INTO agreement_signatures (version, number, party, file) "
	    "VALUES (?1, ?2, ?3, ?4)");
	sql_put_integer(&q, 1, version);
	sql_put_integer(&q, 2, number);
	sql_put_text(&q, 3, signature->party);
	sql_put_blob(&q, 4, sealed.at, sealed.len);
	rc = sql_run(&q, why);

done:
	bytes_free(&sealed);
	return rc;
}

static int
put_all(struct store *s, void *context, struct fault *why)
{
	const struct agreement_adopted *a = context;
	int64_t newest;
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(version), 0) FROM agreements");
	if (sql_number(&q, &newest, why) == -1)
		return -1;
	if (a->version <= newest || a->count > AGREEMENTS_PARTIES_MAX)
		return FAIL(why, FAULT_INSIDE,
		    "this agreement cannot follow the one in force");
	if (put_file(s, a, why) == -1)
		return -1;
	for (size_t i = 0; i < a->count; i++) {
		if (put_signature(s, a->version, (int64_t)i + 1,
			&a->signatures[i], why) == -1)
			return -1;
	}
	return 0;
}

int
agreements_put(struct store *s, const struct agreement_adopted *a,
    struct fault *why)
{
	struct agreement_adopted copy = *a;

	return store_within(s, put_all, &copy, why);
}

/* Opens what a row has in a column; a NULL there does not open either. */
static int
open_file(struct store *s, const struct sql *q, int column,
    const struct place *p, struct bytes *out, struct fault *why)
{
	size_t len;
	const void *sealed = sql_blob(q, column, &len);

	return store_unseal(s, &p->at, sealed, len, out, why);
}

int
agreements_get(struct store *s, struct bytes *file, int64_t *version,
    struct fault *why)
{
	struct place p;
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT version, file FROM agreements "
	    "ORDER BY version DESC LIMIT 1");
	if ((more = sql_next(&q, why)) == 1) {
		*version = sql_integer(&q, 0);
		find_place(&p, FILES, *version, 0);
		if (open_file(s, &q, 1, &p, file, why) == -1)
			more = -1;
	}
	sql_end(&q);
	return more;
}

int
agreements_file(struct store *s, int64_t version, struct bytes *out,
    struct fault *why)
{
	struct place p;
	struct sql q;
	int more;

	find_place(&p, FILES, version, 0);
	sql_start(&q, store_db(s),
	    "SELECT file FROM agreements WHERE version = ?1");
	sql_put_integer(&q, 1, version);
	if ((more = sql_next(&q, why)) == 1 &&
	    open_file(s, &q, 0, &p, out, why) == -1)
		more = -1;
	sql_end(&q);
	return more;
}

int
agreements_signature(struct store *s, int64_t version, size_t i,
    char party[static 17], struct bytes *out, struct fault *why)
{
	struct place p;
	struct sql q;
	int more;

	if (i >= AGREEMENTS_PARTIES_MAX)
		return 0;
	find_place(&p, SIGNATURES, version, (int64_t)i + 1);
	sql_start(&q, store_db(s),
	    "SELECT party, file FROM agreement_signatures "
	    "WHERE version = ?1 AND number = ?2");
	sql_put_integer(&q, 1, version);
	sql_put_integer(&q, 2, (int64_t)i + 1);
	if ((more = sql_next(&q, why)) == 1 &&
	    (sql_copy_text(&q, 0, party, 17, why) == -1 ||
		open_file(s, &q, 1, &p, out, why) == -1))
		more = -1;
	sql_end(&q);
	return more;
}

int
agreements_first(struct store *s, int64_t *version, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MIN(version), 0) FROM agreements");
	return sql_number(&q, version, why) == -1 ? -1 : 0;
}

int
agreements_after(struct store *s, int64_t after, int64_t *version,
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT version FROM agreements WHERE version > ?1 ORDER BY version "
	    "LIMIT 1");
	sql_put_integer(&q, 1, after);
	more = sql_next(&q, why);
	if (more == 1)
		*version = sql_integer(&q, 0);
	sql_end(&q);
	return more;
}

int
agreements_changed(struct store *s, int64_t version, moment *at,
    struct fault *why)
{
	struct sql q;

	*at = 0;
	sql_start(&q, store_db(s),
	    "SELECT MAX(at) FROM (SELECT at FROM agreements "
	    "WHERE version = ?1 UNION ALL SELECT rosters.at FROM rosters, "
	    "agreements WHERE agreements.version = ?1 "
	    "AND rosters.agreement = agreements.id) AS all_of_them");
	sql_put_integer(&q, 1, version);
	return sql_number(&q, at, why) == -1 ? -1 : 0;
}

int
agreements_recovery_written(struct store *s, int64_t version, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO recovery_copies (agreement) VALUES (?1) "
	    "ON CONFLICT (agreement) DO NOTHING");
	sql_put_integer(&q, 1, version);
	return sql_run(&q, why);
}

int
agreements_has_recovery(struct store *s, int64_t version, bool *has,
    struct fault *why)
{
	int64_t count = 0;
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COUNT(*) FROM recovery_copies WHERE agreement = ?1");
	sql_put_integer(&q, 1, version);
	if (sql_number(&q, &count, why) == -1)
		return -1;
	*has = count > 0;
	return 0;
}

int
agreements_hash(struct store *s, int64_t version, uint8_t sha256[static 32],
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT sha256 FROM agreements WHERE version = ?1");
	sql_put_integer(&q, 1, version);
	if ((more = sql_next(&q, why)) == 1 &&
	    sql_copy_blob(&q, 0, sha256, 32, why) == -1)
		more = -1;
	sql_end(&q);
	return more;
}

int
agreements_partner(struct store *s, const char *node, int64_t *version,
    struct fault *why)
{
	struct sql q;

	*version = 0;
	sql_start(&q, store_db(s),
	    "SELECT agreement FROM partners WHERE node = ?1 AND agreement IN "
	    "(SELECT version FROM agreements)");
	sql_put_text(&q, 1, node);
	return sql_number(&q, version, why) == -1 ? -1 : 0;
}

int
agreements_partner_names(struct store *s, const char *node, int64_t version,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO partners (node, agreement) VALUES (?1, ?2) "
	    "ON CONFLICT (node) DO UPDATE SET agreement = excluded.agreement "
	    "WHERE excluded.agreement > partners.agreement OR "
	    "partners.agreement NOT IN (SELECT version FROM agreements)");
	sql_put_text(&q, 1, node);
	sql_put_integer(&q, 2, version);
	return sql_run(&q, why);
}
