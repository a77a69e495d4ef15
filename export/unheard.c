#include "export/unheard.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "formats/agreement.h"
#include "store/bundles.h"
#include "store/referrals.h"

#define ROW_ARENA ((size_t)16 * 1024 * 1024)

struct work {
	struct store *store;
	const struct agreement *agreement;
	const struct unheard_keys *keys;
	struct unheard *out;
	struct arena *arena;
};

static bool
lists(const struct unheard_keys *keys, const uint8_t sign[static 32])
{
	for (size_t i = 0; i < keys->count; i++)
		if (memcmp(keys->listed[i].key, sign, 32) == 0)
			return true;
	return false;
}

static bool
was_spoken_of(const struct standing *st, const struct standing_receiver *r,
    const struct bundle_made *in)
{
	if (in->acknowledged != 0 || in->refused[0] != '\0')
		return true;
	/* The receiver's last word may be about an earlier bundle. */
	if (st->bundle != NULL && strcmp(st->bundle, in->id) == 0)
		return st->told != NULL;
	return r->told != NULL;
}

int
unheard_is(struct store *s, const struct unheard_keys *keys,
    const struct standing *st, const char *node, struct bundle_made *in,
    struct fault *why)
{
	const struct standing_receiver *r = standing_receiver(st, node);
	uint8_t sign[32];
	int found;

	if (r == NULL || r->bundle_count == 0)
		return 0;
	found = bundles_made(s, r->bundles[r->bundle_count - 1], in, why);
	if (found != 1 || was_spoken_of(st, r, in))
		return found == -1 ? -1 : 0;
	/* A store that keeps no key yet has had but one. */
	found = bundles_own_sign(s, in->sender, sign, why);
	if (found != 1)
		return found;
	return lists(keys, sign) ? 0 : 1;
}

static void
add(struct unheard *out, const struct bundle_made *in)
{
	struct unheard_in *one;

	out->referrals++;
	for (size_t i = 0; i < out->listed; i++) {
		one = &out->in[i];
		if (one->sequence == in->sequence &&
		    strcmp(one->node, in->receiver) == 0) {
			one->referrals++;
			return;
		}
	}
	if (out->listed == UNHEARD_LISTED)
		return;
	one = &out->in[out->listed++];
	memcpy(one->node, in->receiver, sizeof(one->node));
	one->sequence = in->sequence;
	one->referrals = 1;
}

static int
take(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct work *w = context;
	struct standing one = *st;
	struct bundle_made in;

	(void)record;
	if (st->state == STANDING_RECALLED)
		return 0;
	if (standing_find_receivers(&one, w->arena, why) == -1)
		return -1;
	for (size_t i = 0; i < one.receiver_count; i++) {
		const char *code = one.receivers[i].node;
		const struct node *n = agreement_node(w->agreement, code);
		int found;

		if (n == NULL || n->revoked)
			continue;
		found = unheard_is(w->store, w->keys, &one, code, &in, why);
		if (found == -1)
			return -1;
		if (found == 1)
			add(w->out, &in);
	}
	return 0;
}

/* Most of the time there is no older key, and nothing to be gone through. */
static int
has_older(struct store *s, const struct unheard_keys *keys, struct fault *why)
{
	uint8_t sign[32];
	int found;

	for (int64_t number = 1;
	     (found = bundles_own_sign(s, number, sign, why)) == 1; number++)
		if (!lists(keys, sign))
			return 1;
	return found;
}

int
unheard_find(struct store *s, const struct agreement *a,
    const struct unheard_keys *keys, struct unheard *out, struct fault *why)
{
	struct work w = { s, a, keys, out, NULL };
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = has_older(s, keys, why)) != 1)
		return rc;
	if ((w.arena = arena_new(ROW_ARENA, why)) == NULL)
		return -1;
	rc = referrals_walk(s, REFERRAL_SENT, w.arena, take, &w, why);
	arena_free(w.arena);
	return rc;
}
