#include "import/load.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/bundle.h"
#include "formats/json.h"
#include "formats/ping.h"
#include "formats/referral.h"
#include "store/journal.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define REFS_MAX ((size_t)512 * 1024 * 1024)
#define BODY_MAX ((size_t)4 * 1024 * 1024)
#define FILE_ROOM 20 /* 12 hex digits, ".json", NUL */

/* Everything one load holds. */
struct work {
	const struct loader *by;
	struct arena *arena;	  /* of one referral */
	struct arena *kept_arena; /* of its standing */
	struct bytes refs;	  /* each ended by NUL */
	struct bytes record;
	struct bytes body;
};

/* One referral on its way. */
struct one {
	struct standing standing;
	struct referral referral;
	struct judgement judgement;
	char file[FILE_ROOM];
	enum load_state state;
	struct fault fault;
};

const char *
load_state_name(enum load_state s)
{
	static const char *const names[] = { "created", "unchanged", "held",
		"failed" };

	return names[s];
}

static bool
may_be_loaded(const struct standing *st)
{
	return st->state == STANDING_STAGED || st->state == STANDING_READY;
}

static int
note_ref(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct work *w = context;

	(void)record;
	if (!may_be_loaded(st))
		return 0;
	return bytes_add(&w->refs, st->ref, strlen(st->ref) + 1, why);
}

/* The refs to be loaded: those named, or all that are ready. */
static int
choose(struct work *w, struct fault *why)
{
	if (w->by->only_count == 0)
		return referrals_walk(w->by->store, REFERRAL_RECEIVED,
		    w->kept_arena, note_ref, w, why);
	for (size_t i = 0; i < w->by->only_count; i++) {
		struct standing st;
		const char *ref;

		arena_empty(w->kept_arena);
		ref = referrals_find(w->by->store, REFERRAL_RECEIVED,
		    w->by->only[i], w->kept_arena, why);
		if (ref == NULL ||
		    referrals_get(w->by->store, REFERRAL_RECEIVED, ref,
			w->kept_arena, &st, why) == -1)
			return -1;
		if (!may_be_loaded(&st))
			return FAIL(why, FAULT_REF_STATE, "it is %s",
			    standing_state_name(st.state));
		if (note_ref(&st, NULL, w, why) == -1)
			return -1;
	}
	return 0;
}

/* The record as it was kept; its own form was checked when it came. */
static int
read_record(struct work *w, struct one *o, struct fault *why)
{
	struct json *j = NULL;
	const char *form = NULL;
	int rc = -1, found;

	bytes_empty(&w->record);
	found = referrals_record(w->by->store, REFERRAL_RECEIVED,
	    o->standing.ref, &w->record, why);
	if (found == -1)
		return -1;
	if (found == 0)
		return FAIL(why, FAULT_STORE_DAMAGED, "a record is missing");
	if (json_read(w->record.at, w->record.len, &json_record, &j, why) == -1)
		return -1;
	referral_clear(&o->referral);
	if (referral_read(json_root(j), w->arena, &o->referral, &form, why) ==
	    -1)
		goto done;
	/* Taking fields out changed the content, so its revision differs. */
	if (form != NULL && strcmp(form, "revision") != 0) {
		fault_set(why, FAULT_STORE_DAMAGED, "a record's %s", form);
		goto done;
	}
	rc = 0;
done:
	json_free(j);
	return rc;
}

static int
judge_again(const struct work *w, struct one *o, struct fault *why)
{
	const struct agreement *a = w->by->agreement;
	const struct referral *r = &o->referral;
	const struct bundle_facts facts = {
		.signature_good = true,
		.addressed_to_us = true,
		.environment_same = true,
		.form_good = true,
		.origin_good = true,
	};
	struct question q = {
		.end = AT_IMPORT,
		.today = day_of(w->by->now),
		.referral = r,
		.agreement = a,
		.sender = agreement_node(a, o->standing.partner),
		.receiver = w->by->self,
		.bundle = &facts,
	};

	memset(&o->judgement, 0, sizeof(o->judgement));
	/* No rule can be asked then; it stays as it is, and that is said. */
	if (q.sender == NULL)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED, "the sender, %s",
		    o->standing.partner);
	q.flow = agreement_flow(a, agreement_party(a, r->from_agency),
	    agreement_party(a, r->to_agency));
	rules_judge(&q, &o->judgement);
	return 0;
}

static int
make_body(struct work *w, const struct one *o, struct fault *why)
{
	struct sink *to;
	int rc;

	bytes_empty(&w->body);
	if ((to = bytes_sink_new(&w->body, why)) == NULL)
		return -1;
	rc = ping_write_referral(w->by->agreement, &o->referral, to, why);
	sink_free(to);
	return rc;
}

/* 1: the very same file is there; 0: another one of that name; -1: fault. */
static int
there_already(struct work *w, const char *name, struct fault *why)
{
	int rc;

	bytes_empty(&w->record);
	if (folder_read(w->by->to, name, &w->record, why) == -1)
		return -1;
	rc = w->record.len == w->body.len &&
	    memcmp(w->record.at, w->body.at, w->body.len) == 0;
	return rc;
}

