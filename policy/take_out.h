/*
 * take_out: do to a referral what a judgement says is to be taken out.
 *
 * Changes the referral in place; allocates nothing.  Fields that P-FIELDS took
 * out are named by the caller in `removed`; the others are not named to the
 * other side, since to name them would disclose them.
 */
#ifndef SATCHEL_POLICY_TAKE_OUT_H
#define SATCHEL_POLICY_TAKE_OUT_H

struct referral;
struct strip;

void take_out(struct referral *r, const struct strip *strip);

#endif
