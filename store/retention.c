#include "store/retention.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/json.h"
#include "store/bundles.h"
#include "store/decisions.h"
#include "store/journal.h"
#include "store/log_leaf.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "store/sql.h"
#include "store/store.h"

#define DAY ((moment)24 * 60 * 60)
#define ROW_ARENA ((size_t)16 * 1024 * 1024)
#define NAMES_MAX ((size_t)64 * 1024 * 1024)
#define OWED_MAX ((size_t)256 * 1024 * 1024)
#define REFS_MAX ((size_t)32 * 1024 * 1024)
#define REFS_FULL (REFS_MAX - (size_t)2 * 1024 * 1024)
#define NAME_HEX 12 /* of the blind index, as load names files */

/* Every list entry: one of these, a direction, then the ref, ended by NUL. */
#define DO_RECORD 'r' /* the record goes */
#define DO_LEDGER 'l' /* that, and what the ledger has of it */

struct work {
	const struct retention_order *order;
	struct retention_done *done;
	struct arena *row;  /* of the walk */
	struct arena *more; /* of one referral beside it */
	struct bytes owed;  /* blind indexes, sorted */
	struct bytes refs;  /* to be done after the walk */
	struct bytes cases; /* blind indexes of entries about cases */
	struct bytes open;  /* likewise, of cases that go on; sorted */
	enum direction direction;
	bool first; /* walk: files and what is kept are counted once */
};

/* --- bundles --- */

static bool
is_older(const struct work *w, moment since, int days)
{
	return since > 0 && w->order->now - since > (moment)days * DAY;
}

/* Until every recall is confirmed, what carried one may be asked for. */
static int
holds_recall(const struct work *w, const struct bundle_made *b, bool *out,
    struct fault *why)
{
	int64_t all, never;

	if (owed_of_kind(w->order->store, b->receiver, BUNDLE_RECALL, &all,
		&never, why) == -1)
		return -1;
	*out = all > 0 && (b->class == MADE_RECALL || b->class == MADE_UNKNOWN);
	return 0;
}

static int
name_bundle(struct work *w, const char *id, struct fault *why)
{
	char name[BUNDLE_ID + 16];

	(void)snprintf(name, sizeof(name), "%s.satchel", id);
	return bytes_add(&w->done->outbox, name, strlen(name) + 1, why);
}

static int
purge_bundle(struct work *w, const struct bundle_made *b, struct fault *why)
{
	bool recall;

	if (b->purged != 0)
		return name_bundle(w, b->id, why);
	if (b->acknowledged == 0 || b->refused[0] != '\0') {
		w->done->bundles_kept +=
		    is_older(w, b->created, w->order->bundle_days);
		return 0;
	}
	if (!is_older(w, b->acknowledged, w->order->bundle_days))
		return 0;
	if (holds_recall(w, b, &recall, why) == -1)
		return -1;
	if (recall) {
		w->done->bundles_kept++;
		return 0;
	}
	w->done->bundles++;
	if (!w->order->dry_run &&
	    bundles_set_purged(w->order->store, b->id, w->order->now, why) ==
		-1)
		return -1;
	return name_bundle(w, b->id, why);
}

static int
purge_bundles(struct work *w, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	int more;

	while ((more = bundles_made_after(w->order->store, NULL, &b, &b,
		    why)) == 1)
		if (purge_bundle(w, &b, why) == -1)
			return -1;
	return more;
}

/* --- what is owed still --- */

static int
note_ref(struct work *w, const struct json_node *record, struct fault *why)
{
	const char *ref = json_get_text(record, "ref");
	uint8_t index[SEAL_INDEX];

	if (ref == NULL)
		return 0;
	referrals_index(w->order->store, ref, index);
	return bytes_add(&w->owed, index, sizeof(index), why);
}

/* A receipt speaks of many referrals, the others of one. */
static int
note_owed(const struct bytes *record, void *context, struct fault *why)
{
	struct work *w = context;
	const struct json_node *root;
	struct json *j = NULL;
	int rc;

	if (json_read(record->at, record->len, &json_record, &j, why) == -1)
		return -1;
	root = json_root(j);
	rc = note_ref(w, root, why);
	for (const struct json_node *n =
		 json_first(json_get(root, "referrals"));
	     n != NULL && rc == 0; n = json_next(n))
		rc = note_ref(w, n, why);
	json_free(j);
	return rc;
}

