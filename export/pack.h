/*
 * pack: the envelope of a bundle, built in one pass.
 *
 *	tar -> gzip -> zero padding -> age -> digests -> private file
 *
 * then the four signed lines in front, as one new file in the outbox.  Why in
 * this order: docs/bundle.5.  Memory does not grow with the number of records.
 */
#ifndef SATCHEL_EXPORT_PACK_H
#define SATCHEL_EXPORT_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "formats/bundle.h"

struct bytes;
struct fault;
struct folder;
struct minisign_key;
struct pack;

/* One enclosed file beside bundle.json. */
struct pack_member {
	char name[64];
	const void *bytes;
	size_t len;
};

struct pack_order {
	const struct bundle_inside *inside; /* says who opens it, too */
	const struct pack_member *members;  /* the agreement's, in order */
	size_t member_count;
	const struct minisign_key *signs;
	struct folder *outbox;
	const char *name; /* of the file in the outbox */
};

struct packed {
	uint8_t sha256[32]; /* of the age part */
	uint64_t bytes;	    /* of the whole file */
};

/* Everything in the order is borrowed until pack_free. */
struct pack *pack_new(const struct pack_order *order, struct fault *why);
/* One record, JSON without LF, in the order of enum bundle_record. */
int pack_record(struct pack *p, enum bundle_record kind, const void *json,
    size_t len, struct fault *why);
/* Seals, signs and puts the file into the outbox, synced. */
int pack_finish(struct pack *p, struct packed *out, struct fault *why);
/* Unfinished: nothing is left behind.  NULL is fine. */
void pack_free(struct pack *p);

#endif
