/* Digits as they are typed from the page; and the page at its largest. */
#include "formats/waybill.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "formats/qr.h"
#include "tests/unit/rows.h"

#define PAGE ((size_t)1024 * 1024)
#define PRINT "12345 67890 12345 67890 12345 67890"
#define OTHER "12345 67890 12345 67890 12345 67891"

static const struct waybill largest = {
	.outside = { .id = "0f8e51f8-9d2b-4a34-8a12-1d3c5b7e9f01",
	    .seq = BUNDLE_NUMBER_MAX,
	    .created = 253402300799 },
	.bytes = BUNDLE_SIZE_MAX,
	.fingerprint = PRINT,
};

static const struct typed {
	const char *name;
	const char *before; /* what stands before the two lines */
	const char *first;  /* NULL: the digits alone, in `second` */
	const char *second;
	int check; /* -1, or the line told, or 0 */
	enum fault_id is;
} typed[] = {
	{ "thirty digits are taken", "", NULL, PRINT, 0, FAULT_NONE },
	{ "thirty without spaces too", "", NULL,
	    "123456789012345678901234567890", 0, FAULT_NONE },
	{ "those of another file are not", "", NULL, OTHER, 0,
	    FAULT_WAYBILL_OTHER },
	{ "both lines with their check digits are taken", "",
	    "12345 67890 12345", "67890 12345 67890", 0, FAULT_NONE },
	{ "the whole QR code is taken",
	    "satchel waybill/1\nid 0f8e\n"
	    "number 7\nfingerprint ",
	    "12345 67890 12345", "67890 12345 67890", 0, FAULT_NONE },
	{ "a letter is told", "", NULL, "12345 67890 12345 67890 12345 6789O",
	    -1, FAULT_WAYBILL_DIGITS },
	{ "too few are told", "", NULL, "12345 67890", -1,
	    FAULT_WAYBILL_DIGITS },
	{ "too many are told", "", NULL, PRINT " 123", -1,
	    FAULT_WAYBILL_DIGITS },
	{ "one check digit alone is told", "", NULL, PRINT "1", -1,
	    FAULT_WAYBILL_DIGITS },
	{ "nothing is told", "", NULL, "", -1, FAULT_WAYBILL_DIGITS },
};

static void
typed_holds(void **state)
{
	const struct typed *r = *state;
	struct fault why = { FAULT_NONE, "" };
	char text[256];

	if (r->first != NULL)
		(void)snprintf(text, sizeof(text), "%s%s - %c\n   %s - %c\n",
		    r->before, r->first,
		    digest_check_digit(r->first, strlen(r->first)), r->second,
		    digest_check_digit(r->second, strlen(r->second)));
	else
		(void)snprintf(text, sizeof(text), "%s", r->second);
	(void)waybill_digits_are(text, PRINT, &why);
	assert_int_equal(why.id, r->is);
	assert_int_equal(waybill_digits_check(text, &why), r->check);
}

/* Every wrong digit, and every two that change places. */
static void
wrong_digit_is_told(void **state)
{
	char good[33], bad[33];
	struct fault why;

	(void)state;
	(void)snprintf(good, sizeof(good), "%s%c%s%c", "123456789012345",
	    digest_check_digit("123456789012345", 15), "678901234567890",
	    digest_check_digit("678901234567890", 15));
	assert_int_equal(waybill_digits_check(good, &why), 0);
	for (size_t at = 0; at < 32; at++) {
		const char *line = at < 16 ? "first" : "second";

		for (char c = '0'; c <= '9'; c++) {
			if (c == good[at])
				continue;
			memcpy(bad, good, sizeof(bad));
			bad[at] = c;
			assert_int_equal(waybill_digits_check(bad, &why), -1);
			assert_int_equal(why.id, FAULT_WAYBILL_DIGITS);
			assert_non_null(strstr(why.detail, line));
		}
		if (at % 16 == 15 || good[at] == good[at + 1])
			continue;
		memcpy(bad, good, sizeof(bad));
		bad[at] = good[at + 1];
		bad[at + 1] = good[at];
		assert_int_equal(waybill_digits_check(bad, &why), -1);
		assert_non_null(strstr(why.detail, line));
	}
}

static void
largest_fits(void **state)
{
	char text[WAYBILL_TEXT];
	struct bytes page;
	struct fault why;
	struct sink *to;

	(void)state;
	waybill_text(&largest, text);
	assert_true(strlen(text) < QR_MOST);
	assert_int_equal(text[strlen(text) - 1], '\n');
	bytes_init(&page, PAGE);
	assert_non_null(to = bytes_sink_new(&page, &why));
	assert_int_equal(waybill_write(&largest, to, &why), 0);
	sink_free(to);
	assert_non_null(strstr((const char *)page.at, text));
	bytes_free(&page);
}

static void
too_long_is_refused(void **state)
{
	char text[QR_MOST + 2];
	struct bytes out;
	struct fault why;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[QR_MOST + 1] = '\0';
	bytes_init(&out, PAGE);
	assert_int_equal(qr_add_svg(&out, text, &why), -1);
	assert_int_equal(why.id, FAULT_INSIDE);
	text[QR_MOST] = '\0';
	assert_int_equal(qr_add_svg(&out, text, &why), 0);
	bytes_free(&out);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(wrong_digit_is_told),
		cmocka_unit_test(largest_fits),
		cmocka_unit_test(too_long_is_refused),
	};

	return ROWS_RUN("waybill", typed, typed_holds) +
	    cmocka_run_group_tests_name("waybill", more, NULL, NULL);
}
