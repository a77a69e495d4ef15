#include "import/load.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/primero_body.h"
#include "formats/records.h"
#include "formats/referral.h"
#include "formats/sheet.h"
#include "import/judge.h"
#include "import/known.h"
#include "import/later_no.h"
#include "import/load_live.h"
#include "import/owing.h"
#include "import/plan.h"
#include "import/undo.h"
#include "policy/take_out.h"
#include "store/journal.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define REFS_MAX ((size_t)512 * 1024 * 1024)
#define BODY_MAX ((size_t)4 * 1024 * 1024)
#define FILE_ROOM 32 /* 12 hex digits, "-answer", "-2", ".json", NUL */
#define INDEX_DIGITS 12
#define BATCH 200 /* in one transaction */

/* Everything one load holds. */
struct work {
	const struct loader *by;
	struct load_live *live; /* NULL: into files */
	struct later_no *later_no;
	struct arena *arena;	  /* of one referral */
	struct arena *kept_arena; /* of its standing */
	struct bytes refs;	  /* each ended by NUL */
	struct bytes answered;	  /* likewise, of what was sent from here */
	struct bytes undos;	  /* likewise, of what is withdrawn */
	struct bytes record;
	struct bytes body;
	size_t passed_over;
	size_t in_batch;
	uint64_t done;
	uint64_t all;
};

/* One referral on its way, or one decision. */
struct one {
	struct standing standing;
	struct referral referral;
	struct judgement judgement;
	const char *known_record;  /* NULL: none */
	char case_id[RANDOM_UUID]; /* of a case that is made */
	const char *target_id;
	const char *missing[VERDICT_FIELDS_MAX];
	size_t missing_count;
	bool stays_held; /* its sheet is only for what is missing */
	bool undo;	 /* the task for a person */
	bool is_referral;
	bool to_give; /* it is there, and its user has not got it yet */
	char file[FILE_ROOM];
	bool renewed; /* what is said of it changes: another name each time */
	char older[LOAD_OLDER][FILE_ROOM];
	size_t older_count;
	enum load_state state;
};

const char *
load_state_name(enum load_state s)
{
	static const char *const names[] = { "created", "added", "unchanged",
		"held", "failed", "linked", "revoked", "sent" };

	return names[s];
}

/* --- which --- */

/*
 * Is it held for nothing but an incident at its sender?  It was judged well
 * before, so it is tried again: the next agreement may have cleared that office.
 */
static bool
waits_for_agreement(const struct standing *st)
{
	bool waits = false;

	if (st->state != STANDING_HELD)
		return false;
	for (size_t i = 0; i < st->reason_count; i++) {
		if (st->reasons[i].verdict < VERDICT_HOLD)
			continue;
		if (strcmp(st->reasons[i].rule, "B-SIG") != 0)
			return false;
		waits = true;
	}
	return waits;
}

static bool
may_be_loaded(const struct standing *st)
{
	return st->state == STANDING_STAGED || st->state == STANDING_READY ||
	    waits_for_agreement(st);
}

bool
load_lacks_fields_only(const struct standing *st)
{
	bool lacks = false;

	if (st->state != STANDING_HELD)
		return false;
	for (size_t i = 0; i < st->reason_count; i++) {
		if (st->reasons[i].verdict < VERDICT_HOLD)
			continue;
		if (strcmp(st->reasons[i].rule, "D-MIN") != 0)
			return false;
		lacks = true;
	}
	return lacks;
}

/* Is it in that system, and its user was not given it yet? */
static bool
waits_to_be_given(const struct loader *by, const struct standing *st)
{
	return by->to == NULL && st->state == STANDING_LOADED &&
	    st->delivery == DELIVERY_REFER;
}

/* May it be loaded because it was named, though it is held? */
static bool
may_be_shown(const struct loader *by, const struct standing *st)
{
	return by->target->any_system && by->only_count > 0 &&
	    load_lacks_fields_only(st);
}

static enum system_kind
origin_of(const char *ref)
{
	return strncmp(ref, "primero:", 8) == 0 ? SYSTEM_PRIMERO :
						  SYSTEM_PROGRES;
}

/* What came from a system is not loaded into that system. */
static bool
is_for(const struct target *t, const char *ref)
{
	return t->any_system || origin_of(ref) != t->system;
}

/* Has a decision come that our own system was not told yet? */
static bool
waits_for_answer(const struct target *t, const struct standing *st)
{
	return t->answer != NULL && st->decision != NULL &&
	    st->answer_in > st->answer_written &&
	    origin_of(st->ref) == t->system;
}

/*
 * Does a server undo it?  Also where a page was written, and nobody says yet
 * that it is undone: unless that page says that the server could not.
 */
static bool
server_undoes(const struct work *w, const struct standing *st)
{
	return w->live != NULL && w->by->target->format == FORMAT_PRIMERO &&
	    st->undo_why == NULL;
}

