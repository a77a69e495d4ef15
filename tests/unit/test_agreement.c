#include "tests/unit/an_agreement.h"

/* "error A-KEY-TWICE nodes[0].sign[0]\n" for each problem. */
static void
join_problems(const struct agreement_file *f, char *out, size_t room)
{
	const struct problem *problems;
	size_t count = agreement_problems(f, &problems), len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count && len < room - 1; i++) {
		assert_true(strlen(problems[i].text) > 10);
		len += (size_t)snprintf(out + len, room - len, "%s %s %s\n",
		    problems[i].error ? "error" : "notice", problems[i].code,
		    problems[i].where);
	}
}

struct check_case {
	const char *name;
	const char *from, *to;	 /* a change to the example; NULL: none */
	const char *from2, *to2; /* another */
	const char *want;	 /* its problems */
};

static const struct check_case checks[] = {
	{ "the example with keys has no problem", NULL, NULL, NULL, NULL, "" },

	/* the form */
	{ "a name that an agreement does not have", "\"version\":1",
	    "\"version\":1,\"colour\":1", NULL, NULL, "error A-NAME colour\n" },
	{ "an unknown name deep down", "\"role\":\"focal_point\"",
	    "\"role\":\"focal_point\",\"x\":[]", NULL, NULL,
	    "error A-NAME parties[0].focal_points[0].x\n" },
	{ "a name that drives a terminal is shown escaped", "\"version\":1",
	    "\"version\":1,\"a\xe2\x80\xae\":1", NULL, NULL,
	    "error A-NAME a<U+202E>\n" },
	{ "an unknown system", "\"progres-ping\":{", "\"ping\":{", NULL, NULL,
	    "error A-NAME systems.ping\n" },
	{ "no title", "\"title\":", "\"titel\":", NULL, NULL,
	    "error A-NAME titel\nerror A-MISSING title\n" },
	{ "a system that is another program's", "\"primero\":{\"module",
	    "\"x\":{\"module", NULL, NULL, "error A-NAME systems.x\n" },
	{ "a list where a text should be", "\"id\":\"ET-GMB-EXAMPLE\"",
	    "\"id\":[]", NULL, NULL, "error A-KIND id\n" },
	{ "a text where a list should be", "\"recovery\":[\"" AGE_3 "\"]",
	    "\"recovery\":\"x\"", NULL, NULL,
	    "error A-KIND recovery\nnotice A-RECOVERY recovery\n" },
	{ "a party that is no object", "\"recovery\":[\"" AGE_3 "\"]",
	    "\"recovery\":[7]", NULL, NULL, "error A-KIND recovery[0]\n" },
	{ "a null where none may stand", "\"country\":\"ET\"",
	    "\"country\":null", NULL, NULL, "error A-KIND country\n" },
	{ "review_on may be null", "\"review_on\":\"2027-01-15\"",
	    "\"review_on\":null", NULL, NULL, "" },
	{ "review_on may be absent", "\"review_on\":\"2027-01-15\",", "", NULL,
	    NULL, "" },
	{ "an empty text", "\"country\":\"ET\"", "\"country\":\"\"", NULL, NULL,
	    "error A-TEXT country\n" },
	{ "a control character", "made up)", "made\\u0007up)", NULL, NULL,
	    "error A-TEXT parties[0].focal_points[0].name\n" },
	{ "text that is not NFC", "Almaz", "A\xcc\x8almaz", NULL, NULL,
	    "error A-TEXT nodes[0].users[0].full_name\n" },
	{ "a day that does not exist", "2029-12-31", "2029-11-31", NULL, NULL,
	    "error A-DATE valid_until\n" },
	{ "a version of 0", "\"version\":1", "\"version\":0", NULL, NULL,
	    "error A-RANGE version\n" },
	{ "a bundle that may be used for ten years and more",
	    "\"use_by_days\":180", "\"use_by_days\":3651", NULL, NULL,
	    "error A-RANGE use_by_days\n" },
	{ "a clock more than fourteen hours ahead",
	    "\"utc_offset_minutes\":180", "\"utc_offset_minutes\":841", NULL,
	    NULL, "error A-RANGE nodes[0].utc_offset_minutes\n" },
	{ "a clock twelve hours behind is real", "\"utc_offset_minutes\":180",
	    "\"utc_offset_minutes\":-720", NULL, NULL, "" },
	{ "consent that never ages", "\"max_age_days\":730",
	    "\"max_age_days\":0", NULL, NULL,
	    "error A-RANGE consent.max_age_days\n" },
	{ "no retention", "\"bundle\":30", "\"bundle\":0", NULL, NULL,
	    "error A-RANGE retention_days.bundle\n" },
	{ "a deadline of no hours", "\"urgent_hours\":72", "\"urgent_hours\":0",
	    NULL, NULL, "error A-RANGE deadlines.urgent_hours\n" },
	{ "a word of our own", "\"environment\":\"test\"",
	    "\"environment\":\"Test\"", NULL, NULL,
	    "error A-WORD environment\n" },
	{ "a right that does not exist", "[\"export\",\"load\"]",
	    "[\"export\",\"print\"]", NULL, NULL,
	    "error A-WORD nodes[0].users[0].may[1]\n" },
	{ "somebody unknown is needed", "\"needs\":[\"caregiver\"]",
	    "\"needs\":[\"uncle\",\"child\"]", NULL, NULL,
	    "error A-WORD consent.age_rules[0].needs[0]\n" },
	{ "a service listed twice", "\"documentation\",\"focuses",
	    "\"cash_assistance\",\"focuses", NULL, NULL,
	    "error A-REPEAT flows[0].services\n" },
	{ "another kind of file", "agreement/1", "consent/1", NULL, NULL,
	    "error A-WORD satchel\n" },
	{ "of a newer form only that is said", "agreement/1", "agreement/2",
	    "\"version\":1", "\"colour\":1", "error A-NEWER satchel\n" },
	{ "a party's id in small letters", "\"id\":\"UNICEF\"",
	    "\"id\":\"Unicef\"", NULL, NULL,
	    "error A-CODE parties[0].id\n"
	    "error A-PARTY-UNKNOWN nodes[0].party\n"
	    "error A-PARTY-UNKNOWN flows[0].from\n"
	    "error A-PARTY-UNKNOWN flows[1].to\n" },
	{ "a node's code of 17 characters", "ET-GMB-03", "ET-GMB-0300000000",
	    NULL, NULL, "error A-CODE nodes[0].code\n" },
	{ "a node's code of 16 characters", "ET-GMB-03", "ET-GMB-030000000",
	    NULL, NULL, "" },
	{ "a country that is no code", "\"country\":\"ET\"",
	    "\"country\":\"ETH\"", NULL, NULL, "error A-CODE country\n" },

	/* keys */
	{ "a key that is still to be filled in", KEY_2, "<minisign public key>",
	    NULL, NULL, "error A-KEY-MISSING nodes[0].sign[0]\n" },
	{ "an opening key that is still to be filled in", AGE_0,
	    "<age recipient>", NULL, NULL,
	    "error A-KEY-MISSING nodes[0].open[0]\n" },
	{ "a key with a letter changed", KEY_2, "RXSJA1ft", NULL, NULL,
	    "error A-KEY-FORM nodes[0].sign[0]\n" },
	{ "an opening key with a letter changed", "rca\"", "rcq\"", NULL, NULL,
	    "error A-KEY-FORM nodes[0].open[0]\n" },
	{ "a signing key where an opening key belongs", AGE_0, KEY_0, NULL,
	    NULL, "error A-KEY-FORM nodes[0].open[0]\n" },
	{ "no key at a site", "\"open\":[\"" AGE_0 "\"]", "\"open\":[]", NULL,
	    NULL, "error A-KEY-NONE nodes[0].open\n" },
	{ "an auditor needs no key", "\"open\":[\"" AGE_1 "\"]", "\"open\":[]",
	    "\"role\":\"hub\"", "\"role\":\"auditor\"",
	    "notice A-FLOW-NODE flows[0]\nnotice A-FLOW-NODE flows[1]\n" },
	{ "two nodes with one signing key", KEY_3, KEY_2, NULL, NULL,
	    "error A-KEY-TWICE nodes[1].sign[0]\n" },
	{ "two parties with one signing key", KEY_1, KEY_0, NULL, NULL,
	    "error A-KEY-TWICE parties[1].signs_with[0]\n" },
	{ "a node that signs with a party's key", KEY_2, KEY_0, NULL, NULL,
	    "error A-KEY-TWICE parties[0].signs_with[0]\n" },
	{ "two nodes with one opening key", AGE_1, AGE_0, NULL, NULL,
	    "error A-KEY-TWICE nodes[1].open[0]\n" },
	{ "a recovery key that is a node's", "\"recovery\":[\"" AGE_3 "\"]",
	    "\"recovery\":[\"" AGE_1 "\"]", NULL, NULL,
	    "error A-KEY-TWICE recovery[0]\n" },
	{ "a recovery key of its own", "\"recovery\":[\"" AGE_3 "\"]",
	    "\"recovery\":[\"" AGE_2 "\"]", NULL, NULL, "" },

	/* who and where */
	{ "two parties with one id", "\"id\":\"UNHCR\"", "\"id\":\"UNICEF\"",
	    "\"parties\":[", "\"parties\":[",
	    "error A-PARTY-UNKNOWN nodes[1].party\n"
	    "error A-PARTY-UNKNOWN flows[0].to\n"
	    "error A-PARTY-UNKNOWN flows[1].from\n"
	    "error A-PARTY-TWICE parties[1].id\n" },
	{ "two nodes with one code", "ET-HUB-01", "ET-GMB-03", NULL, NULL,
	    "error A-NODE-TWICE nodes[1].code\n" },
	{ "two users with one name", "\"cp_supervisor\"", "\"primero_cp\"",
	    NULL, NULL, "error A-USER-TWICE nodes[0].users[1]\n" },
	{ "a node acts for nobody we know", "\"acts_for\":[]",
	    "\"acts_for\":[\"IRC\"]", NULL, NULL,
	    "error A-PARTY-UNKNOWN nodes[0].acts_for[0]\n" },
	{ "a flow to nobody we know", "\"to\":\"UNHCR\"", "\"to\":\"IRC\"",
	    NULL, NULL, "error A-PARTY-UNKNOWN flows[0].to\n" },
	{ "two flows in one direction", "\"from\":\"UNHCR\",\"to\":\"UNICEF\"",
	    "\"from\":\"UNICEF\",\"to\":\"UNHCR\"",
	    "\"alternative_care\",\"basic_psychosocial_support\","
	    "\"family_tracing_and_reunification\",",
	    "", "error A-FLOW-TWICE flows[1]\n" },
	{ "a flow to oneself", "\"to\":\"UNHCR\"", "\"to\":\"UNICEF\"", NULL,
	    NULL, "error A-FLOW-SELF flows[0]\n" },
	{ "a field that no referral has", "\"name_middle\"", "\"middle_name\"",
	    NULL, NULL, "error A-FIELD-UNKNOWN flows[0].fields[1]\n" },
	{ "a field of the subject is named without it", "\"name_middle\"",
	    "\"subject.name_middle\"", NULL, NULL,
	    "error A-FIELD-UNKNOWN flows[0].fields[1]\n" },

	/* dates and numbers that follow each other */
	{ "it ends before it begins", "\"valid_until\":\"2029-12-31\"",
	    "\"valid_until\":\"2026-01-14\"", "\"review_on\":\"2027-01-15\"",
	    "\"review_on\":null", "error A-DATES valid_until\n" },
	{ "it ends on the day it begins", "\"valid_until\":\"2029-12-31\"",
	    "\"valid_until\":\"2026-01-15\"", "\"review_on\":\"2027-01-15\"",
	    "\"review_on\":null", "" },
	{ "a party left before it joined", "\"left\":null",
	    "\"left\":\"2025-01-01\"", NULL, NULL,
	    "error A-DATES parties[0].left\n" },
	{ "nobody has to sign", "\"signatures_needed\":2",
	    "\"signatures_needed\":0", NULL, NULL,
	    "error A-THRESHOLD signatures_needed\n" },
	{ "more must sign than there are", "\"signatures_needed\":2",
	    "\"signatures_needed\":3", NULL, NULL,
	    "error A-THRESHOLD signatures_needed\n" },
	{ "more must sign than have keys", "[\"" KEY_1 "\"]", "[]", NULL, NULL,
	    "error A-THRESHOLD signatures_needed\n" },
	{ "a band that ends before it begins", "\"from\":15,\"to\":17",
	    "\"from\":17,\"to\":15", NULL, NULL,
	    "error A-AGE-ORDER consent.age_rules[2]\n"
	    "notice A-AGE-GAP consent.age_rules\n" },
	{ "an age in two bands", "\"from\":15,", "\"from\":14,", NULL, NULL,
	    "error A-AGE-OVERLAP consent.age_rules[2]\n" },
	{ "an age in no band", "\"from\":15,", "\"from\":16,", NULL, NULL,
	    "notice A-AGE-GAP consent.age_rules\n" },
	{ "a band in which nobody is asked", "\"needs\":[\"caregiver\"]",
	    "\"needs\":[]", NULL, NULL,
	    "error A-AGE-NEEDS consent.age_rules[0]\n" },
	{ "an alternative that asks nobody", "[[\"guardian\"],", "[[],", NULL,
	    NULL, "error A-AGE-NEEDS consent.age_rules[0]\n" },

	/* maps and what cannot happen */
	{ "a service in a flow without an entry",
	    "\"services\":[\"alternative_care\"", "\"services\":[\"wash\"",
	    NULL, NULL, "notice A-MAP-NONE flows[0].services[0]\n" },
	{ "a service that proGres has no word for", "\"shelter\"],",
	    "\"family_tracing_and_reunification\"],", NULL, NULL,
	    "notice A-MAP-TARGET flows[0].services[7]\n" },
	{ "a service that proGres never asks for", "[\"Alternative Care\"]",
	    "[]", NULL, NULL, "notice A-MAP-SOURCE flows[1].services[0]\n" },
	{ "a value that means two services", "[\"BIA\",\"BID\"]",
	    "[\"BIA\",\"Medical Care\"]", NULL, NULL,
	    "notice A-MAP-MANY maps.services[7].progres_in[0]\n" },
	{ "a language that means two", "\"_amharic\"", "\"language1\"", NULL,
	    NULL, "notice A-MAP-MANY maps.languages[3].primero[1]\n" },
	{ "agencies that differ in letter case only",
	    "\"primero\":[\"UNICEF\"]", "\"primero\":[\" unhcr\"]", NULL, NULL,
	    "notice A-MAP-MANY maps.agencies[1].primero[0]\n" },
	{ "one agency in two spellings", "\"primero\":[\"UNICEF\"]",
	    "\"primero\":[\"UNICEF\",\"Unicef \"]", NULL, NULL, "" },
	{ "two entries with one code", "\"code\":\"separated\"",
	    "\"code\":\"unaccompanied\"", NULL, NULL,
	    "error A-CODE-TWICE maps.protection_concerns[1].code\n" },
	{ "a sex that no referral knows", "\"code\":\"other\"",
	    "\"code\":\"x\"", NULL, NULL,
	    "error A-SEX-CODE maps.sex[2].code\n" },
	{ "a party without a node", "\"party\":\"UNHCR\"",
	    "\"party\":\"UNICEF\"", NULL, NULL,
	    "notice A-FLOW-NODE flows[0]\nnotice A-FLOW-NODE flows[1]\n" },
	{ "a node that acts for the party will do",
	    "\"party\":\"UNHCR\","
	    "\"acts_for\":[]",
	    "\"party\":\"UNICEF\",\"acts_for\":[\"UNHCR\"]", NULL, NULL, "" },
	{ "a revoked node will not", "\"revoked\":null",
	    "\"revoked\":{\"after_sequence\":4,\"on\":\"2026-02-01\","
	    "\"reason\":\"stolen\"}",
	    NULL, NULL,
	    "notice A-FLOW-NODE flows[0]\nnotice A-FLOW-NODE flows[1]\n" },
	{ "a flow without purpose",
	    "\"purposes\":[\"refugee_cp_case_management\"]", "\"purposes\":[]",
	    NULL, NULL, "notice A-FLOW-EMPTY flows[0]\n" },
	{ "a required field that may not travel", "\"fields\":[\"name_first\",",
	    "\"fields\":[", NULL, NULL,
	    "notice A-REQUIRED flows[0].name_first\n" },
	{ "a code let through that nothing stops", "\"sensitive\":[]",
	    "\"sensitive\":[\"rape\",\"neglect\"]", NULL, NULL,
	    "notice A-SENSITIVE flows[0].sensitive[1]\n" },
	{ "a scope that covers a service nobody maps", "\"other\":[]",
	    "\"other\":[\"wash\"]", NULL, NULL,
	    "notice A-SCOPE consent.scope_map.other[0]\n" },
	{ "no recovery key", "\"recovery\":[\"" AGE_3 "\"]", "\"recovery\":[]",
	    NULL, NULL, "notice A-RECOVERY recovery\n" },
	{ "a recovery key that is still to be filled in", AGE_3,
	    "<age recipient>", NULL, NULL,
	    "error A-KEY-MISSING recovery[0]\n" },
	{ "it is looked at again after it has ended",
	    "\"review_on\":\"2027-01-15\"", "\"review_on\":\"2030-01-01\"",
	    NULL, NULL, "notice A-REVIEW review_on\n" },
	{ "it is looked at again on its last day",
	    "\"review_on\":\"2027-01-15\"", "\"review_on\":\"2029-12-31\"",
	    NULL, NULL, "" },
	{ "a site whose question is not known", "\"positive\"", "null", NULL,
	    NULL, "notice A-POLARITY nodes[0].opt_in_polarity\n" },
};

