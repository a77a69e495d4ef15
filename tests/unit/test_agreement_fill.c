#include "tests/unit/an_agreement.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "formats/agreement_fill.h"
#include "formats/lookups.h"
#include "tests/unit/written.h"

#define ARENA_ROOM ((size_t)1 << 20)
#define SAID_ROOM 16384

#define SERVICE(values)                                    \
	"{\"id\":7,\"unique_id\":\"lookup-service-type\"," \
	"\"name\":{\"en\":\"Services\"},\"values\":" values "}"
#define VALUE(id, en) \
	"{\"id\":\"" id "\",\"display_text\":{\"en\":\"" en "\",\"fr\":\"\"}}"
#define AGENCY(id)                                                  \
	"{\"id\":1,\"unique_id\":\"" id "\",\"agency_code\":\"X\"," \
	"\"name\":{\"en\":\"" id " office\"},\"services\":[]}"

/* --- reading what the server sent --- */

struct lookups_case {
	const char *name;
	const char *text;
	enum fault_id fault; /* FAULT_NONE: it is read */
	const char *want;    /* "services food Food\n" for each */
	bool cut_short;
	size_t unusable;
};

static const struct lookups_case reads[] = {
	{ "a page as the server sent it",
	    "{\"data\":[" SERVICE("[" VALUE("food", "Food") "," VALUE("wash",
		"Water") "]") "],\"metadata\":{\"total\":1,\"per\":20,"
			      "\"page\":1}}",
	    FAULT_NONE, "services food Food\nservices wash Water\n", false, 0 },
	{ "the list alone", "[" SERVICE("[" VALUE("food", "Food") "]") "]",
	    FAULT_NONE, "services food Food\n", false, 0 },
	{ "agencies", "{\"data\":[" AGENCY("UNICEF") "," AGENCY("DRC") "]}",
	    FAULT_NONE,
	    "agencies UNICEF UNICEF office\nagencies DRC DRC office\n", false,
	    0 },
	{ "the first page of several says so",
	    "{\"data\":[" SERVICE("[]") "],\"metadata\":{\"total\":30,"
					"\"per\":20,\"page\":1}}",
	    FAULT_NONE, "", true, 0 },
	{ "a list that no agreement has a use for is passed over",
	    "[{\"unique_id\":\"lookup-country\",\"values\":[" VALUE("et",
		"Ethiopia") "]}]",
	    FAULT_NONE, "", false, 0 },
	{ "a code said twice counts once",
	    "[" SERVICE("[" VALUE("food", "Food") "," VALUE("food",
		"Food again") "]") "]",
	    FAULT_NONE, "services food Food\n", false, 0 },
	{ "another language where there is no English",
	    "[" SERVICE("[{\"id\":\"food\",\"display_text\":{\"en\":\"\","
			"\"fr\":\"Vivres\"}}]") "]",
	    FAULT_NONE, "services food Vivres\n", false, 0 },
	{ "a code without any label", "[" SERVICE("[{\"id\":\"food\"}]") "]",
	    FAULT_NONE, "services food -\n", false, 0 },
	{ "a code that no agreement can hold is counted",
	    "[" SERVICE("[{\"id\":\"\"},{\"id\":\"a\\u0007\"},{\"id\":3},{},"
			"{\"id\":\"A\\u030a\"}]") "]",
	    FAULT_NONE, "", false, 5 },
	{ "values that are no list", "[" SERVICE("{\"en\":[]}") "]",
	    FAULT_SOURCE_FORM, "", false, 0 },
	{ "an item that is neither", "[{\"unique_id\":\"x\"}]",
	    FAULT_SOURCE_FORM, "", false, 0 },
	{ "no list at all", "{\"errors\":[]}", FAULT_SOURCE_FORM, "", false,
	    0 },
	{ "a case is none", "{\"data\":{\"id\":\"x\"}}", FAULT_SOURCE_FORM, "",
	    false, 0 },
	{ "no JSON", "<html>", FAULT_JSON, "", false, 0 },
	{ "nothing", "", FAULT_JSON, "", false, 0 },
};