static int
add_ref(struct work *w, struct bytes *to, const char *ref, struct fault *why)
{
	w->all++;
	return bytes_add(to, ref, strlen(ref) + 1, why);
}

static int
note_received(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct work *w = context;

	(void)record;
	if (standing_to_undo(st) &&
	    (st->undo != UNDO_WRITTEN || server_undoes(w, st)) &&
	    is_for(w->by->target, st->ref))
		return add_ref(w, &w->undos, st->ref, why);
	if (!may_be_loaded(st) && !waits_to_be_given(w->by, st))
		return 0;
	if (is_for(w->by->target, st->ref))
		return add_ref(w, &w->refs, st->ref, why);
	w->passed_over++;
	return 0;
}

static int
note_sent(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct work *w = context;

	(void)record;
	if (!waits_for_answer(w->by->target, st))
		return 0;
	return add_ref(w, &w->answered, st->ref, why);
}

/* 1, 0 if nothing here has that name, or -1. */
static int
get_named(struct work *w, enum direction d, const char *name,
    struct standing *st, struct fault *why)
{
	const char *ref;

	arena_empty(w->kept_arena);
	ref = referrals_find(w->by->store, d, name, w->kept_arena, why);
	if (ref == NULL)
		return why->id == FAULT_REF_UNKNOWN ? 0 : -1;
	if (referrals_get(w->by->store, d, ref, w->kept_arena, st, why) == 1)
		return 1;
	return FAIL(why, FAULT_STORE_DAMAGED, "a referral that was found");
}

static int
choose_named(struct work *w, const char *name, struct fault *why)
{
	struct standing st;
	int found = get_named(w, REFERRAL_RECEIVED, name, &st, why);

	if (found == -1)
		return -1;
	if (found == 1) {
		if (standing_to_undo(&st) && is_for(w->by->target, st.ref))
			return add_ref(w, &w->undos, st.ref, why);
		if (may_be_loaded(&st) || may_be_shown(w->by, &st) ||
		    waits_to_be_given(w->by, &st))
			return add_ref(w, &w->refs, st.ref, why);
		return FAIL(why, FAULT_REF_STATE, "it is %s",
		    standing_state_name(st.state));
	}
	if (get_named(w, REFERRAL_SENT, name, &st, why) != 1)
		return -1;
	if (waits_for_answer(w->by->target, &st))
		return add_ref(w, &w->answered, st.ref, why);
	return FAIL(why, FAULT_REF_STATE,
	    "it was sent from here, and no decision about it waits to be "
	    "written there");
}

/* Those named, or all that are ready. */
static int
choose(struct work *w, struct fault *why)
{
	const struct loader *by = w->by;

	for (size_t i = 0; i < by->only_count; i++)
		if (choose_named(w, by->only[i], why) == -1)
			return -1;
	if (by->only_count > 0)
		return 0;
	if (referrals_walk(by->store, REFERRAL_RECEIVED, w->kept_arena,
		note_received, w, why) == -1)
		return -1;
	if (by->target->answer == NULL)
		return 0;
	return referrals_walk(by->store, REFERRAL_SENT, w->kept_arena,
	    note_sent, w, why);
}

/* --- a referral --- */

static int
judge_one(struct work *w, struct one *o, struct fault *why)
{
	const struct judging by = {
		.store = w->by->store,
		.agreement = w->by->agreement,
		.self = w->by->self,
		.later_no = w->later_no,
		.now = w->by->now,
	};

	if (judge_read(w->by->store, o->standing.ref, w->arena, &w->record,
		&o->referral, why) == -1)
		return -1;
	return judge_again(&by, &o->standing, &o->referral, w->arena,
	    &o->judgement, why);
}

/*
 * A sheet may be made of what is held for missing fields alone, for a person
 * to fill in.  Anything else that speaks against it keeps it here.
 */
static bool
may_go(struct one *o)
{
	const struct judgement *j = &o->judgement;

	o->stays_held = o->standing.state == STANDING_HELD &&
	    !waits_for_agreement(&o->standing);
	for (size_t i = 0; i < j->count; i++) {
		const struct reason *r = &j->reasons[i];

		if (r->verdict < VERDICT_HOLD)
			continue;
		if (!o->stays_held || strcmp(r->rule->id, "D-MIN") != 0)
			return false;
		for (size_t k = 0; k < r->field_count; k++)
			o->missing[k] = r->fields[k];
		o->missing_count = r->field_count;
	}
	return true;
}

/* The agreement may list them no more; then somebody else is to take it. */
static int
check_assignee(const struct work *w, const struct one *o, struct fault *why)
{
	const char *to = o->standing.assigned_to;

	if (to == NULL || agreement_user(w->by->self, to) != NULL)
		return 0;
	return FAIL(why, FAULT_REF_ASSIGNEE, "%s is not any more", to);
}

