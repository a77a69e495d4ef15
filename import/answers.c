#include "import/answers.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "import/answers_live.h"
#include "import/ours.h"
#include "import/owing.h"
#include "store/journal.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define REASON_MAX ((size_t)60 * 1024)
#define NUMBER_MAX 200
#define SENTENCE_ROOM 200

/* Everything one run holds. */
struct work {
	const struct answers_taker *by;
	struct arena *arena; /* of one record of the file */
	struct arena *kept;  /* of one referral's standing */
	struct arena *rows;
	struct ours *ours;	   /* made when it is first asked */
	struct answers_live *live; /* NULL: from a file */
	bool open;		   /* of this record: a person has to look */
	struct bytes refs;
};

/* What is said of one referral, as it goes back. */
struct word {
	const char *decision;
	const char *reason;
	day decided_on;
	const char *target_id;
};

const char *
answers_state_name(enum answers_state s)
{
	static const char *const names[] = { "taken", "unchanged", "pending",
		"held", "not_ours" };

	return names[s];
}

static int
start(struct work *w, const struct answers_taker *by, struct fault *why)
{
	*w = (struct work){ .by = by };
	bytes_init(&w->refs, ARENA);
	if ((w->arena = arena_new(4 * ARENA, why)) == NULL ||
	    (w->kept = arena_new(ARENA, why)) == NULL ||
	    (w->rows = arena_new(ARENA, why)) == NULL)
		return -1;
	return 0;
}

static void
stop(struct work *w)
{
	ours_free(w->ours);
	arena_free(w->arena);
	arena_free(w->kept);
	arena_free(w->rows);
	bytes_free(&w->refs);
}

/* --- which referral it is about --- */

static const char *
true_ref(const struct standing *st)
{
	return st->version_of != NULL ? st->version_of : st->ref;
}

/* May something be said of it: was it given to the system at all? */
static bool
was_given(const struct standing *st, bool by_hand)
{
	/* What a server says of it shows that it came there. */
	if (st->state == STANDING_LOADED || standing_may_be_there(st))
		return true;
	/* A sheet of it is in somebody's hands, though it was put right since. */
	return by_hand && st->target != NULL &&
	    (st->state == STANDING_HELD || st->state == STANDING_STAGED ||
		st->state == STANDING_READY);
}

/*
 * The row of a ref that counts: of its versions the newest that was given to
 * the system, else the newest.  1, or 0 if there is none.
 */
static int
get_version(struct work *w, const char *ref, bool by_hand, struct standing *out,
    struct fault *why)
{
	const char *chosen = NULL;
	bool given = false;

	bytes_empty(&w->refs);
	if (referrals_versions(w->by->store, REFERRAL_RECEIVED, ref, &w->refs,
		why) == -1)
		return -1;
	for (size_t i = 0; i < w->refs.len;) {
		const char *one = (const char *)w->refs.at + i;
		struct standing st;

		i += strlen(one) + 1;
		arena_empty(w->kept);
		if (referrals_get(w->by->store, REFERRAL_RECEIVED, one, w->kept,
			&st, why) == -1)
			return -1;
		if (given && !was_given(&st, by_hand))
			continue;
		given = was_given(&st, by_hand);
		chosen = one;
	}
	arena_empty(w->kept);
	if (chosen == NULL)
		return 0;
	return referrals_get(w->by->store, REFERRAL_RECEIVED, chosen, w->kept,
	    out, why);
}

/* Rows of a case, and of it the service that DTP's id names. */
struct tails {
	const char *tail; /* NULL: any */
	struct arena *out;
	const char *ref;
	size_t count;
};

static int
row_of_case(const struct standing *st, void *context, struct fault *why)
{
	const char *ref = true_ref(st), *hash = strrchr(ref, '#');
	struct tails *t = context;

	if (strncmp(ref, "primero:", 8) != 0 || hash == NULL)
		return 0;
	if (t->tail != NULL && !decision_is_of_service(t->tail, hash + 1))
		return 0;
	if (t->ref != NULL && strcmp(t->ref, ref) == 0)
		return 0;
	t->count++;
	t->ref = arena_copy(t->out, ref, strlen(ref), why);
	return t->ref == NULL ? -1 : 0;
}

