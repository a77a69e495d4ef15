#include "export/status.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "export/overtake.h"
#include "formats/agreement.h"
#include "formats/consent.h"
#include "formats/json.h"
#include "formats/referral.h"
#include "store/agreed.h"
#include "store/agreements.h"
#include "store/bundles.h"
#include "store/distrusted.h"
#include "store/log_heads.h"
#include "store/owed.h"
#include "store/rosters.h"

#define ROW_ARENA ((size_t)16 * 1024 * 1024)
#define HOUR ((moment)3600)
#define DAY (24 * HOUR)
#define REFUSED_MAX 200

/* Everything one reading holds. */
struct work {
	const struct status_order *order;
	struct status *out;
	struct arena *arena; /* the caller's */
	struct arena *row;
	struct bundle_made made; /* the one that was looked up last */
	bool has_made;
	day soon; /* the last day that is soon */
	day ends; /* of the consents of one name, the last one */
};

static const char *const priorities[STATUS_PRIORITIES] = {
	[STATUS_EMERGENCY] = "emergency",
	[STATUS_URGENT] = "urgent",
	[STATUS_NORMAL] = "normal",
};

const char *
status_priority_name(enum status_priority p)
{
	return priorities[p];
}

static void
note(struct status_numbers *n, int64_t number, const char *code)
{
	n->count++;
	if (n->listed == STATUS_NUMBERS)
		return;
	n->at[n->listed] = number;
	memcpy(n->code[n->listed], code, strlen(code) + 1);
	n->listed++;
}

static int64_t
sum(const int64_t *numbers, size_t count)
{
	int64_t all = 0;

	for (size_t i = 0; i < count; i++)
		all += numbers[i];
	return all;
}

/* --- who there is --- */

static struct status_partner *
find(const struct status *s, const char *node)
{
	for (size_t i = 0; i < s->partner_count; i++)
		if (strcmp(s->partners[i].node, node) == 0)
			return &s->partners[i];
	return NULL;
}

/* Keeps them sorted by code. */
static void
add_partner(struct work *w, const char *node, bool listed)
{
	struct status *s = w->out;
	const char *only = w->order->partner;
	size_t at = s->partner_count;

	if (find(s, node) != NULL || (only != NULL && strcmp(only, node) != 0))
		return;
	while (at > 0 && strcmp(s->partners[at - 1].node, node) > 0) {
		s->partners[at] = s->partners[at - 1];
		at--;
	}
	memset(&s->partners[at], 0, sizeof(s->partners[at]));
	memcpy(s->partners[at].node, node, strlen(node) + 1);
	s->partners[at].listed = listed;
	s->partner_count++;
}

/* Those of the agreement, and who is in it no more but is owed something. */
static int
add_partners(struct work *w, struct fault *why)
{
	const struct agreement *a = w->order->agreement;
	char node[17] = "";
	size_t room = a->node_count + 1;
	int more;

	while ((more = bundles_receiver_after(w->order->store, node, node,
		    why)) == 1)
		room++;
	if (more == -1)
		return -1;
	w->out->partners =
	    arena_take_array(w->arena, room, sizeof(*w->out->partners), why);
	if (w->out->partners == NULL)
		return -1;
	for (size_t i = 0; i < a->node_count; i++) {
		const struct node *n = &a->nodes[i];

		if (n != w->order->self && n->role != NODE_AUDITOR)
			add_partner(w, n->code, n->open_count > 0);
	}
	node[0] = '\0';
	while ((more = bundles_receiver_after(w->order->store, node, node,
		    why)) == 1)
		add_partner(w, node, false);
	if (more == -1)
		return -1;
	if (w->order->partner != NULL && w->out->partner_count == 0)
		return FAIL(why, FAULT_AGREEMENT_NO_NODE, "%.20s",
		    w->order->partner);
	return 0;
}

/* --- one partner's streams --- */

static int
read_made(struct work *w, struct status_partner *p, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	int more;

	while ((more = bundles_made_after(w->order->store, p->node, &b, &b,
		    why)) == 1) {
		p->has_out = true;
		p->last_out = b.sequence;
		p->last_out_at = b.created;
		if (b.acknowledged != 0)
			continue;
		if (b.refused[0] != '\0') {
			note(&p->refused_there, b.sequence, b.refused);
		} else if (!b.carried) {
			note(&p->not_carried, b.sequence, "");
		} else {
			note(&p->waiting, b.sequence, "");
			p->waiting_long +=
			    status_is_long_ago(b.created, w->order->now);
		}
	}
	return more;
}

