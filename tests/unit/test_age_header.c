#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"
#include "crypto/age.h"
#include "crypto/age_header.h"
#include "crypto/age_stream.h"
#include "crypto/agekey.h"
#include "crypto/base64.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

/*
 * A row is a header as text, in which {x} stands for a part that depends on
 * keys.  {M} is a good MAC over what stands before it, so a row is refused
 * only for what its name says.
 */
#define V "age-encryption.org/v1\n"
#define X "-> X25519 {S}\n{B}\n"
#define P "-> scrypt {P} 10\n{Q}\n"
#define END "--- {M}\n"
#define COLUMNS \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

enum who { OURS, OTHER, WORDS, WRONG_WORDS, BOTH, NOBODY };

static struct agekey *ours, *other;
static struct passphrase *words, *wrong_words;
static const uint8_t file_key[AGE_WRAP_FILE_KEY] = "sixteen byte key";

static struct part {
	char letter;
	char text[96];
} parts[16];
static size_t part_count;

static const struct case_row {
	const char *name;
	const char *text;
	enum who who;
	enum fault_id want;
} cases[] = {
	{ "one stanza opens", V X END, OURS, FAULT_NONE },
	{ "not with another key", V X END, OTHER, FAULT_AGE_NO_MATCH },
	{ "not with a passphrase", V X END, WORDS, FAULT_AGE_NO_MATCH },
	{ "not without anything", V X END, NOBODY, FAULT_AGE_NO_MATCH },
	{ "a stanza for somebody else beside it", V "{T}" X END, OURS,
	    FAULT_NONE },
	{ "an unknown stanza is passed over", V "-> grease a b\n\n" X END, OURS,
	    FAULT_NONE },
	{ "every printable sign may be an argument",
	    V "-> !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az}|{~ z\n\n" X END, OURS,
	    FAULT_NONE },
	{ "an unknown stanza may have any body",
	    V "-> grease\n" COLUMNS "\n" COLUMNS "\nAAAA\n" X END, OURS,
	    FAULT_NONE },
	{ "a body of whole lines ends with an empty one",
	    V "-> grease\n" COLUMNS "\n\n" X END, OURS, FAULT_NONE },
	{ "x25519 in lower case is an unknown kind",
	    V "-> x25519 {S}\n{B}\n" END, OURS, FAULT_AGE_NO_MATCH },
	{ "Scrypt with a capital is an unknown kind",
	    V "-> Scrypt {P} 10\n{Q}\n" END, WORDS, FAULT_AGE_NO_MATCH },
	{ "only a post-quantum stanza", V "-> mlkem768x25519 AAAA\nAAAA\n" END,
	    OURS, FAULT_AGE_NO_MATCH },

	{ "version 2", "age-encryption.org/v2\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a first line with CRLF", "age-encryption.org/v1\r\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a first line with a space after it",
	    "age-encryption.org/v1 \n" X END, OURS, FAULT_AGE_HEADER },
	{ "an empty line first", "\n" V X END, OURS, FAULT_AGE_HEADER },
	{ "nothing at all", "", OURS, FAULT_AGE_HEADER },
	{ "only the first line", V, OURS, FAULT_AGE_HEADER },
	{ "no stanza at all", V END, OURS, FAULT_AGE_HEADER },
	{ "CRLF after the arguments", V "-> X25519 {S}\r\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "CRLF after the body", V "-> X25519 {S}\n{B}\r\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "CRLF at the end", V X "--- {M}\r\n", OURS, FAULT_AGE_HEADER },
	{ "armor",
	    "-----BEGIN AGE ENCRYPTED FILE-----\n" COLUMNS
	    "\n-----END AGE ENCRYPTED FILE-----\n",
	    OURS, FAULT_AGE_ARMOR },
	{ "armor after white space",
	    " \r\n\t\n-----BEGIN AGE ENCRYPTED FILE-----\n", OURS,
	    FAULT_AGE_ARMOR },

	{ "a stanza that begins without its space", V "->X25519 {S}\n{B}\n" END,
	    OURS, FAULT_AGE_HEADER },
	{ "a stanza that begins otherwise", V "-- X25519 {S}\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "a stanza without arguments", V "-> \n\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "an empty argument", V "-> grease  a\n\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a space after the arguments", V "-> grease a \n\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a TAB in an argument", V "-> grease a\tb\n\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "DEL in an argument", V "-> grease a\x7f\n\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "UTF-8 in an argument", V "-> grease \xc3\xa4\n\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a body that is missing", V "-> grease\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a body without its short line", V "-> grease\n" COLUMNS "\n" X END,
	    OURS, FAULT_AGE_HEADER },
	{ "a body with two short lines", V "-> grease\nAAAA\nAAAA\n" X END,
	    OURS, FAULT_AGE_HEADER },
	{ "a body line over 64 columns",
	    V "-> grease\n" COLUMNS "AAAA\n\n" X END, OURS, FAULT_AGE_HEADER },
	{ "a body with padding", V "-> grease\nAA==\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a body that is not canonical", V "-> grease\nAB\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a body with one digit left over", V "-> grease\nAAAAA\n" X END, OURS,
	    FAULT_AGE_HEADER },
	{ "a body with a space", V "-> grease\nAA AA\n" X END, OURS,
	    FAULT_AGE_HEADER },

	{ "X25519 without a share", V "-> X25519\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with three arguments", V "-> X25519 {S} a\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with a padded share", V "-> X25519 {S}=\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with a share that is not canonical",
	    V "-> X25519 {s}\n{B}\n" END, OURS, FAULT_AGE_HEADER },
	{ "X25519 with a short share", V "-> X25519 AAAA\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with a long share", V "-> X25519 {S}A\n{B}\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with a share that gives zero", V "-> X25519 {Z}\n{B}\n" END,
	    OURS, FAULT_AGE_HEADER },
	{ "X25519 with an empty body", V "-> X25519 {S}\n\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with a short body", V "-> X25519 {S}\nAAAA\n" END, OURS,
	    FAULT_AGE_HEADER },
	{ "X25519 with the body of a longer file key",
	    V "-> X25519 {S}\n{L}\n" END, OURS, FAULT_AGE_HEADER },
	{ "X25519 with a body of several lines",
	    V "-> X25519 {S}\n" COLUMNS "\n{B}\n" END, OURS, FAULT_AGE_HEADER },
	{ "X25519 with a body that is not canonical",
	    V "-> X25519 {S}\n{b}\n" END, OURS, FAULT_AGE_HEADER },
	{ "X25519 with a body that does not open is not ours",
	    V "-> X25519 {S}\n{Z}\n" END, OURS, FAULT_AGE_NO_MATCH },
	{ "a malformed X25519 after a good one",
	    V X "-> X25519 AAAA\n{B}\n" END, OURS, FAULT_AGE_HEADER },
	{ "a malformed X25519 before a good one", V "-> X25519 {S}\n\n" X END,
	    OURS, FAULT_AGE_HEADER },
	{ "a share that gives zero after a good stanza",
	    V X "-> X25519 {Z}\n{B}\n" END, OURS, FAULT_AGE_HEADER },
	{ "a malformed X25519 counts for a passphrase too",
	    V "-> X25519 AAAA\n{B}\n" END, WORDS, FAULT_AGE_HEADER },

	{ "scrypt opens with its passphrase", V P END, WORDS, FAULT_NONE },
	{ "scrypt opens beside keys that do not", V P END, BOTH, FAULT_NONE },
	{ "scrypt with another passphrase", V P END, WRONG_WORDS,
	    FAULT_PASSPHRASE_WRONG },
	{ "scrypt with a key alone", V P END, OURS, FAULT_AGE_NO_MATCH },
	{ "scrypt beside X25519", V P X END, BOTH, FAULT_AGE_HEADER },
	{ "X25519 beside scrypt", V X P END, BOTH, FAULT_AGE_HEADER },
	{ "scrypt beside an unknown stanza", V "-> grease\n\n" P END, WORDS,
	    FAULT_AGE_HEADER },
	{ "scrypt twice", V P P END, WORDS, FAULT_AGE_HEADER },
	{ "scrypt without a work factor", V "-> scrypt {P}\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "scrypt without a salt", V "-> scrypt 10\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "scrypt with four arguments", V "-> scrypt {P} 10 a\n{Q}\n" END,
	    WORDS, FAULT_AGE_HEADER },
	{ "scrypt with a short salt", V "-> scrypt AAAA 10\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "scrypt with a long salt", V "-> scrypt {Z} 10\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "scrypt with a padded salt", V "-> scrypt {P}== 10\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "scrypt with a salt that is not canonical",
	    V "-> scrypt {p} 10\n{Q}\n" END, WORDS, FAULT_AGE_HEADER },
	{ "scrypt with a body of another length",
	    V "-> scrypt {P} 10\n{L}\n" END, WORDS, FAULT_AGE_HEADER },
	{ "a work factor of zero", V "-> scrypt {P} 0\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "a work factor with a leading zero", V "-> scrypt {P} 010\n{Q}\n" END,
	    WORDS, FAULT_AGE_HEADER },
	{ "a work factor with a plus", V "-> scrypt {P} +10\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "a work factor below zero", V "-> scrypt {P} -1\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "a work factor in hex", V "-> scrypt {P} 0xa\n{Q}\n" END, WORDS,
	    FAULT_AGE_HEADER },
	{ "a work factor with text after it", V "-> scrypt {P} 10aa\n{Q}\n" END,
	    WORDS, FAULT_AGE_HEADER },
	{ "another work factor than it was made with",
	    V "-> scrypt {P} 9\n{Q}\n" END, WORDS, FAULT_PASSPHRASE_WRONG },
	{ "a work factor of 23", V "-> scrypt {P} 23\n{Q}\n" END, WORDS,
	    FAULT_AGE_WORK_FACTOR },
	{ "a work factor of 23 is nobody's concern without a passphrase",
	    V "-> scrypt {P} 23\n{Q}\n" END, OURS, FAULT_AGE_NO_MATCH },
	{ "a work factor of 2^64 + 10",
	    V "-> scrypt {P} 18446744073709551626\n{Q}\n" END, WORDS,
	    FAULT_AGE_WORK_FACTOR },
	{ "a work factor of many digits",
	    V "-> scrypt {P} 10000000000000000000000000000\n{Q}\n" END, WORDS,
	    FAULT_AGE_WORK_FACTOR },

	{ "a MAC over something else", V X "--- {Z}\n", OURS, FAULT_AGE_MAC },
	{ "a MAC cut short", V X "--- AAAA\n", OURS, FAULT_AGE_HEADER },
	{ "a MAC that is too long", V X "--- {M}A\n", OURS, FAULT_AGE_HEADER },
	{ "a padded MAC", V X "--- {M}=\n", OURS, FAULT_AGE_HEADER },
	{ "a MAC that is not canonical", V X "--- {m}\n", OURS,
	    FAULT_AGE_HEADER },
	{ "no MAC", V X "---\n", OURS, FAULT_AGE_HEADER },
	{ "no MAC but a space", V X "--- \n", OURS, FAULT_AGE_HEADER },
	{ "no space before the MAC", V X "---{M}\n", OURS, FAULT_AGE_HEADER },
	{ "two spaces before the MAC", V X "---  {M}\n", OURS,
	    FAULT_AGE_HEADER },
	{ "a space after the MAC", V X "--- {M} \n", OURS, FAULT_AGE_HEADER },
	{ "an empty line before the end", V X "\n--- {M}\n", OURS,
	    FAULT_AGE_HEADER },
	{ "four dashes", V X "---- {M}\n", OURS, FAULT_AGE_HEADER },
};

