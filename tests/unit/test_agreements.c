#include "tests/unit/a_store.h"

#include "store/agreements.h"
#include "store/sql.h"

#define CANARY "Focal Point Almaz Bekele"

static const uint8_t sha256[32] = { 9, 8, 7 };

/* A version signed by `count` parties, P0 to ...; 0 or -1. */
static int
put(struct a_store *t, int64_t version, size_t count)
{
	struct agreement_signature signatures[AGREEMENTS_PARTIES_MAX + 1];
	struct bytes file;
	struct agreement_adopted a = { .id = "ET-2026",
		.version = version,
		.sha256 = sha256,
		.at = 1000,
		.file = CANARY,
		.len = sizeof(CANARY) - 1,
		.signatures = signatures,
		.count = count };
	int rc;

	bytes_init(&file, 100);
	assert_int_equal(bytes_add_text(&file, "sig by " CANARY, &t->why), 0);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(signatures[i].party, sizeof(signatures[i].party),
		    "P%u", (unsigned)i);
		signatures[i].file = &file;
	}
	rc = agreements_put(t->s, &a, &t->why);
	bytes_free(&file);
	return rc;
}

static int
get(struct a_store *t, struct bytes *file, int64_t *version)
{
	bytes_init(file, 1000);
	return agreements_get(t->s, file, version, &t->why);
}

static void
none_yet(struct a_store *t)
{
	uint8_t hash[32];
	int64_t version;
	struct bytes file;
	char party[17];

	assert_int_equal(get(t, &file, &version), 0);
	assert_int_equal(agreements_hash(t->s, 1, hash, &t->why), 0);
	assert_int_equal(agreements_signature(t->s, 1, 0, party, &file,
			     &t->why),
	    0);
	assert_int_equal(file.len, 0);
}

static void
comes_back(struct a_store *t)
{
	uint8_t hash[32];
	int64_t version;
	struct bytes file;
	char party[17];

	assert_int_equal(put(t, 3, 2), 0);
	assert_int_equal(get(t, &file, &version), 1);
	assert_int_equal(version, 3);
	assert_string_equal((const char *)file.at, CANARY);
	assert_int_equal(agreements_hash(t->s, 3, hash, &t->why), 1);
	assert_memory_equal(hash, sha256, 32);
	bytes_empty(&file);
	assert_int_equal(agreements_signature(t->s, 3, 1, party, &file,
			     &t->why),
	    1);
	assert_string_equal(party, "P1");
	assert_string_equal((const char *)file.at, "sig by " CANARY);
	assert_int_equal(agreements_signature(t->s, 3, 2, party, &file,
			     &t->why),
	    0);
	assert_int_equal(agreements_signature(t->s, 3, SIZE_MAX, party, &file,
			     &t->why),
	    0);
	bytes_free(&file);
}

static void
highest_in_force(struct a_store *t)
{
	uint8_t hash[32];
	int64_t version;
	struct bytes file;

	assert_int_equal(put(t, 1, 1), 0);
	assert_int_equal(put(t, 5, 1), 0);
	assert_int_equal(get(t, &file, &version), 1);
	assert_int_equal(version, 5);
	bytes_free(&file);
	assert_int_equal(agreements_hash(t->s, 1, hash, &t->why), 1);
	assert_int_equal(agreements_hash(t->s, 2, hash, &t->why), 0);
}

static void
never_back(struct a_store *t)
{
	static const int64_t versions[] = { 5, 4, 1, 0, -1 };
	uint8_t before[32], after[32];

	assert_int_equal(put(t, 5, 1), 0);
	assert_int_equal(store_state_hash(t->s, before, &t->why), 0);
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		assert_int_equal(put(t, versions[i], 1), -1);
		assert_int_equal(t->why.id, FAULT_INSIDE);
	}
	assert_int_equal(store_state_hash(t->s, after, &t->why), 0);
	assert_memory_equal(before, after, 32);
}

static void
all_or_nothing(struct a_store *t)
{
	int64_t version;
	struct bytes file;

	/* The third signature has a number that is taken. */
	assert_int_equal(sql_do(store_db(t->s),
			     "PRAGMA foreign_keys = OFF; "
			     "INSERT INTO agreement_signatures VALUES "
			     "(2, 3, 'P', x'00'); PRAGMA foreign_keys = ON",
			     &t->why),
	    0);
	assert_int_equal(put(t, 2, 4), -1);
	assert_int_equal(get(t, &file, &version), 0);
}

