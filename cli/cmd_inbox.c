#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/incidents.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)

enum { OPT_STATE };

struct listing {
	struct say *say;
	const char *priority; /* of this round */
	/* Of those, what is held is here, too, and what a person let go. */
	bool going_out;
	bool any_state;
	enum standing_state state;
	size_t shown;
	size_t held;
	size_t ready;
	size_t to_send; /* let go, and waiting for the next export */
	size_t undo;	/* withdrawn after they were loaded */
	size_t answers; /* decisions that our system was not told */
};

static int
list_one(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct listing *l = context;

	(void)record;
	(void)why;
	if (l->going_out && l->any_state &&
	    strcmp(st->priority, l->priority) == 0)
		l->answers +=
		    st->decision != NULL && st->answer_in > st->answer_written;
	if (strcmp(st->priority, l->priority) != 0 ||
	    (!l->any_state && st->state != l->state) ||
	    (l->going_out && l->any_state && st->state != STANDING_HELD &&
		st->state != STANDING_READY))
		return 0;
	say_standing(l->say, st);
	l->shown++;
	l->held += st->state == STANDING_HELD;
	l->undo += st->state == STANDING_RECALLED && st->target != NULL;
	if (l->going_out)
		l->to_send += st->state == STANDING_READY;
	else
		l->ready +=
		    st->state == STANDING_STAGED || st->state == STANDING_READY;
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
	if (l->held > 0)
		say_next(say,
		    "%zu held: read why with satchel why REF, and put it "
		    "right at its source, or decide: satchel decide REF",
		    l->held);
	if (l->undo > 0)
		say_notice(say,
		    "%zu withdrawn after they were loaded: undo them in the "
		    "other system",
		    l->undo);
	if (l->ready > 0)
		say_next(say, "%zu ready: satchel load --to %s", l->ready,
		    target_of(self));
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
	if (node_open(args, HOME_READ, &h, why) == -1)
		return -1;
	if ((arena = arena_new(ARENA, why)) == NULL)
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
	},
	.run = run_inbox,
};
