#include "store/bundles.h"

#include <string.h>

#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

#define MADE                                                                 \
	"SELECT id, seq, sequence, receiver, sha256, bytes, created, name, " \
	"carried, sender, acknowledged, refused, class, purged FROM made "
#define CAME                                                     \
	"SELECT id, seq, sequence, sha256, imported, code, at, " \
	"previous_id, previous_sha256 FROM came "

int
bundles_own_key(struct store *s, const uint8_t sign[static 32], int64_t *number,
    struct fault *why)
{
	struct sql q;

	*number = 0;
	sql_start(&q, store_db(s),
	    "SELECT number FROM own_keys WHERE sign = ?1");
	sql_put_blob(&q, 1, sign, 32);
	return sql_number(&q, number, why) == -1 ? -1 : 0;
}

int
bundles_own_sign(struct store *s, int64_t number, uint8_t sign[static 32],
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT sign FROM own_keys WHERE number = ?1");
	sql_put_integer(&q, 1, number);
	if ((more = sql_next(&q, why)) == 1 &&
	    sql_copy_blob(&q, 0, sign, 32, why) == -1)
		more = -1;
	sql_end(&q);
	return more;
}

/* The number that the key has, or would have as the next one. */
static int
find_key(struct store *s, const uint8_t sign[static 32], int64_t *number,
    bool *kept, struct fault *why)
{
	struct sql q;

	if (bundles_own_key(s, sign, number, why) == -1)
		return -1;
	*kept = *number != 0;
	if (*kept)
		return 0;
	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) + 1 FROM own_keys");
	return sql_number(&q, number, why) == -1 ? -1 : 0;
}

struct keeping {
	const uint8_t *sign;
};

static int
keep_key(struct store *s, void *context, struct fault *why)
{
	const struct keeping *k = context;
	int64_t number;
	struct sql q;
	bool kept;

	if (find_key(s, k->sign, &number, &kept, why) == -1)
		return -1;
	if (kept)
		return 0;
	sql_start(&q, store_db(s),
	    "INSERT INTO own_keys (number, sign) VALUES (?1, ?2)");
	sql_put_integer(&q, 1, number);
	sql_put_blob(&q, 2, k->sign, 32);
	return sql_run(&q, why);
}

int
bundles_keep_key(struct store *s, const uint8_t sign[static 32],
    struct fault *why)
{
	struct keeping k = { sign };

	return store_within(s, keep_key, &k, why);
}

int
bundles_sign_with(struct store *s, const uint8_t sign[static 32],
    struct fault *why)
{
	int64_t number;
	bool kept;

	if (find_key(s, sign, &number, &kept, why) == -1)
		return -1;
	store_sign_with(s, sign, number);
	return 0;
}

int
bundles_keep_own(struct store *s, struct fault *why)
{
	if (store_sender(s) == 0)
		return FAIL(why, FAULT_INSIDE,
		    "nobody said with which key this node signs");
	if (bundles_keep_key(s, store_signs_with(s), why) == -1)
		return -1;
	/* Another key may have been kept since the number was asked for. */
	return bundles_sign_with(s, store_signs_with(s), why);
}

int
bundles_next(struct store *s, const char *receiver, int64_t *seq,
    int64_t *sequence, struct fault *why)
{
	struct sql q;

	if (store_sender(s) == 0)
		return FAIL(why, FAULT_INSIDE,
		    "nobody said with which key this node signs");
	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(seq), 0) FROM made WHERE sender = ?1");
	sql_put_integer(&q, 1, store_sender(s));
	if (sql_number(&q, seq, why) == -1)
		return -1;
	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(sequence), 0) FROM made "
	    "WHERE receiver = ?1 AND sender = ?2");
	sql_put_text(&q, 1, receiver);
	sql_put_integer(&q, 2, store_sender(s));
	if (sql_number(&q, sequence, why) == -1)
		return -1;
	if (*seq < 0 || *sequence < 0 || *sequence > *seq)
		return FAIL(why, FAULT_STORE_DAMAGED,
		    "the numbers of the bundles made");
	if (*seq >= BUNDLE_NUMBER_MAX)
		return FAIL(why, FAULT_INSIDE, "all numbers are used");
	++*seq;
	++*sequence;
	return 0;
}