static int
find_by_case(struct work *w, const struct decision *d, const char **ref,
    size_t *count, struct fault *why)
{
	struct tails t = { .tail = d->service_tail, .out = w->arena };
	const struct referrals_query q = { REFERRAL_RECEIVED, REFERRALS_CASE_ID,
		d->case_id };

	if (referrals_of(w->by->store, &q, w->rows, row_of_case, &t, why) == -1)
		return -1;
	*ref = t.ref;
	*count = t.count;
	return 0;
}

/* Its ref, and how many fit: none, one, or several. */
static int
find_ref(struct work *w, const struct decision *d, const char **ref,
    size_t *count, struct fault *why)
{
	*ref = d->ref;
	*count = d->ref != NULL;
	if (d->ref != NULL)
		return 0;
	if (d->case_id != NULL)
		return find_by_case(w, d, ref, count, why);
	if (w->ours == NULL && (w->ours = ours_new(w->by->store, why)) == NULL)
		return -1;
	if (d->service_id != NULL)
		*count = ours_of_service(w->ours, d->service_id, ref);
	else if (d->record_id != NULL)
		*count = ours_of_record(w->ours, d->record_id, ref);
	return 0;
}

/* --- what is told --- */

static int
say(struct work *w, struct answers_said *a, enum answers_state state,
    const char *sentence, const char *remedy)
{
	w->open |= state == ANSWERS_HELD || state == ANSWERS_NOT_OURS ||
	    state == ANSWERS_PENDING;
	a->state = state;
	a->sentence = sentence;
	a->remedy = remedy;
	w->by->said(w->by->context, a);
	return 0;
}

#define BY_HAND                                                            \
	"Look it up in that system, then say it yourself: satchel answer " \
	"--ref REF --decision ..."

static int
say_unknown_code(struct work *w, struct answers_said *a)
{
	char sentence[SENTENCE_ROOM];

	(void)snprintf(sentence, sizeof(sentence),
	    "The other system says something this program does not know: "
	    "code %s.",
	    a->code != NULL ? a->code : "that cannot be shown");
	return say(w, a, ANSWERS_HELD, sentence, BY_HAND);
}

/* --- keeping it --- */

