#include "cli/found.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "cli/command.h"
#include "cli/say.h"

#define ARENA ((size_t)16 * 1024 * 1024)

/* Received ones first; what is not there may have been sent from here. */
int
found_open(const struct args *args, struct found *f, struct fault *why)
{
	const char *ref;

	if (node_open(args, HOME_READ, &f->home, why) == -1)
		return -1;
	if ((f->arena = arena_new(ARENA, why)) == NULL)
		return -1;
	f->direction = REFERRAL_RECEIVED;
	ref = referrals_find(f->home.store, f->direction, args->operands[0],
	    f->arena, why);
	if (ref == NULL && why->id == FAULT_REF_UNKNOWN) {
		f->direction = REFERRAL_SENT;
		ref = referrals_find(f->home.store, f->direction,
		    args->operands[0], f->arena, why);
	}
	if (ref == NULL)
		return -1;
	if (referrals_get(f->home.store, f->direction, ref, f->arena,
		&f->standing, why) == 1)
		return 0;
	return FAIL(why, FAULT_STORE_DAMAGED, "a referral that was found");
}

void
found_close(struct found *f)
{
	arena_free(f->arena);
	node_close(&f->home);
}

/* Never the reason: it may say anything about a child. */
static void
explain_decision(struct say *say, const struct found *f)
{
	const struct standing *st = &f->standing;
	bool sent = f->direction == REFERRAL_SENT;
	char on[DAY_TEXT];

	if (st->decision != NULL) {
		day_write(st->decided_on, on);
		say_line(say, "%s on %s: %s.",
		    sent ? "Decided over there" : "Decided here", on,
		    st->decision);
	}
	if (st->target_id != NULL)
		say_line(say, "Its number %s: %s", sent ? "there" : "here",
		    say_number(st->target_id));
	if (sent && st->decision != NULL && st->answer_in > st->answer_written)
		say_next(say,
		    "satchel load writes that decision for this node's "
		    "system.");
}

void
found_explain(struct say *say, const struct found *f)
{
	const struct standing *st = &f->standing;
	char on[DAY_TEXT];

	say_standing(say, st);
	day_write(st->judged_on, on);
	say_line(say,
	    "%s %s, judged on %s under version %" PRId64 " of the agreement.",
	    f->direction == REFERRAL_SENT ? "Going to" : "Came from",
	    st->partner, on, st->agreement);
	if (f->direction == REFERRAL_SENT && st->state != STANDING_SENT &&
	    st->sent_revision != NULL)
		say_line(say, "An earlier version of it has gone out.");
	if (st->told != NULL)
		say_line(say, "The other side says: %s.", st->told);
	explain_decision(say, f);
	if (st->reason_count == 0)
		say_line(say, "Every rule passed.");
}
