/*
 * hearing: one question being judged; what the rules share.
 *
 * A rule says nothing when all is well.  What it says more than once becomes
 * one reason: the worst of it counts and the field names add up.
 */
#ifndef SATCHEL_POLICY_HEARING_H
#define SATCHEL_POLICY_HEARING_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/rules.h"

struct hearing {
	const struct question *q;
	struct judgement *out;
	const struct rule *rule; /* the one being asked */
	struct reason *reason;	 /* its own; NULL until it says something */
	bool took;		 /* it took something out */
};

/* The rule's usual answer, sentence and remedy. */
void hearing_no(struct hearing *h);
/* Another answer; remedy NULL: the rule's own.  Text must be static. */
void hearing_say(struct hearing *h, enum verdict verdict, const char *text,
    const char *remedy);
/* The same, and a person cannot let it go, whatever else the rule says. */
void hearing_say_final(struct hearing *h, enum verdict verdict,
    const char *text, const char *remedy);
/* Name a field (or another member) in what was said. */
void hearing_name(struct hearing *h, const char *name);
/* Take a field out, saying so with the text given. */
void hearing_strip(struct hearing *h, enum field f, const char *text,
    const char *remedy);

/* Has the field a value that still travels?  Blank text is no value. */
bool hearing_has(const struct hearing *h, enum field f);
/* The same for what was there before anything was taken out. */
bool hearing_had(const struct hearing *h, enum field f);
/* Has item i of this list been taken out? */
bool hearing_took_item(const struct hearing *h, enum field f, size_t i);

/* NULL if there is none. */
const struct consent *hearing_consent(const struct hearing *h);
/* Who, when and how: without them it is a draft, not yet a record. */
bool hearing_recorded(const struct hearing *h);
/* Never NULL: at import, or when nothing was said, all is unknown. */
const struct source_facts *hearing_source(const struct hearing *h);
bool hearing_from_primero(const struct hearing *h);

/* NULL, empty, or nothing but white space. */
bool hearing_blank(const char *text);
/* False for a NULL item. */
bool hearing_lists(const struct texts *t, const char *item);
/* Are both ends known, and is d between them or on one of them? */
bool hearing_within(day d, day from, day until);

/* Does it say who decided, in a listed role, when and why? */
bool hearing_override_complete(const struct agreement *a,
    const struct consent *c);
/* Did a person name themselves the reviewer of what is to stay private? */
bool hearing_withheld_reviewed(const struct hearing *h);
/* Can it not be read what the child asked to withhold, and nobody says? */
bool hearing_withheld_unknown(const struct hearing *h);
/* Is what the record says an attestation that this flow takes? */
bool hearing_attested(const struct hearing *h);

/*
 * Who released a hold of the rule being asked; NULL if nobody who may.  It
 * takes a second person for what goes without all who must agree, and for what
 * was released over there.
 */
const struct judged *hearing_released(const struct hearing *h);
/* Is name the user's, or the full name that the node's roster gives them? */
bool hearing_is_user(const struct node *n, const char *name, const char *user);
/* Who refers the child, as the referral has it; NULL: it does not say. */
struct referrer {
	const char *user;
	const char *full_name;
};

struct referrer hearing_referrer(const struct referral *r);

/*
 * Is it the same person?  Then they are not the second that a hold takes for
 * which the right to override is needed where it is sent.
 */
bool hearing_refers(const struct node *sender, const struct referrer *who,
    const char *user);

/* Two ways to write one person's name?  Letter case and spaces do not count. */
bool hearing_same_name(const char *a, const char *b);

/*
 * The child's age in whole years on that day by the birth date; false if the
 * birth date is not known.  Negative for a birth date in the future.
 */
bool hearing_age_by_birth(const struct hearing *h, day on, int *years);

#endif
