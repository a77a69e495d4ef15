/*
 * say: what a command prints, for people or as one JSON object.
 *
 * A command tells say what happened as it happens; say writes lines for people
 * or streams the result object of docs/satchel.1, and keeps the worst exit
 * status (in the order 1 6 7 4 5 3 0; a wrong use, 2, is worse than all).
 * Nothing about a person goes through here but in `show`.
 *
 * On paper and screen practice looks like the real thing, so it says first
 * that it is none (say_practice).
 *
 * Text may come as it was found: for people it is shown through text_show, and
 * the JSON is plain ASCII.  Whatever is listed here by a say_ function but
 * bundles, faults and what is loaded leaves the exit status to the caller
 * (say_status).  The lists of load and answer are in the JSON of those commands
 * also when nothing is in them.
 */
#ifndef SATCHEL_CLI_SAY_H
#define SATCHEL_CLI_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "formats/agreement.h"
#include "formats/source_row.h"
#include "policy/verdict.h"
#include "store/referrals.h"

struct bytes;
struct jsonout;
struct say;

/* command NULL: none was understood.  NULL without memory. */
struct say *say_new(const char *command, bool json);
void say_free(struct say *s);

/* One line for people, without LF; nothing with --json.  Goes to stdout. */
void say_line(struct say *s, const char *line, ...)
    __attribute__((format(printf, 2, 3)));
/* What to do next, for people: "  -> ..." */
void say_next(struct say *s, const char *line, ...)
    __attribute__((format(printf, 2, 3)));
/* Something to look at that is no fault: raises the exit to 3. */
void say_notice(struct say *s, const char *line, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * What is done here is practice: a line that says so, once and before all
 * others.  Nothing with --json, nor from the plumbing, whose output is for
 * programs.  s NULL: nobody is told.
 */
void say_practice(struct say *s);

/* Raise the exit status to at least this bad. */
void say_status(struct say *s, enum exit_status status);
/*
 * A fault of one file among several: shown (JSON: in the list `faults`), and
 * its exit status kept.  Not the result's own `fault`.
 */
void say_fault(struct say *s, const char *file, const struct fault *why);

enum said_count {
	SAID_SHARE,
	SAID_STRIP,
	SAID_HOLD,
	SAID_REFUSE,
	SAID_DUPLICATE,
	SAID_RECALL,
	SAID_ANSWER,
	SAID_COUNTS
};

void say_count(struct say *s, enum said_count what, int64_t more);
void say_passed_over(struct say *s, const struct passed_over *p);

/* One bundle of the result. Texts may be NULL where nothing is known. */
struct said_bundle {
	const char *file; /* its last part, as printed */
	const char *id;
	int64_t seq; /* 0: unknown */
	const char *from;
	const char *to[8];
	size_t to_count;
	int64_t sequence;	   /* 0: unknown */
	const char *state;	   /* made, imported, seen, refused, held */
	const struct fault *fault; /* NULL: none */
	uint64_t bytes;
	const int64_t *missing;
	size_t missing_count;
	/* verify only (signature not NULL): */
	const char *signature; /* good, bad, unknown key, revoked */
	const char *signed_node;
	const char *signed_party;
	const char *signed_key;
	const char *claimed; /* whose key a bad signature names; anybody can */
	const char *created;
	bool in_table; /* for people: one line of many alike */
};

/* Its fault, if any, is shown and its exit status kept: no say_fault too. */
void say_bundle(struct say *s, const struct said_bundle *b);

/*
 * One referral.  state is the word of the result ("sent", "staged", "held",
 * ...).  Reasons and removed come from the judgement or from the standing.
 */
void say_referral(struct say *s, const char *ref, const char *state,
    const struct judgement *j);
void say_standing(struct say *s, const struct standing *st);
/* The same, with how far it has come, for programs and for people. */
void say_standing_reached(struct say *s, const struct standing *st,
    const char *reached, const char *words);

/* One loaded referral, or one decision written for our own system. */
struct said_loaded {
	const char *ref;
	const char *file;	   /* NULL: none */
	const char *target_id;	   /* NULL: not known; see say_number */
	bool answer;		   /* it is a decision */
	bool undo;		   /* it is a task: it is withdrawn */
	const char *state;	   /* created, added, unchanged, held, failed */
	const struct fault *fault; /* NULL: none */
	/* Names of fields that the other system has no place for. */
	const char *const *not_kept;
	size_t not_kept_count;
	const char *const *older; /* files that say what is not so any more */
	size_t older_count;
};

/*
 * A fault's exit status is the command's if nothing that was asked for is done
 * in the end; else the command ends with EXIT_LOOK, and each has its own fault.
 * What failed inside the program always counts.
 */
void say_loaded(struct say *s, const struct said_loaded *l);

/* A number that a system gave, or "(not shown)": it may be a person's name. */
const char *say_number(const char *number);

/* One decision that a system says was made; texts may be NULL. */
struct said_answer {
	const char *ref;      /* NULL: it is not known which */
	const char *decision; /* accepted, rejected, done */
	const char *code;     /* the system's own */
	const char *state;    /* taken, unchanged, pending, held, not_ours */
	const char *text;
	const char *remedy;
};

void say_answer(struct say *s, const struct said_answer *a);

struct said_signature {
	char party[17];
	char key[MINISIGN_PUBLIC_ROOM]; /* "": unknown */
	const char *state;		/* good, bad, unknown key */
};

void say_identity(struct say *s, const char *node, const char *sign,
    const char *open, const char *fingerprint);
/* The keys that are to follow those; after say_identity. */
void say_identity_next(struct say *s, const char *sign, const char *open);
/* A file that was read and is no agreement: all that is known of it. */
void say_no_agreement(struct say *s, const char *fingerprint);
/* Its problems are those of the file and those of say_problem. */
void say_agreement(struct say *s, struct agreement_file *f,
    const struct said_signature *signatures, size_t count);
void say_problem(struct say *s, const struct problem *p);
/* For people alone: in two lines, a check digit behind each. */
void say_fingerprint(struct say *s, const char *fingerprint);
/* verify: the version and fingerprint of the agreement used. */
void say_agreement_version(struct say *s, int64_t version,
    const char *fingerprint);

/* A text of the result that one command alone has; nothing for people. */
void say_member(struct say *s, const char *name, const char *value);
/* The same of a number. */
void say_number_of(struct say *s, const char *name, int64_t value);
/* The same, of what is more than a text: JSON as jsonout wrote it. */
void say_json(struct say *s, const char *name, const struct bytes *json);

struct said_lines {
	const uint64_t *at;
	size_t count;
};

/* consent check: what a register holds.  Nothing for people. */
struct said_consents {
	size_t records;
	size_t drafts;
	size_t wrong; /* lines */
	struct said_lines draft_lines;
	struct said_lines differ;
	bool compared; /* with cases; else the rest is left out */
	struct said_lines without_case;
	size_t cases;
	const char *const *cases_without;
	size_t cases_without_count;
};

void say_consents(struct say *s, const struct said_consents *c);

/*
 * Close: why NULL, or the fault the command ended with.  Prints the fault and
 * its remedy (people), or ends the object.  Returns the exit status, which is
 * EXIT_TRY_AGAIN at least if stdout did not take everything.
 */
int say_end(struct say *s, const struct fault *why);

#endif
