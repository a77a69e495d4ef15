#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"
#include "crypto/age.h"
#include "crypto/age_header.h"
#include "crypto/age_stream.h"

#define ARMOR "-----BEGIN AGE ENCRYPTED FILE-----"
#define BLOCK ((size_t)4096)

struct decrypt {
	struct age_stream *stream;
	uint8_t *plain; /* guarded: what we hide, or a secrets file's text */
	size_t plain_len;
	size_t plain_given;
	bool ended; /* the last chunk was opened, and nothing follows it */
	/* The header is read in blocks; the last reaches into the payload. */
	uint8_t early[BLOCK];
	size_t early_len;
	size_t early_used;
	uint8_t sealed[AGE_STREAM_SEALED];
};

static void
decrypt_free(void *own)
{
	struct decrypt *d = own;

	if (d == NULL)
		return;
	age_stream_free(d->stream);
	sodium_free(d->plain);
	free(d);
}

/* Like source_fill, from what was read early and then from the file. */
static int
fill(struct decrypt *d, struct source *from, uint8_t *out, size_t room,
    size_t *got, struct fault *why)
{
	size_t early = d->early_len - d->early_used;
	size_t more;

	if (early > room)
		early = room;
	memcpy(out, d->early + d->early_used, early);
	d->early_used += early;
	*got = early;
	if (early == room)
		return 0;
	if (source_fill(from, out + early, room - early, &more, why) == -1)
		return -1;
	*got += more;
	return 0;
}

/*
 * A full chunk may be the last one or not, and only trying tells.  A shorter
 * one can only be the last.
 */
static bool
open_chunk(struct decrypt *d, size_t len)
{
	d->plain_given = 0;
	d->plain_len = len - AGE_STREAM_TAG;
	if (len == AGE_STREAM_SEALED &&
	    age_stream_open(d->stream, d->sealed, len, false, d->plain))
		return true;
	/* An empty last chunk is for an empty file alone. */
	if (len == AGE_STREAM_TAG && age_stream_number(d->stream) > 0)
		return false;
	d->ended = age_stream_open(d->stream, d->sealed, len, true, d->plain);
	return d->ended;
}

static int
next_chunk(struct source *s, struct fault *why)
{
	struct decrypt *d = s->own;
	unsigned long long number = age_stream_number(d->stream) + 1;
	uint8_t more;
	size_t len;
	int rc;

	d->plain_len = 0;
	d->plain_given = 0;
	if (fill(d, s->from, d->sealed, sizeof(d->sealed), &len, why) == -1)
		return -1;
	if (len < AGE_STREAM_TAG)
		return FAIL(why, FAULT_AGE_PAYLOAD, "it ends before chunk %llu",
		    number);
	if (!open_chunk(d, len)) {
		d->plain_len = 0;
		return FAIL(why, FAULT_AGE_PAYLOAD, "chunk %llu does not open",
		    number);
	}
	if (!d->ended)
		return 0;
	/* Even the last chunk is given out only if nothing trails it. */
	rc = fill(d, s->from, &more, 1, &len, why);
	if (rc == 0 && len > 0)
		rc = FAIL(why, FAULT_AGE_PAYLOAD, "more after the last chunk");
	if (rc == -1) {
		d->plain_len = 0;
		d->ended = false;
	}
	return rc;
}

static int
decrypt_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	struct decrypt *d = s->own;
	size_t left = d->plain_len - d->plain_given;

	*got = 0;
	if (left == 0 && !d->ended) {
		if (next_chunk(s, why) == -1)
			return -1;
		left = d->plain_len;
	}
	if (left > room)
		left = room;
	memcpy(out, d->plain + d->plain_given, left);
	d->plain_given += left;
	*got = left;
	return 0;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_armor(const uint8_t *text, size_t len)
{
	while (len > 0 && is_space(*text)) {
		text++;
		len--;
	}
	return len >= sizeof(ARMOR) - 1 &&
	    memcmp(text, ARMOR, sizeof(ARMOR) - 1) == 0;
}

/*
 * The length of the header, if its last line is there: the first to begin with
 * "---", which no line before it can.  *seen is where to look on from.
 */
static size_t
header_end(const struct bytes *text, size_t *seen)
{
	while (*seen < text->len) {
		const uint8_t *line = text->at + *seen;
		const uint8_t *lf = memchr(line, '\n', text->len - *seen);

		if (lf == NULL)
			return 0;
		*seen = (size_t)(lf - text->at) + 1;
		if (lf - line >= 3 && memcmp(line, "---", 3) == 0)
			return *seen;
	}
	return 0;
}

/* Reads up to the header's end and a little on, which is kept in d. */
static int
take_header(struct decrypt *d, struct source *from, struct bytes *text,
    struct fault *why)
{
	size_t seen = 0, end = 0, before = 0;

	while (end == 0) {
		before = text->len;
		if (source_fill(from, d->early, sizeof(d->early), &d->early_len,
			why) == -1 ||
		    bytes_add(text, d->early, d->early_len, why) == -1)
			return -1;
		if (before == 0 && is_armor(text->at, text->len))
			return FAIL(why, FAULT_AGE_ARMOR, "PEM label");
		/* What is no age file at all need not be read for long. */
		if (text->len < sizeof(AGE_VERSION_LINE) - 1 ||
		    memcmp(text->at, AGE_VERSION_LINE,
			sizeof(AGE_VERSION_LINE) - 1) != 0)
			return FAIL(why, FAULT_AGE_HEADER, "first line");
		end = header_end(text, &seen);
		if (end > AGE_HEADER_MAX ||
		    (end == 0 && text->len > AGE_HEADER_MAX))
			return FAIL(why, FAULT_AGE_HEADER,
			    "longer than %d bytes", AGE_HEADER_MAX);
		if (end == 0 && d->early_len < sizeof(d->early))
			return FAIL(why, FAULT_AGE_HEADER, "cut short");
	}
	d->early_used = end - before;
	text->len = end;
	return 0;
}

