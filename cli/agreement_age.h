/*
 * agreement_age: a line about how old the agreement in force is, wherever a
 * person looks at what goes on; nothing while there is nothing to do about it.
 */
#ifndef SATCHEL_CLI_AGREEMENT_AGE_H
#define SATCHEL_CLI_AGREEMENT_AGE_H

#include "base/day.h"

struct agreement;
struct say;

/* With --json the same sentence is the member "agreement_age". */
void agreement_age_say(struct say *say, const struct agreement *a, day today);

#endif
