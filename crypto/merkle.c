#include "crypto/merkle.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/fault.h"

static void
hash_behind(uint8_t kind, const void *a, size_t a_len, const void *b,
    size_t b_len, struct merkle_hash *out)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, &kind, 1);
	crypto_hash_sha256_update(&state, a, a_len);
	crypto_hash_sha256_update(&state, b, b_len);
	crypto_hash_sha256_final(&state, out->bytes);
}

void
merkle_leaf(const void *entry, size_t len, struct merkle_hash *out)
{
	hash_behind(0, entry, len, "", 0, out);
}

void
merkle_pair(const struct merkle_hash *left, const struct merkle_hash *right,
    struct merkle_hash *out)
{
	hash_behind(1, left->bytes, sizeof(left->bytes), right->bytes,
	    sizeof(right->bytes), out);
}

/* --- growing --- */

static size_t
count_ones(uint64_t size)
{
	size_t ones = 0;

	for (; size != 0; size &= size - 1)
		ones++;
	return ones;
}

void
merkle_add(struct merkle_edge *e, const struct merkle_hash *leaf)
{
	size_t top = count_ones(e->size);

	e->roots[top] = *leaf;
	for (uint64_t n = e->size; (n & 1) != 0; n >>= 1) {
		merkle_pair(&e->roots[top - 1], &e->roots[top],
		    &e->roots[top - 1]);
		top--;
	}
	e->size++;
}

static void
root_of_nothing(struct merkle_hash *out)
{
	crypto_hash_sha256(out->bytes, (const unsigned char *)"", 0);
}

void
merkle_root(const struct merkle_edge *e, struct merkle_hash *out)
{
	size_t top = count_ones(e->size);

	if (top == 0) {
		root_of_nothing(out);
		return;
	}
	*out = e->roots[--top];
	while (top > 0)
		merkle_pair(&e->roots[--top], out, out);
}

/* --- checking --- */

bool
merkle_same(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Two numbers of nodes go up one level together. */
static void
go_up(uint64_t *node, uint64_t *last)
{
	*node >>= 1;
	*last >>= 1;
}

/* A node that is a right child, or the last one without a sibling. */
static bool
has_left(uint64_t node, uint64_t last)
{
	return (node & 1) != 0 || node == last;
}

static void
skip_only_children(uint64_t *node, uint64_t *last)
{
	while ((*node & 1) == 0 && *node != 0)
		go_up(node, last);
}

bool
merkle_includes(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
    const struct merkle_hash *root, const struct merkle_proof *p)
{
	struct merkle_hash h = *leaf;
	uint64_t node = index, last = size - 1;

	if (index >= size)
		return false;
	for (size_t i = 0; i < p->count; i++) {
		if (last == 0)
			return false;
		if (has_left(node, last)) {
			merkle_pair(&p->path[i], &h, &h);
			skip_only_children(&node, &last);
		} else {
			merkle_pair(&h, &p->path[i], &h);
		}
		go_up(&node, &last);
	}
	return last == 0 && merkle_same(&h, root);
}

static bool
is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

bool
merkle_extends(uint64_t smaller, uint64_t larger,
    const struct merkle_hash *smaller_root,
    const struct merkle_hash *larger_root, const struct merkle_proof *p)
{
	struct merkle_hash old, new;
	uint64_t node = smaller - 1, last = larger - 1;
	size_t i = 0;

	if (smaller > larger)
		return false;
	if (smaller == larger)
		return p->count == 0 && merkle_same(smaller_root, larger_root);
	if (smaller == 0)
		return false;
	while ((node & 1) != 0)
		go_up(&node, &last);
	if (is_power_of_two(smaller))
		old = *smaller_root;
	else if (p->count > 0)
		old = p->path[i++];
	else
		return false;
	new = old;
	if (i == p->count)
		return false;
	for (; i < p->count; i++) {
		if (last == 0)
			return false;
		if (has_left(node, last)) {
			merkle_pair(&p->path[i], &old, &old);
			merkle_pair(&p->path[i], &new, &new);
			skip_only_children(&node, &last);
		} else {
			merkle_pair(&new, &p->path[i], &new);
		}
		go_up(&node, &last);
	}
	return last == 0 && merkle_same(&old, smaller_root) &&
	    merkle_same(&new, larger_root);
}

/* --- proving --- */

/* Of n > 1 leaves: the largest power of two below n, as its exponent. */
static unsigned
split_level(uint64_t n)
{
	unsigned level = 0;

	while (((uint64_t)2 << level) < n)
		level++;
	return level;
}

/*
 * The root of the leaves from `first` on, as many as size says; first is a
 * multiple of the power of two that the part was split off at.
 */
static int
root_of_part(const struct merkle_tree *t, uint64_t first, uint64_t size,
    struct merkle_hash *out, struct fault *why)
{
	struct merkle_hash wholes[MERKLE_PATH];
	size_t count = 0;

	assert(size > 0);
	do {
		unsigned level = size == 1 ? 0 : split_level(size);

		if (is_power_of_two(size) && size > 1)
			level++;
		if (t->whole(t->with, level, first >> level, &wholes[count++],
			why) == -1)
			return -1;
		first += (uint64_t)1 << level;
		size -= (uint64_t)1 << level;
	} while (size > 0);
	*out = wholes[--count];
	while (count > 0)
		merkle_pair(&wholes[--count], out, out);
	return 0;
}

int
merkle_root_of(const struct merkle_tree *t, uint64_t size,
    struct merkle_hash *out, struct fault *why)
{
	if (size == 0) {
		root_of_nothing(out);
		return 0;
	}
	return root_of_part(t, 0, size, out, why);
}

/* Hashes are found from the root down, and stand in a proof from the leaf. */
static void
turn_round(struct merkle_proof *p)
{
	for (size_t i = 0, j = p->count; i + 1 < j; i++) {
		struct merkle_hash other = p->path[--j];

		p->path[j] = p->path[i];
		p->path[i] = other;
	}
}

int
merkle_prove_leaf(const struct merkle_tree *t, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct fault *why)
{
	uint64_t first = 0;

	assert(index < size);
	out->count = 0;
	while (size > 1) {
		uint64_t left = (uint64_t)1 << split_level(size);
		bool goes_left = index - first < left;
		uint64_t other = goes_left ? first + left : first;

		if (root_of_part(t, other, goes_left ? size - left : left,
			&out->path[out->count++], why) == -1)
			return -1;
		if (!goes_left)
			first += left;
		size = goes_left ? left : size - left;
	}
	turn_round(out);
	return 0;
}

int
merkle_prove_growth(const struct merkle_tree *t, uint64_t smaller,
    uint64_t larger, struct merkle_proof *out, struct fault *why)
{
	uint64_t first = 0, size = larger, part = smaller;
	bool known = true; /* the smaller tree is all there is so far */

	assert(smaller <= larger);
	out->count = 0;
	if (smaller == 0 || smaller == larger)
		return 0;
	while (part < size) {
		uint64_t left = (uint64_t)1 << split_level(size);
		bool goes_left = part <= left;
		uint64_t other = goes_left ? first + left : first;

		if (root_of_part(t, other, goes_left ? size - left : left,
			&out->path[out->count++], why) == -1)
			return -1;
		if (!goes_left) {
			known = false;
			first += left;
			part -= left;
		}
		size = goes_left ? left : size - left;
	}
	if (!known &&
	    root_of_part(t, first, part, &out->path[out->count++], why) == -1)
		return -1;
	turn_round(out);
	return 0;
}
