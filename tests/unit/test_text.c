#include "tests/unit/rows.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"

/* A row's text may hold a NUL, so its length is taken from the literal. */
#define TEXT(literal) literal, sizeof(literal) - 1

static const struct utf8 {
	const char *name;
	const char *text;
	size_t len;
	bool is;
} utf8s[] = {
	{ "nothing is UTF-8", TEXT(""), true },
	{ "ASCII is", TEXT("referral"), true },
	{ "a NUL is a character", TEXT("a\0b"), true },
	{ "the first of two bytes", TEXT("\xc2\x80"), true },
	{ "the last of two bytes", TEXT("\xdf\xbf"), true },
	{ "the first of three bytes", TEXT("\xe0\xa0\x80"), true },
	{ "the last before the surrogates", TEXT("\xed\x9f\xbf"), true },
	{ "the first after the surrogates", TEXT("\xee\x80\x80"), true },
	{ "a noncharacter is UTF-8", TEXT("\xef\xbf\xbf"), true },
	{ "the first of four bytes", TEXT("\xf0\x90\x80\x80"), true },
	{ "U+10FFFF is the last", TEXT("\xf4\x8f\xbf\xbf"), true },
	{ "U+110000 is none", TEXT("\xf4\x90\x80\x80"), false },
	{ "five bytes are none", TEXT("\xf8\x88\x80\x80\x80"), false },
	{ "F5 starts nothing", TEXT("\xf5\x80\x80\x80"), false },
	{ "FF is never there", TEXT("\xff"), false },
	{ "a high surrogate is none", TEXT("\xed\xa0\x80"), false },
	{ "a low surrogate is none", TEXT("\xed\xbf\xbf"), false },
	{ "a pair of surrogates is none", TEXT("\xed\xa0\xbd\xed\xb8\x80"),
	    false },
	{ "a slash in two bytes is overlong", TEXT("\xc0\xaf"), false },
	{ "a NUL in two bytes is overlong", TEXT("\xc0\x80"), false },
	{ "DEL in two bytes is overlong", TEXT("\xc1\xbf"), false },
	{ "U+07FF in three bytes is overlong", TEXT("\xe0\x9f\xbf"), false },
	{ "U+FFFF in four bytes is overlong", TEXT("\xf0\x8f\xbf\xbf"), false },
	{ "a second byte alone is none", TEXT("\x80"), false },
	{ "two bytes cut after one", TEXT("\xc3"), false },
	{ "three bytes cut after two", TEXT("\xe1\x88"), false },
	{ "four bytes cut after three", TEXT("\xf0\x9f\x8e"), false },
	{ "a character cut by another", TEXT("\xe1\x88x"), false },
	{ "a bad byte after good ones", TEXT("good\xfe"), false },
};

static void
utf8_holds(void **state)
{
	const struct utf8 *row = *state;

	assert_int_equal(text_is_utf8(row->text, row->len), row->is);
}

static const struct next {
	const char *name;
	const char *text;
	size_t len;
	uint32_t want;
	size_t taken;
} nexts[] = {
	{ "one byte", TEXT("ab"), 'a', 1 },
	{ "two bytes", TEXT("\xc3\xa9x"), 0xe9, 2 },
	{ "three bytes", TEXT("\xe1\x88\xb0x"), 0x1230, 3 },
	{ "four bytes", TEXT("\xf0\x9f\x8e\x92x"), 0x1f392, 4 },
	{ "a bad byte is taken alone", TEXT("\xff\xfe"), 0xffffffff, 1 },
	{ "of a character cut short one byte is taken", TEXT("\xe1\x88x"),
	    0xffffffff, 1 },
	{ "what lies past the end is not looked at", "\xc3\xa9", 1, 0xffffffff,
	    1 },
};

static void
next_holds(void **state)
{
	const struct next *row = *state;
	const uint8_t *at = (const uint8_t *)row->text;
	const uint8_t *start = at;

	assert_int_equal(text_next(&at, at + row->len), row->want);
	assert_int_equal(at - start, row->taken);
}

