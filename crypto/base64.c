#include "crypto/base64.h"

#include <sodium.h>

/*
 * libsodium's codec takes no shortcut that depends on the bytes, so keys may
 * pass through it, and it refuses whatever is not canonical.
 */
static int
variant(enum base64_form form)
{
	return form == BASE64_PADDED ?
	    sodium_base64_VARIANT_ORIGINAL :
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}

void
base64_write(const uint8_t *bytes, size_t len, enum base64_form form, char *out)
{
	(void)sodium_bin2base64(out,
	    sodium_base64_encoded_len(len, variant(form)), bytes, len,
	    variant(form));
}

bool
base64_read(const char *text, size_t len, enum base64_form form, uint8_t *out,
    size_t want)
{
	size_t got;

	return base64_read_some(text, len, form, out, want, &got) &&
	    got == want;
}

bool
base64_read_some(const char *text, size_t len, enum base64_form form,
    uint8_t *out, size_t room, size_t *got)
{
	uint8_t high = 0;

	/*
	 * Where char is signed, libsodium 1.0.18 takes every byte over 127 for
	 * a '/', so that many texts would mean the same.
	 */
	*got = 0;
	for (size_t i = 0; i < len; i++)
		high |= (uint8_t)text[i] & 0x80U;
	return high == 0 &&
	    sodium_base642bin(out, room, text, len, NULL, got, NULL,
		variant(form)) == 0;
}