static bool
alike(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What is done had been accepted before, whatever days are said of it. */
static bool
is_done_of(const char *decision, const char *before)
{
	return strcmp(decision, "done") == 0 && strcmp(before, "accepted") == 0;
}

/* Is this known already, or older than what is known? */
static bool
is_known(const struct standing *st, const struct word *word)
{
	if (st->decision == NULL)
		return false;
	if (alike(st->decision, word->decision) &&
	    alike(st->decision_reason, word->reason) &&
	    alike(st->target_id, word->target_id))
		return true;
	if (is_done_of(st->decision, word->decision))
		return true;
	if (is_done_of(word->decision, st->decision))
		return false;
	return word->decided_on != DAY_UNKNOWN &&
	    word->decided_on < st->decided_on;
}

/*
 * Of one day there is no telling which came last: taken one after the other,
 * each would take the place of the other again and again.
 */
static bool
contradicts(const struct standing *st, const struct word *word)
{
	if (st->decision == NULL || word->decided_on != st->decided_on ||
	    is_done_of(word->decision, st->decision))
		return false;
	return strcmp(st->decision, word->decision) != 0 ||
	    (st->decision_reason != NULL && word->reason != NULL &&
		strcmp(st->decision_reason, word->reason) != 0) ||
	    (st->target_id != NULL && !alike(st->target_id, word->target_id));
}

/* Before the referral was made, but for a day's difference between clocks. */
static bool
is_too_early(const struct standing *st, day decided_on)
{
	return st->made_on != DAY_UNKNOWN && decided_on < st->made_on - 1;
}

/* Where it stands, what is owed, the journal: in the open transaction. */
static int
keep(struct work *w, struct standing *st, const struct word *word,
    struct fault *why)
{
	char body[128];

	st->target_id = word->target_id;
	if (st->delivery != DELIVERY_REFER)
		st->delivery = DELIVERY_NONE;
	if (word->decision != NULL) {
		st->decision = word->decision;
		st->decision_reason = word->reason;
		st->decided_on = word->decided_on;
	}
	/* Somebody keyed the sheet in, whatever it had been held for. */
	if (st->state != STANDING_LOADED) {
		st->state = STANDING_LOADED;
		if (owing_receipt(w->by->store, st, "loaded", why) == -1)
			return -1;
	}
	if (referrals_put(w->by->store, REFERRAL_RECEIVED, st, NULL, 0, why) ==
		-1 ||
	    (st->decision != NULL && owing_answer(w->by->store, st, why) == -1))
		return -1;
	(void)snprintf(body, sizeof(body),
	    "{\"bundle\":\"%.36s\",\"decision\":\"%s\"}",
	    st->bundle != NULL ? st->bundle : "",
	    st->decision != NULL ? st->decision : "");
	return journal_put(w->by->store,
	    &(struct journal_entry){ ACT_ANSWERED, w->by->now, w->by->user,
		body, &(struct journal_about){ .ref = standing_true_ref(st) },
		1 },
	    why);
}

/* --- out of a file --- */

static bool
is_sayable(const char *text, bool lines, size_t most)
{
	size_t len = text == NULL ? 0 : strlen(text);

	return len <= most &&
	    (len == 0 ||
		(text_is_clean(text, len, lines) && text_is_nfc(text, len)));
}

static const char *
unless_empty(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

/*
 * Is this the row that was written into Primero for the referral?  Its number
 * can stand in another child's case by mistake.  A row that was keyed in by
 * hand has ids of Primero's own, which are not known here.
 */
static bool
is_our_row(const struct standing *st, const struct decision *d)
{
	char service_id[RANDOM_UUID];

	if (st->record_id == NULL)
		return true;
	if (d->record_id != NULL && strcmp(d->record_id, st->record_id) != 0)
		return false;
	if (strncmp(true_ref(st), "progres:", 8) != 0)
		return true;
	if (d->service_id == NULL)
		return d->record_id != NULL;
	primero_body_service_id(true_ref(st), service_id);
	return strcmp(d->service_id, service_id) == 0;
}

/* A decision that can go back: is there anything against taking it? */
static const char *
objection(const struct work *w, const struct standing *st,
    const struct decision *d, const struct word *word)
{
	if (st->state == STANDING_RECALLED)
		return "It is about a referral that was withdrawn.";
	if (!was_given(st, false))
		return "It is about a referral that has not been loaded here.";
	if (agreement_node(w->by->agreement, st->partner) == NULL)
		return "The node it came from is not in the agreement any "
		       "more.";
	if (!is_our_row(st, d))
		return "It names another case or service than the one the "
		       "referral was loaded into.";
	if (word->decided_on == DAY_UNKNOWN)
		return "It does not say on which day it was decided.";
	if (word->decided_on > day_of(w->by->now) + 1)
		return "It was decided on a day that has not come yet.";
	if (is_too_early(st, word->decided_on))
		return "It was decided on a day before the referral was made.";
	if (contradicts(st, word))
		return "Of the same day another decision or number is known "
		       "here already.";
	if (!is_sayable(word->reason, true, REASON_MAX) ||
	    !is_sayable(word->target_id, false, NUMBER_MAX))
		return "It has a text that cannot be carried.";
	return NULL;
}

/*
 * Primero keeps no day for a service row that was accepted or rejected: the
 * day on which it was taken from there stands in its place.
 */
static day
day_of_decision(const struct work *w, enum format format,
    const struct decision *d)
{
	if (d->decided_on == DAY_UNKNOWN && format == FORMAT_PRIMERO)
		return day_of(w->by->now);
	return d->decided_on;
}

static int
take_decided(struct work *w, enum format format, const struct decision *d,
    struct standing *st, struct answers_said *a, struct fault *why)
{
	struct word word = {
		.decision = decision_name(d->decided),
		.reason = unless_empty(d->reason),
		.decided_on = day_of_decision(w, format, d),
		.target_id = unless_empty(d->target_id),
	};
	const char *against;

	if (word.target_id == NULL)
		word.target_id = st->target_id;
	/* A record that says less than another of that day unsays nothing. */
	if (word.reason == NULL && alike(st->decision, word.decision) &&
	    st->decided_on == word.decided_on)
		word.reason = st->decision_reason;
	if (is_known(st, &word))
		return say(w, a, ANSWERS_UNCHANGED, NULL, NULL);
	if ((against = objection(w, st, d, &word)) != NULL)
		return say(w, a, ANSWERS_HELD, against, BY_HAND);
	if (keep(w, st, &word, why) == -1)
		return -1;
	return say(w, a, ANSWERS_TAKEN, NULL, NULL);
}

/* It is about one of ours. */
static int
take_ours(struct work *w, enum format format, const struct decision *d,
    struct standing *st, struct answers_said *a, struct fault *why)
{
	switch (d->decided) {
	case DECIDED_PENDING:
		return say(w, a, ANSWERS_PENDING, NULL, NULL);
	case DECIDED_SYNCED:
		if (st->decision != NULL)
			return say(w, a, ANSWERS_UNCHANGED, NULL, NULL);
		return say(w, a, ANSWERS_HELD,
		    "The other system says that this was told already, and "
		    "not what was decided.",
		    BY_HAND);
	case DECIDED_REVOKED:
		return say(w, a, ANSWERS_HELD,
		    "The referral was taken back in that system: that is no "
		    "decision about it.",
		    "Ask there why; if it is to be rejected, say so: satchel "
		    "answer --ref REF --decision rejected");
	case DECIDED_UNKNOWN:
		return say_unknown_code(w, a);
	case DECIDED_ACCEPTED:
	case DECIDED_REJECTED:
	case DECIDED_DONE:
		break;
	}
	a->decision = decision_name(d->decided);
	return take_decided(w, format, d, st, a, why);
}

static bool
names_only_case(const struct decision *d)
{
	return d->ref == NULL && d->service_id == NULL &&
	    d->service_tail == NULL;
}

static int
take(struct work *w, enum format format, const struct decision *d,
    struct fault *why)
{
	struct answers_said a = { .code = decision_code_to_show(d->code) };
	struct standing st;
	const char *ref = NULL;
	size_t count;
	int found = 0;

	if (find_ref(w, d, &ref, &count, why) == -1 ||
	    (count == 1 &&
		(found = get_version(w, ref, false, &st, why)) == -1))
		return -1;
	/* What a file wrote there may be anything, unless it is one of ours. */
	if (found == 1)
		a.ref = ref;
	if (count > 0 && names_only_case(d) && d->decided != DECIDED_PENDING)
		return say(w, &a, ANSWERS_HELD,
		    "It names the case and no service of it, and the case may "
		    "have referrals of others, too.",
		    BY_HAND);
	if (found == 1)
		return take_ours(w, format, d, &st, &a, why);
	/* Of what never came through here, only a decision is worth a word. */
	if (d->decided == DECIDED_PENDING)
		return say(w, &a, ANSWERS_PENDING, NULL, NULL);
	if (count > 1)
		return say(w, &a, ANSWERS_HELD,
		    "It fits more than one referral that came here.", BY_HAND);
	return say(w, &a, ANSWERS_NOT_OURS,
	    "It is about a referral that did not come through this node.",
	    "Check that the file is from this node's own system; satchel "
	    "inbox shows what came.");
}

static int
take_record(struct work *w, struct source_file *f, const struct json *record,
    size_t number, struct fault *why)
{
	enum format format = source_file_format(f);
	struct decision *all;
	size_t count;

	arena_empty(w->arena);
	if (decision_read(format, json_root(record), number, w->arena, &all,
		&count, why) == -1) {
		if (why->id != FAULT_SOURCE_FORM)
			return -1;
		if (w->by->unreadable != NULL)
			w->by->unreadable(w->by->context, why);
		return 0;
	}
	w->open = false;
	for (size_t i = 0; i < count; i++)
		if (take(w, format, &all[i], why) == -1)
			return -1;
	if (w->live != NULL && count > 0 && !w->open)
		answers_live_settled(w->live, number);
	return 0;
}

/* Reads the file to its end; w NULL: only to see that it has one. */
static int
read_file(struct work *w, const struct answers_taker *by,
    const struct source_file_order *from, struct fault *why)
{
	struct source_file *f = source_file_open(from, why);
	struct json *record = NULL;
	size_t number;
	int more;

	if (f == NULL)
		return -1;
	while ((more = source_file_next(f, &record, &number, why)) == 1) {
		int rc = w == NULL ? 0 : take_record(w, f, record, number, why);

		json_free(record);
		record = NULL;
		if (rc == -1) {
			more = -1;
			break;
		}
	}
	if (more == 0 && w != NULL && source_file_has_more(f) &&
	    by->incomplete != NULL)
		by->incomplete(by->context, from->path);
	source_file_close(f);
	return more;
}

/* Of two decisions the later day counts: a wrong clock would settle it. */
static int
ask_clock(const struct answers_taker *by, struct fault *why)
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
take_all(const struct answers_taker *by, const struct source_file_order *from,
    struct answers_live *live, struct fault *why)
{
	struct work w = { .by = by };
	int rc = -1;

	/* Nothing is said of a file that breaks off. */
	if (read_file(NULL, by, from, why) == -1)
		return -1;
	if (start(&w, by, why) == -1 || store_begin(by->store, why) == -1)
		goto done;
	w.live = live;
	rc = read_file(&w, by, from, why);
	if (rc == 0 && !by->dry_run)
		rc = store_commit(by->store, why);
	else
		store_roll_back(by->store);
done:
	stop(&w);
	return rc;
}

int
answers_from_file(const struct answers_taker *by,
    const struct source_file_order *from, struct fault *why)
{
	if (ask_clock(by, why) == -1)
		return -1;
	return take_all(by, from, NULL, why);
}

int
answers_from_server(const struct answers_taker *by,
    const struct answers_server *from, struct fault *untold, struct fault *why)
{
	struct source_file_order order;
	struct answers_live *live;
	int rc = 0;

	untold->id = FAULT_NONE;
	if (ask_clock(by, why) == -1 ||
	    (live = answers_live_read(by, from, why)) == NULL)
		return -1;
	if (answers_live_source(live, &order))
		rc = take_all(by, &order, live, why);
	if (rc == 0 && !by->dry_run && answers_live_tell(live, untold) == 0)
		untold->id = FAULT_NONE;
	answers_live_free(live);
	return rc;
}

/* --- by hand --- */

/* A text that was typed, tidied; -1 if something had to be taken out. */
static int
tidy(struct work *w, const char *option, const char **text, bool lines,
    struct fault *why)
{
	size_t most = lines ? REASON_MAX : NUMBER_MAX;
	bool changed = false;

	if (*text == NULL)
		return 0;
	*text = text_tidy(w->arena, *text, lines, &changed, why);
	if (*text == NULL)
		return -1;
	if (changed || **text == '\0' || strlen(*text) > most)
		return FAIL(why, FAULT_USAGE,
		    "%s is empty, too long, or has characters that cannot be "
		    "carried",
		    option);
	return 0;
}

/* Systems number in ways nobody can list; a name alone is no number. */
static bool
could_be_number(const char *text)
{
	bool digit = false;

	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] <= ' ' || text[i] > '~' || i >= NUMBER_MAX)
			return false;
		digit |= text[i] >= '0' && text[i] <= '9';
	}
	return digit;
}

