#include "export/recall.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/referral.h"
#include "policy/after_recall.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define REFS_MAX ((size_t)64 * 1024 * 1024)
#define RECORD_MAX ((size_t)1024 * 1024)
/* More of one child is not looked through: a person does that. */
#define ROWS_MAX 1000
#define HOUR_SECONDS 3600
/* Where the agreement sets none: what the paper form gives an emergency. */
#define HOURS 24

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* --- which --- */

/* Looking for what a name covers. */
struct search {
	const char *start;
	size_t len;
	struct bytes *refs;
	size_t count;
	char child[256]; /* the case or person of the first one */
	bool several;	 /* children */
	bool too_long;
};

/* What says that two rows are of one child. */
static const char *
child_of(const struct standing *st)
{
	if (st->case_id != NULL)
		return st->case_id;
	return st->individual != NULL ? st->individual : st->ref;
}

static int
add_row(const struct standing *st, void *context, struct fault *why)
{
	struct search *f = context;
	const char *child = child_of(st);

	f->too_long |= strlen(child) >= sizeof(f->child);
	if (f->count == 0)
		(void)snprintf(f->child, sizeof(f->child), "%s", child);
	else if (strcmp(f->child, child) != 0)
		f->several = true;
	f->count++;
	return bytes_add(f->refs, st->ref, strlen(st->ref) + 1, why);
}

/* A number that two children share is nobody's. */
static int
check_one_child(const struct search *f, struct fault *why)
{
	if (f->several || f->too_long)
		return FAIL(why, FAULT_REF_AMBIGUOUS,
		    "%zu fit, of more than one child: name the case by its "
		    "case_id",
		    f->count);
	return 0;
}

/* By a name of the case: 1, 0 if none has that name, or -1. */
static int
find_case(struct store *s, struct search *f, const char *name, struct arena *a,
    struct fault *why)
{
	struct referrals_query q = { .direction = REFERRAL_SENT, .name = name };

	for (int kind = 0; kind < REFERRALS_NAMES && f->count == 0; kind++) {
		q.kind = (enum referrals_name)kind;
		if (referrals_of(s, &q, a, add_row, f, why) == -1)
			return -1;
	}
	if (f->count > 0 && check_one_child(f, why) == -1)
		return -1;
	return f->count > 0;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
begins(const char *ref, const char *start, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (ref[i] == '\0' || lower(ref[i]) != lower(start[i]))
			return false;
	return true;
}

/* People leave out "primero:" or "progres:". */
static int
add_if_begins(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	const char *colon = strchr(st->ref, ':');
	struct search *f = context;

	(void)record;
	if (!begins(st->ref, f->start, f->len) &&
	    (colon == NULL || !begins(colon + 1, f->start, f->len)))
		return 0;
	return add_row(st, f, why);
}

/* The start of one ref, or of the id of one case. */
static int
find_start(struct store *s, struct search *f, struct arena *a,
    struct fault *why)
{
	if (referrals_walk(s, REFERRAL_SENT, a, add_if_begins, f, why) == -1)
		return -1;
	if (f->count > 1 && memchr(f->start, '#', f->len) != NULL)
		return FAIL(why, FAULT_REF_AMBIGUOUS, "%zu fit", f->count);
	return f->count > 1 ? check_one_child(f, why) : 0;
}

/* Nothing that was judged here has that name: did it come here? */
static int
find_none(struct store *s, const char *name, struct arena *a, struct fault *why)
{
	struct fault other;

	if (referrals_find(s, REFERRAL_RECEIVED, name, a, &other) != NULL ||
	    other.id == FAULT_REF_AMBIGUOUS)
		return FAIL(why, FAULT_REF_STATE,
		    "it came here: only the office that sent it recalls it");
	return FAIL(why, FAULT_REF_UNKNOWN,
	    "nothing of it was judged here on its way out; a no is recorded "
	    "with satchel consent add");
}

int
recall_find(struct store *s, const char *name, struct bytes *refs,
    struct fault *why)
{
	struct search f = { .refs = refs };
	struct standing st;
	struct arena *a;
	char *trimmed;
	int rc = -1, found;

