/*
 * into_dtp: what load does in a proGres that DTP lets it reach.
 *
 * DTP says nothing by which a message would be known to be kept, and can be
 * asked nothing; it makes a second referral of a second message.  So what it
 * takes is sent and not loaded: a referral counts when proGres's decision about
 * it comes, and anything counts when a person has looked.
 */
#ifndef SATCHEL_IMPORT_INTO_DTP_H
#define SATCHEL_IMPORT_INTO_DTP_H

#include "import/plan.h"
#include "store/standing.h"

struct bytes;
struct fault;
struct http;

/* What is to be done next; for PLAN_ASK and PLAN_WAIT out->why says why. */
void into_dtp_plan(const struct standing *st, enum plan_action first,
    struct plan *out);

/*
 * Send body.  Fills in delivery and transaction of *st, whatever comes out; the
 * caller has stored DELIVERY_SENDING before, and stores what comes out.
 *
 * Always -1: FAULT_SERVER_NO_PROOF where DTP took it, FAULT_SERVER_UNSURE, or
 * what kept it from being sent at all.
 */
int into_dtp_do(struct http *http, const struct bytes *body,
    struct standing *st, struct fault *why);

#endif
