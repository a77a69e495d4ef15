#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"

static const struct taking {
	const char *name;
	size_t ceiling;
	size_t count; /* times size bytes, in one array */
	size_t size;
	bool want;
} takings[] = {
	{ "nothing can be taken", 64, 0, 8, true },
	{ "things of no size can be taken", 64, 8, 0, true },
	{ "all of the ceiling can be taken", 64, 8, 8, true },
	{ "a byte over the ceiling cannot", 64, 65, 1, false },
	{ "one thing may be larger than a block", 1 << 20, 1 << 20, 1, true },
	{ "a ceiling that is no multiple still holds all of it", 61, 61, 1,
	    true },
	{ "an array whose size overflows is refused", SIZE_MAX,
	    SIZE_MAX / 2 + 1, 2, false },
	{ "an array that overflows to something small is refused", SIZE_MAX,
	    SIZE_MAX / 4 + 2, 4, false },
	{ "a size that cannot be rounded up is refused", SIZE_MAX, SIZE_MAX, 1,
	    false },
};

static void
taking_holds(void **state)
{
	const struct taking *row = *state;
	struct fault why = { 0 };
	struct arena *a = arena_new(row->ceiling, &why);
	const uint8_t *at;

	assert_non_null(a);
	at = arena_take_array(a, row->count, row->size, &why);
	assert_int_equal(at != NULL, row->want);
	assert_int_equal(why.id, row->want ? FAULT_NONE : FAULT_NO_MEMORY);
	for (size_t i = 0; at != NULL && i < row->count * row->size; i++)
		assert_int_equal(at[i], 0);
	arena_free(a);
}

static void
many_stay_apart(struct arena *a, struct fault *why)
{
	uint8_t *all[500];

	for (size_t i = 0; i < 500; i++) {
		all[i] = arena_take(a, i, why);
		assert_non_null(all[i]);
		assert_int_equal((uintptr_t)all[i] % _Alignof(max_align_t), 0);
		memset(all[i], (int)i, i);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_equal(all[i][j], (uint8_t)i);
}

static void
emptied_is_zero(struct arena *a, struct fault *why)
{
	uint8_t *first = arena_take(a, 1000, why), *again;

	assert_non_null(first);
	memset(first, 'x', 1000);
	arena_empty(a);
	again = arena_take(a, 1000, why);
	assert_ptr_equal(again, first);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(again[i], 0);
}

static void
emptied_has_ceiling_again(struct arena *a, struct fault *why)
{
	for (int i = 0; i < 10; i++) {
		assert_non_null(arena_take(a, 600000, why));
		assert_non_null(arena_take(a, 400000, why));
		assert_null(arena_take(a, 100000, why));
		assert_int_equal(why->id, FAULT_NO_MEMORY);
		arena_empty(a);
	}
}

static void
copy_ends_in_nul(struct arena *a, struct fault *why)
{
	const char *copy = arena_copy(a, "bundle\0x", 8, why);

	assert_non_null(copy);
	assert_memory_equal(copy, "bundle\0x", 9);
	assert_string_equal(arena_copy(a, NULL, 0, why), "");
	assert_null(arena_copy(a, "x", SIZE_MAX, why));
}

static void
free_of_nothing(struct arena *a, struct fault *why)
{
	(void)a;
	(void)why;
	arena_free(NULL);
}

static const struct use {
	const char *name;
	void (*holds)(struct arena *a, struct fault *why);
} uses[] = {
	{ "what is taken is aligned and does not overlap", many_stay_apart },
	{ "emptied memory is wiped and taken again", emptied_is_zero },
	{ "emptying gives the ceiling back", emptied_has_ceiling_again },
	{ "a copy ends in NUL and may hold one", copy_ends_in_nul },
	{ "freeing no arena does nothing", free_of_nothing },
};

static void
use_holds(void **state)
{
	const struct use *row = *state;
	struct fault why = { 0 };
	struct arena *a = arena_new(1 << 20, &why);

	assert_non_null(a);
	row->holds(a, &why);
	arena_free(a);
}

int
main(void)
{
	return ROWS_RUN("arena: ceiling", takings, taking_holds) +
	    ROWS_RUN("arena: use", uses, use_holds);
}
