#include "store/progress.h"

#include <string.h>

#include "base/fault.h"
#include "store/bundles.h"

static const struct {
	const char *name;
	const char *words;
} texts[PROGRESS_COUNT] = {
	[PROGRESS_DRAFTED] = { "drafted", "drafted" },
	[PROGRESS_HELD] = { "held", "held" },
	[PROGRESS_REFUSED] = { "refused", "refused" },
	[PROGRESS_SENT] = { "sent", "sent" },
	[PROGRESS_CARRIED] = { "carried", "carried" },
	[PROGRESS_BUNDLE_REFUSED] = { "bundle_refused", "bundle refused" },
	[PROGRESS_RECEIVED] = { "received", "received" },
	[PROGRESS_STAGED] = { "staged", "staged" },
	[PROGRESS_READY] = { "ready", "ready" },
	[PROGRESS_HELD_THERE] = { "held_there", "held there" },
	[PROGRESS_REFUSED_THERE] = { "refused_there", "refused there" },
	[PROGRESS_LOADED] = { "loaded", "loaded" },
	[PROGRESS_ANSWERED] = { "answered", "answered" },
	[PROGRESS_DONE] = { "done", "done" },
	[PROGRESS_RECALLED] = { "recalled", "recalled" },
};

const char *
progress_name(enum progress p)
{
	return texts[p].name;
}

const char *
progress_words(enum progress p)
{
	return texts[p].words;
}

/* What the other side's receipt says; false: nothing that tells. */
static bool
told(const char *word, enum progress *out)
{
	static const struct {
		const char *word;
		enum progress is;
	} words[] = {
		{ "staged", PROGRESS_STAGED },
		/* The same was there before, and stands as it stood. */
		{ "duplicate", PROGRESS_STAGED },
		{ "held", PROGRESS_HELD_THERE },
		{ "loaded", PROGRESS_LOADED },
		{ "refused", PROGRESS_REFUSED_THERE },
		{ "recalled", PROGRESS_RECALLED },
	};

	for (size_t i = 0; word != NULL && i < sizeof(words) / sizeof(*words);
	     i++) {
		if (strcmp(words[i].word, word) == 0) {
			*out = words[i].is;
			return true;
		}
	}
	return false;
}

static enum progress
of_bundle(const struct bundle_made *made)
{
	if (made == NULL)
		return PROGRESS_SENT;
	if (made->acknowledged != 0)
		return PROGRESS_RECEIVED;
	if (made->refused[0] != '\0')
		return PROGRESS_BUNDLE_REFUSED;
	return made->carried ? PROGRESS_CARRIED : PROGRESS_SENT;
}

static enum progress
of_state(enum standing_state state)
{
	switch (state) {
	case STANDING_HELD:
		return PROGRESS_HELD;
	case STANDING_STAGED:
		return PROGRESS_STAGED;
	case STANDING_READY:
		return PROGRESS_READY;
	case STANDING_LOADED:
		return PROGRESS_LOADED;
	case STANDING_REFUSED:
		return PROGRESS_REFUSED;
	case STANDING_RECALLED:
		return PROGRESS_RECALLED;
	case STANDING_SENT:
		break;
	}
	return PROGRESS_SENT;
}

enum progress
progress_of(enum direction d, const struct standing *st,
    const struct bundle_made *made)
{
	bool went = d == REFERRAL_SENT &&
	    (st->state == STANDING_SENT || st->sent_revision != NULL);
	enum progress p;

	if (st->state == STANDING_RECALLED)
		return PROGRESS_RECALLED;
	if (st->decision != NULL)
		return strcmp(st->decision, "done") == 0 ? PROGRESS_DONE :
							   PROGRESS_ANSWERED;
	if (went)
		return told(st->told, &p) ? p : of_bundle(made);
	if (d == REFERRAL_SENT && st->state == STANDING_READY)
		return PROGRESS_DRAFTED;
	return of_state(st->state);
}

int
progress_find(struct store *s, enum direction d, const struct standing *st,
    enum progress *out, struct fault *why)
{
	struct bundle_made made;
	int found = 0;

	if (d == REFERRAL_SENT && st->bundle != NULL)
		found = bundles_made(s, st->bundle, &made, why);
	if (found == -1)
		return -1;
	*out = progress_of(d, st, found == 1 ? &made : NULL);
	return 0;
}
