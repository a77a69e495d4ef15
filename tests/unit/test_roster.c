#include "tests/unit/an_agreement.h"

#include "base/bytes.h"
#include "formats/roster.h"

#define USER                                                              \
	"{\"user\":\"a\",\"full_name\":\"Made Up\",\"position\":\"p\","   \
	"\"role\":\"r\",\"email\":\"a@example.invalid\",\"phone\":\"1\"," \
	"\"may\":[\"export\",\"load\"]}"
#define GOOD                                                          \
	"{\"satchel\":\"roster/1\",\"agreement\":\"ET-GMB-EXAMPLE\"," \
	"\"party\":\"UNICEF\",\"version\":4,\"users\":"               \
	"{\"ET-GMB-03\":[" USER "]}}"

struct row {
	const char *name;
	const char *from, *to; /* a change to GOOD */
	const char *want;      /* "CODE where\n" of each problem */
};

static const struct row rows[] = {
	{ "a good one has no problems", NULL, NULL, "" },
	{ "a node may have no users", "[" USER "]", "[]", "" },
	{ "an unknown member", "\"party\"", "\"colour\":1,\"party\"",
	    "ROSTER-NAME colour\n" },
	{ "an unknown member of a user", "\"role\"", "\"colour\":1,\"role\"",
	    "ROSTER-NAME users.ET-GMB-03[0].colour\n" },
	{ "no version", "\"version\":4,", "", "ROSTER-MISSING version\n" },
	{ "no party", "\"party\":\"UNICEF\",", "", "ROSTER-MISSING party\n" },
	{ "no users", ",\"users\":{\"ET-GMB-03\":[" USER "]}", "",
	    "ROSTER-MISSING users\n" },
	{ "users of no node", "{\"ET-GMB-03\":[" USER "]}", "{}",
	    "ROSTER-COUNT users\n" },
	{ "users that are a list", "{\"ET-GMB-03\":[" USER "]}", "[]",
	    "ROSTER-KIND users\n" },
	{ "a node's users that are no list", "[" USER "]", "{}",
	    "ROSTER-KIND users.ET-GMB-03\n" },
	{ "a user that is no object", USER, "\"a\"",
	    "ROSTER-KIND users.ET-GMB-03[0]\n" },
	{ "a user twice", USER, USER "," USER,
	    "ROSTER-USER-TWICE users.ET-GMB-03[1]\n" },
	{ "a user three times is told twice", USER, USER "," USER "," USER,
	    "ROSTER-USER-TWICE users.ET-GMB-03[1]\n"
	    "ROSTER-USER-TWICE users.ET-GMB-03[2]\n" },
	{ "an unknown right", "\"load\"", "\"everything\"",
	    "ROSTER-WORD users.ET-GMB-03[0].may[1]\n" },
	{ "a right twice", "\"load\"", "\"export\"",
	    "ROSTER-REPEAT users.ET-GMB-03[0].may\n" },
	{ "version 0", ":4,", ":0,", "ROSTER-RANGE version\n" },
	{ "a version past all numbers", ":4,", ":9007199254740993,",
	    "(not read)" },
	{ "a version with a fraction", ":4,", ":4.0,", "(not read)" },
	{ "an empty name", "\"Made Up\"", "\"\"",
	    "ROSTER-TEXT users.ET-GMB-03[0].full_name\n" },
	{ "a null", "\"Made Up\"", "null",
	    "ROSTER-KIND users.ET-GMB-03[0].full_name\n" },
	{ "a code in small letters", "\"ET-GMB-03\"", "\"et-gmb-03\"",
	    "ROSTER-CODE users.et-gmb-03\nROSTER-NODE users.et-gmb-03\n" },
	{ "a code that drives a terminal", "\"ET-GMB-03\"", "\"\\u001b[31m\"",
	    "ROSTER-CODE users.<U+001B>[31m\n"
	    "ROSTER-NODE users.<U+001B>[31m\n" },
	{ "a party in small letters", "\"UNICEF\"", "\"unicef\"",
	    "ROSTER-CODE party\n" },
	{ "a newer form, of which nothing else is said", "roster/1\",",
	    "roster/2\",\"colour\":1,", "ROSTER-NEWER satchel\n" },
	{ "an agreement is no staff list", "roster/1", "agreement/1",
	    "ROSTER-WORD satchel\n" },
	{ "a form that is none", "roster/1", "roster/01",
	    "ROSTER-WORD satchel\n" },
	{ "another agreement", "ET-GMB-EXAMPLE", "ET-OTHER",
	    "ROSTER-AGREEMENT agreement\n" },
	{ "a party that is none", "\"UNICEF\"", "\"NOBODY\"",
	    "ROSTER-PARTY party\n" },
	{ "a node that is none", "\"ET-GMB-03\"", "\"ET-GMB-99\"",
	    "ROSTER-NODE users.ET-GMB-99\n" },
	{ "a node of another party", "\"ET-GMB-03\"", "\"ET-HUB-01\"",
	    "ROSTER-NODE-PARTY users.ET-HUB-01\n" },
	{ "a name twice", "\"party\"", "\"version\":4,\"party\"",
	    "(not read)" },
	{ "no JSON", "}", "", "(not read)" },
	{ "no object", GOOD, "[]", "(not read)" },
	{ "nothing", GOOD, "", "(not read)" },
};

