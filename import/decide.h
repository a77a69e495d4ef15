/*
 * decide: a person releases a referral in spite of what holds it, or refuses
 * it.
 *
 * Of what came, and of what was held here on its way out.  A release is of
 * exactly what was looked at: one that came is judged again at once, one of
 * ours with the next export.  Everything of one referral is one transaction.
 */
#ifndef SATCHEL_IMPORT_DECIDE_H
#define SATCHEL_IMPORT_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "formats/consent.h"
#include "store/decisions.h"

struct agreement;
struct arena;
struct fault;
struct node;
struct store;

#define DECIDE_REASON_MAX 2000 /* bytes */

struct decider {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
	const char *user; /* with the right to decide */
	moment now;
	bool dry_run;
};

/* What came of it; texts are the arena's. */
struct decided {
	/* As it stands now; after a fault as it stood, or without a ref. */
	struct standing standing;
	struct texts released; /* by this decision */
	/* A newer version that took the place of an earlier one. */
	bool replaced;
	/* The same, where the earlier one is in the other system. */
	bool beside;
	bool answered; /* the sender is owed the word that it is rejected */
	bool lifted;   /* a person's refusal was taken back, and no more */
	/* What is left takes another person than who decided this. */
	bool second;
};

/*
 * Tidy the reason as it will travel.  FAULT_USAGE for one that is blank, too
 * long, or has something in it that cannot be carried.
 */
int decide_reason(struct arena *a, const char *typed, const char **out,
    struct fault *why);

struct decide_order {
	enum decision_kind kind; /* to release or to refuse */
	enum direction direction;
	const char *ref;    /* a whole one */
	const char *reason; /* as decide_reason made it */
};

/*
 * To release what a person refused here takes that back, and lets nothing go.
 *
 * FAULT_REF_STATE where it is not held, or, to be refused, has gone on already;
 * FAULT_REF_NO where rules refuse it; FAULT_REF_RELEASE where nothing that
 * holds it is the user's to release.
 */
int decide_run(const struct decider *by, const struct decide_order *order,
    struct arena *a, struct decided *out, struct fault *why);

#endif
