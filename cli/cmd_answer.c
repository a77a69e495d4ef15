#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/sources.h"
#include "formats/agreement.h"
#include "import/answers.h"

enum {
	OPT_FROM,
	OPT_ZIP_PASSWORD,
	OPT_REF,
	OPT_TARGET_ID,
	OPT_DECISION,
	OPT_REASON,
	OPT_ON,
	OPT_CREDENTIALS,
	OPT_DRY_RUN,
};

struct told {
	struct say *say;
	struct progress *progress;
	size_t taken;
	size_t pending;
	size_t look;
};

static void
saw_said(void *context, const struct answers_said *a)
{
	const struct said_answer said = {
		.ref = a->ref,
		.decision = a->decision,
		.code = a->code,
		.state = answers_state_name(a->state),
		.text = a->sentence,
		.remedy = a->remedy,
	};
	struct told *t = context;

	progress_hide(t->progress);
	t->taken += a->state == ANSWERS_TAKEN;
	t->pending += a->state == ANSWERS_PENDING && a->sentence == NULL;
	if (a->state == ANSWERS_HELD || a->state == ANSWERS_NOT_OURS) {
		t->look++;
		say_status(t->say, EXIT_LOOK);
	}
	say_answer(t->say, &said);
}

static void
saw_unreadable(void *context, const struct fault *fault)
{
	const struct fault_text *text = fault_text(fault->id);
	struct told *t = context;

	progress_hide(t->progress);
	t->look++;
	say_notice(t->say, "%s %s (%s)", text->code, text->says, fault->detail);
	say_next(t->say, "%s", text->remedy);
}

/* A page that was not fetched may hold a decision nobody hears of. */
static void
saw_incomplete(void *context, const char *file)
{
	struct told *t = context;
	char safe[256];

	say_notice(t->say, "%s is not all there is: proGres has more pages",
	    text_show(file, strlen(file), safe, sizeof(safe)));
	say_next(t->say, "Fetch the other pages and give those files, too.");
}

static void
saw_waiting(void *context, long seconds)
{
	const struct told *t = context;

	progress_wait(t->progress, seconds);
}

static int
read_decision(const char *word, enum decided *out, struct fault *why)
{
	static const enum decided all[] = { DECIDED_ACCEPTED, DECIDED_REJECTED,
		DECIDED_DONE };

	*out = DECIDED_PENDING;
	if (word == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(word, decision_name(all[i])) == 0) {
			*out = all[i];
			return 0;
		}
	}
	return FAIL(why, FAULT_USAGE,
	    "--decision takes accepted, rejected or done");
}

static int
read_typed(const struct args *args, struct answers_typed *t, struct fault *why)
{
	t->ref = args->option[OPT_REF];
	t->target_id = args->option[OPT_TARGET_ID];
	t->reason = args->option[OPT_REASON];
	t->decided_on = DAY_UNKNOWN;
	if (read_decision(args->option[OPT_DECISION], &t->decided, why) == -1)
		return -1;
	if (args->option[OPT_ON] != NULL &&
	    !day_read(args->option[OPT_ON], &t->decided_on))
		return FAIL(why, FAULT_USAGE, "--on takes YYYY-MM-DD");
	if (t->decided == DECIDED_PENDING &&
	    (t->reason != NULL || t->decided_on != DAY_UNKNOWN))
		return FAIL(why, FAULT_USAGE,
		    "--reason and --on need --decision");
	if (t->decided == DECIDED_PENDING && t->target_id == NULL)
		return FAIL(why, FAULT_USAGE,
		    "--decision or --target-id is needed");
	return 0;
}

/* One way or the other, and not a mixture. */
static int
check_words(const struct args *args, struct fault *why)
{
	static const int typed[] = { OPT_TARGET_ID, OPT_DECISION, OPT_REASON,
		OPT_ON };

	if (args->given[OPT_FROM] == args->given[OPT_REF])
		return FAIL(why, FAULT_USAGE,
		    "either --from FILE or --ref REF is needed");
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		if (args->given[OPT_FROM] && args->given[typed[i]])
			return FAIL(why, FAULT_USAGE,
			    "--from takes what the file says, and --ref what "
			    "is typed");
	if (args->given[OPT_REF] && args->given[OPT_ZIP_PASSWORD])
		return FAIL(why, FAULT_USAGE,
		    "--zip-password-file needs --from");
	if (args->given[OPT_CREDENTIALS] &&
	    (!args->given[OPT_FROM] ||
		sources_server(args->option[OPT_FROM]) == FORMAT_NONE))
		return FAIL(why, FAULT_USAGE,
		    "--credentials is for a server, like primero-api");
	return 0;
}

