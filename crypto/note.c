#include "crypto/note.h"

#include <sodium.h>
#include <stddef.h>
#include <string.h>

#include "base/reader.h"
#include "crypto/base64.h"
#include "crypto/digest.h"

#define DASH "\xe2\x80\x94 " /* the em dash that begins a signature line */
#define KEY_ID 4
#define TYPE_ED25519 0x01
#define SIZE_MAX_NUMBER ((uint64_t)1 << 53)

/* The first four bytes of SHA-256(name, LF, type, key). */
static void
key_id(const char *name, const uint8_t key[static 32], uint8_t out[KEY_ID])
{
	uint8_t hashed[NOTE_NAME_ROOM + 2 + 32], sha256[32];
	size_t len = strlen(name);

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): hashed bytes */
	memcpy(hashed, name, len);
	hashed[len] = '\n';
	hashed[len + 1] = TYPE_ED25519;
	memcpy(hashed + len + 2, key, 32);
	digest_once(DIGEST_SHA256, hashed, len + 2 + 32, sha256);
	memcpy(out, sha256, KEY_ID);
}

/* Where the signatures begin: behind the last empty line; NULL without one. */
static const char *
find_signatures(const char *note)
{
	const char *found = NULL;

	for (const char *at = note; (at = strstr(at, "\n\n")) != NULL; at++)
		found = at + 2;
	return found;
}

static bool
text_is_checkpoint(const char *note, size_t len, const char *origin)
{
	struct reader r = { (const uint8_t *)note, len };
	struct view line;
	uint8_t root[32];
	uint64_t size;

	if (!reader_line(&r, NOTE_NAME_ROOM, &line) ||
	    !reader_view_is(&line, origin) ||
	    !reader_number(&r, SIZE_MAX_NUMBER, &size) ||
	    !reader_word(&r, "\n") || !reader_line(&r, 64, &line))
		return false;
	return base64_read((const char *)line.bytes, line.len, BASE64_PADDED,
	    root, sizeof(root));
}

/* 1: by this key and good; 0: by somebody else; -1: bad. */
static int
ask_line(const struct view *line, const char *name, const uint8_t id[KEY_ID],
    const struct view *text, const uint8_t key[static 32])
{
	struct reader r = { line->bytes, line->len };
	uint8_t blob[KEY_ID + crypto_sign_BYTES];

	if (!reader_word(&r, DASH))
		return -1;
	if (!reader_word(&r, name) || !reader_word(&r, " "))
		return 0;
	if (!base64_read((const char *)r.next, r.left, BASE64_PADDED, blob,
		sizeof(blob)) ||
	    memcmp(blob, id, KEY_ID) != 0)
		return 0;
	return crypto_sign_verify_detached(blob + KEY_ID, text->bytes,
		   text->len, key) == 0 ?
	    1 :
	    -1;
}

bool
note_is_checkpoint(const char *note, const char *origin,
    const uint8_t key[static 32])
{
	const char *signatures = find_signatures(note);
	uint8_t id[KEY_ID];
	struct view text, line;
	struct reader r;
	bool good = false;

	if (signatures == NULL || strlen(note) > NOTE_MAX ||
	    strlen(origin) >= NOTE_NAME_ROOM)
		return false;
	/* The text ends in its own LF; the empty line belongs to nobody. */
	text = (struct view){ (const uint8_t *)note,
		(size_t)(signatures - note) - 1 };
	if (!text_is_checkpoint(note, text.len, origin))
		return false;
	key_id(origin, key, id);
	r = (struct reader){ (const uint8_t *)signatures, strlen(signatures) };
	while (r.left > 0) {
		int by_key;

		if (!reader_line(&r, NOTE_MAX, &line))
			return false;
		by_key = ask_line(&line, origin, id, &text, key);
		if (by_key == -1)
			return false;
		good |= by_key == 1;
	}
	return good;
}
