#include "store/schema.h"

/* What the two databases call bytes differs; all the rest they share. */
#define BYTES " BLOB"
#define NUMBER " BIGINT"

/* Numbers are given by the statements, since the databases differ there too. */
#define REFERRALS(table)                                            \
	"CREATE TABLE " table " ("                                  \
	"ref" BYTES " NOT NULL PRIMARY KEY,"                        \
	"number" NUMBER " NOT NULL UNIQUE,"                         \
	"case_id" BYTES ","                                         \
	"display" BYTES ","                                         \
	"individual" BYTES ","                                      \
	"body" BYTES " NOT NULL,"                                   \
	"record" BYTES ","                                          \
	"version_of" BYTES " NOT NULL);"                            \
	"CREATE INDEX " table "_version ON " table " (version_of);" \
	"CREATE INDEX " table "_case_id ON " table " (case_id);"    \
	"CREATE INDEX " table "_display ON " table " (display);"    \
	"CREATE INDEX " table "_individual ON " table " (individual);"

static const char first_form[] =
    "CREATE TABLE journal ("
    "number" NUMBER " NOT NULL PRIMARY KEY,"
    "act TEXT NOT NULL,"
    "at" NUMBER " NOT NULL,"
    "by_user TEXT,"
    "body TEXT NOT NULL);"
    "CREATE INDEX journal_at ON journal (at);"
    /* Triggers are the one thing here that PostgreSQL spells otherwise. */
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN "
    "SELECT RAISE(ABORT, 'an entry of the journal is never changed'); END;"
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN "
    "SELECT RAISE(ABORT, 'an entry of the journal is never removed'); END;"
    /* Putting one in the place of another would pass both of those. */
    "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal "
    "WHEN EXISTS (SELECT 1 FROM journal WHERE number = NEW.number) BEGIN "
    "SELECT RAISE(ABORT, 'an entry of the journal is never replaced'); END;"

    "CREATE TABLE agreements ("
    "version" NUMBER " NOT NULL PRIMARY KEY,"
    "id TEXT NOT NULL,"
    "sha256" BYTES " NOT NULL,"
    "at" NUMBER " NOT NULL,"
    "file" BYTES " NOT NULL);"
    "CREATE TABLE agreement_signatures ("
    "version" NUMBER " NOT NULL REFERENCES agreements (version),"
    "number" NUMBER " NOT NULL,"
    "party TEXT NOT NULL,"
    "file" BYTES " NOT NULL,"
    "PRIMARY KEY (version, number));"
    "CREATE TABLE partners ("
    "node TEXT NOT NULL PRIMARY KEY,"
    "agreement" NUMBER " NOT NULL);"

    "CREATE TABLE made ("
    "seq" NUMBER " NOT NULL PRIMARY KEY,"
    "id TEXT NOT NULL UNIQUE,"
    "receiver TEXT NOT NULL,"
    "sequence" NUMBER " NOT NULL,"
    "sha256" BYTES " NOT NULL,"
    "bytes" NUMBER " NOT NULL,"
    "created" NUMBER " NOT NULL,"
    "name TEXT NOT NULL,"
    "carried" NUMBER " NOT NULL,"
    "UNIQUE (receiver, sequence));"
    "CREATE TABLE came ("
    "sender" BYTES " NOT NULL,"
    "id TEXT NOT NULL,"
    "seq" NUMBER " NOT NULL,"
    "sequence" NUMBER " NOT NULL,"
    "sha256" BYTES " NOT NULL,"
    "imported" NUMBER " NOT NULL,"
    "code TEXT NOT NULL,"
    "at" NUMBER " NOT NULL,"
    "previous_id TEXT NOT NULL," /* empty: the first of its stream */
    "previous_sha256" BYTES " NOT NULL,"
    "PRIMARY KEY (sender, id));"
    /* A refused bundle takes no number from the one that is sent instead. */
    "CREATE UNIQUE INDEX came_seq ON came (sender, seq) WHERE imported = 1;"
    "CREATE UNIQUE INDEX came_sequence ON came (sender, sequence) "
    "WHERE imported = 1;"

    /* clang-format off: two tables of one form, and the rest */
    REFERRALS("sent") REFERRALS(
	"received") "CREATE TABLE tombstones ("
		    "ref" BYTES " NOT NULL PRIMARY KEY,"
		    "body" BYTES " NOT NULL);"

		    "CREATE TABLE owed ("
		    "number" NUMBER " NOT NULL PRIMARY KEY,"
		    "receiver TEXT NOT NULL,"
		    "kind TEXT NOT NULL,"
		    "first_sequence" NUMBER " NOT NULL,"
		    "record" BYTES " NOT NULL);"
		    "CREATE INDEX owed_receiver ON owed (receiver, kind, number);";
/* clang-format on */

/* What people told this node about consent: whose, by blind index alone. */
static const char second_form[] = "CREATE TABLE agreed ("
				  "number" NUMBER " NOT NULL PRIMARY KEY,"
				  "name" BYTES " NOT NULL,"
				  "body" BYTES " NOT NULL);"
				  "CREATE INDEX agreed_name ON agreed (name);";

