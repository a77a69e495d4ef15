#include "cli/bringing.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/dropped.h"
#include "cli/incidents.h"
#include "cli/node.h"
#include "cli/papers_roster.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "formats/agreement.h"

#define TOLD_MAX ((size_t)16 * 1024 * 1024)

static void
saw_referral(void *context, const char *ref, const char *state,
    const struct judgement *j)
{
	struct bringing *r = context;

	progress_hide(r->progress);
	say_referral(r->say, ref, state, j);
}

static void
saw_record(void *context, enum bundle_record kind, const char *sentence,
    bool look)
{
	struct bringing *r = context;

	(void)kind;
	progress_hide(r->progress);
	if (look)
		say_notice(r->say, "%s", sentence);
	else
		say_line(r->say, "%s", sentence);
}

static void
saw_progress(void *context, const char *what, uint64_t done, uint64_t all)
{
	struct bringing *r = context;

	if (r->doing != what)
		progress_next(r->progress, what);
	r->doing = what;
	progress_at(r->progress, done, all);
}

static void
say_counts(struct say *say, const struct stage_counts *c)
{
	say_count(say, SAID_SHARE, c->verdict[VERDICT_SHARE]);
	say_count(say, SAID_STRIP, c->verdict[VERDICT_STRIP]);
	say_count(say, SAID_HOLD, c->verdict[VERDICT_HOLD]);
	say_count(say, SAID_REFUSE, c->verdict[VERDICT_REFUSE]);
	say_count(say, SAID_DUPLICATE, c->duplicate);
	say_count(say, SAID_RECALL, c->recall);
	say_count(say, SAID_ANSWER, c->answer);
	if (c->verdict[VERDICT_HOLD] + c->verdict[VERDICT_REFUSE] > 0)
		say_status(say, EXIT_LOOK);
}

/* Two lists under one number are an alarm; other trouble waits. */
static void
say_roster_news(struct say *say, const struct imported_roster *r)
{
	const struct fault_text *text = fault_text(r->fault.id);

	if (r->adopted) {
		say_line(say,
		    "The bundle brought version %" PRId64
		    " of the staff list of %s; it is in force here now.",
		    r->version, r->party);
	} else if (r->fault.id != FAULT_NONE) {
		say_notice(say,
		    "The bundle brought a staff list of %s that was not "
		    "adopted: %s %s",
		    r->party, text->code, text->says);
		say_next(say, "%s", text->remedy);
	}
	if (r->fault.id == FAULT_ROSTER_TWICE)
		say_status(say, text->exit_status);
}

static void
say_adopted(struct say *say, const struct imported *i)
{
	char from[DAY_TEXT];

	if (i->adopted_from > day_of(clock_now())) {
		day_write(i->adopted_from, from);
		say_notice(say,
		    "The bundle brought version %" PRId64
		    " of the agreement; it was adopted and begins on %s: until "
		    "then no referral leaves, and what comes is held.",
		    i->adopted_version, from);
		return;
	}
	say_line(say,
	    "The bundle brought version %" PRId64
	    " of the agreement; it is in force here now.",
	    i->adopted_version);
}

/* One that begins later comes again by itself, until it is adopted. */
static void
say_not_adopted(struct say *say, const struct fault *f)
{
	const struct fault_text *text = fault_text(f->id);

	say_notice(say,
	    "The bundle brought a newer agreement that was not adopted: %s %s",
	    text->code, text->says);
	if (f->id != FAULT_AGREEMENT_AHEAD)
		return;
	say_line(say, "  %s", f->detail);
	say_next(say, "%s", text->remedy);
}