	f.start = text_trim(name, &f.len);
	if (f.len == 0)
		return FAIL(why, FAULT_REF_UNKNOWN, "no reference was given");
	if ((a = arena_new(ARENA, why)) == NULL)
		return -1;
	if ((trimmed = arena_copy(a, f.start, f.len, why)) == NULL)
		goto done;
	found = referrals_get(s, REFERRAL_SENT, trimmed, a, &st, why);
	if (found == 1)
		found = add_row(&st, &f, why);
	else if (found == 0)
		found = find_case(s, &f, name, a, why);
	if (found == -1)
		goto done;
	if (f.count == 0 && find_start(s, &f, a, why) == -1)
		goto done;
	rc = f.count > 0 ? 0 : find_none(s, name, a, why);
done:
	arena_free(a);
	return rc;
}

static int
add_if_drafted(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	(void)record;
	if (st->draft == NULL)
		return 0;
	return bytes_add(context, st->ref, strlen(st->ref) + 1, why);
}

int
recall_find_drafted(struct store *s, struct bytes *refs, struct fault *why)
{
	struct arena *a = arena_new(ARENA, why);
	int rc;

	if (a == NULL)
		return -1;
	rc = referrals_walk(s, REFERRAL_SENT, a, add_if_drafted, refs, why);
	arena_free(a);
	return rc;
}

/* --- the record --- */

static int
write_record(const char *ref, const char *reason, day on, int64_t sequence,
    struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	char on_text[DAY_TEXT];
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	day_write(on, on_text);
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "type", "recall");
	jsonout_text(&o, "ref", ref);
	jsonout_integer(&o, "sequence", sequence);
	jsonout_text(&o, "reason", reason);
	jsonout_text(&o, "on", on_text);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

/* No bundle has this number: it waits for the one that it goes in first. */
#define NOT_NUMBERED 0

struct numbering {
	struct store *store;
	const struct bundle_made *bundle;
	struct arena *a;
};

/* Which bundle said it first: only what it says later confirms it. */
static int
note_first(struct numbering *n, const char *ref, struct fault *why)
{
	struct standing_receiver *to;
	struct standing st;
	int found;

	arena_empty(n->a);
	found = referrals_get(n->store, REFERRAL_SENT, ref, n->a, &st, why);
	if (found != 1)
		return found;
	to = standing_receiver(&st, n->bundle->receiver);
	if (to == NULL)
		return 0;
	to->recall_bundle = n->bundle->id;
	return referrals_put(n->store, REFERRAL_SENT, &st, NULL, 0, why);
}

static int
number_one(const struct bytes *record, struct bytes *out, void *context,
    struct fault *why)
{
	struct numbering *n = context;
	const struct json_node *root;
	const char *ref, *reason, *on_text;
	struct json *j = NULL;
	int rc = -1;
	day on;

