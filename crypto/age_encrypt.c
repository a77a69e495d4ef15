#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "crypto/age.h"
#include "crypto/age_header.h"
#include "crypto/age_stream.h"
#include "crypto/agekey.h"

struct encrypt {
	struct bytes start; /* header and nonce, until they are written */
	struct age_stream *stream;
	uint8_t *plain; /* guarded: this is what we are here to hide */
	size_t held;
	uint8_t sealed[AGE_STREAM_SEALED];
};

static void
encrypt_free(void *own)
{
	struct encrypt *e = own;

	if (e == NULL)
		return;
	bytes_free(&e->start);
	age_stream_free(e->stream);
	sodium_free(e->plain);
	free(e);
}

static int
write_start(struct sink *s, struct fault *why)
{
	struct encrypt *e = s->own;

	if (e->start.len == 0)
		return 0;
	if (sink_write(s->next, e->start.at, e->start.len, why) == -1)
		return -1;
	bytes_empty(&e->start);
	return 0;
}

static int
write_chunk(struct sink *s, bool last, struct fault *why)
{
	struct encrypt *e = s->own;
	size_t len = e->held;

	age_stream_seal(e->stream, e->plain, len, last, e->sealed);
	e->held = 0;
	return sink_write(s->next, e->sealed, len + AGE_STREAM_TAG, why);
}

static int
encrypt_write(struct sink *s, const uint8_t *bytes, size_t len,
    struct fault *why)
{
	struct encrypt *e = s->own;

	if (write_start(s, why) == -1)
		return -1;
	while (len > 0) {
		size_t take = AGE_STREAM_CHUNK - e->held;

		/* A full chunk waits: it may turn out to be the last one. */
		if (take == 0) {
			if (write_chunk(s, false, why) == -1)
				return -1;
			continue;
		}
		if (take > len)
			take = len;
		memcpy(e->plain + e->held, bytes, take);
		e->held += take;
		bytes += take;
		len -= take;
	}
	return 0;
}

static int
encrypt_finish(struct sink *s, struct fault *why)
{
	if (write_start(s, why) == -1)
		return -1;
	return write_chunk(s, true, why);
}

static struct encrypt *
allocate(struct fault *why)
{
	struct encrypt *e = calloc(1, sizeof(*e));

	if (e != NULL)
		e->plain = sodium_malloc(AGE_STREAM_CHUNK);
	if (e == NULL || e->plain == NULL) {
		encrypt_free(e);
		fault_set(why, FAULT_NO_MEMORY, "age file");
		return NULL;
	}
	bytes_init(&e->start, AGE_HEADER_MAX + AGE_STREAM_NONCE);
	return e;
}

/* The stanzas for these recipients, or else the one for the passphrase. */
static int
write_stanzas(struct bytes *out, const uint8_t *file_key,
    const char *const *recipients, size_t count, const struct passphrase *p,
    struct fault *why)
{
	uint8_t recipient[AGEKEY_BYTES];
	struct age_wrap_x25519 x25519;
	struct age_wrap_scrypt scrypt = { .log_n = AGE_SCRYPT_WRITE };

	if (p != NULL) {
		if (age_wrap_to_passphrase(file_key, p, &scrypt, why) == -1)
			return -1;
		return age_header_write_scrypt(out, &scrypt, why);
	}
	for (size_t i = 0; i < count; i++) {
		if (!agekey_recipient_read(recipients[i], recipient) ||
		    !age_wrap_to_recipient(file_key, recipient, &x25519))
			return FAIL(why, FAULT_KEY_RECIPIENT,
			    "number %zu of %zu", i + 1, count);
		if (age_header_write_x25519(out, &x25519, why) == -1)
			return -1;
	}
	return 0;
}

/* With p, recipients are left aside. */
static struct sink *
start(struct sink **next, const char *const *recipients, size_t count,
    const struct passphrase *p, struct fault *why)
{
	static const struct sink_kind kind = {
		.name = "age",
		.write = encrypt_write,
		.finish = encrypt_finish,
		.free = encrypt_free,
	};
	uint8_t file_key[AGE_WRAP_FILE_KEY], nonce[AGE_STREAM_NONCE];
	struct encrypt *e = allocate(why);
	struct sink *s = NULL;

	if (e == NULL)
		return NULL;
	randombytes_buf(file_key, sizeof(file_key));
	randombytes_buf(nonce, sizeof(nonce));
	if (age_header_write_start(&e->start, why) == -1 ||
	    write_stanzas(&e->start, file_key, recipients, count, p, why) ==
		-1 ||
	    age_header_write_end(&e->start, file_key, why) == -1 ||
	    bytes_add(&e->start, nonce, sizeof(nonce), why) == -1)
		goto done;
	if ((e->stream = age_stream_new(file_key, nonce)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "payload key");
		goto done;
	}
	s = sink_new(&kind, e, next, why);
	e = NULL;

done:
	sodium_memzero(file_key, sizeof(file_key));
	encrypt_free(e);
	return s;
}

struct sink *
age_encrypt_new(struct sink **next, const char *const *recipients, size_t count,
    struct fault *why)
{
	if (count == 0 || count > AGE_STANZAS_MAX) {
		fault_set(why, FAULT_KEY_RECIPIENT, "%zu recipients", count);
		return NULL;
	}
	return start(next, recipients, count, NULL, why);
}

struct sink *
age_encrypt_passphrase_new(struct sink **next, const struct passphrase *p,
    struct fault *why)
{
	return start(next, NULL, 0, p, why);
}
