#include "base/reader.h"

#include <string.h>

bool
reader_take(struct reader *r, size_t len, struct view *out)
{
	if (len > r->left)
		return false;
	*out = (struct view){ r->next, len };
	/* An empty reader may have no bytes at all to point into. */
	if (len > 0)
		r->next += len;
	r->left -= len;
	return true;
}

bool
reader_line(struct reader *r, size_t max, struct view *out)
{
	size_t look = max < r->left ? max + 1 : r->left;
	const uint8_t *lf;
	struct view end;

	if (look == 0 || (lf = memchr(r->next, '\n', look)) == NULL)
		return false;
	return reader_take(r, (size_t)(lf - r->next), out) &&
	    reader_take(r, 1, &end);
}

bool
reader_word(struct reader *r, const char *word)
{
	size_t len = strlen(word);
	struct view taken;

	if (len > r->left || (len > 0 && memcmp(r->next, word, len) != 0))
		return false;
	return reader_take(r, len, &taken);
}

static bool
digit_next(const struct reader *r)
{
	return r->left > 0 && *r->next >= '0' && *r->next <= '9';
}

bool
reader_number(struct reader *r, uint64_t max, uint64_t *out)
{
	struct reader look = *r;
	uint64_t n = 0, digit;

	if (!digit_next(&look))
		return false;
	do {
		digit = (uint64_t)(*look.next - '0');
		if (digit > max || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
		look.next++;
		look.left--;
		/* After a leading zero no digit may follow. */
	} while (n > 0 && digit_next(&look));
	if (n == 0 && digit_next(&look))
		return false;
	*out = n;
	*r = look;
	return true;
}

bool
reader_view_is(const struct view *v, const char *text)
{
	size_t len = strlen(text);

	return v->len == len && (len == 0 || memcmp(v->bytes, text, len) == 0);
}
