#include "import/later_no.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/consent.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/referral.h"
#include "import/stage.h"
#include "policy/rules.h"
#include "store/agreed.h"
#include "store/referrals.h"
#include "store/tombstones.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define RECORD_MAX ((size_t)1024 * 1024)
/* More of one child is not looked through: a person does that. */
#define ROWS_MAX 1000

struct later_no {
	struct store *store;
	struct referrals_children *children;
	struct arena *rows;
	struct bytes record;
	bool any_agreed;
};

/* A consent record that was found, or a ref whose record is to be read. */
struct link {
	struct link *next;
	const char *ref;
	struct consent consent;
};

struct search {
	struct later_no *later_no;
	const struct referral *referral;
	const struct standing *kept;
	struct arena *out;
	struct link *found;
	size_t count;
	struct link *to_read;
	size_t rows;
	bool too_many;
	bool unreadable;
	bool recalled;
	day recalled_on;
};

struct later_no *
later_no_new(struct store *s, struct fault *why)
{
	struct later_no *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "what is held");
		return NULL;
	}
	h->store = s;
	bytes_init(&h->record, RECORD_MAX);
	h->children = referrals_children_new(s, REFERRAL_RECEIVED, why);
	if (h->children == NULL ||
	    (h->rows = arena_new(ROWS_ARENA, why)) == NULL ||
	    agreed_any(s, &h->any_agreed, why) == -1) {
		later_no_free(h);
		return NULL;
	}
	return h;
}

void
later_no_free(struct later_no *h)
{
	if (h == NULL)
		return;
	referrals_children_free(h->children);
	arena_free(h->rows);
	bytes_free(&h->record);
	free(h);
}

/* --- a no --- */

/* Of two days the later; a day that nobody said may be later than any. */
static day
later_of(day a, day b)
{
	if (a == DAY_UNKNOWN || b == DAY_UNKNOWN)
		return DAY_UNKNOWN;
	return a > b ? a : b;
}

bool
later_no_says_no(const struct consent *c, day *on)
{
	bool any = false;

	*on = DAY_UNKNOWN;
	for (size_t i = 0; i < c->event_count; i++) {
		if (c->events[i].type != CONSENT_EVENT_WITHDRAWN)
			continue;
		*on = any ? later_of(*on, c->events[i].on) : c->events[i].on;
		any = true;
	}
	if (consent_taken_back(c))
		return true;
	*on = DAY_UNKNOWN;
	if (c->status != CONSENT_REFUSED && c->status != CONSENT_WITHDRAWN)
		return false;
	*on = c->given_on;
	return true;
}

void
later_no_note_no(const struct referral *r, const struct standing *before,
    struct standing *st)
{
	day given = r->has_consent ? r->consent.given_on : DAY_UNKNOWN;

	st->no_on = DAY_UNKNOWN;
	st->said_no =
	    r->has_consent && later_no_says_no(&r->consent, &st->no_on);
	/* It was said before it was written here. */
	if (st->said_no && st->no_on == DAY_UNKNOWN)
		st->no_on = r->made_on;
	if (before == NULL || !before->said_no)
		return;
	if (st->said_no) {
		st->no_on = later_of(st->no_on, before->no_on);
		return;
	}
	/* Agreeing anew is no word against the no before it. */
	if (given != DAY_UNKNOWN && before->no_on != DAY_UNKNOWN &&
	    given <= before->no_on)
		return;
	st->said_no = true;
	st->no_on = before->no_on;
}

/* --- what was found --- */

static int
add_found(struct search *f, const struct consent *c, struct fault *why)
{
	struct link *l = arena_take(f->out, sizeof(*l), why);

	if (l == NULL)
		return -1;
	*l = (struct link){ .next = f->found, .consent = *c };
	f->found = l;
	f->count++;
	return 0;
}

static void
note_recall(struct search *f, day on)
{
	f->recalled_on = f->recalled ? later_of(f->recalled_on, on) : on;
	f->recalled = true;
}

