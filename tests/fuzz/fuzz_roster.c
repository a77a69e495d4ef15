/*
 * Any bytes at all: they are no staff list, or one whose problems can be
 * listed, and one without problems has all that is asked of it later.
 */
#include <stdlib.h>

#include "base/fault.h"
#include "formats/roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fault why;
	struct roster_file *f = roster_read(bytes, len, &why);
	const struct problem *problems;
	const struct roster *r;

	if (f == NULL)
		return 0;
	r = roster_of(f);
	if ((roster_problems(f, &problems) > 0) != roster_has_errors(f))
		abort();
	if (!roster_has_errors(f) &&
	    (!roster_is_one(bytes, len) || r->party == NULL ||
		r->agreement == NULL || r->version < 1 || r->node_count == 0))
		abort();
	roster_free(f);
	return 0;
}
