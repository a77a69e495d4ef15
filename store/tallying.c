#include "store/tallying.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"
#include "policy/rules.h"
#include "store/bundles.h"
#include "store/decisions.h"
#include "store/reached.h"
#include "store/referrals.h"
#include "store/sql.h"
#include "store/store.h"

#define ROW_ARENA ((size_t)16 * 1024 * 1024)
#define DAY ((moment)24 * 60 * 60)
#define LABEL 96
#define UNKNOWN "not known"

static const struct figures tables[TALLY_TABLES] = {
	[TALLY_SENT_FLOW] = { .id = "sent-flow",
	    .title = "Went, by flow",
	    .of = "From and to",
	    .parts = true },
	[TALLY_SENT_SERVICE] = { .id = "sent-service",
	    .title = "Went, by service",
	    .of = "Service",
	    .parts = true },
	[TALLY_SENT_VERDICT] = { .id = "sent-verdict",
	    .title = "Went, by verdict",
	    .of = "Verdict",
	    .parts = true,
	    .ordered = true },
	[TALLY_SENT_REACHED] = { .id = "sent-reached",
	    .title = "Went, by how far it came",
	    .of = "How far",
	    .parts = true,
	    .ordered = true },
	[TALLY_SENT_ANSWER] = { .id = "sent-answer",
	    .title = "Went, by whether it is answered",
	    .of = "Answer",
	    .parts = true,
	    .ordered = true },
	[TALLY_SENT_TIME] = { .id = "sent-answer-time",
	    .title = "Went and was answered over there, by how soon",
	    .of = "Answered after",
	    .parts = true,
	    .ordered = true },
	[TALLY_SENT_OVERDUE] = { .id = "sent-overdue",
	    .title = "Went, and the answer is overdue",
	    .of = "Priority",
	    .parts = true,
	    .ordered = true },
	[TALLY_SENT_RULE] = { .id = "sent-rule",
	    .title = "Went or was to go, by rule that did not simply pass",
	    .of = "Rule" },
	[TALLY_SENT_RECALL] = { .id = "sent-recall",
	    .title = "Recalled by this office",
	    .of = "Reason",
	    .parts = true },
	[TALLY_SENT_CONFIRM] = { .id = "sent-recall-time",
	    .title = "Recalled by this office, by how soon that was confirmed",
	    .of = "Confirmed after",
	    .parts = true,
	    .ordered = true },
	[TALLY_RECEIVED_FLOW] = { .id = "received-flow",
	    .title = "Came, by flow",
	    .of = "From and to",
	    .parts = true },
	[TALLY_RECEIVED_SERVICE] = { .id = "received-service",
	    .title = "Came, by service",
	    .of = "Service",
	    .parts = true },
	[TALLY_RECEIVED_VERDICT] = { .id = "received-verdict",
	    .title = "Came, by verdict",
	    .of = "Verdict",
	    .parts = true,
	    .ordered = true },
	[TALLY_RECEIVED_REACHED] = { .id = "received-reached",
	    .title = "Came, by how far it got",
	    .of = "How far",
	    .parts = true,
	    .ordered = true },
	[TALLY_RECEIVED_ANSWER] = { .id = "received-answer",
	    .title = "Came, by whether it is answered",
	    .of = "Answer",
	    .parts = true,
	    .ordered = true },
	[TALLY_RECEIVED_TIME] = { .id = "received-answer-time",
	    .title = "Came and was answered by this office, by how soon",
	    .of = "Answered after",
	    .parts = true,
	    .ordered = true },
	[TALLY_RECEIVED_OVERDUE] = { .id = "received-overdue",
	    .title = "Came, and the answer is overdue",
	    .of = "Priority",
	    .parts = true,
	    .ordered = true },
	[TALLY_RECEIVED_RULE] = { .id = "received-rule",
	    .title = "Came, by rule that did not simply pass",
	    .of = "Rule" },
	[TALLY_RECEIVED_RECALL] = { .id = "received-recall",
	    .title = "Recalled by the office that sent it",
	    .of = "Reason",
	    .parts = true },
	[TALLY_RECEIVED_OVERRIDE] = { .id = "received-override",
	    .title = "Came on somebody's word in place of consent",
	    .of = "Role of who authorised it",
	    .parts = true },
	[TALLY_STAYED_VERDICT] = { .id = "stayed-verdict",
	    .title = "Was to go and did not, by verdict",
	    .of = "Verdict",
	    .parts = true,
	    .ordered = true },
	[TALLY_DECIDED] = { .id = "decided",
	    .title = "Decided by people here",
	    .of = "What",
	    .parts = true,
	    .ordered = true },
	[TALLY_RELEASED_RULE] = { .id = "released-rule",
	    .title = "Let go by people here, by the rule that held it",
	    .of = "Rule" },
	[TALLY_DECIDED_BY] = { .id = "decided-by",
	    .title = "Let go or refused by people here",
	    .of = "By whom",
	    .parts = true },
};

