/*
 * Any bytes as a table of consents: each row is refused, or it gives a record
 * that a register in JSON could hold as well, and gives it again when reading
 * is taken up at its place.
 */
#include "formats/consent_csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/source.h"
#include "formats/consent.h"
#include "formats/json.h"

#define ROOM ((size_t)4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
write_record(const struct consent *c, struct bytes *out)
{
	struct fault why;
	struct sink *to = bytes_sink_new(out, &why);
	struct jsonout o;

	if (to == NULL)
		abort();
	jsonout_start(&o, to);
	consent_write(&o, NULL, c);
	if (jsonout_end(&o, &why) != 0 || sink_finish(to, &why) != 0)
		abort();
	sink_free(to);
}

static void
check_form(const struct bytes *text, struct arena *a)
{
	struct json *json = NULL;
	struct consent again;
	struct fault why;

	if (json_read(text->at, text->len, &json_record, &json, &why) != 0 ||
	    consent_read(json_root(json), a, &again, FAULT_CONSENT_FORM,
		&why) != 0)
		abort();
	json_free(json);
}

/* The same record from its place in the file alone. */
static void
check_place(struct consent_csv *c, const uint8_t *bytes, size_t len,
    uint64_t offset, uint64_t line, struct arena *a, const struct bytes *text)
{
	struct consent record;
	struct source *from;
	struct bytes again;
	struct fault why;
	uint64_t where, number;

	if (offset >= len)
		abort();
	from = source_from_bytes(bytes + offset, len - (size_t)offset, &why);
	if (from == NULL)
		abort();
	bytes_init(&again, ROOM);
	consent_csv_resume(c, from, offset, line);
	if (consent_csv_next(c, a, &record, &where, &number, &why) != 1 ||
	    where != offset || number != line)
		abort();
	write_record(&record, &again);
	if (again.len != text->len ||
	    memcmp(again.at, text->at, text->len) != 0)
		abort();
	bytes_free(&again);
	source_free(from);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fault why;
	struct arena *a = arena_new(ROOM, &why);
	struct source *from = source_from_bytes(bytes, len, &why);
	struct source *from2 = source_from_bytes(bytes, len, &why);
	struct consent_csv *c, *twin;
	struct consent record;
	struct bytes text;
	uint64_t offset, line, before = 0;
	int got;

	if (a == NULL || from == NULL || from2 == NULL)
		abort();
	bytes_init(&text, ROOM);
	c = consent_csv_new(from, &why);
	twin = consent_csv_new(from2, &why);
	if ((c != NULL || twin != NULL) && !consent_csv_looks_like(bytes, len))
		abort();
	while (c != NULL && twin != NULL &&
	    ((got = consent_csv_next(c, a, &record, &offset, &line, &why)) ==
		    1 ||
		(got == -1 && why.id == FAULT_CONSENT_FORM))) {
		if (got == 1) {
			if (offset < before)
				abort();
			before = offset + 1;
			bytes_empty(&text);
			write_record(&record, &text);
			check_form(&text, a);
			check_place(twin, bytes, len, offset, line, a, &text);
		}
		arena_empty(a);
	}
	consent_csv_free(c);
	consent_csv_free(twin);
	bytes_free(&text);
	source_free(from);
	source_free(from2);
	arena_free(a);
	return 0;
}
