/*
 * sim: a year of many offices, two hubs, and everything that can go wrong.
 *
 *	sim [--seed N] [--days N] [--sites N] [--keep]
 *
 * Every office is a practice node of its own, every act of its people a
 * command in a process of its own (run.c), whose clock and randomness are
 * given, and which is now and then killed at one of the calls that change
 * something on a disk (crash.c).  Bundles travel on sticks that are lost, late,
 * doubled, damaged and out of order (courier.c); on some days a site has the
 * stick command alone.  Children come, their requests are revised, some take
 * consent back, and some of those give it anew (children.c).  In the middle of
 * the year a site changes its keys and the agreement is renewed, which travels
 * by bundles.
 *
 * Some bundles lie in a drawer until the recall of what is in them has come.
 *
 * What people did and what was carried is kept in a plain model (world.h).
 * After each import it is compared with that office's store (watch.c), as are
 * all commands that refuse something (office.c).  At the end couriers,
 * computers and clocks behave, everything is exchanged until nothing new comes,
 * and the model is compared with what every store says (check.c).  A difference
 * prints seed, day, office, ref and both opinions, and the exit status is 1; 2
 * is trouble of the simulation itself.
 *
 * The same seed gives the same year, so that a difference can be looked at:
 *
 *	make sim SIM_SEED=N [SIM_DAYS=N] [SIM_SITES=N]
 *	SIM_TRACE=1	each command, to stderr; with --keep all files stay
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/random.h"
#include "tests/sim/bundles.h"
#include "tests/sim/check.h"
#include "tests/sim/courier.h"
#include "tests/sim/crash.h"
#include "tests/sim/office.h"
#include "tests/sim/run.h"
#include "tests/sim/world.h"

/* 2027-01-04, within the example's agreement and long before its end. */
#define START ((moment)1799020800)
#define DAYS 365
#define SITES 50
#define QUIET_DAYS 60
#define ROUND_DAYS 8 /* so that what waits has waited long */
#define ROUNDS_LEAST 3
#define ROUND_CHANGED 1
#define ROUNDS_FOUND 6 /* by then no drawer is closed */
#define ROUNDS_MOST 14

/* Per mille, a day. */
#define SITE_WORKS 95
#define HUB_SENDS 70
#define CHILD_COMES 900
#define REVISED 60
#define TAKEN_BACK 150
#define GIVEN_ANEW 700 /* most of whom they are asked of never said no */
#define CLOCK_JUMPS 1
#define RESENDS 50
#define TRIPS 250 /* of the days that a site works */

/* --- a day --- */

/* One of those whose request or consent may change. */
static struct child *
somebody(struct world *w)
{
	struct child *c;

	if (w->child_count == 0)
		return NULL;
	c = &w->child[draw_below(&w->draw, (uint64_t)w->child_count)];
	return c->kind == CHILD_GOOD ? c : NULL;
}

/* Wherever it is referred to. */
static void
revise(struct world *w, const struct child *who)
{
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (!world_same(c, who))
			continue;
		c->revision++;
		w->office[c->origin].sources_changed[c->to] = true;
	}
}

/* What lies in a drawer was asked for by somebody who says no now. */
static void
drawers_say_no(struct world *w)
{
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (!c->in_drawer || c->no || c->again != 0)
			continue;
		world_say_no(w, c);
		w->counts.noes++;
	}
}

static int
children_change(struct world *w)
{
	struct child *c;

	if (draw_chance(&w->draw, CHILD_COMES) && world_child(w) == NULL)
		return -1;
	if (draw_chance(&w->draw, REVISED) && (c = somebody(w)) != NULL &&
	    !c->no && c->again == 0) {
		revise(w, c);
		w->counts.revisions++;
	}
	if (draw_chance(&w->draw, TAKEN_BACK) && (c = somebody(w)) != NULL &&
	    !c->no && c->again == 0) {
		world_say_no(w, c);
		w->counts.noes++;
	}
	drawers_say_no(w);
	if (draw_chance(&w->draw, GIVEN_ANEW) && (c = somebody(w)) != NULL &&
	    world_say_yes(w, c))
		w->counts.again++;
	return 0;
}

