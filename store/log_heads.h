/*
 * log_heads: signed heads of logs: this node's own, and those of partners.
 *
 * Heads are C2SP checkpoints of the origin satchel/<agreement id>/<node>.  One
 * travels in each bundle, so that every partner is a witness: whoever writes a
 * log anew contradicts a head that somebody else has.
 */
#ifndef SATCHEL_STORE_LOG_HEADS_H
#define SATCHEL_STORE_LOG_HEADS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "crypto/note.h"

struct bytes;
struct fault;
struct minisign_key;
struct store;

/* FAULT_INSIDE if that is too long for the name of a log. */
int log_heads_origin(const char *agreement_id, const char *node,
    char out[static NOTE_NAME_ROOM], struct fault *why);

/*
 * Adds the head as the log is now, signed, and keeps it: in the transaction
 * that is open.
 */
int log_heads_sign(struct store *s, const char *origin,
    const struct minisign_key *key, moment at, struct bytes *out,
    struct fault *why);

/* A head that is kept. */
struct log_head {
	int64_t number; /* of partners': in the order they were seen */
	char node[17];	/* whose; "": our own */
	uint64_t size;
	moment at;	  /* when it was signed, or seen, here */
	char bundle[37];  /* that brought it; "" */
	bool alarm;	  /* it contradicts one that was seen */
	uint64_t against; /* with alarm: of that size */
};

/* Our own, by size: the next one above `size`; 1 and its note added, or 0. */
int log_heads_own_after(struct store *s, uint64_t size, struct log_head *out,
    struct bytes *note, struct fault *why);
/* Partners', in the order they were seen: the next one after that number. */
int log_heads_seen_after(struct store *s, int64_t number, struct log_head *out,
    struct bytes *note, struct fault *why);
/* How many alarms are kept. */
int log_heads_alarms(struct store *s, int64_t *out, struct fault *why);

enum log_seen {
	LOG_SEEN_FIRST, /* nothing older to compare with */
	LOG_SEEN_GROWN, /* larger; that it goes on from the older, an audit shows */
	LOG_SEEN_SAME,
	LOG_SEEN_LATE, /* smaller, in an older bundle */
	LOG_SEEN_ALARM /* it contradicts one that was seen */
};

/* A partner's head; its signature has been found good. */
struct log_witnessed {
	const char *node;
	const char *bundle;
	int64_t place; /* bundles_place of that bundle */
	moment at;
	const char *note;
};

/*
 * Kept, in the transaction that is open.  An alarm is a head of a size that was
 * seen with another root, one that is smaller in a later bundle, and one that
 * is larger in an earlier bundle.
 */
int log_heads_saw(struct store *s, const struct log_witnessed *h,
    enum log_seen *out, struct fault *why);

#endif