/* In Primero: the case it belongs to, or the id of the one that is made. */
static int
find_case(struct work *w, struct one *o, struct fault *why)
{
	if (w->by->target->format != FORMAT_PRIMERO)
		return 0;
	if (known_find(w->by->store, &o->standing, &o->referral, w->arena,
		&o->known_record, why) == -1)
		return -1;
	o->target_id = o->known_record;
	if (o->known_record != NULL)
		return 0;
	primero_body_case_id(w->by->agreement, &o->referral, o->case_id);
	o->target_id = o->case_id;
	return 0;
}

static int
make_body(struct work *w, const struct one *o, struct fault *why)
{
	const struct target_referral t = {
		.agreement = w->by->agreement,
		.self = w->by->self,
		.referral = &o->referral,
		.known_record = o->known_record,
		.assigned_to = o->standing.assigned_to,
		.missing = o->missing,
		.missing_count = o->missing_count,
	};
	struct sink *to;
	int rc;

	bytes_empty(&w->body);
	if ((to = bytes_sink_new(&w->body, why)) == NULL)
		return -1;
	rc = w->by->target->referral(&t, to, why);
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

/* "0123-answer.json", "0123-answer-2.json", and so on. */
static void
name_nth(const struct one *o, size_t nth, char out[static FILE_ROOM])
{
	const char *dot = strrchr(o->file, '.');

	if (nth == 1 || dot == NULL)
		(void)snprintf(out, FILE_ROOM, "%s", o->file);
	else
		(void)snprintf(out, FILE_ROOM, "%.*s-%zu%s",
		    (int)(dot - o->file), o->file, nth, dot);
}

/*
 * What is said of a referral may change after its file was written, and also
 * between the file and the row that says so, when the power goes.  The names
 * are this node's own for that referral: the new one gets the next, and those
 * that say something else are told, as they must not be loaded after it.  1:
 * the very same is in o->file already; 0: o->file is free; -1.
 */
static int
choose_file(struct work *w, struct one *o, struct fault *why)
{
	char name[FILE_ROOM], chosen[FILE_ROOM] = "";
	bool same = false;

	for (size_t i = 1; i <= (o->renewed ? LOAD_OLDER : 1); i++) {
		int there = 0;

		name_nth(o, i, name);
		if (!folder_has(w->by->to, name)) {
			if (chosen[0] == '\0')
				memcpy(chosen, name, sizeof(chosen));
			continue;
		}
		if ((there = there_already(w, name, why)) == -1)
			return -1;
		if (there == 0)
			memcpy(o->older[o->older_count++], name, sizeof(name));
		else if (!same)
			memcpy(chosen, name, sizeof(chosen));
		same |= there == 1;
	}
	if (chosen[0] == '\0')
		return FAIL(why, FAULT_DISK_EXISTS, "%s", o->file);
	memcpy(o->file, chosen, sizeof(chosen));
	return same;
}

/*
 * From here on the file may be there, whatever happens: a recall finds it, and
 * has it undone.
 */
static int
write_down(struct work *w, struct one *o, const char *file, struct fault *why)
{
	o->standing.target = file;
	if (referrals_put(w->by->store, REFERRAL_RECEIVED, &o->standing, NULL,
		0, why) == -1 ||
	    store_commit(w->by->store, why) == -1)
		return -1;
	w->in_batch = 0;
	return store_begin(w->by->store, why);
}

static int
publish(struct work *w, struct one *o, struct fault *why)
{
	const char *before = o->standing.target;
	struct fault also;

	if (!o->is_referral)
		return folder_publish_bytes(w->by->to, o->file, w->body.at,
		    w->body.len, why);
	if (before == NULL && write_down(w, o, o->file, why) == -1)
		return -1;
	if (folder_publish_bytes(w->by->to, o->file, w->body.at, w->body.len,
		why) == 0)
		return 0;
	/* Where the file is in spite of that, it stands in the store, too. */
	if (before == NULL && !folder_has(w->by->to, o->file))
		(void)write_down(w, o, NULL, &also);
	return -1;
}

static int
write_body(struct work *w, struct one *o, struct fault *why)
{
	int there = choose_file(w, o, why);

	o->state = o->known_record != NULL ? LOAD_ADDED : LOAD_CREATED;
	if (there == -1)
		return -1;
	if (there == 1) {
		o->state = LOAD_UNCHANGED;
		return 0;
	}
	return w->by->dry_run ? 0 : publish(w, o, why);
}

/* --- into a server --- */

static void
tell_plan(const struct work *w, const struct one *o, const struct plan *p)
{
	if (w->by->planned != NULL)
		w->by->planned(w->by->context, o->standing.ref, p);
}

/* What it says is told, and done unless it is a dry run. */
static int
plan_and_do(struct work *w, struct one *o, const struct load_live_one *one,
    struct fault *why)
{
	static const enum load_state states[] = {
		[PLAN_CREATE] = LOAD_CREATED,
		[PLAN_LINK] = LOAD_LINKED,
		[PLAN_ADD_SERVICE] = LOAD_ADDED,
		[PLAN_ASK] = LOAD_FAILED,
		[PLAN_LEAVE] = LOAD_UNCHANGED,
		[PLAN_REVOKE] = LOAD_REVOKED,
		[PLAN_ANSWER] = LOAD_CREATED,
		[PLAN_CHECK] = LOAD_UNCHANGED,
		[PLAN_REFER] = LOAD_UNCHANGED,
		[PLAN_WAIT] = LOAD_SENT,
	};
	const struct plan *p = load_live_planned(w->live);

	if (load_live_plan(w->live, one, why) == -1)
		return -1;
	tell_plan(w, o, p);
	if (!w->by->dry_run || p->action == PLAN_ASK || p->action == PLAN_WAIT)
		return load_live_do(w->live, one, &o->state, &o->target_id,
		    why);
	o->state = states[p->action];
	if (w->by->target->format == FORMAT_DTP)
		o->state = LOAD_SENT;
	o->target_id = p->target_id[0] == '\0' ?
	    NULL :
	    arena_copy(w->kept_arena, p->target_id, strlen(p->target_id), why);
	return p->target_id[0] != '\0' && o->target_id == NULL ? -1 : 0;
}

static int
load_live(struct work *w, struct one *o, struct fault *why)
{
	const struct target_referral t = {
		.agreement = w->by->agreement,
		.self = w->by->self,
		.referral = &o->referral,
		.assigned_to = o->standing.assigned_to,
	};
	const struct load_live_one one = {
		.direction = REFERRAL_RECEIVED,
		.standing = &o->standing,
		.target = &t,
		.body = &w->body,
		.named = w->by->only_count > 0,
		.arena = w->kept_arena,
	};

	/* Whether it can be written at all is found out before. */
	if (w->by->target->format != FORMAT_PRIMERO &&
	    make_body(w, o, why) == -1)
		return -1;
	if (plan_and_do(w, o, &one, why) == -1)
		return -1;
	if (o->state == LOAD_ADDED || o->state == LOAD_LINKED)
		o->known_record = o->target_id;
	return 0;
}

/*
 * How far it came stands in the store, whatever the others do.  -1 if they
 * would all fail in the same way.
 */
static int
end_failed(struct work *w, enum direction d, const struct one *o,
    const struct fault *fault, struct fault *why)
{
	if (w->live == NULL)
		return 0;
	if (!w->by->dry_run &&
	    (referrals_put(w->by->store, d, &o->standing, NULL, 0, why) == -1 ||
		store_commit(w->by->store, why) == -1 ||
		store_begin(w->by->store, why) == -1))
		return -1;
	if (!load_live_ends(fault))
		return 0;
	*why = *fault;
	return -1;
}

/*
 * A person let a newer version in beside one that is in the other system.  In
 * Primero it changes the same row, and a sheet is read by a person; proGres
 * takes everything for new.
 */
static int
ask_earlier(struct work *w, const struct one *o, struct fault *why)
{
	enum format format = w->by->target->format;
	struct standing first;
	int found;

	if (format == FORMAT_PRIMERO || format == FORMAT_SHEET)
		return 0;
	found = referrals_get(w->by->store, REFERRAL_RECEIVED,
	    o->standing.version_of, w->arena, &first, why);
	if (found == -1)
		return -1;
	if (found == 1 &&
	    (first.state == STANDING_LOADED || standing_may_be_there(&first)))
		return FAIL(why, FAULT_TARGET_VERSION, "%s",
		    agreement_system_name(w->by->target->system));
	return 0;
}

/* It was loaded before, withdrawn, and has come again since. */
static int
ask_undone(struct work *w, const struct one *o, struct fault *why)
{
	struct standing first = o->standing;

	if (o->standing.version_of != NULL &&
	    referrals_get(w->by->store, REFERRAL_RECEIVED,
		o->standing.version_of, w->arena, &first, why) == -1)
		return -1;
	if (standing_to_undo(&first))
		return FAIL(why, FAULT_REF_STATE,
		    "the earlier one is to be undone there first, and said so: "
		    "satchel recall --undone");
	return 0;
}

/* What a server was sent, and did not answer, may be there already. */
static int
ask_sent(const struct work *w, const struct one *o, struct fault *why)
{
	if (w->live != NULL || !standing_may_be_there(&o->standing))
		return 0;
	/* What came from one system goes into the other; its answer, back. */
	if ((origin_of(o->standing.ref) == SYSTEM_PROGRES) == o->is_referral) {
		/* The ids are the same ones from a file: no second record. */
		if (w->by->target->format == FORMAT_PRIMERO)
			return 0;
		return FAIL(why, FAULT_REF_STATE,
		    "a load into the server broke off: load --to primero-api "
		    "goes on with it first");
	}
	return FAIL(why, FAULT_SERVER_UNSURE,
	    "a load into its server is not settled: %s",
	    standing_delivery_name(o->standing.delivery));
}

static int
load_one(struct work *w, struct one *o, struct fault *why)
{
	if (judge_one(w, o, why) == -1)
		return -1;
	if (!may_go(o)) {
		o->state = LOAD_HELD;
		return 0;
	}
	if (!is_for(w->by->target, o->referral.ref))
		return FAIL(why, FAULT_TARGET, "it came from %s itself",
		    agreement_system_name(w->by->target->system));
	if (ask_undone(w, o, why) == -1 || ask_sent(w, o, why) == -1 ||
	    (o->standing.version_of != NULL && ask_earlier(w, o, why) == -1))
		return -1;
	/* The agreement may allow less than it did when the referral came. */
	take_out(&o->referral, &o->judgement.strip);
	if (check_assignee(w, o, why) == -1)
		return -1;
	if (w->live != NULL)
		return load_live(w, o, why);
	if (find_case(w, o, why) == -1 || make_body(w, o, why) == -1)
		return -1;
	return write_body(w, o, why);
}

/* --- what is remembered of it --- */

static int
log_it(const struct work *w, const struct standing *st, const char *what,
    struct fault *why)
{
	char body[128];

	(void)snprintf(body, sizeof(body), "{\"bundle\":\"%.36s\"%s}",
	    st->bundle != NULL ? st->bundle : "", what);
	return journal_put(w->by->store,
	    &(struct journal_entry){ ACT_LOADED, w->by->now, w->by->user, body,
		&(struct journal_about){ .ref = standing_true_ref(st) }, 1 },
	    why);
}

/* Where it stands, the receipt, the journal: in the batch's transaction. */
static int
keep(struct work *w, struct one *o, struct fault *why)
{
	struct standing *st = &o->standing;
	struct store *s = w->by->store;

	if (o->state == LOAD_HELD) {
		if (o->to_give)
			return 0;
		st->state = STANDING_HELD;
		if (judge_note(st, &o->judgement, w->kept_arena, why) == -1)
			return -1;
		return referrals_put(s, REFERRAL_RECEIVED, st, NULL, 0, why);
	}
	st->target = w->live != NULL ? load_live_name(w->live) : o->file;
	if (w->live == NULL) {
		st->delivery = DELIVERY_NONE;
		st->sent_into = NULL;
	}
	/* The next referral is compared with the child this case is of. */
	if (o->target_id != NULL) {
		st->record_id = o->target_id;
		if (referrals_note_who(s, &o->referral, w->kept_arena, st,
			why) == -1)
			return -1;
	}
	if (!o->stays_held)
		st->state = STANDING_LOADED;
	if (referrals_put(s, REFERRAL_RECEIVED, st, NULL, 0, why) == -1)
		return -1;
	if (o->to_give)
		return log_it(w, st, ",\"given\":true", why);
	if (o->stays_held)
		return log_it(w, st, ",\"held\":true", why);
	/* The sender learns that it was loaded: a later receipt counts. */
	if (owing_receipt(s, st, "loaded", why) == -1)
		return -1;
	return log_it(w, st, "", why);
}

static void
name_file(struct work *w, struct one *o, const char *part)
{
	uint8_t index[SEAL_INDEX];
	char hex[2 * SEAL_INDEX + 1];

	referrals_index(w->by->store, o->standing.ref, index);
	digest_hex(index, sizeof(index), hex);
	(void)snprintf(o->file, sizeof(o->file), "%.12s%s%s", hex, part,
	    w->by->target->ending);
}

/* A case that is known gets a service row: what it says of the child stays. */
static bool
is_kept(const struct work *w, const struct one *o, size_t f)
{
	const char *group = fields_all[f].group;

	if (o->known_record != NULL && strcmp(group, "service") != 0 &&
	    strcmp(group, "sender") != 0)
		return false;
	return w->by->target->keeps[f] != KEEPS_NOT;
}

static void
list_not_kept(const struct work *w, const struct one *o, struct loaded *l)
{
	for (size_t f = 0; f < FIELD_COUNT; f++)
		if (o->referral.value[f].present && !is_kept(w, o, f))
			l->not_kept[l->not_kept_count++] = fields_all[f].name;
}

/* Into files: what was, or would be, written says what was planned. */
static void
tell_file_plan(const struct work *w, const struct one *o, bool answer,
    const struct fault *fault)
{
	struct plan p = { .action = PLAN_CREATE };

	if ((o->state == LOAD_HELD && fault == NULL) ||
	    (fault != NULL && fault->id != FAULT_TARGET_CASE))
		return;
	if (fault != NULL) {
		p.action = PLAN_ASK;
		p.why = *fault;
	} else if (o->undo)
		p.action = PLAN_REVOKE;
	else if (answer)
		p.action = PLAN_ANSWER;
	else if (o->state == LOAD_UNCHANGED)
		p.action = PLAN_LEAVE;
	else if (o->known_record != NULL)
		p.action = PLAN_ADD_SERVICE;
	if (o->target_id != NULL)
		(void)snprintf(p.target_id, sizeof(p.target_id), "%s",
		    o->target_id);
	tell_plan(w, o, &p);
}

static void
tell(const struct work *w, const struct one *o, bool answer,
    const struct fault *fault)
{
	bool there = o->state != LOAD_HELD && o->state != LOAD_FAILED;
	struct loaded l = {
		.ref = o->standing.ref,
		.file = there && w->live == NULL ? o->file : NULL,
		.target_id = there ? o->target_id : NULL,
		.answer = answer,
		.undo = o->undo,
		.state = o->state,
		.judgement = answer || o->undo ? NULL : &o->judgement,
		.fault = fault,
	};

	if (there && !answer && !o->undo)
		list_not_kept(w, o, &l);
	for (size_t i = 0; there && i < o->older_count; i++)
		l.older[l.older_count++] = o->older[i];
	if (w->live == NULL)
		tell_file_plan(w, o, answer, fault);
	w->by->loaded(w->by->context, &l);
}

/*
 * What a server took and has not proved is not loaded, and did not fail; what a
 * person has to settle waits for that.
 */
static enum load_state
not_done(const struct fault *fault)
{
	switch (fault->id) {
	case FAULT_SERVER_NO_PROOF:
	case FAULT_SERVER_PENDING:
		return LOAD_SENT;
	case FAULT_TARGET_CASE:
	case FAULT_SERVER_UNSURE:
	case FAULT_SERVER_REJECTED:
	case FAULT_SERVER_LOST:
	case FAULT_SERVER_UNDO:
		return LOAD_HELD;
	default:
		return LOAD_FAILED;
	}
}

/* It was done: what of it is left to a person, or NULL. */
static const struct fault *
what_is_left(const struct work *w, const struct one *o)
{
	const struct fault *left;

	if (w->live == NULL || w->by->dry_run || o->state == LOAD_HELD)
		return NULL;
	left = load_live_left(w->live);
	return left->id != FAULT_NONE ? left : NULL;
}

/* It stands in the store, also if the line has ended this load. */
static int
go_on(struct work *w, struct fault *why)
{
	struct fault ended;

	if (w->live == NULL || w->by->dry_run ||
	    load_live_goes_on(w->live, &ended) == 0)
		return 0;
	if (store_commit(w->by->store, why) == -1 ||
	    store_begin(w->by->store, why) == -1)
		return -1;
	*why = ended;
	return -1;
}

/* One that fails does not stop the others. */
static int
load_ref(struct work *w, const char *ref, struct fault *why)
{
	struct one o = { .state = LOAD_FAILED, .is_referral = true };
	struct fault fault = { FAULT_NONE, "" };

	if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->kept_arena,
		&o.standing, why) != 1)
		return -1;
	/* It was named twice. */
	o.to_give = waits_to_be_given(w->by, &o.standing);
	if (!may_be_loaded(&o.standing) && !o.to_give &&
	    !may_be_shown(w->by, &o.standing))
		return 0;
	name_file(w, &o, "");
	if (load_one(w, &o, &fault) == -1) {
		o.state = not_done(&fault);
		tell(w, &o, false, &fault);
		return end_failed(w, REFERRAL_RECEIVED, &o, &fault, why);
	}
	if (keep(w, &o, why) == -1)
		return -1;
	tell(w, &o, false, what_is_left(w, &o));
	return o.state == LOAD_HELD ? 0 : go_on(w, why);
}

