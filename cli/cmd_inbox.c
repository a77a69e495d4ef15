#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/platform.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "formats/json.h"
#include "formats/referral.h"
#include "store/referrals.h"
#include "store/store.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define RECORD_MAX ((size_t)4 * 1024 * 1024)

/* --- inbox: what is here, the most pressing first --- */

enum { OPT_STATE };

struct listing {
	struct say *say;
	const char *priority; /* of this round */
	bool any_state;
	enum standing_state state;
	size_t shown;
	size_t held;
	size_t ready;
};

static int
list_one(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct listing *l = context;

	(void)record;
	(void)why;
	if (strcmp(st->priority, l->priority) != 0 ||
	    (!l->any_state && st->state != l->state))
		return 0;
	say_standing(l->say, st);
	l->shown++;
	l->held += st->state == STANDING_HELD;
	l->ready +=
	    st->state == STANDING_STAGED || st->state == STANDING_READY;
	return 0;
}

static void
say_what_next(struct say *say, const struct listing *l)
{
	if (l->shown == 0)
		say_line(say, "Nothing is here.");
	if (l->held > 0)
		say_next(say, "%zu held: read why with satchel why REF, and "
			      "put it right at its source.",
		    l->held);
	if (l->ready > 0)
		say_next(say, "%zu ready: satchel load --to "
			      "progres-ping:DIR",
		    l->ready);
}

static int
run_inbox(const struct args *args, struct say *say, struct fault *why)
{
	static const char *const rounds[] = { "emergency", "urgent",
		"normal" };
	struct listing l = { .say = say, .any_state = true };
	struct arena *arena = NULL;
	struct home h;
	int rc = -1;

	if (args->given[OPT_STATE]) {
		l.any_state = false;
		if (!standing_state_read(args->option[OPT_STATE], &l.state))
			return FAIL(why, FAULT_USAGE,
			    "--state takes staged, held, ready, loaded, "
			    "refused or recalled");
	}
	if (node_open(args, HOME_READ, &h, why) == -1)
		return -1;
	if ((arena = arena_new(ARENA, why)) == NULL)
		goto done;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
		l.priority = rounds[i];
		if (referrals_walk(h.store, REFERRAL_RECEIVED, arena, list_one,
			&l, why) == -1)
			goto done;
	}
	say_what_next(say, &l);
	rc = 0;
done:
	arena_free(arena);
	node_close(&h);
	return rc;
}

const struct command cmd_inbox = {
	.name = "inbox",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "what came, where each referral stands, and why",
	.options = {
		[OPT_STATE] = { .name = "state", .value = "STATE",
		    .gist = "only these: staged, held, ready, loaded, "
			    "refused, recalled" },
	},
	.run = run_inbox,
};

/* --- one referral: why and show --- */

/* What was found of the referral that a person named. */
struct found {
	struct home home;
	struct arena *arena;
	enum direction direction;
	struct standing standing;
};

/* Received ones first; what is not there may have been sent from here. */
static int
find(const struct args *args, struct found *f, struct fault *why)
{
	const char *ref;

	if (node_open(args, HOME_READ, &f->home, why) == -1)
		return -1;
	if ((f->arena = arena_new(ARENA, why)) == NULL)
		return -1;
	f->direction = REFERRAL_RECEIVED;
	ref = referrals_find(f->home.store, f->direction, args->operands[0],
	    f->arena, why);
	if (ref == NULL && why->id == FAULT_REF_UNKNOWN) {
		f->direction = REFERRAL_SENT;
		ref = referrals_find(f->home.store, f->direction,
		    args->operands[0], f->arena, why);
	}
	if (ref == NULL)
		return -1;
	return referrals_get(f->home.store, f->direction, ref, f->arena,
		   &f->standing, why) == 1 ?
	    0 :
	    -1;
}

static void
let_go(struct found *f)
{
	arena_free(f->arena);
	node_close(&f->home);
}