	if (json_read(record->at, record->len, &json_record, &j, why) == -1)
		return -1;
	root = json_root(j);
	ref = json_get_text(root, "ref");
	reason = json_get_text(root, "reason");
	on_text = json_get_text(root, "on");
	if (ref == NULL || reason == NULL || on_text == NULL ||
	    !day_read(on_text, &on))
		fault_set(why, FAULT_STORE_DAMAGED, "a recall's form");
	else if (write_record(ref, reason, on, n->bundle->sequence, out, why) ==
	    0)
		rc = note_first(n, ref, why);
	json_free(j);
	return rc;
}

int
recall_number(struct store *s, const struct bundle_made *b, struct fault *why)
{
	struct numbering n = { .store = s, .bundle = b };
	int rc;

	if ((n.a = arena_new(ARENA, why)) == NULL)
		return -1;
	rc = owed_rewrite(s, b->receiver, BUNDLE_RECALL, number_one, &n, why);
	arena_free(n.a);
	return rc;
}

/* --- recalling --- */

struct work {
	const struct recaller *by;
	const struct recall_order *order;
	struct arena *a; /* of one referral */
	struct bytes record;
	struct bytes told; /* ids of bundles, each ended by NUL */
	day today;	   /* as far as it can be known */
};

static int
ask_clock(struct work *w, struct fault *why)
{
	const struct recaller *by = w->by;
	const day on = w->order->on;
	moment newest;

	if (journal_newest(by->store, &newest, why) == -1)
		return -1;
	w->today = day_of(by->now);
	if (by->now < newest && by->no_earlier != DAY_UNKNOWN &&
	    w->today < by->no_earlier)
		w->today = day_of(newest);
	/* What a person says is not held against a clock that is in doubt. */
	if (on != DAY_UNKNOWN && on > w->today &&
	    (by->now >= newest || on > day_of(newest)))
		return FAIL(why, FAULT_USAGE, "--on is a day to come");
	if (by->now < newest && by->doubt != NULL)
		by->doubt(by->context, newest);
	return 0;
}

/* As of tombstones: a withdrawal before all, and a mistake after all. */
static int
weight(const char *reason)
{
	if (strcmp(reason, "consent_withdrawn") == 0)
		return 2;
	return strcmp(reason, "other") == 0 ? 1 : 0;
}

static bool
says_more(const struct standing *st, const char *reason, day on)
{
	return st->recall_reason == NULL || st->state != STANDING_RECALLED ||
	    weight(reason) > weight(st->recall_reason) || on > st->recall_on;
}

/* Of two, the stricter counts in every respect, as it does over there. */
static void
note_recall(struct standing *st, const char *reason, day on, moment at)
{
	if (st->recall_reason == NULL ||
	    weight(reason) >= weight(st->recall_reason))
		st->recall_reason = reason;
	if (st->recall_on == DAY_UNKNOWN || on > st->recall_on)
		st->recall_on = on;
	st->recall_at = at;
}

/* Nothing that is shown of it speaks of anything but the recall. */
static int
note_why(struct standing *st, struct arena *a, struct fault *why)
{
	static const char *no_fields[1];
	const struct rule *rule = rules_find("L-TOMB");
	struct standing_reason *reason;

	if ((reason = arena_take(a, sizeof(*reason), why)) == NULL)
		return -1;
	*reason = (struct standing_reason){
		.rule = rule->id,
		.verdict = VERDICT_REFUSE,
		.text = "It was recalled here.",
		.remedy = "Ask for new consent if the child still needs the "
			  "service.",
		.fields = no_fields,
	};
	st->reasons = reason;
	st->reason_count = 1;
	st->removed_count = 0;
	st->verdict = VERDICT_REFUSE;
	return 0;
}

static int
owe(struct work *w, struct standing *st, day on, struct fault *why)
{
	bytes_empty(&w->record);
	if (write_record(st->ref, w->order->reason, on, NOT_NUMBERED,
		&w->record, why) == -1)
		return -1;
	for (size_t i = 0; i < st->receiver_count; i++) {
		st->receivers[i].confirmed = false;
		st->receivers[i].heard = false;
		st->receivers[i].recall_bundle = NULL;
		st->receivers[i].revision = NULL;
		if (owed_put(w->by->store, st->receivers[i].node, BUNDLE_RECALL,
			w->record.at, w->record.len, why) == -1)
			return -1;
	}
	return 0;
}

static int
log_it(const struct work *w, const struct standing *st, struct fault *why)
{
	char body[128];

	(void)snprintf(body, sizeof(body),
	    "{\"reason\":\"%s\",\"receivers\":%zu,\"drafted\":%s}",
	    st->recall_reason, st->receiver_count,
	    st->draft != NULL ? "true" : "false");
	return journal_put(w->by->store,
	    &(struct journal_entry){ ACT_RECALLED, w->by->now, w->by->user,
		body, &(struct journal_about){ .ref = standing_true_ref(st) },
		1 },
	    why);
}

struct owed_one {
	const char *ref;
	bool is;
};

static int
is_owed(const struct bytes *record, void *context, struct fault *why)
{
	struct owed_one *o = context;
	struct json *j = NULL;

	if (json_read(record->at, record->len, &json_record, &j, why) == -1)
		return -1;
	o->is = o->is || same(json_get_text(json_root(j), "ref"), o->ref);
	json_free(j);
	return 0;
}

/*
 * It is owed until it is confirmed.  An older program took it as settled once
 * it was read over there: then it is owed anew.
 */
static int
owe_again(struct work *w, const struct standing *st, bool *again,
    struct fault *why)
{
	*again = false;
	bytes_empty(&w->record);
	if (write_record(st->ref, st->recall_reason, st->recall_on,
		NOT_NUMBERED, &w->record, why) == -1)
		return -1;
	for (size_t i = 0; i < st->receiver_count; i++) {
		const char *node = st->receivers[i].node;
		struct owed_one one = { st->ref, st->receivers[i].confirmed };

		if (owed_walk(w->by->store, node, BUNDLE_RECALL, is_owed, &one,
			why) == -1)
			return -1;
		if (one.is)
			continue;
		if (owed_put(w->by->store, node, BUNDLE_RECALL, w->record.at,
			w->record.len, why) == -1)
			return -1;
		*again = true;
	}
	return *again ? log_it(w, st, why) : 0;
}

static int
recall_one(struct work *w, struct standing *st, struct fault *why)
{
	bool again;
	const char *reason = w->order->reason;
	day on = w->order->on;

	if (on == DAY_UNKNOWN)
		on = st->state == STANDING_RECALLED && st->recall_reason ?
		    st->recall_on :
		    st->draft != NULL ? st->draft_on :
					w->today;
	if (standing_find_receivers(st, w->a, why) == -1)
		return -1;
	if (!says_more(st, reason, on)) {
		if (owe_again(w, st, &again, why) == -1)
			return -1;
		w->by->recalled(w->by->context, st, again);
		return 0;
	}
	note_recall(st, reason, on, w->by->now);
	if (log_it(w, st, why) == -1)
		return -1;
	st->draft = NULL;
	st->state = STANDING_RECALLED;
	/* What went is nobody's any more: the same again is to go again. */
	st->sent_revision = NULL;
	if (note_why(st, w->a, why) == -1 || owe(w, st, on, why) == -1 ||
	    referrals_put(w->by->store, REFERRAL_SENT, st, NULL, 0, why) == -1)
		return -1;
	w->by->recalled(w->by->context, st, true);
	return 0;
}

static bool
is_told(const struct work *w, const char *id)
{
	for (size_t i = 0; i < w->told.len; i += BUNDLE_ID)
		if (strcmp((const char *)w->told.at + i, id) == 0)
			return true;
	return false;
}

/* Those that may still be stopped by hand. */
static int
tell_under_way(struct work *w, const struct standing_receiver *to,
    struct fault *why)
{
	struct bundle_made b;
	int found;

