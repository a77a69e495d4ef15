#include "formats/consent_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/source.h"
#include "formats/consent.h"
#include "formats/json.h"
#include "tests/unit/rows.h"

#define ROOM ((size_t)4 * 1024 * 1024)
#define TEXT(t) (t), sizeof(t) - 1
#define MARK "\xef\xbb\xbf"
#define TWO "case_id,status\n"

struct reading {
	struct fault why;
	struct arena *arena;
	struct source *from;
	struct consent_csv *csv;
	struct consent record;
	uint64_t offset;
	uint64_t line;
};

static void
begin(struct reading *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->arena = arena_new(ROOM, &r->why);
	r->from = source_from_bytes(text, len, &r->why);
	assert_non_null(r->arena);
	assert_non_null(r->from);
	r->csv = consent_csv_new(r->from, &r->why);
}

static void
end(struct reading *r)
{
	consent_csv_free(r->csv);
	source_free(r->from);
	arena_free(r->arena);
}

static int
next(struct reading *r)
{
	return consent_csv_next(r->csv, r->arena, &r->record, &r->offset,
	    &r->line, &r->why);
}

/* --- what a record says --- */

/* The record as JSON, without what is always there. */
static void
write_record(const struct consent *c, struct bytes *out)
{
	struct consent bare = *c;
	struct fault why;
	struct sink *to = bytes_sink_new(out, &why);
	struct jsonout o;

	bare.record_id = NULL;
	assert_non_null(to);
	jsonout_start(&o, to);
	consent_write(&o, NULL, &bare);
	assert_int_equal(jsonout_end(&o, &why), 0);
	assert_int_equal(sink_finish(to, &why), 0);
	sink_free(to);
}

