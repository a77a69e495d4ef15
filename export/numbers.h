/*
 * numbers: which numbers of a file belong to more than one child.
 *
 * A display number or an individual number is typed by people, so two cases
 * may bear the same one; then nobody can tell whose a consent record of that
 * number is.  Keeps a keyed hash of each number and of whose it is, 12 bytes a
 * note, so that half a million cases fit into a few megabytes; after
 * numbers_close only the shared ones are left.
 */
#ifndef SATCHEL_EXPORT_NUMBERS_H
#define SATCHEL_EXPORT_NUMBERS_H

#include <stdbool.h>

struct fault;
struct numbers;

struct numbers *numbers_new(struct fault *why);
void numbers_free(struct numbers *n); /* NULL is fine */

/* By what it is told whose a number is; each is compared with itself alone. */
enum numbers_by {
	NUMBERS_BY_CASE,
	NUMBERS_BY_NAME,
	NUMBERS_BY_BIRTH,
	NUMBERS_BYS,
};

/*
 * This number is borne by `who`.  The same again changes nothing.  Numbers are
 * compared as the register's are (text_number), so that what it would find
 * under one is one here, too.
 */
int numbers_note(struct numbers *n, const char *number, enum numbers_by by,
    const char *who, struct fault *why);
/* No more notes; before this nothing is known to be shared. */
void numbers_close(struct numbers *n);
int numbers_shared(const struct numbers *n, const char *number, bool *shared,
    struct fault *why);

#endif
