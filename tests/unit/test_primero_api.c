/*
 * Reading from the Primero stand-in: pages, matches, wordings, users; and what
 * is made of its errors.
 */
#include "systems/primero_api.h"

#include "formats/agreement.h"
#include "systems/primero_changes.h"
#include "systems/primero_check.h"
#include "systems/primero_error.h"
#include "systems/primero_match.h"
#include "systems/primero_page.h"
#include "tests/unit/a_primero.h"

#define SEED_MAX ((size_t)8 * 1024 * 1024)

/* -- changes --------------------------------------------------------------- */

struct changes {
	const char *name;
	int cases;	  /* that there are */
	int in_a_second;  /* so many were saved in the same one */
	const char *more; /* further seed: "\"per_max\":100" */
	const char *order;
	int since; /* seconds after the first save; -1: from the start */
	long per;
	size_t taken; /* the last of them, without one doubled */
	enum fault_id fault;
};

static const struct changes changes[] = {
	{ "2,500 cases come, each once", 2500, 1, NULL, NULL, -1, 0, 2500, 0 },
	{ "so they do when the server gives fewer a page", 700, 1,
	    "\"per_max\":100", NULL, -1, 0, 700, 0 },
	{ "many saved in one second", 350, 350, "\"per_max\":100", NULL, -1, 0,
	    350, 0 },
	{ "seconds that lie across pages", 500, 70, "\"per_max\":100", NULL, -1,
	    0, 500, 0 },
	{ "only what changed since, with an overlap", 600, 1, NULL, NULL, 500,
	    0, 600 - 500 + PRIMERO_CHANGES_OVERLAP, 0 },
	{ "nothing", 0, 1, NULL, NULL, -1, 0, 0, 0 },
	{ "a filter that is ignored is noticed", 600, 1,
	    "\"ignored\":[\"last_updated_at\"]", NULL, 500, 0, 0,
	    FAULT_SERVER_ANSWER },
	{ "an order that is ignored is noticed", 300, 1,
	    "\"ignored\":[\"order_by\"]", NULL, -1, 0, 0, FAULT_SERVER_ANSWER },
	{ "a search that fails on the way is noticed", 300, 300,
	    "\"per_max\":100",
	    "{\"kind\":\"body\",\"skip\":1,\"body\":\"{\\\"data\\\":[],"
	    "\\\"metadata\\\":{\\\"total\\\":300,\\\"per\\\":100,"
	    "\\\"page\\\":2}}\"}",
	    -1, 0, 0, FAULT_SERVER_SEARCH },
	{ "so is one that says that there is nothing", 300, 1,
	    "\"per_max\":100",
	    "{\"kind\":\"body\",\"skip\":1,\"body\":\"{\\\"data\\\":[],"
	    "\\\"metadata\\\":{\\\"total\\\":0,\\\"per\\\":100,"
	    "\\\"page\\\":1}}\"}",
	    -1, 0, 0, FAULT_SERVER_SEARCH },
	{ "a page that broke off is no page", 300, 1, "\"per_max\":100",
	    "{\"kind\":\"cut\",\"after\":9000,\"skip\":1}", -1, 0, 0,
	    FAULT_SERVER_UNREACHABLE },
	{ "a page that is no JSON is none", 3, 1, NULL,
	    "{\"kind\":\"body\",\"body\":\"<html>\"}", -1, 0, 0,
	    FAULT_SERVER_ANSWER },
	{ "a page too large is asked for in smaller ones", 4, 1, NULL,
	    "{\"kind\":\"body\",\"spaces\":67108865}", -1, 0, 4, 0 },
};

/* Case i was saved at second i / in_a_second. */
static char *
seed_cases(const struct changes *c)
{
	char *text = malloc(SEED_MAX);
	size_t at;

	assert_non_null(text);
	at = (size_t)snprintf(text, SEED_MAX, "{%s%s\"cases\":[",
	    c->more == NULL ? "" : c->more, c->more == NULL ? "" : ",");
	for (int i = 0; i < c->cases; i++) {
		int s = i / c->in_a_second;

		at += (size_t)snprintf(text + at, SEED_MAX - at,
		    "%s{\"sex\":\"male\",\"age\":%d,\"last_updated_at\":"
		    "\"2026-03-01T%02d:%02d:%02d.%03dZ\"}",
		    i == 0 ? "" : ",", i, s / 3600, s / 60 % 60, s % 60,
		    i % 1000);
	}
	(void)snprintf(text + at, SEED_MAX - at, "]}");
	return text;
}

