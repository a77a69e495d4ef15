#include "formats/progres_join.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "formats/json.h"

#define KEY_BYTES 16
#define FIRST_ROOM ((size_t)1024)
#define NO_HASH 0 /* an empty place */
#define BUCKETS ((size_t)4096)
/* What a waiting row costs beside its bytes, however short it is. */
#define ROW_COST ((size_t)256)

/* An intervention of which some rows are still to come. */
struct waiting {
	struct waiting *next; /* in its bucket */
	char *number;
	struct json **rows;
	size_t count;
	size_t room;
	size_t wanted;
	size_t first; /* number of the first row in the file */
	size_t bytes;
};

struct progres_join {
	/* Fresh for each run, so that nobody can aim at equal hashes. */
	uint8_t key[KEY_BYTES];
	/*
	 * How many rows each intervention has, by the hash of its number: open
	 * addressing, room a power of two.  0 rows: all were handed out.
	 */
	uint64_t *hashes;
	uint16_t *counts;
	size_t room;
	size_t used;
	size_t left; /* not handed out yet */
	struct waiting *buckets[BUCKETS];
	size_t waiting_bytes;
	/* What was handed out last. */
	struct json **given;
	const struct json_node **given_rows;
	size_t given_count;
};

static void
free_rows(struct json **rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_free(rows[i]);
	free(rows);
}

/* What was handed out is good only until the next call. */
static void
free_given(struct progres_join *j)
{
	free_rows(j->given, j->given_count);
	free(j->given_rows);
	j->given = NULL;
	j->given_rows = NULL;
	j->given_count = 0;
}

static void
free_waiting(struct waiting *w)
{
	free_rows(w->rows, w->count);
	if (w->number != NULL)
		platform_wipe(w->number, strlen(w->number));
	free(w->number);
	free(w);
}

struct progres_join *
progres_join_new(struct fault *why)
{
	struct progres_join *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "rows of interventions");
		return NULL;
	}
	random_bytes(j->key, sizeof(j->key));
	return j;
}

void
progres_join_free(struct progres_join *j)
{
	struct waiting *w, *next;

	if (j == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (w = j->buckets[i]; w != NULL; w = next) {
			next = w->next;
			free_waiting(w);
		}
	free_given(j);
	free(j->hashes);
	free(j->counts);
	platform_wipe(j->key, sizeof(j->key));
	free(j);
}

static int
hash_number(const struct progres_join *j, const char *number, uint64_t *out,
    struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);
	uint8_t hash[32];

	if (d == NULL)
		return -1;
	digest_add(d, j->key, sizeof(j->key));
	digest_add(d, number, strlen(number));
	digest_end(d, hash);
	digest_free(d);
	memcpy(out, hash, sizeof(*out));
	if (*out == NO_HASH)
		*out = NO_HASH + 1;
	return 0;
}

/* Where that hash is, or the empty place where it would be; there is one. */
static size_t
place_of(const uint64_t *hashes, size_t room, uint64_t hash)
{
	size_t at = (size_t)hash & (room - 1);

	while (hashes[at] != NO_HASH && hashes[at] != hash)
		at = (at + 1) & (room - 1);
	return at;
}

/* At most 7 of 8 places are taken. */
static int
grow(struct progres_join *j, struct fault *why)
{
	size_t room = j->room == 0 ? FIRST_ROOM : j->room * 2, at;
	uint64_t *hashes;
	uint16_t *counts;

	if (j->used < j->room - j->room / 8)
		return 0;
	hashes = calloc(room, sizeof(*hashes));
	counts = calloc(room, sizeof(*counts));
	if (hashes == NULL || counts == NULL) {
		free(hashes);
		free(counts);
		return FAIL(why, FAULT_NO_MEMORY, "%zu interventions", j->used);
	}
	for (size_t i = 0; i < j->room; i++) {
		if (j->hashes[i] == NO_HASH)
			continue;
		at = place_of(hashes, room, j->hashes[i]);
		hashes[at] = j->hashes[i];
		counts[at] = j->counts[i];
	}
	free(j->hashes);
	free(j->counts);
	j->hashes = hashes;
	j->counts = counts;
	j->room = room;
	return 0;
}

int
progres_join_count(struct progres_join *j, const char *number,
    struct fault *why)
{
	uint64_t hash;
	size_t at;

