#include "systems/primero_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/target.h"
#include "formats/target_value.h"
#include "systems/primero_compare.h"
#include "systems/primero_request.h"

static const char *const step_names[] = {
	[PRIMERO_CREATE] = "create",
	[PRIMERO_LINK] = "link",
	[PRIMERO_ADD_SERVICE] = "add service",
	[PRIMERO_ASK] = "ask",
	[PRIMERO_LEAVE] = "leave",
};

/* Of a new case; what Primero or its people settle is no difference. */
static const char *const not_identity[] = { "id", "module_id", "owned_by",
	"status", NULL };

/* The referral and what is known about it so far. */
struct planning {
	struct primero_api *api;
	const struct primero_plan_order *order;
	struct primero_plan *out;
	const char *sex;    /* as this Primero calls it */
	struct json *found; /* the answer with the child's case; NULL: none */
};

const char *
primero_plan_step_name(enum primero_step s)
{
	return step_names[s];
}

void
primero_plan_name(struct primero_names_list *l, const char *section,
    const char *name)
{
	char whole[PRIMERO_PLAN_NAME];

	(void)snprintf(whole, sizeof(whole), "%s%s%s",
	    section == NULL ? "" : section, section == NULL ? "" : ".", name);
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->name[i], whole) == 0)
			return;
	if (l->count == PRIMERO_PLAN_NAMES) {
		l->more++;
		return;
	}
	memcpy(l->name[l->count++], whole, sizeof(whole));
}

static const struct json_node *
case_found(const struct planning *p)
{
	return p->found == NULL ? NULL : json_get(json_root(p->found), "data");
}

static const struct json_node *
row_found(const struct planning *p)
{
	return primero_compare_row(json_get(case_found(p), "services_section"),
	    p->out->service_id);
}

/* NULL if the agreement has no word for it: then it agrees with nothing. */
static const char *
sex_there(const struct target_referral *t)
{
	const char *code = target_value_text(t->referral, FIELD_SEX);
	const char *there = NULL;
	struct fault none;

	if (code == NULL || fields_all[FIELD_SEX].map == MAP_NONE)
		return code;
	(void)target_value_code(t->agreement, SYSTEM_PRIMERO, FIELD_SEX, code,
	    &there, &none);
	return there;
}

static int
find(struct planning *p, const char *id, struct fault *why)
{
	int got;

	json_free(p->found);
	p->found = NULL;
	got = primero_api_get_case(p->api, id, &p->found, why);
	if (got == 1)
		memcpy(p->out->record_id, id, strlen(id) + 1);
	return got;
}

/* What their record says otherwise, without its service rows. */
static int
name_differences(struct planning *p, struct fault *why)
{
	struct target_referral as_new = *p->order->target;
	const struct json_node *data;
	struct json *request;
	struct primero_likeness like;

	as_new.known_record = NULL;
	if (primero_request_make(&as_new, &request, &data, why) == 0) {
		primero_compare_differs(data, case_found(p), not_identity,
		    &p->out->kept);
		json_free(request);
		return 0;
	}
	if (why->id != FAULT_AGREEMENT_LACKS)
		return -1;
	/* Not all words of the child have a twin there; these need none. */
	like = primero_match_compare(case_found(p), p->order->target->referral,
	    p->sex);
	if (like.name == PRIMERO_SAME_NO)
		primero_plan_name(&p->out->kept, NULL, "name");
	if (like.birth == PRIMERO_SAME_NO)
		primero_plan_name(&p->out->kept, NULL, "date_of_birth");
	if (like.sex == PRIMERO_SAME_NO)
		primero_plan_name(&p->out->kept, NULL, "sex");
	return 0;
}

static int
ask(struct planning *p)
{
	p->out->step = PRIMERO_ASK;
	p->out->record_id[0] = '\0';
	return 0;
}

/* About that one case. */
static int
ask_of(struct planning *p, struct primero_likeness like)
{
	p->out->match.count = 1;
	memcpy(p->out->match.record_id[0], p->out->record_id,
	    sizeof(p->out->match.record_id[0]));
	p->out->match.like[0] = like;
	return ask(p);
}

/* Does nobody work on it?  What does not say so is open. */
static bool
is_shut(const struct json_node *one)
{
	const char *status = json_get_text(one, "status");
	bool enabled = true, kept = true;

	(void)json_boolean(json_get(one, "enabled"), &enabled);
	(void)json_boolean(json_get(one, "record_state"), &kept);
	return !enabled || !kept ||
	    (status != NULL && strcmp(status, "closed") == 0);
}