#define CASES_MAX 3000

struct seen {
	size_t count;
	bool was[CASES_MAX]; /* by age, which is the number here */
	size_t doubled;
	size_t with_referrals;
};

static int
take_case(void *with, const struct primero_changed *c, struct fault *why)
{
	struct seen *s = with;
	int64_t number;

	(void)why;
	assert_true(json_integer(json_get(c->record, "age"), &number));
	assert_in_range(number, 0, CASES_MAX - 1);
	assert_int_equal(c->text[0], '{');
	assert_int_equal(c->text[c->len - 1], '}');
	s->doubled += s->was[number];
	s->was[number] = true;
	s->count++;
	s->with_referrals += c->referrals != NULL;
	return 0;
}

static void
changes_hold(void **state)
{
	const struct changes *c = *state;
	struct seen seen = { .count = 0 };
	struct primero_changes_order order = { .per = c->per,
		.take = take_case,
		.with = &seen };
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_changes out;
	char *seed = seed_cases(c);
	moment start, last;
	int rc;

	assert_true(day_read_moment("2026-03-01T00:00:00Z", &start));
	order.has_since = c->since >= 0;
	order.since = start + c->since;
	last = start + (c->cases - 1) / c->in_a_second;
	a_primero_again(seed, c->order);
	free(seed);
	rc = primero_changes_read(p, &order, &out, &why);
	assert_int_equal(why.id == FAULT_NONE || rc == 0 ? FAULT_NONE : why.id,
	    c->fault);
	if (c->fault == FAULT_NONE) {
		assert_int_equal(seen.count, c->taken);
		assert_int_equal(out.taken, c->taken);
		assert_int_equal(seen.doubled, 0);
		assert_int_equal(out.nothing, c->taken == 0);
		assert_int_equal(out.has_next, c->taken > 0);
		if (c->taken > 0)
			assert_int_equal(out.next, last);
	} else
		assert_false(out.has_next);
	primero_api_free(p);
}

/* Referrals are asked for where a row says that it is referred. */
static void
referrals_beside(void **state)
{
	struct seen seen = { .count = 0 };
	const struct primero_changes_order order = { .take = take_case,
		.with = &seen };
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_changes out;

	(void)state;
	a_primero_again("{\"cases\":[{\"age\":1},{\"age\":2,"
			"\"services_section\":[{\"unique_id\":\"" A_CASE
			"\",\"service_status_referred\":true}]},{\"age\":3,"
			"\"services_section\":[{\"unique_id\":\"" A_CASE
			"\",\"service_status_referred\":false}]}]}",
	    NULL);
	assert_int_equal(primero_changes_read(p, &order, &out, &why), 0);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.with_referrals, 1);
	primero_api_free(p);
}

/* Somebody saves a case of a page that was read, while the next is asked. */
static int
save_one(void *with, const struct primero_changed *c, struct fault *why)
{
	struct seen *s = with;
	bool first = s->count == 0;
	int64_t number;

	(void)why;
	assert_true(json_integer(json_get(c->record, "age"), &number));
	s->doubled += s->was[number];
	s->was[number] = true;
	s->count++;
	if (first)
		standin_post(a_primero_server, "/standin/seed",
		    "{\"saved\":{\"3\":\"2026-03-01T09:00:00.000Z\"}}");
	return 0;
}

/* It is given again at the end, and none is pushed over the edge of a page. */
static void
saved_meanwhile(void **state)
{
	static const struct changes c = { .cases = 30,
		.in_a_second = 1,
		.more = "\"per_max\":10" };
	struct seen seen = { .count = 0 };
	const struct primero_changes_order order = { .take = save_one,
		.with = &seen };
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_changes out;
	char *seed = seed_cases(&c);

	(void)state;
	a_primero_again(seed, NULL);
	free(seed);
	assert_int_equal(primero_changes_read(p, &order, &out, &why), 0);
	for (int i = 0; i < c.cases; i++)
		assert_true(seen.was[i]);
	assert_int_equal(seen.count, 31);
	assert_int_equal(seen.doubled, 1);
	primero_api_free(p);
}