static const struct says {
	const char *name;
	const char *text;
	const char *json; /* behind "satchel"; of the first record */
} says[] = {
	{ "every column has its member",
	    "case_id,status,kind,basis,given_by,relation,given_on,expires_on,"
	    "method,taken_by_role,language,notice_version,purpose,recipients,"
	    "services,info_categories\n"
	    "case-1,given,both,consent,child;caregiver,;aunt,2026-08-17,"
	    "2027-08-17,thumbprint,case worker,nuer,2026-1,cp,UNHCR,"
	    "medical;alternative_care,identity;contact\n",
	    "\"subject_ref\":\"case-1\",\"status\":\"given\","
	    "\"kind\":\"both\",\"basis\":\"consent\",\"given_by\":["
	    "{\"role\":\"child\"},{\"role\":\"caregiver\","
	    "\"relation\":\"aunt\"}],\"taken_by\":{\"role\":\"case worker\"},"
	    "\"method\":\"thumbprint\",\"language\":\"nuer\","
	    "\"notice_version\":\"2026-1\",\"purpose\":\"cp\","
	    "\"recipients\":[\"UNHCR\"],"
	    "\"services\":[\"medical\",\"alternative_care\"],"
	    "\"info_categories\":[\"identity\",\"contact\"],"
	    "\"given_on\":\"2026-08-17\",\"expires_on\":\"2027-08-17\"" },
	{ "columns in any order", "status,language,case_id\nrefused,nuer,a\n",
	    "\"subject_ref\":\"a\",\"status\":\"refused\","
	    "\"language\":\"nuer\"" },
	{ "letter case and spaces of names do not count",
	    " Case ID ;STATUS;Given By\na;given;child\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\","
	    "\"given_by\":[{\"role\":\"child\"}]" },
	{ "empty cells are absent", "case_id,status,kind,services\na,given,,\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "a row may end early", "case_id,status,kind\na,given\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "the letter case of a status does not count", TWO "a,Not_Asked\n",
	    "\"subject_ref\":\"a\",\"status\":\"not_asked\"" },
	{ "a byte order mark", MARK TWO "a,given\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "a byte order mark before a quoted name",
	    MARK "\"case_id\",\"status\"\n\"a\",\"given\"\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "semicolons, and lists in quotes",
	    "case_id;status;services\na;given;\"x;y\"\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\","
	    "\"services\":[\"x\",\"y\"]" },
	{ "tabs, and an empty cell between them",
	    "case_id\tkind\tstatus\na\t\tgiven\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "an empty first cell between tabs",
	    "language\tcase_id\tstatus\n\ta\tgiven\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "bars", "case_id|status\na|given\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "sep= is no row", "sep=;\r\ncase_id;status\r\na;given\r\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "a byte order mark and sep=",
	    MARK "SEP=\t\r\ncase_id\tstatus\r\na\tgiven\r\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "sep= saved as a table again",
	    "\"sep=;\";;\ncase_id;status;\na;given;\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "rows of nothing above the names",
	    "\n;;\n"
	    "case_id;status\na;given",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "columns of nothing", "case_id,status,,,\na,given,,,\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "a column of nothing in between", ",case_id,,status\n,a,,given\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "more empty cells than columns", TWO "a,given,,,,\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "=\"0012\" is 0012", TWO "=\"0012\",given\n",
	    "\"subject_ref\":\"0012\",\"status\":\"given\"" },
	{ "=\"0012\" in quotes is 0012", TWO "\"=\"\"0012\"\"\",given\n",
	    "\"subject_ref\":\"0012\",\"status\":\"given\"" },
	{ "=\"0012\" behind a delimiter, and one inside it",
	    "status,case_id\ngiven,=\"0,12\"\n",
	    "\"subject_ref\":\"0,12\",\"status\":\"given\"" },
	{ "an apostrophe before a digit is taken off", TWO "'0012,given\n",
	    "\"subject_ref\":\"0012\",\"status\":\"given\"" },
	{ "an apostrophe before a sign is taken off", TWO "'-12,given\n",
	    "\"subject_ref\":\"-12\",\"status\":\"given\"" },
	{ "an apostrophe before a date is taken off",
	    "case_id,status,given_on\na,given,'2026-01-31\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\","
	    "\"given_on\":\"2026-01-31\"" },
	{ "an apostrophe before a letter stays",
	    "case_id,status,given_by,relation\na,given,other,'uncle'\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\",\"given_by\":"
	    "[{\"role\":\"other\",\"relation\":\"'uncle'\"}]" },
	{ "a sign at the start is plain text",
	    "case_id,status,given_by,relation\na,given,other,=aunt\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\",\"given_by\":"
	    "[{\"role\":\"other\",\"relation\":\"=aunt\"}]" },
	{ "a = alone is a text", "case_id,status,language\na,given,=",
	    "\"subject_ref\":\"a\",\"status\":\"given\",\"language\":\"=\"" },
	{ "no-break spaces around a cell",
	    TWO "\xc2\xa0"
		"a\xc2\xa0,given\xc2\xa0\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "a line break at the end of a quoted cell", TWO "\"a\n\",given\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\"" },
	{ "what is not NFC becomes it",
	    "case_id,status,language\na,given,e\xcc\x81\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\","
	    "\"language\":\"\xc3\xa9\"" },
	{ "spaces and empty items of a list",
	    "case_id,status,services\na,given, x ; ;y;\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\","
	    "\"services\":[\"x\",\"y\"]" },
	{ "fewer relations than givers",
	    "case_id,status,given_by,relation\na,given,caregiver;child,aunt\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\",\"given_by\":"
	    "[{\"role\":\"caregiver\",\"relation\":\"aunt\"},"
	    "{\"role\":\"child\"}]" },
	{ "empty relations behind the last giver",
	    "case_id,status,given_by,relation\na,given,child,;;\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\",\"given_by\":"
	    "[{\"role\":\"child\"}]" },
	{ "a ; behind the last giver",
	    "case_id,status,given_by,relation\na,given,child;guardian;,;uncle\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\",\"given_by\":"
	    "[{\"role\":\"child\"},{\"role\":\"guardian\","
	    "\"relation\":\"uncle\"}]" },
	{ "a quotation mark within quotes",
	    "case_id,status,language\na,given,\"so \"\"called\"\"\"\n",
	    "\"subject_ref\":\"a\",\"status\":\"given\","
	    "\"language\":\"so \\\"called\\\"\"" },
	{ "a number of a case with E and a minus", TWO "12E-3,given\n",
	    "\"subject_ref\":\"12E-3\",\"status\":\"given\"" },
	{ "a number of a case with # in it", TWO "#12,given\n",
	    "\"subject_ref\":\"#12\",\"status\":\"given\"" },
};

