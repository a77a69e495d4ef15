#include "tests/unit/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "formats/padding.h"

struct size_case {
	const char *name;
	uint64_t len;
	uint64_t want;
};

static const struct size_case sizes[] = {
	{ "nothing takes the least", 0, 4096 },
	{ "one less than the least", 4095, 4096 },
	{ "the least", 4096, 4096 },
	{ "one more than the least", 4097, 4352 },
	{ "a size that is one already", 4352, 4352 },
	{ "64 KiB", 65536, 65536 },
	{ "64 KiB and one", 65537, 67584 },
	{ "1 MiB and one", 1048577, 1081344 },
	{ "16 GiB and one", ((uint64_t)16 << 30) + 1,
	    ((uint64_t)16 << 30) + ((uint64_t)1 << 28) },
	{ "the largest number stays", UINT64_MAX, UINT64_MAX },
};

static void
size_holds(void **state)
{
	const struct size_case *c = *state;

	assert_int_equal(padding_size(c->len), c->want);
}

/* What is padded to it is a fixed point, and at most 12 % more. */
static void
sizes_hold_everywhere(void)
{
	for (uint64_t len = 1; len < (uint64_t)1 << 36; len += len / 97 + 1) {
		uint64_t size = padding_size(len);

		assert_true(size >= len);
		assert_int_equal(padding_size(size), size);
		if (len > PADDING_LEAST)
			assert_true((size - len) * 100 <= len * 12);
	}
}

/* Only counts, and notes whether what is behind the content is zero. */
struct counter {
	uint64_t len;
	uint64_t content;
	int dirty;
};

static int
count_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	struct counter *c = s->own;

	(void)why;
	for (size_t i = 0; i < len; i++)
		if (c->len + i >= c->content && bytes[i] != 0)
			c->dirty = 1;
	c->len += len;
	return 0;
}

static void
count_free(void *own)
{
	(void)own;
}

static const struct sink_kind count_kind = { "counter", count_write, NULL,
	count_free };

static uint64_t
padded(uint64_t content, unsigned recipients)
{
	static uint8_t some[1 << 16];
	struct counter c = { 0, content, 0 };
	struct fault why = { 0 };
	struct sink *end = sink_new(&count_kind, &c, NULL, &why);
	struct sink *s = padding_sink_new(&end, recipients, &why);

	memset(some, 'x', sizeof(some));
	assert_non_null(s);
	for (uint64_t left = content; left > 0;) {
		size_t part = left > sizeof(some) ? sizeof(some) : (size_t)left;

		assert_int_equal(sink_write(s, some, part, &why), 0);
		left -= part;
	}
	assert_int_equal(sink_finish(s, &why), 0);
	assert_int_equal(c.dirty, 0);
	sink_free(s);
	return c.len;
}

/* Counted by the book: 64 KiB chunks, the last one never a tag alone. */
static uint64_t
age_size(uint64_t len, unsigned recipients)
{
	uint64_t chunks = (len + 65535) / 65536;

	if (chunks == 0)
		chunks = 1;
	return 22 + 98 * (uint64_t)recipients + 48 + 16 + len + 16 * chunks;
}

static void
check_age_size(uint64_t len, unsigned recipients)
{
	uint64_t plain = padded(len, recipients);
	uint64_t size = age_size(plain, recipients);

	assert_true(plain >= len);
	assert_int_equal(padding_size(size), size);
	/* Never more than the next size but one. */
	assert_true(
	    size <= padding_size(padding_size(age_size(len, recipients)) + 1));
}

static void
age_files_have_padded_sizes(void)
{
	for (unsigned r = 1; r <= 17; r++)
		for (uint64_t len = 0; len < 400000; len += len / 23 + 1)
			check_age_size(len, r);
}

static void
chunk_edges_are_right(void)
{
	for (uint64_t edge = 1; edge <= 40; edge++)
		for (uint64_t off = 0; off < 40; off++)
			check_age_size(edge * 65536 - 20 + off, 1);
}

/* With so many recipients the size 65,536 k falls upon a lonely tag. */
static void
a_lonely_tag_is_stepped_over(void)
{
	for (unsigned r = 1; r < 700; r++)
		check_age_size(65520, r);
}

static void
little_looks_alike(void)
{
	assert_int_equal(age_size(padded(1, 2), 2), PADDING_LEAST);
	assert_int_equal(age_size(padded(3000, 2), 2), PADDING_LEAST);
}

static const struct {
	const char *name;
	void (*holds)(void);
} others[] = {
	{ "padded sizes stay, and are 12 % more at most",
	    sizes_hold_everywhere },
	{ "age files get padded sizes", age_files_have_padded_sizes },
	{ "at the edges of chunks too", chunk_edges_are_right },
	{ "a chunk of a tag alone is never asked for",
	    a_lonely_tag_is_stepped_over },
	{ "one referral looks like a few", little_looks_alike },
};

static void
other_holds(void **state)
{
	const void *row = *state;
	void (*holds)(void);

	memcpy(&holds, (const char *)row + sizeof(const char *), sizeof(holds));
	holds();
}

int
main(void)
{
	return ROWS_RUN("padding", sizes, size_holds) +
	    ROWS_RUN("padding sink", others, other_holds);
}
