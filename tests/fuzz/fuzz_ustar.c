/* Any bytes as an archive, with checksums made right so that more is seen. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/source.h"
#include "formats/ustar.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t *text = malloc(len + 1);
	struct ustar_member m;
	struct fault why;
	struct source *from;
	struct ustar *u;

	memcpy(text, bytes, len);
	for (uint8_t *h = text; len - (size_t)(h - text) >= 512; h += 512) {
		unsigned sum = 8 * ' ';

		for (int i = 0; i < 512; i++)
			sum += i >= 148 && i < 156 ? 0 : h[i];
		if (memcmp(h + 257, "ustar", 6) == 0)
			(void)snprintf((char *)h + 148, 7, "%06o", sum);
	}
	from = source_from_bytes(text, len, &why);
	u = ustar_new(from, &why);
	while (ustar_next(u, &m, &why) == 1)
		if (strlen(m.name) == 0 || m.size > 077777777777)
			abort();
	ustar_free(u);
	source_free(from);
	free(text);
	return 0;
}
