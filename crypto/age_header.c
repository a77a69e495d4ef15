#include "crypto/age_header.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/reader.h"
#include "crypto/base64.h"
#include "crypto/hkdf.h"

#define BODY_COLUMNS 64
#define BODY_COLUMN_BYTES 48
#define ARGUMENTS_MAX 4 /* one more than any kind we know has */
#define LOG_N_BEYOND 99 /* stands for any work factor over the limit */
#define TEXT_32 BASE64_ROOM((size_t)32)

/* One stanza as text; how it is to be understood depends on its kind. */
struct stanza {
	struct view arguments[ARGUMENTS_MAX];
	size_t argument_count; /* of all, also those past the array */
	struct view last_line; /* of the body */
	size_t body_lines;
};

static int
malformed(const struct age_header_parts *out, const char *what,
    struct fault *why)
{
	return FAIL(why, FAULT_AGE_HEADER, "stanza %zu: %s",
	    out->counts.stanzas, what);
}

static bool
view_base64(const struct view *v, uint8_t *out, size_t want)
{
	return base64_read((const char *)v->bytes, v->len, BASE64_BARE, out,
	    want);
}

/* Arguments are separated by one space each, and none is empty. */
static bool
read_arguments(struct view line, struct stanza *s)
{
	const uint8_t *start = line.bytes;

	s->argument_count = 0;
	for (size_t i = 0; i <= line.len; i++) {
		const uint8_t *at = line.bytes + i;

		if (i < line.len && *at >= 0x21 && *at <= 0x7e)
			continue;
		if ((i < line.len && *at != ' ') || at == start)
			return false;
		if (s->argument_count < ARGUMENTS_MAX)
			s->arguments[s->argument_count] =
			    (struct view){ start, (size_t)(at - start) };
		s->argument_count++;
		start = at + 1;
	}
	return true;
}

/* A body ends with the first line that is short, even if that is empty. */
static bool
read_body(struct reader *r, struct stanza *s)
{
	uint8_t some[BODY_COLUMN_BYTES];
	size_t got;

	for (s->body_lines = 1;; s->body_lines++) {
		if (!reader_line(r, BODY_COLUMNS, &s->last_line) ||
		    !base64_read_some((const char *)s->last_line.bytes,
			s->last_line.len, BASE64_BARE, some, sizeof(some),
			&got))
			return false;
		if (s->last_line.len < BODY_COLUMNS)
			return true;
	}
}

/*
 * A body of any other length is refused before it is tried: a file that opens
 * under more than one key could otherwise tell which one we hold.
 */
static bool
key_body(const struct stanza *s, uint8_t body[static AGE_WRAP_BODY])
{
	return s->body_lines == 1 &&
	    view_base64(&s->last_line, body, AGE_WRAP_BODY);
}

static int
keep_x25519(const struct stanza *s, struct age_header_parts *out,
    struct fault *why)
{
	struct age_wrap_x25519 *w = &out->x25519[out->counts.x25519];

	if (s->argument_count != 2)
		return malformed(out, "X25519 has two arguments", why);
	if (!view_base64(&s->arguments[1], w->share, sizeof(w->share)))
		return malformed(out, "share", why);
	if (!key_body(s, w->body))
		return malformed(out, "X25519 body", why);
	out->counts.x25519++;
	return 0;
}

/* [1-9][0-9]*, however long; what is over our limit is one number here. */
static bool
read_log_n(const struct view *v, unsigned *out)
{
	unsigned n = 0;

	if (v->len == 0 || v->bytes[0] == '0')
		return false;
	for (size_t i = 0; i < v->len; i++) {
		if (v->bytes[i] < '0' || v->bytes[i] > '9')
			return false;
		n = n * 10 + (v->bytes[i] - (unsigned)'0');
		if (n > AGE_SCRYPT_MAX)
			n = LOG_N_BEYOND;
	}
	*out = n;
	return true;
}

static int
keep_scrypt(const struct stanza *s, struct age_header_parts *out,
    struct fault *why)
{
	struct age_wrap_scrypt *w = &out->scrypt;

	out->counts.scrypt = true;
	if (s->argument_count != 3)
		return malformed(out, "scrypt has three arguments", why);
	if (!view_base64(&s->arguments[1], w->salt, sizeof(w->salt)))
		return malformed(out, "salt", why);
	if (!read_log_n(&s->arguments[2], &w->log_n))
		return malformed(out, "work factor", why);
	if (!key_body(s, w->body))
		return malformed(out, "scrypt body", why);
	return 0;
}

