#include "store/reached.h"

#include <string.h>

#include "base/fault.h"
#include "store/bundles.h"

static const struct {
	const char *name;
	const char *words;
} texts[REACHED_COUNT] = {
	[REACHED_DRAFTED] = { "drafted", "drafted" },
	[REACHED_HELD] = { "held", "held" },
	[REACHED_REFUSED] = { "refused", "refused" },
	[REACHED_SENT] = { "sent", "sent" },
	[REACHED_CARRIED] = { "carried", "carried" },
	[REACHED_BUNDLE_REFUSED] = { "bundle_refused", "bundle refused" },
	[REACHED_RECEIVED] = { "received", "received" },
	[REACHED_STAGED] = { "staged", "staged" },
	[REACHED_READY] = { "ready", "ready" },
	[REACHED_HELD_THERE] = { "held_there", "held there" },
	[REACHED_REFUSED_THERE] = { "refused_there", "refused there" },
	[REACHED_LOADED] = { "loaded", "loaded" },
	[REACHED_ANSWERED] = { "answered", "answered" },
	[REACHED_DONE] = { "done", "done" },
	[REACHED_RECALLED] = { "recalled", "recalled" },
};

const char *
reached_name(enum reached p)
{
	return texts[p].name;
}

const char *
reached_words(enum reached p)
{
	return texts[p].words;
}

/* What the other side's receipt says; false: nothing that tells. */
static bool
told(const char *word, enum reached *out)
{
	static const struct {
		const char *word;
		enum reached is;
	} words[] = {
		{ "staged", REACHED_STAGED },
		/* The same was there before, and stands as it stood. */
		{ "duplicate", REACHED_STAGED },
		{ "held", REACHED_HELD_THERE },
		{ "loaded", REACHED_LOADED },
		{ "refused", REACHED_REFUSED_THERE },
		{ "recalled", REACHED_RECALLED },
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

static enum reached
of_bundle(const struct bundle_made *made)
{
	if (made == NULL)
		return REACHED_SENT;
	if (made->acknowledged != 0)
		return REACHED_RECEIVED;
	if (made->refused[0] != '\0')
		return REACHED_BUNDLE_REFUSED;
	return made->carried ? REACHED_CARRIED : REACHED_SENT;
}

static enum reached
of_state(enum standing_state state)
{
	switch (state) {
	case STANDING_HELD:
		return REACHED_HELD;
	case STANDING_STAGED:
		return REACHED_STAGED;
	case STANDING_READY:
		return REACHED_READY;
	case STANDING_LOADED:
		return REACHED_LOADED;
	case STANDING_REFUSED:
		return REACHED_REFUSED;
	case STANDING_RECALLED:
		return REACHED_RECALLED;
	case STANDING_SENT:
		break;
	}
	return REACHED_SENT;
}

const char *
reached_newer(const struct standing *st)
{
	enum reached p;

	if (!st->loaded_there || !told(st->told, &p) ||
	    (p != REACHED_STAGED && p != REACHED_HELD_THERE &&
		p != REACHED_REFUSED_THERE))
		return NULL;
	return st->told;
}

enum reached
reached_of(enum direction d, const struct standing *st,
    const struct bundle_made *made)
{
	bool went = d == REFERRAL_SENT &&
	    (st->state == STANDING_SENT || st->sent_revision != NULL);
	enum reached p;

	if (st->state == STANDING_RECALLED)
		return REACHED_RECALLED;
	if (st->decision != NULL)
		return strcmp(st->decision, "done") == 0 ? REACHED_DONE :
							   REACHED_ANSWERED;
	if (went && reached_newer(st) != NULL)
		return REACHED_LOADED;
	if (went)
		return told(st->told, &p) ? p : of_bundle(made);
	if (d == REFERRAL_SENT && st->state == STANDING_READY)
		return REACHED_DRAFTED;
	return of_state(st->state);
}

int
reached_find(struct store *s, enum direction d, const struct standing *st,
    enum reached *out, struct fault *why)
{
	struct bundle_made made;
	int found = 0;

	if (d == REFERRAL_SENT && st->bundle != NULL)
		found = bundles_made(s, st->bundle, &made, why);
	if (found == -1)
		return -1;
	*out = reached_of(d, st, found == 1 ? &made : NULL);
	return 0;
}
