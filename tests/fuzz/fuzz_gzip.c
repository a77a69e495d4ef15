/* Any bytes as gzip: never more than the caps allow. */
#include <stdint.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/source.h"
#include "formats/gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static uint8_t out[30000];
	const uint64_t max = (uint64_t)4 << 20;
	struct fault why;
	struct source *from = source_from_bytes(bytes, len, &why);
	struct source *s = gzip_source_new(&from, max, &why);
	uint64_t total = 0;
	size_t got;

	while (source_read(s, out, sizeof(out), &got, &why) == 0 && got > 0)
		total += got;
	if (total > max ||
	    (total > GZIP_RATIO_FROM && total > (uint64_t)len * GZIP_RATIO_MAX))
		abort();
	source_free(s);
	return 0;
}
