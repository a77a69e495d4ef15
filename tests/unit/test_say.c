#include "tests/unit/captured.h"

#include "base/fault.h"
#include "cli/say.h"
#include "policy/rules.h"

/* What is told, and what is printed then: for people, and as JSON. */
struct say_case {
	const char *name;
	void (*tell)(struct say *s);
	enum fault_id why; /* the command ended with; FAULT_NONE: it did not */
	int want;
	const char *out; /* parts; NULL: nothing at all on it */
	const char *err;
	const char *json;
};

static void
nothing(struct say *s)
{
	(void)s;
}

static void
lines(struct say *s)
{
	say_line(s, "a %s line", "plain");
	say_next(s, "do %d things", 2);
}

static void
hostile_line(struct say *s)
{
	say_line(s, "case \x1b[31m %s", "\xe2\x80\xae\xc2\x9b\x7f");
}

static void
notice(struct say *s)
{
	say_notice(s, "look at \"%s\"", "this");
}

static void
hostile_notice(struct say *s)
{
	say_notice(s, "%s", "\xe2\x80\xae\xc2\x9b\x7f\n\xf0\x9f\x98\x80\xff");
}

static void
statuses(struct say *s)
{
	static const enum exit_status order[] = { EXIT_LOOK, EXIT_NOT_READABLE,
		EXIT_NOT_TRUSTED, EXIT_TRY_AGAIN, EXIT_NO_KEY, EXIT_INSIDE };

	/* Whatever comes later and is less bad does not change it. */
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		say_status(s, order[i]);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		say_status(s, order[i]);
}

static void
key_before_busy(struct say *s)
{
	say_status(s, EXIT_NO_KEY);
	say_status(s, EXIT_TRY_AGAIN);
}

static void
busy_before_refused(struct say *s)
{
	say_status(s, EXIT_TRY_AGAIN);
	say_status(s, EXIT_NOT_TRUSTED);
}

static void
refused_before_damaged(struct say *s)
{
	say_status(s, EXIT_NOT_TRUSTED);
	say_status(s, EXIT_NOT_READABLE);
}

static void
damaged_before_held(struct say *s)
{
	say_status(s, EXIT_NOT_READABLE);
	say_status(s, EXIT_LOOK);
}

static void
file_fault(struct say *s)
{
	const struct fault why = { FAULT_BUNDLE_NOT_ONE, "first bytes" };

	say_fault(s, "a.satchel", &why);
}

static void
refused_bundle(struct say *s)
{
	const struct fault why = { FAULT_BUNDLE_CUT_SHORT, "b.satchel: 5" };
	const int64_t missing[] = { 15, 16 };
	const struct said_bundle b = {
		.file = "b.satchel",
		.id = "an-id",
		.seq = 41,
		.from = "ET-GMB-03",
		.to = { "ET-HUB-01" },
		.to_count = 1,
		.sequence = 17,
		.state = "refused",
		.fault = &why,
		.bytes = 12345,
		.missing = missing,
		.missing_count = 2,
	};

	say_bundle(s, &b);
}

static void
unknown_bundle(struct say *s)
{
	const struct said_bundle b = { .file = "c", .state = "held" };

	say_bundle(s, &b);
}

static void
verified_bundle(struct say *s)
{
	const struct said_bundle b = { .file = "c",
		.state = "seen",
		.signature = "good",
		.signed_node = "ET-GMB-03",
		.signed_party = "UNICEF",
		.signed_key = "RWkey",
		.created = "2026-01-01T00:00:00Z" };

	say_bundle(s, &b);
	say_agreement_version(s, 3, "11111 22222 33333 44444 55555 66666");
}

static void
referral(struct say *s)
{
	static const struct rule rule = { .id = "C-UNHCR" };
	static const struct rule other = { .id = "P-NOTE" };
	static struct judgement j;

	j = (struct judgement){ .verdict = VERDICT_HOLD, .count = 2 };
	j.reasons[0] = (struct reason){ .rule = &rule,
		.verdict = VERDICT_HOLD,
		.text = "Not said.",
		.remedy = "Ask.",
		.fields = { "address_current" },
		.field_count = 1 };
	j.reasons[1] = (struct reason){ .rule = &other,
		.verdict = VERDICT_NOTE,
		.text = "Good to know.",
		.remedy = "Nothing." };
	j.strip.field[FIELD_ADDRESS_CURRENT] = true;
	j.strip.concern = 2;
	j.strip.attachments = true;
	say_referral(s, "primero:x#1", "held", &j);
}

