#include "import/compare.h"

#include <inttypes.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/digest.h"
#include "formats/agreement.h"
#include "import/contents.h"
#include "import/receive.h"
#include "store/log_heads.h"

int
compare_outside(const struct comparison *c, struct fault *why)
{
	const struct bundle_outside *out = &c->received->outside;
	const struct bundle_outside *in = &c->contents->inside.outside;

	if (strcmp(out->id, in->id) != 0 || out->seq != in->seq ||
	    out->created != in->created)
		return FAIL(why, FAULT_BUNDLE_OUTSIDE_INSIDE,
		    "id, number or time");
	return 0;
}

int
compare_signer(const struct comparison *c, struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;

	/* The whole key: its 8-byte number is only a hint. */
	if (!minisign_public_same(&in->from_sign, c->received->key) ||
	    strcmp(in->from_node, c->received->signer->code) != 0)
		return FAIL(why, FAULT_BUNDLE_SIGNER, "signed by %s",
		    c->received->signer->code);
	return 0;
}

int
compare_receiver(const struct comparison *c, struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;

	if (strcmp(in->to_node, c->self->code) != 0)
		return FAIL(why, FAULT_BUNDLE_TO, "it is for %s; this is %s",
		    in->to_node, c->self->code);
	for (size_t i = 0; i < c->own_count; i++)
		if (strcmp(in->to_open, c->own[i]) == 0)
			return 0;
	return FAIL(why, FAULT_BUNDLE_TO, "the key named is not ours");
}

int
compare_stanzas(const struct comparison *c, struct fault *why)
{
	const struct age_header *h = &c->contents->header;
	size_t want = 1 + c->contents->inside.recovery_count;

	if (h->stanzas != h->x25519 || h->stanzas != want)
		return FAIL(why, FAULT_BUNDLE_RECIPIENTS,
		    "sealed to %zu; the receiver and recovery are %zu",
		    h->stanzas, want);
	if (h->opened != 1)
		return FAIL(why, FAULT_BUNDLE_RECIPIENTS,
		    "%zu of them are this node", h->opened);
	return 0;
}

int
compare_environment(const struct comparison *c, struct fault *why)
{
	bool live = c->contents->inside.environment == BUNDLE_LIVE;

	if (live != (c->agreement->environment == AGREEMENT_LIVE))
		return FAIL(why, FAULT_BUNDLE_ENVIRONMENT,
		    "the bundle is %s, this node is %s",
		    live ? "live" : "practice", live ? "practice" : "live");
	return 0;
}

static int
names_other(const char *id, const uint8_t sha256[static 32],
    const char *named_id, const uint8_t named_sha256[static 32])
{
	return strcmp(id, named_id) != 0 ||
	    memcmp(sha256, named_sha256, 32) != 0;
}

/* Each names the one before it: asked of both neighbours that are here. */
static int
compare_previous(const struct comparison *c, struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;
	const struct bundle_came *before = c->one_before;
	const struct bundle_came *after = c->one_after;

	if (before != NULL && in->has_previous &&
	    names_other(before->id, before->sha256, in->previous_id,
		in->previous_sha256))
		return FAIL(why, FAULT_BUNDLE_PREVIOUS,
		    "number %" PRId64 " of the stream", before->sequence);
	if (after != NULL &&
	    names_other(in->outside.id, c->received->sha256, after->previous_id,
		after->previous_sha256))
		return FAIL(why, FAULT_BUNDLE_PREVIOUS,
		    "number %" PRId64 " of the stream", in->sequence);
	return 0;
}

int
compare_numbers(const struct comparison *c, struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;

	if (c->same_seq != NULL && strcmp(c->same_seq->id, in->outside.id) != 0)
		return FAIL(why, FAULT_BUNDLE_NUMBER_TWICE, "number %" PRId64,
		    in->outside.seq);
	if (c->same_sequence != NULL &&
	    strcmp(c->same_sequence->id, in->outside.id) != 0)
		return FAIL(why, FAULT_BUNDLE_NUMBER_TWICE,
		    "number %" PRId64 " of the stream", in->sequence);
	return compare_previous(c, why);
}

static int
compare_recovery(const struct comparison *c, struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;
	const struct agreement *a = c->named;

	if (in->recovery_count != a->recovery_count)
		return FAIL(why, FAULT_BUNDLE_RECIPIENTS,
		    "%zu recovery recipients; the agreement names %zu",
		    in->recovery_count, a->recovery_count);
	for (size_t i = 0; i < a->recovery_count; i++)
		if (strcmp(in->recovery[i], a->recovery[i]) != 0)
			return FAIL(why, FAULT_BUNDLE_RECIPIENTS,
			    "a recovery recipient is not the agreement's");
	return 0;
}

/* The one enclosed is the one named. */
static int
compare_enclosed(const struct comparison *c, struct fault *why)
{
	const struct contents *in = c->contents;
	uint8_t sha256[32];

	if (!in->has_agreement)
		return 0;
	digest_once(DIGEST_SHA256, in->agreement.at, in->agreement.len, sha256);
	if (memcmp(sha256, in->inside.agreement_sha256, sizeof(sha256)) != 0)
		return FAIL(why, FAULT_BUNDLE_AGREEMENT,
		    "the one enclosed is not the one named");
	return 0;
}

int
compare_agreement(const struct comparison *c, enum agreement_relation *relation,
    struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;
	const struct agreement *a = c->agreement;

	if (strcmp(in->agreement_id, a->id) != 0)
		return FAIL(why, FAULT_BUNDLE_AGREEMENT, "not %s", a->id);
	if (compare_enclosed(c, why) == -1)
		return -1;
	*relation = in->agreement_version > a->version ? RELATION_NEWER :
	    in->agreement_version < a->version	       ? RELATION_OLDER :
							 RELATION_SAME;
	if (c->named == NULL)
		return 0;
	if (memcmp(c->named->sha256, in->agreement_sha256, 32) != 0)
		return FAIL(why, FAULT_BUNDLE_AGREEMENT,
		    "version %" PRId64 " here is another file",
		    in->agreement_version);
	return compare_recovery(c, why);
}

/*
 * A head of the sender's log, if there is one, is signed by the sender for
 * this agreement and node.
 */
int
compare_checkpoint(const struct comparison *c, struct fault *why)
{
	const struct bundle_inside *in = &c->contents->inside;
	char origin[NOTE_NAME_ROOM];

	if (in->checkpoint == NULL)
		return 0;
	if (log_heads_origin(in->agreement_id, in->from_node, origin, why) ==
	    -1)
		return -1;
	if (!note_is_checkpoint(in->checkpoint, origin, c->received->key->key,
		NULL))
		return FAIL(why, FAULT_BUNDLE_CHECKPOINT, "of %s",
		    in->from_node);
	return 0;
}

int
compare_all(const struct comparison *c, enum agreement_relation *relation,
    struct fault *why)
{
	static int (*const questions[])(const struct comparison *,
	    struct fault *) = {
		compare_outside,
		compare_signer,
		compare_receiver,
		compare_stanzas,
		compare_environment,
		compare_numbers,
	};

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (questions[i](c, why) == -1)
			return -1;
	if (compare_agreement(c, relation, why) == -1)
		return -1;
	return compare_checkpoint(c, why);
}
