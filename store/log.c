#include "store/log.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "store/log_leaf.h"
#include "store/sql.h"
#include "store/store.h"

/* Roots are kept of 2^8 leaves, of 2^16, and so on. */
#define STEP 8
#define WIDTH ((int64_t)1 << STEP)

int
log_size(struct store *s, uint64_t *out, struct fault *why)
{
	struct sql q;
	int64_t size;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) FROM leaves");
	if (sql_number(&q, &size, why) == -1)
		return -1;
	*out = (uint64_t)size;
	return 0;
}

/* --- the tree --- */

/*
 * The root of 2^bits hashes that lie side by side: leaves, or the kept nodes of
 * a level, from that one on.
 */
static int
fold(struct store *s, unsigned level, int64_t first, unsigned bits,
    struct merkle_hash *out, struct fault *why)
{
	const int64_t wanted = (int64_t)1 << bits;
	struct merkle_edge edge = { .size = 0 };
	struct merkle_hash one;
	struct sql q;
	int more;

	if (level == 0)
		sql_start(&q, store_db(s),
		    "SELECT hash, 0 FROM leaves WHERE number > ?1 AND number "
		    "<= ?2 ORDER BY number");
	else
		sql_start(&q, store_db(s),
		    "SELECT hash, level FROM log_nodes WHERE level = ?3 AND "
		    "number >= ?1 AND number < ?2 ORDER BY number");
	sql_put_integer(&q, 1, first);
	sql_put_integer(&q, 2, first + wanted);
	if (level != 0)
		sql_put_integer(&q, 3, (int64_t)level);
	while ((more = sql_next(&q, why)) == 1) {
		if (sql_copy_blob(&q, 0, one.bytes, sizeof(one.bytes), why) ==
		    -1) {
			more = -1;
			break;
		}
		/* Whole subtrees are whole trees: an edge folds them alike. */
		merkle_add(&edge, &one);
	}
	sql_end(&q);
	if (more == -1)
		return -1;
	if ((int64_t)edge.size != wanted)
		return FAIL(why, FAULT_LOG_BROKEN,
		    "hashes are missing after %" PRId64 " of level %u", first,
		    level);
	merkle_root(&edge, out);
	return 0;
}

static int
whole(void *with, unsigned level, uint64_t index, struct merkle_hash *out,
    struct fault *why)
{
	unsigned kept = level / STEP, bits = level % STEP;

	return fold(with, kept, (int64_t)(index << bits), bits, out, why);
}

int
log_root(struct store *s, uint64_t size, struct merkle_hash *out,
    struct fault *why)
{
	const struct merkle_tree t = { whole, s };

	return merkle_root_of(&t, size, out, why);
}

int
log_prove_leaf(struct store *s, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct fault *why)
{
	const struct merkle_tree t = { whole, s };

	return merkle_prove_leaf(&t, index, size, out, why);
}

int
log_prove_growth(struct store *s, uint64_t smaller, uint64_t larger,
    struct merkle_proof *out, struct fault *why)
{
	const struct merkle_tree t = { whole, s };

	return merkle_prove_growth(&t, smaller, larger, out, why);
}

/* --- growing --- */

static int
put_node(struct store *s, unsigned level, int64_t number,
    const struct merkle_hash *h, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO log_nodes (level, number, hash) VALUES (?1, ?2, ?3)");
	sql_put_integer(&q, 1, (int64_t)level);
	sql_put_integer(&q, 2, number);
	sql_put_blob(&q, 3, h->bytes, sizeof(h->bytes));
	return sql_run(&q, why);
}

/* Every node that the leaf of that number makes whole. */
static int
keep_nodes(struct store *s, int64_t number, struct fault *why)
{
	struct merkle_hash h;

	for (unsigned level = 1; number % WIDTH == 0; level++) {
		number /= WIDTH;
		if (fold(s, level - 1, (number - 1) * WIDTH, STEP, &h, why) ==
			-1 ||
		    put_node(s, level, number - 1, &h, why) == -1)
			return -1;
	}
	return 0;
}

