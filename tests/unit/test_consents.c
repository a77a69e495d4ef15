#include "tests/unit/a_store.h"

#include "base/text.h"
#include "export/consents.h"
#include "formats/consent.h"
#include "formats/json.h"
#include "store/agreed.h"
#include "store/sql.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define ID(n) "0b1f6c9e-0000-4000-8000-00000000000" n
#define LINE(n, subject, rest)                            \
	"{\"satchel\":\"consent/1\",\"record_id\":\"" ID( \
	    n) "\",\"subject_ref\":\"" subject "\"," rest "}\n"
#define GIVEN "\"status\":\"given\""

#define TAKEN_BACK(on) "\"events\":[{\"type\":\"withdrawn\",\"on\":\"" on "\"}]"

#define TABLE "case_id,status,kind,given_by,given_on,method,services\n"
#define ROW(subject, rest) subject "," rest "\n"
#define TABLE_GIVEN "given,consent,caregiver,2026-02-01,written,"

/* Which record counts. */
static const struct row {
	const char *name;
	const char *file;
	const char *subjects[3];
	const char *id; /* last digit of the record chosen; NULL: not asked */
	const char *detail; /* of the fault */
	int want;	    /* of consents_find; -1: of consents_open */
	bool differ;
} rows[] = {
	{ "a subject's record is found",
	    LINE("1", "case-a", GIVEN) LINE("2", "case-b", GIVEN),
	    { "case-b", NULL, NULL }, "2", NULL, 1, false },
	{ "letter case and surrounding space do not count",
	    LINE("1", "Case-A ", GIVEN), { " case-a", NULL, NULL }, "1", NULL,
	    1, false },
	{ "nothing is found for another subject", LINE("1", "case-a", GIVEN),
	    { "case-b", NULL, NULL }, "", NULL, 0, false },
	{ "nothing is found in an empty register", "", { "case-a" }, "", NULL,
	    0, false },
	{ "a subject that is not known is passed over",
	    LINE("1", "803-1", GIVEN), { NULL, "x", "803-1" }, "1", NULL, 1,
	    false },
	{ "the newest record counts",
	    LINE("1", "a", GIVEN ",\"given_on\":\"2026-02-01\"")
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-03-01\"")
		    LINE("3", "a", GIVEN ",\"given_on\":\"2026-01-01\""),
	    { "a", NULL, NULL }, "2", NULL, 1, false },
	{ "a record without a date is older than any",
	    LINE("1", "a", GIVEN)
		LINE("2", "a", GIVEN ",\"given_on\":\"2020-03-01\""),
	    { "a", NULL, NULL }, "2", NULL, 1, false },
	{ "any no counts, however old",
	    LINE("1", "a", "\"status\":\"refused\",\"given_on\":\"2020-01-01\"")
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-03-01\""),
	    { "a", NULL, NULL }, "1", NULL, 1, false },
	{ "a withdrawal is a no",
	    LINE("1", "a", GIVEN ",\"given_on\":\"2026-03-01\"")
		LINE("2", "a", "\"status\":\"withdrawn\""),
	    { "a", NULL, NULL }, "2", NULL, 1, false },
	{ "a withdrawal that is an event of the older record is a no",
	    LINE("1", "a",
		GIVEN ",\"given_on\":\"2026-07-01\"," TAKEN_BACK("2026-09-01"))
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-08-17\""),
	    { "a", NULL, NULL }, "1", NULL, 1, false },
	{ "an older withdrawal counts, though consent was given again later",
	    LINE("1", "a",
		GIVEN ",\"given_on\":\"2026-07-01\"," TAKEN_BACK("2026-07-20"))
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-08-17\""),
	    { "a", NULL, NULL }, "1", NULL, 1, false },
	{ "a withdrawal of a record without a day is a no",
	    LINE("1", "a", GIVEN "," TAKEN_BACK("2026-07-20"))
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-08-17\""),
	    { "a", NULL, NULL }, "1", NULL, 1, false },
	{ "one record of consent, withdrawal and consent again is a yes",
	    LINE("1", "a",
		GIVEN ",\"given_on\":\"2026-08-17\"," TAKEN_BACK("2026-07-20"))
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-07-01\""),
	    { "a", NULL, NULL }, "1", NULL, 1, false },
	{ "a narrowing that one of them does not know is a difference",
	    LINE("1", "a",
		GIVEN ",\"given_on\":\"2026-07-01\",\"events\":[{\"type\":"
		      "\"narrowed\",\"on\":\"2026-07-20\"}]")
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-08-17\""),
	    { "a", NULL, NULL }, "2", NULL, 1, true },
	{ "a confirmation that one of them does not know is none",
	    LINE("1", "a",
		GIVEN ",\"given_on\":\"2026-07-01\",\"events\":[{\"type\":"
		      "\"confirmed\",\"on\":\"2026-07-20\"}]")
		LINE("2", "a", GIVEN ",\"given_on\":\"2026-08-17\""),
	    { "a", NULL, NULL }, "2", NULL, 1, false },
	{ "a space that does not break does not part a no from its case",
	    LINE("1",
		"\xc2\xa0"
		"803-1\xe3\x80\x80",
		"\"status\":\"refused\""),
	    { "803-1", NULL, NULL }, "1", NULL, 1, false },
	{ "nor one in the case's own number",
	    LINE("1", "803 1", "\"status\":\"refused\""),
	    { "803\xc2\xa0"
	      "1 ",
		NULL, NULL },
	    "1", NULL, 1, false },
	{ "nor a mark there that cannot be seen",
	    LINE("1", "803-1", "\"status\":\"refused\""),
	    { "\xe2\x80\x8e"
	      "803\xe2\x80\x8b-1",
		NULL, NULL },
	    "1", NULL, 1, false },
	{ "a register's number with a mark that cannot be seen faults",
	    LINE("1", "803\xe2\x80\x8b-1", "\"status\":\"refused\""),
	    { "803-1", NULL, NULL }, "", "line 1: subject_ref", -1, false },
	{ "records of two names of one subject are put together",
	    LINE("1", "a", GIVEN) LINE("2", "803-1", "\"status\":\"refused\""),
	    { "a", "803-1", NULL }, "2", NULL, 1, false },
	{ "the same name twice is not two records that differ",
	    LINE("1", "a", GIVEN), { "a", "A", "a " }, "1", NULL, 1, false },
	{ "records that differ in what was agreed are told",
	    LINE("1", "a",
		GIVEN ",\"given_on\":\"2026-01-01\",\"services\":[\"x\"]")
		LINE("2", "a",
		    GIVEN ",\"given_on\":\"2026-02-01\",\"services\":[\"y\"]"),
	    { "a", NULL, NULL }, "2", NULL, 1, true },
	{ "the order of a list is no difference",
	    LINE("1", "a", GIVEN ",\"services\":[\"x\",\"y\"]")
		LINE("2", "a", GIVEN ",\"services\":[\"y\",\"x\"]"),
	    { "a", NULL, NULL }, "1", NULL, 1, false },
	{ "agreeing again another way is no difference",
	    LINE("1", "a", GIVEN ",\"method\":\"written\"") LINE("2", "a",
		GIVEN ",\"method\":\"thumbprint\",\"given_on\":"
		      "\"2026-02-01\""),
	    { "a", NULL, NULL }, "2", NULL, 1, false },
	{ "empty lines, CRLF and a missing last LF are taken",
	    "\xef\xbb\xbf" LINE("1", "a",
		GIVEN) "\r\n\n"
		       "{\"satchel\":\"consent/1\",\"record_id\":\"" ID(
			   "2") "\",\"subject_ref\":\"b\"," GIVEN "}",
	    { "b", NULL, NULL }, "2", NULL, 1, false },
	{ "the first line is found behind a byte order mark",
	    "\xef\xbb\xbf" LINE("1", "a", GIVEN), { "a", NULL, NULL }, "1",
	    NULL, 1, false },
	{ "a line that is no record faults with its number",
	    LINE("1", "a", GIVEN) "\n{\"satchel\":\"consent/1\"}\n",
	    { "a", NULL, NULL }, "", "line 3", -1, false },
	{ "a line that is no JSON faults with its number",
	    LINE("1", "a", GIVEN) "case_id,status\n", { "a", NULL, NULL }, "",
	    "line 2", -1, false },
	{ "a table's record is found",
	    TABLE ROW("803-1", TABLE_GIVEN "medical")
		ROW("803-2", TABLE_GIVEN "medical"),
	    { "803-2", NULL, NULL }, NULL, NULL, 1, false },
	{ "a table behind a byte order mark, with semicolons, is one, too",
	    "\xef\xbb\xbf"
	    "case_id;status;given_on\r\n"
	    "803-1;given;2026-02-01\r\n803-2;refused;2026-02-01\r\n",
	    { "803-1", NULL, NULL }, NULL, NULL, 1, false },
	{ "rows of a table that differ are told",
	    TABLE ROW("803-1", TABLE_GIVEN "medical")
		ROW("803-1", TABLE_GIVEN "shelter"),
	    { "803-1", NULL, NULL }, NULL, NULL, 1, true },
	{ "a quoted list and a row of nothing do not lose the next",
	    TABLE ROW("803-1",
		"given,consent,caregiver,2026-02-01,written,\"medical;shelter\"") ",,,,,,\n" ROW("803-2",
		TABLE_GIVEN "medical"),
	    { "803-2", NULL, NULL }, NULL, NULL, 1, false },
	{ "a table without records has none", TABLE, { "803-1", NULL, NULL },
	    NULL, NULL, 0, false },
	{ "a table's row that is no record faults with its line",
	    TABLE ROW("803-1", TABLE_GIVEN "medical") ROW("803-2", "yes,,,,,"),
	    { "803-1", NULL, NULL }, NULL, "line 3", -1, false },
	{ "a table without a column case_id is no register",
	    "name,status\nx,given\n", { "x", NULL, NULL }, NULL, "neither", -1,
	    false },
	{ "a list is no register", "[]\n", { "x", NULL, NULL }, NULL, "neither",
	    -1, false },
	{ "a file of empty lines is an empty register", "\r\n\n",
	    { "x", NULL, NULL }, NULL, NULL, 0, false },
	{ "an unknown word for a status faults",
	    LINE("1", "a", "\"status\":\"yes\""), { "a", NULL, NULL }, "",
	    "line 1", -1, false },
};

