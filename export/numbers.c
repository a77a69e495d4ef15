#include "export/numbers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define KEY_BYTES 16
#define FIRST_ROOM ((size_t)1024)
#define PIECE 128 /* of a text, tidied, on its way to the hash */
#define NOBODY NUMBERS_BYS

/* In words of 32 bits, so that it takes 12 bytes. */
struct note {
	uint32_t number[2];
	uint32_t who;
};

struct numbers {
	/* Fresh for each run, so that nobody can aim at equal hashes. */
	uint8_t key[KEY_BYTES];
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
	random_bytes(n->key, sizeof(n->key));
	return n;
}

void
numbers_free(struct numbers *n)
{
	if (n == NULL)
		return;
	free(n->notes);
	platform_wipe(n->key, sizeof(n->key));
	free(n);
}

/* Spaces of every kind, and what takes no room on paper. */
static bool
is_blank(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad ||
	    c == 0x1680 || (c >= 0x2000 && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) ||
	    c == 0x2800 || c == 0x3000 || c == 0xfeff;
}

/* The text without blanks, in ASCII lower case. */
static void
hash_text(struct digest *d, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + strlen(text), *before;
	uint8_t piece[PIECE];
	size_t len = 0;

	while (at < end) {
		before = at;
		if (is_blank(text_next(&at, end)))
			continue;
		if (len + (size_t)(at - before) > sizeof(piece)) {
			digest_add(d, piece, len);
			len = 0;
		}
		for (; before < at; before++)
			piece[len++] = *before >= 'A' && *before <= 'Z' ?
			    (uint8_t)(*before - 'A' + 'a') :
			    *before;
	}
	digest_add(d, piece, len);
	platform_wipe(piece, sizeof(piece));
}

/*
 * Of a number, or of whose it is (is_who).  Of a case's own id every byte
 * counts.
 */
static int
hash_keyed(const struct numbers *n, enum numbers_by by, bool is_who,
    const char *text, uint64_t *out, struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);
	const uint8_t kind = (uint8_t)(is_who ? NOBODY : by);
	uint8_t whole[DIGEST_MAX];

	if (d == NULL)
		return -1;
	digest_add(d, n->key, sizeof(n->key));
	digest_add(d, &kind, 1);
	if (is_who && by == NUMBERS_BY_CASE)
		digest_add(d, text, strlen(text));
	else
		hash_text(d, text);
	digest_end(d, whole);
	digest_free(d);
	memcpy(out, whole, sizeof(*out));
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
