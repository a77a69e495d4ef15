/* Any bytes: what the gate lets pass is read, and its canonical form stays. */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fault why;
	struct bytes once;
	struct json *j;

	bytes_init(&once, (size_t)1 << 24);
	if (json_read(bytes, len, &json_foreign, &j, &why) == 0) {
		if (json_check(bytes, len, &json_foreign, &why) == -1)
			abort();
		if (json_canonical(json_root(j), NULL, &once, &why) == 0 &&
		    json_check(once.at, once.len, &json_record, &why) == -1)
			abort();
		json_free(j);
	} else if (why.id == FAULT_NO_MEMORY) {
		abort(); /* cJSON refused what the gate let pass */
	}
	bytes_free(&once);
	return 0;
}
