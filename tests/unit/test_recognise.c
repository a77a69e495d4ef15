#include "formats/recognise.h"

#include <string.h>

#include "base/fault.h"
#include "tests/unit/rows.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *name;
	const char *head;
	size_t len;
	enum format want;
	const char *words; /* of the fault; "": SOURCE_EMPTY */
} rows[] = {
	{ "a list of cases is Primero's", BYTES("[{\"case_id\":\"x\"}]"),
	    FORMAT_PRIMERO, NULL },
	{ "a case by itself is Primero's",
	    BYTES("{\"id\":\"x\",\"age\":12,\"case_id\":\"y\"}"),
	    FORMAT_PRIMERO, NULL },
	{ "a byte order mark does not hide it",
	    BYTES("\xef\xbb\xbf [{\"case_id\":\"x\"}]"), FORMAT_PRIMERO, NULL },
	{ "an export's row is Primero's",
	    BYTES("[{\"id\":\"x\",\"data\":{\"name\":\"y\"}}]"), FORMAT_PRIMERO,
	    NULL },
	{ "an answer with a list of cases is Primero's",
	    BYTES("{\"data\":[{\"id\":1,\"services_section\":[]}]}"),
	    FORMAT_PRIMERO, NULL },
	{ "an answer with one case is Primero's",
	    BYTES("{\"data\":{\"module_id\":\"primeromodule-cp\"}}"),
	    FORMAT_PRIMERO, NULL },
	{ "a case cut off in the middle is still Primero's",
	    BYTES("[{\"id\":\"x\",\"case_id\":\"y\",\"services_sec"),
	    FORMAT_PRIMERO, NULL },
	{ "a comma too many is for the reader to refuse",
	    BYTES("[{\"case_id\":\"x\",},]"), FORMAT_PRIMERO, NULL },
	{ "the word case_id as a value is no sign",
	    BYTES("[{\"a\":\"case_id\"}]"), FORMAT_NONE, "JSON" },
	{ "an escaped quote does not end a text",
	    BYTES("[{\"a\":\"\\\",\\\"case_id\\\":\"}]"), FORMAT_NONE, "JSON" },
	{ "a name far inside is no sign", BYTES("[[[[[[{\"case_id\":1}]]]]]]"),
	    FORMAT_NONE, "JSON" },
	{ "Primero's list of referrals is Primero's",
	    BYTES(
		"{\"data\":[{\"id\":\"x\",\"type\":\"Referral\",\"status\":"
		"\"in_progress\",\"record_id\":\"y\",\"record_type\":\"case\","
		"\"transitioned_to\":\"z\"}]}"),
	    FORMAT_PRIMERO, NULL },
	{ "an answer to one referral is Primero's",
	    BYTES("{\"data\":{\"status\":\"rejected\",\"id\":\"x\","
		  "\"record_type\":\"case\",\"rejected_reason\":\"y\"}}"),
	    FORMAT_PRIMERO, NULL },
	{ "a case that holds an intervention's number is Primero's",
	    BYTES("[{\"case_id\":\"x\",\"services_section\":[{\"progres_"
		  "interventionnumber\":\"a,b,c\"}]}]"),
	    FORMAT_PRIMERO, NULL },
	{ "an export of several lists is Primero's",
	    BYTES("[{\"id\":\"x\",\"data\":{\"sex\":\"male\"}}][{\"id\":"),
	    FORMAT_PRIMERO, NULL },
	{ "PING's list of deliveries is known by its dotted names",
	    BYTES("{\"Data\":[{\"progres_individual.indiv.progres_sex\":1,"
		  "\"progres_interventionname\":\"x\"}],\"RecordCount\":1}"),
	    FORMAT_PING, NULL },
	{ "so are its full details, without anything around them",
	    BYTES("[{\"progres_interventionnumber\":\"x\",\"progres_individual"
		  ".individuals.progres_id\":\"y\",\"progres_primeroid\":1}]"),
	    FORMAT_PING, NULL },
	{ "a PING answer without data is known by its envelope",
	    BYTES("{\"Data\":\"No Data Available\",\"ErrorMessage\":null,"
		  "\"RecordCount\":0,\"SPHTransactionId\":\"x\"}"),
	    FORMAT_PING, NULL },
	{ "even if the transaction is not named",
	    BYTES("{\"Data\":\"No Data Available\",\"RecordCount\":0}"),
	    FORMAT_PING, NULL },
	{ "an empty list of PING's is PING's", BYTES("{\"Data\":[]}"),
	    FORMAT_PING, NULL },
	{ "decisions out of proGres are PING's",
	    BYTES("{\"Data\":[{\"progres_interoperabilityreferralid\":\"x\","
		  "\"progres_offlineid\":\"y\"}]}"),
	    FORMAT_PING, NULL },
	{ "a bare list of decisions is PING's",
	    BYTES("[{\"progres_offlineid\":\"y\",\"progres_"
		  "interoperabilityreferralstatus\":125080002}]"),
	    FORMAT_PING, NULL },
	{ "a decision alone, with proGres's own spelling, is PING's",
	    BYTES("{\"progres_interoperabiltyreferralrejectionreason\":1}"),
	    FORMAT_PING, NULL },
	{ "a PING body is known by its process",
	    BYTES("{\"ShippingProcessId\":\"SHP-1\",\"Data\":[]}"), FORMAT_PING,
	    NULL },
	{ "interventions are DTP's",
	    BYTES("{\"__query_params\":{},\"interventions\":[{\"individuals."
		  "progres_id\":\"x\",\"progres_lpinterventionid\":\"y\"}],"
		  "\"request_type\":\"PrimeroOutgoingReferral\"}"),
	    FORMAT_DTP, NULL },
	{ "interventions without their envelope are DTP's",
	    BYTES("[{\"individuals.progres_id\":\"x\"}]"), FORMAT_DTP, NULL },
	{ "a DTP decision is DTP's, though PING's has the same names",
	    BYTES("{\"interventions\":[{\"progres_interoperabilityreferralid\":"
		  "\"x\",\"progres_reviewdecision\":\"125080000\"}],"
		  "\"request_type\":\"PrimeroIncomingReferralDecision\"}"),
	    FORMAT_DTP, NULL },
	{ "a flat referral with a request_type is DTP's",
	    BYTES("{\"request_type\":\"ReceiveIncomingReferral\","
		  "\"name_first\":\"x\",\"id\":\"y\"}"),
	    FORMAT_DTP, NULL },
	{ "so is a list of them",
	    BYTES("[{\"request_type\":\"ReceiveIncomingReferral\","
		  "\"case_id\":\"x\"}]"),
	    FORMAT_DTP, NULL },
	{ "a request_type inside a case is no sign of DTP",
	    BYTES("[{\"case_id\":\"x\",\"y\":{\"request_type\":1}}]"),
	    FORMAT_PRIMERO, NULL },
	{ "an answer with a request_type is DTP's, though it has a case_id",
	    BYTES("{\"case_id\":\"x\",\"request_type\":\"Feedback\"}"),
	    FORMAT_DTP, NULL },
	{ "a receipt with a primero_user and no request_type is DTP's",
	    BYTES("{\"case_id\":\"x\",\"primero_user\":\"y\"}"), FORMAT_DTP,
	    NULL },
	{ "an agreement is named",
	    BYTES("{\"satchel\": \"agreement/1\",\"case_id\":1}"), FORMAT_NONE,
	    "a sharing agreement" },
	{ "a consent register is named",
	    BYTES("{\"satchel\":\"consent/1\"}\n{\"satchel\":\"consent/1\"}"),
	    FORMAT_NONE, "consent register" },
	{ "another file of our own is named",
	    BYTES("{\"satchel\":\"roster/1\"}"), FORMAT_NONE, "satchel's" },
	{ "other JSON is only JSON", BYTES("{\"a\":1}"), FORMAT_NONE, "JSON" },
	{ "no bytes are an empty file", BYTES(""), FORMAT_NONE, "" },
	{ "white space is an empty file", BYTES(" \r\n\t "), FORMAT_NONE, "" },
	{ "a byte order mark alone is an empty file", BYTES("\xef\xbb\xbf"),
	    FORMAT_NONE, "" },
	{ "an empty list holds no record", BYTES("[]\n"), FORMAT_NONE, "" },
	{ "an answer with an empty list holds no record",
	    BYTES("{\"data\":[]}"), FORMAT_NONE, "" },
	{ "a list that is cut off at once is not called empty", BYTES("["),
	    FORMAT_NONE, "JSON" },
	{ "a zip inside a zip is to be taken out",
	    BYTES("PK\3\4\24\0\0\0\10\0"), FORMAT_NONE,
	    "a zip archive inside another (unpack the outer one" },
	{ "an empty zip likewise", BYTES("PK\5\6\0\0\0\0"), FORMAT_NONE,
	    "a zip archive inside another" },
	{ "a spreadsheet is named",
	    BYTES("PK\3\4\24\0\0\0[Content_Types].xml....xl/workbook.xml"),
	    FORMAT_NONE, "a spreadsheet" },
	{ "a Word document is named",
	    BYTES("PK\3\4\24\0\0\0[Content_Types].xml..word/document.xml"),
	    FORMAT_NONE, "a Word document" },
	{ "a zip of four bytes is still a zip", BYTES("PK\3\4"), FORMAT_NONE,
	    "a zip archive" },
	{ "an OpenDocument spreadsheet is named",
	    BYTES("PK\3\4\24\0\0\0\0\0............\0\0\0\0\10\0\0\0"
		  "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
	    FORMAT_NONE, "a spreadsheet (export as JSON" },
	{ "a 7z is to be unpacked, and deleted afterwards",
	    BYTES("7z\xbc\xaf\x27\x1c\0\4"), FORMAT_NONE,
	    "a 7z archive: unpack it (7z x FILE) and delete the file "
	    "afterwards, or have Primero set to PRIMERO_ZIP_FORMAT=zip7z" },
	{ "PDF", BYTES("%PDF-1.7"), FORMAT_NONE, "a PDF" },
	{ "gzip", BYTES("\x1f\x8b\x08"), FORMAT_NONE, "a gzip file" },
	{ "PNG", BYTES("\x89PNG\r\n\x1a\n"), FORMAT_NONE, "a picture" },
	{ "JPEG", BYTES("\xff\xd8\xff\xe0"), FORMAT_NONE, "a picture" },
	{ "a satchel bundle is for import",
	    BYTES("untrusted comment: satchel bundle\nRUQ"), FORMAT_NONE,
	    "a satchel bundle: use import" },
	{ "a minisign key", BYTES("untrusted comment: minisign public key\n"),
	    FORMAT_NONE, "minisign" },
	{ "age", BYTES("age-encryption.org/v1\n-> X25519"), FORMAT_NONE,
	    "age" },
	{ "age in letters", BYTES("-----BEGIN AGE ENCRYPTED FILE-----\n"),
	    FORMAT_NONE, "age" },
	{ "UTF-16 with its mark", BYTES("\xff\xfe[\0{\0"), FORMAT_NONE,
	    "UTF-16" },
	{ "UTF-16 without a mark", BYTES("[\0{\0\"\0a\0\"\0"), FORMAT_NONE,
	    "UTF-16" },
	{ "a web page", BYTES("\n<!DOCTYPE html><html>"), FORMAT_NONE,
	    "a web page" },
	{ "XML", BYTES("<?xml version=\"1.0\"?>"), FORMAT_NONE, "XML" },
	{ "a table", BYTES("id,case_id,name\n1,2,3\n"), FORMAT_NONE,
	    "a table (CSV)" },
	{ "a table of cases is no consent register",
	    BYTES("id,case_id,status,sex\n1,2,open,male\n"), FORMAT_NONE,
	    "a table (CSV)" },
	{ "a table with columns of consent is a register",
	    BYTES("case_id,status,kind,basis,given_by,given_on\nx,given\n"),
	    FORMAT_NONE, "a consent register: give it with --consents" },
	{ "so it is with what Excel does to it",
	    BYTES("\xef\xbb\xbfsep=;\r\n\"case_id\";status ;=\"given_on\"\r\n"),
	    FORMAT_NONE, "a consent register" },
	{ "and with tabs", BYTES("case_id\tstatus\tgiven_by"), FORMAT_NONE,
	    "a consent register" },
	{ "columns in the second row do not count",
	    BYTES("a,b,c\ncase_id,given_on,status\n"), FORMAT_NONE,
	    "a table (CSV)" },
	{ "a longer column is not that column",
	    BYTES("my_case_id,status,given_on_\n"), FORMAT_NONE,
	    "a table (CSV)" },
	{ "plain text", BYTES("Dear colleague\n"), FORMAT_NONE, "plain text" },
	{ "text cut inside a character is still text", BYTES("Caf\xc3"),
	    FORMAT_NONE, "plain text" },
	{ "other bytes are of no known kind",
	    BYTES("\x7f"
		  "ELF\1\2"),
	    FORMAT_NONE, "does not know" },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	enum format got;
	int rc = recognise(row->head, row->len, &got, &why);

	assert_int_equal(got, row->want);
	if (row->want != FORMAT_NONE) {
		assert_int_equal(rc, 0);
		return;
	}
	assert_int_equal(rc, -1);
	assert_int_equal(why.id,
	    row->words[0] == '\0' ? FAULT_SOURCE_EMPTY : FAULT_SOURCE_UNKNOWN);
	if (strstr(why.detail, row->words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", why.detail, row->words);
}

/* What stands before the path. */
static const struct prefix {
	const char *name;
	const char *operand;
	enum format want;
	const char *path;
} prefixes[] = {
	{ "a plain path has no format", "cases.json", FORMAT_NONE,
	    "cases.json" },
	{ "a format before the path", "primero:cases.json", FORMAT_PRIMERO,
	    "cases.json" },
	{ "each format has its word", "progres-ping:a", FORMAT_PING, "a" },
	{ "the path may have a colon", "progres-dtp:C:\\a", FORMAT_DTP,
	    "C:\\a" },
	{ "what is no format's name belongs to the path", "C:\\cases.json",
	    FORMAT_NONE, "C:\\cases.json" },
	{ "a longer word is not the format", "primerox:a", FORMAT_NONE,
	    "primerox:a" },
	{ "a format without a path leaves none", "sheet:", FORMAT_SHEET, "" },
};

static void
prefix_holds(void **state)
{
	const struct prefix *p = *state;
	const char *path;

	assert_int_equal(recognise_prefix(p->operand, &path), p->want);
	assert_string_equal(path, p->path);
}

int
main(void)
{
	int failed = 0;

	failed += ROWS_RUN("recognise", rows, row_holds);
	failed += ROWS_RUN("recognise prefixes", prefixes, prefix_holds);
	return failed;
}