static void
write_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

static bool
is_subject(const struct row *row, const char *subject, struct arena *a)
{
	struct fault why;

	subject = text_number(a, subject, &why);
	for (size_t i = 0; i < 3; i++)
		if (row->subjects[i] != NULL &&
		    strcmp(subject, text_number(a, row->subjects[i], &why)) ==
			0)
			return true;
	return false;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	const struct consents_query query = { row->subjects, 3, "x", NULL };
	char path[] = "/tmp/consents-XXXXXX";
	struct fault why = { .id = FAULT_NONE };
	struct consents *c;
	struct consent found = { 0 };
	struct arena *a;
	bool differ;

	write_file(path, row->file);
	c = consents_open(path, NULL, &why);
	(void)unlink(path);
	if (row->want == -1) {
		assert_null(c);
		assert_int_equal(why.id, FAULT_CONSENT_FORM);
		assert_non_null(strstr(why.detail, row->detail));
		return;
	}
	if (c == NULL)
		fail_msg("%s", why.detail);
	assert_non_null(a = arena_new(ARENA, &why));
	if (consents_find(c, &query, a, &found, &differ, &why) != row->want)
		fail_msg("%s", why.detail);
	assert_int_equal(differ, row->differ);
	if (row->want == 1)
		assert_true(is_subject(row, found.subject_ref, a));
	if (row->want == 1 && row->id != NULL)
		assert_string_equal(found.record_id + strlen(found.record_id) -
			1,
		    row->id);
	arena_free(a);
	consents_close(c);
}

