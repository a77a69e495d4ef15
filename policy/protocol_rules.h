/*
 * protocol_rules: does the signed agreement allow it?
 */
#ifndef SATCHEL_POLICY_PROTOCOL_RULES_H
#define SATCHEL_POLICY_PROTOCOL_RULES_H

struct hearing;

void protocol_rules_fields(struct hearing *h); /* before all others */
void protocol_rules_in_force(struct hearing *h);
void protocol_rules_signed(struct hearing *h);
void protocol_rules_same(struct hearing *h);
void protocol_rules_matrix(struct hearing *h);
void protocol_rules_purpose(struct hearing *h);
void protocol_rules_who(struct hearing *h);

#endif