static void
put_part(char letter, const void *bytes, size_t len)
{
	struct part *p = &parts[part_count++];

	p->letter = letter;
	base64_write(bytes, len, BASE64_BARE, p->text);
}

/* The last digit has unused bits: one more than it is not canonical. */
static void
put_crooked(char letter, const void *bytes, size_t len)
{
	char *text = parts[part_count].text;

	put_part(letter, bytes, len);
	text[strlen(text) - 1]++;
}

static int
make_parts(void)
{
	uint8_t recipient[AGEKEY_BYTES], body[33] = { 0 };
	char text[AGEKEY_RECIPIENT_ROOM];
	struct age_wrap_x25519 x;
	struct age_wrap_scrypt s = { .log_n = 10 };
	struct fault why;

	agekey_copy_recipient(ours, text);
	if (!agekey_recipient_read(text, recipient) ||
	    !age_wrap_to_recipient(file_key, recipient, &x) ||
	    age_wrap_to_passphrase(file_key, words, &s, &why) == -1)
		return -1;
	put_part('S', x.share, 32);
	put_crooked('s', x.share, 32);
	put_part('B', x.body, 32);
	put_crooked('b', x.body, 32);
	memcpy(body, x.body, 32);
	put_part('L', body, 33);
	put_part('P', s.salt, 16);
	put_crooked('p', s.salt, 16);
	put_part('Q', s.body, 32);
	memset(body, 0, sizeof(body));
	put_part('Z', body, 32);
	return 0;
}

