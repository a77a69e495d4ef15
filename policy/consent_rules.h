/*
 * consent_rules: is there a consent, does it still stand, and is what Primero
 * says of it a yes?
 *
 * Where there is no record at all C-HAVE speaks, and the rules about a
 * record's content say nothing.
 */
#ifndef SATCHEL_POLICY_CONSENT_RULES_H
#define SATCHEL_POLICY_CONSENT_RULES_H

struct hearing;

void consent_rules_have(struct hearing *h);
void consent_rules_state(struct hearing *h);
void consent_rules_age(struct hearing *h);
void consent_rules_dates(struct hearing *h);
void consent_rules_unhcr(struct hearing *h);
void consent_rules_polarity(struct hearing *h);
void consent_rules_case(struct hearing *h);
void consent_rules_overridden(struct hearing *h);

#endif
