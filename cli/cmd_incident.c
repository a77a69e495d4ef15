#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/platform.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/decide.h"
#include "store/bundles.h"
#include "store/distrusted.h"
#include "store/journal.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define STEPS_MAX 12
#define STEP_ROOM 640
#define JSON_MAX ((size_t)1024 * 1024)
#define BODY_MAX ((size_t)64 * 1024)
#define JOURNAL_IDS_MAX 1000
#define START_LEAST 8 /* digits of a bundle's id that name it */
#define HOUR ((moment)3600)

enum {
	OPT_DISTRUST,
	OPT_STOLEN,
	OPT_LOST_STICK,
	OPT_LIST,
	OPT_REASON,
	OPT_REVEAL,
	OPT_DRY_RUN,
};

/* One bundle of ours, and what is known of where it is. */
struct sent_bundle {
	struct bundle_made made;
	size_t referrals; /* whose last version it carried */
	size_t told;	  /* of them, those that the other side spoke of */
	bool lost;
};

struct incident {
	const struct args *args;
	struct say *say;
	struct home home;
	struct arena *arena; /* of this run */
	const struct agreement *agreement;
	const char *user;
	moment now;
	const char *kind;
	const struct node *node; /* NULL: a stick */
	const char *reason;
	bool known; /* told before, under this version */
	char steps[STEPS_MAX][STEP_ROOM];
	size_t step_count;
	/* What is here of the node, or went to it. */
	size_t waiting;
	size_t loaded;
	size_t sent;
	size_t bundles_sent;
	struct sent_bundle *bundles;
	size_t bundle_count;
	size_t lost_count;
	int64_t after; /* the highest number of it that came */
};

/* --- what there is to tell --- */

__attribute__((format(printf, 2, 3))) static void
step(struct incident *in, const char *line, ...)
{
	va_list ap;

	if (in->step_count == STEPS_MAX)
		return;
	va_start(ap, line);
	(void)vsnprintf(in->steps[in->step_count++], STEP_ROOM, line, ap);
	va_end(ap);
}

static moment
report_by(const struct incident *in)
{
	return in->now + in->agreement->breach_report_hours * HOUR;
}

/* As the clock on the wall here has it. */
static void
local_time(const struct incident *in, moment at, char out[static 32])
{
	char text[MOMENT_TEXT];

	day_write_moment(at + (moment)in->home.self->utc_offset_minutes * 60,
	    text);
	(void)snprintf(out, 32, "%.10s at %.5s", text, text + 11);
}

static void
tell_whom(const struct incident *in)
{
	char by[32];

	local_time(in, report_by(in), by);
	say_line(in->say, "Tell these by %s (local time), by phone:", by);
	for (size_t i = 0; i < in->agreement->party_count; i++) {
		const struct party *p = &in->agreement->parties[i];

		for (size_t k = 0; k < p->focal_point_count; k++)
			say_line(in->say, "  %s: %s", p->id,
			    p->focal_points[k].role != NULL ?
				p->focal_points[k].role :
				"focal point");
		if (p->focal_point_count == 0)
			say_line(in->say, "  %s", p->id);
	}
}

static void
write_steps(const struct incident *in, struct jsonout *o)
{
	jsonout_list(o, "steps");
	for (size_t i = 0; i < in->step_count; i++)
		jsonout_text(o, NULL, in->steps[i]);
	jsonout_list_end(o);
	jsonout_list(o, "tell");
	for (size_t i = 0; i < in->agreement->party_count; i++) {
		const struct party *p = &in->agreement->parties[i];

		for (size_t k = 0; k < p->focal_point_count; k++) {
			jsonout_object(o, NULL);
			jsonout_text(o, "party", p->id);
			jsonout_text_or_null(o, "role",
			    p->focal_points[k].role);
			jsonout_object_end(o);
		}
	}
	jsonout_list_end(o);
}

/* What the working group puts into the agreement. */
static void
write_revoked(const struct incident *in, struct jsonout *o, const char *name)
{
	char on[DAY_TEXT];

	day_write(day_of(in->now), on);
	jsonout_object(o, name);
	jsonout_integer(o, "after_sequence", in->after);
	jsonout_text(o, "on", on);
	jsonout_text(o, "reason", "reported stolen");
	jsonout_object_end(o);
}

