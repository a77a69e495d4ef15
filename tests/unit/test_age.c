#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "base/source.h"
#include "crypto/age.h"
#include "crypto/age_header.h"
#include "crypto/age_stream.h"
#include "crypto/agekey.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

#define CHUNK AGE_STREAM_CHUNK
#define SEALED AGE_STREAM_SEALED
#define LEAD 184 /* header for one recipient, and nonce */
#define PIECES_LEN (2 * CHUNK + 100)
#define MANY 20

static struct agekey *keys[MANY];
static char recipient_room[MANY][AGEKEY_RECIPIENT_ROOM];
static const char *recipients[MANY];
static uint8_t plain[4 * CHUNK];

/* Writes in steps of step bytes, as a chain would. */
static void
encrypt(struct bytes *out, size_t count, const uint8_t *from, size_t len,
    size_t step)
{
	struct fault why;
	struct sink *to = bytes_sink_new(out, &why), *age;

	assert_non_null(to);
	assert_non_null(age = age_encrypt_new(&to, recipients, count, &why));
	assert_null(to);
	while (len > 0) {
		size_t now = step < len ? step : len;

		assert_int_equal(sink_write(age, from, now, &why), 0);
		from += now;
		len -= now;
	}
	assert_int_equal(sink_finish(age, &why), 0);
	sink_free(age);
}

/*
 * Reads to the end or the first fault.  What came out was authenticated, so it
 * has to be a beginning of what went in.
 */
static int
decrypt(const struct bytes *file, const struct agekey *key, size_t step,
    size_t *len, struct fault *why)
{
	const struct agekey *one[1] = { key };
	struct age_opener with = { one, 1, NULL };
	struct source *from, *age;
	uint8_t *out = malloc(step);
	size_t got;
	int rc;

	*len = 0;
	why->id = FAULT_NONE;
	from = source_from_bytes(file->at, file->len, why);
	age = age_decrypt_new(&from, &with, NULL, why);
	rc = age == NULL ? -1 : 0;
	while (rc == 0) {
		rc = source_read(age, out, step, &got, why);
		if (rc == -1 || got == 0)
			break;
		assert_true(got <= sizeof(plain) - *len);
		assert_memory_equal(out, plain + *len, got);
		*len += got;
	}
	source_free(age);
	source_free(from);
	free(out);
	return rc;
}

static const struct size_row {
	const char *name;
	size_t len;
	size_t recipients;
	size_t write_step, read_step;
} sizes[] = {
	{ "an empty file", 0, 1, 1, 1 },
	{ "one byte", 1, 1, 1, 1 },
	{ "one less than a chunk", 65535, 1, 1000, 1000 },
	{ "exactly a chunk", 65536, 1, 65536, 65536 },
	{ "one more than a chunk", 65537, 1, 65537, 70000 },
	{ "exactly two chunks", 131072, 1, 131072, 131072 },
	{ "a bit more than two", 131073, 1, 7, 4096 },
	{ "exactly four", 262144, 2, 100000, 65537 },
	{ "for many recipients", 100, MANY, 100, 100 },
};

static void
size_holds(void **state)
{
	const struct size_row *c = *state;
	struct bytes file;
	struct fault why;
	size_t len, chunks = (c->len + CHUNK - 1) / CHUNK;

	if (chunks == 0)
		chunks = 1;
	bytes_init(&file, 1 << 20);
	encrypt(&file, c->recipients, plain, c->len, c->write_step);
	assert_int_equal(file.len,
	    70 + 98 * c->recipients + 16 + c->len + 16 * chunks);
	for (size_t i = 0; i < c->recipients; i++) {
		assert_int_equal(decrypt(&file, keys[i], c->read_step, &len,
				     &why),
		    0);
		assert_int_equal(len, c->len);
	}
	bytes_free(&file);
}

/* The file is LEAD, two full chunks and a last one of 100 bytes and a tag. */
#define FIRST (file->at + LEAD)
#define SECOND (FIRST + SEALED)
#define LAST (SECOND + SEALED)
#define LAST_LEN (100 + AGE_STREAM_TAG)

static uint8_t spare[SEALED];

static void
leave(struct bytes *file)
{
	(void)file;
}

static void
cut_after_nonce(struct bytes *file)
{
	file->len = LEAD;
}

static void
cut_after_first(struct bytes *file)
{
	file->len = LEAD + SEALED;
}

static void
cut_after_second(struct bytes *file)
{
	file->len = LEAD + 2 * SEALED;
}

static void
cut_within_second(struct bytes *file)
{
	file->len = LEAD + SEALED + 5000;
}

static void
cut_to_a_tag(struct bytes *file)
{
	file->len = LEAD + 2 * SEALED + AGE_STREAM_TAG;
}

