#include "store/store.h"

#include <assert.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/platform.h"
#include "crypto/digest.h"
#include "store/log.h"
#include "store/schema.h"
#include "store/sql.h"

#define LOCK_FILE "lock"
#define BUSY_MS 3000
#define PATH_BYTES ((size_t)64 * 1024)
/* "satc": says that a database is a store, whatever its file is called. */
#define APPLICATION_ID 0x73617463

struct store {
	struct sqlite3 *db;
	const struct secrets *secrets; /* borrowed; may be NULL */
	int lock;		       /* the node's lock, or -1 */
	bool writes;
	int64_t sender; /* see store_sender */
	uint8_t sign[32];
	struct sql kept[KEPT_COUNT];
};

/* The node's lock, held as long as the descriptor is open; -1: fault. */
static int
take_lock(struct folder *home, struct fault *why)
{
	int fd;

	if (!folder_has(home, LOCK_FILE) &&
	    folder_publish_bytes(home, LOCK_FILE, "", 0, why) == -1 &&
	    why->id != FAULT_DISK_EXISTS)
		return -1;
	if ((fd = folder_open_file(home, LOCK_FILE, why)) == -1)
		return -1;
	if (platform_lock(fd))
		return fd;
	(void)close(fd);
	return FAIL(why, FAULT_STORE_BUSY, "%s", LOCK_FILE);
}

static int
get_pragma(struct sqlite3 *db, const char *text, int64_t *out,
    struct fault *why)
{
	struct sql q;

	*out = 0;
	sql_start(&q, db, text);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

/*
 * A PRAGMA takes no bound values, and the version is no literal: the steps are
 * counted, so each digit is this program's own.
 */
static int
set_version(struct sqlite3 *db, int version, struct fault *why)
{
	char text[40];

	(void)snprintf(text, sizeof(text), "PRAGMA user_version = %d", version);
	return sql_do(db, text, why);
}

/* Every step that is missing, each in a transaction of its own. */
static int
bring_up(struct sqlite3 *db, struct fault *why)
{
	struct fault ignored;
	int64_t version;

	for (;;) {
		if (sql_do(db, "BEGIN IMMEDIATE", why) == -1)
			return -1;
		if (get_pragma(db, "PRAGMA user_version", &version, why) == -1)
			goto undo;
		if (version < 0 || version >= schema_version)
			return sql_do(db, "ROLLBACK", why);
		if (sql_do(db, schema_steps[version], why) == -1 ||
		    set_version(db, (int)version + 1, why) == -1 ||
		    sql_do(db, "COMMIT", why) == -1)
			goto undo;
	}

undo:
	/* A commit that failed may have undone everything already. */
	if (sqlite3_get_autocommit(db) == 0)
		(void)sql_do(db, "ROLLBACK", &ignored);
	return -1;
}

int
store_make(struct folder *home, struct fault *why)
{
	struct sqlite3 *db = NULL;
	unsigned char *image = NULL;
	sqlite3_int64 len = 0;
	int trouble, rc = -1;

	/*
	 * Made in memory and put down as one whole file, so that a crash leaves
	 * no store that is only begun, and nobody else can ever read the file.
	 */
	trouble = sqlite3_open_v2(":memory:", &db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (trouble != SQLITE_OK) {
		(void)sql_fault(db, trouble, why);
		goto done;
	}
	(void)sqlite3_extended_result_codes(db, 1);
	if (bring_up(db, why) == -1 ||
	    sql_do(db, "PRAGMA application_id = 0x73617463", why) == -1)
		goto done;
	image = sqlite3_serialize(db, "main", &len, 0);
	if (image == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%s", STORE_FILE);
		goto done;
	}
	rc = folder_publish_bytes(home, STORE_FILE, image, (size_t)len, why);

done:
	sqlite3_free(image);
	(void)sqlite3_close(db);
	return rc;
}

static int
set_up(struct sqlite3 *db, struct fault *why)
{
	int off;

	(void)sqlite3_extended_result_codes(db, 1);
	(void)sqlite3_busy_timeout(db, BUSY_MS);
	/* What a damaged or forged file says must not run as a program. */
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, &off);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &off);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, &off);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, &off);
	return sql_do(db,
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA secure_delete = ON;"
	    "PRAGMA foreign_keys = ON;"
	    /* With less than FULL, a power cut loses what was committed. */
	    "PRAGMA synchronous = FULL;",
	    why);
}

