#include "tests/unit/a_store.h"

#include "store/decisions.h"
#include "store/sql.h"

#define CANARY "the aunt Selamawit was asked"
#define REV "1111"
#define OTHER "2222"
#define REF "primero:4f5c#77"
#define SENT REFERRAL_SENT
#define CAME REFERRAL_RECEIVED
#define MOMENT ((moment)1795000000)

#define AGREED 3
#define FACTS "f00d"
#define HELD "beef"
#define BASIS                       \
	{                           \
		AGREED, FACTS, HELD \
	}

static const char *both[] = { "C-BAND", "C-CARE" };
static const char *one[] = { "C-HIDE" };
static const char *newer[] = { "C-HIDE", "C-NEWER" };
static const char *lifted[] = { DECISION_LIFTED };

static const struct decisions_of of_it = { .direction = CAME, .ref = REF };

static struct decision
made(enum decision_kind kind, const char *revision)
{
	return (struct decision){
		.kind = kind,
		.direction = CAME,
		.ref = REF,
		.revision = revision,
		.rules = { both, 2, true },
		.user = "supervisor",
		.reason = CANARY,
		.to_user = kind == DECISION_ASSIGN ? "officer" : NULL,
		.basis = BASIS,
		.at = MOMENT,
	};
}

static void
put(struct a_store *t, struct decision d)
{
	assert_int_equal(decisions_put(t->s, &d, &t->why), 0);
}

static struct decisions_now
now(struct a_store *t, enum direction way, const char *ref,
    const char *revision)
{
	const struct decisions_of of = { way, ref, revision, BASIS };
	struct decisions_now out;

	assert_int_equal(decisions_now(t->s, &of, t->arena, &out, &t->why), 0);
	return out;
}

/* "RULE by USER, " for each release that counts. */
static void
released_is(struct a_store *t, enum direction way, const char *ref,
    const char *revision, const char *want)
{
	const struct decisions_now is = now(t, way, ref, revision);
	char got[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < is.released_count; i++) {
		used += (size_t)snprintf(got + used, sizeof(got) - used,
		    "%s by %s, ", is.released[i].rule, is.released[i].user);
		assert_string_equal(is.released[i].reason, CANARY);
		assert_int_equal(is.released[i].on, day_of(MOMENT));
	}
	assert_string_equal(got, want);
}

static const char *
refused_by(struct a_store *t, const char *revision)
{
	const struct decisions_now is = now(t, CAME, REF, revision);

	return is.refused == NULL ? "nobody" : is.refused->user;
}

static void
bound(struct a_store *t)
{
	released_is(t, CAME, REF, REV, "");
	put(t, made(DECISION_RELEASE, REV));
	released_is(t, CAME, REF, REV,
	    "C-BAND by supervisor, C-CARE by supervisor, ");
	released_is(t, CAME, REF, OTHER, "");
	released_is(t, CAME, REF "x", REV, "");
	released_is(t, SENT, REF, REV, "");
	a_store_open(t, false);
	released_is(t, CAME, REF, REV,
	    "C-BAND by supervisor, C-CARE by supervisor, ");
}

static void
beside(struct a_store *t)
{
	struct decision later = made(DECISION_RELEASE, REV);

	put(t, made(DECISION_RELEASE, REV));
	later.user = "hub_admin";
	later.rules = (struct texts){ one, 1, true };
	put(t, later);
	put(t, made(DECISION_RELEASE, OTHER));
	released_is(t, CAME, REF, REV,
	    "C-BAND by supervisor, C-CARE by supervisor, C-HIDE by hub_admin, ");
}

static void
many(struct a_store *t)
{
	struct decisions_now is;

	for (int i = 0; i < 100; i++)
		put(t, made(DECISION_RELEASE, REV));
	is = now(t, CAME, REF, REV);
	assert_int_equal(is.released_count, 200);
	assert_string_equal(is.released[0].rule, "C-BAND");
	assert_string_equal(is.released[199].rule, "C-CARE");
}

static void
taken_back(struct a_store *t)
{
	put(t, made(DECISION_RELEASE, REV));
	put(t, made(DECISION_RELEASE, OTHER));
	assert_string_equal(refused_by(t, REV), "nobody");
	put(t, made(DECISION_REFUSE, REV));
	released_is(t, CAME, REF, REV, "");
	assert_string_equal(refused_by(t, REV), "supervisor");
	assert_string_equal(refused_by(t, OTHER), "nobody");
	released_is(t, CAME, REF, OTHER,
	    "C-BAND by supervisor, C-CARE by supervisor, ");
}