static int
by_index(const void *a, const void *b)
{
	return memcmp(a, b, SEAL_INDEX);
}

static int
read_owed(struct work *w, struct fault *why)
{
	char node[17] = "";
	int more;

	while ((more = bundles_receiver_after(w->order->store, node, node,
		    why)) == 1)
		for (int kind = 0; kind < BUNDLE_REFERRAL; kind++)
			if (owed_walk(w->order->store, node,
				(enum bundle_record)kind, note_owed, w,
				why) == -1)
				return -1;
	if (more == 0 && w->owed.len > 0)
		qsort(w->owed.at, w->owed.len / SEAL_INDEX, SEAL_INDEX,
		    by_index);
	return more;
}

static bool
is_owed(const struct work *w, const char *ref)
{
	uint8_t index[SEAL_INDEX];

	referrals_index(w->order->store, ref, index);
	return w->owed.len > 0 &&
	    bsearch(index, w->owed.at, w->owed.len / SEAL_INDEX, SEAL_INDEX,
		by_index) != NULL;
}

/* --- has it ended? --- */

static bool
received_ended(const struct standing *st)
{
	if (st->delivery != DELIVERY_NONE || standing_to_undo(st))
		return false;
	switch (st->state) {
	case STANDING_LOADED:
		return st->decision != NULL;
	case STANDING_REFUSED:
	case STANDING_RECALLED:
		return true;
	default:
		return false;
	}
}

static bool
sent_ended(const struct standing *st)
{
	if (st->delivery != DELIVERY_NONE || st->draft != NULL ||
	    standing_recall_waits(st) || st->answer_in > st->answer_written)
		return false;
	switch (st->state) {
	case STANDING_SENT:
		return st->decision != NULL;
	case STANDING_REFUSED:
		return st->decision != NULL ||
		    (st->sent_revision == NULL && st->receiver_count == 0);
	case STANDING_RECALLED:
		return true;
	default:
		return false;
	}
}

static int
has_ended(const struct work *w, enum direction d, const struct standing *st,
    struct arena *a, bool *out, struct fault *why)
{
	struct standing all = *st;

	if (standing_find_receivers(&all, a, why) == -1)
		return -1;
	*out = (d == REFERRAL_SENT ? sent_ended(&all) : received_ended(&all)) &&
	    !is_owed(w, st->ref) && !is_owed(w, standing_true_ref(st));
	return 0;
}

static moment
later(moment a, moment b)
{
	return a > b ? a : b;
}

static moment
end_of(day d)
{
	return d == DAY_UNKNOWN ? 0 : day_start(d) + DAY;
}

/* The newest entry of the log about that ref, and how many have their salt. */
static int
ask_log(const struct work *w, const char *ref, moment *at, int64_t *salts,
    struct fault *why)
{
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int more;

	referrals_index(w->order->store, ref, index);
	sql_start(&q, store_db(w->order->store),
	    "SELECT COALESCE(MAX(j.at), 0), COUNT(*) FROM leaf_about a "
	    "JOIN journal j ON j.number = a.number WHERE a.ref = ?1");
	sql_put_blob(&q, 1, index, sizeof(index));
	if ((more = sql_next(&q, why)) == 1) {
		*at = later(*at, sql_integer(&q, 0));
		*salts += sql_integer(&q, 1);
	}
	sql_end(&q);
	return more == 1 ? 0 : -1;
}

/*
 * When the last was done about it; *salts: entries that can be told apart.
 * What is dated later than now is kept until then.
 */
static int
last_done(const struct work *w, const struct standing *st, moment *at,
    int64_t *salts, struct fault *why)
{
	const char *own = standing_true_ref(st);

	*salts = 0;
	*at = later(end_of(st->judged_on), end_of(st->created));
	*at = later(*at, later(st->recall_at, st->delivery_at));
	if (st->decision != NULL)
		*at = later(*at, end_of(st->decided_on));
	if (ask_log(w, own, at, salts, why) == -1)
		return -1;
	if (strcmp(own, st->ref) != 0)
		return ask_log(w, st->ref, at, salts, why);
	return 0;
}

/* --- everything that is kept under the same ref --- */

