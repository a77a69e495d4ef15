/*
 * Answers to "what became of it": what each is read as.  In all of them the
 * record is "c1" and the transaction "t1".
 */
#include "systems/ping_status.h"

#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "systems/ping_text.h"
#include "tests/unit/rows.h"

#define LIST(entries) "{\"Data\":[" entries "],\"ErrorMessage\":null}"
#define TEXT(text) "{\"Data\":\"" text "\",\"ErrorMessage\":null}"

static const struct row {
	const char *name;
	const char *text;
	const char *says;
	const char *code;
} rows[] = {
	{ "a list with a success", LIST("{\"Status\":\"Success\"}"), "taken",
	    "" },
	{ "one object with a success",
	    "{\"Data\":{\"ExternalId\":\"c1\",\"Status\":\"Success\"}}",
	    "taken", "" },
	{ "a refusal with its code",
	    LIST("{\"ExternalId\":\"c1\",\"Status\":\"Failed\","
		 "\"ErrorCode\":\"unknown_field\",\"ErrorMessage\":\"Al's\"}"),
	    "refused", "unknown_field" },
	{ "a refusal with a number for a code",
	    LIST("{\"Status\":\"Rejected\",\"ErrorCode\":4012}"), "refused",
	    "4012" },
	{ "a code that could be a name is not shown",
	    LIST("{\"Status\":\"Failed\",\"ErrorCode\":\"Nyamal Deng\"}"),
	    "refused", "" },
	{ "no Data yet", "{\"Data\":null,\"SPHTransactionId\":\"t1\"}",
	    "pending", "" },
	{ "no Data member", "{\"SPHTransactionId\":\"t1\"}", "pending", "" },
	{ "the words for none", TEXT("No Data Available"), "pending", "" },
	{ "an empty list", LIST(""), "pending", "" },
	{ "in the queue", LIST("{\"Status\":\"In Progress\"}"), "pending", "" },
	{ "accepted is what a queue says", LIST("{\"Status\":\"Accepted\"}"),
	    "pending", "" },
	{ "a word that is in no table", LIST("{\"Status\":\"synchronised\"}"),
	    "unknown", "synchronised" },
	{ "completed may be completed with errors",
	    LIST("{\"Status\":\"Completed\"}"), "unknown", "" },
	{ "a number is no word", LIST("{\"Status\":200}"), "unknown", "200" },
	{ "no status at all", LIST("{\"ExternalId\":\"c1\"}"), "unknown", "" },
	{ "a success beside an error",
	    LIST("{\"Status\":\"Success\",\"ErrorMessage\":\"not stored\"}"),
	    "unknown", "" },
	{ "a success beside errors that are none",
	    LIST("{\"Status\":\"Success\",\"ErrorMessage\":\"\","
		 "\"ErrorCode\":0,\"HasErrors\":\"false\",\"Errors\":[]}"),
	    "taken", "" },
	{ "a success of another record",
	    LIST("{\"ExternalId\":\"c2\",\"Status\":\"Success\"}"), "unknown",
	    "" },
	{ "a success of another transaction",
	    "{\"Data\":[{\"Status\":\"Success\"}],"
	    "\"SPHTransactionId\":\"t2\"}",
	    "unknown", "" },
	{ "two entries",
	    LIST("{\"Status\":\"Success\"},"
		 "{\"Status\":\"Success\"}"),
	    "unknown", "" },
	{ "two words that differ",
	    LIST("{\"Status\":\"Success\",\"RecordStatus\":\"Failed\"}"),
	    "unknown", "" },
	{ "a failure deeper down",
	    LIST("{\"Status\":\"Success\",\"Result\":[{\"status\":"
		 "\"failed\"}]}"),
	    "unknown", "" },
	{ "the question was answered, the record was not",
	    "{\"Status\":\"Success\",\"Data\":[{\"ExternalId\":\"c1\"}]}",
	    "unknown", "" },
	{ "the answer reports an error",
	    "{\"Data\":[{\"Status\":\"Success\"}],\"ErrorMessage\":\"no\"}",
	    "unknown", "" },
	{ "an error in the place of a status",
	    "{\"Data\":null,\"ErrorMessage\":\"Timeout, try again\","
	    "\"SPHTransactionId\":null}",
	    "pending", "" },
	{ "an error beside the words for none",
	    "{\"Data\":\"No Data Available\",\"ErrorMessage\":\"busy\"}",
	    "pending", "" },
	{ "an error beside an entry without a status",
	    "{\"Data\":[{\"ExternalId\":\"c1\",\"ErrorCode\":\"e_1\"}],"
	    "\"ErrorMessage\":\"busy\"}",
	    "pending", "" },
	{ "an error beside a refusal",
	    "{\"Data\":[{\"Status\":\"Failed\"}],\"ErrorMessage\":\"no\"}",
	    "unknown", "" },
	{ "an error beside two entries",
	    "{\"Data\":[{},{\"Status\":\"Failed\"}],\"ErrorMessage\":\"no\"}",
	    "unknown", "" },
	{ "an error beside what cannot be read",
	    "{\"Data\":\"[{\\\"Status\",\"ErrorMessage\":\"no\"}", "unreadable",
	    "" },
	{ "an entry that is no object", LIST("\"Success\""), "unknown", "" },

	/* JSON in strings, escaped as it should be. */
	{ "a list in a string", TEXT("[{\\\"Status\\\":\\\"Success\\\"}]"),
	    "taken", "" },
	{ "an object in a string", TEXT("{\\\"Status\\\":\\\"Failed\\\"}"),
	    "refused", "" },
	{ "a string within the list in a string",
	    TEXT("[{\\\"Status\\\":\\\"Success\\\",\\\"Data\\\":"
		 "\\\"{\\\\\\\"ExternalId\\\\\\\":\\\\\\\"c1\\\\\\\"}\\\"}]"),
	    "taken", "" },
	{ "another record within the string within",
	    TEXT("[{\\\"Status\\\":\\\"Success\\\",\\\"Data\\\":"
		 "\\\"{\\\\\\\"ExternalId\\\\\\\":\\\\\\\"c2\\\\\\\"}\\\"}]"),
	    "unknown", "" },

	/* Half-escaped: the backslashes of one level are lost. */
	{ "bare quotes in the Data within",
	    TEXT("[{\\\"Status\\\":\\\"Success\\\",\\\"Data\\\":"
		 "\\\"{\\\"ExternalId\\\":\\\"c1\\\"}\\\"}]"),
	    "taken", "" },
	{ "the same with spaces and a member behind it",
	    TEXT("[ { \\\"Data\\\" : \\\" { \\\"ExternalId\\\" : \\\"c1\\\" } "
		 "\\\" , \\\"Status\\\" : \\\"Failed\\\" } ]"),
	    "refused", "" },
	{ "bare quotes in a list of texts",
	    TEXT("[{\\\"Data\\\":\\\"[\\\"a\\\",\\\"b\\\"]\\\","
		 "\\\"Status\\\":\\\"Success\\\"}]"),
	    "taken", "" },
	{ "bare quotes in the Data without",
	    "{\"Data\":\"[{\"Status\":\"Success\"}]\"}", "taken", "" },
	{ "bare quotes in both",
	    "{\"Data\":\"[{\"Data\":\"{\"ExternalId\":\"c1\"}\","
	    "\"Status\":\"Failed\"}]\"}",
	    "refused", "" },
	{ "bare quotes without, escaped within",
	    "{\"Data\":\"[{\"Data\":\"{\\\"ExternalId\\\":\\\"c1\\\"}\","
	    "\"Status\":\"Success\"}]\"}",
	    "taken", "" },
	{ "a failure within bare quotes",
	    TEXT("[{\\\"Status\\\":\\\"Success\\\",\\\"Data\\\":"
		 "\\\"{\\\"Status\\\":\\\"Failed\\\"}\\\"}]"),
	    "unknown", "" },

	/* Hostile, or broken. */
	{ "not JSON", "<html>Success</html>", "unreadable", "" },
	{ "nothing", "", "unreadable", "" },
	{ "a list without the answer around it", "[{\"Status\":\"Success\"}]",
	    "unreadable", "" },
	{ "cut short", "{\"Data\":[{\"Status\":\"Success\"}", "unreadable",
	    "" },
	{ "bare quotes, cut short", "{\"Data\":\"[{\"Status\":\"Success\"}",
	    "unreadable", "" },
	{ "a text that is no JSON", TEXT("Success"), "unreadable", "" },
	{ "the status given twice",
	    LIST("{\"Status\":\"Failed\",\"Status\":\"Success\"}"),
	    "unreadable", "" },
	{ "a note with quotes that brings a status along",
	    "{\"Data\":\"[{\"Note\":\"x\",\"Status\":\"Success\",\"z\":\"\","
	    "\"Status\":\"Failed\"}]\"}",
	    "unreadable", "" },
	{ "a quote left bare in a name",
	    "{\"Data\":\"[{\"Name\":\"Al \"Z\" B\",\"Status\":\"Success\"}]\"}",
	    "unreadable", "" },
	{ "a text that may begin a list or be one",
	    "{\"Data\":\"[{\"Note\":\"[\",\"a\":\"]\","
	    "\"Status\":\"Success\"}]\"}",
	    "unreadable", "" },
	{ "something behind it", "{\"Data\":\"[{\"Status\":\"Success\"}]\"} x",
	    "unreadable", "" },
	{ "a bracket too few", "{\"Data\":\"[{\"Status\":\"Success\"]\"}",
	    "unreadable", "" },
	{ "half a backslash", "{\"Data\":\"[{\\\"Status\":\"Success\\\"}]\"}",
	    "unreadable", "" },
	{ "strings within strings without end",
	    "{\"Data\":\"{\"Data\":\"{\"Data\":\"{\"Data\":\"{\"Data\":"
	    "\"{\"Data\":\"{\"Data\":\"",
	    "unreadable", "" },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct ping_status_said said;
	struct fault why = { .id = FAULT_NONE };

	assert_int_equal(ping_status_read(row->text, strlen(row->text), "c1",
			     "t1", &said, &why),
	    0);
	assert_string_equal(ping_status_name(said.status), row->says);
	assert_string_equal(said.code, row->code);
}

