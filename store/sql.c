#include "store/sql.h"

#include <assert.h>
#include <limits.h>
#include <sqlite3.h>
#include <string.h>

#include "base/fault.h"

static enum fault_id
meaning(int trouble)
{
	if (trouble == SQLITE_IOERR_NOMEM)
		return FAULT_NO_MEMORY;
	/* An extended code keeps the primary one in its low byte. */
	switch (trouble & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAULT_STORE_BUSY;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return FAULT_STORE_DAMAGED;
	case SQLITE_NOMEM:
		return FAULT_NO_MEMORY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_PROTOCOL:
		return FAULT_STORE_FAILED;
	default:
		return FAULT_INSIDE;
	}
}

int
sql_fault(struct sqlite3 *db, int trouble, struct fault *why)
{
	/*
	 * SQLite's own words name tables and columns, never a value.  They may
	 * be about something later than this trouble.
	 */
	if (db != NULL && sqlite3_extended_errcode(db) == trouble)
		return FAIL(why, meaning(trouble), "%s", sqlite3_errmsg(db));
	return FAIL(why, meaning(trouble), "%s", sqlite3_errstr(trouble));
}

void
sql_start(struct sql *q, struct sqlite3 *db, const char *text)
{
	*q = (struct sql){ .db = db };
	q->trouble = sqlite3_prepare_v2(db, text, -1, &q->statement, NULL);
}

void
sql_put_integer(struct sql *q, int at, int64_t value)
{
	if (q->trouble == SQLITE_OK)
		q->trouble = sqlite3_bind_int64(q->statement, at, value);
}

void
sql_put_text(struct sql *q, int at, const char *value)
{
	if (q->trouble == SQLITE_OK)
		q->trouble = sqlite3_bind_text(q->statement, at, value, -1,
		    SQLITE_STATIC);
}

void
sql_put_blob(struct sql *q, int at, const void *value, size_t len)
{
	if (q->trouble == SQLITE_OK)
		q->trouble = sqlite3_bind_blob64(q->statement, at, value, len,
		    SQLITE_STATIC);
}

int
sql_next(struct sql *q, struct fault *why)
{
	int got;

	if (q->trouble != SQLITE_OK)
		return sql_fault(q->db, q->trouble, why);
	got = sqlite3_step(q->statement);
	if (got == SQLITE_ROW)
		return 1;
	if (got == SQLITE_DONE)
		return 0;
	q->trouble = got;
	return sql_fault(q->db, got, why);
}

int64_t
sql_integer(const struct sql *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

const char *
sql_text(const struct sql *q, int column)
{
	return (const char *)sqlite3_column_text(q->statement, column);
}

const void *
sql_blob(const struct sql *q, int column, size_t *len)
{
	const void *at = sqlite3_column_blob(q->statement, column);

	*len = (size_t)sqlite3_column_bytes(q->statement, column);
	return at;
}

static int
unlike(const struct sql *q, int column, struct fault *why)
{
	return FAIL(why, FAULT_STORE_DAMAGED, "%s has another size",
	    sqlite3_column_name(q->statement, column));
}

int
sql_copy_text(const struct sql *q, int column, char *out, size_t room,
    struct fault *why)
{
	const char *text = sql_text(q, column);
	size_t len;

	if (text == NULL || (len = strlen(text)) >= room)
		return unlike(q, column, why);
	memcpy(out, text, len + 1);
	return 0;
}

int
sql_copy_blob(const struct sql *q, int column, void *out, size_t len,
    struct fault *why)
{
	size_t there;
	const void *at = sql_blob(q, column, &there);

	if (at == NULL || there != len)
		return unlike(q, column, why);
	memcpy(out, at, len);
	return 0;
}

void
sql_end(struct sql *q)
{
	if (q->kept) {
		sql_again(q);
		return;
	}
	/* What it returns is the trouble of the last step, told already. */
	(void)sqlite3_finalize(q->statement);
	q->statement = NULL;
}

void
sql_again(struct sql *q)
{
	/* One that could not be prepared stays in trouble. */
	if (q->statement == NULL)
		return;
	/* What sqlite3_reset tells is the trouble that the last step had. */
	(void)sqlite3_reset(q->statement);
	(void)sqlite3_clear_bindings(q->statement);
	q->trouble = SQLITE_OK;
}

int
sql_run(struct sql *q, struct fault *why)
{
	int more = sql_next(q, why);

	sql_end(q);
	assert(more != 1);
	return more;
}

int
sql_number(struct sql *q, int64_t *out, struct fault *why)
{
	int more = sql_next(q, why);

	if (more == 1)
		*out = sql_integer(q, 0);
	sql_end(q);
	return more;
}

int64_t
sql_changed(struct sqlite3 *db)
{
	return sqlite3_changes64(db);
}

int
sql_do(struct sqlite3 *db, const char *text, struct fault *why)
{
	struct sql q;
	int more = 0;

	while (*text != '\0' && more != -1) {
		q = (struct sql){ .db = db };
		q.trouble =
		    sqlite3_prepare_v2(db, text, -1, &q.statement, &text);
		/* Between statements there may be nothing but space. */
		if (q.trouble == SQLITE_OK && q.statement == NULL)
			break;
		/* A PRAGMA answers with a row that nobody asked for. */
		do {
			more = sql_next(&q, why);
		} while (more == 1);
		sql_end(&q);
	}
	return more;
}
