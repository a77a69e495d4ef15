#include <stdbool.h>

#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/keycare.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/passphrase.h"

enum { OPT_NEW_FD, OPT_NEW_FILE, OPT_DRY_RUN };

static void
tell(struct say *say, bool was_protected)
{
	say_line(say, "The node opens with the new passphrase from now on.");
	if (was_protected)
		say_next(say,
		    "Older copies of " NODE_SECRETS_FILE " (backups, printed "
		    "sheets) still open with the old passphrase: if somebody "
		    "may know it, destroy them and make new ones.");
	else
		say_next(say,
		    "Until now the keys lay on this disk without a passphrase. "
		    "For live work change them too: satchel keys rotate.");
	say_next(say,
	    "Print a new sheet, and keep it apart from the passphrase: satchel "
	    "keys sheet --out FILE.");
}

static int
run_passphrase(const struct args *args, struct say *say, struct fault *why)
{
	bool dry_run = args->given[OPT_DRY_RUN];
	struct passphrase *p = NULL;
	const char *user;
	bool was_protected;
	struct home h;
	int rc = -1;

	if (node_open(args, dry_run ? HOME_READ : HOME_WRITE, &h, why) == -1)
		return -1;
	was_protected = h.identity.protected;
	if (node_user(h.self, args, &user, why) == -1 ||
	    (p = keycare_new_passphrase(args->option[OPT_NEW_FD],
		 args->option[OPT_NEW_FILE], why)) == NULL)
		goto done;
	if (dry_run) {
		say_line(say,
		    "The passphrase can be changed; nothing was changed.");
		rc = 0;
		goto done;
	}
	rc = keycare_put_down(&h, p, user, "passphrase", say, why);
	if (rc == 0)
		tell(say, was_protected);

done:
	passphrase_free(p);
	node_close(&h);
	return rc;
}

const struct command cmd_keys_passphrase = {
	.name = "keys passphrase",
	.gist = "give this node another passphrase",
	.more = "The present one is asked for first, then the new one, twice. "
		"A practice node gets its first one, and is protected from "
		"then on. The keys stay the same; older copies of them still "
		"open with the old passphrase.",
	.options = {
		[OPT_NEW_FD] = KEYCARE_NEW_FD,
		[OPT_NEW_FILE] = KEYCARE_NEW_FILE,
		[OPT_DRY_RUN] = { "dry-run", NULL,
		    "check both, and change nothing", OPTION_LAST },
	},
	.run = run_passphrase,
};
