#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
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
#include "import/plan.h"

#define PLAN_MAX ((size_t)512 * 1024 * 1024)

enum { OPT_TO, OPT_ONLY, OPT_CREDENTIALS, OPT_DRY_RUN };

struct told {
	struct say *say;
	struct progress *progress;
	size_t found; /* that could have been loaded */
	size_t planned;
	size_t written;
	size_t undo;	/* of those: tasks */
	size_t revoked; /* by the server itself */
	size_t added;
	bool dry_run;
	bool server; /* no files */
	struct bytes text;
	struct sink *to; /* NULL: people are told */
	struct jsonout plan;
};

/* --- what would be done --- */

static void
write_plan(struct jsonout *o, const char *ref, const struct plan *p)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", ref);
	jsonout_text(o, "action", plan_action_name(p->action));
	if (p->target_id[0] != '\0' && text_is_number(p->target_id))
		jsonout_text(o, "target_id", p->target_id);
	if (p->field_count > 0) {
		jsonout_list(o, "fields");
		for (size_t i = 0; i < p->field_count; i++)
			jsonout_text(o, NULL, p->field[i]);
		jsonout_list_end(o);
	}
	if (p->found_count > 0) {
		jsonout_list(o, "found");
		for (size_t i = 0; i < p->found_count; i++) {
			jsonout_object(o, NULL);
			jsonout_text(o, "id", p->found[i].id);
			jsonout_text(o, "name", p->found[i].name);
			jsonout_text(o, "birth", p->found[i].birth);
			jsonout_text(o, "sex", p->found[i].sex);
			jsonout_object_end(o);
		}
		jsonout_list_end(o);
	}
	if (p->why.id != FAULT_NONE)
		jsonout_text(o, "why", p->why.detail);
	jsonout_object_end(o);
}

static void
print_plan(struct say *say, const char *ref, const struct plan *p)
{
	say_line(say, "%s  %s%s%s", ref, plan_action_name(p->action),
	    p->target_id[0] != '\0' ? "  " : "",
	    p->target_id[0] != '\0' ? say_number(p->target_id) : "");
	for (size_t i = 0; i < p->field_count; i++)
		say_line(say, "    says otherwise there, and is left: %s",
		    p->field[i]);
	for (size_t i = 0; i < p->found_count; i++)
		say_line(say,
		    "    may be %s: same name %s, birth date %s, sex %s",
		    say_number(p->found[i].id), p->found[i].name,
		    p->found[i].birth, p->found[i].sex);
	if (p->why.id != FAULT_NONE && p->action != PLAN_ASK)
		say_line(say, "    but: %s", p->why.detail);
	if (p->found_more > 0)
		say_line(say, "    and %zu more that are not shown",
		    p->found_more);
}

/* What asks is shown also when it is no dry run: a person has to choose. */
static void
saw_planned(void *context, const char *ref, const struct plan *p)
{
	struct told *t = context;

	t->planned++;
	if (t->to != NULL)
		write_plan(&t->plan, ref, p);
	if (!t->dry_run && p->found_count == 0)
		return;
	progress_hide(t->progress);
	print_plan(t->say, ref, p);
}

static int
begin_plan(struct told *t, bool json, struct fault *why)
{
	bytes_init(&t->text, PLAN_MAX);
	if (!json)
		return 0;
	if ((t->to = bytes_sink_new(&t->text, why)) == NULL)
		return -1;
	jsonout_start(&t->plan, t->to);
	jsonout_list(&t->plan, NULL);
	return 0;
}

static int
end_plan(struct told *t, struct fault *why)
{
	int rc = 0;

	if (t->to != NULL) {
		jsonout_list_end(&t->plan);
		rc = jsonout_end(&t->plan, why);
		if (rc == 0)
			say_json(t->say, "plan", &t->text);
	}
	sink_free(t->to);
	t->to = NULL;
	bytes_free(&t->text);
	return rc;
}

/* --- what was done --- */