static void
say_agreement_news(struct say *say, const struct imported *i)
{
	if (i->adopted)
		say_adopted(say, i);
	if (i->not_adopted)
		say_not_adopted(say, &i->adopt_fault);
	if (i->older_agreement)
		say_line(say,
		    "It was made under an older agreement; it was "
		    "judged by the one in force here.");
	for (size_t k = 0; k < i->roster_count; k++)
		say_roster_news(say, &i->rosters[k]);
	if (i->clock_ahead)
		say_notice(say,
		    "The bundle is dated more than two days "
		    "ahead: one of the two clocks is wrong.");
	if (!i->log_alarm)
		return;
	say_notice(say,
	    "The log of %s is not the one it was: what the bundle says of it "
	    "contradicts a head that was seen here before. Both are kept.",
	    i->from);
	say_next(say, "Tell the working group: satchel log show --alarms");
}

static void
say_one(struct say *say, const char *name, const struct imported *i)
{
	struct said_bundle b = {
		.file = name,
		.id = i->outside_read ? i->outside.id : NULL,
		.seq = i->outside_read ? i->outside.seq : 0,
		.from = i->from[0] != '\0' ? i->from : NULL,
		.sequence = i->sequence,
		.state = import_state_name(i->state),
		.fault = i->fault.id != FAULT_NONE ? &i->fault : NULL,
		.bytes = i->bytes,
		.missing = i->missing,
		.missing_count = i->missing_count,
	};

	if (i->to[0] != '\0')
		b.to[b.to_count++] = i->to;
	say_counts(say, &i->counts);
	if (i->counts.receipt > 0)
		say_line(say, "It brought receipts for bundles of ours.");
	say_agreement_news(say, i);
	if (i->state == IMPORT_REFUSED)
		say_status(say, fault_text(i->fault.id)->exit_status);
	if (i->state == IMPORT_HELD)
		say_status(say, EXIT_LOOK);
	say_bundle(say, &b);
	if (i->told)
		say_line(say,
		    "  %s is told that it was refused, with the next bundle "
		    "to it.",
		    i->from);
}

/*
 * A newer agreement may end what was told of an office: that is said before
 * anything that waits is tried again.
 */
static int
say_change(struct bringing *r, struct fault *why)
{
	const struct agreement *a = agreement_of(*r->by.agreement);
	int64_t before = r->told_version;

	if (a->version == before)
		return 0;
	r->told_version = a->version;
	papers_roster_left_out(r->say, a);
	return incidents_say_change(r->say, r->by.store, before, a, why);
}

static int
import_one(int fd, const char *name, const struct fault *trouble, void *context,
    struct fault *why)
{
	struct bringing *r = context;
	struct imported out;
	int rc;

	if (trouble != NULL) {
		say_fault(r->say, name, trouble);
		return 0;
	}
	rc = import_file(&r->by, fd, &out, why);
	progress_hide(r->progress);
	if (rc == -1) {
		/* This node is in trouble; the next file may fare better. */
		say_fault(r->say, name, why);
		return 0;
	}
	if (r->took != NULL)
		r->took(r->context, name, &out);
	if (r->round && out.fault.id == FAULT_BUNDLE_NOT_OURS)
		say_line(r->say,
		    "%s  from %s, for another office (or for a key that this "
		    "one has no more): left alone",
		    name, out.from);
	else
		say_one(r->say, name, &out);
	if (say_change(r, why) == -1)
		return -1;
	if (out.state == IMPORT_HELD &&
	    bytes_add(&r->told, out.outside.id, sizeof(out.outside.id), why) ==
		-1)
		return -1;
	if (out.not_kept)
		say_notice(r->say,
		    "%s was not kept in this node, which keeps as many of that "
		    "office as it can: keep the file, and bring it again.",
		    name);
	if (out.state == IMPORT_HELD && r->by.dry_run)
		say_next(r->say,
		    "Keep the file: a dry run keeps nothing in this node.");
	r->held += out.counts.verdict[VERDICT_HOLD];
	return 0;
}

/* Was it a file of this run? */
static bool
is_told(const struct bringing *r, const char *id)
{
	for (size_t i = 0; i < r->told.len; i += BUNDLE_ID)
		if (strcmp((const char *)r->told.at + i, id) == 0)
			return true;
	return false;
}