/* Bands are days of twenty-four hours; each up to that many. */
static const struct band {
	int days;
	const char *label;
} bands[] = {
	{ 1, "1 day or less" },
	{ 3, "2 to 3 days" },
	{ 7, "4 to 7 days" },
	{ 14, "8 to 14 days" },
	{ 30, "15 to 30 days" },
	{ INT32_MAX, "more than 30 days" },
};

#define BANDS (sizeof(bands) / sizeof(bands[0]))
#define NOT_YET "not yet, and in time"
#define LATE "not yet, and overdue"
#define NOT_DUE "no answer is due"
#define ANSWERED "answered"
#define NO_TIME "when is not known"
#define CONFIRMED "confirmed, when is not known"

static const char *const priorities[] = { "emergency", "urgent", "normal" };

struct work {
	const struct tallying_order *order;
	struct figures *out;
	struct arena *arena;
	struct arena *row;
	enum direction direction;
};

static int
add(struct work *w, enum tallying_table t, const char *label, struct fault *why)
{
	return figures_add(&w->out[t], w->arena, label, 1, why);
}

/* The tables of what came stand in the order of those of what went. */
static enum tallying_table
table_of(const struct work *w, enum tallying_table sent)
{
	return w->direction == REFERRAL_SENT ?
	    sent :
	    (enum tallying_table)(sent + TALLY_RECEIVED_FLOW);
}

static int
prepare_one(struct work *w, enum tallying_table t, const char *const *labels,
    size_t count, struct fault *why)
{
	for (size_t i = 0; i < count; i++)
		if (figures_add(&w->out[t], w->arena, labels[i], 0, why) == -1)
			return -1;
	return 0;
}

/* Rows that stand in their own order are there before anything is counted. */
static int
prepare(struct work *w, struct fault *why)
{
	static const char *const verdicts[] = { "share", "strip", "hold",
		"refuse" };
	static const char *const decided[] = { "release", "refuse" };
	static const char *const waiting[] = { ANSWERED, NOT_YET, LATE,
		NOT_DUE };
	static const enum tallying_table timed[] = { TALLY_SENT_TIME,
		TALLY_RECEIVED_TIME, TALLY_SENT_CONFIRM };
	static const enum tallying_table late[] = { TALLY_SENT_OVERDUE,
		TALLY_RECEIVED_OVERDUE };
	static const enum tallying_table answers[] = { TALLY_SENT_ANSWER,
		TALLY_RECEIVED_ANSWER };

	for (size_t t = 0; t < 3; t++)
		for (size_t i = 0; i < BANDS; i++)
			if (figures_add(&w->out[timed[t]], w->arena,
				bands[i].label, 0, why) == -1)
				return -1;
	for (size_t t = 0; t < 2; t++)
		if (prepare_one(w, answers[t], waiting, 4, why) == -1 ||
		    prepare_one(w, late[t], priorities, 3, why) == -1)
			return -1;
	if (prepare_one(w, TALLY_SENT_VERDICT, verdicts, 4, why) == -1 ||
	    prepare_one(w, TALLY_RECEIVED_VERDICT, verdicts, 4, why) == -1 ||
	    prepare_one(w, TALLY_STAYED_VERDICT, verdicts, 4, why) == -1)
		return -1;
	if (prepare_one(w, TALLY_SENT_CONFIRM, waiting + 1, 2, why) == -1)
		return -1;
	return prepare_one(w, TALLY_DECIDED, decided, 2, why);
}

