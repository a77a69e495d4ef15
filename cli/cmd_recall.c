#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/recalls.h"
#include "cli/say.h"
#include "export/recall.h"
#include "formats/agreement.h"
#include "import/undo.h"
#include "store/bundles.h"
#include "store/distrusted.h"
#include "store/referrals.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define REFS_MAX ((size_t)64 * 1024 * 1024)
#define JSON_MAX ((size_t)64 * 1024 * 1024)
#define NODES_MAX 256

enum { OPT_REASON, OPT_ON, OPT_DRAFTED, OPT_UNDONE, OPT_DRY_RUN };

/* One run over what was named. */
struct work {
	const struct args *args;
	struct say *say;
	struct home home;
	const char *user;
	day on;
	struct bytes refs;
	/* Of the result: what was recalled, and what is on its way. */
	struct bytes recalled, under_way;
	struct sink *to, *to_under_way;
	struct jsonout out, out_under_way;
	char nodes[NODES_MAX][17]; /* that are to hear of it */
	size_t node_count;
	size_t told; /* bundles that may still be stopped */
	int64_t count;
};

static int
check_words(const struct args *args, day *on, struct fault *why)
{
	static const char *const reasons[] = { "consent_withdrawn",
		"sent_in_error", "duplicate", "other" };
	const char *reason = args->option[OPT_REASON];
	bool known = false;

	*on = DAY_UNKNOWN;
	if (args->given[OPT_UNDONE] &&
	    (args->given[OPT_DRAFTED] || args->given[OPT_REASON] ||
		args->given[OPT_ON]))
		return FAIL(why, FAULT_USAGE, "--undone stands alone");
	if (args->given[OPT_DRAFTED] == (args->count > 0))
		return FAIL(why, FAULT_USAGE,
		    args->count > 0 ? "--drafted names all of them itself" :
				      "which: CASE, REF or --drafted");
	if (args->given[OPT_UNDONE])
		return 0;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		known |= reason != NULL && strcmp(reason, reasons[i]) == 0;
	if (!known && (reason != NULL || !args->given[OPT_DRAFTED]))
		return FAIL(why, FAULT_USAGE,
		    "--reason takes consent_withdrawn, sent_in_error, "
		    "duplicate or other");
	if (args->given[OPT_ON] && !day_read(args->option[OPT_ON], on))
		return FAIL(why, FAULT_USAGE,
		    "--on needs a date, like 2026-01-31");
	return 0;
}

/* Anybody who is listed may: it needs no right, but it needs a name. */
static int
find_user(struct work *w, struct fault *why)
{
	unsigned right = w->args->given[OPT_UNDONE] ? MAY_LOAD : 0;

	if (node_need_agreement(&w->home, why) == -1)
		return -1;
	if (w->args->globals->user == NULL &&
	    agreement_of(w->home.agreement)->environment == AGREEMENT_LIVE)
		return FAIL(why, FAULT_NODE_USER_NEEDED, "%s",
		    w->home.identity.node);
	return node_acting(&w->home, w->args, right, &w->user, why);
}

/* --- what is told --- */

static void
add_node(struct work *w, const char *node)
{
	for (size_t i = 0; i < w->node_count; i++)
		if (strcmp(w->nodes[i], node) == 0)
			return;
	if (w->node_count < NODES_MAX && strlen(node) < sizeof(w->nodes[0]))
		memcpy(w->nodes[w->node_count++], node, strlen(node) + 1);
}

static void
saw_recalled(void *context, const struct standing *st, bool news)
{
	struct work *w = context;
	struct jsonout *o = &w->out;
	char on[DAY_TEXT];

	day_write(st->recall_on, on);
	say_standing(w->say, st);
	if (!news)
		say_line(w->say,
		    "  It was recalled before, and stays so: nothing changes.");
	else if (st->receiver_count == 0)
		say_line(w->say,
		    "  It never went: no export sends it from now on.");
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", st->ref);
	jsonout_boolean(o, "news", news);
	jsonout_text(o, "reason", st->recall_reason);
	jsonout_text(o, "on", on);
	jsonout_list(o, "to");
	for (size_t i = 0; i < st->receiver_count; i++) {
		jsonout_text(o, NULL, st->receivers[i].node);
		if (!st->receivers[i].confirmed)
			add_node(w, st->receivers[i].node);
	}
	jsonout_list_end(o);
	jsonout_object_end(o);
	w->count += news;
}

