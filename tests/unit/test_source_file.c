/*
 * A row is a file, how many records it gives, whether it says that there are
 * more, and how it ends.
 */
#include "formats/source_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "formats/json.h"
#include "tests/unit/rows.h"

#define RECORD "{\"progres_interventionnumber\":\"N-1\"}"
#define PING(rest) "{\"Data\":[" RECORD "],\"SPHTransactionId\":\"x\"" rest "}"
#define PAGES(summary) PING(",\"PagingSummary\":" summary)
#define MORE(value) PAGES("{\"IsMoreRecordsAvailable\":" value "}")
#define CASES "[{\"id\":\"x\",\"case_id\":\"y\",\"services_section\":[]}]"
#define PRIMERO(metadata) "{\"data\":" CASES ",\"metadata\":" metadata "}"

static const struct row {
	const char *name;
	const char *text;
	const char *long_name; /* of one more member, too long to be kept */
	size_t records;
	bool more;
	enum fault_id fault;
} rows[] = {
	{ "an answer that says nothing of pages is all", PING(""), NULL, 1,
	    false, FAULT_NONE },
	{ "PING's no is no", MORE("false"), NULL, 1, false, FAULT_NONE },
	{ "so is null", MORE("null"), NULL, 1, false, FAULT_NONE },
	{ "and the word, in whatever letters", MORE("\"False\""), NULL, 1,
	    false, FAULT_NONE },
	{ "PING's yes is more", MORE("true"), NULL, 1, true, FAULT_NONE },
	{ "so is the word", MORE("\"true\""), NULL, 1, true, FAULT_NONE },
	{ "in whatever letters", MORE("\"True\""), NULL, 1, true, FAULT_NONE },
	{ "so is what is neither", MORE("1"), NULL, 1, true, FAULT_NONE },
	{ "be it a list", MORE("[]"), NULL, 1, true, FAULT_NONE },
	{ "a summary of null is none", PAGES("null"), NULL, 1, false,
	    FAULT_NONE },
	{ "one without the member says nothing", PAGES("{\"PageNumber\":0}"),
	    NULL, 1, false, FAULT_NONE },
	{ "a summary in a string is read",
	    PAGES("\"{\\\"IsMoreRecordsAvailable\\\":true}\""), NULL, 1, true,
	    FAULT_NONE },
	{ "and its no is no",
	    PAGES("\"{\\\"IsMoreRecordsAvailable\\\":false}\""), NULL, 1, false,
	    FAULT_NONE },
	{ "so is its null", PAGES("\"null\""), NULL, 1, false, FAULT_NONE },
	{ "a string that cannot be read may say yes", PAGES("\"{more}\""), NULL,
	    1, true, FAULT_NONE },
	{ "so may a summary of another kind", PAGES("true"), NULL, 1, true,
	    FAULT_NONE },
	{ "and one too long to be kept", PING(""), "PagingSummary", 1, true,
	    FAULT_NONE },
	{ "a count that fits is fine", PING(",\"RecordCount\":1"), NULL, 1,
	    false, FAULT_NONE },
	{ "so it is as text", PING(",\"RecordCount\":\"1\""), NULL, 1, false,
	    FAULT_NONE },
	{ "one that does not fit is a fault", PING(",\"RecordCount\":3"), NULL,
	    1, false, FAULT_SOURCE_FORM },
	{ "as text too", PING(",\"RecordCount\":\"3\""), NULL, 1, false,
	    FAULT_SOURCE_FORM },
	{ "so is one that cannot be read", PING(",\"RecordCount\":\"one\""),
	    NULL, 1, false, FAULT_SOURCE_FORM },
	{ "or is too long", PING(""), "RecordCount", 1, false,
	    FAULT_SOURCE_FORM },
	{ "no count is no fault", PING(",\"RecordCount\":null"), NULL, 1, false,
	    FAULT_NONE },
	{ "an error that is null is none", PING(",\"ErrorMessage\":null"), NULL,
	    1, false, FAULT_NONE },
	{ "an error is a fault", PING(",\"ErrorMessage\":\"no\""), NULL, 1,
	    false, FAULT_SOURCE_FORM },
	{ "a very long one too", PING(""), "ErrorMessage", 1, false,
	    FAULT_SOURCE_FORM },
	{ "a page of Primero's that is all",
	    PRIMERO("{\"total\":1,\"per\":20}"), NULL, 1, false, FAULT_NONE },
	{ "one page of many is not all",
	    PRIMERO("{\"total\":300,\"per\":1,\"page\":1}"), NULL, 1, true,
	    FAULT_NONE },
	{ "with the total as text too", PRIMERO("{\"total\":\"300\"}"), NULL, 1,
	    true, FAULT_NONE },
	{ "a total that cannot be read may be more", PRIMERO("{\"total\":[]}"),
	    NULL, 1, true, FAULT_NONE },
	{ "so may metadata of another kind", PRIMERO("7"), NULL, 1, true,
	    FAULT_NONE },
	{ "metadata without a total says nothing", PRIMERO("{}"), NULL, 1,
	    false, FAULT_NONE },
	{ "metadata too long to be kept may say more", "{\"data\":" CASES "}",
	    "metadata", 1, true, FAULT_NONE },
	{ "an export of Primero has no pages", CASES, NULL, 1, false,
	    FAULT_NONE },
};

static void
write_file(const struct row *row, char *path)
{
	int fd = mkstemp(path);
	FILE *f;

	assert_true(fd != -1);
	assert_non_null(f = fdopen(fd, "w"));
	(void)fprintf(f, "%.*s",
	    (int)strlen(row->text) - (row->long_name != NULL ? 1 : 0),
	    row->text);
	if (row->long_name != NULL) {
		(void)fprintf(f, ",\"%s\":[0", row->long_name);
		for (int i = 0; i < 70000; i++)
			(void)fputs(",0", f);
		(void)fputs("]}", f);
	}
	assert_int_equal(fclose(f), 0);
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	char path[] = "/tmp/test_source_file.XXXXXX";
	const struct source_file_order order = { .format = FORMAT_NONE,
		.path = path };
	struct fault why = { .id = FAULT_NONE };
	struct source_file *f;
	struct json *record;
	size_t number, records = 0;
	int more;

	write_file(row, path);
	assert_non_null(f = source_file_open(&order, &why));
	while ((more = source_file_next(f, &record, &number, &why)) == 1) {
		json_free(record);
		records++;
	}
	assert_int_equal(more, row->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, row->fault);
	assert_int_equal(records, row->records);
	assert_int_equal(source_file_has_more(f), row->more);
	source_file_close(f);
	assert_int_equal(unlink(path), 0);
}

int
main(void)
{
	return ROWS_RUN("source_file", rows, row_holds);
}
