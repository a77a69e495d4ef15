#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/sources.h"
#include "formats/agreement.h"
#include "formats/recognise.h"
#include "import/load.h"

enum { OPT_TO, OPT_ONLY, OPT_DRY_RUN };

struct told {
	struct say *say;
	struct progress *progress;
	size_t found; /* that could have been loaded */
	size_t written;
	size_t added;
};

static void
saw_loaded(void *context, const struct loaded *l)
{
	const struct said_loaded said = {
		.ref = l->ref,
		.file = l->file,
		.target_id = l->target_id,
		.answer = l->answer,
		.state = load_state_name(l->state),
		.fault = l->fault,
		.not_kept = l->not_kept,
		.not_kept_count = l->not_kept_count,
	};
	struct told *t = context;

	progress_hide(t->progress);
	say_loaded(t->say, &said);
	if (l->state == LOAD_HELD) {
		say_referral(t->say, l->ref, "held", l->judgement);
		say_status(t->say, EXIT_LOOK);
	}
	t->found++;
	t->written += l->file != NULL;
	t->added += l->state == LOAD_ADDED;
}

static void
saw_passed_over(void *context, size_t count)
{
	struct told *t = context;

	t->found += count;
	progress_hide(t->progress);
	say_notice(t->say,
	    "%zu ready came from that very system, and stay here: load them "
	    "into the other one",
	    count);
}

static void
saw_progress(void *context, uint64_t done, uint64_t all)
{
	struct told *t = context;

	progress_at(t->progress, done, all);
}

static int
open_target(const struct args *args, struct loader *by, struct fault *why)
{
	const char *word = args->option[OPT_TO], *path;
	enum format format;

	if (word == NULL)
		return FAIL(why, FAULT_USAGE, "--to FORMAT:DIR is needed");
	if (sources_is_server(word))
		return FAIL(why, FAULT_NOT_YET, "loading to %s", word);
	format = recognise_prefix(word, &path);
	if (format == FORMAT_NONE)
		return FAIL(why, FAULT_USAGE,
		    "--to needs a format and a folder, like progres-ping:DIR");
	if ((by->target = target_find(format)) == NULL)
		return FAIL(why, FAULT_NOT_YET, "loading to %s",
		    recognise_name(format));
	by->to = folder_open(path, why);
	return by->to == NULL ? -1 : 0;
}

static void
say_end_of_it(struct say *say, const struct told *t, bool dry_run)
{
	if (t->written == 0) {
		say_line(say,
		    t->found == 0 ? "Nothing was ready to be loaded." :
				    "Nothing was written.");
		return;
	}
	if (t->added > 0)
		say_line(say,
		    "What is added goes into a case that is known there: of "
		    "the child itself nothing is changed.");
	if (dry_run)
		say_line(say, "Nothing was written: this was a dry run.");
	else
		say_next(say,
		    "The files hold data about children: give them to "
		    "who loads them, then remove them.");
}

static int
run_load(const struct args *args, struct say *say, struct fault *why)
{
	struct told told = { .say = say };
	struct loader by = { 0 };
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (node_need_agreement(&h, why) == -1 ||
	    node_acting(&h, args, MAY_LOAD, &by.user, why) == -1 ||
	    open_target(args, &by, why) == -1)
		goto done;
	by.store = h.store;
	by.agreement = agreement_of(h.agreement);
	by.self = h.self;
	by.now = clock_now();
	by.dry_run = args->given[OPT_DRY_RUN];
	by.only = args->many[OPT_ONLY];
	by.only_count = (size_t)args->many_count[OPT_ONLY];
	by.loaded = saw_loaded;
	by.passed_over = saw_passed_over;
	by.progress = saw_progress;
	by.context = &told;
	told.progress = progress_new("loading", "");
	rc = load_run(&by, why);
	progress_free(told.progress);
	told.progress = NULL;
	if (rc == 0) {
		say_end_of_it(say, &told, by.dry_run);
		agreement_age_say(say, by.agreement, day_of(by.now));
	}
done:
	folder_close(by.to);
	node_close(&h);
	return rc;
}

const struct command cmd_load = {
	.name = "load",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "write what is ready, and decisions that came back, for the "
		"other system",
	.more = "Each referral is judged once more first.  One file each, "
		"mode 0600, into a folder that exists, never over another "
		"file.  FORMAT is progres-ping, progres-dtp, primero, or "
		"sheet: a page that people key in by hand.  A sheet can also "
		"be had of a referral that is held for missing fields alone, "
		"when it is named with --only.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "FORMAT:DIR",
		    .gist = "such as progres-ping:DIR or primero:DIR" },
		[OPT_ONLY] = { .name = "only", .value = "REF",
		    .gist = "these referrals and no others", .many = true },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be written" },
	},
	.run = run_load,
};
