#include "tests/sim/office.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/bundles.h"
#include "tests/sim/courier.h"
#include "tests/sim/run.h"
#include "tests/sim/watch.h"
#include "tests/sim/world.h"

#define FILE_ROOM ((size_t)256 * 1024)
#define CRASH_PER_MILLE 80
#define RESENT_MAX 30 /* in one command */
#define LAST_DAYS 2   /* of the year: whatever is open is decided on */
/* Per mille. */
#define UNDOES 300 /* of the days that somebody works there */
#define DRAWERS 25 /* of the referrals that go */
#define LOOKS 500  /* of the days that a recall is overdue */

/* What is done; each has calls of its own that it may die at. */
enum kind {
	DO_IMPORT,
	DO_LOAD,
	DO_ANSWER,
	DO_DECIDE,
	DO_RECALL,
	DO_EXPORT,
	DO_RESEND,
	DO_STICK,
	DO_LOOK,
	DO_KINDS
};

static const char *const kind_names[DO_KINDS] = { "import", "load", "answer",
	"decide", "recall", "export", "resend", "stick", "look" };

/* The most calls that one of its kind made so far. */
static long most_calls[DO_KINDS];

static void
begin(const struct world *w, int office, struct run *r)
{
	const struct office *o = &w->office[office];

	memset(r, 0, sizeof(*r));
	run_words(r, "--home", world_path(w, "home/%s", o->code), "--user",
	    o->hub ? "hub_admin" : "cp_supervisor", NULL);
}

/*
 * What the program may refuse to do here, and nothing else.  Of bundles each
 * is looked at by itself (bundle_refused).
 */
static const struct {
	enum kind kind;
	char fault[5]; /* the start of its code */
} expected[] = {
	{ DO_IMPORT, "B" },
	{ DO_STICK, "B" },
	/* Nobody can let it go, or it is another matter by now. */
	{ DO_DECIDE, "R103" },
	{ DO_DECIDE, "R105" },
	/* The export that had it in its file died, and judged nothing. */
	{ DO_RECALL, "R101" },
	/* Undone, by the one that died. */
	{ DO_RECALL, "R103" },
	/* check_loaded looks at each. */
	{ DO_LOAD, "R103" },
	{ DO_LOAD, "D104" },
};

static bool
is_expected(const struct world *w, int office, enum kind kind,
    const struct ran *ran)
{
	if (ran->fault == NULL)
		return false;
	/* It is behind what was done here: it is wrong, or it ran ahead. */
	if (strcmp(ran->fault, "N107") == 0)
		return w->office[office].was_wrong;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (expected[i].kind == kind &&
		    strncmp(ran->fault, expected[i].fault,
			strlen(expected[i].fault)) == 0)
			return true;
	return false;
}

/* An end that nobody foresaw is a difference, whatever it was. */
static void
check_status(struct world *w, int office, enum kind kind, const struct ran *ran)
{
	char said[160];

	if (ran->crashed || ran->status == 0 || ran->status == 3)
		return;
	w->counts.refused++;
	if (is_expected(w, office, kind, ran))
		return;
	(void)snprintf(said, sizeof(said), "%s ended with %d, %s, %s",
	    w->op_name, ran->status, ran->fault != NULL ? ran->fault : "-",
	    run_text(cJSON_GetObjectItem(ran->result, "fault"), "detail"));
	world_differ(w, w->office[office].code, "-",
	    "nothing is refused but what must be", said);
}

/*
 * The clock is behind what was done here, and it is right: a person says so.
 * In an office whose clock is wrong nobody notices.
 */
static void
say_clock_is_right(struct world *w, int office)
{
	struct run r;
	struct ran ran;

	if (!w->reliable && w->office[office].clock != CLOCK_RIGHT)
		return;
	begin(w, office, &r);
	run_words(&r, "incident", "--clock", NULL);
	w->op++;
	w->counts.operations++;
	w->counts.clocks_righted++;
	r.now = world_clock(w, office);
	r.random = draw_next(&w->draw);
	run_it(&r, &ran);
	if (ran.status != 0)
		world_differ(w, w->office[office].code, "-",
		    "a clock that is right can be said to be",
		    ran.fault != NULL ? ran.fault : "it cannot");
	run_forget(&ran);
}

