#include "tests/sim/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "cli/node.h"
#include "formats/json.h"
#include "store/log_heads.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "tests/sim/look.h"
#include "tests/sim/world.h"

#define ARENA ((size_t)16 << 20)
/* The example's agreement gives an emergency 24 hours; clocks are not exact. */
#define OVERDUE_DAYS 2

struct watched {
	struct world *w;
	int office;
	struct store *store;
	struct arena *arena;
};

static void
differ(const struct watched *k, const char *ref, const char *model,
    const char *program)
{
	world_differ(k->w, k->w->office[k->office].code, ref, model, program);
}

/* Is a version of it in the other system, and nobody took it out? */
static bool
is_in_use(const struct child *c)
{
	return (c->loads > 0 || c->old_loads > 0) && c->undo_sheets < 2;
}

bool
watch_waits(const struct child *c)
{
	return c->sent_op != 0 && c->recall_op != 0 && c->again == 0 &&
	    (!c->recall_arrived || is_in_use(c));
}

int
watch_overdue(const struct world *w, int from, int to)
{
	int count = 0;

	for (int i = 0; i < w->child_count; i++) {
		const struct child *c = &w->child[i];

		count += c->origin == from && c->to == to && watch_waits(c) &&
		    c->recall_dated &&
		    world_day(w) >= c->recall_day + OVERDUE_DAYS;
	}
	return count;
}

int
watch_version(const char *text, size_t len)
{
	static const char before[] = "request, version ";
	const size_t most = sizeof(before) - 1;

	for (size_t i = 0; i + most < len; i++)
		if (memcmp(text + i, before, most) == 0)
			return (int)strtol(text + i + most, NULL, 10);
	return -1;
}

/* --- what came --- */

static int
take_received(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	const struct watched *k = context;
	struct child *c = world_by_ref(k->w, k->office, st->ref);
	int version;

	(void)why;
	k->w->office[k->office].may_decide |= st->state == STANDING_HELD;
	if (c == NULL || c->to != k->office)
		return 0; /* told at the end */
	version = watch_version((const char *)record->at, record->len);
	if (version > c->seen_revision)
		c->seen_revision = version;
	if (st->state == STANDING_LOADED && c->loads + c->old_loads == 0)
		differ(k, c->ref, "no file of it was written", "loaded");
	if (st->version_of == NULL && c->again == 0 &&
	    c->recall_known_op != 0 && is_in_use(c) && st->undo != UNDO_DUE &&
	    st->undo != UNDO_WRITTEN)
		differ(k, c->ref,
		    "it was loaded and is withdrawn, so a person is to undo it",
		    "nobody is asked to");
	return 0;
}

/* --- what went --- */

static const struct child *
sent_to(const struct world *w, const char *ref, const char *node)
{
	for (int i = 0; i < w->child_count; i++) {
		const struct child *c = &w->child[i];

		if (strcmp(c->ref, ref) == 0 &&
		    strcmp(w->office[c->to].code, node) == 0)
			return c;
	}
	return NULL;
}

static int
take_sent(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	const struct watched *k = context;
	struct standing all = *st;

	(void)record;
	k->w->office[k->office].may_decide |= st->state == STANDING_HELD;
	if (st->recall_reason == NULL)
		return 0;
	if (standing_find_receivers(&all, k->arena, why) == -1)
		return -1;
	for (size_t i = 0; i < all.receiver_count; i++) {
		const struct standing_receiver *to = &all.receivers[i];
		const struct child *c = sent_to(k->w, st->ref, to->node);

		if (c != NULL && to->confirmed && c->recall_op != 0 &&
		    watch_waits(c))
			differ(k, c->ref,
			    c->recall_arrived ?
				"it is in the other system still" :
				"nobody there has read its recall",
			    "its sender was told that the recall is done");
	}
	return 0;
}

/* --- what is owed --- */

struct looked_for {
	const char *ref;
	bool found;
};

static int
is_it(const struct bytes *record, void *context, struct fault *why)
{
	struct looked_for *l = context;
	struct json *j = NULL;
	const char *ref;

	if (json_read(record->at, record->len, &json_record, &j, why) == -1)
		return -1;
	ref = json_get_text(json_root(j), "ref");
	l->found |= ref != NULL && strcmp(ref, l->ref) == 0;
	json_free(j);
	return 0;
}

/* A recall goes with every bundle until it is done, whatever was read. */
static int
look_at_owed(const struct watched *k, struct fault *why)
{
	const struct world *w = k->w;

	for (int i = 0; i < w->child_count; i++) {
		const struct child *c = &w->child[i];
		struct looked_for l = { c->ref, false };

		if (c->origin != k->office || !watch_waits(c))
			continue;
		if (owed_walk(k->store, w->office[c->to].code, BUNDLE_RECALL,
			is_it, &l, why) == -1)
			return -1;
		if (!l.found)
			differ(k, c->ref, "its recall is not done over there",
			    "it goes with no bundle any more");
	}
	return 0;
}

/* Everybody is honest here, and no home was ever put back. */
static int
look_for_alarms(const struct watched *k, struct fault *why)
{
	int64_t alarms;
	char said[64];

	if (log_heads_alarms(k->store, &alarms, why) == -1)
		return -1;
	if (alarms == 0)
		return 0;
	(void)snprintf(said, sizeof(said), "%" PRId64 " alarms", alarms);
	differ(k, "-", "no partner wrote its log anew", said);
	return 0;
}

static int
look(struct home *h, void *context, struct fault *why)
{
	struct watched *k = context;

	k->store = h->store;
	if (referrals_walk(h->store, REFERRAL_RECEIVED, k->arena, take_received,
		k, why) == -1 ||
	    referrals_walk(h->store, REFERRAL_SENT, k->arena, take_sent, k,
		why) == -1)
		return -1;
	return look_at_owed(k, why) == -1 ? -1 : look_for_alarms(k, why);
}

int
watch_import(struct world *w, int office)
{
	struct watched k = { .w = w, .office = office };
	struct fault why;
	int rc;

	if ((k.arena = arena_new(ARENA, &why)) == NULL)
		return -1;
	rc = look_into(w, office, look, &k);
	arena_free(k.arena);
	return rc;
}
