#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/match.h"

#define ARENA ((size_t)16 * 1024 * 1024)

enum { OPT_LINK, OPT_NEW, OPT_THERE, OPT_CREDENTIALS, OPT_DRY_RUN };

static int
check_words(const struct args *args, struct fault *why)
{
	if (args->given[OPT_LINK] + args->given[OPT_NEW] +
		args->given[OPT_THERE] !=
	    1)
		return FAIL(why, FAULT_USAGE,
		    "one of --link ID, --new and --there is needed");
	if (args->given[OPT_THERE] && args->given[OPT_CREDENTIALS])
		return FAIL(why, FAULT_USAGE,
		    "--credentials is for --link and --new");
	return 0;
}

static void
say_it(struct say *say, const struct args *args, const struct matched *m)
{
	say_member(say, "ref", m->ref);
	if (args->given[OPT_LINK]) {
		say_member(say, "target_id",
		    say_number(args->option[OPT_LINK]));
		say_line(say, "%s  belongs to %s", m->ref,
		    say_number(args->option[OPT_LINK]));
	} else if (m->answer)
		say_line(say,
		    m->sent_again ?
			"%s  its decision is not there, and is sent again" :
			"%s  its decision is there",
		    m->ref);
	else if (m->sent_again)
		say_line(say, "%s  is not there, and may be sent again",
		    m->ref);
	else
		say_line(say, "%s  has no case there", m->ref);
	if (args->given[OPT_DRY_RUN])
		say_line(say, "Nothing was written: this was a dry run.");
	else
		say_next(say, "satchel load goes by it.");
}

static int
run_match(const struct args *args, struct say *say, struct fault *why)
{
	struct match by = { 0 };
	struct arena *a = NULL;
	struct matched out;
	struct home h;
	int rc = -1;

	if (check_words(args, why) == -1 ||
	    node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (node_need_agreement(&h, why) == -1 ||
	    node_acting(&h, args, MAY_LOAD, &by.user, why) == -1 ||
	    (a = arena_new(ARENA, why)) == NULL)
		goto done;
	by.store = h.store;
	by.agreement = agreement_of(h.agreement);
	by.self = h.self;
	by.secrets = h.secrets;
	by.credentials = args->option[OPT_CREDENTIALS];
	by.now = clock_now();
	by.dry_run = args->given[OPT_DRY_RUN];
	by.there = args->given[OPT_THERE];
	rc = match_keep(&by, args->operands[0], args->option[OPT_LINK], a, &out,
	    why);
	if (rc == 0)
		say_it(say, args, &out);
done:
	arena_free(a);
	node_close(&h);
	return rc;
}

const struct command cmd_match = {
	.name = "match",
	.operands = "REF",
	.least = 1,
	.most = 1,
	.gist = "say which case of the other system a referral belongs to",
	.more = "For what load asks a person: look the child up there first.  "
		"ID is the case's own, and must be one that the server shows "
		"for this child, or that this node knows as the child's.  "
		"--new also says of one that was sent and never answered that "
		"somebody looked and it is not there: what PING took in is "
		"asked for once more, with --credentials.  Of a decision about what "
		"was sent from here, --there says that it is.",
	.options = {
		[OPT_LINK] = { .name = "link", .value = "ID",
		    .gist = "it belongs to that case" },
		[OPT_NEW] = { .name = "new",
		    .gist = "no case there is this child's" },
		[OPT_THERE] = { .name = "there",
		    .gist = "somebody saw the decision there" },
		[OPT_CREDENTIALS] = { .name = "credentials", .value = "FILE",
		    .gist = "how to be let in by the server, to look" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "look, and keep nothing" },
	},
	.run = run_match,
};
