#include "import/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/agekey.h"
#include "crypto/base64.h"
#include "crypto/note.h"
#include "crypto/secrets.h"
#include "formats/agreement.h"
#include "formats/roster.h"
#include "import/adopt.h"
#include "import/compare.h"
#include "import/contents.h"
#include "import/held_files.h"
#include "import/receive.h"
#include "import/refusals.h"
#include "import/rosters.h"
#include "store/agreements.h"
#include "store/bundles.h"
#include "store/distrusted.h"
#include "store/journal.h"
#include "store/log_heads.h"
#include "store/owed.h"
#include "store/rosters.h"
#include "store/store.h"

#define AHEAD_SECONDS ((moment)48 * 3600)
#define JOURNAL_BODY_MAX 4096
#define HELD_NAMES_MAX ((size_t)16 * 1024 * 1024)

/* Everything one import holds, let go in one place. */
struct work {
	struct importer *by;
	struct imported *out;
	struct received received;
	struct contents *contents;
	struct stage *stage;
	struct age_opener keys;
	char own_text[SECRETS_OPENING_MAX][AGEKEY_RECIPIENT_ROOM];
	const char *own[SECRETS_OPENING_MAX];
	enum agreement_relation relation;
	int late;     /* from before a revocation */
	bool changed; /* what is in force, by what was enclosed */
	bool kept;    /* it waits in this node already */
	bool named;   /* its sender is known by a good signature */
	/* Trouble of this node itself, not of the bundle. */
	bool ours;
	const char *doing; /* for who watches */
};

const char *
import_state_name(enum import_state s)
{
	static const char *const names[] = { "imported", "seen", "made", "held",
		"refused" };

	return names[s];
}

static const struct agreement *
in_force(const struct work *w)
{
	return agreement_of(*w->by->agreement);
}

/* A fault of the store is ours, not the bundle's. */
static int
ours(struct work *w)
{
	w->ours = true;
	return -1;
}

static void
tell_progress(void *context, uint64_t at)
{
	const struct work *w = context;

	w->by->progress(w->by->progress_context, w->doing, at,
	    w->received.bytes);
}

/* The bundle's own bytes, for one reading of them. */
static struct contents_from
contents_of(struct work *w, const char *doing)
{
	w->doing = doing;
	return (struct contents_from){ w->received.fd, w->received.age_at,
		&w->keys, w->by->progress != NULL ? tell_progress : NULL, w };
}

/* Disk, memory, another program: no bundle is to blame for that. */
static bool
is_ours(const struct fault *why)
{
	enum exit_status status = fault_text(why->id)->exit_status;

	return status == EXIT_INSIDE || status == EXIT_TRY_AGAIN;
}

static void
own_recipients(struct work *w)
{
	secrets_opener(w->by->secrets, &w->keys);
	for (size_t i = 0; i < w->keys.key_count; i++) {
		agekey_copy_recipient(w->keys.keys[i], w->own_text[i]);
		w->own[i] = w->own_text[i];
	}
}

/* Steps 1 to 4. */
static int
receive(struct work *w, int from, struct fault *why)
{
	struct received *r = &w->received;
	int rc;

	if (receive_copy(r, w->by->home, from, why) == -1)
		return is_ours(why) ? ours(w) : -1;
	w->out->bytes = r->bytes;
	if (receive_lines(r, why) == -1)
		return -1;
	w->out->outside = r->outside;
	w->out->outside_read = true;
	rc = receive_signer(r, in_force(w), &w->late, why);
	if (r->signer != NULL)
		memcpy(w->out->from, r->signer->code,
		    strlen(r->signer->code) + 1);
	if (rc == -1 && !w->late)
		return -1;
	if (receive_signature(r, why) == -1)
		return -1;
	w->named = true;
	return 0;
}

/*
 * From before a revocation, but brought after it was adopted: held as a whole,
 * unless a later bundle that we took names it as the one before it.
 */
static int
ask_late(struct work *w, struct fault *why)
{
	bool committed;

	if (!w->late)
		return 0;
	if (bundles_committed(w->by->store, w->received.key->key,
		w->received.outside.id, w->received.sha256, &committed,
		why) == -1)
		return ours(w);
	if (committed)
		return 0;
	w->out->state = IMPORT_HELD;
	return FAIL(why, FAULT_BUNDLE_LATE, "%s, number %" PRId64,
	    w->received.signer->code, w->received.outside.seq);
}