/* --- a decision about what was sent from here --- */

/* The ids of the referral, as its own system has them. */
static int
find_origin(const struct standing *st, struct origin *out, struct fault *why)
{
	const char *colon = strchr(st->ref, ':'), *hash;

	*out = (struct origin){
		.record_id = st->record_id,
		.case_id = st->case_id,
		.intervention_id = st->intervention_id,
		.business_unit = st->business_unit,
	};
	if (colon == NULL)
		return FAIL(why, FAULT_STORE_DAMAGED, "a ref");
	if (origin_of(st->ref) == SYSTEM_PROGRES) {
		out->system = ORIGIN_PROGRES;
		out->intervention_number = colon + 1;
		return 0;
	}
	out->system = ORIGIN_PRIMERO;
	if ((hash = strrchr(st->ref, '#')) == NULL)
		return FAIL(why, FAULT_STORE_DAMAGED, "a ref");
	out->service_id = hash + 1;
	return 0;
}

static int
write_answer(struct work *w, struct one *o, struct fault *why)
{
	const struct standing *st = &o->standing;
	const struct answer answer = {
		.ref = st->ref,
		.decision = st->decision,
		.reason = st->decision_reason,
		.decided_on = st->decided_on,
		.target_id = st->target_id,
	};
	struct origin origin;
	const struct target_answer t = {
		.agreement = w->by->agreement,
		.self = w->by->self,
		.origin = &origin,
		.answer = &answer,
	};
	const struct load_live_one one = {
		.direction = REFERRAL_SENT,
		.standing = &o->standing,
		.answer = &t,
		.body = &w->body,
		.named = w->by->only_count > 0,
		.arena = w->kept_arena,
	};
	struct sink *to;
	int rc;

	if (find_origin(st, &origin, why) == -1 || ask_sent(w, o, why) == -1)
		return -1;
	bytes_empty(&w->body);
	if ((to = bytes_sink_new(&w->body, why)) == NULL)
		return -1;
	rc = w->by->target->answer(&t, to, why);
	sink_free(to);
	if (rc == -1)
		return -1;
	return w->live != NULL ? plan_and_do(w, o, &one, why) :
				 write_body(w, o, why);
}