static struct arena *
new_arena(void)
{
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);

	assert_non_null(a);
	return a;
}

static void
read_holds(void **state)
{
	const struct lookups_case *c = *state;
	struct lookups l = { .first = NULL };
	struct arena *a = new_arena();
	struct fault why = { FAULT_NONE, "" };
	char found[1024] = "";
	size_t len = 0;
	int rc = lookups_read(c->text, strlen(c->text), a, &l, &why);

	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, c->fault);
	for (const struct lookups_value *v = l.first; rc == 0 && v != NULL;
	     v = v->next)
		len += (size_t)snprintf(found + len, sizeof(found) - len,
		    "%s %s %s\n", fields_map_name(v->section), v->id,
		    v->label != NULL ? v->label : "-");
	assert_string_equal(found, c->want);
	if (rc == 0) {
		assert_int_equal(lookups_cut_short(&l), c->cut_short);
		assert_int_equal(l.unusable, c->unusable);
	}
	arena_free(a);
}

static void
pages_add_up(void **state)
{
	static const char *const pages[] = {
		"{\"data\":[" SERVICE("[]") "],\"metadata\":{\"total\":2}}",
		"{\"data\":[{\"unique_id\":\"lookup-language\",\"values\":[" VALUE(
		    "language1", "Anyuak") "]}],"
					   "\"metadata\":{\"total\":2}}",
		"{\"data\":[" AGENCY("UNICEF") "],\"metadata\":{\"total\":1}}",
	};
	struct lookups l = { .first = NULL };
	struct arena *a = new_arena();
	struct fault why;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(lookups_read(pages[i], strlen(pages[i]), a, &l,
				     &why),
		    0);
		assert_int_equal(lookups_cut_short(&l), i == 0);
	}
	assert_true(l.has[MAP_SERVICES] && l.has[MAP_LANGUAGES] &&
	    l.has[MAP_AGENCIES] && !l.has[MAP_CONCERNS]);
	assert_true(lookups_has(&l, MAP_AGENCIES, " unicef"));
	assert_false(lookups_has(&l, MAP_LANGUAGES, "Language1"));
	assert_string_equal(lookups_label(&l, MAP_LANGUAGES, "language1"),
	    "Anyuak");
	assert_null(lookups_label(&l, MAP_LANGUAGES, "language2"));
	arena_free(a);
}

static void
more_codes_than_a_list_holds_are_refused(void **state)
{
	size_t room = (size_t)LOOKUPS_VALUES_MAX * 32, len = 0;
	char *text = malloc(room);
	struct lookups l = { .first = NULL };
	struct arena *a = new_arena();
	struct fault why;

	(void)state;
	assert_non_null(text);
	len += (size_t)snprintf(text, room,
	    "[{\"unique_id\":\"lookup-language\",\"values\":[{\"id\":\"x\"}");
	for (int i = 0; i < LOOKUPS_VALUES_MAX; i++)
		len += (size_t)snprintf(text + len, room - len,
		    ",{\"id\":\"%d\"}", i);
	len += (size_t)snprintf(text + len, room - len, "]}]");
	assert_int_equal(lookups_read(text, len, a, &l, &why), -1);
	assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	free(text);
	arena_free(a);
}

/* --- the draft --- */

struct fill_case {
	const char *name;
	const char *lookups;
	const char *from, *to; /* a change to the example first */
	const char *want;      /* pieces of the draft; see written.h */
	const char *lacks;     /* pieces of what is told */
};

#define DRAFT(code, value)                                    \
	"{\"code\":\"" code "\",\"primero\":[\"" value "\"]," \
	"\"progres_in\":[],\"progres_out\":null}"

