#include "systems/ping_api.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/fault.h"
#include "formats/agreement.h"

int
ping_api_check(const struct ping_api *api, struct fault *why)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	const struct ping_ids *ids = api->ids;

	/* The partner becomes part of a path. */
	if (ids == NULL || ids->partner == NULL || ids->interop == NULL ||
	    *ids->partner == '\0' || *ids->interop == '\0' ||
	    ids->partner[strspn(ids->partner, allowed)] != '\0')
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "partner or interop in systems.progres-ping");
	return 0;
}
