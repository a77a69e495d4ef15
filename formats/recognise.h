/*
 * recognise: what kind of file is this?
 *
 * Asked of the first bytes, never of the name.  The answer is a format we
 * read, or words for a person about what it looks like instead.
 */
#ifndef SATCHEL_FORMATS_RECOGNISE_H
#define SATCHEL_FORMATS_RECOGNISE_H

#include <stddef.h>

struct fault;

#define RECOGNISE_BYTES ((size_t)64 * 1024) /* enough to look at */

enum format {
	FORMAT_PRIMERO,
	FORMAT_PING,
	FORMAT_DTP,
	FORMAT_SHEET,
	FORMAT_COUNT,
	FORMAT_NONE = FORMAT_COUNT
};

/* "primero", "progres-ping", "progres-dtp", "sheet" */
const char *recognise_name(enum format f);
/* FORMAT_NONE if the word is none of them. */
enum format recognise_word(const char *word, size_t len);

/*
 * Split "[FORMAT:]PATH": the format (FORMAT_NONE if left out, or if what is
 * before the colon is not a format's name) and where the path begins.
 */
enum format recognise_prefix(const char *operand, const char **path);

/*
 * Which format do the first len bytes of a file show?  FAULT_SOURCE_UNKNOWN
 * says what it looks like ("a spreadsheet", "a satchel bundle: use import",
 * "plain text", ...) and what to do; FAULT_SOURCE_EMPTY.  A zip is to be opened
 * first (zip.h): one that is given here lies in another.
 */
int recognise(const void *head, size_t len, enum format *out,
    struct fault *why);

#endif