static void
referral_then_loaded(struct say *s)
{
	static struct judgement j;
	static const char *const not_kept[] = { "sender.user", "risk_level" };
	const struct said_loaded first = { .ref = "r1",
		.file = "f.json",
		.state = "created",
		.not_kept = not_kept,
		.not_kept_count = 2 };
	const struct said_loaded second = { .ref = "r2",
		.target_id = "id-2",
		.answer = true,
		.state = "added" };

	j = (struct judgement){ .verdict = VERDICT_SHARE };
	say_referral(s, "r1", "ready", &j);
	say_loaded(s, &first);
	say_referral(s, "r2", "ready", &j);
	say_loaded(s, &second);
}

static void
loaded_alone(struct say *s)
{
	const struct fault why = { FAULT_TARGET, "f.json" };
	const struct said_loaded l = { .ref = "r1",
		.file = "f.json",
		.state = "failed",
		.fault = &why };

	say_loaded(s, &l);
}

/* One is done, another does not fit, and is told with its own fault. */
static void
loaded_in_part(struct say *s)
{
	const struct said_loaded done = { .ref = "r2",
		.file = "g.json",
		.state = "created" };

	say_loaded(s, &done);
	loaded_alone(s);
}

static void
loaded_before_the_disk_was_full(struct say *s)
{
	const struct fault why = { FAULT_DISK_NOT_WRITTEN, "f.json" };
	const struct said_loaded l = { .ref = "r1",
		.state = "failed",
		.fault = &why };

	say_loaded(s, &l);
	loaded_in_part(s);
}

static void
loaded_from_a_damaged_store(struct say *s)
{
	const struct fault why = { FAULT_STORE_DAMAGED, "a record" };
	const struct said_loaded l = { .ref = "r1",
		.state = "failed",
		.fault = &why };

	loaded_in_part(s);
	say_loaded(s, &l);
}

static void
loaded_none(struct say *s)
{
	const struct fault why = { FAULT_AGREEMENT_LACKS, "sex" };
	const struct said_loaded held = { .ref = "r3", .state = "held" };
	const struct said_loaded l = { .ref = "r1",
		.state = "failed",
		.fault = &why };

	say_loaded(s, &held);
	say_loaded(s, &l);
	loaded_alone(s);
}

static void
loaded_as_a_name(struct say *s)
{
	const struct said_loaded l = { .ref = "r1",
		.file = "f.json",
		.target_id = "AminaHassan2011",
		.state = "created" };

	say_loaded(s, &l);
}

static void
answers(struct say *s)
{
	const struct said_answer taken = { .ref = "primero:x#1",
		.decision = "rejected",
		.code = "125080002",
		.state = "taken" };
	const struct said_answer held = { .code = "125080009",
		.state = "held",
		.text = "It is not \xe2\x80\xae known.",
		.remedy = "Ask." };

	say_answer(s, &taken);
	say_answer(s, &held);
}

static void
counts(struct say *s)
{
	say_count(s, SAID_SHARE, 7);
	say_count(s, SAID_SHARE, 1);
	say_count(s, SAID_HOLD, 1);
}

static void
passed(struct say *s)
{
	static struct passed_over p;

	p = (struct passed_over){ .implemented = 1, .other_agencies = 1 };
	memcpy(p.other_agency[0].value, "DRC\x1b", 5);
	p.other_agency[0].rows = 2;
	p.other_agency_more = 3;
	say_passed_over(s, &p);
}

static void
identity(struct say *s)
{
	say_identity(s, "ET-GMB-03", "RWx", "age1x",
	    "12345 67890 12345 67890 12345 67890");
}

static void
practice(struct say *s)
{
	say_practice(NULL);
	say_practice(s);
	say_practice(s);
	say_line(s, "after it");
}