static const struct fill_case fills[] = {
	{ "a new service goes to the end of its list, without a proGres word",
	    "[" SERVICE("[" VALUE("wash", "Water and hygiene") "]") "]", NULL,
	    NULL, "}, " DRAFT("wash", "wash") "],\"protection_concerns\":[{",
	    "services wash \"Water and hygiene\" drafted no_output no_input\n" },
	{ "several keep the site's order",
	    "[" SERVICE("[" VALUE("wash", "") "," VALUE("food", "") "]") "]",
	    NULL, NULL, DRAFT("wash", "wash") ", " DRAFT("food", "food") "]",
	    "services wash" },
	{ "an entry that is there is left as it is",
	    "[" SERVICE("[" VALUE("shelter", "Shelter") "]") "]", NULL, NULL,
	    "!\"progres_in\":[],\"progres_out\":null}]", "!services shelter" },
	{ "what several values mean is left as it is",
	    "[{\"unique_id\":\"lookup-language\",\"values\":[" VALUE("_amharic",
		"Amharic") "]}]",
	    NULL, NULL, "!\"code\":\"_amharic\"", "!_amharic" },
	{ "a code that takes another value is not drafted over, but told",
	    "[" SERVICE("[" VALUE("wash", "Water") "]") "]",
	    "\"primero\":[\"shelter\"]", "\"primero\":[\"sheltering\"]",
	    "\"version\":2,\n!\"code\":\"shelter\",\"primero\":[\"shelter\"]",
	    "services shelter - there no_input not_here\n" },
	{ "a value that the entry of its code does not take",
	    "[" SERVICE("[" VALUE("shelter", "Shelter") "]") "]",
	    "\"primero\":[\"shelter\"]", "\"primero\":[\"sheltering\"]",
	    "\"version\":2,",
	    "services shelter \"Shelter\" there not_taken\n" },
	{ "an agency that is a party is called as the agreement calls it",
	    "[" AGENCY("unicef ") "]",
	    "\"code\":\"UNICEF\",\"primero\":"
	    "[\"UNICEF\"]",
	    "\"code\":\"OTHER\",\"primero\":[\"OTHER\"]",
	    DRAFT("UNICEF", "unicef "),
	    "agencies UNICEF \"unicef  office\" drafted no_output no_input\n" },
	{ "an agency that is no party is told so", "[" AGENCY("DRC") "]", NULL,
	    NULL, DRAFT("DRC", "DRC"),
	    "agencies DRC \"DRC office\" drafted no_output no_input "
	    "no_party\n" },
	{ "an agency in another spelling is there already",
	    "[" AGENCY(" unhcr") "]", NULL, NULL, "!\" unhcr\"", "!drafted" },
	{ "nothing new: only the version", "[" SERVICE("[]") "]", NULL, NULL,
	    "\"version\":2,", "!drafted" },
	{ "a label that would end the text is written as one",
	    "[" SERVICE("[" VALUE("a\\\"b", "x") "]") "]", NULL, NULL,
	    "{\"code\":\"a\\\"b\",\"primero\":[\"a\\\"b\"],",
	    "services a\"b \"x\" drafted" },
	{ "brackets in the texts before it do no harm",
	    "[" SERVICE("[" VALUE("wash", "") "]") "]", "made up)",
	    "]}\\\"{[, \\\\", DRAFT("wash", "wash") "],\"protection_concerns",
	    "services wash" },
};

static void
hear(void *context, const struct agreement_fill_entry *e)
{
	char *out = context;
	size_t len = strlen(out);

	(void)snprintf(out + len, SAID_ROOM - len,
	    "%s %s %s%s%s %s%s%s%s%s%s\n", fields_map_name(e->section), e->code,
	    e->label != NULL ? "\"" : "", e->label != NULL ? e->label : "-",
	    e->label != NULL ? "\"" : "", e->drafted ? "drafted" : "there",
	    e->no_output ? " no_output" : "", e->no_input ? " no_input" : "",
	    e->not_here ? " not_here" : "", e->no_party ? " no_party" : "",
	    e->not_taken ? " not_taken" : "");
}

