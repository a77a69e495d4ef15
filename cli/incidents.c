#include "cli/incidents.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/distrust.h"
#include "import/held_files.h"
#include "store/agreements.h"
#include "store/distrusted.h"
#include "store/referrals.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define JSON_MAX ((size_t)1024 * 1024)
#define NAMES_MAX ((size_t)1024 * 1024)

/* One thing that was told, and whether it is the last of its node. */
struct told {
	char node[17];
	bool trust;
	bool last;
	int64_t agreement;
	moment at;
};

struct tellings {
	struct told *all;
	size_t count;
	size_t room;
};

static int
take_one(const struct distrust *d, void *context, struct fault *why)
{
	struct tellings *t = context;
	struct told *one;

	if (strlen(d->node) >= sizeof(one->node))
		return FAIL(why, FAULT_STORE_DAMAGED,
		    "a node that was distrusted");
	if (t->count == t->room) {
		size_t wider = t->room == 0 ? 16 : t->room * 2;
		struct told *all = realloc(t->all, wider * sizeof(*all));

		if (all == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "incidents");
		t->all = all;
		t->room = wider;
	}
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->all[i].node, d->node) == 0)
			t->all[i].last = false;
	one = &t->all[t->count++];
	*one = (struct told){ .trust = strcmp(d->kind, "trust") == 0,
		.last = true,
		.agreement = d->agreement,
		.at = d->at };
	memcpy(one->node, d->node, strlen(d->node) + 1);
	return 0;
}

/* Everything from the node is held under that agreement (NULL: none). */
static int
is_held(struct store *s, const struct agreement *a, const char *node,
    bool *held, struct fault *why)
{
	*held = false;
	if (a == NULL)
		return 0;
	return distrusted_now(s, node, agreement_node_lists,
	    agreement_node(a, node), held, why);
}

int
incidents_say(struct say *say, struct store *s, const struct agreement *a,
    struct fault *why)
{
	struct tellings t = { .all = NULL };
	char on[DAY_TEXT];
	bool held;
	int rc = distrusted_walk(s, take_one, &t, why);

	for (size_t i = 0; rc == 0 && i < t.count; i++) {
		const struct told *one = &t.all[i];

		if (!one->last)
			continue;
		rc = is_held(s, a, one->node, &held, why);
		if (rc == -1 || !held)
			continue;
		day_write(day_of(one->at), on);
		say_line(say,
		    "Everything from %s is held here since %s: see satchel "
		    "incident --list.",
		    one->node, on);
	}
	free(t.all);
	return rc;
}

/* --- a new agreement --- */

static const char *
what_ends(const struct agreement *now, const char *node)
{
	const struct node *n = agreement_node(now, node);

	if (n == NULL)
		return "lists it no more";
	return n->revoked ? "revokes it" : "lists other keys for it";
}

static void
say_held(struct say *say, const struct agreement *now, const char *node)
{
	say_notice(say,
	    "Version %" PRId64 " of the agreement lists %s as before and does "
	    "not revoke it: everything from there stays held here.",
	    now->version, node);
	say_next(say,
	    "Phone the working group: it may have been signed before anybody "
	    "knew. If that office is safe: satchel incident --trust %s "
	    "--reason TEXT.",
	    node);
}

static int
say_changes(struct say *say, struct store *s, const struct agreement *before,
    const struct agreement *now, struct fault *why)
{
	struct tellings t = { .all = NULL };
	bool was_held, held;
	int rc = distrusted_walk(s, take_one, &t, why);

	for (size_t i = 0; rc == 0 && i < t.count; i++) {
		const char *node = t.all[i].node;

		if (!t.all[i].last || t.all[i].trust)
			continue;
		if ((rc = is_held(s, before, node, &was_held, why)) == -1 ||
		    (rc = is_held(s, now, node, &held, why)) == -1)
			break;
		if (held)
			say_held(say, now, node);
		else if (was_held)
			say_notice(say,
			    "What was told of %s ends: version %" PRId64
			    " of the agreement %s.",
			    node, now->version, what_ends(now, node));
	}
	free(t.all);
	return rc;
}

