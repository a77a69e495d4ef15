#include "import/stage.h"

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
#include "policy/take_out.h"
#include "store/owed.h"

#define RECORD_ARENA ((size_t)16 * 1024 * 1024)
#define RECEIPT_LINES 1000 /* in one receipt: far below a line's limit */

struct stage {
	struct stage_order order;
	struct stage_counts counts;
	struct arena *arena;	  /* of one record */
	struct arena *kept_arena; /* of what the store remembers of it */
	struct bytes text;	  /* the record as it is kept */
	struct bytes receipt;	  /* the receipt being written */
	struct sink *receipt_sink;
	struct jsonout receipt_out;
	size_t receipt_lines;
	uint8_t party_key[32];
};

void
stage_party_key(const char *party, uint8_t out[static 32])
{
	digest_once(DIGEST_BLAKE2B_256, party, strlen(party), out);
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
	bytes_init(&s->text, RECORD_ARENA);
	bytes_init(&s->receipt, NDJSON_LINE_MAX);
	stage_party_key(order->sender->party->id, s->party_key);
	s->arena = arena_new(RECORD_ARENA, why);
	s->kept_arena = s->arena == NULL ? NULL : arena_new(RECORD_ARENA, why);
	if (s->kept_arena == NULL) {
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
	arena_free(s->arena);
	arena_free(s->kept_arena);
	free(s);
}

const struct stage_counts *
stage_count(const struct stage *s)
{
	return &s->counts;
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

	if (s->receipt_lines == RECEIPT_LINES && receipt_end(s, why) == -1)
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
	/* A bundle without referrals is receipted all the same. */
	if (receipt_start(s, why) == -1)
		return -1;
	return receipt_end(s, why);
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

static int
recall_received(struct stage *s, const char *ref, struct fault *why)
{
	struct standing st;
	bool was_loaded;
	int found;

	found = referrals_get(s->order.store, REFERRAL_RECEIVED, ref,
	    s->kept_arena, &st, why);
	if (found != 1)
		return found;
	was_loaded = st.state == STANDING_LOADED;
	st.state = STANDING_RECALLED;
	tell(s, BUNDLE_RECALL,
	    was_loaded ?
		"a referral that was loaded here is withdrawn: stop, and undo "
		"it in the other system" :
		"a referral waiting here is withdrawn",
	    true);
	return referrals_put(s->order.store, REFERRAL_RECEIVED, &st, "", 0,
	    why);
}

static int
take_recall(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct tombstone t;
	struct recall r;
	const char *form;

	if (records_read_recall(record, &r, &form, why) == -1)
		return -1;
	if (form != NULL || !of_system(r.ref, s->order.sender->system)) {
		tell(s, BUNDLE_RECALL,
		    "a recall was refused: its sender may not say it", true);
		return 0;
	}
	s->counts.recall++;
	t = (struct tombstone){ r.sequence, r.reason, r.on };
	if (referrals_put_tombstone(s->order.store, s->party_key, r.ref, &t,
		why) == -1)
		return -1;
	return recall_received(s, r.ref, why);
}

/* Was this sent to the party that now speaks of it? */
static bool
sent_to_speaker(const struct stage *s, const struct standing *st)
{
	const struct node *to = agreement_node(s->order.agreement, st->partner);

	return to != NULL && to->party == s->order.sender->party;
}

/* What the other side says of one referral that we sent. */
static int
receipt_of_ours(struct stage *s, const struct receipt_line *l,
    struct fault *why)
{
	struct standing st;
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
	st.told = l->state;
	return referrals_put(s->order.store, REFERRAL_SENT, &st, NULL, 0, why);
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
		if (receipt_of_ours(s, &r.lines[i], why) == -1)
			return -1;
	tell(s, BUNDLE_RECEIPT, "a receipt for a bundle of ours", false);
	return 0;
}

/* Kept with the referral it is about, in the words it came in. */
static int
keep_word(struct stage *s, enum bundle_record kind, const char *ref,
    const struct json_node *record, struct fault *why)
{
	struct standing st;
	int found;

	found = referrals_get(s->order.store, REFERRAL_SENT, ref, s->kept_arena,
	    &st, why);
	if (found == -1)
		return -1;
	if (found == 0 || !sent_to_speaker(s, &st)) {
		tell(s, kind,
		    "an answer to a referral that was not sent from here was "
		    "refused",
		    true);
		return 0;
	}
	bytes_empty(&s->text);
	if (json_canonical(record, NULL, &s->text, why) == -1)
		return -1;
	tell(s, kind, "an answer was kept; show it with: satchel show REF",
	    true);
	return referrals_put(s->order.store, REFERRAL_SENT, &st, s->text.at,
	    s->text.len, why);
}

static int
take_answer(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct answer a;
	const char *form;

	if (records_read_answer(record, &a, &form, why) == -1)
		return -1;
	if (form != NULL || of_system(a.ref, s->order.sender->system)) {
		tell(s, BUNDLE_ANSWER,
		    "an answer was refused: its sender may not say it", true);
		return 0;
	}
	s->counts.answer++;
	return keep_word(s, BUNDLE_ANSWER, a.ref, record, why);
}

static int
take_status(struct stage *s, const struct json_node *record, struct fault *why)
{
	struct status st;
	const char *form;

	if (records_read_status(record, &st, &form, why) == -1)
		return -1;
	if (form != NULL || of_system(st.ref, s->order.sender->system)) {
		tell(s, BUNDLE_STATUS,
		    "a status was refused: its sender may not say it", true);
		return 0;
	}
	return keep_word(s, BUNDLE_STATUS, st.ref, record, why);
}

/* --- referrals --- */

/* What this node already knows of a ref, before it is judged. */
struct known {
	bool found;
	struct standing standing;
	enum remembered remembered;
	bool late; /* what we hold came in a later bundle of this stream */
};

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

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

static int
look_up(struct stage *s, const struct referral *r, struct known *k,
    struct fault *why)
{
	const struct bundle_inside *in = s->order.inside;
	bool ours;
	int found;

	memset(k, 0, sizeof(*k));
	found = referrals_get(s->order.store, REFERRAL_RECEIVED, r->ref,
	    s->kept_arena, &k->standing, why);
	if (found == -1)
		return -1;
	k->found = found == 1;
	if (!k->found)
		return 0;
	ours = same(k->standing.partner, s->order.sender->code);
	if (same(k->standing.bundle, in->outside.id))
		k->remembered = SEEN_TWICE;
	else if (ours && k->standing.sequence > in->sequence)
		k->late = true;
	else if (ours && !in_use(k->standing.state))
		k->remembered = NOT_SEEN;
	else if (same(k->standing.revision, r->revision))
		k->remembered = SEEN_SAME;
	else
		k->remembered = SEEN_OTHER;
	return 0;
}

/* bundle.md, "Tombstones": refuse at or below its number; above, see why. */
static int
ask_tombstone(struct stage *s, const struct referral *r,
    enum recalled *recalled, struct fault *why)
{
	struct tombstone t;
	int found;

	*recalled = NOT_RECALLED;
	found = referrals_tombstone(s->order.store, s->party_key, r->ref,
	    s->kept_arena, &t, why);
	if (found != 1)
		return found;
	*recalled = RECALLED;
	if (s->order.inside->sequence <= t.sequence)
		return 0;
	if (strcmp(t.reason, "sent_in_error") == 0 ||
	    strcmp(t.reason, "duplicate") == 0 ||
	    (r->has_consent && r->consent.given_on != DAY_UNKNOWN &&
		r->consent.given_on > t.on))
		*recalled = RECALLED_BEFORE;
	return 0;
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

/*
 * Keep it.  A refused referral is remembered without its record: nobody here
 * may use it, so nobody here should hold it.
 */
static int
keep_referral(struct stage *s, const struct referral *r,
    const struct judgement *j, enum standing_state state, const char *kept_ref,
    struct fault *why)
{
	struct standing st = {
		.ref = kept_ref,
		.case_id = r->origin.case_id,
		.case_display = r->value[FIELD_CASE_ID_DISPLAY].text,
		.individual = r->value[FIELD_UNHCR_INDIVIDUAL_NO].text,
		.revision = r->revision,
		.service = r->value[FIELD_SERVICE_TYPE].text,
		.priority = referral_priority_name(r->priority),
		.state = state,
		.partner = s->order.sender->code,
		.bundle = s->order.inside->outside.id,
		.sequence = s->order.inside->sequence,
		.agreement = s->order.agreement->version,
		.judged_on = s->order.today,
	};
	struct sink *to;
	struct jsonout o;
	int rc;

	if (standing_from(&st, j, s->kept_arena, why) == -1)
		return -1;
	bytes_empty(&s->text);
	if (state == STANDING_REFUSED || state == STANDING_RECALLED)
		return referrals_put(s->order.store, REFERRAL_RECEIVED, &st, "",
		    0, why);
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

/* The same again, or an older one that came late: nothing changes. */
static int
leave_as_it_is(struct stage *s, const struct referral *r, struct fault *why)
{
	struct judgement none = { 0 };

	s->counts.duplicate++;
	if (s->order.watch.referral != NULL)
		s->order.watch.referral(s->order.watch.context, r->ref,
		    "unchanged", &none);
	return receipt_line(s, r->ref, "duplicate", &none, why);
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
receipt_state(enum verdict v, enum recalled recalled)
{
	if (recalled == RECALLED)
		return "recalled";
	return v == VERDICT_HOLD ? "held" :
	    v == VERDICT_REFUSE	 ? "refused" :
				   "staged";
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
	enum standing_state state;
	const char *kept_ref;

	if (form == NULL && look_up(s, r, &k, why) == -1)
		return -1;
	if (k.remembered == SEEN_SAME || k.late)
		return leave_as_it_is(s, r, why);
	q.remembered = k.remembered;
	if (form == NULL && ask_tombstone(s, r, &q.recalled, why) == -1)
		return -1;
	q.flow = form == NULL ? flow_of(s, r) : NULL;
	rules_judge(&q, &j);
	take_out(r, &j.strip);
	s->counts.verdict[j.verdict]++;
	state = state_of(j.verdict, q.recalled);
	if (s->order.watch.referral != NULL)
		s->order.watch.referral(s->order.watch.context, r->ref,
		    standing_state_name(state), &j);
	/* Without a ref that can be relied on there is no row to keep. */
	if (has_reason(&j, "R-FORM"))
		return receipt_line(s, r->ref, "refused", &j, why);
	if ((kept_ref = kept_under(s, r, &k, why)) == NULL ||
	    keep_referral(s, r, &j, state, kept_ref, why) == -1)
		return -1;
	return receipt_line(s, r->ref, receipt_state(j.verdict, q.recalled), &j,
	    why);
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
	return judge_referral(s, &r, form, why);
}

int
stage_take(enum bundle_record kind, const struct json_node *record, void *stage,
    struct fault *why)
{
	struct stage *s = stage;

	arena_empty(s->arena);
	arena_empty(s->kept_arena);
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