/* The first row of a query that begins with MADE: 1, or 0.  Ends q. */
static int
get_made(struct sql *q, struct bundle_made *out, struct fault *why)
{
	int64_t noted;
	int more;

	if ((more = sql_next(q, why)) != 1)
		goto done;
	noted = sql_integer(q, 12);
	*out = (struct bundle_made){
		.seq = sql_integer(q, 1),
		.sequence = sql_integer(q, 2),
		.bytes = sql_integer(q, 5),
		.created = sql_integer(q, 6),
		.carried = sql_integer(q, 8) != 0,
		.sender = sql_integer(q, 9),
		.acknowledged = sql_integer(q, 10),
		.purged = sql_integer(q, 13),
		.class = noted >= MADE_RECALL && noted <= MADE_REST ?
		    (enum made_class)noted :
		    MADE_UNKNOWN,
	};
	if (sql_copy_text(q, 0, out->id, sizeof(out->id), why) == -1 ||
	    sql_copy_text(q, 3, out->receiver, sizeof(out->receiver), why) ==
		-1 ||
	    sql_copy_blob(q, 4, out->sha256, sizeof(out->sha256), why) == -1 ||
	    sql_copy_text(q, 7, out->name, sizeof(out->name), why) == -1 ||
	    sql_copy_text(q, 11, out->refused, sizeof(out->refused), why) == -1)
		more = -1;

done:
	sql_end(q);
	return more;
}

int
bundles_last(struct store *s, const char *receiver, struct bundle_made *out,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    MADE "WHERE receiver = ?1 AND sender = ?2 "
		 "ORDER BY sequence DESC LIMIT 1");
	sql_put_text(&q, 1, receiver);
	sql_put_integer(&q, 2, store_sender(s));
	return get_made(&q, out, why);
}

int
bundles_put_made(struct store *s, const struct bundle_made *b,
    struct fault *why)
{
	int64_t seq, sequence;
	struct sql q;

	if (bundles_keep_own(s, why) == -1 ||
	    bundles_next(s, b->receiver, &seq, &sequence, why) == -1)
		return -1;
	if (b->seq != seq || b->sequence != sequence)
		return FAIL(why, FAULT_INSIDE,
		    "a bundle's number is not the next one");
	sql_start(&q, store_db(s),
	    "INSERT INTO made (seq, id, receiver, sequence, sha256, bytes, "
	    "created, name, carried, sender, class) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
	sql_put_integer(&q, 1, b->seq);
	sql_put_text(&q, 2, b->id);
	sql_put_text(&q, 3, b->receiver);
	sql_put_integer(&q, 4, b->sequence);
	sql_put_blob(&q, 5, b->sha256, sizeof(b->sha256));
	sql_put_integer(&q, 6, b->bytes);
	sql_put_integer(&q, 7, b->created);
	sql_put_text(&q, 8, b->name);
	sql_put_integer(&q, 9, b->carried ? 1 : 0);
	sql_put_integer(&q, 10, store_sender(s));
	sql_put_integer(&q, 11, b->class);
	return sql_run(&q, why);
}

int
bundles_set_carried(struct store *s, const char *id, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s), "UPDATE made SET carried = 1 WHERE id = ?1");
	sql_put_text(&q, 1, id);
	if (sql_run(&q, why) == -1)
		return -1;
	if (sql_changed(store_db(s)) != 1)
		return FAIL(why, FAULT_INSIDE, "no such bundle was made");
	return 0;
}

int
bundles_set_purged(struct store *s, const char *id, moment at,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s), "DELETE FROM uploads WHERE bundle = ?1");
	sql_put_text(&q, 1, id);
	if (sql_run(&q, why) == -1)
		return -1;
	sql_start(&q, store_db(s), "UPDATE made SET purged = ?2 WHERE id = ?1");
	sql_put_text(&q, 1, id);
	/* 0 is "not yet", and so may a clock's 1970 be. */
	sql_put_integer(&q, 2, at > 0 ? at : 1);
	if (sql_run(&q, why) == -1)
		return -1;
	if (sql_changed(store_db(s)) != 1)
		return FAIL(why, FAULT_INSIDE, "no such bundle was made");
	return 0;
}

int
bundles_set_waiting(struct store *s, const char *id, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s), "UPDATE made SET carried = 0 WHERE id = ?1");
	sql_put_text(&q, 1, id);
	if (sql_run(&q, why) == -1)
		return -1;
	if (sql_changed(store_db(s)) != 1)
		return FAIL(why, FAULT_INSIDE, "no such bundle was made");
	return 0;
}

int
bundles_made(struct store *s, const char *id, struct bundle_made *out,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s), MADE "WHERE id = ?1");
	sql_put_text(&q, 1, id);
	return get_made(&q, out, why);
}

