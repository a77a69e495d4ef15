#include "export/seen.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define KEY_BYTES 16
#define FIRST_ROOM ((size_t)1024)
#define NO_HASH 0 /* an empty place */

struct seen {
	/* Fresh for each run, so that nobody can aim at equal hashes. */
	uint8_t key[KEY_BYTES];
	uint64_t *hashes; /* open addressing, room a power of two */
	size_t room;
	size_t used;
};

struct seen *
seen_new(struct fault *why)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "refs of this run");
		return NULL;
	}
	random_bytes(s->key, sizeof(s->key));
	return s;
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	free(s->hashes);
	platform_wipe(s->key, sizeof(s->key));
	free(s);
}

static int
hash_ref(const struct seen *s, const char *ref, uint64_t *out,
    struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);
	uint8_t whole[DIGEST_MAX];

	if (d == NULL)
		return -1;
	digest_add(d, s->key, sizeof(s->key));
	digest_add(d, ref, strlen(ref));
	digest_end(d, whole);
	digest_free(d);
	memcpy(out, whole, sizeof(*out));
	if (*out == NO_HASH)
		*out = NO_HASH + 1;
	return 0;
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
grow(struct seen *s, struct fault *why)
{
	size_t room = s->room == 0 ? FIRST_ROOM : s->room * 2;
	uint64_t *hashes;

	if (s->used < s->room - s->room / 8)
		return 0;
	if ((hashes = calloc(room, sizeof(*hashes))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%zu refs", s->used);
	for (size_t i = 0; i < s->room; i++)
		if (s->hashes[i] != NO_HASH)
			hashes[place_of(hashes, room, s->hashes[i])] =
			    s->hashes[i];
	free(s->hashes);
	s->hashes = hashes;
	s->room = room;
	return 0;
}

int
seen_add(struct seen *s, const char *ref, bool *before, struct fault *why)
{
	uint64_t hash;
	size_t at;

	if (hash_ref(s, ref, &hash, why) == -1 || grow(s, why) == -1)
		return -1;
	at = place_of(s->hashes, s->room, hash);
	*before = s->hashes[at] == hash;
	if (*before)
		return 0;
	s->hashes[at] = hash;
	s->used++;
	return 0;
}
