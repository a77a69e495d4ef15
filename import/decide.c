#include "import/decide.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/referral.h"
#include "import/judge.h"
#include "import/later_no.h"
#include "import/owing.h"
#include "policy/hearing.h"
#include "store/journal.h"
#include "store/store.h"

#define RECORD_MAX ((size_t)4 * 1024 * 1024)
#define REFS_MAX ((size_t)1024 * 1024)
#define VERSION_DIGITS 8

/* Everything one decision holds. */
struct work {
	const struct decider *by;
	enum direction direction;
	const char *reason;
	struct arena *a;
	struct decided *out;
	struct standing *st; /* of out */
	struct later_no *later_no;
	struct bytes record;
	struct bytes refs;
	struct judgement judgement;
	struct decision_basis basis;
};

int
decide_reason(struct arena *a, const char *typed, const char **out,
    struct fault *why)
{
	bool changed = false, ink = false;
	const char *tidied = text_tidy(a, typed, false, &changed, why);
	const uint8_t *at, *end;

	if (tidied == NULL)
		return -1;
	at = (const uint8_t *)tidied;
	end = at + strlen(tidied);
	while (at < end)
		ink |= !text_is_blank(text_next(&at, end));
	if (!ink)
		return FAIL(why, FAULT_USAGE, "--reason says nothing");
	if (changed || strlen(tidied) > DECIDE_REASON_MAX)
		return FAIL(why, FAULT_USAGE,
		    "--reason has more than %d bytes, or characters that "
		    "cannot be carried",
		    DECIDE_REASON_MAX);
	*out = tidied;
	return 0;
}

/* --- what is common to all of them --- */

/* Order comes from numbers, but the day of a decision goes to the sender. */
static int
ask_clock(const struct decider *by, struct fault *why)
{
	char text[MOMENT_TEXT];
	moment newest;

	if (journal_newest(by->store, &newest, why) == -1)
		return -1;
	if (by->now >= newest)
		return 0;
	day_write_moment(newest, text);
	return FAIL(why, FAULT_NODE_CLOCK, "the newest act here is of %s",
	    text);
}

static int
wrong_state(const struct standing *st, struct fault *why)
{
	return FAIL(why, FAULT_REF_STATE, "it is %s",
	    standing_state_name(st->state));
}

/* What the decision is about: of ours, all there was before the strip. */
static int
find_revision(const struct work *w, const char **out, struct fault *why)
{
	*out = w->direction == REFERRAL_SENT ? w->st->whole_revision :
					       w->st->revision;
	if (*out == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "an older program judged it: export it once more first");
	return 0;
}

/* The journal is not sealed; of what and why is in the decision, which is. */
static int
log_it(struct work *w, const char *what, struct fault *why)
{
	char body[128];
	int64_t number;

	if (decisions_newest(w->by->store, &number, why) == -1)
		return -1;
	(void)snprintf(body, sizeof(body),
	    "{\"decision\":\"%s\",\"direction\":\"%s\",\"number\":%" PRId64 "}",
	    what, w->direction == REFERRAL_SENT ? "sent" : "received", number);
	return journal_put(w->by->store,
	    &(struct journal_entry){ ACT_DECIDED, w->by->now, w->by->user, body,
		&(struct journal_about){ .ref = standing_true_ref(w->st) }, 1 },
	    why);
}

static int
keep_decision(struct work *w, enum decision_kind kind,
    const struct texts *rules, struct fault *why)
{
	struct decision d = {
		.kind = kind,
		.direction = w->direction,
		.ref = judge_true_ref(w->st),
		.rules = *rules,
		.user = w->by->user,
		.reason = w->reason,
		.basis = w->basis,
		.at = w->by->now,
	};

	if (find_revision(w, &d.revision, why) == -1 ||
	    decisions_put(w->by->store, &d, why) == -1)
		return -1;
	return log_it(w, kind == DECISION_REFUSE ? "refuse" : "release", why);
}

/* Room for the ids of the rules that a standing or a judgement has. */
static int
start_rules(struct work *w, size_t room, struct texts *out, struct fault *why)
{
	*out = (struct texts){ .present = true };
	out->items = arena_take_array(w->a, room, sizeof(*out->items), why);
	return out->items == NULL ? -1 : 0;
}

