/*
 * relation: is the caregiver that a consent record speaks of a parent?
 *
 * What somebody is to a child is written by people, in the languages of a
 * site.  Who is called by a word for a parent and by none that makes it
 * another person ("foster mother", "mother's sister") is a parent.
 */
#ifndef SATCHEL_POLICY_RELATION_H
#define SATCHEL_POLICY_RELATION_H

#include <stdbool.h>

/* False for NULL and for blank text: that is not known, and no answer. */
bool relation_is_parent(const char *relation);

#endif