static int
look_at_direction(const struct work *w, enum direction d, const char *ref,
    bool *ended, struct fault *why)
{
	struct bytes refs;
	struct standing st;
	int rc = -1, found;
	bool one = true;

	bytes_init(&refs, NAMES_MAX);
	if (referrals_versions(w->order->store, d, ref, &refs, why) == -1)
		goto done;
	for (size_t i = 0; i < refs.len;
	     i += strlen((const char *)refs.at + i) + 1) {
		arena_empty(w->more);
		found = referrals_get(w->order->store, d,
		    (const char *)refs.at + i, w->more, &st, why);
		if (found == -1 ||
		    (found == 1 &&
			has_ended(w, d, &st, w->more, &one, why) == -1))
			goto done;
		*ended = *ended && (found == 0 || one);
	}
	rc = 0;
done:
	bytes_free(&refs);
	return rc;
}

/* Entries of the log and decisions are about all versions, both ways. */
static int
all_ended(const struct work *w, const struct standing *st, bool *out,
    struct fault *why)
{
	const char *ref = standing_true_ref(st);

	*out = true;
	if (look_at_direction(w, REFERRAL_SENT, ref, out, why) == -1)
		return -1;
	return look_at_direction(w, REFERRAL_RECEIVED, ref, out, why);
}

/* --- files that load wrote --- */

static bool
is_ours(const char *name)
{
	const char *end = strrchr(name, '.');

	return (name[NAME_HEX] == '-' || name[NAME_HEX] == '.') &&
	    end != NULL &&
	    (strcmp(end, ".json") == 0 || strcmp(end, ".html") == 0);
}

static int
find_files(struct work *w, const struct standing *st, struct fault *why)
{
	const struct bytes *all = w->order->written;
	uint8_t index[SEAL_INDEX];
	char hex[2 * SEAL_INDEX + 1];
	const char *name;

	if (all == NULL || !w->first)
		return 0;
	referrals_index(w->order->store, st->ref, index);
	digest_hex(index, sizeof(index), hex);
	for (size_t i = 0; i < all->len; i += strlen(name) + 1) {
		name = (const char *)all->at + i;
		if (strncmp(name, hex, NAME_HEX) != 0 || !is_ours(name))
			continue;
		w->done->files++;
		if (bytes_add(&w->done->written, name, strlen(name) + 1, why) ==
		    -1)
			return -1;
	}
	return 0;
}

/* --- one referral --- */

/* Has it nothing any more that only counts while it goes on? */
static bool
is_little(const struct standing *st)
{
	return st->reason_count == 0 && st->removed_count == 0 &&
	    st->decision_reason == NULL && st->assigned_to == NULL &&
	    st->refers == NULL && st->refers_name == NULL &&
	    st->undo_why == NULL;
}

static void
make_little(struct standing *st)
{
	st->reason_count = 0;
	st->removed_count = 0;
	st->decision_reason = NULL;
	st->assigned_to = NULL;
	st->refers = NULL;
	st->refers_name = NULL;
	st->undo_why = NULL;
}

static int
note(struct work *w, char what, const char *ref, struct fault *why)
{
	const char head[2] = { what,
		w->direction == REFERRAL_SENT ? 's' : 'r' };

	if (w->order->dry_run)
		return 0;
	if (bytes_add(&w->refs, head, sizeof(head), why) == -1)
		return -1;
	return bytes_add(&w->refs, ref, strlen(ref) + 1, why);
}

/* 1: there is something of the ledger to remove, and it is counted. */
static int
count_ledger(struct work *w, const struct standing *st, int64_t salts,
    bool record, struct fault *why)
{
	const struct decisions_of of = { .direction = w->direction,
		.ref = standing_true_ref(st) };
	int64_t decisions;
	bool ended;

	if (all_ended(w, st, &ended, why) == -1)
		return -1;
	if (!ended)
		return 0;
	if (decisions_forget(w->order->store, &of, true, &decisions, why) == -1)
		return -1;
	if (is_little(st) && salts == 0 && decisions == 0 && !record)
		return 0;
	w->done->referrals++;
	w->done->records += record;
	/* Versions share these: what is gone in the end is counted then. */
	if (w->order->dry_run) {
		w->done->salts += salts;
		w->done->decisions += decisions;
	}
	return 1;
}

/* --- what the log has of cases --- */

/*
 * Consent is added for a case and not for a referral: those whose last such
 * entry is as old as the ledger.
 */
