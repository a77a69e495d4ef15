#include "import/fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/sink.h"
#include "crypto/age.h"
#include "store/bundles.h"
#include "store/lying.h"
#include "store/store.h"
#include "store/traffic.h"
#include "systems/gate.h"
#include "systems/place.h"

#define HEAD ((size_t)BUNDLE_LINES_MAX + sizeof(AGE_VERSION_LINE))
#define ENTRIES_MAX ((size_t)256 * 1024 * 1024)
#define NAMES_MAX 99 /* that one bundle's id may have in a folder */

/* Something there that may be a bundle. */
struct entry {
	struct place_found found;
	struct lying_known known; /* bundle "": not looked at yet */
};

struct fetch {
	const struct fetch_order *order;
	struct fetch_total *out;
	struct gate *gate;
	struct bytes entries;
	struct traffic noted; /* of the meter, what is in the store */
	double moving;	      /* seconds, that are not in the store yet */
};

/* One of them as it is fetched. */
struct one {
	struct fetch *by;
	struct entry *e;
	struct bytes head; /* its first bytes, if it was looked at now */
	int fd;		   /* of its part; -1 */
	int64_t have;
	int64_t tries;
	struct fetched told;
};

/* As of an upload: what the server did is in told.fault. */
enum try { TRY_FAILED = -1, TRY_BROKE, TRY_DONE, TRY_ENDED };

const char *
fetch_state_name(enum fetch_state s)
{
	static const char *const names[] = {
		[FETCH_CAME] = "came",
		[FETCH_BEGUN] = "begun",
		[FETCH_FAILED] = "failed",
		[FETCH_NOT_TRIED] = "not tried",
	};

	return names[s];
}

static int64_t
largest(const struct fetch *f)
{
	const int64_t most = (int64_t)BUNDLE_SIZE_MAX;

	return f->order->largest > 0 && f->order->largest < most ?
	    f->order->largest :
	    most;
}

/* --- what lies there --- */

static struct lying
lying_of(const struct entry *e)
{
	return (struct lying){ e->found.name, e->found.size, e->found.changed };
}

static int
note_lying(const struct fetch *f, const struct entry *e, struct fault *why)
{
	const struct lying l = lying_of(e);

	if (f->order->dry_run)
		return 0;
	return lying_put(f->order->store, f->order->from->url, &l, &e->known,
	    f->order->now, why);
}

/* Of a file that has no time nobody knows that it is the one of last time. */
static int
saw_found(const struct place_found *found, void *context, struct fault *why)
{
	struct fetch *f = context;
	struct entry e = { .found = *found };
	const struct lying l = lying_of(&e);
	int known;

	known =
	    lying_get(f->order->store, f->order->from->url, &l, &e.known, why);
	if (known == -1)
		return -1;
	if (known == 1 && e.known.bundle[0] == '\0' && found->changed != 0) {
		f->out->seen++;
		return 0;
	}
	return bytes_add(&f->entries, &e, sizeof(e), why);
}

/* Small before large: a recall is small. */
static int
by_size(const void *a, const void *b)
{
	const struct entry *l = a, *r = b;
	const uint64_t left = (uint64_t)l->found.size;
	const uint64_t right = (uint64_t)r->found.size;

	if (left != right)
		return left < right ? -1 : 1;
	return strcmp(l->found.name, r->found.name);
}

/*
 * A list that breaks off is asked for once more from its start.  What stops it
 * for good is in out->hopeless.
 */
static enum try
list(struct fetch *f, struct fault *why)
{
	int64_t tries = 0;
	struct fault trouble;

	for (;;) {
		bytes_empty(&f->entries);
		f->out->foreign = f->out->seen = 0;
		if (place_list(gate_place(f->gate), saw_found, f, &trouble) ==
		    0)
			break;
		if (fault_text(trouble.id)->exit_status == EXIT_INSIDE) {
			*why = trouble;
			return TRY_FAILED;
		}
		if (gate_again(f->gate, &trouble, false, &tries))
			continue;
		if (gate_timed_out(f->gate, &trouble))
			return TRY_ENDED;
		f->out->hopeless = trouble;
		return TRY_BROKE;
	}
	gate_met(f->gate);
	if (f->entries.len > 0)
		qsort(f->entries.at, f->entries.len / sizeof(struct entry),
		    sizeof(struct entry), by_size);
	return TRY_DONE;
}

/* --- looking at one --- */

