#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/found.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/decide.h"

#define ARENA ((size_t)32 * 1024 * 1024)

enum { OPT_RELEASE, OPT_REFUSE, OPT_REASON, OPT_DRY_RUN };

/* One run over the referrals that were named. */
struct work {
	const struct args *args;
	struct say *say;
	struct home home;
	struct decider by;
	const char *reason;
	struct arena *kept;  /* of the reason */
	struct arena *arena; /* of one referral */
};

static int
check_words(const struct args *args, struct fault *why)
{
	if (args->given[OPT_RELEASE] == args->given[OPT_REFUSE])
		return FAIL(why, FAULT_USAGE,
		    "either --release or --refuse is needed");
	if (!args->given[OPT_REASON])
		return FAIL(why, FAULT_USAGE, "--reason TEXT is needed");
	return 0;
}

static void
tell_released_here(struct say *say, const struct decided *d)
{
	if (d->standing.state != STANDING_READY)
		return;
	if (d->replaced)
		say_line(say,
		    "It took the place of the earlier version, of which only "
		    "the traces are kept.");
	if (d->beside) {
		say_line(say, "An earlier version of it was loaded already.");
		say_next(say,
		    "Load it into Primero, which changes what is there, or as "
		    "a sheet: proGres would make a second one of it.");
	}
	say_next(say, "It can be loaded: satchel load --to FORMAT:DIR");
}

/* Does the reason stay here, since it may tell what is kept private? */
static bool
reason_stays(const struct decided *d)
{
	for (size_t i = 0; i < d->released.count; i++) {
		const struct rule *rule = rules_find(d->released.items[i]);

		if (rule == NULL || !rules_may_be_told(rule))
			return true;
	}
	return false;
}

static void
tell_words(struct say *say, const struct decided *d)
{
	if (reason_stays(d))
		say_line(say,
		    "The other side is told who let it go and when.  Why stays "
		    "here: it may tell what is kept private.");
	else
		say_line(say,
		    "The other side is told who let it go, when and why.");
}

static void
tell_lifted(struct say *say, const struct decided *d, enum direction from)
{
	const struct standing *st = &d->standing;

	say_line(say, "The refusal was taken back, and nothing was let go.");
	if (from == REFERRAL_RECEIVED)
		say_next(say,
		    "What it said was erased here; it is judged anew when it "
		    "comes again: ask %s to export it again with --only REF",
		    st->partner);
	else
		say_next(say, "The next export to %s asks every rule anew%s",
		    st->partner,
		    st->state == STANDING_HELD ?
			"; to let it go: satchel decide REF --release "
			"--reason TEXT" :
			".");
}

static void
tell_released(struct say *say, const struct decided *d, enum direction from)
{
	const struct standing *st = &d->standing;

	if (d->lifted) {
		tell_lifted(say, d, from);
		return;
	}
	if (from == REFERRAL_SENT)
		tell_words(say, d);
	if (st->state == STANDING_HELD) {
		say_status(say, EXIT_LOOK);
		if (d->second)
			say_line(say,
			    "What is left takes another person: somebody else "
			    "than who refers or sends it, approved it, or let "
			    "it go over there.");
		say_next(say,
		    "It is held still: do what is said at each reason that is "
		    "left.");
		return;
	}
	if (from == REFERRAL_RECEIVED) {
		tell_released_here(say, d);
		return;
	}
	say_next(say,
	    "The next export to %s sends it, if nothing of it has changed by "
	    "then.",
	    st->partner);
}

static void
tell_refused(struct say *say, const struct decided *d, enum direction from)
{
	const char *partner = d->standing.partner;

	if (from == REFERRAL_SENT) {
		say_next(say,
		    "No export sends it until something in it has been changed "
		    "at its source.  Was it a mistake: satchel decide REF "
		    "--release --reason TEXT takes it back.");
		return;
	}
	say_line(say, "What it said was erased here.");
	if (d->answered)
		say_next(say,
		    "%s is told that it is rejected, and why: satchel export "
		    "--to %s --out DIR",
		    partner, partner);
	else
		say_line(say,
		    "Another version of it is here, and stands: %s is not "
		    "told that it is rejected.",
		    partner);
}

