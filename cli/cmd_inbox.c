#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/delivery.h"
#include "cli/incidents.h"
#include "cli/node.h"
#include "cli/recalls.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/distrust.h"
#include "policy/rules.h"
#include "store/log_heads.h"
#include "store/reached.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)

enum { OPT_STATE, OPT_TAKEN_BY };

struct listing {
	struct say *say;
	struct store *store;
	const struct agreement *agreement; /* NULL: none yet */
	const char *priority; /* of this round; NULL: what is to be undone */
	/* Of those, what is held is here, too, and what a person let go. */
	bool going_out;
	bool any_state;
	enum standing_state state;
	const char *taken_by; /* only what this user takes; or NULL */
	size_t shown;
	size_t held;
	size_t to_decide; /* of those, by a person with the right to */
	size_t stopped;	  /* by an incident, or a revocation */
	size_t ready;
	size_t to_send;	   /* let go, and waiting for the next export */
	size_t undo;	   /* withdrawn after they were loaded */
	size_t undo_there; /* of those: satchel can undo a part itself */
	size_t answers;	   /* decisions that our system was not told */
	/* On their way into the other system's server. */
	int64_t delivery[STANDING_DELIVERIES];
};

/* Is all that holds it a person's to let go? */
static bool
may_be_decided(const struct standing *st)
{
	for (size_t i = 0; i < st->reason_count; i++) {
		const struct rule *rule = rules_find(st->reasons[i].rule);

		if (st->reasons[i].verdict < VERDICT_HOLD)
			continue;
		if (st->reasons[i].verdict > VERDICT_HOLD || rule == NULL ||
		    rule->release == RELEASE_NEVER || st->reasons[i].final)
			return false;
	}
	return true;
}

static void
note_held(struct listing *l, const struct standing *st)
{
	if (st->state != STANDING_HELD)
		return;
	l->held++;
	l->to_decide += may_be_decided(st);
}

static bool
is_theirs(const struct listing *l, const struct standing *st)
{
	return l->taken_by == NULL ||
	    (st->assigned_to != NULL &&
		strcmp(st->assigned_to, l->taken_by) == 0);
}

/* Did Primero get it over the line, and has not been told yet? */
static bool
undone_there(const struct standing *st)
{
	return st->target != NULL && strcmp(st->target, "primero-api") == 0 &&
	    st->undo_why == NULL;
}

static void
list_undo(struct listing *l, const struct standing *st)
{
	if (!l->any_state && st->state != l->state)
		return;
	say_standing(l->say, st);
	say_line(l->say, "  Withdrawn by its sender: %s.",
	    st->undo == UNDO_WRITTEN ? "the page that says how to undo it was "
				       "written; confirm when it is done" :
				       "to be undone in the other system");
	l->shown++;
	l->undo++;
	l->undo_there += undone_there(st);
}

static void
count_one(struct listing *l, const struct distrust_view *v)
{
	const struct standing *st = &v->standing;

	l->shown++;
	l->delivery[st->delivery]++;
	l->stopped += v->stopped;
	if (!v->stopped)
		note_held(l, st);
	if (l->going_out)
		l->to_send += st->state == STANDING_READY;
	else
		l->ready +=
		    st->state == STANDING_STAGED || st->state == STANDING_READY;
}

/* What came is shown as it would be loaded now. */
static int
view_of(const struct listing *l, const struct standing *st,
    struct distrust_view *out, struct fault *why)
{
	if (!l->going_out && l->agreement != NULL)
		return distrust_view(l->store, l->agreement, st, out, why);
	out->standing = *st;
	out->stopped = false;
	return 0;
}

static int
list_one(const struct standing *kept, const struct bytes *record, void *context,
    struct fault *why)
{
	struct listing *l = context;
	struct distrust_view view;
	const struct standing *st = &view.standing;
	enum reached reached;

	(void)record;
	if (!is_theirs(l, kept))
		return 0;
	if (view_of(l, kept, &view, why) == -1)
		return -1;
	/* Withdrawn, and in the other system still: before everything else. */
	if ((l->priority == NULL) != (!l->going_out && standing_to_undo(st)))
		return 0;
	if (l->priority == NULL) {
		list_undo(l, st);
		return 0;
	}
	if (l->going_out && l->any_state &&
	    strcmp(st->priority, l->priority) == 0)
		l->answers +=
		    st->decision != NULL && st->answer_in > st->answer_written;
	if (strcmp(st->priority, l->priority) != 0 ||
	    (!l->any_state && st->state != l->state) ||
	    (l->going_out && l->any_state && st->state != STANDING_HELD &&
		st->state != STANDING_READY && st->delivery == DELIVERY_NONE))
		return 0;
	if (reached_find(l->store,
		l->going_out ? REFERRAL_SENT : REFERRAL_RECEIVED, st, &reached,
		why) == -1)
		return -1;
	say_standing_reached(l->say, st, reached_name(reached),
	    reached_words(reached));
	count_one(l, &view);
	return 0;
}

