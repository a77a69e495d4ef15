/*
 * facts: what a source says beside the referral itself.
 *
 * A reader fills this in at export; it does not travel.
 */
#ifndef SATCHEL_FORMATS_FACTS_H
#define SATCHEL_FORMATS_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/consent.h"
#include "formats/fields.h"

#define SOURCE_UNMAPPED_MAX 32

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

#endif
