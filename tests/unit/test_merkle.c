#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

#define LEAVES 70

/* Leaf i is the one byte i. */
static struct merkle_hash leaves[LEAVES];

static void
make_leaves(void)
{
	for (size_t i = 0; i < LEAVES; i++) {
		uint8_t byte = (uint8_t)i;

		merkle_leaf(&byte, 1, &leaves[i]);
	}
}

/* MTH as RFC 6962, 2.1, writes it down. */
static struct merkle_hash
mth(size_t from, size_t n)
{
	struct merkle_hash left, right, out;
	size_t k = 1;

	if (n == 0) {
		digest_once(DIGEST_SHA256, "", 0, out.bytes);
		return out;
	}
	if (n == 1)
		return leaves[from];
	while (2 * k < n)
		k *= 2;
	left = mth(from, k);
	right = mth(from + k, n - k);
	merkle_pair(&left, &right, &out);
	return out;
}

static int
whole(void *with, unsigned level, uint64_t index, struct merkle_hash *out,
    struct fault *why)
{
	const uint64_t *size = with;
	uint64_t n = (uint64_t)1 << level;

	(void)why;
	/* Nothing outside the tree may be asked for. */
	assert_true((index + 1) * n <= *size);
	*out = mth((size_t)(index * n), (size_t)n);
	return 0;
}

static const struct root_row {
	const char *name;
	uint64_t size;
	const char *root;
} roots[] = {
	{ "no leaf: SHA-256 of nothing", 0,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "the leaf 00", 1,
	    "96a296d224f285c67bee93c30f8a3091"
	    "57f0daa35dc5b87e410b78630a09cfc7" },
	{ "the seven leaves 00 to 06", 7,
	    "3560191803028444b232018ac047fdb5"
	    "61c09c23a7a6876c85e08b5e4d48e9f3" },
};

static void
root_holds(void **state)
{
	const struct root_row *c = *state;
	struct merkle_edge edge = { .size = 0 };
	struct merkle_hash root;
	char hex[DIGEST_HEX];

	for (uint64_t i = 0; i < c->size; i++)
		merkle_add(&edge, &leaves[i]);
	merkle_root(&edge, &root);
	digest_hex(root.bytes, sizeof(root.bytes), hex);
	assert_string_equal(hex, c->root);
}

static void
the_empty_leaf_is_that_of_the_rfc(void **state)
{
	struct merkle_hash h;
	char hex[DIGEST_HEX];

	(void)state;
	merkle_leaf("", 0, &h);
	digest_hex(h.bytes, sizeof(h.bytes), hex);
	assert_string_equal(hex,
	    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void
every_size_has_the_root_of_the_definition(void **state)
{
	struct merkle_edge edge = { .size = 0 };
	struct fault why;

	(void)state;
	for (uint64_t n = 0; n <= LEAVES; n++) {
		struct merkle_hash want = mth(0, (size_t)n), grown, found;
		uint64_t size = n;
		const struct merkle_tree t = { whole, &size };

		merkle_root(&edge, &grown);
		assert_memory_equal(&grown, &want, sizeof(want));
		assert_int_equal(merkle_root_of(&t, n, &found, &why), 0);
		assert_memory_equal(&found, &want, sizeof(want));
		if (n < LEAVES)
			merkle_add(&edge, &leaves[n]);
	}
}

/* A good proof with any one thing changed is none. */
static void
assert_only_so(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
    const struct merkle_hash *root, const struct merkle_proof *good)
{
	struct merkle_proof p = *good;
	struct merkle_hash other = *leaf;

	assert_true(merkle_includes(index, size, leaf, root, &p));
	other.bytes[31] ^= 1;
	assert_false(merkle_includes(index, size, &other, root, &p));
	assert_false(merkle_includes(index + 1, size, leaf, root, &p));
	assert_false(merkle_includes(size, size, leaf, root, &p));
	for (size_t i = 0; i < good->count; i++) {
		p.path[i].bytes[i % MERKLE_HASH] ^= 4;
		assert_false(merkle_includes(index, size, leaf, root, &p));
		p = *good;
	}
	if (p.count > 0) {
		p.count--;
		assert_false(merkle_includes(index, size, leaf, root, &p));
		p = *good;
	}
	p.path[p.count++] = *root;
	assert_false(merkle_includes(index, size, leaf, root, &p));
}

static void
every_leaf_of_every_size_is_proven(void **state)
{
	struct merkle_proof p;
	struct fault why;

	(void)state;
	for (uint64_t n = 1; n <= LEAVES; n++) {
		struct merkle_hash root = mth(0, (size_t)n);
		const struct merkle_tree t = { whole, &n };

		for (uint64_t i = 0; i < n; i++) {
			assert_int_equal(merkle_prove_leaf(&t, i, n, &p, &why),
			    0);
			assert_only_so(i, n, &leaves[i], &root, &p);
		}
	}
}

static void
every_growth_is_proven(void **state)
{
	struct merkle_proof p;
	struct fault why;

	(void)state;
	for (uint64_t n = 1; n <= LEAVES; n++) {
		struct merkle_hash newer = mth(0, (size_t)n);
		const struct merkle_tree t = { whole, &n };

		for (uint64_t m = 1; m <= n; m++) {
			struct merkle_hash older = mth(0, (size_t)m), wrong;

			assert_int_equal(merkle_prove_growth(&t, m, n, &p,
					     &why),
			    0);
			assert_true(merkle_extends(m, n, &older, &newer, &p));
			wrong = older;
			wrong.bytes[0] ^= 128;
			assert_false(merkle_extends(m, n, &wrong, &newer, &p));
			wrong = newer;
			wrong.bytes[31] ^= 1;
			assert_false(merkle_extends(m, n, &older, &wrong, &p));
			p.path[p.count++] = newer;
			assert_false(merkle_extends(m, n, &older, &newer, &p));
			p.count = p.count > 1 ? p.count - 2 : 0;
			assert_int_equal(merkle_extends(m, n, &older, &newer,
					     &p),
			    m == n);
		}
	}
}

static void
what_proves_nothing_is_no_proof(void **state)
{
	struct merkle_hash none = mth(0, 0), two = mth(0, 2);
	struct merkle_proof p = { .count = 0 };

	(void)state;
	assert_false(merkle_extends(0, 2, &none, &two, &p));
	assert_true(merkle_extends(0, 0, &none, &none, &p));
	assert_false(merkle_extends(2, 1, &two, &leaves[0], &p));
	assert_false(merkle_includes(0, 0, &leaves[0], &none, &p));
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(the_empty_leaf_is_that_of_the_rfc),
		cmocka_unit_test(every_size_has_the_root_of_the_definition),
		cmocka_unit_test(every_leaf_of_every_size_is_proven),
		cmocka_unit_test(every_growth_is_proven),
		cmocka_unit_test(what_proves_nothing_is_no_proof),
	};

	if (random_start() != 0)
		return 1;
	make_leaves();
	return ROWS_RUN("merkle root", roots, root_holds) +
	    cmocka_run_group_tests_name("merkle", more, NULL, NULL);
}
