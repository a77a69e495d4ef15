#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/bringing.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/link.h"
#include "cli/made.h"
#include "cli/node.h"
#include "cli/round.h"
#include "cli/say.h"
#include "export/carry.h"
#include "export/export.h"
#include "export/outbox.h"
#include "export/status.h"
#include "export/upload.h"
#include "formats/agreement.h"
#include "import/fetch.h"

#define ARENA ((size_t)256 * 1024 * 1024)
#define TOLD_MAX ((size_t)16 * 1024 * 1024)
/* Of the time there is, what fetching may take before anything is sent. */
#define FETCH_SHARE 3
/* What anybody may have put there, and nobody here has looked at, costs. */
#define LARGEST ((int64_t)100 * 1000 * 1000)
#define LEAST_SECONDS 5 /* for which the server is asked once more */

enum {
	OPT_TO,
	OPT_FROM,
	OPT_FROM_CREDENTIALS,
	OPT_LINK,
	OPT_LARGEST = OPT_LINK + LINK_OPTIONS,
	OPT_DRY_RUN
};

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct bringing in;
	struct link link;
	struct link_list sent;
	struct link_list fetched;
	struct gate_way from;
	struct folder *into; /* what was fetched */
	struct folder *outbox;
	struct arena *arena;
	int64_t largest; /* that is fetched */
	double ends_at;	 /* of clock_elapsed; 0: no end */
	bool dry_run;
	bool ended;	     /* the time was up */
	size_t left;	     /* and this many were to be sent still */
	bool more;	     /* there is more to fetch */
	struct fault failed; /* the first that stopped a part of it */
	struct fault inside; /* of the hook, which cannot fail */
};

static void
keep_failed(struct run *r, const struct fault *why)
{
	if (r->failed.id == FAULT_NONE)
		r->failed = *why;
}

/* Seconds that a part of the work may take; 0: as long as it needs. */
static int64_t
time_left(const struct run *r, int64_t share)
{
	double left = r->ends_at - clock_elapsed();

	if (r->ends_at <= 0)
		return 0;
	return left / (double)share < 1 ? 1 : (int64_t)(left / (double)share);
}

/* --- bringing in --- */

static void
took_fetched(void *context, const struct fetched *f)
{
	struct run *r = context;

	link_list_fetched(&r->fetched, &r->link, f);
	if (f->fault.id != FAULT_NONE && !f->hopeless)
		say_fault(r->say, f->name[0] != '\0' ? f->name : NULL,
		    &f->fault);
}

static int
fetch(struct run *r, int64_t share, size_t *came, struct fault *why)
{
	struct gate_limits limits = r->link.limits;
	const struct fetch_order order = {
		.store = r->home.store,
		.from = &r->from,
		.limits = &limits,
		.into = r->into,
		.largest = r->largest,
		.now = r->in.by.now,
		.dry_run = r->dry_run,
		.took = took_fetched,
		.context = r,
	};
	struct fetch_total total;

	limits.seconds = time_left(r, share);
	if (fetch_run(&order, &total, why) == -1)
		return -1;
	*came = total.came;
	r->link.sent += total.sent;
	r->link.received += total.received;
	r->more = total.ended;
	if (total.hopeless.id != FAULT_NONE) {
		say_line(r->say, "Nothing more could be fetched.");
		keep_failed(r, &total.hopeless);
	}
	return 0;
}

/*
 * Has this node what the file says, or is it nothing for it whenever it is
 * looked at?  What somebody here is to look into stays.
 */
static bool
is_settled(const struct imported *i)
{
	switch (i->state) {
	case IMPORT_IMPORTED:
	case IMPORT_SEEN:
	case IMPORT_MADE:
		return true;
	case IMPORT_HELD:
		return !i->not_kept;
	case IMPORT_REFUSED:
		return i->fault.id == FAULT_BUNDLE_NOT_OURS ||
		    i->fault.id == FAULT_BUNDLE_SIGNATURE ||
		    (i->fault.id != FAULT_BUNDLE_NEWER &&
			fault_text(i->fault.id)->exit_status ==
			    EXIT_NOT_READABLE);
	}
	return false;
}

/* It is noted first: a file that is only gone would be fetched again. */
static void
took_file(void *context, const char *name, const struct imported *i)
{
	struct run *r = context;
	struct fault trouble;

	if (r->dry_run)
		return;
	if (!is_settled(i)) {
		say_next(r->say, "It stays in %s.", folder_path(r->into));
		return;
	}
	if ((fetch_settle(r->home.store, name, &trouble) == -1 ||
		folder_remove(r->into, name, &trouble) == -1) &&
	    r->inside.id == FAULT_NONE)
		r->inside = trouble;
}

