#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/platform.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"

#define CARD_MAX 4096
#define NAME_ROOM 256
#define TYPED_ROOM 128

enum { OPT_OUT, OPT_CHECK, OPT_CONFIRM, OPT_DRY_RUN };

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

static void
tell(struct say *say, const struct identity *id)
{
	say_identity(say, id->node, id->sign, id->open, id->fingerprint);
	if (id->next_sign[0] != '\0')
		say_identity_next(say, id->next_sign, id->next_open);
}

static int
read_card(const char *path, struct identity *id, struct fault *why)
{
	struct folder *dir = NULL;
	struct bytes card;
	char name[NAME_ROOM];
	int rc = -1;

	bytes_init(&card, CARD_MAX);
	if (folder_split(path, &dir, name, sizeof(name), why) == -1)
		goto done;
	if (folder_read(dir, name, &card, why) == -1) {
		if (why->id == FAULT_SOURCE_TOO_LARGE)
			fault_set(why, FAULT_CARD, "%s", name);
		goto done;
	}
	rc = node_read_card(&card, id, why);

done:
	bytes_free(&card);
	folder_close(dir);
	return rc;
}

/*
 * The digits come from the node's people and not from the card or this screen:
 * so they are asked for before anything is shown.
 */
static int
check_card(const struct args *args, struct say *say, struct fault *why)
{
	const char *typed = args->option[OPT_CONFIRM];
	char asked[TYPED_ROOM];
	struct identity id;

	if (read_card(args->option[OPT_CHECK], &id, why) == -1)
		return -1;
	if (typed == NULL) {
		if (args->globals->json ||
		    !platform_is_terminal(STDIN_FILENO) ||
		    !platform_is_terminal(STDOUT_FILENO) ||
		    platform_ask("Type the fingerprint that the node's people "
				 "read to you: ",
			asked, sizeof(asked)) == -1)
			return FAIL(why, FAULT_USAGE,
			    "identity --check needs --confirm FINGERPRINT");
		typed = asked;
	}
	if (!digest_fingerprint_is(id.fingerprint, typed))
		return FAIL(why, FAULT_CARD_DIGITS, "%s", id.node);
	tell(say, &id);
	say_line(say, "The card and the digits agree.");
	if (id.next_sign[0] == '\0')
		say_next(say,
		    "Put both keys into the agreement, as this node's sign and "
		    "open.");
	else
		say_next(say,
		    "Put the new keys into the agreement behind the old ones: "
		    "the last of a node's open is what is sealed to, the last "
		    "of its sign is what it signs with.");
	return 0;
}

static int
show_own(const struct args *args, struct say *say, struct fault *why)
{
	const char *out = args->option[OPT_OUT];
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_IDENTITY, &h, why) == -1)
		return -1;
	if (out != NULL &&
	    write_card(&h.identity, out, args->given[OPT_DRY_RUN], why) == -1)
		goto done;
	tell(say, &h.identity);
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

static int
run_identity(const struct args *args, struct say *say, struct fault *why)
{
	if (args->given[OPT_CHECK]) {
		if (args->given[OPT_OUT])
			return FAIL(why, FAULT_USAGE,
			    "identity --check writes no card");
		return check_card(args, say, why);
	}
	if (args->given[OPT_CONFIRM])
		return FAIL(why, FAULT_USAGE,
		    "--confirm goes with identity --check CARD");
	return show_own(args, say, why);
}

const struct command cmd_identity = {
	.name = "identity",
	.gist = "show the public card of this node, or check another's",
	.more = "The card holds public keys only. The working group puts them "
		"into the agreement, after somebody has read them the "
		"fingerprint and they typed it in; checking a card needs no "
		"node.",
	.options = {
		[OPT_OUT] = { "out", "FILE", "write the card to a new file",
		    false },
		[OPT_CHECK] = { "check", "CARD",
		    "is this card what its node's people read out?", OPTION_LAST },
		[OPT_CONFIRM] = { "confirm", "FINGERPRINT",
		    "what they read: 30 digits, with or without spaces",
		    false },
		[OPT_DRY_RUN] = { "dry-run", NULL, "show, but write nothing",
		    false },
	},
	.run = run_identity,
};
