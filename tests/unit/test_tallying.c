/* What is counted, and what one table must not tell of another. */
#include "tests/unit/a_store.h"

#include "base/figures.h"
#include "base/sink.h"
#include "formats/report.h"
#include "store/decisions.h"
#include "store/referrals.h"
#include "store/tallying.h"

#define DAY_ONE 20500
#define NOW(days) (day_start(DAY_ONE) + (moment)(days)*86400)

static struct figures tables[TALLY_TABLES];

static const char *
who(void *context, const char *user)
{
	(void)context;
	return strcmp(user, "listed") == 0 ? "listed, officer" : "not listed";
}

static const char *
role(void *context, const char *name)
{
	(void)context;
	return name;
}

static void
tally(struct a_store *t, int days)
{
	const struct tallying_order o = { .store = t->s,
		.now = NOW(days),
		.from = DAY_UNKNOWN,
		.to = DAY_UNKNOWN,
		.party = "US",
		.emergency = 86400,
		.urgent = (moment)3 * 86400,
		.normal = (moment)14 * 86400,
		.who = who,
		.role = role };

	arena_empty(t->arena);
	assert_int_equal(tallying_run(&o, t->arena, tables, &t->why), 0);
}

/* count of them, that came, with this verdict, priority and answer. */
static void
came(struct a_store *t, int count, enum verdict verdict, const char *priority,
    int answered)
{
	static int number;
	struct standing_reason reason = { .rule = "C-HAVE",
		.verdict = verdict,
		.text = "t",
		.remedy = "r" };
	struct standing st = { .revision = "r",
		.priority = priority,
		.service = "health",
		.state =
		    verdict == VERDICT_HOLD ? STANDING_HELD : STANDING_LOADED,
		.verdict = verdict,
		.partner = "SITE",
		.party = "THEM",
		.created = DAY_ONE,
		.judged_on = DAY_ONE,
		.made_on = DAY_ONE,
		.decision = answered < 0 ? NULL : "accepted",
		.decided_on = DAY_ONE + (answered < 0 ? 0 : answered),
		.no_on = DAY_UNKNOWN,
		.reasons = &reason,
		.reason_count = verdict == VERDICT_HOLD ? 1 : 0 };
	char ref[64];

	for (int i = 0; i < count; i++) {
		(void)snprintf(ref, sizeof(ref), "progres:%d", number++);
		st.ref = ref;
		assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st,
				     NULL, 0, &t->why),
		    0);
	}
}

/* -1: hidden. */
static int64_t
row(enum tallying_table t, const char *label)
{
	const struct figure *f = figures_find(&tables[t], label);

	assert_non_null(f);
	return f->hidden ? -1 : f->count;
}

static void
counts(struct a_store *t)
{
	came(t, 6, VERDICT_SHARE, "normal", 0);
	came(t, 7, VERDICT_SHARE, "normal", 6);
	came(t, 8, VERDICT_HOLD, "emergency", -1);
	came(t, 9, VERDICT_SHARE, "normal", -1);
	tally(t, 5);
	assert_int_equal(row(TALLY_RECEIVED_FLOW, "THEM to US"), 30);
	assert_int_equal(row(TALLY_RECEIVED_SERVICE, "health"), 30);
	assert_int_equal(row(TALLY_RECEIVED_VERDICT, "share"), 22);
	assert_int_equal(row(TALLY_RECEIVED_VERDICT, "hold"), 8);
	assert_int_equal(row(TALLY_RECEIVED_VERDICT, "refuse"), 0);
	assert_int_equal(row(TALLY_RECEIVED_RULE, "person, hold"), 8);
	assert_int_equal(row(TALLY_RECEIVED_TIME, "1 day or less"), 6);
	assert_int_equal(row(TALLY_RECEIVED_TIME, "4 to 7 days"), 7);
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "answered"), 13);
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "not yet, and in time"), 9);
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "not yet, and overdue"), 8);
	assert_int_equal(row(TALLY_RECEIVED_OVERDUE, "emergency"), 8);
	tally(t, 15);
	assert_int_equal(row(TALLY_RECEIVED_OVERDUE, "normal"), 9);
}