/* Bytes of it into `into`; told.fault where it broke off. */
static enum try
get(struct one *o, int64_t from, int64_t to, struct sink *into)
{
	struct fetch *f = o->by;
	const struct place_span span = { from, to };
	double start = clock_elapsed();
	int64_t got = 0;
	int rc;

	rc = place_get(gate_place(f->gate), &o->e->found, &span, into, &got,
	    &o->told.fault);
	f->moving += clock_elapsed() - start;
	if (rc == -1)
		return gate_timed_out(f->gate, &o->told.fault) ? TRY_ENDED :
								 TRY_BROKE;
	gate_met(f->gate);
	if (gate_meter(f->gate)->ended && (to == -1 || from + got < to))
		return TRY_ENDED;
	return TRY_DONE;
}

static enum try
get_head(struct one *o, struct fault *why)
{
	const int64_t size = o->e->found.size;
	const int64_t to =
	    size >= 0 && size < (int64_t)HEAD ? size : (int64_t)HEAD;
	struct sink *into;
	enum try now;

	for (;;) {
		bytes_empty(&o->head);
		if ((into = bytes_sink_new(&o->head, why)) == NULL)
			return TRY_FAILED;
		now = get(o, 0, to, into);
		sink_free(into);
		if (now != TRY_BROKE ||
		    !gate_again(o->by->gate, &o->told.fault, false, &o->tries))
			break;
	}
	return now == TRY_BROKE && gate_timed_out(o->by->gate, &o->told.fault) ?
	    TRY_ENDED :
	    now;
}

/* Its own name here, whatever else lies in the folder. */
static int
choose_name(struct one *o, struct fault *why)
{
	struct lying_known *k = &o->e->known;
	char part[sizeof(k->file) + 8];

	for (int n = 1; n <= NAMES_MAX; n++) {
		if (n == 1)
			(void)snprintf(k->file, sizeof(k->file), "%.8s.satchel",
			    k->bundle);
		else
			(void)snprintf(k->file, sizeof(k->file),
			    "%.8s-%d.satchel", k->bundle, n);
		(void)snprintf(part, sizeof(part), "%s.part", k->file);
		if (!folder_has(o->by->order->into, k->file) &&
		    !folder_has(o->by->order->into, part))
			return 0;
	}
	return FAIL(why, FAULT_DISK_EXISTS, "%s", k->file);
}

/* By the first bytes: a bundle, or nothing that is looked at again. */
static enum try
look(struct one *o, struct fault *why)
{
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct entry *e = o->e;
	enum try now;
	size_t at;

	memset(&e->known, 0, sizeof(e->known));
	if ((now = get_head(o, why)) != TRY_DONE)
		return now;
	if (bundle_lines_read(o->head.at, o->head.len, &signature, &outside,
		&at, &o->told.fault) == -1) {
		if (o->told.fault.id == FAULT_BUNDLE_NOT_ONE) {
			o->told.fault.id = FAULT_NONE;
			o->by->out->foreign++;
		}
		/* A newer program will read it: it stays loud until then. */
		if (o->told.fault.id == FAULT_BUNDLE_NEWER)
			return TRY_BROKE;
		return note_lying(o->by, e, why) == -1 ? TRY_FAILED : TRY_BROKE;
	}
	memcpy(e->known.bundle, outside.id, sizeof(outside.id));
	memcpy(o->told.id, outside.id, sizeof(outside.id));
	return TRY_DONE;
}

/* --- one into the folder --- */

/* 1: it is in this node or in the folder; 0: it is not. */
static int
is_here(struct one *o, struct fault *why)
{
	const struct fetch_order *order = o->by->order;
	struct entry *e = o->e;
	bool made, imported;

	if (bundles_known(order->store, e->known.bundle, &made, why) == -1 ||
	    bundles_imported(order->store, e->known.bundle, &imported, why) ==
		-1)
		return -1;
	if (made || imported) {
		memset(&e->known, 0, sizeof(e->known));
		return note_lying(o->by, e, why) == -1 ? -1 : 1;
	}
	return e->known.file[0] != '\0' &&
	    folder_has(order->into, e->known.file);
}

