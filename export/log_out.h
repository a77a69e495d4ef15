/*
 * log_out: the log of this node as a folder for an auditor.
 *
 *	checkpoint		the signed head
 *	tile/...		entries and hashes (crypto/tiles.h)
 *	heads/<size>		every head that this node signed before
 *	seen/<node>/<number>	heads of partners' logs, in the order they came
 *	key			what the head is signed with, as stock tools take it
 *	README			how to check it
 *
 * Nothing in it is about a person: a reference stands in an entry as a hash with
 * a salt that is not in the folder.
 */
#ifndef SATCHEL_EXPORT_LOG_OUT_H
#define SATCHEL_EXPORT_LOG_OUT_H

#include <stdint.h>

#include "crypto/note.h"

struct fault;
struct folder;
struct store;

struct log_out_order {
	struct store *store;
	const char *head; /* signed, kept, of no more than there is */
	struct checkpoint said;
	const char *key; /* its key, as note_write_key has it */
};

struct log_out_done {
	int64_t heads;
	int64_t seen;
};

/*
 * Into an empty folder, the checkpoint last.  FAULT_LOG_BROKEN if the entries
 * are not those that the head speaks of.
 */
int log_out_write(const struct log_out_order *order, struct folder *to,
    struct log_out_done *out, struct fault *why);

#endif
