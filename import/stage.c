#include "import/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/json.h"
#include "formats/ndjson.h"
#include "formats/records.h"
#include "formats/referral.h"
#include "import/basis.h"
#include "import/confirmed.h"
#include "import/later_no.h"
#include "import/refusals.h"
#include "policy/after_recall.h"
#include "policy/take_out.h"
#include "store/bundles.h"
#include "store/decisions.h"
#include "store/journal.h"
#include "store/judging.h"
#include "store/owed.h"
#include "store/tombstones.h"

#define RECORD_ARENA ((size_t)16 * 1024 * 1024)
/* A receipt ends well before a line's limit, whatever the refs are. */
#define RECEIPT_LINES 1000
#define AHEAD_DAYS 2 /* by which a clock may be ahead of another */
#define RECEIPT_BYTES (NDJSON_LINE_MAX / 4)
#define HEARD_MAX ((size_t)64 * 1024 * 1024)

struct stage {
	struct stage_order order;
	struct stage_counts counts;
	struct later_no *later_no;
	int64_t place;		  /* of the bundle, among all its sender sent */
	struct arena *arena;	  /* of one record */
	struct arena *kept_arena; /* of what the store remembers of it */
	struct bytes text;	  /* the record as it is kept */
	struct bytes heard;	  /* of recalls of ours (confirmed.h) */
	struct bytes receipt;	  /* the receipt being written */
	struct sink *receipt_sink;
	struct jsonout receipt_out;
	size_t receipt_lines;
	uint8_t party_key[32];
	bool may_speak; /* the sender's party has signed the agreement */
	bool owes;	/* something came that a receipt is owed for */
};

void
stage_party_key(const char *party, uint8_t out[static 32])
{
	digest_once(DIGEST_BLAKE2B_256, party, strlen(party), out);
}

/* A party that did not sign cannot say anything; its referrals: P-SIGNED. */
static bool
has_signed(const struct agreement *a, const struct party *p)
{
	return a->party_signed[p - a->parties];
}

/*
 * Where the bundle stands: numbers begin anew with each key, and what an older
 * key signed comes before all that a newer one did.
 */
static int
find_place(struct stage *s, struct fault *why)
{
	const struct stage_order *o = &s->order;
	struct bundle_place at;

	for (size_t i = 0; i < o->sender->sign_count; i++)
		if (bundles_keep_partner_key(o->store, o->sender->code,
			o->sender->sign[i].key, why) == -1)
			return -1;
	if (bundles_place(o->store, o->sender->code, o->sender_key,
		o->inside->sequence, &at, why) == -1)
		return -1;
	s->place = at.here;
	return 0;
}

struct stage *
stage_new(const struct stage_order *order, struct fault *why)
{
	struct stage *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "staging");
		return NULL;
	}
	s->order = *order;
	s->owes = order->encloses;
	bytes_init(&s->text, RECORD_ARENA);
	bytes_init(&s->heard, HEARD_MAX);
	bytes_init(&s->receipt, NDJSON_LINE_MAX);
	stage_party_key(order->sender->party->id, s->party_key);
	s->may_speak = has_signed(order->agreement, order->sender->party);
	s->arena = arena_new(RECORD_ARENA, why);
	s->kept_arena = s->arena == NULL ? NULL : arena_new(RECORD_ARENA, why);
	if (s->kept_arena == NULL ||
	    (s->later_no = later_no_new(order->store, why)) == NULL ||
	    find_place(s, why) == -1) {
		stage_free(s);
		return NULL;
	}
	return s;
}

void
stage_free(struct stage *s)
{
	if (s == NULL)
		return;
	sink_free(s->receipt_sink);
	bytes_free(&s->receipt);
	bytes_free(&s->text);
	bytes_free(&s->heard);
	arena_free(s->arena);
	arena_free(s->kept_arena);
	later_no_free(s->later_no);
	free(s);
}

const struct stage_counts *
stage_count(const struct stage *s)
{
	return &s->counts;
}

/* The bundle says it of that referral: that it is withdrawn, or undone. */
static int
journal_recall(const struct stage *s, enum act act, const char *ref,
    struct fault *why)
{
	char body[128];

	(void)snprintf(body, sizeof(body),
	    "{\"bundle\":\"%s\",\"from\":\"%s\"}", s->order.inside->outside.id,
	    s->order.sender->code);
	return journal_put(s->order.store,
	    &(struct journal_entry){ act, s->order.now, s->order.user, body,
		&(struct journal_about){ .ref = ref }, 1 },
	    why);
}

/* --- the receipt that is owed --- */

static int
receipt_end(struct stage *s, struct fault *why)
{
	int rc;

	if (s->receipt_sink == NULL)
		return 0;
	jsonout_list_end(&s->receipt_out);
	jsonout_object_end(&s->receipt_out);
	rc = jsonout_end(&s->receipt_out, why);
	sink_free(s->receipt_sink);
	s->receipt_sink = NULL;
	s->receipt_lines = 0;
	if (rc == 0)
		rc = owed_put(s->order.store, s->order.sender->code,
		    BUNDLE_RECEIPT, s->receipt.at, s->receipt.len, why);
	bytes_empty(&s->receipt);
	return rc;
}

