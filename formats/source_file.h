/*
 * source_file: the records of a system's file, whatever it is called and
 * whatever it is packed in.
 *
 * Opens the file, recognises it by what is in it, takes it out of a zip if it
 * is in one, and hands out one record at a time, checked to the end of the
 * file.  Nothing is unpacked to the disk.
 */
#ifndef SATCHEL_FORMATS_SOURCE_FILE_H
#define SATCHEL_FORMATS_SOURCE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/recognise.h"

struct fault;
struct json;
struct source;
struct source_file;

/* Which file; everything is borrowed while it is open. */
struct source_file_order {
	enum format format; /* what it is said to be; FORMAT_NONE: not said */
	const char *path;
	const char *password; /* of a zip; NULL: none is known */
	/*
	 * NULL: a file.  Else what a server gave: a source of it from its
	 * start, one at a time; path is what it is called.
	 */
	struct source *(*open)(void *with, struct fault *why);
	void *with;
};

struct source_file *source_file_open(const struct source_file_order *order,
    struct fault *why);
void source_file_close(struct source_file *f); /* NULL is fine */

/*
 * The next record: 1 and *record (the caller's, json_free), 0 at the end, -1 on
 * a fault.  number (from 1) goes on through all that lies in one zip.  An answer
 * of PING that reports an error, or that holds another number of records than
 * it says, is FAULT_SOURCE_FORM at its end.
 */
int source_file_next(struct source_file *f, struct json **record,
    size_t *number, struct fault *why);

/* Of the record that was last given: its format, and its bytes. */
enum format source_file_format(const struct source_file *f);
size_t source_file_record_bytes(const struct source_file *f);

/*
 * At the end: does any answer in it say that there are more records than it
 * holds, or say it in a form that cannot be read?  (PING's PagingSummary, the
 * metadata of Primero's API.)
 */
bool source_file_has_more(const struct source_file *f);
/*
 * Of Primero's pages: how many records there are on all of them (0: it does not
 * say), and how many of those are in this file.
 */
int64_t source_file_total(const struct source_file *f, int64_t *here);

/* Bytes of the file that were read so far, and how many it has. */
void source_file_at(const struct source_file *f, uint64_t *read, uint64_t *all);

/* Is it a zip whose first entry needs a password?  For asking a person. */
int source_file_is_locked(const char *path, bool *locked, struct fault *why);

#endif