static int
load_answer(struct work *w, const char *ref, struct fault *why)
{
	struct one o = { .state = LOAD_FAILED, .renewed = true };
	struct fault fault = { FAULT_NONE, "" };

	if (referrals_get(w->by->store, REFERRAL_SENT, ref, w->kept_arena,
		&o.standing, why) != 1)
		return -1;
	if (!waits_for_answer(w->by->target, &o.standing))
		return 0;
	name_file(w, &o, "-answer");
	if (write_answer(w, &o, &fault) == -1) {
		o.state = not_done(&fault);
		tell(w, &o, true, &fault);
		return end_failed(w, REFERRAL_SENT, &o, &fault, why);
	}
	o.standing.answer_written = o.standing.answer_in;
	if (referrals_put(w->by->store, REFERRAL_SENT, &o.standing, NULL, 0,
		why) == -1 ||
	    log_it(w, &o.standing, ",\"answer\":true", why) == -1)
		return -1;
	tell(w, &o, true, what_is_left(w, &o));
	return 0;
}

/* --- what is withdrawn --- */

/* "primero-api": not from a file. */
static bool
went_live(const struct standing *st)
{
	size_t len = st->target == NULL ? 0 : strlen(st->target);

	return len > 4 && strcmp(st->target + len - 4, "-api") == 0;
}