static void
says_holds(void **state)
{
	const struct says *s = *state;
	const size_t before = sizeof("{\"satchel\":\"consent/1\",") - 1;
	struct reading r;
	struct bytes text;

	begin(&r, s->text, strlen(s->text));
	if (r.csv == NULL)
		fail_msg("%s", r.why.detail);
	assert_true(consent_csv_looks_like(s->text, strlen(s->text)));
	if (next(&r) != 1)
		fail_msg("%s", r.why.detail);
	assert_int_equal(strlen(r.record.record_id), 36);
	bytes_init(&text, ROOM);
	write_record(&r.record, &text);
	assert_true(text.len > before);
	text.at[text.len - 1] = '\0';
	assert_string_equal((const char *)text.at + before, s->json);
	bytes_free(&text);
	assert_int_equal(next(&r), 0);
	assert_int_equal(next(&r), 0);
	end(&r);
}

/* --- what a row is refused for --- */

#define DATED "case_id,status,given_on\n"

static const struct refused {
	const char *name;
	const char *text;
	size_t len;
	const char *detail;
	bool goes_on; /* the row behind it is read */
} refused[] = {
	{ "no case_id", TEXT(TWO ",given\nb,given\n"),
	    "line 2, column 1 (case_id): nothing stands there", true },
	{ "no status", TEXT(TWO "a,\nb,given\n"),
	    "line 2, column 2 (status): nothing stands there", true },
	{ "a row that ends before the status", TEXT(TWO "a\nb,given\n"),
	    "line 2, column 2 (status)", true },
	{ "a status that is none", TEXT(TWO "a,yes\nb,given\n"),
	    "line 2, column 2 (status): not one of the words", true },
	{ "a long status",
	    TEXT(TWO "a,givengivengivengivengivengivengiven\n"
		     "b,given\n"),
	    "not one of the words", true },
	{ "a kind in another letter case",
	    TEXT("case_id,status,kind\na,given,Both\nb,given,both\n"),
	    "line 2, column 3 (kind): not one of the words", true },
	{ "a method that is none",
	    TEXT("case_id,status,method\na,given,oral\nb,given,\n"),
	    "line 2, column 3 (method): not one of the words", true },
	{ "an attestation",
	    TEXT("case_id,status,method\na,given,attested_in_source\n"
		 "b,given,written\n"),
	    "column 3 (method): a table cannot say who attested", true },
	{ "a giver that is none",
	    TEXT("case_id,status,given_by\na,given,aunt\nb,given,child\n"),
	    "line 2, column 3 (given_by): not one of the words", true },
	{ "a category that is none",
	    TEXT("case_id,status,info_categories\na,given,identity;all\n"
		 "b,given,needs\n"),
	    "column 3 (info_categories): not one of the words", true },
	{ "lists divided by another mark",
	    TEXT("case_id,status,info_categories\na,given,identity|needs\n"
		 "b,given,needs\n"),
	    "column 3 (info_categories): not one of the words", true },
	{ "the same service twice",
	    TEXT("case_id,status,services\na,given,x;y;x\nb,given,x\n"),
	    "line 2, column 3 (services): the same stands there twice", true },
	{ "more relations than givers",
	    TEXT("case_id,status,given_by,relation\na,given,child,x;y\n"
		 "b,given,,\n"),
	    "line 2, column 4 (relation): there is no giver", true },
	{ "a relation without a giver",
	    TEXT("case_id,status,given_by,relation\na,given,,aunt\n"
		 "b,given,,\n"),
	    "line 2, column 4 (relation): there is no giver", true },
	{ "a relation where the giver is empty",
	    TEXT("case_id,status,given_by,relation\n"
		 "a,given,child;;other,;aunt\nb,given,,\n"),
	    "line 2, column 4 (relation): there is no giver", true },
	{ "a date with the day first",
	    TEXT(DATED "a,given,31/01/2026\nb,given"),
	    "line 2, column 3 (given_on): the date is not YYYY-MM-DD: format "
	    "the column as text",
	    true },
	{ "a date with a time",
	    TEXT(DATED "a,given,2026-01-31 00:00:00\nb,given"),
	    "the date is not YYYY-MM-DD", true },
	{ "a date that became a number", TEXT(DATED "a,given,46053\nb,given"),
	    "the date is not YYYY-MM-DD", true },
	{ "a date with a two-digit year",
	    TEXT(DATED "a,given,26-01-31\nb,given"),
	    "the date is not YYYY-MM-DD", true },
	{ "a date that does not exist",
	    TEXT(DATED "a,given,2026-02-30\nb,given"), "there is no such day",
	    true },
	{ "a column too narrow for its date",
	    TEXT(DATED "a,given,########\nb,given"),
	    "column 3 (given_on): the spreadsheet shows an error", true },
	{ "an error in place of a text",
	    TEXT("case_id,status,language\na,given,#NAME?\nb,given\n"),
	    "line 2, column 3 (language): the spreadsheet shows an error",
	    true },
	{ "an error in place of a number", TEXT(TWO "#N/A,given\nb,given\n"),
	    "column 1 (case_id): the spreadsheet shows an error", true },
	{ "a shortened number", TEXT(TWO "1.2E+11,given\nb,given\n"),
	    "line 2, column 1 (case_id): a spreadsheet has shortened the "
	    "number",
	    true },
	{ "a shortened number with a comma",
	    TEXT("case_id;status\n1,23457E+11;given\nb;given\n"),
	    "a spreadsheet has shortened the number", true },
	{ "a shortened number without fraction",
	    TEXT(TWO "1e+05,given\nb,given"),
	    "a spreadsheet has shortened the number", true },
	{ "a number that cannot be seen to be another",
	    TEXT(TWO "12\xe2\x80\x8e"
		     "34,given\nb,given"),
	    "column 1 (case_id): a character that cannot be seen", true },
	{ "a line break in a cell", TEXT(TWO "\"a\nb\",given\nb,given\n"),
	    "line 2, column 1 (case_id): a line break", true },
	{ "a control character",
	    TEXT("case_id,status,language\na,given,x\033y\nb,given\n"),
	    "line 2, column 3 (language): a line break or another control",
	    true },
	{ "a NUL", TEXT(TWO "a\0b,given\nb,given\n"),
	    "not in UTF-8: save it as \"CSV UTF-8\"", false },
	{ "Latin-1",
	    TEXT("case_id,status,language\na,given,fran\xe7"
		 "ais\nb,given\n"),
	    "line 2, column 3 (language): the file is not in UTF-8: save it "
	    "as \"CSV UTF-8\"",
	    true },
	{ "a cell beyond the columns", TEXT(TWO "a,given,more\nb,given\n"),
	    "line 2, column 3: something stands there", true },
	{ "a cell in a column without name",
	    TEXT("case_id,,status\na,more,given\nb,,given\n"),
	    "line 2, column 2: something stands there", true },
	{ "too many cells",
	    TEXT(TWO "a,given,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
		     ",,,,,,,,,,,,,,,,,,,x\nb,given\n"),
	    "line 2: more than 64 cells", true },
	{ "a quotation mark inside a cell", TEXT(TWO "a\"b,given\nb,given\n"),
	    "line 2: a quotation mark stands where none can; nothing after it "
	    "was read",
	    false },
	{ "text behind a quoted cell", TEXT(TWO "\"a\"b,given\nb,given\n"),
	    "line 2: a quotation mark stands where none can", false },
	{ "quotes that are never closed", TEXT(TWO "\"a,given\nb,given\n"),
	    "line 2: a quotation mark is opened and never closed; nothing "
	    "after it was read",
	    false },
	{ "quotes behind = that are never closed",
	    TEXT(TWO "=\"a,given\nb,given\n"),
	    "line 2: a quotation mark is opened and never closed", false },
};