/* Is it a store at all, and of which form? */
static int
check_form(struct sqlite3 *db, int64_t *version, struct fault *why)
{
	int64_t id;

	if (get_pragma(db, "PRAGMA application_id", &id, why) == -1 ||
	    get_pragma(db, "PRAGMA user_version", version, why) == -1)
		return -1;
	if (id != APPLICATION_ID || *version < 1)
		return FAIL(why, FAULT_STORE_DAMAGED, "%s is not a store",
		    STORE_FILE);
	if (*version > schema_version)
		return FAIL(why, FAULT_STORE_NEWER,
		    "%s has form %" PRId64 "; this program knows %d",
		    STORE_FILE, *version, schema_version);
	return 0;
}

static int
take_over(struct store *s, void *context, struct fault *why)
{
	(void)context;
	return log_take_over(s, why);
}

/* A program that ends between the form and the leaves left the latter out. */
static int
needs_leaves(struct store *s, bool *out, struct fault *why)
{
	struct sql q;
	int64_t behind;

	sql_start(&q, s->db,
	    "SELECT (SELECT COALESCE(MAX(number), 0) FROM journal) > "
	    "(SELECT COALESCE(MAX(number), 0) FROM leaves)");
	if (sql_number(&q, &behind, why) == -1)
		return -1;
	*out = behind != 0;
	return 0;
}

/* One that reads takes the lock for as long as it has to change the form. */
static int
migrate(struct store *s, struct folder *home, struct fault *why)
{
	bool behind = true;
	int64_t version;
	int lock = -1, rc;

	if (check_form(s->db, &version, why) == -1 ||
	    (version == schema_version && needs_leaves(s, &behind, why) == -1))
		return -1;
	if (!behind)
		return 0;
	if (s->lock == -1 && (lock = take_lock(home, why)) == -1)
		return -1;
	rc = bring_up(s->db, why);
	if (rc == 0)
		rc = store_within(s, take_over, NULL, why);
	if (lock != -1)
		(void)close(lock);
	return rc;
}

/* Some network folders have no WAL, and SQLite then stays with less. */
static int
write_ahead(struct sqlite3 *db, struct fault *why)
{
	struct sql q;
	const char *mode;
	int rc = -1;

	sql_start(&q, db, "PRAGMA journal_mode = WAL");
	if (sql_next(&q, why) == -1)
		goto done;
	mode = sql_text(&q, 0);
	if (mode == NULL || strcmp(mode, "wal") != 0) {
		fault_set(why, FAULT_STORE_FAILED,
		    "this folder's drive cannot keep a write-ahead log");
		goto done;
	}
	rc = 0;

done:
	sql_end(&q);
	return rc;
}

