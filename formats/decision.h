/*
 * decision: what a system says became of a referral it was given.
 *
 * Each system has its own file, its own words and its own codes, and the same
 * code means different things in PING and in DTP.  A code that is not in the
 * table of its system is told as it is written and is never an acceptance
 * (docs/formats.md, "Decisions").
 */
#ifndef SATCHEL_FORMATS_DECISION_H
#define SATCHEL_FORMATS_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "formats/recognise.h"

struct arena;
struct fault;
struct json_node;

enum decided {
	DECIDED_UNKNOWN, /* a word or code that is in no table: held */
	DECIDED_PENDING, /* none yet */
	DECIDED_ACCEPTED,
	DECIDED_REJECTED,
	DECIDED_DONE,
	DECIDED_SYNCED,	 /* proGres says that we know it already */
	DECIDED_REVOKED, /* Primero: the referral was taken back */
};

/* "unknown", "pending", "accepted", "rejected", "done", "synced", "revoked" */
const char *decision_name(enum decided d);

/*
 * How the file says which referral it is about; texts not used are NULL.  A
 * service row with neither number nor id has none of them: it is for a person.
 * One with a number also says which row of which case it is: both must be the
 * referral's own, as a number can stand in another child's case by mistake.
 */
struct decision {
	const char *ref; /* whole; or NULL, and then: */
	/*
	 * DTP: the case and the last 12 characters of the service's id (see
	 * decision_is_of_service); older files have the case alone.
	 */
	const char *case_id;
	const char *service_tail;
	/* Primero: the service row, and the case's id. */
	const char *service_id;
	const char *record_id;
	enum decided decided;
	const char *code;      /* as written, or "a / b" that disagree; NULL */
	const char *reason;    /* the system's words, tidied; NULL */
	day decided_on;	       /* DAY_UNKNOWN: not said */
	const char *target_id; /* the system's own number; NULL */
};

/* Does DTP's tail name the service with this id? */
bool decision_is_of_service(const char *tail, const char *service_id);

/*
 * May the code be shown, where nothing about a person may be?  NULL if not: a
 * code is a number of up to 9 digits, or one word of up to 24 of a-z 0-9 . _ -
 * with at most 4 digits; "a / b" are two of them.
 */
const char *decision_code_to_show(const char *code);

#define DECISIONS_MAX 1000 /* in one record */

/*
 * The decisions in one record of a file of that format, in the arena:
 *
 *	FORMAT_PING	decisions out of proGres (SHP-2795, SHP-2796)
 *	FORMAT_DTP	an item of "interventions" of a decision message
 *	FORMAT_PRIMERO	a case (service rows that came from the other system), or
 *			an item of Primero's list of referrals
 *
 * What is there but cannot be read (a tick, a day) makes a decision unknown.
 *
 * FAULT_SOURCE_FORM if the record is of another kind, e.g. a referral, or
 * names no referral at all; the caller tells it and goes on.
 */
int decision_read(enum format format, const struct json_node *record,
    size_t number, struct arena *a, struct decision **out, size_t *count,
    struct fault *why);

#endif