static char *
changed(const struct row *r)
{
	char *text = malloc(AN_AGREEMENT_ROOM);

	assert_non_null(text);
	memcpy(text, GOOD, sizeof(GOOD));
	if (r->from != NULL)
		an_agreement_change(text, r->from, r->to);
	return text;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct agreement_file *a = an_agreement_with(NULL, NULL, NULL, NULL);
	char *text = changed(row);
	const struct problem *problems;
	struct roster_file *f;
	struct bytes said;
	struct fault why;
	size_t count;

	bytes_init(&said, 100000);
	f = roster_read(text, strlen(text), &why);
	if (f == NULL) {
		assert_int_equal(why.id, FAULT_ROSTER_FORM);
		assert_string_equal(row->want, "(not read)");
	} else {
		roster_check(f, agreement_of(a));
		count = roster_problems(f, &problems);
		assert_int_equal(count > 0, roster_has_errors(f));
		assert_int_equal(bytes_add(&said, "", 0, &why), 0);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(bytes_add_text(&said, problems[i].code,
					     &why),
			    0);
			assert_int_equal(bytes_add_text(&said, " ", &why), 0);
			assert_int_equal(bytes_add_text(&said,
					     problems[i].where, &why),
			    0);
			assert_int_equal(bytes_add_text(&said, "\n", &why), 0);
		}
		assert_string_equal(said.len > 0 ? (const char *)said.at : "",
		    row->want);
	}
	roster_free(f);
	agreement_free(a);
	bytes_free(&said);
	free(text);
}

struct fact {
	const char *name;
	void (*holds)(void);
};

static void
what_is_in_it(void)
{
	const struct roster *r;
	struct roster_file *f;
	struct fault why;
	size_t len;

	f = roster_read(GOOD, strlen(GOOD), &why);
	assert_non_null(f);
	r = roster_of(f);
	assert_string_equal(r->agreement, "ET-GMB-EXAMPLE");
	assert_string_equal(r->party, "UNICEF");
	assert_int_equal(r->version, 4);
	assert_int_equal(r->node_count, 1);
	assert_string_equal(r->nodes[0].code, "ET-GMB-03");
	assert_int_equal(r->nodes[0].user_count, 1);
	assert_string_equal(r->nodes[0].users[0].full_name, "Made Up");
	assert_int_equal(r->nodes[0].users[0].may, MAY_EXPORT | MAY_LOAD);
	assert_memory_equal(roster_bytes(f, &len), GOOD, strlen(GOOD));
	assert_int_equal(len, strlen(GOOD));
	roster_free(f);
	roster_free(NULL);
}

static void
told_from_an_agreement(void)
{
	static const char newer[] = "{\"satchel\":\"roster/7\"}";
	static const char agreement[] = "{\"satchel\":\"agreement/1\"}";

	assert_true(roster_is_one(GOOD, strlen(GOOD)));
	assert_true(roster_is_one(newer, strlen(newer)));
	assert_false(roster_is_one(agreement, strlen(agreement)));
	assert_false(roster_is_one("{}", 2));
	assert_false(roster_is_one("[1]", 3));
	assert_false(roster_is_one("roster/1", 8));
	assert_false(roster_is_one("", 0));
}

/* Copies: the roster may go before the agreement does. */
static void
users_are_replaced(void)
{
	struct agreement_file *a = an_agreement_with(NULL, NULL, NULL, NULL);
	const struct node *n = agreement_node(agreement_of(a), "ET-GMB-03");
	const struct node *hub = agreement_node(agreement_of(a), "ET-HUB-01");
	size_t at_hub = hub->user_count;
	struct roster_file *f;
	struct fault why;

	f = roster_read(GOOD, strlen(GOOD), &why);
	assert_non_null(f);
	assert_non_null(agreement_user(n, "primero_cp"));
	assert_int_equal(agreement_replace_users(a, n,
			     roster_of(f)->nodes[0].users, 1, &why),
	    0);
	roster_free(f);
	assert_null(agreement_user(n, "primero_cp"));
	assert_non_null(agreement_user(n, "a"));
	assert_string_equal(agreement_user(n, "a")->phone, "1");
	assert_int_equal(hub->user_count, at_hub);
	assert_int_equal(agreement_replace_users(a, n, NULL, 0, &why), 0);
	assert_int_equal(n->user_count, 0);
	agreement_free(a);
}

static const struct fact facts[] = {
	{ "what is in it is read", what_is_in_it },
	{ "it is told from everything else by what it says of itself",
	    told_from_an_agreement },
	{ "its users take the place of the agreement's", users_are_replaced },
};

static void
fact_holds(void **state)
{
	const struct fact *f = *state;

	f->holds();
}

int
main(void)
{
	return ROWS_RUN("roster", rows, row_holds) +
	    ROWS_RUN("roster: facts", facts, fact_holds);
}
