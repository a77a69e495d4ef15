/*
 * Any answer at all: what it is read as, and above all that a success stands in
 * its bytes.  What is strict JSON is read as that.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "formats/decision.h"
#include "formats/json.h"
#include "systems/ping_status.h"
#include "systems/ping_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The shortest part that all words for a success share with their escapes. */
static bool
may_say_taken(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr("sScC\\", bytes[i]) != NULL && bytes[i] != '\0')
			return true;
	return false;
}

static void
check_strict(const uint8_t *bytes, size_t len)
{
	struct json *j = NULL;
	struct fault why;
	const bool strict = json_check(bytes, len, &json_record, &why) == 0;

	if (ping_text_read(bytes, len, &j, &why) == 0)
		json_free(j);
	else if (strict)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ping_status_said said;
	struct fault why;

	if (ping_status_read(bytes, len, "c1", "t1", &said, &why) == -1)
		abort();
	if (said.code[0] != '\0' && decision_code_to_show(said.code) == NULL)
		abort();
	if (said.status == PING_STATUS_TAKEN && !may_say_taken(bytes, len))
		abort();
	check_strict(bytes, len);
	return 0;
}
