#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/reader.h"

enum call { TAKE, LINE, WORD, NUMBER };

static const struct reading {
	const char *name;
	const char *text;
	enum call call;
	bool want;
	uint64_t max;	  /* length, most, or biggest */
	const char *word; /* to be taken by WORD; else what is got */
	uint64_t number;
	const char *left;
} readings[] = {
	{ "bytes are taken from the front", "abc", TAKE, true, 2, "ab", 0,
	    "c" },
	{ "all that is left can be taken", "abc", TAKE, true, 3, "abc", 0, "" },
	{ "nothing can be taken", "abc", TAKE, true, 0, "", 0, "abc" },
	{ "nothing can be taken from nothing", "", TAKE, true, 0, "", 0, "" },
	{ "more than is left cannot be taken", "abc", TAKE, false, 4, NULL, 0,
	    "abc" },
	{ "the largest length does not wrap", "abc", TAKE, false, SIZE_MAX,
	    NULL, 0, "abc" },
	{ "a line ends at its LF, which is taken", "ab\ncd", LINE, true, 9,
	    "ab", 0, "cd" },
	{ "a line may be empty", "\ncd", LINE, true, 9, "", 0, "cd" },
	{ "an empty line fits where nothing does", "\ncd", LINE, true, 0, "", 0,
	    "cd" },
	{ "a line may be as long as the most", "ab\ncd", LINE, true, 2, "ab", 0,
	    "cd" },
	{ "a line over the most is not taken", "abc\n", LINE, false, 2, NULL, 0,
	    "abc\n" },
	{ "a line without LF is none", "abc", LINE, false, 9, NULL, 0, "abc" },
	{ "there is no line in nothing", "", LINE, false, 9, NULL, 0, "" },
	{ "no limit on a line does not wrap", "a\n", LINE, true, SIZE_MAX, "a",
	    0, "" },
	{ "a CR stays in the line", "a\r\n", LINE, true, 9, "a\r", 0, "" },
	{ "a word that comes next is taken", "id=7", WORD, true, 0, "id=", 0,
	    "7" },
	{ "a word may be all there is", "id=", WORD, true, 0, "id=", 0, "" },
	{ "another word is left", "id=7", WORD, false, 0, "ix", 0, "id=7" },
	{ "half a word is left", "id", WORD, false, 0, "id=", 0, "id" },
	{ "letter case counts", "Id=7", WORD, false, 0, "id=", 0, "Id=7" },
	{ "the empty word always comes next", "", WORD, true, 0, "", 0, "" },
	{ "a number ends where its digits end", "41 x", NUMBER, true, 99, NULL,
	    41, " x" },
	{ "a number may end the bytes", "41", NUMBER, true, 99, NULL, 41, "" },
	{ "zero alone is a number", "0 ", NUMBER, true, 99, NULL, 0, " " },
	{ "a leading zero is none", "041", NUMBER, false, 99, NULL, 0, "041" },
	{ "two zeros are none", "00", NUMBER, false, 99, NULL, 0, "00" },
	{ "no digit is no number", "x", NUMBER, false, 99, NULL, 0, "x" },
	{ "nothing is no number", "", NUMBER, false, 99, NULL, 0, "" },
	{ "a minus is no digit", "-1", NUMBER, false, 99, NULL, 0, "-1" },
	{ "a plus is no digit", "+1", NUMBER, false, 99, NULL, 0, "+1" },
	{ "the biggest number passes", "99", NUMBER, true, 99, NULL, 99, "" },
	{ "one above it does not", "100", NUMBER, false, 99, NULL, 0, "100" },
	{ "a digit above a small biggest does not", "7", NUMBER, false, 5, NULL,
	    0, "7" },
	{ "zero passes where only zero may", "0", NUMBER, true, 0, NULL, 0,
	    "" },
	{ "2^64 - 1 can be read", "18446744073709551615", NUMBER, true,
	    UINT64_MAX, NULL, UINT64_MAX, "" },
	{ "2^64 does not wrap", "18446744073709551616", NUMBER, false,
	    UINT64_MAX, NULL, 0, "18446744073709551616" },
	{ "ten times as much does not wrap either", "184467440737095516150",
	    NUMBER, false, UINT64_MAX, NULL, 0, "184467440737095516150" },
};

static void
reading_holds(void **state)
{
	const struct reading *row = *state;
	struct reader r = { (const uint8_t *)row->text, strlen(row->text) };
	struct view out = { NULL, 0 };
	uint64_t number = 0;
	bool got = false;

	switch (row->call) {
	case TAKE:
		got = reader_take(&r, row->max, &out);
		break;
	case LINE:
		got = reader_line(&r, row->max, &out);
		break;
	case WORD:
		got = reader_word(&r, row->word);
		break;
	case NUMBER:
		got = reader_number(&r, row->max, &number);
		break;
	}
	assert_int_equal(got, row->want);
	assert_int_equal(r.left, strlen(row->left));
	assert_memory_equal(r.next, row->left, r.left);
	if (got && row->call == NUMBER)
		assert_true(number == row->number);
	if (got && (row->call == TAKE || row->call == LINE))
		assert_true(reader_view_is(&out, row->word));
}

static const struct comparing {
	const char *name;
	struct view view;
	const char *text;
	bool want;
} comparings[] = {
	{ "a view is the text it holds", { (const uint8_t *)"abX", 2 }, "ab",
	    true },
	{ "a view is not a longer text", { (const uint8_t *)"ab", 2 }, "abc",
	    false },
	{ "a view is not a shorter text", { (const uint8_t *)"ab", 2 }, "a",
	    false },
	{ "a view is not another text", { (const uint8_t *)"ab", 2 }, "ac",
	    false },
	{ "a view with a NUL is no text", { (const uint8_t *)"a\0b", 3 }, "a",
	    false },
	{ "an empty view is the empty text", { NULL, 0 }, "", true },
};

static void
comparing_holds(void **state)
{
	const struct comparing *row = *state;

	assert_int_equal(reader_view_is(&row->view, row->text), row->want);
}

static const struct {
	const char *name;
} empties[] = { { "a reader over no bytes at all says no to everything" } };

static void
empty_holds(void **state)
{
	struct reader r = { NULL, 0 };
	struct view out;
	uint64_t number;

	(void)state;
	assert_false(reader_take(&r, 1, &out));
	assert_false(reader_line(&r, 10, &out));
	assert_false(reader_word(&r, "a"));
	assert_false(reader_number(&r, 10, &number));
	assert_true(reader_take(&r, 0, &out));
	assert_true(reader_word(&r, ""));
}

int
main(void)
{
	return ROWS_RUN("reader: taking", readings, reading_holds) +
	    ROWS_RUN("reader: views", comparings, comparing_holds) +
	    ROWS_RUN("reader: nothing", empties, empty_holds);
}
