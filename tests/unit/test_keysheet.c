#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/random.h"
#include "formats/keysheet.h"

#define SHEET_MAX ((size_t)100 * 1024)
#define LABEL_AND_SPACE 5
#define TEXT_OF_LINE 50

static const struct keysheet_head head = {
	.node = "ET-GMB-03",
	.fingerprint = "12345 67890 12345 67890 12345 67890",
	.date = "2026-11-22",
	.file = "secrets.age: the keys of this node",
	.opens = "the passphrase of this node",
	.practice = true,
};

/* The same bytes every time, none of them like its neighbours. */
static void
fill(uint8_t *out, size_t len)
{
	uint32_t x = (uint32_t)len * 2654435761U + 12345;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525U + 1013904223U;
		out[i] = (uint8_t)(x >> 24);
	}
}

/* A sheet of len bytes, which may be asked for; s is to be emptied. */
static void
print(size_t len, uint8_t *file, struct bytes *sheet)
{
	struct fault why;

	fill(file, len);
	bytes_init(sheet, SHEET_MAX);
	assert_int_equal(keysheet_write(&head, file, len, sheet, &why), 0);
}

/* Where line n begins; both lines marked SHA are there twice. */
static char *
line_at(const struct bytes *sheet, size_t n)
{
	char label[16];
	char *at;

	(void)snprintf(label, sizeof(label), "\n%03zu  ", n);
	at = strstr((char *)sheet->at, label);
	assert_non_null(at);
	return at + 1;
}

static void
blot(const struct bytes *sheet, size_t n)
{
	memset(line_at(sheet, n), '#', TEXT_OF_LINE);
}

static void
read_it(const struct bytes *sheet, struct keysheet *k)
{
	struct fault why;

	assert_int_equal(keysheet_read(sheet->at, sheet->len, k, &why), 0);
}

static void
is_whole(const struct bytes *sheet, const uint8_t *file, size_t len)
{
	struct keysheet k;

	read_it(sheet, &k);
	assert_int_equal(k.state, KEYSHEET_WHOLE);
	assert_int_equal(k.strays, 0);
	assert_int_equal(k.file.len, len);
	assert_memory_equal(k.file.at, file, len);
	keysheet_free(&k);
}

static size_t
changed(struct bytes *sheet, const char *from, const char *to)
{
	size_t count = 0;

	for (char *at = (char *)sheet->at; (at = strstr(at, from)) != NULL;) {
		memcpy(at, to, strlen(to));
		at += strlen(to);
		count++;
	}
	return count;
}

static void
as_it_is(struct bytes *sheet)
{
	(void)sheet;
}

static void
in_small_letters(struct bytes *sheet)
{
	for (size_t i = 0; i < sheet->len; i++)
		if (sheet->at[i] >= 'A' && sheet->at[i] <= 'Z')
			sheet->at[i] = (uint8_t)(sheet->at[i] - 'A' + 'a');
}

/* The lines alone, without a space. */
static void
without_spaces(struct bytes *sheet)
{
	size_t to = 0;

	for (size_t i = 0; i < sheet->len; i++)
		if (sheet->at[i] != ' ')
			sheet->at[to++] = sheet->at[i];
	sheet->len = to;
	sheet->at[to] = '\0';
}

static void
with_o_for_0(struct bytes *sheet)
{
	assert_true(changed(sheet, "0", "O") > 20);
}

static void
with_i_and_l_for_1(struct bytes *sheet)
{
	assert_true(changed(sheet, "1", "l") > 20);
}

static void
with_crlf_and_pages(struct bytes *sheet)
{
	assert_true(changed(sheet, "\n\n", "\r\f") > 2);
}

