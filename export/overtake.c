#include "export/overtake.h"

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "store/bundles.h"
#include "store/owed.h"

/* A recall is in every bundle to its receiver from its first one on. */
static bool
holds(const struct bundle_made *b, int64_t sender, int64_t sequence)
{
	return b->sender > sender ||
	    (b->sender == sender && b->sequence >= sequence);
}

int
overtake_find(struct store *s, const char *receiver, struct bundle_made *out,
    struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	int64_t sender, sequence;
	bool found = false;
	int more = owed_newest_recall(s, receiver, &sender, &sequence, why);

	if (more != 1)
		return more;
	while (sequence > 0 &&
	    (more = bundles_made_after(s, receiver, &b, &b, why)) == 1) {
		if (!holds(&b, sender, sequence) || b.refused[0] != '\0')
			continue;
		/* It was imported there, and so is known for good. */
		if (b.acknowledged != 0)
			return 0;
		if (!found)
			*out = b;
		found = true;
	}
	if (more == -1)
		return -1;
	return found ? 1 :
		       FAIL(why, FAULT_NODE_RECALL_FIRST, "for %s", receiver);
}

bool
overtake_is_older(const struct bundle_made *b, const struct bundle_made *than)
{
	return b->sender < than->sender ||
	    (b->sender == than->sender && b->seq < than->seq);
}
