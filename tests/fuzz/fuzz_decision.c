/*
 * Any record as a decision of each system: what is read is clean and names
 * something, and what no table has is never an acceptance.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/decision.h"
#include "formats/json.h"

#define ARENA ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, bool lines)
{
	if (text == NULL)
		return;
	if (*text == '\0' || !text_is_clean(text, strlen(text), lines) ||
	    !text_is_nfc(text, strlen(text)))
		abort();
}

static void
check_decision(enum format format, const struct decision *d)
{
	check_text(d->ref, false);
	check_text(d->case_id, false);
	check_text(d->service_tail, false);
	check_text(d->service_id, false);
	check_text(d->record_id, false);
	check_text(d->code, false);
	check_text(d->reason, true);
	check_text(d->target_id, false);
	/* A row of a case may have neither number nor id: it is told. */
	if (format != FORMAT_PRIMERO && d->ref == NULL && d->case_id == NULL)
		abort();
	if (d->decided != DECIDED_PENDING && d->decided != DECIDED_UNKNOWN &&
	    d->code == NULL)
		abort();
	if (decision_name(d->decided) == NULL)
		abort();
}

static void
read_as(enum format format, const struct json_node *record)
{
	struct decision *decisions;
	struct arena *a;
	struct fault why;
	size_t count;

	if ((a = arena_new(ARENA, &why)) == NULL)
		abort();
	if (decision_read(format, record, 1, a, &decisions, &count, &why) == 0)
		for (size_t i = 0; i < count; i++)
			check_decision(format, &decisions[i]);
	else if (count != 0 || decisions != NULL)
		abort();
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *j = NULL;
	struct fault why;

	if (json_read(data, size, &json_foreign, &j, &why) == 0) {
		read_as(FORMAT_PING, json_root(j));
		read_as(FORMAT_DTP, json_root(j));
		read_as(FORMAT_PRIMERO, json_root(j));
	}
	json_free(j);
	return 0;
}
