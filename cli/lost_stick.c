#include "cli/lost_stick.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/say.h"
#include "cli/to_do.h"
#include "import/impact.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/store.h"

#define BODY_MAX ((size_t)64 * 1024)
#define JOURNAL_IDS_MAX 1000
#define START_LEAST 8 /* digits of a bundle's id that name it */

struct loss {
	struct incident *in;
	struct impact here;
	bool *lost;  /* of each bundle: was it on the stick? */
	bool *again; /* and does it go once more? */
	size_t lost_count;
	size_t again_count;
};

/* Is the bundle called so: its file's name, or the start of its id? */
static bool
is_called(const struct bundle_made *b, const char *word)
{
	size_t len = strlen(word);

	if (strcmp(b->name, word) == 0)
		return true;
	return len >= START_LEAST && len < sizeof(b->id) &&
	    strncmp(b->id, word, len) == 0;
}

static int
mark_named(struct loss *l, const char *word, struct fault *why)
{
	const char *slash = strrchr(word, '/');
	const struct impact *here = &l->here;
	size_t met = here->bundle_count;

	if (slash != NULL)
		word = slash + 1;
	for (size_t i = 0; i < here->bundle_count; i++) {
		if (!is_called(&here->bundles[i].made, word))
			continue;
		if (met != here->bundle_count)
			return FAIL(why, FAULT_USAGE,
			    "several bundles made here are called %.60s", word);
		met = i;
	}
	if (met == here->bundle_count)
		return FAIL(why, FAULT_USAGE,
		    "no bundle made here is called %.60s", word);
	l->lost[met] = true;
	return 0;
}

/*
 * What is on a lost stick nobody knows for sure: everything that left and that
 * the other side never spoke of may be.
 */
static int
mark_lost(struct loss *l, struct fault *why)
{
	const struct args *args = l->in->args;

	for (int i = 0; i < args->count; i++)
		if (mark_named(l, args->operands[i], why) == -1)
			return -1;
	for (size_t i = 0; i < l->here.bundle_count; i++) {
		const struct impact_bundle *b = &l->here.bundles[i];

		if (args->count == 0)
			l->lost[i] = impact_may_be_lost(b);
		l->again[i] = l->lost[i] && impact_may_be_lost(b);
		l->lost_count += l->lost[i];
		l->again_count += l->again[i];
	}
	return 0;
}

static const char *
what_is_known(const struct impact_bundle *b)
{
	if (b->told > 0 || b->made.acknowledged != 0)
		return "and the other side has them";
	if (b->made.refused[0] != '\0')
		return "and the other side refused it: see satchel status";
	return "and no word of it from the other side";
}

static void
tell_lost(const struct loss *l)
{
	for (size_t i = 0; i < l->here.bundle_count; i++) {
		const struct impact_bundle *b = &l->here.bundles[i];
		const struct said_bundle said = {
			.file = b->made.name,
			.id = b->made.id,
			.seq = b->made.seq,
			.from = l->in->home.identity.node,
			.to = { b->made.receiver },
			.to_count = 1,
			.sequence = b->made.sequence,
			.state = "made",
			.bytes = (uint64_t)b->made.bytes,
		};

		if (!l->lost[i])
			continue;
		say_bundle(l->in->say, &said);
		say_line(l->in->say, "  referrals: %zu, %s", b->referrals,
		    what_is_known(b));
	}
}

static void
plan(struct incident *in, size_t again)
{
	to_do_step(in,
	    "Think what else was on the stick. Files that satchel did not "
	    "write are not sealed: a file out of Primero, a printed sheet or a "
	    "list lies open, and that is a worse incident. Tell the people "
	    "below which.");
	to_do_step(in,
	    "The bundles on it are sealed. Who finds it sees that they are "
	    "satchel bundles, their size, number and time, and the number of a "
	    "key; not who sent them, to whom, how many children or who.");
	if (again > 0)
		to_do_step(in,
		    "Take another stick, and export to the same offices again: "
		    "what may have been lost (bundles: %zu) goes with it once "
		    "more, as it was made. If both sticks arrive, the second "
		    "changes nothing.",
		    again);
	to_do_step(in,
	    "Look for the stick. If it is found, bring it to the office it was "
	    "for: nothing in it can have been changed unseen.");
	to_do_step(in,
	    "This cannot be undone: who has the stick can keep it, and could "
	    "read it with the keys of the office it was for. If a computer of "
	    "that office is ever stolen, say that this stick was lost.");
}

static int
write_journal(const struct loss *l, struct bytes *body, struct fault *why)
{
	struct sink *to = bytes_sink_new(body, why);
	struct jsonout o;
	size_t listed = 0;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "kind", l->in->kind);
	jsonout_integer(&o, "count", (int64_t)l->lost_count);
	jsonout_list(&o, "bundles");
	for (size_t i = 0; i < l->here.bundle_count; i++)
		if (l->lost[i] && listed++ < JOURNAL_IDS_MAX)
			jsonout_text(&o, NULL, l->here.bundles[i].made.id);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

/* They count as not carried: the next export to that node carries them. */
static int
keep_lost(struct store *s, void *context, struct fault *why)
{
	const struct loss *l = context;
	struct bytes body;
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if (write_journal(l, &body, why) == -1)
		goto done;
	for (size_t i = 0; i < l->here.bundle_count; i++)
		if (l->again[i] &&
		    bundles_set_waiting(s, l->here.bundles[i].made.id, why) ==
			-1)
			goto done;
	rc = journal_add(s, ACT_INCIDENT, l->in->now, l->in->user,
	    (const char *)body.at, why);
done:
	bytes_free(&body);
	return rc;
}

int
lost_stick_run(struct incident *in, struct fault *why)
{
	struct loss l = { .in = in };
	int rc = -1;

	if (impact_read(in->home.store, NULL, &l.here, why) == -1 ||
	    (l.lost = arena_take_array(in->arena, l.here.bundle_count,
		 sizeof(bool), why)) == NULL ||
	    (l.again = arena_take_array(in->arena, l.here.bundle_count,
		 sizeof(bool), why)) == NULL ||
	    mark_lost(&l, why) == -1)
		goto done;
	plan(in, l.again_count);
	if (!in->dry_run &&
	    store_transaction(in->home.store, keep_lost, &l, why) == -1)
		goto done;
	if (in->dry_run)
		say_line(in->say, "This was a dry run: nothing was noted.");
	if (l.lost_count == 0)
		say_line(in->say,
		    "Nothing that was made here can be on it: the other side "
		    "spoke of all that left.");
	tell_lost(&l);
	rc = to_do_tell(in, why);
done:
	impact_free(&l.here);
	return rc;
}