/* Of one referral: what was typed, and what became of it. */
static int
decide_one(struct work *w, const char *name, struct fault *why)
{
	struct decide_order order = { .reason = w->reason };
	bool release = w->args->given[OPT_RELEASE];
	struct standing named;
	struct decided d;

	order.kind = release ? DECISION_RELEASE : DECISION_REFUSE;
	if (found_look(&w->home, name, w->arena, &order.direction, &named,
		why) == -1)
		return -1;
	order.ref = named.ref;
	if (decide_run(&w->by, &order, w->arena, &d, why) == -1) {
		if (why->id == FAULT_REF_RELEASE || why->id == FAULT_REF_NO)
			say_standing(w->say, &d.standing);
		return -1;
	}
	say_standing(w->say, &d.standing);
	if (release)
		tell_released(w->say, &d, order.direction);
	else
		tell_refused(w->say, &d, order.direction);
	return 0;
}

/*
 * One that cannot be done does not stop the others, and is told by its place: a
 * number that was typed may be a person's.
 */
static int
decide_all(struct work *w, struct fault *why)
{
	for (int i = 0; i < w->args->count; i++) {
		char which[32];

		arena_empty(w->arena);
		if (decide_one(w, w->args->operands[i], why) == 0)
			continue;
		if (w->args->count == 1)
			return -1;
		(void)snprintf(which, sizeof(which), "REF %d", i + 1);
		say_fault(w->say, which, why);
	}
	if (w->by.dry_run)
		say_line(w->say, "Nothing was written: this was a dry run.");
	return 0;
}

static int
run_decide(const struct args *args, struct say *say, struct fault *why)
{
	struct work w = { .args = args, .say = say };
	int rc = -1;

	if (check_words(args, why) == -1)
		return -1;
	if (node_open(args, HOME_WRITE, &w.home, why) == -1)
		return -1;
	if (node_need_agreement(&w.home, why) == -1 ||
	    node_acting(&w.home, args, MAY_DECIDE, &w.by.user, why) == -1 ||
	    (w.kept = arena_new(ARENA, why)) == NULL ||
	    (w.arena = arena_new(ARENA, why)) == NULL ||
	    decide_reason(w.kept, args->option[OPT_REASON], &w.reason, why) ==
		-1)
		goto done;
	w.by.store = w.home.store;
	w.by.agreement = agreement_of(w.home.agreement);
	w.by.self = w.home.self;
	w.by.now = clock_now();
	w.by.dry_run = args->given[OPT_DRY_RUN];
	rc = decide_all(&w, why);
done:
	arena_free(w.kept);
	arena_free(w.arena);
	node_close(&w.home);
	return rc;
}

const struct command cmd_decide = {
	.name = "decide",
	.operands = "REF...",
	.least = 1,
	.most = -1,
	.gist = "let a referral go that is held, or refuse it",
	.more = "For who has the right to decide.  Nobody can let go what "
		"lacks consent, is not agreed, or misses something that the "
		"other side needs.  A release is of exactly what is here: "
		"what changes afterwards, in the case, the agreement or what "
		"is held here of the child, is held again.  What came is "
		"judged again at once; what is on its way out goes with the "
		"next export, and the other side confirms it.  The reason goes "
		"to the other side with your user name, unless it may tell "
		"what is kept private: say what you weighed, and do not name "
		"anybody.  --release of what was refused with --refuse takes "
		"the refusal back.",
	.options = {
		[OPT_RELEASE] = { .name = "release",
		    .gist = "let it go in spite of what holds it" },
		[OPT_REFUSE] = { .name = "refuse",
		    .gist = "it goes no further; its sender is told" },
		[OPT_REASON] = { .name = "reason", .value = "TEXT",
		    .gist = "why, in words; it goes to the other side" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would become of it; write nothing" },
	},
	.run = run_decide,
};