static int
read_typed(struct work *w, const struct answers_typed *typed, struct word *word,
    struct fault *why)
{
	day today = day_of(w->by->now);

	*word = (struct word){
		.reason = typed->reason,
		.decided_on = typed->decided_on,
		.target_id = typed->target_id,
	};
	if (typed->decided != DECIDED_PENDING)
		word->decision = decision_name(typed->decided);
	if (word->decided_on == DAY_UNKNOWN)
		word->decided_on = today;
	if (word->decided_on > today)
		return FAIL(why, FAULT_USAGE, "--on is a day yet to come");
	if (tidy(w, "--reason", &word->reason, true, why) == -1)
		return -1;
	if (tidy(w, "--target-id", &word->target_id, false, why) == -1)
		return -1;
	if (word->target_id != NULL && !could_be_number(word->target_id))
		return FAIL(why, FAULT_USAGE,
		    "--target-id is a number: with a digit, without spaces");
	return 0;
}

static int
find_typed(struct work *w, const char *start, struct standing *st,
    struct fault *why)
{
	const char *ref = referrals_find(w->by->store, REFERRAL_RECEIVED, start,
	    w->arena, why);

	if (ref == NULL)
		return -1;
	if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->kept, st,
		why) != 1)
		return -1;
	/* A version was named: the one that was loaded answers for all. */
	ref = arena_copy(w->arena, true_ref(st), strlen(true_ref(st)), why);
	if (ref == NULL || get_version(w, ref, true, st, why) != 1)
		return -1;
	if (!was_given(st, true))
		return FAIL(why, FAULT_REF_STATE, "it is %s, not loaded",
		    standing_state_name(st->state));
	if (agreement_node(w->by->agreement, st->partner) == NULL)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED, "the sender, %s",
		    st->partner);
	return 0;
}