static void
clocks_change(struct world *w)
{
	for (int i = 0; i < w->nodes; i++) {
		struct office *o = &w->office[i];

		if (o->clock_days > 0 && --o->clock_days == 0)
			o->clock = CLOCK_RIGHT;
		if (o->clock != CLOCK_RIGHT ||
		    !draw_chance(&w->draw, CLOCK_JUMPS))
			continue;
		o->clock =
		    (enum clock_state)(1 + draw_below(&w->draw, CLOCK_OFF));
		o->off = ((moment)draw_below(&w->draw, 80) - 40) * DAY_SECONDS;
		o->clock_days = 1 + (int)draw_below(&w->draw, 20);
		w->counts.clock_jumps++;
	}
}

/* Whoever carries the stick has the one command; nobody new is referred. */
static int
carrier_works(struct world *w, int i)
{
	w->counts.trips++;
	return office_stick(w, i) == -1 || office_load(w, i) == -1 ||
		office_answer(w, i) == -1 || office_decide(w, i) == -1 ||
		office_recall(w, i) == -1 || office_stick(w, i) == -1 ?
	    -1 :
	    0;
}

static int
site_works(struct world *w, int i)
{
	int hub = w->office[i].hub_index;

	if (!w->reliable && draw_chance(&w->draw, TRIPS))
		return carrier_works(w, i);
	if (office_import(w, i) == -1 || office_load(w, i) == -1 ||
	    office_answer(w, i) == -1 || office_decide(w, i) == -1 ||
	    office_recall(w, i) == -1)
		return -1;
	office_overdue(w, i);
	if (office_export(w, i, hub, true) == -1)
		return -1;
	if (office_refers(w, i, 1 - hub) &&
	    office_export(w, i, 1 - hub, true) == -1)
		return -1;
	if (!w->reliable && !draw_chance(&w->draw, RESENDS))
		return 0;
	return office_resend(w, i, hub) == -1 ||
		office_resend(w, i, 1 - hub) == -1 ?
	    -1 :
	    0;
}

static int
hub_works(struct world *w, int i)
{
	if (office_import(w, i) == -1 || office_load(w, i) == -1 ||
	    office_answer(w, i) == -1 || office_decide(w, i) == -1 ||
	    office_recall(w, i) == -1)
		return -1;
	office_overdue(w, i);
	for (int k = WORLD_HUBS; k < w->nodes; k++) {
		/* Who is referred to both is answered by both. */
		if ((w->office[k].hub_index != i && !office_refers(w, k, i)) ||
		    (!w->reliable && !draw_chance(&w->draw, HUB_SENDS)))
			continue;
		if (office_export(w, i, k, true) == -1)
			return -1;
		if ((w->reliable || draw_chance(&w->draw, RESENDS)) &&
		    office_resend(w, i, k) == -1)
			return -1;
	}
	return 0;
}

static int
all_work(struct world *w)
{
	for (int i = 0; i < w->nodes; i++) {
		bool hub = w->office[i].hub;

		if (!w->reliable && !hub && !draw_chance(&w->draw, SITE_WORKS))
			continue;
		if ((hub ? hub_works(w, i) : site_works(w, i)) == -1)
			return -1;
		if (w->reliable && courier_arrive(w) == -1)
			return -1;
	}
	return 0;
}

static int
the_year(struct world *w)
{
	for (; w->today < w->days; w->today++) {
		clocks_change(w);
		if ((w->today == w->days * 2 / 5 && world_rotate(w) == -1) ||
		    (w->today == w->days / 2 && world_renew(w) == -1) ||
		    children_change(w) == -1 || courier_arrive(w) == -1 ||
		    all_work(w) == -1)
			return -1;
	}
	return 0;
}

/* --- the end --- */

/*
 * In every year, however short: somebody's request, and somebody's consent at
 * a site and at a hub, when what was asked is in the other system.
 */
static void
last_changes(struct world *w)
{
	bool revised = false, taken_back[2] = { false, false };

	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (c->kind != CHILD_GOOD || c->no || c->again != 0 ||
		    c->loads == 0)
			continue;
		if (!taken_back[c->from_hub]) {
			taken_back[c->from_hub] = true;
			world_say_no(w, c);
			w->counts.noes++;
		} else if (!revised) {
			revised = true;
			revise(w, c);
			w->counts.revisions++;
		}
	}
}

