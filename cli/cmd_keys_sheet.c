#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/keycare.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "formats/keysheet.h"
#include "store/journal.h"

#define NAME_ROOM 256

enum { OPT_OUT, OPT_RECOVERY, OPT_DRY_RUN };

static bool
is_practice(const struct home *h)
{
	return !h->identity.protected ||
	    (h->agreement != NULL &&
		agreement_of(h->agreement)->environment == AGREEMENT_TEST);
}

/* The encrypted file; the keys themselves are never printed. */
static int
take_file(const struct home *h, bool recovery, struct bytes *out,
    struct fault *why)
{
	if (!recovery && !h->identity.protected)
		return FAIL(why, FAULT_SECRETS_PRACTICE, "%s",
		    h->identity.node);
	if (folder_read(h->folder,
		recovery ? NODE_RECOVERY_FILE : NODE_SECRETS_FILE, out,
		why) == 0)
		return 0;
	if (recovery && why->id == FAULT_DISK_NOT_FOUND)
		fault_set(why, FAULT_DISK_NOT_FOUND,
		    NODE_RECOVERY_FILE ": it comes with an agreement that "
				       "names recovery keys");
	return -1;
}

/* Written, and read back at once as it would be from paper. */
static int
make_sheet(const struct home *h, bool recovery, struct bytes *sheet,
    struct fault *why)
{
	char date[DAY_TEXT];
	const struct keysheet_head head = {
		.node = h->identity.node,
		.fingerprint = h->identity.fingerprint,
		.date = date,
		.file = recovery ? NODE_RECOVERY_FILE
		    ": the keys of this node" :
				   NODE_SECRETS_FILE ": the keys of this node",
		.opens = recovery ? "a recovery key of the working group" :
				    "the passphrase of this node",
		.practice = is_practice(h),
	};
	struct bytes file;
	struct keysheet k = { .line = NULL };
	int rc = -1;

	bytes_init(&file, KEYSHEET_MAX);
	bytes_init(&k.file, KEYSHEET_MAX);
	day_write(day_of(clock_now()), date);
	if (take_file(h, recovery, &file, why) == -1 ||
	    keysheet_write(&head, file.at, file.len, sheet, why) == -1 ||
	    keysheet_read(sheet->at, sheet->len, &k, why) == -1)
		goto done;
	if (k.state != KEYSHEET_WHOLE || k.strays > 0 ||
	    k.file.len != file.len ||
	    memcmp(k.file.at, file.at, file.len) != 0) {
		fault_set(why, FAULT_INSIDE, "the sheet does not read back");
		goto done;
	}
	rc = 0;

done:
	keysheet_free(&k);
	bytes_free(&file);
	return rc;
}

static int
put_out(const struct args *args, struct home *h, const struct bytes *sheet,
    const char *user, struct fault *why)
{
	const char *body = args->given[OPT_RECOVERY] ?
	    "{\"what\":\"recovery sheet\"}" :
	    "{\"what\":\"sheet\"}";
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	int rc = -1;

	if (folder_split(args->option[OPT_OUT], &dir, name, sizeof(name),
		why) == -1)
		return -1;
	if (folder_has(dir, name))
		fault_set(why, FAULT_DISK_EXISTS, "%s", name);
	else if (args->given[OPT_DRY_RUN])
		rc = 0;
	/* Noted first: no sheet may be about that nobody knows of. */
	else if (journal_add(h->store, ACT_KEYS_CHANGED, clock_now(), user,
		     body, why) == 0)
		rc =
		    folder_publish_bytes(dir, name, sheet->at, sheet->len, why);
	folder_close(dir);
	return rc;
}

static void
tell(const struct args *args, struct say *say)
{
	say_line(say, "The sheet is in %s", args->option[OPT_OUT]);
	if (args->given[OPT_RECOVERY])
		say_next(say,
		    "Print it for the working group; only a recovery key of "
		    "theirs opens it.");
	else
		say_next(say,
		    "Print it and lock it away, apart from the passphrase: "
		    "who has both has the keys of this node.");
	say_next(say,
	    "Then try it once: type or scan it, and read it with satchel keys "
	    "read. Print it again when keys or passphrase change.");
}

static int
run_sheet(const struct args *args, struct say *say, struct fault *why)
{
	bool dry_run = args->given[OPT_DRY_RUN];
	struct bytes sheet;
	const char *user;
	struct home h;
	int rc = -1;

	if (!args->given[OPT_OUT])
		return FAIL(why, FAULT_USAGE, "keys sheet needs --out FILE");
	if (node_open(args, dry_run ? HOME_READ : HOME_WRITE, &h, why) == -1)
		return -1;
	bytes_init(&sheet, KEYSHEET_TEXT_MAX);
	if (node_user(h.self, args, &user, why) == -1 ||
	    make_sheet(&h, args->given[OPT_RECOVERY], &sheet, why) == -1 ||
	    put_out(args, &h, &sheet, user, why) == -1)
		goto done;
	if (dry_run)
		say_line(say, "The sheet can be made; nothing was written.");
	else
		tell(args, say);
	rc = 0;

done:
	bytes_free(&sheet);
	node_close(&h);
	return rc;
}

const struct command cmd_keys_sheet = {
	.name = "keys sheet",
	.gist = "make a sheet of this node's keys, to be printed",
	.more = "The sheet is the encrypted file of the keys as text: useless "
		"without the passphrase, so keep the two apart. It can be read "
		"back with satchel keys read also if some of its lines are "
		"lost.",
	.options = {
		[OPT_OUT] = { "out", "FILE", "a new file for the sheet",
		    false },
		[OPT_RECOVERY] = { "recovery", NULL,
		    "the copy that the working group can open", OPTION_LAST },
		[OPT_DRY_RUN] = { "dry-run", NULL,
		    "check only, and write nothing", OPTION_LAST },
	},
	.run = run_sheet,
};