/* 8 that are held are hidden with the 2: so is all that would tell it. */
static void
rule_tells_nothing(struct a_store *t)
{
	came(t, 50, VERDICT_SHARE, "normal", 0);
	came(t, 8, VERDICT_HOLD, "normal", -1);
	came(t, 2, VERDICT_STRIP, "normal", 0);
	tally(t, 1);
	assert_int_equal(row(TALLY_RECEIVED_VERDICT, "strip"), -1);
	assert_int_equal(row(TALLY_RECEIVED_VERDICT, "hold"), -1);
	assert_int_equal(row(TALLY_RECEIVED_VERDICT, "share"), 50);
	assert_int_equal(row(TALLY_RECEIVED_RULE, "person, hold"), -1);
	assert_true(tables[TALLY_RECEIVED_REACHED].withheld);
}

/* 6 that are overdue are hidden with the 1 that is not. */
static void
overdue_tells_nothing(struct a_store *t)
{
	came(t, 50, VERDICT_SHARE, "normal", 0);
	came(t, 1, VERDICT_SHARE, "normal", -1);
	came(t, 6, VERDICT_SHARE, "emergency", -1);
	tally(t, 3);
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "not yet, and in time"),
	    -1);
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "not yet, and overdue"),
	    -1);
	assert_int_equal(row(TALLY_RECEIVED_TIME, "1 day or less"), 50);
	assert_true(tables[TALLY_RECEIVED_OVERDUE].withheld);
	assert_true(tables[TALLY_RECEIVED_OVERDUE].total_hidden);
	assert_true(tables[TALLY_RECEIVED_VERDICT].withheld);
	assert_true(tables[TALLY_RECEIVED_REACHED].withheld);
}

/* Those that were answered are hidden: their sum is that of the times. */
static void
times_tell_nothing(struct a_store *t)
{
	came(t, 50, VERDICT_SHARE, "normal", -1);
	came(t, 3, VERDICT_SHARE, "normal", 2);
	tally(t, 3);
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "answered"), -1);
	assert_true(tables[TALLY_RECEIVED_TIME].withheld);
	assert_true(tables[TALLY_RECEIVED_TIME].total_hidden);
}

static void
decide(struct a_store *t, int count, enum decision_kind kind, const char *user)
{
	static const char *rules[] = { "C-HAVE", "C-CARE" };
	const struct decision d = { .kind = kind,
		.direction = REFERRAL_RECEIVED,
		.ref = "primero:one",
		.revision = "r",
		.rules = { rules, 2, true },
		.user = user,
		.reason = "typed",
		.to_user = "officer",
		.at = NOW(0) };

	for (int i = 0; i < count; i++)
		assert_int_equal(decisions_put(t->s, &d, &t->why), 0);
}

static void
people(struct a_store *t)
{
	decide(t, 6, DECISION_RELEASE, "listed");
	decide(t, 5, DECISION_REFUSE, "left");
	decide(t, 3, DECISION_ASSIGN, "listed");
	tally(t, 1);
	assert_int_equal(row(TALLY_DECIDED, "release"), 6);
	assert_int_equal(row(TALLY_DECIDED, "refuse"), 5);
	assert_int_equal(row(TALLY_DECIDED_BY, "listed, officer"), 6);
	assert_int_equal(row(TALLY_DECIDED_BY, "not listed"), 5);
	assert_int_equal(row(TALLY_RELEASED_RULE, "person"), 6);
}

/* Releases are hidden with the few refusals, and so are the rules. */
static void
release_tells_nothing(struct a_store *t)
{
	decide(t, 6, DECISION_RELEASE, "listed");
	decide(t, 1, DECISION_REFUSE, "listed");
	tally(t, 1);
	assert_int_equal(row(TALLY_DECIDED, "release"), -1);
	assert_int_equal(row(TALLY_DECIDED, "refuse"), -1);
	assert_int_equal(row(TALLY_RELEASED_RULE, "person"), -1);
}

static void
judged(struct a_store *t, const char *rule, enum verdict verdict)
{
	static int number;
	struct standing_reason reasons[] = {
		{ .rule = rule,
		    .verdict = verdict,
		    .text = "t",
		    .remedy = "r" },
		{ .rule = "C-TOLD",
		    .verdict = VERDICT_HOLD,
		    .text = "t",
		    .remedy = "r" },
	};
	struct standing st = { .revision = "r",
		.priority = "normal",
		.service = "health",
		.state = STANDING_HELD,
		.verdict = VERDICT_HOLD,
		.partner = "SITE",
		.party = "THEM",
		.created = DAY_ONE,
		.judged_on = DAY_ONE,
		.made_on = DAY_ONE,
		.decided_on = DAY_UNKNOWN,
		.no_on = DAY_UNKNOWN,
		.reasons = reasons,
		.reason_count = 2 };
	char ref[64];

	(void)snprintf(ref, sizeof(ref), "progres:W%d", number++);
	st.ref = ref;
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st, NULL, 0,
			     &t->why),
	    0);
}

