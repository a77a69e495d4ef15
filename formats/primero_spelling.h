/*
 * primero_spelling: what Primero's forms call the fields of a referral.
 *
 * One list for reading its cases and for writing bodies to it, so that the two
 * cannot part.  Names are those of the CPIMS+ inter-agency forms.
 */
#ifndef SATCHEL_FORMATS_PRIMERO_SPELLING_H
#define SATCHEL_FORMATS_PRIMERO_SPELLING_H

#include <stddef.h>

#include "formats/fields.h"

struct primero_spelling {
	enum field field;
	const char *name;
};

struct primero_spelling_list {
	const struct primero_spelling *items;
	size_t count;
};

/* Of the case itself; of its row of care arrangements; of a service row. */
extern const struct primero_spelling_list primero_spelling_child;
extern const struct primero_spelling_list primero_spelling_caregiver;
extern const struct primero_spelling_list primero_spelling_service;
/* Who asked from outside, in a service row that came from another system. */
extern const struct primero_spelling_list primero_spelling_requester;

#endif