static int
write_body(struct work *w, struct one *o, struct fault *why)
{
	int there;

	o->state = LOAD_CREATED;
	if (!folder_has(w->by->to, o->file))
		return w->by->dry_run ? 0 :
					folder_publish_bytes(w->by->to, o->file,
					    w->body.at, w->body.len, why);
	if ((there = there_already(w, o->file, why)) == -1)
		return -1;
	if (there == 0)
		return FAIL(why, FAULT_DISK_EXISTS, "%s", o->file);
	o->state = LOAD_UNCHANGED;
	return 0;
}

/* The sender learns that it was loaded: a later receipt counts. */
static int
owe_receipt(struct work *w, const struct one *o, struct fault *why)
{
	struct sink *to;
	struct jsonout out;
	int rc;

	bytes_empty(&w->body);
	if ((to = bytes_sink_new(&w->body, why)) == NULL)
		return -1;
	jsonout_start(&out, to);
	jsonout_object(&out, NULL);
	jsonout_text(&out, "type", "receipt");
	jsonout_text(&out, "bundle", o->standing.bundle);
	jsonout_text(&out, "state", "imported");
	jsonout_list(&out, "referrals");
	jsonout_object(&out, NULL);
	jsonout_text(&out, "ref", o->referral.ref);
	jsonout_text(&out, "state", "loaded");
	jsonout_object_end(&out);
	jsonout_list_end(&out);
	jsonout_object_end(&out);
	rc = jsonout_end(&out, why);
	sink_free(to);
	if (rc == -1)
		return -1;
	return owed_put(w->by->store, o->standing.partner, BUNDLE_RECEIPT,
	    w->body.at, w->body.len, why);
}

struct keeping {
	struct work *work;
	struct one *one;
};

/* In one transaction: where it stands, the receipt, the journal. */
static int
keep(struct store *s, void *context, struct fault *why)
{
	struct keeping *k = context;
	struct one *o = k->one;
	char body[96];

	if (o->state == LOAD_HELD) {
		o->standing.state = STANDING_HELD;
		if (standing_from(&o->standing, &o->judgement,
			k->work->kept_arena, why) == -1)
			return -1;
		return referrals_put(s, REFERRAL_RECEIVED, &o->standing, NULL,
		    0, why);
	}
	o->standing.state = STANDING_LOADED;
	o->standing.target = o->file;
	(void)snprintf(body, sizeof(body), "{\"bundle\":\"%.36s\"}",
	    o->standing.bundle != NULL ? o->standing.bundle : "");
	if (referrals_put(s, REFERRAL_RECEIVED, &o->standing, NULL, 0, why) ==
		-1 ||
	    owe_receipt(k->work, o, why) == -1)
		return -1;
	return journal_add(s, ACT_LOADED, k->work->by->now, k->work->by->user,
	    body, why);
}

static int
load_one(struct work *w, struct one *o, struct fault *why)
{
	struct keeping k = { w, o };

	if (read_record(w, o, why) == -1 || judge_again(w, o, why) == -1)
		return -1;
	if (o->judgement.verdict >= VERDICT_HOLD)
		o->state = LOAD_HELD;
	else if (make_body(w, o, why) == -1 || write_body(w, o, why) == -1)
		return -1;
	if (w->by->dry_run)
		return 0;
	return store_transaction(w->by->store, keep, &k, why);
}

/* One that fails does not stop the others. */
static int
load_ref(struct work *w, const char *ref, struct fault *why)
{
	struct one o;
	uint8_t index[SEAL_INDEX];
	char hex[2 * SEAL_INDEX + 1];
	struct fault fault = { FAULT_NONE, "" };
	bool failed;

	memset(&o, 0, sizeof(o));
	arena_empty(w->arena);
	arena_empty(w->kept_arena);
	if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->kept_arena,
		&o.standing, why) == -1)
		return -1;
	referrals_index(w->by->store, ref, index);
	digest_hex(index, sizeof(index), hex);
	(void)snprintf(o.file, sizeof(o.file), "%.12s.json", hex);
	failed = load_one(w, &o, &fault) == -1;
	if (failed)
		o.state = LOAD_FAILED;
	w->by->loaded(w->by->context, ref,
	    o.state == LOAD_CREATED || o.state == LOAD_UNCHANGED ? o.file :
								   NULL,
	    o.state, &o.judgement, failed ? &fault : NULL);
	return 0;
}

int
load_ping(const struct loader *by, struct fault *why)
{
	struct work w = { .by = by };
	int rc = -1;

	bytes_init(&w.refs, REFS_MAX);
	bytes_init(&w.record, BODY_MAX);
	bytes_init(&w.body, BODY_MAX);
	w.arena = arena_new(ARENA, why);
	w.kept_arena = w.arena == NULL ? NULL : arena_new(ARENA, why);
	if (w.kept_arena == NULL || choose(&w, why) == -1)
		goto done;
	for (size_t i = 0; i < w.refs.len;) {
		const char *ref = (const char *)w.refs.at + i;

		i += strlen(ref) + 1;
		if (load_ref(&w, ref, why) == -1)
			goto done;
	}
	rc = 0;
done:
	arena_free(w.arena);
	arena_free(w.kept_arena);
	bytes_free(&w.refs);
	bytes_free(&w.record);
	bytes_free(&w.body);
	return rc;
}