static int
receipt_start(struct stage *s, struct fault *why)
{
	struct jsonout *o = &s->receipt_out;

	if (s->receipt_sink != NULL)
		return 0;
	if ((s->receipt_sink = bytes_sink_new(&s->receipt, why)) == NULL)
		return -1;
	jsonout_start(o, s->receipt_sink);
	jsonout_object(o, NULL);
	jsonout_text(o, "type", "receipt");
	jsonout_text(o, "bundle", s->order.inside->outside.id);
	jsonout_text(o, "state", "imported");
	jsonout_list(o, "referrals");
	return 0;
}

/* How one referral stands here, for its sender: rule ids and no more. */
static int
receipt_line(struct stage *s, const char *ref, const char *state,
    const struct judgement *j, struct fault *why)
{
	struct jsonout *o = &s->receipt_out;

	if ((s->receipt_lines == RECEIPT_LINES ||
		s->receipt.len > RECEIPT_BYTES) &&
	    receipt_end(s, why) == -1)
		return -1;
	if (receipt_start(s, why) == -1)
		return -1;
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", ref);
	jsonout_text(o, "state", state);
	jsonout_list(o, "rules");
	for (size_t i = 0; i < j->count; i++)
		if (j->reasons[i].verdict >= VERDICT_HOLD)
			jsonout_text(o, NULL, j->reasons[i].rule->id);
	jsonout_list_end(o);
	jsonout_object_end(o);
	s->receipt_lines++;
	return 0;
}

int
stage_finish(struct stage *s, struct fault *why)
{
	/*
	 * Receipts alone are not receipted, or two nodes would thank each
	 * other for ever; acknowledging them is enough.
	 */
	if (s->owes && receipt_start(s, why) == -1)
		return -1;
	if (receipt_end(s, why) == -1)
		return -1;
	return confirmed_end(s->order.store, s->order.sender->code, &s->heard,
	    &s->order.watch, s->kept_arena, why);
}

/* --- records that are no referrals --- */

static void
tell(const struct stage *s, enum bundle_record kind, const char *sentence,
    bool look)
{
	if (s->order.watch.record != NULL)
		s->order.watch.record(s->order.watch.context, kind, sentence,
		    look);
}

/*
 * A recall or answer is taken only from the side the ref belongs to: a recall
 * from the system that the referral comes from, the others from the one it was
 * sent to.
 */
static bool
of_system(const char *ref, enum system_kind system)
{
	const char *prefix = system == SYSTEM_PRIMERO ? "primero:" : "progres:";

	return strncmp(ref, prefix, strlen(prefix)) == 0;
}

