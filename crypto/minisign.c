#include "crypto/minisign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/minisign_key.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define PUBLIC_BYTES 42
#define LINE2_BYTES 74
#define LINE2_ROOM BASE64_ROOM(LINE2_BYTES)
#define LINE4_ROOM BASE64_ROOM(64)
#define SIGNATURE 64

/* minisign holds each comment line in 1,024 bytes, its NUL included. */
#define UNTRUSTED_MAX (MINISIGN_COMMENT_MAX - sizeof(UNTRUSTED))
#define TRUSTED_MAX (MINISIGN_COMMENT_MAX - sizeof(TRUSTED))

_Static_assert(MINISIGN_PUBLIC_ROOM == BASE64_ROOM(PUBLIC_BYTES),
    "a public key fits its room");

bool
minisign_public_read(const char *text, size_t len, struct minisign_public *out)
{
	uint8_t bytes[PUBLIC_BYTES];

	if (!base64_read(text, len, BASE64_PADDED, bytes, sizeof(bytes)) ||
	    memcmp(bytes, "Ed", 2) != 0)
		return false;
	/*
	 * Not only small order: any point outside the group that honest keys
	 * come from, and any second spelling of a point, is no key.
	 */
	if (crypto_core_ed25519_is_valid_point(bytes + 10) != 1)
		return false;
	memcpy(out->number, bytes + 2, sizeof(out->number));
	memcpy(out->key, bytes + 10, sizeof(out->key));
	return true;
}

void
minisign_public_write(const struct minisign_public *p,
    char out[static MINISIGN_PUBLIC_ROOM])
{
	uint8_t bytes[PUBLIC_BYTES] = "Ed";

	memcpy(bytes + 2, p->number, sizeof(p->number));
	memcpy(bytes + 10, p->key, sizeof(p->key));
	base64_write(bytes, sizeof(bytes), BASE64_PADDED, out);
}

int
minisign_public_read_file(const struct bytes *text, struct minisign_public *out,
    struct fault *why)
{
	struct reader r = { text->at, text->len };
	struct view line;

	if (reader_word(&r, UNTRUSTED) &&
	    !reader_line(&r, MINISIGN_COMMENT_MAX, &line))
		return FAIL(why, FAULT_KEY_PUBLIC, "line 1");
	if ((!reader_line(&r, MINISIGN_PUBLIC_ROOM, &line) &&
		!reader_take(&r, r.left, &line)) ||
	    r.left > 0 ||
	    !minisign_public_read((const char *)line.bytes, line.len, out))
		return FAIL(why, FAULT_KEY_PUBLIC, "not a minisign key");
	return 0;
}

bool
minisign_public_same(const struct minisign_public *a,
    const struct minisign_public *b)
{
	return memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

static bool
printable_ascii(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	}
	return true;
}

/* What the second signature is over; returns how many bytes. */
static size_t
global_message(const uint8_t *signature, const char *trusted, size_t len,
    uint8_t out[static SIGNATURE + MINISIGN_COMMENT_MAX])
{
	memcpy(out, signature, SIGNATURE);
	memcpy(out + SIGNATURE, trusted, len);
	return SIGNATURE + len;
}

int
minisign_sign(const struct minisign_key *k,
    const uint8_t hash[static MINISIGN_HASH], const char *untrusted,
    const char *trusted, struct bytes *out, struct fault *why)
{
	uint8_t line2[LINE2_BYTES] = "ED", global[SIGNATURE];
	uint8_t message[SIGNATURE + MINISIGN_COMMENT_MAX];
	char text2[LINE2_ROOM], text4[LINE4_ROOM];
	char text[MINISIGN_SIGNATURE_ROOM];
	struct minisign_public public;
	size_t untrusted_len = strlen(untrusted), trusted_len = strlen(trusted);

	if (untrusted_len > UNTRUSTED_MAX || trusted_len > TRUSTED_MAX ||
	    !printable_ascii((const uint8_t *)untrusted, untrusted_len) ||
	    !printable_ascii((const uint8_t *)trusted, trusted_len))
		return FAIL(why, FAULT_INSIDE,
		    "a signature's comment is long or not plain");
	minisign_key_copy_public(k, &public);
	memcpy(line2 + 2, public.number, sizeof(public.number));
	(void)crypto_sign_detached(line2 + 10, NULL, hash, MINISIGN_HASH,
	    minisign_key_secret(k));
	(void)crypto_sign_detached(global, NULL, message,
	    global_message(line2 + 10, trusted, trusted_len, message),
	    minisign_key_secret(k));
	base64_write(line2, sizeof(line2), BASE64_PADDED, text2);
	base64_write(global, sizeof(global), BASE64_PADDED, text4);
	(void)snprintf(text, sizeof(text),
	    UNTRUSTED "%s\n%s\n" TRUSTED "%s\n%s\n", untrusted, text2, trusted,
	    text4);
	return bytes_add_text(out, text, why);
}

