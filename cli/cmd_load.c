#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "formats/recognise.h"
#include "import/load.h"

enum { OPT_TO, OPT_ONLY, OPT_DRY_RUN };

struct told {
	struct say *say;
	size_t written;
};

static void
saw_loaded(void *context, const char *ref, const char *file,
    enum load_state state, const struct judgement *j, const struct fault *fault)
{
	struct told *t = context;

	say_loaded(t->say, ref, file, NULL, load_state_name(state), fault);
	if (state == LOAD_HELD) {
		say_referral(t->say, ref, "held", j);
		say_status(t->say, EXIT_LOOK);
	}
	if (fault != NULL)
		say_status(t->say, fault_text(fault->id)->exit_status);
	if (file != NULL)
		t->written++;
}

static int
open_target(const struct args *args, struct folder **to, struct fault *why)
{
	const char *path;
	enum format format;

	if (args->option[OPT_TO] == NULL)
		return FAIL(why, FAULT_USAGE,
		    "--to progres-ping:DIR is needed");
	format = recognise_prefix(args->option[OPT_TO], &path);
	if (format == FORMAT_NONE)
		return FAIL(why, FAULT_USAGE,
		    "--to needs a format and a folder, like progres-ping:DIR");
	if (format != FORMAT_PING)
		return FAIL(why, FAULT_NOT_YET, "loading to %s",
		    recognise_name(format));
	*to = folder_open(path, why);
	return *to == NULL ? -1 : 0;
}

static int
run_load(const struct args *args, struct say *say, struct fault *why)
{
	struct told told = { say, 0 };
	struct loader by = { 0 };
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_WRITE, &h, why) == -1)
		return -1;
	if (node_need_agreement(&h, why) == -1 ||
	    node_acting(&h, args, MAY_LOAD, &by.user, why) == -1 ||
	    open_target(args, &by.to, why) == -1)
		goto done;
	by.store = h.store;
	by.agreement = agreement_of(h.agreement);
	by.self = h.self;
	by.now = clock_now();
	by.dry_run = args->given[OPT_DRY_RUN];
	by.only = args->many[OPT_ONLY];
	by.only_count = (size_t)args->many_count[OPT_ONLY];
	by.loaded = saw_loaded;
	by.context = &told;
	if (load_ping(&by, why) == -1)
		goto done;
	if (told.written == 0)
		say_line(say, "Nothing was ready to be loaded.");
	else if (by.dry_run)
		say_line(say, "Nothing was written: this was a dry run.");
	else
		say_next(say,
		    "The files hold data about children: hand them "
		    "to the other system, then remove them.");
	rc = 0;
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
	.gist = "write what is ready as bodies for the other system",
	.more = "Each referral is judged once more first.  One file a "
		"referral, mode 0600, into a folder that exists, never over "
		"another file.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "FORMAT:DIR",
		    .gist = "progres-ping:DIR" },
		[OPT_ONLY] = { .name = "only", .value = "REF",
		    .gist = "these referrals and no others", .many = true },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be written" },
	},
	.run = run_load,
};
