#include "import/owing.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/ndjson.h"
#include "store/owed.h"
#include "store/referrals.h"

static const char *
true_ref(const struct standing *st)
{
	return st->version_of != NULL ? st->version_of : st->ref;
}

static void
write_receipt(struct jsonout *o, const struct standing *st, const char *state)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "type", "receipt");
	jsonout_text(o, "bundle", st->bundle);
	jsonout_text(o, "state", "imported");
	jsonout_list(o, "referrals");
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", true_ref(st));
	jsonout_text(o, "state", state);
	jsonout_list(o, "rules");
	for (size_t i = 0; i < st->reason_count; i++)
		if (st->reasons[i].verdict >= VERDICT_HOLD)
			jsonout_text(o, NULL, st->reasons[i].rule);
	jsonout_list_end(o);
	jsonout_object_end(o);
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static void
write_answer(struct jsonout *o, const struct standing *st)
{
	char decided_on[DAY_TEXT];

	day_write(st->decided_on, decided_on);
	jsonout_object(o, NULL);
	jsonout_text(o, "type", "answer");
	jsonout_text(o, "ref", true_ref(st));
	jsonout_text(o, "decision", st->decision);
	jsonout_text_if(o, "reason", st->decision_reason);
	jsonout_text(o, "decided_on", decided_on);
	jsonout_text_if(o, "target_id", st->target_id);
	jsonout_object_end(o);
}

static int
owe(struct store *s, const struct standing *st, enum bundle_record kind,
    const char *state, struct fault *why)
{
	struct bytes record;
	struct sink *to = NULL;
	struct jsonout out;
	int rc = -1;

	bytes_init(&record, NDJSON_LINE_MAX);
	if ((to = bytes_sink_new(&record, why)) == NULL)
		goto done;
	jsonout_start(&out, to);
	if (kind == BUNDLE_RECEIPT)
		write_receipt(&out, st, state);
	else
		write_answer(&out, st);
	if (jsonout_end(&out, why) == 0)
		rc = owed_put(s, st->partner, kind, record.at, record.len, why);
done:
	sink_free(to);
	bytes_free(&record);
	return rc;
}

int
owing_receipt(struct store *s, const struct standing *st, const char *state,
    struct fault *why)
{
	return owe(s, st, BUNDLE_RECEIPT, state, why);
}

int
owing_answer(struct store *s, const struct standing *st, struct fault *why)
{
	return owe(s, st, BUNDLE_ANSWER, NULL, why);
}