static int
bring_in(struct run *r, struct fault *why)
{
	const char *path = folder_path(r->into);
	char *word = arena_copy(r->arena, path, strlen(path), why);

	if (word == NULL || bringing_run(&r->in, &word, 1, why) == -1)
		return -1;
	if (r->inside.id == FAULT_NONE)
		return 0;
	*why = r->inside;
	return -1;
}

static int
fetch_and_bring(struct run *r, int64_t share, struct fault *why)
{
	size_t came = 0;

	if (r->from.url != NULL && fetch(r, share, &came, why) == -1)
		return -1;
	return share == 1 && came == 0 ? 0 : bring_in(r, why);
}

/* --- sending --- */

/* One office that nothing can be made for does not stop the others. */
static int
make_new(struct run *r, const struct status *s, struct fault *why)
{
	const struct round round = {
		.home = &r->home,
		.say = r->say,
		.user = r->in.by.user,
		.now = r->in.by.now,
		.dry_run = r->dry_run,
	};
	struct exported out;
	struct fault trouble;

	for (size_t i = 0; i < s->partner_count; i++) {
		const struct status_partner *p = &s->partners[i];

		if (!p->listed || p->distrusted || !status_is_due(p))
			continue;
		if (round_make(&round, p, &out, &trouble) == -1) {
			if (round_trouble(&round, p, &trouble, why) == -1)
				return -1;
		} else if (out.made) {
			made_say(r->say, &out.bundle, r->home.identity.node,
			    NULL);
		}
	}
	return 0;
}

static int
send_entries(struct run *r, struct uploader *up,
    const struct outbox_entry *entries, size_t count, struct fault *why)
{
	char file[BUNDLE_ID + 16];
	struct uploaded one;

	for (size_t i = 0; i < count; i++) {
		const struct bundle_made *b = &entries[i].made;

		if (entries[i].stopped)
			continue;
		/* A dry run has not made the bundle that it waits for. */
		if (entries[i].behind && !r->dry_run) {
			say_notice(r->say,
			    "%s, to %s, waits for a withdrawal that is in no "
			    "bundle yet.",
			    b->name, b->receiver);
			continue;
		}
		(void)snprintf(file, sizeof(file), "%s.satchel", b->id);
		if (upload_file(up, r->outbox, file, &one, why) == -1)
			return -1;
		link_list_sent(&r->sent, &r->link, b->name, b->receiver, &one);
		r->left +=
		    one.state == UPLOAD_BEGUN || one.state == UPLOAD_NOT_TRIED;
		if (one.hopeless) {
			keep_failed(r, &one.fault);
			break;
		}
	}
	return 0;
}

static int
send_outbox(struct run *r, const struct outbox_entry *entries, size_t count,
    struct fault *why)
{
	struct gate_limits limits = r->link.limits;
	const struct upload_order order = {
		.store = r->home.store,
		.to = &r->link.way,
		.limits = &limits,
		.agreement = agreement_of(r->home.agreement),
		.self = r->home.self,
		.user = r->in.by.user,
		.now = r->in.by.now,
		.dry_run = r->dry_run,
		.unpacked = r->dry_run,
	};
	struct uploader *up;
	struct upload_cost cost;
	struct fault second;
	int rc;

	limits.seconds = time_left(r, 1);
	if ((up = upload_open(&order, why)) == NULL)
		return -1;
	rc = send_entries(r, up, entries, count, why);
	r->ended = upload_ended(up);
	cost = upload_cost(up);
	r->link.sent += cost.sent;
	r->link.received += cost.received;
	r->link.twice += cost.twice;
	if (upload_close(up, rc == 0 ? why : &second) == -1)
		rc = -1;
	return rc;
}

/* A user that is refused is locked after a few tries: not once more. */
static bool
is_refused(const struct run *r)
{
	return r->failed.id == FAULT_SERVER_LOGIN &&
	    !r->args->given[OPT_FROM_CREDENTIALS];
}

static int
go_out(struct run *r, struct fault *why)
{
	struct outbox_order order = { .store = r->home.store,
		.now = r->in.by.now };
	struct outbox_entry *entries;
	struct status s;
	size_t count;

	/* An agreement that came now may not list this node any more. */
	if (node_need_agreement(&r->home, why) == -1 ||
	    round_status(&r->home, r->in.by.now, r->arena, &s, why) == -1 ||
	    make_new(r, &s, why) == -1)
		return -1;
	order.agreement = agreement_of(r->home.agreement);
	order.self = r->home.self;
	if (outbox_read(&order, r->arena, &entries, &count, why) == -1)
		return -1;
	if (is_refused(r)) {
		r->left = count;
		return 0;
	}
	return send_outbox(r, entries, count, why);
}

/* --- the whole of it --- */