/* Into what is here loaded?  That is this node's own system. */
static const char *
target_of(const struct node *self)
{
	if (self == NULL)
		return "FORMAT:DIR";
	return self->system == SYSTEM_PRIMERO ? "primero:DIR" :
						"progres-ping:DIR";
}

static void
say_what_next(struct say *say, const struct listing *l, const struct node *self)
{
	if (l->shown == 0)
		say_line(say, "Nothing is here.");
	if (l->held > l->to_decide)
		say_next(say,
		    "%zu held for something to be put right at its source: "
		    "satchel why REF says what",
		    l->held - l->to_decide);
	if (l->to_decide > 0)
		say_next(say,
		    "%zu held for a person to decide: read why with satchel "
		    "why REF, then: satchel decide REF --release|--refuse "
		    "--reason TEXT",
		    l->to_decide);
	if (l->stopped > 0)
		say_next(say,
		    "%zu of an office that is not trusted now: nobody can load "
		    "or release them. Ask its supervisor by phone about each.",
		    l->stopped);
	if (l->undo > 0)
		say_notice(say,
		    "%zu withdrawn after they were loaded: undo them in the "
		    "other system today",
		    l->undo);
	if (l->undo_there > 0)
		say_next(say,
		    "%zu went over the line: satchel load --to primero-api "
		    "takes back what it can, and names what is left",
		    l->undo_there);
	if (l->undo > l->undo_there)
		say_next(say,
		    "satchel load --to sheet:DIR --only REF writes how; then: "
		    "satchel recall --undone REF");
	if (l->ready > 0)
		say_next(say, "%zu ready: satchel load --to %s", l->ready,
		    target_of(self));
	delivery_say_counts(say, l->delivery);
	if (l->to_send > 0)
		say_next(say,
		    "%zu let go here: the next export of the same cases sends "
		    "them.",
		    l->to_send);
	if (l->answers > 0)
		say_next(say,
		    "%zu decided over there: satchel load --to %s writes it "
		    "for this node's system",
		    l->answers, target_of(self));
}

/* A partner's log that is not what it was stays told of. */
static int
say_alarms(struct say *say, struct store *s, struct fault *why)
{
	int64_t count;

	if (log_heads_alarms(s, &count, why) == -1)
		return -1;
	say_number_of(say, "log_alarms", count);
	if (count == 0)
		return 0;
	say_notice(say,
	    "%" PRId64 " heads of partners' logs contradict what was seen of "
	    "them.",
	    count);
	say_next(say, "Tell the working group: satchel log show --alarms");
	return 0;
}

static int
run_inbox(const struct args *args, struct say *say, struct fault *why)
{
	static const char *const rounds[] = { "emergency", "urgent", "normal" };
	struct listing l = { .say = say, .any_state = true };
	struct arena *arena = NULL;
	struct home h;
	int rc = -1;

	if (args->given[OPT_STATE]) {
		l.any_state = false;
		if (!standing_state_read(args->option[OPT_STATE], &l.state))
			return FAIL(why, FAULT_USAGE,
			    "--state takes staged, held, ready, loaded, "
			    "refused or recalled");
	}
	l.taken_by = args->option[OPT_TAKEN_BY];
	if (node_open(args, HOME_READ, &h, why) == -1)
		return -1;
	l.store = h.store;
	l.agreement = h.agreement != NULL ? agreement_of(h.agreement) : NULL;
	if ((arena = arena_new(ARENA, why)) == NULL)
		goto done;
	if (referrals_walk(h.store, REFERRAL_RECEIVED, arena, list_one, &l,
		why) == -1 ||
	    recalls_say(say, h.store,
		h.agreement != NULL ? agreement_of(h.agreement) : NULL,
		clock_now(), why) == -1)
		goto done;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
		l.priority = rounds[i];
		l.going_out = false;
		if (referrals_walk(h.store, REFERRAL_RECEIVED, arena, list_one,
			&l, why) == -1)
			goto done;
		l.going_out = true;
		if (referrals_walk(h.store, REFERRAL_SENT, arena, list_one, &l,
			why) == -1)
			goto done;
	}
	say_what_next(say, &l, h.self);
	if (say_alarms(say, h.store, why) == -1)
		goto done;
	if (h.agreement != NULL &&
	    incidents_say(say, h.store, agreement_of(h.agreement), why) == -1)
		goto done;
	if (h.agreement != NULL)
		agreement_age_say(say, agreement_of(h.agreement),
		    day_of(clock_now()));
	rc = 0;
done:
	arena_free(arena);
	node_close(&h);
	return rc;
}

const struct command cmd_inbox = {
	.name = "inbox",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "what came, what is held, where each referral stands, and why",
	.options = {
		[OPT_STATE] = { .name = "state", .value = "STATE",
		    .gist = "only these: staged, held, ready, loaded, "
			    "refused, recalled" },
		[OPT_TAKEN_BY] = { .name = "taken-by", .value = "USER",
		    .gist = "only what was assigned to this user" },
	},
	.run = run_inbox,
};
