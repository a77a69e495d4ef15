/*
 * scope_rules: does the consent cover this service, this agency, this much?
 */
#ifndef SATCHEL_POLICY_SCOPE_RULES_H
#define SATCHEL_POLICY_SCOPE_RULES_H

struct hearing;

void scope_rules_service(struct hearing *h);
void scope_rules_agency(struct hearing *h);
void scope_rules_withheld(struct hearing *h); /* strips: before C-INFO */
void scope_rules_categories(struct hearing *h);

#endif