static int
go_round(struct run *r, struct fault *why)
{
	struct status s;

	if (fetch_and_bring(r, FETCH_SHARE, why) == -1 || go_out(r, why) == -1)
		return -1;
	if (r->more && r->failed.id == FAULT_NONE &&
	    (r->ends_at <= 0 || time_left(r, 1) >= LEAST_SECONDS) &&
	    fetch_and_bring(r, 1, why) == -1)
		return -1;
	link_say_ended(&r->link, r->ended || r->more, r->left > 0 || r->more);
	if (r->left == 0 && r->failed.id == FAULT_NONE && !r->dry_run)
		say_line(r->say, "Nothing waits to be sent any more.");
	if (r->dry_run)
		say_line(r->say, "Nothing was sent: this was a dry run.");
	if (node_need_agreement(&r->home, why) == -1 ||
	    round_status(&r->home, r->in.by.now, r->arena, &s, why) == -1)
		return -1;
	round_say_next(r->say, &s);
	return bringing_end(&r->in, &r->home, why);
}

/* The lists are closed whatever happened; the first fault counts. */
static int
go_listed(struct run *r, struct fault *why)
{
	const bool json = r->args->globals->json;
	struct fault second;
	int rc;

	if (link_list_begin(&r->fetched, json, why) == -1)
		return -1;
	if (link_list_begin(&r->sent, json, why) == -1) {
		(void)link_list_end(&r->fetched, r->say, "fetched", &second);
		return -1;
	}
	rc = go_round(r, why);
	if (link_list_end(&r->fetched, r->say, "fetched",
		rc == 0 ? why : &second) == -1)
		rc = -1;
	if (link_list_end(&r->sent, r->say, "sent", rc == 0 ? why : &second) ==
		-1 ||
	    link_say_traffic(&r->link, rc == 0 ? why : &second) == -1)
		rc = -1;
	if (rc == 0 && r->failed.id != FAULT_NONE) {
		*why = r->failed;
		rc = -1;
	}
	return rc;
}

static int
read_ways(struct run *r, struct fault *why)
{
	const struct args *args = r->args;

	if (link_start(&r->link, args, OPT_LINK, &r->home, r->say, why) == -1)
		return -1;
	r->largest = LARGEST;
	if (args->option[OPT_LARGEST] != NULL &&
	    link_read_size(args->option[OPT_LARGEST], "--largest", &r->largest,
		why) == -1)
		return -1;
	if (args->given[OPT_FROM_CREDENTIALS] && !args->given[OPT_FROM])
		return FAIL(why, FAULT_USAGE,
		    "--from-credentials is for --from URL");
	r->from = r->link.way;
	r->from.url = args->option[OPT_FROM];
	if (args->given[OPT_FROM_CREDENTIALS])
		r->from.credentials = args->option[OPT_FROM_CREDENTIALS];
	r->link.way.url = args->option[OPT_TO];
	if (r->from.url != NULL) {
		link_fit(&r->from);
		link_fit(&r->link.way);
	}
	if (r->link.limits.seconds > 0)
		r->ends_at = clock_elapsed() + (double)r->link.limits.seconds;
	return 0;
}

static int
run_sync(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc = -1;

	if (args->option[OPT_TO] == NULL)
		return FAIL(why, FAULT_USAGE, "--to URL is needed");
	r.dry_run = args->given[OPT_DRY_RUN];
	r.in.by.dry_run = r.dry_run;
	r.in.round = true;
	r.in.took = took_file;
	r.in.context = &r;
	bytes_init(&r.in.told, TOLD_MAX);
	if (node_open(args, HOME_WRITE, &r.home, why) == -1)
		return -1;
	if (bringing_start(&r.in, args, &r.home, say, why) == -1 ||
	    read_ways(&r, why) == -1 ||
	    (r.arena = arena_new(ARENA, why)) == NULL ||
	    (r.outbox = folder_make_in(r.home.folder, CARRY_OUTBOX, why)) ==
		NULL ||
	    (r.into = folder_make_in(r.home.folder, FETCH_FOLDER, why)) == NULL)
		goto done;
	rc = go_listed(&r, why);
done:
	link_end(&r.link);
	bringing_free(&r.in);
	folder_close(r.into);
	folder_close(r.outbox);
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_sync = {
	.name = "sync",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "what stick does, over the network: fetch, bring in, make what "
		"is owed, send",
	.more = "In the time and volume that there is: what --from holds first, "
		"for at most a third of the time, since a recall may be "
		"waiting there; then what is due, in the order of satchel "
		"outbox.  What breaks off goes on the next time.  New "
		"referrals only go with export.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "URL",
		    .gist = "the server that takes our bundles" },
		[OPT_FROM] = { .name = "from", .value = "URL",
		    .gist = "where those for us lie" },
		[OPT_FROM_CREDENTIALS] = { .name = "from-credentials",
		    .value = "FILE",
		    .gist = "for --from, where it needs others" },
		LINK_SPECS(OPT_LINK),
		[OPT_LARGEST] = { .name = "largest", .value = "SIZE",
		    .gist = "fetch no bundle above that; 100M if not given" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be done; write and send nothing" },
	},
	.run = run_sync,
};