	for (size_t i = 0; i < to->bundle_count; i++) {
		found = bundles_made(w->by->store, to->bundles[i], &b, why);
		if (found == -1)
			return -1;
		if (found == 0 || b.acknowledged != 0 || is_told(w, b.id))
			continue;
		if (bytes_add(&w->told, b.id, sizeof(b.id), why) == -1)
			return -1;
		if (w->by->under_way != NULL)
			w->by->under_way(w->by->context, &b);
	}
	return 0;
}

static int
recall_ref(struct work *w, const char *ref, struct fault *why)
{
	struct standing st;
	int found;

	arena_empty(w->a);
	found = referrals_get(w->by->store, REFERRAL_SENT, ref, w->a, &st, why);
	if (found == 0)
		return FAIL(why, FAULT_REF_UNKNOWN, "none fits");
	if (found == -1 || recall_one(w, &st, why) == -1)
		return -1;
	for (size_t i = 0; i < st.receiver_count; i++)
		if (tell_under_way(w, &st.receivers[i], why) == -1)
			return -1;
	return 0;
}

int
recall_run(const struct recaller *by, const struct recall_order *order,
    struct fault *why)
{
	struct work w = { .by = by, .order = order };
	int rc = -1;

	bytes_init(&w.record, RECORD_MAX);
	bytes_init(&w.told, REFS_MAX);
	if (ask_clock(&w, why) == -1 || (w.a = arena_new(ARENA, why)) == NULL ||
	    store_begin(by->store, why) == -1)
		goto done;
	rc = 0;
	for (size_t i = 0; i < order->len && rc == 0;
	     i += strlen(order->refs + i) + 1)
		rc = recall_ref(&w, order->refs + i, why);
	if (rc == 0 && !by->dry_run)
		rc = store_commit(by->store, why);
	else
		store_roll_back(by->store);
done:
	arena_free(w.a);
	bytes_free(&w.record);
	bytes_free(&w.told);
	return rc;
}

/* --- a clock that was ahead --- */

struct to_come {
	struct bytes refs; /* each ended by NUL */
	day today;
};

static int
note_to_come(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct to_come *c = context;

	(void)record;
	if (st->recall_reason == NULL || st->recall_on == DAY_UNKNOWN ||
	    st->recall_on <= c->today)
		return 0;
	return bytes_add(&c->refs, st->ref, strlen(st->ref) + 1, why);
}

static int
set_today(struct store *s, const char *ref, day today, struct arena *a,
    struct fault *why)
{
	struct standing st;

