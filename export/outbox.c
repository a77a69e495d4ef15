#include "export/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "export/overtake.h"
#include "export/partner.h"
#include "export/status.h"
#include "store/uploads.h"

const char *
outbox_class_name(enum made_class c)
{
	static const char *const names[] = {
		[MADE_RECALL] = "recall",
		[MADE_ANSWER] = "answer",
		[MADE_EMERGENCY] = "emergency",
		[MADE_REST] = "rest",
	};

	return c == MADE_UNKNOWN ? "not noted" : names[c];
}

bool
outbox_is_due(const struct bundle_made *b, moment arrived, moment now)
{
	/* A time to come says nothing, where a later one is known. */
	const moment left =
	    arrived > b->created || (arrived != 0 && b->created > now) ?
	    arrived :
	    b->created;

	if (b->acknowledged != 0 || b->purged != 0)
		return false;
	return !b->carried ||
	    (b->refused[0] == '\0' && status_is_long_ago(left, now));
}

static int
compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_urgency(const void *a, const void *b)
{
	const struct outbox_entry *l = a, *r = b;
	const enum made_class left =
	    l->made.class == MADE_UNKNOWN ? MADE_RECALL : l->made.class;
	const enum made_class right =
	    r->made.class == MADE_UNKNOWN ? MADE_RECALL : r->made.class;
	int order;

	if ((order = compare(l->stopped, r->stopped)) != 0 ||
	    (order = compare(r->ahead, l->ahead)) != 0 ||
	    (order = compare(left, right)) != 0 ||
	    (order = compare(l->made.bytes, r->made.bytes)) != 0 ||
	    (order = compare(l->made.created, r->made.created)) != 0 ||
	    (order = compare(l->made.sender, r->made.sender)) != 0)
		return order;
	return compare(l->made.seq, r->made.seq);
}

/* Not listed as one that receives any more, distrusted or revoked. */
static int
ask_receiver(const struct outbox_order *o, struct outbox_entry *e,
    struct fault *why)
{
	const struct partner_question q = { o->store, o->agreement, o->self };
	const struct node *receiver;

	if (o->agreement == NULL || o->self == NULL ||
	    partner_find(&q, e->made.receiver, &receiver, why) == 0)
		return 0;
	e->stopped = why->id == FAULT_AGREEMENT_NOT_LISTED ||
	    why->id == FAULT_NODE_DISTRUSTED;
	return e->stopped ? 0 : -1;
}

/* 1: it waits, and *out says how; 0: it does not. */
static int
look_at(const struct outbox_order *o, const struct bundle_made *b,
    struct outbox_entry *out, struct fault *why)
{
	struct upload_reach reach;

	if (b->acknowledged != 0)
		return 0;
	if (uploads_of_bundle(o->store, b->id, &reach, why) == -1)
		return -1;
	if (!outbox_is_due(b, reach.arrived, o->now))
		return 0;
	*out = (struct outbox_entry){ .made = *b,
		.again = b->carried,
		.uploaded = reach.offset };
	return ask_receiver(o, out, why) == -1 ? -1 : 1;
}

static int
put_ahead(const struct outbox_order *o, const struct bundle_made *b,
    struct outbox_entry *all, size_t *count, struct fault *why)
{
	struct outbox_entry *one = NULL;
	struct upload_reach reach;

	for (size_t i = 0; i < *count; i++)
		if (strcmp(all[i].made.id, b->id) == 0)
			one = &all[i];
	if (one == NULL) {
		if (uploads_of_bundle(o->store, b->id, &reach, why) == -1)
			return -1;
		one = &all[(*count)++];
		*one = (struct outbox_entry){ .made = *b,
			.again = b->carried,
			.uploaded = reach.offset };
		if (ask_receiver(o, one, why) == -1)
			return -1;
	}
	one->ahead = true;
	return 0;
}

/*
 * What waits may hold what was withdrawn since: the bundle that says so goes
 * with it.  There is room for it, as it is not acknowledged either.
 */
static int
add_recalls(const struct outbox_order *o, struct outbox_entry *all,
    size_t *count, struct fault *why)
{
	const size_t waiting = *count;
	struct bundle_made ahead;
	int found;

	for (size_t i = 0; i < waiting; i++) {
		found =
		    overtake_find(o->store, all[i].made.receiver, &ahead, why);
		if (found == -1 && why->id != FAULT_NODE_RECALL_FIRST)
			return -1;
		all[i].behind = found == -1;
		if (found == 1 && overtake_is_older(&all[i].made, &ahead) &&
		    put_ahead(o, &ahead, all, count, why) == -1)
			return -1;
	}
	return 0;
}

int
outbox_read(const struct outbox_order *o, struct arena *a,
    struct outbox_entry **out, size_t *count, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	size_t room = 0;
	int more, waits;

	*count = 0;
	while ((more = bundles_made_after(o->store, NULL, &b, &b, why)) == 1)
		room += b.acknowledged == 0;
	if (more == -1)
		return -1;
	if ((*out = arena_take_array(a, room + 1, sizeof(**out), why)) == NULL)
		return -1;
	b = (struct bundle_made){ .sender = 0 };
	while (*count < room &&
	    (more = bundles_made_after(o->store, NULL, &b, &b, why)) == 1) {
		waits = look_at(o, &b, &(*out)[*count], why);
		if (waits == -1)
			return -1;
		*count += waits == 1;
	}
	if (more == -1 || add_recalls(o, *out, count, why) == -1)
		return -1;
	qsort(*out, *count, sizeof(**out), by_urgency);
	return 0;
}
