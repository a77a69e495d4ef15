#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "base/source.h"
#include "crypto/agekey.h"
#include "crypto/minisign.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "crypto/secrets.h"
#include "tests/unit/rows.h"

#define WORDS "correct horse battery"

static struct secrets *ours;
static struct bytes plain;  /* the text */
static struct bytes sealed; /* under WORDS */
static struct passphrase *words, *wrong_words;

/* Cut, then replace: each row is one thing wrong with a good text. */
static const struct text_row {
	const char *name;
	const char *find;
	const char *put;
	bool good;
} texts[] = {
	{ "the text as it was written", "# ", "# ", true },
	{ "a next key after the opening keys", "store ", "next \nstore ",
	    false },
	{ "a next key that is none", "\nopen", "\nnext RWQ\nopen", false },
	{ "another version", "secrets/1", "secrets/2", false },
	{ "CRLF", "\nsign", "\r\nsign", false },
	{ "a comment line more", "\nopen", "\n# mine\nopen", false },
	{ "an empty line more", "\nopen", "\n\nopen", false },
	{ "no signing key", "sign ", "sing ", false },
	{ "a signing key cut short", "sign RWQ", "sign RW", false },
	{ "a signing key under a passphrase", "sign RWQAAEIy", "sign RWRTY0Iy",
	    false },
	{ "no opening key", "open ", "opem ", false },
	{ "an opening key in lower case", "AGE-SECRET", "age-secret", false },
	{ "no store key", "store ", "stone ", false },
	{ "a store key too long", "store ", "store AAAA", false },
	{ "the store key before the opening key", "open ",
	    "store AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nopen ",
	    false },
};

static void
text_holds(void **state)
{
	const struct text_row *c = *state;
	char text[2048];
	const char *at = strstr((const char *)plain.at, c->find);
	struct fault why = { FAULT_NONE, "" };
	struct secrets *s;
	size_t before;

	assert_non_null(at);
	before = (size_t)(at - (const char *)plain.at);
	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)before,
	    (const char *)plain.at, c->put, at + strlen(c->find));
	s = secrets_read(text, strlen(text), NULL, &why);
	assert_int_equal(s != NULL, c->good);
	if (!c->good)
		assert_int_equal(why.id, FAULT_SECRETS_FORM);
	secrets_free(s);
}

static void
same_keys(const struct secrets *s)
{
	struct minisign_public a, b;
	struct age_opener x, y;
	char one[AGEKEY_RECIPIENT_ROOM], two[AGEKEY_RECIPIENT_ROOM];

	minisign_key_copy_public(secrets_signing(ours), &a);
	minisign_key_copy_public(secrets_signing(s), &b);
	assert_memory_equal(a.number, b.number, sizeof(a.number));
	assert_true(minisign_public_same(&a, &b));
	secrets_opener(ours, &x);
	secrets_opener(s, &y);
	assert_int_equal(x.key_count, y.key_count);
	for (size_t i = 0; i < x.key_count; i++) {
		agekey_copy_recipient(x.keys[i], one);
		agekey_copy_recipient(y.keys[i], two);
		assert_string_equal(one, two);
	}
}

enum damage { NOTHING, CUT_ONE, FLIP_LAST, TRAILING, EMPTY };

static const struct file_row {
	const char *name;
	enum damage damage;
	enum fault_id want;
	struct passphrase **words; /* NULL: none given */
} files[] = {
	{ "opens under its passphrase", NOTHING, FAULT_NONE, &words },
	{ "not under another", NOTHING, FAULT_PASSPHRASE_WRONG, &wrong_words },
	{ "not without", NOTHING, FAULT_PASSPHRASE_NEEDED, NULL },
	{ "cut short", CUT_ONE, FAULT_SECRETS_FORM, &words },
	{ "one bit wrong", FLIP_LAST, FAULT_SECRETS_FORM, &words },
	{ "a byte more", TRAILING, FAULT_SECRETS_FORM, &words },
	{ "nothing in it", EMPTY, FAULT_SECRETS_FORM, &words },
};

