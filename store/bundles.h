/*
 * bundles: numbers of the streams, both ways.
 *
 * Sending: one counter (seq) over all receivers, and one sequence a receiver,
 * for each key that this node ever signed with.  Receiving: what came under
 * which number of a sender's key.  A number is never given out twice and never
 * left out.
 */
#ifndef SATCHEL_STORE_BUNDLES_H
#define SATCHEL_STORE_BUNDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/bundle.h"

struct fault;
struct store;

/*
 * From now on this handle counts for that key of ours, and everything about
 * sending but bundles_made_after, bundles_known and bundles_set_carried is
 * about its streams.  Changes nothing in the store: a key is kept with the
 * first bundle made with it.
 */
int bundles_sign_with(struct store *s, const uint8_t sign[static 32],
    struct fault *why);
/*
 * Keep a key as one that this node signs with, if it is not kept yet.  The
 * first one of a store also owns what was made before keys had streams.
 */
int bundles_keep_key(struct store *s, const uint8_t sign[static 32],
    struct fault *why);
/* The same of the key that counts now; FAULT_INSIDE if none was said. */
int bundles_keep_own(struct store *s, struct fault *why);
/* The number of a key of ours in made.sender and owed.sender; 0: none. */
int bundles_own_key(struct store *s, const uint8_t sign[static 32],
    int64_t *number, struct fault *why);
/* And back: 1, or 0 if no key of that number is kept. */
int bundles_own_sign(struct store *s, int64_t number, uint8_t sign[static 32],
    struct fault *why);

/* What is in a bundle that was made here: the most urgent of it. */
enum made_class {
	MADE_UNKNOWN = -1, /* nobody noted it */
	MADE_RECALL,
	MADE_ANSWER, /* receipts, answers and papers, and no referral */
	MADE_EMERGENCY,
	MADE_REST,
};

/* A bundle this node made. */
struct bundle_made {
	char id[BUNDLE_ID];
	int64_t sender; /* which of our keys; bundles_put_made asks nothing */
	int64_t seq;
	int64_t sequence;
	char receiver[17];
	uint8_t sha256[32]; /* of the age part */
	int64_t bytes;	    /* of the whole file */
	moment created;
	char name[64]; /* as it is called on a stick */
	bool carried;
	enum made_class class;
	moment purged; /* when its file was removed; 0: it is here */
	/* What the receiver said since; bundles_put_made asks nothing. */
	moment acknowledged; /* when we heard that it was imported; 0 */
	char refused[8];     /* the fault's code, if it was refused there */
};

/* The numbers the next bundle to this receiver would have. */
int bundles_next(struct store *s, const char *receiver, int64_t *seq,
    int64_t *sequence, struct fault *why);
/* The last one made for this receiver: 1, or 0 if none. */
int bundles_last(struct store *s, const char *receiver, struct bundle_made *out,
    struct fault *why);
/*
 * Remember one as made: FAULT_INSIDE unless it has the numbers bundles_next
 * gives now.
 */
int bundles_put_made(struct store *s, const struct bundle_made *b,
    struct fault *why);
/* FAULT_INSIDE if none of that id was made. */
int bundles_set_carried(struct store *s, const char *id, struct fault *why);
/*
 * Its file is about to be removed, as the agreement says: its numbers stay, and
 * it cannot be sent again.  Nothing is kept of its uploads either.
 */
int bundles_set_purged(struct store *s, const char *id, moment at,
    struct fault *why);
/* It may have been lost on the way: it counts as not carried again. */
int bundles_set_waiting(struct store *s, const char *id, struct fault *why);
/*
 * The made ones of all keys, the older key first and by seq, after `after`
 * (NULL: from the first; may be out itself): 1 and *out, or 0.  receiver NULL:
 * of all.
 */
int bundles_made_after(struct store *s, const char *receiver,
    const struct bundle_made *after, struct bundle_made *out,
    struct fault *why);

/* The bundle of this id that was made here: 1, or 0. */
int bundles_made(struct store *s, const char *id, struct bundle_made *out,
    struct fault *why);
/*
 * The receiver has imported these sequences of the stream of that key of ours:
 * from then on they are acknowledged, and no refusal of them counts, but that
 * since another bundle had the number.
 */
struct bundles_heard {
	const char *receiver;
	const uint8_t *sign; /* 32 bytes */
	const struct bundle_range *ranges;
	size_t count;
	moment at;
};

int bundles_acknowledged(struct store *s, const struct bundles_heard *heard,
    struct fault *why);