static struct agreement_file *
read_changed(const struct check_case *c)
{
	return an_agreement_with(c->from, c->to, c->from2, c->to2);
}

static void
check_holds(void **state)
{
	const struct check_case *c = *state;
	struct agreement_file *f = read_changed(c);
	char found[4096];

	join_problems(f, found, sizeof(found));
	assert_string_equal(found, c->want);
	assert_int_equal(agreement_has_errors(f),
	    strstr(c->want, "error") != NULL);
	agreement_free(f);
}

static void
placeholders_are_missing_keys(void **state)
{
	char text[AN_AGREEMENT_ROOM], found[1024];
	struct agreement_file *f;
	struct fault why;

	(void)state;
	an_agreement_load(text);
	assert_non_null(f = agreement_read(text, strlen(text), &why));
	join_problems(f, found, sizeof(found));
	assert_string_equal(found,
	    "error A-KEY-MISSING parties[0].signs_with[0]\n"
	    "error A-KEY-MISSING parties[1].signs_with[0]\n"
	    "error A-KEY-MISSING nodes[0].sign[0]\n"
	    "error A-KEY-MISSING nodes[0].open[0]\n"
	    "error A-KEY-MISSING nodes[1].sign[0]\n"
	    "error A-KEY-MISSING nodes[1].open[0]\n"
	    "notice A-RECOVERY recovery\n");
	assert_int_equal(agreement_of(f)->nodes[0].sign_count, 0);
	agreement_free(f);
}

