#include "crypto/minisign_key.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "crypto/base64.h"
#include "crypto/minisign.h"
#include "crypto/passphrase.h"

#define COMMENT "untrusted comment: "
#define COMMENT_SECRET "minisign encrypted secret key"
#define CHECK 32
#define OPSLIMIT_MAX crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE
#define MEMLIMIT_MAX crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE
#define MEMLIMIT_MIN crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_INTERACTIVE

/* What the passphrase hides of a record. */
struct hidden {
	uint8_t number[8];
	uint8_t secret[64]; /* seed and public key, as libsodium has it */
	uint8_t check[CHECK];
};

/* The record, byte for byte; all of it is bytes, so nothing is padded. */
struct record {
	uint8_t algorithm[2];
	uint8_t kdf[2];
	uint8_t check_algorithm[2];
	uint8_t salt[32];
	uint8_t opslimit[8];
	uint8_t memlimit[8];
	struct hidden hidden;
};

_Static_assert(sizeof(struct hidden) == 104, "no padding");
_Static_assert(sizeof(struct record) == MINISIGN_RECORD, "no padding");
_Static_assert(MINISIGN_RECORD_ROOM == BASE64_ROOM(MINISIGN_RECORD),
    "a record fits its room");

struct minisign_key {
	uint8_t number[8];
	uint8_t secret[64];
};

static void *
guarded(size_t len, struct fault *why)
{
	void *at = sodium_malloc(len);

	if (at == NULL)
		fault_set(why, FAULT_NO_MEMORY, "signing key");
	return at;
}

struct minisign_key *
minisign_key_new(struct fault *why)
{
	struct minisign_key *k = guarded(sizeof(*k), why);
	uint8_t public[32];

	if (k == NULL)
		return NULL;
	randombytes_buf(k->number, sizeof(k->number));
	(void)crypto_sign_keypair(public, k->secret);
	(void)sodium_mprotect_readonly(k);
	return k;
}

void
minisign_key_free(struct minisign_key *k)
{
	sodium_free(k);
}

void
minisign_key_copy_public(const struct minisign_key *k,
    struct minisign_public *out)
{
	memcpy(out->number, k->number, sizeof(out->number));
	memcpy(out->key, k->secret + 32, sizeof(out->key));
}

const uint8_t *
minisign_key_secret(const struct minisign_key *k)
{
	return k->secret;
}

static void
hidden_check(const struct record *r, uint8_t out[static CHECK])
{
	crypto_generichash_state state;

	(void)crypto_generichash_init(&state, NULL, 0, CHECK);
	(void)crypto_generichash_update(&state, r->algorithm,
	    sizeof(r->algorithm));
	(void)crypto_generichash_update(&state, r->hidden.number,
	    sizeof(r->hidden.number));
	(void)crypto_generichash_update(&state, r->hidden.secret,
	    sizeof(r->hidden.secret));
	(void)crypto_generichash_final(&state, out, CHECK);
	sodium_memzero(&state, sizeof(state));
}

/* A record without passphrase; r is guarded memory. */
static void
fill_record(const struct minisign_key *k, struct record *r)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->algorithm, "Ed", 2);
	memcpy(r->check_algorithm, "B2", 2);
	memcpy(r->hidden.number, k->number, sizeof(k->number));
	memcpy(r->hidden.secret, k->secret, sizeof(k->secret));
}

static bool
record_known(const struct record *r)
{
	return memcmp(r->algorithm, "Ed", 2) == 0 &&
	    memcmp(r->check_algorithm, "B2", 2) == 0 &&
	    (memcmp(r->kdf, "Sc", 2) == 0 || memcmp(r->kdf, "\0", 2) == 0);
}

static bool
record_protected(const struct record *r)
{
	return r->kdf[0] != 0;
}

/*
 * The public half is made again from the seed: signing with a wrong one would
 * give the seed away.
 */
static struct minisign_key *
key_of_record(const struct record *r, struct fault *why)
{
	struct minisign_key *k = guarded(sizeof(*k), why);
	uint8_t public[32];

	if (k == NULL)
		return NULL;
	memcpy(k->number, r->hidden.number, sizeof(k->number));
	(void)crypto_sign_seed_keypair(public, k->secret, r->hidden.secret);
	if (sodium_memcmp(k->secret, r->hidden.secret, 64) != 0) {
		sodium_free(k);
		fault_set(why, FAULT_KEY_FILE, "its two halves do not match");
		return NULL;
	}
	(void)sodium_mprotect_readonly(k);
	return k;
}

static struct minisign_key *
open_unprotected(const struct record *r, struct fault *why)
{
	uint8_t check[CHECK];
	bool good;

	/* minisign -W leaves the check out, as zeros. */
	hidden_check(r, check);
	good = sodium_is_zero(r->hidden.check, CHECK) ||
	    sodium_memcmp(r->hidden.check, check, CHECK) == 0;
	if (!good) {
		fault_set(why, FAULT_KEY_FILE, "its check does not match");
		return NULL;
	}
	return key_of_record(r, why);
}

static uint64_t
little_endian(const uint8_t bytes[static 8])
{
	uint64_t n = 0;

	for (size_t i = 8; i > 0; i--)
		n = n << 8 | bytes[i - 1];
	return n;
}

static void
put_little_endian(uint64_t n, uint8_t bytes[static 8])
{
	for (size_t i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)n;
		n >>= 8;
	}
}