static void
run_kind(struct world *w, int office, enum kind kind, struct run *r,
    struct ran *ran)
{
	struct office *o = &w->office[office];

	w->op++;
	w->counts.operations++;
	w->op_name = kind_names[kind];
	r->now = world_clock(w, office);
	r->random = draw_next(&w->draw);
	if (!w->reliable && kind != DO_LOOK && most_calls[kind] > 0 &&
	    draw_chance(&w->draw, CRASH_PER_MILLE)) {
		r->crash_at = 1 +
		    (long)draw_below(&w->draw,
			(uint64_t)(most_calls[kind] * 11 / 10 + 1));
		r->torn = draw_chance(&w->draw, 500);
	}
	run_it(r, ran);
	if (ran->calls > most_calls[kind])
		most_calls[kind] = ran->calls;
	w->counts.crashes += ran->crashed;
	o->was_wrong |= o->clock != CLOCK_RIGHT;
	check_status(w, office, kind, ran);
	if (ran->fault != NULL && strcmp(ran->fault, "N107") == 0)
		say_clock_is_right(w, office);
	if (getenv("SIM_TRACE") != NULL)
		fprintf(stderr, "%ld day=%d %s %s %s%d %s\n", w->op, w->today,
		    o->code, w->op_name, ran->crashed ? "crashed " : "",
		    ran->status, ran->fault != NULL ? ran->fault : "");
}

/*
 * After a crash the person tries once more, and nothing breaks off now.  True:
 * so it was, and the first may have done it.
 */
static bool
run_twice(struct world *w, int office, enum kind kind, struct run *r,
    struct ran *ran)
{
	run_kind(w, office, kind, r, ran);
	if (!ran->crashed)
		return false;
	r->crash_at = 0;
	w->op++;
	w->counts.operations++;
	r->random = draw_next(&w->draw);
	run_it(r, ran);
	check_status(w, office, kind, ran);
	return true;
}

/* --- bundles come --- */

/* What came as it was made, for this office, is taken. */
static void
bundle_refused(struct world *w, int office, const cJSON *b)
{
	const char *file = run_text(b, "file");
	const char *code = run_text(cJSON_GetObjectItem(b, "fault"), "code");
	const char *dot = file != NULL ? strrchr(file, '.') : NULL;

	if (dot == NULL || dot == file || dot[-1] != COURIER_WHOLE ||
	    code == NULL)
		return;
	world_differ(w, w->office[office].code, file,
	    "a bundle that came whole is taken", code);
}

/* What a bundle that was taken makes known here. */
static void
bundle_came(struct world *w, int office, const cJSON *b)
{
	const char *state = run_text(b, "state"), *id = run_text(b, "id");
	struct sent_bundle *sent = bundles_find(id);

	bundle_refused(w, office, b);
	if (state == NULL || sent == NULL ||
	    (strcmp(state, "imported") != 0 && strcmp(state, "seen") != 0))
		return;
	if (sent->to == -1)
		sent->to = office;
	if (sent->to != office) {
		world_differ(w, w->office[office].code, id,
		    "a bundle for another office is refused", state);
		return;
	}
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (c->origin == sent->from && c->to == office &&
		    c->recall_op != 0 && c->recall_op < sent->op &&
		    c->recall_known_op == 0)
			c->recall_known_op = w->op;
		if (c->origin == sent->from && c->to == office &&
		    c->old_recall_op != 0 && c->old_recall_op < sent->op &&
		    c->old_recall_known_op == 0)
			c->old_recall_known_op = w->op;
	}
}

