#include "systems/ping_api_send.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/source_value.h"
#include "systems/http.h"
#include "systems/ping_api.h"
#include "systems/ping_text.h"
#include "systems/post_once.h"

#define STATUS_PATH "/primes/ingestion/checkstatus/v1/pingdata"
#define SYNCED "125080003"
#define PATH_MAX_BYTES 512
#define REQUEST_MAX 65536

const char *
ping_api_send_state_name(enum ping_api_state s)
{
	static const char *const names[] = {
		[PING_API_NOT_SENT] = "not-sent",
		[PING_API_UNCONFIRMED] = "unconfirmed",
		[PING_API_CONFIRMED] = "confirmed",
		[PING_API_REFUSED] = "refused",
		[PING_API_UNKNOWN] = "unknown",
	};

	return names[s];
}

enum ping_api_next
ping_api_send_next(const struct ping_api_outcome *o)
{
	switch (o->state) {
	case PING_API_NOT_SENT:
		return PING_API_SEND;
	case PING_API_UNCONFIRMED:
		return PING_API_ASK;
	case PING_API_CONFIRMED:
		return PING_API_NOTHING;
	case PING_API_REFUSED:
		return PING_API_CORRECT;
	case PING_API_UNKNOWN:
	default:
		return o->twice_is_once && o->transaction[0] == '\0' ?
		    PING_API_SEND :
		    PING_API_LOOK;
	}
}

/* --- sending --- */

/* Exactly one record, and what is needed to ask for it later. */
static int
check_body(const void *body, size_t len, struct fault *why)
{
	struct json *held = NULL;
	const struct json_node *root, *data, *record;
	bool good;

	if (json_read(body, len, &json_foreign, &held, why) == -1)
		return why->id == FAULT_NO_MEMORY ?
		    -1 :
		    FAIL(why, FAULT_INSIDE, "a body for PING is not JSON");
	root = json_root(held);
	data = json_get(root, "Data");
	record = json_first(data);
	good = json_get_text(root, "ShippingProcessId") != NULL &&
	    json_get_text(root, "InteropId") != NULL &&
	    json_kind(data) == JSON_LIST && json_count(data) == 1 &&
	    json_get_text(record, "ExternalId") != NULL;
	json_free(held);
	return good ? 0 :
		      FAIL(why, FAULT_INSIDE,
			  "a body for PING holds more or less than one record");
}

static bool
is_transaction(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	return text != NULL && *text != '\0' &&
	    strlen(text) < PING_API_TRANSACTION &&
	    text[strspn(text, allowed)] == '\0';
}

/*
 * Without the marker there is nothing to ask for later, and an answer of 200
 * alone says nothing: whether proGres has it, a person has to see.
 */
static void
take_marker(const struct bytes *body, struct ping_api_outcome *out)
{
	struct json *held = NULL;
	const char *id;

	out->state = PING_API_UNKNOWN;
	if (ping_text_read(body->at, body->len, &held, &out->why) == -1) {
		if (out->why.id != FAULT_NO_MEMORY)
			(void)FAIL(&out->why, FAULT_SERVER_ANSWER,
			    "it was received, but the answer cannot be read");
		return;
	}
	id = json_get_text(json_root(held), "SPHTransactionId");
	if (is_transaction(id)) {
		out->state = PING_API_UNCONFIRMED;
		(void)snprintf(out->transaction, sizeof(out->transaction), "%s",
		    id);
	} else {
		(void)FAIL(&out->why, FAULT_SERVER_ANSWER,
		    "it was received without a transaction id");
	}
	json_free(held);
}

int
ping_api_send(const struct ping_api *api, const void *body, size_t len,
    struct ping_api_outcome *out, struct fault *why)
{
	char path[PATH_MAX_BYTES];
	struct http_answer answer;
	enum post_once became;
	int n;

	*out = (struct ping_api_outcome){ .state = PING_API_NOT_SENT };
	if (ping_api_check(api, why) == -1 || check_body(body, len, why) == -1)
		return -1;
	n = snprintf(path, sizeof(path), "/api/ingestion/v2/%s/data",
	    api->ids->partner);
	if (n < 0 || (size_t)n >= sizeof(path))
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "partner in systems.progres-ping");
	http_answer_init(&answer);
	became = post_once(api->http, path, body, len, &answer, &out->why);
	if (became == POST_ONCE_TAKEN)
		take_marker(&answer.body, out);
	else if (became == POST_ONCE_UNKNOWN)
		out->state = PING_API_UNKNOWN;
	http_answer_free(&answer);
	if (became != POST_ONCE_NOT)
		return 0;
	*why = out->why;
	return -1;
}

/* --- what became of it --- */

