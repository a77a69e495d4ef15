#include "systems/primero_transition.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "systems/primero_check.h"
#include "systems/primero_compare.h"
#include "systems/primero_error.h"
#include "systems/primero_load.h"

#define PATH_ROOM 512
#define BODY_MAX ((size_t)1024 * 1024)

static const char *const answers[] = {
	[PRIMERO_ACCEPTED] = "accepted",
	[PRIMERO_REJECTED] = "rejected",
	[PRIMERO_DONE] = "done",
};

static bool
is_open(const struct json_node *referral)
{
	const char *status = json_get_text(referral, "status");

	/* What has no status that can be read may be open. */
	return status == NULL || strcmp(status, "in_progress") == 0 ||
	    strcmp(status, "accepted") == 0;
}

static bool
is_text(const struct json_node *n, const char *name, const char *wanted)
{
	const char *text = json_get_text(n, name);

	return text != NULL && strcmp(text, wanted) == 0;
}

/* A word of a status as it may be told; another form of it may be anything. */
static void
take_status(const struct json_node *referral, struct primero_transition *out)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyz_";
	const char *status = json_get_text(referral, "status");

	if (status == NULL || strlen(status) >= sizeof(out->status) ||
	    strspn(status, fine) != strlen(status))
		status = "unknown";
	memcpy(out->status, status, strlen(status) + 1);
}

static int
take(const struct json_node *referral, struct primero_transition *out,
    struct fault *why)
{
	const char *id = json_get_text(referral, "id");

	if (id == NULL || !primero_api_is_id(id))
		return FAIL(why, FAULT_SERVER_ANSWER, "a referral without id");
	memcpy(out->id, id, strlen(id) + 1);
	take_status(referral, out);
	return 0;
}

/* The referrals of a case; the caller frees *out. */
static int
get_list(struct primero_api *p, const char *record_id, struct json **out,
    const struct json_node **list, struct fault *why)
{
	struct http_answer a;
	char path[PATH_ROOM];
	int rc = -1;

	*out = NULL;
	if (!primero_api_is_id(record_id))
		return FAIL(why, FAULT_TARGET,
		    "the id of the Primero case is none that a path can have");
	http_answer_init(&a);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s/referrals",
	    record_id);
	if (primero_api_get(p, path, "referrals", &a, why) == -1 ||
	    primero_api_json(&a, out, why) == -1)
		goto done;
	*list = json_get(json_root(*out), "data");
	if (*list == NULL || json_kind(*list) != JSON_LIST)
		(void)FAIL(why, FAULT_SERVER_ANSWER, "GET referrals: no list");
	else
		rc = 0;

done:
	if (rc == -1) {
		json_free(*out);
		*out = NULL;
	}
	http_answer_free(&a);
	return rc;
}

/* Of the list, the referral that is on this case; NULL if there is none. */
static const struct json_node *
find_by_id(const struct json_node *list, const char *record_id, const char *id)
{
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n))
		if (is_text(n, "id", id) && is_text(n, "record_id", record_id))
			return n;
	return NULL;
}

/* The open one that gives this service to that user. */
static const struct json_node *
find_same(const struct json_node *list,
    const struct primero_transition_order *order)
{
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n))
		if (is_open(n) && is_text(n, "record_id", order->record_id) &&
		    is_text(n, "service_record_id", order->service_id) &&
		    is_text(n, "transitioned_to", order->user))
			return n;
	return NULL;
}

static int
check_user(struct primero_api *p, const struct primero_transition_order *order,
    struct fault *why)
{
	struct primero_user user;

	if (primero_check_user(p, order->user, order->module_id, &user, why) ==
	    -1)
		return -1;
	if (user.found && user.may_receive)
		return 0;
	return FAIL(why, FAULT_SERVER_REFUSED, "transitioned_to: %s",
	    !user.found	      ? "there is no such user" :
		user.disabled ? "that user is disabled" :
				"that user may not receive referrals");
}

