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
#include "systems/primero_match.h"
#include "systems/primero_transition.h"

static int
ask(struct plan *out, const char *because)
{
	out->action = PLAN_ASK;
	out->target_id[0] = '\0';
	fault_set(&out->why, FAULT_SERVER_UNDO, "%s", because);
	return 0;
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

/* Among those that bear the child's number.  More than one: none is taken. */
static int
find_by_number(const struct undo_primero *to, const struct referral *r,
    const char *service, struct plan *out, struct fault *why)
{
	struct primero_match m;
	int found = 0;

	if (primero_match_find(to->api, r, NULL, &m, why) == -1)
		return -1;
	for (size_t i = 0; i < m.count && i < PRIMERO_MATCH_SHOWN; i++) {
		int there = is_there(to, m.record_id[i], service, why);

		if (there == -1)
			return -1;
		if (there == 1 && found++ == 0)
			(void)take(m.record_id[i], out);
	}
	if (found == 1 && m.count <= PRIMERO_MATCH_SHOWN && m.unreadable == 0)
		return 1;
	(void)ask(out,
	    found > 1 ? "several cases there have the service" :
			"its case there is not known");
	return 0;
}

/*
 * No answer came, so this node does not know the case: 1 it is in
 * out->target_id, 0 it is for a person, or -1.
 */
static int
find_case(const struct undo_primero *to, const struct standing *st,
    const char *service, struct plan *out, struct fault *why)
{
	char own[RANDOM_UUID];
	struct referral r;
	int there;

	referral_clear(&r);
	r.ref = judge_true_ref(st);
	if (st->individual != NULL) {
		r.value[FIELD_UNHCR_INDIVIDUAL_NO].present = true;
		r.value[FIELD_UNHCR_INDIVIDUAL_NO].text = st->individual;
	}
	primero_body_case_id(to->agreement, &r, own);
	if ((there = is_there(to, own, service, why)) != 0)
		return there == 1 ? take(own, out) : -1;
	if (primero_body_number(&r) == NULL)
		return ask(out, "its case there is not known");
	return find_by_number(to, &r, service, out, why);
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

static int
plan_given(const struct primero_given *given, struct plan *out)
{
	const char *said = hint(given);

	if (given->open == 0 && given->done > 0)
		return ask(out, "the service was given there already");
	if (given->open == 0 && given->unclear > 0)
		return ask(out,
		    "open referrals of that case do not say for which service "
		    "they are");
	if (given->open == 0 && !given->row)
		return ask(out, "the case has no row that satchel made for it");
	out->action = PLAN_REVOKE;
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
	int found;

	primero_body_service_id(judge_true_ref(st), service);
	found = st->record_id != NULL ? take(st->record_id, out) :
					find_case(to, st, service, out, why);
	if (found != 1)
		return found;
	if (primero_transition_look(to->api, out->target_id, service, &given,
		why) == 0)
		return plan_given(&given, out);
	return why->id == FAULT_TARGET_CASE ? ask(out, why->detail) : -1;
}

/* --- doing it --- */

/* Trying again would end the same: a person does it. */
static bool
is_for_a_person(const struct fault *why)
{
	return why->id == FAULT_SERVER_REFUSED ||
	    why->id == FAULT_SERVER_FORBIDDEN || why->id == FAULT_TARGET_CASE ||
	    why->id == FAULT_TARGET || why->id == FAULT_SERVER_ANSWER;
}

int
undo_primero_do(const struct undo_primero *to, const struct standing *st,
    const struct plan *plan, struct fault *why)
{
	char service[RANDOM_UUID];
	struct primero_revoked done;
	struct fault because;

	primero_body_service_id(judge_true_ref(st), service);
	if (primero_transition_revoke(to->api, plan->target_id, service, &done,
		why) == -1) {
		because = *why;
		if (is_for_a_person(why))
			fault_set(why, FAULT_SERVER_UNDO, "%s", because.detail);
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
	return 0;
}
