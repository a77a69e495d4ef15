/*
 * Any record, and any list of them as the rows of one intervention: each is
 * read or faulted, and what is read can be written into a bundle.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "formats/json.h"
#include "formats/progres.h"
#include "tests/unit/sites.h"

#define ARENA ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_rows(const struct json_node *const *rows, size_t count,
    const struct node *receiver)
{
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = &sites_hub,
		.receiver = receiver };
	struct source_row row;
	struct arena *a;
	struct fault why;

	if ((a = arena_new(ARENA, &why)) == NULL)
		abort();
	if (progres_read(&reader, rows, count, 1, a, &row, &why) == 0) {
		if (row.referral.ref == NULL ||
		    row.referral.from_agency == NULL || row.has_draft)
			abort();
		/* Nobody is named as the author of a note. */
		if (row.referral.value[FIELD_SERVICE_NOTES].present &&
		    strstr(row.referral.value[FIELD_SERVICE_NOTES].text,
			"CreatedBy") != NULL &&
		    strstr(row.referral.value[FIELD_SERVICE_NOTES].text,
			"Priority in proGres") == NULL)
			abort();
		if (referral_revise(&row.referral, &why) == -1 &&
		    why.id != FAULT_NO_MEMORY &&
		    why.id != FAULT_SOURCE_TOO_LARGE)
			abort();
	}
	arena_free(a);
}

static void
read_all(const struct json_node *root, const struct node *receiver)
{
	const struct json_node *rows[PROGRES_ROWS_MAX];
	size_t count = 0;

	(void)progres_number(root);
	read_rows(&root, 1, receiver);
	if (json_kind(root) != JSON_LIST)
		return;
	for (const struct json_node *n = json_first(root);
	     n != NULL && count < PROGRES_ROWS_MAX; n = json_next(n))
		rows[count++] = n;
	read_rows(rows, count, receiver);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *j = NULL;
	struct fault why;

	if (json_read(data, size, &json_foreign, &j, &why) == 0) {
		read_all(json_root(j), &sites_site);
		read_all(json_root(j), &sites_shared);
	}
	json_free(j);
	return 0;
}