/* Hides what is open, or opens what is hidden; -1 if there is no memory. */
static int
turn(struct record *r, const struct passphrase *p, struct fault *why)
{
	struct hidden *stream = guarded(sizeof(*stream), why);
	uint8_t *from = (uint8_t *)stream, *to = (uint8_t *)&r->hidden;
	size_t len;
	const char *words = (const char *)passphrase_bytes(p, &len);
	uint64_t memlimit = little_endian(r->memlimit);
	int rc = -1;

	if (stream == NULL)
		return -1;
	if (crypto_pwhash_scryptsalsa208sha256(from, sizeof(*stream), words,
		len, r->salt, little_endian(r->opslimit),
		(size_t)memlimit) == -1) {
		fault_set(why, FAULT_NO_MEMORY,
		    "this signing key takes %llu MiB",
		    (unsigned long long)(memlimit >> 20));
		goto done;
	}
	for (size_t i = 0; i < sizeof(*stream); i++)
		to[i] ^= from[i];
	rc = 0;

done:
	sodium_free(stream);
	return rc;
}

static struct minisign_key *
open_protected(struct record *r, const struct passphrase *p, struct fault *why)
{
	uint8_t check[CHECK];

	if (p == NULL) {
		fault_set(why, FAULT_PASSPHRASE_NEEDED, "signing key");
		return NULL;
	}
	/* What the file asks for is work that we would do. */
	if (little_endian(r->opslimit) > OPSLIMIT_MAX ||
	    little_endian(r->memlimit) > MEMLIMIT_MAX) {
		fault_set(why, FAULT_KEY_FILE,
		    "it asks for more work than minisign writes");
		return NULL;
	}
	if (turn(r, p, why) == -1)
		return NULL;
	hidden_check(r, check);
	if (sodium_memcmp(r->hidden.check, check, CHECK) != 0) {
		fault_set(why, FAULT_PASSPHRASE_WRONG, "signing key");
		return NULL;
	}
	return key_of_record(r, why);
}

/* A comment line and the record's line, whose LF may be missing. */
static bool
read_text(const struct bytes *text, struct record *r)
{
	struct reader in = { text->at, text->len };
	struct view line;

	if (!reader_word(&in, COMMENT) ||
	    !reader_line(&in, MINISIGN_COMMENT_MAX, &line))
		return false;
	if (!reader_line(&in, MINISIGN_RECORD_ROOM, &line) &&
	    !reader_take(&in, in.left, &line))
		return false;
	return in.left == 0 &&
	    base64_read((const char *)line.bytes, line.len, BASE64_PADDED,
		(uint8_t *)r, sizeof(*r)) &&
	    record_known(r);
}

struct minisign_key *
minisign_key_read_file(const struct bytes *text, const struct passphrase *p,
    struct fault *why)
{
	struct record *r = guarded(sizeof(*r), why);
	struct minisign_key *k = NULL;

	if (r == NULL)
		return NULL;
	if (!read_text(text, r))
		fault_set(why, FAULT_KEY_FILE, "not a minisign secret key");
	else if (record_protected(r))
		k = open_protected(r, p, why);
	else
		k = open_unprotected(r, why);
	sodium_free(r);
	return k;
}

bool
minisign_key_file_protected(const struct bytes *text)
{
	struct fault why;
	struct record *r = guarded(sizeof(*r), &why);
	bool protected = r != NULL && read_text(text, r) && record_protected(r);

	sodium_free(r);
	return protected;
}

/* As minisign does: less work if there is not the memory for all of it. */
static int
hide(struct record *r, const struct passphrase *p, struct fault *why)
{
	uint64_t ops = OPSLIMIT_MAX, mem = MEMLIMIT_MAX;

	memcpy(r->kdf, "Sc", 2);
	hidden_check(r, r->hidden.check);
	randombytes_buf(r->salt, sizeof(r->salt));
	for (;;) {
		put_little_endian(ops, r->opslimit);
		put_little_endian(mem, r->memlimit);
		if (turn(r, p, why) == 0)
			return 0;
		ops /= 2;
		mem /= 2;
		if (mem < MEMLIMIT_MIN)
			return -1;
	}
}

int
minisign_key_write_file(const struct minisign_key *k,
    const struct passphrase *p, struct bytes *out, struct fault *why)
{
	struct record *r = guarded(sizeof(*r), why);
	char *text = guarded(MINISIGN_RECORD_ROOM, why);
	int rc = -1;

	if (r == NULL || text == NULL)
		goto done;
	fill_record(k, r);
	if (p != NULL && hide(r, p, why) == -1)
		goto done;
	base64_write((const uint8_t *)r, sizeof(*r), BASE64_PADDED, text);
	if (bytes_add_text(out, COMMENT COMMENT_SECRET "\n", why) == -1 ||
	    bytes_add_text(out, text, why) == -1 ||
	    bytes_add_text(out, "\n", why) == -1)
		goto done;
	rc = 0;

done:
	sodium_free(r);
	sodium_free(text);
	return rc;
}

void
minisign_key_copy_record(const struct minisign_key *k,
    uint8_t out[static MINISIGN_RECORD])
{
	/* A struct of bytes may lie anywhere. */
	fill_record(k, (struct record *)(void *)out);
}

struct minisign_key *
minisign_key_read_record(const uint8_t record[static MINISIGN_RECORD],
    struct fault *why)
{
	const struct record *r = (const struct record *)(const void *)record;

	if (!record_known(r) || record_protected(r)) {
		fault_set(why, FAULT_KEY_FILE,
		    "not an unprotected minisign record");
		return NULL;
	}
	return open_unprotected(r, why);
}
