#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/link.h"
#include "cli/node.h"
#include "cli/say.h"
#include "import/fetch.h"

enum { OPT_OUT, OPT_LINK, OPT_LARGEST = OPT_LINK + LINK_OPTIONS, OPT_DRY_RUN };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct link link;
	struct link_list list;
	struct folder *into;
	struct fetch_total total;
};

static void
took(void *context, const struct fetched *f)
{
	struct run *r = context;

	link_list_fetched(&r->list, &r->link, f);
	if (f->fault.id != FAULT_NONE && !f->hopeless)
		say_fault(r->say, f->name[0] != '\0' ? f->name : NULL,
		    &f->fault);
}

static int
fetch_listed(struct run *r, int64_t most, struct fault *why)
{
	const struct fetch_order order = {
		.store = r->home.store,
		.from = &r->link.way,
		.limits = &r->link.limits,
		.into = r->into,
		.largest = most,
		.now = clock_now(),
		.dry_run = r->args->given[OPT_DRY_RUN],
		.took = took,
		.context = r,
	};
	struct fault second;
	int rc;

	if (link_list_begin(&r->list, r->args->globals->json, why) == -1)
		return -1;
	rc = fetch_run(&order, &r->total, why);
	r->link.sent = r->total.sent;
	r->link.received = r->total.received;
	if (link_list_end(&r->list, r->say, "fetched",
		rc == 0 ? why : &second) == -1 ||
	    link_say_traffic(&r->link, rc == 0 ? why : &second) == -1)
		rc = -1;
	return rc;
}

static int
say_result(struct run *r, struct fault *why)
{
	const struct fetch_total *t = &r->total;

	if (t->known > 0)
		say_line(r->say, "Here already: %zu", t->known);
	if (t->foreign + t->seen > 0)
		say_line(r->say,
		    "%zu other things lie there; they were left alone.",
		    t->foreign + t->seen);
	link_say_ended(&r->link, t->ended, true);
	if (r->args->given[OPT_DRY_RUN])
		say_line(r->say, "Nothing was written: this was a dry run.");
	else if (t->came > 0)
		say_next(r->say, "satchel import %s", folder_path(r->into));
	else if (t->begun == 0 && t->hopeless.id == FAULT_NONE)
		say_line(r->say, "Nothing new lies there.");
	if (t->hopeless.id == FAULT_NONE)
		return 0;
	*why = t->hopeless;
	return -1;
}

static int
run_fetch(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	const char *user;
	int64_t most = 0;
	int rc = -1;

	if (args->option[OPT_LARGEST] != NULL &&
	    link_read_size(args->option[OPT_LARGEST], "--largest", &most,
		why) == -1)
		return -1;
	if (node_open(args, HOME_WRITE, &r.home, why) == -1)
		return -1;
	if (node_need_agreement(&r.home, why) == -1 ||
	    node_acting(&r.home, args, 0, &user, why) == -1 ||
	    link_start(&r.link, args, OPT_LINK, &r.home, say, why) == -1)
		goto done;
	r.link.way.url = args->operands[0];
	r.into = args->option[OPT_OUT] != NULL ?
	    folder_make(args->option[OPT_OUT], why) :
	    folder_make_in(r.home.folder, FETCH_FOLDER, why);
	if (r.into == NULL || fetch_listed(&r, most, why) == -1)
		goto done;
	rc = say_result(&r, why);
done:
	link_end(&r.link);
	folder_close(r.into);
	node_close(&r.home);
	return rc;
}

const struct command cmd_fetch = {
	.name = "fetch",
	.operands = "URL",
	.least = 1,
	.most = 1,
	.gist = "fetch the bundles that lie at a server, from where they broke "
		"off",
	.more = "A bundle is known by its first bytes, whatever it is called; "
		"other files are looked at once and left alone.  Nothing is "
		"opened: import does that.  Without --out they go into the "
		"folder fetched of this node's home.  URL is that of one file "
		"or of a folder: https://.../, sftp://user@host/folder/ or "
		"file:///folder.",
	.options = {
		[OPT_OUT] = { .name = "out", .value = "DIR",
		    .gist = "the folder to put them into" },
		LINK_SPECS(OPT_LINK),
		[OPT_LARGEST] = { .name = "largest", .value = "SIZE",
		    .gist = "no bundle above that, as 500k or 10M" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "look what lies there; write nothing" },
	},
	.run = run_fetch,
};