static void
took_in(struct world *w, int office, const struct ran *ran)
{
	const cJSON *one;

	if (ran->status != 7)
		courier_clear(w, office);
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(ran->result, "bundles"))
	    bundle_came(w, office, one);
	if (cJSON_GetArraySize(cJSON_GetObjectItem(ran->result, "referrals")) >
	    0)
		w->office[office].working = true;
}

int
office_import(struct world *w, int office)
{
	struct run r;
	struct ran ran;

	if (courier_waiting(w, office) == 0)
		return 0;
	begin(w, office, &r);
	run_words(&r, "import", world_path(w, "in/%s", w->office[office].code),
	    NULL);
	run_kind(w, office, DO_IMPORT, &r, &ran);
	w->office[office].may_load = true;
	if (ran.crashed) /* the files are on the stick still */
		return watch_import(w, office);
	took_in(w, office, &ran);
	run_forget(&ran);
	return watch_import(w, office);
}

/* --- loading --- */

static bool
is_known(const struct office *o, const char *name)
{
	for (size_t i = 0; i < o->file_count; i++)
		if (strcmp(o->files[i], name) == 0)
			return true;
	return false;
}

static int
keep_name(struct office *o, const char *name)
{
	char **more;

	more = realloc(o->files, (o->file_count + 1) * sizeof(*more));
	if (more == NULL)
		return -1;
	o->files = more;
	more[o->file_count++] = strdup(name);
	return 0;
}

/* Was it asked before consent was taken back and given anew? */
static bool
is_old(const struct child *c, const char *text)
{
	int version = watch_version(text, strlen(text));

	return c->again != 0 && version != -1 && version < c->again;
}

static void
old_came(struct world *w, int office, struct child *c)
{
	const char *code = w->office[office].code;

	if (c->old_recall_known_op != 0)
		world_differ(w, code, c->ref,
		    "its recall was imported here, so the old one stays away",
		    "the old one was loaded");
	if (++c->old_loads > 1)
		world_differ(w, code, c->ref, "it is loaded once",
		    "the old one was loaded once more");
}

static void
file_came(struct world *w, int office, const char *name, const char *text)
{
	bool answer = strstr(name, "-answer") != NULL;
	bool undo = strstr(name, "-undo") != NULL;
	const char *code = w->office[office].code;
	struct child *c = world_whose(w, office, text, answer);

	if (c == NULL) {
		world_differ(w, code, name, "every file is a child's",
		    "it is nobody's who was referred here");
		return;
	}
	if (answer) {
		w->counts.answers++;
		return;
	}
	if (undo) {
		c->undo_sheets++;
		return;
	}
	w->counts.loads++;
	if (is_old(c, text)) {
		old_came(w, office, c);
		return;
	}
	c->loads++;
	if (c->recall_known_op != 0)
		world_differ(w, code, c->ref,
		    "its recall was imported here, so it is not loaded",
		    "it was loaded");
	if (c->kind != CHILD_GOOD)
		world_differ(w, code, c->ref,
		    "it never had consent, or lacks a field", "it was loaded");
	if (c->loads > 1)
		world_differ(w, code, c->ref, "it is loaded once",
		    "it was loaded once more");
}