static void
cut_within_a_tag(struct bytes *file)
{
	file->len = LEAD + 2 * SEALED + AGE_STREAM_TAG - 1;
}

static void
cut_one(struct bytes *file)
{
	file->len--;
}

static void
swap(struct bytes *file)
{
	memcpy(spare, FIRST, SEALED);
	memmove(FIRST, SECOND, SEALED);
	memcpy(SECOND, spare, SEALED);
}

static void
duplicate_first(struct bytes *file)
{
	memcpy(SECOND, FIRST, SEALED);
}

static void
insert_first_again(struct bytes *file)
{
	memmove(LAST, SECOND, SEALED);
	memcpy(SECOND, FIRST, SEALED);
	file->len = LEAD + 3 * SEALED;
}

static void
drop_first(struct bytes *file)
{
	memmove(FIRST, SECOND, SEALED + LAST_LEN);
	file->len -= SEALED;
}

static void
drop_second(struct bytes *file)
{
	memmove(SECOND, LAST, LAST_LEN);
	file->len -= SEALED;
}

static void
extend(struct bytes *file)
{
	file->at[file->len++] = 0;
}

static void
append_last_again(struct bytes *file)
{
	memcpy(file->at + file->len, LAST, LAST_LEN);
	file->len += LAST_LEN;
}

static void
append_a_file(struct bytes *file)
{
	memcpy(file->at + file->len, file->at, LEAD + SEALED);
	file->len += LEAD + SEALED;
}

static void
flip_first(struct bytes *file)
{
	FIRST[0] ^= 1;
}

static void
flip_tag_of_second(struct bytes *file)
{
	LAST[-1] ^= 0x80;
}

static void
flip_last(struct bytes *file)
{
	file->at[file->len - 1] ^= 1;
}

static void
flip_nonce(struct bytes *file)
{
	file->at[LEAD - 1] ^= 1;
}

static const struct mutant_row {
	const char *name;
	void (*change)(struct bytes *file);
	bool good;
	size_t released; /* and not a byte more */
} mutants[] = {
	{ "the file as it was", leave, true, PIECES_LEN },
	{ "no chunk at all", cut_after_nonce, false, 0 },
	{ "cut after the first chunk", cut_after_first, false, CHUNK },
	{ "the last chunk dropped", cut_after_second, false, 2 * CHUNK },
	{ "cut within the second chunk", cut_within_second, false, CHUNK },
	{ "the last chunk cut to a tag", cut_to_a_tag, false, 2 * CHUNK },
	{ "the last chunk cut to less", cut_within_a_tag, false, 2 * CHUNK },
	{ "one byte cut", cut_one, false, 2 * CHUNK },
	{ "two chunks swapped", swap, false, 0 },
	{ "a chunk in the place of another", duplicate_first, false, CHUNK },
	{ "a chunk twice", insert_first_again, false, CHUNK },
	{ "the first chunk dropped", drop_first, false, 0 },
	{ "a chunk dropped within", drop_second, false, CHUNK },
	{ "one byte more", extend, false, 2 * CHUNK },
	{ "the last chunk twice", append_last_again, false, 2 * CHUNK },
	{ "a file after the file", append_a_file, false, 2 * CHUNK },
	{ "a bit of the first chunk", flip_first, false, 0 },
	{ "a bit of the second tag", flip_tag_of_second, false, CHUNK },
	{ "the last bit", flip_last, false, 2 * CHUNK },
	{ "a bit of the nonce", flip_nonce, false, 0 },
};

static void
mutant_holds(void **state)
{
	const struct mutant_row *c = *state;
	struct bytes file;
	struct fault why;
	size_t len;

	bytes_init(&file, 1 << 20);
	encrypt(&file, 1, plain, PIECES_LEN, 4096);
	/* Room for the changes that make it longer. */
	len = file.len;
	assert_int_equal(bytes_add(&file, plain, 2 * SEALED, &why), 0);
	file.len = len;
	c->change(&file);
	assert_int_equal(decrypt(&file, keys[0], 10000, &len, &why),
	    c->good ? 0 : -1);
	assert_int_equal(len, c->released);
	if (!c->good)
		assert_int_equal(why.id, FAULT_AGE_PAYLOAD);
	bytes_free(&file);
}