static int
keep_heard(struct store *s, void *context, struct fault *why)
{
	const struct bundles_heard *h = context;
	int64_t sender;
	struct sql q;

	if (bundles_own_key(s, h->sign, &sender, why) == -1)
		return -1;
	for (size_t i = 0; i < h->count && sender != 0; i++) {
		sql_start(&q, store_db(s),
		    "UPDATE made SET acknowledged = ?5, refused = '' "
		    "WHERE sender = ?1 AND receiver = ?2 "
		    "AND sequence BETWEEN ?3 AND ?4 AND acknowledged = 0 "
		    "AND refused <> ?6");
		sql_put_text(&q, 6,
		    fault_text(FAULT_BUNDLE_NUMBER_TWICE)->code);
		sql_put_integer(&q, 1, sender);
		sql_put_text(&q, 2, h->receiver);
		sql_put_integer(&q, 3, h->ranges[i].first);
		sql_put_integer(&q, 4, h->ranges[i].last);
		sql_put_integer(&q, 5, h->at);
		if (sql_run(&q, why) == -1)
			return -1;
	}
	return 0;
}

int
bundles_acknowledged(struct store *s, const struct bundles_heard *heard,
    struct fault *why)
{
	struct bundles_heard h = *heard;

	/* 0 is "not yet", and so may a clock's 1970 be. */
	if (h.at <= 0)
		h.at = 1;
	return store_within(s, keep_heard, &h, why);
}

int
bundles_set_refused(struct store *s, const char *id, const char *code,
    bool *news, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "UPDATE made SET refused = ?2, acknowledged = 0 WHERE id = ?1 "
	    "AND (acknowledged = 0 OR ?2 = ?3) AND refused <> ?2");
	sql_put_text(&q, 1, id);
	sql_put_text(&q, 2, code);
	sql_put_text(&q, 3, fault_text(FAULT_BUNDLE_NUMBER_TWICE)->code);
	if (sql_run(&q, why) == -1)
		return -1;
	*news = sql_changed(store_db(s)) == 1;
	return 0;
}

int
bundles_made_sequence(struct store *s, const char *receiver,
    const uint8_t sign[static 32], int64_t sequence, struct bundle_made *out,
    struct fault *why)
{
	int64_t sender;
	struct sql q;

	if (bundles_own_key(s, sign, &sender, why) == -1)
		return -1;
	sql_start(&q, store_db(s),
	    MADE "WHERE sender = ?1 AND receiver = ?2 AND sequence = ?3");
	sql_put_integer(&q, 1, sender);
	sql_put_text(&q, 2, receiver);
	sql_put_integer(&q, 3, sequence);
	return get_made(&q, out, why);
}

int
bundles_receiver_after(struct store *s, const char *after, char node[static 17],
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT receiver FROM (SELECT receiver FROM made "
	    "UNION SELECT receiver FROM owed) AS all_of_them "
	    "WHERE receiver > ?1 ORDER BY receiver LIMIT 1");
	sql_put_text(&q, 1, after);
	more = sql_next(&q, why);
	if (more == 1 && sql_copy_text(&q, 0, node, 17, why) == -1)
		more = -1;
	sql_end(&q);
	return more;
}

int
bundles_known(struct store *s, const char *id, bool *known, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s), "SELECT seq FROM made WHERE id = ?1");
	sql_put_text(&q, 1, id);
	more = sql_next(&q, why);
	sql_end(&q);
	*known = more == 1;
	return more == -1 ? -1 : 0;
}

int
bundles_imported(struct store *s, const char *id, bool *imported,
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT seq FROM came WHERE id = ?1 AND imported = 1");
	sql_put_text(&q, 1, id);
	more = sql_next(&q, why);
	sql_end(&q);
	*imported = more == 1;
	return more == -1 ? -1 : 0;
}

#define AFTER "WHERE (sender > ?1 OR (sender = ?1 AND seq > ?2)) "
#define FIRST "ORDER BY sender, seq LIMIT 1"

int
bundles_made_after(struct store *s, const char *receiver,
    const struct bundle_made *after, struct bundle_made *out, struct fault *why)
{
	struct sql q;

	if (receiver == NULL) {
		sql_start(&q, store_db(s), MADE AFTER FIRST);
	} else {
		sql_start(&q, store_db(s),
		    MADE AFTER "AND receiver = ?3 " FIRST);
		sql_put_text(&q, 3, receiver);
	}
	sql_put_integer(&q, 1, after == NULL ? 0 : after->sender);
	sql_put_integer(&q, 2, after == NULL ? 0 : after->seq);
	return get_made(&q, out, why);
}