static int
read_missing(struct work *w, struct status_partner *p, const uint8_t key[32],
    struct fault *why)
{
	int64_t missing[STATUS_NUMBERS], count;
	size_t listed;

	if (bundles_missing(w->order->store, key, missing, STATUS_NUMBERS,
		&count, why) == -1)
		return -1;
	listed = count < STATUS_NUMBERS ? (size_t)count : STATUS_NUMBERS;
	for (size_t i = 0; i < listed; i++)
		note(&p->missing, missing[i], "");
	p->missing.count += (size_t)count - listed;
	return 0;
}

static int
read_last(struct work *w, struct status_partner *p, const uint8_t key[32],
    struct fault *why)
{
	struct bundle_came came;
	int64_t sequence;
	int found;

	if (bundles_highest(w->order->store, key, &sequence, why) == -1)
		return -1;
	if (sequence == 0)
		return 0;
	found =
	    bundles_came_sequence(w->order->store, key, sequence, &came, why);
	if (found != 1)
		return found;
	p->has_in = true;
	p->last_in = sequence;
	p->last_in_at = came.at;
	return 0;
}

static int
read_refused(struct work *w, struct status_partner *p, const uint8_t key[32],
    struct fault *why)
{
	struct bundle_came *came;
	size_t count;

	came = arena_take_array(w->row, REFUSED_MAX, sizeof(*came), why);
	if (came == NULL ||
	    bundles_refused(w->order->store, key, came, REFUSED_MAX, &count,
		why) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		note(&p->refused_here, came[i].sequence, came[i].code);
	return 0;
}

/* Each key of theirs has a stream of its own, the last one listed last. */
static int
read_came(struct work *w, struct status_partner *p, struct fault *why)
{
	const struct node *n = agreement_node(w->order->agreement, p->node);

	for (size_t i = 0; n != NULL && i < n->sign_count; i++) {
		const uint8_t *key = n->sign[i].key;

		arena_empty(w->row);
		if (read_missing(w, p, key, why) == -1 ||
		    read_last(w, p, key, why) == -1 ||
		    read_refused(w, p, key, why) == -1)
			return -1;
	}
	return 0;
}

/*
 * Is there a newer agreement or staff list than when the last bundle was made?
 * Each bundle carries them until the partner has them.
 */
static int
read_news(struct work *w, struct status_partner *p, struct fault *why)
{
	struct store *s = w->order->store;
	const struct agreement *a = w->order->agreement;
	int64_t named, first;
	moment changed;
	bool owed;

	/* Who never had anything to do with us gets it from others. */
	if (!p->has_out && !p->has_in && sum(p->owed, BUNDLE_REFERRAL) == 0)
		return 0;
	if (agreements_partner(s, p->node, &named, why) == -1 ||
	    agreements_first(s, &first, why) == -1 ||
	    agreements_changed(s, a->version, &changed, why) == -1)
		return -1;
	p->news = named < a->version && a->version != first;
	for (size_t i = 0; i < a->party_count && !p->news; i++) {
		if (a->parties[i].roster == 0)
			continue;
		if (rosters_owed(s, p->node, a->parties[i].id,
			a->parties[i].roster, &owed, why) == -1)
			return -1;
		p->news = owed;
	}
	/* Of the same second nobody can tell: then it goes once more. */
	p->news = p->news && (!p->has_out || p->last_out_at <= changed);
	return 0;
}

/* All bundles with its recalls were refused there: another one is to be made. */
static int
read_recalls(struct work *w, struct status_partner *p, struct fault *why)
{
	struct bundle_made ahead;

	if (overtake_find(w->order->store, p->node, &ahead, why) != -1)
		return 0;
	p->recall_again = why->id == FAULT_NODE_RECALL_FIRST;
	return p->recall_again ? 0 : -1;
}

static int
read_partner(struct work *w, struct status_partner *p, struct fault *why)
{
	const struct agreement *a = w->order->agreement;
	const struct node *n = agreement_node(a, p->node);

	for (int kind = 0; kind < BUNDLE_REFERRAL; kind++)
		if (owed_of_kind(w->order->store, p->node,
			(enum bundle_record)kind, &p->owed[kind],
			&p->never_carried[kind], why) == -1)
			return -1;
	if (distrusted_now(w->order->store, p->node, agreement_node_lists, n,
		&p->distrusted, why) == -1)
		return -1;
	p->distrusted = p->distrusted || (n != NULL && n->revoked);
	if (read_made(w, p, why) == -1 || read_came(w, p, why) == -1)
		return -1;
	if (read_recalls(w, p, why) == -1)
		return -1;
	return read_news(w, p, why);
}

/* --- referrals --- */

static enum status_priority
priority_of(const struct standing *st)
{
	for (int i = 0; i < STATUS_NORMAL; i++)
		if (strcmp(st->priority, priorities[i]) == 0)
			return (enum status_priority)i;
	return STATUS_NORMAL;
}

static moment
allowed(const struct agreement *a, enum status_priority p)
{
	return p == STATUS_EMERGENCY ? a->emergency_hours * HOUR :
	    p == STATUS_URGENT	     ? a->urgent_hours * HOUR :
				       a->normal_days * DAY;
}

static int
note_overdue(struct work *w, const struct standing *st,
    const struct status_overdue *like, struct fault *why)
{
	enum status_priority p = priority_of(st);
	struct status *s = w->out;
	struct status_overdue *one;

	s->overdue_count[p]++;
	if (s->overdue_listed[p] == STATUS_OVERDUE)
		return 0;
	one = &s->overdue[p][s->overdue_listed[p]++];
	*one = *like;
	one->ref = arena_copy(w->arena, st->ref, strlen(st->ref), why);
	one->partner =
	    arena_copy(w->arena, st->partner, strlen(st->partner), why);
	return one->ref == NULL || one->partner == NULL ? -1 : 0;
}

static bool
is_late(const struct work *w, const struct standing *st, moment since)
{
	return w->order->now >
	    since + allowed(w->order->agreement, priority_of(st));
}

/* The bundle that it went in; most rows went in the one of the row before. */
static int
find_bundle(struct work *w, const struct standing *st, struct fault *why)
{
	int found;

	if (w->has_made && st->bundle != NULL &&
	    strcmp(w->made.id, st->bundle) == 0)
		return 0;
	w->has_made = false;
	if (st->bundle == NULL)
		return 0;
	found = bundles_made(w->order->store, st->bundle, &w->made, why);
	w->has_made = found == 1;
	return found == -1 ? -1 : 0;
}

/* An earlier version is in their system, and what was put right is not. */
static bool
was_refused_newer(const struct standing *st)
{
	const char *newer = reached_newer(st);

	return newer != NULL && strcmp(newer, "refused") == 0;
}

/* It went, and may be used there: is somebody to answer still? */
static bool
awaits_answer(enum reached p)
{
	switch (p) {
	case REACHED_SENT:
	case REACHED_CARRIED:
	case REACHED_BUNDLE_REFUSED:
	case REACHED_RECEIVED:
	case REACHED_STAGED:
	case REACHED_HELD_THERE:
	case REACHED_LOADED:
		return true;
	default:
		return false;
	}
}

static int
note_sent(struct work *w, const struct standing *st, struct fault *why)
{
	struct status_partner *p = find(w->out, st->partner);
	struct status_overdue late = { .here = false };

	if (p == NULL)
		return 0;
	if (find_bundle(w, st, why) == -1)
		return -1;
	late.progress =
	    reached_of(REFERRAL_SENT, st, w->has_made ? &w->made : NULL);
	late.since = w->has_made ? w->made.created : day_start(st->made_on);
	p->refused_ones +=
	    late.progress == REACHED_REFUSED_THERE || was_refused_newer(st);
	if (!awaits_answer(late.progress))
		return 0;
	p->on_the_way++;
	if (!is_late(w, st, late.since))
		return 0;
	p->unanswered[priority_of(st)]++;
	return note_overdue(w, st, &late, why);
}

/* Each node that got it is to confirm its withdrawal. */
static void
note_recall(struct work *w, const struct standing *st)
{
	const moment limit = w->order->agreement->emergency_hours * HOUR;

	if (!standing_recall_waits(st))
		return;
	for (size_t i = 0; i < st->receiver_count; i++) {
		struct status_partner *p = find(w->out, st->receivers[i].node);

		if (p == NULL || st->receivers[i].confirmed)
			continue;
		p->recalls_wait++;
		p->recalls_late += w->order->now > st->recall_at + limit;
	}
}

/* What was withdrawn meanwhile is to be undone: it is counted as that. */
static void
note_delivery(struct work *w, const struct standing *st)
{
	struct status *s = w->out;

	if (st->delivery == DELIVERY_NONE || st->state == STANDING_RECALLED)
		return;
	s->delivery[st->delivery]++;
	s->delivery_long += (st->delivery == DELIVERY_UNCONFIRMED ||
				st->delivery == DELIVERY_SENDING) &&
	    w->order->now - st->delivery_at > STATUS_DELIVERY_HOURS * HOUR;
}

static int
take_sent(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct work *w = context;
	struct status *s = w->out;
	struct standing all = *st;
	bool of_it = w->order->partner == NULL ||
	    strcmp(w->order->partner, st->partner) == 0;

	(void)record;
	if (standing_find_receivers(&all, w->row, why) == -1)
		return -1;
	note_recall(w, &all);
	if (of_it) {
		s->held_out += st->state == STANDING_HELD;
		s->drafted += st->state == STANDING_READY;
		s->recall_drafts += st->draft != NULL;
		note_delivery(w, st);
		s->answers +=
		    st->decision != NULL && st->answer_in > st->answer_written;
	}
	if (st->state != STANDING_SENT && st->sent_revision == NULL)
		return 0;
	return note_sent(w, st, why);
}

/* The last day of a consent; DAY_UNKNOWN: it is not known, or none. */
static day
end_of(const struct work *w, const struct consent *c)
{
	day age = DAY_UNKNOWN;

	if (c->status != CONSENT_GIVEN || consent_taken_back(c))
		return DAY_UNKNOWN;
	if (c->given_on != DAY_UNKNOWN)
		age = c->given_on + w->order->agreement->max_age_days;
	if (c->expires_on == DAY_UNKNOWN)
		return age;
	return age == DAY_UNKNOWN || c->expires_on < age ? c->expires_on : age;
}

static bool
is_soon(const struct work *w, day end)
{
	return end != DAY_UNKNOWN && end >= day_of(w->order->now) &&
	    end <= w->soon;
}

/* The consent that came with a referral that waits here. */
static int
note_consent(struct work *w, const struct bytes *record, struct fault *why)
{
	struct json *j = NULL;
	struct referral r;
	const char *form;
	int rc = -1;

	if (record->len == 0)
		return 0;
	referral_clear(&r);
	if (json_read(record->at, record->len, &json_record, &j, why) == 0 &&
	    referral_read(json_root(j), w->row, &r, &form, why) == 0) {
		w->out->consents_end +=
		    r.has_consent && is_soon(w, end_of(w, &r.consent));
		rc = 0;
	}
	json_free(j);
	return rc;
}

static int
note_here(struct work *w, const struct standing *st, struct fault *why)
{
	struct status_overdue late = { .here = true };
	struct status_partner *p = find(w->out, st->partner);
	day came = st->judged_on;

	if (st->created != DAY_UNKNOWN && st->created < came)
		came = st->created;
	late.since = day_start(came);
	late.progress = reached_of(REFERRAL_RECEIVED, st, NULL);
	if (st->decision != NULL || !is_late(w, st, late.since))
		return 0;
	if (p != NULL)
		p->unanswered_here[priority_of(st)]++;
	return note_overdue(w, st, &late, why);
}

static int
take_received(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct work *w = context;
	struct status *s = w->out;
	bool stopped = false;

	if (w->order->partner != NULL &&
	    strcmp(w->order->partner, st->partner) != 0)
		return 0;
	if (w->order->stops != NULL &&
	    w->order->stops(w->order->store, w->order->agreement, st, &stopped,
		why) == -1)
		return -1;
	note_delivery(w, st);
	switch (stopped ? STANDING_HELD : st->state) {
	case STANDING_HELD:
		s->held++;
		break;
	case STANDING_STAGED:
	case STANDING_READY:
		s->ready++;
		break;
	case STANDING_LOADED:
		return note_here(w, st, why);
	case STANDING_RECALLED:
		s->undo += standing_to_undo(st);
		return 0;
	default:
		return 0;
	}
	if (note_here(w, st, why) == -1)
		return -1;
	return note_consent(w, record, why);
}

/* --- consent that was told to this node --- */

static int
take_agreed(const struct bytes *record, bool first, void *context,
    struct fault *why)
{
	struct work *w = context;
	struct json *j = NULL;
	struct consent c;
	day end;
	int rc = -1;

