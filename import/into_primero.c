#include "import/into_primero.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/referral.h"
#include "formats/target.h"
#include "formats/target_value.h"
#include "import/judge.h"
#include "import/known.h"
#include "store/decisions.h"
#include "store/standing.h"
#include "systems/primero_api.h"
#include "systems/primero_load.h"
#include "systems/primero_transition.h"

bool
into_primero_ends(const struct fault *why)
{
	switch (why->id) {
	case FAULT_SERVER_LOGIN:
	case FAULT_SERVER_TLS:
	case FAULT_SERVER_UNREACHABLE:
	case FAULT_SERVER_BUSY:
	case FAULT_SERVER_ADDRESS:
	case FAULT_NO_MEMORY:
		return true;
	default:
		return false;
	}
}

/* --- the plan --- */

static void
copy_names(const struct primero_names_list *from, struct plan *out)
{
	for (size_t i = 0; i < from->count; i++) {
		if (out->field_count == PLAN_NAMES) {
			out->field_more++;
			continue;
		}
		(void)snprintf(out->field[out->field_count++], PLAN_NAME, "%s",
		    from->name[i]);
	}
	out->field_more += from->more;
}

static const char *
same_word(enum primero_same s)
{
	static const char *const words[] = {
		[PRIMERO_SAME_UNKNOWN] = "unknown",
		[PRIMERO_SAME_YES] = "yes",
		[PRIMERO_SAME_NO] = "no",
	};

	return words[s];
}

static void
copy_found(const struct primero_match *m, struct plan *out)
{
	size_t shown =
	    m->count < PRIMERO_MATCH_SHOWN ? m->count : PRIMERO_MATCH_SHOWN;

	for (size_t i = 0; i < shown && i < PLAN_CASES; i++) {
		struct plan_case *to = &out->found[out->found_count++];

		(void)snprintf(to->id, sizeof(to->id), "%s", m->record_id[i]);
		to->name = same_word(m->like[i].name);
		to->birth = same_word(m->like[i].birth);
		to->sex = same_word(m->like[i].sex);
	}
	out->found_more = m->count - out->found_count + m->unreadable;
}

/* What is to be asked of a person, and why. */
static int
ask(struct into_primero_plan *out, const char *because)
{
	out->real.step = PRIMERO_ASK;
	out->said.action = PLAN_ASK;
	out->said.target_id[0] = '\0';
	fault_set(&out->said.why, FAULT_TARGET_CASE, "%s", because);
	return 0;
}

static const char *
why_asked(const struct primero_plan *plan)
{
	const struct primero_match *m = &plan->match;

	if (plan->shut)
		return "this child's case there is closed or disabled, so "
		       "nobody may see what is put into it";
	if (m->unreadable > 0)
		return "cases that satchel's user may not read could be this "
		       "child's";
	if (m->count > 1)
		return "several cases there bear this child's number";
	return "the case there with this child's number does not agree in "
	       "name, birth date and sex";
}

static int
say_plan(struct into_primero_plan *out)
{
	static const enum plan_action actions[] = {
		[PRIMERO_CREATE] = PLAN_CREATE,
		[PRIMERO_LINK] = PLAN_LINK,
		[PRIMERO_ADD_SERVICE] = PLAN_ADD_SERVICE,
		[PRIMERO_ASK] = PLAN_ASK,
		[PRIMERO_LEAVE] = PLAN_LEAVE,
	};

	out->said.action = actions[out->real.step];
	memcpy(out->said.target_id, out->real.record_id,
	    sizeof(out->said.target_id));
	copy_names(&out->real.kept, &out->said);
	copy_names(&out->real.differs, &out->said);
	copy_found(&out->real.match, &out->said);
	return out->real.step == PRIMERO_ASK ? ask(out, why_asked(&out->real)) :
					       0;
}

/* One referral while it is found out what would be done with it. */
struct asking {
	const struct into_primero *to;
	struct target_referral target;
	struct primero_plan_order order;
	struct into_primero_plan *out;
	bool asked; /* it is settled that a person has to choose */
};

/* A case that is gone, or cannot be told, is for a person too. */
static int
make(struct asking *q, struct fault *why)
{
	q->asked = false;
	if (primero_plan_make(q->to->api, &q->order, &q->out->real, why) == 0)
		return 0;
	if (why->id != FAULT_TARGET_CASE)
		return -1;
	q->asked = true;
	return ask(q->out, why->detail);
}

