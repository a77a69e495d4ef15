#include "cli/found.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/delivery.h"
#include "cli/recalls.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "formats/referral.h"
#include "import/distrust.h"
#include "import/judge.h"
#include "store/decisions.h"
#include "store/reached.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define RECORD_MAX ((size_t)4 * 1024 * 1024)

/* Received ones first; what is not there may have been sent from here. */
int
found_look(const struct home *h, const char *name, struct arena *a,
    enum direction *direction, struct standing *out, struct fault *why)
{
	const char *ref;

	*direction = REFERRAL_RECEIVED;
	ref = referrals_find(h->store, *direction, name, a, why);
	if (ref == NULL && why->id == FAULT_REF_UNKNOWN) {
		*direction = REFERRAL_SENT;
		ref = referrals_find(h->store, *direction, name, a, why);
	}
	if (ref == NULL)
		return -1;
	if (referrals_get(h->store, *direction, ref, a, out, why) == 1)
		return 0;
	return FAIL(why, FAULT_STORE_DAMAGED, "a referral that was found");
}

int
found_open(const struct args *args, struct found *f, struct fault *why)
{
	if (node_open(args, HOME_READ, &f->home, why) == -1)
		return -1;
	if ((f->arena = arena_new(ARENA, why)) == NULL)
		return -1;
	return found_look(&f->home, args->operands[0], f->arena, &f->direction,
	    &f->standing, why);
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

/* --- what people decided --- */

struct telling {
	struct say *say;
	const struct found *f;
	bool reasons;
	struct jsonout *json; /* NULL: for people */
};

static void
write_list(char *out, size_t room, const struct texts *list)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		int len = snprintf(out + used, room - used, "%s%s",
		    i > 0 ? ", " : "", list->items[i]);

		if (len < 0 || (size_t)len >= room - used)
			return;
		used += (size_t)len;
	}
}

static const char *
what_revision(const struct found *f)
{
	return f->direction == REFERRAL_SENT ? f->standing.whole_revision :
					       f->standing.revision;
}

static void
say_one(const struct telling *t, const struct decision *d)
{
	const char *now = what_revision(t->f);
	const char *of = d->revision == NULL || now == NULL ||
		strcmp(d->revision, now) == 0 ?
	    "" :
	    ", of another version than this one";
	char on[DAY_TEXT], rules[512];

	day_write(day_of(d->at), on);
	write_list(rules, sizeof(rules), &d->rules);
	if (d->kind == DECISION_ASSIGN)
		say_line(t->say, "Given to %s by %s on %s.", d->to_user,
		    d->user, on);
	else if (d->kind == DECISION_MATCH && d->link == NULL)
		say_line(t->say, "%s said on %s that it has no case there yet.",
		    d->user, on);
	else if (d->kind == DECISION_MATCH)
		say_line(t->say, "%s said on %s that its case there is %s.",
		    d->user, on, say_number(d->link));
	else if (d->kind == DECISION_REFUSE)
		say_line(t->say, "Refused here by %s on %s%s.", d->user, on,
		    of);
	else if (d->rules.count == 0)
		say_line(t->say,
		    "Let go here by %s on %s: nothing held it any more%s.",
		    d->user, on, of);
	else
		say_line(t->say, "Let go here by %s on %s in spite of: %s%s.",
		    d->user, on, rules, of);
	if (t->reasons && d->reason != NULL)
		say_line(t->say, "    because: %s", d->reason);
}

