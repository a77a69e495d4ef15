#include "systems/primero_load.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "formats/target.h"
#include "systems/primero_compare.h"
#include "systems/primero_error.h"
#include "systems/primero_request.h"

#define TRIES 3
#define BODY_MAX ((size_t)16 * 1024 * 1024)
#define PATH_ROOM 256

/* One referral, or one answer, on its way. */
struct loading {
	struct primero_api *api;
	const struct primero_load_order *order; /* NULL: an answer */
	const struct json_node *data;		/* what is to be there */
	struct primero_loaded *out;
};

static const struct json_node *
case_of(const struct json *j)
{
	return json_get(json_root(j), "data");
}

int
primero_load_read_back(struct primero_api *p, const char *record_id,
    struct json **out, struct fault *why)
{
	int got = primero_api_get_case(p, record_id, out, why);

	if (got == 0)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "the case that was sent is not there");
	if (got == -1 &&
	    (why->id == FAULT_SERVER_UNREACHABLE ||
		why->id == FAULT_SERVER_BUSY ||
		why->id == FAULT_SERVER_TROUBLE))
		return FAIL(why, FAULT_SERVER_BROKE_OFF,
		    "what was sent could not be read back");
	return got == 1 ? 0 : -1;
}

static void
find_lost(const struct loading *l, const struct json_node *there)
{
	memset(&l->out->lost, 0, sizeof(l->out->lost));
	primero_compare_lost(l->data, there, &l->out->lost);
}

/* A word of 4xx is that of a server that did not do it. */
static bool
may_be_kept(const struct http_answer *a)
{
	return a->status < 400 || a->status >= 500;
}

static int
patch_once(const struct loading *l, struct fault *why)
{
	struct http_answer a;
	struct bytes body;
	char path[PATH_ROOM];
	int rc = -1;

	http_answer_init(&a);
	bytes_init(&body, BODY_MAX);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s",
	    l->out->record_id);
	if (primero_request_write(l->data, &body, why) == -1)
		goto done;
	if (primero_api_send(l->api, "PATCH", path, &body, &a, why) == -1) {
		l->out->wrote |= why->id == FAULT_SERVER_BROKE_OFF;
		goto done;
	}
	l->out->wrote |= may_be_kept(&a);
	if (a.status == 404)
		(void)FAIL(why, FAULT_TARGET_CASE,
		    "the case that it belongs to is not there");
	else if (a.status != 200 && a.status != 204)
		(void)primero_error_fault(&a, "PATCH case", why);
	else
		rc = 0;

done:
	bytes_free(&body);
	http_answer_free(&a);
	return rc;
}

/*
 * PATCH until it is known to be there.  Rows go by their unique_id, so that
 * doing it twice is the same as once.  *there is the case as it was, and then
 * as it is.
 */
static int
patch(struct loading *l, struct json **there, struct fault *why)
{
	struct fault broke = { .id = FAULT_NONE };

	for (int i = 0; i < TRIES; i++) {
		int rc = patch_once(l, why);

		broke = *why;
		if (rc == -1 && why->id != FAULT_SERVER_BROKE_OFF)
			return -1;
		json_free(*there);
		*there = NULL;
		if (primero_load_read_back(l->api, l->out->record_id, there,
			why) == -1)
			return -1;
		find_lost(l, case_of(*there));
		/* Whole, or answered: then the rest was dropped there. */
		if (rc == 0 || l->out->lost.count == 0)
			return 0;
	}
	*why = broke;
	return -1;
}

/* POST once: 1 it is there now, 0 look first, -1 not. */
static int
post_once(struct loading *l, const struct bytes *body, struct fault *why)
{
	struct http_answer a;
	int rc = -1;

	http_answer_init(&a);
	if (primero_api_send(l->api, "POST", "/api/v2/cases", body, &a, why) ==
	    -1) {
		rc = why->id == FAULT_SERVER_BROKE_OFF ? 0 : -1;
		l->out->wrote |= rc == 0;
		goto done;
	}
	l->out->wrote |= may_be_kept(&a) || a.status == 409;
	/* 409: an earlier run made it, and its answer was lost. */
	if (a.status == 200 || a.status == 204 || a.status == 409)
		rc = 1;
	else
		(void)primero_error_fault(&a, "POST cases", why);

done:
	http_answer_free(&a);
	return rc;
}

