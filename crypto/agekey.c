#include "crypto/agekey.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "crypto/agekey_inside.h"
#include "crypto/bech32.h"

#define PREFIX_PUBLIC "age"
#define PREFIX_SECRET "AGE-SECRET-KEY-"
#define PREFIX_POST_QUANTUM "AGE-SECRET-KEY-PQ-1"
#define LINE_MAX_LEN 8192

_Static_assert(AGEKEY_RECIPIENT_ROOM ==
	BECH32_ROOM(sizeof(PREFIX_PUBLIC) - 1, AGEKEY_BYTES),
    "a recipient fits its room");
_Static_assert(AGEKEY_TEXT_ROOM ==
	BECH32_ROOM(sizeof(PREFIX_SECRET) - 1, AGEKEY_BYTES),
    "an identity fits its room");

struct agekey {
	uint8_t secret[AGEKEY_BYTES];
	uint8_t public[AGEKEY_BYTES];
};

static struct agekey *
allocate(struct fault *why)
{
	struct agekey *k = sodium_malloc(sizeof(*k));

	if (k == NULL)
		fault_set(why, FAULT_NO_MEMORY, "opening key");
	return k;
}

/* Once its public half is known, a key does not change any more. */
static void
complete(struct agekey *k)
{
	(void)crypto_scalarmult_base(k->public, k->secret);
	(void)sodium_mprotect_readonly(k);
}

struct agekey *
agekey_new(struct fault *why)
{
	struct agekey *k = allocate(why);

	if (k == NULL)
		return NULL;
	randombytes_buf(k->secret, sizeof(k->secret));
	complete(k);
	return k;
}

struct agekey *
agekey_read(const char *text, size_t len, struct fault *why)
{
	struct agekey *k = allocate(why);

	if (k == NULL)
		return NULL;
	if (!bech32_read(text, len, PREFIX_SECRET, k->secret,
		sizeof(k->secret))) {
		sodium_free(k);
		fault_set(why, FAULT_KEY_FILE, "not an age X25519 identity");
		return NULL;
	}
	complete(k);
	return k;
}

void
agekey_free(struct agekey *k)
{
	sodium_free(k);
}

void
agekey_copy_recipient(const struct agekey *k,
    char out[static AGEKEY_RECIPIENT_ROOM])
{
	bech32_write(PREFIX_PUBLIC, k->public, sizeof(k->public), out);
}

const uint8_t *
agekey_secret(const struct agekey *k)
{
	return k->secret;
}

const uint8_t *
agekey_public(const struct agekey *k)
{
	return k->public;
}

void
agekey_copy_text(const struct agekey *k, char text[static AGEKEY_TEXT_ROOM])
{
	bech32_write(PREFIX_SECRET, k->secret, sizeof(k->secret), text);
}

/* The next line without its end, which the last line may lack. */
static bool
next_line(struct reader *r, struct view *line)
{
	if (!reader_line(r, LINE_MAX_LEN, line) &&
	    (r->left > LINE_MAX_LEN || !reader_take(r, r->left, line)))
		return false;
	/* age reads files that came through an editor on Windows, too. */
	if (line->len > 0 && line->bytes[line->len - 1] == '\r')
		line->len--;
	return true;
}

static bool
starts_with(const struct view *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return line->len >= len && memcmp(line->bytes, prefix, len) == 0;
}

static int
read_lines(struct reader *r, struct agekey **keys, size_t max, size_t *count,
    struct fault *why)
{
	struct view line;
	size_t number = 0;
	bool passed_over = false;

	while (r->left > 0) {
		number++;
		if (!next_line(r, &line))
			return FAIL(why, FAULT_KEY_FILE, "line %zu is too long",
			    number);
		if (line.len == 0 || line.bytes[0] == '#')
			continue;
		/* A key for a stanza we cannot open is no reason to stop. */
		if (starts_with(&line, PREFIX_POST_QUANTUM)) {
			passed_over = true;
			continue;
		}
		if (*count == max)
			return FAIL(why, FAULT_KEY_FILE, "more than %zu keys",
			    max);
		keys[*count] =
		    agekey_read((const char *)line.bytes, line.len, why);
		if (keys[*count] == NULL) {
			if (why->id == FAULT_KEY_FILE)
				fault_set(why, FAULT_KEY_FILE,
				    "line %zu is not an identity", number);
			return -1;
		}
		(*count)++;
	}
	if (*count == 0)
		return FAIL(why, FAULT_KEY_FILE, "%s",
		    passed_over ? "only post-quantum identities, which are not "
				  "supported" :
				  "no identity in it");
	return 0;
}

int
agekey_read_file(const struct bytes *text, struct agekey **keys, size_t max,
    size_t *count, struct fault *why)
{
	struct reader r = { text->at, text->len };

	*count = 0;
	if (read_lines(&r, keys, max, count, why) == 0)
		return 0;
	while (*count > 0) {
		agekey_free(keys[--*count]);
		keys[*count] = NULL;
	}
	return -1;
}

bool
agekey_recipient_read(const char *text, uint8_t out[static AGEKEY_BYTES])
{
	static const uint8_t any_scalar[AGEKEY_BYTES] = { 8 };
	uint8_t shared[AGEKEY_BYTES];

	/* With a point of small order every scalar gives zero. */
	return bech32_read(text, strlen(text), PREFIX_PUBLIC, out,
		   AGEKEY_BYTES) &&
	    crypto_scalarmult(shared, any_scalar, out) == 0;
}