static const struct nfc {
	const char *name;
	const char *text;
	size_t len;
	bool is;
} nfcs[] = {
	{ "nothing is NFC", TEXT(""), true },
	{ "ASCII is NFC", TEXT("Almaz"), true },
	{ "a letter with its accent is NFC", TEXT("Ren\xc3\xa9"), true },
	{ "a letter and an accent after it are not", TEXT("Rene\xcc\x81"),
	    false },
	{ "an accent that fits no letter is", TEXT("x\xcc\x81"), true },
	{ "Amharic is NFC", TEXT("\xe1\x88\xb0\xe1\x88\x8b\xe1\x88\x9d"),
	    true },
	{ "Arabic alef with madda is NFC", TEXT("\xd8\xa2"), true },
	{ "alef and madda apart are not", TEXT("\xd8\xa7\xd9\x93"), false },
	{ "marks in order are", TEXT("q\xcc\xa3\xcc\x87"), true },
	{ "marks out of order are not", TEXT("q\xcc\x87\xcc\xa3"), false },
	{ "the Kelvin sign is not", TEXT("\xe2\x84\xaa"), false },
	{ "a composed Korean syllable is", TEXT("\xea\xb0\x80"), true },
	{ "its letters are not", TEXT("\xe1\x84\x80\xe1\x85\xa1"), false },
	{ "a letter that may not be composed is not",
	    TEXT("\xe0\xa4\x95\xe0\xa4\xbc\xe0\xa5\x98"), false },
	{ "a NUL does not end the look", TEXT("a\0e\xcc\x81"), false },
	{ "what is not UTF-8 is not", TEXT("a\xff"), false },
	{ "what is not UTF-8 after Arabic is not", TEXT("\xd8\xa2\xff"),
	    false },
};

static void
nfc_holds(void **state)
{
	const struct nfc *row = *state;

	assert_int_equal(text_is_nfc(row->text, row->len), row->is);
}

static const struct clean {
	const char *name;
	const char *text;
	size_t len;
	bool in_line; /* where lines are not allowed */
	bool in_lines;
} cleans[] = {
	{ "plain text is clean", TEXT("Almaz \xe1\x88\xb0"), true, true },
	{ "nothing is clean", TEXT(""), true, true },
	{ "LF and TAB are where lines are", TEXT("a\n\tb"), false, true },
	{ "CR never is", TEXT("a\r\n"), false, false },
	{ "NUL never is", TEXT("a\0b"), false, false },
	{ "ESC never is", TEXT("\x1b[2J"), false, false },
	{ "DEL never is", TEXT("\x7f"), false, false },
	{ "the first C1 never is", TEXT("\xc2\x80"), false, false },
	{ "the last C1 never is", TEXT("\xc2\x9f"), false, false },
	{ "a space that does not break is", TEXT("\xc2\xa0"), true, true },
	{ "a direction mark is, for Arabic", TEXT("\xe2\x80\x8f"), true, true },
	{ "a noncharacter is", TEXT("\xef\xbf\xbf"), true, true },
	{ "a bad byte never is", TEXT("a\xff"), false, false },
};

static void
clean_holds(void **state)
{
	const struct clean *row = *state;

	assert_int_equal(text_is_clean(row->text, row->len, false),
	    row->in_line);
	assert_int_equal(text_is_clean(row->text, row->len, true),
	    row->in_lines);
}

static const struct tidy {
	const char *name;
	const char *text;
	const char *want;
	bool lines;
	bool changed;
} tidies[] = {
	{ "tidy text stays", "Ren\xc3\xa9", "Ren\xc3\xa9", false, false },
	{ "nothing stays nothing", "", "", false, false },
	{ "NFC alone is no change", "Rene\xcc\x81", "Ren\xc3\xa9", false,
	    false },
	{ "CRLF becomes LF", "a\r\nb\r\n", "a\nb\n", true, true },
	{ "CR becomes LF", "a\rb\r", "a\nb\n", true, true },
	{ "LF and TAB stay where lines are", "a\n\tb", "a\n\tb", true, false },
	{ "CRLF is one space where none are", "a\r\nb", "a b", false, true },
	{ "so are CR, LF and TAB each", "a\rb\nc\td", "a b c d", false, true },
	{ "controls are taken out",
	    "a\x1b[2J\x07\x7f"
	    "b",
	    "a[2Jb", true, true },
	{ "C1 too",
	    "a\xc2\x85\xc2\x9b"
	    "b",
	    "ab", false, true },
	{ "a bad byte becomes U+FFFD", "a\xff\xfe", "a\xef\xbf\xbd\xef\xbf\xbd",
	    false, true },
	{ "what a control kept apart is composed", "e\x01\xcc\x81", "\xc3\xa9",
	    false, true },
	{ "marks are put in order", "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87",
	    false, false },
	{ "Arabic direction marks stay", "\xe2\x80\x8f\xd8\xa2",
	    "\xe2\x80\x8f\xd8\xa2", false, false },
};

