#include "tests/unit/rows.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "crypto/base64.h"
#include "crypto/note.h"

#define ORIGIN "satchel/XX-2026/XX-SITE-01"
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define TEXT ORIGIN "\n7\n" ROOT
#define OTHERS "\xe2\x80\x94 example.com/other AAAAAAAA\n"

static uint8_t key[crypto_sign_PUBLICKEYBYTES];
static uint8_t secret[crypto_sign_SECRETKEYBYTES];

/* What is signed, and what stands in the note instead. */
static const struct note_case {
	const char *name;
	const char *signed_text;
	const char *text; /* in the note */
	const char *name_on_line;
	const char *before; /* another line of signatures */
	bool whole;	    /* else the last LF is cut off */
	bool good;
} cases[] = {
	{ "a head signed by the node's key for its own log is one", TEXT, TEXT,
	    ORIGIN, "", true, true },
	{ "signatures of others beside it are passed over", TEXT, TEXT, ORIGIN,
	    OTHERS, true, true },
	{ "a text that was changed after signing is none", TEXT,
	    ORIGIN "\n8\n" ROOT, ORIGIN, "", true, false },
	{ "only others' signatures are not enough", TEXT, TEXT,
	    "example.com/other", "", true, false },
	{ "another log's head is not this one's", "satchel/XX/YY\n7\n" ROOT,
	    "satchel/XX/YY\n7\n" ROOT, ORIGIN, "", true, false },
	{ "a size with a leading zero is no size", ORIGIN "\n07\n" ROOT,
	    ORIGIN "\n07\n" ROOT, ORIGIN, "", true, false },
	{ "a root that is not 32 bytes is no root", ORIGIN "\n7\nAAAA\n",
	    ORIGIN "\n7\nAAAA\n", ORIGIN, "", true, false },
	{ "a note without its size is no head", ORIGIN "\n", ORIGIN "\n",
	    ORIGIN, "", true, false },
	{ "a signature line that was cut short is none", TEXT, TEXT, ORIGIN, "",
	    false, false },
	{ "a line that is no signature line makes the note bad", TEXT, TEXT,
	    ORIGIN, "hello\n", true, false },
};

static void
note_holds(void **state)
{
	const struct note_case *c = *state;
	char named[256], note[2048], base64[BASE64_ROOM(4 + 64)];
	uint8_t blob[4 + crypto_sign_BYTES], hash[32];
	int len;

	len = snprintf(named, sizeof(named), "%s\n%c", c->name_on_line, 1);
	memcpy(named + len, key, sizeof(key));
	(void)crypto_hash_sha256(hash, (const uint8_t *)named,
	    (size_t)len + sizeof(key));
	memcpy(blob, hash, 4);
	(void)crypto_sign_detached(blob + 4, NULL,
	    (const uint8_t *)c->signed_text, strlen(c->signed_text), secret);
	base64_write(blob, sizeof(blob), BASE64_PADDED, base64);
	len = snprintf(note, sizeof(note), "%s\n%s\xe2\x80\x94 %s %s\n",
	    c->text, c->before, c->name_on_line, base64);
	if (!c->whole)
		note[len - 1] = '\0';
	assert_int_equal(note_is_checkpoint(note, ORIGIN, key), c->good);
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	(void)crypto_sign_keypair(key, secret);
	return ROWS_RUN("note", cases, note_holds);
}