static void
write_one(struct jsonout *o, const struct decision *d, const char *where)
{
	static const char *const words[] = {
		[DECISION_RELEASE] = "release",
		[DECISION_REFUSE] = "refuse",
		[DECISION_ASSIGN] = "assign",
		[DECISION_MATCH] = "match",
	};
	char on[DAY_TEXT];

	day_write(day_of(d->at), on);
	jsonout_object(o, NULL);
	jsonout_text(o, "decision", words[d->kind]);
	jsonout_text(o, "where", where);
	jsonout_text(o, "user", d->user);
	jsonout_text(o, "on", on);
	jsonout_text_if(o, "to", d->to_user);
	jsonout_list(o, "rules");
	for (size_t i = 0; i < d->rules.count; i++)
		jsonout_text(o, NULL, d->rules.items[i]);
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static int
tell_one(const struct decision *d, void *context, struct fault *why)
{
	const struct telling *t = context;

	(void)why;
	if (t->json == NULL)
		say_one(t, d);
	else
		write_one(t->json, d, "here");
	return 0;
}

/* Some holds are not named to the other side: that would tell what they are. */
static void
tell_over_there(const struct telling *t, const struct judged *j)
{
	struct decision d = {
		.kind = DECISION_RELEASE,
		.user = j->user,
		.at = day_start(j->on),
	};
	bool named = strcmp(j->rule, "R-AGAIN") != 0;
	const char *rule = j->rule;
	char on[DAY_TEXT];

	if (t->json != NULL) {
		d.rules = (struct texts){ &rule, named ? 1 : 0, true };
		write_one(t->json, &d, "over_there");
		return;
	}
	day_write(j->on, on);
	say_line(t->say, "Let go over there by %s of %s on %s in spite of: %s.",
	    j->user, t->f->standing.partner, on,
	    named ? j->rule : "something they do not name");
	if (t->reasons)
		say_line(t->say, "    because: %s", j->reason);
}

/* What is refused or withdrawn has no record here any more. */
static int
tell_judged(const struct telling *t, struct fault *why)
{
	const struct found *f = t->f;
	struct bytes room;
	struct referral r;
	int rc = 0, found;

	if (f->direction == REFERRAL_SENT)
		return 0;
	bytes_init(&room, RECORD_MAX);
	found = referrals_record(f->home.store, f->direction, f->standing.ref,
	    &room, why);
	if (found == 1)
		rc = judge_read(f->home.store, f->standing.ref, f->arena, &room,
		    &r, why);
	if (found == 1 && rc == 0)
		for (size_t i = 0; i < r.judged_count; i++)
			tell_over_there(t, &r.judged[i]);
	bytes_free(&room);
	return found == -1 ? -1 : rc;
}

static int
tell_all(struct telling *t, struct fault *why)
{
	const struct found *f = t->f;
	const struct decisions_of of = { .direction = f->direction,
		.ref = judge_true_ref(&f->standing) };

	if (tell_judged(t, why) == -1)
		return -1;
	return decisions_walk(f->home.store, &of, f->arena, tell_one, t, why);
}

static int
tell_as_json(const struct telling *people, struct fault *why)
{
	struct telling t = *people;
	struct bytes text;
	struct jsonout o;
	struct sink *to;
	int rc;

	bytes_init(&text, RECORD_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_list(&o, NULL);
	t.json = &o;
	rc = tell_all(&t, why);
	jsonout_list_end(&o);
	if (jsonout_end(&o, why) == -1)
		rc = -1;
	sink_free(to);
	if (rc == 0)
		say_json(t.say, "decided", &text);
	bytes_free(&text);
	return rc;
}

/* Which kinds of value a rule speaks of: names of fields, never a value. */
static void
tell_fields(struct say *say, const struct standing *st)
{
	for (size_t i = 0; i < st->reason_count; i++) {
		const struct standing_reason *r = &st->reasons[i];
		const struct texts fields = { r->fields, r->field_count, true };
		char names[512];

		if (r->field_count == 0)
			continue;
		write_list(names, sizeof(names), &fields);
		say_line(say, "%s is about: %s", r->rule, names);
	}
}

int
found_explain(struct say *say, const struct found *f, bool reasons,
    struct fault *why)
{
	struct distrust_view view = { .standing = f->standing };
	const struct standing *st = &view.standing;
	struct telling t = { .say = say, .f = f, .reasons = reasons };
	enum reached reached;
	char on[DAY_TEXT];

	/* What came is explained as it would be loaded now. */
	if (f->direction == REFERRAL_RECEIVED && f->home.agreement != NULL &&
	    distrust_view(f->home.store, agreement_of(f->home.agreement),
		&f->standing, &view, why) == -1)
		return -1;
	if (reached_find(f->home.store, f->direction, st, &reached, why) == -1)
		return -1;
	say_standing_reached(say, st, reached_name(reached),
	    reached_words(reached));
	tell_fields(say, st);
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
	recalls_explain(say, st);
	if (st->purged_at != 0) {
		day_write(day_of(st->purged_at), on);
		say_line(say,
		    "Its record, or reasons and decisions, were removed here "
		    "on %s, as the agreement says.",
		    on);
	}
	if (tell_all(&t, why) == -1 || tell_as_json(&t, why) == -1)
		return -1;
	delivery_say_next(say, f->direction, st);
	explain_decision(say, f);
	if (st->reason_count == 0)
		say_line(say, "Every rule passed.");
	return 0;
}
