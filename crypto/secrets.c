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
	struct minisign_key *next; /* NULL: keys do not change now */
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

_Static_assert(sizeof(FIRST_LINE) +
	    2 * (sizeof("sign \n") + MINISIGN_RECORD_ROOM) +
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
	minisign_key_free(s->next);
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

static void
put_sign(struct text *t, const char *word, const struct minisign_key *key,
    uint8_t record[static MINISIGN_RECORD])
{
	minisign_key_copy_record(key, record);
	put(t, word);
	base64_write(record, MINISIGN_RECORD, BASE64_PADDED, t->at + t->len);
	t->len += MINISIGN_RECORD_ROOM - 1;
}

/* Lines are made at the text's own end, so that no copy is left elsewhere. */
static int
write_text(const struct secrets *s, struct text *t, struct fault *why)
{
	uint8_t *record = guarded(MINISIGN_RECORD, why);

	if (record == NULL)
		return -1;
	put_sign(t, FIRST_LINE "sign ", s->sign, record);
	if (s->next != NULL)
		put_sign(t, "\nnext ", s->next, record);
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
read_sign(const struct view *line, struct minisign_key **out, struct fault *why)
{
	uint8_t *record = guarded(MINISIGN_RECORD, why);

	if (record == NULL)
		return false;
	if (base64_read((const char *)line->bytes, line->len, BASE64_PADDED,
		record, MINISIGN_RECORD))
		*out = minisign_key_read_record(record, why);
	sodium_free(record);
	return *out != NULL;
}

/* The lines in their order; which one was wrong is all that is told. */
static bool
read_lines(struct reader *r, struct secrets *s, struct fault *why)
{
	struct view line;

	if (!reader_word(r, FIRST_LINE) || !reader_word(r, "sign ") ||
	    !reader_line(r, LINE_MAX_LEN, &line) ||
	    !read_sign(&line, &s->sign, why))
		return false;
	if (reader_word(r, "next ") &&
	    (!reader_line(r, LINE_MAX_LEN, &line) ||
		!read_sign(&line, &s->next, why)))
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

/*
 * Fills t with the plaintext.  What does not open it is told; every other
 * fault of age's is damage to us.
 */
static int
open_sealed(const void *bytes, size_t len, const struct age_opener *with,
    struct text *t, struct fault *why)
{
	struct source *sealed = source_from_bytes(bytes, len, why);
	struct source *age = NULL;
	int rc = -1;

	if (sealed != NULL)
		age = age_decrypt_new(&sealed, with, NULL, why);
	if (age != NULL)
		rc = source_fill(age, t->at, sizeof(t->at), &t->len, why);
	source_free(age);
	source_free(sealed);
	if (rc == -1 && why->id != FAULT_NO_MEMORY &&
	    why->id != FAULT_PASSPHRASE_WRONG && why->id != FAULT_AGE_NO_MATCH)
		fault_set(why, FAULT_SECRETS_FORM,
		    "it is not an age file of keys, or damaged");
	return rc;
}

struct secrets *
secrets_read_copy(const void *bytes, size_t len, const struct age_opener *with,
    struct fault *why)
{
	struct secrets *s = NULL;
	struct text *t = guarded(sizeof(*t), why);

	if (t == NULL)
		return NULL;
	if (open_sealed(bytes, len, with, t, why) == 0)
		s = read_text(t->at, t->len, why);
	sodium_free(t);
	return s;
}

struct secrets *
secrets_read(const void *bytes, size_t len, const struct passphrase *p,
    struct fault *why)
{
	const struct age_opener with = { NULL, 0, p };
	struct secrets *s;

	if (secrets_unprotected(bytes, len))
		return read_text(bytes, len, why);
	if (p == NULL) {
		fault_set(why, FAULT_PASSPHRASE_NEEDED, "secrets file");
		return NULL;
	}
	s = secrets_read_copy(bytes, len, &with, why);
	/* The node's own file is under a passphrase and nothing else. */
	if (s == NULL && why->id == FAULT_AGE_NO_MATCH)
		fault_set(why, FAULT_SECRETS_FORM,
		    "it is not an age file under a passphrase");
	return s;
}

const struct minisign_key *
secrets_signing(const struct secrets *s)
{
	return s->sign;
}

const struct minisign_key *
secrets_next(const struct secrets *s)
{
	return s->next;
}

size_t
secrets_publics(const struct secrets *s,
    struct minisign_public out[static SECRETS_SIGNING_MAX])
{
	minisign_key_copy_public(s->sign, &out[0]);
	if (s->next == NULL)
		return 1;
	minisign_key_copy_public(s->next, &out[1]);
	return 2;
}

static bool
is_public(const struct minisign_key *key, const struct minisign_public *public)
{
	struct minisign_public own;

	if (key == NULL)
		return false;
	minisign_key_copy_public(key, &own);
	return minisign_public_same(&own, public);
}

const struct minisign_key *
secrets_signer(const struct secrets *s, const struct minisign_public *listed,
    size_t count)
{
	for (size_t i = count; i-- > 0;) {
		if (is_public(s->next, &listed[i]))
			return s->next;
		if (is_public(s->sign, &listed[i]))
			return s->sign;
	}
	return NULL;
}

int
secrets_add_next(struct secrets *s, struct fault *why)
{
	if (s->next != NULL || s->open_count == SECRETS_OPENING_MAX)
		return FAIL(why, FAULT_INSIDE,
		    "keys that are changing already");
	if ((s->next = minisign_key_new(why)) == NULL)
		return -1;
	if (add_key(s, agekey_new(why)))
		return 0;
	minisign_key_free(s->next);
	s->next = NULL;
	return -1;
}

void
secrets_drop_old(struct secrets *s)
{
	if (s->next != NULL) {
		minisign_key_free(s->sign);
		s->sign = s->next;
		s->next = NULL;
	}
	for (size_t i = 0; i + 1 < s->open_count; i++)
		agekey_free(s->open[i]);
	s->open[0] = s->open[s->open_count - 1];
	s->lent[0] = s->open[0];
	s->open_count = 1;
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
