#include "crypto/vectors.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "crypto/hkdf.h"
#include "crypto/merkle.h"

#define ARGUMENTS_MAX 5
#define LOG_N_MAX 22
#define CHACHA_TAG crypto_aead_chacha20poly1305_ietf_ABYTES

/* One request: what its arguments say, and room for the answer. */
struct request {
	struct view hex[ARGUMENTS_MAX]; /* decoded */
	uint64_t number[ARGUMENTS_MAX];
	struct merkle_proof path;
	uint8_t *answer;
	size_t answer_len;
};

struct primitive {
	const char *name;
	const char *arguments; /* h: bytes in hex; n: a number; p: a path */
	uint64_t number_max;
	bool (*run)(struct request *q);
};

static bool
ed25519_verify(struct request *q)
{
	return q->hex[0].len == 32 && q->hex[1].len == 64 &&
	    crypto_sign_verify_detached(q->hex[1].bytes, q->hex[2].bytes,
		q->hex[2].len, q->hex[0].bytes) == 0;
}

static bool
x25519(struct request *q)
{
	if (q->hex[0].len != 32 || q->hex[1].len != 32)
		return false;
	q->answer_len = 32;
	return crypto_scalarmult(q->answer, q->hex[0].bytes, q->hex[1].bytes) ==
	    0;
}

static bool
chacha20poly1305_open(struct request *q)
{
	if (q->hex[0].len != 32 || q->hex[1].len != 12 ||
	    q->hex[3].len < CHACHA_TAG)
		return false;
	q->answer_len = q->hex[3].len - CHACHA_TAG;
	return crypto_aead_chacha20poly1305_ietf_decrypt(q->answer, NULL, NULL,
		   q->hex[3].bytes, q->hex[3].len, q->hex[2].bytes,
		   q->hex[2].len, q->hex[1].bytes, q->hex[0].bytes) == 0;
}

static bool
hkdf_sha256(struct request *q)
{
	uint8_t key[HKDF_KEY];

	hkdf_extract(q->hex[1].bytes, q->hex[1].len, q->hex[0].bytes,
	    q->hex[0].len, key);
	q->answer_len = (size_t)q->number[3];
	hkdf_expand(key, q->hex[2].bytes, q->hex[2].len, q->answer,
	    q->answer_len);
	return true;
}

static bool
scrypt(struct request *q)
{
	if (q->number[2] == 0)
		return false;
	q->answer_len = 32;
	return crypto_pwhash_scryptsalsa208sha256_ll(q->hex[0].bytes,
		   q->hex[0].len, q->hex[1].bytes, q->hex[1].len,
		   (uint64_t)1 << q->number[2], 8, 1, q->answer, 32) == 0;
}

static bool
take_hash(const struct view *bytes, struct merkle_hash *out)
{
	if (bytes->len != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, bytes->bytes, sizeof(out->bytes));
	return true;
}

static bool
merkle_inclusion(struct request *q)
{
	struct merkle_hash leaf, root;

	return take_hash(&q->hex[2], &leaf) && take_hash(&q->hex[3], &root) &&
	    merkle_includes(q->number[0], q->number[1], &leaf, &root, &q->path);
}

static bool
merkle_consistency(struct request *q)
{
	struct merkle_hash older, newer;

	if (q->number[0] == q->number[1])
		return q->path.count == 0 && q->hex[2].len == q->hex[3].len &&
		    memcmp(q->hex[2].bytes, q->hex[3].bytes, q->hex[2].len) ==
		    0;
	return take_hash(&q->hex[2], &older) && take_hash(&q->hex[3], &newer) &&
	    merkle_extends(q->number[0], q->number[1], &older, &newer,
		&q->path);
}

static const struct primitive primitives[] = {
	{ "ed25519-verify", "hhh", 0, ed25519_verify },
	{ "x25519", "hh", 0, x25519 },
	{ "chacha20poly1305-open", "hhhh", 0, chacha20poly1305_open },
	{ "hkdf-sha256", "hhhn", HKDF_MAX, hkdf_sha256 },
	{ "scrypt", "hhn", LOG_N_MAX, scrypt },
	{ "merkle-inclusion", "nnhhp", UINT64_MAX, merkle_inclusion },
	{ "merkle-consistency", "nnhhp", UINT64_MAX, merkle_consistency },
};

