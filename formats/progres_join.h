/*
 * progres_join: the rows of one intervention, brought together.
 *
 * The file, or all files of one order, are read twice.  The first reading
 * counts how many rows each intervention has; in the second an intervention is
 * handed out as soon as its last row was seen, so that memory does not grow
 * with the files when rows of one intervention stand near each other, as the
 * join writes them.
 */
#ifndef SATCHEL_FORMATS_PROGRES_JOIN_H
#define SATCHEL_FORMATS_PROGRES_JOIN_H

#include <stddef.h>

struct fault;
struct json;
struct json_node;
struct progres_join;

/* Bytes of rows that may wait for their last one. */
#define PROGRES_JOIN_WAITING ((size_t)16 * 1024 * 1024)

struct progres_join *progres_join_new(struct fault *why);
void progres_join_free(struct progres_join *j); /* NULL is fine */

/* First reading: this record belongs to the intervention of that number. */
int progres_join_count(struct progres_join *j, const char *number,
    struct fault *why);
/* How many interventions were counted. */
size_t progres_join_interventions(const struct progres_join *j);

/*
 * Second reading.  Takes *record (sets it to NULL), of `bytes` bytes and number
 * `at` in the file.  1: its intervention is whole, and *rows (*count of them,
 * in the order of the file; *first is the number of the first) are good until
 * the next call; 0: more rows are to come.  FAULT_SOURCE_APART if too much
 * waits; FAULT_DISK_NOT_READ for a record that was not there the first time; a
 * record that was not taken then is still the caller's.
 */
int progres_join_add(struct progres_join *j, const char *number,
    struct json **record, size_t bytes, size_t at,
    const struct json_node *const **rows, size_t *count, size_t *first,
    struct fault *why);
/* FAULT_DISK_NOT_READ if rows are missing that the first reading saw. */
int progres_join_end(const struct progres_join *j, struct fault *why);

#endif