static int
list_cases(struct work *w, struct fault *why)
{
	const moment since =
	    w->order->now - (moment)w->order->ledger_days * DAY;
	uint8_t index[SEAL_INDEX];
	struct sql q;
	int more;

	sql_start(&q, store_db(w->order->store),
	    "SELECT a.ref FROM leaf_about a JOIN journal j "
	    "ON j.number = a.number WHERE j.act = 'consent added' "
	    "AND a.ref IS NOT NULL GROUP BY a.ref HAVING MAX(j.at) < ?1");
	sql_put_integer(&q, 1, since);
	while ((more = sql_next(&q, why)) == 1)
		if (sql_copy_blob(&q, 0, index, sizeof(index), why) == -1 ||
		    bytes_add(&w->cases, index, sizeof(index), why) == -1) {
			more = -1;
			break;
		}
	sql_end(&q);
	return more;
}

static int
note_name(struct work *w, const char *name, struct fault *why)
{
	uint8_t index[SEAL_INDEX];

	if (name == NULL)
		return 0;
	if ((name = text_number(w->row, name, why)) == NULL)
		return -1;
	referrals_index(w->order->store, name, index);
	return bytes_add(&w->open, index, sizeof(index), why);
}

/* A referral of it goes on, or is younger than the ledger. */
static int
note_open(struct work *w, const struct standing *st, struct fault *why)
{
	if (!w->first || w->cases.len == 0)
		return 0;
	if (note_name(w, st->case_id, why) == -1 ||
	    note_name(w, st->case_display, why) == -1)
		return -1;
	return note_name(w, st->individual, why);
}

static int
forget_case(const struct work *w, const uint8_t index[static SEAL_INDEX],
    int64_t *count, struct fault *why)
{
	struct sql q;

	if (!w->order->dry_run)
		return log_leaf_forget_index(w->order->store, index, count,
		    why);
	sql_start(&q, store_db(w->order->store),
	    "SELECT COUNT(*) FROM leaf_about WHERE ref = ?1");
	sql_put_blob(&q, 1, index, SEAL_INDEX);
	return sql_number(&q, count, why) == -1 ? -1 : 0;
}

static int
purge_cases(struct work *w, struct fault *why)
{
	int64_t count;

	if (w->open.len > 0)
		qsort(w->open.at, w->open.len / SEAL_INDEX, SEAL_INDEX,
		    by_index);
	for (size_t i = 0; i < w->cases.len; i += SEAL_INDEX) {
		const uint8_t *index = (const uint8_t *)w->cases.at + i;

		if (w->open.len > 0 &&
		    bsearch(index, w->open.at, w->open.len / SEAL_INDEX,
			SEAL_INDEX, by_index) != NULL)
			continue;
		if (forget_case(w, index, &count, why) == -1)
			return -1;
		w->done->salts += count;
	}
	return 0;
}

/* Of one that went, or was to go, there is no record here: it waits as well. */
static void
count_kept(struct work *w, bool record)
{
	if (!w->first)
		return;
	if (w->direction == REFERRAL_SENT)
		w->done->sent_kept++;
	else
		w->done->records_kept += record;
}

static int
look_at(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	const struct retention_order *o = ((struct work *)context)->order;
	struct work *w = context;
	bool ended, has = record->len > 0;
	int64_t salts;
	moment at;
	int found = 0;

	if (has_ended(w, w->direction, st, w->row, &ended, why) == -1 ||
	    last_done(w, st, &at, &salts, why) == -1)
		return -1;
	if ((!ended || !is_older(w, at, o->ledger_days)) &&
	    note_open(w, st, why) == -1)
		return -1;
	if (!is_older(w, at, o->staged_days))
		return 0;
	if (!ended) {
		count_kept(w, has);
		return 0;
	}
	if (find_files(w, st, why) == -1)
		return -1;
	/* What is left for the next walk is counted there. */
	if (w->refs.len > REFS_FULL)
		return 0;
	if (is_older(w, at, o->ledger_days) &&
	    (found = count_ledger(w, st, salts, has, why)) == -1)
		return -1;
	if (found == 1)
		return note(w, DO_LEDGER, st->ref, why);
	/* Words that came back are compared with what comes late. */
	if (!has || w->direction == REFERRAL_SENT)
		return 0;
	w->done->records++;
	return note(w, DO_RECORD, st->ref, why);
}

static int
purge_ledger(struct work *w, enum direction d, const struct standing *st,
    struct fault *why)
{
	const struct decisions_of of = { .direction = d,
		.ref = standing_true_ref(st) };
	int64_t decisions, own, kept;