static void
practice_needs_one_party_but_real_data_two(void **state)
{
	static const struct check_case one = { "one party",
		"},{\"id\":\"UNHCR\"", "}],\"x\":[{\"id\":\"UNHCR\"",
		"\"environment\":\"test\"", "\"environment\":\"live\"", NULL };
	struct agreement_file *f = read_changed(&one);
	char found[4096];

	(void)state;
	join_problems(f, found, sizeof(found));
	assert_non_null(strstr(found, "error A-LIVE-PARTIES parties\n"));
	agreement_free(f);
}

/* Cut out what stands between from (kept) and to (kept, the last of them). */
static struct agreement_file *
without(const char *from, const char *to)
{
	char *text = an_agreement_text();
	char *start = strstr(text, from), *end = NULL;
	struct agreement_file *f;

	assert_non_null(start);
	start += strlen(from);
	assert_non_null(end = strstr(start, to));
	memmove(start, end, strlen(end) + 1);
	f = an_agreement_read(text);
	free(text);
	return f;
}

static void
without_flows_or_bands_that_is_said(void **state)
{
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{ "\"flows\":[", "],\"consent\":{\"max",
		    "notice A-FLOW-NONE flows\n" },
		{ "\"age_rules\":[", "],\"scope_map\"",
		    "notice A-AGE-NONE consent.age_rules\n" },
	};
	char found[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct agreement_file *f = without(rows[i].from, rows[i].to);

		join_problems(f, found, sizeof(found));
		assert_string_equal(found, rows[i].want);
		agreement_free(f);
	}
}

