#include "tests/unit/a_store.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/agreed.h"
#include "store/agreements.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/tombstones.h"

static const uint8_t sender[32] = { 1, 2, 3 };

static void
path_of(struct a_store *t, const char *name, char out[static 128])
{
	(void)snprintf(out, 128, "%s/%s", t->path, name);
}

static void
faults_with(struct a_store *t, bool writes, enum fault_id want)
{
	struct store *s = store_open(t->home, t->secrets, writes, &t->why);

	assert_null(s);
	assert_int_equal(t->why.id, want);
}

/* Something in every table. */
static int
fill(struct store *s, void *context, struct fault *why)
{
	static const struct bundle_made made = { .id = "made",
		.seq = 1,
		.sequence = 1,
		.receiver = "ET-HUB-01",
		.name = "x.satchel" };
	static const struct bundle_came came = { .id = "came",
		.seq = 4,
		.sequence = 3,
		.imported = true };
	static const struct tombstone stone = { 1, "other", 20000 };
	static const struct standing st = { .ref = "primero:1#2",
		.revision = "r",
		.service = "food",
		.priority = "normal",
		.partner = "ET-HUB-01" };
	struct bytes file;
	struct agreement_signature signature = { "UNICEF", &file };
	struct agreement_adopted a = { "ET", 1, sender, 5, "{}", 2, &signature,
		1 };
	int rc = -1;

	(void)context;
	bytes_init(&file, 100);
	if (bytes_add_text(&file, "signature", why) == 0 &&
	    agreements_put(s, &a, why) == 0 &&
	    agreements_partner_names(s, "ET-HUB-01", 1, why) == 0 &&
	    bundles_sign_with(s, sender, why) == 0 &&
	    bundles_put_made(s, &made, why) == 0 &&
	    bundles_put_came(s, sender, &came, why) == 0 &&
	    referrals_put(s, REFERRAL_SENT, &st, NULL, 0, why) == 0 &&
	    referrals_put(s, REFERRAL_RECEIVED, &st, "{}", 2, why) == 0 &&
	    tombstones_put(s, sender, "x", &stone, why) == 0 &&
	    owed_put(s, "ET-HUB-01", BUNDLE_RECALL, "{}", 2, why) == 0 &&
	    agreed_put(s, AGREED_OF_CASE, "1", "{}", 2, why) == 0)
		rc = 0;
	bytes_free(&file);
	return rc;
}

static int
fill_and_fail(struct store *s, void *context, struct fault *why)
{
	if (fill(s, context, why) == -1)
		return -1;
	return FAIL(why, FAULT_TARGET, "as the test wants");
}

static void
hash_now(struct a_store *t, uint8_t out[static 32])
{
	assert_int_equal(store_state_hash(t->s, out, &t->why), 0);
}

static int64_t
number_of(struct a_store *t, const char *statement)
{
	struct sql q;
	int64_t n = -1;

	sql_start(&q, store_db(t->s), statement);
	assert_int_equal(sql_number(&q, &n, &t->why), 1);
	return n;
}

static void
made_once(struct a_store *t)
{
	assert_int_equal(store_make(t->home, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_DISK_EXISTS);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
}

static void
settings(struct a_store *t)
{
	static const struct {
		const char *ask;
		int64_t want;
	} each[] = {
		{ "PRAGMA synchronous", 2 },
		{ "PRAGMA foreign_keys", 1 },
		{ "PRAGMA secure_delete", 1 },
		{ "PRAGMA temp_store", 2 },
		{ "PRAGMA cell_size_check", 1 },
		{ "PRAGMA trusted_schema", 0 },
		{ "PRAGMA query_only", 0 },
		{ "PRAGMA busy_timeout", 3000 },
	};
	struct sql q;

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
		assert_int_equal(number_of(t, each[i].ask), each[i].want);
	sql_start(&q, store_db(t->s), "PRAGMA journal_mode");
	assert_int_equal(sql_next(&q, &t->why), 1);
	assert_string_equal(sql_text(&q, 0), "wal");
	sql_end(&q);
}

static void
files_are_private(struct a_store *t)
{
	static const char *const names[] = { "store.db", "store.db-wal",
		"store.db-shm", "lock" };
	char path[128];
	struct stat is;
	mode_t before = umask(0);

	a_store_open(t, true);
	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), 0);
	(void)umask(before);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(t, names[i], path);
		assert_int_equal(stat(path, &is), 0);
		assert_int_equal(is.st_mode & 0777, 0600);
	}
}

