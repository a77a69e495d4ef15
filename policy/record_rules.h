/*
 * record_rules: how consent was taken, on which basis, who approved going
 * without it, and whether a later word of this child is held here.
 *
 * Where there is no record at all C-HAVE speaks, and these say nothing.
 */
#ifndef SATCHEL_POLICY_RECORD_RULES_H
#define SATCHEL_POLICY_RECORD_RULES_H

struct hearing;

void record_rules_override(struct hearing *h);
void record_rules_basis(struct hearing *h);
void record_rules_newer(struct hearing *h);
void record_rules_told(struct hearing *h);
void record_rules_how(struct hearing *h);

#endif
