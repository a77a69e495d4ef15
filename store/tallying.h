/*
 * tallying: what this node did, as counts for the working group.
 *
 * Of referrals that went or came in a time, by flow, service, verdict, rule, how
 * far they came and how soon they were answered; of what people decided; of
 * recalls.  Nothing about anybody else goes in, and few are not told
 * (base/figures.h).
 */
#ifndef SATCHEL_STORE_TALLYING_H
#define SATCHEL_STORE_TALLYING_H

#include "base/day.h"
#include "base/figures.h"

struct arena;
struct fault;
struct store;

enum tallying_table {
	TALLY_SENT_FLOW,
	TALLY_SENT_SERVICE,
	TALLY_SENT_VERDICT,
	TALLY_SENT_REACHED,
	TALLY_SENT_ANSWER,
	TALLY_SENT_TIME,
	TALLY_SENT_OVERDUE,
	TALLY_SENT_RULE,
	TALLY_SENT_RECALL,
	TALLY_SENT_CONFIRM,
	TALLY_RECEIVED_FLOW,
	TALLY_RECEIVED_SERVICE,
	TALLY_RECEIVED_VERDICT,
	TALLY_RECEIVED_REACHED,
	TALLY_RECEIVED_ANSWER,
	TALLY_RECEIVED_TIME,
	TALLY_RECEIVED_OVERDUE,
	TALLY_RECEIVED_RULE,
	TALLY_RECEIVED_RECALL,
	TALLY_RECEIVED_OVERRIDE,
	TALLY_STAYED_VERDICT,
	TALLY_DECIDED,
	TALLY_RELEASED_RULE,
	TALLY_DECIDED_BY,
	TALLY_TABLES
};

struct tallying_order {
	struct store *store;
	moment now;
	day from;	   /* DAY_UNKNOWN: from the first on */
	day to;		   /* DAY_UNKNOWN: until now */
	const char *party; /* our own */
	/* How soon an answer is due, and a recall confirmed. */
	moment emergency;
	moment urgent;
	moment normal;
	/*
	 * How whoever decided is called in a report, and a role that a record
	 * names: what the agreement does not list is not named.
	 */
	const char *(*who)(void *context, const char *user);
	const char *(*role)(void *context, const char *role);
	void *context;
};

/* The tables, counted and hidden; their rows are the arena's. */
int tallying_run(const struct tallying_order *o, struct arena *a,
    struct figures out[static TALLY_TABLES], struct fault *why);

#endif
