#include "import/into_ping.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "formats/json.h"
#include "systems/ping_api_send.h"

enum plan_action
into_ping_action(const struct standing *st, enum plan_action first)
{
	switch (st->delivery) {
	case DELIVERY_UNCONFIRMED:
	case DELIVERY_UNKNOWN:
		/* Without one it was cut off, or it went another way. */
		return st->transaction != NULL ? PLAN_CHECK : PLAN_ASK;
	case DELIVERY_SENDING:
	case DELIVERY_REFUSED:
		return PLAN_ASK;
	case DELIVERY_NONE:
	case DELIVERY_REFER:
	case DELIVERY_PART:
	default:
		return first;
	}
}

/* As a standing says it, and for people. */
static int
take_outcome(const struct ping_api_outcome *o, struct standing *st,
    char transaction[static INTO_PING_TRANSACTION], struct fault *why)
{
	(void)snprintf(transaction, INTO_PING_TRANSACTION, "%s",
	    o->transaction);
	st->transaction = transaction[0] == '\0' ? NULL : transaction;
	switch (o->state) {
	case PING_API_CONFIRMED:
		st->delivery = DELIVERY_NONE;
		return 0;
	case PING_API_UNCONFIRMED:
		st->delivery = DELIVERY_UNCONFIRMED;
		return FAIL(why, FAULT_SERVER_PENDING, "transaction %s",
		    transaction);
	case PING_API_REFUSED:
		st->delivery = DELIVERY_REFUSED;
		return FAIL(why, FAULT_SERVER_REJECTED, "%s",
		    o->code[0] != '\0' ? o->code : "it does not say why");
	case PING_API_NOT_SENT:
	case PING_API_UNKNOWN:
	default:
		st->delivery = DELIVERY_UNKNOWN;
		return FAIL(why, FAULT_SERVER_UNSURE, "%s",
		    o->why.id != FAULT_NONE ? o->why.detail : "no status");
	}
}

/* For the status alone: that cannot change what is known of the sending. */
static int
check(const struct ping_api *api, const struct bytes *body,
    struct ping_api_outcome *o, struct fault *why)
{
	struct ping_api_sent sent = { .process = NULL };
	struct json *held = NULL;
	const struct json_node *root;
	int rc;

	if (json_read(body->at, body->len, &json_foreign, &held, why) == -1)
		return -1;
	root = json_root(held);
	sent.process = json_get_text(root, "ShippingProcessId");
	sent.external_id =
	    json_get_text(json_first(json_get(root, "Data")), "ExternalId");
	if (sent.process == NULL || sent.external_id == NULL)
		rc = FAIL(why, FAULT_INSIDE, "a body for PING lacks an id");
	else
		rc = ping_api_send_status(api, &sent, o, why);
	json_free(held);
	return rc;
}

int
into_ping_ask(const struct ping_api *api, const struct bytes *body,
    struct standing *st, char transaction[static INTO_PING_TRANSACTION],
    struct fault *why)
{
	struct ping_api_outcome o = { .state = PING_API_UNCONFIRMED };

	(void)snprintf(o.transaction, sizeof(o.transaction), "%s",
	    st->transaction);
	if (check(api, body, &o, why) == -1)
		return -1;
	return take_outcome(&o, st, transaction, why);
}

int
into_ping_do(const struct ping_api *api, const struct bytes *body,
    struct standing *st, char transaction[static INTO_PING_TRANSACTION],
    struct fault *why)
{
	struct ping_api_outcome o = { .state = PING_API_UNCONFIRMED };
	struct fault later;

	if (into_ping_action(st, PLAN_CREATE) == PLAN_CHECK)
		return into_ping_ask(api, body, st, transaction, why);
	if (ping_api_send(api, body->at, body->len, &o, why) == -1) {
		st->delivery = DELIVERY_NONE;
		st->transaction = NULL;
		return -1;
	}
	/* It is asked once at once; what is not known then is asked later. */
	if (o.state == PING_API_UNCONFIRMED)
		(void)check(api, body, &o, &later);
	return take_outcome(&o, st, transaction, why);
}
