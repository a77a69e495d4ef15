#include "export/upload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/folder.h"
#include "base/source.h"
#include "crypto/age.h"
#include "crypto/digest.h"
#include "export/outbox.h"
#include "export/overtake.h"
#include "export/partner.h"
#include "export/status.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/store.h"
#include "store/traffic.h"
#include "store/uploads.h"
#include "systems/gate.h"
#include "systems/place.h"

#define PIECE ((size_t)64 * 1024)
#define DAY ((moment)24 * 60 * 60)
#define PRUNE_DAYS 30
#define NAMES_MAX 9 /* that one bundle may have at a place */

struct uploader {
	const struct upload_order *order;
	struct gate *gate;
	struct traffic noted; /* of the meter, what is in the store */
	double moving;	      /* seconds, that are not in the store yet */
	char led[BUNDLE_ID];  /* what a dry run let through last */
};

/* One file on its way. */
struct one {
	struct uploader *by;
	struct place_item item;
	char name[PLACE_NAME];
	uint8_t sha256[32];	/* of the file */
	uint8_t age_sha256[32]; /* of what the bundle was noted by */
	struct bundle_outside outside;
	struct bundle_made made;
	bool ours; /* made is there */
	struct upload row;
	int64_t has; /* what the server said last */
	bool begun;  /* row is one that the server was told of */
	bool again;  /* it had arrived there, long ago */
	bool anew;   /* begun from nothing once in this run */
	bool sent;   /* a byte of it went out in this run */
	int names;   /* under which of its names it goes, from 1 */
	struct uploaded *out;
};

const char *
upload_state_name(enum upload_state s)
{
	static const char *const names[] = {
		[UPLOAD_ARRIVED] = "arrived",
		[UPLOAD_THERE] = "there",
		[UPLOAD_BEGUN] = "begun",
		[UPLOAD_FAILED] = "failed",
		[UPLOAD_NOT_TRIED] = "not tried",
	};

	return names[s];
}

/* --- what it is --- */

/* The four lines, and the rest of what was read with them. */
static int
read_lines(struct one *o, struct source *from, struct digest *whole,
    struct digest *age, struct fault *why)
{
	uint8_t head[BUNDLE_LINES_MAX + sizeof(AGE_VERSION_LINE)];
	struct minisign_signature signature;
	size_t got, at;

	if (source_fill(from, head, sizeof(head), &got, why) == -1 ||
	    bundle_lines_read(head, got, &signature, &o->outside, &at, why) ==
		-1)
		return -1;
	digest_add(whole, head, got);
	digest_add(age, head + at, got - at);
	o->item.size = (int64_t)got;
	return 0;
}

static int
read_rest(struct one *o, struct source *from, struct digest *whole,
    struct digest *age, struct fault *why)
{
	uint8_t piece[PIECE];
	size_t got;

	for (;;) {
		if (source_read(from, piece, sizeof(piece), &got, why) == -1)
			return -1;
		if (got == 0)
			break;
		digest_add(whole, piece, got);
		digest_add(age, piece, got);
		o->item.size += (int64_t)got;
		if ((uint64_t)o->item.size > BUNDLE_SIZE_MAX)
			return FAIL(why, FAULT_BUNDLE_TOO_LARGE,
			    "more than %" PRIu64 " bytes", BUNDLE_SIZE_MAX);
	}
	digest_end(whole, o->sha256);
	digest_end(age, o->age_sha256);
	return 0;
}

/* Nothing but a bundle leaves; and it is known by all of its bytes. */
static int
read_file(struct one *o, struct fault *why)
{
	struct digest *whole = NULL, *age = NULL;
	struct source *from = NULL;
	int fd, rc = -1;

	if ((fd = folder_open_file(o->item.from, o->item.file, why)) == -1)
		return -1;
	if ((from = source_from_fd(fd, o->item.file, why)) != NULL &&
	    (whole = digest_new(DIGEST_SHA256, why)) != NULL &&
	    (age = digest_new(DIGEST_SHA256, why)) != NULL &&
	    read_lines(o, from, whole, age, why) == 0)
		rc = read_rest(o, from, whole, age, why);
	digest_free(age);
	digest_free(whole);
	source_free(from);
	(void)close(fd);
	return rc;
}

