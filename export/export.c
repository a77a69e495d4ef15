#include "export/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/secrets.h"
#include "crypto/tally.h"
#include "export/carry.h"
#include "export/consents.h"
#include "export/export_live.h"
#include "export/pack.h"
#include "export/partner.h"
#include "export/recall.h"
#include "export/unheard.h"
#include "formats/agreement.h"
#include "policy/hearing.h"
#include "policy/take_out.h"
#include "store/agreements.h"
#include "store/decisions.h"
#include "store/journal.h"
#include "store/judging.h"
#include "store/log_heads.h"
#include "store/owed.h"
#include "store/referrals.h"
#include "store/rosters.h"
#include "store/store.h"

#define KEPT_ARENA ((size_t)16 * 1024 * 1024)
#define RECORD_MAX ((size_t)4 * 1024 * 1024)
/* The agreement, its signatures, and a staff list with its own a party. */
#define MEMBERS_MAX (1 + 3 * AGREEMENTS_PARTIES_MAX)
#define RANGES_MAX 1000
#define REFUSED_MAX 200
#define DAY_SECONDS 86400

/* Everything one export holds, let go in one place. */
struct work {
	const struct exporter *by;
	const struct export_order *order;
	struct exported *out;
	const struct agreement *agreement;
	const struct node *receiver;
	struct export_live *live; /* NULL: from files */
	struct source_file_order live_source;
	struct folder *outbox;
	struct consents *consents;
	struct recall_past *recalls;
	struct tally *seen; /* refs judged in this run */
	size_t *only_met;
	struct arena *kept; /* of what the store remembers of one referral */
	struct bytes record;
	/* Of the referral being judged: what finds it, whatever is taken out. */
	const char *display;
	const char *individual;
	struct standing who;	       /* its indexes of the person alone */
	bool goes;		       /* it is in this bundle */
	const char *sent_revision;     /* of an earlier export; or NULL */
	const struct standing *before; /* what was known of it; or NULL */
	const char *draft;	       /* a recall to be given; or NULL */
	bool decided;		       /* people decided something here */
	char whole[REFERRAL_REVISION]; /* before anything is taken out; "" */
	char facts[FACTS_DIGEST]; /* with it: what else the rules looked at */
	struct referrer refers;	  /* whatever is taken out */
	/* The bundle: its numbers from the start, its file once needed. */
	struct bundle_inside inside;
	const struct minisign_key *signs; /* borrowed from the secrets */
	struct bytes head;		  /* of our log, signed */
	struct bundle_range ranges[RANGES_MAX];
	struct bundle_refused refused[REFUSED_MAX];
	struct bundle_came refused_came[REFUSED_MAX]; /* the codes' own */
	struct pack_member members[MEMBERS_MAX];
	struct bytes enclosed[MEMBERS_MAX]; /* what the members point to */
	size_t member_count;
	size_t enclosed_count;
	bool news; /* the agreement or a staff list is owed by itself */
	/* What goes: for the order in which bundles wait to travel. */
	bool has_recall;
	bool has_emergency;
	bool has_referral;
	char outbox_name[BUNDLE_ID + 16];
	struct pack *pack;
	const char *doing; /* for who watches */
	bool begun;	   /* the store's transaction is open */
};

/* --- what the bundle says of itself --- */

static void
name_bundle(struct work *w)
{
	struct bundle_made *b = &w->out->bundle;

	if (w->order->readable_name)
		(void)snprintf(b->name, sizeof(b->name),
		    "%s_%06" PRId64 ".satchel", w->by->self->code, b->seq);
	else
		(void)snprintf(b->name, sizeof(b->name), "%.8s.satchel", b->id);
	(void)snprintf(w->outbox_name, sizeof(w->outbox_name), "%s.satchel",
	    w->inside.outside.id);
}

static int
take_numbers(struct work *w, struct fault *why)
{
	struct bundle_made *b = &w->out->bundle, last;
	struct bundle_inside *in = &w->inside;
	int found;

	random_uuid(b->id);
	b->created = w->by->now;
	memcpy(b->receiver, w->receiver->code, strlen(w->receiver->code) + 1);
	if (bundles_next(w->by->store, b->receiver, &b->seq, &b->sequence,
		why) == -1)
		return -1;
	memcpy(in->outside.id, b->id, sizeof(b->id));
	in->outside.seq = b->seq;
	in->outside.created = b->created;
	in->sequence = b->sequence;
	found = bundles_last(w->by->store, b->receiver, &last, why);
	if (found == 1) {
		in->has_previous = true;
		memcpy(in->previous_id, last.id, sizeof(last.id));
		memcpy(in->previous_sha256, last.sha256, sizeof(last.sha256));
	}
	return found == -1 ? -1 : 0;
}

/* Those of whose number we know; each number once. */
static int
acknowledge_refused(struct work *w, const uint8_t key[static 32],
    struct fault *why)
{
	struct bundle_inside *in = &w->inside;
	const struct bundle_came *c = w->refused_came;
	int64_t last = 0;
	size_t count;

	if (bundles_refused(w->by->store, key, w->refused_came, REFUSED_MAX,
		&count, why) == -1)
		return -1;
	in->refused = w->refused;
	for (; count > 0; count--, c++) {
		if (c->sequence > last)
			in->refused[in->refused_count++] =
			    (struct bundle_refused){ c->sequence, c->code };
		last = c->sequence;
	}
	return 0;
}