int
bundles_keep_partner_key(struct store *s, const char *node,
    const uint8_t sign[static 32], struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO partner_keys (node, number, sign) SELECT ?1, "
	    "(SELECT COALESCE(MAX(number), 0) + 1 FROM partner_keys "
	    "WHERE node = ?1), ?2 "
	    "WHERE NOT EXISTS (SELECT 1 FROM partner_keys "
	    "WHERE node = ?1 AND sign = ?2)");
	sql_put_text(&q, 1, node);
	sql_put_blob(&q, 2, sign, 32);
	return sql_run(&q, why);
}

/* Room for 2^44 bundles a key and for 512 keys below 2^53. */
#define STREAM_ROOM ((int64_t)1 << 44)
#define STREAMS_MAX 512

static int64_t
place_in(int64_t stream, int64_t sequence)
{
	if (stream > STREAMS_MAX)
		stream = STREAMS_MAX;
	if (sequence >= STREAM_ROOM)
		sequence = STREAM_ROOM - 1;
	return (stream - 1) * STREAM_ROOM + sequence;
}

int
bundles_place(struct store *s, const char *node, const uint8_t sign[static 32],
    int64_t sequence, struct bundle_place *out, struct fault *why)
{
	int64_t stream = 1;
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT number FROM partner_keys WHERE node = ?1 AND sign = ?2");
	sql_put_text(&q, 1, node);
	sql_put_blob(&q, 2, sign, 32);
	if (sql_number(&q, &stream, why) == -1)
		return -1;
	out->here = place_in(stream, sequence);
	out->older = stream > 1 ? place_in(stream - 1, sequence) : out->here;
	return 0;
}

static int
read_came(const struct sql *q, struct bundle_came *out, struct fault *why)
{
	*out = (struct bundle_came){
		.seq = sql_integer(q, 1),
		.sequence = sql_integer(q, 2),
		.imported = sql_integer(q, 4) != 0,
		.at = sql_integer(q, 6),
	};
	if (sql_copy_text(q, 0, out->id, sizeof(out->id), why) == -1 ||
	    sql_copy_blob(q, 3, out->sha256, sizeof(out->sha256), why) == -1 ||
	    sql_copy_text(q, 5, out->code, sizeof(out->code), why) == -1 ||
	    sql_copy_text(q, 7, out->previous_id, sizeof(out->previous_id),
		why) == -1 ||
	    sql_copy_blob(q, 8, out->previous_sha256,
		sizeof(out->previous_sha256), why) == -1)
		return -1;
	return 0;
}

/* The first row of a query that begins with CAME: 1, or 0.  Ends q. */
static int
get_came(struct sql *q, struct bundle_came *out, struct fault *why)
{
	int more = sql_next(q, why);

	if (more == 1 && read_came(q, out, why) == -1)
		more = -1;
	sql_end(q);
	return more;
}

int
bundles_came(struct store *s, const uint8_t sender[static 32], const char *id,
    struct bundle_came *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s), CAME "WHERE sender = ?1 AND id = ?2");
	sql_put_blob(&q, 1, sender, 32);
	sql_put_text(&q, 2, id);
	return get_came(&q, out, why);
}

int
bundles_came_seq(struct store *s, const uint8_t sender[static 32], int64_t seq,
    struct bundle_came *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    CAME "WHERE sender = ?1 AND seq = ?2 AND imported = 1");
	sql_put_blob(&q, 1, sender, 32);
	sql_put_integer(&q, 2, seq);
	return get_came(&q, out, why);
}

int
bundles_came_sequence(struct store *s, const uint8_t sender[static 32],
    int64_t sequence, struct bundle_came *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    CAME "WHERE sender = ?1 AND sequence = ?2 AND imported = 1");
	sql_put_blob(&q, 1, sender, 32);
	sql_put_integer(&q, 2, sequence);
	return get_came(&q, out, why);
}