/* In a folder of theirs the ticket is the name that it goes under. */
static bool
has_names(const struct one *o)
{
	return place_kind(gate_place(o->by->gate)) != PLACE_TUS;
}

static void
take_name(struct one *o)
{
	size_t len = strlen(o->row.ticket);

	if (has_names(o) && len > 0 && len < sizeof(o->name))
		memcpy(o->name, o->row.ticket, len + 1);
}

static bool
may_be_renamed(const struct one *o)
{
	return has_names(o) && o->names < NAMES_MAX &&
	    (o->again || (o->ours && o->made.carried));
}

/* What this node knows of it: 0, or -1. */
static int
look_up(struct one *o, struct fault *why)
{
	const struct upload_order *order = o->by->order;
	bool due;
	int found;

	found = bundles_made(order->store, o->outside.id, &o->made, why);
	if (found == -1)
		return -1;
	o->ours = found == 1;
	found =
	    uploads_get(order->store, order->to->url, o->sha256, &o->row, why);
	if (found == -1)
		return -1;
	o->begun = found == 1;
	if (o->begun && o->row.arrived == 0) {
		take_name(o);
		return 0;
	}
	if (!o->begun)
		return 0;
	due = o->ours ? outbox_is_due(&o->made, o->row.arrived, order->now) :
			o->row.arrived < order->now - STATUS_LONG_DAYS * DAY;
	if (!due) {
		o->out->state = UPLOAD_THERE;
		return 0;
	}
	o->begun = false;
	o->again = true;
	return 0;
}

/* --- what is kept --- */

/* What came to pass on the way since the last time. */
static int
keep_cost(struct uploader *u, struct fault *why)
{
	const struct place_meter *m = gate_meter(u->gate);
	const struct traffic now = { m->sent, m->received, m->file, 0 };
	const struct traffic more = {
		.sent = now.sent - u->noted.sent,
		.received = now.received - u->noted.received,
		.moved = now.moved - u->noted.moved,
		.milliseconds = (int64_t)(u->moving * 1000),
	};

	if (u->order->dry_run)
		return 0;
	if (traffic_add(u->order->store, u->order->now, &more, why) == -1)
		return -1;
	u->noted = now;
	u->moving = 0;
	return 0;
}

static int
keep_all(struct store *s, void *context, struct fault *why)
{
	struct one *o = context;
	struct uploader *u = o->by;

	if (uploads_put(s, u->order->to->url, &o->row, why) == -1)
		return -1;
	return keep_cost(u, why);
}

static int
keep(struct one *o, struct fault *why)
{
	o->out->offset = o->row.offset;
	return store_transaction(o->by->order->store, keep_all, o, why);
}

static int
keep_arrived(struct store *s, void *context, struct fault *why)
{
	const struct one *o = context;
	const struct upload_order *order = o->by->order;
	char body[192];

	(void)snprintf(body, sizeof(body),
	    "{\"bundle\":\"%s\",\"seq\":%" PRId64 ",\"proof\":\"%s\"}",
	    o->outside.id, o->outside.seq, o->row.proof);
	if (keep_all(s, context, why) == -1 ||
	    (o->ours && bundles_set_carried(s, o->outside.id, why) == -1))
		return -1;
	return journal_add(s, ACT_BUNDLE_CARRIED, order->now, order->user, body,
	    why);
}

/* --- the way --- */

/*
 * How one try ended.  What the server did is in out->fault; TRY_FAILED is this
 * node's own trouble.
 */
enum try {
	TRY_FAILED = -1,
	TRY_BROKE,
	TRY_DONE,
	TRY_ENDED,
	TRY_ANEW,
	TRY_LOST /* with this file it would go round for ever */
};

/*
 * What the server had of it is gone, or is not to be used.  A second time in
 * one run, no: it would go round for ever.
 */
static enum try
begin_anew(struct one *o, enum fault_id otherwise, struct fault *why)
{
	const struct upload_order *order = o->by->order;

	if (uploads_drop(order->store, order->to->url, o->sha256, why) == -1)
		return TRY_FAILED;
	o->begun = false;
	if (!o->anew) {
		o->anew = true;
		return TRY_ANEW;
	}
	fault_set(&o->out->fault, otherwise, "and so it was when sent anew");
	return TRY_LOST;
}

