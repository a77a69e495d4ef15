/*
 * referrals: where each referral stands here, and why.
 *
 * Sent ones keep their standing; received ones also their record.  All of it
 * is sealed; rows are found by the blind index of the ref.  Everything here
 * needs a store that was opened with the secrets.
 */
#ifndef SATCHEL_STORE_REFERRALS_H
#define SATCHEL_STORE_REFERRALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "crypto/seal.h"
#include "store/standing.h"

struct arena;
struct bytes;
struct fault;
struct referral;
struct store;

enum direction { REFERRAL_SENT, REFERRAL_RECEIVED };

/*
 * Put or replace the row of st->ref, which keeps its place in the order.
 * record may be NULL (sent ones; or keep the record that is there).
 */
int referrals_put(struct store *s, enum direction d, const struct standing *st,
    const void *record, size_t len, struct fault *why);
/* By the whole ref: 1, or 0.  The texts of *out are the arena's. */
int referrals_get(struct store *s, enum direction d, const char *ref,
    struct arena *a, struct standing *out, struct fault *why);
/* The record of the ref, added to out: 1, or 0 if none is kept. */
int referrals_record(struct store *s, enum direction d, const char *ref,
    struct bytes *out, struct fault *why);

/* Take the record away; the standing stays. */
int referrals_erase(struct store *s, enum direction d, const char *ref,
    struct fault *why);
/* Take the whole row away: what it said is kept under another ref. */
int referrals_drop(struct store *s, enum direction d, const char *ref,
    struct fault *why);
/*
 * The refs under which versions of `ref` are kept, its own among them, oldest
 * first: added to refs, each ended by NUL.
 */
int referrals_versions(struct store *s, enum direction d, const char *ref,
    struct bytes *refs, struct fault *why);

/*
 * Every row of a direction, oldest first, through `each`, which may stop the
 * walk with -1.  Rows are read one by one: `each` must not put a referral.  The
 * arena is emptied between rows; record is empty where none is kept.  A row
 * that does not open is FAULT_STORE_DAMAGED, never left out.
 */
int referrals_walk(struct store *s, enum direction d, struct arena *a,
    int (*each)(const struct standing *st, const struct bytes *record,
	void *context, struct fault *why),
    void *context, struct fault *why);

/* A name of a case; each has its own blind index. */
enum referrals_name {
	REFERRALS_CASE_ID,
	REFERRALS_DISPLAY,
	REFERRALS_INDIVIDUAL,
	REFERRALS_NAMES
};

/* Whose rows are asked for. */
struct referrals_query {
	enum direction direction;
	enum referrals_name kind;
	const char *name;
};

/*
 * Every row of a case or a person, oldest first, through `each`, as
 * referrals_walk does; the record is not read.
 */
int referrals_of(struct store *s, const struct referrals_query *q,
    struct arena *a,
    int (*each)(const struct standing *st, void *context, struct fault *why),
    void *context, struct fault *why);

/*
 * The same by all names of a child at once (NULLs are passed over): each row
 * once.  Asked for every referral that comes, so the statement is kept ready.
 */
struct referrals_children;

struct referrals_children *referrals_children_new(struct store *s,
    enum direction d, struct fault *why);
/* NULL is fine; before the store is closed. */
void referrals_children_free(struct referrals_children *c);
int referrals_of_child(struct referrals_children *c,
    const char *const name[static REFERRALS_NAMES], struct arena *a,
    int (*each)(const struct standing *st, void *context, struct fault *why),
    void *context, struct fault *why);

/*
 * The one ref that is `start`, or else that belongs to the case named by its
 * case_id, display form or individual number, or else that begins with it
 * (also without its "primero:" or "progres:"): copied to the arena.  ASCII letter case and space around it do not count.
 * FAULT_REF_UNKNOWN, or FAULT_REF_AMBIGUOUS with how many.
 */
const char *referrals_find(struct store *s, enum direction d, const char *start,
    struct arena *a, struct fault *why);

/*
 * Note in st whom r is about: keyed hashes of the full name, the birth date and
 * the sex, in hex, in the arena.  The name is first and last name, whatever the
 * ASCII letter case and the spaces; NULL for what r does not say.
 */
int referrals_note_who(struct store *s, const struct referral *r,
    struct arena *a, struct standing *st, struct fault *why);

/* The blind index that names files (12 hex digits are used) for this ref. */
void referrals_index(struct store *s, const char *ref,
    uint8_t out[static SEAL_INDEX]);

#endif