/* -- matches --------------------------------------------------------------- */

#define CASE(body) "{\"cases\":[{" body "}]}"
#define NUMBERED "\"unhcr_individual_no\":\"" A_NUMBER "\""

struct match {
	const char *name;
	const char *seed;
	size_t count;
	size_t unreadable;
	const char *like; /* of the first: name, birth, sex as y, n or ? */
	enum fault_id fault;
	bool none_there;
};

static const struct match matches[] = {
	{ "there is nobody at all", "{}", 0, 0, NULL, 0, true },
	{ "nobody has the number", CASE("\"unhcr_individual_no\":\"803-1\""), 0,
	    0, NULL, 0, false },
	{ "nobody has a number", CASE("\"sex\":\"male\""), 0, 0, NULL, 0,
	    false },
	{ "no number that a search could take",
	    CASE("\"unhcr_individual_no\":\"803-1,2\""), 0, 0, NULL, 0, false },
	{ "one that the role may not read may be the child",
	    CASE(A_CHILD ",\"_hidden\":true"), 0, 1, NULL, 0, false },
	{ "one has it, and is the child", CASE(A_CHILD), 1, 0, "yyy", 0,
	    false },
	{ "one has it, under another name",
	    CASE(
		"\"name_first\":\"Nyakim\",\"name_last\":\"Example\","
		"\"sex\":\"female\",\"date_of_birth\":\"2015-05-04\"," NUMBERED),
	    1, 0, "nyy", 0, false },
	{ "a hidden name is no name",
	    CASE("\"name\":\"Achol Example\",\"hidden_name\":true,"
		 "\"sex\":\"female\","
		 "\"date_of_birth\":\"2015-05-04\"," NUMBERED),
	    1, 0, "?yy", 0, false },
	{ "a day with a time behind it is that day",
	    CASE("\"name\":\"achol example\",\"sex\":\"male\","
		 "\"date_of_birth\":\"2015-05-04T00:00:00Z\"," NUMBERED),
	    1, 0, "yyn", 0, false },
	{ "two have it: neither is taken",
	    "{\"cases\":[{" NUMBERED "},{" NUMBERED "}]}", 2, 0, "???", 0,
	    false },
	{ "it stands within the number of another",
	    CASE("\"unhcr_individual_no\":\"" A_NUMBER "1\""), 0, 0, NULL, 0,
	    false },
	{ "the search fails once, and the second finds it",
	    "{\"search_fails\":1,\"cases\":[{" A_CHILD "}]}", 1, 0, "yyy", 0,
	    false },
	{ "both fail, and are asked once more",
	    "{\"search_fails\":2,\"cases\":[{" A_CHILD "}]}", 1, 0, "yyy", 0,
	    false },
	{ "it fails three times: it looks as if nobody were there",
	    "{\"search_fails\":3,\"cases\":[{" A_CHILD "}]}", 0, 0, NULL, 0,
	    true },
	{ "what is there is not found: nothing is concluded",
	    "{\"search_fails\":2,\"ignored\":[\"none\"],\"cases\":[{" A_CHILD
	    "}]}#{\"kind\":\"body\",\"skip\":3,\"on\":\"GET /api/v2/cases?\","
	    "\"body\":\"{\\\"data\\\":[]}\"}",
	    0, 0, NULL, FAULT_SERVER_SEARCH, false },
	{ "the role may not read the number: the search looks for nothing",
	    "{\"permitted\":[\"name\",\"sex\"],\"cases\":[{" A_CHILD "}]}", 0,
	    0, NULL, FAULT_SERVER_ANSWER, false },
};

static void
check_likeness(const struct primero_likeness *l, const char *like)
{
	static const char words[] = { [PRIMERO_SAME_UNKNOWN] = '?',
		[PRIMERO_SAME_YES] = 'y',
		[PRIMERO_SAME_NO] = 'n' };
	const char found[] = { words[l->name], words[l->birth], words[l->sex],
		'\0' };

	if (like != NULL)
		assert_string_equal(found, like);
}

