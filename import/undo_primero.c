#include "import/undo_primero.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/referral.h"
#include "import/judge.h"
#include "import/plan.h"
#include "store/standing.h"
#include "systems/primero_transition.h"

#define STILL_THERE                                                            \
	"nothing of it is open there; the row of the service is still in the " \
	"case, as is the case if it was made for it"

static int
ask(struct plan *out, const char *because)
{
	out->action = PLAN_ASK;
	out->target_id[0] = '\0';
	fault_set(&out->why, FAULT_SERVER_UNDO, "%s", because);
	return 0;
}

/* All that the id of a case is made of. */
static void
name_child(const struct standing *st, struct referral *r)
{
	referral_clear(r);
	r->ref = judge_true_ref(st);
	if (st->individual == NULL)
		return;
	r->value[FIELD_UNHCR_INDIVIDUAL_NO].present = true;
	r->value[FIELD_UNHCR_INDIVIDUAL_NO].text = st->individual;
}

/* --- where a load that broke off may have put it --- */

/* Is the row there, or a referral of it?  1, 0 or -1. */
static int
is_there(const struct undo_primero *to, const char *id, const char *service,
    struct fault *why)
{
	struct primero_given given;

	if (primero_transition_look(to->api, id, service, &given, why) == 0)
		return given.row || given.open > 0 || given.done > 0;
	return why->id == FAULT_TARGET_CASE ? 0 : -1;
}

static int
take(const char *id, struct plan *out)
{
	(void)snprintf(out->target_id, sizeof(out->target_id), "%s", id);
	return 1;
}

/*
 * This node does not know the case, so it can only be the one that it would
 * have made: 1 it is in out->target_id, 0 it is for a person, or -1.
 */
static int
find_case(const struct undo_primero *to, const struct standing *st,
    const char *service, struct plan *out, struct fault *why)
{
	char own[RANDOM_UUID];
	struct referral r;
	int there;

	name_child(st, &r);
	primero_body_case_id(to->agreement, &r, own);
	if ((there = is_there(to, own, service, why)) != 0)
		return there == 1 ? take(own, out) : -1;
	return ask(out, "its case there is not known");
}

/* --- the plan --- */

static const char *
hint(const struct primero_given *given)
{
	if (given->done > 0)
		return "the service was given there already, and a person "
		       "looks at that";
	if (given->unclear > 0)
		return "open referrals of that case do not say for which "
		       "service they are, and a person looks at those";
	return given->no_consent && given->open > 0 ?
	    "the case says already that it may not be shared, so Primero may "
	    "refuse" :
	    NULL;
}

/*
 * A load that broke off before it was known what became of it: where the case
 * that it was meant for is not there, or has nothing of it, nothing arrived.
 */
static bool
never_arrived(const struct standing *st, const struct primero_given *given)
{
	return st->record_id == NULL && st->sent_into != NULL &&
	    st->delivery == DELIVERY_SENDING && !given->row &&
	    given->open == 0 && given->done == 0 && given->unclear == 0;
}

static int
plan_given(const struct standing *st, const struct primero_given *given,
    struct plan *out)
{
	const char *said = hint(given);

	out->action = PLAN_REVOKE;
	out->nothing_there = never_arrived(st, given);
	if (out->nothing_there)
		return 0;
	if (given->gone)
		return ask(out, "its case is not there any more");

	if (given->open == 0 && given->done > 0)
		return ask(out, "the service was given there already");
	if (given->open == 0 && given->unclear > 0)
		return ask(out,
		    "open referrals of that case do not say for which service "
		    "they are");
	if (given->open == 0 && !given->row)
		return ask(out, "the case has no row that satchel made for it");
	if (given->open == 0 && !given->ticked)
		return ask(out, STILL_THERE);
	if (said != NULL)
		fault_set(&out->why, FAULT_SERVER_UNDO, "%s", said);
	return 0;
}

int
undo_primero_plan(const struct undo_primero *to, const struct standing *st,
    struct plan *out, struct fault *why)
{
	char service[RANDOM_UUID];
	struct primero_given given;
	const char *known;
	int found;

	primero_body_service_id(judge_true_ref(st), service);
	known = st->record_id != NULL ? st->record_id : st->sent_into;
	found = known != NULL ? take(known, out) :
				find_case(to, st, service, out, why);
	if (found != 1)
		return found;
	if (primero_transition_look(to->api, out->target_id, service, &given,
		why) == 0)
		return plan_given(st, &given, out);
	return why->id == FAULT_TARGET_CASE ? ask(out, why->detail) : -1;
}

/* --- doing it --- */

/* Trying again would end the same: a person does it. */
static bool
is_for_a_person(const struct fault *why)
{
	return why->id == FAULT_SERVER_REFUSED ||
	    why->id == FAULT_SERVER_FORBIDDEN || why->id == FAULT_TARGET_CASE ||
	    why->id == FAULT_TARGET;
}

/* The plan says so where the case says that it may not be shared. */
static void
say_why(const struct plan *plan, const struct fault *because, struct fault *why)
{
	if (because->id == FAULT_SERVER_REFUSED && plan->why.id != FAULT_NONE)
		fault_set(why, FAULT_SERVER_UNDO,
		    "%s: its administrator ends the referral, or the ticks of "
		    "consent are set until load has revoked it",
		    because->detail);
	else
		fault_set(why, FAULT_SERVER_UNDO, "%s", because->detail);
}

/* A case that this node made stays, too. */
static bool
is_own_case(const struct undo_primero *to, const struct standing *st,
    const char *record_id)
{
	char own[RANDOM_UUID];
	struct referral r;

	name_child(st, &r);
	primero_body_case_id(to->agreement, &r, own);
	return strcmp(own, record_id) == 0;
}

int
undo_primero_do(const struct undo_primero *to, const struct standing *st,
    const struct plan *plan, struct fault *left, struct fault *why)
{
	char service[RANDOM_UUID];
	struct primero_revoked done;
	struct fault because;

	left->id = FAULT_NONE;
	primero_body_service_id(judge_true_ref(st), service);
	if (plan->nothing_there)
		return 0;
	if (primero_transition_revoke(to->api, plan->target_id, service, &done,
		why) == -1) {
		because = *why;
		if (is_for_a_person(why))
			say_why(plan, &because, why);
		return -1;
	}
	if (done.done > 0)
		return FAIL(why, FAULT_SERVER_UNDO,
		    "the service was given there already");
	if (done.unclear > 0)
		return FAIL(why, FAULT_SERVER_UNDO,
		    "%zu open referrals of that case do not say for which "
		    "service they are",
		    done.unclear);
	if (done.row || is_own_case(to, st, plan->target_id))
		fault_set(left, FAULT_SERVER_UNDO, STILL_THERE);
	return 0;
}