static void
the_other_way_round(struct bytes *sheet)
{
	struct bytes turned;
	struct fault why;
	size_t end = sheet->len;

	bytes_init(&turned, SHEET_MAX);
	while (end > 0) {
		size_t start = end - 1;

		while (start > 0 && sheet->at[start - 1] != '\n')
			start--;
		assert_int_equal(bytes_add(&turned, sheet->at + start,
				     end - start, &why),
		    0);
		end = start;
	}
	bytes_free(sheet);
	*sheet = turned;
}

static void
twice(struct bytes *sheet)
{
	struct fault why;
	uint8_t copy[16384];
	size_t len = sheet->len;

	assert_true(len <= sizeof(copy));
	memcpy(copy, sheet->at, len);
	assert_int_equal(bytes_add(sheet, copy, len, &why), 0);
}

static void
with_dashes_and_wide_spaces(struct bytes *sheet)
{
	struct bytes other;
	struct fault why;

	bytes_init(&other, SHEET_MAX);
	for (size_t i = 0; i < sheet->len; i++) {
		const char *c = (const char[]){ (char)sheet->at[i], '\0' };

		if (*c == ' ')
			c = i % 2 == 0 ? "\xe2\x80\x94" : "\xc2\xa0";
		assert_int_equal(bytes_add_text(&other, c, &why), 0);
	}
	bytes_free(sheet);
	*sheet = other;
}

static void
numbered_without_zeros(struct bytes *sheet)
{
	assert_true(changed(sheet, "\n00", "\n  ") > 5);
	assert_true(changed(sheet, "\n0", "\n ") > 5);
}

static void
with_one_line_marked_sha_blotted(struct bytes *sheet)
{
	memset(strstr((char *)sheet->at, "SHA  "), '#', 2 * TEXT_OF_LINE);
}

static void
with_a_wrong_line_beside_the_right_one(struct bytes *sheet)
{
	struct fault why;
	char line[TEXT_OF_LINE + 2];

	memcpy(line, line_at(sheet, 3), TEXT_OF_LINE);
	line[TEXT_OF_LINE] = '\n';
	line[TEXT_OF_LINE + 1] = '\0';
	line[7] = line[7] == 'X' ? 'Y' : 'X';
	assert_int_equal(bytes_add_text(sheet, line, &why), 0);
}

static const struct read_case {
	const char *name;
	void (*change)(struct bytes *sheet);
} reads[] = {
	{ "as it was printed", as_it_is },
	{ "in small letters", in_small_letters },
	{ "without spaces", without_spaces },
	{ "O typed for 0", with_o_for_0 },
	{ "l typed for 1", with_i_and_l_for_1 },
	{ "line ends and pages of other systems", with_crlf_and_pages },
	{ "the lines the other way round", the_other_way_round },
	{ "everything twice", twice },
	{ "dashes and wide spaces of a word processor",
	    with_dashes_and_wide_spaces },
	{ "numbers typed without their zeros", numbered_without_zeros },
	{ "both upper lines marked SHA blotted out",
	    with_one_line_marked_sha_blotted },
	{ "a line typed wrong, and then right",
	    with_a_wrong_line_beside_the_right_one },
};

static void
read_holds(void **state)
{
	const struct read_case *c = *state;
	struct bytes sheet;
	uint8_t file[590];

	print(sizeof(file), file, &sheet);
	c->change(&sheet);
	is_whole(&sheet, file, sizeof(file));
	bytes_free(&sheet);
}

static void
blot_one(struct bytes *sheet)
{
	blot(sheet, 5);
}

static void
blot_two_of_a_class(struct bytes *sheet)
{
	blot(sheet, 5);
	blot(sheet, 11);
}

static void
blot_seven(struct bytes *sheet)
{
	for (size_t i = 8; i < 15; i++)
		blot(sheet, i);
}

static void
blot_data_and_its_parity(struct bytes *sheet)
{
	blot(sheet, 30);
	blot(sheet, 36);
}

static void
blot_all_marked_sha(struct bytes *sheet)
{
	(void)changed(sheet, "SHA  ", "#HA  ");
}