/* {"data":{..}} with the members that are not NULL. */
static int
write_data(struct bytes *out, const char *const (*members)[2], size_t count,
    struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_object(&o, "data");
	for (size_t i = 0; i < count; i++)
		jsonout_text_if(&o, members[i][0], members[i][1]);
	jsonout_object_end(&o);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	if (rc == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	return rc;
}

/* Is the answer to a write about the right case?  Then what it is now. */
static int
take_written(const struct http_answer *a, const char *what,
    const char *record_id, struct primero_transition *out, struct fault *why)
{
	const struct json_node *data;
	struct json *j;
	int rc;

	if (a->status != 200 && a->status != 201)
		return primero_error_fault(a, what, why);
	if (primero_api_json(a, &j, why) == -1)
		return -1;
	data = json_get(json_root(j), "data");
	rc = is_text(data, "record_id", record_id) ?
	    take(data, out, why) :
	    FAIL(why, FAULT_SERVER_ANSWER, "%s: it is about another case",
		what);
	json_free(j);
	return rc;
}

static int
post(struct primero_api *p, const struct primero_transition_order *order,
    struct primero_transition *out, struct fault *why)
{
	const char *const members[][2] = {
		{ "transitioned_to", order->user },
		{ "service", order->service },
		{ "service_record_id", order->service_id },
		{ "notes", order->notes },
	};
	struct http_answer a;
	struct bytes body;
	char path[PATH_ROOM];
	int rc = -1;

	http_answer_init(&a);
	bytes_init(&body, BODY_MAX);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s/referrals",
	    order->record_id);
	if (write_data(&body, members, sizeof(members) / sizeof(members[0]),
		why) == 0 &&
	    primero_api_send(p, "POST", path, &body, &a, why) == 0)
		rc = take_written(&a, "POST referral", order->record_id, out,
		    why);
	bytes_free(&body);
	http_answer_free(&a);
	return rc;
}

/* Is it there already?  1 and *out, 0 or -1. */
static int
look(struct primero_api *p, const struct primero_transition_order *order,
    struct primero_transition *out, struct fault *why)
{
	const struct json_node *list, *same;
	struct json *j;
	int rc;

	if (get_list(p, order->record_id, &j, &list, why) == -1)
		return -1;
	same = find_same(list, order);
	rc = same == NULL ? 0 : take(same, out, why) == 0 ? 1 : -1;
	json_free(j);
	return rc;
}

int
primero_transition_create(struct primero_api *p,
    const struct primero_transition_order *order,
    struct primero_transition *out, struct fault *why)
{
	struct fault broke;
	int there;

	memset(out, 0, sizeof(*out));
	if ((there = look(p, order, out, why)) != 0) {
		out->was_there = there == 1;
		return there == 1 ? 0 : -1;
	}
	if (check_user(p, order, why) == -1)
		return -1;
	if (post(p, order, out, why) == 0)
		return 0;
	if (why->id != FAULT_SERVER_BROKE_OFF)
		return -1;
	/* Not sent again: it may still be at work on the first. */
	broke = *why;
	if (look(p, order, out, why) == 1)
		return 0;
	*why = broke;
	return -1;
}

/* The referral of the case as it is; FAULT_TARGET_CASE if it has no such. */
static int
get_one(struct primero_api *p, const char *record_id, const char *id,
    struct primero_transition *out, struct fault *why)
{
	const struct json_node *list, *one;
	struct json *j;
	int rc;

	if (get_list(p, record_id, &j, &list, why) == -1)
		return -1;
	one = find_by_id(list, record_id, id);
	rc = one != NULL ?
	    take(one, out, why) :
	    FAIL(why, FAULT_TARGET_CASE, "the case has no referral of that id");
	json_free(j);
	return rc;
}

/*
 * PATCH or DELETE one.  A lost answer is looked up, and then *why says so also
 * with 0: what was not done may be done the next time.
 */
static int
change(struct primero_api *p, const char *method, const char *record_id,
    const struct bytes *body, struct primero_transition *out, struct fault *why)
{
	struct http_answer a;
	struct fault broke;
	char path[PATH_ROOM], what[32];
	int rc = -1;

	http_answer_init(&a);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s/referrals/%s",
	    record_id, out->id);
	(void)snprintf(what, sizeof(what), "%s referral", method);
	why->id = FAULT_NONE;
	if (primero_api_send(p, method, path, body, &a, why) == 0)
		rc = take_written(&a, what, record_id, out, why);
	if (rc == -1 && why->id == FAULT_SERVER_BROKE_OFF) {
		broke = *why;
		rc = get_one(p, record_id, out->id, out, why);
		*why = broke;
	}
	http_answer_free(&a);
	return rc;
}

int
primero_transition_reply(struct primero_api *p,
    const struct primero_transition_reply *reply,
    struct primero_transition *out, struct fault *why)
{
	const char *wanted = answers[reply->answer];
	const char *const members[][2] = {
		{ "status", wanted },
		{ "rejected_reason",
		    reply->answer == PRIMERO_REJECTED ? reply->reason : NULL },
		{ "rejection_note", reply->note },
	};
	struct bytes body;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (get_one(p, reply->record_id, reply->referral_id, out, why) == -1)
		return -1;
	if (strcmp(out->status, wanted) == 0) {
		out->was_there = true;
		return 0;
	}
	bytes_init(&body, BODY_MAX);
	if (write_data(&body, members, sizeof(members) / sizeof(members[0]),
		why) == 0)
		rc = change(p, "PATCH", reply->record_id, &body, out, why);
	bytes_free(&body);
	if (rc == -1 || strcmp(out->status, wanted) == 0)
		return rc;
	if (why->id == FAULT_SERVER_BROKE_OFF)
		return -1;
	return FAIL(why, FAULT_SERVER_REFUSED,
	    "the referral was to become %s and is %s", wanted, out->status);
}

