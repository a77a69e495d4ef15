/*
 * relation: is the caregiver that a consent record speaks of a parent?
 *
 * What somebody is to a child is written by people, in the languages of a
 * site.  Each part between commas and the like is about one person: who is
 * called by a word for a parent and by none that makes it another person
 * ("foster mother", "mother's sister") is a parent.
 */
#ifndef SATCHEL_POLICY_RELATION_H
#define SATCHEL_POLICY_RELATION_H

enum relation {
	/* Not said, or a word is not known here: a person must look. */
	RELATION_UNKNOWN,
	RELATION_PARENT, /* one of those it speaks of */
	RELATION_OTHER,	 /* each of them is somebody else */
};

enum relation relation_of(const char *text);

#endif
