/*
 * dtp_api: DTP, the layer in front of proGres that PING replaced, where it
 * still answers.
 *
 * It wants a client's certificate and a header with a subscription key, both
 * from the credentials.  What it answers is written down nowhere, so whatever
 * it says, a message is sent and not confirmed: proGres's decision comes later,
 * as a message of its own.
 */
#ifndef SATCHEL_SYSTEMS_DTP_API_H
#define SATCHEL_SYSTEMS_DTP_API_H

#include <stddef.h>

struct fault;
struct http;

enum dtp_api_state {
	DTP_API_NOT_SENT,
	DTP_API_SENT,	 /* not confirmed, and never more than that */
	DTP_API_UNKNOWN, /* never sent again: a person looks it up there */
};

/* "not-sent", "sent", "unknown" */
const char *dtp_api_state_name(enum dtp_api_state s);

/*
 * Send a message that formats/dtp wrote; its request_type says where to.  The
 * caller writes down before that it is being sent, and after it what came out.
 *
 * 0: see *state; for DTP_API_UNKNOWN why says what stood in the way.  -1: it
 * was not sent and may be sent again: a fault of http, or FAULT_INSIDE for a
 * message of another kind.
 */
int dtp_api_send(struct http *http, const void *body, size_t len,
    enum dtp_api_state *state, struct fault *why);

#endif