/* A record whose form is wrong may be a no. */
static int
read_agreed(const struct bytes *record, void *context, struct fault *why)
{
	struct search *f = context;
	struct json *j = NULL;
	struct consent c;
	struct fault found;
	int rc = 0;

	if (json_read(record->at, record->len, &json_record, &j, &found) ==
		-1 ||
	    consent_read(json_root(j), f->out, &c, FAULT_STORE_DAMAGED,
		&found) == -1) {
		if (found.id == FAULT_NO_MEMORY) {
			*why = found;
			rc = -1;
		}
		f->unreadable = true;
	} else {
		rc = add_found(f, &c, why);
	}
	json_free(j);
	return rc;
}

/* What people told this node of the child, or of this referral alone. */
static int
look_agreed(struct search *f, const char *const names[REFERRALS_NAMES],
    struct fault *why)
{
	struct store *s = f->later_no->store;
	const char *number;

	if (!f->later_no->any_agreed)
		return 0;
	for (size_t i = 0; i < REFERRALS_NAMES; i++) {
		if (names[i] == NULL)
			continue;
		if ((number = text_number(f->out, names[i], why)) == NULL)
			return -1;
		if (*number != '\0' &&
		    agreed_walk(s, AGREED_OF_CASE, number, read_agreed, f,
			why) == -1)
			return -1;
	}
	return agreed_walk(s, AGREED_OF_REF, f->referral->ref, read_agreed, f,
	    why);
}

/* --- other referrals of the child --- */

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static const char *
true_ref(const struct standing *st)
{
	return st->version_of != NULL ? st->version_of : st->ref;
}

/* Numbers of two senders cannot be compared; the days can. */
static bool
came_later(const struct standing *st, const struct standing *kept)
{
	if (same(st->partner, kept->partner))
		return st->sequence > kept->sequence;
	return st->made_on == DAY_UNKNOWN || kept->made_on == DAY_UNKNOWN ||
	    st->made_on > kept->made_on;
}

/* Why and when one was recalled is in its tombstone. */
static int
look_recall(struct search *f, const struct standing *st, struct fault *why)
{
	uint8_t who[32];
	struct tombstone t;
	int found = 0;

	if (st->party != NULL) {
		stage_party_key(st->party, who);
		found = tombstones_get(f->later_no->store, who, true_ref(st),
		    f->out, &t, why);
	}
	if (found == -1)
		return -1;
	if (found == 1 && strcmp(t.reason, "consent_withdrawn") == 0)
		note_recall(f, t.on);
	/* Another party recalled it for this one: it may be for any reason. */
	if (found == 0 && st->state == STANDING_RECALLED)
		f->unreadable = true;
	return 0;
}

static bool
has_record(enum standing_state state)
{
	return state == STANDING_STAGED || state == STANDING_HELD ||
	    state == STANDING_READY || state == STANDING_LOADED;
}

static int
add_to_read(struct search *f, const char *ref, struct fault *why)
{
	struct link *l = arena_take(f->out, sizeof(*l), why);

	if (l == NULL)
		return -1;
	*l = (struct link){ .next = f->to_read };
	l->ref = arena_copy(f->out, ref, strlen(ref), why);
	f->to_read = l;
	return l->ref == NULL ? -1 : 0;
}

static int
take_row(const struct standing *st, void *context, struct fault *why)
{
	struct search *f = context;
	struct consent no;

	if (f->rows++ == ROWS_MAX) {
		f->too_many = true;
		return -1;
	}
	if (same(true_ref(st), f->referral->ref) &&
	    (f->kept == NULL || same(st->ref, f->kept->ref) ||
		!came_later(st, f->kept)))
		return 0;
	if (look_recall(f, st, why) == -1)
		return -1;
	if (st->said_no) {
		consent_clear(&no);
		no.status = CONSENT_WITHDRAWN;
		no.given_on = st->no_on;
		if (add_found(f, &no, why) == -1)
			return -1;
	}
	if (has_record(st->state))
		return add_to_read(f, st->ref, why);
	return 0;
}

/*
 * That consent for one service stands beside consent for another is usual; a
 * record that came with another referral counts only for what it takes back.
 */