static void
write_incident(const struct incident *in, struct jsonout *o)
{
	char by[MOMENT_TEXT];

	day_write_moment(report_by(in), by);
	jsonout_object(o, NULL);
	jsonout_text(o, "kind", in->kind);
	jsonout_text_or_null(o, "node",
	    in->node != NULL ? in->node->code : NULL);
	jsonout_text(o, "report_by", by);
	write_steps(in, o);
	if (strcmp(in->kind, "stolen") == 0)
		write_revoked(in, o, "revoked");
	jsonout_object_end(o);
}

static void
write_revoked_alone(const struct incident *in, struct jsonout *o)
{
	write_revoked(in, o, NULL);
}

/* What `write` writes, as text in out. */
static int
as_json(const struct incident *in,
    void (*write)(const struct incident *in, struct jsonout *o),
    struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	write(in, &o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

static int
tell(const struct incident *in, struct fault *why)
{
	bool stolen = strcmp(in->kind, "stolen") == 0;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, JSON_MAX);
	say_line(in->say, "What to do now:");
	for (size_t i = 0; i < in->step_count; i++)
		say_line(in->say, " %zu. %s", i + 1, in->steps[i]);
	if (stolen) {
		if (as_json(in, write_revoked_alone, &json, why) == -1)
			goto done;
		say_line(in->say,
		    "For the agreement, at node %s:", in->node->code);
		say_line(in->say, "\"revoked\": %s", (const char *)json.at);
		bytes_empty(&json);
	}
	tell_whom(in);
	if (as_json(in, write_incident, &json, why) == -1)
		goto done;
	say_json(in->say, "incident", &json);
	rc = 0;
done:
	bytes_free(&json);
	return rc;
}

/* --- what is here --- */

static int
by_id(const void *a, const void *b)
{
	const struct sent_bundle *left = a, *right = b;

	return strcmp(left->made.id, right->made.id);
}

static int
count_sent(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct incident *in = context;
	struct sent_bundle key = { .lost = false }, *b;

	(void)record;
	(void)why;
	if (in->node != NULL && strcmp(st->partner, in->node->code) == 0)
		in->sent += st->sent_revision != NULL;
	if (st->state != STANDING_SENT || st->bundle == NULL ||
	    strlen(st->bundle) >= sizeof(key.made.id))
		return 0;
	memcpy(key.made.id, st->bundle, strlen(st->bundle) + 1);
	b = bsearch(&key, in->bundles, in->bundle_count, sizeof(*in->bundles),
	    by_id);
	if (b != NULL) {
		b->referrals++;
		b->told += st->told != NULL;
	}
	return 0;
}

static int
count_received(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct incident *in = context;

	(void)record;
	(void)why;
	if (strcmp(st->partner, in->node->code) != 0)
		return 0;
	in->loaded += st->state == STANDING_LOADED;
	in->waiting += st->state == STANDING_STAGED ||
	    st->state == STANDING_READY || st->state == STANDING_HELD;
	return 0;
}

/* Every bundle that was made here, sorted by id. */
static int
list_bundles(struct incident *in, struct fault *why)
{
	struct bundle_made b;
	size_t room = 0;
	int more;

	for (more = bundles_made_after(in->home.store, NULL, NULL, &b, why);
	     more == 1;
	     more = bundles_made_after(in->home.store, NULL, &b, &b, why)) {
		if (in->bundle_count == room) {
			size_t wider = room == 0 ? 64 : room * 2;
			struct sent_bundle *all =
			    realloc(in->bundles, wider * sizeof(*all));

			if (all == NULL)
				return FAIL(why, FAULT_NO_MEMORY, "bundles");
			in->bundles = all;
			room = wider;
		}
		in->bundles[in->bundle_count++] =
		    (struct sent_bundle){ .made = b };
		in->bundles_sent +=
		    in->node != NULL && strcmp(b.receiver, in->node->code) == 0;
	}
	if (in->bundle_count > 0)
		qsort(in->bundles, in->bundle_count, sizeof(*in->bundles),
		    by_id);
	return more;
}

static int
look_around(struct incident *in, struct fault *why)
{
	struct arena *a = NULL;
	int rc = -1;

	if (list_bundles(in, why) == -1 || (a = arena_new(ARENA, why)) == NULL)
		goto done;
	if (referrals_walk(in->home.store, REFERRAL_SENT, a, count_sent, in,
		why) == -1)
		goto done;
	if (in->node != NULL &&
	    referrals_walk(in->home.store, REFERRAL_RECEIVED, a, count_received,
		in, why) == -1)
		goto done;
	rc = 0;
done:
	arena_free(a);
	return rc;
}

/* The highest number that came of the node, whichever of its keys signed. */
static int
find_after(struct incident *in, struct fault *why)
{
	int64_t seq;

	in->after = 0;
	for (size_t i = 0; i < in->node->sign_count; i++) {
		if (bundles_highest_seq(in->home.store, in->node->sign[i].key,
			&seq, why) == -1)
			return -1;
		if (in->node->sign_count > 1)
			say_line(in->say,
			    "Of its key %zu of %zu, number %" PRId64
			    " is the highest that came here.",
			    i + 1, in->node->sign_count, seq);
		in->after = seq > in->after ? seq : in->after;
	}
	return 0;
}

/* --- an office that is not to be trusted --- */

static void
plan_distrust(struct incident *in)
{
	const char *code = in->node->code;
	bool stolen = strcmp(in->kind, "stolen") == 0;

	step(in,
	    "Phone the people listed below. Do not write to %s, and do not "
	    "trust what is written from there.",
	    code);
	step(in,
	    "Phone the supervisor of %s on a number that you knew before: "
	    "which children no longer agree, and who waits for help? What that "
	    "office sends is held here unread, withdrawals too.",
	    code);
	step(in,
	    "Have every other office run, too: satchel incident %s %s%s. They "
	    "do not learn of it from here by themselves.",
	    stolen ? "--stolen" : "--distrust", code,
	    stolen ? "" : " --reason TEXT");
	if (stolen)
		step(in,
		    "Ask every other office for the highest number that it "
		    "has of %s (here it is %" PRId64 "): the highest of all, "
		    "or more if the office can prove that it made more, goes "
		    "into the agreement. Leave out numbers that came after "
		    "the theft: whoever has the computer made those. Too low "
		    "a number shuts out what the office itself sent.",
		    code, in->after);
	step(in,
	    "Ask the working group for a new version of the agreement that "
	    "%s. Until this node adopts it, nothing from %s is taken, and "
	    "nothing is sealed to it.",
	    stolen ? "revokes that office as below" :
		     "revokes that office, or clears it",
	    code);
	if (in->waiting > 0)
		step(in,
		    "Referrals of that office that wait here: %zu. None of "
		    "them can be loaded now; ask the supervisor about the "
		    "urgent ones.",
		    in->waiting);
	if (in->loaded > 0)
		step(in,
		    "Referrals of that office that were loaded before: %zu. "
		    "Go through them with the supervisor (satchel inbox "
		    "--state loaded); whoever has the computer may have made "
		    "some.",
		    in->loaded);
	if (in->bundles_sent > 0)
		step(in,
		    "This cannot be undone: referrals that went to that "
		    "office from here: %zu (in all, bundles: %zu). Who has "
		    "the computer and its passphrase can read them. Think "
		    "with the supervisor whom that puts in danger.",
		    in->sent, in->bundles_sent);
}

static int
keep_distrust(struct store *s, void *context, struct fault *why)
{
	const struct incident *in = context;
	const struct distrust d = {
		.node = in->node->code,
		.agreement = in->agreement->version,
		.at = in->now,
		.user = in->user,
		.kind = in->kind,
		.reason = in->reason,
	};
	char body[160];

	(void)snprintf(body, sizeof(body),
	    "{\"kind\":\"%s\",\"node\":\"%s\",\"agreement\":%" PRId64 "}",
	    in->kind, in->node->code, in->agreement->version);
	if (distrusted_put(s, &d, why) == -1)
		return -1;
	return journal_add(s, ACT_INCIDENT, in->now, in->user, body, why);
}

static int
find_node(struct incident *in, const char *code, struct fault *why)
{
	in->node = agreement_node(in->agreement, code);
	if (in->node == NULL)
		return FAIL(why, FAULT_AGREEMENT_NO_NODE, "%.16s", code);
	if (in->node == in->home.self)
		return FAIL(why, FAULT_NODE_SELF, "%s", code);
	return distrusted_now(in->home.store, code, in->agreement->version,
	    &in->known, why);
}

static int
distrust(struct incident *in, const char *code, struct fault *why)
{
	bool dry_run = in->args->given[OPT_DRY_RUN];

	in->reason = in->args->option[OPT_REASON];
	if (in->reason == NULL && strcmp(in->kind, "stolen") == 0)
		in->reason = "reported stolen";
	if (in->reason == NULL)
		return FAIL(why, FAULT_USAGE,
		    "--distrust needs --reason TEXT; name nobody in it");
	if (decide_reason(in->arena, in->reason, &in->reason, why) == -1 ||
	    find_node(in, code, why) == -1 || look_around(in, why) == -1 ||
	    find_after(in, why) == -1)
		return -1;
	plan_distrust(in);
	if (!in->known && !dry_run &&
	    store_transaction(in->home.store, keep_distrust, in, why) == -1)
		return -1;
	if (in->known)
		say_line(in->say,
		    "Everything from %s is held here already; nothing was "
		    "changed.",
		    code);
	else
		say_line(in->say,
		    "%s everything from %s %s held here, and nothing is "
		    "sealed to it, until the agreement is renewed.",
		    dry_run ? "This was a dry run. Else" : "From now on", code,
		    dry_run ? "would be" : "is");
	return tell(in, why);
}

/* --- a stick that was lost --- */

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
mark_named(struct incident *in, const char *word, struct fault *why)
{
	const char *slash = strrchr(word, '/');
	struct sent_bundle *met = NULL;

	if (slash != NULL)
		word = slash + 1;
	for (size_t i = 0; i < in->bundle_count; i++) {
		if (!is_called(&in->bundles[i].made, word))
			continue;
		if (met != NULL)
			return FAIL(why, FAULT_USAGE,
			    "several bundles made here are called %.60s", word);
		met = &in->bundles[i];
	}
	if (met == NULL)
		return FAIL(why, FAULT_USAGE,
		    "no bundle made here is called %.60s", word);
	met->lost = true;
	return 0;
}

/*
 * What is on a lost stick nobody knows for sure: everything that left and that
 * the other side never spoke of may be.
 */
static int
mark_lost(struct incident *in, struct fault *why)
{
	for (int i = 0; i < in->args->count; i++)
		if (mark_named(in, in->args->operands[i], why) == -1)
			return -1;
	for (size_t i = 0; i < in->bundle_count; i++) {
		struct sent_bundle *b = &in->bundles[i];

		if (in->args->count == 0)
			b->lost = b->made.carried && b->told == 0;
		in->lost_count += b->lost;
	}
	return 0;
}

static void
tell_lost(const struct incident *in)
{
	for (size_t i = 0; i < in->bundle_count; i++) {
		const struct sent_bundle *b = &in->bundles[i];
		const struct said_bundle said = {
			.file = b->made.name,
			.id = b->made.id,
			.seq = b->made.seq,
			.from = in->home.identity.node,
			.to = { b->made.receiver },
			.to_count = 1,
			.sequence = b->made.sequence,
			.state = "made",
			.bytes = (uint64_t)b->made.bytes,
		};

		if (!b->lost)
			continue;
		say_bundle(in->say, &said);
		say_line(in->say, "  referrals: %zu, %s", b->referrals,
		    b->told > 0 ? "and the other side has them" :
				  "and no word of it from the other side");
	}
}

static void
plan_lost(struct incident *in)
{
	step(in,
	    "Think what else was on the stick. Files that satchel did not "
	    "write are not sealed: a file out of Primero, a printed sheet or a "
	    "list lies open, and that is a worse incident. Tell the people "
	    "below which.");
	step(in,
	    "The bundles on it are sealed. Who finds it sees that they are "
	    "satchel bundles, their size, number and time, and the number of a "
	    "key; not who sent them, to whom, how many children or who.");
	if (in->lost_count > 0)
		step(in,
		    "Take another stick, and export to the same offices again: "
		    "what may have been lost (bundles: %zu) goes with it once "
		    "more, as it was made. If both sticks arrive, the second "
		    "changes nothing.",
		    in->lost_count);
	step(in,
	    "Look for the stick. If it is found, bring it to the office it was "
	    "for: nothing in it can have been changed unseen.");
	step(in,
	    "This cannot be undone: who has the stick can keep it, and could "
	    "read it with the keys of the office it was for. If a computer of "
	    "that office is ever stolen, say that this stick was lost.");
}

static int
write_journal(const struct incident *in, struct bytes *body, struct fault *why)
{
	struct sink *to = bytes_sink_new(body, why);
	struct jsonout o;
	size_t listed = 0;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "kind", in->kind);
	jsonout_integer(&o, "count", (int64_t)in->lost_count);
	jsonout_list(&o, "bundles");
	for (size_t i = 0; i < in->bundle_count; i++)
		if (in->bundles[i].lost && listed++ < JOURNAL_IDS_MAX)
			jsonout_text(&o, NULL, in->bundles[i].made.id);
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
	const struct incident *in = context;
	struct bytes body;
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if (write_journal(in, &body, why) == -1)
		goto done;
	for (size_t i = 0; i < in->bundle_count; i++)
		if (in->bundles[i].lost && in->bundles[i].told == 0 &&
		    bundles_set_waiting(s, in->bundles[i].made.id, why) == -1)
			goto done;
	rc = journal_add(s, ACT_INCIDENT, in->now, in->user,
	    (const char *)body.at, why);
done:
	bytes_free(&body);
	return rc;
}

