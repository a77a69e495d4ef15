#include "formats/recognise.h"

#include <stdio.h>
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
	{ "Primero's referrals alone are named",
	    BYTES("{\"data\":[{\"id\":\"x\",\"record_type\":\"case\"}]}"),
	    FORMAT_NONE, "referrals without their cases" },
	{ "a PING answer is known by its dotted names",
	    BYTES("{\"Data\":[{\"progres_individual.indiv.progres_sex\":1}]}"),
	    FORMAT_PING, NULL },
	{ "a PING answer without data is known by its envelope",
	    BYTES("{\"Data\":\"No Data Available\",\"SPHTransactionId\":"
		  "\"x\"}"),
	    FORMAT_PING, NULL },
	{ "a PING body is known by its process",
	    BYTES("{\"ShippingProcessId\":\"SHP-1\",\"Data\":[]}"), FORMAT_PING,
	    NULL },
	{ "interventions are DTP's",
	    BYTES("{\"interventions\":[{\"progres_individual.x\":1}]}"),
	    FORMAT_DTP, NULL },
	{ "an answer with a request_type is DTP's, though it has a case_id",
	    BYTES("{\"case_id\":\"x\",\"request_type\":\"Feedback\"}"),
	    FORMAT_DTP, NULL },
	{ "a receipt with a primero_user is DTP's",
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
	{ "a zip is to be opened first", BYTES("PK\3\4\24\0\0\0\10\0"),
	    FORMAT_NONE, "a zip archive (open it first; password zips" },
	{ "a zip with a password is named", BYTES("PK\3\4\24\0\1\0\10\0"),
	    FORMAT_NONE, "password-protected" },
	{ "a spreadsheet is named",
	    BYTES("PK\3\4\24\0\0\0[Content_Types].xml....xl/workbook.xml"),
	    FORMAT_NONE, "a spreadsheet" },
	{ "a Word document is named",
	    BYTES("PK\3\4\24\0\0\0[Content_Types].xml..word/document.xml"),
	    FORMAT_NONE, "a Word document" },
	{ "a zip of four bytes is still a zip", BYTES("PK\3\4"), FORMAT_NONE,
	    "a zip archive" },
	{ "7z", BYTES("7z\xbc\xaf\x27\x1c\0\4"), FORMAT_NONE, "a 7z" },
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
	{ "a table", BYTES("id,case_id,name\n1,2,3\n"), FORMAT_NONE, "CSV" },
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

/* The samples, when they are there. */
static const struct sample {
	const char *name;
	enum format want;
} samples[] = {
	{ "primero/flow2_primeroReferraltoUNHCR.json", FORMAT_PRIMERO },
	{ "primero/getPrimeroCases.json", FORMAT_PRIMERO },
	{ "primero/response__postToPrimeroCases.json", FORMAT_PRIMERO },
	{ "primero/getPrimeroReferral.json", FORMAT_NONE },
	{ "primero/patchPrimeroReferral.json", FORMAT_NONE },
	{ "primero/samplePatchToPrimero_rejectReferral.json", FORMAT_NONE },
	{ "progres-ping/referral-from-progres.json", FORMAT_PING },
	{ "progres-ping/referral-status-update-to-ping.json", FORMAT_PING },
	{ "progres-dtp/errorNotificationToDTP.json", FORMAT_DTP },
	{ "progres-dtp/primeroReferral__flow2-2.json", FORMAT_DTP },
	{ "progres-dtp/progresDecision__flow2-3.json", FORMAT_DTP },
	{ "progres-dtp/progresReferral__flow1-1.json", FORMAT_DTP },
	{ "progres-dtp/progres_referralDecisionFromPrimero.json", FORMAT_DTP },
	{ "progres-dtp/successNotificationToDTP.json", FORMAT_DTP },
	{ "agreement-example.json", FORMAT_NONE },
};

static void
sample_holds(void **state)
{
	static char head[RECOGNISE_BYTES];
	const struct sample *s = *state;
	char path[256];
	struct fault why;
	enum format got;
	size_t len;
	FILE *f;

	(void)snprintf(path, sizeof(path), "../shared/samples/%s", s->name);
	if ((f = fopen(path, "r")) == NULL) {
		skip();
		return;
	}
	len = fread(head, 1, sizeof(head), f);
	(void)fclose(f);
	(void)recognise(head, len, &got, &why);
	assert_int_equal(got, s->want);
}

int
main(void)
{
	int failed = 0;

	failed += ROWS_RUN("recognise", rows, row_holds);
	failed += ROWS_RUN("recognise prefixes", prefixes, prefix_holds);
	failed += ROWS_RUN("recognise samples", samples, sample_holds);
	return failed;
}