/* Chunks that our own writer would never write, under the right key. */
static const struct stream_row {
	const char *name;
	size_t len[3]; /* ends at SIZE_MAX */
	bool last[3];
	bool good;
	size_t released;
} streams[] = {
	{ "a full chunk may be the last", { CHUNK, SIZE_MAX }, { true }, true,
	    CHUNK },
	{ "an empty chunk after a full one", { CHUNK, 0, SIZE_MAX },
	    { false, true }, false, CHUNK },
	{ "a full chunk not marked as the last", { CHUNK, SIZE_MAX }, { false },
	    false, CHUNK },
	{ "a short chunk not marked as the last", { 10, SIZE_MAX }, { false },
	    false, 0 },
	{ "a short chunk in between", { 10, 10, SIZE_MAX }, { false, true },
	    false, 0 },
	{ "a chunk after a full last one", { CHUNK, 10, SIZE_MAX },
	    { true, true }, false, 0 },
	{ "an empty file", { 0, SIZE_MAX }, { true }, true, 0 },
};

static void
stream_holds(void **state)
{
	const struct stream_row *c = *state;
	static const uint8_t key[AGE_WRAP_FILE_KEY] = "sixteen byte key";
	static const uint8_t nonce[AGE_STREAM_NONCE] = "a payload nonce";
	struct bytes file;
	struct fault why;
	struct age_stream *s = age_stream_new(key, nonce);
	struct age_wrap_x25519 x;
	uint8_t recipient[AGEKEY_BYTES];
	size_t len, at = 0;

	assert_non_null(s);
	bytes_init(&file, 1 << 20);
	assert_true(agekey_recipient_read(recipients[0], recipient));
	assert_true(age_wrap_to_recipient(key, recipient, &x));
	assert_int_equal(age_header_write_start(&file, &why), 0);
	assert_int_equal(age_header_write_x25519(&file, &x, &why), 0);
	assert_int_equal(age_header_write_end(&file, key, &why), 0);
	assert_int_equal(bytes_add(&file, nonce, sizeof(nonce), &why), 0);
	for (size_t i = 0; i < 3 && c->len[i] != SIZE_MAX; i++) {
		age_stream_seal(s, plain + at, c->len[i], c->last[i], spare);
		assert_int_equal(bytes_add(&file, spare,
				     c->len[i] + AGE_STREAM_TAG, &why),
		    0);
		at += c->len[i];
	}
	age_stream_free(s);
	assert_int_equal(decrypt(&file, keys[0], 10000, &len, &why),
	    c->good ? 0 : -1);
	assert_int_equal(len, c->released);
	if (!c->good)
		assert_int_equal(why.id, FAULT_AGE_PAYLOAD);
	bytes_free(&file);
}

