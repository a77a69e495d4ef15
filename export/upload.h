/*
 * upload: bundles to a place that may break off a hundred times.
 *
 * Each file goes on where the server says it is, over crashes, days and other
 * networks; the store keeps where, before a byte goes and after each break.
 * Nothing but a bundle is sent, and never in another form than it was sealed
 * in.  What has arrived is carried, not received: only a receipt in a bundle
 * says that.
 */
#ifndef SATCHEL_EXPORT_UPLOAD_H
#define SATCHEL_EXPORT_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "base/fault.h"
#include "formats/bundle.h"

struct folder;
struct gate_limits;
struct gate_way;
struct store;
struct uploader;

enum upload_state {
	UPLOAD_ARRIVED, /* whole over there, and proven */
	UPLOAD_THERE,	/* it had arrived before */
	UPLOAD_BEGUN,	/* it goes on the next time */
	UPLOAD_FAILED,
	UPLOAD_NOT_TRIED
};
/* "arrived", "there", "begun", "failed", "not tried" */
const char *upload_state_name(enum upload_state s);

struct uploaded {
	enum upload_state state;
	char id[BUNDLE_ID]; /* of the bundle, as its outside says; or "" */
	int64_t bytes;
	int64_t offset;	   /* what the server has */
	const char *proof; /* as place_proof_name; or NULL */
	bool untaken;	   /* it lies there as it came: nobody took it in */
	bool hopeless;	   /* nothing else need be tried there now */
	struct fault fault;
};

struct upload_order {
	struct store *store;
	const struct gate_way *to;
	const struct gate_limits *limits;
	const char *user;
	moment now;
	bool dry_run;
};

/* Borrows the order.  The credentials are opened; nobody is spoken to yet. */
struct uploader *upload_open(const struct upload_order *order,
    struct fault *why);
/* What it cost is noted in the store, whatever happened; NULL is fine. */
int upload_close(struct uploader *u, struct fault *why);

/*
 * One file: its four lines are read strictly, or it fails with
 * FAULT_BUNDLE_... and nothing is sent.  What arrived there before is sent
 * anew only once outbox_is_due says so; where the same still lies there under
 * its name, it is told and not sent.  A bundle that this node made is noted as
 * carried once it arrived.  0 with *out for whatever became of it; -1 if this
 * node itself failed.
 */
int upload_file(struct uploader *u, const struct folder *from, const char *file,
    struct uploaded *out, struct fault *why);

struct upload_cost {
	int64_t sent; /* bytes on the wire */
	int64_t received;
	int64_t twice; /* of files, a second time */
};

struct upload_cost upload_cost(struct uploader *u);
/* The time is up. */
bool upload_ended(struct uploader *u);

#endif
