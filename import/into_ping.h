/*
 * into_ping: what load does in a proGres that PING lets it reach.
 *
 * PING makes a second referral of a second message.  So a standing says that it
 * is being sent before anything is; one that still says so later was cut off,
 * and then nobody knows, and nothing is sent again by itself.
 */
#ifndef SATCHEL_IMPORT_INTO_PING_H
#define SATCHEL_IMPORT_INTO_PING_H

#include <stddef.h>

#include "import/plan.h"
#include "store/standing.h"

struct bytes;
struct fault;
struct ping_api;

/* What is to be done next about it. */
enum plan_action into_ping_action(const struct standing *st,
    enum plan_action first);

#define INTO_PING_TRANSACTION 65

/*
 * Ask what became of what st->transaction names, and send nothing; as
 * into_ping_do.
 */
int into_ping_ask(const struct ping_api *api, const struct bytes *body,
    struct standing *st, char transaction[static INTO_PING_TRANSACTION],
    struct fault *why);

/*
 * Send body, or ask what became of it (PLAN_CHECK).  Fills in delivery and
 * transaction of *st, the text in the room given, whatever comes out; the
 * caller has stored DELIVERY_SENDING before, and stores what comes out.
 *
 * 0: proGres has it.  -1: FAULT_SERVER_PENDING, _REJECTED, _UNSURE, or what
 * kept it from being sent at all.
 */
int into_ping_do(const struct ping_api *api, const struct bytes *body,
    struct standing *st, char transaction[static INTO_PING_TRANSACTION],
    struct fault *why);

#endif