/* Is it held only for want of another person than this one? */
static bool
takes_another(const struct work *w, const struct standing_reason *reason)
{
	const struct rule *rule = rules_find(reason->rule);

	return reason->verdict == VERDICT_HOLD && !reason->final &&
	    rule != NULL &&
	    rules_may_release(rule,
		w->direction == REFERRAL_SENT ? AT_EXPORT : AT_IMPORT,
		w->by->self, w->by->user);
}

/* The rules that say so, as many as fit. */
static void
list_rules(const struct work *w, enum verdict verdict, bool another,
    char *rules, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < w->st->reason_count; i++) {
		const struct standing_reason *reason = &w->st->reasons[i];
		int len;

		if (reason->verdict < verdict ||
		    (another && !takes_another(w, reason)))
			continue;
		len = snprintf(rules + used, room - used, "%s%s",
		    used > 0 ? ", " : "", reason->rule);
		if (len < 0 || (size_t)len >= room - used)
			return;
		used += (size_t)len;
	}
}

static int
nothing_to_release(struct work *w, struct fault *why)
{
	char rules[80] = "";

	list_rules(w, VERDICT_HOLD, true, rules, sizeof(rules));
	if (rules[0] != '\0')
		return FAIL(why, FAULT_REF_RELEASE,
		    "%s: it takes somebody else than who refers or sends it, "
		    "approved it, or let it go over there",
		    rules);
	list_rules(w, VERDICT_HOLD, false, rules, sizeof(rules));
	return FAIL(why, FAULT_REF_RELEASE, "%s", rules);
}

static int
is_a_no(struct work *w, struct fault *why)
{
	char rules[80] = "";

	list_rules(w, VERDICT_REFUSE, false, rules, sizeof(rules));
	return FAIL(why, FAULT_REF_NO, "%s", rules);
}

/* --- what a person refused --- */

/* And nothing else speaks against it as strongly. */
static bool
a_person_refused(const struct standing *st)
{
	bool said = false;

	for (size_t i = 0; i < st->reason_count; i++) {
		if (st->reasons[i].verdict < VERDICT_REFUSE)
			continue;
		if (strcmp(st->reasons[i].rule, DECISION_LIFTED) != 0)
			return false;
		said = true;
	}
	return said;
}

static int
still_refused(struct work *w, struct fault *why)
{
	struct decisions_of of = { .direction = w->direction,
		.ref = judge_true_ref(w->st) };
	struct decisions_now now;

	if (find_revision(w, &of.revision, why) == -1 ||
	    decisions_now(w->by->store, &of, w->a, &now, why) == -1)
		return -1;
	if (now.refused == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "its refusal was taken back before");
	return 0;
}

/* What is left are the rules' own words; an export asks all of them anew. */
static void
drop_refusal(struct standing *st)
{
	size_t left = 0;

	st->verdict = VERDICT_SHARE;
	for (size_t i = 0; i < st->reason_count; i++) {
		if (strcmp(st->reasons[i].rule, DECISION_LIFTED) == 0)
			continue;
		st->reasons[left++] = st->reasons[i];
		if (st->reasons[i].verdict != VERDICT_NOTE &&
		    st->reasons[i].verdict > st->verdict)
			st->verdict = st->reasons[i].verdict;
	}
	st->reason_count = left;
	st->state =
	    st->verdict == VERDICT_HOLD ? STANDING_HELD : STANDING_READY;
}

/*
 * The record of what came was erased, so that it stays refused until it comes
 * again; then it is judged as if nobody had refused it.
 */
static int
take_back(struct work *w, struct fault *why)
{
	const char *lifted[] = { DECISION_LIFTED };
	const struct texts rules = { lifted, 1, true };

	if (!a_person_refused(w->st))
		return is_a_no(w, why);
	if (still_refused(w, why) == -1 ||
	    keep_decision(w, DECISION_RELEASE, &rules, why) == -1)
		return -1;
	w->out->lifted = true;
	if (w->direction == REFERRAL_RECEIVED)
		return 0;
	drop_refusal(w->st);
	return referrals_put(w->by->store, REFERRAL_SENT, w->st, NULL, 0, why);
}