static void
members(struct say *s)
{
	say_member(s, "one", "1");
	say_member(s, "two", "2");
}

#define EMPTY_LISTS "\"referrals\":[],\"bundles\":[],"

static const struct say_case cases[] = {
	{ "nothing to tell", nothing, FAULT_NONE, 0, NULL, NULL,
	    "{\"satchel\":\"result/1\",\"command\":\"test\"," EMPTY_LISTS
	    "\"counts\":{\"share\":0,\"strip\":0,\"hold\":0,\"refuse\":0,"
	    "\"duplicate\":0,\"recall\":0,\"answer\":0},"
	    "\"passed_over\":{\"implemented\":0,\"not_referred\":0,"
	    "\"known_there\":0,\"unchanged\":0,\"without_id\":0,"
	    "\"unreadable\":0,\"other_agency\":[]},"
	    "\"ok\":true,\"exit\":0,\"fault\":null}\n" },
	{ "lines are for people", lines, FAULT_NONE, 0,
	    "a plain line\n  -> do 2 things\n", NULL, EMPTY_LISTS },
	{ "a line cannot drive a terminal", hostile_line, FAULT_NONE, 0,
	    "case <U+001B>[31m <U+202E><U+009B><U+007F>\n", NULL, EMPTY_LISTS },
	{ "a notice is looked at", notice, FAULT_NONE, 3,
	    "note: look at \"this\"\n", NULL,
	    "\"notices\":[\"look at \\\"this\\\"\"],\"ok\":true,\"exit\":3" },
	{ "JSON cannot drive a terminal either", hostile_notice, FAULT_NONE, 3,
	    "<U+202E>", NULL,
	    "[\"\\u202e\\u009b\\u007f\\n\\ud83d\\ude00\\ufffd\"]" },
	{ "the worst status stays", statuses, FAULT_NONE, 1, NULL, NULL,
	    "\"ok\":false,\"exit\":1,\"fault\":null" },
	{ "6 is worse than 7", key_before_busy, FAULT_NONE, 6, NULL, NULL,
	    "\"exit\":6" },
	{ "7 is worse than 4", busy_before_refused, FAULT_NONE, 7, NULL, NULL,
	    "\"exit\":7" },
	{ "4 is worse than 5", refused_before_damaged, FAULT_NONE, 4, NULL,
	    NULL, "\"exit\":4" },
	{ "5 is worse than 3", damaged_before_held, FAULT_NONE, 5, NULL, NULL,
	    "\"exit\":5" },
	{ "a fault decides", notice, FAULT_JSON, 5, "note: ",
	    "satchel: J101 the JSON is not well formed or not strict enough "
	    "to be trusted (the detail)\n  -> Ask for",
	    "\"ok\":false,\"exit\":5,\"fault\":{\"code\":\"J101\"" },
	{ "a fault of one file", file_fault, FAULT_NONE, 5, NULL,
	    "satchel: B103 the file is not a satchel bundle (a.satchel: first "
	    "bytes)\n",
	    "\"faults\":[{\"file\":\"a.satchel\",\"fault\":{\"code\":\"B103\"" },
	{ "a refused bundle", refused_bundle, FAULT_NONE, 5,
	    "b.satchel  refused, from ET-GMB-03, to ET-HUB-01, number 17, seq "
	    "41\n  not here yet (2): 15, 16\n",
	    "satchel: B101 the bundle ends too early, so part of it is "
	    "missing (b.satchel: 5)\n",
	    "\"bundles\":[{\"file\":\"b.satchel\",\"id\":\"an-id\",\"seq\":41,"
	    "\"from\":\"ET-GMB-03\",\"to\":[\"ET-HUB-01\"],\"sequence\":17,"
	    "\"state\":\"refused\",\"fault\":{\"code\":\"B101\"" },
	{ "a bundle of which nothing is known", unknown_bundle, FAULT_NONE, 0,
	    "c  held\n", NULL,
	    "{\"file\":\"c\",\"id\":null,\"seq\":null,\"from\":null,\"to\":[],"
	    "\"sequence\":null,\"state\":\"held\",\"fault\":null,\"bytes\":0,"
	    "\"missing\":[]}]" },
	{ "a verified bundle", verified_bundle, FAULT_NONE, 0,
	    "  signature good, node ET-GMB-03, party UNICEF", NULL,
	    "\"missing\":[],\"signed_by\":{\"node\":\"ET-GMB-03\",\"party\":"
	    "\"UNICEF\",\"key\":\"RWkey\"},\"signature\":\"good\",\"created\":"
	    "\"2026-01-01T00:00:00Z\"}]" },
	{ "a referral with every reason, and what is taken out once", referral,
	    FAULT_NONE, 0,
	    "primero:x#1  hold -> held\n"
	    "    C-UNHCR Not said.\n"
	    "      -> Ask.\n"
	    "    P-NOTE Good to know.\n"
	    "    taken out: address_current, protection_concerns, "
	    "attachments\n",
	    NULL,
	    "\"referrals\":[{\"ref\":\"primero:x#1\",\"verdict\":\"hold\","
	    "\"state\":\"held\",\"rules\":[{\"id\":\"C-UNHCR\",\"verdict\":"
	    "\"hold\",\"text\":\"Not said.\",\"fields\":[\"address_current\"]},"
	    "{\"id\":\"P-NOTE\",\"verdict\":\"note\",\"text\":\"Good to "
	    "know.\",\"fields\":[]}],\"removed\":[\"address_current\","
	    "\"protection_concerns\",\"attachments\"]}]" },
	{ "two lists at once", referral_then_loaded, FAULT_NONE, 0,
	    "r1  created  f.json\n    The other system has no place for: "
	    "sender.user, risk_level\n",
	    NULL,
	    "\"removed\":[]}],\"loaded\":[{\"ref\":\"r1\",\"file\":\"f.json\","
	    "\"target_id\":null,\"answer\":false,\"undo\":false,"
	    "\"state\":\"created\","
	    "\"not_kept\":[\"sender.user\",\"risk_level\"],\"fault\":null},"
	    "{\"ref\":\"r2\",\"file\":null,\"target_id\":\"id-2\","
	    "\"answer\":true,\"undo\":false,\"state\":\"added\",\"not_kept\":[],"
	    "\"fault\":null}],\"bundles\":[]" },
	{ "a decision that was written is told as one", referral_then_loaded,
	    FAULT_NONE, 0, "r2  decision added  as id-2\n", NULL,
	    "\"answer\":true" },
	{ "a load of which something was done is looked at", loaded_in_part,
	    FAULT_NONE, 3, "r2  created  g.json\n", "satchel: D111 ",
	    "\"ok\":true,\"exit\":3,\"fault\":null" },
	{ "what failed may come first, and of another kind",
	    loaded_before_the_disk_was_full, FAULT_NONE, 3, "r2  created",
	    "satchel: D101 ", "\"fault\":{\"code\":\"D101\"" },
	{ "what failed inside the program always counts",
	    loaded_from_a_damaged_store, FAULT_NONE, 1, "r2  created",
	    "satchel: D108 ",
	    "\"ok\":false,\"exit\":1,\"fault\":{\"code\":\"D108\"" },
	{ "of a load of which nothing was done the worst fault counts",
	    loaded_none, FAULT_NONE, 4, "r3  held\n", "satchel: A115 ",
	    "\"ok\":false,\"exit\":4,\"fault\":{\"code\":\"A115\"" },
	{ "a number that may be a name is not shown", loaded_as_a_name,
	    FAULT_NONE, 0, "r1  created  f.json  as (not shown)\n", NULL,
	    "\"target_id\":null" },
	{ "a load that failed", loaded_alone, FAULT_NONE, 5,
	    "r1  failed  f.json\n", "satchel: D111 ",
	    "\"loaded\":[{\"ref\":\"r1\",\"file\":\"f.json\",\"target_id\":"
	    "null,\"answer\":false,\"undo\":false,"
	    "\"state\":\"failed\",\"not_kept\":[],"
	    "\"fault\":{\"code\":\"D111\"" },
	{ "answers, with what a person must look at", answers, FAULT_NONE, 0,
	    "primero:x#1  rejected -> taken\n"
	    "a referral that is not known  held\n"
	    "  It is not <U+202E> known.\n"
	    "  -> Ask.\n",
	    NULL,
	    "\"answers\":[{\"ref\":\"primero:x#1\",\"decision\":\"rejected\","
	    "\"code\":\"125080002\",\"state\":\"taken\",\"text\":null},"
	    "{\"ref\":null,\"decision\":null,\"code\":\"125080009\","
	    "\"state\":\"held\",\"text\":\"It is not \\u202e known.\"}]" },
	{ "counts add up", counts, FAULT_NONE, 0,
	    "in all: 8 to share, 1 held\n", NULL,
	    "\"share\":8,\"strip\":0,\"hold\":1," },
	{ "what was passed over", passed, FAULT_NONE, 0,
	    "passed over: 2 for agency \"DRC<U+001B>\"\n", NULL,
	    "\"passed_over\":{\"implemented\":1,\"not_referred\":0,"
	    "\"known_there\":0,\"unchanged\":0,\"without_id\":0,"
	    "\"unreadable\":0,\"other_agency\":[{\"value\":"
	    "\"DRC\\u001b\",\"rows\":2}],\"other_agency_more\":3}" },
	{ "an identity, with the digits that check each line", identity,
	    FAULT_NONE, 0,
	    "fingerprint  12345 67890 12345 - 0\n"
	    "             67890 12345 67890 - 4\n",
	    NULL,
	    "\"identity\":{\"node\":\"ET-GMB-03\",\"sign\":\"RWx\",\"open\":"
	    "\"age1x\",\"fingerprint\":\"12345 67890 12345 67890 12345 "
	    "67890\"}" },
	{ "practice is said once, and before all else", practice, FAULT_NONE, 0,
	    "PRACTICE: for made-up data only; nothing done here reaches a "
	    "child.\nafter it\n",
	    NULL, "\"ok\":true" },
	{ "members of one command", members, FAULT_NONE, 0, NULL, NULL,
	    ",\"one\":\"1\",\"two\":\"2\",\"ok\":true" },
};