static void
tidy_holds(void **state)
{
	const struct tidy *row = *state;
	struct fault why = { 0 };
	struct arena *a = arena_new(10000, &why);
	bool changed = !row->changed;
	const char *got;

	assert_non_null(a);
	got = text_tidy(a, row->text, row->lines, &changed, &why);
	assert_non_null(got);
	assert_string_equal(got, row->want);
	assert_int_equal(changed, row->changed);
	/* What was tidied passes what a bundle asks for. */
	assert_true(text_is_nfc(got, strlen(got)));
	assert_true(text_is_clean(got, strlen(got), row->lines));
	arena_free(a);
}

static const struct full {
	const char *name;
	size_t ceiling;
} fulls[] = {
	{ "no room for the copy is a fault", 16 },
	{ "no room for the composed copy is one too", 48 },
};

static void
full_holds(void **state)
{
	const struct full *row = *state;
	struct fault why = { 0 };
	struct arena *a = arena_new(row->ceiling, &why);
	bool changed;

	assert_non_null(a);
	assert_null(
	    text_tidy(a, "e\xcc\x81 and a text longer than sixteen bytes",
		false, &changed, &why));
	assert_int_equal(why.id, FAULT_NO_MEMORY);
	arena_free(a);
}

static const struct show {
	const char *name;
	const char *text;
	size_t len;
	size_t room;
	const char *want;
} shows[] = {
	{ "plain text is itself", TEXT("Almaz"), 99, "Almaz" },
	{ "nothing is nothing", TEXT(""), 99, "" },
	{ "no bytes at all are nothing", NULL, 0, 99, "" },
	{ "letters of all lengths are themselves",
	    TEXT("\xc3\xa9\xe1\x88\xb0\xf0\x9f\x8e\x92"), 99,
	    "\xc3\xa9\xe1\x88\xb0\xf0\x9f\x8e\x92" },
	{ "a combining mark is itself", TEXT("e\xcc\x81"), 99, "e\xcc\x81" },
	{ "NUL", TEXT("a\0b"), 99, "a<U+0000>b" },
	{ "ESC", TEXT("\x1b[2J"), 99, "<U+001B>[2J" },
	{ "LF, TAB and CR", TEXT("\n\t\r"), 99, "<U+000A><U+0009><U+000D>" },
	{ "the last C0", TEXT("\x1f "), 99, "<U+001F> " },
	{ "DEL", TEXT("~\x7f"), 99, "~<U+007F>" },
	{ "C1, first and last", TEXT("\xc2\x80\xc2\x9f\xc2\xa0"), 99,
	    "<U+0080><U+009F>\xc2\xa0" },
	{ "line and paragraph separator", TEXT("\xe2\x80\xa8\xe2\x80\xa9"), 99,
	    "<U+2028><U+2029>" },
	{ "direction marks", TEXT("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"), 99,
	    "<U+200E><U+200F><U+061C>" },
	{ "embeddings and overrides",
	    TEXT("\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad"
		 "\xe2\x80\xae"),
	    99, "<U+202A><U+202B><U+202C><U+202D><U+202E>" },
	{ "isolates", TEXT("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9"),
	    99, "<U+2066><U+2067><U+2068><U+2069>" },
	{ "zero width space, non-joiner, joiner",
	    TEXT("\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d"), 99,
	    "<U+200B><U+200C><U+200D>" },
	{ "word joiner to the last format character",
	    TEXT("\xe2\x81\xa0\xe2\x81\xaf"), 99, "<U+2060><U+206F>" },
	{ "byte order mark", TEXT("\xef\xbb\xbf"), 99, "<U+FEFF>" },
	{ "what lies beside those is itself",
	    TEXT("\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf"
		 "\xe2\x81\x9f\xe2\x81\xb0"),
	    99,
	    "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf"
	    "\xe2\x81\x9f\xe2\x81\xb0" },
	{ "noncharacters of the first plane",
	    TEXT("\xef\xb7\x90\xef\xb7\xaf\xef\xbf\xbe\xef\xbf\xbf"), 99,
	    "<U+FDD0><U+FDEF><U+FFFE><U+FFFF>" },
	{ "noncharacters of other planes",
	    TEXT("\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf"), 99,
	    "<U+1FFFE><U+10FFFF>" },
	{ "U+FFFD is itself", TEXT("\xef\xbf\xbd"), 99, "\xef\xbf\xbd" },
	{ "tags", TEXT("\xf3\xa0\x80\x80\xf3\xa0\x81\x81\xf3\xa0\xbf\xbf"), 99,
	    "<U+E0000><U+E0041><U+E0FFF>" },
	{ "after the tags all is itself", TEXT("\xf3\xa1\x80\x80"), 99,
	    "\xf3\xa1\x80\x80" },
	{ "bad bytes", TEXT("a\xff\xc0\xaf"), 99, "a<0xFF><0xC0><0xAF>" },
	{ "a surrogate, byte by byte", TEXT("\xed\xa0\x80"), 99,
	    "<0xED><0xA0><0x80>" },
	{ "what just fits is whole", TEXT("abcdef"), 7, "abcdef" },
	{ "what does not is cut with dots", TEXT("abcdefg"), 7, "abc..." },
	{ "a letter is not parted by the cut", TEXT("ab\xe1\x88\xb0xyz"), 7,
	    "ab..." },
	{ "an escape is not parted by the cut", TEXT("ab\x1bxyz"), 10,
	    "ab..." },
	{ "an escape that just fits is whole", TEXT("\x1b"), 9, "<U+001B>" },
	{ "an escape that does not fit is dots", TEXT("\x1b"), 8, "..." },
	{ "room for three is dots alone", TEXT("abcdefg"), 4, "..." },
	{ "room for two is two dots", TEXT("abcdefg"), 3, ".." },
	{ "room for the NUL alone is nothing", TEXT("abcdefg"), 1, "" },
};

