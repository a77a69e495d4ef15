/*
 * agreement_fill: the four lists of an agreement, drafted from a site's own.
 *
 * What the site has and the agreement does not gets an entry with the site's
 * code and nothing of proGres's: that is for people to complete, who know what
 * it means there.  Everything else of the file stays byte for byte as it was,
 * but for the version, which is one higher.
 */
#ifndef SATCHEL_FORMATS_AGREEMENT_FILL_H
#define SATCHEL_FORMATS_AGREEMENT_FILL_H

#include <stdbool.h>

#include "formats/fields.h"

struct agreement;
struct agreement_file;
struct bytes;
struct fault;
struct lookups;

/* Adds the new file to out.  `from` has no errors, but missing keys. */
int agreement_fill(struct agreement_file *from, const struct lookups *l,
    struct bytes *out, struct fault *why);

/* An entry of the new file, and what people still have to look at. */
struct agreement_fill_entry {
	enum map_section section;
	const char *code;
	const char *label; /* the site's; NULL: none */
	bool drafted;	   /* it was not there before */
	bool no_output;	   /* proGres has no word for it */
	bool no_input;	   /* proGres never means it */
	bool not_here;	   /* the site has none of its values */
	bool no_party;	   /* an agency that is no party */
	/* A value of the site's that an entry of that code does not take. */
	bool not_taken;
};

/* Each entry of the four lists with something to look at, in their order. */
void agreement_fill_lacks(const struct agreement *before,
    const struct agreement *after, const struct lookups *l,
    void (*tell)(void *context, const struct agreement_fill_entry *e),
    void *context);

#endif
