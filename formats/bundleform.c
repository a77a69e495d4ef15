#include "formats/bundleform.h"

#include <stdint.h>
#include <string.h>

#include "base/reader.h"

bool
bundleform_is_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return true;
}

bool
bundleform_is_uuid(const char *text, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? text[i] != '-' : !bundleform_is_hex(text + i, 1))
			return false;
	}
	return true;
}

bool
bundleform_is_node(const char *text, size_t len)
{
	if (len < 2 || len > BUNDLEFORM_NODE_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'A' && text[i] <= 'Z') && text[i] != '-')
			return false;
	return true;
}

enum bundleform_version
bundleform_take_version(struct reader *r, const char *kind)
{
	struct reader look = *r;
	uint64_t version;

	if (!reader_word(&look, kind) || !reader_word(&look, "/") ||
	    !reader_number(&look, UINT64_MAX, &version) || version == 0)
		return BUNDLEFORM_OTHER;
	*r = look;
	return version == 1 ? BUNDLEFORM_OURS : BUNDLEFORM_NEWER;
}

enum bundleform_version
bundleform_version_of(const char *text, const char *kind)
{
	struct reader r = { 0 };
	enum bundleform_version version;

	if (text == NULL)
		return BUNDLEFORM_OTHER;
	r.next = (const uint8_t *)text;
	r.left = strlen(text);
	version = bundleform_take_version(&r, kind);
	return r.left == 0 ? version : BUNDLEFORM_OTHER;
}
