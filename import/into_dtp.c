#include "import/into_dtp.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "systems/dtp_api.h"

void
into_dtp_plan(const struct standing *st, enum plan_action first,
    struct plan *out)
{
	out->action = PLAN_ASK;
	switch (st->delivery) {
	case DELIVERY_UNCONFIRMED:
		if (st->transaction != NULL) {
			fault_set(&out->why, FAULT_SERVER_PENDING,
			    "it went through PING: load --to progres-ping-api");
			return;
		}
		out->action = PLAN_WAIT;
		fault_set(&out->why, FAULT_SERVER_NO_PROOF,
		    "an earlier run sent it");
		return;
	case DELIVERY_SENDING:
	case DELIVERY_UNKNOWN:
		fault_set(&out->why, FAULT_SERVER_UNSURE,
		    "an earlier run sent it, and no answer came");
		return;
	case DELIVERY_REFUSED:
		fault_set(&out->why, FAULT_SERVER_REJECTED,
		    "it was refused before");
		return;
	case DELIVERY_NONE:
	case DELIVERY_REFER:
	case DELIVERY_PART:
	default:
		out->action = first;
		return;
	}
}

int
into_dtp_do(struct http *http, const struct bytes *body, struct standing *st,
    struct fault *why)
{
	enum dtp_api_state became;
	struct fault stood = { FAULT_NONE, "" };

	st->transaction = NULL;
	if (dtp_api_send(http, body->at, body->len, &became, &stood) == -1) {
		st->delivery = DELIVERY_NONE;
		*why = stood;
		return -1;
	}
	if (became == DTP_API_SENT) {
		st->delivery = DELIVERY_UNCONFIRMED;
		return FAIL(why, FAULT_SERVER_NO_PROOF, "DTP");
	}
	st->delivery = DELIVERY_UNKNOWN;
	return FAIL(why, FAULT_SERVER_UNSURE, "%s",
	    stood.id != FAULT_NONE ? stood.detail : "DTP");
}