static int
open_database(struct store *s, struct folder *home, struct fault *why)
{
	struct bytes path;
	int fd, trouble, rc = -1;

	/* SQLite would follow a link, or wait for a pipe. */
	if ((fd = folder_open_file(home, STORE_FILE, why)) == -1)
		return -1;
	(void)close(fd);
	bytes_init(&path, PATH_BYTES);
	/* A colon in the first part of a path has a meaning for SQLite. */
	if (folder_path(home)[0] != '/' &&
	    bytes_add_text(&path, "./", why) == -1)
		goto done;
	if (bytes_add_text(&path, folder_path(home), why) == -1 ||
	    bytes_add_text(&path, "/" STORE_FILE, why) == -1)
		goto done;
	trouble = sqlite3_open_v2((const char *)path.at, &s->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (trouble != SQLITE_OK) {
		(void)sql_fault(s->db, trouble, why);
		goto done;
	}
	if (set_up(s->db, why) == -1 || migrate(s, home, why) == -1 ||
	    write_ahead(s->db, why) == -1)
		goto done;
	if (!s->writes && sql_do(s->db, "PRAGMA query_only = ON", why) == -1)
		goto done;
	rc = 0;

done:
	bytes_free(&path);
	return rc;
}

struct store *
store_open(struct folder *home, const struct secrets *secrets, bool writes,
    struct fault *why)
{
	struct store *s = malloc(sizeof(*s));

	if (s == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%s", STORE_FILE);
		return NULL;
	}
	*s = (struct store){ .secrets = secrets, .lock = -1, .writes = writes };
	if (writes && (s->lock = take_lock(home, why)) == -1)
		goto done;
	if (open_database(s, home, why) == -1)
		goto done;
	return s;

done:
	store_close(s);
	return NULL;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->db != NULL)
		store_roll_back(s);
	for (size_t i = 0; i < KEPT_COUNT; i++) {
		s->kept[i].kept = false;
		sql_end(&s->kept[i]);
	}
	(void)sqlite3_close(s->db);
	/* Last, so that whoever waits for it finds everything put down. */
	if (s->lock != -1)
		(void)close(s->lock);
	free(s);
}

int
store_begin(struct store *s, struct fault *why)
{
	/* One that reads gets a view that does not change under it. */
	return sql_do(s->db, s->writes ? "BEGIN IMMEDIATE" : "BEGIN", why);
}

int
store_commit(struct store *s, struct fault *why)
{
	if (sql_do(s->db, "COMMIT", why) == 0)
		return 0;
	store_roll_back(s);
	return -1;
}

void
store_roll_back(struct store *s)
{
	struct fault ignored;

	/*
	 * It cannot fail in a way that would keep something: what is not
	 * committed is gone at the latest when the store is opened again.
	 */
	if (sqlite3_get_autocommit(s->db) == 0)
		(void)sql_do(s->db, "ROLLBACK", &ignored);
}

int
store_transaction(struct store *s,
    int (*work)(struct store *s, void *context, struct fault *why),
    void *context, struct fault *why)
{
	if (store_begin(s, why) == -1)
		return -1;
	if (work(s, context, why) == -1) {
		store_roll_back(s);
		return -1;
	}
	return store_commit(s, why);
}

int
store_within(struct store *s,
    int (*work)(struct store *s, void *context, struct fault *why),
    void *context, struct fault *why)
{
	if (sqlite3_get_autocommit(s->db) == 0)
		return work(s, context, why);
	return store_transaction(s, work, context, why);
}

int
store_compact(struct store *s, struct fault *why)
{
	/* A copy in memory would need as much of that as the store is large. */
	return sql_do(s->db,
	    "PRAGMA temp_store = FILE;"
	    "VACUUM;"
	    "PRAGMA wal_checkpoint(TRUNCATE);"
	    "PRAGMA temp_store = MEMORY;",
	    why);
}

struct sqlite3 *
store_db(struct store *s)
{
	return s->db;
}

int64_t
store_sender(const struct store *s)
{
	return s->sender;
}

const uint8_t *
store_signs_with(const struct store *s)
{
	return s->sign;
}

struct sql *
store_kept(struct store *s, enum store_kept which, const char *text)
{
	struct sql *q = &s->kept[which];

	if (q->statement == NULL)
		sql_start(q, s->db, text);
	q->kept = true;
	return q;
}

void
store_sign_with(struct store *s, const uint8_t sign[static 32], int64_t number)
{
	memmove(s->sign, sign, sizeof(s->sign));
	s->sender = number;
}

int
store_seal(struct store *s, const struct seal_place *at, const void *plain,
    size_t len, struct bytes *out, struct fault *why)
{
	if (s->secrets == NULL)
		return FAIL(why, FAULT_INSIDE, "no key to seal %s.%s with",
		    at->table, at->column);
	return seal_close(s->secrets, at, plain, len, out, why);
}