static void
released_anew(struct a_store *t)
{
	struct decision later = made(DECISION_RELEASE, REV);

	later.rules = (struct texts){ one, 1, true };
	put(t, made(DECISION_RELEASE, REV));
	put(t, made(DECISION_REFUSE, REV));
	put(t, later);
	released_is(t, CAME, REF, REV, "C-HIDE by supervisor, ");
	assert_string_equal(refused_by(t, REV), "supervisor");
}

/* It lets nothing go, whatever else has changed. */
static void
taken_back_again(struct a_store *t)
{
	struct decision back = made(DECISION_RELEASE, REV);

	back.rules = (struct texts){ lifted, 1, true };
	back.basis = (struct decision_basis){ AGREED + 1, NULL, NULL };
	put(t, made(DECISION_RELEASE, REV));
	put(t, made(DECISION_REFUSE, REV));
	put(t, back);
	released_is(t, CAME, REF, REV, "");
	assert_string_equal(refused_by(t, REV), "nobody");
	put(t, made(DECISION_REFUSE, REV));
	assert_string_equal(refused_by(t, REV), "supervisor");
}

/* Given on that basis, and asked for on the one of the other tests. */
static void
given_on(struct a_store *t, struct decision_basis basis, const char *want)
{
	struct decision d = made(DECISION_RELEASE, REV);

	d.rules = (struct texts){ newer, 2, true };
	d.basis = basis;
	put(t, d);
	released_is(t, CAME, REF, REV, want);
}

static void
another_agreement(struct a_store *t)
{
	given_on(t, (struct decision_basis){ AGREED - 1, FACTS, HELD }, "");
}

static void
other_facts(struct a_store *t)
{
	given_on(t, (struct decision_basis){ AGREED, "f00e", HELD }, "");
}

static void
more_held(struct a_store *t)
{
	given_on(t, (struct decision_basis){ AGREED, FACTS, "beee" },
	    "C-HIDE by supervisor, ");
}

static void
by_an_older_program(struct a_store *t)
{
	given_on(t, (struct decision_basis){ 0, NULL, NULL }, "");
}

static void
on_the_same(struct a_store *t)
{
	given_on(t, (struct decision_basis)BASIS,
	    "C-HIDE by supervisor, C-NEWER by supervisor, ");
}

/* Where nobody knows what it is now, nothing is like it. */
static void
now_unknown(struct a_store *t)
{
	const struct decisions_of of = { CAME, REF, REV, { 0, NULL, NULL } };
	struct decisions_now is;

	given_on(t, (struct decision_basis){ 0, NULL, NULL }, "");
	put(t, made(DECISION_RELEASE, REV));
	assert_int_equal(decisions_now(t->s, &of, t->arena, &is, &t->why), 0);
	assert_int_equal(is.released_count, 0);
}

static void
numbered(struct a_store *t)
{
	int64_t number = -1;

	assert_int_equal(decisions_newest(t->s, &number, &t->why), 0);
	assert_int_equal(number, 0);
	put(t, made(DECISION_RELEASE, REV));
	put(t, made(DECISION_REFUSE, REV));
	assert_int_equal(decisions_newest(t->s, &number, &t->why), 0);
	assert_int_equal(number, 2);
}

static void
assigned(struct a_store *t)
{
	struct decision d = made(DECISION_ASSIGN, NULL);

	d.reason = NULL;
	d.rules = (struct texts){ NULL, 0, false };
	put(t, d);
	released_is(t, CAME, REF, REV, "");
	assert_string_equal(refused_by(t, REV), "nobody");
}

static int
describe(const struct decision *d, void *context, struct fault *why)
{
	static const char *const kinds[] = { "release", "refuse", "assign" };
	struct bytes *all = context;
	char line[200];

	(void)snprintf(line, sizeof(line), "%s %s %zu %s %s %s, ",
	    kinds[d->kind], d->ref, d->rules.count, d->user,
	    d->to_user != NULL ? d->to_user : "-",
	    d->revision != NULL ? d->revision : "-");
	assert_int_equal(d->at, MOMENT);
	return bytes_add_text(all, line, why);
}

static void
walked(struct a_store *t)
{
	struct bytes all;

	bytes_init(&all, 1000);
	put(t, made(DECISION_RELEASE, REV));
	put(t, made(DECISION_ASSIGN, REV));
	put(t, made(DECISION_REFUSE, OTHER));
	assert_int_equal(decisions_walk(t->s, &of_it, t->arena, describe, &all,
			     &t->why),
	    0);
	assert_string_equal((char *)all.at,
	    "release " REF " 2 supervisor - 1111, "
	    "assign " REF " 2 supervisor officer 1111, "
	    "refuse " REF " 2 supervisor - 2222, ");
	bytes_free(&all);
}