int
bundles_put_came(struct store *s, const uint8_t sender[static 32],
    const struct bundle_came *b, struct fault *why)
{
	struct sql q;

	if (b->imported && (b->sequence < 1 || b->seq < b->sequence))
		return FAIL(why, FAULT_INSIDE,
		    "an imported bundle has no number of its own");
	/* What was imported stays so, whatever comes under its id. */
	sql_start(&q, store_db(s),
	    "INSERT INTO came (sender, id, seq, sequence, sha256, imported, "
	    "code, at, previous_id, previous_sha256) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
	    "ON CONFLICT (sender, id) DO UPDATE SET seq = excluded.seq, "
	    "sequence = excluded.sequence, sha256 = excluded.sha256, "
	    "imported = excluded.imported, code = excluded.code, "
	    "at = excluded.at, previous_id = excluded.previous_id, "
	    "previous_sha256 = excluded.previous_sha256 "
	    "WHERE came.imported = 0");
	sql_put_blob(&q, 1, sender, 32);
	sql_put_text(&q, 2, b->id);
	sql_put_integer(&q, 3, b->seq);
	sql_put_integer(&q, 4, b->sequence);
	sql_put_blob(&q, 5, b->sha256, sizeof(b->sha256));
	sql_put_integer(&q, 6, b->imported ? 1 : 0);
	sql_put_text(&q, 7, b->code);
	sql_put_integer(&q, 8, b->at);
	sql_put_text(&q, 9, b->previous_id);
	sql_put_blob(&q, 10, b->previous_sha256, sizeof(b->previous_sha256));
	if (sql_run(&q, why) == -1)
		return -1;
	if (sql_changed(store_db(s)) != 1)
		return FAIL(why, FAULT_INSIDE,
		    "a bundle was imported under this id before");
	return 0;
}

int
bundles_committed(struct store *s, const uint8_t sender[static 32],
    const char *id, const uint8_t sha256[static 32], bool *committed,
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT seq FROM came WHERE sender = ?1 AND imported = 1 "
	    "AND previous_id = ?2 AND previous_sha256 = ?3");
	sql_put_blob(&q, 1, sender, 32);
	sql_put_text(&q, 2, id);
	sql_put_blob(&q, 3, sha256, 32);
	more = sql_next(&q, why);
	sql_end(&q);
	*committed = more == 1;
	return more == -1 ? -1 : 0;
}

int
bundles_ranges(struct store *s, const uint8_t sender[static 32],
    struct bundle_range *out, size_t max, size_t *count, struct fault *why)
{
	struct sql q;
	int64_t sequence;
	int more;

	*count = 0;
	sql_start(&q, store_db(s),
	    "SELECT sequence FROM came WHERE sender = ?1 AND imported = 1 "
	    "ORDER BY sequence");
	sql_put_blob(&q, 1, sender, 32);
	while ((more = sql_next(&q, why)) == 1) {
		sequence = sql_integer(&q, 0);
		if (*count > 0 && out[*count - 1].last == sequence - 1) {
			out[*count - 1].last = sequence;
			continue;
		}
		if (*count == max)
			break;
		out[(*count)++] = (struct bundle_range){ sequence, sequence };
	}
	sql_end(&q);
	return more == -1 ? -1 : 0;
}

int
bundles_missing(struct store *s, const uint8_t sender[static 32], int64_t *out,
    size_t max, int64_t *count, struct fault *why)
{
	struct sql q;
	int64_t next = 1, sequence;
	size_t listed = 0;
	int more;

	*count = 0;
	sql_start(&q, store_db(s),
	    "SELECT DISTINCT sequence FROM came WHERE sender = ?1 "
	    "AND sequence > 0 AND sequence <= (SELECT MAX(sequence) FROM came "
	    "WHERE sender = ?1 AND imported = 1) ORDER BY sequence");
	sql_put_blob(&q, 1, sender, 32);
	while ((more = sql_next(&q, why)) == 1) {
		sequence = sql_integer(&q, 0);
		*count += sequence - next;
		for (; next < sequence && listed < max; next++)
			out[listed++] = next;
		next = sequence + 1;
	}
	sql_end(&q);
	return more;
}

int
bundles_highest_seq(struct store *s, const uint8_t sender[static 32],
    int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(seq), 0) FROM came "
	    "WHERE sender = ?1 AND imported = 1");
	sql_put_blob(&q, 1, sender, 32);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
bundles_highest(struct store *s, const uint8_t sender[static 32], int64_t *out,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(sequence), 0) FROM came "
	    "WHERE sender = ?1 AND imported = 1");
	sql_put_blob(&q, 1, sender, 32);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
bundles_refused(struct store *s, const uint8_t sender[static 32],
    struct bundle_came *out, size_t max, size_t *count, struct fault *why)
{
	struct sql q;
	int more = 0;

	*count = 0;
	sql_start(&q, store_db(s),
	    CAME "WHERE sender = ?1 AND imported = 0 AND NOT EXISTS ("
		 "SELECT 1 FROM came AS other WHERE other.sender = came.sender "
		 "AND other.imported = 1 AND other.sequence = came.sequence) "
		 "ORDER BY sequence, seq, id");
	sql_put_blob(&q, 1, sender, 32);
	while (*count < max && (more = sql_next(&q, why)) == 1) {
		if ((more = read_came(&q, &out[*count], why)) == -1)
			break;
		++*count;
	}
	sql_end(&q);
	return more == -1 ? -1 : 0;
}
