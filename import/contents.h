/*
 * contents: from verified bytes to values, without acting on any of them.
 *
 * Steps 5, 6 and 9 of reading a bundle: the boundary that takes bytes and
 * gives values, so that it can run in a process that can do nothing but
 * compute.  The first reading goes to the end and proves everything (age,
 * gzip, tar, totals.json, every line); only then may a second reading hand out
 * the records one by one.  Nothing is ever written in the clear, and memory
 * does not grow with the number of referrals.
 */
#ifndef SATCHEL_IMPORT_CONTENTS_H
#define SATCHEL_IMPORT_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/age.h"
#include "formats/bundle.h"

struct arena;
struct json_node;

#define CONTENTS_PARTIES_MAX 64

/* A signature or roster of the agreement that a bundle carries. */
struct enclosed {
	char party[17];
	struct bytes file;
	struct bytes signature; /* of a roster; empty otherwise */
};

struct contents {
	struct age_header header;
	struct bundle_inside inside;
	bool has_agreement;
	struct bytes agreement;
	struct enclosed signatures[CONTENTS_PARTIES_MAX];
	size_t signature_count;
	struct enclosed rosters[CONTENTS_PARTIES_MAX];
	size_t roster_count;
	int64_t records[BUNDLE_RECORDS];
	/*
	 * Step 9's fault, found on the way but asked only after step 8:
	 * FAULT_NONE if every line is a record.
	 */
	struct fault record_fault;
	struct arena *arena; /* of inside */
};

/* Which bytes to read, with which keys; all of it is borrowed. */
struct contents_from {
	int fd;
	size_t age_at; /* where the age part begins; it goes to the end */
	const struct age_opener *keys;
	/* Told now and then that bytes up to `at` were read; may be NULL. */
	void (*progress)(void *context, uint64_t at);
	void *context;
};

/*
 * Steps 5 and 6.  *out is the caller's (contents_free) also after a fault: its
 * header is filled in as far as it was read.
 */
int contents_read(const struct contents_from *from, struct contents **out,
    struct fault *why);
void contents_free(struct contents *c); /* wipes; NULL is fine */

/* Takes one record; -1 stops the reading with its fault. */
typedef int (*contents_take)(enum bundle_record kind,
    const struct json_node *record, void *context, struct fault *why);

/* The second reading: every record in order, through take. */
int contents_records(const struct contents_from *from, contents_take take,
    void *context, struct fault *why);

#endif