	if (first) {
		w->out->consents_end += is_soon(w, w->ends);
		w->ends = DAY_UNKNOWN;
	}
	arena_empty(w->row);
	consent_clear(&c);
	if (json_read(record->at, record->len, &json_record, &j, why) == 0 &&
	    consent_read(json_root(j), w->row, &c, FAULT_STORE_DAMAGED, why) ==
		0) {
		end = end_of(w, &c);
		/* What is no yes ends whatever was said before it. */
		if (c.status != CONSENT_GIVEN || consent_taken_back(&c) ||
		    end > w->ends)
			w->ends = end;
		rc = 0;
	}
	json_free(j);
	return rc;
}

/* Whose it is nobody can tell, so they are no partner's. */
static int
read_agreed(struct work *w, struct fault *why)
{
	if (w->order->partner != NULL)
		return 0;
	w->ends = DAY_UNKNOWN;
	if (agreed_each(w->order->store, take_agreed, w, why) == -1)
		return -1;
	w->out->consents_end += is_soon(w, w->ends);
	return 0;
}

static int
read_referrals(struct work *w, struct fault *why)
{
	struct store *s = w->order->store;
	struct arena *row = NULL;
	int rc = -1;

	/* The walks empty theirs between rows, and so what w->row holds. */
	if ((row = arena_new(ROW_ARENA, why)) == NULL)
		return -1;
	w->row = row;
	if (referrals_walk(s, REFERRAL_SENT, row, take_sent, w, why) == 0 &&
	    referrals_walk(s, REFERRAL_RECEIVED, row, take_received, w, why) ==
		0)
		rc = 0;
	if (rc == 0)
		rc = read_agreed(w, why);
	w->row = NULL;
	arena_free(row);
	return rc;
}

static int
read_partners(struct work *w, struct fault *why)
{
	int rc = 0;

	if (add_partners(w, why) == -1 ||
	    (w->row = arena_new(ROW_ARENA, why)) == NULL)
		return -1;
	for (size_t i = 0; i < w->out->partner_count && rc == 0; i++)
		rc = read_partner(w, &w->out->partners[i], why);
	arena_free(w->row);
	w->row = NULL;
	return rc;
}

int
status_read(const struct status_order *o, struct arena *a, struct status *out,
    struct fault *why)
{
	struct work w = { .order = o, .out = out, .arena = a };
	day today = day_of(o->now);

