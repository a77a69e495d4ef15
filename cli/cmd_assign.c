#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/assign.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define LIST_MAX ((size_t)64 * 1024 * 1024)

enum { OPT_TO, OPT_DRY_RUN };

/* A list of the result, while it grows. */
struct list {
	struct bytes text;
	struct sink *to;
	struct jsonout out;
};

struct work {
	struct say *say;
	struct home home;
	struct arena *arena;
	struct assign_order order;
	bool dry_run;
	struct list assigned;
	struct list suggestions;
	size_t done;
};

static int
list_start(struct list *l, struct fault *why)
{
	if ((l->to = bytes_sink_new(&l->text, why)) == NULL)
		return -1;
	jsonout_start(&l->out, l->to);
	jsonout_list(&l->out, NULL);
	return 0;
}

static int
list_say(struct list *l, struct say *say, const char *name, struct fault *why)
{
	jsonout_list_end(&l->out);
	if (jsonout_end(&l->out, why) == -1)
		return -1;
	say_json(say, name, &l->text);
	return 0;
}

static void
list_free(struct list *l)
{
	sink_free(l->to);
	bytes_free(&l->text);
}

/* Only what came can be taken by somebody here. */
static int
find_received(struct work *w, const char *name, struct standing *st,
    struct fault *why)
{
	struct store *s = w->home.store;
	struct fault elsewhere;
	const char *ref;

	ref = referrals_find(s, REFERRAL_RECEIVED, name, w->arena, why);
	if (ref == NULL) {
		if (why->id == FAULT_REF_UNKNOWN &&
		    referrals_find(s, REFERRAL_SENT, name, w->arena,
			&elsewhere) != NULL)
			return FAIL(why, FAULT_REF_STATE,
			    "it was sent from here: the other side assigns it");
		return -1;
	}
	if (referrals_get(s, REFERRAL_RECEIVED, ref, w->arena, st, why) != 1)
		return FAIL(why, FAULT_STORE_DAMAGED,
		    "a referral that was found");
	return assign_may(st, why);
}

/* --- without --to --- */

static void
tell_reason(const struct assign_suggestion *g, const struct standing *st,
    char *out, size_t room)
{
	switch (g->because) {
	case ASSIGN_NAMED:
		(void)snprintf(out, room, "the sender names them");
		return;
	case ASSIGN_BEFORE:
		(void)snprintf(out, room, "took %zu for %s from %s before",
		    g->before, st->service, st->party);
		return;
	case ASSIGN_LISTED:
		(void)snprintf(out, room, "is listed here");
		return;
	}
}

static void
say_suggestion(struct work *w, const struct standing *st,
    const struct assign_suggestion *g)
{
	const struct user *u = g->user;
	struct jsonout *o = &w->suggestions.out;
	char reason[256];

	tell_reason(g, st, reason, sizeof(reason));
	say_line(w->say, "  %s  %s%s%s: %s", u->user,
	    u->role != NULL ? u->role : "",
	    u->role != NULL && u->position != NULL ? ", " : "",
	    u->position != NULL ? u->position : "", reason);
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", st->ref);
	jsonout_text(o, "user", u->user);
	jsonout_text_if(o, "role", u->role);
	jsonout_text(o, "reason", assign_because_name(g->because));
	jsonout_object_end(o);
}

static int
suggest(struct work *w, const struct standing *st, struct fault *why)
{
	const struct node *self = w->home.self;
	struct assign_suggestion *all;

	if (assign_suggest(w->home.store, self, st, w->arena, &all, why) == -1)
		return -1;
	say_line(w->say, "%s%s%s: who takes it?", st->ref,
	    st->service != NULL ? ", " : "",
	    st->service != NULL ? st->service : "");
	if (st->assigned_to != NULL)
		say_line(w->say, "It is taken by %s.", st->assigned_to);
	for (size_t i = 0; i < self->user_count; i++)
		say_suggestion(w, st, &all[i]);
	if (self->user_count == 0)
		say_notice(w->say,
		    "The agreement lists no user for this node.");
	w->done++;
	return 0;
}

/* --- with --to --- */

