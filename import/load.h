/*
 * load: write what is ready as bodies for the other system.
 *
 * Every referral is judged once more before it leaves this node: consent may
 * have run out since it came.  One file a referral, never over another file;
 * a load that broke off goes on where it was.
 */
#ifndef SATCHEL_IMPORT_LOAD_H
#define SATCHEL_IMPORT_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "policy/rules.h"

struct agreement;
struct fault;
struct folder;
struct node;
struct store;

enum load_state {
	LOAD_CREATED,	/* its body was written */
	LOAD_UNCHANGED, /* the very same body is there already */
	LOAD_HELD,	/* judged again, and not well: see the judgement */
	LOAD_FAILED,	/* see the fault; nothing of it was written */
};

/* "created", "unchanged", "held", "failed" */
const char *load_state_name(enum load_state s);

struct loader {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	const char *user;
	moment now;
	bool dry_run;
	struct folder *to;
	/* Starts of refs; none: everything that is staged or released. */
	const char *const *only;
	size_t only_count;
	/* Told of each; file NULL unless written, fault NULL unless failed. */
	void (*loaded)(void *context, const char *ref, const char *file,
	    enum load_state state, const struct judgement *j,
	    const struct fault *fault);
	void *context;
};

/* PING bodies (formats/ping.h).  FAULT_REF_STATE for one that is not ready. */
int load_ping(const struct loader *by, struct fault *why);

#endif
