/*
 * schema: the tables of a store, and the steps from older forms to this one.
 *
 * A step that has left this house is never changed; a new form is a new step.
 * Types are those that SQLite and PostgreSQL share, or are written once, in
 * schema.c.
 */
#ifndef SATCHEL_STORE_SCHEMA_H
#define SATCHEL_STORE_SCHEMA_H

#include <stddef.h>

/* Step i makes version i + 1; run one after the other from nothing. */
extern const char *const schema_steps[];
extern const int schema_version; /* how many steps there are */

/*
 * What goes into the state hash: every table but the journal with its log, and
 * what is noted of ways and servers, without what is remembered of bundles that
 * were refused: a refusal leaves the state alone.
 */
struct schema_table {
	const char *name;
	const char *rows; /* in the order of the primary key */
};

extern const struct schema_table schema_tables[];
extern const size_t schema_table_count;

#endif
