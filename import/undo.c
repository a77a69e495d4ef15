#include "import/undo.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "import/judge.h"
#include "import/owing.h"
#include "store/journal.h"
#include "store/referrals.h"
#include "store/store.h"

#define REFS_MAX ((size_t)1024 * 1024)

static int
ask_clock(const struct undoer *by, struct fault *why)
{
	char text[MOMENT_TEXT];
	moment newest;

	if (journal_newest(by->store, &newest, why) == -1)
		return -1;
	if (by->now >= newest)
		return 0;
	day_write_moment(newest, text);
	return FAIL(why, FAULT_NODE_CLOCK, "the newest act here is of %s",
	    text);
}

/* Owed to whoever said it, and to whoever sent the referral. */
static int
owe(const struct undoer *by, const struct standing *st, struct fault *why)
{
	struct standing said = *st;

	if (st->recall_bundle != NULL)
		said.bundle = st->recall_bundle;
	if (owing_receipt(by->store, &said, "recalled", why) == -1)
		return -1;
	if (st->recall_from == NULL ||
	    strcmp(st->recall_from, st->partner) == 0)
		return 0;
	said.partner = st->recall_from;
	return owing_receipt(by->store, &said, "recalled", why);
}

static int
log_it(const struct undoer *by, const struct standing *st, struct fault *why)
{
	char body[128];

	(void)snprintf(body, sizeof(body), "{\"bundle\":\"%.36s\"}",
	    st->bundle != NULL ? st->bundle : "");
	return journal_put(by->store,
	    &(struct journal_entry){ ACT_UNDONE, by->now, by->user, body,
		&(struct journal_about){ .ref = standing_true_ref(st) }, 1 },
	    why);
}

/* One version: 1 if it was to be undone, 0 if not, or -1. */
static int
undo_one(const struct undoer *by, const char *ref, struct arena *a,
    struct standing *out, struct fault *why)
{
	struct standing st;
	int found;

	found = referrals_get(by->store, REFERRAL_RECEIVED, ref, a, &st, why);
	if (found != 1 || !standing_to_undo(&st))
		return found == -1 ? -1 : 0;
	st.undo = UNDO_DONE;
	st.target = NULL;
	st.target_id = NULL;
	/* Should it come again, nothing of it is on its way. */
	st.delivery = DELIVERY_NONE;
	st.transaction = NULL;
	st.sent_into = NULL;
	if (referrals_put(by->store, REFERRAL_RECEIVED, &st, NULL, 0, why) ==
		-1 ||
	    owe(by, &st, why) == -1 || log_it(by, &st, why) == -1)
		return -1;
	*out = st;
	return 1;
}

static int
undo_all(const struct undoer *by, const struct bytes *refs, struct arena *a,
    struct standing *out, struct fault *why)
{
	bool any = false;

	for (size_t i = 0; i < refs->len;
	     i += strlen((const char *)refs->at + i) + 1) {
		int undone =
		    undo_one(by, (const char *)refs->at + i, a, out, why);

		if (undone == -1)
			return -1;
		any |= undone == 1;
	}
	if (!any)
		return FAIL(why, FAULT_REF_STATE,
		    "nothing of it is to be undone");
	return 0;
}

int
undo_done(const struct undoer *by, const char *ref, struct arena *a,
    struct standing *out, struct fault *why)
{
	struct standing st;
	struct bytes refs;
	int rc = -1, found;

	bytes_init(&refs, REFS_MAX);
	if (ask_clock(by, why) == -1 || store_begin(by->store, why) == -1)
		goto done;
	found = referrals_get(by->store, REFERRAL_RECEIVED, ref, a, &st, why);
	if (found == 0)
		fault_set(why, FAULT_REF_UNKNOWN, "none fits");
	if (found == 1 &&
	    referrals_versions(by->store, REFERRAL_RECEIVED,
		judge_true_ref(&st), &refs, why) == 0)
		rc = undo_all(by, &refs, a, out, why);
	if (rc == 0 && !by->dry_run)
		rc = store_commit(by->store, why);
	else
		store_roll_back(by->store);
done:
	bytes_free(&refs);
	return rc;
}
