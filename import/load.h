/*
 * load: write what is ready as files for the other system.
 *
 * First the tasks to undo what was loaded and is withdrawn: a page for a
 * person, also where the other system takes files.
 *
 * Referrals that came, and decisions about those that were sent from here.
 * Every referral is judged once more before it leaves this node: consent may
 * have run out since it came.  One file each, never over another file; a load
 * that broke off goes on where it was.
 */
#ifndef SATCHEL_IMPORT_LOAD_H
#define SATCHEL_IMPORT_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/target.h"
#include "policy/rules.h"

struct agreement;
struct fault;
struct folder;
struct node;
struct plan;
struct secrets;
struct standing;
struct store;

enum load_state {
	LOAD_CREATED,	/* its file was written */
	LOAD_ADDED,	/* likewise: a row for a case that is known there */
	LOAD_UNCHANGED, /* the very same file is there already */
	LOAD_HELD,	/* judged again, and not well: see the judgement */
	LOAD_FAILED,	/* see the fault; nothing of it was written */
	LOAD_LINKED,	/* on a server: a service for the case that matches */
	LOAD_REVOKED,	/* on a server: it is withdrawn, and taken back there */
	LOAD_SENT,	/* to a server that proves nothing: it is not loaded */
};

/* "created", "added", "unchanged", "held", "failed", "linked", ... */
const char *load_state_name(enum load_state s);

#define LOAD_OLDER 9

/* What became of one; good during the call. */
struct loaded {
	/* Files that an earlier load wrote about it, and this one does not. */
	const char *older[LOAD_OLDER];
	size_t older_count;
	const char *ref;
	const char *file;      /* NULL: none was written */
	const char *target_id; /* the id it has there, where that is known */
	bool answer;	       /* a decision, not a referral */
	bool undo;	       /* a task: it is withdrawn, and was loaded */
	enum load_state state;
	const struct judgement *judgement; /* of a referral that was judged */
	/* NULL, unless it failed or is there and was not given to its user */
	const struct fault *fault;
	/* Names of fields of it that the other system has no place for. */
	const char *not_kept[FIELD_COUNT];
	size_t not_kept_count;
};

struct loader {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	const char *user;
	moment now;
	bool dry_run;
	const struct target *target;
	struct folder *to; /* NULL: into the system's server, with these: */
	const char *credentials; /* path of the sealed file */
	const struct secrets *secrets;
	/* Starts of refs; none: everything that is staged or released. */
	const char *const *only;
	size_t only_count;
	/* Told of each before it is done; may be NULL. */
	void (*planned)(void *context, const char *ref, const struct plan *p);
	void (*loaded)(void *context, const struct loaded *l);
	/* Told once of those that came from that very system; may be NULL. */
	void (*passed_over)(void *context, size_t count);
	/* Told now and then how far it is; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t all);
	/* Told of what keeps nothing back and a person has to know. */
	void (*noticed)(void *context, const struct fault *fault);
	/* Told before each wait that a server asks for; may be NULL. */
	void (*waiting)(void *context, long seconds);
	void *context;
};

/*
 * FAULT_REF_STATE for one named that is not ready.  Into a sheet a referral may
 * also go that is held for nothing but D-MIN, if it is named: the sheet shows
 * what is missing, and it stays held.
 */
int load_run(const struct loader *by, struct fault *why);

/* Is it held for nothing but fields that are missing (D-MIN)? */
bool load_lacks_fields_only(const struct standing *st);

#endif
