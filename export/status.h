/*
 * status: what waits here and over there, and for how long, in numbers.
 *
 * Of each partner what is owed, on its way, missing and refused; which
 * referrals nobody has answered in time; what waits here for a person; what
 * ends soon.  The refs of what is overdue are all that is named.
 */
#ifndef SATCHEL_EXPORT_STATUS_H
#define SATCHEL_EXPORT_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/bundle.h"
#include "store/reached.h"
#include "store/standing.h"

struct agreement;
struct arena;
struct fault;
struct node;
struct standing;
struct store;

/* What was carried this long ago should have been acknowledged. */
#define STATUS_LONG_DAYS 7
#define STATUS_SOON_DAYS 30
/* By then the other system should have said that it keeps what it took. */
#define STATUS_DELIVERY_HOURS 24
#define STATUS_NUMBERS 100  /* of bundles that are listed, of a kind */
#define STATUS_OVERDUE 1000 /* referrals that are listed, of a priority */

/* Numbers of bundles: the first ones, and how many there are in all. */
struct status_numbers {
	int64_t at[STATUS_NUMBERS];
	char code[STATUS_NUMBERS][8]; /* of a refusal; else "" */
	size_t listed;
	size_t count;
};

enum status_priority {
	STATUS_EMERGENCY,
	STATUS_URGENT,
	STATUS_NORMAL,
	STATUS_PRIORITIES
};

/* "emergency", "urgent", "normal" */
const char *status_priority_name(enum status_priority p);

struct status_partner {
	char node[17];
	bool listed;	 /* in the agreement, as one that receives */
	bool distrusted; /* here, or revoked */
	int64_t owed[BUNDLE_REFERRAL];
	int64_t never_carried[BUNDLE_REFERRAL]; /* of those */
	bool news; /* a renewed agreement or staff list has not gone there */
	bool recall_again; /* no bundle can bring it a recall any more */
	bool has_out;
	int64_t last_out; /* the newest of ours, and when it was made */
	moment last_out_at;
	bool has_in;
	int64_t last_in; /* the newest of theirs, and when it came */
	moment last_in_at;
	struct status_numbers not_carried;
	struct status_numbers waiting; /* carried, not acknowledged */
	size_t waiting_long;	       /* of those, STATUS_LONG_DAYS ago */
	struct status_numbers refused_there;
	struct status_numbers refused_here;
	struct status_numbers missing;
	int64_t on_the_way;   /* referrals sent there, without an answer */
	int64_t refused_ones; /* referrals refused there */
	int64_t unanswered[STATUS_PRIORITIES];	    /* there, beyond the day */
	int64_t unanswered_here[STATUS_PRIORITIES]; /* theirs, by us */
	int64_t recalls_wait; /* that it has not confirmed */
	int64_t recalls_late;
};

/* A referral that nobody has answered in time. */
struct status_overdue {
	const char *ref;
	const char *partner;
	enum reached progress;
	bool here; /* it is for us to answer */
	moment since;
};

struct status {
	struct status_partner *partners; /* by code */
	size_t partner_count;
	struct status_overdue *overdue[STATUS_PRIORITIES];
	size_t overdue_listed[STATUS_PRIORITIES];
	int64_t overdue_count[STATUS_PRIORITIES];
	int64_t held;	  /* came, and a person is to decide */
	int64_t ready;	  /* came, and may be loaded */
	int64_t undo;	  /* withdrawn after they were loaded */
	int64_t held_out; /* going out, and a person is to decide */
	int64_t drafted;  /* let go; the next export sends them */
	int64_t recall_drafts;
	int64_t answers; /* came back, and our system was not told */
	/* On their way into the other system's server, by how far they are. */
	int64_t delivery[STANDING_DELIVERIES];
	/* Of those, asked or taken in a day ago, and nothing known since. */
	int64_t delivery_long;
	int64_t consents_end; /* within STATUS_SOON_DAYS */
	int64_t log_alarms;   /* heads that contradict a partner's log */
	bool agreement_ends;
};

struct status_order {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	const char *partner; /* only this one; NULL: all */
	moment now;
	/*
	 * May nobody load what waits here, since an incident or a revocation?
	 * Then it counts as held.  NULL: it is not asked.
	 */
	int (*stops)(struct store *s, const struct agreement *a,
	    const struct standing *st, bool *stopped, struct fault *why);
};

/* All in *out is the arena's.  FAULT_AGREEMENT_NO_NODE for such a partner. */
int status_read(const struct status_order *o, struct arena *a,
    struct status *out, struct fault *why);

/* Is there anything of that partner; has it anything for a person to do? */
bool status_is_quiet(const struct status_partner *p);
bool status_partner_needs(const struct status_partner *p);
/* The same of the whole. */
bool status_needs_person(const struct status *s);

/*
 * Is something to be sent to it that no bundle made so far says?  Then the
 * next export makes one; else carrying what was made again is enough.
 */
bool status_is_due(const struct status_partner *p);

/*
 * Is that STATUS_LONG_DAYS ago?  So is a time to come: a clock that ran ahead
 * said it, and how long ago that was nobody knows.
 */
bool status_is_long_ago(moment then, moment now);

#endif