static int
write_question(const struct ping_api *api, const char *process,
    const char *transaction, struct sink *to, struct fault *why)
{
	struct jsonout o;

	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "ShippingProcessId", process);
	jsonout_text(&o, "InteropID", api->ids->interop);
	jsonout_text(&o, "PartnerId", api->ids->partner);
	jsonout_text(&o, "SPHTransactionId", transaction);
	jsonout_object_end(&o);
	return jsonout_end(&o, why);
}

static void
note_status(const struct ping_status_said *said, struct ping_api_outcome *o)
{
	static const enum ping_api_state states[] = {
		[PING_STATUS_UNKNOWN] = PING_API_UNKNOWN,
		[PING_STATUS_PENDING] = PING_API_UNCONFIRMED,
		[PING_STATUS_TAKEN] = PING_API_CONFIRMED,
		[PING_STATUS_REFUSED] = PING_API_REFUSED,
		[PING_STATUS_UNREADABLE] = PING_API_UNKNOWN,
	};

	o->state = states[said->status];
	o->why = (struct fault){ .id = FAULT_NONE };
	memcpy(o->code, said->code, sizeof(o->code));
	if (said->status == PING_STATUS_UNKNOWN)
		(void)FAIL(&o->why, FAULT_SERVER_ANSWER,
		    "the status is none that is known here");
	else if (said->status == PING_STATUS_UNREADABLE)
		(void)FAIL(&o->why, FAULT_SERVER_ANSWER,
		    "the status cannot be read");
}

int
ping_api_send_status(const struct ping_api *api,
    const struct ping_api_sent *sent, struct ping_api_outcome *o,
    struct fault *why)
{
	struct http_request request = { .method = "POST", .path = STATUS_PATH };
	struct ping_status_said said;
	struct http_answer answer;
	struct bytes body;
	struct sink *to = NULL;
	int rc = -1;

	if (o->transaction[0] == '\0')
		return FAIL(why, FAULT_INSIDE,
		    "a status is asked for without a transaction id");
	bytes_init(&body, REQUEST_MAX);
	http_answer_init(&answer);
	if (ping_api_check(api, why) == -1 ||
	    (to = bytes_sink_new(&body, why)) == NULL ||
	    write_question(api, sent->process, o->transaction, to, why) == -1)
		goto done;
	request.body = body.at;
	request.len = body.len;
	if (http_ask(api->http, &request, &answer, why) == -1)
		goto done;
	if (answer.status < 200 || answer.status > 299) {
		(void)http_refusal(&answer, "status", why);
		goto done;
	}
	if (ping_status_read(answer.body.at, answer.body.len, sent->external_id,
		o->transaction, &said, why) == -1)
		goto done;
	note_status(&said, o);
	rc = 0;

done:
	sink_free(to);
	http_answer_free(&answer);
	bytes_free(&body);
	return rc;
}

/* --- a decision of proGres that is known here --- */

static void
write_pair(struct jsonout *o, const char *name, const char *value)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "Name", name);
	jsonout_text(o, "Value", value);
	jsonout_object_end(o);
}

static int
write_synced(const struct ping_ids *ids, const char *referral,
    const char *external_id, const char *comment, struct sink *to,
    struct fault *why)
{
	struct jsonout o;

	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "ShippingProcessId", ids->decision_synced);
	jsonout_text(&o, "InteropId", ids->interop);
	jsonout_text(&o, "APIVersion", "V2");
	jsonout_list(&o, "Data");
	jsonout_object(&o, NULL);
	jsonout_text(&o, "ExternalId", external_id);
	jsonout_list(&o, "Attachments");
	jsonout_list_end(&o);
	jsonout_list(&o, "Fields");
	write_pair(&o, "progres_interoperabilityreferralid", referral);
	write_pair(&o, "progres_interoperabilityreferralstatus", SYNCED);
	if (comment != NULL)
		write_pair(&o, "progres_comments", comment);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	return jsonout_end(&o, why);
}

int
ping_api_send_synced(const struct ping_api *api, const char *referral,
    const char *external_id, const char *comment, struct ping_api_outcome *out,
    struct fault *why)
{
	struct bytes body;
	struct sink *to;
	int rc = -1;

	*out = (struct ping_api_outcome){ .state = PING_API_NOT_SENT };
	if (ping_api_check(api, why) == -1)
		return -1;
	if (api->ids->decision_synced == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "decision_synced in systems.progres-ping");
	bytes_init(&body, REQUEST_MAX);
	if ((to = bytes_sink_new(&body, why)) != NULL &&
	    write_synced(api->ids, referral, external_id, comment, to, why) ==
		0)
		rc = ping_api_send(api, body.at, body.len, out, why);
	out->twice_is_once = true;
	sink_free(to);
	bytes_free(&body);
	return rc;
}