static void
file_holds(void **state)
{
	const struct file_row *c = *state;
	struct fault why = { FAULT_NONE, "" };
	uint8_t copy[4096];
	size_t len = sealed.len;
	struct secrets *s;

	memcpy(copy, sealed.at, len);
	if (c->damage == CUT_ONE)
		len--;
	else if (c->damage == FLIP_LAST)
		copy[len - 1] ^= 1;
	else if (c->damage == TRAILING)
		copy[len++] = 0;
	else if (c->damage == EMPTY)
		len = 0;
	assert_false(secrets_unprotected(copy, len));
	s = secrets_read(copy, len, c->words == NULL ? NULL : *c->words, &why);
	assert_int_equal(s != NULL, c->want == FAULT_NONE);
	assert_int_equal(why.id, c->want);
	if (s != NULL)
		same_keys(s);
	secrets_free(s);
}

static void
the_text_reads_back(void **state)
{
	struct fault why;
	struct secrets *s;

	(void)state;
	assert_true(secrets_unprotected(plain.at, plain.len));
	s = secrets_read(plain.at, plain.len, NULL, &why);
	assert_non_null(s);
	same_keys(s);
	secrets_free(s);
}

static void
only_eight_opening_keys(void **state)
{
	char text[4096], *at;
	const char *line = strstr((const char *)plain.at, "open ");
	size_t len = strcspn(line, "\n") + 1;
	struct fault why;
	struct age_opener with;
	struct secrets *s;

	(void)state;
	memcpy(text, plain.at, plain.len + 1);
	for (int count = 2; count <= SECRETS_OPENING_MAX + 1; count++) {
		at = strstr(text, "open ");
		memmove(at + len, at, strlen(at) + 1);
		s = secrets_read(text, strlen(text), NULL, &why);
		assert_int_equal(s != NULL, count <= SECRETS_OPENING_MAX);
		if (s == NULL)
			continue;
		secrets_opener(s, &with);
		assert_int_equal(with.key_count, count);
		secrets_free(s);
	}
}

/* Who holds the recovery key gets the same text, with no passphrase. */
static void
recovery_gives_the_text(void **state)
{
	struct fault why;
	struct agekey *party = agekey_new(&why);
	char recipient[AGEKEY_RECIPIENT_ROOM];
	const char *recipients[1] = { recipient };
	const struct agekey *keys[1] = { party };
	struct age_opener with = { keys, 1, NULL };
	struct bytes copy;
	struct sink *to;
	struct source *from, *age;
	uint8_t text[4096];
	size_t len;

	(void)state;
	bytes_init(&copy, 100000);
	agekey_copy_recipient(party, recipient);
	to = bytes_sink_new(&copy, &why);
	assert_int_equal(secrets_write_recovery(ours, recipients, 1, &to, &why),
	    0);
	assert_non_null(to);
	sink_free(to);
	from = source_from_bytes(copy.at, copy.len, &why);
	assert_non_null(age = age_decrypt_new(&from, &with, NULL, &why));
	assert_int_equal(source_fill(age, text, sizeof(text), &len, &why), 0);
	source_free(age);
	assert_int_equal(len, plain.len);
	assert_memory_equal(text, plain.at, len);
	bytes_free(&copy);
	agekey_free(party);
}

static void
public_of(const struct minisign_key *k, struct minisign_public *out)
{
	assert_non_null(k);
	minisign_key_copy_public(k, out);
}

static void
open_of(const struct secrets *s, size_t i, size_t count,
    char out[static AGEKEY_RECIPIENT_ROOM])
{
	struct age_opener with;

	secrets_opener(s, &with);
	assert_int_equal(with.key_count, count);
	agekey_copy_recipient(with.keys[i], out);
}