/* Two keys with the number of the first, and two that have their own. */
static void
one_number_for_two_keys_is_an_error(void **state)
{
	struct minisign_public first, second;
	char text[MINISIGN_PUBLIC_ROOM], found[512];
	struct check_case c = { "", KEY_3, text, NULL, NULL, NULL };
	const struct minisign_public *key = &first;
	struct agreement_file *f;

	(void)state;
	assert_true(minisign_public_read(KEY_2, strlen(KEY_2), &first));
	assert_true(minisign_public_read(KEY_3, strlen(KEY_3), &second));
	memcpy(second.number, first.number, sizeof(second.number));
	minisign_public_write(&second, text);
	f = read_changed(&c);
	join_problems(f, found, sizeof(found));
	assert_string_equal(found, "error A-KEY-NUMBER nodes[1].sign[0]\n");
	assert_null(
	    agreement_node_by_number(agreement_of(f), first.number, &key));
	assert_null(key);
	agreement_free(f);
}

/* There is always room to say that more is wrong. */
static void
problems_are_cut_at_two_hundred(void **state)
{
	char more[8192] = "\"recovery\":[1";
	struct check_case c = { "", "\"recovery\":[\"" AGE_3 "\"]", more, NULL,
		NULL, NULL };
	const struct problem *problems;
	struct agreement_file *f;

	(void)state;
	for (int i = 0; i < 400; i++)
		(void)strncat(more, ",1", sizeof(more) - strlen(more) - 1);
	(void)strncat(more, "]", sizeof(more) - strlen(more) - 1);
	f = read_changed(&c);
	assert_int_equal(agreement_problems(f, &problems), 200);
	assert_string_equal(problems[0].code, "A-COUNT");
	assert_string_equal(problems[198].code, "A-KIND");
	assert_string_equal(problems[199].code, "A-MORE");
	assert_true(problems[199].error);
	agreement_free(f);
}