static void
match_holds(void **state)
{
	const struct match *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_match out;
	struct a_primero s;
	char seed[1024], *order;
	int rc;

	a_primero_make(&s);
	/* An order may stand behind the seed. */
	(void)snprintf(seed, sizeof(seed), "%s", c->seed);
	if ((order = strchr(seed, '#')) != NULL)
		*order++ = '\0';
	a_primero_again(seed, order);
	rc = primero_match_find(p, &s.referral, "female", &out, &why);
	if (c->fault != FAULT_NONE) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, c->fault);
		assert_null(strstr(why.detail, A_NUMBER));
	} else {
		if (rc == -1)
			fail_msg("%s", why.detail);
		assert_int_equal(out.count, c->count);
		assert_int_equal(out.unreadable, c->unreadable);
		assert_int_equal(out.none_there, c->none_there);
		check_likeness(&out.like[0], c->like);
	}
	primero_api_free(p);
}

/* -- wordings -------------------------------------------------------------- */

#define FORM(type, texts)                                               \
	"{\"forms\":[{\"unique_id\":\"consent\",\"fields\":[{\"name\":" \
	"\"unhcr_export_opt_in\",\"type\":\"" type "\"," texts "}]}]}"
#define AGREES                                                       \
	"\"display_name\":{\"en\":\"The individual agrees to share " \
	"information about this case with UNHCR\"}"
#define REFUSES                                                             \
	"\"display_name\":{\"en\":\"Has the child stated that he/she does " \
	"not want to share personal details with UNHCR?\"}"

struct wording {
	const char *name;
	const char *seed;
	enum polarity declared;
	enum primero_polarity found;
	bool has_field;
};

static const struct wording wordings[] = {
	{ "the usual wording, declared so", FORM("tick_box", AGREES),
	    POLARITY_POSITIVE, PRIMERO_POLARITY_AGREES, true },
	{ "the usual wording, declared the other way round",
	    FORM("tick_box", AGREES), POLARITY_NEGATIVE,
	    PRIMERO_POLARITY_DISAGREES, true },
	{ "the refusal, declared as consent", FORM("radio_button", REFUSES),
	    POLARITY_POSITIVE, PRIMERO_POLARITY_DISAGREES, true },
	{ "the refusal, declared so", FORM("radio_button", REFUSES),
	    POLARITY_NEGATIVE, PRIMERO_POLARITY_AGREES, true },
	{ "nothing declared", FORM("tick_box", AGREES), POLARITY_NONE,
	    PRIMERO_POLARITY_UNKNOWN, true },
	{ "no such question for this role", "{\"forms\":[]}", POLARITY_POSITIVE,
	    PRIMERO_POLARITY_UNKNOWN, false },
	{ "a wording in a language we do not know",
	    FORM("tick_box", "\"display_name\":{\"sw\":\"Mtoto anakubali\"}"),
	    POLARITY_POSITIVE, PRIMERO_POLARITY_UNKNOWN, true },
	{ "a help text that says the contrary",
	    FORM("tick_box",
		AGREES ",\"help_text\":{\"en\":\"If yes, they "
		       "will not be included\"}"),
	    POLARITY_POSITIVE, PRIMERO_POLARITY_CONTRADICTS, true },
	{ "two kinds of answer on two forms",
	    "{\"forms\":[{\"fields\":[{\"name\":\"unhcr_export_opt_in\","
	    "\"type\":\"tick_box\"," AGREES "}]},{\"fields\":[{\"name\":"
	    "\"unhcr_export_opt_in\",\"type\":\"radio_button\"," AGREES "}]}]}",
	    POLARITY_POSITIVE, PRIMERO_POLARITY_UNKNOWN, true },
	{ "two languages that say the contrary",
	    FORM("tick_box",
		"\"display_name\":{\"en\":\"The child agrees to share\","
		"\"fr\":\"L'enfant ne veut pas partager\"}"),
	    POLARITY_POSITIVE, PRIMERO_POLARITY_CONTRADICTS, true },
};

