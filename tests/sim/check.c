#include "tests/sim/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "cli/node.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "formats/agreement.h"
#include "store/bundles.h"
#include "store/log.h"
#include "store/log_heads.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "tests/sim/look.h"
#include "tests/sim/world.h"

#define ARENA ((size_t)16 << 20)
#define KEYS 2
#define MINISIGN_KEY 32

/* What the program says of one child. */
struct view {
	bool received;
	enum standing_state here;
	enum standing_undo undo;
	bool sent;
	enum standing_state there;
	char told[16];
	char decision[16];
	char reason[WHY_ROOM];
	day decided_on;
	bool answer_waits;
	bool recall_waits;
	char why[120]; /* the rules at the receiver */
};

struct check {
	struct world *w;
	int office;
	struct view *view;	   /* by the child's number */
	bool reached[WORLD_NODES]; /* by bundles, from the first hub */
	/* Of each key that an office signed with, and how many, to whom. */
	uint8_t key[WORLD_NODES][KEYS][MINISIGN_KEY];
	int64_t made[WORLD_NODES][KEYS][WORLD_NODES];
};

static const char *
code_of(const struct check *c, int office)
{
	return c->w->office[office].code;
}

static void
differ(const struct check *c, const char *ref, const char *model,
    const char *program)
{
	world_differ(c->w, code_of(c, c->office), ref, model, program);
}

/* --- what the stores say --- */

static void
list_rules(const struct standing *st, char *out, size_t room)
{
	size_t len = 0;

	for (size_t i = 0; i < st->reason_count && len < room; i++)
		if (st->reasons[i].verdict >= VERDICT_HOLD)
			len += (size_t)snprintf(out + len, room - len, " %s",
			    st->reasons[i].rule);
}

static int
take_received(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct check *k = context;
	struct child *c = world_by_ref(k->w, k->office, st->ref);
	struct view *v;

	(void)record;
	(void)why;
	if (c == NULL || c->to != k->office) {
		differ(k, st->ref, "it was not sent here",
		    standing_state_name(st->state));
		return 0;
	}
	v = &k->view[c->number];
	/* Of several versions, one may be in the other system. */
	if (st->version_of != NULL) {
		if (st->state == STANDING_LOADED && c->revision == 0)
			differ(k, st->ref, "there is one version of it",
			    "another one was loaded");
		return 0;
	}
	v->received = true;
	v->here = st->state;
	v->undo = st->undo;
	list_rules(st, v->why, sizeof(v->why));
	return 0;
}

static void
note_sent(struct view *v, const struct standing *st)
{
	v->sent = true;
	v->there = st->state;
	(void)snprintf(v->told, sizeof(v->told), "%s",
	    st->told != NULL ? st->told : "");
	(void)snprintf(v->decision, sizeof(v->decision), "%s",
	    st->decision != NULL ? st->decision : "nothing");
	(void)snprintf(v->reason, sizeof(v->reason), "%s",
	    st->decision_reason != NULL ? st->decision_reason : "");
	v->decided_on = st->decided_on;
	v->answer_waits =
	    st->decision != NULL && st->answer_in > st->answer_written;
	v->recall_waits = standing_recall_waits(st);
}

static int
take_sent(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct check *k = context;
	struct child *c = world_by_ref(k->w, k->office, st->ref);

	(void)record;
	(void)why;
	if (c == NULL || c->origin != k->office) {
		differ(k, st->ref, "it was not sent from here",
		    standing_state_name(st->state));
		return 0;
	}
	for (int i = 0; i < k->w->child_count; i++)
		if (world_same(&k->w->child[i], c))
			note_sent(&k->view[i], st);
	return 0;
}

/* Numbers are without gaps and used once, over all and for each partner. */
static int
take_made(struct check *k, struct store *s, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	int64_t seq[KEYS] = { 0 }, n;
	int more, to;

	while ((more = bundles_made_after(s, NULL, &b, &b, why)) == 1) {
		for (to = 0; strcmp(code_of(k, to), b.receiver) != 0; to++)
			;
		n = b.sender - 1;
		if (n < 0 || n >= KEYS ||
		    bundles_own_sign(s, b.sender, k->key[k->office][n], why) !=
			1)
			return -1;
		if (b.seq != ++seq[n] ||
		    b.sequence != ++k->made[k->office][n][to])
			differ(k, b.id, "its numbers follow those before",
			    "they do not");
		if (!b.carried)
			differ(k, b.id, "every bundle left", "it did not");
	}
	return more;
}

static int
check_owed(struct check *k, struct store *s, struct fault *why)
{
	static const enum bundle_record kinds[] = { BUNDLE_RECALL,
		BUNDLE_ANSWER, BUNDLE_STATUS };
	int64_t count, never;
	char said[64];

	for (int i = 0; i < k->w->nodes; i++) {
		for (size_t n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++) {
			if (owed_of_kind(s, code_of(k, i), kinds[n], &count,
				&never, why) == -1)
				return -1;
			if (count == 0)
				continue;
			(void)snprintf(said, sizeof(said),
			    "%" PRId64 " of kind %s", count,
			    bundle_record_name(kinds[n]));
			differ(k, code_of(k, i), "nothing is owed to it", said);
		}
	}
	return 0;
}