/* Without a decision the number waits here, or renews what was said. */
static int
take_number(struct work *w, struct standing *st, struct word *word,
    struct answers_said *a, struct fault *why)
{
	if (alike(st->target_id, word->target_id) &&
	    st->state == STANDING_LOADED)
		return say(w, a, ANSWERS_UNCHANGED, NULL, NULL);
	if (keep(w, st, word, why) == -1)
		return -1;
	if (st->decision != NULL)
		return say(w, a, ANSWERS_TAKEN, NULL, NULL);
	return say(w, a, ANSWERS_PENDING,
	    "The number is kept; it goes back together with the decision.",
	    NULL);
}

static int
say_known(struct work *w, const struct standing *st, const struct word *word,
    struct answers_said *a)
{
	if (strcmp(st->decision, word->decision) == 0)
		return say(w, a, ANSWERS_UNCHANGED,
		    "This is known here already, or of an earlier day than "
		    "what is known.",
		    NULL);
	if (is_done_of(st->decision, word->decision))
		return say(w, a, ANSWERS_UNCHANGED,
		    "It is known here that the service was done.", NULL);
	return say(w, a, ANSWERS_HELD,
	    "Another decision, of a later day, is known here.",
	    "See it with satchel why REF.  If yours counts now, say it again "
	    "with the day on which it was taken anew: --on YYYY-MM-DD");
}

