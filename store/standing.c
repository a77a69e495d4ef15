#include "store/standing.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/fields.h"
#include "formats/json.h"
#include "policy/rules.h"

/* Ours alone, and far more than a standing can say. */
static const struct json_limits limits = {
	.bytes = (size_t)4 * 1024 * 1024,
	.string = (size_t)64 * 1024,
	.members = 1024,
	.depth = 8,
	.record = true,
};

/* These words stand in stores and in --json: never renamed. */
static const struct {
	enum standing_state state;
	const char *word;
} words[] = {
	{ STANDING_SENT, "sent" },
	{ STANDING_HELD, "held" },
	{ STANDING_STAGED, "staged" },
	{ STANDING_READY, "ready" },
	{ STANDING_LOADED, "loaded" },
	{ STANDING_REFUSED, "refused" },
	{ STANDING_RECALLED, "recalled" },
};

#define WORDS (sizeof(words) / sizeof(words[0]))
/* Earlier ones have arrived, or nobody knows any more where they are. */
#define BUNDLES_MAX 64

/* Likewise. */
static const char *const undo_words[] = {
	[UNDO_NONE] = "none",
	[UNDO_DUE] = "due",
	[UNDO_WRITTEN] = "written",
	[UNDO_DONE] = "done",
};

static const char *const delivery_words[] = {
	[DELIVERY_NONE] = "none",
	[DELIVERY_SENDING] = "sending",
	[DELIVERY_UNCONFIRMED] = "unconfirmed",
	[DELIVERY_UNKNOWN] = "unknown",
	[DELIVERY_REFUSED] = "refused",
	[DELIVERY_REFER] = "refer",
	[DELIVERY_PART] = "part",
};

const char *
standing_delivery_name(enum standing_delivery d)
{
	return delivery_words[d];
}

bool
standing_is_loaded_there(const struct standing *st)
{
	return st->loaded_there ||
	    (st->told != NULL && strcmp(st->told, "loaded") == 0);
}

bool
standing_may_be_there(const struct standing *st)
{
	return st->delivery == DELIVERY_SENDING ||
	    st->delivery == DELIVERY_UNCONFIRMED ||
	    st->delivery == DELIVERY_UNKNOWN;
}

const char *
standing_true_ref(const struct standing *st)
{
	return st->version_of != NULL ? st->version_of : st->ref;
}

const char *
standing_state_name(enum standing_state state)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (words[i].state == state)
			return words[i].word;
	}
	return "held";
}

bool
standing_state_read(const char *word, enum standing_state *out)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (strcmp(words[i].word, word) == 0) {
			*out = words[i].state;
			return true;
		}
	}
	return false;
}

struct standing_receiver *
standing_receiver(const struct standing *st, const char *node)
{
	for (size_t i = 0; i < st->receiver_count; i++)
		if (strcmp(st->receivers[i].node, node) == 0)
			return &st->receivers[i];
	return NULL;
}

/* A copy with room for one more. */
static struct standing_receiver *
add_receiver(struct standing *st, struct arena *a, struct fault *why)
{
	struct standing_receiver *all;

	all = arena_take_array(a, st->receiver_count + 1, sizeof(*all), why);
	if (all == NULL)
		return NULL;
	if (st->receiver_count > 0)
		memcpy(all, st->receivers, st->receiver_count * sizeof(*all));
	st->receivers = all;
	return &all[st->receiver_count++];
}

int
standing_find_receivers(struct standing *st, struct arena *a, struct fault *why)
{
	struct standing_receiver *r;

	if (st->receiver_count > 0 ||
	    (st->sent_revision == NULL && st->state != STANDING_SENT))
		return 0;
	if ((r = add_receiver(st, a, why)) == NULL)
		return -1;
	r->node = st->partner;
	r->party = st->party;
	r->told = st->told;
	r->told_sequence = st->told_sequence;
	if (st->state != STANDING_SENT || st->bundle == NULL)
		return 0;
	if ((r->bundles = arena_take(a, sizeof(*r->bundles), why)) == NULL)
		return -1;
	r->bundles[r->bundle_count++] = st->bundle;
	return 0;
}

