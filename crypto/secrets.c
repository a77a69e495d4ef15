#include "crypto/secrets.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "base/sink.h"
#include "base/source.h"
#include "crypto/agekey.h"
#include "crypto/agekey_inside.h"
#include "crypto/base64.h"
#include "crypto/minisign.h"
#include "crypto/minisign_key.h"
#include "crypto/passphrase.h"
#include "crypto/secrets_inside.h"

#define MAGIC "# satchel secrets/"
#define FIRST_LINE MAGIC "1\n"
#define TEXT_MAX 2048
#define LINE_MAX_LEN 256
#define SEALED_MAX 262144
#define STORE_ROOM BASE64_ROOM(SECRETS_STORE_KEY)

struct secrets {
	struct minisign_key *sign;
	struct agekey *open[SECRETS_OPENING_MAX];
	const struct agekey *lent[SECRETS_OPENING_MAX]; /* the same */
	size_t open_count;
	uint8_t store[SECRETS_STORE_KEY];
};

/* The file's text, always in guarded memory. */
struct text {
	size_t len;
	char at[TEXT_MAX];
};

_Static_assert(sizeof(FIRST_LINE) + sizeof("sign \n") + MINISIGN_RECORD_ROOM +
	    SECRETS_OPENING_MAX * (sizeof("open \n") + AGEKEY_TEXT_ROOM) +
	    sizeof("store \n") + STORE_ROOM <
	TEXT_MAX,
    "the longest text fits its room");

static void *
guarded(size_t len, struct fault *why)
{
	void *at = sodium_malloc(len);

	if (at == NULL)
		fault_set(why, FAULT_NO_MEMORY, "secrets");
	else
		memset(at, 0, len);
	return at;
}

static bool
add_key(struct secrets *s, struct agekey *k)
{
	if (k == NULL || s->open_count == SECRETS_OPENING_MAX) {
		agekey_free(k);
		return false;
	}
	s->open[s->open_count] = k;
	s->lent[s->open_count] = k;
	s->open_count++;
	return true;
}

struct secrets *
secrets_new(struct fault *why)
{
	struct secrets *s = guarded(sizeof(*s), why);

	if (s == NULL)
		return NULL;
	randombytes_buf(s->store, sizeof(s->store));
	if ((s->sign = minisign_key_new(why)) == NULL ||
	    !add_key(s, agekey_new(why))) {
		secrets_free(s);
		return NULL;
	}
	return s;
}

void
secrets_free(struct secrets *s)
{
	if (s == NULL)
		return;
	minisign_key_free(s->sign);
	for (size_t i = 0; i < s->open_count; i++)
		agekey_free(s->open[i]);
	sodium_free(s);
}

static void
put(struct text *t, const char *more)
{
	size_t len = strlen(more);

	memcpy(t->at + t->len, more, len);
	t->len += len;
}

/* Lines are made at the text's own end, so that no copy is left elsewhere. */
static int
write_text(const struct secrets *s, struct text *t, struct fault *why)
{
	uint8_t *record = guarded(MINISIGN_RECORD, why);

	if (record == NULL)
		return -1;
	minisign_key_copy_record(s->sign, record);
	put(t, FIRST_LINE "sign ");
	base64_write(record, MINISIGN_RECORD, BASE64_PADDED, t->at + t->len);
	t->len += MINISIGN_RECORD_ROOM - 1;
	sodium_free(record);
	for (size_t i = 0; i < s->open_count; i++) {
		put(t, "\nopen ");
		agekey_copy_text(s->open[i], t->at + t->len);
		t->len += AGEKEY_TEXT_ROOM - 1;
	}
	put(t, "\nstore ");
	base64_write(s->store, sizeof(s->store), BASE64_PADDED, t->at + t->len);
	t->len += STORE_ROOM - 1;
	put(t, "\n");
	return 0;
}

/* *chain leads to `sealed`, which may lie in ordinary memory. */
static int
write_sealed(const struct secrets *s, struct sink *chain,
    const struct bytes *sealed, struct sink *to, struct fault *why)
{
	struct text *t = guarded(sizeof(*t), why);
	int rc = -1;

	if (t == NULL || write_text(s, t, why) == -1 ||
	    sink_write(chain, t->at, t->len, why) == -1 ||
	    sink_finish(chain, why) == -1 ||
	    sink_write(to, sealed->at, sealed->len, why) == -1)
		goto done;
	rc = 0;

done:
	sodium_free(t);
	return rc;
}

static int
write_unprotected(const struct secrets *s, struct sink *to, struct fault *why)
{
	struct text *t = guarded(sizeof(*t), why);
	int rc = -1;

	if (t != NULL && write_text(s, t, why) == 0)
		rc = sink_write(to, t->at, t->len, why);
	sodium_free(t);
	return rc;
}

int
secrets_write(const struct secrets *s, const struct passphrase *p,
    struct sink **to, struct fault *why)
{
	struct bytes sealed;
	struct sink *memory, *age = NULL;
	int rc = -1;

