#include "import/assign.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "store/decisions.h"
#include "store/journal.h"
#include "store/referrals.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define RECORD_MAX ((size_t)1024 * 1024)

const char *
assign_because_name(enum assign_because because)
{
	static const char *const names[] = {
		[ASSIGN_NAMED] = "named_by_sender",
		[ASSIGN_BEFORE] = "took_before",
		[ASSIGN_LISTED] = "listed",
	};

	return names[because];
}

int
assign_may(const struct standing *st, struct fault *why)
{
	if (st->state == STANDING_HELD || st->state == STANDING_STAGED ||
	    st->state == STANDING_READY)
		return 0;
	return FAIL(why, FAULT_REF_STATE, "it is %s",
	    standing_state_name(st->state));
}

/* --- suggestions --- */

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The user that the sender's record names; nobody if it is not one of ours. */
static int
find_named(struct store *s, const struct node *self, const struct standing *st,
    const struct user **out, struct fault *why)
{
	struct json *j = NULL;
	struct bytes record;
	const char *named;
	int rc = -1, found;

	*out = NULL;
	bytes_init(&record, RECORD_MAX);
	found = referrals_record(s, REFERRAL_RECEIVED, st->ref, &record, why);
	if (found == -1 ||
	    (found == 1 &&
		json_read(record.at, record.len, &json_record, &j, why) == -1))
		goto done;
	if (j != NULL &&
	    (named = json_get_text(json_root(j), "to_user")) != NULL)
		*out = agreement_user(self, named);
	rc = 0;
done:
	json_free(j);
	bytes_free(&record);
	return rc;
}

struct counting {
	const struct standing *like;
	struct assign_suggestion *all;
	size_t count;
};

static int
count_one(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct counting *c = context;

	(void)record;
	(void)why;
	if (st->assigned_to == NULL || same(st->ref, c->like->ref) ||
	    !same(st->service, c->like->service) ||
	    !same(st->party, c->like->party))
		return 0;
	for (size_t i = 0; i < c->count; i++)
		c->all[i].before +=
		    strcmp(c->all[i].user->user, st->assigned_to) == 0;
	return 0;
}

static int
by_order(const void *left, const void *right)
{
	const struct assign_suggestion *a = left, *b = right;

	if (a->because != b->because)
		return a->because < b->because ? -1 : 1;
	if (a->before != b->before)
		return a->before > b->before ? -1 : 1;
	return strcmp(a->user->user, b->user->user);
}

int
assign_suggest(struct store *s, const struct node *self,
    const struct standing *st, struct arena *a, struct assign_suggestion **out,
    struct fault *why)
{
	struct counting c = { .like = st, .count = self->user_count };
	const struct user *named;
	struct arena *rows;
	int rc;

	c.all = arena_take_array(a, c.count, sizeof(*c.all), why);
	if (c.all == NULL || find_named(s, self, st, &named, why) == -1 ||
	    (rows = arena_new(ROWS_ARENA, why)) == NULL)
		return -1;
	for (size_t i = 0; i < c.count; i++)
		c.all[i].user = &self->users[i];
	rc = referrals_walk(s, REFERRAL_RECEIVED, rows, count_one, &c, why);
	arena_free(rows);
	for (size_t i = 0; i < c.count; i++)
		c.all[i].because = c.all[i].user == named ? ASSIGN_NAMED :
		    c.all[i].before > 0			  ? ASSIGN_BEFORE :
							    ASSIGN_LISTED;
	if (c.count > 0)
		qsort(c.all, c.count, sizeof(*c.all), by_order);
	*out = c.all;
	return rc;
}

/* --- the decision --- */

static int
log_it(struct store *s, const struct standing *st,
    const struct assign_order *order, struct fault *why)
{
	char body[128];

	(void)snprintf(body, sizeof(body), "{\"bundle\":\"%.36s\"}",
	    st->bundle != NULL ? st->bundle : "");
	return journal_put(s,
	    &(struct journal_entry){ ACT_ASSIGNED, order->at, order->by, body,
		&(struct journal_about){ .ref = standing_true_ref(st) }, 1 },
	    why);
}

int
assign_keep(struct store *s, struct standing *st,
    const struct assign_order *order, struct fault *why)
{
	const struct decision d = {
		.kind = DECISION_ASSIGN,
		.direction = REFERRAL_RECEIVED,
		.ref = st->version_of != NULL ? st->version_of : st->ref,
		.revision = st->revision,
		.user = order->by,
		.to_user = order->to,
		.at = order->at,
	};

	if (assign_may(st, why) == -1)
		return -1;
	if (agreement_user(order->self, order->to) == NULL)
		return FAIL(why, FAULT_REF_ASSIGNEE, "at %s",
		    order->self->code);
	st->assigned_to = order->to;
	if (decisions_put(s, &d, why) == -1 ||
	    referrals_put(s, REFERRAL_RECEIVED, st, NULL, 0, why) == -1)
		return -1;
	return log_it(s, st, order, why);
}