static int
told(const struct say_case *row, bool json, struct captured *c)
{
	const struct fault why = { row->why, "the detail" };
	struct say *s;
	int status;

	captured_start(c);
	s = say_new("test", json);
	row->tell(s);
	status = say_end(s, row->why != FAULT_NONE ? &why : NULL);
	say_free(s);
	captured_end(c);
	return status;
}

static void
say_holds(void **state)
{
	const struct say_case *row = *state;
	struct captured c;

	assert_int_equal(told(row, false, &c), row->want);
	captured_holds(c.out, row->out);
	captured_holds(c.err, row->err);
	if (row->out == NULL)
		assert_string_equal(c.out, "");
	if (row->err == NULL)
		assert_string_equal(c.err, "");
	assert_int_equal(told(row, true, &c), row->want);
	captured_holds(c.out, row->json);
	assert_string_equal(c.err, "");
	/* One object, and nothing after it. */
	assert_string_equal(strchr(c.out, '\n'), "\n");
}

/* Which lists the result has, though nothing is in them. */
static const struct lists {
	const char *name;
	const char *command;
	bool loaded;
	bool answers;
} lists[] = {
	{ "load has what is loaded", "load", true, false },
	{ "answer has the answers", "answer", false, true },
	{ "another command has neither", "import", false, false },
	{ "nor has what was not understood", NULL, false, false },
};

static void
lists_hold(void **state)
{
	const struct lists *row = *state;
	struct captured c;
	struct say *s;

	captured_start(&c);
	s = say_new(row->command, true);
	(void)say_end(s, NULL);
	say_free(s);
	captured_end(&c);
	assert_int_equal(strstr(c.out, "\"loaded\":[]") != NULL, row->loaded);
	assert_int_equal(strstr(c.out, "\"answers\":[]") != NULL, row->answers);
}

int
main(void)
{
	return ROWS_RUN("say", cases, say_holds) +
	    ROWS_RUN("say: lists", lists, lists_hold);
}
