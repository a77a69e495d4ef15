/*
 * scope_rules: does the consent cover this service, this agency, this much?
 */
#ifndef SATCHEL_POLICY_SCOPE_RULES_H
#define SATCHEL_POLICY_SCOPE_RULES_H

#include <stdbool.h>

struct agreement;
struct consent;
struct hearing;

void scope_rules_service(struct hearing *h);
void scope_rules_agency(struct hearing *h);
void scope_rules_withheld(struct hearing *h); /* strips: before C-INFO */
void scope_rules_categories(struct hearing *h);

/* Does it cover the service, by name or by the agreement's scope map? */
bool scope_rules_cover(const struct agreement *a, const struct consent *c,
    const char *service);

#endif