	memset(out, 0, sizeof(*out));
	w.soon = today + STATUS_SOON_DAYS;
	out->agreement_ends = o->agreement->valid_until <= w.soon;
	for (int i = 0; i < STATUS_PRIORITIES; i++) {
		out->overdue[i] = arena_take_array(a, STATUS_OVERDUE,
		    sizeof(*out->overdue[i]), why);
		if (out->overdue[i] == NULL)
			return -1;
	}
	if (log_heads_alarms(o->store, &out->log_alarms, why) == -1 ||
	    read_partners(&w, why) == -1)
		return -1;
	return read_referrals(&w, why);
}

/* --- what it means --- */

bool
status_is_quiet(const struct status_partner *p)
{
	return !p->has_out && !p->has_in && !p->distrusted && !p->news &&
	    sum(p->owed, BUNDLE_REFERRAL) == 0 && p->refused_here.count == 0 &&
	    p->on_the_way == 0 && p->recalls_wait == 0 &&
	    sum(p->unanswered_here, STATUS_PRIORITIES) == 0;
}

/* What is owed anyway goes with the next stick; a withdrawal cannot wait. */
bool
status_partner_needs(const struct status_partner *p)
{
	return p->distrusted || p->not_carried.count > 0 ||
	    p->waiting_long > 0 || p->refused_there.count > 0 ||
	    p->refused_here.count > 0 || p->missing.count > 0 ||
	    p->never_carried[BUNDLE_RECALL] > 0 || p->recalls_late > 0 ||
	    p->refused_ones > 0 ||
	    (!p->listed && sum(p->owed, BUNDLE_REFERRAL) > 0) ||
	    sum(p->unanswered, STATUS_PRIORITIES) > 0 ||
	    sum(p->unanswered_here, STATUS_PRIORITIES) > 0;
}

bool
status_needs_person(const struct status *s)
{
	for (size_t i = 0; i < s->partner_count; i++)
		if (status_partner_needs(&s->partners[i]))
			return true;
	return s->held > 0 || s->ready > 0 || s->undo > 0 || s->held_out > 0 ||
	    s->drafted > 0 || s->recall_drafts > 0 || s->answers > 0 ||
	    s->consents_end > 0 || s->agreement_ends || s->log_alarms > 0 ||
	    s->delivery_long > 0 ||
	    sum(s->delivery, STANDING_DELIVERIES) >
	    s->delivery[DELIVERY_UNCONFIRMED] ||
	    sum(s->overdue_count, STATUS_PRIORITIES) > 0;
}

bool
status_is_due(const struct status_partner *p)
{
	return p->listed && !p->distrusted &&
	    (p->news || p->recall_again ||
		sum(p->never_carried, BUNDLE_REFERRAL) > 0);
}

bool
status_is_long_ago(moment then, moment now)
{
	return then < now - (moment)STATUS_LONG_DAYS * DAY || then > now + DAY;
}
