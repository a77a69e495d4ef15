#include "store/judging.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "store/journal.h"

#define BODY_MAX ((size_t)8 * 1024)
#define WORDS_MAX (RULES_WORDS * VERDICT_REASONS_MAX)

/* A rule may have more than one reason; it is named once. */
static bool
is_there(const char *const *rules, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rules[i], id) == 0)
			return true;
	return false;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Some rules tell what a child or a household is afraid of.  A bundle may bear
 * one referral alone, and who has it knows whose: they stand under words that
 * they share, and in the order of the words, since a place in the order of the
 * rules would tell them, too.
 */
static void
list_rules(const struct judgement *j, bool released,
    const char *out[static WORDS_MAX + 1])
{
	const char *words[RULES_WORDS];
	size_t count = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct reason *r = &j->reasons[i];
		size_t more;

		if (released && r->released == NULL)
			continue;
		/* Of what was let go: under which word it was held. */
		more =
		    rules_words(r->rule, released ? VERDICT_HOLD : r->verdict,
			r->released != NULL, words);
		for (size_t k = 0; k < more; k++)
			if (!is_there(out, count, words[k]))
				out[count++] = words[k];
	}
	if (count > 1)
		qsort(out, count, sizeof(*out), by_text);
	out[count] = NULL;
}

static int
write_body(const struct judging *j, struct bytes *out, struct fault *why)
{
	const char *released[WORDS_MAX + 1];
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	list_rules(j->judgement, true, released);
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text_if(&o, "bundle", j->bundle);
	jsonout_text(&o, "direction",
	    j->end == AT_EXPORT ? "sent" : "received");
	if (j->override)
		jsonout_boolean(&o, "override", true);
	if (released[0] != NULL) {
		jsonout_list(&o, "released");
		for (size_t i = 0; released[i] != NULL; i++)
			jsonout_text(&o, NULL, released[i]);
		jsonout_list_end(&o);
	}
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

int
judging_note(struct store *s, const struct judging *j, struct fault *why)
{
	const char *rules[WORDS_MAX + 1];
	struct journal_about about = { .ref = j->ref,
		.verdict = verdict_name(j->judgement->verdict),
		.rules = rules };
	struct journal_entry e = { ACT_JUDGED, j->at, j->user, NULL, &about,
		1 };
	struct bytes body;
	int rc = -1;

	list_rules(j->judgement, false, rules);
	bytes_init(&body, BODY_MAX);
	if (write_body(j, &body, why) == -1)
		goto done;
	e.body = (const char *)body.at;
	rc = journal_put(s, &e, why);
done:
	bytes_free(&body);
	return rc;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
judging_is_news(const struct standing *before, const struct standing *now)
{
	if (before == NULL || before->state != now->state ||
	    before->verdict != now->verdict ||
	    before->reason_count != now->reason_count ||
	    !same_text(before->revision, now->revision) ||
	    !same_text(before->whole_revision, now->whole_revision))
		return true;
	for (size_t i = 0; i < now->reason_count; i++)
		if (before->reasons[i].verdict != now->reasons[i].verdict ||
		    !same_text(before->reasons[i].rule, now->reasons[i].rule))
			return true;
	return false;
}
