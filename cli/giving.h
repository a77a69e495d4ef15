/*
 * giving: a consent record that somebody gives this node, until it is kept.
 *
 * What `attest` and `consent add` share.  The record is built in `record`,
 * whose texts are the arena's, and kept by giving_keep, whole or not at all.
 */
#ifndef SATCHEL_CLI_GIVING_H
#define SATCHEL_CLI_GIVING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "cli/node.h"
#include "crypto/random.h"
#include "formats/consent.h"
#include "store/agreed.h"
#include "store/journal.h"

struct agreement;
struct arena;
struct args;
struct bytes;
struct fault;
struct say;

/* How many kinds of information there are: identity, contact, ... */
#define GIVING_CATEGORIES 5

struct giving {
	struct home home;
	const struct agreement *agreement; /* the home's */
	const char *user;		   /* who gives it */
	moment now;
	day today;
	struct arena *arena;
	struct consent record; /* begun: its id, and everything unknown */
	char record_id[RANDOM_UUID];
};

/*
 * Open the node, for somebody who may export.  giving_close also after a
 * fault.
 */
int giving_open(const struct args *args, struct giving *g, struct fault *why);
void giving_close(struct giving *g);

/*
 * A text that may stand in a record, in the arena: 1; 0 if it is empty or has
 * controls in it; -1 is a fault.
 */
int giving_text(struct giving *g, const char *text, const char **out,
    struct fault *why);
/* A case as this node knows it from the referrals that it judged. */
struct giving_case {
	const char *name; /* whole, as its system spells it; NULL: not known */
	bool shortened;	  /* the word was the start of it alone */
	bool shared;	  /* several cases bear it */
};

/*
 * The case that a word names: case_id, display form, individual number, or the
 * start of one.  FAULT_REF_AMBIGUOUS if that fits several.
 */
int giving_find_case(struct giving *g, const char *word,
    struct giving_case *out, struct fault *why);

/*
 * An option's text into *out, which stays as it is where value is NULL.  What
 * may not stand in a record is FAULT_USAGE with the option's name.
 */
int giving_option(struct giving *g, const char *name, const char *value,
    const char **out, struct fault *why);
/* The option that says the last day of the consent; NULL: it says none. */
int giving_expires(struct giving *g, const char *value, struct fault *why);

/*
 * One more who agreed; relation NULL or "": not said.  1; 0 if the role is
 * none, the relation no text, or the two were there already; -1 is a fault.
 */
int giving_by(struct giving *g, const char *role, const char *relation,
    struct fault *why);
/* The kind of consent, from who agreed; and when each of them did. */
void giving_when(struct giving *g, day on);

/* One more item, borrowed; false if it was there already. */
int giving_item(struct giving *g, struct texts *list, const char *item,
    bool *there, struct fault *why);
/* "identity", ...: the category of that number. */
const char *giving_category(size_t i);
/* The category of that name into the record; 0 if there is none such. */
int giving_info(struct giving *g, const char *name, struct fault *why);

/* "child, caregiver"; without what may name a person. */
void giving_write_roles(const struct consent *c, char *out, size_t room);
/* "a, b", as it may be shown. */
void giving_write_list(const struct texts *list, char *out, size_t room);

/* What export will find, now that this record is there, too. */
struct giving_seen {
	bool differ; /* another record says something else */
	bool no;     /* one of them says no */
};

/*
 * Seal the record into the store under the name, with an entry in the journal:
 * both, or nothing.  dry_run: looks and writes nothing.
 */
int giving_keep(struct giving *g, enum agreed_of of, const char *name,
    bool dry_run, struct giving_seen *seen, struct fault *why);

/* Is the same kept under the name already, whoever gave it? */
int giving_kept(struct giving *g, enum agreed_of of, const char *name,
    bool *kept, struct fault *why);

#endif