/*
 * After an incident nothing of this node is opened, withdrawals neither: who
 * has its keys could withdraw children whom others wait for.
 */
static int
ask_distrust(struct work *w, struct fault *why)
{
	const struct node *signer = w->received.signer;
	bool distrusted;

	if (distrusted_now(w->by->store, signer->code, agreement_node_lists,
		signer, &distrusted, why) == -1)
		return ours(w);
	if (!distrusted)
		return 0;
	w->out->state = IMPORT_HELD;
	return FAIL(why, FAULT_BUNDLE_DISTRUSTED, "%s, number %" PRId64,
	    w->received.signer->code, w->received.outside.seq);
}

/*
 * A bundle of our own on a stick that goes both ways: 1 if it is one that was
 * made here.
 */
static int
made_here(struct work *w, struct fault *why)
{
	bool known;

	if (w->received.signer != *w->by->self)
		return 0;
	if (bundles_known(w->by->store, w->received.outside.id, &known, why) ==
	    -1)
		return ours(w);
	return known ? 1 : 0;
}

/*
 * B-SEEN: 1 if this very bundle was imported before, 0 if not; another content
 * under its id is a fault and an alarm.
 */
static int
seen_before(struct work *w, struct fault *why)
{
	struct bundle_came came;
	int found;

	found = bundles_came(w->by->store, w->received.key->key,
	    w->received.outside.id, &came, why);
	if (found == -1)
		return ours(w);
	if (found == 0 || !came.imported)
		return 0;
	if (memcmp(came.sha256, w->received.sha256, sizeof(came.sha256)) != 0)
		return FAIL(why, FAULT_BUNDLE_NUMBER_TWICE,
		    "the same id with another content");
	w->out->sequence = came.sequence;
	return 1;
}

/*
 * The version of the agreement that the bundle names, if this node ever
 * adopted it: the one in force, or an older one out of the store (*held).
 */
static int
named_version(struct work *w, int64_t version, struct agreement_file **held,
    const struct agreement **named, struct fault *why)
{
	struct bytes text;
	int found, rc = -1;

	*named = in_force(w);
	if (version == in_force(w)->version)
		return 0;
	*named = NULL;
	bytes_init(&text, AGREEMENT_MAX);
	found = agreements_file(w->by->store, version, &text, why);
	if (found == 1 &&
	    (*held = agreement_read(text.at, text.len, why)) == NULL)
		goto done;
	if (found == 1)
		*named = agreement_of(*held);
	rc = found == -1 ? -1 : 0;
done:
	bytes_free(&text);
	return rc;
}

/* Step 7. */
static int
compare(struct work *w, struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	const uint8_t *sender = w->received.key->key;
	struct store *s = w->by->store;
	struct bundle_came seq, sequence, before, after;
	int has_seq, has_sequence, has_before, has_after;
	struct agreement_file *held = NULL;
	struct comparison c = {
		.received = &w->received,
		.contents = w->contents,
		.agreement = in_force(w),
		.self = *w->by->self,
		.own = w->own,
		.own_count = w->keys.key_count,
	};
	int rc;

	has_seq = bundles_came_seq(s, sender, in->outside.seq, &seq, why);
	has_sequence =
	    bundles_came_sequence(s, sender, in->sequence, &sequence, why);
	has_before =
	    bundles_came_sequence(s, sender, in->sequence - 1, &before, why);
	has_after =
	    bundles_came_sequence(s, sender, in->sequence + 1, &after, why);
	if (has_seq == -1 || has_sequence == -1 || has_before == -1 ||
	    has_after == -1)
		return ours(w);
	c.same_seq = has_seq == 1 ? &seq : NULL;
	c.same_sequence = has_sequence == 1 ? &sequence : NULL;
	c.one_before = has_before == 1 ? &before : NULL;
	c.one_after = has_after == 1 ? &after : NULL;
	if (named_version(w, in->agreement_version, &held, &c.named, why) == -1)
		return ours(w);
	rc = compare_all(&c, &w->relation, why);
	agreement_free(held);
	return rc;
}

