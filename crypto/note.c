#include "crypto/note.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/minisign_key.h"

#define DASH "\xe2\x80\x94 " /* the em dash that begins a signature line */
#define KEY_ID 4
#define TYPE_ED25519 0x01
#define PROOF_FIRST "c2sp.org/tlog-proof@v1\n"
#define PIECE ((size_t)48)
#define HASH_LINE (BASE64_ROOM(MERKLE_HASH) - 1)

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

/* The three lines of a checkpoint; lines may follow that nobody asked for. */
static bool
read_text(const char *note, size_t len, struct checkpoint *out)
{
	struct reader r = { (const uint8_t *)note, len };
	struct view line;

	if (!reader_line(&r, NOTE_NAME_ROOM, &line) || line.len == 0 ||
	    line.len >= NOTE_NAME_ROOM ||
	    memchr(line.bytes, '\0', line.len) != NULL)
		return false;
	memcpy(out->origin, line.bytes, line.len);
	out->origin[line.len] = '\0';
	if (!reader_number(&r, NOTE_SIZE_MAX, &out->size) ||
	    !reader_word(&r, "\n") || !reader_line(&r, HASH_LINE, &line))
		return false;
	return base64_read((const char *)line.bytes, line.len, BASE64_PADDED,
	    out->root.bytes, sizeof(out->root.bytes));
}

/* The text ends in its own LF; the empty line belongs to nobody. */
static bool
split(const char *note, struct view *text, struct reader *signatures)
{
	const char *at = find_signatures(note);

	if (at == NULL || strlen(note) > NOTE_MAX)
		return false;
	*text = (struct view){ (const uint8_t *)note, (size_t)(at - note) - 1 };
	*signatures = (struct reader){ (const uint8_t *)at, strlen(at) };
	return true;
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
    const uint8_t key[static 32], struct checkpoint *out)
{
	struct checkpoint head;
	uint8_t id[KEY_ID];
	struct view text, line;
	struct reader r;
	bool good = false;

	if (strlen(origin) >= NOTE_NAME_ROOM || !split(note, &text, &r) ||
	    !read_text(note, text.len, &head) ||
	    strcmp(head.origin, origin) != 0)
		return false;
	key_id(origin, key, id);
	while (r.left > 0) {
		int by_key;

		if (!reader_line(&r, NOTE_MAX, &line))
			return false;
		by_key = ask_line(&line, origin, id, &text, key);
		if (by_key == -1)
			return false;
		good |= by_key == 1;
	}
	if (good && out != NULL)
		*out = head;
	return good;
}

bool
note_peek(const char *note, struct checkpoint *out)
{
	struct reader r;
	struct view text;

	return split(note, &text, &r) && read_text(note, text.len, out);
}

/* --- writing --- */

static int
add_base64(struct bytes *out, const uint8_t *bytes, size_t len,
    struct fault *why)
{
	char line[BASE64_ROOM(KEY_ID + crypto_sign_BYTES)];

	base64_write(bytes, len, BASE64_PADDED, line);
	return bytes_add_text(out, line, why);
}

int
note_sign(const struct checkpoint *c, const struct minisign_key *key,
    struct bytes *out, struct fault *why)
{
	const uint8_t *secret = minisign_key_secret(key);
	uint8_t blob[KEY_ID + crypto_sign_BYTES];
	size_t from = out->len;
	char size[24];

	(void)snprintf(size, sizeof(size), "\n%" PRIu64 "\n", c->size);
	if (bytes_add_text(out, c->origin, why) == -1 ||
	    bytes_add_text(out, size, why) == -1 ||
	    add_base64(out, c->root.bytes, sizeof(c->root.bytes), why) == -1 ||
	    bytes_add_text(out, "\n", why) == -1)
		return -1;
	key_id(c->origin, secret + 32, blob);
	(void)crypto_sign_detached(blob + KEY_ID, NULL, out->at + from,
	    out->len - from, secret);
	if (bytes_add_text(out, "\n" DASH, why) == -1 ||
	    bytes_add_text(out, c->origin, why) == -1 ||
	    bytes_add_text(out, " ", why) == -1 ||
	    add_base64(out, blob, sizeof(blob), why) == -1)
		return -1;
	return bytes_add_text(out, "\n", why);
}

/* --- keys --- */

void
note_write_key(const char *name, const uint8_t key[static 32],
    char out[static NOTE_KEY_ROOM])
{
	uint8_t typed[33] = { TYPE_ED25519 }, id[KEY_ID];
	char hex[2 * KEY_ID + 1], base64[BASE64_ROOM(sizeof(typed))];

	memcpy(typed + 1, key, 32);
	key_id(name, key, id);
	digest_hex(id, sizeof(id), hex);
	base64_write(typed, sizeof(typed), BASE64_PADDED, base64);
	(void)snprintf(out, NOTE_KEY_ROOM, "%s+%s+%s", name, hex, base64);
}