/* --- versions of what came --- */

/* Of two versions that wait, an older one is not let in beside the newer. */
static int
refuse_outdated(struct work *w, struct fault *why)
{
	const char *here = w->st->ref;

	bytes_empty(&w->refs);
	if (referrals_versions(w->by->store, REFERRAL_RECEIVED,
		judge_true_ref(w->st), &w->refs, why) == -1)
		return -1;
	for (size_t i = 0; i < w->refs.len;) {
		const char *ref = (const char *)w->refs.at + i;
		struct standing other;

		i += strlen(ref) + 1;
		if (strcmp(ref, here) == 0)
			continue;
		if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->a,
			&other, why) == -1)
			return -1;
		if (strcmp(other.partner, w->st->partner) == 0 &&
		    other.sequence > w->st->sequence &&
		    other.state != STANDING_REFUSED &&
		    other.state != STANDING_RECALLED)
			return FAIL(why, FAULT_REF_STATE,
			    "a newer version of it is here: decide on that "
			    "one");
	}
	return 0;
}

/* Does another version of it wait here, or is one in the other system? */
static int
lives_on(struct work *w, bool *out, struct fault *why)
{
	*out = false;
	bytes_empty(&w->refs);
	if (referrals_versions(w->by->store, REFERRAL_RECEIVED,
		judge_true_ref(w->st), &w->refs, why) == -1)
		return -1;
	for (size_t i = 0; i < w->refs.len;) {
		const char *ref = (const char *)w->refs.at + i;
		struct standing other;

		i += strlen(ref) + 1;
		if (strcmp(ref, w->st->ref) == 0)
			continue;
		if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->a,
			&other, why) == -1)
			return -1;
		*out |= other.state != STANDING_REFUSED &&
		    other.state != STANDING_RECALLED;
	}
	return 0;
}

/* The earlier one stays known, under a name of its own, without its record. */
static int
keep_trace(struct work *w, const struct standing *first, const char *ref,
    struct fault *why)
{
	static const char *no_fields[1];
	struct standing_reason reason = {
		.rule = "D-DUP",
		.verdict = VERDICT_REFUSE,
		.text = "A newer version took its place.",
		.remedy = "Leave it so.",
		.fields = no_fields,
	};
	struct standing trace = *first;

	trace.ref = ref;
	trace.version_of = first->ref;
	if (trace.state != STANDING_RECALLED &&
	    trace.state != STANDING_REFUSED) {
		trace.state = STANDING_REFUSED;
		trace.verdict = VERDICT_REFUSE;
		trace.reasons = &reason;
		trace.reason_count = 1;
	}
	if (referrals_put(w->by->store, REFERRAL_RECEIVED, &trace, NULL, 0,
		why) == -1)
		return -1;
	return referrals_erase(w->by->store, REFERRAL_RECEIVED, ref, why);
}

/* A sheet of the earlier one may be in somebody's hands; whose case stays. */
static void
take_over(struct standing *st, const struct standing *first)
{
	st->target = first->target;
	st->delivery = first->delivery;
	st->transaction = first->transaction;
	if (st->target_id == NULL)
		st->target_id = first->target_id;
	if (st->assigned_to == NULL)
		st->assigned_to = first->assigned_to;
	if (st->record_id == NULL && first->record_id != NULL) {
		st->record_id = first->record_id;
		st->name_index = first->name_index;
		st->birth_index = first->birth_index;
		st->sex_index = first->sex_index;
	}
}

/*
 * A newer version was released.  Where the earlier one waits here, it takes its
 * place and its ref; where that is in the other system, both stay, and load
 * knows that the second changes the first.
 */