static void
saw_loaded(void *context, const struct loaded *l)
{
	const struct said_loaded said = {
		.ref = l->ref,
		.file = l->file,
		.target_id = l->target_id,
		.answer = l->answer,
		.undo = l->undo,
		.state = load_state_name(l->state),
		.fault = l->fault,
		.not_kept = l->not_kept,
		.not_kept_count = l->not_kept_count,
		.older = l->older,
		.older_count = l->older_count,
	};
	struct told *t = context;

	progress_hide(t->progress);
	say_loaded(t->say, &said);
	if (l->state == LOAD_HELD && l->fault == NULL) {
		say_referral(t->say, l->ref, "held", l->judgement);
		say_status(t->say, EXIT_LOOK);
	}
	t->found++;
	t->written += l->file != NULL ||
	    (t->server && l->state != LOAD_HELD && l->state != LOAD_FAILED);
	t->undo += l->undo && l->file != NULL;
	t->revoked += l->state == LOAD_REVOKED;
	t->added += l->state == LOAD_LINKED;
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

static void
saw_noticed(void *context, const struct fault *fault)
{
	const struct fault_text *text = fault_text(fault->id);
	const struct told *t = context;

	progress_hide(t->progress);
	say_notice(t->say, "%s %s (%s)", text->code, text->says, fault->detail);
	say_next(t->say, "%s", text->remedy);
}

static void
saw_waiting(void *context, long seconds)
{
	const struct told *t = context;

	progress_wait(t->progress, seconds);
}

/* Opened by the load itself, with these. */
static int
open_server(const struct args *args, enum format format, struct loader *by,
    struct fault *why)
{
	if ((by->target = target_find(format)) == NULL ||
	    by->target->any_system)
		return FAIL(why, FAULT_NOT_YET, "loading to a server of %s",
		    recognise_name(format));
	by->credentials = args->option[OPT_CREDENTIALS];
	return 0;
}

static int
open_target(const struct args *args, struct loader *by, struct fault *why)
{
	const char *word = args->option[OPT_TO], *path;
	enum format format;

	if (word == NULL)
		return FAIL(why, FAULT_USAGE, "--to FORMAT:DIR is needed");
	if ((format = sources_server(word)) != FORMAT_NONE)
		return open_server(args, format, by, why);
	if (args->given[OPT_CREDENTIALS])
		return FAIL(why, FAULT_USAGE,
		    "--credentials is for a server, like primero-api");
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
		    t->found + t->planned == 0 ?
			"Nothing was ready to be loaded." :
			dry_run ? "Nothing was written: this was a dry run." :
				  "Nothing was written.");
		return;
	}
	if (t->undo > 0 && !t->server)
		say_notice(say,
		    "%zu withdrawn after they were loaded: each has a page "
		    "that says what to undo, in which order, and what to type "
		    "then.",
		    t->undo);
	if (t->revoked > 0)
		say_next(say,
		    "%zu taken back in Primero, as far as satchel can. Tell "
		    "who gives the service there.",
		    t->revoked);
	if (t->added > 0)
		say_line(say,
		    "What is added goes into a case that is known there: of "
		    "the child itself nothing is changed.");
	if (dry_run)
		say_line(say, "Nothing was written: this was a dry run.");
	else if (!t->server)
		say_next(say,
		    "The files hold data about children: give them to "
		    "who loads them, then remove them.");
}

static int
run_load(const struct args *args, struct say *say, struct fault *why)
{
	struct told told = { .say = say };
	struct loader by = { 0 };
	struct fault none;
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
	by.secrets = h.secrets;
	by.planned = saw_planned;
	by.loaded = saw_loaded;
	by.passed_over = saw_passed_over;
	by.progress = saw_progress;
	by.noticed = saw_noticed;
	by.waiting = saw_waiting;
	by.context = &told;
	told.dry_run = by.dry_run;
	told.server = by.to == NULL;
	if (begin_plan(&told, args->globals->json, why) == -1)
		goto done;
	told.progress = progress_new("loading", "");
	rc = load_run(&by, why);
	progress_free(told.progress);
	told.progress = NULL;
	if (end_plan(&told, rc == 0 ? why : &none) == -1)
		rc = -1;
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
	.more = "Each referral is judged once more first.  With primero-api, "
		"progres-ping-api or progres-dtp-api it goes to that server "
		"itself, with the sealed file of --credentials; --dry-run "
		"shows for each what "
		"would be done there, and what a person has to choose with "
		"satchel match.  Else one file each, mode 0600, into a "
		"folder that exists, never over another file.  FORMAT is progres-ping, progres-dtp, primero, or "
		"sheet: a page that people key in by hand.  A sheet can also "
		"be had of a referral that is held for missing fields alone, "
		"when it is named with --only.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "FORMAT:DIR|FORMAT-api",
		    .gist = "such as progres-ping:DIR or primero-api" },
		[OPT_CREDENTIALS] = { .name = "credentials", .value = "FILE",
		    .gist = "how to be let in by the server" },
		[OPT_ONLY] = { .name = "only", .value = "REF",
		    .gist = "these referrals and no others", .times = OPTION_MANY },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be written" },
	},
	.run = run_load,
};