static bool
is_in_time(const struct work *w, moment at)
{
	const struct tallying_order *o = w->order;

	return (o->from == DAY_UNKNOWN || day_of(at) >= o->from) &&
	    (o->to == DAY_UNKNOWN || day_of(at) <= o->to);
}

static const char *
band_of(moment since, moment until)
{
	size_t i = 0;

	while (i < BANDS - 1 && until - since > bands[i].days * DAY)
		i++;
	return bands[i].label;
}

/* Of answers only the day is known. */
static const char *
band_of_days(day since, day until)
{
	return band_of(day_start(since), day_start(until));
}

/* --- one referral --- */

/* When it first went, or came; *found false: it went in no bundle. */
static int
when_sent(struct work *w, const struct standing *st, moment *at, bool *went,
    struct fault *why)
{
	struct standing all = *st;
	struct bundle_made made;
	int found;

	*went = st->state == STANDING_SENT || st->sent_revision != NULL;
	*at = day_start(st->judged_on);
	if (standing_find_receivers(&all, w->row, why) == -1)
		return -1;
	if (all.receiver_count == 0 || all.receivers[0].bundle_count == 0)
		return 0;
	*went = true;
	found = bundles_made(w->order->store, all.receivers[0].bundles[0],
	    &made, why);
	if (found == 1)
		*at = made.created;
	return found == -1 ? -1 : 0;
}

static moment
when_came(const struct standing *st)
{
	day came = st->judged_on;

	if (st->created != DAY_UNKNOWN && st->created < came)
		came = st->created;
	return day_start(came);
}

static int
priority_of(const struct standing *st)
{
	for (int i = 0; i < 2; i++)
		if (strcmp(st->priority, priorities[i]) == 0)
			return i;
	return 2;
}

static moment
allowed(const struct work *w, const struct standing *st)
{
	switch (priority_of(st)) {
	case 0:
		return w->order->emergency;
	case 1:
		return w->order->urgent;
	default:
		return w->order->normal;
	}
}

static bool
awaits_answer(enum reached p)
{
	switch (p) {
	case REACHED_SENT:
	case REACHED_CARRIED:
	case REACHED_BUNDLE_REFUSED:
	case REACHED_RECEIVED:
	case REACHED_STAGED:
	case REACHED_READY:
	case REACHED_HELD_THERE:
	case REACHED_LOADED:
		return true;
	default:
		return false;
	}
}

static int
count_answer(struct work *w, const struct standing *st, enum reached p,
    moment since, struct fault *why)
{
	enum tallying_table t = table_of(w, TALLY_SENT_ANSWER);
	bool here = w->direction == REFERRAL_RECEIVED && p == REACHED_HELD;

	if (st->decision != NULL) {
		if (add(w, t, ANSWERED, why) == -1)
			return -1;
		return add(w, table_of(w, TALLY_SENT_TIME),
		    st->decided_on == DAY_UNKNOWN ?
			NO_TIME :
			band_of_days(day_of(since), st->decided_on),
		    why);
	}
	if (!here && !awaits_answer(p))
		return add(w, t, NOT_DUE, why);
	if (w->order->now <= since + allowed(w, st))
		return add(w, t, NOT_YET, why);
	if (add(w, table_of(w, TALLY_SENT_OVERDUE), priorities[priority_of(st)],
		why) == -1)
		return -1;
	return add(w, t, LATE, why);
}

