/*
 * Lookups as a server sends them, drafted into an agreement; and any text as
 * the agreement that is drafted into.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/agreement.h"
#include "formats/agreement_fill.h"
#include "formats/lookups.h"

#define ARENA_ROOM ((size_t)16 * 1024 * 1024)
#define SHORT 8192 /* bytes in which no list is full */

static const char lists[] =
    "[{\"unique_id\":\"lookup-service-type\",\"values\":[{\"id\":\"food\","
    "\"display_text\":{\"en\":\"Food\"}}]},{\"unique_id\":\"DRC\","
    "\"agency_code\":\"X\"}]";
static const char agreement[] =
    "{\"version\":1,\"maps\":{\"services\":[],\"protection_concerns\":[],"
    "\"languages\":[],\"agencies\":[]}}";

static void
ignore(void *context, const struct agreement_fill_entry *e)
{
	(void)context;
	(void)e;
}

/* What was drafted is an agreement again, whatever else it is. */
static void
draft(struct agreement_file *from, const struct lookups *l)
{
	struct agreement_file *f;
	struct bytes out;
	struct fault why;
	size_t len;

	(void)agreement_bytes(from, &len);
	bytes_init(&out, AGREEMENT_MAX);
	if (agreement_fill(from, l, &out, &why) == 0) {
		f = agreement_read(out.at, out.len, &why);
		if (f == NULL && len < SHORT && l->count < 1000)
			abort();
		if (f != NULL)
			agreement_fill_lacks(agreement_of(from),
			    agreement_of(f), l, ignore, NULL);
		agreement_free(f);
	}
	bytes_free(&out);
}

static void
run(const void *file, size_t file_len, const void *text, size_t len)
{
	struct lookups l = { .first = NULL };
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct agreement_file *from = agreement_read(file, file_len, &why);

	if (a != NULL && from != NULL &&
	    lookups_read(text, len, a, &l, &why) == 0)
		draft(from, &l);
	agreement_free(from);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(agreement, sizeof(agreement) - 1, data, size);
	run(data, size, lists, sizeof(lists) - 1);
	return 0;
}
