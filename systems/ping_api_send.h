/*
 * ping_api_send: sending into proGres, and learning what became of it.
 *
 * PING makes a second referral of a second message, and refuses in silence: it
 * says "received" to everything and tells what was wrong only to who asks for
 * the status.  So nothing counts as sent without a transaction id, or as
 * taken without a status that says so, and nothing is sent again after an
 * answer that was lost.
 *
 * Before ping_api_send the caller writes down that this is being sent, and
 * after it what came out.  One that is found written down without an outcome
 * is PING_API_UNKNOWN.
 */
#ifndef SATCHEL_SYSTEMS_PING_API_SEND_H
#define SATCHEL_SYSTEMS_PING_API_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "systems/ping_status.h"

struct ping_api;

enum ping_api_state {
	PING_API_NOT_SENT,
	PING_API_UNCONFIRMED, /* not confirmed: there is a transaction id */
	PING_API_CONFIRMED,
	PING_API_REFUSED, /* proGres did not take it; see code */
	PING_API_UNKNOWN,
};

/*
 * Who looks it up over there goes by progres_orgreferralid, as the services of
 * one case share an ExternalId.  A decision of proGres about it shows it too.
 */
enum ping_api_next {
	PING_API_SEND,	  /* now, or again */
	PING_API_ASK,	  /* for the status, later */
	PING_API_NOTHING, /* it is done */
	PING_API_CORRECT, /* a person puts right what was refused */
	PING_API_LOOK,	  /* a person looks whether proGres has it */
};

#define PING_API_TRANSACTION 65

struct ping_api_outcome {
	enum ping_api_state state;
	char transaction[PING_API_TRANSACTION]; /* "" if there is none */
	char code[PING_STATUS_CODE];		/* "" or why it was refused */
	bool twice_is_once; /* sending it again changes nothing there */
	struct fault why;   /* what stood in the way; FAULT_NONE */
};

/* "not-sent", "unconfirmed", "confirmed", "refused", "unknown" */
const char *ping_api_send_state_name(enum ping_api_state s);
enum ping_api_next ping_api_send_next(const struct ping_api_outcome *o);

/*
 * Send a body that formats/ping wrote, with one record in it.  0: see *out, which may also be PING_API_UNKNOWN.
 * -1: it was not sent and may be sent again (PING_API_NOT_SENT): a fault of
 * http, FAULT_AGREEMENT_LACKS, or FAULT_INSIDE for a body of another kind.
 */
int ping_api_send(const struct ping_api *api, const void *body, size_t len,
    struct ping_api_outcome *out, struct fault *why);

/* What was sent. */
struct ping_api_sent {
	const char *process;	 /* of the body */
	const char *external_id; /* of the one record in it */
};

/*
 * Ask what became of the transaction in *o and note it there.  After -1 it
 * stands there as before, and it is asked again another time.
 */
int ping_api_send_status(const struct ping_api *api,
    const struct ping_api_sent *sent, struct ping_api_outcome *o,
    struct fault *why);

/*
 * Tell proGres that its decision is known here: referral is its
 * progres_interoperabilityreferralid, comment may be NULL.  Only after the
 * decision is stored.  The process is decision_synced of the agreement.
 */
int ping_api_send_synced(const struct ping_api *api, const char *referral,
    const char *external_id, const char *comment, struct ping_api_outcome *out,
    struct fault *why);

#endif