/* As the log has it: no row may be there for a rule that is not to be told. */
static const char *
rule_word(const char *id, enum verdict verdict)
{
	const struct rule *rule = rules_find(id);
	const char *words[RULES_WORDS];

	if (rule == NULL)
		return id;
	(void)rules_words(rule, verdict, false, words);
	return words[0];
}

static bool
is_first(const struct standing *st, size_t i)
{
	const struct standing_reason *r = st->reasons;

	for (size_t k = 0; k < i; k++)
		if (r[k].verdict == r[i].verdict &&
		    strcmp(rule_word(r[k].rule, r[k].verdict),
			rule_word(r[i].rule, r[i].verdict)) == 0)
			return false;
	return true;
}

static int
count_rules(struct work *w, const struct standing *st, struct fault *why)
{
	char label[LABEL];

	for (size_t i = 0; i < st->reason_count; i++) {
		const struct standing_reason *r = &st->reasons[i];

		if (!is_first(st, i))
			continue;
		(void)snprintf(label, sizeof(label), "%s, %s",
		    rule_word(r->rule, r->verdict), verdict_name(r->verdict));
		if (add(w, table_of(w, TALLY_SENT_RULE), label, why) == -1)
			return -1;
	}
	return 0;
}

/* When the last of those who got it said that the recall is done; 0. */
static int
confirmed_at(struct work *w, const struct standing *st, moment *out,
    struct fault *why)
{
	uint8_t index[SEAL_INDEX];
	struct sql q;