static void
wording_holds(void **state)
{
	const struct wording *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_wording out;

	a_primero_again(c->seed, NULL);
	if (primero_check_polarity(p, c->declared, &out, &why) == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(out.polarity, c->found);
	assert_int_equal(out.has_field, c->has_field);
	/* Why it cannot be told is said, and nothing else needs a reason. */
	assert_int_equal(out.because != NULL,
	    c->found == PRIMERO_POLARITY_UNKNOWN);
	assert_int_equal(out.other[0] != '\0',
	    c->found == PRIMERO_POLARITY_CONTRADICTS);
	if (c->found != PRIMERO_POLARITY_UNKNOWN)
		assert_string_equal(out.language, "en");
	primero_api_free(p);
}

/* -- users and the server -------------------------------------------------- */

struct user_row {
	const char *name;
	const char *user;
	bool found, may_receive;
};

static const struct user_row users[] = {
	{ "one who may receive", "intake", true, true },
	{ "one who has left", "left_us", true, false },
	{ "one whose role may not", "clerk", true, false },
	{ "the sender itself", "satchel", true, false },
	{ "nobody of that name", "intak", false, false },
	{ "a name with signs of a query", "intake&x=1", false, false },
};

static void
user_holds(void **state)
{
	const struct user_row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_user out;
	char *log;

	a_primero_again(NULL, NULL);
	if (primero_check_user(p, c->user, "primeromodule-cp", &out, &why) ==
	    -1)
		fail_msg("%s", why.detail);
	assert_int_equal(out.found, c->found);
	assert_int_equal(out.may_receive, c->may_receive);
	log = standin_get(a_primero_server, "/standin/log");
	a_primero_says(log, "users?user_name=\n!users?per");
	free(log);
	primero_api_free(p);
}

/* -- codes ----------------------------------------------------------------- */

#define LISTS(codes)                                                              \
	"{\"lookups\":[{\"unique_id\":\"lookup-service-type\",\"values\":[" codes \
	"]}]}"
#define CODE(id) "{\"id\":\"" id "\",\"display_text\":{\"en\":\"x\"}}"

struct codes_row {
	const char *name;
	const char *seed;
	size_t missing;
	const char *text;
};

static const struct codes_row codes_rows[] = {
	{ "the server has them all", LISTS(CODE("food") "," CODE("shelter")), 0,
	    "" },
	{ "it lacks one", LISTS(CODE("food")), 1,
	    "lookup-service-type: shelter" },
	{ "it lacks both", LISTS(CODE("other")), 2,
	    "lookup-service-type: food, shelter" },
	{ "a list that it does not have is not held against",
	    "{\"lookups\":[]}", 0, "" },
};

static void
codes_hold(void **state)
{
	const struct codes_row *c = *state;
	const char *items[] = { "food", "shelter" };
	struct map_entry entries[] = { { .code = "a" }, { .code = "b" } };
	struct agreement a = { .version = 1 };
	struct fault why = { .id = FAULT_NONE };
	struct primero_api *p = a_primero_reach();
	struct primero_codes out;

	for (size_t i = 0; i < 2; i++)
		entries[i].primero = (struct texts){ &items[i], 1, true };
	a.maps[MAP_SERVICES] = (struct map){ entries, 2 };
	a_primero_again(c->seed, NULL);
	if (primero_check_codes(p, &a, &out, &why) == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(out.missing, c->missing);
	assert_string_equal(out.text, c->text);
	primero_api_free(p);
}

/* -- errors ---------------------------------------------------------------- */

struct error_row {
	const char *name;
	int status;
	const char *body;
	const char *fields; /* with spaces between */
};

static const struct error_row errors[] = {
	{ "one field", 422,
	    "{\"errors\":[{\"status\":422,\"detail\":\"age\",\"message\":"
	    "[\"Amina is 200\"]}]}",
	    "age" },
	{ "a list of pointers", 422,
	    "{\"errors\":[{\"code\":422,\"detail\":[\"/age\",\"/sex\"],"
	    "\"message\":\"Invalid Record JSON\"}]}",
	    "age sex" },
	{ "no consent", 422,
	    "{\"errors\":[{\"detail\":\"consent\",\"message\":"
	    "[\"transition.errors.consent\"]}]}",
	    "consent" },
	{ "one field twice", 422,
	    "{\"errors\":[{\"detail\":\"age\"},{\"detail\":\"age\"}]}", "age" },
	{ "a text about a person is no field", 422,
	    "{\"errors\":[{\"detail\":\"Amina Yusuf is unknown\"}]}", "" },
	{ "a number is no field", 422,
	    "{\"errors\":[{\"detail\":\"80310000051\"}]}", "" },
	{ "of a failure nothing is taken", 500,
	    "{\"errors\":[{\"detail\":\"amina\"}]}", "" },
	{ "errors that are no list", 422, "{\"errors\":\"age\"}", "" },
	{ "no JSON", 422, "<html>age</html>", "" },
	{ "nothing", 422, "", "" },
};

static void
error_holds(void **state)
{
	const struct error_row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_error e;
	struct http_answer a;
	char names[256] = "";

	http_answer_init(&a);
	a.status = c->status;
	assert_int_equal(bytes_add_text(&a.body, c->body, &why), 0);
	primero_error_read(&a, &e);
	for (size_t i = 0; i < e.count; i++)
		(void)snprintf(names + strlen(names),
		    sizeof(names) - strlen(names), "%s%s", i == 0 ? "" : " ",
		    e.field[i]);
	assert_string_equal(names, c->fields);
	assert_int_equal(primero_error_fault(&a, "POST cases", &why), -1);
	assert_null(strstr(why.detail, "mina"));
	http_answer_free(&a);
}

/* -- pages ----------------------------------------------------------------- */

struct page_row {
	const char *name;
	const char *body;
	const char *items; /* one a line; NULL: a fault */
};

static const struct page_row pages[] = {
	{ "records as they came",
	    "{\"data\":[{\"a\":1.50},\t{\"b\":\"}]\\\"\"} ],\"metadata\":"
	    "{\"total\":2}}",
	    "{\"a\":1.50}\n{\"b\":\"}]\\\"\"}\n" },
	{ "an empty list", "{\"data\": [ ]}", "" },
	{ "one record", "{\"metadata\":{},\"data\":{\"a\":[{}]} }",
	    "{\"a\":[{}]}\n" },
	{ "members with brackets in their names",
	    "{\"]data\":[1],\"x\":{\"data\":[2]},\"data\":[{\"c\":3}]}",
	    "{\"c\":3}\n" },
	{ "no data", "{\"errors\":[]}", NULL },
	{ "data that is no record", "{\"data\":\"x\"}", NULL },
	{ "a list outside", "[{\"data\":[]}]", NULL },
	{ "cut short", "{\"data\":[{\"a\":1}", NULL },
	{ "nothing", "", NULL },
};

static void
page_holds(void **state)
{
	const struct page_row *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct primero_page page;
	struct bytes body;
	char items[256] = "";
	const char *text;
	size_t len;
	int rc;

	bytes_init(&body, 1000);
	assert_int_equal(bytes_add_text(&body, c->body, &why), 0);
	rc = primero_page_open(&body, &page, &why);
	if (c->items == NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, FAULT_SERVER_ANSWER);
	} else {
		assert_int_equal(rc, 0);
		while (primero_page_next(&page, &text, &len))
			(void)snprintf(items + strlen(items),
			    sizeof(items) - strlen(items), "%.*s\n", (int)len,
			    text);
		assert_string_equal(items, c->items);
	}
	bytes_free(&body);
}

int
main(void)
{
	static const struct {
		const char *name;
	} once[] = { { "against the stand-in" } };
	int failed;

	if (a_primero_start() == -1)
		return 1;
	failed = ROWS_RUN("page", pages, page_holds) +
	    ROWS_RUN("error", errors, error_holds) +
	    ROWS_RUN("codes", codes_rows, codes_hold) +
	    ROWS_RUN("user", users, user_holds) +
	    ROWS_RUN("wording", wordings, wording_holds) +
	    ROWS_RUN("match", matches, match_holds) +
	    ROWS_RUN("referrals", once, referrals_beside) +
	    ROWS_RUN("changes", changes, changes_hold) +
	    ROWS_RUN("saved meanwhile", once, saved_meanwhile);
	a_primero_stop();
	return failed;
}