/*
 * Every stanza is tried, also after one has opened: how many of them are ours
 * is for the caller to judge.  The first that opens gives the file key.
 */
static int
open_x25519(struct age_header_parts *parts, const struct age_opener *with,
    uint8_t *file_key, struct fault *why)
{
	uint8_t found[AGE_WRAP_FILE_KEY];
	int rc = -1;

	for (size_t i = 0; i < parts->counts.x25519; i++) {
		enum age_wrap_answer answer = AGE_WRAP_NOT_OURS;

		for (size_t k = 0;
		     k < with->key_count && answer == AGE_WRAP_NOT_OURS; k++)
			answer = age_wrap_open(&parts->x25519[i], with->keys[k],
			    found);
		if (answer == AGE_WRAP_ALL_ZERO) {
			fault_set(why, FAULT_AGE_HEADER,
			    "an all-zero shared secret");
			goto done;
		}
		if (answer != AGE_WRAP_OPENED)
			continue;
		if (parts->counts.opened == 0)
			memcpy(file_key, found, sizeof(found));
		parts->counts.opened++;
	}
	if (parts->counts.opened == 0) {
		fault_set(why, FAULT_AGE_NO_MATCH, "%zu stanzas",
		    parts->counts.stanzas);
		goto done;
	}
	rc = 0;

done:
	sodium_memzero(found, sizeof(found));
	return rc;
}

static int
open_scrypt(struct age_header_parts *parts, const struct passphrase *p,
    uint8_t *file_key, struct fault *why)
{
	if (p == NULL)
		return FAIL(why, FAULT_AGE_NO_MATCH,
		    "it asks for a passphrase");
	/* Judged first: the work is what a hostile file wants done. */
	if (parts->scrypt.log_n > AGE_SCRYPT_MAX)
		return FAIL(why, FAULT_AGE_WORK_FACTOR, "more than 2^%d",
		    AGE_SCRYPT_MAX);
	if (age_wrap_open_passphrase(&parts->scrypt, p, file_key, why) == -1)
		return -1;
	parts->counts.opened = 1;
	return 0;
}

/* From the header's text to the stream, at its first chunk. */
static int
open_header(struct decrypt *d, struct source *from, const struct bytes *text,
    const struct age_opener *with, struct age_header_parts *parts,
    struct fault *why)
{
	uint8_t file_key[AGE_WRAP_FILE_KEY], mac[AGE_HEADER_MAC];
	uint8_t nonce[AGE_STREAM_NONCE];
	size_t got;
	int rc = -1;

	if (age_header_read(text->at, text->len, parts, why) == -1)
		goto done;
	if (parts->counts.scrypt) {
		if (open_scrypt(parts, with->passphrase, file_key, why) == -1)
			goto done;
	} else if (open_x25519(parts, with, file_key, why) == -1) {
		goto done;
	}
	age_header_mac(file_key, text->at, parts->covered, mac);
	if (sodium_memcmp(mac, parts->mac, sizeof(mac)) != 0) {
		fault_set(why, FAULT_AGE_MAC, "%zu stanzas",
		    parts->counts.stanzas);
		goto done;
	}
	if (fill(d, from, nonce, sizeof(nonce), &got, why) == -1)
		goto done;
	if (got != sizeof(nonce)) {
		fault_set(why, FAULT_AGE_HEADER, "no nonce follows it");
		goto done;
	}
	if ((d->stream = age_stream_new(file_key, nonce)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "payload key");
		goto done;
	}
	rc = 0;

done:
	sodium_memzero(file_key, sizeof(file_key));
	return rc;
}

static struct decrypt *
allocate(struct fault *why)
{
	struct decrypt *d = calloc(1, sizeof(*d));

	if (d != NULL)
		d->plain = sodium_malloc(AGE_STREAM_CHUNK);
	if (d == NULL || d->plain == NULL) {
		decrypt_free(d);
		fault_set(why, FAULT_NO_MEMORY, "age file");
		return NULL;
	}
	return d;
}

struct source *
age_decrypt_new(struct source **from, const struct age_opener *with,
    struct age_header *header, struct fault *why)
{
	static const struct source_kind kind = {
		.name = "age",
		.read = decrypt_read,
		.free = decrypt_free,
	};
	struct age_header_parts parts = { .counts = { 0 } };
	struct decrypt *d = allocate(why);
	struct source *s = NULL;
	struct bytes text;

	bytes_init(&text, AGE_HEADER_MAX + BLOCK);
	if (d == NULL || take_header(d, *from, &text, why) == -1 ||
	    open_header(d, *from, &text, with, &parts, why) == -1)
		goto done;
	s = source_new(&kind, d, from, why);
	d = NULL;

done:
	if (header != NULL)
		*header = parts.counts;
	age_header_free(&parts);
	bytes_free(&text);
	decrypt_free(d);
	return s;
}
