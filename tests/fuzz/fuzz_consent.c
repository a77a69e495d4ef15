/*
 * Any record at all: it is refused, or it can be written, and what is written
 * reads and writes the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/consent.h"
#include "formats/json.h"

#define ROOM ((size_t)4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Reads a record and adds it, written, to out; false if it is refused. */
static bool
there_and_back(const void *text, size_t len, struct bytes *out)
{
	struct fault why;
	struct arena *a = arena_new(ROOM, &why);
	struct json *json = NULL;
	struct sink *sink = NULL;
	struct consent record;
	struct jsonout o;
	bool good = false;

	if (a == NULL || json_read(text, len, &json_record, &json, &why) != 0)
		goto done;
	if (consent_read(json_root(json), a, &record, FAULT_CONSENT_FORM,
		&why) != 0)
		goto done;
	if ((sink = bytes_sink_new(out, &why)) == NULL)
		goto done;
	jsonout_start(&o, sink);
	consent_write(&o, NULL, &record);
	if (jsonout_end(&o, &why) != 0 || sink_finish(sink, &why) != 0)
		abort();
	good = true;

done:
	sink_free(sink);
	json_free(json);
	arena_free(a);
	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct bytes once, twice;

	bytes_init(&once, ROOM);
	bytes_init(&twice, ROOM);
	if (there_and_back(bytes, len, &once) &&
	    (!there_and_back(once.at, once.len, &twice) ||
		once.len != twice.len ||
		memcmp(once.at, twice.at, once.len) != 0))
		abort();
	bytes_free(&once);
	bytes_free(&twice);
	return 0;
}