/*
 * What of the receiver's stream has arrived here: the stream of the last key
 * that the agreement, whose version the bundle names, lists for the receiver.
 * So both sides know of which stream these numbers are.
 */
static int
acknowledge(struct work *w, struct fault *why)
{
	struct bundle_inside *in = &w->inside;
	const struct node *to = w->receiver;

	in->ranges = w->ranges;
	if (to->sign_count == 0)
		return 0;
	if (bundles_ranges(w->by->store, to->sign[to->sign_count - 1].key,
		w->ranges, RANGES_MAX, &in->range_count, why) == -1 ||
	    acknowledge_refused(w, to->sign[to->sign_count - 1].key, why) == -1)
		return -1;
	in->acknowledges = in->range_count > 0 || in->refused_count > 0;
	return 0;
}

static bool
lists_key(const struct node *n, const struct minisign_public *key)
{
	for (size_t i = 0; i < n->sign_count; i++)
		if (minisign_public_same(&n->sign[i], key))
			return true;
	return false;
}

/*
 * The last key of ours that this version and the one in force both list: the
 * same key, unless the version does not know it yet.
 */
static void
choose_known(struct work *w, const struct agreement *theirs)
{
	const struct node *us = agreement_node(theirs, w->by->self->code);
	struct minisign_public both[SECRETS_SIGNING_MAX];
	const struct minisign_key *key;
	size_t count = 0;

	if (us == NULL)
		return;
	for (size_t i = 0; i < us->sign_count; i++) {
		key = secrets_signer(w->by->secrets, &us->sign[i], 1);
		if (key != NULL && count < SECRETS_SIGNING_MAX &&
		    lists_key(w->by->self, &us->sign[i]))
			both[count++] = us->sign[i];
	}
	if ((key = secrets_signer(w->by->secrets, both, count)) != NULL)
		w->signs = key;
}

/* Of a version never seen here: what is not new in ours is likely in it. */
static void
choose_oldest(struct work *w)
{
	struct minisign_public old;

	minisign_key_copy_public(secrets_signing(w->by->secrets), &old);
	if (lists_key(w->by->self, &old))
		w->signs = secrets_signing(w->by->secrets);
}

/*
 * A receiver that has an older version of the agreement could not read what a
 * key signs that is new in this one, and the agreement travels in the bundle:
 * so it gets the older key's signature, until its bundles name a version that
 * lists the new one.  Of a receiver that nothing came from, the oldest version
 * is thought.
 */
static int
choose_for_receiver(struct work *w, struct fault *why)
{
	struct agreement_file *file = NULL;
	struct bytes text;
	int64_t named;
	int found = 0, rc = -1;

	bytes_init(&text, AGREEMENT_MAX);
	if (agreements_partner(w->by->store, w->receiver->code, &named, why) ==
		-1 ||
	    (named == 0 && agreements_first(w->by->store, &named, why) == -1))
		goto done;
	if (named < w->agreement->version)
		found = agreements_file(w->by->store, named, &text, why);
	if (found == -1)
		goto done;
	if (found == 1) {
		if ((file = agreement_read(text.at, text.len, why)) == NULL)
			goto done;
		choose_known(w, agreement_of(file));
	} else if (named < w->agreement->version) {
		choose_oldest(w);
	}
	rc = 0;

done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

/* The key that this bundle is signed with; its numbers count. */
static int
choose_key(struct work *w, struct fault *why)
{
	const struct node *self = w->by->self;

	w->signs = secrets_signer(w->by->secrets, self->sign, self->sign_count);
	if (w->signs == NULL)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED, "%s", self->code);
	if (secrets_next(w->by->secrets) != NULL &&
	    choose_for_receiver(w, why) == -1)
		return -1;
	minisign_key_copy_public(w->signs, &w->inside.from_sign);
	return bundles_sign_with(w->by->store, w->inside.from_sign.key, why);
}

static void
say_who(struct work *w)
{
	struct bundle_inside *in = &w->inside;
	const struct agreement *a = w->agreement;

	in->use_by = w->by->now + (moment)a->use_by_days * (moment)DAY_SECONDS;
	in->environment =
	    a->environment == AGREEMENT_LIVE ? BUNDLE_LIVE : BUNDLE_TEST;
	in->from_node = w->by->self->code;
	in->to_node = w->receiver->code;
	in->to_open = w->receiver->open[w->receiver->open_count - 1];
	in->recovery_count = a->recovery_count;
	for (size_t i = 0; i < a->recovery_count; i++)
		in->recovery[i] = a->recovery[i];
	in->agreement_id = a->id;
	in->agreement_version = a->version;
	memcpy(in->agreement_sha256, a->sha256, sizeof(a->sha256));
}