static void
add_mac(struct bytes *out, bool crooked)
{
	struct fault why;
	uint8_t mac[AGE_HEADER_MAC];
	size_t covered = out->len;

	while (covered > 3 && memcmp(out->at + covered - 3, "---", 3) != 0)
		covered--;
	age_header_mac(file_key, out->at, covered, mac);
	part_count--;
	(crooked ? put_crooked : put_part)('M', mac, sizeof(mac));
	assert_int_equal(bytes_add_text(out, parts[part_count - 1].text, &why),
	    0);
}

static void
add_other_stanza(struct bytes *out)
{
	uint8_t recipient[AGEKEY_BYTES];
	char text[AGEKEY_RECIPIENT_ROOM];
	struct age_wrap_x25519 x;
	struct fault why;

	agekey_copy_recipient(other, text);
	assert_true(agekey_recipient_read(text, recipient));
	assert_true(age_wrap_to_recipient(file_key, recipient, &x));
	assert_int_equal(age_header_write_x25519(out, &x, &why), 0);
}

static void
add_part(struct bytes *out, char letter)
{
	struct fault why;

	if (letter == 'M' || letter == 'm') {
		add_mac(out, letter == 'm');
		return;
	}
	if (letter == 'T') {
		add_other_stanza(out);
		return;
	}
	for (size_t i = 0; i < part_count; i++) {
		if (parts[i].letter == letter) {
			assert_int_equal(bytes_add_text(out, parts[i].text,
					     &why),
			    0);
			return;
		}
	}
	fail_msg("no part {%c}", letter);
}

