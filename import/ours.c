#include "import/ours.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "formats/primero_body.h"
#include "store/referrals.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define TEXTS_MAX ((size_t)512 * 1024 * 1024)

/* One id of one referral; the hash only finds it, the texts decide. */
struct entry {
	uint64_t hash;
	size_t id; /* where its texts begin */
	size_t ref;
};

struct ours {
	struct bytes texts;
	struct bytes entries;
};

/* Ids of services and of cases must not meet. */
static uint64_t
hash_of(char kind, const char *id)
{
	uint8_t out[32];
	uint64_t hash;

	digest_once(DIGEST_BLAKE2B_256, id, strlen(id), out);
	memcpy(&hash, out, sizeof(hash));
	return hash ^ (uint64_t)kind;
}

static int
add(struct ours *o, char kind, const char *id, size_t ref, struct fault *why)
{
	struct entry e = { hash_of(kind, id), o->texts.len, ref };

	if (bytes_add(&o->texts, &kind, 1, why) == -1 ||
	    bytes_add(&o->texts, id, strlen(id) + 1, why) == -1)
		return -1;
	return bytes_add(&o->entries, &e, sizeof(e), why);
}

static int
note(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	const char *ref = st->version_of != NULL ? st->version_of : st->ref;
	char service_id[RANDOM_UUID];
	struct ours *o = context;
	size_t at = o->texts.len;
	const char *hash;

	(void)record;
	if (bytes_add(&o->texts, ref, strlen(ref) + 1, why) == -1)
		return -1;
	/* One from another Primero bears that Primero's ids. */
	if (strncmp(ref, "progres:", 8) != 0) {
		hash = strrchr(ref, '#');
		return hash == NULL ? 0 : add(o, 's', hash + 1, at, why);
	}
	primero_body_service_id(ref, service_id);
	if (add(o, 's', service_id, at, why) == -1)
		return -1;
	return st->record_id == NULL ? 0 : add(o, 'r', st->record_id, at, why);
}

static int
compare(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;

	return one->hash < other->hash ? -1 : one->hash > other->hash;
}

struct ours *
ours_new(struct store *s, struct fault *why)
{
	struct ours *o = calloc(1, sizeof(*o));
	struct arena *a = NULL;
	int rc = -1;

	if (o == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "ids of this node");
		return NULL;
	}
	bytes_init(&o->texts, TEXTS_MAX);
	bytes_init(&o->entries, TEXTS_MAX);
	if ((a = arena_new(ROWS_ARENA, why)) == NULL)
		goto done;
	rc = referrals_walk(s, REFERRAL_RECEIVED, a, note, o, why);
	if (rc == 0 && o->entries.len > 0)
		qsort(o->entries.at, o->entries.len / sizeof(struct entry),
		    sizeof(struct entry), compare);
done:
	arena_free(a);
	if (rc == 0)
		return o;
	ours_free(o);
	return NULL;
}

void
ours_free(struct ours *o)
{
	if (o == NULL)
		return;
	bytes_free(&o->texts);
	bytes_free(&o->entries);
	free(o);
}

static size_t
find(const struct ours *o, char kind, const char *id, const char **ref)
{
	const struct entry *all = (const struct entry *)(void *)o->entries.at;
	const char *texts = (const char *)o->texts.at;
	size_t count = o->entries.len / sizeof(*all), low = 0, high = count;
	uint64_t hash = hash_of(kind, id);
	size_t found = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && all[low].hash == hash; low++) {
		const char *text = texts + all[low].id;

		if (text[0] != kind || strcmp(text + 1, id) != 0)
			continue;
		/* Versions of one referral are one. */
		if (found > 0 && strcmp(*ref, texts + all[low].ref) == 0)
			continue;
		*ref = texts + all[low].ref;
		found++;
	}
	return found;
}

size_t
ours_of_service(const struct ours *o, const char *service_id, const char **ref)
{
	return find(o, 's', service_id, ref);
}

size_t
ours_of_record(const struct ours *o, const char *record_id, const char **ref)
{
	return find(o, 'r', record_id, ref);
}