static void
show_holds(void **state)
{
	const struct show *row = *state;
	char out[128];

	memset(out, '#', sizeof(out));
	assert_ptr_equal(text_show(row->text, row->len, out, row->room), out);
	assert_string_equal(out, row->want);
	assert_int_equal(out[row->room], '#');
}

static const struct same {
	const char *name;
	const char *a;
	const char *b;
	bool want;
} sames[] = {
	{ "the same is the same", "DRC", "DRC", true },
	{ "letter case does not count", "Save the Children",
	    "SAVE THE CHILDREN", true },
	{ "space around does not count", " \tDRC\r\n", "DRC", true },
	{ "space of any width around does not count",
	    "\xc2\xa0"
	    "DRC\xe3\x80\x80",
	    "\xe2\x80\xaf"
	    "DRC",
	    true },
	{ "space inside does", "D RC", "DRC", false },
	{ "a mark that cannot be seen does",
	    "\xe2\x80\x8b"
	    "DRC",
	    "DRC", false },
	{ "more does", "DRC", "DRCA", false },
	{ "less does", "DRC", "DR", false },
	{ "nothing and space are the same", "", "  ", true },
	{ "nothing is not something", "", "x", false },
	{ "case outside ASCII counts", "\xc3\x89", "\xc3\xa9", false },
	{ "signs that differ by the case bit differ", "@", "`", false },
};

static void
same_holds(void **state)
{
	const struct same *row = *state;

	assert_int_equal(text_same_loosely(row->a, row->b), row->want);
	assert_int_equal(text_same_loosely(row->b, row->a), row->want);
}

static const struct blank {
	const char *name;
	uint32_t c;
	bool want;
} blanks[] = {
	{ "a space is blank", ' ', true },
	{ "a line end is", '\n', true },
	{ "a no-break space is", 0xa0, true },
	{ "an em space is", 0x2003, true },
	{ "an ideographic space is", 0x3000, true },
	{ "a zero-width space is", 0x200b, true },
	{ "a Braille pattern without dots is", 0x2800, true },
	{ "a Hangul filler is", 0x3164, true },
	{ "a variation selector is", 0xfe0f, true },
	{ "a tag character is", 0xe0020, true },
	{ "a letter is not", 'a', false },
	{ "an Ethiopic letter is not", 0x1230, false },
	{ "a stop is not", '.', false },
	{ "what is no character is not", 0xffffffff, false },
};

static void
blank_holds(void **state)
{
	const struct blank *row = *state;

	assert_int_equal(text_is_blank(row->c), row->want);
}

