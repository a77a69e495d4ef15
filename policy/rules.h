/*
 * rules: may this referral travel, and if not, why not?
 *
 * Pure decisions: nothing here reads a file, asks the time, allocates or
 * remembers anything.  Everything a rule may look at is in struct question.
 * The same function judges at both ends; an importer repeats every question
 * and never trusts a sender's answer.  docs/rules.md is printed from the table.
 */
#ifndef SATCHEL_POLICY_RULES_H
#define SATCHEL_POLICY_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "formats/agreement.h"
#include "formats/facts.h"
#include "formats/referral.h"
#include "policy/verdict.h"

enum end { AT_EXPORT = 1, AT_IMPORT = 2, AT_BOTH = 3 };

/* What this node remembers of the same ref. */
enum remembered {
	NOT_SEEN,
	SEEN_SAME,  /* the same revision */
	SEEN_OTHER, /* another revision */
	SEEN_TWICE, /* already in this very bundle or file */
};

/* What a withdrawal that is remembered here says of this ref. */
enum recalled {
	NOT_RECALLED,
	RECALLED,	 /* its tombstone covers this bundle */
	RECALLED_BEFORE, /* an earlier one: a person must look */
};

/* What was found about the bundle it came in; at import only. */
struct bundle_facts {
	bool signature_good; /* always asked, though checked before */
	bool addressed_to_us;
	bool environment_same;
	bool form_good;
	bool seen_other_content; /* its id or number was another bundle's */
	bool past_use_by;
	bool agreement_newer; /* judged by one we do not hold */
	bool agreement_older;
	bool origin_good; /* the signer is a node of the origin system */
	/* An incident: everything of the sender waits for a new agreement. */
	bool sender_distrusted;
	/* Its number is above the last one that counts of a revoked sender. */
	bool after_revocation;
	bool created_known;
	day created; /* of the bundle; consent cannot be younger */
};

/* What this node holds of the same child, beside what is judged; at import. */
struct held_here {
	const struct consent *const *records; /* consent records, any order */
	size_t count;
	bool unreadable; /* one of them could not be read */
	/* A recall for withdrawn consent, of any referral of this child. */
	bool recalled;
	day recalled_on; /* the latest; DAY_UNKNOWN: no day was said */
};

struct question {
	enum end end;
	day today;
	const struct referral *referral;
	const struct agreement *agreement;
	const struct node *sender;
	const struct node *receiver;
	/* From from_agency to to_agency; NULL: the agreement has none. */
	const struct flow *flow;
	const struct source_facts *source; /* NULL at import */
	const struct bundle_facts *bundle; /* NULL at export */
	enum remembered remembered;
	enum recalled recalled;
	const char *form; /* member whose form is wrong (R-FORM); NULL: good */
	const char *user; /* who acts, as --user names them; NULL: nobody */
	const struct held_here *held; /* NULL: nothing of this child */
	/* Were pictures looked into, and bear nothing beside themselves? */
	enum answer_given pictures_clean;
	/*
	 * Holds of exactly this revision that named people with the right to
	 * decide released at this node.  What another node released (the
	 * record's own judged) is none: it is held here again.
	 */
	const struct judged *released;
	size_t released_count;
	/* Who decided here that exactly this revision goes no further; NULL. */
	const struct judged *refused;
};

/*
 * What a rule's function works with: the question, and what P-FIELDS and the
 * strip rules before it have taken out.
 */
struct hearing;

/* May a person let go what this rule holds?  A refusal never. */
enum release {
	RELEASE_NEVER,
	RELEASE_DECIDE,	  /* with the right to decide */
	RELEASE_OVERRIDE, /* where it is sent also with the right to override */
};

struct rule {
	const char *id; /* printed on forms: never reused, never renumbered */
	enum end at;
	enum verdict if_not; /* the usual answer; a rule may say less or more */
	const char *asks;    /* answered yes when all is well */
	void (*judge)(struct hearing *h);
	const char *says; /* the usual sentence when it does not pass */
	const char *remedy;
	const char *source; /* where the rule comes from */
	enum release release;
};

extern const struct rule rules_all[];
extern const size_t rules_count;

/* NULL if there is none of that id. */
const struct rule *rules_find(const char *id);

/*
 * Has the user, as listed at the node of that end, the rights to let go what
 * this rule holds?  Says nothing of who else may not have done it (C-OVR).
 */
bool rules_may_release(const struct rule *rule, enum end end,
    const struct node *here, const char *user);

/*
 * May the other side learn that a person let go what this rule held?  To name
 * some would tell what they keep at home; a reason may tell it, too.
 */
bool rules_may_be_told(const struct rule *rule);

/*
 * What stands in the log and in a report for a reason of that rule, verdict and
 * release: one word or two; each is its own or shared by so many that it tells
 * of none of those that may not be told.  A hold by such a rule and every hold
 * of consent are RULES_PERSON, a person has to look; what such a rule leaves
 * out is left out like what the agreement does not list, P-FIELDS.
 */
#define RULES_PERSON "person"
#define RULES_WORDS 2
size_t rules_words(const struct rule *rule, enum verdict verdict, bool released,
    const char *out[static RULES_WORDS]);

/* What is to be done about a hold that a person let go. */
extern const char rules_let_go[];

/*
 * Ask every rule of this end, also after one says no, so that a case worker
 * sees all there is to put right at once.
 */
void rules_judge(const struct question *q, struct judgement *out);

#endif