/* Step 8's question, with what the bundle encloses. */
static int
adopt_enclosed(struct work *w, struct agreement_file *file, struct fault *why)
{
	struct contents *c = w->contents;
	struct adopt_signature signatures[CONTENTS_PARTIES_MAX];
	struct adopt_question q = {
		.file = file,
		.signatures = signatures,
		.count = c->signature_count,
		.in_force = in_force(w),
		.node_protected = w->by->node_protected,
		.node_code = (*w->by->self)->code,
		.node_open = w->own,
		.node_open_count = w->keys.key_count,
		.today = day_of(w->by->now),
	};

	memset(signatures, 0, sizeof(signatures));
	for (size_t i = 0; i < c->signature_count; i++) {
		memcpy(signatures[i].party, c->signatures[i].party,
		    sizeof(signatures[i].party));
		signatures[i].file = &c->signatures[i].file;
	}
	q.node_sign_count = secrets_publics(w->by->secrets, q.node_sign);
	if (adopt_may(&q, why) == -1)
		return -1;
	if (w->by->dry_run)
		return 0;
	if (adopt_keep(w->by->store, &q, w->by->now, w->by->user, why) == -1)
		return ours(w);
	return 0;
}

/* Put the newer version in the place of the one in force. */
static int
change_agreement(struct work *w, struct fault *why)
{
	struct agreement_file *newer = NULL;
	char code[17];

	memcpy(code, (*w->by->self)->code, strlen((*w->by->self)->code) + 1);
	if (adopt_in_force(w->by->store, &newer, why) != 1)
		return ours(w);
	agreement_free(*w->by->agreement);
	*w->by->agreement = newer;
	w->changed = true;
	*w->by->self = agreement_node(agreement_of(newer), code);
	if (*w->by->self == NULL)
		return FAIL(why, FAULT_AGREEMENT_NO_NODE, "%s", code);
	return 0;
}

/*
 * Step 8: an enclosed newer agreement is checked and adopted; what cannot be
 * adopted is as if it were not there, and the referrals are held (P-SAME).
 */
static int
take_agreement(struct work *w, struct fault *why)
{
	struct contents *c = w->contents;
	struct agreement_file *file;

	if (!c->has_agreement || w->relation != RELATION_NEWER)
		return 0;
	file = agreement_read(c->agreement.at, c->agreement.len, why);
	if (file == NULL || adopt_enclosed(w, file, why) == -1) {
		agreement_free(file);
		if (w->ours)
			return -1;
		w->out->not_adopted = true;
		w->out->adopt_fault = *why;
		return 0;
	}
	w->out->adopted = true;
	w->out->adopted_version = agreement_of(file)->version;
	w->out->adopted_from = agreement_of(file)->valid_from;
	agreement_free(file);
	return w->by->dry_run ? 0 : change_agreement(w, why);
}

/* A refusal says nothing against the rest of the bundle: it goes on. */
static int
refuse_roster(struct work *w, struct imported_roster *out,
    struct roster_file *file, struct fault *why)
{
	struct fault refused = *why;

	if (is_ours(why))
		return ours(w);
	/* An older one than ours is what a bundle on its way may well have. */
	if (refused.id == FAULT_ROSTER_OLDER) {
		w->out->roster_count--;
		return 0;
	}
	out->fault = refused;
	if (w->by->dry_run || file == NULL)
		return 0;
	if (rosters_note_refusal(w->by->store, roster_of(file), &refused,
		w->by->now, w->by->user, why) == -1)
		return ours(w);
	return 0;
}

