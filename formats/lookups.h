/*
 * lookups: the code lists of a Primero site, with what people read for each
 * code, as GET /lookups and GET /agencies write them.
 */
#ifndef SATCHEL_FORMATS_LOOKUPS_H
#define SATCHEL_FORMATS_LOOKUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/fields.h"

#define LOOKUPS_VALUES_MAX 4096 /* more no agreement's list can hold */

struct arena;
struct fault;

struct lookups_value {
	enum map_section section;
	const char *id;	   /* as a case holds it */
	const char *label; /* as people read it; NULL: none */
	struct lookups_value *next;
};

/* Of any number of files; begins as all zero. */
struct lookups {
	struct lookups_value *first; /* in the order of the files */
	struct lookups_value *last;
	size_t count;
	bool has[MAP_SECTIONS]; /* that list was there */
	size_t unusable;	/* codes that no agreement could hold */
	/* Pages: how many there were, and how many there are said to be. */
	size_t lists_read;
	size_t agencies_read;
	int64_t lists_in_all;
	int64_t agencies_in_all;
};

/*
 * Add one file: a page as the server sent it, or only its list.  Lists that an
 * agreement has no use for are passed over.  FAULT_JSON, FAULT_SOURCE_FORM or
 * FAULT_SOURCE_TOO_LARGE.
 */
int lookups_read(const void *text, size_t len, struct arena *a,
    struct lookups *out, struct fault *why);

/* Were there more pages than were read? */
bool lookups_cut_short(const struct lookups *l);

/* "lookup-service-type"; "agencies" for these */
const char *lookups_name(enum map_section section);

/* What people read for that code, or NULL. */
const char *lookups_label(const struct lookups *l, enum map_section section,
    const char *id);
bool lookups_has(const struct lookups *l, enum map_section section,
    const char *id);

#endif
