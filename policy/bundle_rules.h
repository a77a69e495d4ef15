/*
 * bundle_rules: is the bundle what it should be, and the record in it?
 *
 * A bundle that fails B-SIG, B-TO, B-ENV, B-SEEN or B-FORM is refused before
 * its records are read; the rules are asked again of each referral so that
 * none can be staged by a way round those steps.
 */
#ifndef SATCHEL_POLICY_BUNDLE_RULES_H
#define SATCHEL_POLICY_BUNDLE_RULES_H

#include <stdbool.h>

struct bundle_facts;
struct hearing;

void bundle_rules_signed(struct hearing *h);
void bundle_rules_to_us(struct hearing *h);
void bundle_rules_environment(struct hearing *h);
void bundle_rules_seen(struct hearing *h);
void bundle_rules_form(struct hearing *h);
void bundle_rules_in_time(struct hearing *h);
void bundle_rules_record(struct hearing *h);
void bundle_rules_tombstone(struct hearing *h);

/* Does anything of the sender wait (B-SIG)?  Then why, and what to do. */
bool bundle_rules_sender_stopped(const struct bundle_facts *f,
    const char **text, const char **remedy);

#endif
