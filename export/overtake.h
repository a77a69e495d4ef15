/*
 * overtake: nothing goes its way, first or again, ahead of the recalls that its
 * receiver is owed.
 *
 * A bundle that waited, or is sent once more, may hold what was withdrawn since.
 * Another bundle that holds the recalls has to go with it then, and before it.
 */
#ifndef SATCHEL_EXPORT_OVERTAKE_H
#define SATCHEL_EXPORT_OVERTAKE_H

#include <stdbool.h>

struct bundle_made;
struct fault;
struct store;

/*
 * The first bundle that holds every recall the receiver is owed, and that it did
 * not refuse: 1 and *out; 0 if it is owed none, or is known to have them.
 * FAULT_NODE_RECALL_FIRST where no such bundle was made yet.
 */
int overtake_find(struct store *s, const char *receiver,
    struct bundle_made *out, struct fault *why);
/* Is b to go after what overtake_find gave? */
bool overtake_is_older(const struct bundle_made *b,
    const struct bundle_made *than);

#endif