/* A renewed agreement goes where referrals go, and comes from where they do. */
static void
find_reached(struct check *k)
{
	bool more = true;

	k->reached[0] = true;
	while (more) {
		more = false;
		for (int i = 0; i < k->w->child_count; i++) {
			const struct child *c = &k->w->child[i];

			if (c->sent_op == 0 ||
			    k->reached[c->origin] == k->reached[c->to])
				continue;
			k->reached[c->origin] = true;
			k->reached[c->to] = true;
			more = true;
		}
	}
}

static void
check_agreement(struct check *k, struct home *h)
{
	int64_t wanted =
	    k->w->rotated != 0 && k->w->today >= k->w->days / 2 ? 2 : 1;

	if (h->agreement == NULL ||
	    (k->reached[k->office] &&
		agreement_of(h->agreement)->version != wanted))
		differ(k, "-", "the renewed agreement came to everybody",
		    "it did not");
}

static int
look_inside(struct home *h, void *context, struct fault *why)
{
	struct check *k = context;
	struct arena *a = arena_new(ARENA, why);
	int rc = -1;

	if (a == NULL)
		return -1;
	check_agreement(k, h);
	if (referrals_walk(h->store, REFERRAL_RECEIVED, a, take_received, k,
		why) == 0 &&
	    referrals_walk(h->store, REFERRAL_SENT, a, take_sent, k, why) ==
		0 &&
	    take_made(k, h->store, why) == 0)
		rc = check_owed(k, h->store, why);
	arena_free(a);
	return rc;
}

static int
look_for_gap(struct check *k, struct home *h, int from, int key,
    struct fault *why)
{
	int64_t made = k->made[from][key][k->office];
	struct bundle_range ranges[16];
	char said[64];
	size_t count;

	if (made == 0)
		return 0;
	if (bundles_ranges(h->store, k->key[from][key], ranges, 16, &count,
		why) == -1)
		return -1;
	if (count == 1 && ranges[0].first == 1 && ranges[0].last == made)
		return 0;
	(void)snprintf(said, sizeof(said),
	    "%zu ranges, the first up to %" PRId64 " of %" PRId64, count,
	    count > 0 ? ranges[0].last : 0, made);
	differ(k, code_of(k, from), "no number of its is missing", said);
	return 0;
}

static bool
made_any(const struct check *k, int from)
{
	return k->made[from][0][k->office] + k->made[from][1][k->office] > 0;
}

/* Every head that somebody saw is one that its log really had. */
static int
check_head(struct check *k, struct store *s, const struct log_head *head,
    const char *note, struct fault *why)
{
	struct merkle_hash root;
	struct checkpoint seen;
	uint64_t size;

	if (log_size(s, &size, why) == -1)
		return -1;
	if (note_peek(note, &seen) && seen.size <= size) {
		if (log_root(s, seen.size, &root, why) == -1)
			return -1;
		if (merkle_same(&root, &seen.root))
			return 0;
	}
	differ(k, head->node, "the head that it saw is one of that log",
	    "that log has another root, or ends before");
	return 0;
}

struct heads {
	struct check *check;
	const char *node;
	struct store *witness;
};

static int
compare_heads(struct home *h, void *context, struct fault *why)
{
	struct heads *k = context;
	struct log_head head = { .number = 0 };
	struct bytes note;
	int more;

	bytes_init(&note, NOTE_MAX);
	while ((more = log_heads_seen_after(k->witness, head.number, &head,
		    &note, why)) == 1) {
		if (strcmp(head.node, k->node) == 0 &&
		    (bytes_add(&note, "", 1, why) == -1 ||
			check_head(k->check, h->store, &head,
			    (const char *)note.at, why) == -1)) {
			more = -1;
			break;
		}
		bytes_empty(&note);
	}
	bytes_free(&note);
	return more;
}

static int
check_log(struct check *k, struct store *s, struct fault *why)
{
	struct heads of = { .check = k, .witness = s };
	struct fault broken;
	int64_t alarms;

	if (log_check(s, &broken) == -1)
		differ(k, "-", "its log is as it was written",
		    fault_text(broken.id)->code);
	if (log_heads_alarms(s, &alarms, why) == -1)
		return -1;
	if (alarms > 0)
		differ(k, "-", "no partner wrote its log anew",
		    "there are alarms");
	for (int i = 0; i < k->w->nodes; i++) {
		of.node = code_of(k, i);
		if (i != k->office && made_any(k, i) &&
		    look_into(k->w, i, compare_heads, &of) == -1)
			return -1;
	}
	return 0;
}

static int
look_for_gaps(struct home *h, void *context, struct fault *why)
{
	struct check *k = context;

	for (int i = 0; i < k->w->nodes; i++)
		for (int key = 0; key < KEYS; key++)
			if (look_for_gap(k, h, i, key, why) == -1)
				return -1;
	return check_log(k, h->store, why);
}