/*
 * A run of which no outcome is known may have written half of it: what is
 * there is held against all of it once more.
 */
static void
go_on(const struct asking *q, const struct standing *st)
{
	struct into_primero_plan *out = q->out;
	char own[RANDOM_UUID];

	if (out->real.step != PRIMERO_LEAVE ||
	    (st->delivery != DELIVERY_SENDING && st->delivery != DELIVERY_PART))
		return;
	primero_body_case_id(q->target.agreement, q->target.referral, own);
	out->created_before = strcmp(own, out->real.record_id) == 0;
	out->real.step =
	    out->created_before ? PRIMERO_CREATE : PRIMERO_ADD_SERVICE;
}

/* The server found none, or another one than this node knows of. */
static int
hold_against(struct asking *q, const char *known, struct fault *why)
{
	struct into_primero_plan *out = q->out;

	if (q->asked || known == NULL || out->real.step == PRIMERO_ASK ||
	    strcmp(known, out->real.record_id) == 0)
		return 0;
	if (out->real.step != PRIMERO_CREATE) {
		q->asked = true;
		copy_found(&out->real.match, &out->said);
		return ask(out,
		    "this node knows the child under another case than the "
		    "one that bears its number there");
	}
	q->target.known_record = known;
	return make(q, why);
}

/* A server that has no case at all is new, or its search fails. */
static int
hold_against_none(const struct asking *q, struct fault *why)
{
	const struct primero_plan *plan = &q->out->real;

	if (plan->step != PRIMERO_CREATE || !plan->match.none_there ||
	    !q->to->knows_any)
		return 0;
	return FAIL(why, FAULT_SERVER_SEARCH,
	    "GET cases: no case at all, and this node knows of some");
}

/* This node cannot tell: what there is over there helps a person to. */
static int
ask_with_found(struct asking *q, struct fault *why)
{
	const struct fault because = *why;

	if (make(q, why) == -1)
		return -1;
	if (!q->asked)
		copy_found(&q->out->real.match, &q->out->said);
	return ask(q->out, because.detail);
}

int
into_primero_plan(const struct into_primero *to, const struct standing *st,
    const struct target_referral *t, struct arena *a,
    struct into_primero_plan *out, struct fault *why)
{
	struct asking q = { .to = to, .target = *t, .out = out };
	struct decisions_match chosen;
	const char *known = NULL;

	memset(out, 0, sizeof(*out));
	q.order.target = &q.target;
	q.order.renewed = st->version_of != NULL || st->record_id != NULL;
	q.target.known_record = NULL;
	if (decisions_matched(to->store, judge_true_ref(st), a, &chosen, why) ==
	    -1)
		return -1;
	if (chosen.chosen) {
		q.target.known_record = chosen.link;
		q.order.chosen = chosen.link != NULL;
		q.order.is_new = chosen.link == NULL;
	} else if (known_find(to->store, st, t->referral, a, &known, why) ==
	    -1) {
		return why->id == FAULT_TARGET_CASE ? ask_with_found(&q, why) :
						      -1;
	}
	if (make(&q, why) == -1 || hold_against(&q, known, why) == -1)
		return -1;
	if (q.asked)
		return 0;
	if (hold_against_none(&q, why) == -1)
		return -1;
	if (say_plan(out) == -1)
		return -1;
	go_on(&q, st);
	return 0;
}

/* --- doing it --- */

static int
lost(const struct primero_names_list *l, struct fault *why)
{
	char names[120] = "";
	size_t len = 0;

	for (size_t i = 0; i < l->count; i++) {
		size_t more = strlen(l->name[i]) + 2;

		if (len + more >= sizeof(names))
			break;
		len += (size_t)snprintf(names + len, sizeof(names) - len,
		    "%s%s", len > 0 ? ", " : "", l->name[i]);
	}
	return FAIL(why, FAULT_SERVER_LOST, "%zu: %s", l->count + l->more,
	    names);
}

int
into_primero_do(const struct into_primero *to, const struct target_referral *t,
    const struct into_primero_plan *plan, struct into_primero_done *out,
    struct fault *why)
{
	const struct primero_load_order order = { .plan = &plan->real,
		.target = t };
	struct primero_loaded loaded;

