#include "import/judge.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"
#include "formats/referral.h"
#include "import/basis.h"
#include "import/distrust.h"
#include "import/later_no.h"
#include "store/decisions.h"
#include "store/referrals.h"

/* Does "revision does not go with the rest" speak of this member? */
static bool
is_of(const char *form, const char *member)
{
	size_t len = strcspn(form, " ");

	return len == strlen(member) && strncmp(form, member, len) == 0;
}

int
judge_read(struct store *s, const char *ref, struct arena *a,
    struct bytes *room, struct referral *out, struct fault *why)
{
	struct json *j = NULL;
	const char *form = NULL;
	int rc = -1, found;

	bytes_empty(room);
	found = referrals_record(s, REFERRAL_RECEIVED, ref, room, why);
	if (found == -1)
		return -1;
	if (found == 0)
		return FAIL(why, FAULT_STORE_DAMAGED, "a record is missing");
	if (json_read(room->at, room->len, &json_record, &j, why) == -1)
		return -1;
	referral_clear(out);
	if (referral_read(json_root(j), a, out, &form, why) == -1)
		goto done;
	/* Taking fields out changed the content, so its revision differs. */
	if (form != NULL && !is_of(form, "revision")) {
		fault_set(why, FAULT_STORE_DAMAGED, "a record's %.*s",
		    (int)strcspn(form, " "), form);
		goto done;
	}
	rc = 0;
done:
	json_free(j);
	return rc;
}

const char *
judge_true_ref(const struct standing *st)
{
	return st->version_of != NULL ? st->version_of : st->ref;
}

static const struct standing_reason *
reason_of(const struct standing *st, const char *rule)
{
	for (size_t i = 0; i < st->reason_count; i++)
		if (strcmp(st->reasons[i].rule, rule) == 0)
			return &st->reasons[i];
	return NULL;
}

/* Only what the bundle itself said is not asked anew. */
static int
find_facts(const struct judging *by, const struct standing *st,
    struct bundle_facts *out, struct fault *why)
{
	int64_t ours = by->agreement->version;

	*out = (struct bundle_facts){
		.signature_good = true,
		.addressed_to_us = true,
		.environment_same = true,
		.form_good = true,
		.origin_good = true,
		/* It can pass while it waits here. */
		.past_use_by = reason_of(st, "B-AGE") != NULL ||
		    (st->use_by != 0 && st->use_by < by->now),
		.agreement_newer = st->their_agreement > ours,
		.agreement_older =
		    st->their_agreement != 0 && st->their_agreement < ours,
		.created_known = st->created != DAY_UNKNOWN,
		.created = st->created,
	};
	/* An older store does not say how new theirs was. */
	if (st->their_agreement == 0 && reason_of(st, "P-SAME") != NULL)
		out->agreement_newer = st->agreement >= ours;
	return distrust_facts(by->store, by->agreement, st, out, why);
}

/* Is it the second of that ref in one bundle, or a version of another one? */
static int
find_remembered(const struct judging *by, const struct standing *st,
    struct arena *a, enum remembered *out, struct fault *why)
{
	struct standing first;
	int found;

	*out = NOT_SEEN;
	if (reason_of(st, "D-DUP") == NULL)
		return 0;
	*out = SEEN_OTHER;
	if (st->version_of == NULL || st->bundle == NULL)
		return 0;
	found = referrals_get(by->store, REFERRAL_RECEIVED, st->version_of, a,
	    &first, why);
	if (found == 1 && first.bundle != NULL &&
	    strcmp(first.bundle, st->bundle) == 0)
		*out = SEEN_TWICE;
	return found == -1 ? -1 : 0;
}

static int
find_decided(const struct judging *by, const struct standing *st,
    struct arena *a, struct question *q, struct fault *why)
{
	struct decisions_of of = {
		.direction = REFERRAL_RECEIVED,
		.ref = judge_true_ref(st),
		.revision = st->revision,
	};
	struct decisions_now now;