static int
take_its_place(struct work *w, struct fault *why)
{
	struct standing *st = w->st, first;
	struct store *s = w->by->store;
	const char *own = st->ref;
	size_t len = strlen(st->version_of);
	char *trace;
	int found;

	found = referrals_get(s, REFERRAL_RECEIVED, st->version_of, w->a,
	    &first, why);
	if (found == -1)
		return -1;
	if (found == 1 && first.state == STANDING_LOADED) {
		w->out->beside = true;
		return referrals_put(s, REFERRAL_RECEIVED, st, NULL, 0, why);
	}
	trace = arena_take(w->a, len + 1 + VERSION_DIGITS + 1, why);
	if (trace == NULL ||
	    referrals_drop(s, REFERRAL_RECEIVED, own, why) == -1)
		return -1;
	if (found == 1) {
		memcpy(trace, st->version_of, len);
		trace[len] = '+';
		memcpy(trace + len + 1, first.revision, VERSION_DIGITS);
		if (keep_trace(w, &first, trace, why) == -1)
			return -1;
		take_over(st, &first);
		w->out->replaced = true;
	}
	st->ref = st->version_of;
	st->version_of = NULL;
	return referrals_put(s, REFERRAL_RECEIVED, st, w->record.at,
	    w->record.len, why);
}

/* --- releasing what came --- */

/* All that holds it, as if this user let it go. */
static int
would_release(struct work *w, const struct judgement *j, struct judged **out,
    size_t *count, struct fault *why)
{
	struct judged *all =
	    arena_take_array(w->a, j->count, sizeof(*all), why);

	if (all == NULL)
		return -1;
	*count = 0;
	for (size_t i = 0; i < j->count; i++)
		if (j->reasons[i].verdict == VERDICT_HOLD)
			all[(*count)++] = (struct judged){
				.rule = j->reasons[i].rule->id,
				.user = w->by->user,
				.reason = w->reason,
				.on = day_of(w->by->now),
			};
	*out = all;
	return 0;
}

/* Which of them count: those that the rules then name as released by it. */
static int
find_released(struct work *w, const struct judgement *j, struct texts *out,
    struct fault *why)
{
	if (start_rules(w, j->count, out, why) == -1)
		return -1;
	for (size_t i = 0; i < j->count; i++) {
		const struct judged *by = j->reasons[i].released;

		if (by != NULL && by->reason == w->reason)
			out->items[out->count++] = j->reasons[i].rule->id;
	}
	return 0;
}

/* Judge it as it is, and, if it is held, as it would be after this release. */
static int
judge_released(struct work *w, struct referral *r, struct texts *released,
    struct fault *why)
{
	struct judging by = {
		.store = w->by->store,
		.agreement = w->by->agreement,
		.self = w->by->self,
		.later_no = w->later_no,
		.now = w->by->now,
		.basis = &w->basis,
	};
	struct judged *more;

	if (judge_read(w->by->store, w->st->ref, w->a, &w->record, r, why) ==
		-1 ||
	    judge_again(&by, w->st, r, w->a, &w->judgement, why) == -1)
		return -1;
	*released = (struct texts){ .present = true };
	if (w->judgement.verdict != VERDICT_HOLD)
		return 0;
	if (would_release(w, &w->judgement, &more, &by.more_count, why) == -1)
		return -1;
	by.more = more;
	if (judge_again(&by, w->st, r, w->a, &w->judgement, why) == -1)
		return -1;
	return find_released(w, &w->judgement, released, why);
}

/* Does something hold it still that this user may not be the second for? */
static void
note_second(struct work *w)
{
	for (size_t i = 0; i < w->st->reason_count; i++)
		w->out->second |= takes_another(w, &w->st->reasons[i]);
}

static int
keep_released(struct work *w, const struct referral *r, struct fault *why)
{
	const struct judgement *j = &w->judgement;
	struct standing *st = w->st;

	if (judge_note(st, j, w->a, why) == -1)
		return -1;
	st->judged_on = day_of(w->by->now);
	st->agreement = w->by->agreement->version;
	note_second(w);
	if (j->verdict >= VERDICT_HOLD)
		return referrals_put(w->by->store, REFERRAL_RECEIVED, st, NULL,
		    0, why);
	if (r->attachment_count > 0 && !j->strip.attachments)
		return FAIL(why, FAULT_BUNDLE_NEWER,
		    "attachments, which this version cannot keep");
	st->state = STANDING_READY;
	if (st->version_of == NULL ?
		referrals_put(w->by->store, REFERRAL_RECEIVED, st, NULL, 0,
		    why) == -1 :
		take_its_place(w, why) == -1)
		return -1;
	return owing_receipt(w->by->store, st, "staged", why);
}

