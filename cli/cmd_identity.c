#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"

#define CARD_MAX 4096
#define NAME_ROOM 256

enum { OPT_OUT, OPT_DRY_RUN };

static int
write_card(const struct identity *id, const char *path, bool dry_run,
    struct fault *why)
{
	struct folder *dir = NULL;
	struct bytes card;
	char name[NAME_ROOM];
	int rc = -1;

	bytes_init(&card, CARD_MAX);
	if (folder_split(path, &dir, name, sizeof(name), why) == -1 ||
	    node_write_card(id, &card, why) == -1)
		goto done;
	if (folder_has(dir, name)) {
		fault_set(why, FAULT_DISK_EXISTS, "%s", name);
		goto done;
	}
	if (!dry_run &&
	    folder_publish_bytes(dir, name, card.at, card.len, why) == -1)
		goto done;
	rc = 0;

done:
	bytes_free(&card);
	folder_close(dir);
	return rc;
}

static int
run_identity(const struct args *args, struct say *say, struct fault *why)
{
	const char *out = args->option[OPT_OUT];
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_IDENTITY, &h, why) == -1)
		return -1;
	if (out != NULL &&
	    write_card(&h.identity, out, args->given[OPT_DRY_RUN], why) == -1)
		goto done;
	say_identity(say, h.identity.node, h.identity.sign, h.identity.open,
	    h.identity.fingerprint);
	if (out != NULL && !args->given[OPT_DRY_RUN])
		say_line(say, "The card is in %s", out);
	say_next(say,
	    "The card may be sent openly; read the fingerprint to the "
	    "working group by phone, or show it on paper.");
	rc = 0;

done:
	node_close(&h);
	return rc;
}

const struct command cmd_identity = {
	.name = "identity",
	.gist = "show the public card of this node",
	.more = "The card holds public keys only. The working group puts them "
		"into the agreement, after somebody has read them the "
		"fingerprint.",
	.options = {
		[OPT_OUT] = { "out", "FILE", "write the card to a new file",
		    false },
		[OPT_DRY_RUN] = { "dry-run", NULL, "show, but write nothing",
		    false },
	},
	.run = run_identity,
};
