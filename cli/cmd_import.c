#include "base/fault.h"
#include "cli/bringing.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"

enum { OPT_DRY_RUN };

static int
run_import(const struct args *args, struct say *say, struct fault *why)
{
	struct bringing r = { .by = { .dry_run = args->given[OPT_DRY_RUN] } };
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (bringing_start(&r, args, &h, say, why) == 0 &&
	    bringing_run(&r, args->operands, args->count, why) == 0)
		rc = bringing_end(&r, &h, why);
	bringing_free(&r);
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
		"What waits in this node is tried again, too.  Nothing is loaded into "
		"the other system: see load.",
	.options = {
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "judge and show; keep nothing" },
	},
	.run = run_import,
};