/* What lies there now: also after a crash, when nothing was said. */
static int
look_at_files(struct world *w, int office)
{
	const char *code = w->office[office].code;
	struct dirent **names;
	static char text[FILE_ROOM];
	int n, rc = 0;

	n = scandir(world_path(w, "load/%s", code), &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name, *dot = strrchr(name, '.');
		size_t len = 0;
		FILE *f;

		if (rc == 0 && name[0] != '.' && dot != NULL &&
		    strcmp(dot, ".part") != 0 &&
		    !is_known(&w->office[office], name)) {
			f = fopen(world_path(w, "load/%s/%s", code, name), "r");
			if (f != NULL) {
				len = fread(text, 1, sizeof(text) - 1, f);
				(void)fclose(f);
			}
			text[len] = '\0';
			w->office[office].working = true;
			rc = keep_name(&w->office[office], name);
			file_came(w, office, name, text);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return n >= 0 ? rc : -1;
}

/* They were given to who loads them, and are removed as it was said. */
static void
take_files(struct world *w, int office)
{
	struct office *o = &w->office[office];

	for (size_t i = 0; i < o->file_count; i++) {
		(void)unlink(world_path(w, "load/%s/%s", o->code, o->files[i]));
		free(o->files[i]);
	}
	o->file_count = 0;
}

static bool
waits_for_undo(struct world *w, int office, const char *ref)
{
	const struct child *c = world_by_ref(w, office, ref);

	return c != NULL && c->again != 0 && c->old_loads > 0 &&
	    c->undo_sheets < 2;
}

static void
check_loaded(struct world *w, int office, const cJSON *result)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, cJSON_GetObjectItem(result, "loaded"))
	{
		const char *state = run_text(one, "state");
		const char *code =
		    run_text(cJSON_GetObjectItem(one, "fault"), "code");

		/*
		 * A decision changed before the one that broke off was taken:
		 * the files are taken now, and the next load writes it.
		 */
		if (code != NULL && strcmp(code, "D104") == 0 &&
		    cJSON_IsTrue(cJSON_GetObjectItem(one, "answer")))
			continue;
		/* The withdrawn one is to be undone first. */
		if (code != NULL && strcmp(code, "R103") == 0 &&
		    waits_for_undo(w, office, run_text(one, "ref")))
			continue;
		if (state != NULL && strcmp(state, "failed") == 0)
			world_differ(w, w->office[office].code,
			    run_text(one, "ref"), "what is ready can be loaded",
			    code != NULL ? code : "it failed");
	}
}

/*
 * What the recall's task asks for: it is taken out of the other system, on a
 * day after somebody was asked to.
 */
static void
undo_all(struct world *w, int office)
{
	struct ran ran;
	struct run r;
	bool again;

	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (c->to != office || c->undo_sheets != 1 ||
		    (!w->reliable && !draw_chance(&w->draw, UNDOES)))
			continue;
		begin(w, office, &r);
		run_words(&r, "recall", "--undone", c->ref, NULL);
		again = run_twice(w, office, DO_RECALL, &r, &ran);
		if (ran.status == 0 || ran.status == 3 ||
		    (again && ran.fault != NULL &&
			strcmp(ran.fault, "R103") == 0))
			c->undo_sheets++;
		run_forget(&ran);
	}
}

int
office_load(struct world *w, int office)
{
	struct run r;
	struct ran ran;
	char to[WORLD_PATH + 16];

	undo_all(w, office);
	if (!w->office[office].may_load)
		return 0;
	(void)snprintf(to, sizeof(to), "%s:%s",
	    w->office[office].hub ? "progres-ping" : "primero",
	    world_path(w, "load/%s", w->office[office].code));
	begin(w, office, &r);
	run_words(&r, "load", "--to", to, NULL);
	run_kind(w, office, DO_LOAD, &r, &ran);
	check_loaded(w, office, ran.result);
	run_forget(&ran);
	if (look_at_files(w, office) == -1)
		return -1;
	/* One that broke off is done once more before they are taken. */
	w->office[office].load_broke = ran.crashed;
	w->office[office].may_load = ran.crashed || ran.status != 0;
	if (!ran.crashed)
		take_files(w, office);
	return 0;
}

/* --- people decide --- */

static const char *
word_of(enum said said)
{
	static const char *const words[] = { "nothing", "accepted", "rejected",
		"done" };

	return words[said];
}

static int
answer_one(struct world *w, int office, struct child *c, enum said said)
{
	char because[WHY_ROOM];
	long number = w->op;
	struct run r;
	struct ran ran;

	world_why(number, because);
	begin(w, office, &r);
	run_words(&r, "answer", "--ref", c->ref, "--decision", word_of(said),
	    "--reason", because, NULL);
	(void)run_twice(w, office, DO_ANSWER, &r, &ran);
	if (ran.status == 0) {
		c->said = said;
		c->said_why = number;
		c->said_on = day_of(r.now);
		w->office[office].working = true;
	}
	run_forget(&ran);
	return 0;
}

