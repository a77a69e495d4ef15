#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
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
#include "formats/agreement.h"
#include "formats/report.h"
#include "store/tallying.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define JSON_MAX ((size_t)4 * 1024 * 1024)
#define HOUR ((moment)60 * 60)
#define DAY (24 * HOUR)
#define PAGE "report.html"
#define NAME_ROOM 64
#define NAMED 256

enum { OPT_OUT, OPT_FROM, OPT_TO, OPT_DRY_RUN };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct arena *arena;
	struct report report;
	struct figures tables[TALLY_TABLES];
	char named[NAMED]; /* the last who; copied at once */
};

/* Whom the agreement lists here is named with their role; nobody else is. */
static const char *
who(void *context, const char *user)
{
	struct run *r = context;
	const struct user *u =
	    user == NULL ? NULL : agreement_user(r->home.self, user);

	if (u == NULL)
		return user != NULL && strcmp(user, "unnamed") == 0 ?
		    "unnamed, in practice" :
		    "somebody who is not listed now";
	(void)snprintf(r->named, sizeof(r->named), "%.100s, %.100s", u->user,
	    u->role);
	return r->named;
}

static const char *
role(void *context, const char *name)
{
	const struct run *r = context;
	const struct texts *roles =
	    &agreement_of(r->home.agreement)->override_roles;

	for (size_t i = 0; name != NULL && i < roles->count; i++)
		if (strcmp(roles->items[i], name) == 0)
			return roles->items[i];
	return "a role that the agreement does not list";
}

static int
read_day(const struct args *args, int option, day *out, struct fault *why)
{
	*out = DAY_UNKNOWN;
	if (args->option[option] != NULL &&
	    !day_read(args->option[option], out))
		return FAIL(why, FAULT_USAGE,
		    "--from and --to take dates, as 2026-01-31");
	return 0;
}

static int
count(struct run *r, struct fault *why)
{
	const struct agreement *a = agreement_of(r->home.agreement);
	const struct tallying_order order = {
		.store = r->home.store,
		.now = r->report.made,
		.from = r->report.from,
		.to = r->report.to,
		.party = r->home.self->party->id,
		.emergency = a->emergency_hours * HOUR,
		.urgent = a->urgent_hours * HOUR,
		.normal = a->normal_days * DAY,
		.who = who,
		.role = role,
		.context = r,
	};

	r->report.node = r->home.identity.node;
	r->report.title = a->title;
	r->report.agreement = a->id;
	r->report.practice = a->environment == AGREEMENT_TEST;
	r->report.tables = r->tables;
	r->report.count = TALLY_TABLES;
	return tallying_run(&order, r->arena, r->tables, why);
}

/* --- into files --- */

static int
put_csv(struct folder *out, const struct figures *f, struct fault *why)
{
	char name[NAME_ROOM];
	struct sink *to;
	int rc = -1;

	(void)snprintf(name, sizeof(name), "%s.csv", f->id);
	if ((to = folder_publish(out, name, why)) == NULL)
		return -1;
	if (report_write_csv(f, to, why) == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	return rc;
}

/* The page comes last: where it is, all of it is. */
static int
put_files(const struct run *r, struct fault *why)
{
	struct folder *out = folder_make(r->args->option[OPT_OUT], why);
	struct sink *to = NULL;
	int rc = -1;

	if (out == NULL)
		return -1;
	if (folder_has(out, PAGE)) {
		fault_set(why, FAULT_DISK_EXISTS, "%s", PAGE);
		goto done;
	}
	for (size_t i = 0; i < r->report.count; i++)
		if (put_csv(out, &r->tables[i], why) == -1)
			goto done;
	if ((to = folder_publish(out, PAGE, why)) == NULL ||
	    report_write_page(&r->report, to, why) == -1)
		goto done;
	rc = sink_finish(to, why);
done:
	sink_free(to);
	folder_close(out);
	return rc;
}

/* --- and told --- */

static int
say_as_json(const struct run *r, struct fault *why)
{
	struct bytes text;
	struct sink *to;
	struct jsonout o;
	int rc;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	report_write_json(&r->report, &o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(r->say, "report", &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

static void
say_people(const struct run *r)
{
	size_t hidden = 0;

	for (size_t i = 0; i < r->report.count; i++)
		for (size_t k = 0; k < r->tables[i].count; k++)
			hidden += r->tables[i].rows[k].hidden;
	if (hidden > 0)
		say_line(r->say,
		    "%zu counts are hidden: they are below %d, or would tell "
		    "one that is.",
		    hidden, FIGURES_LEAST);
	if (r->args->given[OPT_DRY_RUN]) {
		say_line(r->say, "Nothing was written: this was a dry run.");
		return;
	}
	say_line(r->say, "Written: %s, and a table (CSV) of each chart.", PAGE);
	say_next(r->say, "Open %s/%s in a browser, and print it.",
	    r->args->option[OPT_OUT], PAGE);
}

static int
run_with(struct run *r, struct fault *why)
{
	const struct args *args = r->args;
	const char *user;

	if (args->option[OPT_OUT] == NULL && !args->given[OPT_DRY_RUN])
		return FAIL(why, FAULT_USAGE, "--out DIR is needed");
	if (read_day(args, OPT_FROM, &r->report.from, why) == -1 ||
	    read_day(args, OPT_TO, &r->report.to, why) == -1)
		return -1;
	if (r->report.from != DAY_UNKNOWN && r->report.to != DAY_UNKNOWN &&
	    r->report.from > r->report.to)
		return FAIL(why, FAULT_USAGE, "--from is later than --to");
	if (node_open(args, HOME_READ, &r->home, why) == -1)
		return -1;
	if (node_need_agreement(&r->home, why) == -1 ||
	    node_acting(&r->home, args, 0, &user, why) == -1 ||
	    (r->arena = arena_new(ARENA, why)) == NULL || count(r, why) == -1)
		return -1;
	if (!args->given[OPT_DRY_RUN] && put_files(r, why) == -1)
		return -1;
	say_people(r);
	return say_as_json(r, why);
}

static int
run_report(const struct args *args, struct say *say, struct fault *why)
{
	struct run *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "a report");
	r->args = args;
	r->say = say;
	r->report.made = clock_now();
	rc = run_with(r, why);
	arena_free(r->arena);
	node_close(&r->home);
	free(r);
	return rc;
}

const struct command cmd_report = {
	.name = "report",
	.operands = NULL,
	.least = 0,
	.most = 0,
	.gist = "counts for the working group: a page with charts, and tables",
	.more = "Counts what went and came by flow, service, verdict, rule, "
		"how far it came and how soon it was answered; what is "
		"overdue; what people let go or refused, and who; recalls and "
		"how long they took. Only numbers: counts below 5 are hidden, "
		"and so are those that would give them away. DIR is made; "
		"report.html and one .csv a table are written into it, never "
		"over another file.",
	.options = {
		[OPT_OUT] = { .name = "out", .value = "DIR",
		    .gist = "where to write it" },
		[OPT_FROM] = { .name = "from", .value = "DATE",
		    .gist = "what went or came on that day or later" },
		[OPT_TO] = { .name = "to", .value = "DATE",
		    .gist = "and not after that day" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "count, and write nothing" },
	},
	.run = run_report,
};