static void
what_is_no_agreement_at_all_is_a_fault(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} texts[] = {
		{ "", 0 },
		{ "[]", 2 },
		{ "{\"a\":1,\"a\":2}", 13 },
		{ "{\"a\":1.5}", 9 },
		{ "{} x", 4 },
	};
	struct fault why;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		why.id = FAULT_NONE;
		assert_null(agreement_read(texts[i].text, texts[i].len, &why));
		assert_int_equal(why.id, FAULT_AGREEMENT_FORM);
	}
}

static void
over_the_limit_is_a_fault(void **state)
{
	size_t len = AGREEMENT_MAX + 1;
	char *text = malloc(len);
	struct fault why = { .id = FAULT_NONE };

	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	text[0] = '{';
	text[1] = '}';
	assert_null(agreement_read(text, len, &why));
	assert_int_equal(why.id, FAULT_AGREEMENT_FORM);
	free(text);
}

static void
everything_it_says_is_read(void **state)
{
	struct check_case c = { "", "\"revoked\":null",
		"\"revoked\":{\"after_sequence\":4,\"on\":\"2026-02-01\","
		"\"reason\":\"stolen\"}",
		"\"acts_for\":[]", "\"acts_for\":[\"UNHCR\"]", NULL };
	struct agreement_file *f = read_changed(&c);
	const struct agreement *a = agreement_of(f);
	const struct node *n = &a->nodes[0];
	day d;

	(void)state;
	assert_string_equal(a->id, "ET-GMB-EXAMPLE");
	assert_int_equal(a->version, 1);
	assert_int_equal(a->environment, AGREEMENT_TEST);
	assert_string_equal(a->country, "ET");
	assert_true(day_read("2026-01-15", &d) && a->valid_from == d);
	assert_true(day_read("2029-12-31", &d) && a->valid_until == d);
	assert_true(day_read("2027-01-15", &d) && a->review_on == d);
	assert_int_equal(a->signatures_needed, 2);
	assert_int_equal(a->party_count, 2);
	assert_int_equal(a->parties[0].system, SYSTEM_PRIMERO);
	assert_int_equal(a->parties[1].system, SYSTEM_PROGRES);
	assert_int_equal(a->parties[0].key_count, 1);
	assert_int_equal(a->parties[0].left, DAY_UNKNOWN);
	assert_false(a->party_signed[0] || a->party_signed[1]);
	assert_int_equal(a->node_count, 2);
	assert_ptr_equal(n->party, &a->parties[0]);
	assert_int_equal(n->role, NODE_SITE);
	assert_string_equal(n->open[0], AGE_0);
	assert_true(n->revoked);
	assert_int_equal(n->revoked_after, 4);
	assert_true(day_read("2026-02-01", &d) && n->revoked_on == d);
	assert_string_equal(n->revoked_reason, "stolen");
	assert_int_equal(n->utc_offset_minutes, 180);
	assert_int_equal(n->polarity, POLARITY_POSITIVE);
	assert_int_equal(a->nodes[1].polarity, POLARITY_NONE);
	assert_false(a->nodes[1].revoked);
	assert_int_equal(n->users[0].may, MAY_EXPORT | MAY_LOAD);
	assert_int_equal(n->users[1].may,
	    MAY_EXPORT | MAY_DECIDE | MAY_ASSIGN | MAY_LOAD | MAY_OVERRIDE);
	assert_string_equal(n->users[0].position, "case worker");
	assert_string_equal(n->users[0].email, "almaz@example.invalid");
	agreement_free(f);
}

