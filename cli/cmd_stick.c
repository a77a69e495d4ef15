#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/bringing.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/made.h"
#include "cli/node.h"
#include "cli/round.h"
#include "cli/say.h"
#include "export/carry.h"
#include "export/export.h"
#include "export/outbox.h"
#include "export/overtake.h"
#include "export/status.h"
#include "store/bundles.h"

#define ARENA ((size_t)256 * 1024 * 1024)
#define NAMES_MAX ((size_t)16 * 1024 * 1024)
#define JSON_MAX ((size_t)32 * 1024 * 1024)
#define NAMES 9 /* of one bundle, on one stick */
#define NAME_ROOM sizeof(((struct bundle_made *)0)->name)
/* One small bundle; the sizes of those that wait are asked one by one. */
#define LEAST_ROOM ((uint64_t)64 * 1024)

enum { OPT_DRY_RUN };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct bringing in;
	struct folder *stick;
	struct folder *outbox;
	struct round round;
	bool dry_run;
	struct fault closed; /* why nothing can be written; FAULT_NONE */
	struct fault failed; /* the first that could not be carried */
	size_t brought;
	size_t put_out;
	size_t there; /* on the stick already, and due */
	size_t not_put_out;
	struct bytes ours;	/* on the stick: id and name, each with NUL */
	struct bytes removable; /* names, each ended by NUL */
	size_t removable_count;
	struct fault inside; /* of the hook, which cannot fail */
};

/* --- what is on the stick --- */

static void
took(void *context, const char *name, const struct imported *out)
{
	struct run *r = context;

	r->brought += out->state == IMPORT_IMPORTED;
	if (out->state == IMPORT_MADE &&
	    bytes_add(&r->ours, out->outside.id, sizeof(out->outside.id),
		&r->inside) == 0)
		(void)bytes_add(&r->ours, name, strlen(name) + 1, &r->inside);
}

/*
 * A bundle of ours whose receiver has it need not lie there any more; the word
 * of that may have come on this very stick.
 */
static int
find_removable(struct run *r, struct fault *why)
{
	const char *at = (const char *)r->ours.at, *end = at + r->ours.len;
	struct bundle_made made;
	const char *name;
	int found;

	for (; at < end; at = name + strlen(name) + 1) {
		name = at + BUNDLE_ID;
		found = bundles_made(r->home.store, at, &made, why);
		if (found == -1)
			return -1;
		if (found == 0 || made.acknowledged == 0)
			continue;
		if (bytes_add(&r->removable, name, strlen(name) + 1, why) == -1)
			return -1;
		r->removable_count++;
	}
	return 0;
}

static int
bring_in(struct run *r, struct fault *why)
{
	r->inside.id = FAULT_NONE;
	if (bringing_run(&r->in, r->args->operands, 1, why) == -1)
		return -1;
	if (r->inside.id != FAULT_NONE) {
		*why = r->inside;
		return -1;
	}
	say_line(r->say, "%s: %zu",
	    r->dry_run ? "Would be brought in" : "Brought in", r->brought);
	return find_removable(r, why);
}

/* --- what is due --- */

static void
keep_failed(struct run *r, const struct fault *why)
{
	r->not_put_out++;
	if (r->failed.id == FAULT_NONE)
		r->failed = *why;
}

static void
saw_carried(void *context, const struct bundle_made *b)
{
	struct run *r = context;

	r->put_out++;
	made_say(r->say, b, r->home.identity.node, NULL);
}

static int
make_new(struct run *r, const struct status_partner *p, struct fault *why)
{
	struct exported out;

	if (round_make(&r->round, p, &out, why) == -1)
		return -1;
	r->put_out += r->dry_run;
	if (out.not_carried.id != FAULT_NONE)
		keep_failed(r, &out.not_carried);
	return 0;
}

/* The name of a bundle, or the next one where another file has that. */
static void
name_nth(const struct bundle_made *b, int nth, char out[static NAME_ROOM])
{
	const char *dot = strrchr(b->name, '.');

	if (nth == 1 || dot == NULL)
		(void)snprintf(out, NAME_ROOM, "%s", b->name);
	else
		(void)snprintf(out, NAME_ROOM, "%.*s-%d%s",
		    (int)(dot - b->name), b->name, nth, dot);
}

static void
say_other(struct run *r, const char *name)
{
	say_notice(r->say,
	    "%s on the stick is not the bundle of that name: it is cut short, "
	    "or another file.",
	    name);
	say_next(r->say, "Remove %s from the stick; the bundle is beside it.",
	    name);
}

/*
 * The same bytes, under another name where a file that is none of it has its
 * own: names mean nothing to who reads them.
 */
