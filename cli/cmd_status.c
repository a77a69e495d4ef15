#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/delivery.h"
#include "cli/incidents.h"
#include "cli/node.h"
#include "cli/say.h"
#include "export/status.h"
#include "formats/agreement.h"
#include "import/distrust.h"
#include "import/held_files.h"

#define ARENA ((size_t)256 * 1024 * 1024)
#define NAMES_MAX ((size_t)16 * 1024 * 1024)
#define JSON_MAX ((size_t)64 * 1024 * 1024)
#define LINE 1024
#define DAY_SECONDS 86400

enum { OPT_PARTNER };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct arena *arena;
	struct status status;
	int64_t held_bundles; /* as a whole, in this node */
	moment now;
};

/* --- for people --- */

/* A line that grows; what does not fit any more is left out as "...". */
static void
add(char line[static LINE], const char *between, const char *text)
{
	size_t used = strlen(line), more = strlen(text) + strlen(between);

	if (used + more + 4 < LINE)
		(void)snprintf(line + used, LINE - used, "%s%s",
		    used > 0 ? between : "", text);
	else if (used + 4 < LINE && line[used - 1] != '.')
		(void)snprintf(line + used, LINE - used, "...");
}

static void
say_numbers(struct say *say, const char *what, const struct status_numbers *n)
{
	char line[LINE] = "", one[48];

	if (n->count == 0)
		return;
	for (size_t i = 0; i < n->listed; i++) {
		const char *code = n->code[i];

		if (n->at[i] == 0)
			(void)snprintf(one, sizeof(one), "one (%s)", code);
		else if (code[0] != '\0')
			(void)snprintf(one, sizeof(one), "%" PRId64 " (%s)",
			    n->at[i], code);
		else
			(void)snprintf(one, sizeof(one), "%" PRId64, n->at[i]);
		add(line, ", ", one);
	}
	say_line(say, "  %s (%zu): %s", what, n->count, line);
}

static void
say_last(struct say *say, const struct status_partner *p)
{
	char on[DAY_TEXT];

	day_write(day_of(p->last_out_at), on);
	if (p->has_out)
		say_line(say,
		    "  to it: the newest bundle is number %" PRId64 ", of %s",
		    p->last_out, on);
	day_write(day_of(p->last_in_at), on);
	if (p->has_in)
		say_line(say,
		    "  from it: the newest bundle is number %" PRId64
		    ", and came on %s",
		    p->last_in, on);
}

static void
say_owed(struct say *say, const struct status_partner *p)
{
	static const char *const words[BUNDLE_REFERRAL] = {
		[BUNDLE_RECALL] = "withdrawals",
		[BUNDLE_RECEIPT] = "receipts",
		[BUNDLE_ANSWER] = "answers",
		[BUNDLE_STATUS] = "news of services",
	};
	char line[LINE] = "", one[64];
	int64_t fresh = 0;

	for (int i = 0; i < BUNDLE_REFERRAL; i++) {
		fresh += p->never_carried[i];
		if (p->owed[i] == 0)
			continue;
		(void)snprintf(one, sizeof(one), "%s %" PRId64, words[i],
		    p->owed[i]);
		add(line, ", ", one);
	}
	if (p->news)
		add(line, ", ", "the newest agreement or staff list");
	if (line[0] == '\0')
		return;
	say_line(say, "  owed to it: %s", line);
	if (p->distrusted || !p->listed)
		say_next(say,
		    "Nothing can be sent to it now: it waits in this node.");
	else if (fresh > 0 || p->news)
		say_next(say, "satchel stick DIR puts it on a stick.");
}

static void
say_unanswered(struct say *say, const char *what,
    const int64_t counts[static STATUS_PRIORITIES])
{
	char line[LINE] = "", one[48];

	for (int i = 0; i < STATUS_PRIORITIES; i++) {
		if (counts[i] == 0)
			continue;
		(void)snprintf(one, sizeof(one), "%s %" PRId64,
		    status_priority_name((enum status_priority)i), counts[i]);
		add(line, ", ", one);
	}
	if (line[0] != '\0')
		say_line(say, "  %s: %s", what, line);
}