/*
 * What people decided, rosters, nodes that are not trusted any more, and the
 * signing keys of this node in the order in which they came into use: numbers
 * of bundles belong to a key.
 */
static const char third_form[] =
    "CREATE TABLE decided ("
    "number" NUMBER " NOT NULL PRIMARY KEY,"
    "ref" BYTES " NOT NULL,"
    "body" BYTES " NOT NULL);"
    "CREATE INDEX decided_ref ON decided (ref);"

    "CREATE TABLE rosters ("
    "agreement TEXT NOT NULL,"
    "party TEXT NOT NULL,"
    "version" NUMBER " NOT NULL,"
    "at" NUMBER " NOT NULL,"
    "file" BYTES " NOT NULL,"
    "signature" BYTES " NOT NULL,"
    "PRIMARY KEY (agreement, party, version));"
    "CREATE TABLE roster_partners ("
    "node TEXT NOT NULL,"
    "party TEXT NOT NULL,"
    "version" NUMBER " NOT NULL,"
    "sender" NUMBER " NOT NULL," /* the stream of which key of ours */
    "sequence" NUMBER " NOT NULL,"
    "acknowledged" NUMBER " NOT NULL,"
    "PRIMARY KEY (node, party));"

    "CREATE TABLE distrusted ("
    "number" NUMBER " NOT NULL PRIMARY KEY,"
    "node TEXT NOT NULL,"
    "agreement" NUMBER " NOT NULL,"
    "at" NUMBER " NOT NULL,"
    "by_user TEXT,"
    "body" BYTES " NOT NULL);"
    "CREATE INDEX distrusted_node ON distrusted (node);"

    "CREATE TABLE own_keys ("
    "number" NUMBER " NOT NULL PRIMARY KEY,"
    "sign" BYTES " NOT NULL UNIQUE);"
    "CREATE TABLE made_by_key ("
    "sender" NUMBER " NOT NULL,"
    "seq" NUMBER " NOT NULL,"
    "id TEXT NOT NULL UNIQUE,"
    "receiver TEXT NOT NULL,"
    "sequence" NUMBER " NOT NULL,"
    "sha256" BYTES " NOT NULL,"
    "bytes" NUMBER " NOT NULL,"
    "created" NUMBER " NOT NULL,"
    "name TEXT NOT NULL,"
    "carried" NUMBER " NOT NULL,"
    "acknowledged" NUMBER " NOT NULL DEFAULT 0," /* when; 0: not yet */
    "refused TEXT NOT NULL DEFAULT '',"		 /* the code over there */
    "PRIMARY KEY (sender, seq),"
    "UNIQUE (sender, receiver, sequence));"
    "INSERT INTO made_by_key (sender, seq, id, receiver, sequence, sha256, "
    "bytes, created, name, carried) SELECT 1, seq, id, receiver, sequence, "
    "sha256, bytes, created, name, carried FROM made;"
    "DROP TABLE made;"
    "ALTER TABLE made_by_key RENAME TO made;"
    /* In the stream of which key its first_sequence is; 0: in none yet. */
    "ALTER TABLE owed ADD COLUMN sender" NUMBER " NOT NULL DEFAULT 0;"
    "UPDATE owed SET sender = 1 WHERE first_sequence > 0;"
    /* Is it the word that a bundle was refused?  That changes nothing here. */
    "ALTER TABLE owed ADD COLUMN refusal" NUMBER " NOT NULL DEFAULT 0;"
    /* The keys of each partner, in the order in which they came into use. */
    "CREATE TABLE partner_keys ("
    "node TEXT NOT NULL,"
    "number" NUMBER " NOT NULL,"
    "sign" BYTES " NOT NULL,"
    "PRIMARY KEY (node, number),"
    "UNIQUE (node, sign));"
    /* Under which agreements the recovery copy of the keys was written. */
    "CREATE TABLE recovery_copies ("
    "agreement" NUMBER " NOT NULL PRIMARY KEY);"
    /* How far a system's server was read. */
    "CREATE TABLE cursors ("
    "name TEXT NOT NULL PRIMARY KEY,"
    "at" NUMBER " NOT NULL,"
    "agreement" NUMBER " NOT NULL);";

/*
 * How far each file came on its way to a server, what the ways cost, and what
 * lies at a place and need not be looked at again.  Places and names are blind
 * indexes; the ticket is sealed.
 */
