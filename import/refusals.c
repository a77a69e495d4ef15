#include "import/refusals.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/agreement.h"
#include "formats/bundle.h"
#include "import/receive.h"
#include "store/bundles.h"
#include "store/owed.h"

#define RECEIPT_MAX 1024

bool
refusals_concern(const struct fault *refused)
{
	/*
	 * Without a stanza of ours it is most likely somebody else's, on a
	 * stick that goes round.
	 */
	return refused->id != FAULT_BUNDLE_NOT_OURS;
}

static int
owe_receipt(struct store *s, const struct refusal *r, struct fault *why)
{
	struct bytes record;
	struct sink *to = NULL;
	struct jsonout o;
	int rc = -1;

	bytes_init(&record, RECEIPT_MAX);
	if ((to = bytes_sink_new(&record, why)) == NULL)
		goto done;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "type", "receipt");
	jsonout_text(&o, "bundle", r->received->outside.id);
	jsonout_text(&o, "state", "refused");
	jsonout_text(&o, "code", r->code);
	jsonout_object_end(&o);
	if (jsonout_end(&o, why) == 0)
		rc = owed_put_refusal(s, r->received->signer->code, record.at,
		    record.len, why);
done:
	sink_free(to);
	bytes_free(&record);
	return rc;
}

/*
 * The number that the signer itself gave it in its stream to us; 0 if it was
 * not read, or if others' words may be inside.
 */
static int64_t
number_of(const struct refusal *r)
{
	const struct bundle_inside *in = r->inside;

	if (in == NULL || in->from_node == NULL || in->to_node == NULL ||
	    strcmp(in->outside.id, r->received->outside.id) != 0 ||
	    in->outside.seq != r->received->outside.seq ||
	    !minisign_public_same(&in->from_sign, r->received->key) ||
	    strcmp(in->to_node, r->self) != 0)
		return 0;
	return in->sequence;
}

int
refusals_owe(struct store *s, const struct refusal *r, bool *owed,
    struct fault *why)
{
	const struct received *got = r->received;
	struct bundle_came before,
	    came = { .seq = got->outside.seq,
		    .sequence = number_of(r),
		    .at = r->at };
	int found;

	*owed = false;
	found = bundles_came(s, got->key->key, got->outside.id, &before, why);
	if (found == -1)
		return -1;
	/* What was imported stays so; this one only has its id. */
	if (found == 1 && before.imported)
		return 0;
	memcpy(came.id, got->outside.id, sizeof(came.id));
	memcpy(came.sha256, got->sha256, sizeof(came.sha256));
	(void)snprintf(came.code, sizeof(came.code), "%s", r->code);
	if (bundles_put_came(s, got->key->key, &came, why) == -1)
		return -1;
	if (found == 1 && strcmp(before.code, came.code) == 0)
		return 0;
	*owed = true;
	return owe_receipt(s, r, why);
}

/* A letter and digits, as all codes are: it is kept and shown as it is. */
static bool
is_code(const char *code)
{
	return code != NULL && strlen(code) == 4 && code[0] >= 'A' &&
	    code[0] <= 'Z' && strspn(code + 1, "0123456789") == 3;
}

bool
refusals_is_alarm(const char *code)
{
	return code != NULL &&
	    strcmp(code, fault_text(FAULT_BUNDLE_NUMBER_TWICE)->code) == 0;
}

/* What is to be done about it, behind which bundle and why. */
static void
write_sentence(const struct bundle_made *made, const char *code,
    char out[static REFUSALS_SENTENCE])
{
	const struct fault_text *text = fault_of_code(code);
	char next[256];

	if (refusals_is_alarm(code))
		(void)snprintf(next, sizeof(next),
		    "Tell the focal point: was this node put back from a "
		    "backup, or is it at work twice? Export the same cases "
		    "again with --only.");
	else
		(void)snprintf(next, sizeof(next),
		    "Put that right together; then send it once more: satchel "
		    "resend %" PRId64 " --to %s --out DIR. If it is refused "
		    "again, export its referrals again, with --only.",
		    made->sequence, made->receiver);
	(void)snprintf(out, REFUSALS_SENTENCE,
	    "%s refused our bundle number %" PRId64 " (%s): %s %s. %s",
	    made->receiver, made->sequence, made->name, code,
	    text != NULL ? text->says :
			   "for a reason that this program does not know",
	    next);
}

static int
find_made(struct store *s, const struct refused_there *r,
    struct bundle_made *made, struct fault *why)
{
	if (r->bundle != NULL)
		return bundles_made(s, r->bundle, made, why);
	return bundles_made_sequence(s, r->from, r->sign, r->sequence, made,
	    why);
}

int
refusals_hear(struct store *s, const struct refused_there *r,
    char sentence[static REFUSALS_SENTENCE], bool *foreign, struct fault *why)
{
	const char *code = is_code(r->code) ? r->code : "?";
	struct bundle_made made;
	bool news;
	int found;

	sentence[0] = '\0';
	*foreign = false;
	if ((found = find_made(s, r, &made, why)) == -1)
		return -1;
	if (found == 0 || strcmp(made.receiver, r->from) != 0) {
		*foreign = true;
		return 0;
	}
	if (bundles_set_refused(s, made.id, code, &news, why) == -1)
		return -1;
	if (!news)
		return 0;
	if (refusals_is_alarm(code) && owed_again(s, &made, why) == -1)
		return -1;
	write_sentence(&made, code, sentence);
	return 0;
}
