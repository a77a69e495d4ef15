#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/passphrase.h"

enum { OPT_NODE, OPT_NO_PASSPHRASE, OPT_DRY_RUN };

static void
tell(struct say *say, const struct args *args, const struct identity *id)
{
	if (!id->protected)
		say_practice(say);
	say_identity(say, id->node, id->sign, id->open, id->fingerprint);
	say_line(say, "The node is in %s", args->globals->home);
	if (id->protected)
		say_next(say,
		    "Keep the passphrase: nobody can open this node without "
		    "it, and nobody can give it back to you.");
	else
		say_next(say,
		    "This is a practice node: its keys have no passphrase, "
		    "and it cannot join a live agreement.");
	say_next(say,
	    "Give the working group the card (satchel identity --out FILE), "
	    "and read the fingerprint to them by phone.");
	say_next(say,
	    "Then adopt the agreement that lists this node: satchel "
	    "agreement adopt FILE.");
}

static int
run_init(const struct args *args, struct say *say, struct fault *why)
{
	const char *home = args->globals->home;
	struct passphrase *p = NULL;
	struct identity id;
	int rc = -1;

	if (!args->given[OPT_NODE])
		return FAIL(why, FAULT_USAGE, "init needs --node CODE");
	if (args->given[OPT_NO_PASSPHRASE] &&
	    (args->globals->passphrase_file != NULL ||
		args->globals->passphrase_fd != -1))
		return FAIL(why, FAULT_USAGE,
		    "--no-passphrase and a passphrase do not go together");
	/* Before anybody has to think of a passphrase. */
	if (node_check_new(home, args->option[OPT_NODE], why) == -1)
		return -1;
	if (args->given[OPT_DRY_RUN]) {
		if (args->given[OPT_NO_PASSPHRASE])
			say_practice(say);
		say_line(say, "Node %s can be made in %s",
		    args->option[OPT_NODE], home);
		return 0;
	}
	if (!args->given[OPT_NO_PASSPHRASE] &&
	    ((p = node_passphrase(args, "New passphrase for this node: ", 1,
		  why)) == NULL ||
		passphrase_check_new(p, why) == -1))
		goto done;
	if (node_make(home, args->option[OPT_NODE], p, &id, why) == -1)
		goto done;
	tell(say, args, &id);
	rc = 0;

done:
	passphrase_free(p);
	return rc;
}

const struct command cmd_init = {
	.name = "init",
	.gist = "make this node: its keys and an empty store",
	.more = "The working group gives each node its code. The keys are kept "
		"under a passphrase that is asked for twice; without one the "
		"node is for practice only and cannot join a live agreement. "
		"A folder that holds a node already is left as it is.",
	.options = {
		[OPT_NODE] = { "node", "CODE",
		    "2 to 16 capital letters, digits and dashes", OPTION_LAST },
		[OPT_NO_PASSPHRASE] = { "no-passphrase", NULL,
		    "a practice node", OPTION_LAST },
		[OPT_DRY_RUN] = { "dry-run", NULL,
		    "check only, and make nothing", OPTION_LAST },
	},
	.run = run_init,
};
