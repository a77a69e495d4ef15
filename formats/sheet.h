/*
 * sheet: a referral as one page that can be printed and keyed in by hand.
 *
 * For a receiver without any interface.  HTML without script and without
 * anything fetched from elsewhere, in the order of the inter-agency referral
 * form, right in both writing directions, with a place for the other system's
 * number and a part to hand back.
 */
#ifndef SATCHEL_FORMATS_SHEET_H
#define SATCHEL_FORMATS_SHEET_H

#include "formats/target.h"

extern const enum target_keeps sheet_keeps[FIELD_COUNT];

int sheet_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why);

#endif
