#include "import/basis.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/consent.h"
#include "policy/rules.h"

#define RECORD_MAX ((size_t)1024 * 1024)
#define HASH 32

/* In the arena; frees d. */
static int
end(struct digest *d, struct arena *a, const char **out, struct fault *why)
{
	uint8_t hash[HASH];
	char *text = arena_take(a, DIGEST_HEX, why);

	digest_end(d, hash);
	digest_free(d);
	if (text == NULL)
		return -1;
	digest_hex(hash, sizeof(hash), text);
	*out = text;
	return 0;
}

/* What people let go over there, in which words, and the last recall. */
static int
hash_facts(const struct referral *r, const char *recall, struct arena *a,
    const char **out, struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);

	if (d == NULL)
		return -1;
	digest_add_number(d, (int64_t)r->judged_count);
	for (size_t i = 0; i < r->judged_count; i++) {
		digest_add_text(d, r->judged[i].rule);
		digest_add_text(d, r->judged[i].user);
		digest_add_text(d, r->judged[i].reason);
		digest_add_number(d, r->judged[i].on);
	}
	digest_add_text(d, recall);
	return end(d, a, out, why);
}

static int
hash_record(const struct consent *c, struct bytes *room,
    uint8_t out[static HASH], struct fault *why)
{
	struct sink *to;
	struct jsonout o;
	int rc;

	bytes_empty(room);
	if ((to = bytes_sink_new(room, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	consent_write(&o, NULL, c);
	rc = jsonout_end(&o, why);
	sink_free(to);
	if (rc == 0)
		digest_once(DIGEST_BLAKE2B_256, room->at, room->len, out);
	return rc;
}

static int
by_hash(const void *a, const void *b)
{
	return memcmp(a, b, HASH);
}

/* The records come in any order. */
static int
hash_records(const struct held_here *held, struct arena *a, uint8_t **out,
    struct fault *why)
{
	uint8_t *all = arena_take_array(a, held->count, HASH, why);
	struct bytes room;
	int rc = 0;

	if (all == NULL)
		return -1;
	bytes_init(&room, RECORD_MAX);
	for (size_t i = 0; i < held->count && rc == 0; i++)
		rc = hash_record(held->records[i], &room, all + i * HASH, why);
	bytes_free(&room);
	if (held->count > 0)
		qsort(all, held->count, HASH, by_hash);
	*out = all;
	return rc;
}

static int
hash_held(const struct held_here *held, struct arena *a, const char **out,
    struct fault *why)
{
	struct digest *d;
	uint8_t *records;

	if (hash_records(held, a, &records, why) == -1 ||
	    (d = digest_new(DIGEST_BLAKE2B_256, why)) == NULL)
		return -1;
	digest_add(d, records, held->count * HASH);
	digest_add_number(d, held->unreadable);
	digest_add_number(d, held->recalled);
	digest_add_number(d, held->recalled ? held->recalled_on : 0);
	return end(d, a, out, why);
}

int
basis_of(const struct question *q, const char *recall, struct arena *a,
    struct decision_basis *out, struct fault *why)
{
	*out = (struct decision_basis){ .agreement = q->agreement->version };
	if (hash_facts(q->referral, recall, a, &out->facts, why) == -1)
		return -1;
	return q->held == NULL ? 0 : hash_held(q->held, a, &out->held, why);
}
