#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/secrets.h"
#include "tests/unit/rows.h"

#define VALUE "a value about a person"

static struct secrets *ours, *theirs;

enum tamper { LEAVE, FLIP_NONCE, FLIP_FIRST, FLIP_TAG, CUT, ADD, STUB };

static const struct place_row {
	const char *name;
	struct seal_place at; /* closed at cases, name, "12345678" */
	enum tamper tamper;
	bool opens;
	struct secrets **key;
} places[] = {
	{ "opens where it was sealed", { "cases", "name", "12345678", 8 },
	    LEAVE, true, &ours },
	{ "not in another row", { "cases", "name", "12345679", 8 }, LEAVE,
	    false, &ours },
	{ "not in another column", { "cases", "age", "12345678", 8 }, LEAVE,
	    false, &ours },
	{ "not in another table", { "held", "name", "12345678", 8 }, LEAVE,
	    false, &ours },
	{ "table and column do not run together",
	    { "casesn", "ame", "12345678", 8 }, LEAVE, false, &ours },
	{ "column and row do not run together",
	    { "cases", "name1", "2345678", 7 }, LEAVE, false, &ours },
	{ "not for a shorter row", { "cases", "name", "12345678", 7 }, LEAVE,
	    false, &ours },
	{ "not with another node's key", { "cases", "name", "12345678", 8 },
	    LEAVE, false, &theirs },
	{ "not with another nonce", { "cases", "name", "12345678", 8 },
	    FLIP_NONCE, false, &ours },
	{ "not with a bit changed", { "cases", "name", "12345678", 8 },
	    FLIP_FIRST, false, &ours },
	{ "not with the tag changed", { "cases", "name", "12345678", 8 },
	    FLIP_TAG, false, &ours },
	{ "not cut", { "cases", "name", "12345678", 8 }, CUT, false, &ours },
	{ "not with more after it", { "cases", "name", "12345678", 8 }, ADD,
	    false, &ours },
	{ "not as a stub", { "cases", "name", "12345678", 8 }, STUB, false,
	    &ours },
};

static void
place_holds(void **state)
{
	static const struct seal_place home = { "cases", "name", "12345678",
		8 };
	const struct place_row *c = *state;
	struct bytes sealed, plain;
	struct fault why = { FAULT_NONE, "" };
	size_t len = sizeof(VALUE) - 1;
	int rc;

	bytes_init(&sealed, 1000);
	bytes_init(&plain, 1000);
	assert_int_equal(seal_close(ours, &home, VALUE, len, &sealed, &why), 0);
	assert_int_equal(sealed.len, len + SEAL_OVERHEAD);
	if (c->tamper == FLIP_NONCE)
		sealed.at[0] ^= 1;
	else if (c->tamper == FLIP_FIRST)
		sealed.at[24] ^= 1;
	else if (c->tamper == FLIP_TAG)
		sealed.at[sealed.len - 1] ^= 0x80;
	else if (c->tamper == CUT)
		sealed.len--;
	else if (c->tamper == ADD)
		assert_int_equal(bytes_add(&sealed, "x", 1, &why), 0);
	else if (c->tamper == STUB)
		sealed.len = SEAL_OVERHEAD - 1;
	rc = seal_open(*c->key, &c->at, sealed.at, sealed.len, &plain, &why);
	assert_int_equal(rc, c->opens ? 0 : -1);
	if (c->opens) {
		assert_int_equal(plain.len, len);
		assert_memory_equal(plain.at, VALUE, len);
	} else {
		assert_int_equal(why.id, FAULT_STORE_DAMAGED);
		assert_int_equal(plain.len, 0);
	}
	bytes_free(&sealed);
	bytes_free(&plain);
}

static const struct indexe_row {
	const char *name;
	const char *kind, *value;
	const char *other_kind, *other_value;
	bool meet;
} indexes[] = {
	{ "equal values meet", "case", "K-12", "case", "K-12", true },
	{ "letter case does not count", "case", "k-12", "case", "K-12", true },
	{ "space around it does not count", "case", " K-12\t\r\n", "case",
	    "K-12", true },
	{ "space within it counts", "case", "K 12", "case", "K12", false },
	{ "letters beyond ASCII are kept as they are", "case", "\xc3\x84",
	    "case", "\xc3\xa4", false },
	{ "another kind is another index", "case", "K-12", "ref", "K-12",
	    false },
	{ "kind and value do not run together", "case", "x", "casex", "",
	    false },
	{ "an empty value has one too", "case", "", "case", "  ", true },
};

static void
index_holds(void **state)
{
	const struct indexe_row *c = *state;
	uint8_t one[SEAL_INDEX], two[SEAL_INDEX];

	seal_index(ours, c->kind, c->value, one);
	seal_index(ours, c->other_kind, c->other_value, two);
	assert_int_equal(memcmp(one, two, sizeof(one)) == 0, c->meet);
	seal_index(theirs, c->kind, c->value, two);
	assert_memory_not_equal(one, two, sizeof(one));
}

static void
the_same_value_never_looks_the_same(void **state)
{
	static const struct seal_place at = { "t", "c", NULL, 0 };
	struct bytes one, two, plain;
	struct fault why;

	(void)state;
	bytes_init(&one, 100);
	bytes_init(&two, 100);
	bytes_init(&plain, 100);
	assert_int_equal(seal_close(ours, &at, NULL, 0, &one, &why), 0);
	assert_int_equal(seal_close(ours, &at, NULL, 0, &two, &why), 0);
	assert_int_equal(one.len, SEAL_OVERHEAD);
	assert_memory_not_equal(one.at, two.at, SEAL_OVERHEAD);
	assert_int_equal(seal_open(ours, &at, one.at, one.len, &plain, &why),
	    0);
	assert_int_equal(plain.len, 0);
	bytes_free(&one);
	bytes_free(&two);
	bytes_free(&plain);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(the_same_value_never_looks_the_same),
	};
	struct fault why;
	int failed;

	if (random_start() != 0 || (ours = secrets_new(&why)) == NULL ||
	    (theirs = secrets_new(&why)) == NULL)
		return 1;
	failed = ROWS_RUN("seal", places, place_holds) +
	    ROWS_RUN("seal index", indexes, index_holds) +
	    cmocka_run_group_tests_name("seal", more, NULL, NULL);
	secrets_free(ours);
	secrets_free(theirs);
	return failed;
}