/*
 * The receiver refused this one: kept, unless it has been acknowledged; *news
 * tells whether this was not known.  Where another bundle had its number, that
 * one was acknowledged, and never this.
 */
int bundles_set_refused(struct store *s, const char *id, const char *code,
    bool *news, struct fault *why);
/* Of the stream of that key of ours to the receiver: 1, or 0. */
int bundles_made_sequence(struct store *s, const char *receiver,
    const uint8_t sign[static 32], int64_t sequence, struct bundle_made *out,
    struct fault *why);
/*
 * Every node that something was made for or is owed to, in order: the one
 * after `after` ("": the first) to node; 1, or 0.
 */
int bundles_receiver_after(struct store *s, const char *after,
    char node[static 17], struct fault *why);

/* Was a bundle of this id imported here, whoever signed it? */
int bundles_imported(struct store *s, const char *id, bool *imported,
    struct fault *why);
/* Was a bundle of this id made here? */
int bundles_known(struct store *s, const char *id, bool *known,
    struct fault *why);

/*
 * A partner's key, known from now on: of two keys of one node, the one that
 * was kept first is the older.
 */
int bundles_keep_partner_key(struct store *s, const char *node,
    const uint8_t sign[static 32], struct fault *why);
struct bundle_place {
	int64_t here;
	int64_t older; /* of the same sequence, in the stream before */
};

/*
 * Where a bundle stands among all that this node sent: a number that grows with
 * the sequence, and is greater for each bundle of a newer key than for any of
 * an older one.  For the oldest key, and one that is not kept, it is the
 * sequence itself, and so is older.
 */
int bundles_place(struct store *s, const char *node,
    const uint8_t sign[static 32], int64_t sequence, struct bundle_place *out,
    struct fault *why);

/* A bundle that came. */
struct bundle_came {
	char id[BUNDLE_ID];
	int64_t seq;
	int64_t sequence; /* 0: refused before it was read */
	uint8_t sha256[32];
	bool imported; /* else refused, and may come again */
	char code[8];  /* of the refusal */
	moment at;
	/* The one before it in its stream, as it says; "" if there is none. */
	char previous_id[BUNDLE_ID];
	uint8_t previous_sha256[32];
};

/* By the sender's key and the bundle's id: 1, or 0. */
int bundles_came(struct store *s, const uint8_t sender[static 32],
    const char *id, struct bundle_came *out, struct fault *why);
/* An imported one by its seq, or by its sequence: 1, or 0. */
int bundles_came_seq(struct store *s, const uint8_t sender[static 32],
    int64_t seq, struct bundle_came *out, struct fault *why);
int bundles_came_sequence(struct store *s, const uint8_t sender[static 32],
    int64_t sequence, struct bundle_came *out, struct fault *why);
/*
 * Remember one; an earlier refusal of the same id is replaced.  FAULT_INSIDE
 * if that id, or for an imported one its seq or sequence, was imported before.
 */
int bundles_put_came(struct store *s, const uint8_t sender[static 32],
    const struct bundle_came *b, struct fault *why);

/*
 * Does an imported bundle of this sender name this one as the one before it?
 */
int bundles_committed(struct store *s, const uint8_t sender[static 32],
    const char *id, const uint8_t sha256[static 32], bool *committed,
    struct fault *why);

/*
 * What this stream has brought, as ranges of sequences in ascending order: the
 * first ones, if there are more than max.
 */
int bundles_ranges(struct store *s, const uint8_t sender[static 32],
    struct bundle_range *out, size_t max, size_t *count, struct fault *why);
/*
 * The numbers of this stream that are still to come: below the highest that
 * was imported, neither imported nor refused here.  The first max of them;
 * *count is how many there are in all.
 */
int bundles_missing(struct store *s, const uint8_t sender[static 32],
    int64_t *out, size_t max, int64_t *count, struct fault *why);
/* The highest seq that was imported; 0: none. */
int bundles_highest_seq(struct store *s, const uint8_t sender[static 32],
    int64_t *out, struct fault *why);
/* The highest sequence that was imported; 0: none. */
int bundles_highest(struct store *s, const uint8_t sender[static 32],
    int64_t *out, struct fault *why);
/*
 * Refused ones whose id and sequence were not imported since, by sequence; the
 * first max of them.
 */
int bundles_refused(struct store *s, const uint8_t sender[static 32],
    struct bundle_came *out, size_t max, size_t *count, struct fault *why);

#endif