/*
 * Its name is taken there.  Where it had arrived before, that may be what was
 * damaged since: under another name it does arrive, and twice counts once.
 */
static enum try
rename_it(struct one *o)
{
	if (o->out->fault.id != FAULT_PLACE_TAKEN || !may_be_renamed(o))
		return TRY_BROKE;
	o->names++;
	(void)snprintf(o->name, sizeof(o->name), "%.8s-%d.satchel",
	    o->outside.id, o->names);
	o->begun = false;
	return TRY_ANEW;
}

static enum try
begin(struct one *o, struct fault *why)
{
	struct gate *g = o->by->gate;
	const int64_t before = gate_meter(g)->file;

	o->row = (struct upload){ .bytes = o->item.size,
		.begun = o->by->order->now };
	memcpy(o->row.sha256, o->sha256, sizeof(o->sha256));
	memcpy(o->row.bundle, o->outside.id, sizeof(o->outside.id));
	if (place_begin(gate_place(g), &o->item, o->row.ticket, &o->has,
		&o->out->fault) == -1)
		return rename_it(o);
	gate_met(g);
	o->begun = true;
	o->row.offset = o->has;
	o->row.given = gate_meter(g)->file - before;
	if (has_names(o))
		memcpy(o->row.ticket, o->name, sizeof(o->name));
	o->sent = o->sent || gate_meter(g)->file > before;
	return keep(o, why) == -1 ? TRY_FAILED : TRY_DONE;
}

/*
 * What never left for there cannot be there.  Of an upload server that is a
 * lie, and its upload is not gone on with; in a folder others may have written,
 * and what is whole there is compared.
 */
static enum try
doubt(struct one *o, struct fault *why)
{
	const struct upload_order *order = o->by->order;

	if (has_names(o))
		return begin_anew(o, FAULT_SERVER_ANSWER, why);
	if (uploads_drop(order->store, order->to->url, o->sha256, why) == -1)
		return TRY_FAILED;
	o->begun = false;
	fault_set(&o->out->fault, FAULT_SERVER_ANSWER,
	    "it says that it has more than was sent");
	return TRY_BROKE;
}

/* The server's word counts, as far as it can be true. */
static enum try
ask_offset(struct one *o, struct fault *why)
{
	struct gate *g = o->by->gate;
	int64_t offset = 0;
	int known;

	known = place_offset(gate_place(g), &o->item, o->row.ticket, &offset,
	    &o->out->fault);
	if (known == -1)
		return rename_it(o);
	gate_met(g);
	if (known == 0)
		return begin_anew(o, FAULT_SERVER_TROUBLE, why);
	if (offset < 0 || offset > o->item.size) {
		fault_set(&o->out->fault, FAULT_SERVER_ANSWER,
		    "it says that it has more than there is");
		return TRY_BROKE;
	}
	if (offset > o->row.given && (!has_names(o) || offset < o->item.size))
		return doubt(o, why);
	if (offset < o->row.proven)
		o->row.proven = 0;
	o->has = o->row.offset = offset;
	return TRY_DONE;
}

/*
 * Where the line broke, or the time is up, what the server has is not known:
 * what left this machine stands for it until it is asked again.
 */
static void
estimate(struct one *o, int64_t left, bool answered)
{
	if (left > o->item.size)
		left = o->item.size;
	o->row.offset = o->has;
	if (left > o->has && !answered)
		o->row.offset = left;
	o->out->estimated = o->row.offset > o->has;
	if (left > o->row.given)
		o->row.given = left;
}