int
office_answer(struct world *w, int office)
{
	/*
	 * At the end whatever is open is decided on once, and then nothing any
	 * more.  What may be half loaded is loaded whole first.
	 */
	if (w->decided || w->office[office].load_broke)
		return 0;
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];
		enum said said = SAID_NOTHING;

		if (c->to != office || c->loads == 0 || c->recall_op != 0)
			continue;
		if (c->said == SAID_NOTHING &&
		    (w->today + LAST_DAYS >= w->days ||
			draw_chance(&w->draw, 60)))
			said = draw_chance(&w->draw, 250) ? SAID_REJECTED :
							    SAID_ACCEPTED;
		else if (c->said == SAID_ACCEPTED && draw_chance(&w->draw, 15))
			said = SAID_DONE;
		if (said != SAID_NOTHING &&
		    answer_one(w, office, c, said) == -1)
			return -1;
	}
	return 0;
}

static bool
has_rule(const cJSON *referral, const char *id)
{
	const cJSON *rule;

	cJSON_ArrayForEach(rule,
	    cJSON_GetObjectItem(referral, "rules")) if (run_text(rule, "id") !=
		NULL &&
	    strcmp(run_text(rule, "id"), id) == 0) return true;
	return false;
}

static void
decide_one(struct world *w, int office, const char *ref, bool release)
{
	struct run r;
	struct ran ran;

	w->office[office].may_load = true;
	begin(w, office, &r);
	run_words(&r, "decide", ref, release ? "--release" : "--refuse",
	    "--reason", "made up: looked at", NULL);
	(void)run_twice(w, office, DO_DECIDE, &r, &ran);
	if (ran.status == 0 || ran.status == 3) {
		w->counts.decisions++;
		w->office[office].working = true;
	}
	run_forget(&ran);
}

int
office_decide(struct world *w, int office)
{
	const cJSON *one;
	struct run r;
	struct ran ran;

	if (!w->office[office].may_decide)
		return 0;
	begin(w, office, &r);
	run_words(&r, "inbox", "--state", "held", NULL);
	run_kind(w, office, DO_LOOK, &r, &ran);
	w->office[office].may_decide =
	    cJSON_GetArraySize(cJSON_GetObjectItem(ran.result, "referrals")) >
	    0;
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(ran.result, "referrals"))
	{
		const char *ref = run_text(one, "ref");
		const struct child *c = world_by_ref(w, office, ref);

		/*
		 * What is held on its way out is put right at its source, but
		 * for consent that was given anew.
		 */
		if (c == NULL || (c->to != office && (c->again == 0 || c->no)))
			continue;
		if (w->reliable || draw_chance(&w->draw, 300))
			decide_one(w, office, ref, !has_rule(one, "D-DUP"));
	}
	run_forget(&ran);
	return 0;
}

static void
note_recalled(struct world *w, int office, const char *ref)
{
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (c->origin != office || c->recall_op != 0 ||
		    strcmp(c->ref, ref) != 0)
			continue;
		c->recall_op = w->op;
		c->recall_day = world_day(w);
		c->recall_dated =
		    w->reliable || w->office[office].clock == CLOCK_RIGHT;
		w->counts.recalls++;
		w->counts.drafted += c->by_draft;
	}
	w->office[office].working = true;
}

static bool
may_have_drafts(const struct world *w, int office)
{
	for (int i = 0; i < w->child_count; i++) {
		const struct child *c = &w->child[i];

		if (c->origin == office && c->no && c->by_draft &&
		    c->tried_op != 0 && c->recall_op == 0)
			return true;
	}
	return false;
}

