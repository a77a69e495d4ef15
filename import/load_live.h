/*
 * load_live: load into a server that is in reach, one after the other.
 *
 * Before anything is sent it stands in the store that it is being sent, so that
 * a run which breaks off at any byte is gone on with: Primero is looked at
 * first, and of PING nobody knows, so a person looks.
 */
#ifndef SATCHEL_IMPORT_LOAD_LIVE_H
#define SATCHEL_IMPORT_LOAD_LIVE_H

#include <stdbool.h>

#include "import/load.h"
#include "import/plan.h"
#include "store/referrals.h"

struct arena;
struct bytes;
struct load_live;
struct target_answer;
struct target_referral;

/* What loader.server says, opened; by is borrowed.  NULL and why. */
struct load_live *load_live_open(const struct loader *by, struct fault *why);
void load_live_close(struct load_live *l); /* NULL is fine */

/* One on its way, all of it the caller's. */
struct load_live_one {
	enum direction direction;
	struct standing *standing; /* what is known of it; changed and stored */
	const struct target_referral *target; /* a referral, or */
	const struct target_answer *answer;   /* a decision */
	const struct bytes *body;	      /* as the target writes it */
	bool named;			      /* with --only */
	struct arena *arena;		      /* as long as the standing */
};

/* What would be done; asks the server, and changes nothing. */
int load_live_plan(struct load_live *l, const struct load_live_one *one,
    struct fault *why);
/* Of the last one that was planned. */
const struct plan *load_live_planned(const struct load_live *l);

/*
 * Do what was planned last, for that one.  0: it is there, *state and
 * *target_id (in the arena; NULL: none) say how.  -1: standing says how far it
 * came; it is the caller's to store in both cases.  A transaction is open; it
 * is committed and another one begun.
 */
int load_live_do(struct load_live *l, const struct load_live_one *one,
    enum load_state *state, const char **target_id, struct fault *why);

/* It was done, and this of it is left to a person; FAULT_NONE: nothing. */
const struct fault *load_live_left(const struct load_live *l);
/* 0; -1 and why: it was done, and the line to the server broke then. */
int load_live_goes_on(const struct load_live *l, struct fault *why);

/* Would all that follows fail in the same way? */
bool load_live_ends(const struct fault *why);

/* As standing.target: "primero-api", "progres-ping-api", "progres-dtp-api". */
const char *load_live_name(const struct load_live *l);

#endif