static int
lost_stick(struct incident *in, struct fault *why)
{
	if (look_around(in, why) == -1 || mark_lost(in, why) == -1)
		return -1;
	plan_lost(in);
	if (!in->args->given[OPT_DRY_RUN] &&
	    store_transaction(in->home.store, keep_lost, in, why) == -1)
		return -1;
	if (in->args->given[OPT_DRY_RUN])
		say_line(in->say, "This was a dry run: nothing was noted.");
	if (in->lost_count == 0)
		say_line(in->say,
		    "Nothing that was made here can be on it: the other side "
		    "spoke of all that left.");
	tell_lost(in);
	return tell(in, why);
}

/* --- what was told before --- */

struct listing {
	struct incident *in;
	struct jsonout out;
	size_t count;
	bool reveal;
};

/* How it stands now, by the agreement in force. */
static const char *
standing_of(const struct agreement *a, const struct distrust *d)
{
	const struct node *n = agreement_node(a, d->node);

	if (d->agreement >= a->version)
		return "held";
	if (n == NULL)
		return "ended: no longer listed";
	return n->revoked ? "ended: revoked by the agreement" :
			    "ended: the agreement lists it as before";
}

static int
list_one(const struct distrust *d, void *context, struct fault *why)
{
	struct listing *l = context;
	const char *stands = standing_of(l->in->agreement, d);
	char at[MOMENT_TEXT];

	(void)why;
	day_write_moment(d->at, at);
	l->count++;
	say_line(l->in->say,
	    "%s  %s  %s, told on %.10s under version %" PRId64 " by %s",
	    d->node, d->kind, stands, at, d->agreement,
	    d->user != NULL ? d->user : "unnamed");
	if (l->reveal)
		say_line(l->in->say, "    %s", d->reason);
	jsonout_object(&l->out, NULL);
	jsonout_text(&l->out, "node", d->node);
	jsonout_text(&l->out, "kind", d->kind);
	jsonout_text(&l->out, "at", at);
	jsonout_text_or_null(&l->out, "by", d->user);
	jsonout_integer(&l->out, "agreement", d->agreement);
	jsonout_boolean(&l->out, "held",
	    d->agreement >= l->in->agreement->version);
	jsonout_object_end(&l->out);
	return 0;
}