static int
take_roster(struct work *w, const struct enclosed *e, struct fault *why)
{
	struct imported_roster *out = &w->out->rosters[w->out->roster_count++];
	struct roster_file *file;
	struct rosters_question q = { .signature = &e->signature,
		.agreement = in_force(w) };
	bool here;
	int rc;

	memcpy(out->party, e->party, sizeof(out->party));
	if ((file = roster_read(e->file.at, e->file.len, why)) == NULL)
		return refuse_roster(w, out, NULL, why);
	q.file = file;
	out->version = roster_of(file)->version;
	rc = rosters_may(w->by->store, &q, &here, why);
	if (rc == 0 && strcmp(roster_of(file)->party, e->party) != 0)
		rc = FAIL(why, FAULT_ROSTER_ERRORS,
		    "it is enclosed as that of %s", e->party);
	if (rc == -1)
		rc = refuse_roster(w, out, file, why);
	else if (!here && !w->by->dry_run &&
	    rosters_keep(w->by->store, &q, w->by->now, w->by->user, why) == -1)
		rc = ours(w);
	else
		out->adopted = !here;
	roster_free(file);
	return rc;
}

/* Staff lists come after the agreement that they belong to. */
static int
take_rosters(struct work *w, struct fault *why)
{
	const struct contents *c = w->contents;
	bool changed = false;

	for (size_t i = 0; i < c->roster_count; i++)
		if (take_roster(w, &c->rosters[i], why) == -1)
			return -1;
	for (size_t i = 0; i < w->out->roster_count; i++)
		changed = changed || w->out->rosters[i].adopted;
	return changed && !w->by->dry_run ? change_agreement(w, why) : 0;
}

/*
 * Step 8, whole.  After an adoption steps 3 and 7 are asked again, by what is
 * in force now.
 */
static int
take_enclosed(struct work *w, struct fault *why)
{
	if (take_agreement(w, why) == -1 || take_rosters(w, why) == -1)
		return -1;
	if (!w->changed)
		return 0;
	if (receive_signer(&w->received, in_force(w), &w->late, why) == -1 &&
	    (!w->late || ask_late(w, why) == -1))
		return -1;
	return compare(w, why);
}

/*
 * The head that came in the bundle, in the words of a checkpoint: so our own
 * log, which others witness in turn, says which heads we must still have.
 */
static void
write_head(const struct work *w, struct jsonout *o)
{
	const char *note = w->contents->inside.checkpoint;
	char root[BASE64_ROOM(MERKLE_HASH)];
	struct checkpoint head;

	if (note == NULL || !note_peek(note, &head))
		return;
	base64_write(head.root.bytes, sizeof(head.root.bytes), BASE64_PADDED,
	    root);
	jsonout_integer(o, "head_size", (int64_t)head.size);
	jsonout_text(o, "head_root", root);
}

static int
journal_bundle(struct work *w, enum act act, struct fault *why)
{
	struct bytes body;
	struct sink *to = NULL;
	struct jsonout o;
	int rc = -1;

	bytes_init(&body, JOURNAL_BODY_MAX);
	if ((to = bytes_sink_new(&body, why)) == NULL)
		goto done;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	if (w->out->outside_read) {
		jsonout_text(&o, "bundle", w->out->outside.id);
		jsonout_integer(&o, "seq", w->out->outside.seq);
	}
	jsonout_text_if(&o, "from", w->out->from[0] ? w->out->from : NULL);
	if (w->out->sequence != 0)
		jsonout_integer(&o, "sequence", w->out->sequence);
	if (act == ACT_BUNDLE_IMPORTED)
		write_head(w, &o);
	if (w->out->fault.id != FAULT_NONE)
		jsonout_text(&o, "code", fault_text(w->out->fault.id)->code);
	jsonout_object_end(&o);
	if (jsonout_end(&o, why) == -1)
		goto done;
	rc = journal_add(w->by->store, act, w->by->now, w->by->user,
	    (const char *)body.at, why);
done:
	sink_free(to);
	bytes_free(&body);
	return rc;
}

/* The numbers of this stream that have not arrived, below the highest. */
static int
note_missing(struct work *w, struct fault *why)
{
	struct imported *out = w->out;
	int64_t count;

	if (bundles_missing(w->by->store, w->received.key->key, out->missing,
		IMPORT_MISSING_MAX, &count, why) == -1)
		return -1;
	out->missing_count =
	    count < IMPORT_MISSING_MAX ? (size_t)count : IMPORT_MISSING_MAX;
	return 0;
}

