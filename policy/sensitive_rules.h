/*
 * sensitive_rules: what could harm a child most, if it reached the wrong eyes.
 */
#ifndef SATCHEL_POLICY_SENSITIVE_RULES_H
#define SATCHEL_POLICY_SENSITIVE_RULES_H

struct hearing;

void sensitive_rules_codes(struct hearing *h);
void sensitive_rules_module(struct hearing *h);
void sensitive_rules_name(struct hearing *h);
void sensitive_rules_notes(struct hearing *h);
void sensitive_rules_others(struct hearing *h); /* strips */
void sensitive_rules_files(struct hearing *h);	/* strips */
void sensitive_rules_staff(struct hearing *h);	/* strips */
void sensitive_rules_fear(struct hearing *h);
void sensitive_rules_report(struct hearing *h);

#endif