static int
list(struct incident *in, struct fault *why)
{
	struct listing l = { .in = in };
	struct sink *to = NULL;
	struct bytes json;
	int rc = -1;

	/* A typed reason may name people. */
	l.reveal =
	    in->args->given[OPT_REVEAL] || platform_is_terminal(STDOUT_FILENO);
	bytes_init(&json, JSON_MAX);
	if ((to = bytes_sink_new(&json, why)) == NULL)
		goto done;
	jsonout_start(&l.out, to);
	jsonout_list(&l.out, NULL);
	if (distrusted_walk(in->home.store, list_one, &l, why) == -1)
		goto done;
	jsonout_list_end(&l.out);
	if (jsonout_end(&l.out, why) == -1)
		goto done;
	say_json(in->say, "incidents", &json);
	if (l.count == 0)
		say_line(in->say, "No office was ever distrusted here.");
	rc = 0;
done:
	sink_free(to);
	bytes_free(&json);
	return rc;
}

/* --- the command --- */

static int
check_line(const struct args *args, struct fault *why)
{
	const bool *given = args->given;

	if (given[OPT_DISTRUST] + given[OPT_STOLEN] + given[OPT_LOST_STICK] +
		given[OPT_LIST] !=
	    1)
		return FAIL(why, FAULT_USAGE,
		    "incident needs one of --distrust NODE, --stolen NODE, "
		    "--lost-stick, --list");
	if (args->count > 0 && !given[OPT_LOST_STICK])
		return FAIL(why, FAULT_USAGE,
		    "only --lost-stick takes names of bundles");
	if (given[OPT_REASON] && !given[OPT_DISTRUST] && !given[OPT_STOLEN])
		return FAIL(why, FAULT_USAGE,
		    "--reason goes with --distrust or --stolen");
	return 0;
}