/* Whatever is cut off the end, a success never comes out of less than all. */
static void
cut_is_never_taken(void **state)
{
	const struct row *row = *state;
	struct ping_status_said said;
	struct fault why = { .id = FAULT_NONE };

	if (strcmp(row->says, "unreadable") == 0)
		return;
	for (size_t len = 0; len < strlen(row->text); len++) {
		assert_int_equal(ping_status_read(row->text, len, "c1", "t1",
				     &said, &why),
		    0);
		assert_int_equal(said.status, PING_STATUS_UNREADABLE);
	}
}

/* The lenient reading gives the strict one back where both are possible. */
static const struct text_row {
	const char *name;
	const char *text;
	size_t items; /* of the list; 99: unreadable */
} texts[] = {
	{ "strict JSON is read strictly", "[\"[\",\"]\"]", 2 },
	{ "an escaped string stays a string", "[\"{\\\"a\\\":1}\"]", 1 },
	{ "deeper than any answer",
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[[1]]]]]]]]",
	    99 },
	{ "a lone quote", "[\"", 99 },
	{ "a backslash at the end", "[\"[\\", 99 },
	{ "a NUL escaped", "[\"[\"\\u0000\"]\"]", 99 },
	{ "bare quotes around a word", "[\"[a]\"b\"]", 99 },
	{ "an empty list in bare quotes", "[\"[\"\"]\",1]", 2 },
};

static void
text_holds(void **state)
{
	const struct text_row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	struct json *j = NULL;
	int rc = ping_text_read(row->text, strlen(row->text), &j, &why);

	if (row->items == 99) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, FAULT_SERVER_ANSWER);
		return;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(json_count(json_root(j)), row->items);
	json_free(j);
}

int
main(void)
{
	return ROWS_RUN("ping_status", rows, row_holds) +
	    ROWS_RUN("ping_status cut", rows, cut_is_never_taken) +
	    ROWS_RUN("ping_text", texts, text_holds);
}
