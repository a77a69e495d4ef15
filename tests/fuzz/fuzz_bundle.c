/* Any bytes as each of the texts of a bundle; what is read is written again. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "formats/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fault why;
	struct arena *a = arena_new((size_t)1 << 22, &why);
	struct bundle_totals *t = bundle_totals_new(&why);
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct bundle_inside inside;
	struct bundle_name name;
	struct bytes text;
	struct sink *to;
	size_t at;

	bytes_init(&text, (size_t)1 << 22);
	if (bytes_add(&text, bytes, len, &why) == 0 && len > 0)
		(void)bundle_name_read((const char *)text.at, NULL, &name,
		    &why);
	bytes_empty(&text);
	to = bytes_sink_new(&text, &why);
	(void)bundle_lines_read(bytes, len, &signature, &outside, &at, &why);
	(void)bundle_totals_agree(t, bytes, len, false, &why);
	if (bundle_inside_read(bytes, len, a, &inside, &why) == 0 &&
	    (bundle_inside_write(&inside, to, &why) == -1 ||
		bundle_inside_read(text.at, text.len, a, &inside, &why) == -1))
		abort();
	sink_free(to);
	bytes_free(&text);
	bundle_totals_free(t);
	arena_free(a);
	return 0;
}