static void
refused_holds(void **state)
{
	const struct refused *c = *state;
	struct reading r;

	begin(&r, c->text, c->len);
	if (r.csv != NULL) {
		assert_int_equal(next(&r), -1);
		assert_int_equal(r.line, 2);
	}
	assert_int_equal(r.why.id, FAULT_CONSENT_FORM);
	if (strstr(r.why.detail, c->detail) == NULL)
		fail_msg("%s", r.why.detail);
	if (r.csv != NULL && c->goes_on) {
		if (next(&r) != 1)
			fail_msg("%s", r.why.detail);
		assert_string_equal(r.record.subject_ref, "b");
	}
	if (r.csv != NULL)
		assert_int_equal(next(&r), 0);
	end(&r);
}

/* --- what is no table of consents --- */

static const struct heading {
	const char *name;
	const char *text;
	size_t len;
	const char *detail;
	bool looks_like;
} headings[] = {
	{ "nothing at all", TEXT(""), "no column is called case_id", false },
	{ "only a byte order mark", TEXT(MARK), "case_id", false },
	{ "only sep=", TEXT("sep=;\n"), "case_id", false },
	{ "other columns", TEXT("id,name\n1,x\n"),
	    "line 1: no column is called case_id", false },
	{ "a record in JSON", TEXT("{\"satchel\":\"consent/1\"}\n"), "case_id",
	    false },
	{ "case_id elsewhere than in the first row", TEXT("id,x\ncase_id,y\n"),
	    "case_id", false },
	{ "a longer name", TEXT("case_id_display,status\n"), "case_id", false },
	{ "sep= and another delimiter", TEXT("sep=,\ncase_id;status\n"),
	    "case_id", false },
	{ "no status", TEXT("case_id,kind\na,both\n"),
	    "line 1: no column is called status", true },
	{ "no status, behind sep=", TEXT("sep=,\ncase_id,kind\na,both\n"),
	    "line 2: no column is called status", true },
	{ "an unknown column", TEXT("case_id,status,remarks\na,given,none\n"),
	    "line 1, column 3 (remarks): no column is called so", true },
	{ "an unknown column with a name not to be repeated",
	    TEXT("case_id,status,\xd8\xa7\xd8\xb3\xd9\x85\na,given,x\n"),
	    "line 1, column 3: no column is called so", true },
	{ "an unknown column with a long name",
	    TEXT("case_id,status,this name is much too long to be shown\n"),
	    "line 1, column 3: no column is called so", true },
	{ "a column twice", TEXT("case_id,status,Case ID\na,given,b\n"),
	    "line 1, column 3 (case_id): there are two columns", true },
	{ "too many columns",
	    TEXT("case_id,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,status\n"),
	    "line 1: more than 32 columns", true },
	{ "a name in quotes that are never closed",
	    TEXT("case_id,\"status\na,given\n"), "never closed", true },
	{ "UTF-16 with a mark",
	    TEXT("\xff\xfe"
		 "c\0a\0s\0e\0_\0i\0d\0"),
	    "line 1: the file is not in UTF-8: save it as \"CSV UTF-8\"",
	    false },
	{ "UTF-16 without one", TEXT("\0c\0a\0s\0e\0_\0i\0d\0,"),
	    "save it as \"CSV UTF-8\"", false },
	{ "a workbook", TEXT("PK\3\4\24\0\6\0"), "this is a workbook", false },
	{ "an old workbook", TEXT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
	    "this is a workbook", false },
};

