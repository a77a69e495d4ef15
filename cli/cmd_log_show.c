#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/reader.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log_entry.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "store/log.h"
#include "store/log_heads.h"
#include "store/log_leaf.h"

#define JSON_MAX ((size_t)256 * 1024 * 1024)
#define ARENA ((size_t)1024 * 1024)

enum { OPT_LAST, OPT_ALARMS, OPT_REF };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct arena *arena;
	uint64_t size;
	uint64_t last; /* at most so many */
	struct bytes entry;
	struct bytes list; /* as JSON */
	struct sink *to;
	struct jsonout out;
	size_t shown;
};

static int
show_one(struct run *r, int64_t number, struct fault *why)
{
	struct log_entry e;

	bytes_empty(&r->entry);
	if (log_leaf_entry(r->home.store, number, &r->entry, why) == -1)
		return -1;
	r->shown++;
	if (r->args->globals->json) {
		jsonout_raw(&r->out, NULL, (const char *)r->entry.at,
		    r->entry.len);
		return 0;
	}
	if (log_entry_read(r->entry.at, r->entry.len, &e, why) == -1)
		return -1;
	say_line(r->say, "%6" PRId64 "  %s  %-17s  %-12s  %s", e.number, e.at,
	    e.act, e.by != NULL ? e.by : "-", e.what);
	log_entry_free(&e);
	return 0;
}

static int
show_all(struct run *r, struct fault *why)
{
	uint64_t from = r->size > r->last ? r->size - r->last : 0;

	for (uint64_t n = from + 1; n <= r->size; n++)
		if (show_one(r, (int64_t)n, why) == -1)
			return -1;
	return 0;
}

/* Oldest first; with --last those at the end. */
static int
show_about(struct run *r, const char *word, struct fault *why)
{
	const char *ref = log_entry_ref(r->home.store, word, r->arena, why);
	struct log_leaf_about about = { .number = 0 };
	uint64_t count = 0, skip;
	int more;

	if (ref == NULL)
		return -1;
	while ((more = log_leaf_about(r->home.store, ref, about.number, &about,
		    why)) == 1)
		count++;
	if (more == -1)
		return -1;
	skip = count > r->last ? count - r->last : 0;
	about.number = 0;
	for (uint64_t i = 0; i < count; i++) {
		more = log_leaf_about(r->home.store, ref, about.number, &about,
		    why);
		if (more != 1)
			return more;
		if (i >= skip && show_one(r, about.number, why) == -1)
			return -1;
	}
	return 0;
}

/* --- partners' logs that are not what they were --- */

static void
show_alarm(struct run *r, const struct log_head *h)
{
	r->shown++;
	if (r->args->globals->json) {
		jsonout_object(&r->out, NULL);
		jsonout_integer(&r->out, "number", h->number);
		jsonout_text(&r->out, "node", h->node);
		jsonout_integer(&r->out, "size", (int64_t)h->size);
		jsonout_integer(&r->out, "against", (int64_t)h->against);
		jsonout_text(&r->out, "bundle", h->bundle);
		jsonout_object_end(&r->out);
		return;
	}
	say_line(r->say,
	    "The log of %s: a head of %" PRIu64 " entries, in the bundle %s, "
	    "contradicts the one of %" PRIu64 " that was seen before.",
	    h->node, h->size, h->bundle, h->against);
}

static int
show_alarms(struct run *r, struct fault *why)
{
	struct log_head h = { .number = 0 };
	struct bytes note;
	int more;

	bytes_init(&note, NOTE_MAX);
	while ((more = log_heads_seen_after(r->home.store, h.number, &h, &note,
		    why)) == 1) {
		if (h.alarm)
			show_alarm(r, &h);
		bytes_empty(&note);
	}
	bytes_free(&note);
	if (more == -1)
		return -1;
	if (r->shown == 0) {
		say_line(r->say,
		    "No log of a partner contradicts what was seen of it.");
		return 0;
	}
	say_status(r->say, EXIT_LOOK);
	say_next(r->say,
	    "Both heads are in seen/ of: satchel log export --out DIR. Give "
	    "them to the working group; nobody is accused by it yet: a node "
	    "put back from a backup does the same.");
	return 0;
}

static int
read_last(const struct args *args, uint64_t *out, struct fault *why)
{
	const char *text = args->option[OPT_LAST];
	struct reader r;

	*out = UINT64_MAX;
	if (text == NULL)
		return 0;
	r = (struct reader){ (const uint8_t *)text, strlen(text) };
	if (!reader_number(&r, INT64_MAX, out) || r.left > 0 || *out == 0)
		return FAIL(why, FAULT_USAGE, "--last needs a number");
	return 0;
}

static int
say_who(struct run *r, struct fault *why)
{
	char origin[NOTE_NAME_ROOM];

	if (r->home.self == NULL)
		return 0;
	if (log_heads_origin(agreement_of(r->home.agreement)->id,
		r->home.self->code, origin, why) == -1)
		return -1;
	say_member(r->say, "origin", origin);
	return 0;
}

static int
show(struct run *r, struct fault *why)
{
	const bool alarms = r->args->given[OPT_ALARMS];
	const char *ref = r->args->option[OPT_REF];
	int rc;

	if ((r->arena = arena_new(ARENA, why)) == NULL ||
	    (r->to = bytes_sink_new(&r->list, why)) == NULL ||
	    log_size(r->home.store, &r->size, why) == -1)
		return -1;
	jsonout_start(&r->out, r->to);
	jsonout_list(&r->out, NULL);
	rc = alarms	? show_alarms(r, why) :
	    ref != NULL ? show_about(r, ref, why) :
			  show_all(r, why);
	if (rc == -1)
		return -1;
	jsonout_list_end(&r->out);
	if (jsonout_end(&r->out, why) == -1 || say_who(r, why) == -1)
		return -1;
	say_number_of(r->say, "size", (int64_t)r->size);
	say_json(r->say, alarms ? "alarms" : "entries", &r->list);
	return 0;
}

static int
run_log_show(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc = -1;

	if (args->given[OPT_ALARMS] &&
	    (args->given[OPT_REF] || args->given[OPT_LAST]))
		return FAIL(why, FAULT_USAGE, "--alarms stands alone");
	if (read_last(args, &r.last, why) == -1 ||
	    node_open(args, HOME_READ, &r.home, why) == -1)
		return -1;
	bytes_init(&r.entry, LOG_ENTRY_MAX);
	bytes_init(&r.list, JSON_MAX);
	rc = show(&r, why);
	sink_free(r.to);
	bytes_free(&r.list);
	bytes_free(&r.entry);
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_log_show = {
	.name = "log show",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "what was done here: who did what, when",
	.more = "One line an entry, oldest first: its number, when, what, who, "
		"and the verdict, rules, ids, counts and codes that belong to "
		"it.  No entry names anybody who is referred; --ref finds the "
		"entries about one referral or case, as long as it is known "
		"here.",
	.options = {
		[OPT_LAST] = { "last", "N", "only the last N of them", OPTION_LAST },
		[OPT_ALARMS] = { "alarms", NULL,
		    "partners' logs that are not what they were", OPTION_LAST },
		[OPT_REF] = { "ref", "REF", "only those about this", OPTION_LAST },
	},
	.run = run_log_show,
};
