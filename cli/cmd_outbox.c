#include <inttypes.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/round.h"
#include "cli/say.h"
#include "export/outbox.h"
#include "export/status.h"
#include "formats/agreement.h"
#include "store/traffic.h"

#define ARENA ((size_t)256 * 1024 * 1024)
#define JSON_MAX ((size_t)32 * 1024 * 1024)
#define DAY ((moment)24 * 60 * 60)
#define MINUTE 60
#define HOUR ((int64_t)60 * 60)

struct run {
	struct say *say;
	struct home home;
	moment now;
	struct arena *arena; /* of what waits */
	struct arena *more;  /* of the status */
	struct outbox_entry *entries;
	size_t count;
	struct status status;
	int64_t left; /* bytes that are still to go */
	struct traffic today;
	struct traffic month;
};

/* At the rate seen in a month; -1 where none was. */
static int64_t
seconds_left(const struct run *r)
{
	const struct traffic *seen = &r->month;

	if (r->left == 0)
		return 0;
	if (seen->moved <= 0 || seen->milliseconds <= 0)
		return -1;
	return (int64_t)((double)r->left * (double)seen->milliseconds /
		   (double)seen->moved / 1000.0) +
	    1;
}

static bool
is_due(const struct status_partner *p)
{
	return p->listed && !p->distrusted && status_is_due(p);
}

static int
read_all(struct run *r, struct fault *why)
{
	const struct outbox_order order = {
		.store = r->home.store,
		.agreement = agreement_of(r->home.agreement),
		.self = r->home.self,
		.now = r->now,
	};

	if (outbox_read(&order, r->arena, &r->entries, &r->count, why) == -1 ||
	    round_status(&r->home, r->now, r->more, &r->status, why) == -1 ||
	    traffic_since(r->home.store, r->now, &r->today, why) == -1 ||
	    traffic_since(r->home.store, r->now - 29 * DAY, &r->month, why) ==
		-1)
		return -1;
	for (size_t i = 0; i < r->count; i++)
		if (!r->entries[i].stopped)
			r->left +=
			    r->entries[i].made.bytes - r->entries[i].uploaded;
	return 0;
}

/* --- for people --- */

static void
say_entry(const struct run *r, const struct outbox_entry *e)
{
	const struct bundle_made *b = &e->made;

	say_line(r->say,
	    "%s  %-9s  to %s, number %" PRId64 ", %" PRId64 " bytes%s", b->name,
	    outbox_class_name(b->class), b->receiver, b->sequence, b->bytes,
	    e->again ? ", once more" : "");
	if (e->uploaded > 0)
		say_line(r->say,
		    "    %" PRId64 " bytes of it are there already",
		    e->uploaded);
	if (e->stopped)
		say_line(r->say,
		    "    stays here: nothing may go to that office now");
	else if (e->behind)
		say_line(r->say,
		    "    goes after a withdrawal that is in no bundle yet");
}

static void
say_time(const struct run *r)
{
	const int64_t s = seconds_left(r);

	if (r->left == 0)
		return;
	if (s == -1)
		say_line(r->say,
		    "%" PRId64 " bytes are still to go; how fast is not known "
		    "yet.",
		    r->left);
	else if (s < 2 * HOUR)
		say_line(r->say,
		    "%" PRId64 " bytes are still to go: about %" PRId64
		    " min at the rate seen.",
		    r->left, (s + MINUTE - 1) / MINUTE);
	else
		say_line(r->say,
		    "%" PRId64 " bytes are still to go: about %" PRId64
		    " h at the rate seen.",
		    r->left, (s + HOUR - 1) / HOUR);
}

static void
print_all(const struct run *r)
{
	bool due = false;

	for (size_t i = 0; i < r->count; i++)
		say_entry(r, &r->entries[i]);
	if (r->count == 0)
		say_line(r->say, "No bundle waits to travel.");
	say_time(r);
	say_line(r->say,
	    "On the line today: %" PRId64 " bytes sent, %" PRId64
	    " received; in 30 days: %" PRId64 " and %" PRId64 ".",
	    r->today.sent, r->today.received, r->month.sent, r->month.received);
	for (size_t i = 0; i < r->status.partner_count; i++) {
		if (!is_due(&r->status.partners[i]))
			continue;
		due = true;
		say_line(r->say, "%s is owed what is in no bundle yet.",
		    r->status.partners[i].node);
	}
	if (due || r->left > 0)
		say_next(r->say, "satchel sync --to URL, or satchel stick DIR");
}

/* --- as JSON --- */

static void
write_traffic(struct jsonout *o, const char *name, const struct traffic *t)
{
	jsonout_object(o, name);
	jsonout_integer(o, "sent", t->sent);
	jsonout_integer(o, "received", t->received);
	jsonout_object_end(o);
}

static void
write_entries(struct jsonout *o, const struct run *r)
{
	jsonout_list(o, NULL);
	for (size_t i = 0; i < r->count; i++) {
		const struct outbox_entry *e = &r->entries[i];

		jsonout_object(o, NULL);
		jsonout_text(o, "id", e->made.id);
		jsonout_text(o, "to", e->made.receiver);
		jsonout_integer(o, "sequence", e->made.sequence);
		jsonout_text(o, "class", outbox_class_name(e->made.class));
		jsonout_integer(o, "bytes", e->made.bytes);
		jsonout_integer(o, "uploaded", e->uploaded);
		jsonout_boolean(o, "again", e->again);
		jsonout_boolean(o, "stopped", e->stopped);
		jsonout_boolean(o, "behind", e->behind);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

static void
write_due(struct jsonout *o, const struct run *r)
{
	jsonout_list(o, NULL);
	for (size_t i = 0; i < r->status.partner_count; i++)
		if (is_due(&r->status.partners[i]))
			jsonout_text(o, NULL, r->status.partners[i].node);
	jsonout_list_end(o);
}

static void
write_cost(struct jsonout *o, const struct run *r)
{
	jsonout_object(o, NULL);
	write_traffic(o, "today", &r->today);
	write_traffic(o, "days_30", &r->month);
	jsonout_object_end(o);
}

static int
say_part(const struct run *r, const char *name,
    void (*write)(struct jsonout *o, const struct run *r), struct fault *why)
{
	struct bytes text;
	struct jsonout o;
	struct sink *to;
	int rc;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	write(&o, r);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(r->say, name, &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

static void
write_seconds(struct jsonout *o, const struct run *r)
{
	const int64_t s = seconds_left(r);

	if (s == -1)
		jsonout_text_or_null(o, NULL, NULL);
	else
		jsonout_integer(o, NULL, s);
}

static int
run_outbox(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .say = say };
	int rc = -1;

	if (node_open(args, HOME_READ, &r.home, why) == -1)
		return -1;
	r.now = clock_now();
	if (node_need_agreement(&r.home, why) == -1 ||
	    (r.arena = arena_new(ARENA, why)) == NULL ||
	    (r.more = arena_new(ARENA, why)) == NULL || read_all(&r, why) == -1)
		goto done;
	print_all(&r);
	if (say_part(&r, "outbox", write_entries, why) == 0 &&
	    say_part(&r, "due", write_due, why) == 0 &&
	    say_part(&r, "seconds_left", write_seconds, why) == 0)
		rc = say_part(&r, "traffic", write_cost, why);
done:
	arena_free(r.more);
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_outbox = {
	.name = "outbox",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "what waits to travel, in the order in which it goes",
	.more = "Recalls first, then receipts and answers, then emergencies, "
		"then the rest; small before large.  What was carried more "
		"than a week ago and not acknowledged waits once more.",
	.run = run_outbox,
};