	if (decisions_forget(w->order->store, &of, false, &decisions, why) ==
		-1 ||
	    log_leaf_forget(w->order->store, of.ref, &own, why) == -1 ||
	    log_leaf_forget(w->order->store, st->ref, &kept, why) == -1)
		return -1;
	w->done->decisions += decisions;
	w->done->salts += own + kept;
	return 0;
}

static int
purge_one(struct work *w, char what, enum direction d, const char *ref,
    struct fault *why)
{
	struct store *s = w->order->store;
	struct standing st;
	int found;

	arena_empty(w->more);
	found = referrals_get(s, d, ref, w->more, &st, why);
	if (found != 1)
		return found == -1 ?
		    -1 :
		    FAIL(why, FAULT_INSIDE, "a referral is not there any more");
	if (what == DO_LEDGER) {
		if (purge_ledger(w, d, &st, why) == -1)
			return -1;
		make_little(&st);
	}
	st.purged_at = w->order->now > 0 ? w->order->now : 1;
	if (referrals_put(s, d, &st, NULL, 0, why) == -1)
		return -1;
	return referrals_erase(s, d, ref, why);
}

static int
purge_listed(struct work *w, struct fault *why)
{
	const char *at = (const char *)w->refs.at;

	for (size_t i = 0; i < w->refs.len; i += 2 + strlen(at + i + 2) + 1)
		if (purge_one(w, at[i],
			at[i + 1] == 's' ? REFERRAL_SENT : REFERRAL_RECEIVED,
			at + i + 2, why) == -1)
			return -1;
	return 0;
}

/* A walk must not change what it walks over: first all are listed. */
static int
purge_referrals(struct work *w, struct fault *why)
{
	static const enum direction ways[] = { REFERRAL_SENT,
		REFERRAL_RECEIVED };
	bool again;

	w->first = true;
	do {
		bytes_empty(&w->refs);
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
			w->direction = ways[i];
			if (referrals_walk(w->order->store, w->direction,
				w->row, look_at, w, why) == -1)
				return -1;
		}
		if (purge_listed(w, why) == -1)
			return -1;
		again = w->refs.len > REFS_FULL;
		w->first = false;
	} while (again);
	return 0;
}

/* --- all of it --- */

static int
log_it(const struct work *w, struct fault *why)
{
	const struct retention_done *d = w->done;
	char body[320];

	if (d->bundles + d->records + d->referrals + d->decisions + d->salts +
		d->files ==
	    0)
		return 0;
	(void)snprintf(body, sizeof(body),
	    "{\"agreement\":%" PRId64 ",\"bundles\":%" PRId64
	    ",\"decisions\":%" PRId64 ",\"files\":%" PRId64
	    ",\"records\":%" PRId64 ",\"referrals\":%" PRId64
	    ",\"salts\":%" PRId64 "}",
	    w->order->agreement, d->bundles, d->decisions, d->files, d->records,
	    d->referrals, d->salts);
	return journal_add(w->order->store, ACT_PURGED, w->order->now,
	    w->order->user, body, why);
}

static int
purge(struct store *s, void *context, struct fault *why)
{
	struct work *w = context;

	(void)s;
	if (purge_bundles(w, why) == -1 || read_owed(w, why) == -1 ||
	    list_cases(w, why) == -1 || purge_referrals(w, why) == -1 ||
	    purge_cases(w, why) == -1)
		return -1;
	return w->order->dry_run ? 0 : log_it(w, why);
}

int
retention_run(const struct retention_order *o, struct retention_done *out,
    struct fault *why)
{
	struct work w = { .order = o, .done = out };
	int rc = -1;

	*out = (struct retention_done){ .bundles = 0 };
	bytes_init(&out->outbox, NAMES_MAX);
	bytes_init(&out->written, NAMES_MAX);
	bytes_init(&w.owed, OWED_MAX);
	bytes_init(&w.refs, REFS_MAX);
	bytes_init(&w.cases, OWED_MAX);
	bytes_init(&w.open, OWED_MAX);
	if ((w.row = arena_new(ROW_ARENA, why)) != NULL &&
	    (w.more = arena_new(ROW_ARENA, why)) != NULL)
		rc = store_transaction(o->store, purge, &w, why);
	arena_free(w.row);
	arena_free(w.more);
	bytes_free(&w.owed);
	bytes_free(&w.refs);
	bytes_free(&w.cases);
	bytes_free(&w.open);
	return rc;
}

void
retention_free(struct retention_done *d)
{
	bytes_free(&d->outbox);
	bytes_free(&d->written);
}
