/*
 * answers: decisions made in this node's system, for the next bundle back.
 *
 * Each is matched to one referral that came here; what fits none or several is
 * told and changes nothing.  A decision of an unknown code is held: nothing is
 * owed for it.  The same decision again changes nothing; of two, the later day
 * counts, but done always counts more than accepted.  Two that differ and are of
 * the same day are for a person, unless a person says one of them.
 */
#ifndef SATCHEL_IMPORT_ANSWERS_H
#define SATCHEL_IMPORT_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "formats/decision.h"
#include "formats/source_file.h"

struct agreement;
struct fault;
struct folder;
struct secrets;
struct store;

enum answers_state {
	ANSWERS_TAKEN,	   /* it goes back with the next bundle */
	ANSWERS_UNCHANGED, /* known already, or older than what is known */
	ANSWERS_PENDING,   /* no decision yet, or none that goes back */
	ANSWERS_HELD,	   /* for a person: see the sentence */
	ANSWERS_NOT_OURS,  /* no referral here is the one it is about */
};

/* "taken", "unchanged", "pending", "held", "not_ours" */
const char *answers_state_name(enum answers_state s);

/* What became of one decision; good during the call. */
struct answers_said {
	const char *ref;      /* NULL: it could not be told which */
	const char *decision; /* accepted, rejected, done; NULL: none */
	const char *code;     /* as the system wrote it; or NULL */
	enum answers_state state;
	const char *sentence; /* plain; for what a person must look at */
	const char *remedy;   /* NULL: nothing is to be done */
};

struct answers_taker {
	struct store *store;
	const struct agreement *agreement;
	const char *user;
	moment now;
	bool dry_run;
	void (*said)(void *context, const struct answers_said *a);
	/* Told of a record that is no decision; may be NULL. */
	void (*unreadable)(void *context, const struct fault *fault);
	/* Told of a file that is not all there is (PING's pages). */
	void (*incomplete)(void *context, const char *file);
	/* Told before each wait that a server asks for; may be NULL. */
	void (*waiting)(void *context, long seconds);
	void *context;
};

/*
 * Every decision in the file, all in one transaction: a file that breaks off
 * changes nothing.
 */
int answers_from_file(const struct answers_taker *by,
    const struct source_file_order *from, struct fault *why);

/* The system's server instead of a file. */
struct answers_server {
	enum format format;
	const char *credentials; /* path of the sealed file */
	const struct secrets *secrets;
	const struct folder *home;
};

/*
 * The same of what the server has.  After what came is stored, proGres is told
 * that it is known; if that fails, *untold says why, and it comes again.
 */
int answers_from_server(const struct answers_taker *by,
    const struct answers_server *from, struct fault *untold, struct fault *why);

/* What a person types back, from a sheet or a screen. */
struct answers_typed {
	const char *ref;       /* or its start */
	const char *target_id; /* the other system's number; NULL */
	enum decided decided;  /* DECIDED_PENDING: only the number */
	const char *reason;    /* NULL */
	day decided_on;	       /* DAY_UNKNOWN: today */
};

/*
 * FAULT_REF_STATE unless it was loaded, or waits in a sheet.  Both of these are
 * FAULT_NODE_CLOCK if the clock is behind this node's newest act.
 */
int answers_by_hand(const struct answers_taker *by,
    const struct answers_typed *typed, struct fault *why);

#endif