static const struct number {
	const char *name;
	const char *text;
	bool want;
} numbers[] = {
	{ "proGres's number of a referral is a number", "REF-IOP-DAD-000000112",
	    true },
	{ "its number of an intervention is", "NAI-20-PRTITV-0000006", true },
	{ "a UUID is", "c0ffee00-0000-4000-8000-000000000001", true },
	{ "a UUID with letters together is",
	    "deadbeef-cafe-4bad-9abc-abcdefabcdef", true },
	{ "digits are", "4711", true },
	{ "a short word with digits is", "CASE-77", true },
	{ "a family's number is", "ADD-15C00045", true },
	{ "a name with a year is not", "AminaHassan2011", false },
	{ "nor in parts", "Amina-Hassan-2011", false },
	{ "nor in capitals", "AMINA-20110401", false },
	{ "nor a short one in both cases", "Omar-2011", false },
	{ "words are not", "Amina Hassan, uncle 0911", false },
	{ "a digit must be there", "CASE", false },
	{ "nothing is not", "", false },
	{ "40 characters are", "1234567890123456789012345678901234567890",
	    true },
	{ "41 are not", "12345678901234567890123456789012345678901", false },
	{ "letters of other scripts are not", "12\xe1\x88\xb0", false },
	{ "a control character is not", "12\x1b", false },
};

static void
number_holds(void **state)
{
	const struct number *row = *state;

	assert_int_equal(text_is_number(row->text), row->want);
}

static const struct unseen {
	const char *name;
	const char *text;
	bool want;
	const char *number;
} unseens[] = {
	{ "a number stays, in small letters", "ET-0012", false, "et-0012" },
	{ "letters of another script stay", "\xe1\x88\xb0-7", false,
	    "\xe1\x88\xb0-7" },
	{ "space around is left out",
	    " \xc2\xa0"
	    "0012\t",
	    false, "0012" },
	{ "space inside is a plain one",
	    "00\xc2\xa0"
	    "12",
	    false, "00 12" },
	{ "a mark of direction",
	    "\xe2\x80\x8e"
	    "0012",
	    true, "0012" },
	{ "a space of no width",
	    "00\xe2\x80\x8b"
	    "12",
	    true, "0012" },
	{ "a byte order mark",
	    "\xef\xbb\xbf"
	    "0012",
	    true, "0012" },
	{ "a hyphen that may be one",
	    "00\xc2\xad"
	    "12",
	    true, "0012" },
	{ "an isolate",
	    "\xe2\x81\xa6"
	    "0012\xe2\x81\xa9",
	    true, "0012" },
	{ "a filler", "0012\xe3\x85\xa4", true, "0012" },
	{ "a tag", "0012\xf3\xa0\x80\xa1", true, "0012" },
	{ "a mark after the space at the end", "0012 \xe2\x80\x8f", true,
	    "0012" },
	{ "nothing but marks and space", " \xe2\x80\x8b ", true, "" },
	{ "nothing", "", false, "" },
	{ "bad bytes are kept", "00\xff", false, "00\xff" },
};

static void
unseen_holds(void **state)
{
	const struct unseen *row = *state;
	struct fault why;
	struct arena *a = arena_new(4096, &why);

	assert_non_null(a);
	assert_int_equal(text_has_unseen(row->text), row->want);
	assert_string_equal(text_number(a, row->text, &why), row->number);
	arena_free(a);
}

static void
number_without_room_faults(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	struct arena *a = arena_new(16, &why);

	(void)state;
	assert_non_null(a);
	assert_null(
	    text_number(a, "a number of more than sixteen bytes", &why));
	assert_int_equal(why.id, FAULT_NO_MEMORY);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(number_without_room_faults),
	};

	return ROWS_RUN("text: UTF-8", utf8s, utf8_holds) +
	    ROWS_RUN("text: next", nexts, next_holds) +
	    ROWS_RUN("text: NFC", nfcs, nfc_holds) +
	    ROWS_RUN("text: clean", cleans, clean_holds) +
	    ROWS_RUN("text: tidy", tidies, tidy_holds) +
	    ROWS_RUN("text: no room", fulls, full_holds) +
	    ROWS_RUN("text: show", shows, show_holds) +
	    ROWS_RUN("text: same", sames, same_holds) +
	    ROWS_RUN("text: blank", blanks, blank_holds) +
	    ROWS_RUN("text: number", numbers, number_holds) +
	    ROWS_RUN("text: number compared", unseens, unseen_holds) +
	    cmocka_run_group_tests_name("text: number, no room", others, NULL,
		NULL);
}
