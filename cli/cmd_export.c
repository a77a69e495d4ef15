#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/text.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/made.h"
#include "cli/node.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/sources.h"
#include "export/export.h"
#include "formats/agreement.h"

enum {
	OPT_TO,
	OPT_FROM,
	OPT_CONSENTS,
	OPT_ZIP_PASSWORD,
	OPT_OUT,
	OPT_ONLY,
	OPT_READABLE,
	OPT_CREDENTIALS,
	OPT_ALL,
	OPT_DRY_RUN,
};

/* Who is told, and the node that bundles come from. */
struct told {
	struct say *say;
	const char *from;
	bool json;
	struct progress *progress;
	const char *doing;
};

static void
saw_referral(void *context, const char *ref, const char *state,
    const struct judgement *j)
{
	const struct told *t = context;

	progress_hide(t->progress);
	say_referral(t->say, ref, state, j);
}

static void
saw_unreadable(void *context, const struct fault *fault)
{
	const struct fault_text *text = fault_text(fault->id);
	const struct told *t = context;

	progress_hide(t->progress);
	say_notice(t->say, "%s %s (%s)", text->code, text->says, fault->detail);
	say_next(t->say, "%s", text->remedy);
}

/* A page that was not fetched is a page of children nobody hears of. */
static void
saw_incomplete(void *context, const char *file)
{
	const struct told *t = context;
	char safe[256];

	progress_hide(t->progress);
	say_notice(t->say, "%s is not all there is: the system has more pages",
	    text_show(file, strlen(file), safe, sizeof(safe)));
	say_next(t->say, "Fetch the other pages and export those files, too.");
}

/* Nothing tells the other side that what it has may be used no more. */
static void
saw_gone_before(void *context, const char *ref, const char *partner)
{
	const struct told *t = context;
	char safe[256];

	progress_hide(t->progress);
	say_notice(t->say,
	    "An earlier version of %s went out to %s, and this one does not.",
	    text_show(ref, strlen(ref), safe, sizeof(safe)), partner);
	say_next(t->say,
	    "Tell %s, and whoever else it was sent to, today that it "
	    "changed: what they have is not taken back by itself.",
	    partner);
}

static void
saw_drafted(void *context, const char *ref, const char *partner)
{
	const struct told *t = context;
	char safe[256];

	(void)text_show(ref, strlen(ref), safe, sizeof(safe));
	progress_hide(t->progress);
	say_notice(t->say,
	    "Consent changed after %s was sent to %s; a recall is drafted.",
	    safe, partner);
	say_next(t->say, "satchel recall %s --reason consent_withdrawn", safe);
}

static void
saw_progress(void *context, const char *what, uint64_t done, uint64_t all)
{
	struct told *t = context;

	if (t->doing != what)
		progress_next(t->progress, what);
	t->doing = what;
	progress_at(t->progress, done, all);
}

static void
saw_waiting(void *context, long seconds)
{
	const struct told *t = context;

	progress_wait(t->progress, seconds);
}

static void
saw_carried(void *context, const struct bundle_made *b)
{
	struct told *t = context;

	made_say(t->say, b, t->from, NULL);
}

/* What was made and could not leave: it is safe, and says so. */
static void
say_kept(struct told *t, const struct exported *e)
{
	say_line(t->say,
	    "The bundle is made and safe in this node; only the copy did not "
	    "work.");
	say_next(t->say,
	    "Put in another stick, or make room, and run the same command "
	    "again: it carries what waits.");
	/* People are told the fault once, at the end. */
	if (e->made)
		made_say(t->say, &e->bundle, t->from,
		    t->json ? &e->not_carried : NULL);
}

static void
say_result(struct say *say, const struct exported *e)
{
	say_count(say, SAID_SHARE, e->verdict[VERDICT_SHARE]);
	say_count(say, SAID_STRIP, e->verdict[VERDICT_STRIP]);
	say_count(say, SAID_HOLD, e->verdict[VERDICT_HOLD]);
	say_count(say, SAID_REFUSE, e->verdict[VERDICT_REFUSE]);
	say_passed_over(say, &e->passed);
	if (e->verdict[VERDICT_HOLD] + e->verdict[VERDICT_REFUSE] > 0)
		say_status(say, EXIT_LOOK);
	if (e->made && e->agreement > 0)
		say_line(say,
		    "The bundle carries version %" PRId64 " of the agreement.",
		    e->agreement);
	if (e->made && e->rosters > 0)
		say_line(say, "The bundle carries %zu staff lists.",
		    e->rosters);
}

/* One server, and no file beside it. */
static int
read_server(const struct args *args, struct export_order *o, struct fault *why)
{
	for (int i = 0; i < args->many_count[OPT_FROM]; i++) {
		enum format f = sources_server(args->many[OPT_FROM][i]);

		if (f == FORMAT_NONE)
			continue;
		o->live = true;
		o->server = f;
	}
	if (o->live && args->many_count[OPT_FROM] > 1)
		return FAIL(why, FAULT_USAGE,
		    "a server is read alone, without files");
	if (!o->live && (args->given[OPT_CREDENTIALS] || args->given[OPT_ALL]))
		return FAIL(why, FAULT_USAGE,
		    "--credentials and --all are for a server, like "
		    "primero-api");
	o->credentials = args->option[OPT_CREDENTIALS];
	o->all = args->given[OPT_ALL];
	return 0;
}

