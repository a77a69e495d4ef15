/*
 * decisions: what people decided of referrals here, sealed.
 *
 * Nothing is ever replaced or taken away: a later decision stands beside the
 * earlier one.  A release counts for the one revision it was given for, and
 * only while what else the rules looked at is what it was then.
 */
#ifndef SATCHEL_STORE_DECISIONS_H
#define SATCHEL_STORE_DECISIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "policy/rules.h"
#include "store/referrals.h"

struct arena;
struct fault;
struct store;

enum decision_kind {
	DECISION_RELEASE,
	DECISION_REFUSE,
	DECISION_ASSIGN,
	DECISION_MATCH,
};

/*
 * What the rules looked at beside the revision.  A member that a release does
 * not have (an older program took it) is like no other.
 */
struct decision_basis {
	int64_t agreement; /* its version; 0: not known */
	const char *facts; /* a digest of what was known of it here; or NULL */
	const char *held;  /* of what is held here of the child, for C-NEWER */
};

/* The rule that is named by a release that takes back a refusal. */
#define DECISION_LIFTED "R-SAID"

struct decision {
	enum decision_kind kind;
	enum direction direction;
	const char *ref;      /* its true ref, also of a version of it */
	const char *revision; /* of all of it, before anything is taken out */
	struct texts rules;   /* released, or that held it when refused */
	const char *user;     /* who decided; "unnamed" in practice */
	const char *reason;
	const char *to_user; /* DECISION_ASSIGN: who takes it */
	/* DECISION_MATCH: its case in the other system; NULL: it has none */
	const char *link;
	struct decision_basis basis;
	moment at;
};

/* In the transaction that is open, or one of its own. */
int decisions_put(struct store *s, const struct decision *d, struct fault *why);

/* The number of the one that was put last: what the journal may say of it. */
int decisions_newest(struct store *s, int64_t *out, struct fault *why);

/* What is asked for. */
struct decisions_of {
	enum direction direction;
	const char *ref;      /* its true one */
	const char *revision; /* decisions_now only, like basis */
	struct decision_basis basis;
};

/* Was anything ever decided here; was anything of this referral? */
int decisions_any(struct store *s, bool *out, struct fault *why);
int decisions_known(struct store *s, const struct decisions_of *of, bool *out,
    struct fault *why);

/* Of one referral, oldest first; their texts are the arena's. */
int decisions_walk(struct store *s, const struct decisions_of *of,
    struct arena *a,
    int (*each)(const struct decision *d, void *context, struct fault *why),
    void *context, struct fault *why);

/*
 * Every decision of this node, oldest first: whose it is is not known, and ref
 * is "".  The arena is emptied between them.
 */
int decisions_each(struct store *s, struct arena *a,
    int (*each)(const struct decision *d, void *context, struct fault *why),
    void *context, struct fault *why);
/*
 * What was only of use while the referral went on is gone: releases and
 * assignments; *count is how many, or how many would be (dry).  Where anybody
 * ever refused it all of them stay, and matches do anyway.
 */
int decisions_forget(struct store *s, const struct decisions_of *of, bool dry,
    int64_t *count, struct fault *why);

/* What counts of them now, for exactly this revision; in the arena. */
struct decisions_now {
	/*
	 * The holds that people released, on the same basis: one entry a rule
	 * and decision.  A refusal takes back the releases before it.
	 */
	const struct judged *released;
	size_t released_count;
	/* Who refused it last; NULL: nobody, or that was lifted since. */
	const struct judged *refused;
};

/* Which case of the other system a person chose last. */
struct decisions_match {
	bool chosen;
	const char *link; /* NULL: it has none there, and gets a new one */
};

/* Of what came; ref is its true one.  In the arena. */
int decisions_matched(struct store *s, const char *ref, struct arena *a,
    struct decisions_match *out, struct fault *why);

/* Nothing (and no error) where nothing was decided. */
int decisions_now(struct store *s, const struct decisions_of *of,
    struct arena *a, struct decisions_now *out, struct fault *why);

#endif