static int
put(struct run *r, const struct bundle_made *b, struct fault *why)
{
	const struct carrier by = {
		.store = r->home.store,
		.outbox = r->outbox,
		.out = r->stick,
		.user = r->in.by.user,
		.now = r->in.by.now,
	};
	struct bundle_made named = *b;
	int there = 0, nth = 0;

	while (there == 0 && nth++ < NAMES) {
		name_nth(b, nth, named.name);
		if (!folder_has(r->stick, named.name))
			break;
		if ((there = carry_is_there(&by, &named, why)) == -1)
			return -1;
		if (there == 0)
			say_other(r, named.name);
	}
	if (there == 1 && b->carried) {
		r->there++;
		return 0;
	}
	if (nth > NAMES)
		return FAIL(why, FAULT_DISK_EXISTS, "%s", b->name);
	if (!r->dry_run && carry_made(&by, &named, why) == -1)
		return -1;
	r->put_out++;
	made_say(r->say, &named, r->home.identity.node, NULL);
	return 0;
}

/*
 * Made before: the same bytes, as long as nobody says that they arrived.  What
 * was withdrawn since goes first, once more if need be.
 */
static int
carry_again(struct run *r, const char *node, const struct bundle_made *ahead,
    struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	struct fault trouble;
	bool is_ahead, gone = false;
	int more;

	while ((more = bundles_made_after(r->home.store, node, &b, &b, why)) ==
	    1) {
		is_ahead = ahead != NULL && strcmp(b.id, ahead->id) == 0;
		/* Copying costs nothing: whether a server has it is not asked. */
		if (!outbox_is_due(&b, 0, r->in.by.now) || (is_ahead && gone))
			continue;
		if (ahead != NULL && !gone && overtake_is_older(&b, ahead)) {
			if (put(r, ahead, &trouble) == -1) {
				keep_failed(r, &trouble);
				continue;
			}
			gone = true;
		}
		if (put(r, &b, &trouble) == -1)
			keep_failed(r, &trouble);
	}
	return more;
}

static int
put_out_to(struct run *r, const struct status_partner *p, struct fault *why)
{
	struct bundle_made ahead;
	int found;

	if (!p->listed || p->distrusted)
		return 0;
	if (status_is_due(p) && make_new(r, p, why) == -1)
		return -1;
	found = overtake_find(r->home.store, p->node, &ahead, why);
	/* A dry run made no bundle that holds it. */
	if (found == -1 && (!r->dry_run || why->id != FAULT_NODE_RECALL_FIRST))
		return -1;
	return carry_again(r, p->node, found == 1 ? &ahead : NULL, why);
}

static int
put_out(struct run *r, const struct status *s, struct fault *why)
{
	struct fault trouble;

	if (r->closed.id != FAULT_NONE)
		return 0;
	for (size_t i = 0; i < s->partner_count; i++) {
		if (put_out_to(r, &s->partners[i], &trouble) == 0)
			continue;
		if (round_trouble(&r->round, &s->partners[i], &trouble, why) ==
		    -1)
			return -1;
	}
	say_line(r->say, "%s: %zu", r->dry_run ? "Would be put out" : "Put out",
	    r->put_out);
	return 0;
}

/* --- what is next --- */

static void
say_removable(struct run *r)
{
	const char *name = (const char *)r->removable.at;

	if (r->removable_count == 0)
		return;
	say_line(r->say,
	    "These have arrived and may be removed from the stick (satchel "
	    "removes nothing): %zu",
	    r->removable_count);
	for (size_t i = 0; i < r->removable_count; i++) {
		say_line(r->say, "  %s", name);
		name += strlen(name) + 1;
	}
}

static void
say_where_to(struct run *r, const struct status *s)
{
	for (size_t i = 0; i < s->partner_count; i++) {
		const struct status_partner *p = &s->partners[i];

		if (!r->dry_run && p->not_carried.count + p->waiting.count > 0)
			say_next(r->say, "Carry the stick to %s.", p->node);
		if (p->missing.count > 0)
			say_next(r->say,
			    "Ask %s for what is missing: satchel status "
			    "--partner %s",
			    p->node, p->node);
	}
	round_say_next(r->say, s);
}