static int
the_end(struct world *w)
{
	bool news = true;
	int round;

	w->reliable = true;
	/* Past whatever a clock that was some weeks ahead has signed. */
	w->today += QUIET_DAYS;
	drawers_say_no(w);
	if (courier_arrive(w) == -1)
		return -1;
	for (round = 0; round < ROUNDS_MOST; round++) {
		if (!news && round >= ROUNDS_LEAST)
			break;
		news = courier_keeps(w);
		w->decided = round >= ROUND_CHANGED;
		if (round == ROUND_CHANGED)
			last_changes(w);
		w->drawers_open = round >= ROUNDS_FOUND;
		for (int i = 0; i < w->nodes; i++)
			w->office[i].working = false;
		w->today += ROUND_DAYS;
		if (all_work(w) == -1)
			return -1;
		for (int i = 0; i < w->nodes; i++)
			news |= w->office[i].working;
	}
	/* The last of them may have sent a receipt. */
	for (int i = 0; i < w->nodes; i++)
		if (office_import(w, i) == -1)
			return -1;
	printf("sim: quiet after %d rounds\n", round);
	if (news)
		world_differ(w, "-", "-", "all is exchanged in some rounds",
		    "something new comes still");
	return 0;
}

static void
tell(const struct world *w, double seconds)
{
	const struct counts *c = &w->counts;

	printf(
	    "sim: seed=%" PRIu64 " sites=%d hubs=%d days=%d seconds=%.0f "
	    "operations=%ld refused=%ld crashes=%ld clock_jumps=%ld "
	    "clocks_righted=%ld "
	    "bundles=%ld lost=%ld doubled=%ld damaged=%ld astray=%ld "
	    "resent=%ld drawers=%ld children=%ld referrals=%ld revisions=%ld noes=%ld "
	    "recalls=%ld drafted=%ld again=%ld trips=%ld loads=%ld "
	    "answers=%ld decisions=%ld: %s\n",
	    w->seed, w->sites, WORLD_HUBS, w->days, seconds, c->operations,
	    c->refused, c->crashes, c->clock_jumps, c->clocks_righted,
	    c->bundles, c->lost, c->doubled, c->damaged, c->astray, c->resent,
	    c->drawers, c->children, c->referrals, c->revisions, c->noes,
	    c->recalls, c->drafted, c->again, c->trips, c->loads, c->answers,
	    c->decisions, w->failed ? "DIFFERENT" : "the same");
}

static bool
read_number(const char *text, uint64_t most, uint64_t *out)
{
	char *end;

	*out = strtoull(text, &end, 10);
	return *text != '\0' && *end == '\0' && *out >= 1 && *out <= most;
}

static int
usage(void)
{
	(void)fputs("usage: sim [--seed N] [--days N] [--sites N] [--keep]\n",
	    stderr);
	return 2;
}

static int
play(struct world *w, bool keep)
{
	const char *in = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	double began = clock_elapsed();
	int rc = 2;

	(void)snprintf(w->root, sizeof(w->root), "%s/satchel-sim-XXXXXX", in);
	if (mkdtemp(w->root) == NULL) {
		perror(w->root);
		return 2;
	}
	w->start = START;
	w->draw.state = w->seed;
	w->nodes = w->sites + WORLD_HUBS;
	printf("sim: seed=%" PRIu64 "\n", w->seed);
	if (world_make(w, "examples/agreement.json") == 0 && the_year(w) == 0 &&
	    the_end(w) == 0 && check_all(w) == 0)
		rc = w->failed ? 1 : 0;
	else
		printf("sim: broke off on day %d\n", w->today);
	tell(w, clock_elapsed() - began);
	if (keep)
		printf("sim: all of it is in %s\n", w->root);
	world_forget(w, keep);
	return rc;
}

int
main(int argc, char *argv[])
{
	static struct world w;
	bool keep = false;
	uint64_t n;

	w.seed = (uint64_t)time(NULL);
	w.days = DAYS;
	w.sites = SITES;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--keep") == 0) {
			keep = true;
			continue;
		}
		if (i + 1 == argc || !read_number(argv[i + 1], INT64_MAX, &n))
			return usage();
		if (strcmp(argv[i], "--seed") == 0)
			w.seed = n;
		else if (strcmp(argv[i], "--days") == 0 && n < 100000)
			w.days = (int)n;
		else if (strcmp(argv[i], "--sites") == 0 &&
		    n <= WORLD_NODES - WORLD_HUBS)
			w.sites = (int)n;
		else
			return usage();
		i++;
	}
	(void)umask(077);
	draw_for_program(w.seed);
	if (random_start() == -1 || crash_start() == -1)
		return 2;
	return play(&w, keep);
}