static void
many_parties(struct a_store *t)
{
	assert_int_equal(put(t, 1, AGREEMENTS_PARTIES_MAX + 1), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	assert_int_equal(put(t, 1, AGREEMENTS_PARTIES_MAX), 0);
	assert_int_equal(put(t, 2, 0), 0);
}

static void
sealed(struct a_store *t)
{
	assert_int_equal(put(t, 1, 2), 0);
	assert_false(a_store_shows(t, CANARY));
	store_close(t->s);
	t->s = NULL;
	assert_false(a_store_shows(t, CANARY));
}

/* What is copied from row to row does not open there. */
static void
copied(struct a_store *t)
{
	int64_t version;
	struct bytes file;
	char party[17];

	assert_int_equal(put(t, 1, 2), 0);
	assert_int_equal(put(t, 2, 2), 0);
	assert_int_equal(
	    sql_do(store_db(t->s),
		"UPDATE agreements SET file = (SELECT file FROM agreements "
		"WHERE version = 1) WHERE version = 2;"
		"UPDATE agreement_signatures SET file = (SELECT file FROM "
		"agreement_signatures WHERE version = 1 AND number = 1) "
		"WHERE version = 1 AND number = 2",
		&t->why),
	    0);
	assert_int_equal(get(t, &file, &version), -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	assert_int_equal(agreements_signature(t->s, 1, 1, party, &file,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	assert_int_equal(agreements_signature(t->s, 1, 0, party, &file,
			     &t->why),
	    1);
	bytes_free(&file);
}

static void
partner_names(struct a_store *t)
{
	static const struct {
		int64_t names;
		int64_t want;
	} each[] = { { 0, 0 }, { 2, 2 }, { 1, 2 }, { 2, 2 }, { 7, 7 } };
	int64_t version;

	/* As an earlier program may have kept it: nobody here adopted that. */
	assert_int_equal(agreements_partner_names(t->s, "B", 999, &t->why), 0);
	assert_int_equal(put(t, 1, 1), 0);
	assert_int_equal(put(t, 2, 1), 0);
	assert_int_equal(put(t, 7, 1), 0);
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		if (each[i].names > 0)
			assert_int_equal(agreements_partner_names(t->s, "B",
					     each[i].names, &t->why),
			    0);
		assert_int_equal(agreements_partner(t->s, "B", &version,
				     &t->why),
		    0);
		assert_int_equal(version, each[i].want);
	}
	assert_int_equal(agreements_partner(t->s, "C", &version, &t->why), 0);
	assert_int_equal(version, 0);
}

static void
recovery_noted(struct a_store *t)
{
	bool has = true;

	assert_int_equal(agreements_has_recovery(t->s, 2, &has, &t->why), 0);
	assert_false(has);
	for (int i = 0; i < 2; i++)
		assert_int_equal(agreements_recovery_written(t->s, 2, &t->why),
		    0);
	assert_int_equal(agreements_has_recovery(t->s, 2, &has, &t->why), 0);
	assert_true(has);
	assert_int_equal(agreements_has_recovery(t->s, 3, &has, &t->why), 0);
	assert_false(has);
}

static void
one_after_the_other(struct a_store *t)
{
	static const int64_t kept[] = { 1, 2, 7 };
	int64_t version = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_int_equal(put(t, kept[i], 1), 0);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		assert_int_equal(agreements_after(t->s, version, &version,
				     &t->why),
		    1);
		assert_int_equal(version, kept[i]);
	}
	assert_int_equal(agreements_after(t->s, version, &version, &t->why), 0);
}

static const struct a_store_case cases[] = {
	{ "for which version the recovery copy was written is kept",
	    recovery_noted },
	{ "a new store has adopted none", none_yet },
	{ "file, hash and signatures come back as they were", comes_back },
	{ "the highest version is in force, older ones are known",
	    highest_in_force },
	{ "a version that is not newer is not taken", never_back },
	{ "a version is kept with all its signatures or not at all",
	    all_or_nothing },
	{ "more parties than there can be are not taken", many_parties },
	{ "no name of staff is readable on the disk", sealed },
	{ "a file copied to another row does not open", copied },
	{ "a partner's version only goes up", partner_names },
	{ "the versions are given one after the other", one_after_the_other },
};

int
main(void)
{
	return ROWS_RUN("agreements", cases, a_store_case_holds);
}