/* The case is settled: is the service there, and as it should be? */
static int
plan_service(struct planning *p, enum primero_step step, struct fault *why)
{
	struct target_referral there = *p->order->target;
	const struct json_node *data;
	struct json *request;

	p->out->shut =
	    row_found(p) == NULL && !p->order->chosen && is_shut(case_found(p));
	if (p->out->shut)
		return ask_of(p,
		    primero_match_compare(case_found(p),
			p->order->target->referral, p->sex));
	if (name_differences(p, why) == -1)
		return -1;
	there.known_record = p->out->record_id;
	if (primero_request_make(&there, &request, &data, why) == -1)
		return -1;
	p->out->step = step;
	if (row_found(p) != NULL) {
		primero_compare_lost(data, case_found(p), &p->out->differs);
		p->out->step = p->order->renewed && p->out->differs.count > 0 ?
		    PRIMERO_ADD_SERVICE :
		    PRIMERO_LEAVE;
	}
	json_free(request);
	return 0;
}

static bool
is_other(struct primero_likeness l)
{
	return l.name == PRIMERO_SAME_NO || l.birth == PRIMERO_SAME_NO ||
	    l.sex == PRIMERO_SAME_NO;
}

static bool
is_alike(struct primero_likeness l)
{
	return l.name == PRIMERO_SAME_YES && l.birth == PRIMERO_SAME_YES &&
	    l.sex == PRIMERO_SAME_YES;
}

/* A case that satchel made for this number, or for this ref. */
static int
plan_own(struct planning *p, struct fault *why)
{
	struct primero_likeness like = primero_match_compare(case_found(p),
	    p->order->target->referral, p->sex);

	if (row_found(p) == NULL && is_other(like))
		return ask_of(p, like);
	return plan_service(p, PRIMERO_ADD_SERVICE, why);
}

/* 0, 1 or many. */
static int
plan_match(struct planning *p, const char *new_id, struct fault *why)
{
	const struct referral *r = p->order->target->referral;
	struct primero_match *m = &p->out->match;
	int got;

	if (!p->order->is_new && primero_body_number(r) != NULL &&
	    primero_match_find(p->api, r, p->sex, m, why) == -1)
		return -1;
	if (m->count == 0 && m->unreadable == 0) {
		struct json *request;
		const struct json_node *data;

		p->out->step = PRIMERO_CREATE;
		memcpy(p->out->record_id, new_id, strlen(new_id) + 1);
		/* Found out now and not when it is to be done. */
		if (primero_request_make(p->order->target, &request, &data,
			why) == -1)
			return -1;
		json_free(request);
		return 0;
	}
	if (m->count != 1 || m->unreadable != 0)
		return ask(p);
	if ((got = find(p, m->record_id[0], why)) == -1)
		return -1;
	if (got == 0 || (row_found(p) == NULL && !is_alike(m->like[0])))
		return ask(p);
	return plan_service(p, PRIMERO_LINK, why);
}

/* The case a person chose, or one that this referral was loaded into. */
static int
plan_known(struct planning *p, struct fault *why)
{
	int got = find(p, p->order->target->known_record, why);

	if (got == -1)
		return -1;
	if (got == 0)
		return FAIL(why, FAULT_TARGET_CASE,
		    "the case that it belongs to is not there");
	return plan_service(p, PRIMERO_ADD_SERVICE, why);
}

static int
plan_new(struct planning *p, struct fault *why)
{
	const struct target_referral *t = p->order->target;
	char id[RANDOM_UUID];
	int got;

	primero_body_case_id(t->agreement, t->referral, id);
	got = find(p, id, why);
	if (got == -1 && why->id == FAULT_SERVER_FORBIDDEN) {
		p->out->match.unreadable = 1;
		return ask(p);
	}
	if (got == -1)
		return -1;
	return got == 1 ? plan_own(p, why) : plan_match(p, id, why);
}

int
primero_plan_make(struct primero_api *api,
    const struct primero_plan_order *order, struct primero_plan *out,
    struct fault *why)
{
	struct planning p = { .api = api, .order = order, .out = out };
	int rc;

	memset(out, 0, sizeof(*out));
	out->step = PRIMERO_ASK;
	if (order->target->referral->ref == NULL)
		return FAIL(why, FAULT_TARGET, "the referral has no ref");
	p.sex = sex_there(order->target);
	primero_body_service_id(order->target->referral->ref, out->service_id);
	if (order->target->known_record != NULL)
		rc = plan_known(&p, why);
	else
		rc = plan_new(&p, why);
	json_free(p.found);
	return rc;
}
