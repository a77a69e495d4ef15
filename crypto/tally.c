#include "crypto/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define FIRST_ROOM ((size_t)1024)
#define NO_HASH 0 /* an empty place */

struct tally {
	uint8_t key[DIGEST_SHORT_KEY];
	/* Open addressing, room a power of two. */
	uint64_t *hashes;
	uint16_t *counts;
	size_t room;
	size_t used;
};

struct tally *
tally_new(struct fault *why)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "names to be counted");
		return NULL;
	}
	random_bytes(t->key, sizeof(t->key));
	return t;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	free(t->hashes);
	free(t->counts);
	platform_wipe(t->key, sizeof(t->key));
	free(t);
}

uint64_t
tally_hash(const struct tally *t, const char *name)
{
	uint64_t hash = digest_short(t->key, name, strlen(name));

	return hash == NO_HASH ? NO_HASH + 1 : hash;
}

/* Where that hash stands, or the empty place where it would; there is one. */
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
grow(struct tally *t, struct fault *why)
{
	size_t room = t->room == 0 ? FIRST_ROOM : t->room * 2, at;
	uint64_t *hashes;
	uint16_t *counts;

	if (t->used < t->room - t->room / 8)
		return 0;
	hashes = calloc(room, sizeof(*hashes));
	counts = calloc(room, sizeof(*counts));
	if (hashes == NULL || counts == NULL) {
		free(hashes);
		free(counts);
		return FAIL(why, FAULT_NO_MEMORY, "%zu names", t->used);
	}
	for (size_t i = 0; i < t->room; i++) {
		if (t->hashes[i] == NO_HASH)
			continue;
		at = place_of(hashes, room, t->hashes[i]);
		hashes[at] = t->hashes[i];
		counts[at] = t->counts[i];
	}
	free(t->hashes);
	free(t->counts);
	t->hashes = hashes;
	t->counts = counts;
	t->room = room;
	return 0;
}

int
tally_add(struct tally *t, const char *name, uint16_t *met, struct fault *why)
{
	uint64_t hash = tally_hash(t, name);
	size_t at;

	if (grow(t, why) == -1)
		return -1;
	at = place_of(t->hashes, t->room, hash);
	if (t->hashes[at] == NO_HASH) {
		t->hashes[at] = hash;
		t->used++;
	}
	*met = t->counts[at];
	if (t->counts[at] < TALLY_MOST)
		t->counts[at]++;
	return 0;
}

uint16_t
tally_of(const struct tally *t, const char *name)
{
	/* Where there is no hash yet there is no count either. */
	return t->room == 0 ?
	    0 :
	    t->counts[place_of(t->hashes, t->room, tally_hash(t, name))];
}

void
tally_forget(struct tally *t, const char *name)
{
	if (t->room > 0)
		t->counts[place_of(t->hashes, t->room, tally_hash(t, name))] =
		    0;
}

size_t
tally_names(const struct tally *t)
{
	return t->used;
}
