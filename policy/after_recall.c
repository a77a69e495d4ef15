#include "policy/after_recall.h"

#include <string.h>

#include "formats/referral.h"

enum recalled
after_recall(const char *reason, day on, const struct referral *r)
{
	if (strcmp(reason, "sent_in_error") == 0 ||
	    strcmp(reason, "duplicate") == 0)
		return RECALLED_BEFORE;
	if (r->has_consent && r->consent.given_on != DAY_UNKNOWN &&
	    on != DAY_UNKNOWN && r->consent.given_on > on)
		return RECALLED_BEFORE;
	return RECALLED;
}