bool
note_read_key(const char *text, char name[static NOTE_NAME_ROOM],
    uint8_t key[static 32])
{
	const char *plus = strchr(text, '+');
	uint8_t typed[33], id[KEY_ID], want[KEY_ID];
	char hex[2 * KEY_ID + 1];

	if (plus == NULL || plus == text ||
	    (size_t)(plus - text) >= NOTE_NAME_ROOM ||
	    strlen(plus) <= 1 + (size_t)2 * KEY_ID ||
	    plus[1 + 2 * KEY_ID] != '+')
		return false;
	memcpy(name, text, (size_t)(plus - text));
	name[plus - text] = '\0';
	memcpy(hex, plus + 1, sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	plus += 1 + 2 * KEY_ID + 1;
	if (!digest_unhex(hex, want, sizeof(want)) ||
	    !base64_read(plus, strlen(plus), BASE64_PADDED, typed,
		sizeof(typed)) ||
	    typed[0] != TYPE_ED25519)
		return false;
	memcpy(key, typed + 1, 32);
	key_id(name, key, id);
	return memcmp(id, want, sizeof(id)) == 0;
}

/* --- proofs --- */

/* A multiple of three bytes at a time needs no padding but at the end. */
static int
add_entry(const struct note_proof *p, struct bytes *out, struct fault *why)
{
	const uint8_t *at = p->entry;

	for (size_t left = p->entry_len, len; left > 0; left -= len) {
		len = left < PIECE ? left : PIECE;
		if (add_base64(out, at, len, why) == -1)
			return -1;
		at += len;
	}
	return 0;
}

int
note_write_proof(const struct note_proof *p, struct bytes *out,
    struct fault *why)
{
	char index[32];

	(void)snprintf(index, sizeof(index), "\nindex %" PRIu64 "\n", p->index);
	if (bytes_add_text(out, PROOF_FIRST "extra ", why) == -1 ||
	    add_entry(p, out, why) == -1 ||
	    bytes_add_text(out, index, why) == -1)
		return -1;
	for (size_t i = 0; i < p->path.count; i++)
		if (add_base64(out, p->path.path[i].bytes, MERKLE_HASH, why) ==
			-1 ||
		    bytes_add_text(out, "\n", why) == -1)
			return -1;
	if (bytes_add_text(out, "\n", why) == -1)
		return -1;
	return bytes_add_text(out, p->note, why);
}

static bool
read_entry(struct reader *r, struct note_proof *out, struct bytes *entry,
    struct fault *why)
{
	const size_t piece_len = BASE64_ROOM(PIECE) - 1;
	uint8_t piece[PIECE];
	struct view line;
	size_t got, len;

	bytes_empty(entry);
	if (!reader_word(r, "extra ") ||
	    !reader_line(r, BASE64_ROOM(NOTE_MAX), &line))
		return false;
	for (size_t at = 0; at < line.len; at += len) {
		len = line.len - at < piece_len ? line.len - at : piece_len;
		if (!base64_read_some((const char *)line.bytes + at, len,
			BASE64_PADDED, piece, sizeof(piece), &got) ||
		    (got < PIECE && at + len < line.len) ||
		    bytes_add(entry, piece, got, why) == -1)
			return false;
	}
	out->entry = entry->at;
	out->entry_len = entry->len;
	return true;
}

static bool
read_path(struct reader *r, struct merkle_proof *p)
{
	struct view line;

	for (p->count = 0; !reader_word(r, "\n"); p->count++)
		if (p->count == MERKLE_PATH ||
		    !reader_line(r, HASH_LINE, &line) ||
		    !base64_read((const char *)line.bytes, line.len,
			BASE64_PADDED, p->path[p->count].bytes, MERKLE_HASH))
			return false;
	return true;
}

int
note_read_proof(const char *text, struct note_proof *out, struct bytes *entry,
    struct fault *why)
{
	struct reader r = { (const uint8_t *)text, strlen(text) };

	why->id = FAULT_NONE;
	if (!reader_word(&r, PROOF_FIRST) || !read_entry(&r, out, entry, why) ||
	    !reader_word(&r, "index ") ||
	    !reader_number(&r, NOTE_SIZE_MAX, &out->index) ||
	    !reader_word(&r, "\n") || !read_path(&r, &out->path))
		return why->id != FAULT_NONE ?
		    -1 :
		    FAIL(why, FAULT_LOG_PROOF, "its form");
	out->note = (const char *)r.next;
	return 0;
}

bool
note_proof_holds(const struct note_proof *p, const char *origin,
    const uint8_t key[static 32], struct checkpoint *head)
{
	struct merkle_hash leaf;

	if (!note_is_checkpoint(p->note, origin, key, head))
		return false;
	merkle_leaf(p->entry, p->entry_len, &leaf);
	return merkle_includes(p->index, head->size, &leaf, &head->root,
	    &p->path);
}
