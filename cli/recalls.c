#include "cli/recalls.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/say.h"
#include "export/recall.h"
#include "store/referrals.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define JSON_MAX ((size_t)64 * 1024 * 1024)

struct listing {
	struct say *say;
	const struct agreement *agreement;
	moment now;
	struct jsonout recalls;
	struct jsonout drafts;
	size_t waiting;
	size_t overdue;
	size_t drafted;
};

static const char *
reason_words(const char *reason)
{
	if (strcmp(reason, "consent_withdrawn") == 0)
		return "consent was withdrawn";
	if (strcmp(reason, "sent_in_error") == 0)
		return "it was sent by mistake";
	return strcmp(reason, "duplicate") == 0 ? "it was sent twice" :
						  "another reason";
}

static void
write_nodes(struct jsonout *o, const char *name, const struct standing *st,
    bool all)
{
	jsonout_list(o, name);
	for (size_t i = 0; i < st->receiver_count; i++)
		if (all || !st->receivers[i].confirmed)
			jsonout_text(o, NULL, st->receivers[i].node);
	jsonout_list_end(o);
}

static void
list_waiting(struct listing *l, const struct standing *st)
{
	bool overdue =
	    l->agreement != NULL && recall_overdue(st, l->agreement, l->now);
	char on[DAY_TEXT];

	l->waiting++;
	l->overdue += overdue;
	day_write(st->recall_on, on);
	jsonout_object(&l->recalls, NULL);
	jsonout_text(&l->recalls, "ref", st->ref);
	jsonout_text(&l->recalls, "reason", st->recall_reason);
	jsonout_text(&l->recalls, "on", on);
	write_nodes(&l->recalls, "waiting_for", st, false);
	jsonout_boolean(&l->recalls, "overdue", overdue);
	jsonout_object_end(&l->recalls);
	for (size_t i = 0; i < st->receiver_count; i++) {
		const struct standing_receiver *r = &st->receivers[i];

		if (r->confirmed)
			continue;
		say_line(l->say, "%s  recalled on %s: waiting for %s to %s%s",
		    st->ref, on, r->node,
		    r->heard ? "undo it and confirm" : "confirm",
		    overdue ? ", overdue" : "");
	}
}

static void
list_draft(struct listing *l, const struct standing *st)
{
	char on[DAY_TEXT];

	l->drafted++;
	day_write(st->draft_on, on);
	jsonout_object(&l->drafts, NULL);
	jsonout_text(&l->drafts, "ref", st->ref);
	jsonout_text(&l->drafts, "rule", st->draft);
	jsonout_text(&l->drafts, "on", on);
	write_nodes(&l->drafts, "to", st, true);
	jsonout_object_end(&l->drafts);
	for (size_t i = 0; i < st->receiver_count; i++)
		say_line(l->say,
		    "%s  consent changed after sending to %s (%s, seen on %s)",
		    st->ref, st->receivers[i].node, st->draft, on);
}

static int
list_one(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct listing *l = context;

	(void)record;
	(void)why;
	if (standing_recall_waits(st))
		list_waiting(l, st);
	if (st->draft != NULL)
		list_draft(l, st);
	return 0;
}

static void
say_what_next(const struct listing *l)
{
	if (l->drafted > 0) {
		say_notice(l->say,
		    "%zu changed after they were sent, and nobody there knows.",
		    l->drafted);
		say_next(l->say,
		    "Each: satchel recall REF --reason consent_withdrawn; or "
		    "all of them: satchel recall --drafted");
	}
	if (l->overdue > 0)
		say_notice(l->say,
		    "%zu recalls are overdue: call those offices today, and "
		    "ask whether it has been stopped.",
		    l->overdue);
	if (l->waiting > 0)
		say_next(l->say,
		    "%zu recalls go with every bundle until they are "
		    "confirmed: satchel export --to NODE --out DIR",
		    l->waiting);
}

/* The rows are walked once; the two lists are written side by side. */
static int
walk(struct listing *l, struct store *s, struct bytes *recalls,
    struct bytes *drafts, struct fault *why)
{
	struct sink *to = bytes_sink_new(recalls, why);
	struct sink *to_drafts =
	    to == NULL ? NULL : bytes_sink_new(drafts, why);
	struct arena *a = arena_new(ARENA, why);
	int rc = -1;

	if (to_drafts != NULL && a != NULL) {
		jsonout_start(&l->recalls, to);
		jsonout_start(&l->drafts, to_drafts);
		jsonout_list(&l->recalls, NULL);
		jsonout_list(&l->drafts, NULL);
		rc = referrals_walk(s, REFERRAL_SENT, a, list_one, l, why);
		jsonout_list_end(&l->recalls);
		jsonout_list_end(&l->drafts);
		if (jsonout_end(&l->recalls, why) == -1 ||
		    jsonout_end(&l->drafts, why) == -1)
			rc = -1;
	}
	arena_free(a);
	sink_free(to);
	sink_free(to_drafts);
	return rc;
}

int
recalls_say(struct say *say, struct store *s, const struct agreement *a,
    moment now, struct fault *why)
{
	struct listing l = { .say = say, .agreement = a, .now = now };
	struct bytes recalls, drafts;
	int rc;

	bytes_init(&recalls, JSON_MAX);
	bytes_init(&drafts, JSON_MAX);
	if ((rc = walk(&l, s, &recalls, &drafts, why)) == 0) {
		say_json(say, "recalls", &recalls);
		say_json(say, "drafts", &drafts);
		say_what_next(&l);
	}
	bytes_free(&recalls);
	bytes_free(&drafts);
	return rc;
}

void
recalls_explain(struct say *say, const struct standing *st)
{
	char on[DAY_TEXT];

	if (st->draft != NULL)
		say_notice(say,
		    "Consent changed after it was sent: satchel recall REF "
		    "--reason consent_withdrawn");
	if (st->recall_reason == NULL)
		return;
	day_write(st->recall_on, on);
	say_line(say, "Recalled%s%s on %s: %s.",
	    st->recall_from != NULL ? " by " : "",
	    st->recall_from != NULL ? st->recall_from : "", on,
	    reason_words(st->recall_reason));
	for (size_t i = 0; i < st->receiver_count; i++)
		say_line(say, "%s %s that.", st->receivers[i].node,
		    st->receivers[i].confirmed ? "has confirmed" :
						 "has not confirmed");
	if (standing_to_undo(st))
		say_next(say,
		    "Undo it in the other system (satchel load writes how), "
		    "then: satchel recall --undone REF");
}