/* What the export found is looked at, and then given in one go. */
static void
recall_drafted(struct world *w, int office)
{
	struct ran seen, ran;
	const cJSON *one;
	struct run r;

	if (!may_have_drafts(w, office) ||
	    (!w->reliable && !draw_chance(&w->draw, 500)))
		return;
	begin(w, office, &r);
	run_words(&r, "recall", "--drafted", "--dry-run", NULL);
	run_kind(w, office, DO_LOOK, &r, &seen);
	if (cJSON_GetArraySize(cJSON_GetObjectItem(seen.result, "recalled")) >
	    0) {
		begin(w, office, &r);
		run_words(&r, "recall", "--drafted", NULL);
		(void)run_twice(w, office, DO_RECALL, &r, &ran);
		if (ran.status == 0 || ran.status == 3)
			cJSON_ArrayForEach(one,
			    cJSON_GetObjectItem(seen.result, "recalled"))
			    note_recalled(w, office, run_text(one, "ref"));
		run_forget(&ran);
	}
	run_forget(&seen);
}

int
office_recall(struct world *w, int office)
{
	recall_drafted(w, office);
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];
		struct run r;
		struct ran ran;

		if (c->origin != office || !c->no || c->by_draft ||
		    c->tried_op == 0 || c->recall_op != 0 ||
		    (!w->reliable && !draw_chance(&w->draw, 500)))
			continue;
		begin(w, office, &r);
		run_words(&r, "recall", c->ref, "--reason", "consent_withdrawn",
		    NULL);
		(void)run_twice(w, office, DO_RECALL, &r, &ran);
		if (ran.status == 0 || ran.status == 3)
			note_recalled(w, office, c->ref);
		run_forget(&ran);
	}
	return 0;
}

/* --- bundles go --- */

bool
office_refers(const struct world *w, int office, int to)
{
	for (int i = 0; i < w->child_count; i++)
		if (w->child[i].origin == office && w->child[i].to == to)
			return true;
	return false;
}

static void
note_tried(struct world *w, int office, int to)
{
	for (int i = 0; i < w->child_count; i++)
		if (w->child[i].origin == office && w->child[i].to == to &&
		    w->child[i].tried_op == 0)
			w->child[i].tried_op = w->op;
}

/* Under keys that are listed no more it may have to go once more. */
static bool
may_go_again(const struct world *w, const struct child *c)
{
	return w->rotated != 0 &&
	    (c->origin == w->rotated || c->to == w->rotated);
}

/* What an export says that it sent. */
static void
was_sent(struct world *w, int office, int to, const char *ref)
{
	for (int i = 0; ref != NULL && i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (c->origin != office || c->to != to ||
		    strcmp(c->ref, ref) != 0)
			continue;
		if (c->sent_op != 0 && c->sent_revision == c->revision &&
		    !may_go_again(w, c))
			world_differ(w, w->office[office].code, ref,
			    "nothing of it changed since it went",
			    "it was sent again");
		c->sent_op = c->sent_op == 0 ? w->op : c->sent_op;
		c->sent_revision = c->revision;
		/* One at least in any year, however short. */
		if (w->reliable || c->kind != CHILD_GOOD || c->revision != 0 ||
		    w->today < w->days / 5 ||
		    (w->drawn && !draw_chance(&w->draw, DRAWERS)))
			continue;
		c->in_drawer = true;
		w->drawn = true;
		w->keep_for = c->number + 1;
	}
}

static int
collect(struct world *w, int office, int to, bool crashed)
{
	struct office *o = &w->office[office];
	long op = w->op;

	if (crashed && o->crashed_export[to] == 0)
		o->crashed_export[to] = w->op;
	if (o->crashed_export[to] != 0)
		op = o->crashed_export[to];
	if (bundles_note(w, office, to, op) == -1)
		return -1;
	return courier_collect(w, office, to);
}

