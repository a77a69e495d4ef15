/*
 * data_rules: is what travels complete, translatable and believable?
 *
 * All of them look at what is left once fields have been taken out.
 */
#ifndef SATCHEL_POLICY_DATA_RULES_H
#define SATCHEL_POLICY_DATA_RULES_H

struct hearing;

void data_rules_required(struct hearing *h);
void data_rules_mapped(struct hearing *h);
void data_rules_dates(struct hearing *h);
void data_rules_adult(struct hearing *h);
void data_rules_ages_agree(struct hearing *h);
void data_rules_live(struct hearing *h);
void data_rules_twice(struct hearing *h);
void data_rules_text(struct hearing *h);

#endif