static int
write_undo(struct work *w, struct one *o, struct fault *why)
{
	const struct standing *st = &o->standing;
	const struct sheet_undo task = {
		.agreement = w->by->agreement,
		.self = w->by->self,
		.system = origin_of(st->ref) == SYSTEM_PRIMERO ?
		    SYSTEM_PROGRES :
		    SYSTEM_PRIMERO,
		.ref = judge_true_ref(st),
		.record_id =
		    st->record_id != NULL ? st->record_id : st->sent_into,
		.target_id = st->target_id,
		.individual = st->individual,
		.case_display = st->case_display,
		.file = went_live(st) ? NULL : st->target,
		.over_the_line = went_live(st),
		.reason =
		    st->recall_reason != NULL ? st->recall_reason : "other",
		.on = st->recall_reason != NULL ? st->recall_on : DAY_UNKNOWN,
		.from = st->recall_from,
		.not_by_server = st->undo_why,
	};
	struct sink *to;
	int rc;

	bytes_empty(&w->body);
	if ((to = bytes_sink_new(&w->body, why)) == NULL)
		return -1;
	rc = sheet_write_undo(&task, to, why);
	sink_free(to);
	return rc == -1 ? -1 : write_body(w, o, why);
}

/* Always a page: what is to be done there is done by a person. */
static int
load_undo(struct work *w, const char *ref, struct fault *why)
{
	struct one o = { .state = LOAD_FAILED, .undo = true, .renewed = true };
	struct fault fault = { FAULT_NONE, "" };

	if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->kept_arena,
		&o.standing, why) != 1)
		return -1;
	/* It was named twice. */
	if (!standing_to_undo(&o.standing))
		return 0;
	name_file(w, &o, "");
	(void)snprintf(o.file + INDEX_DIGITS, sizeof(o.file) - INDEX_DIGITS,
	    "-undo.html");
	o.target_id = o.standing.target_id;
	if (write_undo(w, &o, &fault) == -1) {
		o.state = not_done(&fault);
		tell(w, &o, false, &fault);
		return 0;
	}
	o.standing.undo = UNDO_WRITTEN;
	if (referrals_put(w->by->store, REFERRAL_RECEIVED, &o.standing, NULL, 0,
		why) == -1 ||
	    log_it(w, &o.standing, ",\"undo\":true", why) == -1)
		return -1;
	tell(w, &o, false, NULL);
	return 0;
}