static enum try
send_on(struct one *o, struct fault *why)
{
	struct gate *g = o->by->gate;
	const int64_t from = o->has, before = gate_meter(g)->file;
	const int64_t given = o->row.given;
	double start;
	int rc;

	/* Should this be all that is noted of it, all of it may have left. */
	o->row.given = o->item.size;
	if (keep(o, why) == -1)
		return TRY_FAILED;
	o->row.given = given;
	start = clock_elapsed();
	rc = place_send(gate_place(g), &o->item, o->row.ticket, &o->has,
	    &o->out->fault);
	o->by->moving += clock_elapsed() - start;
	o->sent = o->sent || gate_meter(g)->file > before;
	estimate(o, from + gate_meter(g)->file - before,
	    rc == -1 && o->out->fault.id != FAULT_SERVER_BROKE_OFF);
	if (keep(o, why) == -1)
		return TRY_FAILED;
	if (rc == -1)
		return TRY_BROKE;
	return o->has < o->item.size ? TRY_ENDED : TRY_DONE;
}

static enum try
prove(struct one *o, struct fault *why)
{
	struct gate *g = o->by->gate;
	enum place_proof proof;

	o->item.sent = o->row.given >= o->item.size;
	if (place_prove(gate_place(g), &o->item, o->row.ticket, &o->row.proven,
		&proof, &o->out->fault) == -1) {
		if (o->out->fault.id == FAULT_PLACE_DIFFERS)
			return begin_anew(o, FAULT_PLACE_DIFFERS, why);
		return keep(o, why) == -1 ? TRY_FAILED : rename_it(o);
	}
	o->row.arrived = o->by->order->now;
	o->row.ticket[0] = '\0';
	o->out->proof = place_proof_name(proof);
	(void)snprintf(o->row.proof, sizeof(o->row.proof), "%s", o->out->proof);
	o->out->offset = o->row.offset;
	return store_transaction(o->by->order->store, keep_arrived, o, why) ==
		-1 ?
	    TRY_FAILED :
	    TRY_DONE;
}

static enum try
try_once(struct one *o, struct fault *why)
{
	enum try now = o->begun ? ask_offset(o, why) : begin(o, why);

	if (now == TRY_DONE && o->has < o->item.size)
		now = send_on(o, why);
	if (now == TRY_DONE)
		now = prove(o, why);
	return now;
}

/* How it stands when nothing more is tried. */
static void
give_up(struct one *o, enum try how)
{
	struct uploaded *out = o->out;

	out->state = o->begun ? UPLOAD_BEGUN : UPLOAD_FAILED;
	if (how == TRY_LOST) {
		out->state = UPLOAD_FAILED;
		return;
	}
	if (how == TRY_ENDED || gate_timed_out(o->by->gate, &out->fault)) {
		out->state = o->begun ? UPLOAD_BEGUN : UPLOAD_NOT_TRIED;
		out->fault.id = FAULT_NONE;
		return;
	}
	/* What was tried again and again in vain stops the others, too. */
	out->hopeless = place_hopeless(&out->fault) ||
	    out->fault.id == FAULT_SERVER_BROKE_OFF ||
	    out->fault.id == FAULT_SERVER_BUSY ||
	    out->fault.id == FAULT_SERVER_TROUBLE;
	if (!out->hopeless)
		out->state = UPLOAD_FAILED;
}

static int
go(struct one *o, struct fault *why)
{
	const struct place_meter *m = gate_meter(o->by->gate);
	const int64_t twice = m->twice;
	int64_t has, proven, tries = 0;
	enum try now;
	bool came;

	for (;;) {
		has = o->has;
		proven = o->row.proven;
		now = try_once(o, why);
		if (now == TRY_FAILED)
			return -1;
		if (now == TRY_DONE)
			break;
		if (now == TRY_ANEW)
			continue;
		if (now == TRY_BROKE && m->twice - twice > 2 * o->item.size) {
			fault_set(&o->out->fault, FAULT_SERVER_TROUBLE,
			    "it loses what it was sent, again and again");
			now = TRY_LOST;
		}
		came = o->has > has || o->row.proven > proven;
		if (now == TRY_ENDED || now == TRY_LOST ||
		    !gate_again(o->by->gate, &o->out->fault, came, &tries)) {
			give_up(o, now);
			return 0;
		}
	}
	o->out->fault.id = FAULT_NONE;
	o->out->estimated = false;
	o->out->untaken = o->again && !o->sent;
	o->out->state = o->out->untaken ? UPLOAD_THERE : UPLOAD_ARRIVED;
	return 0;
}