int
office_export(struct world *w, int office, int to, bool with_sources)
{
	const char *codes[] = { w->office[office].code, w->office[to].code };
	char from[WORLD_PATH + 16];
	const cJSON *one;
	struct run r;
	struct ran ran;
	int rc;

	with_sources = with_sources && office_refers(w, office, to);
	begin(w, office, &r);
	run_words(&r, "export", "--to", codes[1], "--out",
	    world_path(w, "out/%s/%s", codes[0], codes[1]), NULL);
	if (with_sources) {
		if (world_sources(w, office, to) == -1)
			return -1;
		(void)snprintf(from, sizeof(from), "%s:%s",
		    w->office[office].hub ? "progres-ping" : "primero",
		    world_path(w, "source/%s-%s.json", codes[0], codes[1]));
		run_words(&r, "--from", from, "--consents",
		    world_path(w, "source/%s-%s.ndjson", codes[0], codes[1]),
		    NULL);
	}
	run_kind(w, office, DO_EXPORT, &r, &ran);
	if (with_sources)
		note_tried(w, office, to);
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(ran.result, "referrals"))
	{
		const char *state = run_text(one, "state");

		w->office[office].may_decide |=
		    state != NULL && strcmp(state, "held") == 0;
		if (state == NULL || strcmp(state, "sent") != 0)
			continue;
		was_sent(w, office, to, run_text(one, "ref"));
		w->counts.referrals++;
		w->office[office].working = true;
		if (getenv("SIM_TRACE") != NULL)
			fprintf(stderr, "sent %s\n", run_text(one, "ref"));
	}
	w->office[office].may_decide |= ran.crashed;
	rc = collect(w, office, to, ran.crashed);
	w->keep_for = 0;
	if (!ran.crashed && (ran.status == 0 || ran.status == 3))
		w->office[office].crashed_export[to] = 0;
	run_forget(&ran);
	return rc;
}

static int
resend_some(struct world *w, int office, int to, const cJSON **from)
{
	const char *codes[] = { w->office[office].code, w->office[to].code };
	char numbers[RESENT_MAX][24];
	struct ran ran;
	struct run r;
	int n, rc;

	begin(w, office, &r);
	run_words(&r, "resend", "--to", codes[1], "--out",
	    world_path(w, "out/%s/%s", codes[0], codes[1]), NULL);
	for (n = 0; n < RESENT_MAX && *from != NULL; n++) {
		(void)snprintf(numbers[n], sizeof(numbers[0]), "%.0f",
		    cJSON_GetNumberValue(*from));
		run_words(&r, numbers[n], NULL);
		*from = (*from)->next;
	}
	run_kind(w, office, DO_RESEND, &r, &ran);
	w->counts.resent += n;
	rc = collect(w, office, to, false);
	run_forget(&ran);
	return rc;
}

int
office_resend(struct world *w, int office, int to)
{
	const cJSON *partner, *waiting, *one;
	struct ran ran;
	struct run r;
	int rc = 0;

	begin(w, office, &r);
	run_words(&r, "status", "--partner", w->office[to].code, NULL);
	run_kind(w, office, DO_LOOK, &r, &ran);
	partner = cJSON_GetArrayItem(
	    cJSON_GetObjectItem(cJSON_GetObjectItem(ran.result, "status"),
		"partners"),
	    0);
	waiting = cJSON_GetObjectItem(partner, "not_acknowledged");
	one = cJSON_GetObjectItem(partner, "not_acknowledged_long");
	if (cJSON_GetNumberValue(one) >= 1)
		for (one = cJSON_GetObjectItem(waiting, "numbers")->child;
		     rc == 0 && one != NULL;)
			rc = resend_some(w, office, to, &one);
	run_forget(&ran);
	return rc;
}

/* --- what is overdue --- */

