/*
 * owed: records a partner is to get, in every bundle to it until it
 * acknowledges one that carried them.
 */
#ifndef SATCHEL_STORE_OWED_H
#define SATCHEL_STORE_OWED_H

#include <stddef.h>
#include <stdint.h>

#include "formats/bundle.h"

struct bundle_made;
struct bytes;
struct fault;
struct store;

/* record is the JSON of one record, without LF; sealed here. */
int owed_put(struct store *s, const char *receiver, enum bundle_record kind,
    const void *record, size_t len, struct fault *why);
/* A receipt that says a bundle was refused: no part of the state hash. */
int owed_put_refusal(struct store *s, const char *receiver, const void *record,
    size_t len, struct fault *why);
/* How many are owed to this receiver. */
int owed_count(struct store *s, const char *receiver, int64_t *out,
    struct fault *why);
/*
 * How many of a kind are owed to this receiver, and how many of those have
 * been in no bundle yet.
 */
int owed_of_kind(struct store *s, const char *receiver, enum bundle_record kind,
    int64_t *out, int64_t *never_carried, struct fault *why);
/*
 * The records of a kind owed to the receiver, oldest first, each through
 * `each`, which may stop the walk with -1 and must not change what is owed.
 */
int owed_walk(struct store *s, const char *receiver, enum bundle_record kind,
    int (*each)(const struct bytes *record, void *context, struct fault *why),
    void *context, struct fault *why);
/*
 * The same walk over those that were in no bundle yet and may be given another
 * text: what `each` adds to `out` takes the record's place; nothing added
 * leaves it.
 */
int owed_rewrite(struct store *s, const char *receiver, enum bundle_record kind,
    int (*each)(const struct bytes *record, struct bytes *out, void *context,
	struct fault *why),
    void *context, struct fault *why);
/*
 * All that are owed to the receiver were in the bundle of this sequence, some
 * of them for the first time in the stream of the key that counts now
 * (bundles_sign_with): what an older key's stream carried begins anew.
 */
int owed_carried(struct store *s, const char *receiver, int64_t sequence,
    struct fault *why);
/*
 * The receiver has imported these sequences of the stream of that key of ours.
 * A record is in every bundle from its first one on, so any of these that is
 * not earlier settles it.  What was first in the stream of another key stays,
 * and so does every recall: that it was read is not that it is done.
 */
int owed_acknowledged(struct store *s, const char *receiver,
    const uint8_t sign[static 32], const struct bundle_range *ranges,
    size_t count, struct fault *why);
/* Those of a kind that `is_it` (1, 0 or -1) is said of are owed no more. */
int owed_forget(struct store *s, const char *receiver, enum bundle_record kind,
    int (*is_it)(const struct bytes *record, void *context, struct fault *why),
    void *context, struct fault *why);
/*
 * The receiver took another bundle for that one, and what it says of its number
 * it says of that other: what was first in this one counts as carried by none,
 * and so does every recall, which is to get a number that was not used twice.
 */
int owed_again(struct store *s, const struct bundle_made *b, struct fault *why);
/*
 * The bundle that the newest recall owed to the receiver was in first: 1 with
 * the number of our key and of the bundle, both 0 where one was in none yet; or
 * 0 if none is owed.
 */
int owed_newest_recall(struct store *s, const char *receiver, int64_t *sender,
    int64_t *sequence, struct fault *why);

#endif