static void
say_ways(struct say *say, const struct status_partner *p, const char *self)
{
	say_numbers(say, "made and not carried, numbers", &p->not_carried);
	if (p->not_carried.count > 0)
		say_next(say, "satchel stick DIR puts them on a stick.");
	say_numbers(say, "carried and not acknowledged, numbers", &p->waiting);
	if (p->waiting_long > 0)
		say_next(say,
		    "%zu of them left more than %d days ago: ask there, and "
		    "carry them again: satchel stick DIR, or satchel resend "
		    "NUMBER --to %s --out DIR",
		    p->waiting_long, STATUS_LONG_DAYS, p->node);
	say_numbers(say, "refused there, numbers", &p->refused_there);
	if (p->refused_there.count > 0)
		say_next(say,
		    "Put right what the code says, then: satchel resend NUMBER "
		    "--to %s --out DIR; or export the referrals again with "
		    "--only.",
		    p->node);
	say_numbers(say, "missing from it, numbers", &p->missing);
	if (p->missing.count > 0)
		say_next(say,
		    "Ask there for them: satchel resend NUMBER --to %s --out "
		    "DIR",
		    self);
	say_numbers(say, "refused here, numbers", &p->refused_here);
	if (p->refused_here.count > 0)
		say_next(say,
		    "Phone them; what the code means: satchel plumbing print "
		    "faults");
}

static void
say_partner(struct say *say, const struct status_partner *p, const char *self)
{
	say_line(say, "%s%s%s", p->node,
	    p->distrusted ? ", not trusted now" : "",
	    p->listed ? "" : ", not in the agreement as one that receives");
	say_last(say, p);
	say_ways(say, p, self);
	say_owed(say, p);
	if (p->on_the_way > 0)
		say_line(say, "  referrals without an answer: %" PRId64,
		    p->on_the_way);
	say_unanswered(say, "of those, beyond the agreed time", p->unanswered);
	say_unanswered(say, "theirs that we have not answered in time",
	    p->unanswered_here);
	if (p->refused_ones > 0)
		say_line(say, "  referrals that it refused: %" PRId64,
		    p->refused_ones);
	if (p->recalls_wait > 0)
		say_line(say,
		    "  withdrawals that it has not confirmed: %" PRId64
		    ", overdue: %" PRId64,
		    p->recalls_wait, p->recalls_late);
	if (p->recalls_late > 0)
		say_next(say, "Phone %s today: the child is still there.",
		    p->node);
}

static void
say_one_overdue(struct say *say, const struct status_overdue *o,
    const char *priority, moment now)
{
	say_line(say, "%s  %s, %s, waiting for %s since %" PRId64 " days",
	    o->ref, priority, reached_words(o->progress),
	    o->here ? "this office" : o->partner,
	    (int64_t)((now - o->since) / DAY_SECONDS));
}

static void
say_overdue(const struct run *r)
{
	const struct status *s = &r->status;

	for (int i = 0; i < STATUS_PRIORITIES; i++) {
		const char *name =
		    status_priority_name((enum status_priority)i);

		for (size_t k = 0; k < s->overdue_listed[i]; k++)
			say_one_overdue(r->say, &s->overdue[i][k], name,
			    r->now);
		if (s->overdue_count[i] > (int64_t)s->overdue_listed[i])
			say_line(r->say, "and %" PRId64 " more (%s)",
			    s->overdue_count[i] - (int64_t)s->overdue_listed[i],
			    name);
	}
}

/* One kind of thing that waits here, and what is done with it. */
static void
say_here(struct say *say, int64_t count, const char *what, const char *next)
{
	if (count == 0)
		return;
	say_line(say, "%s: %" PRId64, what, count);
	say_next(say, "%s", next);
}

static void
say_waiting_here(const struct run *r)
{
	const struct status *s = &r->status;
	struct say *say = r->say;

	say_here(say, s->undo, "withdrawn after they were loaded",
	    "Undo them in the other system today: satchel inbox");
	say_here(say, s->held, "held here", "satchel inbox --state held");
	say_here(say, s->ready, "ready to be loaded",
	    "satchel load --to FORMAT:DIR");
	say_here(say, s->held_out, "held here on their way out",
	    "satchel inbox --state held");
	say_here(say, s->drafted, "let go here and not sent yet",
	    "The next export of the same cases sends them.");
	say_here(say, s->recall_drafts, "withdrawals that are not told yet",
	    "satchel recall --drafted");
	say_here(say, s->answers, "decided over there, not written here",
	    "satchel load --to FORMAT:DIR");
	delivery_say_counts(say, s->delivery);
	say_here(say, s->delivery_long,
	    "of those, without a word for more than a day",
	    "satchel inbox names them: ask whoever runs that system.");
	say_here(say, r->held_bundles, "bundles that wait here as a whole",
	    "satchel incident --list says why; each import tries them again.");
	say_here(say, s->log_alarms, "heads of partners' logs that contradict",
	    "Tell the working group: satchel log show --alarms");
	say_here(say, s->consents_end, "consents that end within 30 days",
	    "Ask the children again in time: satchel consent add CASE");
}

