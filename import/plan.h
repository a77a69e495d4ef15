/*
 * plan: what load would do with one referral, before it is done.
 *
 * `load --dry-run` shows it and `load` does it.  Names of fields, ids and
 * counts; nothing of what a field says.
 */
#ifndef SATCHEL_IMPORT_PLAN_H
#define SATCHEL_IMPORT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

#define PLAN_ID 129
#define PLAN_NAME 96
#define PLAN_NAMES 48
#define PLAN_CASES 16

enum plan_action {
	PLAN_CREATE,	  /* a new case, or a new referral of proGres */
	PLAN_LINK,	  /* a service for the one case that matches */
	PLAN_ADD_SERVICE, /* a service for the case known to be the child's */
	PLAN_ASK,	  /* a person chooses; nothing is done */
	PLAN_LEAVE,	  /* it is there already */
	PLAN_REVOKE,	  /* it is withdrawn, and was loaded */
	PLAN_ANSWER,	  /* a decision for our own system */
	PLAN_CHECK,	  /* it was sent: what became of it is asked */
	PLAN_REFER,	  /* it is there: its user is given it */
	PLAN_WAIT,	  /* it was sent, and its proof has to come by itself */
};

/* "create", "link", "add service", "ask", "leave", "revoke", "answer", ... */
const char *plan_action_name(enum plan_action a);

/* A case that may be the child's: "yes", "no" or "unknown" of each. */
struct plan_case {
	char id[PLAN_ID];
	const char *name;
	const char *birth;
	const char *sex;
};

struct plan {
	enum plan_action action;
	char target_id[PLAN_ID]; /* of the case; "": none, or not known */
	/* Their record says otherwise, and it is left as it is (D-KEEP). */
	char field[PLAN_NAMES][PLAN_NAME];
	size_t field_count;
	size_t field_more;		    /* that did not fit */
	struct plan_case found[PLAN_CASES]; /* ask */
	size_t found_count;
	size_t found_more;
	bool nothing_there; /* revoke: it never arrived */
	struct fault why;   /* ask: why; else FAULT_NONE */
};

#endif
