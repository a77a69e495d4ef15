#include "export/numbers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/platform.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define FIRST_ROOM ((size_t)1024)
#define SCRATCH ((size_t)4 * 1024 * 1024) /* of one text, folded */
#define NOBODY NUMBERS_BYS

/* In words of 32 bits, so that it takes 12 bytes. */
struct note {
	uint32_t number[2];
	uint32_t who;
};

struct numbers {
	/* Fresh for each run, so that nobody can aim at equal hashes. */
	uint8_t keys[NUMBERS_BYS + 1][DIGEST_SHORT_KEY];
	struct arena *scratch;
	struct note *notes;
	size_t count;
	size_t room;
	bool closed; /* one note for each shared number, in order */
};

struct numbers *
numbers_new(struct fault *why)
{
	struct numbers *n = calloc(1, sizeof(*n));

	if (n == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "numbers of cases");
		return NULL;
	}
	if ((n->scratch = arena_new(SCRATCH, why)) == NULL) {
		free(n);
		return NULL;
	}
	random_bytes(n->keys, sizeof(n->keys));
	return n;
}

void
numbers_free(struct numbers *n)
{
	if (n == NULL)
		return;
	free(n->notes);
	arena_free(n->scratch);
	platform_wipe(n->keys, sizeof(n->keys));
	free(n);
}

/*
 * What is compared of a text: as numbers are compared in the register, so that
 * what it would find under one number counts as one here.  Of who bears it
 * spaces within do not count either; but of a case's own id every byte does.
 */
static int
hash_keyed(const struct numbers *n, enum numbers_by by, bool is_who,
    const char *text, uint64_t *out, struct fault *why)
{
	const uint8_t *key = n->keys[is_who ? NOBODY : by];
	char *folded = NULL, *to;

	if (!is_who || by != NUMBERS_BY_CASE) {
		arena_empty(n->scratch);
		text = text_number(n->scratch, text, why);
		if (text == NULL)
			return -1;
	}
	if (is_who && by != NUMBERS_BY_CASE) {
		folded = arena_copy(n->scratch, text, strlen(text), why);
		if (folded == NULL)
			return -1;
		to = folded;
		for (const char *at = folded; *at != '\0'; at++)
			if (*at != ' ')
				*to++ = *at;
		*to = '\0';
		text = folded;
	}
	*out = digest_short(key, text, strlen(text));
	return 0;
}

static int
make_room(struct numbers *n, struct fault *why)
{
	size_t room = n->room == 0 ? FIRST_ROOM : n->room * 2;
	struct note *larger;

	if (n->count < n->room)
		return 0;
	larger = room > SIZE_MAX / sizeof(*larger) ?
	    NULL :
	    realloc(n->notes, room * sizeof(*larger));
	if (larger == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%zu numbers of cases",
		    n->count);
	n->notes = larger;
	n->room = room;
	return 0;
}

int
numbers_note(struct numbers *n, const char *number, enum numbers_by by,
    const char *who, struct fault *why)
{
	struct note note;
	uint64_t place, owner;

	if (hash_keyed(n, by, false, number, &place, why) == -1 ||
	    hash_keyed(n, by, true, who, &owner, why) == -1 ||
	    make_room(n, why) == -1)
		return -1;
	memcpy(note.number, &place, sizeof(note.number));
	note.who = (uint32_t)owner;
	n->notes[n->count++] = note;
	return 0;
}

static int
by_number(const void *left, const void *right)
{
	const struct note *a = left, *b = right;

	return memcmp(a->number, b->number, sizeof(a->number));
}

void
numbers_close(struct numbers *n)
{
	struct note *smaller;
	size_t kept = 0, first = 0;

	if (n->count > 0)
		qsort(n->notes, n->count, sizeof(*n->notes), by_number);
	for (size_t i = 1; i < n->count; i++) {
		struct note *at = &n->notes[i];

		if (by_number(at, &n->notes[first]) != 0) {
			first = i;
			continue;
		}
		if (at->who == n->notes[first].who ||
		    (kept > 0 && by_number(&n->notes[kept - 1], at) == 0))
			continue;
		n->notes[kept++] = *at;
	}
	n->count = kept;
	n->closed = true;
	smaller = realloc(n->notes, (kept + 1) * sizeof(*n->notes));
	if (smaller == NULL)
		return;
	n->notes = smaller;
	n->room = kept + 1;
}

int
numbers_shared(const struct numbers *n, const char *number, bool *shared,
    struct fault *why)
{
	struct note note = { .who = 0 };
	uint64_t place;

	*shared = false;
	if (!n->closed || n->count == 0)
		return 0;
	for (int by = 0; by < NUMBERS_BYS && !*shared; by++) {
		if (hash_keyed(n, (enum numbers_by)by, false, number, &place,
			why) == -1)
			return -1;
		memcpy(note.number, &place, sizeof(note.number));
		*shared = bsearch(&note, n->notes, n->count, sizeof(*n->notes),
			      by_number) != NULL;
	}
	return 0;
}
