#include <inttypes.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/platform.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/outfile.h"
#include "cli/say.h"
#include "formats/waybill.h"
#include "import/custody.h"

#define NAME_ROOM 256

enum { OPT_OUT, OPT_DRY_RUN };

static int
look(const char *path, struct waybill *w, struct fault *why)
{
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	int fd, rc = -1;

	if (folder_split(path, &dir, name, sizeof(name), why) == -1)
		return -1;
	if ((fd = folder_open_file(dir, name, why)) != -1) {
		rc = custody_look(fd, w, why);
		(void)close(fd);
	}
	folder_close(dir);
	return rc;
}

static int
put_file(const struct args *args, const struct waybill *w, struct fault *why)
{
	struct outfile *f;
	int rc = -1;

	if ((f = outfile_new(args->option[OPT_OUT], why)) == NULL)
		return -1;
	if (args->given[OPT_DRY_RUN])
		rc = 0;
	else if (waybill_write(w, outfile_sink(f), why) == 0)
		rc = outfile_end(f, why);
	outfile_free(f);
	return rc;
}

/* The page alone, for a printer or another program. */
static int
put_stdout(const struct waybill *w, struct fault *why)
{
	struct sink *to = sink_new_file(STDOUT_FILENO, why);
	int rc = -1;

	if (to != NULL && waybill_write(w, to, why) == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	return rc;
}

static void
tell(const struct args *args, struct say *say, const struct waybill *w)
{
	char line[2][WAYBILL_DIGITS], sealed[MOMENT_TEXT], text[WAYBILL_TEXT];

	waybill_line(w, 0, line[0]);
	waybill_line(w, 1, line[1]);
	waybill_text(w, text);
	day_write_moment(w->outside.created, sealed);
	say_line(say, "bundle       %s", w->outside.id);
	say_line(say, "number       %" PRId64, w->outside.seq);
	say_line(say, "bytes        %" PRIu64, w->bytes);
	say_line(say, "sealed on    %s", sealed);
	say_line(say, "fingerprint  %s", line[0]);
	say_line(say, "             %s", line[1]);
	say_member(say, "id", w->outside.id);
	say_number_of(say, "seq", w->outside.seq);
	say_number_of(say, "bytes", (int64_t)w->bytes);
	say_member(say, "sealed", sealed);
	say_member(say, "fingerprint", w->fingerprint);
	say_member(say, "qr", text);
	if (args->given[OPT_DRY_RUN]) {
		say_line(say, "Nothing was written.");
	} else if (args->given[OPT_OUT]) {
		say_line(say, "The waybill is in %s",
		    folder_last_part(args->option[OPT_OUT]));
		say_next(say,
		    "Print it twice: one goes with the bundle, one stays "
		    "here. Who could exchange the bundle could print another "
		    "page: the digits read out on the phone settle it.");
	} else {
		say_next(say, "--out FILE makes the page to be printed.");
	}
}

static int
run_waybill(const struct args *args, struct say *say, struct fault *why)
{
	struct waybill w;

	if (look(args->operands[0], &w, why) == -1)
		return -1;
	if (args->given[OPT_OUT]) {
		if (put_file(args, &w, why) == -1)
			return -1;
	} else if (!args->globals->json && !args->given[OPT_DRY_RUN] &&
	    !platform_is_terminal(STDOUT_FILENO)) {
		return put_stdout(&w, why);
	}
	tell(args, say, &w);
	return 0;
}

const struct command cmd_waybill = {
	.name = "waybill",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "a page to go with a bundle, with digits and lines to sign",
	.more = "Needs no node and no secret. Without --out the page goes to "
		"standard output, unless that is a terminal. It says what "
		"stands on the outside of the bundle and nothing else: no "
		"names, no office, no counts. The receiver types its digits "
		"after satchel verify --waybill.",
	.options = {
		[OPT_OUT] = { .name = "out", .value = "FILE",
		    .gist = "a new file for the page (HTML)" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what it would say; write nothing" },
	},
	.run = run_waybill,
};
