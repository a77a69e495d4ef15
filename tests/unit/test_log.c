#include "tests/unit/a_store.h"

#include <sqlite3.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "store/journal.h"
#include "store/log.h"
#include "store/log_heads.h"
#include "store/log_leaf.h"

#define ORIGIN "satchel/XX-2026/XX-SITE-01"
#define REF "progres:INT-0042"
#define MANY 700

static void
add_some(struct a_store *t, size_t count)
{
	assert_int_equal(store_begin(t->s, &t->why), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(journal_add(t->s, ACT_LOADED, 86400, "amina",
				     "{\"count\":1}", &t->why),
		    0);
	assert_int_equal(store_commit(t->s, &t->why), 0);
}

static void
add_about(struct a_store *t)
{
	const char *const rules[] = { "C-UNHCR", "S-GBV", NULL };
	const struct journal_about about[] = {
		{ REF, "hold", rules },
		{ "progres:INT-0043", NULL, NULL },
	};

	const struct journal_entry e = { ACT_JUDGED, 86400, NULL,
		"{\"b\":2,\"a\":\"x\"}", about, 2 };

	assert_int_equal(journal_put(t->s, &e, &t->why), 0);
}

static void
read_entry(struct a_store *t, int64_t number, struct bytes *out)
{
	bytes_init(out, LOG_ENTRY_MAX);
	assert_int_equal(log_leaf_entry(t->s, number, out, &t->why), 0);
}

static uint64_t
size_of(struct a_store *t)
{
	uint64_t size = 99;

	assert_int_equal(log_size(t->s, &size, &t->why), 0);
	return size;
}

static void
nothing_logged(struct a_store *t)
{
	struct merkle_edge none = { .size = 0 };
	struct merkle_hash root, want;

	assert_int_equal(size_of(t), 0);
	assert_int_equal(log_root(t->s, 0, &root, &t->why), 0);
	merkle_root(&none, &want);
	assert_true(merkle_same(&root, &want));
	assert_int_equal(log_check(t->s, &t->why), 0);
}

static void
entry_is_canonical(struct a_store *t)
{
	struct log_leaf_about found;
	struct bytes entry;
	char want[512], hex[DIGEST_HEX], other[DIGEST_HEX];
	uint8_t hash[32];

	add_about(t);
	assert_int_equal(log_leaf_about(t->s, REF, 0, &found, &t->why), 1);
	assert_int_equal(found.number, 1);
	assert_int_equal(log_leaf_ref(found.salt, REF, hash, &t->why), 0);
	assert_memory_equal(hash, found.hash, sizeof(hash));
	digest_hex(found.hash, sizeof(found.hash), hex);
	assert_int_equal(log_leaf_about(t->s, "progres:INT-0043", 0, &found,
			     &t->why),
	    1);
	digest_hex(found.hash, sizeof(found.hash), other);
	(void)snprintf(want, sizeof(want),
	    "{\"about\":[{\"ref\":\"%s\",\"rules\":[\"C-UNHCR\",\"S-GBV\"],"
	    "\"verdict\":\"hold\"},{\"ref\":\"%s\"}],\"act\":\"judged\","
	    "\"at\":\"1970-01-02T00:00:00Z\",\"body\":{\"a\":\"x\",\"b\":2},"
	    "\"number\":1}",
	    hex, other);
	read_entry(t, 1, &entry);
	assert_string_equal((const char *)entry.at, want);
	bytes_free(&entry);
}

/* What an auditor does with the salt that he was told. */
static void
salt_opens_one(struct a_store *t)
{
	struct log_leaf_about found;
	char text[256], hex[DIGEST_HEX];
	uint8_t hash[32];

	add_about(t);
	add_about(t);
	assert_int_equal(log_leaf_about(t->s, REF, 1, &found, &t->why), 1);
	assert_int_equal(found.number, 2);
	digest_hex(found.salt, sizeof(found.salt), hex);
	(void)snprintf(text, sizeof(text), "satchel-ref\n%s\n%s\n", hex, REF);
	digest_once(DIGEST_SHA256, text, strlen(text), hash);
	assert_memory_equal(hash, found.hash, sizeof(hash));
	assert_int_equal(log_leaf_about(t->s, REF, 2, &found, &t->why), 0);
	assert_int_equal(log_leaf_about(t->s, "progres:INT-0044", 0, &found,
			     &t->why),
	    0);
}

static void
one_ref_never_looks_the_same_twice(struct a_store *t)
{
	struct log_leaf_about first, second;

	add_about(t);
	add_about(t);
	assert_int_equal(log_leaf_about(t->s, REF, 0, &first, &t->why), 1);
	assert_int_equal(log_leaf_about(t->s, REF, 1, &second, &t->why), 1);
	assert_memory_not_equal(first.hash, second.hash, sizeof(first.hash));
	assert_false(a_store_shows(t, "INT-0042"));
}

static void
forgotten_and_still_there(struct a_store *t)
{
	struct log_leaf_about found;
	struct merkle_hash before, after;
	int64_t count;

	add_about(t);
	add_about(t);
	assert_int_equal(log_root(t->s, 2, &before, &t->why), 0);
	assert_int_equal(log_leaf_forget(t->s, REF, &count, &t->why), 0);
	assert_int_equal(count, 2);
	assert_int_equal(log_leaf_about(t->s, REF, 0, &found, &t->why), 0);
	assert_int_equal(log_check(t->s, &t->why), 0);
	assert_int_equal(log_root(t->s, 2, &after, &t->why), 0);
	assert_true(merkle_same(&before, &after));
}

/* Beyond 256 leaves kept nodes come into it. */
static void
many_entries(struct a_store *t)
{
	struct merkle_edge edge = { .size = 0 };
	struct merkle_hash leaf, root, want;
	struct merkle_proof p;
	struct bytes entry;

	add_some(t, MANY);
	assert_int_equal(log_check(t->s, &t->why), 0);
	for (int64_t i = 1; i <= MANY; i++) {
		read_entry(t, i, &entry);
		merkle_leaf(entry.at, entry.len, &leaf);
		bytes_free(&entry);
		merkle_add(&edge, &leaf);
	}
	merkle_root(&edge, &want);
	assert_int_equal(log_root(t->s, MANY, &root, &t->why), 0);
	assert_true(merkle_same(&root, &want));
	/* The last leaf is still in hand. */
	assert_int_equal(log_prove_leaf(t->s, MANY - 1, MANY, &p, &t->why), 0);
	assert_true(merkle_includes(MANY - 1, MANY, &leaf, &root, &p));
	for (uint64_t size = 1; size < MANY; size += 37) {
		assert_int_equal(log_root(t->s, size, &want, &t->why), 0);
		assert_int_equal(log_prove_growth(t->s, size, MANY, &p,
				     &t->why),
		    0);
		assert_true(merkle_extends(size, MANY, &want, &root, &p));
	}
}

static void
change(struct a_store *t, const char *statement)
{
	struct sqlite3 *db;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", t->path, STORE_FILE);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
			     "DROP TRIGGER journal_no_update;"
			     "DROP TRIGGER journal_no_delete;"
			     "DROP TRIGGER journal_no_replace;",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, statement, NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What an older program left: a journal, and no leaf. */
static void
older_journal(struct a_store *t)
{
	struct merkle_hash before, after;

	add_some(t, 300);
	assert_int_equal(log_root(t->s, 300, &before, &t->why), 0);
	change(t, "DELETE FROM leaves; DELETE FROM log_nodes");
	a_store_open(t, false);
	assert_int_equal(size_of(t), 300);
	assert_int_equal(log_check(t->s, &t->why), 0);
	assert_int_equal(log_root(t->s, 300, &after, &t->why), 0);
	assert_true(merkle_same(&before, &after));
}

static const struct a_store_case cases[] = {
	{ "the log of nothing is that of RFC 6962", nothing_logged },
	{ "an entry is canonical JSON with hashes for refs",
	    entry_is_canonical },
	{ "the salt of a ref opens it in that entry and nothing else",
	    salt_opens_one },
	{ "a ref looks another way in each entry",
	    one_ref_never_looks_the_same_twice },
	{ "when salts are purged the log stays as it was",
	    forgotten_and_still_there },
	{ "700 entries: root and proofs are those of the tree", many_entries },
	{ "a journal without leaves is taken over", older_journal },
};

/* By somebody who can write the file. */
static const struct rewriting {
	const char *name;
	const char *statement;
} rewritings[] = {
	{ "threat 60: a body that was changed shows",
	    "UPDATE journal SET body = '{\"count\":2}' WHERE number = 5" },
	{ "threat 60: a time that was changed shows",
	    "UPDATE journal SET at = 1 WHERE number = 600" },
	{ "threat 60: a name that was taken out shows",
	    "UPDATE journal SET by_user = NULL WHERE number = 7" },
	{ "threat 60: an entry that was dropped shows",
	    "DELETE FROM journal WHERE number = 5" },
	{ "threat 60: the last entry that was dropped shows",
	    "DELETE FROM journal WHERE number = 700" },
	{ "threat 60: an entry dropped with its leaf shows",
	    "DELETE FROM journal WHERE number = 5;"
	    "DELETE FROM leaves WHERE number = 5" },
	{ "threat 60: what an entry is about cannot be taken out",
	    "DELETE FROM leaf_about" },
	{ "threat 60: a verdict that was changed shows",
	    "UPDATE leaf_about SET verdict = 'share'" },
	{ "threat 60: a leaf that was changed shows",
	    "UPDATE leaves SET hash = (SELECT hash FROM leaves WHERE number = "
	    "1) WHERE number = 2" },
	{ "threat 60: a node that was changed shows",
	    "UPDATE log_nodes SET hash = (SELECT hash FROM leaves WHERE number "
	    "= 1)" },
	{ "threat 60: a node that was dropped shows",
	    "DELETE FROM log_nodes WHERE number = 1" },
};

static void
rewriting_holds(void **state)
{
	const struct rewriting *row = *state;
	struct a_store t;

	a_store_start(&t);
	add_about(&t);
	add_some(&t, MANY - 1);
	assert_int_equal(log_check(t.s, &t.why), 0);
	change(&t, row->statement);
	assert_int_equal(log_check(t.s, &t.why), -1);
	assert_int_equal(t.why.id, FAULT_LOG_BROKEN);
	a_store_end(&t);
}

/* --- heads --- */

static void
own_heads(struct a_store *t)
{
	struct minisign_public own;
	struct bytes first, again;
	struct checkpoint head;
	struct log_head kept;

	bytes_init(&first, NOTE_MAX);
	bytes_init(&again, NOTE_MAX);
	minisign_key_copy_public(secrets_signing(t->secrets), &own);
	add_some(t, 3);
	assert_int_equal(log_heads_sign(t->s, ORIGIN,
			     secrets_signing(t->secrets), 77, &first, &t->why),
	    0);
	assert_true(
	    note_is_checkpoint((const char *)first.at, ORIGIN, own.key, &head));
	assert_int_equal(head.size, 3);
	assert_int_equal(log_heads_own_after(t->s, 0, &kept, &again, &t->why),
	    1);
	assert_string_equal((const char *)first.at, (const char *)again.at);
	assert_int_equal(kept.size, 3);
	assert_int_equal(kept.at, 77);
	assert_int_equal(log_heads_own_after(t->s, 3, &kept, &again, &t->why),
	    0);
	bytes_free(&first);
	bytes_free(&again);
}

static const struct a_store_case head_cases[] = {
	{ "our own head is signed and kept", own_heads },
};

/* One head of a partner: its bundle's place, its size, which root. */
struct sight {
	int64_t place; /* 0: no more */
	uint64_t size;
	uint8_t root;
	enum log_seen want;
};

static const struct witness_row {
	const char *name;
	struct sight seen[5];
	int64_t alarms;
} witnesses[] = {
	{ "a log that grows",
	    { { 1, 5, 1, LOG_SEEN_FIRST }, { 2, 9, 2, LOG_SEEN_GROWN },
		{ 3, 9, 2, LOG_SEEN_SAME }, { 4, 12, 3, LOG_SEEN_GROWN } },
	    0 },
	{ "bundles that come out of order",
	    { { 3, 9, 2, LOG_SEEN_FIRST }, { 1, 5, 1, LOG_SEEN_LATE },
		{ 2, 9, 2, LOG_SEEN_SAME }, { 4, 12, 3, LOG_SEEN_GROWN } },
	    0 },
	{ "threat 60: another root for a size that was seen",
	    { { 1, 5, 1, LOG_SEEN_FIRST }, { 2, 5, 2, LOG_SEEN_ALARM } }, 1 },
	{ "threat 60: a log that became shorter",
	    { { 1, 9, 1, LOG_SEEN_FIRST }, { 2, 5, 2, LOG_SEEN_ALARM } }, 1 },
	{ "threat 60: an older bundle that knows of more",
	    { { 2, 5, 1, LOG_SEEN_FIRST }, { 1, 9, 2, LOG_SEEN_ALARM } }, 1 },
	{ "after an alarm the first head still counts",
	    { { 1, 9, 1, LOG_SEEN_FIRST }, { 2, 5, 2, LOG_SEEN_ALARM },
		{ 3, 9, 1, LOG_SEEN_SAME }, { 4, 9, 3, LOG_SEEN_ALARM } },
	    2 },
};

static void
see(struct a_store *t, const struct sight *seen)
{
	struct checkpoint head = { .origin = ORIGIN, .size = seen->size };
	struct log_witnessed h = { .node = "XX-SITE-01",
		.bundle = "b",
		.place = seen->place,
		.at = 50 };
	enum log_seen found;
	struct bytes note;

	bytes_init(&note, NOTE_MAX);
	memset(head.root.bytes, seen->root, sizeof(head.root.bytes));
	assert_int_equal(note_sign(&head, secrets_signing(t->secrets), &note,
			     &t->why),
	    0);
	h.note = (const char *)note.at;
	assert_int_equal(log_heads_saw(t->s, &h, &found, &t->why), 0);
	assert_int_equal(found, seen->want);
	bytes_free(&note);
}

static void
witness_holds(void **state)
{
	const struct witness_row *row = *state;
	struct log_head kept = { .number = 0 };
	struct a_store t;
	int64_t alarms, shown = 0;
	struct bytes note;

	a_store_start(&t);
	for (size_t i = 0; i < 5 && row->seen[i].place != 0; i++)
		see(&t, &row->seen[i]);
	assert_int_equal(log_heads_alarms(t.s, &alarms, &t.why), 0);
	assert_int_equal(alarms, row->alarms);
	bytes_init(&note, NOTE_MAX);
	while (
	    log_heads_seen_after(t.s, kept.number, &kept, &note, &t.why) == 1) {
		assert_string_equal(kept.node, "XX-SITE-01");
		shown += kept.alarm;
		bytes_empty(&note);
	}
	assert_int_equal(shown, row->alarms);
	bytes_free(&note);
	a_store_end(&t);
}

int
main(void)
{
	return ROWS_RUN("log", cases, a_store_case_holds) +
	    ROWS_RUN("log: rewritten", rewritings, rewriting_holds) +
	    ROWS_RUN("log heads", head_cases, a_store_case_holds) +
	    ROWS_RUN("log heads: witnesses", witnesses, witness_holds);
}