static void
expand(const char *text, struct bytes *out)
{
	struct fault why;

	for (; *text != '\0'; text++) {
		if (text[0] == '{' && text[1] != '\0' && text[2] == '}') {
			add_part(out, text[1]);
			text += 2;
		} else {
			assert_int_equal(bytes_add(out, text, 1, &why), 0);
		}
	}
}

static void
add_payload(struct bytes *out)
{
	static const uint8_t nonce[AGE_STREAM_NONCE] = "a payload nonce";
	struct fault why;
	struct age_stream *s = age_stream_new(file_key, nonce);
	uint8_t sealed[5 + AGE_STREAM_TAG];

	assert_non_null(s);
	age_stream_seal(s, (const uint8_t *)"hello", 5, true, sealed);
	age_stream_free(s);
	assert_int_equal(bytes_add(out, nonce, sizeof(nonce), &why), 0);
	assert_int_equal(bytes_add(out, sealed, sizeof(sealed), &why), 0);
}

static struct source *
open_bytes(const struct bytes *file, enum who who, struct fault *why)
{
	const struct agekey *keys[2] = { other, ours };
	struct age_opener with = { keys, 0, NULL };
	struct source *from = source_from_bytes(file->at, file->len, why), *s;

	assert_non_null(from);
	if (who == OURS)
		with.key_count = 2;
	else if (who == OTHER || who == BOTH)
		with.key_count = 1;
	if (who == WORDS || who == BOTH)
		with.passphrase = words;
	else if (who == WRONG_WORDS)
		with.passphrase = wrong_words;
	s = age_decrypt_new(&from, &with, NULL, why);
	source_free(from);
	return s;
}

static void
case_holds(void **state)
{
	const struct case_row *c = *state;
	struct bytes file;
	struct fault why = { FAULT_NONE, "" };
	struct source *s;
	uint8_t out[16];
	size_t got;

	bytes_init(&file, 10000);
	expand(c->text, &file);
	if (c->want != FAULT_AGE_ARMOR && file.len > 0)
		add_payload(&file);
	s = open_bytes(&file, c->who, &why);
	assert_int_equal(why.id, c->want);
	assert_int_equal(s != NULL, c->want == FAULT_NONE);
	if (s != NULL) {
		assert_int_equal(source_fill(s, out, sizeof(out), &got, &why),
		    0);
		assert_int_equal(got, 5);
		assert_memory_equal(out, "hello", 5);
	}
	source_free(s);
	bytes_free(&file);
}

/* Callers have rules of their own about who else a file is for. */
static const struct count_row {
	const char *name;
	const char *text;
	struct age_header want;
	bool opens;
} counted[] = {
	{ "one stanza, ours", V X END, { 1, 1, 1, false }, true },
	{ "one of three is ours", V "{T}" X "-> grease\n\n" END,
	    { 3, 2, 1, false }, true },
	{ "two of two are ours", V X X END, { 2, 2, 2, false }, true },
	{ "none of two is ours", V "{T}-> grease\n\n" END, { 2, 1, 0, false },
	    false },
	{ "a passphrase's", V P END, { 1, 0, 0, true }, false },
	{ "malformed at the second", V X "-> X25519 a\n\n" END,
	    { 2, 1, 0, false }, false },
};