/* POST until it is known to be there. */
static int
post(struct loading *l, struct json **there, struct fault *why)
{
	struct bytes body;
	struct fault broke = { .id = FAULT_NONE };
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if (primero_request_write(l->data, &body, why) == -1)
		goto done;
	for (int i = 0; i < TRIES; i++) {
		int sent = post_once(l, &body, why), got;

		if (sent == -1)
			goto done;
		if (sent == 1) {
			rc = primero_load_read_back(l->api, l->out->record_id,
			    there, why);
			goto done;
		}
		broke = *why;
		got =
		    primero_api_get_case(l->api, l->out->record_id, there, why);
		if (got == 1) {
			rc = 0;
			goto done;
		}
		if (got == -1)
			break;
	}
	*why = broke;

done:
	bytes_free(&body);
	return rc;
}

/* Add the service to the case of out->record_id. */
static int
add_service(struct loading *l, struct fault *why)
{
	struct target_referral known = *l->order->target;
	struct json *request = NULL, *there = NULL;
	int rc = -1, got;

	known.known_record = l->out->record_id;
	if (primero_request_make(&known, &request, &l->data, why) == -1)
		goto done;
	got = primero_api_get_case(l->api, l->out->record_id, &there, why);
	if (got == -1)
		goto done;
	if (got == 0) {
		(void)FAIL(why, FAULT_TARGET_CASE,
		    "the case that it belongs to is not there");
		goto done;
	}
	find_lost(l, case_of(there));
	l->out->was_there = l->out->lost.count == 0;
	rc = l->out->was_there ? 0 : patch(l, &there, why);

done:
	json_free(there);
	json_free(request);
	l->data = NULL;
	return rc;
}

/* What the case did not keep is still to be told. */
static int
add_to_created(struct loading *l, struct fault *why)
{
	const struct primero_names_list before = l->out->lost;

	if (add_service(l, why) == -1)
		return -1;
	for (size_t i = 0; i < before.count; i++)
		if (strncmp(before.name[i], "services_section",
			strlen("services_section")) != 0)
			primero_plan_name(&l->out->lost, NULL, before.name[i]);
	return 0;
}

static int
create(struct loading *l, struct fault *why)
{
	struct target_referral as_new = *l->order->target;
	struct json *request, *there = NULL;
	const char *id;
	bool has_row = false;
	int rc = -1;

	as_new.known_record = NULL;
	if (primero_request_make(&as_new, &request, &l->data, why) == -1)
		return -1;
	id = json_get_text(l->data, "id");
	if (id == NULL || strcmp(id, l->out->record_id) != 0) {
		(void)FAIL(why, FAULT_INSIDE,
		    "the plan is for another case than the body");
		goto done;
	}
	if (post(l, &there, why) == -1)
		goto done;
	l->out->created = true;
	find_lost(l, case_of(there));
	has_row =
	    primero_compare_row(json_get(case_of(there), "services_section"),
		l->order->plan->service_id) != NULL;
	rc = 0;

done:
	json_free(there);
	json_free(request);
	l->data = NULL;
	/* It was there already, for another service of the same child. */
	return rc == 0 && !has_row ? add_to_created(l, why) : rc;
}

int
primero_load_do(struct primero_api *p, const struct primero_load_order *order,
    struct primero_loaded *out, struct fault *why)
{
	struct loading l = { .api = p, .order = order, .out = out };

	memset(out, 0, sizeof(*out));
	memcpy(out->record_id, order->plan->record_id, sizeof(out->record_id));
	switch (order->plan->step) {
	case PRIMERO_CREATE:
		return create(&l, why);
	case PRIMERO_LINK:
	case PRIMERO_ADD_SERVICE:
		return add_service(&l, why);
	case PRIMERO_LEAVE:
		out->was_there = true;
		return 0;
	case PRIMERO_ASK:
		return FAIL(why, FAULT_TARGET_CASE,
		    "a person has to say which case it belongs to");
	}
	return FAIL(why, FAULT_INSIDE, "a step of a load that is none");
}

int
primero_load_answer(struct primero_api *p, const struct target_answer *t,
    struct primero_loaded *out, struct fault *why)
{
	struct loading l = { .api = p, .out = out };
	struct json *request = NULL, *there = NULL;
	int rc = -1, got;

	memset(out, 0, sizeof(*out));
	if (primero_request_make_answer(t, &request, &l.data, why) == -1)
		goto done;
	(void)snprintf(out->record_id, sizeof(out->record_id), "%s",
	    t->origin->record_id);
	got = primero_api_get_case(p, out->record_id, &there, why);
	if (got == -1)
		goto done;
	if (got == 0 ||
	    primero_compare_row(json_get(case_of(there), "services_section"),
		t->origin->service_id) == NULL) {
		(void)FAIL(why, FAULT_TARGET_CASE,
		    "the service that it answers is not there");
		goto done;
	}
	find_lost(&l, case_of(there));
	out->was_there = out->lost.count == 0;
	rc = out->was_there ? 0 : patch(&l, &there, why);

done:
	json_free(there);
	json_free(request);
	return rc;
}