static void
heading_holds(void **state)
{
	const struct heading *h = *state;
	struct reading r;

	assert_int_equal(consent_csv_looks_like(h->text, h->len),
	    h->looks_like);
	begin(&r, h->text, h->len);
	assert_null(r.csv);
	assert_int_equal(r.why.id, FAULT_CONSENT_FORM);
	if (strstr(r.why.detail, h->detail) == NULL)
		fail_msg("%s", r.why.detail);
	end(&r);
}

/* --- where rows stand --- */

static const struct place {
	const char *name;
	const char *text;
	const char *rows; /* line@offset=subject| */
} places[] = {
	{ "no row at all", TWO, "" },
	{ "two rows", TWO "a,given\nb,given\n", "2@15=a|3@23=b|" },
	{ "no last line break", TWO "a,given\nb,given", "2@15=a|3@23=b|" },
	{ "CRLF", "case_id,status\r\na,given\r\nb,given\r\n",
	    "2@16=a|3@25=b|" },
	{ "CR alone", "case_id,status\ra,given\rb,given\r", "2@15=a|3@23=b|" },
	{ "a byte order mark", MARK TWO "a,given\nb,given\n",
	    "2@18=a|3@26=b|" },
	{ "sep=", "sep=,\n" TWO "a,given\n", "3@21=a|" },
	{ "empty lines and rows of nothing are passed over, and counted",
	    TWO "\na,given\n , \n\r\n   \nb,given\n\n", "3@16=a|7@34=b|" },
	{ "rows of empty quotes are passed over", TWO "\"\",\"\"\na,given\n",
	    "3@21=a|" },
	{ "spaces belong to their row", TWO "  a,given\n", "2@15=a|" },
	{ "line breaks in cells count as lines",
	    TWO "\"\r\n\na\",given\nb,given\n", "2@15=a|5@28=b|" },
	{ "= at the start of a row", TWO "=\"a\",given\n=\"b\",given\n",
	    "2@15=a|3@26=b|" },
	{ "tabs at the start of a row",
	    "kind\tcase_id\tstatus\n\ta\tgiven\n\t\t\n\tb\tgiven\n",
	    "2@20=a|4@32=b|" },
};

