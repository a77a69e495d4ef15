/*
 * ping: bodies for PING, UNHCR's integration layer in front of proGres v4.
 *
 * One body a referral or a decision: exactly what is to be POSTed to the
 * ingestion service (docs/formats.md).  Every identifier comes from the
 * agreement; a value that cannot be written is never replaced by another.
 */
#ifndef SATCHEL_FORMATS_PING_H
#define SATCHEL_FORMATS_PING_H

#include "formats/target.h"

extern const enum target_keeps ping_keeps[FIELD_COUNT];

/*
 * FAULT_AGREEMENT_LACKS: a code without progres_out, an identifier that
 * systems.progres-ping lacks.  FAULT_TARGET: no family's or person's number.
 */
int ping_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why);
/*
 * A decision about a referral that came from proGres.  FAULT_TARGET: it came
 * without the ids that proGres knows it by.
 */
int ping_write_answer(const struct target_answer *t, struct sink *to,
    struct fault *why);

#endif
