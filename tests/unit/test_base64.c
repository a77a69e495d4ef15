#include <stdbool.h>
#include <string.h>

#include "crypto/base64.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

static const struct read_row {
	const char *name;
	enum base64_form form;
	const char *text;
	const char *bytes; /* NULL: refused */
} reads[] = {
	{ "nothing is nothing", BASE64_PADDED, "", "" },
	{ "RFC 4648: f", BASE64_PADDED, "Zg==", "f" },
	{ "RFC 4648: fo", BASE64_PADDED, "Zm8=", "fo" },
	{ "RFC 4648: foo", BASE64_PADDED, "Zm9v", "foo" },
	{ "RFC 4648: foob", BASE64_PADDED, "Zm9vYg==", "foob" },
	{ "RFC 4648: fooba", BASE64_PADDED, "Zm9vYmE=", "fooba" },
	{ "RFC 4648: foobar", BASE64_PADDED, "Zm9vYmFy", "foobar" },
	{ "bare: f", BASE64_BARE, "Zg", "f" },
	{ "bare: fo", BASE64_BARE, "Zm8", "fo" },
	{ "bare: foo", BASE64_BARE, "Zm9v", "foo" },
	{ "padding is needed where it is asked for", BASE64_PADDED, "Zg",
	    NULL },
	{ "half the padding is not enough", BASE64_PADDED, "Zg=", NULL },
	{ "too much padding", BASE64_PADDED, "Zg===", NULL },
	{ "padding after whole groups", BASE64_PADDED, "Zm9v=", NULL },
	{ "no padding in the bare form", BASE64_BARE, "Zg==", NULL },
	{ "unused bits are zero, one byte", BASE64_PADDED, "Zh==", NULL },
	{ "unused bits are zero, two bytes", BASE64_PADDED, "Zm9=", NULL },
	{ "unused bits are zero, bare", BASE64_BARE, "Zh", NULL },
	{ "one character left over", BASE64_BARE, "Zm9vY", NULL },
	{ "LF is not skipped", BASE64_PADDED, "Zm9v\n", NULL },
	{ "CR is not skipped", BASE64_PADDED, "Zm9v\r", NULL },
	{ "a space inside is not skipped", BASE64_PADDED, "Zm 9v", NULL },
	{ "the URL alphabet is another one", BASE64_PADDED, "_-_-", NULL },
	{ "text after the padding", BASE64_PADDED, "Zg==Zg==", NULL },
};

static void
read_holds(void **state)
{
	const struct read_row *c = *state;
	uint8_t out[64];
	char text[BASE64_ROOM(64)];
	size_t got, len = c->bytes == NULL ? 0 : strlen(c->bytes);
	bool good = base64_read_some(c->text, strlen(c->text), c->form, out,
	    sizeof(out), &got);

	assert_int_equal(good, c->bytes != NULL);
	if (!good)
		return;
	assert_int_equal(got, len);
	assert_memory_equal(out, c->bytes, len);
	assert_true(base64_read(c->text, strlen(c->text), c->form, out, len));
	assert_false(
	    base64_read(c->text, strlen(c->text), c->form, out, len + 1));
	if (len > 0)
		assert_false(base64_read(c->text, strlen(c->text), c->form, out,
		    len - 1));
	base64_write(out, len, c->form, text);
	assert_string_equal(text, c->text);
}

/* Every byte but the 64 digits is refused, in every column. */
static void
only_digits_are_digits(void **state)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t out[3];

	(void)state;
	for (int c = 0; c < 256; c++) {
		for (size_t column = 0; column < 4; column++) {
			char text[] = "AAAA";

			text[column] = (char)c;
			assert_int_equal(base64_read(text, 4, BASE64_BARE, out,
					     sizeof(out)),
			    c != 0 && strchr(digits, c) != NULL);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(only_digits_are_digits),
	};

	if (random_start() != 0)
		return 1;
	return ROWS_RUN("base64", reads, read_holds) +
	    cmocka_run_group_tests_name("base64", more, NULL, NULL);
}
