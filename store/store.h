/*
 * store: what one node remembers, in one SQLite file (WAL, synchronous=FULL).
 *
 * Every value about a person is sealed (crypto/seal.h) to its table, column and
 * row; look-up is by blind index.  A command that changes something holds the
 * node's lock from the start and changes everything in one transaction.
 */
#ifndef SATCHEL_STORE_STORE_H
#define SATCHEL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/seal.h"

struct bytes;
struct fault;
struct folder;
struct secrets;
struct sqlite3;
struct store;

#define STORE_FILE "store.db"

/*
 * Make an empty store in the folder, whole or not at all.  FAULT_DISK_EXISTS
 * if there is one.
 */
int store_make(struct folder *home, struct fault *why);

/*
 * Open it, bring it to this program's schema, and, for a command that writes,
 * take the node's lock: FAULT_STORE_BUSY if another program has it.  Opened
 * without writes, nothing can be changed through it.  secrets are borrowed and
 * may be NULL for what needs no sealed value.  FAULT_DISK_NOT_FOUND if there
 * is no store, FAULT_STORE_NEWER if a newer program wrote it.
 */
struct store *store_open(struct folder *home, const struct secrets *secrets,
    bool writes, struct fault *why);
void store_close(struct store *s); /* rolls back what is open; NULL is fine */

/*
 * One transaction around `work`: all of it is on the disk when this returns 0,
 * or nothing of it happened.
 */
int store_transaction(struct store *s,
    int (*work)(struct store *s, void *context, struct fault *why),
    void *context, struct fault *why);
/* The same, but as part of the transaction that is open, if one is. */
int store_within(struct store *s,
    int (*work)(struct store *s, void *context, struct fault *why),
    void *context, struct fault *why);
/*
 * The same in two halves, for work that streams.  A second begin is
 * FAULT_INSIDE.  A commit that fails has rolled back.
 */
int store_begin(struct store *s, struct fault *why);
int store_commit(struct store *s, struct fault *why);
void store_roll_back(struct store *s); /* nothing open: does nothing */

/*
 * Give back the room of what was removed, outside any transaction: it was
 * overwritten when it was removed, and this leaves none of it in the file's
 * free pages or the write-ahead log.
 */
int store_compact(struct store *s, struct fault *why);

/* For the other files of this folder. */
struct sqlite3 *store_db(struct store *s);
/*
 * What runs for each of many thousand referrals is made ready once: started as
 * sql_start does, each with its own text, and ended as any other, it is there
 * for the next time.  Never asked for while it is in use.
 */
enum store_kept {
	KEPT_JOURNAL_PUT,
	KEPT_JOURNAL_LAST,
	KEPT_ENTRY,
	KEPT_ENTRY_ABOUT,
	KEPT_ABOUT_PUT,
	KEPT_LEAF_PUT,
	KEPT_COUNT
};
struct sql *store_kept(struct store *s, enum store_kept which,
    const char *text);
/* bundles_sign_with: the key whose numbers count, and its number; 0: none. */
void store_sign_with(struct store *s, const uint8_t sign[static 32],
    int64_t number);
const uint8_t *store_signs_with(const struct store *s);
int64_t store_sender(const struct store *s);
/* Add the sealed value, or the plain one, to out; both need the secrets. */
int store_seal(struct store *s, const struct seal_place *at, const void *plain,
    size_t len, struct bytes *out, struct fault *why);
int store_unseal(struct store *s, const struct seal_place *at,
    const void *sealed, size_t len, struct bytes *out, struct fault *why);
void store_index(struct store *s, const char *kind, const char *value,
    uint8_t out[static SEAL_INDEX]);
/* The same, but each letter and space of the value counts. */
void store_index_exactly(struct store *s, const char *kind, const char *value,
    uint8_t out[static SEAL_INDEX]);
/*
 * A row's own name for seal_place, where no blind index names it: a hash of
 * the table and of the numbers that are the row's key.
 */
void store_row(const char *table, int64_t first, int64_t second,
    uint8_t out[static SEAL_INDEX]);

/*
 * BLAKE2b-256 over every row of every table of schema.h in order: two
 * stores that remember the same have the same hash only if nothing was written
 * in between (sealed values have random nonces).
 */
int store_state_hash(struct store *s, uint8_t out[static 32],
    struct fault *why);

#endif