static int
compare_blocks(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* Sorts the blocks of both files together; neighbours would be equal. */
static void
no_block_twice(const struct bytes *one, const struct bytes *two)
{
	size_t count = (one->len - LEAD) / 16;
	uint8_t *all = malloc(2 * count * 16);

	assert_non_null(all);
	memcpy(all, one->at + LEAD, count * 16);
	memcpy(all + count * 16, two->at + LEAD, count * 16);
	qsort(all, 2 * count, 16, compare_blocks);
	for (size_t i = 1; i < 2 * count; i++)
		assert_memory_not_equal(all + 16 * (i - 1), all + 16 * i, 16);
	free(all);
}

/* The lesson of a nonce that was once no longer counted up. */
static void
no_nonce_is_used_twice(void **state)
{
	static const uint8_t zeros[4 * CHUNK];
	struct bytes one, two;

	(void)state;
	bytes_init(&one, 1 << 20);
	bytes_init(&two, 1 << 20);
	encrypt(&one, 1, zeros, sizeof(zeros), 5000);
	encrypt(&two, 1, zeros, sizeof(zeros), 5000);
	no_block_twice(&one, &two);
	assert_memory_not_equal(one.at + 22, two.at + 22, 98);
	bytes_free(&one);
	bytes_free(&two);
}

#define FILES 1000

static void
a_thousand_files_share_nothing(void **state)
{
	uint8_t *seen = malloc((size_t)FILES * 3 * 16);
	struct bytes file;

	(void)state;
	assert_non_null(seen);
	for (size_t i = 0; i < FILES; i++) {
		uint8_t *at = seen + i * 3 * 16;

		bytes_init(&file, 1000);
		encrypt(&file, 1, plain, 16, 16);
		memcpy(at, file.at + 32, 16); /* the ephemeral share */
		memcpy(at + 16, file.at + LEAD - 16, 16); /* the nonce */
		memcpy(at + 32, file.at + LEAD, 16);	  /* the payload */
		bytes_free(&file);
	}
	qsort(seen, (size_t)FILES * 3, 16, compare_blocks);
	for (size_t i = 1; i < (size_t)FILES * 3; i++)
		assert_memory_not_equal(seen + 16 * (i - 1), seen + 16 * i, 16);
	free(seen);
}

static const struct refusal_row {
	const char *name;
	const char *list[3];
	size_t count;
} refused[] = {
	{ "no recipient", { NULL }, 0 },
	{ "text that is none", { "age1" }, 1 },
	{ "one of several that is none",
	    { "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
		"ssh-ed25519 AAAA" },
	    2 },
};

static void
refused_holds(void **state)
{
	const struct refusal_row *c = *state;
	struct bytes file;
	struct fault why;
	struct sink *to;

	bytes_init(&file, 1000);
	to = bytes_sink_new(&file, &why);
	assert_null(age_encrypt_new(&to, c->list, c->count, &why));
	assert_int_equal(why.id, FAULT_KEY_RECIPIENT);
	/* The file stays its owner's, with nothing in it. */
	assert_non_null(to);
	assert_int_equal(file.len, 0);
	sink_free(to);
	bytes_free(&file);
}

static void
the_reference_identity_opens_its_recipients_files(void **state)
{
	static const char identity[] =
	    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZ"
	    "GFPQ4EGAEX";
	static const char *const recipient[] = {
		"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
	};
	struct bytes file;
	struct fault why;
	struct agekey *key = agekey_read(identity, sizeof(identity) - 1, &why);
	struct sink *to, *age;
	size_t len;

	(void)state;
	assert_non_null(key);
	bytes_init(&file, 10000);
	to = bytes_sink_new(&file, &why);
	assert_non_null(age = age_encrypt_new(&to, recipient, 1, &why));
	assert_int_equal(sink_write(age, plain, 500, &why), 0);
	assert_int_equal(sink_finish(age, &why), 0);
	sink_free(age);
	assert_int_equal(decrypt(&file, key, 100, &len, &why), 0);
	assert_int_equal(len, 500);
	bytes_free(&file);
	agekey_free(key);
}

static void
a_passphrase_opens_what_it_sealed(void **state)
{
	struct fault why;
	struct passphrase *words =
	    passphrase_from_bytes("some words", 10, &why);
	struct age_opener with = { NULL, 0, words };
	struct age_header header;
	struct bytes file;
	struct sink *to, *age;
	struct source *from, *s;
	uint8_t out[200];
	size_t len;

	(void)state;
	bytes_init(&file, 10000);
	to = bytes_sink_new(&file, &why);
	assert_non_null(age = age_encrypt_passphrase_new(&to, words, &why));
	assert_int_equal(sink_write(age, plain, 100, &why), 0);
	assert_int_equal(sink_finish(age, &why), 0);
	sink_free(age);
	assert_memory_equal(file.at + 22, "-> scrypt ", 10);
	from = source_from_bytes(file.at, file.len, &why);
	assert_non_null(s = age_decrypt_new(&from, &with, &header, &why));
	assert_true(header.scrypt);
	assert_int_equal(header.opened, 1);
	assert_int_equal(source_fill(s, out, sizeof(out), &len, &why), 0);
	assert_int_equal(len, 100);
	assert_memory_equal(out, plain, 100);
	source_free(s);
	bytes_free(&file);
	passphrase_free(words);
}

static void
freed_unfinished_it_leaves_nothing(void **state)
{
	struct bytes file;
	struct fault why;
	struct sink *to, *age;

	(void)state;
	bytes_init(&file, 10000);
	to = bytes_sink_new(&file, &why);
	assert_non_null(age = age_encrypt_new(&to, recipients, 1, &why));
	assert_int_equal(file.len, 0);
	sink_free(age);
	assert_int_equal(file.len, 0);
	bytes_free(&file);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(no_nonce_is_used_twice),
		cmocka_unit_test(a_thousand_files_share_nothing),
		cmocka_unit_test(
		    the_reference_identity_opens_its_recipients_files),
		cmocka_unit_test(a_passphrase_opens_what_it_sealed),
		cmocka_unit_test(freed_unfinished_it_leaves_nothing),
	};
	struct fault why;
	int failed;

	if (random_start() != 0)
		return 1;
	random_bytes(plain, sizeof(plain));
	for (size_t i = 0; i < MANY; i++) {
		if ((keys[i] = agekey_new(&why)) == NULL)
			return 1;
		agekey_copy_recipient(keys[i], recipient_room[i]);
		recipients[i] = recipient_room[i];
	}
	failed = ROWS_RUN("age sizes", sizes, size_holds) +
	    ROWS_RUN("age payload", mutants, mutant_holds) +
	    ROWS_RUN("age stream", streams, stream_holds) +
	    ROWS_RUN("age recipients", refused, refused_holds) +
	    cmocka_run_group_tests_name("age", more, NULL, NULL);
	for (size_t i = 0; i < MANY; i++)
		agekey_free(keys[i]);
	return failed;
}