static void
flows_rules_and_numbers_are_read(void **state)
{
	struct check_case c = { "", NULL, NULL, NULL, NULL, NULL };
	struct agreement_file *f = read_changed(&c);
	const struct agreement *a = agreement_of(f);
	const struct flow *out = &a->flows[0], *in = &a->flows[1];

	(void)state;
	assert_int_equal(a->flow_count, 2);
	assert_ptr_equal(agreement_flow(a, &a->parties[0], &a->parties[1]),
	    out);
	assert_ptr_equal(agreement_flow(a, &a->parties[1], &a->parties[0]), in);
	assert_null(agreement_flow(a, &a->parties[0], &a->parties[0]));
	assert_null(agreement_flow(a, NULL, &a->parties[0]));
	assert_true(out->field[FIELD_NAME_MIDDLE]);
	assert_false(out->required[FIELD_NAME_MIDDLE]);
	assert_true(out->required[FIELD_SENDER_EMAIL]);
	assert_false(out->field[FIELD_NATIONALITY]);
	assert_true(out->field[FIELD_CAREGIVER_NAME]);
	assert_false(in->field[FIELD_CAREGIVER_NAME]);
	assert_int_equal(out->evidence, EVIDENCE_RECORD);
	assert_int_equal(in->evidence, EVIDENCE_ATTESTED);
	assert_true(agreement_lists(&in->bases, "beneficiary_interests"));
	assert_false(agreement_lists(&out->bases, "beneficiary_interests"));
	assert_int_equal(out->free_text, FREE_TEXT_ALLOW);
	assert_false(out->attachments);
	assert_int_equal(a->max_age_days, 730);
	assert_int_equal(a->age_rule_count, 3);
	assert_int_equal(a->age_rules[1].from, 6);
	assert_int_equal(a->age_rules[1].to, 14);
	assert_int_equal(a->age_rules[1].alternative_count, 2);
	assert_true(
	    agreement_lists(&a->age_rules[1].alternatives[0], "guardian"));
	assert_int_equal(a->scope_count, 3);
	assert_string_equal(a->scope_map[1].scope, "legal_support");
	assert_int_equal(a->scope_map[1].services.count, 2);
	assert_string_equal(a->primero_fields.given_by, "interview_subject");
	assert_null(a->primero_fields.method);
	assert_true(a->has_ping && a->has_primero);
	assert_string_equal(a->ping.decisions_out, "SHP-0005");
	assert_string_equal(a->primero.module_id, "primeromodule-cp");
	assert_int_equal(a->emergency_hours, 24);
	assert_int_equal(a->urgent_hours, 72);
	assert_int_equal(a->normal_days, 14);
	assert_int_equal(a->breach_report_hours, 72);
	assert_int_equal(a->use_by_days, 180);
	assert_int_equal(a->retention_bundle_days, 30);
	assert_int_equal(a->retention_ledger_days, 730);
	agreement_free(f);
}