static bool
is_user(const struct json_node *referral, const char *user)
{
	return user != NULL && is_text(referral, "transitioned_to", user);
}

/* Is that agency, as Primero calls it, a party of proGres? */
static bool
is_progres(const struct agreement *a, const char *agency)
{
	const struct map_entry *e;
	const struct party *party;
	bool many;

	if (agency == NULL)
		return false;
	e = agreement_from_source(a, MAP_AGENCIES, SYSTEM_PRIMERO, agency,
	    &many);
	party = e == NULL ? NULL : agreement_party(a, e->code);
	return party != NULL && party->system == SYSTEM_PROGRES;
}

static bool
is_ours(const struct json_node *referral,
    const struct primero_transition_whose *whose)
{
	const struct agreement *a = whose->agreement;
	bool remote = false;

	(void)json_boolean(json_get(referral, "remote"), &remote);
	return remote || is_user(referral, whose->user) ||
	    is_user(referral, a->primero.intake_user) ||
	    is_progres(a, json_get_text(referral, "transitioned_to_agency")) ||
	    is_progres(a,
		json_get_text(referral, "transitioned_to_user_agency"));
}

int
primero_transition_find(struct primero_api *p,
    const struct primero_service *service,
    const struct primero_transition_whose *whose,
    struct primero_transition_open *out, struct fault *why)
{
	const struct json_node *list;
	struct json *j;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (get_list(p, service->record_id, &j, &list, why) == -1)
		return -1;
	for (const struct json_node *n = json_first(list); n != NULL && rc == 0;
	     n = json_next(n)) {
		if (!is_open(n) ||
		    !is_text(n, "record_id", service->record_id) ||
		    !is_text(n, "service_record_id", service->service_id))
			continue;
		if (!is_ours(n, whose)) {
			out->others++;
			continue;
		}
		out->ours++;
		rc = take(n, &out->one, why);
	}
	json_free(j);
	return rc;
}

static int
revoke_one(struct primero_api *p, const char *record_id,
    const struct json_node *referral, struct fault *why)
{
	struct primero_transition t = { .was_there = false };
	struct bytes none;

	if (take(referral, &t, why) == -1)
		return -1;
	bytes_init(&none, 1);
	if (change(p, "DELETE", record_id, &none, &t, why) == -1)
		return -1;
	if (strcmp(t.status, "revoked") == 0)
		return 0;
	if (why->id == FAULT_SERVER_BROKE_OFF)
		return -1;
	return FAIL(why, FAULT_SERVER_REFUSED,
	    "the referral was to become revoked and is %s", t.status);
}

/* {"data":{"services_section":[{"unique_id":..,"service_status_referred":..}]}} */
static int
write_untick(struct bytes *out, const char *service_id, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_object(&o, "data");
	jsonout_list(&o, "services_section");
	jsonout_object(&o, NULL);
	jsonout_text(&o, "unique_id", service_id);
	jsonout_boolean(&o, "service_status_referred", false);
	jsonout_object_end(&o);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	if (rc == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	return rc;
}

/* What is no truth value may be a yes. */
static bool
row_ticked(const struct json_node *row)
{
	const struct json_node *tick = json_get(row, "service_status_referred");
	bool yes = true;

	if (tick == NULL || json_is_null(tick))
		return false;
	(void)json_boolean(tick, &yes);
	return yes;
}

/* The row's tick: 1 set, 0 not set or no such row, -1. */
static int
is_ticked(struct primero_api *p, const struct primero_service *of, bool after,
    struct primero_revoked *out, struct fault *why)
{
	const struct json_node *row;
	struct json *j = NULL;
	bool yes;
	int got;

	got = after ? primero_load_read_back(p, of->record_id, &j, why) :
		      primero_api_get_case(p, of->record_id, &j, why);
	if (got == -1)
		return -1;
	row = primero_compare_row(json_get(json_get(json_root(j), "data"),
				      "services_section"),
	    of->service_id);
	yes = row_ticked(row);
	out->row = row != NULL;
	out->unticked = !yes;
	json_free(j);
	return yes;
}

static int
untick(struct primero_api *p, const char *record_id, const char *service_id,
    struct primero_revoked *out, struct fault *why)
{
	struct fault broke = { FAULT_NONE, "" };
	struct http_answer a;
	struct bytes body;
	char path[PATH_ROOM];
	const struct primero_service of = { record_id, service_id };
	int rc = -1, ticked = is_ticked(p, &of, false, out, why);

	if (ticked != 1)
		return ticked;
	http_answer_init(&a);
	bytes_init(&body, BODY_MAX);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s", record_id);
	if (write_untick(&body, service_id, why) == -1)
		goto done;
	if (primero_api_send(p, "PATCH", path, &body, &a, why) == -1) {
		if (why->id != FAULT_SERVER_BROKE_OFF)
			goto done;
		broke = *why;
	} else if (a.status != 200 && a.status != 204) {
		(void)primero_error_fault(&a, "PATCH case", why);
		goto done;
	}
	ticked = is_ticked(p, &of, true, out, why);
	if (ticked == 0)
		rc = 0;
	else if (broke.id != FAULT_NONE)
		*why = broke;
	else if (ticked == 1)
		fault_set(why, FAULT_SERVER_REFUSED,
		    "services_section.service_status_referred was not kept");

done:
	bytes_free(&body);
	http_answer_free(&a);
	return rc;
}

/* Of a list, how many referrals of that service stand how. */
static void
count_given(const struct json_node *list, const char *record_id,
    const char *service_id, struct primero_given *out)
{
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		const char *service = json_get_text(n, "service_record_id");

		if (!is_text(n, "record_id", record_id))
			continue;
		if (service == NULL || *service == '\0') {
			out->unclear += is_open(n);
			continue;
		}
		if (strcmp(service, service_id) != 0)
			continue;
		out->open += is_open(n);
		out->done += is_text(n, "status", "done");
	}
}

