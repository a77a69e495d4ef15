/*
 * confirmed: what one bundle's receipts say of our recalls.
 *
 * One bundle may hold an older receipt, that a recall was read, and a newer one,
 * that it is done.  What is told is how it stands after all of them, once a
 * referral; and only a recall that is done is owed no more.
 */
#ifndef SATCHEL_IMPORT_CONFIRMED_H
#define SATCHEL_IMPORT_CONFIRMED_H

#include <stdbool.h>

struct arena;
struct bytes;
struct fault;
struct stage_watch;
struct store;

/*
 * A receipt said it now for the first time: that the recall is done, or else
 * that it was read.  Added to heard, which belongs to one bundle.
 */
int confirmed_hear(struct bytes *heard, const char *ref, bool done,
    struct fault *why);
/* After the last receipt; a is emptied for each referral. */
int confirmed_end(struct store *s, const char *from, const struct bytes *heard,
    const struct stage_watch *watch, struct arena *a, struct fault *why);

#endif