static int
read_order(const struct args *args, struct sources *sources,
    struct export_order *o, struct fault *why)
{
	if (args->option[OPT_TO] == NULL)
		return FAIL(why, FAULT_USAGE, "--to NODE is needed");
	if (args->option[OPT_OUT] == NULL && !args->given[OPT_DRY_RUN])
		return FAIL(why, FAULT_USAGE, "--out DIR is needed");
	if (args->given[OPT_ONLY] && !args->given[OPT_FROM])
		return FAIL(why, FAULT_USAGE, "--only needs --from");
	if (read_server(args, o, why) == -1)
		return -1;
	if (!o->live &&
	    sources_read(sources, args->many[OPT_FROM],
		(size_t)args->many_count[OPT_FROM],
		args->option[OPT_ZIP_PASSWORD], why) == -1)
		return -1;
	o->to = args->option[OPT_TO];
	o->sources = sources->files;
	o->source_count = sources->count;
	o->consents = args->option[OPT_CONSENTS];
	o->only = args->many[OPT_ONLY];
	o->only_count = (size_t)args->many_count[OPT_ONLY];
	o->readable_name = args->given[OPT_READABLE];
	if (args->option[OPT_OUT] != NULL &&
	    (o->out = folder_open(args->option[OPT_OUT], why)) == NULL)
		return -1;
	return 0;
}

static void
say_end_of_it(struct say *say, const struct exported *e, bool dry_run)
{
	if (dry_run)
		say_line(say, "Nothing was written: this was a dry run.");
	else if (!e->made && e->carried == 0 && e->not_carried.id == FAULT_NONE)
		say_line(say, "There was nothing to send; no bundle was made.");
	else if (e->not_carried.id == FAULT_NONE)
		say_line(say,
		    "It was read back and compared: you can take "
		    "the stick out now.");
}

static void
be_told(struct exporter *by, struct told *told)
{
	by->referral = saw_referral;
	by->unreadable = saw_unreadable;
	by->incomplete = saw_incomplete;
	by->gone_before = saw_gone_before;
	by->drafted = saw_drafted;
	by->progress = saw_progress;
	by->waiting = saw_waiting;
	by->carried = saw_carried;
	by->context = told;
}

static int
run_export(const struct args *args, struct say *say, struct fault *why)
{
	struct export_order order = { 0 };
	struct exporter by = { 0 };
	struct told told = { .say = say, .json = args->globals->json };
	struct sources sources = { .count = 0 };
	struct exported out;
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (node_need_agreement(&h, why) == -1 ||
	    node_acting(&h, args, MAY_EXPORT, &by.user, why) == -1 ||
	    read_order(args, &sources, &order, why) == -1)
		goto done;
	by.home = h.folder;
	by.secrets = h.secrets;
	by.store = h.store;
	by.agreement = h.agreement;
	by.self = h.self;
	by.now = clock_now();
	by.dry_run = args->given[OPT_DRY_RUN];
	be_told(&by, &told);
	told.from = h.identity.node;
	told.progress = progress_new("reading", "B");
	rc = export_run(&by, &order, &out, why);
	progress_free(told.progress);
	told.progress = NULL;
	if (rc == -1)
		goto done;
	say_result(say, &out);
	say_end_of_it(say, &out, by.dry_run);
	agreement_age_say(say, agreement_of(h.agreement), day_of(by.now));
	if (out.not_carried.id != FAULT_NONE) {
		say_kept(&told, &out);
		*why = out.not_carried;
		rc = -1;
	}
done:
	sources_forget(&sources);
	folder_close(order.out);
	node_close(&h);
	return rc;
}

const struct command cmd_export = {
	.name = "export",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "judge a system's referrals, seal what may travel, and write "
		"the bundle",
	.more = "Without --from it sends what is owed, and carries what was "
		"made before and never left.  A bundle that was made and "
		"could not be written to the folder is kept: the same "
		"command carries it later.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "NODE",
		    .gist = "the node that opens it" },
		[OPT_FROM] = { .name = "from",
		    .value = "[FORMAT:]FILE|FORMAT-api",
		    .gist = "what the system wrote, or its server",
		    .times = OPTION_MANY },
		[OPT_CREDENTIALS] = { .name = "credentials", .value = "FILE",
		    .gist = "how to be let in by the server" },
		[OPT_ALL] = { .name = "all",
		    .gist = "all that the server has, not only what changed" },
		[OPT_CONSENTS] = { .name = "consents", .value = "FILE",
		    .gist = "the site's consent register" },
		[OPT_ZIP_PASSWORD] = { .name = "zip-password-file",
		    .value = "FILE",
		    .gist = "its first line opens a locked zip" },
		[OPT_OUT] = { .name = "out", .value = "DIR",
		    .gist = "the stick, or another folder" },
		[OPT_ONLY] = { .name = "only", .value = "REF",
		    .gist = "these referrals and no others", .times = OPTION_MANY },
		[OPT_READABLE] = { .name = "readable-name",
		    .gist = "name the file after sender and number" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "judge and show; write nothing" },
	},
	.run = run_export,
};
