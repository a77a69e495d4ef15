#include "import/confirmed.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/bundle.h"
#include "formats/json.h"
#include "import/stage.h"
#include "store/owed.h"
#include "store/referrals.h"

/* heard: for each, one of these, then its ref, ended by NUL. */
#define DONE 'd'
#define READ 'r'

struct work {
	struct store *store;
	const char *from;
	struct arena *arena;
};

int
confirmed_hear(struct bytes *heard, const char *ref, bool done,
    struct fault *why)
{
	const char what = done ? DONE : READ;

	if (bytes_add(heard, &what, 1, why) == -1)
		return -1;
	return bytes_add(heard, ref, strlen(ref) + 1, why);
}

/* Has that node confirmed the recall of it?  1, 0 or -1. */
static int
is_done(const struct work *w, const char *ref, struct fault *why)
{
	const struct standing_receiver *to;
	struct standing st;
	int found;

	arena_empty(w->arena);
	found = referrals_get(w->store, REFERRAL_SENT, ref, w->arena, &st, why);
	if (found != 1)
		return found;
	to = standing_receiver(&st, w->from);
	return to != NULL && to->confirmed;
}

static int
is_settled(const struct bytes *record, void *context, struct fault *why)
{
	const struct work *w = context;
	struct json *j = NULL;
	const char *ref;
	int rc;

	if (json_read(record->at, record->len, &json_record, &j, why) == -1)
		return -1;
	if ((ref = json_get_text(json_root(j), "ref")) == NULL)
		rc = FAIL(why, FAULT_STORE_DAMAGED, "a recall's form");
	else
		rc = is_done(w, ref, why);
	json_free(j);
	return rc;
}

/* Said once: a recall that was done in the meantime was also read. */
static int
tell(const struct work *w, const struct stage_watch *watch, char what,
    const char *ref, struct fault *why)
{
	int done = is_done(w, ref, why);

	if (done == -1 || watch->record == NULL)
		return done == -1 ? -1 : 0;
	if (what == DONE)
		watch->record(watch->context, BUNDLE_RECEIPT,
		    "a recall of ours is confirmed: nothing of that referral "
		    "is used there",
		    false);
	else if (done == 0)
		watch->record(watch->context, BUNDLE_RECEIPT,
		    "a recall of ours was read over there; it is still to be "
		    "undone in their system",
		    true);
	return 0;
}

int
confirmed_end(struct store *s, const char *from, const struct bytes *heard,
    const struct stage_watch *watch, struct arena *a, struct fault *why)
{
	struct work w = { s, from, a };
	bool any = false;

	for (size_t i = 0; i < heard->len;) {
		const char *one = (const char *)heard->at + i;

		i += strlen(one) + 1;
		any = any || one[0] == DONE;
		if (tell(&w, watch, one[0], one + 1, why) == -1)
			return -1;
	}
	if (!any)
		return 0;
	return owed_forget(s, from, BUNDLE_RECALL, is_settled, &w, why);
}
