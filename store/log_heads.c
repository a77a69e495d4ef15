#include "store/log_heads.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

#define NO_SIZE (-1)

int
log_heads_origin(const char *agreement_id, const char *node,
    char out[static NOTE_NAME_ROOM], struct fault *why)
{
	int len =
	    snprintf(out, NOTE_NAME_ROOM, "satchel/%s/%s", agreement_id, node);

	if (len < 0 || len >= NOTE_NAME_ROOM)
		return FAIL(why, FAULT_INSIDE, "the name of a log is too long");
	return 0;
}

/* --- our own --- */

static int
keep_own(struct store *s, uint64_t size, moment at, const char *note,
    struct fault *why)
{
	struct sql q;

	/* Another key, or another agreement, may sign the same size again. */
	sql_start(&q, store_db(s),
	    "INSERT INTO heads (size, at, note) VALUES (?1, ?2, ?3) "
	    "ON CONFLICT (size) DO UPDATE SET at = excluded.at, "
	    "note = excluded.note");
	sql_put_integer(&q, 1, (int64_t)size);
	sql_put_integer(&q, 2, at);
	sql_put_text(&q, 3, note);
	return sql_run(&q, why);
}

int
log_heads_sign(struct store *s, const char *origin,
    const struct minisign_key *key, moment at, struct bytes *out,
    struct fault *why)
{
	struct checkpoint head;
	size_t from = out->len;

	(void)snprintf(head.origin, sizeof(head.origin), "%s", origin);
	if (log_size(s, &head.size, why) == -1 ||
	    log_root(s, head.size, &head.root, why) == -1 ||
	    note_sign(&head, key, out, why) == -1)
		return -1;
	return keep_own(s, head.size, at, (const char *)out->at + from, why);
}

int
log_heads_own_after(struct store *s, uint64_t size, struct log_head *out,
    struct bytes *note, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT size, at, note FROM heads WHERE size > ?1 ORDER BY size "
	    "LIMIT 1");
	sql_put_integer(&q, 1, (int64_t)size);
	more = sql_next(&q, why);
	if (more == 1) {
		*out = (struct log_head){ .size = (uint64_t)sql_integer(&q, 0),
			.at = sql_integer(&q, 1) };
		if (bytes_add_text(note, sql_text(&q, 2), why) == -1)
			more = -1;
	}
	sql_end(&q);
	return more;
}

/* --- those of partners --- */

int
log_heads_seen_after(struct store *s, int64_t number, struct log_head *out,
    struct bytes *note, struct fault *why)
{
	struct sql q;
	int64_t against;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT number, node, size, at, bundle, note, against FROM "
	    "seen_heads WHERE number > ?1 ORDER BY number LIMIT 1");
	sql_put_integer(&q, 1, number);
	if ((more = sql_next(&q, why)) != 1)
		goto done;
	against = sql_integer(&q, 6);
	*out = (struct log_head){
		.number = sql_integer(&q, 0),
		.size = (uint64_t)sql_integer(&q, 2),
		.at = sql_integer(&q, 3),
		.alarm = against != NO_SIZE,
		.against = against == NO_SIZE ? 0 : (uint64_t)against,
	};
	if (sql_copy_text(&q, 1, out->node, sizeof(out->node), why) == -1 ||
	    sql_copy_text(&q, 4, out->bundle, sizeof(out->bundle), why) == -1 ||
	    bytes_add_text(note, sql_text(&q, 5), why) == -1)
		more = -1;
done:
	sql_end(&q);
	return more;
}

int
log_heads_alarms(struct store *s, int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COUNT(*) FROM seen_heads WHERE against >= 0");
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

/*
 * The size of a head of that node which this one contradicts, or NO_SIZE.  A
 * bundle's place grows with the time it was made, and so does a log.
 */
static int
find_contradiction(struct store *s, const struct log_witnessed *h,
    const struct checkpoint *head, int64_t *against, struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT size FROM seen_heads WHERE node = ?1 AND against < 0 AND ("
	    "(size = ?2 AND root <> ?3) OR (size > ?2 AND place < ?4) OR "
	    "(size < ?2 AND place > ?4)) ORDER BY number LIMIT 1");
	sql_put_text(&q, 1, h->node);
	sql_put_integer(&q, 2, (int64_t)head->size);
	sql_put_blob(&q, 3, head->root.bytes, sizeof(head->root.bytes));
	sql_put_integer(&q, 4, h->place);
	more = sql_next(&q, why);
	*against = more == 1 ? sql_integer(&q, 0) : NO_SIZE;
	sql_end(&q);
	return more == -1 ? -1 : 0;
}

/* The largest that was seen and is no alarm; NO_SIZE: none. */
static int
largest_seen(struct store *s, const char *node, int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(size), -1) FROM seen_heads WHERE node = ?1 "
	    "AND against < 0");
	sql_put_text(&q, 1, node);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

static int
keep_seen(struct store *s, const struct log_witnessed *h,
    const struct checkpoint *head, int64_t against, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO seen_heads (number, node, size, root, place, at, "
	    "bundle, note, against) SELECT COALESCE(MAX(number), 0) + 1, ?1, "
	    "?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM seen_heads");
	sql_put_text(&q, 1, h->node);
	sql_put_integer(&q, 2, (int64_t)head->size);
	sql_put_blob(&q, 3, head->root.bytes, sizeof(head->root.bytes));
	sql_put_integer(&q, 4, h->place);
	sql_put_integer(&q, 5, h->at);
	sql_put_text(&q, 6, h->bundle);
	sql_put_text(&q, 7, h->note);
	sql_put_integer(&q, 8, against);
	return sql_run(&q, why);
}

int
log_heads_saw(struct store *s, const struct log_witnessed *h,
    enum log_seen *out, struct fault *why)
{
	struct checkpoint head;
	int64_t against, largest;

	if (!note_peek(h->note, &head))
		return FAIL(why, FAULT_INSIDE, "a head that was good is none");
	if (find_contradiction(s, h, &head, &against, why) == -1 ||
	    largest_seen(s, h->node, &largest, why) == -1)
		return -1;
	if (against != NO_SIZE)
		*out = LOG_SEEN_ALARM;
	else if (largest == NO_SIZE)
		*out = LOG_SEEN_FIRST;
	else if ((int64_t)head.size > largest)
		*out = LOG_SEEN_GROWN;
	else
		*out = (int64_t)head.size == largest ? LOG_SEEN_SAME :
						       LOG_SEEN_LATE;
	return keep_seen(s, h, &head, against, why);
}