static void
place_holds(void **state)
{
	const struct place *p = *state;
	char rows[256] = "";
	struct reading r;
	struct source *again;
	uint64_t offset[4] = { 0 }, line[4] = { 0 };
	char ids[4][40];
	size_t count = 0;
	int got;

	begin(&r, p->text, strlen(p->text));
	assert_non_null(r.csv);
	while ((got = next(&r)) == 1) {
		(void)snprintf(rows + strlen(rows), sizeof(rows) - strlen(rows),
		    "%" PRIu64 "@%" PRIu64 "=%s|", r.line, r.offset,
		    r.record.subject_ref);
		assert_true(count < 4);
		offset[count] = r.offset;
		line[count] = r.line;
		(void)snprintf(ids[count++], sizeof(ids[0]), "%s",
		    r.record.record_id);
	}
	assert_int_equal(got, 0);
	assert_string_equal(rows, p->rows);
	/* Each once more from its place, the last first. */
	while (count-- > 0) {
		again = source_from_bytes(p->text + offset[count],
		    strlen(p->text) - (size_t)offset[count], &r.why);
		assert_non_null(again);
		consent_csv_resume(r.csv, again, offset[count], line[count]);
		assert_int_equal(next(&r), 1);
		assert_int_equal(r.offset, offset[count]);
		assert_int_equal(r.line, line[count]);
		assert_string_equal(r.record.record_id, ids[count]);
		source_free(again);
	}
	end(&r);
}

/* --- ids --- */

static const struct twins {
	const char *name;
	const char *one;
	const char *two;
	bool same;
} twins[] = {
	{ "the same row has the same id", TWO "a,given\n", TWO "a,given\n",
	    true },
	{ "its place, columns and letters do not matter", TWO "a,given\n",
	    "Status;Kind;Case_ID\n\nGIVEN;;a\n", true },
	{ "spaces in lists do not matter",
	    "case_id,status,services\na,given,x;y\n",
	    "case_id,status,services\na,given, x; y;\n", true },
	{ "another case has another", TWO "a,given\n", TWO "b,given\n", false },
	{ "another answer has another", TWO "a,given\n", TWO "a,refused\n",
	    false },
};

static void
twins_hold(void **state)
{
	const struct twins *t = *state;
	struct reading one, two;

	begin(&one, t->one, strlen(t->one));
	begin(&two, t->two, strlen(t->two));
	assert_int_equal(next(&one), 1);
	assert_int_equal(next(&two), 1);
	assert_int_equal(strcmp(one.record.record_id, two.record.record_id) ==
		0,
	    t->same);
	end(&one);
	end(&two);
}

/* --- limits --- */

