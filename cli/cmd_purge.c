#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "export/carry.h"
#include "formats/agreement.h"
#include "store/journal.h"
#include "store/retention.h"
#include "store/store.h"

#define NAMES_MAX ((size_t)64 * 1024 * 1024)
#define JSON_MAX ((size_t)4 * 1024)
#define DAY ((moment)24 * 60 * 60)

enum { OPT_FILES, OPT_TODAY, OPT_DRY_RUN };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct folder *outbox; /* NULL with --dry-run */
	struct folder *files;  /* NULL: not said */
	struct bytes written;  /* names in it */
	bool dry_run;
	const char *user;
	moment now;
	struct retention_done done;
};

/* Is now so late that somebody is to say that it is? */
static bool
is_late(const struct run *r, moment newest)
{
	const struct agreement *a = agreement_of(r->home.agreement);
	moment days = a->retention_ledger_days;

	if (days < a->retention_bundle_days)
		days = a->retention_bundle_days;
	if (days < a->retention_staged_days)
		days = a->retention_staged_days;
	return day_of(r->now) > a->valid_until || r->now - newest > days * DAY;
}

/*
 * A clock that is behind would not know what is old; one that is ahead takes
 * everything for old.  Nothing can be undone.
 */
static int
ask_clock(const struct run *r, struct fault *why)
{
	const char *typed = r->args->option[OPT_TODAY];
	char text[MOMENT_TEXT], now[MOMENT_TEXT];
	day today = DAY_UNKNOWN;
	moment newest;

	if (typed != NULL && !day_read(typed, &today))
		return FAIL(why, FAULT_USAGE,
		    "--today needs a date, like 2027-01-31");
	if (journal_newest(r->home.store, &newest, why) == -1)
		return -1;
	day_write_moment(newest, text);
	day_write_moment(r->now, now);
	if (newest > r->now)
		return FAIL(why, FAULT_NODE_CLOCK,
		    "the newest act here is of %s", text);
	if (typed == NULL ? is_late(r, newest) : today != day_of(r->now))
		return FAIL(why, FAULT_NODE_CLOCK_AHEAD,
		    "it says %s; the newest act here is of %s", now, text);
	return 0;
}

static int
prepare(struct run *r, struct fault *why)
{
	const char *files = r->args->option[OPT_FILES];
	size_t others;

	if (node_open(r->args, r->dry_run ? HOME_READ : HOME_WRITE, &r->home,
		why) == -1)
		return -1;
	if (node_need_agreement(&r->home, why) == -1 ||
	    node_acting(&r->home, r->args, MAY_DECIDE, &r->user, why) == -1 ||
	    ask_clock(r, why) == -1)
		return -1;
	if (!r->dry_run &&
	    (r->outbox = folder_make_in(r->home.folder, CARRY_OUTBOX, why)) ==
		NULL)
		return -1;
	if (files == NULL)
		return 0;
	if ((r->files = folder_open(files, why)) == NULL)
		return -1;
	return folder_list(r->files, &r->written, &others, why);
}

/* What is gone already is as it should be. */
static int
remove_all(const struct folder *from, const struct bytes *names,
    struct fault *why)
{
	const char *name;

	for (size_t i = 0; i < names->len; i += strlen(name) + 1) {
		name = (const char *)names->at + i;
		if (folder_has(from, name) &&
		    folder_remove(from, name, why) == -1)
			return -1;
	}
	return 0;
}

static int
remove_files(struct run *r, struct fault *why)
{
	if (remove_all(r->outbox, &r->done.outbox, why) == -1)
		return -1;
	return r->files == NULL ? 0 :
				  remove_all(r->files, &r->done.written, why);
}