/* May the signer speak of what came from this party? */
static bool
speaks_for(const struct stage *s, const struct standing *st)
{
	return st->party != NULL &&
	    agreement_acts_for(s->order.sender, st->party);
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

struct withdrawal {
	struct recall recall;
	int64_t place; /* of the first bundle it was in */
	bool again;    /* its sender said it before */
	bool foreign;  /* a version here is another party's */
	bool to_undo;  /* a version is in the other system still */
};

/*
 * Its number is of the stream of the bundle that brings it; one that is higher
 * than the bundle's own was given in the stream of the key before, as is one
 * that is known from there.
 */
static int
place_recall(struct stage *s, struct withdrawal *w, struct fault *why)
{
	const struct stage_order *o = &s->order;
	struct bundle_place at;
	struct tombstone t;
	int found;

	if (bundles_place(o->store, o->sender->code, o->sender_key,
		w->recall.sequence, &at, why) == -1)
		return -1;
	found = tombstones_get(o->store, o->sender_key, w->recall.ref,
	    s->kept_arena, &t, why);
	if (found == -1)
		return -1;
	w->place = at.here;
	if (w->recall.sequence > o->inside->sequence ||
	    (found == 1 && t.sequence == at.older))
		w->place = at.older;
	w->again = found == 1 && t.sequence >= w->place;
	return 0;
}

/*
 * Did it come after the recall?  Numbers of one node say nothing about those
 * of another of its party: there the recall counts when it is first heard.
 */
static bool
came_after(const struct stage *s, const struct standing *st,
    const struct withdrawal *w)
{
	return same(st->partner, s->order.sender->code) ?
	    st->sequence > w->place :
	    w->again;
}

/* A sheet that somebody took away is as good as loaded. */
static void
note_withdrawn(const struct stage *s, const struct withdrawal *w,
    struct standing *st)
{
	st->recall_reason = w->recall.reason;
	st->recall_on = w->recall.on;
	st->recall_at = day_start(s->order.today);
	st->recall_from = s->order.sender->code;
	st->recall_bundle = s->order.inside->outside.id;
	if (st->undo != UNDO_WRITTEN &&
	    (st->state == STANDING_LOADED || st->target != NULL))
		st->undo = UNDO_DUE;
}

/* One version of a referral that is withdrawn. */
static int
recall_one(struct stage *s, const char *ref, struct withdrawal *w,
    struct fault *why)
{
	struct standing st;
	int found;

	arena_empty(s->kept_arena);
	found = referrals_get(s->order.store, REFERRAL_RECEIVED, ref,
	    s->kept_arena, &st, why);
	if (found != 1)
		return found;
	if (!speaks_for(s, &st)) {
		w->foreign = true;
		return 0;
	}
	w->to_undo |= standing_to_undo(&st);
	/* What came after the recall is judged by its tombstone instead. */
	if (st.state == STANDING_RECALLED || came_after(s, &st, w))
		return 0;
	note_withdrawn(s, w, &st);
	w->to_undo |= standing_to_undo(&st);
	tell(s, BUNDLE_RECALL,
	    standing_to_undo(&st) ?
		"a referral that was loaded here is withdrawn: stop, and undo "
		"it in the other system; satchel inbox says how" :
		"a referral waiting here is withdrawn",
	    true);
	st.state = STANDING_RECALLED;
	if (referrals_put(s->order.store, REFERRAL_RECEIVED, &st, NULL, 0,
		why) == -1)
		return -1;
	return referrals_erase(s->order.store, REFERRAL_RECEIVED, ref, why);
}

/* Every version that is kept here. */
static int
recall_versions(struct stage *s, struct withdrawal *w, struct fault *why)
{
	struct bytes refs;
	int rc = -1;

	bytes_init(&refs, RECORD_ARENA);
	if (referrals_versions(s->order.store, REFERRAL_RECEIVED, w->recall.ref,
		&refs, why) == -1)
		goto done;
	for (size_t i = 0; i < refs.len;) {
		const char *ref = (const char *)refs.at + i;

		i += strlen(ref) + 1;
		if (recall_one(s, ref, w, why) == -1)
			goto done;
	}
	rc = 0;
done:
	bytes_free(&refs);
	return rc;
}

/*
 * A recall is kept under each key of the signer, whose places it is among, and
 * under its party, in case another of its nodes sends the referral again.
 */
static int
keep_tombstones(struct stage *s, const struct withdrawal *w, struct fault *why)
{
	const struct recall *r = &w->recall;
	struct tombstone t = { w->place, r->reason, r->on };
	const struct node *sender = s->order.sender;

	for (size_t i = 0; i < sender->sign_count; i++)
		if (tombstones_put(s->order.store, sender->sign[i].key, r->ref,
			&t, why) == -1)
			return -1;
	return tombstones_put(s->order.store, s->party_key, r->ref, &t, why);
}

/*
 * Given under a clock that was ahead, it would be of a day that has not come,
 * and consent given until then would count as given before it.  It is of the
 * day it is read on at the latest, but for what clocks may differ; unless our
 * own is surely wrong.
 */
static void
bound_day(const struct stage *s, struct recall *r)
{
	const day today = s->order.today;

	if (today >= s->order.agreement->valid_from &&
	    r->on > today + AHEAD_DAYS)
		r->on = today + AHEAD_DAYS;
}

static int
take_recall(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct judgement none = { 0 };
	struct withdrawal w = { .foreign = false };
	const char *form;
	bool may;

	if (records_read_recall(record, &w.recall, &form, why) == -1)
		return -1;
	bound_day(s, &w.recall);
	may = form == NULL && s->may_speak &&
	    of_system(w.recall.ref, s->order.sender->system);
	if (may &&
	    (place_recall(s, &w, why) == -1 ||
		recall_versions(s, &w, why) == -1))
		return -1;
	if (!may || w.foreign) {
		tell(s, BUNDLE_RECALL,
		    "a recall was refused: its sender may not say it", true);
		return 0;
	}
	s->counts.recall++;
	/* It comes in every bundle until it is confirmed: it is news once. */
	if ((!w.again &&
		journal_recall(s, ACT_RECALLED, w.recall.ref, why) == -1) ||
	    keep_tombstones(s, &w, why) == -1)
		return -1;
	/* "recalled" is said when it is out of the other system, too. */
	return receipt_line(s, w.recall.ref, w.to_undo ? "loaded" : "recalled",
	    &none, why);
}

/* Was this ever sent to the party that now speaks of it? */
static bool
sent_to_speaker(const struct stage *s, const struct standing *st)
{
	bool sent = speaks_for(s, st);

	for (size_t i = 0; i < st->receiver_count; i++)
		sent |= st->receivers[i].party != NULL &&
		    agreement_acts_for(s->order.sender, st->receivers[i].party);
	return s->may_speak && sent;
}

/* Of two bundles of ours: was the second made with the first, or after it? */
static int
not_before(struct stage *s, const char *first, const char *second, bool *out,
    struct fault *why)
{
	struct bundle_made a, b;
	int found;

	*out = false;
	if (first == NULL)
		return 0;
	found = bundles_made(s->order.store, first, &a, why);
	if (found == 1)
		found = bundles_made(s->order.store, second, &b, why);
	if (found == 1)
		*out = b.sender > a.sender ||
		    (b.sender == a.sender && b.seq >= a.seq);
	return found == -1 ? -1 : 0;
}

/*
 * What this node says of a referral that it got.  That a recall is done is
 * believed of a receipt for a bundle that said it, or a later one: there may
 * have been an earlier recall of the same.
 */
static int
receipt_of_receiver(struct stage *s, const struct receipt *r,
    const struct receipt_line *l, struct standing *st, struct fault *why)
{
	struct standing_receiver *from;
	bool done, news;

	if (standing_find_receivers(st, s->kept_arena, why) == -1)
		return -1;
	from = standing_receiver(st, s->order.sender->code);
	if (from == NULL)
		return 0;
	if (from->told_sequence <= s->place) {
		from->told = l->state;
		from->told_sequence = s->place;
	}
	if (st->recall_reason == NULL || from->confirmed)
		return 0;
	if (not_before(s, from->recall_bundle, r->bundle, &done, why) == -1)
		return -1;
	if (!done)
		return 0;
	from->confirmed = strcmp(l->state, "recalled") == 0;
	if (from->confirmed &&
	    journal_recall(s, ACT_CONFIRMED, standing_true_ref(st), why) == -1)
		return -1;
	news = from->confirmed ||
	    (strcmp(l->state, "loaded") == 0 && !from->heard);
	from->heard |= strcmp(l->state, "loaded") == 0;
	return news ? confirmed_hear(&s->heard, st->ref, from->confirmed, why) :
		      0;
}

/* Or of an earlier one, which another node got, too? */
static bool
speaks_of_last(const struct stage *s, const struct standing *st)
{
	return same(st->partner, s->order.sender->code) ||
	    standing_receiver(st, s->order.sender->code) == NULL;
}

/* What the other side says of one referral that we sent. */
static int
receipt_of_ours(struct stage *s, const struct receipt *r,
    const struct receipt_line *l, struct fault *why)
{
	struct standing st;
	bool news = false;
	int found;

	found = referrals_get(s->order.store, REFERRAL_SENT, l->ref,
	    s->kept_arena, &st, why);
	if (found != 1)
		return found;
	if (!sent_to_speaker(s, &st)) {
		tell(s, BUNDLE_RECEIPT,
		    "a receipt was refused: its sender may not say it", true);
		return 0;
	}
	if (receipt_of_receiver(s, r, l, &st, why) == -1)
		return -1;
	/* A bundle that comes late does not unsay a later one. */
	if (st.told_sequence <= s->place && speaks_of_last(s, &st)) {
		st.loaded_there = strcmp(l->state, "loaded") == 0 ||
		    (standing_is_loaded_there(&st) &&
			strcmp(l->state, "recalled") != 0);
		st.told = l->state;
		st.told_sequence = s->place;
		news = true;
	}
	if (news && strcmp(l->state, "refused") == 0)
		tell(s, BUNDLE_RECEIPT,
		    "a referral of ours was refused over there; see: satchel "
		    "why REF",
		    true);
	return referrals_put(s->order.store, REFERRAL_SENT, &st, NULL, 0, why);
}

/*
 * Has the sender imported this one of ours since, as this bundle says?  Its
 * numbers are of the stream of our last key.
 */
static int
acknowledged_here(const struct stage *s, const struct bundle_made *made,
    bool *out, struct fault *why)
{
	const struct bundle_inside *in = s->order.inside;
	const struct node *us = s->order.receiver;
	int64_t sender;

	*out = made->acknowledged != 0;
	if (*out || us->sign_count == 0)
		return 0;
	if (bundles_own_key(s->order.store, us->sign[us->sign_count - 1].key,
		&sender, why) == -1)
		return -1;
	for (size_t i = 0; i < in->range_count; i++)
		*out |= made->sender == sender &&
		    made->sequence >= in->ranges[i].first &&
		    made->sequence <= in->ranges[i].last;
	return 0;
}

/*
 * A bundle of ours was refused as a whole.  What was owed before it was
 * imported after all still comes along, and is no news then.
 */
static int
refused_there(struct stage *s, const struct receipt *r, struct fault *why)
{
	const struct refused_there said = {
		.from = s->order.sender->code,
		.bundle = r->bundle,
		.code = r->code,
	};
	char sentence[REFUSALS_SENTENCE];
	struct bundle_made made;
	bool foreign, settled = false;
	int found;

	found = bundles_made(s->order.store, r->bundle, &made, why);
	/* Where another bundle had its number, that one was imported. */
	if (found == -1 ||
	    (found == 1 && !refusals_is_alarm(r->code) &&
		acknowledged_here(s, &made, &settled, why) == -1))
		return -1;
	if (settled)
		return 0;
	if (refusals_hear(s->order.store, &said, sentence, &foreign, why) == -1)
		return -1;
	if (foreign)
		tell(s, BUNDLE_RECEIPT,
		    "a receipt was refused: its sender may not say it", true);
	else if (sentence[0] != '\0')
		tell(s, BUNDLE_RECEIPT, sentence, true);
	return 0;
}

static int
take_receipt(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct receipt r;
	const char *form;

	if (records_read_receipt(record, s->arena, &r, &form, why) == -1)
		return -1;
	if (form != NULL) {
		tell(s, BUNDLE_RECEIPT,
		    "a receipt was refused: its form is wrong", true);
		return 0;
	}
	for (size_t i = 0; i < r.count; i++)
		if (receipt_of_ours(s, &r, &r.lines[i], why) == -1)
			return -1;
	if (strcmp(r.state, "refused") == 0 && refused_there(s, &r, why) == -1)
		return -1;
	s->counts.receipt++;
	return 0;
}

/* The words kept with a referral of ours: one of each kind, the latest. */
static int
write_words(struct stage *s, enum bundle_record kind,
    const struct json_node *kept, const struct json_node *record,
    struct bytes *out, struct fault *why)
{
	static const enum bundle_record kinds[] = { BUNDLE_ANSWER,
		BUNDLE_STATUS };
	struct bytes text;
	struct sink *to;
	struct jsonout o;
	int rc = -1;

	bytes_init(&text, RECORD_ARENA);
	if ((to = bytes_sink_new(out, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *name = bundle_record_name(kinds[i]);
		const struct json_node *entry = json_get(kept, name);

		bytes_empty(&text);
		if (kinds[i] == kind) {
			if (json_canonical(record, NULL, &text, why) == -1)
				goto done;
			jsonout_object(&o, name);
			jsonout_integer(&o, "sequence", s->place);
			jsonout_raw(&o, "record", (const char *)text.at,
			    text.len);
			jsonout_object_end(&o);
		} else if (entry != NULL) {
			if (json_canonical(entry, NULL, &text, why) == -1)
				goto done;
			jsonout_raw(&o, name, (const char *)text.at, text.len);
		}
	}
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
done:
	sink_free(to);
	bytes_free(&text);
	return rc;
}

/* Is what is kept of this kind from a later bundle? */
static bool
kept_is_later(const struct stage *s, enum bundle_record kind,
    const struct json_node *kept)
{
	int64_t sequence = 0;

	(void)json_integer(json_get(json_get(kept, bundle_record_name(kind)),
			       "sequence"),
	    &sequence);
	return sequence > s->place;
}

/* What the other side said of a referral of ours. */
struct word {
	enum bundle_record kind;
	const char *ref;
	const struct json_node *record;
	const struct answer *answer; /* NULL: a status */
};

/* The same, or both not said. */
static bool
alike(const char *a, const char *b)
{
	return a == b || same(a, b);
}

/* What is done had been accepted before, whatever days are said of it. */
static bool
is_done_of(const char *decision, const char *before)
{
	return same(decision, "done") && same(before, "accepted");
}

/* Does it count whichever bundle brings it? */
static bool
outweighs(const struct standing *st, const struct answer *a)
{
	if (a == NULL || st->decision == NULL ||
	    is_done_of(st->decision, a->decision))
		return false;
	return a->decided_on > st->decided_on ||
	    is_done_of(a->decision, st->decision);
}

/*
 * Is it new here?  Answers come again until they are acknowledged, and of two
 * the one of the later day counts, whatever bundle brings it.
 */
static bool
is_news(const struct standing *st, const struct answer *a)
{
	if (st->decision == NULL || outweighs(st, a))
		return true;
	if (is_done_of(st->decision, a->decision))
		return false;
	return a->decided_on == st->decided_on &&
	    !(same(st->decision, a->decision) &&
		alike(st->decision_reason, a->reason) &&
		alike(st->target_id, a->target_id));
}

/* `load` writes it into our system when it is newer than what was written. */
static void
set_answer(const struct stage *s, struct standing *st, const struct answer *a)
{
	st->decision = a->decision;
	st->decision_reason = a->reason;
	st->decided_on = a->decided_on;
	st->target_id = a->target_id;
	st->answer_in = s->place;
	/* What became of an earlier one there says nothing about this one. */
	st->delivery = DELIVERY_NONE;
	st->transaction = NULL;
	/* Another node of that party numbers its bundles in its own way. */
	if (st->answer_in <= st->answer_written)
		st->answer_in = st->answer_written + 1;
}

static int
renew_words(struct stage *s, const struct word *word, struct standing *st,
    struct fault *why)
{
	const struct json_node *before = NULL;
	struct json *kept = NULL;
	struct bytes words;
	int rc = -1, found;

	bytes_init(&words, RECORD_ARENA);
	bytes_empty(&s->text);
	found = referrals_record(s->order.store, REFERRAL_SENT, st->ref,
	    &s->text, why);
	if (found == -1 ||
	    (found == 1 &&
		json_read(s->text.at, s->text.len, &json_record, &kept, why) ==
		    -1))
		goto done;
	if (kept != NULL)
		before = json_root(kept);
	if (!outweighs(st, word->answer) &&
	    kept_is_later(s, word->kind, before)) {
		rc = 0;
		goto done;
	}
	if (write_words(s, word->kind, before, word->record, &words, why) == -1)
		goto done;
	if (word->answer != NULL)
		set_answer(s, st, word->answer);
	tell(s, word->kind,
	    word->answer != NULL ?
		"an answer was kept; see it with satchel why REF, and write "
		"it with satchel load" :
		"an answer was kept; show it with: satchel show REF",
	    true);
	rc = referrals_put(s->order.store, REFERRAL_SENT, st, words.at,
	    words.len, why);
done:
	json_free(kept);
	bytes_free(&words);
	return rc;
}

/* Kept with the referral it is about, in the words it came in. */
static int
keep_word(struct stage *s, const struct word *word, struct fault *why)
{
	struct standing st;
	int found;

	found = referrals_get(s->order.store, REFERRAL_SENT, word->ref,
	    s->kept_arena, &st, why);
	if (found == -1)
		return -1;
	if (found == 0 || !sent_to_speaker(s, &st)) {
		tell(s, word->kind,
		    "an answer to a referral that was not sent there from "
		    "here was refused",
		    true);
		return 0;
	}
	if (word->answer != NULL && !is_news(&st, word->answer))
		return 0;
	return renew_words(s, word, &st, why);
}

static int
take_answer(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct answer a;
	struct word word = { .kind = BUNDLE_ANSWER,
		.record = record,
		.answer = &a };
	const char *form;

	if (records_read_answer(record, &a, &form, why) == -1)
		return -1;
	if (form != NULL || of_system(a.ref, s->order.sender->system)) {
		tell(s, BUNDLE_ANSWER,
		    "an answer was refused: its sender may not say it", true);
		return 0;
	}
	/* It counts as of today, or nothing said later would outweigh it. */
	if (a.decided_on > s->order.today + 1) {
		tell(s, BUNDLE_ANSWER,
		    "an answer is of a day that has not come yet: one of the "
		    "two clocks is wrong",
		    true);
		a.decided_on = s->order.today;
	}
	s->counts.answer++;
	word.ref = a.ref;
	return keep_word(s, &word, why);
}

static int
take_status(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct status st;
	struct word word = { .kind = BUNDLE_STATUS, .record = record };
	const char *form;

	if (records_read_status(record, &st, &form, why) == -1)
		return -1;
	if (form != NULL || of_system(st.ref, s->order.sender->system)) {
		tell(s, BUNDLE_STATUS,
		    "a status was refused: its sender may not say it", true);
		return 0;
	}
	word.ref = st.ref;
	return keep_word(s, &word, why);
}

/* --- referrals --- */

/* What this node already knows of a ref, before it is judged. */
struct known {
	bool found;
	struct standing standing;
	enum remembered remembered;
	bool late; /* what we hold came in a later bundle of this sender */
	const char *kept_ref; /* under which this one is kept */
};

/*
 * Is it ready or in the other system already?  What is held or refused may be
 * put right at its source and come again: then it is judged anew.
 */
static bool
in_use(enum standing_state state)
{
	return state == STANDING_STAGED || state == STANDING_READY ||
	    state == STANDING_LOADED;
}

/*
 * Under which ref it is kept: its own, or, when an earlier version must not be
 * lost, its own with the first digits of its revision.
 */
static const char *
kept_under(struct stage *s, const struct referral *r, const struct known *k,
    struct fault *why)
{
	size_t len = strlen(r->ref);
	char *ref;

	if (k->remembered != SEEN_TWICE && k->remembered != SEEN_OTHER)
		return r->ref;
	if ((ref = arena_take(s->kept_arena, len + 10, why)) == NULL)
		return NULL;
	memcpy(ref, r->ref, len);
	ref[len] = '+';
	memcpy(ref + len + 1, r->revision, 8);
	return ref;
}

/* A version that a person let in beside what was loaded is in use, too. */
static int
look_up_version(struct stage *s, const struct referral *r, struct known *k,
    struct fault *why)
{
	const char *ref = kept_under(s, r, k, why);
	struct standing st;
	int found;

	if (ref == NULL)
		return -1;
	found = referrals_get(s->order.store, REFERRAL_RECEIVED, ref,
	    s->kept_arena, &st, why);
	if (found == 1 && in_use(st.state) && same(st.revision, r->revision))
		k->remembered = SEEN_SAME;
	return found == -1 ? -1 : 0;
}

static int
look_up(struct stage *s, const struct referral *r, struct known *k,
    struct fault *why)
{
	const struct bundle_inside *in = s->order.inside;
	const struct standing *st;
	int found;

	memset(k, 0, sizeof(*k));
	found = referrals_get(s->order.store, REFERRAL_RECEIVED, r->ref,
	    s->kept_arena, &k->standing, why);
	if (found == -1)
		return -1;
	k->found = found == 1;
	if (!k->found)
		return 0;
	st = &k->standing;
	if (same(st->bundle, in->outside.id))
		k->remembered = SEEN_TWICE;
	else if (same(st->partner, s->order.sender->code) &&
	    st->sequence > s->place)
		k->late = true;
	else if (in_use(st->state))
		k->remembered =
		    same(st->revision, r->revision) ? SEEN_SAME : SEEN_OTHER;
	else if (st->state == STANDING_HELD && !speaks_for(s, st))
		k->remembered = SEEN_OTHER;
	return k->remembered == SEEN_OTHER ? look_up_version(s, r, k, why) : 0;
}

/* What people decided here of exactly this; what is new nobody decided. */
static int
ask_decided(struct stage *s, const struct referral *r, const struct known *k,
    struct question *q, struct fault *why)
{
	struct decisions_of of = {
		.direction = REFERRAL_RECEIVED,
		.ref = r->ref,
		.revision = r->revision,
	};
	/* A version of its own has no recall of its own. */
	bool own = k->remembered == SEEN_TWICE || k->remembered == SEEN_OTHER;
	struct decisions_now now;

	if (!k->found)
		return 0;
	if (basis_of(q, own ? NULL : k->standing.recall_bundle, s->kept_arena,
		&of.basis, why) == -1 ||
	    decisions_now(s->order.store, &of, s->kept_arena, &now, why) == -1)
		return -1;
	q->released = now.released;
	q->released_count = now.released_count;
	q->refused = now.refused;
	return 0;
}

/*
 * Is it withdrawn (docs/bundle.5, "Tombstones")?  At or below the number of
 * this sender's own recall it is refused; otherwise, and for a recall by
 * another node of its party, by what has happened since.
 */
static int
ask_tombstone(struct stage *s, const struct referral *r,
    enum recalled *recalled, struct fault *why)
{
	struct tombstone t;
	int found;

	*recalled = NOT_RECALLED;
	found = tombstones_get(s->order.store, s->order.sender_key, r->ref,
	    s->kept_arena, &t, why);
	if (found == 1 && s->place <= t.sequence)
		*recalled = RECALLED;
	if (found == -1 || *recalled == RECALLED)
		return found == -1 ? -1 : 0;
	found = tombstones_get(s->order.store, s->party_key, r->ref,
	    s->kept_arena, &t, why);
	if (found == 1)
		*recalled = after_recall(t.reason, t.on, r);
	return found == -1 ? -1 : 0;
}

/*
 * The flow follows from who signed: a record's own words are believed only
 * where the signer's party, or one it acts for, is what they say (R-FORM).
 */
static const struct flow *
flow_of(const struct stage *s, const struct referral *r)
{
	const struct agreement *a = s->order.agreement;

	if (r->from_agency == NULL || r->to_agency == NULL ||
	    !agreement_acts_for(s->order.sender, r->from_agency) ||
	    !agreement_acts_for(s->order.receiver, r->to_agency))
		return NULL;
	return agreement_flow(a, agreement_party(a, r->from_agency),
	    agreement_party(a, r->to_agency));
}

static enum standing_state
state_of(enum verdict v, enum recalled recalled)
{
	if (recalled == RECALLED)
		return STANDING_RECALLED;
	switch (v) {
	case VERDICT_HOLD:
		return STANDING_HELD;
	case VERDICT_REFUSE:
		return STANDING_REFUSED;
	default:
		return STANDING_STAGED;
	}
}

static int
keep_without_record(struct stage *s, const struct standing *st,
    struct fault *why)
{
	if (referrals_put(s->order.store, REFERRAL_RECEIVED, st, NULL, 0,
		why) == -1)
		return -1;
	return referrals_erase(s->order.store, REFERRAL_RECEIVED, st->ref, why);
}

/*
 * A referral that was put right takes the place of the one that was held, and
 * a sheet of that one may be in somebody's hands already.
 */
static void
keep_what_was_done(struct standing *st, const struct known *k)
{
	if (!k->found || st->version_of != NULL)
		return;
	st->target = k->standing.target;
	st->assigned_to = k->standing.assigned_to;
	/* Whose case that is stays known, should this be another child. */
	if (st->record_id == NULL && k->standing.record_id != NULL) {
		st->record_id = k->standing.record_id;
		st->name_index = k->standing.name_index;
		st->birth_index = k->standing.birth_index;
		st->sex_index = k->standing.sex_index;
	}
	st->target_id = k->standing.target_id;
	st->delivery = k->standing.delivery;
	st->transaction = k->standing.transaction;
	st->sent_into = k->standing.sent_into;
	/* It came again, and the earlier one is to be undone all the same. */
	st->undo = k->standing.undo;
	st->recall_reason = k->standing.recall_reason;
	st->recall_on = k->standing.recall_on;
	st->recall_at = k->standing.recall_at;
	st->recall_from = k->standing.recall_from;
	st->recall_bundle = k->standing.recall_bundle;
	/* What was refused here has been put right, and is asked anew. */
	if (k->standing.state == STANDING_REFUSED &&
	    st->state != STANDING_REFUSED)
		return;
	st->decision = k->standing.decision;
	st->decision_reason = k->standing.decision_reason;
	st->decided_on = k->standing.decided_on;
}

/*
 * Keep it.  A refused referral is remembered without its record: nobody here
 * may use it, so nobody here should hold it.
 */
static int
keep_referral(struct stage *s, const struct referral *r,
    const struct judgement *j, enum standing_state state, const struct known *k,
    struct fault *why)
{
	struct standing st = {
		.ref = k->kept_ref,
		.version_of = k->kept_ref == r->ref ? NULL : r->ref,
		.case_id = r->origin.case_id,
		.case_display = r->value[FIELD_CASE_ID_DISPLAY].text,
		.individual = r->value[FIELD_UNHCR_INDIVIDUAL_NO].text,
		.revision = r->revision,
		.service = r->value[FIELD_SERVICE_TYPE].text,
		.priority = referral_priority_name(r->priority),
		.state = state,
		.partner = s->order.sender->code,
		.party = s->order.sender->party->id,
		.bundle = s->order.inside->outside.id,
		.sequence = s->place,
		.agreement = s->order.agreement->version,
		.their_agreement = s->order.inside->agreement_version,
		.created = s->order.facts.created_known ?
		    s->order.facts.created :
		    DAY_UNKNOWN,
		.use_by = s->order.inside->use_by,
		.judged_on = s->order.today,
		.made_on = r->made_on,
		.record_id = r->origin.record_id,
		.intervention_id = r->origin.intervention_id,
		.business_unit = r->origin.business_unit,
	};
	struct sink *to;
	struct jsonout o;
	int rc;

	if (referrals_note_who(s->order.store, r, s->kept_arena, &st, why) ==
	    -1)
		return -1;
	keep_what_was_done(&st, k);
	later_no_note_no(r,
	    k->found && st.version_of == NULL ? &k->standing : NULL, &st);
	if (standing_from(&st, j, s->kept_arena, why) == -1)
		return -1;
	bytes_empty(&s->text);
	if (state == STANDING_REFUSED || state == STANDING_RECALLED)
		return keep_without_record(s, &st, why);
	if ((to = bytes_sink_new(&s->text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	referral_write(&o, NULL, r);
	rc = jsonout_end(&o, why);
	sink_free(to);
	if (rc == -1)
		return -1;
	return referrals_put(s->order.store, REFERRAL_RECEIVED, &st, s->text.at,
	    s->text.len, why);
}

/* How what is withdrawn stands here. */
static const char *
recalled_state(const struct known *k)
{
	return k->found && standing_to_undo(&k->standing) ? "loaded" :
							    "recalled";
}

/* The same again, or an older one that came late: nothing changes. */
static int
leave_as_it_is(struct stage *s, const struct referral *r, const struct known *k,
    struct fault *why)
{
	struct judgement none = { 0 };

	s->counts.duplicate++;
	if (s->order.watch.referral != NULL)
		s->order.watch.referral(s->order.watch.context, r->ref,
		    "unchanged", &none);
	return receipt_line(s, r->ref,
	    k->standing.state == STANDING_RECALLED ? recalled_state(k) :
						     "duplicate",
	    &none, why);
}

static bool
has_reason(const struct judgement *j, const char *rule)
{
	for (size_t i = 0; i < j->count; i++)
		if (strcmp(j->reasons[i].rule->id, rule) == 0)
			return true;
	return false;
}

static const char *
receipt_state(enum verdict v, enum recalled recalled, const struct known *k)
{
	if (recalled == RECALLED)
		return recalled_state(k);
	return v == VERDICT_HOLD ? "held" :
	    v == VERDICT_REFUSE	 ? "refused" :
				   "staged";
}

static int
note_judged(const struct stage *s, const struct referral *r,
    const struct judgement *j, struct fault *why)
{
	return judging_note(s->order.store,
	    &(struct judging){ .end = AT_IMPORT,
		.at = s->order.now,
		.user = s->order.user,
		.ref = r->ref,
		.bundle = s->order.inside->outside.id,
		.override = r->has_consent && r->consent.override.present,
		.judgement = j },
	    why);
}

static int
judge_referral(struct stage *s, struct referral *r, const char *form,
    struct fault *why)
{
	struct question q = {
		.end = AT_IMPORT,
		.today = s->order.today,
		.referral = r,
		.agreement = s->order.agreement,
		.sender = s->order.sender,
		.receiver = s->order.receiver,
		.bundle = &s->order.facts,
		.form = form,
	};
	struct judgement j;
	struct known k = { 0 };
	struct held_here held;
	enum standing_state state;

	if (form == NULL && look_up(s, r, &k, why) == -1)
		return -1;
	if (k.remembered == SEEN_SAME || k.late)
		return leave_as_it_is(s, r, &k, why);
	q.remembered = k.remembered;
	if (form == NULL) {
		if (ask_tombstone(s, r, &q.recalled, why) == -1 ||
		    later_no_find(s->later_no, r, NULL, s->kept_arena, &held,
			why) == -1)
			return -1;
		q.held = &held;
		if (ask_decided(s, r, &k, &q, why) == -1)
			return -1;
	}
	q.flow = form == NULL ? flow_of(s, r) : NULL;
	rules_judge(&q, &j);
	if (note_judged(s, r, &j, why) == -1)
		return -1;
	take_out(r, &j.strip);
	if (r->attachment_count > 0 && j.verdict < VERDICT_HOLD)
		return FAIL(why, FAULT_BUNDLE_NEWER,
		    "attachments, which this version cannot keep");
	s->counts.verdict[j.verdict]++;
	state = state_of(j.verdict, q.recalled);
	if (s->order.watch.referral != NULL)
		s->order.watch.referral(s->order.watch.context, r->ref,
		    standing_state_name(state), &j);
	/* Without a ref that can be relied on there is no row to keep. */
	if (has_reason(&j, "R-FORM"))
		return receipt_line(s, r->ref, "refused", &j, why);
	if ((k.kept_ref = kept_under(s, r, &k, why)) == NULL ||
	    keep_referral(s, r, &j, state, &k, why) == -1)
		return -1;
	return receipt_line(s, r->ref, receipt_state(j.verdict, q.recalled, &k),
	    &j, why);
}

static int
take_referral(struct stage *s, const struct json_node *record,
    struct fault *why)
{
	struct referral r;
	const char *form;

	referral_clear(&r);
	if (referral_read(record, s->arena, &r, &form, why) == -1)
		return -1;
	if (r.ref == NULL)
		r.ref = "unreadable";
	/* Of "subject.age is of the wrong kind" the member's name alone. */
	if (form != NULL &&
	    (form = arena_copy(s->arena, form, strcspn(form, " "), why)) ==
		NULL)
		return -1;
	return judge_referral(s, &r, form, why);
}

int
stage_take(enum bundle_record kind, const struct json_node *record, void *stage,
    struct fault *why)
{
	struct stage *s = stage;

	arena_empty(s->arena);
	arena_empty(s->kept_arena);
	s->owes |= kind != BUNDLE_RECEIPT;
	switch (kind) {
	case BUNDLE_RECALL:
		return take_recall(s, record, why);
	case BUNDLE_RECEIPT:
		return take_receipt(s, record, why);
	case BUNDLE_ANSWER:
		return take_answer(s, record, why);
	case BUNDLE_STATUS:
		return take_status(s, record, why);
	case BUNDLE_REFERRAL:
		return take_referral(s, record, why);
	case BUNDLE_RECORDS:
		break;
	}
	return FAIL(why, FAULT_INSIDE, "a record of no kind");
}
