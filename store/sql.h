/*
 * sql: one statement at a time, with bound values only.
 *
 * The only way SQL reaches the database.  Text of a statement is always a
 * literal; values are bound.  The first trouble is kept and everything after
 * it is ignored, so a statement reads as a list; ask sql_next or sql_run.
 *
 *	sql_start(&q, db, "SELECT body FROM received WHERE ref = ?1");
 *	sql_put_blob(&q, 1, ref, SEAL_INDEX);
 *	while ((more = sql_next(&q, why)) == 1) ...
 *	sql_end(&q);
 */
#ifndef SATCHEL_STORE_SQL_H
#define SATCHEL_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct sqlite3;
struct sqlite3_stmt;

struct sql {
	struct sqlite3 *db;
	struct sqlite3_stmt *statement;
	int trouble; /* SQLite's code, 0: none */
	bool kept;   /* ending it keeps it for the next time (store_kept) */
};

void sql_start(struct sql *q, struct sqlite3 *db, const char *text);
void sql_put_integer(struct sql *q, int at, int64_t value);
/* Texts and blobs must live until sql_end; NULL puts SQL's NULL. */
void sql_put_text(struct sql *q, int at, const char *value);
void sql_put_blob(struct sql *q, int at, const void *value, size_t len);

/* 1: a row, 0: no more, -1: fault. */
int sql_next(struct sql *q, struct fault *why);
/* Columns count from 0; good until the next sql_next or sql_end. */
int64_t sql_integer(const struct sql *q, int column);
const char *sql_text(const struct sql *q, int column);
const void *sql_blob(const struct sql *q, int column, size_t *len);
/*
 * Into room of a known size: FAULT_STORE_DAMAGED for a text that does not fit
 * with its NUL, or a blob that has not exactly len bytes.
 */
int sql_copy_text(const struct sql *q, int column, char *out, size_t room,
    struct fault *why);
int sql_copy_blob(const struct sql *q, int column, void *out, size_t len,
    struct fault *why);
void sql_end(struct sql *q); /* also after a fault; twice is fine */
/* Instead of sql_end: without values and rows, to be asked once more. */
void sql_again(struct sql *q);

/* Runs a statement that gives no rows, and ends it. */
int sql_run(struct sql *q, struct fault *why);
/* For a statement that gives one number: as sql_next, and ends it. */
int sql_number(struct sql *q, int64_t *out, struct fault *why);
/* How many rows the last sql_run of this database changed. */
int64_t sql_changed(struct sqlite3 *db);
/* Runs literal statements without values. */
int sql_do(struct sqlite3 *db, const char *text, struct fault *why);

/* Say what SQLite's code means to a person: busy, full, damaged, ... */
int sql_fault(struct sqlite3 *db, int trouble, struct fault *why);

#endif