	arena_empty(a);
	if (referrals_get(s, REFERRAL_SENT, ref, a, &st, why) != 1)
		return -1;
	st.recall_on = today;
	return referrals_put(s, REFERRAL_SENT, &st, NULL, 0, why);
}

int
recall_clock_set(struct store *s, day today, struct fault *why)
{
	struct to_come c = { .today = today };
	struct arena *a = arena_new(ARENA, why);
	int rc = -1;

	bytes_init(&c.refs, REFS_MAX);
	if (a != NULL)
		rc = referrals_walk(s, REFERRAL_SENT, a, note_to_come, &c, why);
	for (size_t i = 0; i < c.refs.len && rc == 0;) {
		const char *ref = (const char *)c.refs.at + i;

		i += strlen(ref) + 1;
		rc = set_today(s, ref, today, a, why);
	}
	arena_free(a);
	bytes_free(&c.refs);
	return rc;
}

/* --- at export --- */

struct recall_past {
	bool any; /* was anything ever recalled here? */
	struct referrals_children *children;
	struct arena *a;
};

struct recall_past *
recall_past_new(struct store *s, struct fault *why)
{
	struct recall_past *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "recalls");
		return NULL;
	}
	p->children = referrals_children_new(s, REFERRAL_SENT, why);
	if (p->children == NULL || (p->a = arena_new(ARENA, why)) == NULL ||
	    journal_any(s, ACT_RECALLED, &p->any, why) == -1) {
		recall_past_free(p);
		return NULL;
	}
	return p;
}

void
recall_past_free(struct recall_past *p)
{
	if (p == NULL)
		return;
	referrals_children_free(p->children);
	arena_free(p->a);
	free(p);
}

/* What is known here of one child's other referrals. */
struct siblings {
	const struct referral *referral;
	size_t rows;
	bool too_many;
	bool withdrawn;
};

static int
ask_sibling(const struct standing *st, void *context, struct fault *why)
{
	struct siblings *f = context;

	(void)why;
	if (f->rows++ == ROWS_MAX) {
		f->too_many = true;
		return -1;
	}
	f->withdrawn |= same(st->recall_reason, "consent_withdrawn") &&
	    after_recall(st->recall_reason, st->recall_on, f->referral) ==
		RECALLED;
	return 0;
}

static const char *
text_of(const struct referral *r, enum field f)
{
	return r->value[f].present ? r->value[f].text : NULL;
}

static int
ask_siblings(struct recall_past *p, const struct referral *r,
    enum recalled *out, struct fault *why)
{
	const char *const names[REFERRALS_NAMES] = {
		[REFERRALS_CASE_ID] = r->origin.case_id,
		[REFERRALS_DISPLAY] = text_of(r, FIELD_CASE_ID_DISPLAY),
		/* A number that stands for none is nobody's. */
		[REFERRALS_INDIVIDUAL] = primero_body_number(r),
	};
	struct siblings f = { .referral = r };

	if (referrals_of_child(p->children, names, p->a, ask_sibling, &f,
		why) == -1 &&
	    !f.too_many)
		return -1;
	if (f.withdrawn)
		*out = RECALLED;
	else if (f.too_many)
		*out = RECALLED_BEFORE;
	return 0;
}

int
recall_ask(struct recall_past *p, const struct referral *r,
    const struct standing *before, enum recalled *out, struct fault *why)
{
	*out = NOT_RECALLED;
	if (before != NULL && before->recall_reason != NULL)
		*out =
		    after_recall(before->recall_reason, before->recall_on, r);
	return *out == RECALLED || !p->any ? 0 : ask_siblings(p, r, out, why);
}

/* Which no is one to every agency, and which to the one that is asked for. */
static bool
is_no(const struct reason *r, bool went_there)
{
	static const char *const to_all[] = { "C-STATE", "C-CASE", "L-TOMB" };
	static const char *const to_one[] = { "C-UNHCR", "C-ORG", "C-SVC" };

	if (r->verdict != VERDICT_REFUSE)
		return false;
	for (size_t i = 0; i < sizeof(to_all) / sizeof(to_all[0]); i++)
		if (strcmp(r->rule->id, to_all[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(to_one) / sizeof(to_one[0]); i++)
		if (went_there && strcmp(r->rule->id, to_one[i]) == 0)
			return true;
	return false;
}

const char *
recall_draft(const struct standing *before, const struct judgement *j,
    const struct node *to)
{
	bool went = false;

	/* What was recalled already needs no draft. */
	if (before == NULL || before->receiver_count == 0 ||
	    before->sent_revision == NULL)
		return NULL;
	for (size_t i = 0; i < before->receiver_count; i++)
		went |= strcmp(before->receivers[i].node, to->code) == 0 ||
		    same(before->receivers[i].party, to->party->id);
	for (size_t i = 0; i < j->count; i++)
		if (is_no(&j->reasons[i], went))
			return j->reasons[i].rule->id;
	return NULL;
}

bool
recall_overdue(const struct standing *st, const struct agreement *a, moment now)
{
	moment hours = a->emergency_hours > 0 ? a->emergency_hours : HOURS;

	return standing_recall_waits(st) &&
	    now - st->recall_at > hours * HOUR_SECONDS;
}