static void
blot_second_halves(struct bytes *sheet)
{
	char *at = (char *)sheet->at;

	while ((at = strstr(at, "SHA  ")) != NULL) {
		at = strstr(at + 1, "SHA  ");
		*at = '#';
	}
}

static void
mark_unreadable(struct bytes *sheet)
{
	blot(sheet, 5);
	line_at(sheet, 11)[LABEL_AND_SPACE] = '?';
	line_at(sheet, 11)[LABEL_AND_SPACE + 1] = '?';
}

static void
leave_one_out(struct bytes *sheet)
{
	blot(sheet, 5);
	line_at(sheet, 11)[LABEL_AND_SPACE] = ' ';
}

static void
lines_of_another(struct bytes *sheet)
{
	struct bytes other;
	uint8_t file[591];

	print(sizeof(file), file, &other);
	for (size_t i = 4; i < 12; i++)
		memcpy(line_at(sheet, i), line_at(&other, i), TEXT_OF_LINE);
	bytes_free(&other);
}

static void
two_sheets(struct bytes *sheet)
{
	struct bytes other;
	uint8_t file[591];
	struct fault why;

	print(sizeof(file), file, &other);
	assert_int_equal(bytes_add(sheet, other.at, other.len, &why), 0);
	bytes_free(&other);
}

static void
swap_two_lines_numbers(struct bytes *sheet)
{
	char *a = line_at(sheet, 5), *b = line_at(sheet, 11);

	memcpy(a, "011", 3);
	memcpy(b, "005", 3);
}

static void
nothing(struct bytes *sheet)
{
	bytes_empty(sheet);
}

static const struct lack_case {
	const char *name;
	void (*change)(struct bytes *sheet);
	enum keysheet_state state;
	size_t bad;
	size_t restored;
	enum keysheet_is eleven;
} lacks[] = {
	{ "one line is restored", blot_one, KEYSHEET_WHOLE, 1, 1,
	    KEYSHEET_GOOD },
	{ "two lines of a class are not", blot_two_of_a_class, KEYSHEET_LACKS,
	    2, 0, KEYSHEET_MISSING },
	{ "of seven neighbours five are restored, two are too many", blot_seven,
	    KEYSHEET_LACKS, 7, 5, KEYSHEET_MISSING },
	{ "a line and the parity of its class", blot_data_and_its_parity,
	    KEYSHEET_LACKS, 2, 0, KEYSHEET_GOOD },
	{ "no line marked SHA", blot_all_marked_sha, KEYSHEET_NO_SUM, 0, 0,
	    KEYSHEET_GOOD },
	{ "half a SHA-256", blot_second_halves, KEYSHEET_NO_SUM, 0, 0,
	    KEYSHEET_GOOD },
	{ "a line with ? is no line", mark_unreadable, KEYSHEET_LACKS, 2, 0,
	    KEYSHEET_UNREADABLE },
	{ "a line with a character too few", leave_one_out, KEYSHEET_LACKS, 2,
	    0, KEYSHEET_LENGTH },
	{ "lines of another sheet", lines_of_another, KEYSHEET_LACKS, 8, 4,
	    KEYSHEET_WRONG },
	{ "two sheets in one text", two_sheets, KEYSHEET_MIXED, 0, 0,
	    KEYSHEET_GOOD },
	{ "lines under each other's number", swap_two_lines_numbers,
	    KEYSHEET_LACKS, 2, 0, KEYSHEET_WRONG },
	{ "nothing at all", nothing, KEYSHEET_NO_SUM, 0, 0, KEYSHEET_GOOD },
};

