#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/platform.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/incidents.h"
#include "cli/lost_stick.h"
#include "cli/node.h"
#include "cli/say.h"
#include "cli/theft.h"
#include "cli/to_do.h"
#include "export/recall.h"
#include "formats/agreement.h"
#include "store/journal.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)

enum {
	OPT_DISTRUST,
	OPT_STOLEN,
	OPT_TRUST,
	OPT_LOST_STICK,
	OPT_CLOCK,
	OPT_LIST,
	OPT_REASON,
	OPT_REVEAL,
	OPT_DRY_RUN,
};

/* --- a clock that was wrong --- */

static int
keep_clock(struct incident *in, const char *body, struct fault *why)
{
	struct store *s = in->home.store;

	if (store_begin(s, why) == -1)
		return -1;
	if (journal_add(s, ACT_CLOCK_SET, in->now, in->user, body, why) == 0 &&
	    recall_clock_set(s, day_of(in->now), why) == 0)
		return store_commit(s, why);
	store_roll_back(s);
	return -1;
}

/*
 * What was done while the clock was ahead would stop this node until that day
 * comes, and a withdrawal of that day would refuse what is agreed before it.  Only a person can know which time is right; one
 * that no agreement was in force at is wrong in any case.
 */
static int
clock_was_wrong(struct incident *in, struct fault *why)
{
	char newest_text[MOMENT_TEXT], body[80];
	moment newest;

	if (journal_newest(in->home.store, &newest, why) == -1)
		return -1;
	if (in->now >= newest) {
		say_line(in->say,
		    "The clock is not behind anything that was done here: "
		    "there is nothing to put right.");
		return 0;
	}
	day_write_moment(newest, newest_text);
	if (day_of(in->now) < in->agreement->valid_from)
		return FAIL(why, FAULT_NODE_CLOCK,
		    "it is from before the agreement in force began");
	(void)snprintf(body, sizeof(body), "{\"newest\":\"%s\"}", newest_text);
	if (!in->dry_run && keep_clock(in, body, why) == -1)
		return -1;
	say_line(in->say, "The newest act here says %s: the clock was wrong.",
	    newest_text);
	say_line(in->say,
	    in->dry_run ?
		"It would count as right from now on." :
		"From now on it counts as right, and bundles go out again.");
	say_next(in->say,
	    "What was judged meanwhile may be held or refused for its dates: "
	    "satchel inbox, satchel why REF; and export the same files again.");
	return 0;
}

/* --- the command --- */

static int
list(struct incident *in, struct fault *why)
{
	/* A typed reason may name people. */
	bool reveal =
	    in->args->given[OPT_REVEAL] || platform_is_terminal(STDOUT_FILENO);

	return incidents_list(in->say, in->home.store, in->agreement, reveal,
	    why);
}

enum needs_reason { REASON_NONE, REASON_MAY, REASON_MUST };