static int
release_received(struct work *w, struct fault *why)
{
	struct texts *released = &w->out->released;
	struct referral r;

	if (w->st->state == STANDING_REFUSED)
		return take_back(w, why);
	if (w->st->state != STANDING_HELD)
		return wrong_state(w->st, why);
	if (refuse_outdated(w, why) == -1 ||
	    judge_released(w, &r, released, why) == -1)
		return -1;
	/* A no that came since is nothing to be weighed against a reason. */
	if (w->judgement.verdict == VERDICT_REFUSE ||
	    (w->judgement.verdict == VERDICT_HOLD && released->count == 0)) {
		if (judge_note(w->st, &w->judgement, w->a, why) == -1)
			return -1;
		return w->judgement.verdict == VERDICT_REFUSE ?
		    is_a_no(w, why) :
		    nothing_to_release(w, why);
	}
	if (keep_decision(w, DECISION_RELEASE, released, why) == -1)
		return -1;
	return keep_released(w, &r, why);
}

/* --- releasing what is on its way out --- */

/* To go without all who must agree takes another than who refers the child. */
static bool
may_be_second(const struct work *w, const struct rule *rule)
{
	const struct referrer who = { w->st->refers, w->st->refers_name };

	return rule->release != RELEASE_OVERRIDE ||
	    !hearing_refers(w->by->self, &who, w->by->user);
}

/* The next export asks every rule; here only what the user has a right to. */
static int
release_reasons(struct work *w, struct texts *released, struct fault *why)
{
	struct standing *st = w->st;

	if (start_rules(w, st->reason_count, released, why) == -1)
		return -1;
	st->verdict = VERDICT_SHARE;
	for (size_t i = 0; i < st->reason_count; i++) {
		struct standing_reason *reason = &st->reasons[i];
		const struct rule *rule = rules_find(reason->rule);

		if (takes_another(w, reason) && may_be_second(w, rule)) {
			released->items[released->count++] = rule->id;
			reason->verdict = VERDICT_NOTE;
			reason->remedy = rules_let_go;
		}
		if (reason->verdict != VERDICT_NOTE &&
		    reason->verdict > st->verdict)
			st->verdict = reason->verdict;
	}
	return 0;
}

/* What the last export looked at is what the user read. */
static int
find_basis(struct work *w, struct fault *why)
{
	const struct standing *st = w->st;

	if (st->facts == NULL || st->whole_revision == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "an older program judged it: export it once more first");
	if (st->agreement != w->by->agreement->version)
		return FAIL(why, FAULT_REF_STATE,
		    "another version of the agreement judged it: export it "
		    "once more first");
	w->basis.facts = st->facts;
	return 0;
}

static int
release_sent(struct work *w, struct fault *why)
{
	struct texts *released = &w->out->released;
	struct standing *st = w->st;

	if (st->state == STANDING_REFUSED)
		return take_back(w, why);
	if (st->state != STANDING_HELD)
		return wrong_state(st, why);
	if (find_basis(w, why) == -1 || release_reasons(w, released, why) == -1)
		return -1;
	if (released->count == 0)
		return nothing_to_release(w, why);
	note_second(w);
	if (st->verdict < VERDICT_HOLD)
		st->state = STANDING_READY;
	if (keep_decision(w, DECISION_RELEASE, released, why) == -1)
		return -1;
	return referrals_put(w->by->store, REFERRAL_SENT, st, NULL, 0, why);
}

/* --- refusing --- */

/* A refusal takes back the releases before it. */
static void
hold_again(struct standing_reason *reason)
{
	const struct rule *rule = rules_find(reason->rule);

	if (rule == NULL || strcmp(reason->remedy, rules_let_go) != 0)
		return;
	reason->verdict = VERDICT_HOLD;
	reason->remedy = rule->remedy;
}