static void
parties_nodes_and_users_are_found(void **state)
{
	struct check_case c = { "", "\"acts_for\":[]",
		"\"acts_for\":[\"UNHCR\"]", NULL, NULL, NULL };
	struct agreement_file *f = read_changed(&c);
	const struct agreement *a = agreement_of(f);
	const struct node *site = agreement_node(a, "ET-GMB-03");
	const struct node *hub = agreement_node(a, "ET-HUB-01");
	const struct minisign_public *found = NULL;
	struct minisign_public key;

	(void)state;
	assert_ptr_equal(site, &a->nodes[0]);
	assert_null(agreement_node(a, "et-gmb-03"));
	assert_ptr_equal(agreement_party(a, "UNHCR"), &a->parties[1]);
	assert_null(agreement_party(a, "unhcr"));
	assert_true(minisign_public_read(KEY_3, strlen(KEY_3), &key));
	assert_ptr_equal(agreement_node_by_key(a, &key), hub);
	assert_ptr_equal(agreement_node_by_number(a, key.number, &found), hub);
	assert_ptr_equal(found, &hub->sign[0]);
	assert_true(minisign_public_read(KEY_0, strlen(KEY_0), &key));
	assert_null(agreement_node_by_key(a, &key));
	assert_null(agreement_node_by_number(a, key.number, &found));
	assert_string_equal(agreement_user(site, "cp_supervisor")->role,
	    "supervisor");
	assert_null(agreement_user(site, "hub_admin"));
	assert_true(agreement_acts_for(site, "UNICEF"));
	assert_true(agreement_acts_for(site, "UNHCR"));
	assert_true(agreement_acts_for(hub, "UNHCR"));
	assert_false(agreement_acts_for(hub, "UNICEF"));
	agreement_free(f);
}

