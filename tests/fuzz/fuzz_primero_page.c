/* Pages and error answers of a Primero server. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"
#include "systems/http.h"
#include "systems/primero_error.h"
#include "systems/primero_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_answer a;
	struct primero_error e;
	struct primero_page page;
	struct fault why;
	const char *text;
	size_t len;

	http_answer_init(&a);
	a.status = 422;
	if (bytes_add(&a.body, data, size, &why) == -1)
		abort();
	primero_error_read(&a, &e);
	if (primero_page_open(&a.body, &page, &why) == 0)
		while (primero_page_next(&page, &text, &len)) {
			struct json *j;

			/* What is cut out of good JSON is good JSON. */
			if (json_read(text, len, &primero_page_limits, &j,
				&why) == -1)
				abort();
			json_free(j);
		}
	http_answer_free(&a);
	return 0;
}
