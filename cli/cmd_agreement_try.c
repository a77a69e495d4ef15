/*
 * agreement try: what would be held under an agreement, in numbers.
 */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/papers.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/sources.h"
#include "export/consents.h"
#include "export/trial.h"
#include "formats/agreement.h"
#include "policy/rules.h"

#define COUNTS_MAX ((size_t)1024 * 1024)

enum { TRY_FROM, TRY_CONSENTS, TRY_TO, TRY_ZIP_PASSWORD };

/* Under which agreement, as whom, on which day. */
struct attempt {
	const struct args *args;
	struct say *say;
	struct home home;
	struct agreement_file *draft; /* NULL: the one in force */
	const struct agreement *agreement;
	const struct node *self;
	day today;
	struct progress *progress;
};

static void
saw_unreadable(void *context, const struct fault *fault)
{
	const struct fault_text *text = fault_text(fault->id);
	const struct attempt *t = context;

	progress_hide(t->progress);
	say_notice(t->say, "%s %s (%s)", text->code, text->says, fault->detail);
}

static void
saw_incomplete(void *context, const char *file)
{
	const struct attempt *t = context;

	progress_hide(t->progress);
	say_notice(t->say, "%s is not all there is: proGres has more pages",
	    file);
}

static void
saw_progress(void *context, uint64_t done, uint64_t all)
{
	const struct attempt *t = context;

	progress_at(t->progress, done, all);
}

/*
 * A draft is tried as if every party had signed it, and on the day it begins
 * if that is still to come: else there would be nothing to see.
 */
static int
take_draft(struct attempt *t, const char *path, struct fault *why)
{
	struct agreement *a;
	bool keys_missing;
	char day_text[DAY_TEXT];

	if ((t->draft = papers_agreement(path, NULL, why)) == NULL ||
	    papers_need_whole(t->draft, t->say, &keys_missing, why) == -1)
		return -1;
	a = agreement_of(t->draft);
	for (size_t i = 0; i < a->party_count; i++)
		a->party_signed[i] = true;
	if (a->environment == AGREEMENT_LIVE && t->args->globals->user == NULL)
		return FAIL(why, FAULT_NODE_USER_NEEDED, "%s",
		    t->home.identity.node);
	t->agreement = a;
	t->self = agreement_node(a, t->home.identity.node);
	if (t->self == NULL)
		return FAIL(why, FAULT_AGREEMENT_NO_NODE, "%s",
		    t->home.identity.node);
	say_line(t->say, "As if every party had signed this file.");
	if (t->today < a->valid_from) {
		t->today = a->valid_from;
		day_write(t->today, day_text);
		say_line(t->say, "As on the day it begins, %s.", day_text);
	}
	return 0;
}

static int
take_in_force(struct attempt *t, struct fault *why)
{
	const char *user;

	if (node_acting(&t->home, t->args, MAY_EXPORT, &user, why) == -1)
		return -1;
	t->agreement = agreement_of(t->home.agreement);
	t->self = t->home.self;
	return 0;
}

static void
say_rules(struct say *say, const struct trial *trial)
{
	for (size_t i = 0; i < rules_count; i++)
		for (int v = VERDICT_REFUSE; v >= VERDICT_NOTE; v--)
			if (trial->rules[i][v] > 0)
				say_line(say, "rule   %s  %s  %lld  %s",
				    rules_all[i].id,
				    verdict_name((enum verdict)v),
				    (long long)trial->rules[i][v],
				    rules_all[i].asks);
	for (size_t i = 0; i < trial->field_count; i++) {
		const struct trial_field *f = &trial->fields[i];

		say_line(say,
		    "field  %s  taken out of %lld, waiting for it %lld",
		    f->name, (long long)f->removed, (long long)f->waits);
	}
}

