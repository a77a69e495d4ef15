#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"

static const struct adding {
	const char *name;
	size_t ceiling;
	const char *first;
	const char *second;
	const char *want; /* what is held in the end */
	bool all;	  /* both went in */
} addings[] = {
	{ "two texts follow each other", 100, "ab", "cd", "abcd", true },
	{ "adding nothing changes nothing", 100, "ab", "", "ab", true },
	{ "the ceiling can be reached", 4, "ab", "cd", "abcd", true },
	{ "past the ceiling the buffer is as it was", 3, "ab", "cd", "ab",
	    false },
	{ "a full buffer takes nothing more", 2, "ab", "c", "ab", false },
	{ "a full buffer takes nothing at all", 2, "ab", "", "ab", true },
	{ "no ceiling to speak of is fine", SIZE_MAX, "ab", "cd", "abcd",
	    true },
};

static void
adding_holds(void **state)
{
	const struct adding *row = *state;
	struct fault why = { 0 };
	struct bytes b;

	bytes_init(&b, row->ceiling);
	assert_null(b.at);
	assert_int_equal(bytes_add_text(&b, row->first, &why), 0);
	assert_int_equal(bytes_add_text(&b, row->second, &why),
	    row->all ? 0 : -1);
	assert_int_equal(why.id,
	    row->all ? FAULT_NONE : FAULT_SOURCE_TOO_LARGE);
	assert_int_equal(b.len, strlen(row->want));
	assert_string_equal((const char *)b.at, row->want);
	bytes_free(&b);
	assert_null(b.at);
	assert_int_equal(b.len, 0);
}

static void
grows(struct bytes *b, struct fault *why)
{
	for (size_t i = 0; i < 10000; i++) {
		uint8_t byte = (uint8_t)(i * 7);

		assert_int_equal(bytes_add(b, &byte, 1, why), 0);
		assert_int_equal(b->at[b->len], 0);
	}
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(b->at[i], (uint8_t)(i * 7));
}

static void
emptied_is_wiped(struct bytes *b, struct fault *why)
{
	const uint8_t *at;
	size_t room;

	assert_int_equal(bytes_add_text(b, "a name", why), 0);
	at = b->at;
	room = b->room;
	bytes_empty(b);
	assert_int_equal(b->len, 0);
	assert_ptr_equal(b->at, at);
	assert_int_equal(b->room, room);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(at[i], 0);
	assert_int_equal(bytes_add_text(b, "x", why), 0);
	assert_string_equal((const char *)b->at, "x");
}

static void
empty_can_be_emptied(struct bytes *b, struct fault *why)
{
	(void)why;
	bytes_empty(b);
	bytes_free(b);
	bytes_free(b);
	assert_null(b->at);
}

static void
sink_fills(struct bytes *b, struct fault *why)
{
	struct sink *s = bytes_sink_new(b, why);

	assert_non_null(s);
	assert_int_equal(sink_write(s, "ab", 2, why), 0);
	assert_int_equal(sink_write(s, "c", 1, why), 0);
	assert_int_equal(sink_finish(s, why), 0);
	sink_free(s);
	assert_string_equal((const char *)b->at, "abc");
}

static void
sink_stops_at_ceiling(struct bytes *b, struct fault *why)
{
	static const uint8_t much[20001];
	struct sink *s = bytes_sink_new(b, why);

	assert_non_null(s);
	assert_int_equal(sink_write(s, much, sizeof(much), why), -1);
	assert_int_equal(why->id, FAULT_SOURCE_TOO_LARGE);
	assert_int_equal(b->len, 0);
	sink_free(s);
}

static const struct use {
	const char *name;
	void (*holds)(struct bytes *b, struct fault *why);
} uses[] = {
	{ "it grows byte by byte, a NUL always after the last", grows },
	{ "emptying wipes and keeps the room", emptied_is_wiped },
	{ "an empty one can be emptied and freed twice", empty_can_be_emptied },
	{ "a sink adds to it", sink_fills },
	{ "a sink stops at its ceiling", sink_stops_at_ceiling },
};

static void
use_holds(void **state)
{
	const struct use *row = *state;
	struct fault why = { 0 };
	struct bytes b;

	bytes_init(&b, 20000);
	row->holds(&b, &why);
	bytes_free(&b);
}

int
main(void)
{
	return ROWS_RUN("bytes: ceiling", addings, adding_holds) +
	    ROWS_RUN("bytes: use", uses, use_holds);
}
