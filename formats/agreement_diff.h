/*
 * agreement_diff: what is different between two versions of an agreement, in
 * plain words.
 *
 * By what it means, not by how it is written: age bands are compared age by
 * age, lists without regard to their order unless the order means something.
 * Whatever a program can be held to and is not the same is told.  Names
 * nobody; of a user whose name or number changed only that is said.
 */
#ifndef SATCHEL_FORMATS_AGREEMENT_DIFF_H
#define SATCHEL_FORMATS_AGREEMENT_DIFF_H

struct agreement;
struct fault;

enum agreement_diff_group {
	AGREEMENT_DIFF_WHOLE, /* what it is, who must sign */
	AGREEMENT_DIFF_DATES,
	AGREEMENT_DIFF_PARTIES,
	AGREEMENT_DIFF_NODES,
	AGREEMENT_DIFF_KEYS,
	AGREEMENT_DIFF_USERS,
	AGREEMENT_DIFF_FLOWS,
	AGREEMENT_DIFF_FIELDS,
	AGREEMENT_DIFF_CONSENT,
	AGREEMENT_DIFF_SENSITIVE,
	AGREEMENT_DIFF_MAPS,
	AGREEMENT_DIFF_DEADLINES,
	AGREEMENT_DIFF_SYSTEMS,
};

/* Does more get through than before, or less? */
enum agreement_diff_effect {
	AGREEMENT_DIFF_NEITHER,
	AGREEMENT_DIFF_LOOSER,
	AGREEMENT_DIFF_STRICTER,
	AGREEMENT_DIFF_BOTH, /* for some more, for others less */
};

/* "flows"; "looser", NULL for neither */
const char *agreement_diff_group_name(enum agreement_diff_group g);
const char *agreement_diff_effect_name(enum agreement_diff_effect e);
/* "Who may act", for people. */
const char *agreement_diff_heading(enum agreement_diff_group g);

struct agreement_difference {
	enum agreement_diff_group group;
	enum agreement_diff_effect effect;
	const char *text; /* a sentence; good during the call */
};

/*
 * Tells each difference, in the order of the groups.  Neither agreement has
 * errors, but that keys may be missing.  The version is no difference.
 */
int agreement_diff(const struct agreement *before,
    const struct agreement *after,
    void (*tell)(void *context, const struct agreement_difference *d),
    void *context, struct fault *why);

#endif