static void
set_facts(const struct work *w, struct bundle_facts *f)
{
	const struct bundle_inside *in = &w->contents->inside;

	*f = (struct bundle_facts){
		.signature_good = true,
		.addressed_to_us = true,
		.environment_same = true,
		.form_good = true,
		.past_use_by = in->use_by < w->by->now,
		.agreement_newer = w->relation == RELATION_NEWER,
		.agreement_older = w->relation == RELATION_OLDER,
		.origin_good = true,
		.created_known = true,
		.created = day_of(in->outside.created),
	};
}

/* Who sent us a staff list need not get it from us. */
static int
remember_rosters(struct work *w, struct fault *why)
{
	for (size_t i = 0; i < w->out->roster_count; i++) {
		const struct imported_roster *r = &w->out->rosters[i];

		if (r->fault.id == FAULT_NONE &&
		    rosters_has(w->by->store, w->received.signer->code,
			r->party, r->version, why) == -1)
			return -1;
	}
	return 0;
}

/* What the partner says it refused, of the stream of that key of ours. */
static int
partner_refused(struct work *w, const uint8_t sign[static 32],
    struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	const struct stage_watch *watch = &w->by->watch;
	char sentence[REFUSALS_SENTENCE];
	bool foreign;

	for (size_t i = 0; i < in->refused_count; i++) {
		const struct refused_there r = {
			.from = w->received.signer->code,
			.sign = sign,
			.sequence = in->refused[i].sequence,
			.code = in->refused[i].code,
		};

		if (refusals_hear(w->by->store, &r, sentence, &foreign, why) ==
		    -1)
			return -1;
		if (sentence[0] != '\0' && watch->record != NULL)
			watch->record(watch->context, BUNDLE_RECEIPT, sentence,
			    true);
	}
	return 0;
}

/*
 * Numbers that were never made here: this node was put back from a backup, and
 * what the partner has under them, and under those below, may be other bundles.
 */
static int
ask_made(struct work *w, const uint8_t sign[static 32], bool *made,
    struct fault *why)
{
	static const char sentence[] =
	    "%s says that it has our number %" PRId64 ", and none was made "
	    "here with it: was this node put back from a backup, or is it at "
	    "work twice? Tell the focal point. Until our numbers are past "
	    "that one, nothing counts as arrived there.";
	const struct bundle_inside *in = &w->contents->inside;
	const struct stage_watch *watch = &w->by->watch;
	const char *from = w->received.signer->code;
	char text[sizeof(sentence) + 64];
	struct bundle_made last;
	int64_t highest = 0;
	int found;

	*made = true;
	for (size_t i = 0; i < in->range_count; i++)
		if (in->ranges[i].last > highest)
			highest = in->ranges[i].last;
	if (highest == 0)
		return 0;
	found = bundles_made_sequence(w->by->store, from, sign, highest, &last,
	    why);
	*made = found == 1;
	if (found == 0 && watch->record != NULL) {
		(void)snprintf(text, sizeof(text), sentence, from, highest);
		watch->record(watch->context, BUNDLE_RECEIPT, text, true);
	}
	return found == -1 ? -1 : 0;
}

/* The partner has these numbers of the stream of that key of ours. */
static int
partner_has(struct work *w, const uint8_t sign[static 32], struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	const char *from = w->received.signer->code;
	const struct bundles_heard heard = { from, sign, in->ranges,
		in->range_count, w->by->now };
	bool made;

	if (ask_made(w, sign, &made, why) == -1)
		return -1;
	if (!made)
		return partner_refused(w, sign, why);
	if (owed_acknowledged(w->by->store, from, sign, in->ranges,
		in->range_count, why) == -1 ||
	    bundles_acknowledged(w->by->store, &heard, why) == -1 ||
	    partner_refused(w, sign, why) == -1)
		return -1;
	/*
	 * Under an older agreement a staff list may have been refused: both
	 * come again until the newer one is named.
	 */
	if (in->agreement_version < in_force(w)->version)
		return 0;
	return rosters_acknowledged(w->by->store, from, sign, in->ranges,
	    in->range_count, why);
}

/*
 * The numbers acknowledged are of the stream of the last key that the version
 * it names lists for this node.  Of a version never adopted here nobody knows
 * which key that is: then what is owed is sent again.
 */