static int
assign_one(struct work *w, struct standing *st, struct fault *why)
{
	struct store *s = w->home.store;
	struct jsonout *o = &w->assigned.out;
	bool already = st->assigned_to != NULL &&
	    strcmp(st->assigned_to, w->order.to) == 0;

	if (!already) {
		if (store_begin(s, why) == -1)
			return -1;
		if (assign_keep(s, st, &w->order, why) == -1) {
			store_roll_back(s);
			return -1;
		}
		if (w->dry_run)
			store_roll_back(s);
		else if (store_commit(s, why) == -1)
			return -1;
	}
	say_line(w->say, "%s (%s) is taken by %s%s.", st->ref,
	    standing_state_name(st->state), w->order.to,
	    already ? ", as before" : "");
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", st->ref);
	jsonout_text(o, "to", w->order.to);
	jsonout_text(o, "state", standing_state_name(st->state));
	jsonout_object_end(o);
	w->done++;
	return 0;
}

/* What is wrong with one stops none of the others. */
static bool
is_of_one(const struct fault *fault)
{
	return fault->id == FAULT_REF_UNKNOWN ||
	    fault->id == FAULT_REF_AMBIGUOUS || fault->id == FAULT_REF_STATE;
}

/*
 * A number that was typed may be a person's: of several, the one meant is told
 * by its place.
 */
static int
each(struct work *w, const struct args *args, struct fault *why)
{
	struct standing st;
	struct fault found;
	char which[32];

	for (int i = 0; i < args->count; i++) {
		arena_empty(w->arena);
		if (find_received(w, args->operands[i], &st, &found) == 0 &&
		    (w->order.to != NULL ? assign_one(w, &st, &found) :
					   suggest(w, &st, &found)) == 0)
			continue;
		if (args->count == 1 || !is_of_one(&found)) {
			*why = found;
			return -1;
		}
		(void)snprintf(which, sizeof(which), "REF %d", i + 1);
		say_fault(w->say, which, &found);
	}
	return 0;
}

static void
say_what_next(const struct work *w, const char *first)
{
	if (w->order.to == NULL && w->done > 0)
		say_next(w->say, "satchel assign %s --to USER",
		    w->done == 1 ? first : "REF");
	else if (w->dry_run)
		say_line(w->say, "Nothing was written: this was a dry run.");
	else if (w->done > 0)
		say_next(w->say,
		    "%s finds it with satchel inbox --taken-by %s; load names "
		    "them where the other system has a place for it.",
		    w->order.to, w->order.to);
}

static int
open_work(struct work *w, const struct args *args, struct fault *why)
{
	if (node_open(args, args->given[OPT_TO] ? HOME_WRITE : HOME_READ,
		&w->home, why) == -1 ||
	    node_need_agreement(&w->home, why) == -1)
		return -1;
	if (args->given[OPT_TO] &&
	    node_acting(&w->home, args, MAY_ASSIGN, &w->order.by, why) == -1)
		return -1;
	w->order.self = w->home.self;
	w->order.to = args->option[OPT_TO];
	w->order.at = clock_now();
	w->dry_run = args->given[OPT_DRY_RUN];
	if ((w->arena = arena_new(ARENA, why)) == NULL ||
	    list_start(&w->assigned, why) == -1)
		return -1;
	return list_start(&w->suggestions, why);
}

static int
run_assign(const struct args *args, struct say *say, struct fault *why)
{
	struct work w = { .say = say };
	int rc = -1;

	bytes_init(&w.assigned.text, LIST_MAX);
	bytes_init(&w.suggestions.text, LIST_MAX);
	if (open_work(&w, args, why) == -1 || each(&w, args, why) == -1 ||
	    list_say(&w.assigned, say, "assigned", why) == -1 ||
	    list_say(&w.suggestions, say, "suggestions", why) == -1)
		goto done;
	say_what_next(&w, "REF");
	rc = 0;
done:
	list_free(&w.assigned);
	list_free(&w.suggestions);
	arena_free(w.arena);
	node_close(&w.home);
	return rc;
}

const struct command cmd_assign = {
	.name = "assign",
	.operands = "REF...",
	.least = 1,
	.most = -1,
	.gist = "say who takes a referral that came; without --to: who could",
	.more = "USER is one whom the agreement lists for this node.  Without "
		"--to it names all of them: first whom the sender names, then "
		"who took the same service from the same agency before.  "
		"Assigning again is allowed; the last counts.  REF may be "
		"shortened to what is unique.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "USER",
		    .gist = "who takes it" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be assigned; write nothing" },
	},
	.run = run_assign,
};