/* What held it stays said, and before it that a person decided. */
static int
note_refusal(struct work *w, struct texts *held, struct fault *why)
{
	static const char *no_fields[1];
	const struct rule *rule = rules_find(DECISION_LIFTED);
	struct standing *st = w->st;
	struct standing_reason *all;

	all = arena_take_array(w->a, st->reason_count + 1, sizeof(*all), why);
	if (all == NULL || start_rules(w, st->reason_count, held, why) == -1)
		return -1;
	all[0] = (struct standing_reason){
		.rule = rule->id,
		.verdict = VERDICT_REFUSE,
		.text = rule->says,
		.remedy = rule->remedy,
		.fields = no_fields,
	};
	for (size_t i = 0; i < st->reason_count; i++) {
		hold_again(&st->reasons[i]);
		all[i + 1] = st->reasons[i];
		if (st->reasons[i].verdict >= VERDICT_HOLD)
			held->items[held->count++] = st->reasons[i].rule;
	}
	st->reasons = all;
	st->reason_count++;
	st->verdict = VERDICT_REFUSE;
	st->state = STANDING_REFUSED;
	return 0;
}

static int
refuse_received(struct work *w, struct fault *why)
{
	struct standing *st = w->st;
	struct store *s = w->by->store;
	struct texts held;
	bool other;

	if (st->state != STANDING_HELD && st->state != STANDING_STAGED &&
	    st->state != STANDING_READY)
		return wrong_state(st, why);
	if (note_refusal(w, &held, why) == -1 || lives_on(w, &other, why) == -1)
		return -1;
	st->decision = "rejected";
	st->decision_reason = w->reason;
	st->decided_on = day_of(w->by->now);
	if (keep_decision(w, DECISION_REFUSE, &held, why) == -1 ||
	    referrals_put(s, REFERRAL_RECEIVED, st, NULL, 0, why) == -1 ||
	    referrals_erase(s, REFERRAL_RECEIVED, st->ref, why) == -1 ||
	    owing_receipt(s, st, "refused", why) == -1)
		return -1;
	/* Another version of it is not rejected with this one. */
	w->out->answered = !other;
	return other ? 0 : owing_answer(s, st, why);
}

static int
refuse_sent(struct work *w, struct fault *why)
{
	struct standing *st = w->st;
	const char *revision;
	struct texts held;

	if (st->state != STANDING_HELD && st->state != STANDING_READY)
		return wrong_state(st, why);
	if (find_revision(w, &revision, why) == -1 ||
	    note_refusal(w, &held, why) == -1 ||
	    keep_decision(w, DECISION_REFUSE, &held, why) == -1)
		return -1;
	return referrals_put(w->by->store, REFERRAL_SENT, st, NULL, 0, why);
}

/* --- all of it --- */

static int
decide(struct work *w, enum decision_kind kind, struct fault *why)
{
	bool sent = w->direction == REFERRAL_SENT;

	if (kind == DECISION_RELEASE)
		return sent ? release_sent(w, why) : release_received(w, why);
	if (kind == DECISION_REFUSE)
		return sent ? refuse_sent(w, why) : refuse_received(w, why);
	return FAIL(why, FAULT_INSIDE, "no such decision");
}

int
decide_run(const struct decider *by, const struct decide_order *order,
    struct arena *a, struct decided *out, struct fault *why)
{
	struct work w = { .by = by,
		.direction = order->direction,
		.reason = order->reason,
		.a = a,
		.out = out,
		.st = &out->standing,
		.basis = { .agreement = by->agreement->version } };
	int rc = -1, found;

	bytes_init(&w.record, RECORD_MAX);
	bytes_init(&w.refs, REFS_MAX);
	*out = (struct decided){ .standing = { .ref = NULL } };
	if (ask_clock(by, why) == -1 ||
	    (w.later_no = later_no_new(by->store, why)) == NULL ||
	    store_begin(by->store, why) == -1)
		goto done;
	found = referrals_get(by->store, order->direction, order->ref, a, w.st,
	    why);
	if (found == 1)
		rc = decide(&w, order->kind, why);
	else if (found == 0)
		fault_set(why, FAULT_REF_UNKNOWN, "none fits");
	if (rc == 0 && !by->dry_run)
		rc = store_commit(by->store, why);
	else
		store_roll_back(by->store);
done:
	later_no_free(w.later_no);
	bytes_free(&w.record);
	bytes_free(&w.refs);
	return rc;
}
