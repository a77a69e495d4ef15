#include "import/distrust.h"

#include <string.h>

#include "formats/agreement.h"
#include "policy/bundle_rules.h"
#include "policy/rules.h"
#include "store/bundles.h"
#include "store/distrusted.h"
#include "store/referrals.h"

/* Did it come under a number that counts no more?  Each key has its own. */
static int
ask_number(struct store *s, const struct node *sender,
    const struct standing *st, bool *after, struct fault *why)
{
	*after = true;
	if (st->bundle == NULL)
		return 0;
	for (size_t i = 0; i < sender->sign_count; i++) {
		struct bundle_came came;
		int found = bundles_came(s, sender->sign[i].key, st->bundle,
		    &came, why);

		if (found == -1)
			return -1;
		if (found == 1) {
			*after = came.seq > sender->revoked_after;
			return 0;
		}
	}
	return 0;
}

int
distrust_facts(struct store *s, const struct agreement *a,
    const struct standing *st, struct bundle_facts *facts, struct fault *why)
{
	const struct node *sender = agreement_node(a, st->partner);

	facts->after_revocation = false;
	if (distrusted_now(s, st->partner, agreement_node_lists, sender,
		&facts->sender_distrusted, why) == -1)
		return -1;
	if (sender == NULL || !sender->revoked)
		return 0;
	return ask_number(s, sender, st, &facts->after_revocation, why);
}

static bool
waits(const struct standing *st)
{
	return st->state == STANDING_STAGED || st->state == STANDING_READY ||
	    st->state == STANDING_HELD;
}

int
distrust_stops(struct store *s, const struct agreement *a,
    const struct standing *st, bool *stopped, struct fault *why)
{
	struct bundle_facts facts = { .signature_good = true };

	*stopped = false;
	if (!waits(st))
		return 0;
	if (distrust_facts(s, a, st, &facts, why) == -1)
		return -1;
	*stopped = facts.sender_distrusted || facts.after_revocation;
	return 0;
}

int
distrust_view(struct store *s, const struct agreement *a,
    const struct standing *st, struct distrust_view *out, struct fault *why)
{
	struct bundle_facts facts = { .signature_good = true };
	struct standing_reason *first = &out->reasons[0];
	size_t n = 1;

	out->standing = *st;
	out->stopped = false;
	if (!waits(st))
		return 0;
	if (distrust_facts(s, a, st, &facts, why) == -1)
		return -1;
	*first = (struct standing_reason){ .rule = "B-SIG",
		.verdict = VERDICT_HOLD };
	if (!bundle_rules_sender_stopped(&facts, &first->text, &first->remedy))
		return 0;
	for (size_t i = 0; i < st->reason_count && n < DISTRUST_REASONS; i++)
		if (strcmp(st->reasons[i].rule, "B-SIG") != 0)
			out->reasons[n++] = st->reasons[i];
	out->stopped = true;
	out->standing.state = STANDING_HELD;
	out->standing.verdict = VERDICT_HOLD;
	out->standing.reasons = out->reasons;
	out->standing.reason_count = n;
	return 0;
}