static void
explain(struct say *say, const struct found *f)
{
	const struct standing *st = &f->standing;
	char on[DAY_TEXT];

	day_write(st->judged_on, on);
	say_line(say, "%s %s, judged on %s under version %" PRId64
		      " of the agreement.",
	    f->direction == REFERRAL_SENT ? "Going to" : "Came from",
	    st->partner, on, st->agreement);
	if (st->told != NULL)
		say_line(say, "The other side says: %s.", st->told);
	if (st->reason_count == 0)
		say_line(say, "Every rule passed.");
}

static int
run_why(const struct args *args, struct say *say, struct fault *why)
{
	struct found f = { 0 };
	int rc;

	if ((rc = find(args, &f, why)) == 0) {
		say_standing(say, &f.standing);
		explain(say, &f);
	}
	let_go(&f);
	return rc;
}

const struct command cmd_why = {
	.name = "why",
	.operands = "REF",
	.least = 1,
	.most = 1,
	.gist = "why a referral stands where it stands, in plain words",
	.more = "REF may be shortened to what is unique; a case is also named "
		"by its case_id, its display form or an individual number.",
	.run = run_why,
};

enum { OPT_REVEAL };

/* The one place where a person's data are printed, each through text_show. */
static void
show_value(const char *name, const struct value *v, const struct field_spec *f)
{
	char safe[1024];

	if (!v->present)
		return;
	if (f->kind == FIELD_CODES) {
		for (size_t i = 0; i < v->count; i++)
			printf("  %-28s %s\n", i == 0 ? name : "",
			    text_show(v->items[i], strlen(v->items[i]), safe,
				sizeof(safe)));
		return;
	}
	if (f->kind == FIELD_INTEGER)
		printf("  %-28s %" PRId64 "\n", name, v->integer);
	else if (f->kind == FIELD_BOOLEAN)
		printf("  %-28s %s\n", name, v->yes ? "yes" : "no");
	else
		printf("  %-28s %s\n", name,
		    text_show(v->text, strlen(v->text), safe, sizeof(safe)));
}

static int
show_record(const struct found *f, struct fault *why)
{
	struct bytes record;
	struct json *j = NULL;
	struct referral r;
	const char *form;
	int rc;

	bytes_init(&record, RECORD_MAX);
	rc = referrals_record(f->home.store, f->direction, f->standing.ref,
	    &record, why);
	if (rc != 1)
		goto done;
	rc = -1;
	if (json_read(record.at, record.len, &json_record, &j, why) == -1)
		goto done;
	referral_clear(&r);
	if (referral_read(json_root(j), f->arena, &r, &form, why) == -1)
		goto done;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		show_value(fields_all[i].name, &r.value[i], &fields_all[i]);
	rc = fflush(stdout) == 0 ?
	    0 :
	    FAIL(why, FAULT_DISK_NOT_WRITTEN, "the screen");
done:
	json_free(j);
	bytes_free(&record);
	return rc;
}

static int
run_show(const struct args *args, struct say *say, struct fault *why)
{
	struct found f = { 0 };
	int rc = -1;

	if (!args->globals->json && !args->given[OPT_REVEAL] &&
	    !platform_is_terminal(STDOUT_FILENO))
		return FAIL(why, FAULT_REVEAL,
		    "the output goes to a file or another program");
	if (find(args, &f, why) == -1)
		goto done;
	say_standing(say, &f.standing);
	explain(say, &f);
	/* The result object never holds anything about a person. */
	if (!args->globals->json && f.direction == REFERRAL_RECEIVED &&
	    show_record(&f, why) == -1)
		goto done;
	rc = 0;
done:
	let_go(&f);
	return rc;
}

const struct command cmd_show = {
	.name = "show",
	.operands = "REF",
	.least = 1,
	.most = 1,
	.gist = "a referral with everything that is known of it here",
	.more = "Prints data about a child: only on a terminal, or with "
		"--reveal.",
	.options = {
		[OPT_REVEAL] = { .name = "reveal",
		    .gist = "also into a file or another program" },
	},
	.run = run_show,
};
