#include "import/impact.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "formats/agreement.h"
#include "store/referrals.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define FIRST_ROOM 64

struct looking {
	const struct node *node;
	struct impact *out;
};

bool
impact_may_be_lost(const struct impact_bundle *b)
{
	return b->made.carried && b->told == 0 && b->made.acknowledged == 0 &&
	    b->made.refused[0] == '\0';
}

static int
by_id(const void *a, const void *b)
{
	const struct impact_bundle *left = a, *right = b;

	return strcmp(left->made.id, right->made.id);
}

static int
count_sent(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	const struct looking *l = context;
	struct impact *out = l->out;
	struct impact_bundle key = { .referrals = 0 }, *b;

	(void)record;
	(void)why;
	if (l->node != NULL && strcmp(st->partner, l->node->code) == 0)
		out->sent += st->sent_revision != NULL;
	if (st->state != STANDING_SENT || st->bundle == NULL ||
	    strlen(st->bundle) >= sizeof(key.made.id))
		return 0;
	memcpy(key.made.id, st->bundle, strlen(st->bundle) + 1);
	b = out->bundle_count == 0 ?
	    NULL :
	    bsearch(&key, out->bundles, out->bundle_count,
		sizeof(*out->bundles), by_id);
	if (b != NULL) {
		b->referrals++;
		b->told += st->told != NULL;
	}
	return 0;
}

static int
count_received(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	const struct looking *l = context;
	struct impact *out = l->out;

	(void)record;
	(void)why;
	if (strcmp(st->partner, l->node->code) != 0)
		return 0;
	out->loaded += st->state == STANDING_LOADED;
	out->waiting += st->state == STANDING_STAGED ||
	    st->state == STANDING_READY || st->state == STANDING_HELD;
	return 0;
}

/* Every bundle that was made here, sorted by id. */
static int
list_bundles(struct store *s, const struct node *node, struct impact *out,
    struct fault *why)
{
	struct bundle_made b;
	size_t room = 0;
	int more;

	for (more = bundles_made_after(s, NULL, NULL, &b, why); more == 1;
	     more = bundles_made_after(s, NULL, &b, &b, why)) {
		if (out->bundle_count == room) {
			size_t wider = room == 0 ? FIRST_ROOM : room * 2;
			struct impact_bundle *all =
			    realloc(out->bundles, wider * sizeof(*all));

			if (all == NULL)
				return FAIL(why, FAULT_NO_MEMORY, "bundles");
			out->bundles = all;
			room = wider;
		}
		out->bundles[out->bundle_count++] =
		    (struct impact_bundle){ .made = b };
		out->bundles_sent +=
		    node != NULL && strcmp(b.receiver, node->code) == 0;
	}
	if (out->bundle_count > 0)
		qsort(out->bundles, out->bundle_count, sizeof(*out->bundles),
		    by_id);
	return more;
}

int
impact_read(struct store *s, const struct node *node, struct impact *out,
    struct fault *why)
{
	struct looking l = { node, out };
	struct arena *a = NULL;
	int rc = -1;

	*out = (struct impact){ .bundles = NULL };
	if (list_bundles(s, node, out, why) == -1 ||
	    (a = arena_new(ARENA, why)) == NULL)
		goto done;
	if (referrals_walk(s, REFERRAL_SENT, a, count_sent, &l, why) == -1)
		goto done;
	if (node != NULL &&
	    referrals_walk(s, REFERRAL_RECEIVED, a, count_received, &l, why) ==
		-1)
		goto done;
	rc = 0;
done:
	arena_free(a);
	return rc;
}

void
impact_free(struct impact *i)
{
	free(i->bundles);
	i->bundles = NULL;
}

int
impact_highest(struct store *s, const struct node *n, size_t key, int64_t *out,
    struct fault *why)
{
	return bundles_highest_seq(s, n->sign[key].key, out, why);
}