/* Printable UTF-8, and the TAB that minisign's own comments have. */
static bool
printable_utf8(const uint8_t *text, size_t len)
{
	return text_is_utf8(text, len) &&
	    text_is_clean((const char *)text, len, true);
}

/* The rest of a comment line, after its prefix. */
static bool
read_comment(struct reader *r, const char *prefix,
    bool (*printable)(const uint8_t *text, size_t len),
    char out[static MINISIGN_COMMENT_MAX])
{
	struct view line;

	if (!reader_word(r, prefix) ||
	    !reader_line(r, MINISIGN_COMMENT_MAX - 1, &line) ||
	    !printable(line.bytes, line.len))
		return false;
	memcpy(out, line.bytes, line.len);
	out[line.len] = '\0';
	return true;
}

static bool
read_base64(struct reader *r, uint8_t *out, size_t want)
{
	struct view line;

	return reader_line(r, BASE64_ROOM(want), &line) &&
	    base64_read((const char *)line.bytes, line.len, BASE64_PADDED, out,
		want);
}

static int
read_lines(struct reader *r, bool (*printable)(const uint8_t *text, size_t len),
    struct minisign_signature *out, struct fault *why)
{
	uint8_t line2[LINE2_BYTES];

	if (!read_comment(r, UNTRUSTED, printable, out->untrusted))
		return FAIL(why, FAULT_SIGNATURE_FORM, "line 1");
	if (!read_base64(r, line2, sizeof(line2)))
		return FAIL(why, FAULT_SIGNATURE_FORM, "line 2");
	if (memcmp(line2, "ED", 2) != 0)
		return FAIL(why, FAULT_SIGNATURE_FORM,
		    "line 2: only the prehashed form counts");
	memcpy(out->number, line2 + 2, sizeof(out->number));
	memcpy(out->signature, line2 + 10, sizeof(out->signature));
	if (!read_comment(r, TRUSTED, printable, out->trusted))
		return FAIL(why, FAULT_SIGNATURE_FORM, "line 3");
	if (!read_base64(r, out->global, sizeof(out->global)))
		return FAIL(why, FAULT_SIGNATURE_FORM, "line 4");
	if (r->left > 0)
		return FAIL(why, FAULT_SIGNATURE_FORM, "more after line 4");
	return 0;
}

int
minisign_signature_read(const void *text, size_t len,
    struct minisign_signature *out, struct fault *why)
{
	struct reader r = { text, len };

	return read_lines(&r, printable_ascii, out, why);
}

int
minisign_signature_read_detached(const void *text, size_t len,
    struct minisign_signature *out, struct fault *why)
{
	struct reader r = { text, len };

	return read_lines(&r, printable_utf8, out, why);
}

bool
minisign_verify(const struct minisign_public *p,
    const struct minisign_signature *s,
    const uint8_t hash[static MINISIGN_HASH])
{
	uint8_t message[SIGNATURE + MINISIGN_COMMENT_MAX];

	return memcmp(p->number, s->number, sizeof(p->number)) == 0 &&
	    crypto_sign_verify_detached(s->signature, hash, MINISIGN_HASH,
		p->key) == 0 &&
	    crypto_sign_verify_detached(s->global, message,
		global_message(s->signature, s->trusted, strlen(s->trusted),
		    message),
		p->key) == 0;
}
