/*
 * ping: bodies for PING, UNHCR's integration layer in front of proGres v4.
 *
 * One body a referral: exactly what is to be POSTed to the ingestion service
 * (docs/formats.md).  Every identifier comes from the agreement; a value that
 * cannot be written is never replaced by another.
 */
#ifndef SATCHEL_FORMATS_PING_H
#define SATCHEL_FORMATS_PING_H

#include "formats/agreement.h"
#include "formats/referral.h"

struct fault;
struct sink;

/*
 * Write the body for r.  FAULT_TARGET names what the agreement or the referral
 * lacks: a code without progres_out, no systems.progres-ping, no family's or
 * person's number where PING needs it.  Nothing is written then.
 */
int ping_write_referral(const struct agreement *a, const struct referral *r,
    struct sink *to, struct fault *why);

#endif