/* Takes one stanza, whose "-> " has been taken already. */
static int
read_stanza(struct reader *r, struct age_header_parts *out, struct fault *why)
{
	struct stanza s;
	struct view line;

	if (out->counts.stanzas == AGE_STANZAS_MAX)
		return FAIL(why, FAULT_AGE_HEADER, "more than %d stanzas",
		    AGE_STANZAS_MAX);
	out->counts.stanzas++;
	if (!reader_line(r, AGE_HEADER_MAX, &line) || !read_arguments(line, &s))
		return malformed(out, "arguments", why);
	if (!read_body(r, &s))
		return malformed(out, "body", why);
	if (reader_view_is(&s.arguments[0], "X25519"))
		return keep_x25519(&s, out, why);
	if (reader_view_is(&s.arguments[0], "scrypt"))
		return keep_scrypt(&s, out, why);
	return 0;
}

static int
read_stanzas(struct reader *r, struct age_header_parts *out, struct fault *why)
{
	while (reader_word(r, "-> ")) {
		if (read_stanza(r, out, why) == -1)
			return -1;
	}
	if (out->counts.stanzas == 0)
		return FAIL(why, FAULT_AGE_HEADER, "no stanza");
	/* A passphrase also says who made the file; others would undo that. */
	if (out->counts.scrypt && out->counts.stanzas != 1)
		return FAIL(why, FAULT_AGE_HEADER, "scrypt is not alone");
	return 0;
}

int
age_header_read(const uint8_t *text, size_t len, struct age_header_parts *out,
    struct fault *why)
{
	struct reader r = { text, len };
	struct view line;

	*out = (struct age_header_parts){ .counts = { 0 } };
	out->x25519 = calloc(AGE_STANZAS_MAX, sizeof(*out->x25519));
	if (out->x25519 == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "age header");
	if (!reader_word(&r, AGE_VERSION_LINE))
		return FAIL(why, FAULT_AGE_HEADER, "first line");
	if (read_stanzas(&r, out, why) == -1)
		return -1;
	if (!reader_word(&r, "---"))
		return FAIL(why, FAULT_AGE_HEADER, "neither stanza nor end");
	out->covered = len - r.left;
	if (!reader_word(&r, " ") || !reader_line(&r, TEXT_32, &line) ||
	    !view_base64(&line, out->mac, sizeof(out->mac)) || r.left != 0)
		return FAIL(why, FAULT_AGE_HEADER, "last line");
	return 0;
}

void
age_header_free(struct age_header_parts *parts)
{
	free(parts->x25519);
	parts->x25519 = NULL;
}

int
age_header_write_start(struct bytes *out, struct fault *why)
{
	return bytes_add_text(out, AGE_VERSION_LINE, why);
}

int
age_header_write_x25519(struct bytes *out, const struct age_wrap_x25519 *w,
    struct fault *why)
{
	char share[TEXT_32], body[TEXT_32], text[128];

	base64_write(w->share, sizeof(w->share), BASE64_BARE, share);
	base64_write(w->body, sizeof(w->body), BASE64_BARE, body);
	(void)snprintf(text, sizeof(text), "-> X25519 %s\n%s\n", share, body);
	return bytes_add_text(out, text, why);
}

int
age_header_write_scrypt(struct bytes *out, const struct age_wrap_scrypt *w,
    struct fault *why)
{
	char salt[BASE64_ROOM(AGE_WRAP_SALT)], body[TEXT_32], text[128];

	base64_write(w->salt, sizeof(w->salt), BASE64_BARE, salt);
	base64_write(w->body, sizeof(w->body), BASE64_BARE, body);
	(void)snprintf(text, sizeof(text), "-> scrypt %s %u\n%s\n", salt,
	    w->log_n, body);
	return bytes_add_text(out, text, why);
}

int
age_header_write_end(struct bytes *out,
    const uint8_t file_key[static AGE_WRAP_FILE_KEY], struct fault *why)
{
	uint8_t mac[AGE_HEADER_MAC];
	char text[TEXT_32], line[64];

	if (bytes_add_text(out, "---", why) == -1)
		return -1;
	age_header_mac(file_key, out->at, out->len, mac);
	base64_write(mac, sizeof(mac), BASE64_BARE, text);
	(void)snprintf(line, sizeof(line), " %s\n", text);
	return bytes_add_text(out, line, why);
}

void
age_header_mac(const uint8_t file_key[static AGE_WRAP_FILE_KEY],
    const void *covered, size_t len, uint8_t out[static AGE_HEADER_MAC])
{
	uint8_t key[HKDF_KEY];

	hkdf_key(file_key, AGE_WRAP_FILE_KEY, NULL, 0, "header", key);
	(void)crypto_auth_hmacsha256(out, covered, len, key);
	sodium_memzero(key, sizeof(key));
}