	*out = 0;
	referrals_index(w->order->store, standing_true_ref(st), index);
	sql_start(&q, store_db(w->order->store),
	    "SELECT COALESCE(MAX(j.at), 0) FROM leaf_about a JOIN journal j "
	    "ON j.number = a.number WHERE a.ref = ?1 AND "
	    "j.act = 'recall confirmed' AND j.at >= ?2");
	sql_put_blob(&q, 1, index, sizeof(index));
	sql_put_integer(&q, 2, st->recall_at);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

static int
count_confirming(struct work *w, const struct standing *st, struct fault *why)
{
	struct standing all = *st;
	moment at;

	if (standing_find_receivers(&all, w->row, why) == -1)
		return -1;
	if (all.receiver_count == 0)
		return add(w, TALLY_SENT_CONFIRM, "it had gone nowhere", why);
	if (standing_recall_waits(&all))
		return add(w, TALLY_SENT_CONFIRM,
		    w->order->now > st->recall_at + w->order->emergency ?
			LATE :
			NOT_YET,
		    why);
	if (confirmed_at(w, st, &at, why) == -1)
		return -1;
	return add(w, TALLY_SENT_CONFIRM,
	    at == 0 ? CONFIRMED : band_of(st->recall_at, at), why);
}

/* A recall counts in the time in which it was given. */
static int
count_recall(struct work *w, const struct standing *st, struct fault *why)
{
	if (st->recall_reason == NULL || !is_in_time(w, st->recall_at))
		return 0;
	if (add(w, table_of(w, TALLY_SENT_RECALL), st->recall_reason, why) ==
	    -1)
		return -1;
	return w->direction == REFERRAL_SENT ? count_confirming(w, st, why) : 0;
}

/* Of a record that is here still: the role of who stood in for consent. */
static int
count_override(struct work *w, const struct bytes *record, struct fault *why)
{
	const struct json_node *override;
	struct json *j = NULL;
	const char *role;
	int rc = 0;

	if (w->direction != REFERRAL_RECEIVED || record->len == 0)
		return 0;
	if (json_read(record->at, record->len, &json_record, &j, why) == -1)
		return -1;
	override = json_get(json_get(json_root(j), "consent"), "override");
	if (json_kind(override) == JSON_OBJECT) {
		role = json_get_text(override, "authoriser_role");
		rc = add(w, TALLY_RECEIVED_OVERRIDE,
		    w->order->role(w->order->context, role), why);
	}
	json_free(j);
	return rc;
}

static int
count_flow(struct work *w, const struct standing *st, struct fault *why)
{
	const char *other = st->party != NULL ? st->party : st->partner;
	const char *own = w->order->party;
	bool sent = w->direction == REFERRAL_SENT;
	char label[LABEL];

	(void)snprintf(label, sizeof(label), "%.40s to %.40s",
	    sent ? own : other, sent ? other : own);
	return add(w, table_of(w, TALLY_SENT_FLOW), label, why);
}

static int
count_one(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct work *w = context;
	enum reached p;
	bool went = true;
	moment at;

	if (count_recall(w, st, why) == -1)
		return -1;
	/* A version of one that is here is the same referral. */
	if (st->version_of != NULL)
		return 0;
	if (w->direction == REFERRAL_RECEIVED)
		at = when_came(st);
	else if (when_sent(w, st, &at, &went, why) == -1)
		return -1;
	if (!is_in_time(w, at))
		return 0;
	if (count_rules(w, st, why) == -1)
		return -1;
	/* Two sums of one whole would tell what only one of them has. */
	if (!went)
		return add(w, TALLY_STAYED_VERDICT, verdict_name(st->verdict),
		    why);
	if (reached_find(w->order->store, w->direction, st, &p, why) == -1 ||
	    add(w, table_of(w, TALLY_SENT_VERDICT), verdict_name(st->verdict),
		why) == -1)
		return -1;
	if (count_flow(w, st, why) == -1 ||
	    add(w, table_of(w, TALLY_SENT_SERVICE),
		st->service != NULL ? st->service : UNKNOWN, why) == -1 ||
	    add(w, table_of(w, TALLY_SENT_REACHED), reached_words(p), why) ==
		-1 ||
	    count_override(w, record, why) == -1)
		return -1;
	return count_answer(w, st, p, at, why);
}

/* --- what people decided --- */

/* Under one word a decision counts once. */
static int
count_released(struct work *w, const struct texts *rules, struct fault *why)
{
	for (size_t i = 0; i < rules->count; i++) {
		const char *word = rule_word(rules->items[i], VERDICT_HOLD);
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first = first &&
			    strcmp(rule_word(rules->items[k], VERDICT_HOLD),
				word) != 0;
		if (first && add(w, TALLY_RELEASED_RULE, word, why) == -1)
			return -1;
	}
	return 0;
}

static int
count_decision(const struct decision *d, void *context, struct fault *why)
{
	static const char *const words[] = {
		[DECISION_RELEASE] = "release",
		[DECISION_REFUSE] = "refuse",
	};
	struct work *w = context;

	/* Who takes it, and whose case it is, lets nothing go. */
	if (!is_in_time(w, d->at) ||
	    (d->kind != DECISION_RELEASE && d->kind != DECISION_REFUSE))
		return 0;
	if (add(w, TALLY_DECIDED, words[d->kind], why) == -1)
		return -1;
	if (d->kind == DECISION_RELEASE &&
	    count_released(w, &d->rules, why) == -1)
		return -1;
	return add(w, TALLY_DECIDED_BY,
	    w->order->who(w->order->context, d->user), why);
}

/* --- hiding --- */

/* "C-HAVE, hold": is the row of its verdict hidden? */
static bool
verdict_hidden(const struct figures *verdicts, const char *rule)
{
	const char *verdict = strstr(rule, ", ");
	const struct figure *row;

	if (verdicts->withheld)
		return true;
	row = verdict == NULL ? NULL : figures_find(verdicts, verdict + 2);
	return row != NULL && row->hidden;
}

static bool
hides(const struct figures *f)
{
	bool any = f->withheld;

	for (size_t i = 0; i < f->count; i++)
		any = any || f->rows[i].hidden;
	return any;
}

static void
withhold_sum(struct figures *f)
{
	figures_withhold(f);
	f->total_hidden = true;
}

static const struct figure *
row_of(const struct figures *f, const char *label)
{
	static const struct figure none = { .count = 0 };
	const struct figure *row = figures_find(f, label);

	return row == NULL ? &none : row;
}

static bool
is_few(int64_t count)
{
	return count > 0 && count < FIGURES_LEAST;
}

/*
 * Answers, verdicts and how far it came say the same in other words: what is
 * held is not answered, and what is refused or recalled needs no answer.  So of
 * the later ones nothing is told where an earlier one hides something.
 */
static void
hide_alike(struct figures *out, enum tallying_table first)
{
	const struct figures *answers = &out[first + TALLY_SENT_ANSWER];
	struct figures *verdicts = &out[first + TALLY_SENT_VERDICT];
	struct figures *reached = &out[first + TALLY_SENT_REACHED];
	const int64_t not_due = row_of(answers, NOT_DUE)->count;

	if (hides(answers) ||
	    is_few(not_due - row_of(verdicts, "refuse")->count))
		figures_withhold(verdicts);
	if (hides(answers) || hides(verdicts) || hides(reached))
		figures_withhold(reached);
	if (!is_few(not_due - out[first + TALLY_SENT_RECALL].total))
		return;
	withhold_sum(&out[first + TALLY_SENT_RECALL]);
	if (first == TALLY_SENT_FLOW)
		withhold_sum(&out[TALLY_SENT_CONFIRM]);
}

/* A rule cannot hold more than all that is held. */
static void
hide_rules(struct figures *out, enum tallying_table first)
{
	struct figures *rules = &out[first + TALLY_SENT_RULE];

	for (size_t i = 0; i < rules->count; i++)
		rules->rows[i].hidden |=
		    verdict_hidden(&out[first + TALLY_SENT_VERDICT],
			rules->rows[i].label) ||
		    (first == TALLY_SENT_FLOW &&
			verdict_hidden(&out[TALLY_STAYED_VERDICT],
			    rules->rows[i].label));
}

/* The sum of one table is a row of another. */
static void
hide_parts(struct figures *out, enum tallying_table first)
{
	const struct figures *answers = &out[first + TALLY_SENT_ANSWER];

	if (row_of(answers, LATE)->hidden || answers->withheld)
		withhold_sum(&out[first + TALLY_SENT_OVERDUE]);
	if (row_of(answers, ANSWERED)->hidden || answers->withheld)
		withhold_sum(&out[first + TALLY_SENT_TIME]);
}

static void
hide(struct figures *out)
{
	static const enum tallying_table ways[] = { TALLY_SENT_FLOW,
		TALLY_RECEIVED_FLOW };
	struct figures *released = &out[TALLY_RELEASED_RULE];

	for (size_t t = 0; t < TALLY_TABLES; t++)
		figures_hide(&out[t]);
	for (size_t i = 0; i < 2; i++) {
		hide_alike(out, ways[i]);
		hide_rules(out, ways[i]);
		hide_parts(out, ways[i]);
	}
	for (size_t i = 0; i < released->count; i++)
		released->rows[i].hidden |= out[TALLY_DECIDED].withheld ||
		    row_of(&out[TALLY_DECIDED], "release")->hidden;
}

int
tallying_run(const struct tallying_order *o, struct arena *a,
    struct figures out[static TALLY_TABLES], struct fault *why)
{
	struct work w = { .order = o, .out = out, .arena = a };
	int rc = -1;

	memcpy(out, tables, sizeof(tables));
	if ((w.row = arena_new(ROW_ARENA, why)) == NULL)
		return -1;
	if (prepare(&w, why) == -1 ||
	    referrals_walk(o->store, REFERRAL_SENT, w.row, count_one, &w,
		why) == -1)
		goto done;
	w.direction = REFERRAL_RECEIVED;
	if (referrals_walk(o->store, REFERRAL_RECEIVED, w.row, count_one, &w,
		why) == -1 ||
	    decisions_each(o->store, w.row, count_decision, &w, why) == -1)
		goto done;
	hide(out);
	rc = 0;
done:
	arena_free(w.row);
	return rc;
}
