/*
 * standing: where one referral stands here, the last verdict on it, and why.
 *
 * Judgements speak of rules and fields by address; a standing keeps their
 * names, so that it means the same to a later program.
 */
#ifndef SATCHEL_STORE_STANDING_H
#define SATCHEL_STORE_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "policy/verdict.h"

struct arena;
struct bytes;
struct fault;

enum standing_state {
	STANDING_SENT,	 /* in a bundle of ours */
	STANDING_HELD,	 /* a person is to decide */
	STANDING_STAGED, /* judged well; may be loaded */
	STANDING_READY,	 /* may be loaded */
	STANDING_LOADED, /* a body for the target was written */
	STANDING_REFUSED,
	STANDING_RECALLED,
};

/* Of what was withdrawn: is it to be undone in the other system? */
enum standing_undo {
	UNDO_NONE,
	UNDO_DUE, /* it was loaded, and nobody was told yet how to undo it */
	UNDO_WRITTEN, /* the task for a person was written */
	UNDO_DONE,    /* a person says that it is undone */
};

/* On its way into another system's server, and not known to be there. */
enum standing_delivery {
	DELIVERY_NONE,
	DELIVERY_SENDING, /* written down before; what became of it is not */
	DELIVERY_UNCONFIRMED, /* taken in; whether it was kept is asked for */
	DELIVERY_UNKNOWN,     /* a person looks; it is never sent again */
	DELIVERY_REFUSED,     /* that server said that it did not keep it */
	DELIVERY_REFER, /* it is there; its user has not been given it yet */
	DELIVERY_PART,	/* it is there, and not all of it was kept */
};
#define STANDING_DELIVERIES (DELIVERY_PART + 1)

/* Sent: one of the nodes that ever got it. */
struct standing_receiver {
	const char *node;
	const char *party;    /* that node's then; or NULL */
	const char **bundles; /* ids of those it went there in, oldest first */
	size_t bundle_count;
	/* That went there last; NULL: not known, or recalled since. */
	const char *revision;
	const char *told;      /* what its receipt said last; or NULL */
	int64_t told_sequence; /* of the bundle that told; 0: none */
	/* Where it was recalled: id of the first bundle that says so; or NULL.
	 */
	const char *recall_bundle;
	bool heard;	/* it says that it read that, and has it still */
	bool confirmed; /* it says that the recall is done */
};

/* A reason as it was given then; texts live as long as the standing. */
struct standing_reason {
	const char *rule;
	enum verdict verdict;
	const char *text;
	const char *remedy;
	const char **fields;
	size_t field_count;
	bool final; /* nobody can let it go */
};