static void
codes_are_translated(void **state)
{
	struct check_case c = { "", "[\"BIA\",\"BID\"]",
		"[\"BIA\",\"Medical Care\"]", NULL, NULL, NULL };
	struct agreement_file *f = read_changed(&c);
	const struct agreement *a = agreement_of(f);
	const struct map_entry *e;
	bool many;

	(void)state;
	e = agreement_from_source(a, MAP_LANGUAGES, SYSTEM_PRIMERO, "_amharic",
	    &many);
	assert_string_equal(e->code, "amharic");
	assert_false(many);
	assert_string_equal(agreement_to_target(e, SYSTEM_PRIMERO),
	    "language5");
	assert_string_equal(agreement_to_target(e, SYSTEM_PROGRES), "Amharic");
	assert_null(agreement_from_source(a, MAP_LANGUAGES, SYSTEM_PRIMERO,
	    "Language1", &many));
	assert_false(many);
	assert_null(agreement_from_source(a, MAP_LANGUAGES, SYSTEM_PROGRES,
	    "language1", &many));
	assert_null(agreement_from_source(a, MAP_SERVICES, SYSTEM_PROGRES,
	    "Medical Care", &many));
	assert_true(many);
	e = agreement_from_source(a, MAP_AGENCIES, SYSTEM_PRIMERO, " unicef ",
	    &many);
	assert_string_equal(e->code, "UNICEF");
	e = agreement_code(a, MAP_CONCERNS, "torture");
	assert_null(agreement_to_target(e, SYSTEM_PRIMERO));
	e = agreement_code(a, MAP_SERVICES, "family_tracing_and_reunification");
	assert_null(agreement_to_target(e, SYSTEM_PROGRES));
	assert_null(agreement_code(a, MAP_SERVICES, "unaccompanied"));
	agreement_free(f);
}

static void
its_bytes_and_their_prints_are_kept(void **state)
{
	static const char text[] = "{}";
	static const char hash[] = "44136fa355b3678a1146ad16f7e8649e"
				   "94fb4fc21fe77e8310c060f61caaff8a";
	char hex[DIGEST_HEX], print[DIGEST_FINGERPRINT];
	struct agreement_file *f;
	struct fault why;
	size_t len;

	(void)state;
	assert_non_null(f = agreement_read(text, 2, &why));
	assert_true(agreement_has_errors(f));
	assert_memory_equal(agreement_bytes(f, &len), text, 2);
	assert_int_equal(len, 2);
	digest_hex(agreement_of(f)->sha256, 32, hex);
	assert_string_equal(hex, hash);
	digest_fingerprint(text, 2, print);
	assert_string_equal(agreement_of(f)->fingerprint, print);
	agreement_free(f);
	agreement_free(NULL);
}

static void
its_words_have_names(void **state)
{
	(void)state;
	assert_string_equal(agreement_environment_name(AGREEMENT_LIVE), "live");
	assert_string_equal(agreement_environment_name(AGREEMENT_TEST), "test");
	assert_string_equal(agreement_system_name(SYSTEM_PRIMERO), "primero");
	assert_string_equal(agreement_system_name(SYSTEM_PROGRES), "progres");
	assert_string_equal(agreement_role_name(NODE_SITE), "site");
	assert_string_equal(agreement_role_name(NODE_HUB), "hub");
	assert_string_equal(agreement_role_name(NODE_AUDITOR), "auditor");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_are_missing_keys),
		cmocka_unit_test(practice_needs_one_party_but_real_data_two),
		cmocka_unit_test(without_flows_or_bands_that_is_said),
		cmocka_unit_test(one_number_for_two_keys_is_an_error),
		cmocka_unit_test(problems_are_cut_at_two_hundred),
		cmocka_unit_test(what_is_no_agreement_at_all_is_a_fault),
		cmocka_unit_test(over_the_limit_is_a_fault),
		cmocka_unit_test(everything_it_says_is_read),
		cmocka_unit_test(flows_rules_and_numbers_are_read),
		cmocka_unit_test(parties_nodes_and_users_are_found),
		cmocka_unit_test(codes_are_translated),
		cmocka_unit_test(its_bytes_and_their_prints_are_kept),
		cmocka_unit_test(its_words_have_names),
	};

	return ROWS_RUN("agreement check", checks, check_holds) +
	    cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}