int
standing_went_to(struct standing *st, const char *node, const char *party,
    const char *bundle, struct arena *a, struct fault *why)
{
	struct standing_receiver *r = standing_receiver(st, node);
	const char **all;
	size_t from;

	if (r == NULL) {
		if ((r = add_receiver(st, a, why)) == NULL)
			return -1;
		r->node = node;
	}
	all = arena_take_array(a, r->bundle_count + 1, sizeof(*all), why);
	if (all == NULL)
		return -1;
	from = r->bundle_count >= BUNDLES_MAX ? 1 : 0;
	for (size_t i = from; i < r->bundle_count; i++)
		all[i - from] = r->bundles[i];
	r->bundle_count -= from;
	all[r->bundle_count++] = bundle;
	r->bundles = all;
	r->party = party;
	r->revision = st->sent_revision;
	return 0;
}

bool
standing_to_undo(const struct standing *st)
{
	/* An older program did not say so. */
	if (st->undo == UNDO_NONE)
		return st->state == STANDING_RECALLED && st->target != NULL;
	return st->undo == UNDO_DUE || st->undo == UNDO_WRITTEN;
}

bool
standing_recall_waits(const struct standing *st)
{
	if (st->recall_reason == NULL)
		return false;
	for (size_t i = 0; i < st->receiver_count; i++)
		if (!st->receivers[i].confirmed)
			return true;
	return false;
}

static int
copy_reason(const struct reason *from, struct standing_reason *to,
    struct arena *a, struct fault *why)
{
	*to = (struct standing_reason){
		.rule = from->rule->id,
		.verdict = from->verdict,
		.text = from->text,
		.remedy = from->remedy,
		.field_count = from->field_count,
		.final = from->final,
	};
	to->fields =
	    arena_take_array(a, from->field_count, sizeof(*to->fields), why);
	if (to->fields == NULL)
		return -1;
	for (size_t i = 0; i < from->field_count; i++)
		to->fields[i] = from->fields[i];
	return 0;
}

static void
list_removed(struct standing *st, const struct strip *strip)
{
	size_t n = 0;

	for (size_t f = 0; f < FIELD_COUNT; f++) {
		if (strip->field[f] ||
		    (f == FIELD_PROTECTION_CONCERNS && strip->concern != 0) ||
		    (f == FIELD_SPECIFIC_NEEDS && strip->specific_need != 0) ||
		    (f == FIELD_LANGUAGE && strip->language != 0))
			st->removed[n++] = fields_all[f].name;
	}
	if (strip->attachments)
		st->removed[n++] = "attachments";
	st->removed_count = n;
}

int
standing_from(struct standing *st, const struct judgement *j, struct arena *a,
    struct fault *why)
{
	st->verdict = j->verdict;
	st->reason_count = j->count;
	st->reasons = arena_take_array(a, j->count, sizeof(*st->reasons), why);
	if (st->reasons == NULL)
		return -1;
	for (size_t i = 0; i < j->count; i++) {
		if (copy_reason(&j->reasons[i], &st->reasons[i], a, why) == -1)
			return -1;
	}
	st->removed =
	    arena_take_array(a, FIELD_COUNT + 1, sizeof(*st->removed), why);
	if (st->removed == NULL)
		return -1;
	list_removed(st, &j->strip);
	return 0;
}

static void
write_list(struct jsonout *o, const char *name, const char *const *texts,
    size_t count)
{
	jsonout_list(o, name);
	for (size_t i = 0; i < count; i++)
		jsonout_text(o, NULL, texts[i]);
	jsonout_list_end(o);
}

static void
write_reason(struct jsonout *o, const struct standing_reason *r)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "rule", r->rule);
	jsonout_text(o, "verdict", verdict_name(r->verdict));
	jsonout_text(o, "text", r->text);
	jsonout_text(o, "remedy", r->remedy);
	write_list(o, "fields", r->fields, r->field_count);
	if (r->final)
		jsonout_boolean(o, "final", true);
	jsonout_object_end(o);
}

/* Left out where it is not known: older stores do not have these names. */
static void
write_who(struct jsonout *o, const struct standing *st)
{
	jsonout_text_if(o, "name_index", st->name_index);
	jsonout_text_if(o, "birth_index", st->birth_index);
	jsonout_text_if(o, "sex_index", st->sex_index);
}

/* Left out while nothing is known, likewise. */
static void
write_decision(struct jsonout *o, const struct standing *st)
{
	char decided_on[DAY_TEXT];

	jsonout_text_if(o, "record_id", st->record_id);
	jsonout_text_if(o, "intervention_id", st->intervention_id);
	jsonout_text_if(o, "business_unit", st->business_unit);
	jsonout_text_if(o, "target_id", st->target_id);
	if (st->answer_in != 0)
		jsonout_integer(o, "answer_in", st->answer_in);
	if (st->answer_written != 0)
		jsonout_integer(o, "answer_written", st->answer_written);
	if (st->decision == NULL)
		return;
	day_write(st->decided_on, decided_on);
	jsonout_text(o, "decision", st->decision);
	jsonout_text_if(o, "decision_reason", st->decision_reason);
	jsonout_text(o, "decided_on", decided_on);
}