/* 0; or -1, if that is this node's own trouble. */
static int
may_not(const struct uploaded *out, struct fault *why)
{
	if (fault_text(out->fault.id)->exit_status != EXIT_INSIDE)
		return 0;
	*why = out->fault;
	return -1;
}

/*
 * May it go at all, and now?  1, or 0 with out->fault; -1.  What is not ours was
 * judged by who made it.
 */
static int
may_go(struct one *o, struct fault *why)
{
	const struct upload_order *order = o->by->order;
	const struct partner_question q = { order->store, order->agreement,
		order->self };
	struct uploaded *out = o->out;
	const struct node *receiver;
	struct bundle_made ahead;
	int found;

	if (!o->ours)
		return 1;
	if (partner_find(&q, o->made.receiver, &receiver, &out->fault) == -1)
		return may_not(out, why);
	if (order->unpacked)
		return 1;
	found =
	    overtake_find(order->store, o->made.receiver, &ahead, &out->fault);
	if (found == -1)
		return may_not(out, why);
	if (found == 0 || !overtake_is_older(&o->made, &ahead) ||
	    strcmp(o->by->led, ahead.id) == 0)
		return 1;
	found = uploads_arrived(order->store, order->to->url, ahead.id, why);
	if (found != 0)
		return found;
	memcpy(out->ahead, ahead.id, sizeof(out->ahead));
	fault_set(&out->fault, FAULT_NODE_RECALL_FIRST, "number %" PRId64,
	    ahead.sequence);
	return 0;
}

int
upload_file(struct uploader *u, const struct folder *from, const char *file,
    struct uploaded *out, struct fault *why)
{
	struct one o = { .by = u, .out = out, .names = 1 };
	int may;

	*out = (struct uploaded){ .state = UPLOAD_NOT_TRIED };
	o.item.from = from;
	o.item.file = file;
	o.item.name = o.name;
	o.item.sha256 = o.sha256;
	if (read_file(&o, &out->fault) == -1) {
		out->state = UPLOAD_FAILED;
		return 0;
	}
	out->fault.id = FAULT_NONE;
	memcpy(out->id, o.outside.id, sizeof(out->id));
	out->bytes = o.item.size;
	(void)snprintf(o.name, sizeof(o.name), "%.8s.satchel", o.outside.id);
	if (look_up(&o, why) == -1)
		return -1;
	if (o.ours &&
	    memcmp(o.made.sha256, o.age_sha256, sizeof(o.age_sha256)) != 0) {
		fault_set(&out->fault, FAULT_BUNDLE_SIGNATURE,
		    "it is not what was made under that number");
		out->state = UPLOAD_FAILED;
		return 0;
	}
	out->offset = o.begun ? o.row.offset : 0;
	if (out->state == UPLOAD_THERE)
		return 0;
	if ((may = may_go(&o, why)) == -1)
		return -1;
	if (may == 0) {
		out->state = UPLOAD_FAILED;
		return 0;
	}
	if (u->order->dry_run)
		memcpy(u->led, o.outside.id, sizeof(u->led));
	if (u->order->dry_run || gate_ended(u->gate))
		return 0;
	return go(&o, why);
}

/* --- all of it --- */

struct uploader *
upload_open(const struct upload_order *order, struct fault *why)
{
	struct uploader *u = calloc(1, sizeof(*u));

	if (u == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "upload");
		return NULL;
	}
	u->order = order;
	if ((!order->dry_run &&
		uploads_prune(order->store, order->now - PRUNE_DAYS * DAY,
		    why) == -1) ||
	    (u->gate = gate_open(order->to, order->limits, why)) == NULL) {
		free(u);
		return NULL;
	}
	return u;
}

int
upload_close(struct uploader *u, struct fault *why)
{
	int rc;

	if (u == NULL)
		return 0;
	rc = keep_cost(u, why);
	gate_close(u->gate);
	free(u);
	return rc;
}

struct upload_cost
upload_cost(struct uploader *u)
{
	const struct place_meter *m = gate_meter(u->gate);

	return (struct upload_cost){ m->sent, m->received, m->twice };
}

bool
upload_ended(struct uploader *u)
{
	return gate_ended(u->gate);
}
