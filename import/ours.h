/*
 * ours: what came from proGres, by the ids that this node's Primero has for it.
 *
 * Primero's list of referrals names a service row and a case, and knows
 * nothing of refs.  Read from the store once, then only looked into.
 */
#ifndef SATCHEL_IMPORT_OURS_H
#define SATCHEL_IMPORT_OURS_H

#include <stddef.h>

struct fault;
struct ours;
struct store;

struct ours *ours_new(struct store *s, struct fault *why);
void ours_free(struct ours *o); /* NULL is fine */

/*
 * How many different referrals have this service row, or belong to this case;
 * *ref is one of them, as it was sent, good as long as o is.
 */
size_t ours_of_service(const struct ours *o, const char *service_id,
    const char **ref);
size_t ours_of_record(const struct ours *o, const char *record_id,
    const char **ref);

#endif