/* Whose keys changed signs with the new ones. */
static void
check_rotated(struct check *k)
{
	int64_t with_new = 0;

	k->office = k->w->rotated;
	for (int to = 0; to < WORLD_HUBS; to++)
		with_new += k->made[k->office][1][to];
	if (k->office != 0 && k->reached[k->office] && with_new == 0)
		differ(k, "-", "its new key signs",
		    "nothing is signed with it");
}

/* --- beside the model --- */

static const char *const words[] = { "nothing", "accepted", "rejected",
	"done" };

/* Where no clock was ever wrong, the day is the one on which it was said. */
static bool
is_said(const struct check *k, const struct child *c, const struct view *v)
{
	char because[WHY_ROOM] = "";

	if (c->said != SAID_NOTHING)
		world_why(c->said_why, because);
	return strcmp(words[c->said], v->decision) == 0 &&
	    strcmp(because, v->reason) == 0 &&
	    (c->said == SAID_NOTHING || k->w->office[c->to].was_wrong ||
		k->w->office[c->origin].was_wrong ||
		v->decided_on == c->said_on);
}

/* Here, or at the other hub that it was referred to. */
static bool
was_said(const struct check *k, const struct child *c, const struct view *v)
{
	for (int i = 0; i < k->w->child_count; i++)
		if (world_same(&k->w->child[i], c) &&
		    is_said(k, &k->w->child[i], v))
			return true;
	return false;
}

/* Then the word of the office that spoke last counts. */
static bool
is_twice(const struct check *k, const struct child *c)
{
	for (int i = 0; i < k->w->child_count; i++)
		if (i != c->number && world_same(&k->w->child[i], c))
			return true;
	return false;
}

static void
check_standing(const struct check *k, const struct child *c)
{
	const struct view *v = &k->view[c->number];
	char said[200], model[64];

	(void)snprintf(said, sizeof(said), "%s here%s, %d files",
	    v->received ? standing_state_name(v->here) : "not", v->why,
	    c->loads);
	if (!v->received || v->here != STANDING_LOADED || c->loads != 1)
		differ(k, c->ref, "consent stands, and it is loaded once",
		    said);
	(void)snprintf(said, sizeof(said), "sent %s, told %s",
	    v->sent ? standing_state_name(v->there) : "not", v->told);
	/* Of what was revised, the word about the later version counts. */
	if (!v->sent || v->told[0] == '\0' ||
	    (c->revision == 0 && !is_twice(k, c) &&
		strcmp(v->told, "loaded") != 0))
		differ(k, c->ref, "its sender knows that it is loaded", said);
	if (!was_said(k, c, v) || v->answer_waits) {
		(void)snprintf(said, sizeof(said), "%s, \"%s\", on %d%s",
		    v->decision, v->reason, (int)v->decided_on,
		    v->answer_waits ? ", and its system was not told" : "");
		(void)snprintf(model, sizeof(model), "%s, of %ld, on %d",
		    words[c->said], c->said_why, (int)c->said_on);
		differ(k, c->ref, model, said);
	}
	if (c->seen_revision != c->revision) {
		(void)snprintf(model, sizeof(model),
		    "version %d of it was read there", c->revision);
		(void)snprintf(said, sizeof(said), "version %d",
		    c->seen_revision);
		differ(k, c->ref, model, said);
	}
}

static void
check_withdrawn(const struct check *k, const struct child *c)
{
	const struct view *v = &k->view[c->number];

	if (v->received && v->here != STANDING_RECALLED &&
	    v->here != STANDING_REFUSED)
		differ(k, c->ref, "consent was taken back: recalled, refused",
		    standing_state_name(v->here));
	if (v->received && c->loads > 0 && v->undo != UNDO_DONE)
		differ(k, c->ref, "it was loaded, and a person undid it",
		    v->undo == UNDO_NONE ? "nobody was asked to" :
					   "it is not done");
	if (v->sent && v->recall_waits)
		differ(k, c->ref, "its sender knows that the recall is done",
		    "it waits for the word");
}

static void
check_child(struct check *k, const struct child *c)
{
	const struct view *v = &k->view[c->number];

	k->office = c->to;
	if (c->kind != CHILD_GOOD && v->received)
		differ(k, c->ref, "it never had consent, or lacks a field",
		    standing_state_name(v->here));
	if (c->kind != CHILD_GOOD)
		return;
	if (c->no)
		check_withdrawn(k, c);
	else
		check_standing(k, c);
}

int
check_all(struct world *w)
{
	struct check *k = calloc(1, sizeof(*k));
	int rc = -1;

	if (k == NULL)
		return -1;
	k->w = w;
	k->view = calloc((size_t)w->child_count + 1, sizeof(*k->view));
	if (k->view == NULL)
		goto done;
	rc = 0;
	find_reached(k);
	for (k->office = 0; k->office < w->nodes; k->office++)
		if (look_into(w, k->office, look_inside, k) == -1)
			rc = -1;
	for (k->office = 0; k->office < w->nodes; k->office++)
		if (look_into(w, k->office, look_for_gaps, k) == -1)
			rc = -1;
	check_rotated(k);
	for (int i = 0; i < w->child_count; i++)
		check_child(k, &w->child[i]);
done:
	free(k->view);
	free(k);
	return rc;
}