/* It can still be stopped by hand, or else it is overtaken. */
static void
saw_under_way(void *context, const struct bundle_made *b)
{
	struct work *w = context;
	struct jsonout *o = &w->out_under_way;

	w->told++;
	if (b->carried)
		say_notice(w->say,
		    "%s, number %" PRId64 " to %s, holds it, and is not known "
		    "to have arrived.",
		    b->name, b->sequence, b->receiver);
	else
		say_notice(w->say,
		    "%s, number %" PRId64 " to %s, holds it, and has not left "
		    "this node.",
		    b->name, b->sequence, b->receiver);
	if (b->carried)
		say_next(w->say,
		    "If %s is on a stick that you can still reach, delete it "
		    "there. What else is in it goes again, one by one, with "
		    "the recall: satchel export --to %s --out DIR --from FILE "
		    "--only REF",
		    b->name, b->receiver);
	else
		say_next(w->say,
		    "Do not carry %s alone: the next export puts the recall "
		    "beside it.",
		    b->name);
	jsonout_object(o, NULL);
	jsonout_text(o, "file", b->name);
	jsonout_text(o, "id", b->id);
	jsonout_integer(o, "seq", b->seq);
	jsonout_integer(o, "sequence", b->sequence);
	jsonout_text(o, "to", b->receiver);
	jsonout_boolean(o, "carried", b->carried);
	jsonout_object_end(o);
}

/* A node that nothing can be sent to hears it from a person. */
static int
say_where(struct work *w, const char *node, struct fault *why)
{
	const struct agreement *a = agreement_of(w->home.agreement);
	const struct node *to = agreement_node(a, node);
	bool distrusted = false;

	if (distrusted_now(w->home.store, node, agreement_node_lists, to,
		&distrusted, why) == -1)
		return -1;
	if (to != NULL && !to->revoked && !distrusted && to->open_count > 0) {
		say_next(w->say, "satchel export --to %s --out DIR", node);
		return 0;
	}
	say_notice(w->say, "Nothing can be sent to %s any more.", node);
	say_next(w->say, "Call them today, and ask what has been done.");
	return 0;
}

static int
say_end_of_it(struct work *w, struct fault *why)
{
	say_count(w->say, SAID_RECALL, w->count);
	if (w->args->given[OPT_DRY_RUN]) {
		say_line(w->say, "Nothing was written: this was a dry run.");
		return 0;
	}
	if (w->node_count > 0)
		say_line(w->say,
		    "It goes with the next bundle, and every one after that, "
		    "until it is confirmed:");
	for (size_t i = 0; i < w->node_count; i++)
		if (say_where(w, w->nodes[i], why) == -1)
			return -1;
	return 0;
}

/* --- recalling --- */

static int
find_all(struct work *w, struct fault *why)
{
	struct store *s = w->home.store;

	if (w->args->given[OPT_DRAFTED])
		return recall_find_drafted(s, &w->refs, why);
	for (int i = 0; i < w->args->count; i++)
		if (recall_find(s, w->args->operands[i], &w->refs, why) == -1)
			return -1;
	return 0;
}

/* They are shown before anything is done. */
static int
show_drafted(struct work *w, struct fault *why)
{
	struct arena *a = arena_new(ARENA, why);
	struct standing st;
	int rc = a == NULL ? -1 : 0;
	char on[DAY_TEXT];

	for (size_t i = 0; rc == 0 && i < w->refs.len;) {
		const char *ref = (const char *)w->refs.at + i;

		i += strlen(ref) + 1;
		arena_empty(a);
		rc = referrals_get(w->home.store, REFERRAL_SENT, ref, a, &st,
			 why) == 1 ?
		    0 :
		    -1;
		if (rc == -1)
			break;
		day_write(st.draft_on, on);
		say_line(w->say, "%s  %s, seen on %s", ref, st.draft, on);
	}
	if (rc == 0 && w->refs.len == 0)
		say_line(w->say, "No recall is drafted.");
	arena_free(a);
	return rc;
}

/* It is recalled all the same: a withdrawal cannot wait for a clock. */
static void
saw_doubt(void *context, moment newest)
{
	struct work *w = context;
	char text[MOMENT_TEXT];

	day_write_moment(newest, text);
	say_notice(w->say,
	    "The clock of this computer is behind what was done here before, "
	    "on %s: the day of the withdrawal may be wrong.",
	    text);
	say_next(w->say,
	    "Set it right, or say that it is: satchel incident --clock; no "
	    "bundle leaves before that. Then say the day, if it is a later "
	    "one: satchel recall REF --reason REASON --on YYYY-MM-DD");
}

static int
recall_all(struct work *w, struct fault *why)
{
	const struct agreement *a =
	    w->home.agreement != NULL ? agreement_of(w->home.agreement) : NULL;
	const char *reason = w->args->option[OPT_REASON];
	const struct recaller by = {
		.store = w->home.store,
		.user = w->user,
		.now = clock_now(),
		.dry_run = w->args->given[OPT_DRY_RUN],
		.recalled = saw_recalled,
		.under_way = saw_under_way,
		.no_earlier = a != NULL ? a->valid_from : DAY_UNKNOWN,
		.doubt = saw_doubt,
		.context = w,
	};
	struct recall_order order = {
		.reason = reason != NULL ? reason : "consent_withdrawn",
		.on = w->on,
	};

	if (find_all(w, why) == -1 ||
	    (w->args->given[OPT_DRAFTED] && show_drafted(w, why) == -1))
		return -1;
	order.refs = (const char *)w->refs.at;
	order.len = w->refs.len;
	if (recall_run(&by, &order, why) == -1)
		return -1;
	return say_end_of_it(w, why);
}

