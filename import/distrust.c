#include "import/distrust.h"

#include "formats/agreement.h"
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
	if (distrusted_now(s, st->partner, a->version,
		&facts->sender_distrusted, why) == -1)
		return -1;
	if (sender == NULL || !sender->revoked)
		return 0;
	return ask_number(s, sender, st, &facts->after_revocation, why);
}