/* Anybody listed may say that a stick is lost; holding an office is more. */
static int
ask_user(struct incident *in, struct fault *why)
{
	const struct args *args = in->args;
	bool decides = args->given[OPT_DISTRUST] || args->given[OPT_STOLEN];

	if (node_acting(&in->home, args, decides ? MAY_DECIDE : 0, &in->user,
		why) == -1)
		return -1;
	in->agreement = agreement_of(in->home.agreement);
	if (args->given[OPT_LOST_STICK] && args->globals->user == NULL &&
	    in->agreement->environment == AGREEMENT_LIVE)
		return FAIL(why, FAULT_NODE_USER_NEEDED, "%s",
		    in->home.identity.node);
	return 0;
}

static int
run_kind(struct incident *in, struct fault *why)
{
	const struct args *args = in->args;

	if (args->given[OPT_LIST])
		return list(in, why);
	if (args->given[OPT_LOST_STICK]) {
		in->kind = "lost-stick";
		return lost_stick(in, why);
	}
	in->kind = args->given[OPT_STOLEN] ? "stolen" : "distrust";
	return distrust(in,
	    args->option[args->given[OPT_STOLEN] ? OPT_STOLEN : OPT_DISTRUST],
	    why);
}

static int
run_incident(const struct args *args, struct say *say, struct fault *why)
{
	bool writes = !args->given[OPT_LIST] && !args->given[OPT_DRY_RUN];
	struct incident *in;
	int rc = -1;

	if (check_line(args, why) == -1)
		return -1;
	if ((in = calloc(1, sizeof(*in))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "an incident");
	in->args = args;
	in->say = say;
	in->now = clock_now();
	if (node_open(args, writes ? HOME_WRITE : HOME_READ, &in->home, why) ==
	    -1)
		goto done;
	if ((in->arena = arena_new(ARENA, why)) != NULL &&
	    ask_user(in, why) == 0)
		rc = run_kind(in, why);
	arena_free(in->arena);
	node_close(&in->home);
done:
	free(in->bundles);
	free(in);
	return rc;
}

const struct command cmd_incident = {
	.name = "incident",
	.operands = "[FILE|ID...]",
	.least = 0,
	.most = -1,
	.gist = "after a loss or a theft: hold what is not to be trusted, and "
		"say what to do, whom to tell, by when",
	.more = "With --distrust and --stolen everything from an office is "
		"held at once, unread, and nothing is sealed to it, until the "
		"parties have renewed the agreement; that needs the right to "
		"decide. "
		"--lost-stick takes the names of the bundles on it, if they "
		"are known; without any, all that left this node and that the "
		"other side never spoke of. They go with the next export once "
		"more. Reasons are kept in this node and go to nobody.",
	.options = {
		[OPT_DISTRUST] = { .name = "distrust", .value = "NODE",
		    .gist = "hold everything from this office" },
		[OPT_STOLEN] = { .name = "stolen", .value = "NODE",
		    .gist = "the same, and what to write into the agreement" },
		[OPT_LOST_STICK] = { .name = "lost-stick",
		    .gist = "a stick is gone" },
		[OPT_LIST] = { .name = "list",
		    .gist = "which offices were distrusted, and how that "
			    "stands" },
		[OPT_REASON] = { .name = "reason", .value = "TEXT",
		    .gist = "why, in a line that names nobody" },
		[OPT_REVEAL] = { .name = "reveal",
		    .gist = "with --list: show reasons also into a file" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show, but note and hold nothing" },
	},
	.run = run_incident,
};