static void
lack_holds(void **state)
{
	const struct lack_case *c = *state;
	size_t bad = 0, restored = 0;
	struct bytes sheet;
	struct keysheet k;
	uint8_t file[590];

	print(sizeof(file), file, &sheet);
	c->change(&sheet);
	read_it(&sheet, &k);
	assert_int_equal(k.state, c->state);
	assert_true((k.file.len > 0) == (c->state == KEYSHEET_WHOLE));
	for (size_t i = 0; i < k.lines; i++) {
		bad += k.line[i].is != KEYSHEET_GOOD;
		restored += k.line[i].restored;
	}
	assert_int_equal(bad, c->bad);
	assert_int_equal(restored, c->restored);
	if (c->bad > 0)
		assert_int_equal(k.line[10].is, c->eleven);
	keysheet_free(&k);
	bytes_free(&sheet);
}

static void
every_length_comes_back(void **state)
{
	uint8_t file[2000];
	struct bytes sheet;

	(void)state;
	for (size_t len = 1; len <= sizeof(file); len++) {
		print(len, file, &sheet);
		is_whole(&sheet, file, len);
		bytes_free(&sheet);
	}
}

static void
the_longest_comes_back_and_no_longer(void **state)
{
	static uint8_t file[KEYSHEET_MAX + 1];
	struct bytes sheet;
	struct fault why;

	(void)state;
	print(KEYSHEET_MAX, file, &sheet);
	assert_true(sheet.len < KEYSHEET_TEXT_MAX);
	is_whole(&sheet, file, KEYSHEET_MAX);
	assert_int_equal(keysheet_write(&head, file, sizeof(file), &sheet,
			     &why),
	    -1);
	assert_int_equal(why.id, FAULT_KEYSHEET_SIZE);
	assert_int_equal(keysheet_write(&head, file, 0, &sheet, &why), -1);
	assert_int_equal(why.id, FAULT_KEYSHEET_SIZE);
	bytes_free(&sheet);
}

/* Plain ASCII of at most 72 columns, and practice above and below. */
static void
it_can_be_printed_anywhere(void **state)
{
	const char *first, *last;
	uint8_t file[590];
	struct bytes sheet;
	size_t column = 0;

	(void)state;
	print(sizeof(file), file, &sheet);
	for (size_t i = 0; i < sheet.len; i++) {
		uint8_t c = sheet.at[i];

		assert_true(c == '\n' || (c >= ' ' && c <= '~'));
		column = c == '\n' ? 0 : column + 1;
		assert_true(column <= 72);
	}
	assert_int_equal(strncmp((char *)sheet.at, "satchel key sheet/1\n", 20),
	    0);
	first = strstr((char *)sheet.at, "PRACTICE");
	last = strstr(line_at(&sheet, 36), "PRACTICE");
	assert_non_null(first);
	assert_non_null(last);
	assert_ptr_not_equal(first, last);
	bytes_free(&sheet);
}

/* Any character of a line for any other one; the line or the sum shows it. */
static void
every_wrong_character_is_noticed(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t file[100];
	struct bytes sheet;
	struct keysheet k;
	char *line;

	(void)state;
	print(sizeof(file), file, &sheet);
	for (size_t n = 1; n <= 11; n++) {
		line = line_at(&sheet, n);
		for (size_t i = LABEL_AND_SPACE; i < TEXT_OF_LINE; i++) {
			char was = line[i];

			if (was == ' ')
				continue;
			for (const char *c = alphabet; *c != '\0'; c++) {
				if (*c == was)
					continue;
				line[i] = *c;
				read_it(&sheet, &k);
				assert_int_equal(k.line[n - 1].is,
				    KEYSHEET_WRONG);
				assert_true(k.line[n - 1].restored);
				assert_int_equal(k.state, KEYSHEET_WHOLE);
				assert_memory_equal(k.file.at, file,
				    sizeof(file));
				keysheet_free(&k);
			}
			line[i] = was;
		}
	}
	bytes_free(&sheet);
}