static int
stop(const struct decision *d, void *context, struct fault *why)
{
	int *seen = context;

	(void)d;
	++*seen;
	return FAIL(why, FAULT_TARGET, "as the test wants");
}

static void
stopped(struct a_store *t)
{
	int seen = 0;

	put(t, made(DECISION_RELEASE, REV));
	put(t, made(DECISION_RELEASE, REV));
	assert_int_equal(decisions_walk(t->s, &of_it, t->arena, stop, &seen,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_TARGET);
	assert_int_equal(seen, 1);
}

static void
lacking(struct a_store *t)
{
	struct decision d = made(DECISION_RELEASE, NULL);

	assert_int_equal(decisions_put(t->s, &d, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_INSIDE);
	d = made(DECISION_REFUSE, REV);
	d.reason = NULL;
	assert_int_equal(decisions_put(t->s, &d, &t->why), -1);
	d = made(DECISION_ASSIGN, REV);
	d.to_user = NULL;
	assert_int_equal(decisions_put(t->s, &d, &t->why), -1);
	d = made(DECISION_RELEASE, REV);
	d.user = NULL;
	assert_int_equal(decisions_put(t->s, &d, &t->why), -1);
}

static void
asked(struct a_store *t)
{
	struct decisions_of of;
	bool yes = true;

	assert_int_equal(decisions_any(t->s, &yes, &t->why), 0);
	assert_false(yes);
	put(t, made(DECISION_RELEASE, REV));
	assert_int_equal(decisions_any(t->s, &yes, &t->why), 0);
	assert_true(yes);
	assert_int_equal(decisions_known(t->s, &of_it, &yes, &t->why), 0);
	assert_true(yes);
	of = (struct decisions_of){ .direction = SENT, .ref = REF };
	assert_int_equal(decisions_known(t->s, &of, &yes, &t->why), 0);
	assert_false(yes);
	of = (struct decisions_of){ .direction = CAME, .ref = "x" };
	assert_int_equal(decisions_known(t->s, &of, &yes, &t->why), 0);
	assert_false(yes);
}

static void
sealed(struct a_store *t)
{
	put(t, made(DECISION_RELEASE, REV));
	a_store_open(t, false);
	assert_false(a_store_shows(t, "Selamawit"));
	assert_false(a_store_shows(t, "supervisor"));
	assert_false(a_store_shows(t, REF));
	assert_false(a_store_shows(t, "C-BAND"));
}

/* A row that was moved to another referral, or another place, does not open. */
static void
moved(struct a_store *t, const char *change)
{
	const struct decisions_of of = { CAME, REF, REV, BASIS };
	struct decision d = made(DECISION_RELEASE, REV);
	struct decisions_now is;

	put(t, d);
	d.ref = "primero:other#1";
	put(t, d);
	assert_int_equal(sql_do(store_db(t->s), change, &t->why), 0);
	assert_int_equal(decisions_now(t->s, &of, t->arena, &is, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
}

static void
given_to_another(struct a_store *t)
{
	moved(t,
	    "UPDATE decided SET ref = (SELECT ref FROM decided WHERE "
	    "number = 1) WHERE number = 2");
}

static void
numbered_anew(struct a_store *t)
{
	moved(t, "UPDATE decided SET number = 9 WHERE number = 1");
}

static void
cut(struct a_store *t)
{
	moved(t, "UPDATE decided SET body = substr(body, 1, 30)");
}

static const struct a_store_case rows[] = {
	{ "a release is of one revision of one referral of one way", bound },
	{ "releases stand beside each other", beside },
	{ "a hundred decisions all count", many },
	{ "a refusal takes back the releases before it", taken_back },
	{ "a release after a refusal counts, and the refusal stands",
	    released_anew },
	{ "a refusal is taken back by a word of its own", taken_back_again },
	{ "a release is of one version of the agreement", another_agreement },
	{ "of what was known beside the referral", other_facts },
	{ "and, where that was asked, of what is held here", more_held },
	{ "one that an older program took counts for nothing",
	    by_an_older_program },
	{ "on the same basis it counts", on_the_same },
	{ "what is not known now is like nothing", now_unknown },
	{ "each decision has a number", numbered },
	{ "who takes it releases nothing", assigned },
	{ "all are told, oldest first", walked },
	{ "a walk can be stopped", stopped },
	{ "a decision without who, what or why is not kept", lacking },
	{ "whether anything was decided is a short question", asked },
	{ "nothing of it lies open", sealed },
	{ "a decision cannot be given to another referral", given_to_another },
	{ "or put in another's place", numbered_anew },
	{ "a damaged one is told", cut },
};

int
main(void)
{
	return ROWS_RUN("decisions", rows, a_store_case_holds);
}