static int
by_name(const void *a, const void *b)
{
	const struct pack_member *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static struct bytes *
room_for(struct work *w)
{
	struct bytes *file = &w->enclosed[w->enclosed_count++];

	bytes_init(file, RECORD_MAX);
	return file;
}

static int
add_signatures(struct work *w, struct fault *why)
{
	struct pack_member *m;

	for (size_t i = 0; i < AGREEMENTS_PARTIES_MAX; i++) {
		struct bytes *file = room_for(w);
		char party[17];
		int found;

		found = agreements_signature(w->by->store,
		    w->agreement->version, i, party, file, why);
		if (found != 1)
			return found;
		m = &w->members[w->member_count++];
		(void)snprintf(m->name, sizeof(m->name), "agreement/%s.minisig",
		    party);
		m->bytes = file->at;
		m->len = file->len;
	}
	return 0;
}

/*
 * The agreement travels until the receiver has named this version.  A renewed
 * one is a reason by itself to send a bundle; the first one is not, since it
 * came with the fingerprint.
 */
static int
enclose_agreement(struct work *w, struct fault *why)
{
	struct pack_member *m = &w->members[0];
	int64_t named, first;

	if (agreements_partner(w->by->store, w->receiver->code, &named, why) ==
		-1 ||
	    agreements_first(w->by->store, &first, why) == -1)
		return -1;
	if (named >= w->agreement->version)
		return 0;
	w->news = w->agreement->version != first;
	w->out->agreement = w->agreement->version;
	(void)snprintf(m->name, sizeof(m->name), "agreement/agreement.json");
	m->bytes = agreement_bytes(w->by->agreement, &m->len);
	w->member_count = 1;
	if (add_signatures(w, why) == -1)
		return -1;
	/* The format wants them by name, which is not by party: '-' < '.'. */
	qsort(&w->members[1], w->member_count - 1, sizeof(w->members[1]),
	    by_name);
	return 0;
}

static void
add_roster(struct work *w, const char *party, const char *suffix,
    const struct bytes *file)
{
	struct pack_member *m = &w->members[w->member_count++];

	(void)snprintf(m->name, sizeof(m->name), "agreement/roster-%s.json%s",
	    party, suffix);
	m->bytes = file->at;
	m->len = file->len;
}

/* The staff list in force of one party, until the receiver has it. */
static int
enclose_roster(struct work *w, const struct party *p, struct fault *why)
{
	struct roster_kept kept;
	struct bytes *file, *signature;
	bool owed = false;
	int found;

	if (rosters_owed(w->by->store, w->receiver->code, p->id, p->roster,
		&owed, why) == -1)
		return -1;
	if (!owed)
		return 0;
	bytes_init(&kept.file, RECORD_MAX);
	bytes_init(&kept.signature, RECORD_MAX);
	found = rosters_below(w->by->store, w->agreement->id, p->id,
	    p->roster + 1, &kept, why);
	file = room_for(w);
	signature = room_for(w);
	*file = kept.file;
	*signature = kept.signature;
	if (found == 0)
		return FAIL(why, FAULT_STORE_DAMAGED, "the staff list of %s",
		    p->id);
	if (found == -1 ||
	    rosters_carried(w->by->store, w->receiver->code, p->id, p->roster,
		w->inside.sequence, why) == -1)
		return -1;
	w->news = true;
	w->out->rosters++;
	add_roster(w, p->id, "", file);
	add_roster(w, p->id, ".minisig", signature);
	return 0;
}

struct listed {
	const struct party *party;
};

static int
by_party(const void *a, const void *b)
{
	const struct listed *left = a, *right = b;

	return strcmp(left->party->id, right->party->id);
}

static int
enclose_rosters(struct work *w, struct fault *why)
{
	struct listed all[AGREEMENTS_PARTIES_MAX] = { { NULL } };
	size_t count = 0;

	for (size_t i = 0; i < w->agreement->party_count; i++)
		if (w->agreement->parties[i].roster != 0 &&
		    count < AGREEMENTS_PARTIES_MAX)
			all[count++].party = &w->agreement->parties[i];
	qsort(all, count, sizeof(all[0]), by_party);
	for (size_t i = 0; i < count; i++)
		if (enclose_roster(w, all[i].party, why) == -1)
			return -1;
	return 0;
}

/* --- packing: the file comes into being with its first record --- */

static int
journal_made(struct work *w, struct fault *why)
{
	const struct bundle_made *b = &w->out->bundle;
	char body[256];

	(void)snprintf(body, sizeof(body),
	    "{\"bundle\":\"%s\",\"seq\":%" PRId64 ",\"sequence\":%" PRId64
	    ",\"to\":\"%s\"}",
	    b->id, b->seq, b->sequence, b->receiver);
	return journal_add(w->by->store, ACT_BUNDLE_MADE, w->by->now,
	    w->by->user, body, why);
}

/*
 * What our log is with the making of this bundle as its last entry: the
 * receiver is one more witness.  What is judged for it comes behind, and the
 * next head speaks of that.
 */
static int
sign_head(struct work *w, struct fault *why)
{
	char origin[NOTE_NAME_ROOM];

	if (log_heads_origin(w->agreement->id, w->by->self->code, origin,
		why) == -1 ||
	    log_heads_sign(w->by->store, origin, w->signs, w->by->now, &w->head,
		why) == -1)
		return -1;
	w->inside.checkpoint = (const char *)w->head.at;
	return 0;
}

static int
open_pack(struct work *w, struct fault *why)
{
	struct pack_order order = {
		.inside = &w->inside,
		.members = w->members,
		.member_count = w->member_count,
		.signs = w->signs,
		.outbox = w->outbox,
		.name = w->outbox_name,
	};

	if (w->pack != NULL || w->by->dry_run)
		return 0;
	if (journal_made(w, why) == -1 || sign_head(w, why) == -1)
		return -1;
	w->pack = pack_new(&order, why);
	return w->pack == NULL ? -1 : 0;
}

struct owed_now {
	struct work *work;
	enum bundle_record kind;
};

static int
pack_owed(const struct bytes *record, void *context, struct fault *why)
{
	struct owed_now *now = context;
	struct work *w = now->work;

	w->out->owed++;
	w->has_recall = w->has_recall || now->kind == BUNDLE_RECALL;
	if (open_pack(w, why) == -1)
		return -1;
	return w->pack == NULL ?
	    0 :
	    pack_record(w->pack, now->kind, record->at, record->len, why);
}

static int
pack_all_owed(struct work *w, struct fault *why)
{
	struct owed_now now = { w, BUNDLE_RECALL };

	for (; now.kind < BUNDLE_REFERRAL; now.kind++)
		if (owed_walk(w->by->store, w->receiver->code, now.kind,
			pack_owed, &now, why) == -1)
			return -1;
	return 0;
}

static int
pack_referral(struct work *w, const struct referral *r, struct fault *why)
{
	struct sink *to;
	struct jsonout o;
	int rc;

	if (open_pack(w, why) == -1)
		return -1;
	if (w->pack == NULL)
		return 0;
	bytes_empty(&w->record);
	if ((to = bytes_sink_new(&w->record, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	referral_write(&o, NULL, r);
	rc = jsonout_end(&o, why);
	sink_free(to);
	if (rc == -1)
		return -1;
	return pack_record(w->pack, BUNDLE_REFERRAL, w->record.at,
	    w->record.len, why);
}

/* --- judging one referral --- */

static void
tell(const struct work *w, const char *ref, const char *state,
    const struct judgement *j)
{
	if (w->by->referral != NULL)
		w->by->referral(w->by->context, ref, state, j);
}

/* Fields that P-FIELDS took out are named to the other side; others are not. */
static int
name_removed(struct referral *r, const struct strip *strip, struct arena *a,
    struct fault *why)
{
	size_t n = 0;

	r->removed.items =
	    arena_take_array(a, FIELD_COUNT, sizeof(char *), why);
	if (r->removed.items == NULL)
		return -1;
	for (size_t f = 0; f < FIELD_COUNT; f++)
		if (strip->by_fields_rule[f])
			r->removed.items[n++] = fields_all[f].name;
	r->removed.count = n;
	r->removed.present = n > 0;
	return 0;
}

/* A recall stays known, and so does one that waits to be given. */
static void
keep_recall(const struct work *w, struct standing *st)
{
	const struct standing *before = w->before;
	day today = day_of(w->by->now);

	st->draft = w->draft;
	st->draft_on = today;
	if (before == NULL)
		return;
	st->receivers = before->receivers;
	st->receiver_count = before->receiver_count;
	st->recall_reason = before->recall_reason;
	st->recall_on = before->recall_on;
	st->recall_at = before->recall_at;
	if (before->draft == NULL)
		return;
	/* A yes is one only for who has it. */
	if (st->draft == NULL &&
	    (st->verdict >= VERDICT_HOLD ||
		standing_receiver(st, w->receiver->code) == NULL))
		st->draft = before->draft;
	st->draft_on = before->draft_on;
}

/* Did a version of it go, even if that was withdrawn since? */
static bool
went_before(const struct work *w)
{
	return w->before != NULL &&
	    (w->sent_revision != NULL || w->before->recall_reason != NULL);
}

static int
note_judged(const struct work *w, const struct referral *r,
    const struct judgement *j, struct fault *why)
{
	return judging_note(w->by->store,
	    &(struct judging){ .end = AT_EXPORT,
		.at = w->by->now,
		.user = w->by->user,
		.ref = r->ref,
		.bundle = w->goes ? w->out->bundle.id : NULL,
		.override = r->has_consent && r->consent.override.present,
		.judgement = j },
	    why);
}

static int
remember(struct work *w, const struct referral *r, const struct judgement *j,
    enum standing_state state, struct fault *why)
{
	bool sent = state == STANDING_SENT;
	struct standing st = {
		.ref = r->ref,
		.case_id = r->origin.case_id,
		.case_display = w->display,
		.individual = w->individual,
		.revision = r->revision,
		.sent_revision = sent ? r->revision : w->sent_revision,
		.service = r->value[FIELD_SERVICE_TYPE].text,
		.priority = referral_priority_name(r->priority),
		.state = state,
		.partner = w->receiver->code,
		.party = w->receiver->party->id,
		.bundle = w->goes ? w->out->bundle.id : NULL,
		.sequence = w->goes ? w->inside.sequence : 0,
		.agreement = w->agreement->version,
		.whole_revision = w->whole[0] != '\0' ? w->whole : NULL,
		.facts = w->whole[0] != '\0' ? w->facts : NULL,
		.refers = w->whole[0] != '\0' ? w->refers.user : NULL,
		.refers_name = w->whole[0] != '\0' ? w->refers.full_name : NULL,
		.created = DAY_UNKNOWN,
		.judged_on = day_of(w->by->now),
		.made_on = r->made_on,
		.record_id = r->origin.record_id,
		.intervention_id = r->origin.intervention_id,
		.business_unit = r->origin.business_unit,
		.name_index = w->who.name_index,
		.birth_index = w->who.birth_index,
		.sex_index = w->who.sex_index,
	};

	/* What was decided over there stays true when it is sent again. */
	if (w->before != NULL) {
		st.decision = w->before->decision;
		st.decision_reason = w->before->decision_reason;
		st.decided_on = w->before->decided_on;
		st.target_id = w->before->target_id;
		st.answer_in = w->before->answer_in;
		st.answer_written = w->before->answer_written;
		st.delivery = w->before->delivery;
		st.delivery_at = w->before->delivery_at;
		st.transaction = w->before->transaction;
	}
	/* How far the version that went has come. */
	if (!w->goes && went_before(w)) {
		st.bundle = w->before->bundle;
		st.sequence = w->before->sequence;
		st.told = w->before->told;
		st.told_sequence = w->before->told_sequence;
	}
	/* Whoever has the version that went stays its partner. */
	if (!sent && went_before(w)) {
		st.partner = w->before->partner;
		st.party = w->before->party;
	}
	/* And what is in their system stays there. */
	st.loaded_there = w->before != NULL &&
	    standing_is_loaded_there(w->before) &&
	    strcmp(w->before->partner, st.partner) == 0;
	if (standing_from(&st, j, w->kept, why) == -1)
		return -1;
	keep_recall(w, &st);
	if ((w->goes || judging_is_news(w->before, &st)) &&
	    note_judged(w, r, j, why) == -1)
		return -1;
	if (w->goes &&
	    standing_went_to(&st, w->receiver->code, w->receiver->party->id,
		w->out->bundle.id, w->kept, why) == -1)
		return -1;
	return referrals_put(w->by->store, REFERRAL_SENT, &st, NULL, 0, why);
}

/* What a recall of ours asks about it once more is asked for each recall. */
static void
add_recall(struct work *w)
{
	const struct standing *before = w->before;
	uint8_t end[FACTS_DIGEST / 2];
	char text[FACTS_DIGEST + 128];
	int len;

	if (before == NULL || before->recall_reason == NULL)
		return;
	len = snprintf(text, sizeof(text), "%s %.40s %" PRId64 " %" PRId64,
	    w->facts, before->recall_reason, (int64_t)before->recall_on,
	    (int64_t)before->recall_at);
	digest_once(DIGEST_BLAKE2B_256, text, (size_t)len, end);
	digest_hex(end, sizeof(end), w->facts);
}

/*
 * What a person decides on is all of it, and what the case says beside it: a
 * change anywhere is another one.
 */
static int
note_whole(struct work *w, struct referral *r, const struct source_facts *said,
    struct fault *why)
{
	if (referral_revise(r, why) == -1 ||
	    facts_digest(said, w->facts, why) == -1)
		return -1;
	memcpy(w->whole, r->revision, sizeof(w->whole));
	add_recall(w);
	return 0;
}

/* What people decided here of exactly this. */
static int
ask_decided(struct work *w, struct referral *r, struct question *q,
    struct fault *why)
{
	struct decisions_of of = {
		.direction = REFERRAL_SENT,
		.ref = r->ref,
		.revision = w->whole,
		.basis = { .agreement = w->agreement->version,
		    .facts = w->facts },
	};
	struct store *s = w->by->store;
	struct decisions_now now;
	bool known = false;

	w->whole[0] = '\0';
	if (!w->decided)
		return 0;
	if (decisions_known(s, &of, &known, why) == -1)
		return -1;
	if (!known)
		return 0;
	if (note_whole(w, r, q->source, why) == -1 ||
	    decisions_now(s, &of, w->kept, &now, why) == -1)
		return -1;
	q->released = now.released;
	q->released_count = now.released_count;
	q->refused = now.refused;
	return 0;
}

/* Did the same words let go what is not to be named?  Then they tell it. */
static bool
words_stay(const struct question *q, const char *words)
{
	for (size_t i = 0; i < q->released_count; i++) {
		const struct rule *rule = rules_find(q->released[i].rule);

		if ((rule == NULL || !rules_may_be_told(rule)) &&
		    strcmp(q->released[i].reason, words) == 0)
			return true;
	}
	return false;
}

static bool
lists(const struct referral *r, const struct judged *j)
{
	for (size_t i = 0; i < r->judged_count; i++)
		if (strcmp(r->judged[i].rule, j->rule) == 0 &&
		    strcmp(r->judged[i].user, j->user) == 0 &&
		    r->judged[i].on == j->on)
			return true;
	return false;
}

static bool
has_released(const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->reasons[i].released != NULL)
			return true;
	return false;
}

/* The other side learns who let what go, when and why. */
static int
name_released(struct referral *r, const struct judgement *j,
    const struct gathered *g, struct fault *why)
{
	struct judged *all;

	r->judged = NULL;
	r->judged_count = 0;
	if (!has_released(j))
		return 0;
	all = arena_take_array(g->arena, j->count, sizeof(*all), why);
	if (all == NULL)
		return -1;
	r->judged = all;
	for (size_t i = 0; i < j->count; i++) {
		struct judged one;

		if (j->reasons[i].released == NULL)
			continue;
		one = *j->reasons[i].released;
		if (words_stay(g->question, one.reason))
			one.reason = "Why is known where it was sent.";
		if (!rules_may_be_told(j->reasons[i].rule))
			one.rule = "R-AGAIN";
		if (!lists(r, &one))
			all[r->judged_count++] = one;
	}
	return 0;
}

/* What is remembered of this ref, from this run and from earlier ones. */
static int
look_up(struct work *w, const char *ref, struct standing *st, bool *found,
    enum remembered *remembered, struct fault *why)
{
	uint16_t met;
	int rc;

	rc = referrals_get(w->by->store, REFERRAL_SENT, ref, w->kept, st, why);
	if (rc == -1 || tally_add(w->seen, ref, &met, why) == -1)
		return -1;
	*found = rc == 1;
	*remembered = met > 0 ? SEEN_TWICE : NOT_SEEN;
	return 0;
}

/* Was exactly this sent before, and nobody asked for it again? */
static bool
unchanged(const struct work *w, const struct standing *st, bool found,
    const struct referral *r)
{
	const struct standing_receiver *to;

	if (!found || w->order->only_count > 0 || st->sent_revision == NULL)
		return false;
	/* Another node may have got it since, or another version of it. */
	to = standing_receiver(st, w->receiver->code);
	if (to != NULL && to->revision != NULL)
		return strcmp(to->revision, r->revision) == 0;
	return strcmp(st->sent_revision, r->revision) == 0 &&
	    strcmp(st->partner, w->receiver->code) == 0;
}

/*
 * What went under a key that is listed no more, and was not heard of since, is
 * refused when it comes.
 */
static int
came_too_late(const struct work *w, const struct standing *st, bool *late,
    struct fault *why)
{
	const struct node *self = w->by->self;
	const struct unheard_keys keys = { self->sign, self->sign_count };
	struct bundle_made in;
	int unheard =
	    unheard_is(w->by->store, &keys, st, w->receiver->code, &in, why);

	*late = unheard == 1;
	return unheard == -1 ? -1 : 0;
}

static int
send_or_leave(struct work *w, struct referral *r, const struct judgement *j,
    const struct standing *before, bool found, struct fault *why)
{
	bool same = unchanged(w, before, found, r), late = false;

	if (same && came_too_late(w, before, &late, why) == -1)
		return -1;
	if (same && !late) {
		w->out->passed.unchanged++;
		tell(w, r->ref, "unchanged", j);
		return before->state == STANDING_SENT ?
		    0 :
		    remember(w, r, j, STANDING_SENT, why);
	}
	w->out->verdict[j->verdict]++;
	tell(w, r->ref, w->by->dry_run ? "ready" : "sent", j);
	if (pack_referral(w, r, why) == -1)
		return -1;
	w->has_referral = true;
	w->has_emergency =
	    w->has_emergency || r->priority == PRIORITY_EMERGENCY;
	w->goes = true;
	return remember(w, r, j, STANDING_SENT, why);
}

/* What was recalled from here stays so; a no to another of the child's is one. */
static enum standing_state
stays_as(const struct work *w, enum recalled recalled, enum verdict v)
{
	if (recalled == RECALLED && w->before != NULL &&
	    w->before->recall_reason != NULL)
		return STANDING_RECALLED;
	return v == VERDICT_HOLD ? STANDING_HELD : STANDING_REFUSED;
}

/* It went once, and does not go now: nobody there knows why. */
static void
tell_gone(const struct work *w, const char *ref)
{
	const struct exporter *by = w->by;

	if (w->draft == NULL && by->gone_before != NULL)
		by->gone_before(by->context, ref, w->before->partner);
	for (size_t i = 0; w->draft != NULL && by->drafted != NULL &&
	     i < w->before->receiver_count;
	     i++)
		by->drafted(by->context, ref, w->before->receivers[i].node);
}

static int
take(const struct gathered *g, void *context, struct fault *why)
{
	struct work *w = context;
	struct referral *r = g->referral;
	struct standing before = { 0 };
	enum standing_state state;
	struct judgement j;
	bool found = false;

	arena_empty(w->kept);
	w->goes = false;
	if (look_up(w, r->ref, &before, &found, &g->question->remembered,
		why) == -1)
		return -1;
	w->display = r->value[FIELD_CASE_ID_DISPLAY].text;
	w->individual = r->value[FIELD_UNHCR_INDIVIDUAL_NO].text;
	w->refers = hearing_referrer(r);
	w->sent_revision = found ? before.sent_revision : NULL;
	w->before = found ? &before : NULL;
	w->who = (struct standing){ .ref = NULL };
	if (referrals_note_who(w->by->store, r, w->kept, &w->who, why) == -1 ||
	    ask_decided(w, r, g->question, why) == -1)
		return -1;
	if ((found && standing_find_receivers(&before, w->kept, why) == -1) ||
	    recall_ask(w->recalls, r, w->before, &g->question->recalled, why) ==
		-1)
		return -1;
	rules_judge(g->question, &j);
	w->draft = recall_draft(w->before, &j, w->receiver);
	if (j.verdict == VERDICT_HOLD &&
	    note_whole(w, r, g->question->source, why) == -1)
		return -1;
	take_out(r, &j.strip);
	if (name_removed(r, &j.strip, g->arena, why) == -1 ||
	    name_released(r, &j, g, why) == -1 || referral_revise(r, why) == -1)
		return -1;
	if (j.verdict < VERDICT_HOLD)
		return send_or_leave(w, r, &j, &before, found, why);
	w->out->verdict[j.verdict]++;
	state = stays_as(w, g->question->recalled, j.verdict);
	tell(w, r->ref, standing_state_name(state), &j);
	/* The second of one ref does not take the place of the first. */
	if (g->question->remembered == SEEN_TWICE)
		return note_judged(w, r, &j, why);
	if (w->sent_revision != NULL)
		tell_gone(w, r->ref);
	return remember(w, r, &j, state, why);
}

/* --- carrying --- */

static int
carry_one(struct work *w, const struct bundle_made *b, struct fault *why)
{
	const struct carrier c = {
		.store = w->by->store,
		.outbox = w->outbox,
		.out = w->order->out,
		.user = w->by->user,
		.now = w->by->now,
	};

	if (carry_made(&c, b, why) == -1)
		return -1;
	w->out->carried++;
	if (w->by->carried != NULL)
		w->by->carried(w->by->context, b);
	return 0;
}

/*
 * What was made for this receiver and never left: in the order it was made, but
 * what withdraws before what it withdraws, as the stick may be full then.
 */
static int
carry_waiting(struct work *w, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	int more;

	if (w->out->made && w->has_recall &&
	    carry_one(w, &w->out->bundle, why) == -1)
		return -1;
	while ((more = bundles_made_after(w->by->store, w->receiver->code, &b,
		    &b, why)) == 1) {
		if (!b.carried && carry_one(w, &b, why) == -1)
			return -1;
	}
	return more;
}

/*
 * A file in the outbox that no row knows is from an export that broke off
 * before it counted: its numbers were never given out.
 */
static int
sweep_outbox(struct work *w, struct fault *why)
{
	struct bytes names;
	size_t others;
	int rc = -1;

	bytes_init(&names, RECORD_MAX);
	if (folder_list(w->outbox, &names, &others, why) == -1)
		goto done;
	for (const char *n = (const char *)names.at;
	     n != NULL && n < (const char *)names.at + names.len;
	     n += strlen(n) + 1) {
		char id[BUNDLE_ID];
		bool known = false;

		if (strlen(n) ==
		    strlen("00000000-0000-0000-0000-000000000000"
			   ".satchel")) {
			memcpy(id, n, sizeof(id) - 1);
			id[sizeof(id) - 1] = '\0';
			if (bundles_known(w->by->store, id, &known, why) == -1)
				goto done;
		}
		if (!known && folder_remove(w->outbox, n, why) == -1)
			goto done;
	}
	rc = 0;
done:
	bytes_free(&names);
	return rc;
}

/* --- the whole of it --- */

static int
find_receiver(struct work *w, struct fault *why)
{
	const struct partner_question q = { w->by->store, w->agreement,
		w->by->self };

	return partner_find(&q, w->order->to, &w->receiver, why);
}

/* Order comes from numbers; but what a wrong clock would sign stays here. */
static int
ask_clock(const struct work *w, struct fault *why)
{
	char text[MOMENT_TEXT];
	moment newest;

	if (journal_newest(w->by->store, &newest, why) == -1)
		return -1;
	if (w->by->now >= newest)
		return 0;
	day_write_moment(newest, text);
	return FAIL(why, FAULT_NODE_CLOCK, "the newest act here is of %s",
	    text);
}

static void
tell_reading(void *context, uint64_t done, uint64_t all)
{
	const struct work *w = context;

	w->by->progress(w->by->context, w->doing, done, all);
}

static void
tell_unreadable(void *context, const struct fault *fault)
{
	const struct work *w = context;

	if (w->by->unreadable != NULL)
		w->by->unreadable(w->by->context, fault);
}

static void
tell_incomplete(void *context, const char *file)
{
	const struct work *w = context;

	if (w->by->incomplete != NULL)
		w->by->incomplete(w->by->context, file);
}

/* Each --only must have named one referral. */
static int
check_only(const struct work *w, struct fault *why)
{
	const struct export_order *o = w->order;

	for (size_t i = 0; i < o->only_count; i++) {
		if (w->only_met[i] == 0)
			return FAIL(why, FAULT_REF_UNKNOWN, "%.100s",
			    o->only[i]);
		if (w->only_met[i] > 1)
			return FAIL(why, FAULT_REF_AMBIGUOUS, "%zu fit %.100s",
			    w->only_met[i], o->only[i]);
	}
	return 0;
}

static int
gather_all(struct work *w, struct fault *why)
{
	const struct export_order *o = w->order;
	struct gather_order order = {
		.agreement = w->agreement,
		.sender = w->by->self,
		.receiver = w->receiver,
		.sources = o->sources,
		.source_count = o->source_count,
		.consents = w->consents,
		.only = o->only,
		.only_met = w->only_met,
		.only_count = o->only_count,
		.user =
		    strcmp(w->by->user, "unnamed") == 0 ? NULL : w->by->user,
		.today = day_of(w->by->now),
		.unreadable = tell_unreadable,
		.incomplete = tell_incomplete,
		.progress = w->by->progress != NULL ? tell_reading : NULL,
		.told_context = w,
	};
	struct gatherer *g;
	int rc = -1;

	if (w->live != NULL && export_live_source(w->live, &w->live_source)) {
		order.sources = &w->live_source;
		order.source_count = 1;
	}
	if ((g = gather_new(&order, why)) == NULL)
		return -1;
	w->doing = "reading";
	if (gather_check(g, why) == -1 || check_only(w, why) == -1)
		goto done;
	w->doing = "judging and sealing";
	rc = gather_run(g, &w->out->passed, take, w, why);
	if (w->live != NULL)
		w->out->passed.unreadable += export_live_unreadable(w->live);
done:
	gather_free(g);
	return rc;
}

static enum made_class
class_of(const struct work *w)
{
	return w->has_recall ? MADE_RECALL :
	    !w->has_referral ? MADE_ANSWER :
	    w->has_emergency ? MADE_EMERGENCY :
			       MADE_REST;
}

/* From here on the bundle exists; before, it never did. */
static int
make_it_count(struct work *w, struct fault *why)
{
	struct bundle_made *b = &w->out->bundle;
	struct packed packed;

	if (w->pack == NULL)
		return 0;
	if (pack_finish(w->pack, &packed, why) == -1)
		return -1;
	memcpy(b->sha256, packed.sha256, sizeof(b->sha256));
	b->bytes = (int64_t)packed.bytes;
	b->class = class_of(w);
	if (bundles_put_made(w->by->store, b, why) == -1 ||
	    owed_carried(w->by->store, b->receiver, b->sequence, why) == -1)
		return -1;
	w->out->made = true;
	return 0;
}

/*
 * What could not be read, or was left out by name, is read again the next time:
 * nothing else remembers it.
 */
static int
move_cursor(struct work *w, struct fault *why)
{
	if (w->live == NULL || w->order->only_count > 0 ||
	    w->out->passed.unreadable > 0 || w->out->passed.without_id > 0)
		return 0;
	return export_live_done(w->live, why);
}

static int
make_bundle(struct work *w, struct fault *why)
{
	if (store_begin(w->by->store, why) == -1)
		return -1;
	w->begun = true;
	if (take_numbers(w, why) == -1 || acknowledge(w, why) == -1)
		return -1;
	say_who(w);
	name_bundle(w);
	if (enclose_agreement(w, why) == -1 || enclose_rosters(w, why) == -1)
		return -1;
	if (w->news && open_pack(w, why) == -1)
		return -1;
	if (recall_number(w->by->store, &w->out->bundle, why) == -1 ||
	    pack_all_owed(w, why) == -1 || gather_all(w, why) == -1)
		return -1;
	if (w->by->dry_run)
		return 0;
	if (make_it_count(w, why) == -1 || move_cursor(w, why) == -1)
		return -1;
	w->begun = false;
	if (store_commit(w->by->store, why) == -1) {
		w->out->made = false;
		return -1;
	}
	return 0;
}

/* A node speaks for one system, and asks it before anything is begun. */
static int
ask_server(struct work *w, struct fault *why)
{
	const struct export_order *o = w->order;
	const struct export_live_order order = { o->server, o->credentials,
		o->all || o->only_count > 0, w->receiver };
	enum system_kind system =
	    o->server == FORMAT_PRIMERO ? SYSTEM_PRIMERO : SYSTEM_PROGRES;

	if (!o->live)
		return 0;
	if (system != w->by->self->system)
		return FAIL(why, FAULT_SOURCE_UNKNOWN,
		    "it is a server of %s, and this node works with %s",
		    agreement_system_name(system),
		    agreement_system_name(w->by->self->system));
	w->live = export_live_read(w->by, &order, why);
	return w->live == NULL ? -1 : 0;
}

static int
prepare(struct work *w, struct fault *why)
{
	const struct export_order *o = w->order;

	if (find_receiver(w, why) == -1 || ask_clock(w, why) == -1 ||
	    choose_key(w, why) == -1 ||
	    decisions_any(w->by->store, &w->decided, why) == -1)
		return -1;
	w->consents = consents_open(o->consents, w->by->store, why);
	if (w->consents == NULL)
		return -1;
	w->only_met = calloc(o->only_count + 1, sizeof(*w->only_met));
	if (w->only_met == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "export");
	if ((w->kept = arena_new(KEPT_ARENA, why)) == NULL ||
	    (w->recalls = recall_past_new(w->by->store, why)) == NULL ||
	    (w->seen = tally_new(why)) == NULL)
		return -1;
	w->outbox = folder_make_in(w->by->home, CARRY_OUTBOX, why);
	if (w->outbox == NULL || ask_server(w, why) == -1)
		return -1;
	return w->by->dry_run ? 0 : sweep_outbox(w, why);
}

static void
let_go(struct work *w)
{
	pack_free(w->pack);
	if (w->begun)
		store_roll_back(w->by->store);
	export_live_free(w->live);
	bytes_free(&w->head);
	consents_close(w->consents);
	for (size_t i = 0; i < w->enclosed_count; i++)
		bytes_free(&w->enclosed[i]);
	bytes_free(&w->record);
	arena_free(w->kept);
	recall_past_free(w->recalls);
	tally_free(w->seen);
	free(w->only_met);
	folder_close(w->outbox);
}

int
export_run(const struct exporter *by, const struct export_order *order,
    struct exported *out, struct fault *why)
{
	struct work *w = calloc(1, sizeof(*w));
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (w == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "export");
	w->by = by;
	w->order = order;
	w->out = out;
	w->agreement = agreement_of(by->agreement);
	bytes_init(&w->record, RECORD_MAX);
	bytes_init(&w->head, NOTE_MAX);
	if (prepare(w, why) == 0 && make_bundle(w, why) == 0)
		rc = 0;
	if (rc == 0 && !by->dry_run && order->out != NULL &&
	    carry_waiting(w, &out->not_carried) == 0)
		out->not_carried.id = FAULT_NONE;
	let_go(w);
	free(w);
	return rc;
}