	if (p == NULL)
		return write_unprotected(s, *to, why);
	bytes_init(&sealed, SEALED_MAX);
	if ((memory = bytes_sink_new(&sealed, why)) != NULL &&
	    (age = age_encrypt_passphrase_new(&memory, p, why)) != NULL)
		rc = write_sealed(s, age, &sealed, *to, why);
	sink_free(age);
	sink_free(memory);
	bytes_free(&sealed);
	return rc;
}

int
secrets_write_recovery(const struct secrets *s, const char *const *recipients,
    size_t count, struct sink **to, struct fault *why)
{
	struct bytes sealed;
	struct sink *memory, *age = NULL;
	int rc = -1;

	bytes_init(&sealed, SEALED_MAX);
	if ((memory = bytes_sink_new(&sealed, why)) != NULL &&
	    (age = age_encrypt_new(&memory, recipients, count, why)) != NULL)
		rc = write_sealed(s, age, &sealed, *to, why);
	sink_free(age);
	sink_free(memory);
	bytes_free(&sealed);
	return rc;
}

bool
secrets_unprotected(const void *bytes, size_t len)
{
	return len >= sizeof(MAGIC) - 1 &&
	    memcmp(bytes, MAGIC, sizeof(MAGIC) - 1) == 0;
}

static bool
read_sign(const struct view *line, struct secrets *s, struct fault *why)
{
	uint8_t *record = guarded(MINISIGN_RECORD, why);

	if (record == NULL)
		return false;
	if (base64_read((const char *)line->bytes, line->len, BASE64_PADDED,
		record, MINISIGN_RECORD))
		s->sign = minisign_key_read_record(record, why);
	sodium_free(record);
	return s->sign != NULL;
}

/* The lines in their order; which one was wrong is all that is told. */
static bool
read_lines(struct reader *r, struct secrets *s, struct fault *why)
{
	struct view line;

	if (!reader_word(r, FIRST_LINE) || !reader_word(r, "sign ") ||
	    !reader_line(r, LINE_MAX_LEN, &line) || !read_sign(&line, s, why))
		return false;
	while (reader_word(r, "open ")) {
		if (!reader_line(r, LINE_MAX_LEN, &line) ||
		    !add_key(s,
			agekey_read((const char *)line.bytes, line.len, why)))
			return false;
	}
	return s->open_count > 0 && reader_word(r, "store ") &&
	    reader_line(r, LINE_MAX_LEN, &line) &&
	    base64_read((const char *)line.bytes, line.len, BASE64_PADDED,
		s->store, sizeof(s->store)) &&
	    r->left == 0;
}

static struct secrets *
read_text(const void *text, size_t len, struct fault *why)
{
	struct reader r = { text, len };
	struct secrets *s = guarded(sizeof(*s), why);

	if (s == NULL)
		return NULL;
	why->id = FAULT_NONE;
	if (read_lines(&r, s, why))
		return s;
	secrets_free(s);
	if (why->id != FAULT_NO_MEMORY)
		fault_set(why, FAULT_SECRETS_FORM,
		    "its text is not that of version 1");
	return NULL;
}

/* Fills t with the plaintext; every fault of age's is damage to us. */
static int
open_sealed(const void *bytes, size_t len, const struct passphrase *p,
    struct text *t, struct fault *why)
{
	const struct age_opener with = { NULL, 0, p };
	struct source *sealed = source_from_bytes(bytes, len, why);
	struct source *age = NULL;
	int rc = -1;

	if (sealed != NULL)
		age = age_decrypt_new(&sealed, &with, NULL, why);
	if (age != NULL)
		rc = source_fill(age, t->at, sizeof(t->at), &t->len, why);
	source_free(age);
	source_free(sealed);
	if (rc == -1 && why->id != FAULT_NO_MEMORY &&
	    why->id != FAULT_PASSPHRASE_WRONG)
		fault_set(why, FAULT_SECRETS_FORM,
		    "it is not an age file under a passphrase, or damaged");
	return rc;
}

struct secrets *
secrets_read(const void *bytes, size_t len, const struct passphrase *p,
    struct fault *why)
{
	struct secrets *s = NULL;
	struct text *t;

	if (secrets_unprotected(bytes, len))
		return read_text(bytes, len, why);
	if (p == NULL) {
		fault_set(why, FAULT_PASSPHRASE_NEEDED, "secrets file");
		return NULL;
	}
	if ((t = guarded(sizeof(*t), why)) == NULL)
		return NULL;
	if (open_sealed(bytes, len, p, t, why) == 0)
		s = read_text(t->at, t->len, why);
	sodium_free(t);
	return s;
}

const struct minisign_key *
secrets_signing(const struct secrets *s)
{
	return s->sign;
}

void
secrets_opener(const struct secrets *s, struct age_opener *with)
{
	*with = (struct age_opener){ s->lent, s->open_count, NULL };
}

const uint8_t *
secrets_store_key(const struct secrets *s)
{
	return s->store;
}