/* How it came, likewise. */
static void
write_coming(struct jsonout *o, const struct standing *st)
{
	char created[DAY_TEXT];

	if (st->their_agreement != 0)
		jsonout_integer(o, "their_agreement", st->their_agreement);
	if (st->use_by != 0)
		jsonout_integer(o, "use_by", st->use_by);
	if (st->created == DAY_UNKNOWN)
		return;
	day_write(st->created, created);
	jsonout_text(o, "created", created);
}

static void
write_receivers(struct jsonout *o, const struct standing *st)
{
	if (st->receiver_count == 0)
		return;
	jsonout_list(o, "receivers");
	for (size_t i = 0; i < st->receiver_count; i++) {
		const struct standing_receiver *r = &st->receivers[i];

		jsonout_object(o, NULL);
		jsonout_text(o, "node", r->node);
		jsonout_text_if(o, "party", r->party);
		jsonout_text_if(o, "revision", r->revision);
		write_list(o, "bundles", r->bundles, r->bundle_count);
		jsonout_text_if(o, "told", r->told);
		jsonout_integer(o, "told_sequence", r->told_sequence);
		jsonout_text_if(o, "recall_bundle", r->recall_bundle);
		jsonout_boolean(o, "heard", r->heard);
		jsonout_boolean(o, "confirmed", r->confirmed);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

/* Left out where it never was recalled, and nobody thinks it should be. */
static void
write_recall(struct jsonout *o, const struct standing *st)
{
	char on[DAY_TEXT];

	if (st->recall_reason != NULL) {
		day_write(st->recall_on, on);
		jsonout_text(o, "recall_reason", st->recall_reason);
		jsonout_text(o, "recall_on", on);
		jsonout_integer(o, "recall_at", st->recall_at);
		jsonout_text_if(o, "recall_from", st->recall_from);
		jsonout_text_if(o, "recall_bundle", st->recall_bundle);
	}
	if (st->undo != UNDO_NONE)
		jsonout_text(o, "undo", undo_words[st->undo]);
	jsonout_text_if(o, "undo_why", st->undo_why);
	if (st->draft != NULL) {
		day_write(st->draft_on, on);
		jsonout_text(o, "draft", st->draft);
		jsonout_text(o, "draft_on", on);
	}
}

static void
write_all(struct jsonout *o, const struct standing *st)
{
	char judged_on[DAY_TEXT], made_on[DAY_TEXT], no_on[DAY_TEXT];

	day_write(st->judged_on, judged_on);
	day_write(st->made_on, made_on);
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", st->ref);
	jsonout_text_if(o, "case_id", st->case_id);
	jsonout_text_if(o, "case_display", st->case_display);
	jsonout_text_if(o, "individual", st->individual);
	write_who(o, st);
	jsonout_text(o, "revision", st->revision);
	jsonout_text_if(o, "whole_revision", st->whole_revision);
	jsonout_text_if(o, "facts", st->facts);
	jsonout_text_if(o, "refers", st->refers);
	jsonout_text_if(o, "refers_name", st->refers_name);
	jsonout_text_if(o, "service", st->service);
	jsonout_text(o, "priority", st->priority);
	jsonout_text(o, "state", standing_state_name(st->state));
	jsonout_text(o, "verdict", verdict_name(st->verdict));
	jsonout_text(o, "partner", st->partner);
	jsonout_text_if(o, "bundle", st->bundle);
	jsonout_integer(o, "sequence", st->sequence);
	jsonout_integer(o, "agreement", st->agreement);
	write_coming(o, st);
	jsonout_text(o, "judged_on", judged_on);
	jsonout_text(o, "made_on", made_on);
	jsonout_text_if(o, "sent_revision", st->sent_revision);
	jsonout_text_if(o, "version_of", st->version_of);
	jsonout_text_if(o, "party", st->party);
	jsonout_integer(o, "told_sequence", st->told_sequence);
	jsonout_text_if(o, "told", st->told);
	if (st->loaded_there)
		jsonout_boolean(o, "loaded_there", true);
	jsonout_text_if(o, "target", st->target);
	write_decision(o, st);
	jsonout_list(o, "reasons");
	for (size_t i = 0; i < st->reason_count; i++)
		write_reason(o, &st->reasons[i]);
	jsonout_list_end(o);
	write_list(o, "removed", st->removed, st->removed_count);
	jsonout_text_if(o, "assigned_to", st->assigned_to);
	if (st->said_no) {
		day_write(st->no_on, no_on);
		jsonout_text(o, "no_on", no_on);
	}
	write_receivers(o, st);
	write_recall(o, st);
	if (st->delivery != DELIVERY_NONE) {
		jsonout_text(o, "delivery", delivery_words[st->delivery]);
		if (st->delivery_at != 0)
			jsonout_integer(o, "delivery_at", st->delivery_at);
	}
	jsonout_text_if(o, "transaction", st->transaction);
	jsonout_text_if(o, "sent_into", st->sent_into);
	if (st->purged_at != 0)
		jsonout_integer(o, "purged_at", st->purged_at);
	jsonout_object_end(o);
}

static bool
is_whole(const struct standing *st)
{
	const struct standing_reason *r;

	for (size_t i = 0; i < st->reason_count; i++) {
		r = &st->reasons[i];
		if (r->rule == NULL || r->text == NULL || r->remedy == NULL)
			return false;
	}
	return st->ref != NULL && st->revision != NULL &&
	    st->priority != NULL && st->partner != NULL;
}

int
standing_write(const struct standing *st, struct bytes *out, struct fault *why)
{
	struct sink *to = NULL;
	struct jsonout o;
	size_t before = out->len;
	int rc = -1;

	if (!is_whole(st))
		return FAIL(why, FAULT_INSIDE, "a standing lacks a text");
	if ((to = bytes_sink_new(out, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	write_all(&o, st);
	if (jsonout_end(&o, why) == -1)
		goto done;
	/* What could not be read again must not be kept. */
	if (json_check(out->at + before, out->len - before, &limits, why) ==
	    -1) {
		fault_set(why, FAULT_INSIDE, "a standing says too much");
		goto done;
	}
	rc = 0;

done:
	sink_free(to);
	return rc;
}

/* Reading a standing; the first thing that is wrong is kept. */
struct reading {
	struct arena *a;
	struct fault *why;
	bool failed;
};

static void
fail(struct reading *r, const char *name)
{
	if (!r->failed)
		fault_set(r->why, FAULT_STORE_DAMAGED, "a standing's \"%s\"",
		    name);
	r->failed = true;
}

static const char *
keep(struct reading *r, const char *text)
{
	const char *copy;

	if (r->failed)
		return NULL;
	copy = arena_copy(r->a, text, strlen(text), r->why);
	r->failed = copy == NULL;
	return copy;
}

static const char *
read_text_if(struct reading *r, const struct json_node *from, const char *name)
{
	const struct json_node *n = json_get(from, name);

	if (n == NULL)
		return NULL;
	if (json_text(n) == NULL) {
		fail(r, name);
		return NULL;
	}
	return keep(r, json_text(n));
}

static const char *
read_text(struct reading *r, const struct json_node *from, const char *name)
{
	if (json_get(from, name) == NULL)
		fail(r, name);
	return read_text_if(r, from, name);
}

static int64_t
read_integer(struct reading *r, const struct json_node *from, const char *name)
{
	int64_t out = 0;

	if (!json_integer(json_get(from, name), &out))
		fail(r, name);
	return out;
}

static int64_t
read_integer_if(struct reading *r, const struct json_node *from,
    const char *name)
{
	return json_get(from, name) == NULL ? 0 : read_integer(r, from, name);
}

static enum verdict
read_verdict(struct reading *r, const struct json_node *from)
{
	static const enum verdict all[] = { VERDICT_SHARE, VERDICT_NOTE,
		VERDICT_STRIP, VERDICT_HOLD, VERDICT_REFUSE };
	const char *word = json_get_text(from, "verdict");

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (word != NULL && strcmp(word, verdict_name(all[i])) == 0)
			return all[i];
	}
	fail(r, "verdict");
	return VERDICT_REFUSE;
}

/* Room for what the list called `name` holds; NULL after a fault. */
static void *
read_room(struct reading *r, const struct json_node *list, const char *name,
    size_t size)
{
	void *room;

	if (list == NULL || json_kind(list) != JSON_LIST)
		fail(r, name);
	if (r->failed)
		return NULL;
	room = arena_take_array(r->a, json_count(list), size, r->why);
	r->failed = room == NULL;
	return room;
}

static const char **
read_list(struct reading *r, const struct json_node *from, const char *name,
    size_t *count)
{
	const struct json_node *list = json_get(from, name), *n;
	const char **out = read_room(r, list, name, sizeof(*out));

	*count = 0;
	for (n = json_first(list); n != NULL && !r->failed; n = json_next(n)) {
		if (json_text(n) == NULL)
			fail(r, name);
		else
			out[(*count)++] = keep(r, json_text(n));
	}
	return out;
}

static void
read_reasons(struct reading *r, const struct json_node *from,
    struct standing *out)
{
	const struct json_node *list = json_get(from, "reasons"), *n;
	struct standing_reason *at;

	out->reasons = read_room(r, list, "reasons", sizeof(*out->reasons));
	for (n = json_first(list); n != NULL && !r->failed; n = json_next(n)) {
		at = &out->reasons[out->reason_count++];
		at->rule = read_text(r, n, "rule");
		at->verdict = read_verdict(r, n);
		at->text = read_text(r, n, "text");
		at->remedy = read_text(r, n, "remedy");
		at->fields = read_list(r, n, "fields", &at->field_count);
		if (json_get(n, "final") != NULL &&
		    !json_boolean(json_get(n, "final"), &at->final))
			fail(r, "final");
	}
}

/* A day that is not known is written as no text. */
static day
read_day(struct reading *r, const struct json_node *from, const char *name)
{
	const char *text = json_get_text(from, name);
	day out = DAY_UNKNOWN;

	if (text == NULL || (*text != '\0' && !day_read(text, &out)))
		fail(r, name);
	return out;
}

static void
read_decision(struct reading *r, const struct json_node *from,
    struct standing *out)
{
	out->record_id = read_text_if(r, from, "record_id");
	out->intervention_id = read_text_if(r, from, "intervention_id");
	out->business_unit = read_text_if(r, from, "business_unit");
	out->target_id = read_text_if(r, from, "target_id");
	out->answer_in = read_integer_if(r, from, "answer_in");
	out->answer_written = read_integer_if(r, from, "answer_written");
	out->decision = read_text_if(r, from, "decision");
	out->decision_reason = read_text_if(r, from, "decision_reason");
	out->decided_on = DAY_UNKNOWN;
	if (out->decision != NULL)
		out->decided_on = read_day(r, from, "decided_on");
}

static void
read_receivers(struct reading *r, const struct json_node *from,
    struct standing *out)
{
	const struct json_node *list = json_get(from, "receivers"), *n;
	struct standing_receiver *at;

	if (list == NULL)
		return;
	out->receivers =
	    read_room(r, list, "receivers", sizeof(*out->receivers));
	for (n = json_first(list); n != NULL && !r->failed; n = json_next(n)) {
		at = &out->receivers[out->receiver_count++];
		at->node = read_text(r, n, "node");
		at->party = read_text_if(r, n, "party");
		at->revision = read_text_if(r, n, "revision");
		at->bundles = read_list(r, n, "bundles", &at->bundle_count);
		at->told = read_text_if(r, n, "told");
		at->told_sequence = read_integer(r, n, "told_sequence");
		at->recall_bundle = read_text_if(r, n, "recall_bundle");
		if (!json_boolean(json_get(n, "heard"), &at->heard) ||
		    !json_boolean(json_get(n, "confirmed"), &at->confirmed))
			fail(r, "receivers");
	}
}

static enum standing_undo
read_undo(struct reading *r, const struct json_node *from)
{
	const char *word = json_get_text(from, "undo");

	if (json_get(from, "undo") == NULL)
		return UNDO_NONE;
	for (size_t i = 0; i < sizeof(undo_words) / sizeof(undo_words[0]); i++)
		if (word != NULL && strcmp(undo_words[i], word) == 0)
			return (enum standing_undo)i;
	fail(r, "undo");
	return UNDO_DUE;
}

/* A word of a later program: it may be there. */
static enum standing_delivery
read_delivery(struct reading *r, const struct json_node *from)
{
	const size_t count = sizeof(delivery_words) / sizeof(delivery_words[0]);
	const char *word = json_get_text(from, "delivery");

	if (json_get(from, "delivery") == NULL)
		return DELIVERY_NONE;
	for (size_t i = 0; i < count; i++)
		if (word != NULL && strcmp(delivery_words[i], word) == 0)
			return (enum standing_delivery)i;
	fail(r, "delivery");
	return DELIVERY_UNKNOWN;
}

static void
read_recall(struct reading *r, const struct json_node *from,
    struct standing *out)
{
	out->recall_on = out->draft_on = DAY_UNKNOWN;
	out->recall_reason = read_text_if(r, from, "recall_reason");
	if (out->recall_reason != NULL) {
		out->recall_on = read_day(r, from, "recall_on");
		out->recall_at = read_integer(r, from, "recall_at");
	}
	out->recall_from = read_text_if(r, from, "recall_from");
	out->recall_bundle = read_text_if(r, from, "recall_bundle");
	out->undo = read_undo(r, from);
	out->undo_why = read_text_if(r, from, "undo_why");
	out->draft = read_text_if(r, from, "draft");
	if (out->draft != NULL)
		out->draft_on = read_day(r, from, "draft_on");
}

int
standing_read(const void *text, size_t len, struct arena *a,
    struct standing *out, struct fault *why)
{
	struct reading r = { .a = a, .why = why };
	const struct json_node *root;
	struct json *json;
	const char *state;

	*out = (struct standing){ 0 };
	if (json_read(text, len, &limits, &json, why) == -1) {
		if (why->id == FAULT_NO_MEMORY)
			return -1;
		return FAIL(why, FAULT_STORE_DAMAGED, "a standing's form");
	}
	root = json_root(json);
	out->ref = read_text(&r, root, "ref");
	out->case_id = read_text_if(&r, root, "case_id");
	out->case_display = read_text_if(&r, root, "case_display");
	out->individual = read_text_if(&r, root, "individual");
	out->name_index = read_text_if(&r, root, "name_index");
	out->birth_index = read_text_if(&r, root, "birth_index");
	out->sex_index = read_text_if(&r, root, "sex_index");
	out->revision = read_text(&r, root, "revision");
	out->whole_revision = read_text_if(&r, root, "whole_revision");
	out->facts = read_text_if(&r, root, "facts");
	out->refers = read_text_if(&r, root, "refers");
	out->refers_name = read_text_if(&r, root, "refers_name");
	out->service = read_text_if(&r, root, "service");
	out->priority = read_text(&r, root, "priority");
	state = json_get_text(root, "state");
	if (state == NULL || !standing_state_read(state, &out->state))
		fail(&r, "state");
	out->verdict = read_verdict(&r, root);
	out->partner = read_text(&r, root, "partner");
	out->bundle = read_text_if(&r, root, "bundle");
	out->sequence = read_integer(&r, root, "sequence");
	out->agreement = read_integer(&r, root, "agreement");
	out->their_agreement = read_integer_if(&r, root, "their_agreement");
	out->use_by = read_integer_if(&r, root, "use_by");
	out->created = json_get(root, "created") == NULL ?
	    DAY_UNKNOWN :
	    read_day(&r, root, "created");
	out->judged_on = read_day(&r, root, "judged_on");
	out->made_on = json_get(root, "made_on") == NULL ?
	    DAY_UNKNOWN :
	    read_day(&r, root, "made_on");
	out->sent_revision = read_text_if(&r, root, "sent_revision");
	out->version_of = read_text_if(&r, root, "version_of");
	out->party = read_text_if(&r, root, "party");
	out->told_sequence = read_integer(&r, root, "told_sequence");
	out->told = read_text_if(&r, root, "told");
	if (json_get(root, "loaded_there") != NULL)
		(void)json_boolean(json_get(root, "loaded_there"),
		    &out->loaded_there);
	out->target = read_text_if(&r, root, "target");
	read_decision(&r, root, out);
	read_reasons(&r, root, out);
	out->removed = read_list(&r, root, "removed", &out->removed_count);
	out->assigned_to = read_text_if(&r, root, "assigned_to");
	out->said_no = json_get(root, "no_on") != NULL;
	out->no_on = out->said_no ? read_day(&r, root, "no_on") : DAY_UNKNOWN;
	read_receivers(&r, root, out);
	read_recall(&r, root, out);
	out->delivery = read_delivery(&r, root);
	if (json_get(root, "delivery_at") != NULL)
		out->delivery_at = read_integer(&r, root, "delivery_at");
	out->transaction = read_text_if(&r, root, "transaction");
	out->sent_into = read_text_if(&r, root, "sent_into");
	if (json_get(root, "purged_at") != NULL)
		out->purged_at = read_integer(&r, root, "purged_at");
	json_free(json);
	return r.failed ? -1 : 0;
}