static int
write_lists(struct work *w, struct fault *why)
{
	int rc = -1;

	if ((w->to = bytes_sink_new(&w->recalled, why)) == NULL ||
	    (w->to_under_way = bytes_sink_new(&w->under_way, why)) == NULL)
		return -1;
	jsonout_start(&w->out, w->to);
	jsonout_start(&w->out_under_way, w->to_under_way);
	jsonout_list(&w->out, NULL);
	jsonout_list(&w->out_under_way, NULL);
	rc = recall_all(w, why);
	jsonout_list_end(&w->out);
	jsonout_list_end(&w->out_under_way);
	if (rc == -1 || jsonout_end(&w->out, why) == -1 ||
	    jsonout_end(&w->out_under_way, why) == -1)
		return -1;
	say_json(w->say, "recalled", &w->recalled);
	say_json(w->say, "under_way", &w->under_way);
	return 0;
}

/* --- a person has undone it --- */

static int
undone_one(struct work *w, const char *name, struct arena *a, struct fault *why)
{
	const struct undoer by = {
		.store = w->home.store,
		.user = w->user,
		.now = clock_now(),
		.dry_run = w->args->given[OPT_DRY_RUN],
	};
	struct standing st;
	const char *ref;

	ref = referrals_find(w->home.store, REFERRAL_RECEIVED, name, a, why);
	if (ref == NULL || undo_done(&by, ref, a, &st, why) == -1)
		return -1;
	say_standing(w->say, &st);
	w->count++;
	if (!by.dry_run)
		say_next(w->say,
		    "%s hears that it is undone with the next bundle: satchel "
		    "export --to %s --out DIR",
		    st.partner, st.partner);
	return 0;
}

/* One that cannot be done does not stop the others. */
static int
undone_all(struct work *w, struct fault *why)
{
	struct arena *a = arena_new(ARENA, why);
	int rc = 0;

	if (a == NULL)
		return -1;
	for (int i = 0; i < w->args->count && rc == 0; i++) {
		const char *name = w->args->operands[i];

		arena_empty(a);
		if (undone_one(w, name, a, why) == 0)
			continue;
		if (w->args->count == 1)
			rc = -1;
		else
			say_fault(w->say, name, why);
	}
	arena_free(a);
	if (rc == 0 && w->args->given[OPT_DRY_RUN])
		say_line(w->say, "Nothing was written: this was a dry run.");
	return rc;
}

static int
run_recall(const struct args *args, struct say *say, struct fault *why)
{
	struct work w = { .args = args, .say = say };
	int rc = -1;

	if (check_words(args, &w.on, why) == -1)
		return -1;
	if (node_open(args, HOME_WRITE, &w.home, why) == -1)
		return -1;
	bytes_init(&w.refs, REFS_MAX);
	bytes_init(&w.recalled, JSON_MAX);
	bytes_init(&w.under_way, JSON_MAX);
	if (find_user(&w, why) == 0)
		rc = args->given[OPT_UNDONE] ? undone_all(&w, why) :
					       write_lists(&w, why);
	sink_free(w.to);
	sink_free(w.to_under_way);
	bytes_free(&w.refs);
	bytes_free(&w.recalled);
	bytes_free(&w.under_way);
	node_close(&w.home);
	return rc;
}

const struct command cmd_recall = {
	.name = "recall",
	.operands = "[CASE|REF...]",
	.least = 0,
	.most = -1,
	.gist = "withdraw what was sent, everywhere it went; or say that what "
		"was withdrawn is undone",
	.more = "A CASE covers all referrals of the child, a REF that one. "
		"The recall goes with every bundle to every node that ever "
		"got it, until it is confirmed, and no export sends it again "
		"unless consent was given later; then a person decides. "
		"--drafted gives those recalls that export found: the case "
		"says no, and it had been sent. --undone is for who loads: "
		"what was withdrawn is out of the other system.",
	.options = {
		[OPT_REASON] = { .name = "reason", .value = "REASON",
		    .gist = "consent_withdrawn, sent_in_error, duplicate or "
			    "other" },
		[OPT_ON] = { .name = "on", .value = "DATE",
		    .gist = "the day it was withdrawn; else today" },
		[OPT_DRAFTED] = { .name = "drafted",
		    .gist = "show the drafted ones, and give them all" },
		[OPT_UNDONE] = { .name = "undone",
		    .gist = "a person has undone it in the other system" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be recalled; write nothing" },
	},
	.run = run_recall,
};