/* From one pair to the next: what is written between reads back as it is. */
static void
keys_change(void **state)
{
	char old_open[AGEKEY_RECIPIENT_ROOM], new_open[AGEKEY_RECIPIENT_ROOM];
	char open[AGEKEY_RECIPIENT_ROOM];
	struct minisign_public old, new, at[SECRETS_SIGNING_MAX];
	struct fault why;
	struct secrets *s, *again;
	struct bytes text;
	struct sink *to;

	(void)state;
	s = secrets_read(plain.at, plain.len, NULL, &why);
	assert_non_null(s);
	public_of(secrets_signing(s), &old);
	open_of(s, 0, 1, old_open);
	assert_null(secrets_next(s));
	assert_int_equal(secrets_publics(s, at), 1);
	assert_int_equal(secrets_add_next(s, &why), 0);
	assert_int_equal(secrets_add_next(s, &why), -1);
	assert_int_equal(why.id, FAULT_INSIDE);
	public_of(secrets_next(s), &new);
	assert_false(minisign_public_same(&old, &new));
	open_of(s, 1, 2, new_open);

	bytes_init(&text, 100000);
	to = bytes_sink_new(&text, &why);
	assert_int_equal(secrets_write(s, NULL, &to, &why), 0);
	sink_free(to);
	again = secrets_read(text.at, text.len, NULL, &why);
	assert_non_null(again);
	assert_int_equal(secrets_publics(again, at), 2);
	assert_true(minisign_public_same(&at[0], &old));
	assert_true(minisign_public_same(&at[1], &new));
	open_of(again, 0, 2, open);
	assert_string_equal(open, old_open);
	open_of(again, 1, 2, open);
	assert_string_equal(open, new_open);

	secrets_drop_old(again);
	assert_null(secrets_next(again));
	public_of(secrets_signing(again), &at[0]);
	assert_true(minisign_public_same(&at[0], &new));
	open_of(again, 0, 1, open);
	assert_string_equal(open, new_open);
	/* Nothing more to drop. */
	secrets_drop_old(again);
	open_of(again, 0, 1, open);
	assert_string_equal(open, new_open);
	secrets_free(again);
	secrets_free(s);
	bytes_free(&text);
}

static void
the_last_listed_signs(void **state)
{
	struct minisign_public old, new, listed[3];
	struct fault why;
	struct secrets *s, *stranger;

	(void)state;
	s = secrets_read(plain.at, plain.len, NULL, &why);
	stranger = secrets_new(&why);
	assert_true(s != NULL && stranger != NULL);
	assert_int_equal(secrets_add_next(s, &why), 0);
	public_of(secrets_signing(s), &old);
	public_of(secrets_next(s), &new);
	public_of(secrets_signing(stranger), &listed[0]);
	listed[1] = old;
	listed[2] = new;
	assert_ptr_equal(secrets_signer(s, listed, 3), secrets_next(s));
	assert_ptr_equal(secrets_signer(s, listed, 2), secrets_signing(s));
	assert_null(secrets_signer(s, listed, 1));
	assert_null(secrets_signer(s, listed, 0));
	listed[1] = new;
	listed[2] = listed[0];
	assert_ptr_equal(secrets_signer(s, listed, 3), secrets_next(s));
	listed[2] = old;
	assert_ptr_equal(secrets_signer(s, listed, 3), secrets_signing(s));
	secrets_free(stranger);
	secrets_free(s);
}

static int
write_to(struct bytes *out, const struct passphrase *p)
{
	struct fault why;
	struct sink *to;
	int rc;

	bytes_init(out, 100000);
	if ((to = bytes_sink_new(out, &why)) == NULL)
		return -1;
	rc = secrets_write(ours, p, &to, &why);
	sink_free(to);
	return rc;
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(the_text_reads_back),
		cmocka_unit_test(only_eight_opening_keys),
		cmocka_unit_test(recovery_gives_the_text),
		cmocka_unit_test(keys_change),
		cmocka_unit_test(the_last_listed_signs),
	};
	struct fault why;
	int failed;

	if (random_start() != 0 || (ours = secrets_new(&why)) == NULL)
		return 1;
	words = passphrase_from_bytes(WORDS, sizeof(WORDS) - 1, &why);
	wrong_words = passphrase_from_bytes(WORDS, sizeof(WORDS) - 2, &why);
	if (write_to(&plain, NULL) != 0 || write_to(&sealed, words) != 0)
		return 1;
	failed = ROWS_RUN("secrets text", texts, text_holds) +
	    ROWS_RUN("secrets file", files, file_holds) +
	    cmocka_run_group_tests_name("secrets", more, NULL, NULL);
	bytes_free(&plain);
	bytes_free(&sealed);
	passphrase_free(words);
	passphrase_free(wrong_words);
	secrets_free(ours);
	return failed;
}