/* What was fetched by looking is the beginning of it. */
static int
begin_part(struct one *o, struct fault *why)
{
	struct folder *into = o->by->order->into;
	const struct entry *e = o->e;
	char part[sizeof(e->known.file) + 8];
	uint64_t need, room;
	struct sink *to;
	int rc = 0;

	(void)snprintf(part, sizeof(part), "%s.part", e->known.file);
	if (o->head.len > 0 && folder_has(into, part) &&
	    folder_remove(into, part, why) == -1)
		return -1;
	o->fd = folder_open_part(into, e->known.file, &o->have, why);
	if (o->fd == -1)
		return -1;
	need =
	    e->found.size > o->have ? (uint64_t)(e->found.size - o->have) : 0;
	if (folder_takes(into, need, &room, why) == -1)
		return -1;
	if (o->have > 0 || o->head.len == 0)
		return 0;
	if ((to = sink_new_file(o->fd, why)) == NULL)
		return -1;
	rc = sink_write(to, o->head.at, o->head.len, why);
	if (rc == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	o->have = (int64_t)o->head.len;
	return rc;
}

/* The disk's own word for how much of it is here. */
static int
measure(struct one *o, struct fault *why)
{
	o->have = (int64_t)lseek(o->fd, 0, SEEK_END);
	return o->have == -1 ?
	    FAIL(why, FAULT_DISK_NOT_READ, "%s", o->e->known.file) :
	    0;
}

static enum try
get_rest(struct one *o, struct fault *why)
{
	const int64_t size = o->e->found.size;
	const int64_t to = size >= 0 ? size : largest(o->by) + 1;
	struct sink *into;
	enum try now;

	if (o->have >= to)
		return TRY_DONE;
	if ((into = sink_new_file(o->fd, why)) == NULL)
		return TRY_FAILED;
	now = get(o, o->have, to, into);
	sink_free(into);
	if (measure(o, why) == -1)
		return TRY_FAILED;
	if (now == TRY_DONE && size >= 0 && o->have < size) {
		fault_set(&o->told.fault, FAULT_SERVER_BROKE_OFF,
		    "fewer bytes than were listed");
		return TRY_BROKE;
	}
	return now;
}

/* As long as listed, and a bundle's four lines of that id. */
static int
check_whole(struct one *o)
{
	const int64_t size = o->e->found.size;
	struct fault *why = &o->told.fault;
	struct minisign_signature signature;
	struct bundle_outside outside;
	uint8_t head[HEAD];
	size_t at;
	ssize_t got;

	if (size >= 0 ? o->have != size : o->have > largest(o->by))
		return FAIL(why,
		    size >= 0 ? FAULT_PLACE_CHANGED : FAULT_BUNDLE_TOO_LARGE,
		    "%" PRId64 " bytes came", o->have);
	if ((got = pread(o->fd, head, sizeof(head), 0)) < 0)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", o->e->known.file);
	if (bundle_lines_read(head, (size_t)got, &signature, &outside, &at,
		why) == -1)
		return -1;
	if (strcmp(outside.id, o->e->known.bundle) != 0)
		return FAIL(why, FAULT_PLACE_CHANGED, "another bundle came");
	return 0;
}

/* What came is none that can be gone on with: nothing of it is kept. */
static int
drop_part(struct one *o, struct fault *why)
{
	char part[sizeof(o->e->known.file) + 8];

	(void)snprintf(part, sizeof(part), "%s.part", o->e->known.file);
	if (folder_remove(o->by->order->into, part, why) == -1)
		return -1;
	memset(&o->e->known, 0, sizeof(o->e->known));
	o->have = 0;
	return 0;
}

static enum try
bring(struct one *o, struct fault *why)
{
	int64_t before;
	enum try now;

	for (;;) {
		before = o->have;
		now = get_rest(o, why);
		if (now != TRY_BROKE ||
		    !gate_again(o->by->gate, &o->told.fault, o->have > before,
			&o->tries))
			break;
	}
	if (now == TRY_BROKE && gate_timed_out(o->by->gate, &o->told.fault))
		now = TRY_ENDED;
	if (now == TRY_BROKE && o->told.fault.id == FAULT_PLACE_CHANGED)
		return drop_part(o, why) == -1 ? TRY_FAILED : TRY_BROKE;
	if (now != TRY_DONE)
		return now;
	if (check_whole(o) == -1)
		return drop_part(o, why) == -1 ? TRY_FAILED : TRY_BROKE;
	return folder_end_part(o->by->order->into, o->e->known.file, o->fd,
		   why) == -1 ?
	    TRY_FAILED :
	    TRY_DONE;
}

/* --- one after the other --- */

static void
tell(struct one *o, enum try how)
{
	struct fetch *f = o->by;
	struct fetched *t = &o->told;
	const struct fault *why = &t->fault;

	t->bytes = o->e->found.size;
	t->have = o->have;
	t->name = how == TRY_DONE || o->have > 0 ? o->e->known.file : "";
	t->state = how == TRY_DONE ? FETCH_CAME :
	    o->have > 0		   ? FETCH_BEGUN :
	    how == TRY_ENDED	   ? FETCH_NOT_TRIED :
				     FETCH_FAILED;
	if (how != TRY_BROKE) {
		t->fault.id = FAULT_NONE;
	} else if (place_hopeless(why) || why->id == FAULT_SERVER_BROKE_OFF ||
	    why->id == FAULT_SERVER_BUSY || why->id == FAULT_SERVER_TROUBLE) {
		f->out->hopeless = *why;
		t->hopeless = true;
	}
	f->out->came += t->state == FETCH_CAME;
	f->out->begun += t->state == FETCH_BEGUN || t->state == FETCH_NOT_TRIED;
	f->out->failed += t->state == FETCH_FAILED;
	if (f->order->took != NULL)
		f->order->took(f->order->context, t);
}

/* It is noted what it will be called here before a byte of it is kept. */
static enum try
fetch_new(struct one *o, struct fault *why)
{
	const struct place_found *found = &o->e->found;

	if (found->size > largest(o->by)) {
		fault_set(&o->told.fault, FAULT_BUNDLE_TOO_LARGE,
		    "%" PRId64 " bytes, and --largest is %" PRId64, found->size,
		    largest(o->by));
		return TRY_BROKE;
	}
	if (o->by->order->dry_run)
		return TRY_ENDED;
	if (o->head.len > 0 && choose_name(o, why) == -1)
		return TRY_FAILED;
	if (note_lying(o->by, o->e, why) == -1 || begin_part(o, why) == -1)
		return TRY_FAILED;
	return bring(o, why);
}

static enum try
fetch_entry(struct one *o, struct fault *why)
{
	enum try now;
	int here;

	memcpy(o->told.id, o->e->known.bundle, sizeof(o->told.id));
	if (o->e->known.bundle[0] == '\0') {
		now = look(o, why);
		if (now == TRY_BROKE && o->told.fault.id == FAULT_NONE)
			return TRY_DONE; /* it is none */
		if (now != TRY_DONE) {
			if (now != TRY_FAILED)
				tell(o, now);
			return now;
		}
	}
	if ((here = is_here(o, why)) == -1)
		return TRY_FAILED;
	if (here == 1) {
		o->by->out->known++;
		return TRY_DONE;
	}
	now = fetch_new(o, why);
	if (now != TRY_FAILED)
		tell(o, now);
	return now;
}

static int
keep_cost(struct fetch *f, struct fault *why)
{
	const struct place_meter *m = gate_meter(f->gate);
	const struct traffic now = { m->sent, m->received, m->file, 0 };
	const struct traffic more = {
		.sent = now.sent - f->noted.sent,
		.received = now.received - f->noted.received,
		.moved = now.moved - f->noted.moved,
		.milliseconds = (int64_t)(f->moving * 1000),
	};

	f->out->sent = now.sent;
	f->out->received = now.received;
	if (f->order->dry_run)
		return 0;
	if (traffic_add(f->order->store, f->order->now, &more, why) == -1)
		return -1;
	f->noted = now;
	f->moving = 0;
	return 0;
}

static int
fetch_one(struct fetch *f, struct entry *e, struct fault *why)
{
	struct one o = { .by = f, .e = e, .fd = -1 };
	enum try now;

	o.told.name = "";
	bytes_init(&o.head, HEAD);
	now = fetch_entry(&o, why);
	if (o.fd != -1)
		(void)close(o.fd);
	bytes_free(&o.head);
	if (now == TRY_FAILED)
		return -1;
	return 0;
}

static int
fetch_all(struct fetch *f, struct fault *why)
{
	struct entry *entries;
	size_t count;

	switch (list(f, why)) {
	case TRY_FAILED:
		return -1;
	case TRY_DONE:
		break;
	default:
		return 0;
	}
	entries = (struct entry *)(void *)f->entries.at;
	count = f->entries.len / sizeof(*entries);
	for (size_t i = 0; i < count && f->out->hopeless.id == FAULT_NONE &&
	     !gate_ended(f->gate);
	     i++)
		if (fetch_one(f, &entries[i], why) == -1)
			return -1;
	return 0;
}

int
fetch_run(const struct fetch_order *order, struct fetch_total *out,
    struct fault *why)
{
	struct fetch f = { .order = order, .out = out };
	struct fault second;
	int rc;

	memset(out, 0, sizeof(*out));
	bytes_init(&f.entries, ENTRIES_MAX);
	if ((f.gate = gate_open(order->from, order->limits, why)) == NULL)
		return -1;
	rc = fetch_all(&f, why);
	if (keep_cost(&f, rc == 0 ? why : &second) == -1)
		rc = -1;
	out->ended = gate_ended(f.gate);
	gate_close(f.gate);
	bytes_free(&f.entries);
	return rc;
}

int
fetch_settle(struct store *s, const char *name, struct fault *why)
{
	return lying_settle(s, name, why);
}
