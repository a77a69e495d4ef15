/*
 * facts: what a source says beside the referral itself.
 *
 * A reader fills this in at export; it does not travel.
 */
#ifndef SATCHEL_FORMATS_FACTS_H
#define SATCHEL_FORMATS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/consent.h"
#include "formats/fields.h"

struct fault;
struct json_node;

#define SOURCE_UNMAPPED_MAX 32
#define FACTS_DIGEST 65 /* in hex, with NUL */

/*
 * What the source said beside the referral itself; at export only.  Unknown
 * is its own answer everywhere, and never a yes.
 */
struct source_facts {
	const char *module_id;	       /* NULL: not said */
	enum answer_given name_masked; /* hidden_name, or only asterisks */
	enum answer_given enabled;     /* of the case; absent is unknown */
	enum answer_given open;	       /* status open */
	enum answer_given in_progress; /* referred, and not revoked or done */
	enum answer_given overridden;  /* consent_overridden */
	bool withheld_note;	       /* any of the three withholding fields */
	bool withheld_unread; /* one of them was of a kind we cannot read */
	/* The server does not show one of them to satchel's user. */
	bool withheld_hidden;
	/* A hash of what they say: it is not kept, but a change must show. */
	uint8_t withheld[32];
	/* Fear is the reason to withhold; NO: another one is, or none. */
	enum answer_given fears_harm;
	struct texts bases; /* legitimate_basis; absent: the case names none */
	bool bases_unread;  /* it was of a kind we cannot read */
	bool text_altered;  /* controls were taken out of a text */
	/* A value of this field has no, or more than one, entry in the map. */
	enum field unmapped[SOURCE_UNMAPPED_MAX];
	size_t unmapped_count;
	bool unmapped_many; /* more than fit */
	/* The field was there but of a kind or form that cannot be read. */
	bool unreadable[FIELD_COUNT];
	/* The rows that make up this referral say different things of it. */
	bool differs[FIELD_COUNT];
	bool priority_unclear; /* something about it could not be read */
	bool birth_unclear;    /* a time of day leaves two days possible */
	bool consents_differ;  /* several records, and they disagree */
};

/* Set `withheld` from the withholding fields; NULL for one that is absent. */
int facts_note_withheld(struct source_facts *f,
    const struct json_node *const *said, size_t count, struct fault *why);

/*
 * A hash of all of it: a person who decided on a referral saw these facts, too,
 * and other ones ask anew.
 */
int facts_digest(const struct source_facts *f, char out[static FACTS_DIGEST],
    struct fault *why);

#endif
