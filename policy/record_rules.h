/*
 * record_rules: how consent was taken, on which basis, who approved going
 * without it, whether a later word of this child is held here, and what people
 * decided of this very record.
 *
 * Where there is no consent record at all C-HAVE speaks, and those about it
 * say nothing.
 */
#ifndef SATCHEL_POLICY_RECORD_RULES_H
#define SATCHEL_POLICY_RECORD_RULES_H

struct hearing;

void record_rules_override(struct hearing *h);
void record_rules_basis(struct hearing *h);
void record_rules_newer(struct hearing *h);
void record_rules_told(struct hearing *h);
void record_rules_how(struct hearing *h);
void record_rules_refused(struct hearing *h);
void record_rules_again(struct hearing *h);

#endif