int
log_append(struct store *s, int64_t number, const struct journal_about *about,
    size_t count, struct fault *why)
{
	struct merkle_hash leaf;

	if (log_leaf_put(s, number, about, count, &leaf, why) == -1)
		return -1;
	return keep_nodes(s, number, why);
}

static int
journal_size(struct store *s, int64_t *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(number), 0) FROM journal");
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
log_take_over(struct store *s, struct fault *why)
{
	uint64_t size;
	int64_t last;

	if (log_size(s, &size, why) == -1 || journal_size(s, &last, why) == -1)
		return -1;
	for (int64_t number = (int64_t)size + 1; number <= last; number++)
		if (log_append(s, number, NULL, 0, why) == -1)
			return -1;
	return 0;
}

/* --- checking --- */

static int
check_leaf(struct store *s, int64_t number, const struct merkle_hash *kept,
    struct bytes *entry, struct fault *why)
{
	struct merkle_hash found;

	bytes_empty(entry);
	if (log_leaf_entry(s, number, entry, why) == -1)
		return -1;
	merkle_leaf(entry->at, entry->len, &found);
	if (!merkle_same(&found, kept))
		return FAIL(why, FAULT_LOG_BROKEN,
		    "entry %" PRId64 " is not what it was", number);
	return 0;
}

static int
check_leaves(struct store *s, struct fault *why)
{
	struct merkle_hash kept;
	struct bytes entry;
	struct sql q;
	int64_t number = 0;
	int more;

	bytes_init(&entry, LOG_ENTRY_MAX);
	sql_start(&q, store_db(s),
	    "SELECT number, hash FROM leaves ORDER BY number");
	while ((more = sql_next(&q, why)) == 1) {
		number++;
		if (sql_integer(&q, 0) != number) {
			more = FAIL(why, FAULT_LOG_BROKEN,
			    "entry %" PRId64 " is not there", number);
			break;
		}
		if (sql_copy_blob(&q, 1, kept.bytes, sizeof(kept.bytes), why) ==
			-1 ||
		    check_leaf(s, number, &kept, &entry, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	bytes_free(&entry);
	return more;
}

static int
check_node(struct store *s, unsigned level, int64_t number,
    const struct merkle_hash *kept, struct fault *why)
{
	struct merkle_hash found;

	if (fold(s, level - 1, number * WIDTH, STEP, &found, why) == -1)
		return -1;
	if (!merkle_same(&found, kept))
		return FAIL(why, FAULT_LOG_BROKEN,
		    "a node of level %u, over entries from %" PRId64
		    " on, is not what it was",
		    level, (number << (STEP * level)) + 1);
	return 0;
}

/* All that should be there are: fewer would be computed another way. */
static int
check_nodes(struct store *s, struct fault *why)
{
	struct merkle_hash kept;
	uint64_t size, wanted = 0;
	struct sql q;
	int more;

	if (log_size(s, &size, why) == -1)
		return -1;
	for (uint64_t n = size / (uint64_t)WIDTH; n > 0; n /= (uint64_t)WIDTH)
		wanted += n;
	sql_start(&q, store_db(s),
	    "SELECT level, number, hash FROM log_nodes "
	    "ORDER BY level, number");
	while ((more = sql_next(&q, why)) == 1) {
		wanted--;
		if (sql_copy_blob(&q, 2, kept.bytes, sizeof(kept.bytes), why) ==
			-1 ||
		    check_node(s, (unsigned)sql_integer(&q, 0),
			sql_integer(&q, 1), &kept, why) == -1) {
			more = -1;
			break;
		}
	}
	sql_end(&q);
	if (more == 0 && wanted != 0)
		return FAIL(why, FAULT_LOG_BROKEN,
		    "nodes of the tree are not there");
	return more;
}

int
log_check(struct store *s, struct fault *why)
{
	int64_t last;
	uint64_t size;

	if (log_size(s, &size, why) == -1 || journal_size(s, &last, why) == -1)
		return -1;
	if ((int64_t)size != last)
		return FAIL(why, FAULT_LOG_BROKEN,
		    "the journal has %" PRId64 " entries and the log %" PRIu64,
		    last, size);
	if (check_leaves(s, why) == -1)
		return -1;
	return check_nodes(s, why);
}