/* What may have happened; the option that says so is the index. */
static const struct kind {
	const char *name; /* as it is kept and printed */
	int (*run)(struct incident *in, struct fault *why);
	unsigned right; /* of who tells it */
	enum needs_reason reason;
	bool about_files; /* operands name bundles */
	bool reads_only;
} kinds[] = {
	[OPT_DISTRUST] = { .name = "distrust",
	    .run = theft_distrust,
	    .right = MAY_DECIDE,
	    .reason = REASON_MUST },
	[OPT_STOLEN] = { .name = "stolen",
	    .run = theft_stolen,
	    .right = MAY_DECIDE,
	    .reason = REASON_MAY },
	[OPT_TRUST] = { .name = "trust",
	    .run = theft_trust,
	    .right = MAY_DECIDE,
	    .reason = REASON_MUST },
	[OPT_LOST_STICK] = { .name = "lost-stick",
	    .run = lost_stick_run,
	    .about_files = true },
	[OPT_CLOCK] = { .name = "clock",
	    .run = clock_was_wrong,
	    .right = MAY_DECIDE },
	[OPT_LIST] = { .name = "list", .run = list, .reads_only = true },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int
find_kind(const struct args *args, const struct kind **out, struct fault *why)
{
	const struct kind *k = NULL;
	int given = 0;

	for (size_t i = 0; i < KINDS; i++)
		if (args->given[i]) {
			k = &kinds[i];
			given++;
		}
	if (given != 1 || k == NULL)
		return FAIL(why, FAULT_USAGE,
		    "incident needs one of --distrust NODE, --stolen NODE, "
		    "--trust NODE, --lost-stick, --clock, --list");
	if (args->count > 0 && !k->about_files)
		return FAIL(why, FAULT_USAGE,
		    "only --lost-stick takes names of bundles");
	if (args->given[OPT_REASON] && k->reason == REASON_NONE)
		return FAIL(why, FAULT_USAGE,
		    "--reason goes with --distrust, --stolen or --trust");
	if (!args->given[OPT_REASON] && k->reason == REASON_MUST)
		return FAIL(why, FAULT_USAGE,
		    "--%s needs --reason TEXT; name nobody in it", k->name);
	*out = k;
	return 0;
}

/* Anybody listed may say that a stick is lost; holding an office is more. */
static int
ask_user(struct incident *in, const struct kind *k, struct fault *why)
{
	if (node_acting(&in->home, in->args, k->right, &in->user, why) == -1)
		return -1;
	in->agreement = agreement_of(in->home.agreement);
	if (k->about_files && in->args->globals->user == NULL &&
	    in->agreement->environment == AGREEMENT_LIVE)
		return FAIL(why, FAULT_NODE_USER_NEEDED, "%s",
		    in->home.identity.node);
	return 0;
}

static int
run_incident(const struct args *args, struct say *say, struct fault *why)
{
	const struct kind *k;
	struct incident *in;
	enum home_need need;
	int rc = -1;

	if (find_kind(args, &k, why) == -1)
		return -1;
	if ((in = calloc(1, sizeof(*in))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "an incident");
	in->args = args;
	in->say = say;
	in->now = clock_now();
	in->dry_run = args->given[OPT_DRY_RUN];
	in->kind = k->name;
	in->named = args->option[k - kinds];
	in->reason = args->option[OPT_REASON];
	need = k->reads_only || in->dry_run ? HOME_READ : HOME_WRITE;
	if (node_open(args, need, &in->home, why) == -1)
		goto done;
	if ((in->arena = arena_new(ARENA, why)) != NULL &&
	    ask_user(in, k, why) == 0)
		rc = k->run(in, why);
	arena_free(in->arena);
	node_close(&in->home);
done:
	free(in);
	return rc;
}

const struct command cmd_incident = {
	.name = "incident",
	.operands = "[FILE|ID...]",
	.least = 0,
	.most = -1,
	.gist = "after a loss or a theft: hold what is not to be trusted, and "
		"say what to do, whom to tell, by when",
	.more = "With --distrust and --stolen everything from an office is "
		"held at once, unread, and nothing is sealed to it, until a "
		"new version of the agreement revokes it, drops it or lists "
		"none of its keys of then, or until somebody says with --trust "
		"that it is safe. That needs the right to decide. "
		"--lost-stick takes the names of the bundles on it, if they "
		"are known; without any, all that left this node and that the "
		"other side never spoke of. They go with the next export once "
		"more. With --clock a node whose clock was ahead works again "
		"at once and not only when that day comes; that needs the "
		"right to decide, too. Reasons are kept in this node and go to "
		"nobody. Where there is something to do, the exit status is "
		"3.",
	.options = {
		[OPT_DISTRUST] = { .name = "distrust", .value = "NODE",
		    .gist = "hold everything from this office" },
		[OPT_STOLEN] = { .name = "stolen", .value = "NODE",
		    .gist = "the same, and what to write into the agreement" },
		[OPT_TRUST] = { .name = "trust", .value = "NODE",
		    .gist = "this office is safe: take what it sends again" },
		[OPT_LOST_STICK] = { .name = "lost-stick",
		    .gist = "a stick is gone" },
		[OPT_CLOCK] = { .name = "clock",
		    .gist = "this computer's clock was ahead, and is right "
			    "now" },
		[OPT_LIST] = { .name = "list",
		    .gist = "which offices were distrusted, and how that "
			    "stands" },
		[OPT_REASON] = { .name = "reason", .value = "TEXT",
		    .gist = "why, in a line that names nobody" },
		[OPT_REVEAL] = { .name = "reveal",
		    .gist = "with --list: show reasons also into a file" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show, but note and hold nothing" },
	},
	.run = run_incident,
};