/* A register of many, so that the index is searched and not walked. */
static void
many_hold(void **state)
{
	char path[] = "/tmp/consents-XXXXXX", subject[32];
	const char *subjects[] = { subject };
	const struct consents_query query = { subjects, 1, NULL, NULL };
	struct consent found = { 0 };
	struct consents *c;
	struct fault why;
	struct arena *a;
	bool differ;
	FILE *f;
	int fd;

	(void)state;
	assert_int_not_equal(fd = mkstemp(path), -1);
	assert_non_null(f = fdopen(fd, "w"));
	for (int i = 0; i < 5000; i++)
		(void)fprintf(f,
		    "{\"satchel\":\"consent/1\",\"record_id\":\"" ID(
			"1") "\",\"subject_ref\":\"case-%d\"," GIVEN "}\n",
		    i);
	(void)fclose(f);
	assert_non_null(c = consents_open(path, NULL, &why));
	(void)unlink(path);
	assert_non_null(a = arena_new(ARENA, &why));
	for (int i = 0; i < 5000; i += 7) {
		(void)snprintf(subject, sizeof(subject), "case-%d", i);
		assert_int_equal(consents_find(c, &query, a, &found, &differ,
				     &why),
		    1);
		assert_string_equal(found.subject_ref, subject);
		arena_empty(a);
	}
	arena_free(a);
	consents_close(c);
}

static void
missing_faults(void **state)
{
	struct fault why;

	(void)state;
	assert_null(consents_open("/nowhere/consents.ndjson", NULL, &why));
	assert_int_equal(why.id, FAULT_DISK_NOT_FOUND);
	assert_null(strstr(why.detail, "nowhere"));
	assert_null(consents_open("/tmp", NULL, &why));
	assert_int_equal(why.id, FAULT_DISK_NOT_READ);
}

/* The same register, changed between the two times it is read. */
static const struct change {
	const char *name;
	const char *before;
	const char *after; /* as long, or cut */
} changes[] = {
	{ "a line that has become another subject's is a fault",
	    LINE("1", "a", GIVEN), LINE("1", "b", GIVEN) },
	{ "a line that is gone is a fault",
	    LINE("1", "b", GIVEN) LINE("2", "a", GIVEN),
	    LINE("1", "b", GIVEN) },
	{ "a row that has become another subject's is a fault",
	    TABLE ROW("a", TABLE_GIVEN "x"), TABLE ROW("b", TABLE_GIVEN "x") },
	{ "a row that is gone is a fault",
	    TABLE ROW("b", TABLE_GIVEN "x") ROW("a", TABLE_GIVEN "x"),
	    TABLE ROW("b", TABLE_GIVEN "x") },
};