static int
take_acknowledgement(struct work *w, struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	struct agreement_file *held = NULL;
	const struct agreement *named;
	const struct node *us = NULL;
	int rc = 0;

	if (named_version(w, in->agreement_version, &held, &named, why) == -1)
		return -1;
	if (named != NULL)
		us = agreement_node(named, (*w->by->self)->code);
	if (us != NULL && us->sign_count > 0)
		rc = partner_has(w, us->sign[us->sign_count - 1].key, why);
	agreement_free(held);
	return rc;
}

/*
 * The sender has that version: only if it is one that this node adopted, to the
 * byte.  A number that nobody has adopted yet may be any number, and a partner
 * that "has" it would never be sent a renewal again.
 */
static int
remember_version(struct work *w, struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	uint8_t sha256[32];
	int found =
	    agreements_hash(w->by->store, in->agreement_version, sha256, why);

	if (found != 1)
		return found;
	if (memcmp(sha256, in->agreement_sha256, sizeof(sha256)) != 0)
		return 0;
	return agreements_partner_names(w->by->store, w->received.signer->code,
	    in->agreement_version, why);
}

static int
journal_alarm(struct work *w, struct fault *why)
{
	char body[128];

	(void)snprintf(body, sizeof(body), "{\"bundle\":\"%s\",\"of\":\"%s\"}",
	    w->out->outside.id, w->received.signer->code);
	return journal_add(w->by->store, ACT_LOG_ALARM, w->by->now, w->by->user,
	    body, why);
}

/* The head of the sender's log, of which this node is a witness now. */
static int
witness(struct work *w, struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	struct bundle_place place_of;
	struct log_witnessed h = {
		.node = w->received.signer->code,
		.bundle = in->outside.id,
		.at = w->by->now,
		.note = in->checkpoint,
	};
	enum log_seen seen;

	if (in->checkpoint == NULL)
		return 0;
	if (bundles_place(w->by->store, h.node, w->received.key->key,
		in->sequence, &place_of, why) == -1)
		return -1;
	h.place = place_of.here;
	if (log_heads_saw(w->by->store, &h, &seen, why) == -1)
		return -1;
	w->out->log_alarm = seen == LOG_SEEN_ALARM;
	return w->out->log_alarm ? journal_alarm(w, why) : 0;
}

/* What is remembered of the bundle itself, and of its sender. */
static int
remember_bundle(struct work *w, struct fault *why)
{
	const struct bundle_inside *in = &w->contents->inside;
	struct store *s = w->by->store;
	struct bundle_came came = {
		.seq = in->outside.seq,
		.sequence = in->sequence,
		.imported = true,
		.at = w->by->now,
	};

	memcpy(came.id, in->outside.id, sizeof(came.id));
	memcpy(came.sha256, w->received.sha256, sizeof(came.sha256));
	if (in->has_previous) {
		memcpy(came.previous_id, in->previous_id,
		    sizeof(came.previous_id));
		memcpy(came.previous_sha256, in->previous_sha256,
		    sizeof(came.previous_sha256));
	}
	if (bundles_put_came(s, w->received.key->key, &came, why) == -1 ||
	    remember_version(w, why) == -1 || witness(w, why) == -1)
		return -1;
	if (in->acknowledges && take_acknowledgement(w, why) == -1)
		return -1;
	if (remember_rosters(w, why) == -1 || note_missing(w, why) == -1)
		return -1;
	return journal_bundle(w, ACT_BUNDLE_IMPORTED, why);
}

/* Steps 9 to 12, inside the open transaction. */
static int
stage_all(struct work *w, struct fault *why)
{
	struct contents_from bytes = contents_of(w, "judging and staging");
	struct stage_order order = {
		.store = w->by->store,
		.agreement = in_force(w),
		.sender = w->received.signer,
		.sender_key = w->received.key->key,
		.receiver = *w->by->self,
		.inside = &w->contents->inside,
		.encloses =
		    w->contents->has_agreement || w->contents->roster_count > 0,
		.now = w->by->now,
		.today = day_of(w->by->now),
		.user = w->by->user,
		.watch = w->by->watch,
	};

	set_facts(w, &order.facts);
	if ((w->stage = stage_new(&order, why)) == NULL)
		return ours(w);
	if (contents_records(&bytes, stage_take, w->stage, why) == -1)
		return is_ours(why) ? ours(w) : -1;
	if (stage_finish(w->stage, why) == -1 || remember_bundle(w, why) == -1)
		return ours(w);
	w->out->counts = *stage_count(w->stage);
	return 0;
}