struct standing {
	const char *ref; /* under which it is kept */
	const char
	    *version_of;     /* its true ref, where that is another; or NULL */
	const char *case_id; /* or NULL */
	const char *case_display; /* or NULL */
	const char *individual;	  /* or NULL */
	/*
	 * Whom it is about: keyed hashes, to be compared and never read; or
	 * NULL.  Where record_id is, they are of the child of that case.
	 */
	const char *name_index;
	const char *birth_index;
	const char *sex_index;
	const char *revision;
	/*
	 * Sent: of all of it, before anything was taken out, where a person has
	 * decided or may decide; or NULL.
	 */
	const char *whole_revision;
	/* And what was known of it beside that, as a decision has it; or NULL. */
	const char *facts;
	/* Sent: who refers it, who decides nothing alone; or NULL. */
	const char *refers;
	const char *refers_name;
	const char *service; /* NULL: it is not known which */
	const char *priority;
	/* The revision that went last, whatever was judged since; or NULL. */
	const char *sent_revision;
	enum standing_state state;
	enum verdict verdict;
	const char *partner; /* the other node */
	const char *party;   /* that node's party then; or NULL */
	const char *bundle;  /* id it went or came in; NULL: none */
	int64_t sequence;    /* of that bundle; 0: none */
	int64_t agreement;   /* version judged under */
	/* Received: the version that it was judged under there; 0: not known */
	int64_t their_agreement;
	day created;   /* received: of that bundle; DAY_UNKNOWN: not known */
	moment use_by; /* likewise; 0: not known */
	day judged_on;
	day made_on;	       /* the referral itself */
	int64_t told_sequence; /* of the bundle that told last; 0: none */
	const char *told;   /* what the partner's receipt said of it; or NULL */
	const char *target; /* our file for the other system; or NULL */
	/* Ids of the origin that the way back needs; or NULL. */
	const char *record_id; /* of the case, in Primero: there or here */
	const char *intervention_id;
	const char *business_unit;
	/*
	 * Received: the case that it was being sent into, of which no outcome
	 * is known; or NULL.
	 */
	const char *sent_into;
	/* What became of it: said here (received), or over there (sent). */
	const char *decision; /* accepted, rejected, done; or NULL */
	const char *decision_reason;
	day decided_on;
	const char *target_id;	/* the other system's own number; or NULL */
	int64_t answer_in;	/* sent: sequence that brought it; 0: none */
	int64_t answer_written; /* sent: of the one last written; 0: none */
	struct standing_reason *reasons;
	size_t reason_count;
	const char **removed; /* names of fields */
	size_t removed_count;
	const char *assigned_to; /* received: who takes it here; or NULL */
	/* Sent: a version is in their system, whatever they say of a newer one. */
	bool loaded_there;
	/*
	 * Its consent record said no, on that day (DAY_UNKNOWN: none was said):
	 * known after the record is erased, for what else comes of this child.
	 */
	bool said_no;
	day no_on;
	struct standing_receiver *receivers; /* sent: in order of sending */
	size_t receiver_count;
	/*
	 * Why it was recalled last, as in a recall; NULL: it never was.  It
	 * stays known when the referral goes or comes again.
	 */
	const char *recall_reason;
	day recall_on;	  /* with a recall */
	moment recall_at; /* likewise: when that was said or read here */
	/* Received: the node and the bundle that the recall came in; or NULL */
	const char *recall_from;
	const char *recall_bundle;
	enum standing_undo undo; /* received */
	/* Why that system's server could not undo it; NULL: nobody tried. */
	const char *undo_why;
	/* Received: itself; sent: its decision, into our own system. */
	enum standing_delivery delivery;
	moment delivery_at;	 /* when it was first asked; 0: not known */
	const char *transaction; /* what that server calls it; or NULL */
	/*
	 * Sent: the rule that made a recall of it a thing to do; NULL: none.
	 * And since when.
	 */
	const char *draft;
	day draft_on;
	/* When its record, or more of it, was removed as too old; 0: never. */
	moment purged_at;
};

/* The reference that the referral has by itself, under whatever it is kept. */
const char *standing_true_ref(const struct standing *st);
/* "sent", "staged", "held", "ready", "loaded", "refused", "recalled" */
const char *standing_state_name(enum standing_state state);
bool standing_state_read(const char *word, enum standing_state *out);
/*
 * Sent: who got it, where an older program kept no list of them; and the one
 * of that code, or NULL.
 */
int standing_find_receivers(struct standing *st, struct arena *a,
    struct fault *why);
struct standing_receiver *standing_receiver(const struct standing *st,
    const char *node);
/*
 * What st->sent_revision says went to that node (once more), in that bundle:
 * note it in st.
 */
int standing_went_to(struct standing *st, const char *node, const char *party,
    const char *bundle, struct arena *a, struct fault *why);
/* "none", "sending", "unconfirmed", "unknown", "refused", "refer", "part" */
const char *standing_delivery_name(enum standing_delivery d);
/* Sent: is a version of it in their system?  Also told of by older programs. */
bool standing_is_loaded_there(const struct standing *st);
/* May it be in the other system, though nobody knows? */
bool standing_may_be_there(const struct standing *st);
/* Is it to be undone in the other system still? */
bool standing_to_undo(const struct standing *st);
/* Was it recalled here, and a node that got it has not confirmed that? */
bool standing_recall_waits(const struct standing *st);

/*
 * Fill in verdict, reasons (notes too) and removed from a judgement.  The lists
 * are the arena's; their texts are those of the catalogues, or the rule's own.
 * removed also says "protection_concerns" or "specific_needs" where only some
 * codes were taken out, and "attachments".
 */
int standing_from(struct standing *st, const struct judgement *j,
    struct arena *a, struct fault *why);

/*
 * As JSON, added to out, and back.  FAULT_INSIDE if a text that must be there
 * is NULL, FAULT_STORE_DAMAGED for JSON that standing_write did not write.
 */
int standing_write(const struct standing *st, struct bytes *out,
    struct fault *why);
int standing_read(const void *text, size_t len, struct arena *a,
    struct standing *out, struct fault *why);

#endif