static void
change_is_seen(void **state)
{
	const struct change *row = *state;
	static const char *const subjects[] = { "a" };
	const struct consents_query query = { subjects, 1, NULL, NULL };
	char path[] = "/tmp/consents-XXXXXX";
	struct fault why = { .id = FAULT_NONE };
	struct consent found;
	struct consents *c;
	struct arena *a;
	bool differ;
	FILE *f;

	write_file(path, row->before);
	assert_non_null(c = consents_open(path, NULL, &why));
	assert_non_null(f = fopen(path, "w"));
	assert_true(fputs(row->after, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_non_null(a = arena_new(ARENA, &why));
	assert_int_equal(consents_find(c, &query, a, &found, &differ, &why),
	    -1);
	assert_int_equal(why.id, FAULT_CONSENT_FORM);
	assert_non_null(strstr(why.detail, "changed"));
	arena_free(a);
	consents_close(c);
	(void)unlink(path);
}

#define ATTESTED                                                              \
	GIVEN ",\"given_on\":\"2026-10-01\",\"services\":[\"y\"],"            \
	      "\"recipients\":[\"UNHCR\"],\"info_categories\":[\"identity\"," \
	      "\"contact\",\"needs\"]"

/* What was given this node, beside a register. */
#define KEPT_MAX 4
static const struct kept {
	const char *name;
	const char *file; /* NULL: no register */
	struct {
		enum agreed_of of;
		const char *name;
		const char *id;
		const char *rest;
	} given[KEPT_MAX];
	const char *id; /* of the record chosen; NULL: none */
	bool differ;
} kepts[] = {
	{ "without a register and without a record there is none", NULL,
	    { { .id = NULL } }, NULL, false },
	{ "a record given of the case is found without a register", NULL,
	    { { AGREED_OF_CASE, "Case-A", "1", GIVEN } }, "1", false },
	{ "one of its display form, too", NULL,
	    { { AGREED_OF_CASE, "803-1", "1", GIVEN } }, "1", false },
	{ "one of another case is not", NULL,
	    { { AGREED_OF_CASE, "case-b", "1", GIVEN } }, NULL, false },
	{ "one of this ref is found", NULL,
	    { { AGREED_OF_REF, "progres:X1", "1", GIVEN } }, "1", false },
	{ "one of another ref is not", NULL,
	    { { AGREED_OF_REF, "progres:X11", "1", GIVEN } }, NULL, false },
	{ "of a case, the newest of register and store counts",
	    LINE("1", "case-a", GIVEN ",\"given_on\":\"2026-01-01\""),
	    { { AGREED_OF_CASE, "case-a", "2",
		GIVEN ",\"given_on\":\"2026-02-01\"" } },
	    "2", false },
	{ "and the register's, if that is the newer",
	    LINE("1", "case-a", GIVEN ",\"given_on\":\"2026-03-01\""),
	    { { AGREED_OF_CASE, "case-a", "2",
		GIVEN ",\"given_on\":\"2026-02-01\"" } },
	    "1", false },
	{ "register and store that disagree are told",
	    LINE("1", "case-a", GIVEN ",\"services\":[\"x\"]"),
	    { { AGREED_OF_CASE, "case-a", "2",
		GIVEN ",\"services\":[\"y\"],\"given_on\":"
		      "\"2026-02-01\"" } },
	    "2", true },
	{ "of this ref's and the case's, the newer says who, when and how",
	    LINE("1", "case-a", GIVEN ",\"given_on\":\"2026-03-01\""),
	    { { AGREED_OF_REF, "progres:X1", "2",
		GIVEN ",\"given_on\":\"2026-02-01\",\"services\":[\"y\"]" } },
	    "1", false },
	{ "with one of this ref, what differs among the case's is still told",
	    LINE("1", "case-a", GIVEN ",\"services\":[\"x\"]")
		LINE("2", "case-a", GIVEN ",\"services\":[\"y\"]"),
	    { { AGREED_OF_REF, "progres:X1", "3",
		GIVEN ",\"given_on\":\"2026-02-01\"" } },
	    "3", true },
	{ "two of this ref that disagree are told", NULL,
	    { { AGREED_OF_REF, "progres:X1", "1",
		  GIVEN ",\"given_on\":\"2026-02-01\"" },
		{ AGREED_OF_REF, "progres:X1", "2",
		    GIVEN ",\"given_on\":\"2026-03-01\",\"services\":"
			  "[\"y\"]" } },
	    "2", true },
	{ "agreeing to the same again is no disagreement", NULL,
	    { { AGREED_OF_REF, "progres:X1", "1",
		  GIVEN ",\"given_on\":\"2026-02-01\"" },
		{ AGREED_OF_REF, "progres:X1", "2",
		    GIVEN ",\"given_on\":\"2026-03-01\"" } },
	    "2", false },
	{ "a no of the case counts over what was given for the ref",
	    LINE("1", "case-a", "\"status\":\"refused\""),
	    { { AGREED_OF_REF, "progres:X1", "2", GIVEN } }, "1", false },
	{ "a no that was given of the case counts over the register", NULL,
	    { { AGREED_OF_CASE, "case-a", "1", "\"status\":\"withdrawn\"" },
		{ AGREED_OF_CASE, "803-1", "2",
		    GIVEN ",\"given_on\":\"2026-03-01\"" },
		{ AGREED_OF_REF, "progres:X1", "3", GIVEN } },
	    "1", false },
	{ "a withdrawal of the case as an event counts over the ref's",
	    LINE("1", "case-a",
		GIVEN ",\"given_on\":\"2026-01-01\"," TAKEN_BACK("2026-02-01")),
	    { { AGREED_OF_REF, "progres:X1", "2",
		GIVEN ",\"given_on\":\"2026-03-01\"" } },
	    "1", false },
	{ "a no of the ref counts over all",
	    LINE("1", "case-a", "\"status\":\"refused\""),
	    { { AGREED_OF_REF, "progres:X1", "2", "\"status\":\"withdrawn\"" },
		{ AGREED_OF_REF, "progres:X1", "3", GIVEN } },
	    "2", false },
	{ "of two names of one case that are the same, one is asked", NULL,
	    { { AGREED_OF_CASE, " CASE-A", "1", GIVEN } }, "1", false },
};

static void
keep(struct a_store *t, const struct kept *row)
{
	char text[1024];

	for (size_t i = 0; i < KEPT_MAX && row->given[i].id != NULL; i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"satchel\":\"consent/1\",\"record_id\":\"" ID(
			"%s") "\",\"subject_ref\":\"%s\",%s}",
		    row->given[i].id, "case-a", row->given[i].rest);
		assert_int_equal(agreed_put(t->s, row->given[i].of,
				     row->given[i].name, text, strlen(text),
				     &t->why),
		    0);
	}
}

static void
kept_holds(void **state)
{
	static const char *const subjects[] = { "case-a", "803-1", "Case-A",
		NULL };
	const struct kept *row = *state;
	const struct consents_query query = { subjects, 4, "progres:X1", NULL };
	char path[] = "/tmp/consents-XXXXXX";
	struct consent found;
	struct consents *c;
	struct a_store t;
	bool differ;

	a_store_start(&t);
	keep(&t, row);
	if (row->file != NULL)
		write_file(path, row->file);
	c = consents_open(row->file != NULL ? path : NULL, t.s, &t.why);
	assert_non_null(c);
	/* As export does it: within the transaction of its work. */
	assert_int_equal(store_begin(t.s, &t.why), 0);
	assert_int_equal(consents_find(c, &query, t.arena, &found, &differ,
			     &t.why),
	    row->id != NULL);
	assert_int_equal(differ, row->differ);
	if (row->id != NULL)
		assert_string_equal(found.record_id + strlen(found.record_id) -
			1,
		    row->id);
	store_roll_back(t.s);
	consents_close(c);
	if (row->file != NULL)
		(void)unlink(path);
	a_store_end(&t);
}

/* A record here that does not open, or is none, is never passed over. */
static void
damaged_holds(struct a_store *t)
{
	static const char *const subjects[] = { "case-a" };
	static const char *const bad[] = { "{", "{}", "[1]",
		"{\"satchel\":\"consent/2\"}" };
	const struct consents_query query = { subjects, 1, NULL, NULL };
	struct consents *c = consents_open(NULL, t->s, &t->why);
	struct consent found;
	bool differ;

	assert_non_null(c);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(store_begin(t->s, &t->why), 0);
		assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "case-a",
				     bad[i], strlen(bad[i]), &t->why),
		    0);
		assert_int_equal(consents_find(c, &query, t->arena, &found,
				     &differ, &t->why),
		    -1);
		assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
		store_roll_back(t->s);
	}
	assert_int_equal(agreed_put(t->s, AGREED_OF_CASE, "case-a", "{}", 2,
			     &t->why),
	    0);
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE agreed SET body = x'00'", &t->why),
	    0);
	assert_int_equal(consents_find(c, &query, t->arena, &found, &differ,
			     &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	consents_close(c);
}

static const struct a_store_case damages[] = {
	{ "a kept record that is damaged is a fault", damaged_holds },
};

/* How the case's draft and the register's record are put together. */
static const struct merge {
	const char *name;
	const char *draft; /* members; NULL: there is none */
	const char *recorded;
	const char *want; /* "name=value" a line, in the record as written */
	enum consent_status status;
} merges[] = {
	{ "two times yes is yes", GIVEN, GIVEN, "", CONSENT_GIVEN },
	{ "the register's no counts", GIVEN, "\"status\":\"refused\"", "",
	    CONSENT_REFUSED },
	{ "the case's no counts", "\"status\":\"refused\"", GIVEN, "",
	    CONSENT_REFUSED },
	{ "a withdrawal counts over all", "\"status\":\"refused\"",
	    "\"status\":\"withdrawn\"", "", CONSENT_WITHDRAWN },
	{ "a no counts over unknown", "\"status\":\"unknown\"",
	    "\"status\":\"refused\"", "", CONSENT_REFUSED },
	{ "an unknown case is not made good by the register",
	    "\"status\":\"unknown\"", GIVEN, "", CONSENT_UNKNOWN },
	{ "an unknown register is not made good by the case", GIVEN,
	    "\"status\":\"unknown\"", "", CONSENT_UNKNOWN },
	{ "what has expired is not given", GIVEN, "\"status\":\"expired\"", "",
	    CONSENT_EXPIRED },
	{ "who was not asked has not given", GIVEN, "\"status\":\"not_asked\"",
	    "", CONSENT_NOT_ASKED },
	{ "what the register's record took back stays so, whatever day the "
	  "case names",
	    GIVEN ",\"given_on\":\"2026-08-01\"",
	    GIVEN "," TAKEN_BACK("2026-05-01"), "", CONSENT_WITHDRAWN },
	{ "what only one keeps private is private",
	    GIVEN ",\"withheld\":{\"any\":true,\"fields_removed\":[\"a\"]}",
	    GIVEN ",\"withheld\":{\"any\":false,\"reviewed_by\":\"w\"}",
	    "withheld=yes\nreviewed=\nremoved=a", CONSENT_GIVEN },
	{ "what both keep private is the sum, and unreviewed if one is",
	    GIVEN ",\"withheld\":{\"any\":true,\"fields_removed\":[\"a\","
		  "\"b\"]}",
	    GIVEN ",\"withheld\":{\"any\":true,\"reviewed_by\":\"w\","
		  "\"fields_removed\":[\"b\",\"c\"]}",
	    "withheld=yes\nreviewed=\nremoved=b,c,a", CONSENT_GIVEN },
	{ "a draft alone stays a draft", GIVEN ",\"language\":\"nuer\"", NULL,
	    "language=nuer", CONSENT_GIVEN },
	{ "a record alone has nothing the case said", NULL,
	    GIVEN ",\"source_fields\":{\"unhcr_export_opt_in\":true}",
	    "source=no", CONSENT_GIVEN },
	{ "the case's own answers are the case's",
	    GIVEN ",\"source_fields\":{\"unhcr_export_opt_in\":false}",
	    GIVEN ",\"source_fields\":{\"unhcr_export_opt_in\":true}",
	    "opt_in=no", CONSENT_GIVEN },
	{ "the register may narrow a list", GIVEN ",\"services\":[\"a\",\"b\"]",
	    GIVEN ",\"services\":[\"b\",\"c\"]", "services=b", CONSENT_GIVEN },
	{ "lists with nothing in common leave nothing",
	    GIVEN ",\"recipients\":[\"UNHCR\"]",
	    GIVEN ",\"recipients\":[\"IRC\"]", "recipients=", CONSENT_GIVEN },
	{ "an empty list of the register narrows to nothing",
	    GIVEN ",\"services\":[\"a\"]", GIVEN ",\"services\":[]",
	    "services=", CONSENT_GIVEN },
	{ "the register may add a list the case lacks", GIVEN,
	    GIVEN ",\"info_categories\":[\"identity\"]",
	    "info_categories=identity", CONSENT_GIVEN },
	{ "a list only the case has stays", GIVEN ",\"services\":[\"a\"]",
	    GIVEN, "services=a", CONSENT_GIVEN },
	{ "what the register says about how comes first",
	    GIVEN ",\"method\":\"written\",\"language\":\"nuer\","
		  "\"given_on\":\"2026-01-01\"",
	    GIVEN ",\"method\":\"thumbprint\",\"given_on\":\"2026-02-01\"",
	    "method=thumbprint\nlanguage=nuer\ngiven_on=2026-02-01",
	    CONSENT_GIVEN },
	{ "the earlier end counts", GIVEN ",\"expires_on\":\"2026-05-01\"",
	    GIVEN ",\"expires_on\":\"2026-06-01\"", "expires_on=2026-05-01",
	    CONSENT_GIVEN },
	{ "an override is the register's alone",
	    GIVEN ",\"override\":{\"reason_code\":\"x\",\"reason\":\"y\","
		  "\"authoriser_name\":\"z\",\"authoriser_role\":\"w\","
		  "\"on\":\"2026-01-01\"}",
	    GIVEN, "override=no", CONSENT_GIVEN },
	{ "a draft alone has no override",
	    GIVEN ",\"override\":{\"reason_code\":\"x\",\"reason\":\"y\","
		  "\"authoriser_name\":\"z\",\"authoriser_role\":\"w\","
		  "\"on\":\"2026-01-01\"}",
	    NULL, "override=no", CONSENT_GIVEN },
	{ "the ids: the register's record, the case's subject", GIVEN, GIVEN,
	    "record=2\nsubject=draft", CONSENT_GIVEN },
};

static bool
read_one(const char *rest, const char *id, const char *subject, struct arena *a,
    struct consent *out)
{
	char text[2048];
	struct json *j = NULL;
	struct fault why;

	if (rest == NULL)
		return false;
	(void)snprintf(text, sizeof(text),
	    "{\"satchel\":\"consent/1\",\"record_id\":\"" ID(
		"%s") "\",\"subject_ref\":\"%s\",%s}",
	    id, subject, rest);
	if (json_read(text, strlen(text), &json_record, &j, &why) == -1 ||
	    consent_read(json_root(j), a, out, FAULT_CONSENT_FORM, &why) == -1)
		fail_msg("%s: %s", text, why.detail);
	json_free(j);
	return true;
}

static void
show_items(const struct texts *t, char *out, size_t room)
{
	out[0] = '\0';
	assert_true(t->present);
	for (size_t i = 0; i < t->count; i++)
		(void)snprintf(out + strlen(out), room - strlen(out), "%s%s",
		    i > 0 ? "," : "", t->items[i]);
}

static void
show(const struct consent *c, const char *name, char *out, size_t room)
{
	char date[DAY_TEXT];
	const char *text = NULL;

	out[0] = '\0';
	if (strcmp(name, "services") == 0)
		show_items(&c->services, out, room);
	else if (strcmp(name, "recipients") == 0)
		show_items(&c->recipients, out, room);
	else if (strcmp(name, "info_categories") == 0)
		show_items(&c->info_categories, out, room);
	else if (strcmp(name, "removed") == 0)
		show_items(&c->withheld_removed, out, room);
	else if (strcmp(name, "reviewed") == 0)
		text = c->withheld_reviewed_by;
	else if (strcmp(name, "withheld") == 0)
		text = c->withheld_said && c->withheld_any ? "yes" : "no";
	else if (strcmp(name, "status") == 0)
		text = c->status == CONSENT_GIVEN ? "given" : "other";
	else if (strcmp(name, "language") == 0)
		text = c->language;
	else if (strcmp(name, "method") == 0)
		text = c->method == CONSENT_THUMBPRINT ? "thumbprint" : "";
	else if (strcmp(name, "source") == 0)
		text = c->source.present ? "yes" : "no";
	else if (strcmp(name, "opt_in") == 0)
		text = c->source.unhcr_export_opt_in == ANSWER_NO ? "no" : "";
	else if (strcmp(name, "override") == 0)
		text = c->override.present ? "yes" : "no";
	else if (strcmp(name, "record") == 0)
		text = c->record_id + strlen(c->record_id) - 1;
	else if (strcmp(name, "subject") == 0)
		text = c->subject_ref;
	else {
		day_write(strcmp(name, "given_on") == 0 ? c->given_on :
							  c->expires_on,
		    date);
		text = date;
	}
	if (text != NULL)
		(void)snprintf(out, room, "%s", text);
}

/* "name=value" a line. */
static void
expect(const struct consent *c, const char *wanted)
{
	char want[256], got[256], *value, *save = NULL;

	(void)snprintf(want, sizeof(want), "%s", wanted);
	for (char *name = strtok_r(want, "\n", &save); name != NULL;
	     name = strtok_r(NULL, "\n", &save)) {
		value = strchr(name, '=');
		*value++ = '\0';
		show(c, name, got, sizeof(got));
		if (strcmp(got, value) != 0)
			fail_msg("%s is \"%s\", not \"%s\"", name, got, value);
	}
}

static void
merge_holds(void **state)
{
	const struct merge *m = *state;
	struct consent draft, recorded, out;
	bool has_draft, has_record;
	struct fault why;
	struct arena *a;

	assert_non_null(a = arena_new(ARENA, &why));
	has_draft = read_one(m->draft, "1", "draft", a, &draft);
	has_record = read_one(m->recorded, "2", "record", a, &recorded);
	assert_int_equal(consents_merge(has_draft ? &draft : NULL,
			     has_record ? &recorded : NULL, a, &out, &why),
	    0);
	assert_int_equal(out.status, m->status);
	expect(&out, m->want);
	arena_free(a);
}

/* What was given for this one referral, beside a record of its child. */
static const struct beside {
	const char *name;
	const char *registered;
	const char *attested; /* NULL: none */
	const char *want;
	bool differ;
} besides[] = {
	{ "without one of the ref the child's stays as it is",
	    GIVEN ",\"services\":[\"a\"]", NULL,
	    "status=given\nservices=a\nrecord=1", false },
	{ "a newer record narrows the information",
	    GIVEN ",\"given_on\":\"2026-11-10\",\"info_categories\":"
		  "[\"identity\"]",
	    ATTESTED, "status=given\ninfo_categories=identity\nrecord=1",
	    false },
	{ "an older record narrows it, too",
	    GIVEN ",\"given_on\":\"2026-01-10\",\"info_categories\":"
		  "[\"identity\"]",
	    ATTESTED,
	    "status=given\ninfo_categories=identity\nrecord=2\n"
	    "given_on=2026-10-01",
	    false },
	{ "another service and another agency leave none",
	    GIVEN ",\"services\":[\"z\"],\"recipients\":[\"IRC\"]", ATTESTED,
	    "services=\nrecipients=", false },
	{ "what the child keeps private stays private",
	    GIVEN ",\"withheld\":{\"any\":true}", ATTESTED, "withheld=yes",
	    false },
	{ "an unknown one of the child is not made good by it",
	    "\"status\":\"unknown\"", ATTESTED, "status=other", false },
	{ "nor one that has run out", "\"status\":\"expired\"", ATTESTED,
	    "status=other", false },
	{ "nor one that was never asked", "\"status\":\"not_asked\"", ATTESTED,
	    "status=other", false },
	{ "the number is the referral's, as its system spells it", GIVEN,
	    ATTESTED, "subject=case-a", false },
};

static void
beside_holds(void **state)
{
	static const char *const subjects[] = { "case-a" };
	const struct beside *row = *state;
	const struct consents_query query = { subjects, 1, "progres:X1", NULL };
	const struct kept given = {
		.given = { { AGREED_OF_REF, "progres:X1", "2", row->attested } }
	};
	char path[] = "/tmp/consents-XXXXXX", line[1024];
	struct consent found;
	struct consents *c;
	struct a_store t;
	bool differ;

	a_store_start(&t);
	if (row->attested != NULL)
		keep(&t, &given);
	(void)snprintf(line, sizeof(line), LINE("1", "CASE-A ", "%s"),
	    row->registered);
	write_file(path, line);
	assert_non_null(c = consents_open(path, t.s, &t.why));
	assert_int_equal(consents_find(c, &query, t.arena, &found, &differ,
			     &t.why),
	    1);
	assert_int_equal(differ, row->differ);
	expect(&found, row->want);
	consents_close(c);
	(void)unlink(path);
	a_store_end(&t);
}

/* A number that several cases of the file bear. */
static const struct shared {
	const char *name;
	const char *file;
	const char *id; /* NULL: none is found */
	bool differ;
} shareds[] = {
	{ "a yes by a number of several cases is held",
	    LINE("1", "803-1", GIVEN), "1", true },
	{ "a no by a number of several cases counts",
	    LINE("1", "803-1", "\"status\":\"refused\""), "1", false },
	{ "so does one that was taken back",
	    LINE("1", "803-1", GIVEN "," TAKEN_BACK("2026-09-01")), "1",
	    false },
	{ "a no by such a number counts over the case's own yes",
	    LINE("1", "case-a", GIVEN)
		LINE("2", "803-1", "\"status\":\"refused\""),
	    "2", false },
	{ "a case's own no counts over a yes by such a number",
	    LINE("1", "case-a", "\"status\":\"refused\"")
		LINE("2", "803-1", GIVEN ",\"given_on\":\"2026-09-01\""),
	    "1", false },
	{ "a yes by the case's own number stands, though such a one is newer",
	    LINE("1", "case-a", GIVEN)
		LINE("2", "803-1", GIVEN ",\"given_on\":\"2026-09-01\""),
	    "1", false },
	{ "a yes by such a number that says something else is held",
	    LINE("1", "case-a", GIVEN)
		LINE("2", "803-1", GIVEN ",\"services\":[\"x\"]"),
	    "1", true },
	{ "what is not known by such a number is held",
	    LINE("1", "803-1", "\"status\":\"unknown\""), "1", true },
	{ "a number that is the case's own, too, is shared all the same",
	    LINE("1", "case-b", GIVEN), "1", true },
};

static void
shared_holds(void **state)
{
	static const char *const subjects[] = { "case-a", "803-1", NULL,
		"case-b", "Case-B " };
	static const bool shared[] = { false, true, false, false, true };
	const struct shared *row = *state;
	const struct consents_query query = { subjects, 5, NULL, shared };
	char path[] = "/tmp/consents-XXXXXX";
	struct consent found;
	struct consents *c;
	struct arena *a;
	struct fault why;
	bool differ;

	write_file(path, row->file);
	assert_non_null(c = consents_open(path, NULL, &why));
	assert_non_null(a = arena_new(ARENA, &why));
	assert_int_equal(consents_find(c, &query, a, &found, &differ, &why), 1);
	assert_string_equal(found.record_id + strlen(found.record_id) - 1,
	    row->id);
	assert_int_equal(differ, row->differ);
	arena_free(a);
	consents_close(c);
	(void)unlink(path);
}

int
main(void)
{
	static const struct {
		const char *name;
		void (*run)(void **state);
	} others[] = {
		{ "each of many subjects is found", many_hold },
		{ "a register that is not there faults without its folders",
		    missing_faults },
	};
	int failed = 0;

	failed += ROWS_RUN("consents", rows, row_holds);
	failed += ROWS_RUN("consents changed", changes, change_is_seen);
	failed += ROWS_RUN("consents kept", kepts, kept_holds);
	failed += ROWS_RUN("consents damaged", damages, a_store_case_holds);
	failed += ROWS_RUN("consents merged", merges, merge_holds);
	failed += ROWS_RUN("consents beside", besides, beside_holds);
	failed += ROWS_RUN("consents shared", shareds, shared_holds);
	failed += rows_run("consents, others", others, sizeof(others[0]), 1,
	    others[0].run);
	failed += rows_run("consents, missing", others + 1, sizeof(others[0]),
	    1, others[1].run);
	return failed;
}