static int
say_as_json(const struct run *r, struct fault *why)
{
	const struct retention_done *d = &r->done;
	struct bytes text;
	struct sink *to;
	struct jsonout o;
	int rc;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_integer(&o, "bundles", d->bundles);
	jsonout_integer(&o, "records", d->records);
	jsonout_integer(&o, "referrals", d->referrals);
	jsonout_integer(&o, "decisions", d->decisions);
	jsonout_integer(&o, "salts", d->salts);
	jsonout_integer(&o, "files", d->files);
	jsonout_integer(&o, "bundles_kept", d->bundles_kept);
	jsonout_integer(&o, "records_kept", d->records_kept);
	jsonout_integer(&o, "sent_kept", d->sent_kept);
	jsonout_boolean(&o, "dry_run", r->dry_run);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(r->say, "purged", &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

static void
say_kept(const struct run *r)
{
	const struct retention_done *d = &r->done;

	if (d->bundles_kept > 0)
		say_notice(r->say,
		    "%" PRId64 " bundles are older than the agreement says and "
		    "stay: nobody has said that they arrived, or they carry a "
		    "recall that waits. See: satchel status",
		    d->bundles_kept);
	if (d->records_kept > 0)
		say_notice(r->say,
		    "%" PRId64 " referrals that came are older than the "
		    "agreement says and stay: they wait for somebody. See: "
		    "satchel inbox",
		    d->records_kept);
	if (d->sent_kept > 0)
		say_notice(r->say,
		    "%" PRId64 " referrals that went, or were to go, are older "
		    "than the agreement says and stay: they are held, not "
		    "answered, or withdrawn and not confirmed. See: satchel "
		    "inbox, satchel status",
		    d->sent_kept);
}

static void
say_people(const struct run *r)
{
	const struct agreement *a = agreement_of(r->home.agreement);
	const struct retention_done *d = &r->done;
	const char *word = r->dry_run ? "Would be removed" : "Removed";
	char now[MOMENT_TEXT];

	day_write_moment(r->now, now);
	say_line(r->say,
	    "The agreement keeps bundles %d days, records %d, the ledger %d; "
	    "now is %s.",
	    a->retention_bundle_days, a->retention_staged_days,
	    a->retention_ledger_days, now);
	say_line(r->say, "%s: %" PRId64 " bundles their receiver has", word,
	    d->bundles);
	say_line(r->say, "%s: %" PRId64 " records of ended referrals", word,
	    d->records);
	say_line(r->say,
	    "%s: of %" PRId64 " referrals all but state and ids (%" PRId64
	    " decisions, %" PRId64 " salts of the log)",
	    word, d->referrals, d->decisions, d->salts);
	if (r->files != NULL)
		say_line(r->say, "%s: %" PRId64 " files that load wrote", word,
		    d->files);
	else if (d->records + d->referrals > 0)
		say_next(r->say,
		    "Files that load wrote of them lie where they were "
		    "written: satchel purge --files DIR removes those.");
	if (r->dry_run)
		say_line(r->say, "Nothing was changed: this was a dry run.");
	else
		say_line(r->say,
		    "A drive may keep what was removed for a while: only an "
		    "encrypted one is safe to give away.");
}

static int
purge(struct run *r, struct fault *why)
{
	const struct agreement *a = agreement_of(r->home.agreement);
	const struct retention_order order = {
		.store = r->home.store,
		.user = r->user,
		.now = r->now,
		.agreement = a->version,
		.bundle_days = a->retention_bundle_days,
		.staged_days = a->retention_staged_days,
		.ledger_days = a->retention_ledger_days,
		.written = r->files != NULL ? &r->written : NULL,
		.dry_run = r->dry_run,
	};
	int rc = -1;

	if (retention_run(&order, &r->done, why) == -1)
		goto done;
	/* The log says so already: what breaks off here is done the next time. */
	if (!r->dry_run &&
	    (remove_files(r, why) == -1 ||
		store_compact(r->home.store, why) == -1))
		goto done;
	say_people(r);
	say_kept(r);
	rc = say_as_json(r, why);
done:
	retention_free(&r->done);
	return rc;
}

static int
run_purge(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args,
		.say = say,
		.now = clock_now(),
		.dry_run = args->given[OPT_DRY_RUN] };
	int rc = -1;

	bytes_init(&r.written, NAMES_MAX);
	if (prepare(&r, why) == 0)
		rc = purge(&r, why);
	bytes_free(&r.written);
	folder_close(r.files);
	folder_close(r.outbox);
	node_close(&r.home);
	return rc;
}

const struct command cmd_purge = {
	.name = "purge",
	.operands = NULL,
	.least = 0,
	.most = 0,
	.gist = "remove what is older than the agreement lets this node keep",
	.more = "As retention_days of the agreement says: the files of bundles "
		"that their receiver has, the records of referrals that have "
		"ended, and later on reasons, decisions and the salts with "
		"which entries of the log can be told to be about a referral. "
		"What is owed, held, not answered, or withdrawn and not "
		"confirmed stays, however old. Numbers, states, recalls, "
		"refusals and the log stay for good: nothing is done twice, "
		"and the log can be proven as before. Needs the right to "
		"decide. Do it with --dry-run first.",
	.options = {
		[OPT_FILES] = { .name = "files", .value = "DIR",
		    .gist = "also remove the files that load wrote there of "
			    "referrals that have ended" },
		[OPT_TODAY] = { .name = "today", .value = "DATE",
		    .gist = "the date of today (UTC), where the clock is "
			    "asked for: past the agreement's last day, or "
			    "longer after the newest act than anything is "
			    "kept" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "count, and change nothing" },
	},
	.run = run_purge,
};
