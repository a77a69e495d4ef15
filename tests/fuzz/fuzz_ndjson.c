/* Any bytes as lines: a member's, and a person's file. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"
#include "formats/ndjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct reader r = { bytes, len };
	struct ndjson_file f;
	struct source *from;
	struct bytes line;
	struct fault why;
	struct view view;
	uint64_t at;

	while (ndjson_next(&r, &view, &why) == 1)
		if (view.len == 0 || memchr(view.bytes, '\n', view.len) != NULL)
			abort();
	from = source_from_bytes(bytes, len, &why);
	bytes_init(&line, NDJSON_LINE_MAX + 1);
	ndjson_file_start(&f, from);
	while (ndjson_file_next(&f, &line, &at, &why) == 1)
		if (line.len == 0 || at >= len || line.len > len - at ||
		    memcmp(line.at, bytes + at, line.len) != 0)
			abort();
	bytes_free(&line);
	source_free(from);
	return 0;
}
