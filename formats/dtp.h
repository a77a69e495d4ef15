/*
 * dtp: messages for DTP, the layer in front of proGres that PING replaced.
 *
 * Sites still hold files of this shape (docs/formats.md).
 */
#ifndef SATCHEL_FORMATS_DTP_H
#define SATCHEL_FORMATS_DTP_H

#include "formats/target.h"

extern const enum target_keeps dtp_keeps[FIELD_COUNT];

/* "ReceiveIncomingReferral": flat, with Primero's own names. */
int dtp_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why);
/* "ReceiveDecisionOutgoingReferral". */
int dtp_write_answer(const struct target_answer *t, struct sink *to,
    struct fault *why);

#endif