static int
stage_or_nothing(struct work *w, struct fault *why)
{
	if (store_begin(w->by->store, why) == -1)
		return ours(w);
	if (stage_all(w, why) == -1) {
		store_roll_back(w->by->store);
		return -1;
	}
	if (w->by->dry_run) {
		store_roll_back(w->by->store);
		return 0;
	}
	if (store_commit(w->by->store, why) == -1)
		return ours(w);
	return 0;
}

static int
read_and_stage(struct work *w, int from, struct fault *why)
{
	const struct bundle_inside *in;
	struct contents_from bytes;
	int seen;

	if (receive(w, from, why) == -1)
		return -1;
	if ((seen = made_here(w, why)) != 0) {
		w->out->state = IMPORT_MADE;
		return seen == 1 ? 0 : -1;
	}
	if ((seen = seen_before(w, why)) != 0) {
		w->out->state = IMPORT_SEEN;
		return seen == 1 ? 0 : -1;
	}
	if (ask_late(w, why) == -1 || ask_distrust(w, why) == -1)
		return -1;
	own_recipients(w);
	bytes = contents_of(w, "opening");
	if (contents_read(&bytes, &w->contents, why) == -1)
		return -1;
	in = &w->contents->inside;
	w->out->sequence = in->sequence;
	memcpy(w->out->to, in->to_node, strlen(in->to_node) + 1);
	w->out->clock_ahead = in->outside.created > w->by->now + AHEAD_SECONDS;
	if (compare(w, why) == -1 || take_enclosed(w, why) == -1)
		return -1;
	if (w->contents->record_fault.id != FAULT_NONE) {
		*why = w->contents->record_fault;
		return -1;
	}
	w->out->older_agreement = w->relation == RELATION_OLDER;
	return stage_or_nothing(w, why);
}

/* It stays here: 0 also if it is refused since another one has its id. */
static int
keep_held(struct work *w, struct fault *why)
{
	int kept = held_files_keep(w->by->home, &w->received, why);

	w->out->not_kept = kept == 0;
	if (kept != -1)
		return 0;
	if (why->id != FAULT_BUNDLE_NUMBER_TWICE)
		return -1;
	w->out->state = IMPORT_REFUSED;
	w->out->fault = *why;
	return 0;
}

/* Is its sender to be told that it was refused? */
static bool
is_told(const struct work *w)
{
	const struct received *r = &w->received;

	return w->out->state == IMPORT_REFUSED && w->named &&
	    r->signer != *w->by->self && !r->signer->revoked &&
	    refusals_concern(&w->out->fault);
}

static int
remember_refusal(struct store *s, void *context, struct fault *why)
{
	struct work *w = context;
	const struct refusal r = {
		.received = &w->received,
		.inside = w->contents != NULL ? &w->contents->inside : NULL,
		.self = (*w->by->self)->code,
		.code = fault_text(w->out->fault.id)->code,
		.at = w->by->now,
	};

	if (is_told(w) && refusals_owe(s, &r, &w->out->told, why) == -1)
		return -1;
	return journal_bundle(w,
	    w->out->state == IMPORT_HELD ? ACT_BUNDLE_HELD : ACT_BUNDLE_REFUSED,
	    why);
}

/* What is kept and remembered of a bundle that was not taken. */
static int
note_not_taken(struct work *w, struct fault *why)
{
	struct imported *out = w->out;

	if (out->state != IMPORT_HELD)
		out->state = IMPORT_REFUSED;
	memset(&out->counts, 0, sizeof(out->counts));
	out->fault = *why;
	if (w->by->dry_run)
		return 0;
	if (out->state == IMPORT_HELD) {
		/* That it still waits is no news. */
		if (w->kept)
			return 0;
		if (keep_held(w, why) == -1)
			return -1;
	}
	return store_transaction(w->by->store, remember_refusal, w, why);
}