static void
one_wrong_character_is_offered_never_taken(void **state)
{
	uint8_t file[590];
	struct bytes sheet;
	struct keysheet k;
	char *line, was;

	(void)state;
	print(sizeof(file), file, &sheet);
	line = line_at(&sheet, 9);
	was = line[LABEL_AND_SPACE + 11];
	line[LABEL_AND_SPACE + 11] = was == 'B' ? '8' : 'B';
	blot(&sheet, 3);
	read_it(&sheet, &k);
	assert_int_equal(k.state, KEYSHEET_LACKS);
	assert_int_equal(k.line[8].is, KEYSHEET_WRONG);
	assert_int_equal(k.line[8].group, 3);
	assert_int_equal(k.line[8].character, 2);
	assert_int_equal(k.line[8].reads, was == 'B' ? '8' : 'B');
	assert_int_equal(k.line[8].fits, was);
	keysheet_free(&k);
	line[LABEL_AND_SPACE + 11] = '?';
	read_it(&sheet, &k);
	assert_int_equal(k.state, KEYSHEET_LACKS);
	assert_int_equal(k.line[8].is, KEYSHEET_UNREADABLE);
	assert_int_equal(k.line[8].reads, '?');
	assert_int_equal(k.line[8].fits, was);
	keysheet_free(&k);
	/* Of two there is more than one way. */
	line[LABEL_AND_SPACE] = '?';
	read_it(&sheet, &k);
	assert_int_equal(k.line[8].group, 0);
	keysheet_free(&k);
	bytes_free(&sheet);
}

/* Neighbours anywhere, parity and all, for sheets of many lengths. */
static void
any_burst_up_to_parity_is_restored(void **state)
{
	static const size_t lengths[] = { 1, 20, 101, 119, 120, 121, 140, 590,
		1199, 1201, 1400 };
	uint8_t file[1400];
	struct bytes sheet;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t data = (lengths[i] + 19) / 20;
		size_t parity = data <= 60 ? 6 : (data + 9) / 10;

		for (size_t n = 1; n + parity - 1 <= data + parity; n++) {
			print(lengths[i], file, &sheet);
			for (size_t j = 0; j < parity; j++)
				blot(&sheet, n + j);
			is_whole(&sheet, file, lengths[i]);
			bytes_free(&sheet);
		}
	}
}

/* Any one line of each class, wherever it is. */
static void
one_line_in_each_class_is_restored(void **state)
{
	uint8_t file[590];
	struct bytes sheet;

	(void)state;
	for (size_t turn = 0; turn < 50; turn++) {
		print(sizeof(file), file, &sheet);
		for (size_t j = 0; j < 6; j++)
			blot(&sheet, 1 + j + 6 * ((turn * 7 + j * 5) % 6));
		is_whole(&sheet, file, sizeof(file));
		bytes_free(&sheet);
	}
}

static void
a_text_too_long_is_refused(void **state)
{
	char *text = calloc(1, KEYSHEET_TEXT_MAX + 1);
	struct keysheet k;
	struct fault why;

	(void)state;
	assert_non_null(text);
	assert_int_equal(keysheet_read(text, KEYSHEET_TEXT_MAX + 1, &k, &why),
	    -1);
	assert_int_equal(why.id, FAULT_KEYSHEET_SIZE);
	assert_int_equal(keysheet_read(text, KEYSHEET_TEXT_MAX, &k, &why), 0);
	assert_int_equal(k.state, KEYSHEET_NO_SUM);
	keysheet_free(&k);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(the_longest_comes_back_and_no_longer),
		cmocka_unit_test(it_can_be_printed_anywhere),
		cmocka_unit_test(every_wrong_character_is_noticed),
		cmocka_unit_test(one_wrong_character_is_offered_never_taken),
		cmocka_unit_test(any_burst_up_to_parity_is_restored),
		cmocka_unit_test(one_line_in_each_class_is_restored),
		cmocka_unit_test(a_text_too_long_is_refused),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("keysheet", reads, read_holds) +
	    ROWS_RUN("keysheet lacks", lacks, lack_holds) +
	    cmocka_run_group_tests_name("keysheet", more, NULL, NULL);
}