static void
write_counts(struct jsonout *o, const struct attempt *t,
    const struct trial *trial)
{
	char on[DAY_TEXT];

	day_write(t->today, on);
	jsonout_object(o, NULL);
	jsonout_integer(o, "agreement_version", t->agreement->version);
	jsonout_text(o, "on", on);
	jsonout_list(o, "rules");
	for (size_t i = 0; i < rules_count; i++)
		for (int v = VERDICT_REFUSE; v >= VERDICT_NOTE; v--) {
			if (trial->rules[i][v] == 0)
				continue;
			jsonout_object(o, NULL);
			jsonout_text(o, "id", rules_all[i].id);
			jsonout_text(o, "verdict",
			    verdict_name((enum verdict)v));
			jsonout_integer(o, "referrals", trial->rules[i][v]);
			jsonout_object_end(o);
		}
	jsonout_list_end(o);
	jsonout_list(o, "fields");
	for (size_t i = 0; i < trial->field_count; i++) {
		jsonout_object(o, NULL);
		jsonout_text(o, "field", trial->fields[i].name);
		jsonout_integer(o, "removed", trial->fields[i].removed);
		jsonout_integer(o, "waits", trial->fields[i].waits);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static int
tell_trial(const struct attempt *t, const struct trial *trial,
    struct fault *why)
{
	const int64_t *verdict = trial->verdict;
	struct jsonout o;
	struct sink *sink;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, COUNTS_MAX);
	if ((sink = bytes_sink_new(&json, why)) == NULL)
		return -1;
	jsonout_start(&o, sink);
	write_counts(&o, t, trial);
	if ((rc = jsonout_end(&o, why)) == 0) {
		say_rules(t->say, trial);
		say_json(t->say, "tried", &json);
		say_count(t->say, SAID_SHARE, verdict[VERDICT_SHARE]);
		say_count(t->say, SAID_STRIP, verdict[VERDICT_STRIP]);
		say_count(t->say, SAID_HOLD, verdict[VERDICT_HOLD]);
		say_count(t->say, SAID_REFUSE, verdict[VERDICT_REFUSE]);
		say_passed_over(t->say, &trial->passed);
		if (verdict[VERDICT_HOLD] + verdict[VERDICT_REFUSE] > 0)
			say_status(t->say, EXIT_LOOK);
		say_line(t->say,
		    "Nothing was written or remembered: this was a trial.");
	}
	sink_free(sink);
	bytes_free(&json);
	return rc;
}

static int
try_it(struct attempt *t, const struct sources *sources, struct fault *why)
{
	const struct node *to =
	    agreement_node(t->agreement, t->args->option[TRY_TO]);
	struct gather_order order = {
		.agreement = t->agreement,
		.sender = t->self,
		.receiver = to,
		.sources = sources->files,
		.source_count = sources->count,
		.user = t->args->globals->user,
		.today = t->today,
		.unreadable = saw_unreadable,
		.incomplete = saw_incomplete,
		.progress = saw_progress,
		.told_context = t,
	};
	struct trial *trial = NULL;
	int rc = -1;

	if (to == NULL || to == t->self || to->role == NODE_AUDITOR)
		return FAIL(why, FAULT_AGREEMENT_NO_NODE, "%.16s",
		    t->args->option[TRY_TO]);
	order.consents =
	    consents_open(t->args->option[TRY_CONSENTS], t->home.store, why);
	if (order.consents == NULL)
		goto done;
	if ((trial = calloc(1, sizeof(*trial))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a trial");
		goto done;
	}
	t->progress = progress_new("reading", "B");
	rc = trial_run(&order, trial, why);
	progress_free(t->progress);
	t->progress = NULL;
	if (rc == 0)
		rc = tell_trial(t, trial, why);
done:
	free(trial);
	consents_close(order.consents);
	return rc;
}

static int
run_try(const struct args *args, struct say *say, struct fault *why)
{
	struct attempt t = { .args = args,
		.say = say,
		.today = day_of(clock_now()) };
	struct sources sources = { .count = 0 };
	int rc = -1;

	if (!args->given[TRY_FROM] || !args->given[TRY_TO])
		return FAIL(why, FAULT_USAGE,
		    "agreement try needs --from FILE and --to NODE");
	if (node_open(args, HOME_READ, &t.home, why) == -1)
		return -1;
	rc = args->count > 0 ? take_draft(&t, args->operands[0], why) :
			       take_in_force(&t, why);
	if (rc == 0)
		rc = sources_read(&sources, args->many[TRY_FROM],
		    (size_t)args->many_count[TRY_FROM],
		    args->option[TRY_ZIP_PASSWORD], why);
	if (rc == 0)
		rc = try_it(&t, &sources, why);
	sources_forget(&sources);
	agreement_free(t.draft);
	node_close(&t.home);
	return rc;
}

const struct command cmd_agreement_try = {
	.name = "agreement try",
	.operands = "[FILE]",
	.most = 1,
	.gist = "count what an agreement would hold of a file, and keep nothing",
	.more = "Like export --dry-run, but under any agreement FILE, signed "
		"or not (without it, the one in force), and told in numbers: "
		"how many referrals each rule holds or refuses, and what each "
		"field has to do with it. What was sent before counts like "
		"the rest. Nothing is written or remembered.",
	.options = {
		[TRY_FROM] = { .name = "from", .value = "[FORMAT:]FILE",
		    .gist = "what the system wrote, say last month's",
		    .times = OPTION_MANY },
		[TRY_CONSENTS] = { .name = "consents", .value = "FILE",
		    .gist = "the site's consent register" },
		[TRY_TO] = { .name = "to", .value = "NODE",
		    .gist = "the node it would go to" },
		[TRY_ZIP_PASSWORD] = { .name = "zip-password-file",
		    .value = "FILE",
		    .gist = "its first line opens a locked zip" },
	},
	.run = run_try,
};