static int
say_as_json(struct run *r, struct fault *why)
{
	const char *name = (const char *)r->removable.at;
	struct bytes text;
	struct sink *to;
	struct jsonout o;
	int rc;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_integer(&o, "brought_in", r->dry_run ? 0 : (int64_t)r->brought);
	jsonout_integer(&o, "put_out", r->dry_run ? 0 : (int64_t)r->put_out);
	if (r->dry_run) {
		jsonout_integer(&o, "would_bring_in", (int64_t)r->brought);
		jsonout_integer(&o, "would_put_out", (int64_t)r->put_out);
	}
	jsonout_integer(&o, "there_already", (int64_t)r->there);
	jsonout_integer(&o, "not_put_out", (int64_t)r->not_put_out);
	jsonout_boolean(&o, "writable", r->closed.id == FAULT_NONE);
	jsonout_boolean(&o, "remove_now",
	    !r->dry_run && r->closed.id == FAULT_NONE &&
		r->failed.id == FAULT_NONE);
	jsonout_list(&o, "removable");
	for (size_t i = 0; i < r->removable_count; i++) {
		jsonout_text(&o, NULL, name);
		name += strlen(name) + 1;
	}
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(r->say, "stick", &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

/* Only what is written, synced and read back lets a stick be pulled. */
static int
say_end_of_it(struct run *r, struct fault *why)
{
	if (r->dry_run)
		say_line(r->say, "Nothing was written: this was a dry run.");
	if (r->closed.id != FAULT_NONE) {
		say_line(r->say,
		    "What was on the stick is in this node now; nothing was "
		    "put out.");
		*why = r->closed;
		return -1;
	}
	if (r->failed.id != FAULT_NONE) {
		say_line(r->say,
		    "Not everything is on the stick: %zu could not be put "
		    "out. All of it is safe in this node.",
		    r->not_put_out);
		*why = r->failed;
		return -1;
	}
	if (!r->dry_run)
		say_line(r->say,
		    "Everything is written and was read back: you can remove "
		    "the stick now.");
	return 0;
}

/* --- the whole of it --- */

static int
go_out(struct run *r, struct fault *why)
{
	struct arena *a = arena_new(ARENA, why);
	struct status s;
	int rc = -1;

	if (a == NULL)
		return -1;
	r->round = (struct round){
		.home = &r->home,
		.say = r->say,
		.out = r->stick,
		.user = r->in.by.user,
		.now = r->in.by.now,
		.dry_run = r->dry_run,
		.carried = saw_carried,
		.context = r,
	};
	/* An agreement that came now may not list this node any more. */
	if (node_need_agreement(&r->home, why) == -1 ||
	    round_status(&r->home, r->in.by.now, a, &s, why) == -1 ||
	    put_out(r, &s, why) == -1 ||
	    round_status(&r->home, r->in.by.now, a, &s, why) == -1)
		goto done;
	say_removable(r);
	say_where_to(r, &s);
	rc = say_as_json(r, why);
done:
	arena_free(a);
	return rc;
}

/* Before anything is asked or read: can this be the stick? */
static int
look_at_it(struct run *r, struct fault *why)
{
	uint64_t room;

	if ((r->stick = folder_open(r->args->operands[0], why)) == NULL)
		return -1;
	/* What lies on it is brought in all the same. */
	if (folder_takes(r->stick, LEAST_ROOM, &room, &r->closed) == 0)
		r->closed.id = FAULT_NONE;
	else if (r->closed.id == FAULT_DISK_NOT_READ)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", r->closed.detail);
	if (r->closed.id != FAULT_NONE)
		say_line(r->say, "Nothing can be written here: %s.",
		    fault_text(r->closed.id)->says);
	return 0;
}

static int
run_stick(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc = -1;

	r.dry_run = args->given[OPT_DRY_RUN];
	r.in.by.dry_run = r.dry_run;
	r.in.round = true;
	r.in.took = took;
	r.in.context = &r;
	bytes_init(&r.ours, NAMES_MAX);
	bytes_init(&r.removable, NAMES_MAX);
	bytes_init(&r.in.told, NAMES_MAX);
	if (look_at_it(&r, why) == -1 ||
	    node_open(args, HOME_WRITE, &r.home, why) == -1)
		goto done;
	if (bringing_start(&r.in, args, &r.home, say, why) == -1 ||
	    (r.outbox = folder_make_in(r.home.folder, CARRY_OUTBOX, why)) ==
		NULL ||
	    bring_in(&r, why) == -1 || go_out(&r, why) == -1 ||
	    bringing_end(&r.in, &r.home, why) == -1)
		goto done;
	rc = say_end_of_it(&r, why);
done:
	bringing_free(&r.in);
	bytes_free(&r.ours);
	bytes_free(&r.removable);
	folder_close(r.outbox);
	folder_close(r.stick);
	node_close(&r.home);
	return rc;
}

const struct command cmd_stick = {
	.name = "stick",
	.operands = "DIR",
	.least = 1,
	.most = 1,
	.gist = "bring in what is on a stick, put out what is due, and say "
		"what is next",
	.more = "The one command for whoever carries the stick.  Bundles are "
		"known by what they begin with, whatever they are called.  "
		"Put out is what is owed to every office, what was made and "
		"never left, and what left long ago and was not acknowledged; "
		"new referrals only go with export.  Nothing is removed.",
	.options = {
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be done; write nothing" },
	},
	.run = run_stick,
};