/* The page for a person says why the server did not do it. */
static int
keep_why(struct work *w, struct one *o, const struct fault *fault,
    struct fault *why)
{
	if (w->by->dry_run || fault->id != FAULT_SERVER_UNDO)
		return 0;
	o->standing.undo_why = fault->detail;
	return referrals_put(w->by->store, REFERRAL_RECEIVED, &o->standing,
	    NULL, 0, why);
}

/* On a server: what was undone by this run is undone, and said so. */
static int
undo_live(struct work *w, const char *ref, struct fault *why)
{
	struct one o = { .state = LOAD_FAILED, .undo = true };
	const struct load_live_one one = {
		.direction = REFERRAL_RECEIVED,
		.standing = &o.standing,
		.arena = w->kept_arena,
	};
	const struct undoer by = { w->by->store, w->by->user, w->by->now,
		w->by->dry_run };
	struct fault fault = { FAULT_NONE, "" };
	const struct fault *left;
	struct standing after;
	int rc;

	if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->kept_arena,
		&o.standing, why) != 1)
		return -1;
	if (!standing_to_undo(&o.standing))
		return 0;
	if (plan_and_do(w, &o, &one, &fault) == -1) {
		o.state = not_done(&fault);
		tell(w, &o, false, &fault);
		if (load_live_ends(&fault)) {
			*why = fault;
			return -1;
		}
		return keep_why(w, &o, &fault, why);
	}
	/* The plan has said what would be done. */
	if (w->by->dry_run)
		return 0;
	left = what_is_left(w, &o);
	tell(w, &o, false, left);
	if (left != NULL) {
		if (log_it(w, &o.standing, ",\"revoked\":true", why) == -1)
			return -1;
		return keep_why(w, &o, left, why);
	}
	if (store_commit(w->by->store, why) == -1)
		return -1;
	rc = undo_done(&by, ref, w->kept_arena, &after, why);
	return rc == -1 ? -1 : store_begin(w->by->store, why);
}

