/*
 * export_live: what changed in this node's system since the last bundle, from
 * its own server, as a source that gather reads like a file.
 *
 * From Primero: every case that changed since the cursor, with a little overlap,
 * and besides every case of a referral that is held, refused or on its way, as
 * a consent record or a decision may have changed and not the case.  All of it
 * where the agreement is another than at the last time.  A referral that was
 * revoked, rejected or done there is told apart by its own list (D-LIVE).
 *
 * From proGres: every referral that waits there, in full.
 */
#ifndef SATCHEL_EXPORT_EXPORT_LIVE_H
#define SATCHEL_EXPORT_EXPORT_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/source_file.h"

struct export_live;
struct exporter;
struct fault;
struct node;

struct export_live_order {
	enum format format;
	const char *credentials; /* path of the sealed file */
	bool all;		 /* whatever the cursor says */
	const struct node *receiver;
};

/*
 * Ask it all of the server, before anything is judged.  by is borrowed; by's
 * unreadable is told of what did not come: a case that may not be read any more,
 * one that waits and could not be had in full, a server that says it has
 * nothing, a question on the form that cannot be held against the agreement.
 * FAULT_SERVER_POLARITY if the form contradicts the agreement, or itself.
 */
struct export_live *export_live_read(const struct exporter *by,
    const struct export_live_order *order, struct fault *why);
void export_live_free(struct export_live *l); /* NULL is fine */

/* To be read; false: there is nothing. */
bool export_live_source(struct export_live *l, struct source_file_order *out);

/* How many that wait there could not be had in full; unreadable was told. */
size_t export_live_unreadable(const struct export_live *l);

/* All of it is judged: the next one begins there.  In the transaction. */
int export_live_done(struct export_live *l, struct fault *why);

#endif
