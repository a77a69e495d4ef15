#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/keycare.h"
#include "cli/say.h"
#include "formats/keysheet.h"

#define NAME_ROOM 256

enum { OPT_OUT, OPT_DRY_RUN };

static int
write_file(const struct args *args, const struct bytes *file, struct say *say,
    struct fault *why)
{
	const char *out = args->option[OPT_OUT];
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	int rc = -1;

	if (folder_split(out, &dir, name, sizeof(name), why) == -1)
		return -1;
	if (folder_has(dir, name))
		fault_set(why, FAULT_DISK_EXISTS, "%s", name);
	else if (args->given[OPT_DRY_RUN])
		rc = 0;
	else
		rc = folder_publish_bytes(dir, name, file->at, file->len, why);
	folder_close(dir);
	if (rc == 0 && !args->given[OPT_DRY_RUN]) {
		say_line(say, "What it holds is in %s, encrypted", out);
		say_next(say, "Put it back with satchel keys recover.");
	}
	return rc;
}

static int
run_read(const struct args *args, struct say *say, struct fault *why)
{
	struct bytes text, file;
	int rc = -1;

	bytes_init(&text, KEYSHEET_TEXT_MAX);
	bytes_init(&file, KEYSHEET_MAX);
	if (keycare_read_file(args->operands[0], &text, why) == -1) {
		if (why->id == FAULT_SOURCE_TOO_LARGE)
			fault_set(why, FAULT_KEYSHEET_SIZE, "the text");
		goto done;
	}
	if (keycare_read_sheet(&text, say, &file, why) == 0)
		rc = args->given[OPT_OUT] ? write_file(args, &file, say, why) :
					    0;

done:
	bytes_free(&text);
	bytes_free(&file);
	return rc;
}

const struct command cmd_keys_read = {
	.name = "keys read",
	.operands = "SHEET",
	.least = 1,
	.most = 1,
	.gist = "read a key sheet that was typed or scanned",
	.more = "SHEET is a text file, or - for standard input. Small letters, "
		"spaces, the order of the lines and other text do not count; "
		"write ? for what cannot be read. Tells which lines to look at "
		"again. Without --out it only checks. Needs no node.",
	.options = {
		[OPT_OUT] = { "out", "FILE",
		    "a new file for what it holds, still encrypted", OPTION_LAST },
		[OPT_DRY_RUN] = { "dry-run", NULL, "check, but write nothing",
		    false },
	},
	.run = run_read,
};