	if (basis_of(q, st->recall_bundle, a, &of.basis, why) == -1)
		return -1;
	if (by->basis != NULL)
		*by->basis = of.basis;
	if (decisions_now(by->store, &of, a, &now, why) == -1)
		return -1;
	q->released = now.released;
	q->released_count = now.released_count;
	q->refused = now.refused;
	return 0;
}

/* What people decided of it here, and what one is about to. */
static int
find_released(const struct judging *by, const struct standing *st,
    struct arena *a, struct question *q, struct fault *why)
{
	struct judged *all;
	size_t count;

	if (find_decided(by, st, a, q, why) == -1)
		return -1;
	if (by->more_count == 0)
		return 0;
	count = q->released_count;
	all = arena_take_array(a, count + by->more_count, sizeof(*all), why);
	if (all == NULL)
		return -1;
	if (count > 0)
		memcpy(all, q->released, count * sizeof(*all));
	memcpy(all + count, by->more, by->more_count * sizeof(*all));
	q->released = all;
	q->released_count = count + by->more_count;
	return 0;
}

int
judge_again(const struct judging *by, const struct standing *st,
    const struct referral *r, struct arena *a, struct judgement *out,
    struct fault *why)
{
	const struct agreement *agreement = by->agreement;
	struct bundle_facts facts;
	struct held_here held;
	struct question q = {
		.end = AT_IMPORT,
		.today = day_of(by->now),
		.referral = r,
		.agreement = agreement,
		.sender = agreement_node(agreement, st->partner),
		.receiver = by->self,
		.bundle = &facts,
		.held = &held,
		.recalled = reason_of(st, "L-TOMB") != NULL ? RECALLED_BEFORE :
							      NOT_RECALLED,
	};

	memset(out, 0, sizeof(*out));
	if (q.sender == NULL)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED, "the sender, %s",
		    st->partner);
	if (find_facts(by, st, &facts, why) == -1 ||
	    find_remembered(by, st, a, &q.remembered, why) == -1 ||
	    later_no_find(by->later_no, r, st, a, &held, why) == -1 ||
	    find_released(by, st, a, &q, why) == -1)
		return -1;
	q.flow = agreement_flow(agreement,
	    agreement_party(agreement, r->from_agency),
	    agreement_party(agreement, r->to_agency));
	rules_judge(&q, out);
	return 0;
}

static bool
names(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

/* Add what was said before and cannot be said again. */
static int
add_reasons(struct standing *st, const struct standing *before, struct arena *a,
    struct fault *why)
{
	struct standing_reason *all;

	all = arena_take_array(a, st->reason_count + before->reason_count,
	    sizeof(*all), why);
	if (all == NULL)
		return -1;
	if (st->reason_count > 0)
		memcpy(all, st->reasons, st->reason_count * sizeof(*all));
	st->reasons = all;
	for (size_t i = 0; i < before->reason_count; i++)
		if (before->reasons[i].verdict < VERDICT_HOLD &&
		    reason_of(st, before->reasons[i].rule) == NULL)
			all[st->reason_count++] = before->reasons[i];
	return 0;
}

static int
add_removed(struct standing *st, const struct standing *before, struct arena *a,
    struct fault *why)
{
	const char **all = arena_take_array(a,
	    st->removed_count + before->removed_count, sizeof(*all), why);

	if (all == NULL)
		return -1;
	for (size_t i = 0; i < st->removed_count; i++)
		all[i] = st->removed[i];
	st->removed = all;
	for (size_t i = 0; i < before->removed_count; i++)
		if (!names(all, st->removed_count, before->removed[i]))
			all[st->removed_count++] = before->removed[i];
	return 0;
}

int
judge_note(struct standing *st, const struct judgement *j, struct arena *a,
    struct fault *why)
{
	struct standing before = *st;

	if (standing_from(st, j, a, why) == -1 ||
	    add_reasons(st, &before, a, why) == -1)
		return -1;
	return add_removed(st, &before, a, why);
}
