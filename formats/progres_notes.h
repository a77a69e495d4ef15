/*
 * progres_notes: what people wrote about an intervention, as plain text.
 *
 * proGres keeps a note as HTML, or as a JSON list inside a string in which
 * each entry names the member of staff who wrote it.  Only what was written
 * goes on; a list that cannot be read is never passed on as it is, because of
 * those names.
 */
#ifndef SATCHEL_FORMATS_PROGRES_NOTES_H
#define SATCHEL_FORMATS_PROGRES_NOTES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct fault;

#define PROGRES_NOTES_MAX 200 /* texts of one intervention */

struct progres_notes {
	/* No two alike; and one of our own. */
	const char *text[PROGRES_NOTES_MAX + 1];
	size_t count;
};

/*
 * Add what stands in one field.  *readable is false, and nothing was added, if
 * it is a list that cannot be read, or there are too many texts.
 */
int progres_notes_add(struct progres_notes *n, const char *written,
    struct arena *a, bool *readable, struct fault *why);

/* Add a line of our own at the end; there is always room for one. */
void progres_notes_last(struct progres_notes *n, const char *line);

/* All of them, an empty line between two; *out is NULL if there are none. */
int progres_notes_join(const struct progres_notes *n, struct arena *a,
    const char **out, struct fault *why);

#endif