static void
count_holds(void **state)
{
	const struct count_row *c = *state;
	const struct agekey *keys[1] = { ours };
	struct age_opener with = { keys, 1, NULL };
	struct age_header header;
	struct bytes file;
	struct fault why;
	struct source *from, *s;

	bytes_init(&file, 10000);
	expand(c->text, &file);
	add_payload(&file);
	from = source_from_bytes(file.at, file.len, &why);
	s = age_decrypt_new(&from, &with, &header, &why);
	assert_int_equal(s != NULL, c->opens);
	/* A file that could not be opened stays its owner's. */
	assert_int_equal(from == NULL, c->opens);
	assert_int_equal(header.stanzas, c->want.stanzas);
	assert_int_equal(header.x25519, c->want.x25519);
	assert_int_equal(header.opened, c->want.opened);
	assert_int_equal(header.scrypt, c->want.scrypt);
	source_free(s);
	source_free(from);
	bytes_free(&file);
}

static void
every_cut_of_a_header_is_refused(void **state)
{
	struct bytes file, cut;
	struct fault why;
	size_t header;

	(void)state;
	bytes_init(&file, 10000);
	expand(V X END, &file);
	header = file.len;
	add_payload(&file);
	/* The nonce counts as the header's. */
	for (size_t len = 0; len < header + AGE_STREAM_NONCE; len++) {
		cut = file;
		cut.len = len;
		assert_null(open_bytes(&cut, OURS, &why));
		assert_int_equal(why.id, FAULT_AGE_HEADER);
	}
	bytes_free(&file);
}

static void
every_changed_byte_of_a_header_is_noticed(void **state)
{
	struct bytes file;
	struct fault why;
	size_t header;

	(void)state;
	bytes_init(&file, 10000);
	expand(V X "{T}-> grease\nAAAA\n" END, &file);
	header = file.len;
	add_payload(&file);
	for (size_t i = 0; i < header; i++) {
		for (int bit = 0; bit < 8; bit++) {
			file.at[i] ^= (uint8_t)(1 << bit);
			assert_null(open_bytes(&file, OURS, &why));
			file.at[i] ^= (uint8_t)(1 << bit);
		}
	}
	bytes_free(&file);
}

static void
repeat(struct bytes *out, const char *text, size_t times)
{
	struct fault why;

	for (size_t i = 0; i < times; i++)
		assert_int_equal(bytes_add_text(out, text, &why), 0);
}

static enum fault_id
limit_case(size_t stanzas, size_t long_argument)
{
	struct bytes file;
	struct fault why = { FAULT_NONE, "" };
	struct source *s;

	bytes_init(&file, 1 << 20);
	expand(V, &file);
	if (long_argument > 0) {
		repeat(&file, "-> ", 1);
		repeat(&file, "a", long_argument);
		repeat(&file, "\n\n", 1);
	}
	repeat(&file, "-> grease\n\n", stanzas - 1);
	expand(X END, &file);
	add_payload(&file);
	s = open_bytes(&file, OURS, &why);
	source_free(s);
	bytes_free(&file);
	return why.id;
}

static void
limits_are_where_they_should_be(void **state)
{
	/* The first line, one stanza and the last line take 168 bytes. */
	size_t longest = AGE_HEADER_MAX - 168 - (sizeof("-> \n\n") - 1);

	(void)state;
	assert_int_equal(limit_case(AGE_STANZAS_MAX, 0), FAULT_NONE);
	assert_int_equal(limit_case(AGE_STANZAS_MAX + 1, 0), FAULT_AGE_HEADER);
	assert_int_equal(limit_case(1, longest), FAULT_NONE);
	assert_int_equal(limit_case(1, longest + 1), FAULT_AGE_HEADER);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(every_cut_of_a_header_is_refused),
		cmocka_unit_test(every_changed_byte_of_a_header_is_noticed),
		cmocka_unit_test(limits_are_where_they_should_be),
	};
	struct fault why;
	int failed;

	if (random_start() != 0 || (ours = agekey_new(&why)) == NULL ||
	    (other = agekey_new(&why)) == NULL)
		return 1;
	words = passphrase_from_bytes("some words", 10, &why);
	wrong_words = passphrase_from_bytes("other words", 11, &why);
	if (make_parts() == -1)
		return 1;
	put_part('M', "", 0);
	failed = ROWS_RUN("age header", cases, case_holds) +
	    ROWS_RUN("age header counts", counted, count_holds) +
	    cmocka_run_group_tests_name("age header", more, NULL, NULL);
	agekey_free(ours);
	agekey_free(other);
	passphrase_free(words);
	passphrase_free(wrong_words);
	return failed;
}
