/* Any bytes: recognise must give a format or say why not, and stay inside. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "formats/recognise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault why = { .id = FAULT_NONE };
	enum format format;
	int rc = recognise(data, size, &format, &why);

	if ((rc == 0) != (format != FORMAT_NONE) ||
	    (rc == -1) != (why.id != FAULT_NONE))
		abort();
	return 0;
}
