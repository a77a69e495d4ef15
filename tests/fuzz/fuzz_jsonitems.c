/* Any bytes as a file of records; what came out whole is JSON as a whole. */
#include <stdint.h>

#include "base/fault.h"
#include "base/source.h"
#include "formats/json.h"
#include "formats/jsonitems.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct json_limits loose = { (size_t)1 << 24,
		(size_t)1 << 24, 0, 40, false, false };
	struct fault why;
	struct source *from = source_from_bytes(bytes, len, &why);
	struct jsonitems *items = jsonitems_new(from, &why);
	struct json *record;
	size_t number;
	int rc;

	while ((rc = jsonitems_next(items, &record, &number, &why)) == 1)
		json_free(record);
	/* Several lists and a byte order mark are ours alone. */
	if (rc == 0 && jsonitems_shape(items) == JSONITEMS_DATA &&
	    bytes[0] != 0xef && json_check(bytes, len, &loose, &why) == -1 &&
	    why.id == FAULT_JSON)
		__builtin_trap();
	jsonitems_free(items);
	source_free(from);
	return 0;
}
