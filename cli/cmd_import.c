#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/node.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/import.h"

enum { OPT_DRY_RUN };

struct run {
	struct importer by;
	struct say *say;
	int64_t held;
	struct progress *progress;
	const char *doing;
};

static void
saw_referral(void *context, const char *ref, const char *state,
    const struct judgement *j)
{
	struct run *r = context;

	progress_hide(r->progress);
	say_referral(r->say, ref, state, j);
}

static void
saw_record(void *context, enum bundle_record kind, const char *sentence,
    bool look)
{
	struct run *r = context;

	(void)kind;
	progress_hide(r->progress);
	if (look)
		say_notice(r->say, "%s", sentence);
	else
		say_line(r->say, "%s", sentence);
}

static void
saw_progress(void *context, const char *what, uint64_t done, uint64_t all)
{
	struct run *r = context;

	if (r->doing != what)
		progress_next(r->progress, what);
	r->doing = what;
	progress_at(r->progress, done, all);
}

static void
say_counts(struct say *say, const struct stage_counts *c)
{
	say_count(say, SAID_SHARE, c->verdict[VERDICT_SHARE]);
	say_count(say, SAID_STRIP, c->verdict[VERDICT_STRIP]);
	say_count(say, SAID_HOLD, c->verdict[VERDICT_HOLD]);
	say_count(say, SAID_REFUSE, c->verdict[VERDICT_REFUSE]);
	say_count(say, SAID_DUPLICATE, c->duplicate);
	say_count(say, SAID_RECALL, c->recall);
	say_count(say, SAID_ANSWER, c->answer);
	if (c->verdict[VERDICT_HOLD] + c->verdict[VERDICT_REFUSE] > 0)
		say_status(say, EXIT_LOOK);
}

static void
say_agreement_news(struct say *say, const struct imported *i)
{
	if (i->adopted)
		say_line(say,
		    "The bundle brought version %" PRId64
		    " of the agreement; it is in force here now.",
		    i->adopted_version);
	if (i->not_adopted)
		say_notice(say,
		    "The bundle brought a newer agreement that was not "
		    "adopted: %s %s",
		    fault_text(i->adopt_fault.id)->code,
		    fault_text(i->adopt_fault.id)->says);
	if (i->older_agreement)
		say_line(say,
		    "It was made under an older agreement; it was "
		    "judged by the one in force here.");
	if (i->rosters_left > 0)
		say_notice(say,
		    "The bundle brought %zu staff lists, which this version "
		    "does not take.",
		    i->rosters_left);
	if (i->clock_ahead)
		say_notice(say,
		    "The bundle is dated more than two days "
		    "ahead: one of the two clocks is wrong.");
}

static void
say_one(struct say *say, const char *name, const struct imported *i)
{
	struct said_bundle b = {
		.file = name,
		.id = i->outside_read ? i->outside.id : NULL,
		.seq = i->outside_read ? i->outside.seq : 0,
		.from = i->from[0] != '\0' ? i->from : NULL,
		.sequence = i->sequence,
		.state = import_state_name(i->state),
		.fault = i->fault.id != FAULT_NONE ? &i->fault : NULL,
		.bytes = i->bytes,
		.missing = i->missing,
		.missing_count = i->missing_count,
	};

	if (i->to[0] != '\0')
		b.to[b.to_count++] = i->to;
	say_counts(say, &i->counts);
	if (i->counts.receipt > 0)
		say_line(say, "It brought receipts for bundles of ours.");
	say_agreement_news(say, i);
	if (i->state == IMPORT_REFUSED)
		say_status(say, fault_text(i->fault.id)->exit_status);
	if (i->state == IMPORT_HELD)
		say_status(say, EXIT_LOOK);
	say_bundle(say, &b);
}

static int
import_one(int fd, const char *name, const struct fault *trouble, void *context,
    struct fault *why)
{
	struct run *r = context;
	struct imported out;
	int rc;

	if (trouble != NULL) {
		say_fault(r->say, name, trouble);
		return 0;
	}
	rc = import_file(&r->by, fd, &out, why);
	progress_hide(r->progress);
	if (rc == -1) {
		/* This node is in trouble; the next file may fare better. */
		say_fault(r->say, name, why);
		return 0;
	}
	say_one(r->say, name, &out);
	r->held += out.counts.verdict[VERDICT_HOLD];
	return 0;
}

static int
run_import(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .say = say };
	struct home h;
	struct files_seen seen;
	int rc = -1;

	if (node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (node_need_agreement(&h, why) == -1 ||
	    node_acting(&h, args, 0, &r.by.user, why) == -1)
		goto done;
	r.by.home = h.folder;
	r.by.secrets = h.secrets;
	r.by.store = h.store;
	r.by.agreement = &h.agreement;
	r.by.self = &h.self;
	r.by.node_protected = h.identity.protected;
	r.by.now = clock_now();
	r.by.dry_run = args->given[OPT_DRY_RUN];
	r.by.watch = (struct stage_watch){ saw_referral, saw_record, &r };
	r.by.progress = saw_progress;
	r.by.progress_context = &r;
	r.progress = progress_new("opening", "B");
	rc =
	    files_each(args->operands, args->count, &seen, import_one, &r, why);
	progress_free(r.progress);
	if (rc == -1)
		goto done;
	files_say(say, &seen);
	if (r.held > 0)
		say_next(say, "What is held waits for a person: satchel inbox");
	rc = 0;
done:
	node_close(&h);
	return rc;
}

const struct command cmd_import = {
	.name = "import",
	.operands = "FILE|DIR...",
	.least = 1,
	.most = -1,
	.gist = "verify, open, judge and stage bundles, in any order, any "
		"number of times",
	.more = "Of a folder, the *.satchel files directly in it are taken.  "
		"Nothing is loaded into the other system: see load.",
	.options = {
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "judge and show; keep nothing" },
	},
	.run = run_import,
};
