#include "import/load_live.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/age.h"
#include "crypto/secrets.h"
#include "import/into_dtp.h"
#include "import/into_ping.h"
#include "import/into_primero.h"
#include "import/known.h"
#include "import/undo_primero.h"
#include "store/store.h"
#include "systems/live.h"
#include "systems/primero_check.h"

#define MADE_MAX ((size_t)64 * 1024 * 1024)

struct load_live {
	const struct loader *by;
	struct live *live;
	struct into_primero primero; /* api NULL: it is PING or DTP */
	struct into_primero_plan plan;
	bool codes_checked;
	struct fault left;
	struct fault ended;
	struct bytes made; /* dry run: ids of cases, each ended by NUL */
};

struct load_live *
load_live_open(const struct loader *by, struct fault *why)
{
	struct load_live *l = calloc(1, sizeof(*l));
	struct age_opener with;
	struct live_order order = {
		.format = by->target->format,
		.sends = true,
		.credentials = by->credentials,
		.with = &with,
		.agreement = by->agreement,
		.waiting = by->waiting,
		.waiting_context = by->context,
	};

	if (l == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	l->by = by;
	bytes_init(&l->made, MADE_MAX);
	secrets_opener(by->secrets, &with);
	if ((l->live = live_open(&order, why)) == NULL) {
		free(l);
		return NULL;
	}
	l->primero = (struct into_primero){ live_primero(l->live), by->store,
		by->agreement, live_user(l->live), false };
	if (known_any(by->store, &l->primero.knows_any, why) == -1) {
		load_live_close(l);
		return NULL;
	}
	return l;
}

void
load_live_close(struct load_live *l)
{
	if (l == NULL)
		return;
	live_close(l->live);
	bytes_free(&l->made);
	free(l);
}

const char *
load_live_name(const struct load_live *l)
{
	if (l->primero.api != NULL)
		return "primero-api";
	return live_dtp(l->live) != NULL ? "progres-dtp-api" :
					   "progres-ping-api";
}

bool
load_live_ends(const struct fault *why)
{
	return into_primero_ends(why);
}

const struct plan *
load_live_planned(const struct load_live *l)
{
	return &l->plan.said;
}

const struct fault *
load_live_left(const struct load_live *l)
{
	return &l->left;
}

int
load_live_goes_on(const struct load_live *l, struct fault *why)
{
	if (l->ended.id == FAULT_NONE)
		return 0;
	*why = l->ended;
	return -1;
}

/* --- what would be done --- */

static struct undo_primero
undoing(const struct load_live *l)
{
	return (struct undo_primero){ l->primero.api, l->by->agreement };
}

/* Of a withdrawn one: Primero can be told, proGres has to be by a person. */
static int
plan_undo(struct load_live *l, const struct standing *st, struct fault *why)
{
	const struct undo_primero to = undoing(l);
	struct plan *p = &l->plan.said;

	if (to.api != NULL)
		return undo_primero_plan(&to, st, p, why);
	p->action = PLAN_ASK;
	fault_set(&p->why, FAULT_SERVER_UNDO,
	    "proGres takes nothing back: load --to sheet:DIR makes the page "
	    "for a person");
	return 0;
}

static int
do_undo(struct load_live *l, const struct load_live_one *one,
    const char **target_id, struct fault *why)
{
	const struct undo_primero to = undoing(l);
	const char *id = l->plan.said.target_id;
	struct standing *st = one->standing;

	*target_id = arena_copy(one->arena, id, strlen(id), why);
	if (*target_id == NULL)
		return -1;
	/* The page for a person names it. */
	if (st->record_id == NULL)
		st->sent_into = *target_id;
	return undo_primero_do(&to, st, &l->plan.said, &l->left, why);
}

static void
say_why_asked(struct plan *p, const struct standing *st)
{
	if (st->delivery == DELIVERY_UNCONFIRMED)
		fault_set(&p->why, FAULT_SERVER_NO_PROOF,
		    "it did not go through PING");
	else if (st->delivery == DELIVERY_REFUSED)
		fault_set(&p->why, FAULT_SERVER_REJECTED,
		    "it was refused before");
	else
		fault_set(&p->why, FAULT_SERVER_UNSURE,
		    "an earlier run sent it, and no answer came");
}

static int
plan_ping(struct load_live *l, const struct load_live_one *one)
{
	struct plan *p = &l->plan.said;
	const struct standing *st = one->standing;

	p->action = into_ping_action(st,
	    one->answer != NULL ? PLAN_ANSWER : PLAN_CREATE);
	if (st->delivery == DELIVERY_REFUSED && one->named)
		p->action = one->answer != NULL ? PLAN_ANSWER : PLAN_CREATE;
	if (p->action == PLAN_ASK)
		say_why_asked(p, st);
	return 0;
}

/* What was refused goes again if it is named, whoever refused it. */
static int
plan_dtp(struct load_live *l, const struct load_live_one *one)
{
	enum plan_action first =
	    one->answer != NULL ? PLAN_ANSWER : PLAN_CREATE;
	struct plan *p = &l->plan.said;

	into_dtp_plan(one->standing, first, p);
	if (one->standing->delivery == DELIVERY_REFUSED && one->named) {
		p->action = first;
		p->why.id = FAULT_NONE;
	}
	return 0;
}

static void
notice(const struct load_live *l, size_t count, const char *text)
{
	struct fault fault;

	fault_set(&fault, FAULT_SERVER_CODES, "%zu: %s", count, text);
	if (l->by->noticed != NULL)
		l->by->noticed(l->by->context, &fault);
}

/*
 * Once, before the first of them is planned: does the server have the codes
 * that the agreement names?  Where it does not let them be read, it says itself
 * what it does not take.
 */
static int
check_codes(struct load_live *l, struct fault *why)
{
	struct primero_codes codes;
	struct fault fault;

	if (l->codes_checked)
		return 0;
	l->codes_checked = true;
	if (primero_check_codes(l->primero.api, l->by->agreement, &codes,
		&fault) == 0) {
		if (codes.missing > 0)
			notice(l, codes.missing, codes.text);
		return 0;
	}
	if (!load_live_ends(&fault))
		return 0;
	*why = fault;
	return -1;
}

/* In a dry run no case is made: the next of that child would find it. */
static int
plan_after_others(struct load_live *l, struct fault *why)
{
	struct plan *p = &l->plan.said;

	if (!l->by->dry_run || p->action != PLAN_CREATE)
		return 0;
	for (size_t i = 0; i < l->made.len;
	     i += strlen((const char *)l->made.at + i) + 1) {
		if (strcmp((const char *)l->made.at + i, p->target_id) == 0) {
			p->action = PLAN_ADD_SERVICE;
			return 0;
		}
	}
	return bytes_add(&l->made, p->target_id, strlen(p->target_id) + 1, why);
}

int
load_live_plan(struct load_live *l, const struct load_live_one *one,
    struct fault *why)
{
	const struct standing *st = one->standing;

	memset(&l->plan, 0, sizeof(l->plan));
	if (one->target == NULL && one->answer == NULL)
		return plan_undo(l, st, why);
	if (live_dtp(l->live) != NULL)
		return plan_dtp(l, one);
	if (l->primero.api == NULL)
		return plan_ping(l, one);
	if (one->answer != NULL) {
		l->plan.said.action = PLAN_ANSWER;
		return 0;
	}
	if (st->state == STANDING_LOADED) {
		l->plan.said.action = PLAN_REFER;
		return 0;
	}
	if (check_codes(l, why) == -1)
		return -1;
	if (into_primero_plan(&l->primero, st, one->target, one->arena,
		&l->plan, why) == -1)
		return -1;
	return plan_after_others(l, why);
}

/* --- doing it --- */

/* From here on nobody may think that it was not sent. */
static int
write_down(struct load_live *l, const struct load_live_one *one,
    struct fault *why)
{
	struct standing *st = one->standing;

	if (st->delivery == DELIVERY_NONE || st->delivery == DELIVERY_REFUSED ||
	    st->delivery_at == 0)
		st->delivery_at = l->by->now;
	st->delivery = DELIVERY_SENDING;
	st->transaction = NULL;
	if (l->primero.api != NULL && one->target != NULL)
		st->sent_into = l->plan.real.record_id;
	if (one->direction == REFERRAL_RECEIVED && st->target == NULL)
		st->target = load_live_name(l);
	if (referrals_put(l->by->store, one->direction, st, NULL, 0, why) ==
		-1 ||
	    store_commit(l->by->store, why) == -1)
		return -1;
	return store_begin(l->by->store, why);
}

/* Nothing of it is there: as if it had never been tried. */
static void
take_back(struct standing *st, const char *target)
{
	st->delivery = DELIVERY_NONE;
	st->target = target;
	st->sent_into = NULL;
}

static int
keep_id(const struct load_live_one *one, const char *id, const char **out,
    struct fault *why)
{
	*out = arena_copy(one->arena, id, strlen(id), why);
	return *out == NULL ? -1 : 0;
}

/* What Primero does not allow now is tried again at the next load. */
static int
give(struct load_live *l, const struct load_live_one *one,
    const char *record_id, struct fault *why)
{
	struct standing *st = one->standing;

	st->delivery = DELIVERY_NONE;
	if (st->assigned_to == NULL || record_id == NULL)
		return 0;
	if (into_primero_give(&l->primero, one->target, record_id, why) == 0)
		return 0;
	st->delivery = DELIVERY_REFER;
	l->left = *why;
	if (!load_live_ends(why))
		return 0;
	fault_set(&l->left, FAULT_SERVER_NOT_GIVEN, "%s", why->detail);
	l->ended = *why;
	/* The words of these say that nothing was changed there. */
	if (why->id == FAULT_SERVER_UNREACHABLE || why->id == FAULT_SERVER_BUSY)
		fault_set(&l->ended, FAULT_SERVER_BROKE_OFF, "%s", why->detail);
	return 0;
}

static int
do_primero(struct load_live *l, const struct load_live_one *one,
    enum load_state *state, const char **target_id, struct fault *why)
{
	static const enum load_state states[] = {
		[PLAN_CREATE] = LOAD_CREATED,
		[PLAN_LINK] = LOAD_LINKED,
		[PLAN_ADD_SERVICE] = LOAD_ADDED,
		[PLAN_LEAVE] = LOAD_UNCHANGED,
	};
	struct standing *st = one->standing;
	const enum standing_delivery before = st->delivery;
	const char *target = st->target;
	struct into_primero_done done;

	if (write_down(l, one, why) == -1)
		return -1;
	if (into_primero_do(&l->primero, one->target, &l->plan, &done, why) ==
	    -1) {
		if (why->id != FAULT_SERVER_LOST) {
			if (before == DELIVERY_NONE && !done.wrote)
				take_back(st, target);
			return -1;
		}
		st->delivery = DELIVERY_PART;
		(void)keep_id(one, done.record_id, &st->record_id, why);
		return -1;
	}
	*state = done.was_there ? LOAD_UNCHANGED : states[l->plan.said.action];
	if (keep_id(one, done.record_id, target_id, why) == -1)
		return -1;
	/* Known also if what follows breaks off. */
	st->record_id = *target_id;
	st->sent_into = NULL;
	return give(l, one, *target_id, why);
}

static int
do_ping(struct load_live *l, const struct load_live_one *one,
    enum load_state *state, struct fault *why)
{
	char transaction[INTO_PING_TRANSACTION] = "";
	struct standing *st = one->standing;
	const char *target = st->target;
	int rc;

	if (l->plan.said.action != PLAN_CHECK && write_down(l, one, why) == -1)
		return -1;
	rc = into_ping_do(live_ping(l->live), one->body, st, transaction, why);
	if (st->transaction == transaction) {
		struct fault room;

		st->transaction = arena_copy(one->arena, transaction,
		    strlen(transaction), &room);
	}
	if (rc == -1 && st->delivery == DELIVERY_NONE)
		take_back(st, target);
	*state = LOAD_CREATED;
	return rc;
}

/* Never there for certain: what proves it comes another way. */
static int
do_dtp(struct load_live *l, const struct load_live_one *one, struct fault *why)
{
	struct standing *st = one->standing;
	const char *target = st->target;

	if (write_down(l, one, why) == -1)
		return -1;
	if (into_dtp_do(live_dtp(l->live), one->body, st, why) == -1 &&
	    st->delivery == DELIVERY_NONE)
		take_back(st, target);
	return -1;
}

static int
do_answer(struct load_live *l, const struct load_live_one *one,
    enum load_state *state, struct fault *why)
{
	bool was_there;

	if (into_primero_answer(&l->primero, one->answer, &was_there, &l->left,
		why) == -1)
		return -1;
	*state = was_there ? LOAD_UNCHANGED : LOAD_CREATED;
	return 0;
}

int
load_live_do(struct load_live *l, const struct load_live_one *one,
    enum load_state *state, const char **target_id, struct fault *why)
{
	l->left.id = FAULT_NONE;
	l->ended.id = FAULT_NONE;
	*target_id = NULL;
	if (l->plan.said.action == PLAN_ASK ||
	    l->plan.said.action == PLAN_WAIT) {
		*why = l->plan.said.why;
		return -1;
	}
	if (l->plan.said.action == PLAN_REVOKE) {
		*state = LOAD_REVOKED;
		return do_undo(l, one, target_id, why);
	}
	if (live_dtp(l->live) != NULL)
		return do_dtp(l, one, why);
	if (l->primero.api == NULL)
		return do_ping(l, one, state, why);
	if (one->answer != NULL)
		return do_answer(l, one, state, why);
	if (l->plan.said.action == PLAN_REFER) {
		*state = LOAD_UNCHANGED;
		*target_id = one->standing->record_id;
		return give(l, one, *target_id, why);
	}
	return do_primero(l, one, state, target_id, why);
}
