#include "formats/ndjson.h"

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"

int
ndjson_next(struct reader *from, struct view *line, struct fault *why)
{
	if (from->left == 0)
		return 0;
	if (!reader_line(from, NDJSON_LINE_MAX, line)) {
		if (from->left <= NDJSON_LINE_MAX)
			return FAIL(why, FAULT_BUNDLE_RECORD,
			    "the last line does not end in LF");
		return FAIL(why, FAULT_BUNDLE_RECORD,
		    "a line of more than %d bytes", NDJSON_LINE_MAX);
	}
	if (line->len == 0)
		return FAIL(why, FAULT_BUNDLE_RECORD, "an empty line");
	if (memchr(line->bytes, '\r', line->len) != NULL)
		return FAIL(why, FAULT_BUNDLE_RECORD, "a line with a CR");
	return 1;
}

void
ndjson_file_start(struct ndjson_file *f, struct source *from)
{
	f->from = from;
	f->offset = 0;
	f->number = 0;
	f->have = 0;
	f->at = 0;
}

/* Have bytes at hand, or know (have is 0) that there are no more. */
static int
refill(struct ndjson_file *f, struct fault *why)
{
	if (f->at < f->have)
		return 0;
	f->at = 0;
	f->have = 0;
	if (source_fill(f->from, f->buffer, sizeof(f->buffer), &f->have, why) ==
	    -1)
		return -1;
	if (f->offset == 0 && f->have >= 3 &&
	    memcmp(f->buffer, "\xef\xbb\xbf", 3) == 0) {
		f->at = 3;
		f->offset = 3;
		/* A file of a mark alone ends here: ask no second time. */
		if (f->have == 3)
			f->have = f->at = 0;
	}
	return 0;
}

/* Add up to the next LF to line; *ended tells whether it was found. */
static int
take_piece(struct ndjson_file *f, struct bytes *line, bool *ended,
    struct fault *why)
{
	const uint8_t *at = f->buffer + f->at;
	size_t len = f->have - f->at;
	const uint8_t *end = memchr(at, '\n', len);

	*ended = end != NULL;
	if (end != NULL)
		len = (size_t)(end - at);
	/* One more than may be, for the CR of a line that is just right. */
	if (len > NDJSON_LINE_MAX + 1 - line->len)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "line %zu has more than %d bytes", f->number,
		    NDJSON_LINE_MAX);
	if (len > 0 && bytes_add(line, at, len, why) == -1)
		return -1;
	len += *ended ? 1 : 0;
	f->at += len;
	f->offset += len;
	return 0;
}

int
ndjson_file_next(struct ndjson_file *f, struct bytes *line, uint64_t *offset,
    struct fault *why)
{
	bool ended;

	do {
		bytes_empty(line);
		if (refill(f, why) == -1)
			return -1;
		if (f->have == 0)
			return 0;
		*offset = f->offset;
		f->number++;
		do {
			if (take_piece(f, line, &ended, why) == -1)
				return -1;
			if (!ended && refill(f, why) == -1)
				return -1;
		} while (!ended && f->have > 0);
		if (line->len > 0 && line->at[line->len - 1] == '\r')
			line->at[--line->len] = '\0';
	} while (line->len == 0);
	if (line->len > NDJSON_LINE_MAX)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "line %zu has more than %d bytes", f->number,
		    NDJSON_LINE_MAX);
	return 1;
}
