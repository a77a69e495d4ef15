#include <inttypes.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log_own.h"
#include "cli/node.h"
#include "cli/say.h"
#include "export/log_out.h"

#define NAMES_MAX ((size_t)1024 * 1024)

enum { OPT_OUT, OPT_DRY_RUN };

/* What lies there already might be taken for a part of the log. */
static int
check_empty(const struct folder *f, struct fault *why)
{
	struct bytes names;
	size_t others;
	int rc;

	bytes_init(&names, NAMES_MAX);
	rc = folder_list(f, &names, &others, why);
	if (rc == 0 && (names.len > 0 || others > 0))
		rc = FAIL(why, FAULT_DISK_EXISTS,
		    "something is in that folder: name a new one");
	bytes_free(&names);
	return rc;
}

static int
write_out(const struct home *h, const struct args *args, struct log_own *own,
    struct log_out_done *done, struct fault *why)
{
	struct log_out_order order = { .store = h->store };
	struct folder *to;
	struct bytes note;
	int rc = -1;

	bytes_init(&note, NOTE_MAX);
	if ((to = folder_make(args->option[OPT_OUT], why)) == NULL ||
	    check_empty(to, why) == -1 ||
	    log_own_sign(h, own, &note, why) == -1)
		goto done;
	order.head = (const char *)note.at;
	order.said = own->said;
	order.key = own->key;
	rc = log_out_write(&order, to, done, why);
done:
	bytes_free(&note);
	folder_close(to);
	return rc;
}

static void
tell(struct say *say, const struct args *args, const struct log_own *own,
    const struct log_out_done *done)
{
	say_member(say, "origin", own->said.origin);
	say_member(say, "key", own->key);
	say_number_of(say, "size", (int64_t)own->said.size);
	say_number_of(say, "heads", done->heads);
	say_number_of(say, "seen", done->seen);
	if (args->given[OPT_DRY_RUN]) {
		say_line(say,
		    "The log has %" PRIu64 " entries; nothing was written.",
		    own->said.size);
		return;
	}
	say_line(say,
	    "The log, %" PRIu64 " entries, is in %s, with %" PRId64
	    " heads of its own and %" PRId64 " of partners' logs.",
	    own->said.size, args->option[OPT_OUT], done->heads, done->seen);
	say_line(say, "Its key is %s", own->key);
	say_next(say,
	    "Give the folder to the auditor; satchel log verify DIR checks it, "
	    "with the agreement and a head that somebody else kept.");
}

static int
run_log_export(const struct args *args, struct say *say, struct fault *why)
{
	const bool dry = args->given[OPT_DRY_RUN];
	struct log_out_done done = { 0 };
	struct log_own own;
	const char *user;
	struct home h;
	int rc;

	if (args->option[OPT_OUT] == NULL)
		return FAIL(why, FAULT_USAGE, "log export needs --out DIR");
	if (node_open(args, dry ? HOME_READ : HOME_WRITE, &h, why) == -1)
		return -1;
	rc = node_acting(&h, args, 0, &user, why);
	if (rc == 0)
		rc = dry ? log_own_read(&h, &own, why) :
			   write_out(&h, args, &own, &done, why);
	if (rc == 0)
		tell(say, args, &own, &done);
	node_close(&h);
	return rc;
}

const struct command cmd_log_export = {
	.name = "log export",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "the log as a folder that an auditor takes away",
	.more = "Public: entries, hashes and signed heads as C2SP tlog-tiles, "
		"which stock tools read, and the heads of partners' logs that "
		"came in their bundles.  No reference is in it in the clear.",
	.options = {
		[OPT_OUT] = { "out", "DIR", "make this folder", OPTION_LAST },
		[OPT_DRY_RUN] = { "dry-run", NULL, "write nothing", OPTION_LAST },
	},
	.run = run_log_export,
};