/* Only what it says is known: a tick that the role may not read is none. */
static bool
says_no(const struct json_node *one_case, const char *tick)
{
	bool yes = true;

	return json_boolean(json_get(one_case, tick), &yes) && !yes;
}

int
primero_transition_look(struct primero_api *p, const char *record_id,
    const char *service_id, struct primero_given *out, struct fault *why)
{
	const struct json_node *list, *one, *row;
	struct json *j = NULL;
	int got;

	memset(out, 0, sizeof(*out));
	if (!primero_api_is_id(record_id))
		return FAIL(why, FAULT_TARGET_CASE,
		    "the id of its case is none that Primero has");
	got = primero_api_get_case(p, record_id, &j, why);
	if (got == -1 && why->id == FAULT_SERVER_FORBIDDEN)
		return FAIL(why, FAULT_TARGET_CASE,
		    "its case may not be read any more");
	out->gone = got == 0;
	if (got != 1)
		return got;
	one = json_get(json_root(j), "data");
	row =
	    primero_compare_row(json_get(one, "services_section"), service_id);
	out->row = row != NULL;
	out->ticked = row_ticked(row);
	out->no_consent = says_no(one, "consent_for_services") ||
	    (!is_text(one, "module_id", "primeromodule-gbv") &&
		says_no(one, "disclosure_other_orgs"));
	json_free(j);
	if (get_list(p, record_id, &j, &list, why) == -1)
		return -1;
	count_given(list, record_id, service_id, out);
	json_free(j);
	return 0;
}

/* A reply that says revoked is not enough: is none of them open? */
static int
check_revoked(struct primero_api *p, const char *record_id,
    const char *service_id, struct fault *why)
{
	struct primero_given after = { .open = 0 };
	const struct json_node *list;
	struct json *j;

	if (get_list(p, record_id, &j, &list, why) == -1)
		return -1;
	count_given(list, record_id, service_id, &after);
	json_free(j);
	if (after.open == 0)
		return 0;
	return FAIL(why, FAULT_SERVER_REFUSED,
	    "%zu referrals were to become revoked and are open", after.open);
}

int
primero_transition_revoke(struct primero_api *p, const char *record_id,
    const char *service_id, struct primero_revoked *out, struct fault *why)
{
	const struct json_node *list;
	struct json *j;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (get_list(p, record_id, &j, &list, why) == -1)
		return -1;
	for (const struct json_node *n = json_first(list); n != NULL && rc == 0;
	     n = json_next(n)) {
		const char *service = json_get_text(n, "service_record_id");

		if (!is_text(n, "record_id", record_id))
			continue;
		out->unclear +=
		    is_open(n) && (service == NULL || *service == '\0');
		if (service == NULL || strcmp(service, service_id) != 0)
			continue;
		if (!is_open(n)) {
			out->closed++;
			out->done += is_text(n, "status", "done");
			continue;
		}
		rc = revoke_one(p, record_id, n, why);
		out->revoked += rc == 0;
	}
	json_free(j);
	if (rc == -1 ||
	    (out->revoked > 0 &&
		check_revoked(p, record_id, service_id, why) == -1))
		return -1;
	return untick(p, record_id, service_id, out, why);
}