/* The next word of the line; words are one space apart. */
static bool
take_word(struct reader *line, bool first, struct view *out)
{
	size_t len = 0;

	if (!first && !reader_word(line, " "))
		return false;
	while (len < line->left && line->next[len] != ' ')
		len++;
	return len > 0 && reader_take(line, len, out);
}

static bool
take_hex(const struct view *word, uint8_t *room, struct view *out)
{
	size_t got;

	*out = (struct view){ room, 0 };
	if (reader_view_is(word, "-"))
		return true;
	if (sodium_hex2bin(room, word->len / 2, (const char *)word->bytes,
		word->len, NULL, &got, NULL) == -1 ||
	    got * 2 != word->len)
		return false;
	out->len = got;
	return true;
}

static bool
take_number(const struct view *word, uint64_t max, uint64_t *out)
{
	struct reader r = { word->bytes, word->len };

	return reader_number(&r, max, out) && r.left == 0;
}

/* The rest of the line; "-": no hash at all. */
static bool
take_path(struct reader *line, struct merkle_proof *p)
{
	uint8_t room[MERKLE_HASH];
	struct view hash, decoded;

	p->count = 0;
	if (line->left == 2 && reader_word(line, " -"))
		return true;
	while (line->left > 0) {
		if (p->count == MERKLE_PATH ||
		    !(reader_word(line, p->count == 0 ? " " : ",") ||
			reader_word(line, " ")) ||
		    !reader_take(line, (size_t)2 * MERKLE_HASH, &hash) ||
		    !take_hex(&hash, room, &decoded) ||
		    !take_hash(&decoded, &p->path[p->count++]))
			return false;
	}
	return true;
}

/* room is half the line: enough for all its hex together. */
static bool
take_arguments(struct reader *line, const struct primitive *p, uint8_t *room,
    struct request *q)
{
	struct view word;

	for (size_t i = 0; p->arguments[i] != '\0'; i++) {
		if (p->arguments[i] == 'p') {
			if (!take_path(line, &q->path))
				return false;
			continue;
		}
		if (!take_word(line, false, &word))
			return false;
		if (p->arguments[i] == 'n') {
			if (!take_number(&word, p->number_max, &q->number[i]))
				return false;
			continue;
		}
		if (!take_hex(&word, room, &q->hex[i]))
			return false;
		room += q->hex[i].len;
	}
	return line->left == 0;
}

static bool
answer(struct reader *line, uint8_t *room, struct request *q)
{
	struct view name;

	if (!take_word(line, true, &name))
		return false;
	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]);
	     i++) {
		const struct primitive *p = &primitives[i];

		if (reader_view_is(&name, p->name))
			return take_arguments(line, p, room, q) && p->run(q);
	}
	return false;
}

static int
add_answer(const struct request *q, struct bytes *out, struct fault *why)
{
	static const char digits[] = "0123456789abcdef";

	if (bytes_add_text(out, q->answer_len == 0 ? "ok -" : "ok ", why) == -1)
		return -1;
	for (size_t i = 0; i < q->answer_len; i++) {
		char hex[2] = { digits[q->answer[i] >> 4],
			digits[q->answer[i] & 15] };

		if (bytes_add(out, hex, sizeof(hex), why) == -1)
			return -1;
	}
	return bytes_add_text(out, "\n", why);
}

int
vectors_answer(const char *line, size_t len, struct bytes *out,
    struct fault *why)
{
	struct reader r = { (const uint8_t *)line, len };
	struct request q = { .answer_len = 0 };
	uint8_t *room;
	int rc;

	if (len > 0 && line[len - 1] == '\n')
		r.left--;
	/* An answer is no longer than the line, or than HKDF's longest. */
	room = malloc(len / 2 + 1);
	q.answer = malloc(len / 2 + HKDF_MAX);
	if (room == NULL || q.answer == NULL)
		rc = FAIL(why, FAULT_NO_MEMORY, "a vector of %zu bytes", len);
	else if (answer(&r, room, &q))
		rc = add_answer(&q, out, why);
	else
		rc = bytes_add_text(out, "fail\n", why);
	free(room);
	free(q.answer);
	return rc;
}