static const char fourth_form[] =
    /* What is in it, as store/bundles.h has it; -1: nobody noted it. */
    "ALTER TABLE made ADD COLUMN class" NUMBER " NOT NULL DEFAULT -1;"
    /* When its file was removed here, as the agreement says; 0: it was not. */
    "ALTER TABLE made ADD COLUMN purged" NUMBER " NOT NULL DEFAULT 0;"
    "CREATE TABLE uploads ("
    "place" BYTES " NOT NULL,"
    "sha256" BYTES " NOT NULL,"
    "bundle TEXT NOT NULL,"
    "bytes" NUMBER " NOT NULL,"
    "reached" NUMBER " NOT NULL," /* what the server said last */
    "given" NUMBER " NOT NULL,"	  /* what it can have at most */
    "ticket" BYTES " NOT NULL,"
    "begun" NUMBER " NOT NULL,"
    "arrived" NUMBER " NOT NULL," /* when; 0: not yet */
    "proof TEXT NOT NULL,"
    "proven" NUMBER " NOT NULL," /* bytes read back and compared */
    "PRIMARY KEY (place, sha256));"
    "CREATE INDEX uploads_bundle ON uploads (bundle);"
    "CREATE TABLE traffic ("
    "day" NUMBER " NOT NULL PRIMARY KEY,"
    "sent" NUMBER " NOT NULL,"
    "received" NUMBER " NOT NULL,"
    "moved" NUMBER " NOT NULL,"
    "milliseconds" NUMBER " NOT NULL);"
    "CREATE TABLE lying ("
    "place" BYTES " NOT NULL,"
    "name" BYTES " NOT NULL,"
    "bytes" NUMBER " NOT NULL,"
    "changed" NUMBER " NOT NULL,"
    "at" NUMBER " NOT NULL,"
    "bundle TEXT NOT NULL," /* empty: nothing to be fetched */
    "file TEXT NOT NULL,"   /* what it is called here */
    "PRIMARY KEY (place, name));"
    "CREATE INDEX lying_file ON lying (file);"

    /*
     * The journal as a tree: the hash of each entry, what each is about, and
     * the roots of every 256 leaves, of every 256 of those, and so on.
     */
    "CREATE TABLE leaves ("
    "number" NUMBER " NOT NULL PRIMARY KEY,"
    "hash" BYTES " NOT NULL);"
    "CREATE TABLE leaf_about ("
    "number" NUMBER " NOT NULL,"
    "position" NUMBER " NOT NULL,"
    "ref" BYTES "," /* blind index; purged with its salt */
    "hash" BYTES " NOT NULL,"
    "verdict TEXT,"
    "rules TEXT," /* one space apart */
    "salt" BYTES ","
    "PRIMARY KEY (number, position));"
    "CREATE INDEX leaf_about_ref ON leaf_about (ref);"
    "CREATE TABLE log_nodes ("
    "level" NUMBER " NOT NULL," /* 1: of 256 leaves */
    "number" NUMBER " NOT NULL,"
    "hash" BYTES " NOT NULL,"
    "PRIMARY KEY (level, number));"
    "CREATE TABLE heads ("
    "size" NUMBER " NOT NULL PRIMARY KEY,"
    "at" NUMBER " NOT NULL,"
    "note TEXT NOT NULL);"
    "CREATE TABLE seen_heads ("
    "number" NUMBER " NOT NULL PRIMARY KEY,"
    "node TEXT NOT NULL,"
    "size" NUMBER " NOT NULL,"
    "root" BYTES " NOT NULL,"
    "place" NUMBER " NOT NULL," /* of its bundle among all of that node */
    "at" NUMBER " NOT NULL,"
    "bundle TEXT NOT NULL,"
    "note TEXT NOT NULL,"
    "against" NUMBER " NOT NULL);" /* the size it contradicts; -1: none */
    "CREATE INDEX seen_heads_node ON seen_heads (node, size);";

const char *const schema_steps[] = { first_form, second_form, third_form,
	fourth_form };
const int schema_version = (int)(sizeof(schema_steps) / sizeof(*schema_steps));

const struct schema_table schema_tables[] = {
	{ "agreements", "SELECT * FROM agreements ORDER BY version" },
	{ "agreement_signatures",
	    "SELECT * FROM agreement_signatures ORDER BY version, number" },
	{ "partners", "SELECT * FROM partners ORDER BY node" },
	{ "partner_keys", "SELECT * FROM partner_keys ORDER BY node, number" },
	{ "own_keys", "SELECT * FROM own_keys ORDER BY number" },
	{ "made", "SELECT * FROM made ORDER BY sender, seq" },
	{ "came", "SELECT * FROM came WHERE imported = 1 ORDER BY sender, id" },
	{ "sent", "SELECT * FROM sent ORDER BY ref" },
	{ "received", "SELECT * FROM received ORDER BY ref" },
	{ "tombstones", "SELECT * FROM tombstones ORDER BY ref" },
	{ "owed", "SELECT * FROM owed WHERE refusal = 0 ORDER BY number" },
	{ "agreed", "SELECT * FROM agreed ORDER BY number" },
	{ "decided", "SELECT * FROM decided ORDER BY number" },
	{ "rosters",
	    "SELECT * FROM rosters "
	    "ORDER BY agreement, party, version" },
	{ "roster_partners",
	    "SELECT * FROM roster_partners ORDER BY node, party" },
	{ "distrusted", "SELECT * FROM distrusted ORDER BY number" },
	{ "recovery_copies",
	    "SELECT * FROM recovery_copies ORDER BY agreement" },
	{ "cursors", "SELECT * FROM cursors ORDER BY name" },
};
const size_t schema_table_count =
    sizeof(schema_tables) / sizeof(*schema_tables);