/* What was taken stays taken, though the server was not told. */
static int
take_from_server(const struct args *args, const struct home *h,
    const struct answers_taker *by, struct fault *why)
{
	const struct answers_server from = {
		.format = sources_server(args->option[OPT_FROM]),
		.credentials = args->option[OPT_CREDENTIALS],
		.secrets = h->secrets,
		.home = h->folder,
	};
	struct told *t = by->context;
	struct fault untold;
	int rc;

	t->progress = progress_new("asking", "");
	rc = answers_from_server(by, &from, &untold, why);
	progress_free(t->progress);
	t->progress = NULL;
	if (rc == -1)
		return -1;
	if (untold.id == FAULT_NONE)
		return 0;
	say_notice(t->say,
	    "proGres could not be told that they are known here: they come "
	    "again the next time, and change nothing.");
	say_fault(t->say, "progres-ping-api", &untold);
	return 0;
}

static int
take(const struct args *args, const struct home *h,
    const struct answers_taker *by, struct fault *why)
{
	struct sources sources = { .count = 0 };
	struct answers_typed typed;
	int rc;

	if (args->given[OPT_REF])
		return read_typed(args, &typed, why) == -1 ?
		    -1 :
		    answers_by_hand(by, &typed, why);
	if (sources_server(args->option[OPT_FROM]) != FORMAT_NONE)
		return take_from_server(args, h, by, why);
	rc = sources_read(&sources, &args->option[OPT_FROM], 1,
	    args->option[OPT_ZIP_PASSWORD], why);
	if (rc == 0)
		rc = answers_from_file(by, &sources.files[0], why);
	sources_forget(&sources);
	return rc;
}

static void
say_end_of_it(struct say *say, const struct told *t, bool dry_run)
{
	say_count(say, SAID_ANSWER, (int64_t)t->taken);
	if (t->pending > 0)
		say_line(say, "%zu without a decision yet.", t->pending);
	if (dry_run)
		say_line(say, "Nothing was written: this was a dry run.");
	else if (t->taken > 0)
		say_next(say,
		    "They go back with the next bundle: satchel export --to "
		    "NODE --out DIR");
	else if (t->look == 0 && t->pending == 0)
		say_line(say, "Nothing new.");
}

static int
run_answer(const struct args *args, struct say *say, struct fault *why)
{
	struct told told = { .say = say };
	struct answers_taker by = { 0 };
	struct home h;
	int rc = -1;

	if (check_words(args, why) == -1)
		return -1;
	if (node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (node_need_agreement(&h, why) == -1 ||
	    node_acting(&h, args, MAY_LOAD, &by.user, why) == -1)
		goto done;
	by.store = h.store;
	by.agreement = agreement_of(h.agreement);
	by.now = clock_now();
	by.dry_run = args->given[OPT_DRY_RUN];
	by.said = saw_said;
	by.unreadable = saw_unreadable;
	by.incomplete = saw_incomplete;
	by.waiting = saw_waiting;
	by.context = &told;
	rc = take(args, &h, &by, why);
	if (rc == 0)
		say_end_of_it(say, &told, by.dry_run);
done:
	node_close(&h);
	return rc;
}

const struct command cmd_answer = {
	.name = "answer",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "take decisions made in this node's system, for the next "
		"bundle back",
	.more = "Either out of a file that the system wrote, or typed for one "
		"referral.  With a number and no decision, the number is "
		"kept, and goes back together with the decision.  A decision "
		"that cannot be understood, or fits no referral, is told and "
		"never passed on.",
	.options = {
		[OPT_FROM] = { .name = "from",
		    .value = "[FORMAT:]FILE|FORMAT-api",
		    .gist = "what the system wrote, or its server" },
		[OPT_CREDENTIALS] = { .name = "credentials", .value = "FILE",
		    .gist = "how to be let in by the server" },
		[OPT_ZIP_PASSWORD] = { .name = "zip-password-file",
		    .value = "FILE",
		    .gist = "its first line opens a locked zip" },
		[OPT_REF] = { .name = "ref", .value = "REF",
		    .gist = "the referral, or its start" },
		[OPT_TARGET_ID] = { .name = "target-id", .value = "ID",
		    .gist = "the number it has in this node's system" },
		[OPT_DECISION] = { .name = "decision", .value = "WORD",
		    .gist = "accepted, rejected or done" },
		[OPT_REASON] = { .name = "reason", .value = "TEXT",
		    .gist = "why, in words; it goes back, and is never shown" },
		[OPT_ON] = { .name = "on", .value = "DATE",
		    .gist = "the day it was decided; today if left out" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be taken" },
	},
	.run = run_answer,
};
