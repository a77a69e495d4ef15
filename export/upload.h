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

struct agreement;
struct folder;
struct gate_limits;
struct gate_way;
struct node;
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
	bool estimated;	   /* the offset is what left here, and not its word */
	/* It waits for that bundle, which holds what was withdrawn; or "". */
	char ahead[BUNDLE_ID];
	bool untaken;  /* it lies there as it came: nobody took it in */
	bool hopeless; /* nothing else need be tried there now */
	struct fault fault;
};

struct upload_order {
	struct store *store;
	const struct gate_way *to;
	const struct gate_limits *limits;
	const struct agreement *agreement;
	const struct node *self;
	const char *user;
	moment now;
	bool dry_run;
	/* Nothing is packed in this dry run: a withdrawal may be in no bundle. */
	bool unpacked;
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
 * carried once it arrived; to an office that may get nothing it is not sent
 * (as partner_find), and not ahead of what was withdrawn since: then ahead is
 * the bundle that has to arrive there first, FAULT_NODE_RECALL_FIRST, or it is
 * in none yet.  Where its name is taken by what went before and cannot be
 * trusted, it gets another.  0 with *out for whatever became of it; -1 if this
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