int
store_unseal(struct store *s, const struct seal_place *at, const void *sealed,
    size_t len, struct bytes *out, struct fault *why)
{
	if (s->secrets == NULL)
		return FAIL(why, FAULT_INSIDE, "no key to open %s.%s with",
		    at->table, at->column);
	return seal_open(s->secrets, at, sealed, len, out, why);
}

void
store_index(struct store *s, const char *kind, const char *value,
    uint8_t out[static SEAL_INDEX])
{
	assert(s->secrets != NULL);
	seal_index(s->secrets, kind, value, out);
}

/* An index takes its value loosely, and so it is given a hash of it. */
void
store_index_exactly(struct store *s, const char *kind, const char *value,
    uint8_t out[static SEAL_INDEX])
{
	uint8_t hash[DIGEST_MAX];
	char hex[DIGEST_HEX];

	digest_once(DIGEST_SHA256, value, strlen(value), hash);
	digest_hex(hash, 32, hex);
	store_index(s, kind, hex, out);
}

/* Big-endian, so that it is the same everywhere. */
static void
number_bytes(uint64_t number, uint8_t out[static 8])
{
	for (int i = 7; i >= 0; i--) {
		out[i] = (uint8_t)number;
		number >>= 8;
	}
}

void
store_row(const char *table, int64_t first, int64_t second,
    uint8_t out[static SEAL_INDEX])
{
	char name[96];
	int len;

	len = snprintf(name, sizeof(name), "%s %" PRId64 " %" PRId64, table,
	    first, second);
	assert(len > 0 && (size_t)len < sizeof(name));
	digest_once(DIGEST_BLAKE2B_256, name, (size_t)len, out);
}

/* A letter for the type, the length, and the bytes. */
static void
hash_value(struct digest *d, char type, const void *bytes, size_t len)
{
	uint8_t head[9];

	head[0] = (uint8_t)type;
	number_bytes(len, head + 1);
	digest_add(d, head, sizeof(head));
	if (len > 0)
		digest_add(d, bytes, len);
}

static void
hash_column(struct digest *d, const struct sql *q, int column)
{
	uint8_t number[8];
	const void *at;
	size_t len;

	switch (sqlite3_column_type(q->statement, column)) {
	case SQLITE_NULL:
		hash_value(d, 'n', NULL, 0);
		break;
	case SQLITE_INTEGER:
		number_bytes((uint64_t)sql_integer(q, column), number);
		hash_value(d, 'i', number, sizeof(number));
		break;
	case SQLITE_BLOB:
		at = sql_blob(q, column, &len);
		hash_value(d, 'b', at, len);
		break;
	default:
		at = sql_blob(q, column, &len);
		hash_value(d, 't', at, len);
		break;
	}
}

static int
hash_table(struct store *s, struct digest *d, const struct schema_table *t,
    struct fault *why)
{
	struct sql q;
	int more;

	hash_value(d, 'T', t->name, strlen(t->name));
	sql_start(&q, s->db, t->rows);
	while ((more = sql_next(&q, why)) == 1) {
		hash_value(d, 'R', NULL, 0);
		for (int i = 0; i < sqlite3_column_count(q.statement); i++)
			hash_column(d, &q, i);
	}
	sql_end(&q);
	return more;
}

static int
hash_all(struct store *s, void *context, struct fault *why)
{
	struct digest *d = context;

	for (size_t i = 0; i < schema_table_count; i++) {
		if (hash_table(s, d, &schema_tables[i], why) == -1)
			return -1;
	}
	return 0;
}

int
store_state_hash(struct store *s, uint8_t out[static 32], struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);
	int rc = -1;

	if (d == NULL)
		return -1;
	/* In a transaction, so that all tables are seen at one moment. */
	if (store_within(s, hash_all, d, why) == 0) {
		digest_end(d, out);
		rc = 0;
	}
	digest_free(d);
	return rc;
}