/* Of what this office recalled and nobody has confirmed, the status tells. */
static void
look_for_overdue(struct world *w, int office, int to, int least)
{
	const cJSON *partner, *late;
	char model[80], said[80];
	struct ran ran;
	struct run r;

	begin(w, office, &r);
	run_words(&r, "status", "--partner", w->office[to].code, NULL);
	run_kind(w, office, DO_LOOK, &r, &ran);
	partner = cJSON_GetArrayItem(
	    cJSON_GetObjectItem(cJSON_GetObjectItem(ran.result, "status"),
		"partners"),
	    0);
	late = cJSON_GetObjectItem(partner, "recalls_overdue");
	if (!cJSON_IsNumber(late) || cJSON_GetNumberValue(late) < least ||
	    ran.status != 3) {
		(void)snprintf(model, sizeof(model),
		    "%d recalls are overdue there, and a person is told",
		    least);
		(void)snprintf(said, sizeof(said), "%.0f, and ends with %d",
		    cJSON_GetNumberValue(late), ran.status);
		world_differ(w, w->office[office].code, w->office[to].code,
		    model, said);
	}
	run_forget(&ran);
}

void
office_overdue(struct world *w, int office)
{
	if (w->office[office].clock != CLOCK_RIGHT && !w->reliable)
		return;
	for (int to = 0; to < w->nodes; to++) {
		int least = watch_overdue(w, office, to);

		if (least > 0 && (w->reliable || draw_chance(&w->draw, LOOKS)))
			look_for_overdue(w, office, to, least);
	}
}

/* --- the stick command --- */

static int
office_of(const struct world *w, const char *code)
{
	for (int i = 0; code != NULL && i < w->nodes; i++)
		if (strcmp(w->office[i].code, code) == 0)
			return i;
	return -1;
}

/* Of what it put out, whom each is for, as it said. */
static int
put_out_to(const struct world *w, const cJSON *result, const char *name)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, cJSON_GetObjectItem(result, "bundles"))
	{
		const char *file = run_text(one, "file");
		const cJSON *to = cJSON_GetObjectItem(one, "to");

		if (file != NULL && strcmp(file, name) == 0)
			return office_of(w,
			    cJSON_GetStringValue(cJSON_GetArrayItem(to, 0)));
	}
	return -1;
}

/*
 * What lies on the stick goes on its way.  What a run put there that died then,
 * nobody knows of: that is left lying, as sticks are.
 */
static int
take_from_stick(struct world *w, int office, const cJSON *result)
{
	const char *code = w->office[office].code;
	struct dirent **names;
	int n, rc = 0;

	n = scandir(world_path(w, "in/%s", code), &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		const char *path = world_path(w, "in/%s/%s", code, name);
		int to = put_out_to(w, result, name);

		if (rc == 0 && bundles_is_name(name) && to != -1)
			rc = rename(path,
			    world_path(w, "out/%s/%s/%s", code,
				w->office[to].code, name));
		else if (rc == 0 && bundles_is_name(name)) {
			bundles_note_one(w, name, office, -1,
			    w->office[office].crashed_export[0]);
			w->counts.lost++;
			rc = unlink(path);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	for (int hub = 0; hub < WORLD_HUBS && rc == 0; hub++)
		rc = collect(w, office, hub, false);
	return n >= 0 ? rc : -1;
}

int
office_stick(struct world *w, int office)
{
	struct office *o = &w->office[office];
	struct run r;
	struct ran ran;
	int rc;

	begin(w, office, &r);
	run_words(&r, "stick", world_path(w, "in/%s", o->code), NULL);
	run_kind(w, office, DO_STICK, &r, &ran);
	if (ran.crashed) {
		for (int hub = 0; hub < WORLD_HUBS; hub++)
			if (o->crashed_export[hub] == 0)
				o->crashed_export[hub] = w->op;
		r.crash_at = 0;
		w->op++;
		w->counts.operations++;
		r.random = draw_next(&w->draw);
		run_it(&r, &ran);
		check_status(w, office, DO_STICK, &ran);
	}
	rc = take_from_stick(w, office, ran.result);
	w->office[office].may_load = true;
	took_in(w, office, &ran);
	run_forget(&ran);
	return rc == 0 ? watch_import(w, office) : -1;
}