static void
say_keys(const struct run *r)
{
	if (r->home.identity.next_sign[0] == '\0')
		return;
	say_line(r->say, "The keys of this node are being changed.");
	say_next(r->say,
	    "satchel keys show says what is missing; satchel keys finish ends "
	    "it.");
}

static void
say_people(const struct run *r)
{
	const struct status *s = &r->status;
	size_t shown = 0;

	say_overdue(r);
	for (size_t i = 0; i < s->partner_count; i++) {
		if (r->args->option[OPT_PARTNER] == NULL &&
		    status_is_quiet(&s->partners[i]))
			continue;
		say_partner(r->say, &s->partners[i], r->home.identity.node);
		shown++;
	}
	if (shown == 0)
		say_line(r->say, "Nothing went to any office, or came.");
	say_waiting_here(r);
	say_keys(r);
}

/* --- as JSON --- */

static void
write_numbers(struct jsonout *o, const char *name,
    const struct status_numbers *n)
{
	jsonout_object(o, name);
	jsonout_integer(o, "count", (int64_t)n->count);
	jsonout_list(o, "numbers");
	for (size_t i = 0; i < n->listed; i++)
		jsonout_integer(o, NULL, n->at[i]);
	jsonout_list_end(o);
	if (n->listed > 0 && n->code[0][0] != '\0') {
		jsonout_list(o, "codes");
		for (size_t i = 0; i < n->listed; i++)
			jsonout_text(o, NULL, n->code[i]);
		jsonout_list_end(o);
	}
	jsonout_object_end(o);
}

static void
write_counts(struct jsonout *o, const char *name,
    const int64_t counts[static STATUS_PRIORITIES])
{
	jsonout_object(o, name);
	for (int i = 0; i < STATUS_PRIORITIES; i++)
		jsonout_integer(o,
		    status_priority_name((enum status_priority)i), counts[i]);
	jsonout_object_end(o);
}

static void
write_newest(struct jsonout *o, const char *name, bool any, int64_t number,
    moment at)
{
	char text[MOMENT_TEXT];

	if (!any) {
		jsonout_null(o, name);
		return;
	}
	day_write_moment(at, text);
	jsonout_object(o, name);
	jsonout_integer(o, "number", number);
	jsonout_text(o, "at", text);
	jsonout_object_end(o);
}

static void
write_owed(struct jsonout *o, const char *name,
    const int64_t counts[static BUNDLE_REFERRAL])
{
	jsonout_object(o, name);
	for (int i = 0; i < BUNDLE_REFERRAL; i++)
		jsonout_integer(o, bundle_record_name((enum bundle_record)i),
		    counts[i]);
	jsonout_object_end(o);
}

static void
write_partner(struct jsonout *o, const struct status_partner *p)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "node", p->node);
	jsonout_boolean(o, "listed", p->listed);
	jsonout_boolean(o, "distrusted", p->distrusted);
	jsonout_boolean(o, "needs_person", status_partner_needs(p));
	write_newest(o, "newest_out", p->has_out, p->last_out, p->last_out_at);
	write_newest(o, "newest_in", p->has_in, p->last_in, p->last_in_at);
	write_owed(o, "owed", p->owed);
	write_owed(o, "never_carried", p->never_carried);
	jsonout_boolean(o, "agreement_due", p->news);
	write_numbers(o, "not_carried", &p->not_carried);
	write_numbers(o, "not_acknowledged", &p->waiting);
	jsonout_integer(o, "not_acknowledged_long", (int64_t)p->waiting_long);
	write_numbers(o, "refused_there", &p->refused_there);
	write_numbers(o, "missing", &p->missing);
	write_numbers(o, "refused_here", &p->refused_here);
	jsonout_integer(o, "referrals_waiting", p->on_the_way);
	jsonout_integer(o, "referrals_refused", p->refused_ones);
	write_counts(o, "unanswered_there", p->unanswered);
	write_counts(o, "unanswered_here", p->unanswered_here);
	jsonout_integer(o, "recalls_waiting", p->recalls_wait);
	jsonout_integer(o, "recalls_overdue", p->recalls_late);
	jsonout_object_end(o);
}

static void
write_overdue(struct jsonout *o, const struct status *s)
{
	char since[MOMENT_TEXT];

	write_counts(o, "overdue_count", s->overdue_count);
	jsonout_list(o, "overdue");
	for (int i = 0; i < STATUS_PRIORITIES; i++) {
		for (size_t k = 0; k < s->overdue_listed[i]; k++) {
			const struct status_overdue *one = &s->overdue[i][k];

			day_write_moment(one->since, since);
			jsonout_object(o, NULL);
			jsonout_text(o, "ref", one->ref);
			jsonout_text(o, "priority",
			    status_priority_name((enum status_priority)i));
			jsonout_text(o, "partner", one->partner);
			jsonout_text(o, "whose", one->here ? "ours" : "theirs");
			jsonout_text(o, "progress",
			    reached_name(one->progress));
			jsonout_text(o, "since", since);
			jsonout_object_end(o);
		}
	}
	jsonout_list_end(o);
}

