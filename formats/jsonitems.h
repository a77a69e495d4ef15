/*
 * jsonitems: the records of a large JSON file, one at a time.
 *
 * Systems write one array, several arrays one after the other (Primero, above
 * 500 cases), or an answer with the array (or one record) under "data", "Data"
 * or "interventions".  This reads any of those from a source, holding one record in
 * memory; everything between the records is checked as strictly as the records
 * are, to the end of the file.
 */
#ifndef SATCHEL_FORMATS_JSONITEMS_H
#define SATCHEL_FORMATS_JSONITEMS_H

#include <stdbool.h>
#include <stddef.h>

struct fault;
struct json;
struct json_node;
struct jsonitems;
struct source;

#define JSONITEMS_RECORD_MAX 4194304 /* bytes: 4 MiB */
#define JSONITEMS_AROUND_MAX 65536   /* bytes of one member: 64 KiB */

/*
 * What lies around the records.  Known once the first record was read, or the
 * end.
 */
enum jsonitems_shape {
	JSONITEMS_LISTS,  /* [..] or [..][..] */
	JSONITEMS_DATA,	  /* {"data": [..] or {..}, ..} and the like */
	JSONITEMS_OBJECT, /* one object without such a member: itself a record */
	JSONITEMS_NONE,	  /* nothing but white space */
};

/* Borrows from, which must outlive it. */
struct jsonitems *jsonitems_new(struct source *from, struct fault *why);
void jsonitems_free(struct jsonitems *items); /* NULL is fine */

/*
 * The next record: 1 and *record (the caller's, json_free), 0 at the end of
 * the file, -1 on a fault.  A record is an object; any other value in a list
 * is FAULT_SOURCE_FORM.  `number` (from 1) says which one, for messages.
 */
int jsonitems_next(struct jsonitems *items, struct json **record,
    size_t *number, struct fault *why);
enum jsonitems_shape jsonitems_shape(const struct jsonitems *items);

/* Bytes of the record that was last given. */
size_t jsonitems_record_bytes(const struct jsonitems *items);
/*
 * The member of that name around the records of a JSONITEMS_DATA file, once the
 * end was reached: borrowed, and NULL if there is none, or if it takes more
 * than JSONITEMS_AROUND_MAX bytes.  "data" itself is not among them.
 */
const struct json_node *jsonitems_around(const struct jsonitems *items,
    const char *name);
/* The same: is such a member there, and takes more bytes than that? */
bool jsonitems_is_long(const struct jsonitems *items, const char *name);

#endif
