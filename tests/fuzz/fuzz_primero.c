/*
 * Any case: whatever its fields hold, each row is read, counted or faulted,
 * and what is read can be written to proGres or is refused there.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "formats/json.h"
#include "formats/ping.h"
#include "formats/primero.h"
#include "tests/unit/sites.h"

#define ARENA ((size_t)64 * 1024 * 1024)
#define BODY_MAX ((size_t)8 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What ping writes has to be JSON. */
static void
write_body(const struct referral *r)
{
	const struct target_referral t = { .agreement = &sites_agreement,
		.self = &sites_hub,
		.referral = r };
	struct bytes body;
	struct fault why;
	struct sink *to;

	bytes_init(&body, BODY_MAX);
	if ((to = bytes_sink_new(&body, &why)) == NULL)
		abort();
	if (ping_write_referral(&t, to, &why) == 0 &&
	    json_check(body.at, body.len, &json_foreign, &why) == -1)
		abort();
	sink_free(to);
	bytes_free(&body);
}

static void
read_case(const struct json_node *record, const struct node *sender)
{
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = sender,
		.receiver = &sites_hub };
	struct passed_over passed = { 0 };
	struct source_row *rows;
	struct arena *a;
	struct fault why;
	size_t count;

	if ((a = arena_new(ARENA, &why)) == NULL)
		abort();
	if (primero_read(&reader, record, 1, a, &rows, &count, &passed, &why) ==
	    0)
		for (size_t i = 0; i < count; i++) {
			if (rows[i].referral.ref == NULL ||
			    rows[i].referral.to_agency == NULL)
				abort();
			write_body(&rows[i].referral);
		}
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *j = NULL;
	struct fault why;

	if (json_read(data, size, &json_foreign, &j, &why) == 0) {
		read_case(json_root(j), &sites_site);
		read_case(json_root(j), &sites_shared);
		read_case(json_root(j), &sites_negative);
	}
	json_free(j);
	return 0;
}