static int
take_typed(struct work *w, const struct answers_typed *typed, struct fault *why)
{
	struct answers_said a = { 0 };
	struct standing st;
	struct word word;

	if (read_typed(w, typed, &word, why) == -1 ||
	    find_typed(w, typed->ref, &st, why) == -1)
		return -1;
	a.ref = true_ref(&st);
	a.decision = word.decision != NULL ? word.decision : st.decision;
	if (word.target_id == NULL)
		word.target_id = st.target_id;
	if (word.decision == NULL)
		return take_number(w, &st, &word, &a, why);
	if (is_too_early(&st, word.decided_on))
		return FAIL(why, FAULT_USAGE,
		    "--on is a day before the referral was made");
	if (is_known(&st, &word))
		return say_known(w, &st, &word, &a);
	if (keep(w, &st, &word, why) == -1)
		return -1;
	return say(w, &a, ANSWERS_TAKEN, NULL, NULL);
}

int
answers_by_hand(const struct answers_taker *by,
    const struct answers_typed *typed, struct fault *why)
{
	struct work w;
	int rc = -1;

	if (ask_clock(by, why) == -1)
		return -1;
	if (start(&w, by, why) == -1 || store_begin(by->store, why) == -1)
		goto done;
	rc = take_typed(&w, typed, why);
	if (rc == 0 && !by->dry_run)
		rc = store_commit(by->store, why);
	else
		store_roll_back(by->store);
done:
	stop(&w);
	return rc;
}