	memset(out, 0, sizeof(*out));
	if (plan->said.action == PLAN_ASK) {
		*why = plan->said.why;
		return -1;
	}
	if (primero_load_do(to->api, &order, &loaded, why) == -1) {
		out->wrote = loaded.wrote;
		return -1;
	}
	out->wrote = loaded.wrote;
	out->created = loaded.created;
	out->was_there = loaded.was_there;
	memcpy(out->record_id, loaded.record_id, sizeof(out->record_id));
	return loaded.lost.count > 0 ? lost(&loaded.lost, why) : 0;
}

int
into_primero_give(const struct into_primero *to,
    const struct target_referral *t, const char *record_id, struct fault *why)
{
	char service_id[RANDOM_UUID];
	struct primero_transition_order order = {
		.record_id = record_id,
		.service_id = service_id,
		.user = t->assigned_to,
		.module_id = t->agreement->primero.module_id,
	};
	const char *code = target_value_text(t->referral, FIELD_SERVICE_TYPE);
	struct primero_transition made;
	struct fault refused;

	primero_body_service_id(t->referral->ref, service_id);
	if (code != NULL &&
	    target_value_code(t->agreement, SYSTEM_PRIMERO, FIELD_SERVICE_TYPE,
		code, &order.service, why) == -1)
		return -1;
	if (primero_transition_create(to->api, &order, &made, why) == 0)
		return 0;
	if (why->id != FAULT_SERVER_REFUSED &&
	    why->id != FAULT_SERVER_FORBIDDEN)
		return -1;
	refused = *why;
	return FAIL(why, FAULT_SERVER_NOT_GIVEN, "%s", refused.detail);
}

/* --- a decision --- */

static int
reply(const struct into_primero *to, const struct target_answer *t,
    const char *id, enum primero_transition_answer what, struct fault *why)
{
	const struct primero_transition_reply r = {
		.record_id = t->origin->record_id,
		.referral_id = id,
		.answer = what,
		.note = what == PRIMERO_REJECTED ? t->answer->reason : NULL,
	};
	struct primero_transition done;

	return primero_transition_reply(to->api, &r, &done, why);
}

/* Primero goes from accepted to done, and not at once. */
static int
reply_in_steps(const struct into_primero *to, const struct target_answer *t,
    const struct primero_transition *one, struct fault *by_hand,
    struct fault *why)
{
	bool accepted = strcmp(one->status, "accepted") == 0;
	const char *said = t->answer->decision;

	if (strcmp(said, "rejected") == 0 && accepted) {
		fault_set(by_hand, FAULT_SERVER_BY_HAND,
		    "it was accepted there, and is rejected now");
		return 0;
	}
	if (strcmp(said, "rejected") == 0)
		return reply(to, t, one->id, PRIMERO_REJECTED, why);
	if (!accepted && reply(to, t, one->id, PRIMERO_ACCEPTED, why) == -1)
		return -1;
	return strcmp(said, "done") == 0 ?
	    reply(to, t, one->id, PRIMERO_DONE, why) :
	    0;
}

/* Nobody else's referral is answered, and never one of several. */
static int
reply_if_ours(const struct into_primero *to, const struct target_answer *t,
    const struct primero_transition_open *open, struct fault *by_hand,
    struct fault *why)
{
	if (open->ours == 1)
		return reply_in_steps(to, t, &open->one, by_hand, why);
	if (open->ours > 1)
		fault_set(by_hand, FAULT_SERVER_BY_HAND,
		    "%zu open referrals there are of this service", open->ours);
	else if (open->others > 0)
		fault_set(by_hand, FAULT_SERVER_BY_HAND,
		    "the open referral of this service is for other people "
		    "there");
	return 0;
}

int
into_primero_answer(const struct into_primero *to,
    const struct target_answer *t, bool *was_there, struct fault *by_hand,
    struct fault *why)
{
	const struct primero_service service = { t->origin->record_id,
		t->origin->service_id };
	const struct primero_transition_whose whose = { to->user,
		to->agreement };
	struct primero_transition_open open;
	struct primero_loaded loaded;

	*was_there = false;
	by_hand->id = FAULT_NONE;
	if (service.record_id == NULL || service.service_id == NULL)
		return FAIL(why, FAULT_TARGET,
		    "its case or service there is not known");
	if (primero_load_answer(to->api, t, &loaded, why) == -1)
		return -1;
	if (loaded.lost.count > 0)
		return lost(&loaded.lost, why);
	if (primero_transition_find(to->api, &service, &whose, &open, why) ==
	    -1)
		return -1;
	*was_there = loaded.was_there && open.ours == 0;
	return reply_if_ours(to, t, &open, by_hand, why);
}
