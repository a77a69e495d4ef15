#include "tests/unit/rows.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/base64.h"
#include "crypto/minisign.h"
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
	assert_int_equal(note_is_checkpoint(note, ORIGIN, key, NULL), c->good);
}

/* The key of the signed-note specification. */
#define SPEC_KEY \
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static const struct key_case {
	const char *name;
	const char *text;
	bool good;
} keys[] = {
	{ "the key of the specification is read", SPEC_KEY, true },
	{ "a key under another name has another number",
	    "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv"
	    "3U2k",
	    false },
	{ "a number that is not the key's is refused",
	    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv"
	    "3U2k",
	    false },
	{ "another type of key is refused",
	    "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv"
	    "3U2k",
	    false },
	{ "a key without a name is none",
	    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", false },
	{ "a key cut short is none", "example.com/foo+530d903a", false },
	{ "a name alone is no key", "example.com/foo", false },
};

static void
key_holds(void **state)
{
	const struct key_case *c = *state;
	char name[NOTE_NAME_ROOM], text[NOTE_KEY_ROOM];
	uint8_t read[32];

	assert_int_equal(note_read_key(c->text, name, read), c->good);
	if (!c->good)
		return;
	note_write_key(name, read, text);
	assert_string_equal(text, c->text);
}

/* A log of two entries, its head signed with a key of minisign's. */
static struct minisign_key *signing;
static struct minisign_public public;

static void
write_proof(struct bytes *proof, struct bytes *head)
{
	struct merkle_edge edge = { .size = 0 };
	struct merkle_hash leaf[2];
	struct checkpoint c = { .origin = ORIGIN, .size = 2 };
	struct note_proof p = { .entry = "second", .entry_len = 6, .index = 1 };
	struct fault why;

	merkle_leaf("first", 5, &leaf[0]);
	merkle_leaf("second", 6, &leaf[1]);
	merkle_add(&edge, &leaf[0]);
	merkle_add(&edge, &leaf[1]);
	merkle_root(&edge, &c.root);
	assert_int_equal(note_sign(&c, signing, head, &why), 0);
	p.note = (const char *)head->at;
	p.path.path[0] = leaf[0];
	p.path.count = 1;
	assert_int_equal(note_write_proof(&p, proof, &why), 0);
}

static void
a_signed_head_is_read_again(void **state)
{
	struct bytes proof, head;
	struct checkpoint c, peeked;

	(void)state;
	bytes_init(&proof, NOTE_MAX);
	bytes_init(&head, NOTE_MAX);
	write_proof(&proof, &head);
	assert_true(
	    note_is_checkpoint((const char *)head.at, ORIGIN, public.key, &c));
	assert_int_equal(c.size, 2);
	assert_true(note_peek((const char *)head.at, &peeked));
	assert_string_equal(peeked.origin, ORIGIN);
	assert_memory_equal(&peeked.root, &c.root, sizeof(c.root));
	assert_false(
	    note_is_checkpoint((const char *)head.at, ORIGIN, key, &c));
	bytes_free(&proof);
	bytes_free(&head);
}

/* What is put in the place of what, once, in a good proof. */
static const struct proof_case {
	const char *name;
	const char *from;
	const char *to;
	bool read;
	bool holds;
} proofs[] = {
	{ "a proof holds with the public key alone", "", "", true, true },
	{ "another entry is not the one that was logged", "c2Vjb25k",
	    "c2Vjb25l", true, false },
	{ "another number is not its place", "index 1\n", "index 0\n", true,
	    false },
	{ "a number beyond the log is not its place", "index 1\n", "index 2\n",
	    true, false },
	{ "another size of the log is not what was signed", "\n2\n", "\n3\n",
	    true, false },
	{ "another version of the form is not read", "@v1\n", "@v2\n", false,
	    false },
	{ "a number with a zero before it is not read", "index 1\n",
	    "index 01\n", false, false },
	{ "a proof without its entry is not read", "extra ", "other ", false,
	    false },
};

static void
proof_holds(void **state)
{
	const struct proof_case *c = *state;
	struct bytes proof, head, entry, text;
	struct checkpoint found;
	struct note_proof p;
	struct fault why;
	const char *at;
	bool read;

	bytes_init(&proof, NOTE_MAX);
	bytes_init(&head, NOTE_MAX);
	bytes_init(&entry, NOTE_MAX);
	bytes_init(&text, NOTE_MAX);
	write_proof(&proof, &head);
	at = strstr((const char *)proof.at, c->from);
	assert_non_null(at);
	assert_int_equal(bytes_add(&text, proof.at,
			     (size_t)((const uint8_t *)at - proof.at), &why),
	    0);
	assert_int_equal(bytes_add_text(&text, c->to, &why), 0);
	assert_int_equal(bytes_add_text(&text, at + strlen(c->from), &why), 0);
	read = note_read_proof((const char *)text.at, &p, &entry, &why) == 0;
	assert_int_equal(read, c->read);
	if (read) {
		assert_int_equal(note_proof_holds(&p, ORIGIN, public.key,
				     &found),
		    c->holds);
	} else {
		assert_int_equal(why.id, FAULT_LOG_PROOF);
	}
	bytes_free(&proof);
	bytes_free(&head);
	bytes_free(&entry);
	bytes_free(&text);
}

static void
a_long_entry_comes_back_whole(void **state)
{
	struct bytes entry, text;
	struct note_proof p = { .index = 0, .note = "" }, again;
	struct fault why;
	uint8_t bytes[300];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	bytes_init(&entry, NOTE_MAX);
	bytes_init(&text, NOTE_MAX);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		p.entry = bytes;
		p.entry_len = len;
		p.path.count = 0;
		bytes_empty(&text);
		assert_int_equal(note_write_proof(&p, &text, &why), 0);
		assert_int_equal(note_read_proof((const char *)text.at, &again,
				     &entry, &why),
		    0);
		assert_int_equal(again.entry_len, len);
		if (len > 0)
			assert_memory_equal(again.entry, bytes, len);
	}
	bytes_free(&entry);
	bytes_free(&text);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(a_signed_head_is_read_again),
		cmocka_unit_test(a_long_entry_comes_back_whole),
	};
	struct fault why;
	int failed;

	if (sodium_init() == -1)
		return 1;
	(void)crypto_sign_keypair(key, secret);
	if ((signing = minisign_key_new(&why)) == NULL)
		return 1;
	minisign_key_copy_public(signing, &public);
	failed = ROWS_RUN("note", cases, note_holds) +
	    ROWS_RUN("note key", keys, key_holds) +
	    ROWS_RUN("note proof", proofs, proof_holds) +
	    cmocka_run_group_tests_name("note", more, NULL, NULL);
	minisign_key_free(signing);
	return failed;
}