static void
write_here(struct jsonout *o, const struct run *r)
{
	const struct agreement *a = agreement_of(r->home.agreement);
	const struct status *s = &r->status;
	char until[DAY_TEXT];

	jsonout_object(o, "here");
	jsonout_integer(o, "held", s->held);
	jsonout_integer(o, "ready", s->ready);
	jsonout_integer(o, "undo", s->undo);
	jsonout_integer(o, "held_out", s->held_out);
	jsonout_integer(o, "drafted", s->drafted);
	jsonout_integer(o, "recall_drafts", s->recall_drafts);
	jsonout_integer(o, "answers", s->answers);
	jsonout_integer(o, "held_bundles", r->held_bundles);
	jsonout_integer(o, "log_alarms", s->log_alarms);
	jsonout_object(o, "delivery");
	delivery_write_counts(o, s->delivery);
	jsonout_integer(o, "beyond_a_day", s->delivery_long);
	jsonout_object_end(o);
	jsonout_object_end(o);
	day_write(a->valid_until, until);
	jsonout_object(o, "ends");
	jsonout_text(o, "agreement_until", until);
	jsonout_boolean(o, "agreement_soon", s->agreement_ends);
	jsonout_integer(o, "consents", s->consents_end);
	jsonout_object_end(o);
	jsonout_boolean(o, "keys_pending",
	    r->home.identity.next_sign[0] != '\0');
}

static int
say_as_json(const struct run *r, struct fault *why)
{
	const struct status *s = &r->status;
	struct bytes text;
	struct sink *to;
	struct jsonout o;
	int rc = -1;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "node", r->home.identity.node);
	jsonout_list(&o, "partners");
	for (size_t i = 0; i < s->partner_count; i++)
		if (r->args->option[OPT_PARTNER] != NULL ||
		    !status_is_quiet(&s->partners[i]))
			write_partner(&o, &s->partners[i]);
	jsonout_list_end(&o);
	write_overdue(&o, s);
	write_here(&o, r);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(r->say, "status", &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

/* --- the whole of it --- */

static int
count_held(struct run *r, struct fault *why)
{
	struct bytes names;
	int rc;

	bytes_init(&names, NAMES_MAX);
	rc = held_files_list(r->home.folder,
	    agreement_of(r->home.agreement)->version, &names, why);
	for (size_t i = 0; i < names.len && rc == 0; i++)
		r->held_bundles += names.at[i] == '\0';
	bytes_free(&names);
	return rc;
}

static int
tell(struct run *r, struct fault *why)
{
	const struct agreement *a = agreement_of(r->home.agreement);

	if (r->args->globals->json) {
		if (say_as_json(r, why) == -1)
			return -1;
	} else {
		say_people(r);
	}
	if (incidents_say(r->say, r->home.store, a, why) == -1)
		return -1;
	agreement_age_say(r->say, a, day_of(r->now));
	if (status_needs_person(&r->status) || r->held_bundles > 0 ||
	    r->home.identity.next_sign[0] != '\0')
		say_status(r->say, EXIT_LOOK);
	else
		say_line(r->say, "Nothing here waits for a person.");
	return 0;
}

static int
run_status(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say, .now = clock_now() };
	struct status_order order = { .now = r.now, .stops = distrust_stops };
	int rc = -1;

	if (node_open(args, HOME_READ, &r.home, why) == -1)
		return -1;
	if (node_need_agreement(&r.home, why) == -1 ||
	    (r.arena = arena_new(ARENA, why)) == NULL)
		goto done;
	order.store = r.home.store;
	order.agreement = agreement_of(r.home.agreement);
	order.self = r.home.self;
	order.partner = args->option[OPT_PARTNER];
	if (status_read(&order, r.arena, &r.status, why) == 0 &&
	    count_held(&r, why) == 0)
		rc = tell(&r, why);
done:
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_status = {
	.name = "status",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "what is owed, on its way, missing, unanswered, overdue or "
		"ending",
	.more = "Numbers only; of what is overdue also the references.  Exit "
		"status 3 if anything needs a person.  Numbers of bundles are "
		"those of the stream between two offices, which resend takes.",
	.options = {
		[OPT_PARTNER] = { .name = "partner", .value = "NODE",
		    .gist = "only this office" },
	},
	.run = run_status,
};