static int
import_one(struct importer *by, int from, bool kept, struct imported *out,
    struct fault *why)
{
	struct work w = { .by = by, .out = out, .kept = kept };
	int rc = 0;

	memset(out, 0, sizeof(*out));
	receive_start(&w.received);
	out->state = IMPORT_IMPORTED;
	if (read_and_stage(&w, from, why) == -1)
		rc = w.ours || is_ours(why) ? -1 : note_not_taken(&w, why);
	stage_free(w.stage);
	contents_free(w.contents);
	receive_close(&w.received);
	return rc;
}

int
import_file(struct importer *by, int from, struct imported *out,
    struct fault *why)
{
	return import_one(by, from, false, out, why);
}

/* --- what waits here as a whole --- */

struct waiting {
	const char *name;
	int64_t number; /* its sender's */
	bool done;
	struct imported out;
};

/* In the order in which they were made, so that none shows gaps on the way. */
static int
by_number(const void *a, const void *b)
{
	const struct waiting *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return strcmp(left->name, right->name);
}

static struct waiting *
list_waiting(const struct folder *home, const struct bytes *names,
    size_t *count, struct fault *why)
{
	struct waiting *all;
	size_t n = 0;

	for (size_t i = 0; i < names->len; i++)
		n += names->at[i] == '\0';
	if ((all = calloc(n + 1, sizeof(*all))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%zu bundles", n);
		return NULL;
	}
	*count = n;
	n = 0;
	for (size_t i = 0; i < names->len; n++) {
		all[n].name = (const char *)names->at + i;
		all[n].number = held_files_number(home, all[n].name);
		i += strlen(all[n].name) + 1;
	}
	qsort(all, n, sizeof(*all), by_number);
	return all;
}

/* A refusal counts as long as this agreement does; nothing is thrown away. */
static int
settle(const struct importer *by, const struct waiting *one, struct fault *why)
{
	if (by->dry_run)
		return 0;
	if (one->out.state != IMPORT_REFUSED)
		return held_files_done(by->home, one->name, why);
	/* This program cannot read it; the next one may. */
	if (one->out.fault.id == FAULT_BUNDLE_NEWER)
		return 0;
	return held_files_refused(by->home, one->name,
	    agreement_of(*by->agreement)->version, why);
}

/* 1: it waits no more; 0: it still does; -1: trouble of this node. */
static int
try_waiting(struct importer *by, struct waiting *one, import_told told,
    void *context, struct fault *why)
{
	int fd = held_files_open(by->home, one->name, why), rc;

	if (fd == -1)
		return -1;
	rc = import_one(by, fd, true, &one->out, why);
	(void)close(fd);
	if (rc == -1)
		return -1;
	if (one->out.state == IMPORT_HELD)
		return 0;
	told(one->name, &one->out, NULL, context);
	return settle(by, one, why) == -1 ? -1 : 1;
}

/* Once over all of them; was one taken that may let another one in? */
static bool
try_all(struct importer *by, struct waiting *all, size_t count,
    import_told told, void *context)
{
	struct fault why;
	bool taken = false;
	int rc;

	for (size_t i = 0; i < count; i++) {
		if (all[i].done ||
		    (rc = try_waiting(by, &all[i], told, context, &why)) == 0)
			continue;
		if (rc == -1)
			told(all[i].name, NULL, &why, context);
		all[i].done = true;
		taken |= rc == 1 && all[i].out.state == IMPORT_IMPORTED;
	}
	return taken;
}

int
import_held(struct importer *by, import_told told, void *context,
    struct fault *why)
{
	struct waiting *all = NULL;
	struct bytes names;
	size_t count = 0;
	int rc = -1;

	bytes_init(&names, HELD_NAMES_MAX);
	if (held_files_list(by->home, agreement_of(*by->agreement)->version,
		&names, why) == -1 ||
	    (all = list_waiting(by->home, &names, &count, why)) == NULL)
		goto done;
	while (try_all(by, all, count, told, context))
		continue;
	for (size_t i = 0; i < count; i++)
		if (!all[i].done)
			told(all[i].name, &all[i].out, NULL, context);
	rc = 0;
done:
	free(all);
	bytes_free(&names);
	return rc;
}