int
incidents_say_change(struct say *say, struct store *s, int64_t before,
    const struct agreement *now, struct fault *why)
{
	struct agreement_file *file = NULL;
	struct bytes text;
	int found, rc = -1;

	bytes_init(&text, AGREEMENT_MAX);
	if ((found = agreements_file(s, before, &text, why)) == -1)
		goto done;
	if (found == 1 &&
	    (file = agreement_read(text.at, text.len, why)) == NULL)
		goto done;
	rc = say_changes(say, s, file != NULL ? agreement_of(file) : NULL, now,
	    why);
done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

/* --- what waits --- */

struct counting {
	struct store *store;
	const struct agreement *agreement;
	size_t stopped;
};

static int
count_one(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct counting *c = context;
	bool stopped;

	(void)record;
	if (distrust_stops(c->store, c->agreement, st, &stopped, why) == -1)
		return -1;
	c->stopped += stopped;
	return 0;
}

int
incidents_say_waiting(struct say *say, const struct home *h,
    const struct agreement *a, struct fault *why)
{
	struct counting c = { .store = h->store, .agreement = a };
	struct arena *arena = arena_new(ARENA, why);
	struct bytes names;
	size_t files = 0;
	int rc = -1;

	bytes_init(&names, NAMES_MAX);
	if (arena == NULL ||
	    referrals_walk(h->store, REFERRAL_RECEIVED, arena, count_one, &c,
		why) == -1 ||
	    held_files_list(h->folder, a->version, &names, why) == -1)
		goto done;
	for (size_t i = 0; i < names.len; i++)
		files += names.at[i] == '\0';
	if (c.stopped > 0) {
		say_notice(say,
		    "Referrals that wait here and that nobody can load now, "
		    "since their office is not trusted: %zu",
		    c.stopped);
		say_next(say,
		    "satchel inbox lists them; ask that office's supervisor "
		    "by phone about each.");
	}
	if (files > 0)
		say_next(say,
		    "Bundles that wait in this node: %zu. The next import, of "
		    "whatever, tries them again.",
		    files);
	rc = 0;
done:
	bytes_free(&names);
	arena_free(arena);
	return rc;
}

/* --- the list --- */

struct listing {
	struct say *say;
	struct store *store;
	const struct agreement *agreement;
	struct jsonout out;
	size_t count;
	bool reveal;
};

/* How it stands now, by the agreement in force. */
static int
standing_of(const struct listing *l, const struct distrust *d, bool *held,
    const char **out, struct fault *why)
{
	const struct node *n = agreement_node(l->agreement, d->node);

	*held = false;
	*out = "trusted again";
	if (strcmp(d->kind, "trust") == 0)
		return 0;
	if (is_held(l->store, l->agreement, d->node, held, why) == -1)
		return -1;
	*out = *held   ? "held" :
	    n == NULL  ? "ended: no longer listed" :
	    n->revoked ? "ended: revoked by the agreement" :
			 "ended";
	return 0;
}

static int
list_one(const struct distrust *d, void *context, struct fault *why)
{
	struct listing *l = context;
	const char *stands;
	char at[MOMENT_TEXT];
	bool held;

	if (standing_of(l, d, &held, &stands, why) == -1)
		return -1;
	day_write_moment(d->at, at);
	l->count++;
	say_line(l->say,
	    "%s  %s  %s, told on %.10s under version %" PRId64 " by %s",
	    d->node, d->kind, stands, at, d->agreement,
	    d->user != NULL ? d->user : "unnamed");
	if (l->reveal)
		say_line(l->say, "    %s", d->reason);
	jsonout_object(&l->out, NULL);
	jsonout_text(&l->out, "node", d->node);
	jsonout_text(&l->out, "kind", d->kind);
	jsonout_text(&l->out, "at", at);
	jsonout_text_or_null(&l->out, "by", d->user);
	jsonout_integer(&l->out, "agreement", d->agreement);
	jsonout_boolean(&l->out, "held", held);
	jsonout_object_end(&l->out);
	return 0;
}

int
incidents_list(struct say *say, struct store *s, const struct agreement *a,
    bool reveal, struct fault *why)
{
	struct listing l = { .say = say,
		.store = s,
		.agreement = a,
		.reveal = reveal };
	struct sink *to = NULL;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, JSON_MAX);
	if ((to = bytes_sink_new(&json, why)) == NULL)
		goto done;
	jsonout_start(&l.out, to);
	jsonout_list(&l.out, NULL);
	if (distrusted_walk(s, list_one, &l, why) == -1)
		goto done;
	jsonout_list_end(&l.out);
	if (jsonout_end(&l.out, why) == -1)
		goto done;
	say_json(say, "incidents", &json);
	if (l.count == 0)
		say_line(say, "No office was ever distrusted here.");
	rc = 0;
done:
	sink_free(to);
	bytes_free(&json);
	return rc;
}