	if (hash_number(j, number, &hash, why) == -1 || grow(j, why) == -1)
		return -1;
	at = place_of(j->hashes, j->room, hash);
	if (j->hashes[at] == NO_HASH) {
		j->hashes[at] = hash;
		j->used++;
		j->left++;
	}
	if (j->counts[at] == UINT16_MAX)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "more than %d rows of one intervention", UINT16_MAX);
	j->counts[at]++;
	return 0;
}

size_t
progres_join_interventions(const struct progres_join *j)
{
	return j->used;
}

/* Where the intervention of that number waits, or the end of its bucket. */
static struct waiting **
find_waiting(struct progres_join *j, uint64_t hash, const char *number)
{
	/* The low bits chose the place in the table; these are others. */
	struct waiting **at = &j->buckets[(hash >> 32) % BUCKETS];

	while (*at != NULL && strcmp((*at)->number, number) != 0)
		at = &(*at)->next;
	return at;
}

static struct waiting *
new_waiting(const char *number, size_t wanted, size_t first, struct fault *why)
{
	struct waiting *w = calloc(1, sizeof(*w));

	if (w == NULL || (w->number = strdup(number)) == NULL) {
		free(w);
		fault_set(why, FAULT_NO_MEMORY, "%zu rows", wanted);
		return NULL;
	}
	w->wanted = wanted;
	w->first = first;
	return w;
}

/* How many rows were counted is no reason to make room for all at once. */
static int
add_row(struct waiting *w, struct json **record, struct fault *why)
{
	size_t room = w->room == 0 ? 1 : w->room * 2;
	struct json **larger;

	if (w->count == w->room) {
		larger = realloc(w->rows, room * sizeof(struct json *));
		if (larger == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "%zu rows", w->count);
		w->rows = larger;
		w->room = room;
	}
	w->rows[w->count++] = *record;
	*record = NULL;
	return 0;
}

/* Hand out the rows of w, which is nowhere else any more. */
static int
give(struct progres_join *j, struct waiting *w, struct fault *why)
{
	j->given_rows = calloc(w->count, sizeof(struct json_node *));
	if (j->given_rows == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%zu rows", w->count);
		free_waiting(w);
		return -1;
	}
	for (size_t i = 0; i < w->count; i++)
		j->given_rows[i] = json_root(w->rows[i]);
	j->given = w->rows;
	j->given_count = w->count;
	w->rows = NULL;
	w->count = 0;
	free_waiting(w);
	return 1;
}

int /* NOLINTNEXTLINE(readability-function-size): callers know it so */
progres_join_add(struct progres_join *j, const char *number,
    struct json **record, size_t bytes, size_t at,
    const struct json_node *const **rows, size_t *count, size_t *first,
    struct fault *why)
{
	struct waiting **w, *whole;
	uint64_t hash;
	size_t place;

	free_given(j);
	if (hash_number(j, number, &hash, why) == -1)
		return -1;
	place = j->room == 0 ? 0 : place_of(j->hashes, j->room, hash);
	if (j->room == 0 || j->hashes[place] == NO_HASH ||
	    j->counts[place] == 0)
		return FAIL(why, FAULT_DISK_NOT_READ,
		    "record %zu was not there when the file was first read",
		    at);
	w = find_waiting(j, hash, number);
	if (*w == NULL &&
	    (*w = new_waiting(number, j->counts[place], at, why)) == NULL)
		return -1;
	whole = *w;
	if (add_row(whole, record, why) == -1)
		return -1;
	if (whole->count < whole->wanted) {
		whole->bytes += bytes + ROW_COST;
		j->waiting_bytes += bytes + ROW_COST;
		if (j->waiting_bytes > PROGRES_JOIN_WAITING)
			return FAIL(why, FAULT_SOURCE_APART, "record %zu", at);
		return 0;
	}
	*w = whole->next;
	j->waiting_bytes -= whole->bytes;
	j->counts[place] = 0;
	j->left--;
	*first = whole->first;
	if (give(j, whole, why) == -1)
		return -1;
	*rows = j->given_rows;
	*count = j->given_count;
	return 1;
}

int
progres_join_end(const struct progres_join *j, struct fault *why)
{
	if (j->left > 0)
		return FAIL(why, FAULT_DISK_NOT_READ,
		    "rows of %zu interventions are gone since the file was "
		    "first read",
		    j->left);
	return 0;
}