static void
second_writer(struct a_store *t)
{
	struct fault why = { 0 };
	struct store *s;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		s = store_open(t->home, t->secrets, true, &why);
		_exit(s == NULL && why.id == FAULT_STORE_BUSY ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	store_close(t->s);
	t->s = NULL;
	a_store_open(t, true);
}

/* The lock of a program that was killed is nobody's. */
static void
killed_writer(struct a_store *t)
{
	int status, at[2];
	char byte = 0;
	pid_t child;

	store_close(t->s);
	t->s = NULL;
	assert_int_equal(pipe(at), 0);
	assert_true((child = fork()) >= 0);
	if (child == 0) {
		t->s = store_open(t->home, t->secrets, true, &t->why);
		if (t->s == NULL || store_begin(t->s, &t->why) == -1 ||
		    fill(t->s, NULL, &t->why) == -1 ||
		    write(at[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	(void)close(at[1]);
	assert_int_equal(read(at[0], &byte, 1), 1);
	(void)close(at[0]);
	faults_with(t, true, FAULT_STORE_BUSY);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	a_store_open(t, true);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
}

static void
reader_beside_writer(struct a_store *t)
{
	struct store *writer = t->s;

	assert_int_equal(store_begin(writer, &t->why), 0);
	assert_int_equal(fill(writer, NULL, &t->why), 0);
	t->s = NULL;
	a_store_open(t, false);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
	assert_int_equal(store_commit(writer, &t->why), 0);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 1);
	store_close(writer);
}

static void
reader_sees_one_moment(struct a_store *t)
{
	struct store *writer = t->s;

	t->s = NULL;
	a_store_open(t, false);
	assert_int_equal(store_begin(t->s, &t->why), 0);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
	assert_int_equal(store_transaction(writer, fill, NULL, &t->why), 0);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
	assert_int_equal(store_commit(t->s, &t->why), 0);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 1);
	store_close(writer);
}

static void
reader_changes_nothing(struct a_store *t)
{
	a_store_open(t, false);
	assert_int_equal(journal_add(t->s, ACT_LOADED, 1, NULL, "{}", &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_STORE_FAILED);
}

static void
no_store(struct a_store *t)
{
	store_close(t->s);
	t->s = NULL;
	assert_int_equal(folder_remove(t->home, STORE_FILE, &t->why), 0);
	faults_with(t, false, FAULT_DISK_NOT_FOUND);
	faults_with(t, true, FAULT_DISK_NOT_FOUND);
	/* The lock was given back each time. */
	assert_int_equal(store_make(t->home, &t->why), 0);
	a_store_open(t, true);
}

static void
other_bytes(struct a_store *t, const void *bytes, size_t len)
{
	store_close(t->s);
	t->s = NULL;
	assert_int_equal(folder_remove(t->home, STORE_FILE, &t->why), 0);
	assert_int_equal(folder_publish_bytes(t->home, STORE_FILE, bytes, len,
			     &t->why),
	    0);
	faults_with(t, false, FAULT_STORE_DAMAGED);
	faults_with(t, true, FAULT_STORE_DAMAGED);
}

static void
garbage(struct a_store *t)
{
	uint8_t bytes[8192];

	random_bytes(bytes, sizeof(bytes));
	other_bytes(t, bytes, sizeof(bytes));
}

static void
empty_file(struct a_store *t)
{
	other_bytes(t, "", 0);
}

static void
text_file(struct a_store *t)
{
	other_bytes(t, TEXT("this is not a database, and not a short text"));
}

static void
other_database(struct a_store *t)
{
	struct sqlite3 *db;
	char path[128];

	store_close(t->s);
	t->s = NULL;
	assert_int_equal(folder_remove(t->home, STORE_FILE, &t->why), 0);
	path_of(t, STORE_FILE, path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sql_do(db,
			     "CREATE TABLE made (a TEXT);"
			     "PRAGMA user_version = 1",
			     &t->why),
	    0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	faults_with(t, true, FAULT_STORE_DAMAGED);
}

static void
cut_short(struct a_store *t)
{
	char path[128];

	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), 0);
	store_close(t->s);
	path_of(t, STORE_FILE, path);
	assert_int_equal(truncate(path, 4096), 0);
	t->s = store_open(t->home, t->secrets, true, &t->why);
	if (t->s != NULL)
		assert_int_equal(fill(t->s, NULL, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
}

static void
a_link(struct a_store *t)
{
	char path[128], elsewhere[128];

	store_close(t->s);
	t->s = NULL;
	path_of(t, STORE_FILE, path);
	path_of(t, "elsewhere.db", elsewhere);
	assert_int_equal(rename(path, elsewhere), 0);
	assert_int_equal(symlink("elsewhere.db", path), 0);
	faults_with(t, true, FAULT_DISK_NOT_READ);
	assert_int_equal(unlink(path), 0);
}

static void
newer_form(struct a_store *t)
{
	char statement[64];

	(void)snprintf(statement, sizeof(statement), "PRAGMA user_version = %d",
	    schema_version + 1);
	assert_int_equal(sql_do(store_db(t->s), statement, &t->why), 0);
	store_close(t->s);
	t->s = NULL;
	faults_with(t, false, FAULT_STORE_NEWER);
	faults_with(t, true, FAULT_STORE_NEWER);
}

/* Make it what a program that knew only two forms left behind. */
static void
second_form(struct a_store *t)
{
	static const char back[] =
	    "DROP TABLE uploads; DROP TABLE traffic; DROP TABLE lying;"
	    "DROP TABLE leaves; DROP TABLE leaf_about; DROP TABLE log_nodes;"
	    "DROP TABLE heads; DROP TABLE seen_heads;"
	    "DROP TABLE decided; DROP TABLE rosters;"
	    "DROP TABLE roster_partners; DROP TABLE distrusted;"
	    "DROP TABLE own_keys; DROP TABLE partner_keys;"
	    "DROP TABLE cursors;"
	    "DROP TABLE recovery_copies;"
	    "ALTER TABLE owed DROP COLUMN refusal;"
	    "ALTER TABLE owed DROP COLUMN sender;"
	    "CREATE TABLE old (seq BIGINT NOT NULL PRIMARY KEY,"
	    "id TEXT NOT NULL UNIQUE, receiver TEXT NOT NULL,"
	    "sequence BIGINT NOT NULL, sha256 BLOB NOT NULL,"
	    "bytes BIGINT NOT NULL, created BIGINT NOT NULL,"
	    "name TEXT NOT NULL, carried BIGINT NOT NULL,"
	    "UNIQUE (receiver, sequence));"
	    "INSERT INTO old SELECT seq, id, receiver, sequence, sha256,"
	    "bytes, created, name, carried FROM made;"
	    "DROP TABLE made; ALTER TABLE old RENAME TO made;"
	    "PRAGMA user_version = 2";

	assert_int_equal(sql_do(store_db(t->s), back, &t->why), 0);
}

/* The same of one that knew only the first. */
static void
first_form(struct a_store *t, const char *also)
{
	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), 0);
	second_form(t);
	assert_int_equal(sql_do(store_db(t->s), "DROP TABLE agreed", &t->why),
	    0);
	assert_int_equal(sql_do(store_db(t->s), also, &t->why), 0);
	assert_int_equal(sql_do(store_db(t->s), "PRAGMA user_version = 1",
			     &t->why),
	    0);
	store_close(t->s);
	t->s = NULL;
}

static void
is_newest_form(struct a_store *t)
{
	static const char *const kept[] = { "SELECT COUNT(*) FROM agreements",
		"SELECT COUNT(*) FROM agreement_signatures",
		"SELECT COUNT(*) FROM partners", "SELECT COUNT(*) FROM made",
		"SELECT COUNT(*) FROM came", "SELECT COUNT(*) FROM sent",
		"SELECT COUNT(*) FROM received",
		"SELECT COUNT(*) FROM tombstones",
		"SELECT COUNT(*) FROM owed" };

	assert_int_equal(number_of(t, "PRAGMA user_version"), schema_version);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_int_equal(number_of(t, kept[i]), 1);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM agreed"), 0);
	assert_int_equal(number_of(t,
			     "SELECT COUNT(*) FROM sqlite_master "
			     "WHERE name = 'agreed_name'"),
	    1);
}

static void
brought_up(struct a_store *t)
{
	uint8_t before[32], after[32];

	first_form(t, "");
	a_store_open(t, true);
	is_newest_form(t);
	hash_now(t, before);
	a_store_open(t, true);
	hash_now(t, after);
	assert_memory_equal(before, after, 32);
	assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "1", "{}", 2,
			     &t->why),
	    0);
	hash_now(t, after);
	assert_memory_not_equal(before, after, 32);
}

static void
reader_brings_up(struct a_store *t)
{
	first_form(t, "");
	a_store_open(t, false);
	is_newest_form(t);
	/* The lock that it needed for that was given back. */
	a_store_open(t, true);
}

/* A new form that breaks off half way was never begun. */
static void
step_breaks_off(struct a_store *t)
{
	struct sqlite3 *db;
	char path[128];
	int64_t n;
	struct sql q;

	/* The second statement of the step finds its name taken. */
	first_form(t, "CREATE INDEX agreed_name ON made (created)");
	faults_with(t, true, FAULT_INSIDE);
	faults_with(t, false, FAULT_INSIDE);
	path_of(t, STORE_FILE, path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sql_start(&q, db, "PRAGMA user_version");
	assert_int_equal(sql_number(&q, &n, &t->why), 1);
	assert_int_equal(n, 1);
	sql_start(&q, db,
	    "SELECT COUNT(*) FROM sqlite_master WHERE name = 'agreed'");
	assert_int_equal(sql_number(&q, &n, &t->why), 1);
	assert_int_equal(n, 0);
	assert_int_equal(sql_do(db, "DROP INDEX agreed_name", &t->why), 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	a_store_open(t, true);
	is_newest_form(t);
}

/* Killed between the step and its commit: the old form is all there is. */
static void
killed_in_step(struct a_store *t)
{
	struct sqlite3 *db;
	char path[128];
	int status;
	pid_t child;

	first_form(t, "");
	path_of(t, STORE_FILE, path);
	assert_true((child = fork()) >= 0);
	if (child == 0) {
		if (sqlite3_open(path, &db) != SQLITE_OK ||
		    sql_do(db,
			"PRAGMA cache_size = 0;"
			"PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
			&t->why) == -1 ||
		    sql_do(db, schema_steps[1], &t->why) == -1 ||
		    sql_do(db, "PRAGMA user_version = 2", &t->why) == -1)
			_exit(1);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sql_do(db, "CREATE TABLE agreed (a TEXT)", &t->why),
	    0);
	assert_int_equal(sql_do(db, "DROP TABLE agreed", &t->why), 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	a_store_open(t, true);
	is_newest_form(t);
}

static void
next_numbers(struct a_store *t, int64_t want_seq, int64_t want_sequence)
{
	int64_t seq, sequence;

	assert_int_equal(bundles_next(t->s, "A", &seq, &sequence, &t->why), 0);
	assert_int_equal(seq, want_seq);
	assert_int_equal(sequence, want_sequence);
}

static void
put_next(struct a_store *t, const char *id, const char *receiver)
{
	struct bundle_made b = { .bytes = 1 };

	(void)snprintf(b.id, sizeof(b.id), "%s", id);
	(void)snprintf(b.receiver, sizeof(b.receiver), "%s", receiver);
	assert_int_equal(bundles_next(t->s, receiver, &b.seq, &b.sequence,
			     &t->why),
	    0);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
}

/* What was made before keys had streams is in the stream of the first key. */
static void
numbers_go_on(struct a_store *t)
{
	static const struct bundle_range one[] = { { 1, 1 } };
	static const uint8_t new_key[32] = { 9 };
	struct minisign_public old;
	int64_t owed;

	minisign_key_copy_public(secrets_signing(t->secrets), &old);
	assert_int_equal(owed_put(t->s, "A", BUNDLE_ANSWER, "r", 1, &t->why),
	    0);
	put_next(t, "one", "A");
	put_next(t, "two", "B");
	assert_int_equal(owed_carried(t->s, "A", 1, &t->why), 0);
	second_form(t);
	a_store_open(t, true);
	assert_int_equal(number_of(t, "PRAGMA user_version"), schema_version);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM own_keys"), 0);
	next_numbers(t, 3, 2);
	/* As keys rotate does, before another key is ever used. */
	assert_int_equal(bundles_keep_key(t->s, old.key, &t->why), 0);
	assert_int_equal(bundles_sign_with(t->s, new_key, &t->why), 0);
	next_numbers(t, 1, 1);
	put_next(t, "three", "A");
	next_numbers(t, 2, 2);
	assert_int_equal(bundles_sign_with(t->s, old.key, &t->why), 0);
	next_numbers(t, 3, 2);
	assert_int_equal(owed_acknowledged(t->s, "A", new_key, one, 1, &t->why),
	    0);
	assert_int_equal(owed_count(t->s, "A", &owed, &t->why), 0);
	assert_int_equal(owed, 1);
	assert_int_equal(owed_acknowledged(t->s, "A", old.key, one, 1, &t->why),
	    0);
	assert_int_equal(owed_count(t->s, "A", &owed, &t->why), 0);
	assert_int_equal(owed, 0);
}

static void
hash_follows(struct a_store *t)
{
	uint8_t empty[32], full[32], again[32];

	hash_now(t, empty);
	hash_now(t, again);
	assert_memory_equal(empty, again, 32);
	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), 0);
	hash_now(t, full);
	assert_memory_not_equal(empty, full, 32);
	a_store_open(t, false);
	hash_now(t, again);
	assert_memory_equal(full, again, 32);
	a_store_open(t, true);
	assert_int_equal(journal_add(t->s, ACT_LOADED, 1, NULL, "{}", &t->why),
	    0);
	hash_now(t, again);
	assert_memory_equal(full, again, 32);
	assert_int_equal(bundles_set_carried(t->s, "made", &t->why), 0);
	hash_now(t, again);
	assert_memory_not_equal(full, again, 32);
}

static void
hash_takes_all(struct a_store *t)
{
	struct sql q;
	size_t listed = 0;

	sql_start(&q, store_db(t->s),
	    "SELECT name FROM sqlite_master WHERE type = 'table' "
	    "AND name NOT IN ('journal', 'uploads', 'traffic', 'lying', "
	    "'leaves', 'leaf_about', 'log_nodes', 'heads', 'seen_heads')");
	while (sql_next(&q, &t->why) == 1) {
		for (size_t i = 0; i < schema_table_count; i++) {
			if (strcmp(schema_tables[i].name, sql_text(&q, 0)) == 0)
				listed++;
		}
	}
	sql_end(&q);
	assert_int_equal(listed, schema_table_count);
	assert_int_equal(number_of(t,
			     "SELECT COUNT(*) FROM sqlite_master "
			     "WHERE type = 'table'"),
	    schema_table_count + 9);
}

static void
fault_leaves_nothing(struct a_store *t)
{
	uint8_t before[32], after[32];

	hash_now(t, before);
	assert_int_equal(store_transaction(t->s, fill_and_fail, NULL, &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_TARGET);
	hash_now(t, after);
	assert_memory_equal(before, after, 32);
	a_store_open(t, true);
	hash_now(t, after);
	assert_memory_equal(before, after, 32);
	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), 0);
}

static void
closing_rolls_back(struct a_store *t)
{
	uint8_t before[32], after[32];

	hash_now(t, before);
	assert_int_equal(store_begin(t->s, &t->why), 0);
	assert_int_equal(fill(t->s, NULL, &t->why), 0);
	a_store_open(t, true);
	hash_now(t, after);
	assert_memory_equal(before, after, 32);
	store_roll_back(t->s);
}

static void
no_second_begin(struct a_store *t)
{
	assert_int_equal(store_begin(t->s, &t->why), 0);
	assert_int_equal(fill(t->s, NULL, &t->why), 0);
	assert_int_equal(store_begin(t->s, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(store_commit(t->s, &t->why), 0);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 1);
}

static void
within_joins(struct a_store *t)
{
	assert_int_equal(store_begin(t->s, &t->why), 0);
	assert_int_equal(store_within(t->s, fill, NULL, &t->why), 0);
	store_roll_back(t->s);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
	assert_int_equal(store_within(t->s, fill_and_fail, NULL, &t->why), -1);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 0);
	assert_int_equal(store_within(t->s, fill, NULL, &t->why), 0);
	assert_int_equal(number_of(t, "SELECT COUNT(*) FROM made"), 1);
}

/* Sealed in one place, a value opens in that place alone. */
static void
sealed_to_its_place(struct a_store *t)
{
	uint8_t row[SEAL_INDEX], other[SEAL_INDEX];
	struct seal_place at = { "sent", "body", row, sizeof(row) };
	const struct seal_place wrong[] = {
		{ "received", "body", row, sizeof(row) },
		{ "sent", "record", row, sizeof(row) },
		{ "sent", "body", other, sizeof(other) },
	};
	struct bytes sealed, plain;

	store_row("sent", 1, 0, row);
	store_row("sent", 0, 1, other);
	bytes_init(&sealed, 1000);
	bytes_init(&plain, 1000);
	assert_int_equal(store_seal(t->s, &at, TEXT("Selam"), &sealed, &t->why),
	    0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(store_unseal(t->s, &wrong[i], sealed.at,
				     sealed.len, &plain, &t->why),
		    -1);
		assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	}
	assert_int_equal(plain.len, 0);
	assert_int_equal(store_unseal(t->s, &at, sealed.at, sealed.len, &plain,
			     &t->why),
	    0);
	assert_string_equal((const char *)plain.at, "Selam");
	bytes_free(&sealed);
	bytes_free(&plain);
}

static void
without_secrets(struct a_store *t)
{
	moment newest;
	int64_t count;

	store_close(t->s);
	t->s = store_open(t->home, NULL, true, &t->why);
	assert_non_null(t->s);
	assert_int_equal(journal_newest(t->s, &newest, &t->why), 0);
	assert_int_equal(owed_count(t->s, "ET-HUB-01", &count, &t->why), 0);
	assert_int_equal(owed_put(t->s, "ET-HUB-01", BUNDLE_RECALL, "{}", 2,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
}

static void
relative_path(struct a_store *t)
{
	char here[512], *name = strrchr(t->path, '/') + 1;

	assert_non_null(getcwd(here, sizeof(here)));
	store_close(t->s);
	folder_close(t->home);
	assert_int_equal(chdir(t->path), 0);
	assert_int_equal(chdir(".."), 0);
	assert_non_null(t->home = folder_open(name, &t->why));
	t->s = store_open(t->home, t->secrets, true, &t->why);
	assert_int_equal(chdir(here), 0);
	assert_non_null(t->s);
	assert_int_equal(store_transaction(t->s, fill, NULL, &t->why), 0);
}

static const struct a_store_case cases[] = {
	{ "a store is made once", made_once },
	{ "it is opened with the settings that keep a commit", settings },
	{ "its files are for their owner alone", files_are_private },
	{ "a second writer is told that the node is busy", second_writer },
	{ "a killed writer leaves neither a lock nor half its work",
	    killed_writer },
	{ "a reader sees what is committed", reader_beside_writer },
	{ "a reader's transaction sees one moment", reader_sees_one_moment },
	{ "a reader can change nothing", reader_changes_nothing },
	{ "a folder without a store says so", no_store },
	{ "random bytes are a damaged store", garbage },
	{ "an empty file is a damaged store", empty_file },
	{ "a text is a damaged store", text_file },
	{ "somebody else's database is no store", other_database },
	{ "a store that was cut short is damaged", cut_short },
	{ "a link is not followed", a_link },
	{ "a newer program's store is left alone", newer_form },
	{ "a store of the first form is brought up and keeps its rows",
	    brought_up },
	{ "one that only reads brings it up, too", reader_brings_up },
	{ "a store from before keys had streams counts on, in the first's",
	    numbers_go_on },
	{ "a new form that breaks off leaves the old one", step_breaks_off },
	{ "a kill within a new form leaves the old one", killed_in_step },
	{ "the state hash follows every change but the journal's",
	    hash_follows },
	{ "the state hash takes in every table", hash_takes_all },
	{ "a fault rolls back and leaves the state hash as it was",
	    fault_leaves_nothing },
	{ "closing rolls back what is open", closing_rolls_back },
	{ "a second begin harms neither transaction", no_second_begin },
	{ "work within a transaction ends with it", within_joins },
	{ "a sealed value opens in its own place alone", sealed_to_its_place },
	{ "without secrets what is not sealed still works", without_secrets },
	{ "the folder's path may be relative", relative_path },
};

int
main(void)
{
	return ROWS_RUN("store", cases, a_store_case_holds);
}