/* Not even a row with a hidden count is there. */
static void
fear_has_no_row(struct a_store *t)
{
	static const char *const untold[] = { "C-HIDE", "S-GBV", "S-FEAR",
		"L-MAND" };
	const struct figures *f = &tables[TALLY_RECEIVED_RULE];

	for (size_t i = 0; i < 4; i++)
		judged(t, untold[i], VERDICT_HOLD);
	judged(t, "S-GBV", VERDICT_STRIP);
	judged(t, "C-HIDE", VERDICT_STRIP);
	judged(t, "C-CARE", VERDICT_HOLD);
	tally(t, 1);
	assert_int_equal(f->count, 2);
	/* One of two such reasons is counted once. */
	assert_int_equal(row(TALLY_RECEIVED_RULE, "person, hold"), 7);
	assert_int_equal(row(TALLY_RECEIVED_RULE, "P-FIELDS, strip"), -1);
}

/* What is hidden is in no form of the report; what is shown is text. */
static void
forms(struct a_store *t)
{
	struct report r = { .node = "<b>\xe2\x80\xae",
		.title = "T & <i>",
		.agreement = "A",
		.made = NOW(1),
		.from = DAY_UNKNOWN,
		.to = DAY_ONE,
		.tables = tables,
		.count = TALLY_TABLES };
	struct bytes out;
	struct sink *to;

	came(t, 50, VERDICT_SHARE, "normal", 0);
	came(t, 8, VERDICT_HOLD, "normal", -1);
	came(t, 3, VERDICT_STRIP, "normal", 0);
	decide(t, 5, DECISION_RELEASE, "=1+1");
	tally(t, 1);
	tables[TALLY_DECIDED_BY].rows[0].label = "=1+1";
	bytes_init(&out, (size_t)1 << 20);
	assert_non_null(to = bytes_sink_new(&out, &t->why));
	assert_int_equal(report_write_page(&r, to, &t->why), 0);
	assert_non_null(strstr((char *)out.at, "&lt;b&gt;&lt;U+202E&gt;"));
	assert_null(strstr((char *)out.at, "<i>"));
	assert_null(strstr((char *)out.at, ">3<"));
	/* The answers say that 8 wait, which may be of any verdict. */
	assert_int_equal(row(TALLY_RECEIVED_ANSWER, "not yet, and in time"), 8);
	assert_non_null(strstr((char *)out.at, ">50<"));
	bytes_empty(&out);
	assert_int_equal(report_write_csv(&tables[TALLY_RECEIVED_VERDICT], to,
			     &t->why),
	    0);
	assert_string_equal((char *)out.at,
	    "\"Verdict\",\"Count\",\"Note\"\r\n"
	    "\"share\",\"50\",\"\"\r\n"
	    "\"strip\",\"\",\"fewer than 5, or hidden with one that is\"\r\n"
	    "\"hold\",\"\",\"fewer than 5, or hidden with one that is\"\r\n"
	    "\"refuse\",\"0\",\"\"\r\n"
	    "\"In all\",\"61\",\"\"\r\n");
	bytes_empty(&out);
	assert_int_equal(report_write_csv(&tables[TALLY_DECIDED_BY], to,
			     &t->why),
	    0);
	assert_non_null(strstr((char *)out.at, "\"'=1+1\",\"5\""));
	sink_free(to);
	bytes_free(&out);
}

static const struct a_store_case cases[] = {
	{ "each is counted once in each table", counts },
	{ "threat 63: a rule does not tell what its verdict hides",
	    rule_tells_nothing },
	{ "threat 63: what is overdue does not tell what answers hide",
	    overdue_tells_nothing },
	{ "threat 63: times do not tell what answers hide",
	    times_tell_nothing },
	{ "who is listed is named", people },
	{ "threat 63: released rules do not tell what decisions hide",
	    release_tells_nothing },
	{ "threat 63: no row is there for what a household is afraid of",
	    fear_has_no_row },
	{ "threat 37: what is hidden is in no form, and text is text", forms },
};

int
main(void)
{
	return ROWS_RUN("tallying", cases, a_store_case_holds);
}