static void
fill_holds(void **state)
{
	const struct fill_case *c = *state;
	struct agreement_file *from =
	    an_agreement_with(c->from, c->to, NULL, NULL);
	struct lookups l = { .first = NULL };
	struct arena *a = new_arena();
	char *said = calloc(1, SAID_ROOM);
	struct agreement_file *draft;
	struct bytes out;
	struct fault why;

	assert_non_null(said);
	bytes_init(&out, AGREEMENT_MAX);
	assert_int_equal(lookups_read(c->lookups, strlen(c->lookups), a, &l,
			     &why),
	    0);
	assert_int_equal(agreement_fill(from, &l, &out, &why), 0);
	written_has(c->want, (const char *)out.at);
	draft = an_agreement_read((const char *)out.at);
	assert_false(agreement_has_errors(draft));
	assert_int_equal(agreement_of(draft)->version, 2);
	agreement_fill_lacks(agreement_of(from), agreement_of(draft), &l, hear,
	    said);
	written_has(c->lacks, said);
	agreement_free(draft);
	agreement_free(from);
	bytes_free(&out);
	arena_free(a);
	free(said);
}

/* As a file is written: one entry a line, indented like those before it. */
static const struct {
	const char *text;
	const char *want;
} layouts[] = {
	{ "{\n \"version\": 9,\n \"maps\": {\n  \"services\": [\n   {\"code\": "
	  "\"a\"}\n  ],\n",
	    "{\n \"version\": 10,\n \"maps\": {\n  \"services\": [\n   "
	    "{\"code\": \"a\"},\n   " DRAFT("wash", "wash") "\n  ],\n" },
	{ "{\n\t\"version\": 9,\n\t\"maps\": {\n\t\t\"services\": [],\n",
	    "{\n\t\"version\": 10,\n\t\"maps\": {\n\t\t\"services\": [\n\t\t " DRAFT(
		"wash", "wash") "\n\t\t],\n" },
	{ "{\"version\":9,\"maps\":{\"services\":[{\"code\":\"a\"}],",
	    "{\"version\":10,\"maps\":{\"services\":[{\"code\":\"a\"}, " DRAFT(
		"wash", "wash") "]," },
};

static void
the_file_keeps_its_form(void **state)
{
	static const char rest[] = "\"protection_concerns\":[],\"languages\":"
				   "[],\"agencies\":[],\"sex\":[]}}";
	static const char one[] =
	    "[" SERVICE("[" VALUE("wash", "Water") "]") "]";

	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		struct lookups l = { .first = NULL };
		struct arena *a = new_arena();
		char text[1024], want[1024];
		struct agreement_file *from;
		struct bytes out;
		struct fault why;

		(void)snprintf(text, sizeof(text), "%s%s", layouts[i].text,
		    rest);
		(void)snprintf(want, sizeof(want), "%s%s", layouts[i].want,
		    rest);
		bytes_init(&out, AGREEMENT_MAX);
		from = an_agreement_read(text);
		assert_int_equal(lookups_read(one, strlen(one), a, &l, &why),
		    0);
		assert_int_equal(agreement_fill(from, &l, &out, &why), 0);
		assert_string_equal((const char *)out.at, want);
		agreement_free(from);
		bytes_free(&out);
		arena_free(a);
	}
}

static void
without_its_lists_nothing_is_drafted(void **state)
{
	static const char *const texts[] = { "{}", "{\"version\":1}",
		"{\"version\":1,\"maps\":[]}",
		"{\"version\":1,\"maps\":{\"services\":{}}}" };
	struct lookups l = { .first = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct agreement_file *from = an_agreement_read(texts[i]);
		struct bytes out;
		struct fault why;

		bytes_init(&out, AGREEMENT_MAX);
		assert_int_equal(agreement_fill(from, &l, &out, &why), -1);
		assert_int_equal(why.id, FAULT_AGREEMENT_FORM);
		bytes_free(&out);
		agreement_free(from);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_add_up),
		cmocka_unit_test(more_codes_than_a_list_holds_are_refused),
		cmocka_unit_test(the_file_keeps_its_form),
		cmocka_unit_test(without_its_lists_nothing_is_drafted),
	};

	return ROWS_RUN("lookups", reads, read_holds) +
	    ROWS_RUN("agreement fill", fills, fill_holds) +
	    cmocka_run_group_tests_name("filling in", tests, NULL, NULL);
}