static const struct limit {
	const char *name;
	size_t fill; /* bytes of x in the language of the first row */
	const char *quote;
	bool good;
	bool goes_on;
} limits[] = {
	/* "a,given," and the line break go with it. */
	{ "a row of just the limit", 65536 - 9, "", true, true },
	{ "a row one too long", 65536 - 8, "", false, false },
	{ "a quoted row of just the limit", 65536 - 11, "\"", true, true },
	{ "a quoted row one too long", 65536 - 10, "\"", false, false },
	{ "a row much too long", 1000000, "", false, false },
	{ "a row across the edge of the buffer", 8192, "", true, true },
};

static void
limit_holds(void **state)
{
	const struct limit *l = *state;
	struct bytes text;
	struct reading r;
	struct fault why;
	char *fill = malloc(l->fill + 1);

	assert_non_null(fill);
	memset(fill, 'x', l->fill);
	fill[l->fill] = '\0';
	bytes_init(&text, ROOM);
	assert_int_equal(bytes_add_text(&text,
			     "case_id,status,language\na,given,", &why),
	    0);
	assert_int_equal(bytes_add_text(&text, l->quote, &why), 0);
	assert_int_equal(bytes_add_text(&text, fill, &why), 0);
	assert_int_equal(bytes_add_text(&text, l->quote, &why), 0);
	assert_int_equal(bytes_add_text(&text, "\nb,given\n", &why), 0);
	begin(&r, (const char *)text.at, text.len);
	assert_int_equal(next(&r), l->good ? 1 : -1);
	if (!l->good) {
		assert_int_equal(r.why.id, FAULT_CONSENT_FORM);
		assert_non_null(
		    strstr(r.why.detail, "line 2: the row is longer"));
	}
	assert_int_equal(next(&r), l->goes_on ? 1 : 0);
	end(&r);
	bytes_free(&text);
	free(fill);
}

/* A list of so many items. */
static const struct many {
	const char *name;
	int items;
	bool good;
} manies[] = {
	{ "64 items", 64, true },
	{ "65 items", 65, false },
};

static void
many_holds(void **state)
{
	const struct many *m = *state;
	char text[1024] = "case_id,status,services\na,given,";
	struct reading r;

	for (int i = 0; i < m->items; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%ss%d", i > 0 ? ";" : "", i);
	begin(&r, text, strlen(text));
	assert_int_equal(next(&r), m->good ? 1 : -1);
	if (m->good)
		assert_int_equal(r.record.services.count, m->items);
	else
		assert_non_null(strstr(r.why.detail, "more than 64 items"));
	end(&r);
}

/* After it broke off, reading can be taken up where a row begins. */
static const struct broken {
	const char *name;
	const char *text;
} brokens[] = {
	{ "after a quotation mark in a cell", TWO "a,given\nb\"x,given\n" },
	{ "after quotes that are never closed", TWO "a,given\n\"b,given\n" },
	{ "after the end", TWO "a,given\n" },
};

static void
broken_holds(void **state)
{
	const struct broken *b = *state;
	struct reading r;
	struct source *again;
	uint64_t offset;

	begin(&r, b->text, strlen(b->text));
	assert_int_equal(next(&r), 1);
	offset = r.offset;
	while (next(&r) == -1)
		continue;
	again = source_from_bytes(b->text + offset,
	    strlen(b->text) - (size_t)offset, &r.why);
	assert_non_null(again);
	consent_csv_resume(r.csv, again, offset, 2);
	assert_int_equal(next(&r), 1);
	assert_string_equal(r.record.subject_ref, "a");
	source_free(again);
	end(&r);
}

int
main(void)
{
	return ROWS_RUN("consent_csv says", says, says_holds) +
	    ROWS_RUN("consent_csv refused", refused, refused_holds) +
	    ROWS_RUN("consent_csv heading", headings, heading_holds) +
	    ROWS_RUN("consent_csv place", places, place_holds) +
	    ROWS_RUN("consent_csv id", twins, twins_hold) +
	    ROWS_RUN("consent_csv limit", limits, limit_holds) +
	    ROWS_RUN("consent_csv list", manies, many_holds) +
	    ROWS_RUN("consent_csv broken", brokens, broken_holds);
}
