/*
 * band_rules: did those agree whom the agreement asks for at the child's age?
 *
 * The bands are the agreement's; there is none by default, and an age without
 * a band waits for a person.
 */
#ifndef SATCHEL_POLICY_BAND_RULES_H
#define SATCHEL_POLICY_BAND_RULES_H

struct hearing;

void band_rules_givers(struct hearing *h);
void band_rules_edge(struct hearing *h);
void band_rules_caregiver(struct hearing *h);
void band_rules_alone(struct hearing *h);

#endif