/* That it still waits is no news, and leaves the exit status as it is. */
static void
say_waiting(struct bringing *r, const char *file, const struct imported *out)
{
	r->waiting++;
	say_line(r->say, "%s  still held, from %s, seq %" PRId64 " (%s)", file,
	    out->from, out->outside.seq, fault_text(out->fault.id)->code);
}

/* One of those that wait in this node. */
static void
saw_held(const char *file, const struct imported *out, const struct fault *why,
    void *context)
{
	struct bringing *r = context;
	struct fault trouble;

	progress_hide(r->progress);
	if (out == NULL) {
		say_fault(r->say, file, why);
		return;
	}
	if (out->state == IMPORT_HELD) {
		if (!r->only_news && !is_told(r, out->outside.id))
			say_waiting(r, file, out);
		return;
	}
	say_one(r->say, file, out);
	if (say_change(r, &trouble) == -1)
		say_fault(r->say, file, &trouble);
	if (out->state == IMPORT_REFUSED)
		say_next(r->say,
		    "It stays in the folder held of this node, and is tried "
		    "again under the next agreement.");
	r->held += out->counts.verdict[VERDICT_HOLD];
}

int
bringing_start(struct bringing *r, const struct args *args, struct home *h,
    struct say *say, struct fault *why)
{
	r->say = say;
	bytes_init(&r->told, TOLD_MAX);
	if (node_need_agreement(h, why) == -1 ||
	    node_acting(h, args, 0, &r->by.user, why) == -1)
		return -1;
	r->version = agreement_of(h->agreement)->version;
	r->told_version = r->version;
	r->by.home = h->folder;
	r->by.secrets = h->secrets;
	r->by.store = h->store;
	r->by.agreement = &h->agreement;
	r->by.self = &h->self;
	r->by.node_protected = h->identity.protected;
	r->by.now = clock_now();
	r->by.watch = (struct stage_watch){ saw_referral, saw_record, r };
	r->by.progress = saw_progress;
	r->by.progress_context = r;
	return 0;
}

/*
 * What waits is tried before, and once more after: what came now may let it in.
 * That it still waits is told at the end.
 */
static int
import_all(struct bringing *r, char *const *words, int count,
    struct files_seen *seen, struct fault *why)
{
	int rc;

	r->only_news = true;
	/* A dry run changes nothing that could be told twice. */
	if (!r->by.dry_run && import_held(&r->by, saw_held, r, why) == -1)
		return -1;
	rc = r->round ? files_bundles(words[0], seen, import_one, r, why) :
	    count > 0 ? files_each(words, count, seen, import_one, r, why) :
			0;
	if (rc == -1)
		return -1;
	r->only_news = false;
	if (import_held(&r->by, saw_held, r, why) == -1)
		return -1;
	if (!r->counted)
		say_number_of(r->say, "waiting", r->waiting);
	r->counted = true;
	return 0;
}

int
bringing_run(struct bringing *r, char *const *words, int count,
    struct fault *why)
{
	struct files_seen seen = { .others = 0 };
	int rc;

	r->progress = progress_new("opening", "B");
	rc = import_all(r, words, count, &seen, why);
	progress_free(r->progress);
	r->progress = NULL;
	if (rc == -1)
		return -1;
	if (r->round)
		seen.empty = 0;
	files_say(r->say, &seen);
	if (r->held > 0)
		say_next(r->say,
		    "What is held waits for a person: satchel inbox");
	return 0;
}

int
bringing_end(struct bringing *r, const struct home *h, struct fault *why)
{
	const struct agreement *a = agreement_of(h->agreement);

	agreement_age_say(r->say, a, day_of(r->by.now));
	if (a->version == r->version || r->by.dry_run)
		return 0;
	/* A newer agreement may name others who recover this node's keys. */
	if (node_write_recovery(h, a, why) == -1)
		return -1;
	return dropped_say(r->say, h->store, a, h->identity.node, why);
}

void
bringing_free(struct bringing *r)
{
	bytes_free(&r->told);
}