/* --- all of them --- */

/*
 * Each file is on the disk before the rows that say so.  When the power goes in
 * between, the next load makes the same bytes, finds them, and records it; or
 * other ones, if what is said of it has changed since (choose_file).  A
 * dry run does the same without files, and takes the rows back.
 */
static int
end_batch(struct work *w, struct fault *why)
{
	if (w->by->dry_run || (++w->in_batch < BATCH && w->live == NULL))
		return 0;
	w->in_batch = 0;
	if (store_commit(w->by->store, why) == -1)
		return -1;
	return store_begin(w->by->store, why);
}

static int
load_all(struct work *w, const struct bytes *refs,
    int (*load)(struct work *w, const char *ref, struct fault *why),
    struct fault *why)
{
	for (size_t i = 0; i < refs->len;) {
		const char *ref = (const char *)refs->at + i;

		i += strlen(ref) + 1;
		arena_empty(w->arena);
		arena_empty(w->kept_arena);
		if (load(w, ref, why) == -1 || end_batch(w, why) == -1)
			return -1;
		w->done++;
		if (w->by->progress != NULL)
			w->by->progress(w->by->context, w->done, w->all);
	}
	return 0;
}

static int
load_batches(struct work *w, struct fault *why)
{
	if (store_begin(w->by->store, why) == -1)
		return -1;
	if (load_all(w, &w->undos, w->live != NULL ? undo_live : load_undo,
		why) == -1 ||
	    load_all(w, &w->refs, load_ref, why) == -1 ||
	    load_all(w, &w->answered, load_answer, why) == -1) {
		store_roll_back(w->by->store);
		return -1;
	}
	if (!w->by->dry_run)
		return store_commit(w->by->store, why);
	store_roll_back(w->by->store);
	return 0;
}

int
load_run(const struct loader *by, struct fault *why)
{
	struct work w = { .by = by };
	int rc = -1;

	bytes_init(&w.refs, REFS_MAX);
	bytes_init(&w.answered, REFS_MAX);
	bytes_init(&w.undos, REFS_MAX);
	bytes_init(&w.record, BODY_MAX);
	bytes_init(&w.body, BODY_MAX);
	w.arena = arena_new(ARENA, why);
	w.kept_arena = w.arena == NULL ? NULL : arena_new(ARENA, why);
	if (w.kept_arena == NULL ||
	    (by->to == NULL && (w.live = load_live_open(by, why)) == NULL) ||
	    (w.later_no = later_no_new(by->store, why)) == NULL ||
	    choose(&w, why) == -1 || load_batches(&w, why) == -1)
		goto done;
	if (w.passed_over > 0 && by->passed_over != NULL)
		by->passed_over(by->context, w.passed_over);
	rc = 0;
done:
	arena_free(w.arena);
	arena_free(w.kept_arena);
	later_no_free(w.later_no);
	load_live_close(w.live);
	bytes_free(&w.refs);
	bytes_free(&w.answered);
	bytes_free(&w.undos);
	bytes_free(&w.record);
	bytes_free(&w.body);
	return rc;
}
