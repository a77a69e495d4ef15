/*
 * written: what stands in a body that was written, or why none was.
 *
 * The pieces wanted stand one a line; one after "!" must not be there.
 */
#ifndef SATCHEL_TESTS_WRITTEN_H
#define SATCHEL_TESTS_WRITTEN_H

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"
#include "tests/unit/rows.h"

static inline void
written_has(const char *want, const char *body)
{
	char piece[1024];
	size_t len;

	for (; *want != '\0'; want += len + (want[len] == '\n')) {
		len = strcspn(want, "\n");
		(void)snprintf(piece, sizeof(piece), "%.*s", (int)len, want);
		if (piece[0] == '!' && strstr(body, piece + 1) != NULL)
			fail_msg("%s is in %s", piece + 1, body);
		if (piece[0] != '!' && strstr(body, piece) == NULL)
			fail_msg("%s is not in %s", piece, body);
	}
}

/*
 * A writer gave rc: with a word of the fault wanted (or NULL) nothing may be
 * written; otherwise it is JSON and has the pieces.
 */
static inline void
written_holds(int rc, struct fault *why, const char *fault, const char *want,
    const struct bytes *body)
{
	if (fault != NULL) {
		assert_int_equal(rc, -1);
		/* What the agreement lacks is for the working group. */
		assert_int_equal(why->id,
		    strstr(why->detail, "the agreement") != NULL ?
			FAULT_AGREEMENT_LACKS :
			FAULT_TARGET);
		if (strstr(why->detail, fault) == NULL)
			fail_msg("%s is not in %s", fault, why->detail);
		assert_int_equal(body->len, 0);
		return;
	}
	if (rc == -1)
		fail_msg("%s", why->detail);
	assert_int_equal(json_check(body->at, body->len, &json_record, why), 0);
	written_has(want, (const char *)body->at);
}

#endif