static bool
takes_away(const struct consent *c)
{
	day on;

	for (size_t i = 0; i < c->event_count; i++)
		if (c->events[i].type == CONSENT_EVENT_NARROWED)
			return true;
	return later_no_says_no(c, &on);
}

static int
take_consent(struct search *f, const struct json_node *n, struct fault *why)
{
	struct consent c;

	arena_empty(f->later_no->rows);
	if (consent_read(n, f->later_no->rows, &c, FAULT_STORE_DAMAGED, why) ==
	    -1)
		return -1;
	if (!takes_away(&c))
		return 0;
	/* Once more, to be kept. */
	if (consent_read(n, f->out, &c, FAULT_STORE_DAMAGED, why) == -1)
		return -1;
	return add_found(f, &c, why);
}

static int
read_kept(struct search *f, const char *ref, struct fault *why)
{
	struct bytes *record = &f->later_no->record;
	const struct json_node *consent;
	struct json *j = NULL;
	struct fault found;
	int got, rc = 0;

	bytes_empty(record);
	got = referrals_record(f->later_no->store, REFERRAL_RECEIVED, ref,
	    record, why);
	if (got != 1)
		return got;
	if (json_read(record->at, record->len, &json_record, &j, &found) ==
		-1 ||
	    ((consent = json_get(json_root(j), "consent")) != NULL &&
		take_consent(f, consent, &found) == -1)) {
		if (found.id == FAULT_NO_MEMORY) {
			*why = found;
			rc = -1;
		}
		f->unreadable = true;
	}
	json_free(j);
	return rc;
}

static int
look_received(struct search *f, const char *const names[REFERRALS_NAMES],
    struct fault *why)
{
	const char *const sure[REFERRALS_NAMES] = {
		[REFERRALS_CASE_ID] = names[REFERRALS_CASE_ID],
		[REFERRALS_DISPLAY] = names[REFERRALS_DISPLAY],
		/* A number that stands for none is nobody's. */
		[REFERRALS_INDIVIDUAL] = primero_body_number(f->referral),
	};

	if (referrals_of_child(f->later_no->children, sure, f->later_no->rows,
		take_row, f, why) == -1 &&
	    !f->too_many)
		return -1;
	f->unreadable |= f->too_many;
	for (const struct link *l = f->to_read; l != NULL; l = l->next)
		if (read_kept(f, l->ref, why) == -1)
			return -1;
	return 0;
}

/* As a list, which is what a rule is asked with. */
static int
give(const struct search *f, struct held_here *out, struct fault *why)
{
	const struct consent **records;
	size_t n = 0;

	records = arena_take_array(f->out, f->count, sizeof(void *), why);
	if (records == NULL)
		return -1;
	for (const struct link *l = f->found; l != NULL; l = l->next)
		records[n++] = &l->consent;
	*out = (struct held_here){
		.records = records,
		.count = n,
		.unreadable = f->unreadable,
		.recalled = f->recalled,
		.recalled_on = f->recalled ? f->recalled_on : DAY_UNKNOWN,
	};
	return 0;
}

static const char *
text_of(const struct referral *r, enum field f)
{
	return r->value[f].present ? r->value[f].text : NULL;
}

int
later_no_find(struct later_no *h, const struct referral *r,
    const struct standing *kept, struct arena *a, struct held_here *out,
    struct fault *why)
{
	const char *const names[REFERRALS_NAMES] = {
		[REFERRALS_CASE_ID] = r->origin.case_id,
		[REFERRALS_DISPLAY] = text_of(r, FIELD_CASE_ID_DISPLAY),
		[REFERRALS_INDIVIDUAL] = text_of(r, FIELD_UNHCR_INDIVIDUAL_NO),
	};
	struct search f = {
		.later_no = h,
		.referral = r,
		.kept = kept,
		.out = a,
	};

	if (look_agreed(&f, names, why) == -1 ||
	    look_received(&f, names, why) == -1)
		return -1;
	return give(&f, out, why);
}
