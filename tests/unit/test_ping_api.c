/*
 * Against the stand-in (tests/standin/ping.py).  Its state at the end says what
 * became of things over there: how many referrals it holds is what matters.
 */
#include "systems/ping_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/login.h"
#include "crypto/random.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/progres.h"
#include "systems/http.h"
#include "systems/ping_api_fetch.h"
#include "systems/ping_api_send.h"
#include "tests/unit/rows.h"
#include "tests/unit/standin.h"

#define GOT_MAX ((size_t)1024 * 1024)
#define FIELD(name, value) "{\"Name\":\"" name "\",\"Value\":\"" value "\"}"
#define BODY(fields)                                                      \
	"{\"ShippingProcessId\":\"SHP-0003\",\"InteropId\":\"INT-0001\"," \
	"\"APIVersion\":\"V2\",\"Data\":[{\"ExternalId\":\"c1\","         \
	"\"ExternalGUID\":\"g1\",\"Attachments\":[],\"Fields\":[" fields  \
	"]}]}"
#define REFERRAL                            \
	BODY(FIELD("progres_orgreferralid", \
	    "s1") "," FIELD("progres_requestedservice", "svc-other"))
#define INTERVENTION(id, number, language, need)                      \
	"{\"progres_lpinterventionid\":\"" id "\","                   \
	"\"progres_interventionnumber\":\"" number "\","              \
	"\"progres_language.progres_languagecodeidname\":\"" language \
	"\",\"weight\":1.50,\"progres_specificneed.progres_"          \
	"spncategory2name\":\"" need "\"}"

static struct standin *standin;
static struct ping_ids ids;

static struct http *
connect_as(const char *token, struct login **login)
{
	struct fault why = { .id = FAULT_NONE };
	char url[64];
	struct http_server server = { .url = url,
		.stall_seconds = 1,
		.patience_seconds = 3 };
	struct http *h;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d",
	    standin_port(standin));
	if ((*login = login_new(&why)) == NULL ||
	    login_set(*login, LOGIN_BEARER, token, &why) == -1)
		fail_msg("%s", why.detail);
	server.login = *login;
	if ((h = http_new(&server, &why)) == NULL)
		fail_msg("%s", why.detail);
	return h;
}

static void
start_again(const char *seed, const char *fault)
{
	ids = (struct ping_ids){ .partner = "PNR-0001",
		.interop = "INT-0001",
		.referral_in = "SHP-0003",
		.decision_in = "SHP-0004",
		.decision_synced = "SHP-0007",
		.referral_details = "SHP-0002",
		.decisions_out = "SHP-0005",
		.decision_details = "SHP-0006" };
	standin_post(standin, "/standin/reset", "{}");
	if (seed != NULL)
		standin_post(standin, "/standin/seed", seed);
	if (fault != NULL)
		standin_post(standin, "/standin/fault", fault);
}

/* How many things stand in a list of the stand-in's state. */
static size_t
holds(const char *list)
{
	char *text = standin_get(standin, "/standin/state");
	struct fault why;
	struct json *j = NULL;
	size_t n;

	assert_int_equal(json_read(text, strlen(text), &json_foreign, &j, &why),
	    0);
	n = json_count(json_get(json_root(j), list));
	json_free(j);
	free(text);
	return n;
}

/* --- retrieval --- */

#define THREE_PAGES                                                         \
	"{\"page\":2,\"interventions\":[" INTERVENTION("i1", "N-1", "Nuer", \
	    "one") "," INTERVENTION("i1", "N-1", "Nuer",                    \
	    "two") "," INTERVENTION("i1", "N-1", "Dinka",                   \
	    "one") "," INTERVENTION("i1", "N-1", "Dinka",                   \
	    "a \\\"]}, b") "," INTERVENTION("i1", "N-1", "Anyuak",          \
	    "one") "," INTERVENTION("i2", "N-2", "Nuer", "one") "]"
#define ON_FETCH "\"on\":\"POST /primes/fetch\""

static const struct fetch_row {
	const char *name;
	const char *seed;
	const char *fault;
	const char *process;
	const char *record_id;
	const char *token;
	size_t records;
	const char *has;     /* in what was handed on */
	enum fault_id wrong; /* FAULT_NONE: it holds */
	const char *says;    /* a word of the detail */
} fetches[] = {
	{ "an empty list is the words for none", NULL, NULL, "SHP-0001", NULL,
	    NULL, 0, "", FAULT_NONE, NULL },
	{ "a list names each intervention once", THREE_PAGES "}", NULL,
	    "SHP-0001", NULL, NULL, 2,
	    "\"progres_lpintervention.int.progres_interventionnumber\":"
	    "\"N-1\"",
	    FAULT_NONE, NULL },
	{ "rows of one intervention come from three pages", THREE_PAGES "}",
	    NULL, "SHP-0002", "i1", NULL, 5, "\"a \\\"]}, b\"", FAULT_NONE,
	    NULL },
	{ "a number is handed on as it is written", THREE_PAGES "}", NULL,
	    "SHP-0002", "i2", NULL, 1, "\"weight\":1.5", FAULT_NONE, NULL },
	{ "RecordCount may be that of all pages",
	    THREE_PAGES ",\"count_total\":true}", NULL, "SHP-0002", "i1", NULL,
	    5, "Anyuak", FAULT_NONE, NULL },
	{ "fewer records than it says", THREE_PAGES ",\"count_wrong\":true}",
	    NULL, "SHP-0002", "i1", NULL, 0, NULL, FAULT_SERVER_ANSWER,
	    "another number" },
	{ "an id that is not there", THREE_PAGES "}", NULL, "SHP-0002", "i9",
	    NULL, 0, "", FAULT_NONE, NULL },
	{ "a server that forgets the cookie",
	    THREE_PAGES ",\"cookie_forgotten\":true}", NULL, "SHP-0002", "i1",
	    NULL, 0, NULL, FAULT_SERVER_ANSWER, "same page" },
	{ "an error is one, and its text is not repeated",
	    "{\"error\":\"Nyamal Deng was not found\"}", NULL, "SHP-0001", NULL,
	    NULL, 0, NULL, FAULT_SERVER_ANSWER, "ErrorMessage" },
	{ "a process that nobody knows", NULL, NULL, "SHP-9999", NULL, NULL, 0,
	    NULL, FAULT_SERVER_ANSWER, "ErrorMessage" },
	{ "a process that the agreement lacks", NULL, NULL, NULL, NULL, NULL, 0,
	    NULL, FAULT_AGREEMENT_LACKS, "process" },
	{ "a token that has run out", NULL,
	    "{\"kind\":\"expired\"," ON_FETCH "}", "SHP-0001", NULL, NULL, 0,
	    NULL, FAULT_SERVER_LOGIN, NULL },
	{ "a wrong token", NULL, NULL, "SHP-0001", NULL, "another", 0, NULL,
	    FAULT_SERVER_LOGIN, NULL },
	{ "a page cut short", THREE_PAGES "}",
	    "{\"kind\":\"cut\",\"after\":300,\"skip\":1," ON_FETCH "}",
	    "SHP-0002", "i1", NULL, 0, NULL, FAULT_SERVER_UNREACHABLE, NULL },
	{ "a busy server is waited for", THREE_PAGES "}",
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":1," ON_FETCH
	    "}",
	    "SHP-0002", "i2", NULL, 1, "N-2", FAULT_NONE, NULL },
	{ "Data that is null is not the words for none", NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"Data\\\":null}\"}", "SHP-0001",
	    NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER, "words for none" },
	{ "other words are not the words for none", NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"Data\\\":\\\"no data\\\"}\"}",
	    "SHP-0001", NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER,
	    "words for none" },
	{ "a record that is none", NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"Data\\\":[1]}\"}", "SHP-0001",
	    NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER, "no record" },
	{ "more pages and no cookie", NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"Data\\\":[{}],"
	    "\\\"PagingSummary\\\":{\\\"IsMoreRecordsAvailable\\\":true}}\"}",
	    "SHP-0001", NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER, "cookie" },
	{ "a summary that is the text of one", NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"Data\\\":[ {} , {} ],"
	    "\\\"RecordCount\\\":\\\"2\\\",\\\"PagingSummary\\\":\\\"{"
	    "\\\\\\\"IsMoreRecordsAvailable\\\\\\\":false}\\\"}\"}",
	    "SHP-0001", NULL, NULL, 2, "{}", FAULT_NONE, NULL },
	{ "a summary that cannot be read", NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"Data\\\":[{}],"
	    "\\\"PagingSummary\\\":{\\\"IsMoreRecordsAvailable\\\":7}}\"}",
	    "SHP-0001", NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER,
	    "cannot be read" },
	{ "not JSON", NULL, "{\"kind\":\"body\",\"body\":\"<html>\"}",
	    "SHP-0001", NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER, NULL },
	{ "nothing", NULL, "{\"kind\":\"body\",\"body\":\"\"}", "SHP-0001",
	    NULL, NULL, 0, NULL, FAULT_SERVER_ANSWER, "empty" },
	{ "a list and not an answer", NULL,
	    "{\"kind\":\"body\",\"body\":\"[]\"}", "SHP-0001", NULL, NULL, 0,
	    NULL, FAULT_SERVER_ANSWER, "no object" },
};

static int
take_record(void *with, const char *record, size_t len, struct fault *why)
{
	struct bytes *got = with;
	struct json *j = NULL;

	assert_int_equal(json_read(record, len, &json_foreign, &j, why), 0);
	/* As the reader of files wants it, in either shape. */
	if (json_count(json_root(j)) > 0)
		assert_non_null(progres_number(json_root(j)));
	json_free(j);
	if (bytes_add(got, record, len, why) == -1)
		return -1;
	return bytes_add_text(got, "\n", why);
}

static void
fetch_holds(void **state)
{
	const struct fetch_row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	struct login *login;
	struct bytes got;
	struct ping_api_wanted wanted = { .process = row->process,
		.record_id = row->record_id,
		.take = take_record,
		.with = &got };
	struct ping_api api = { .ids = &ids };
	size_t count;
	int rc;

	bytes_init(&got, GOT_MAX);
	start_again(row->seed, row->fault);
	api.http =
	    connect_as(row->token == NULL ? "token-one" : row->token, &login);
	rc = ping_api_fetch(&api, &wanted, &count, &why);
	http_free(api.http);
	login_free(login);
	if (row->wrong == FAULT_NONE && rc == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(rc, row->wrong == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, row->wrong);
	assert_int_equal(count, row->records);
	assert_null(strstr(why.detail, "Nyamal"));
	if (row->says != NULL && strstr(why.detail, row->says) == NULL)
		fail_msg("%s is not in %s", row->says, why.detail);
	if (row->has != NULL && *row->has != '\0')
		assert_non_null(strstr((const char *)got.at, row->has));
	bytes_free(&got);
}

/* --- sending --- */

#define ON_DATA "\"on\":\"POST /api/ingestion\""
#define ON_STATUS "\"on\":\"POST /primes/ingestion\""

static const struct send_row {
	const char *name;
	const char *body;
	const char *seed;
	const char *fault;
	const char *token;
	const char *sent;  /* the state after sending */
	const char *asked; /* and after one question; NULL: none is asked */
	const char *again; /* and after a second one */
	const char *code;
	enum ping_api_next next;
	enum fault_id wrong; /* of sending */
	size_t there;	     /* referrals that proGres has at the end */
} sends[] = {
	{ "taken", REFERRAL, NULL, NULL, NULL, "unconfirmed", "confirmed", NULL,
	    "", PING_API_NOTHING, FAULT_NONE, 1 },
	{ "taken some time later", REFERRAL, "{\"delay\":1}", NULL, NULL,
	    "unconfirmed", "unconfirmed", "confirmed", "", PING_API_NOTHING,
	    FAULT_NONE, 1 },
	{ "refused in the status alone: an unknown field",
	    BODY(FIELD("progres_orgreferralid",
		"s1") "," FIELD("progres_requestedservice",
		"svc-other") "," FIELD("x", "y")),
	    NULL, NULL, NULL, "unconfirmed", "refused", NULL, "unknown_field",
	    PING_API_CORRECT, FAULT_NONE, 0 },
	{ "refused in the status alone: the word for a sex",
	    BODY(FIELD("progres_orgreferralid",
		"s1") "," FIELD("progres_requestedservice",
		"svc-other") "," FIELD("progres_pocsex", "Unknown")),
	    NULL, NULL, NULL, "unconfirmed", "refused", NULL, "unknown_sex",
	    PING_API_CORRECT, FAULT_NONE, 0 },
	{ "the marker is missing: it does not count as sent", REFERRAL,
	    "{\"marker\":false}", NULL, NULL, "unknown", NULL, NULL, "",
	    PING_API_LOOK, FAULT_NONE, 1 },
	{ "the marker is no id", REFERRAL, NULL,
	    "{\"kind\":\"body\",\"body\":\"{\\\"SPHTransactionId\\\":"
	    "\\\"a b\\\"}\"," ON_DATA "}",
	    NULL, "unknown", NULL, NULL, "", PING_API_LOOK, FAULT_NONE, 0 },
	{ "an answer that is not JSON", REFERRAL, NULL,
	    "{\"kind\":\"body\",\"body\":\"thanks\"," ON_DATA "}", NULL,
	    "unknown", NULL, NULL, "", PING_API_LOOK, FAULT_NONE, 0 },
	{ "the reply is lost: never sent twice", REFERRAL, NULL,
	    "{\"kind\":\"drop\"," ON_DATA "}", NULL, "unknown", NULL, NULL, "",
	    PING_API_LOOK, FAULT_NONE, 1 },
	{ "the reply is cut: never sent twice", REFERRAL, NULL,
	    "{\"kind\":\"cut\",\"after\":150," ON_DATA "}", NULL, "unknown",
	    NULL, NULL, "", PING_API_LOOK, FAULT_NONE, 1 },
	{ "the reply stalls: never sent twice", REFERRAL, NULL,
	    "{\"kind\":\"stall\",\"after\":0,\"seconds\":9," ON_DATA "}", NULL,
	    "unknown", NULL, NULL, "", PING_API_LOOK, FAULT_NONE, 1 },
	{ "lost before the work was done: as unknown as the other", REFERRAL,
	    NULL, "{\"kind\":\"lose\"," ON_DATA "}", NULL, "unknown", NULL,
	    NULL, "", PING_API_LOOK, FAULT_NONE, 0 },
	{ "it failed while it did it", REFERRAL, NULL,
	    "{\"kind\":\"status\",\"status\":500," ON_DATA "}", NULL, "unknown",
	    NULL, NULL, "", PING_API_LOOK, FAULT_NONE, 0 },
	{ "turned away for its form", REFERRAL, NULL,
	    "{\"kind\":\"status\",\"status\":400," ON_DATA "}", NULL,
	    "not-sent", NULL, NULL, "", PING_API_SEND, FAULT_SERVER_REFUSED,
	    0 },
	{ "threat 64: busy after it was passed on: never sent twice", REFERRAL,
	    NULL,
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":1,"
	    "\"done\":true," ON_DATA "}",
	    NULL, "unknown", NULL, NULL, "", PING_API_LOOK, FAULT_NONE, 1 },
	{ "asked to slow down, it is waited for", REFERRAL, NULL,
	    "{\"kind\":\"status\",\"status\":429,\"retry_after\":1," ON_DATA
	    "}",
	    NULL, "unconfirmed", "confirmed", NULL, "", PING_API_NOTHING,
	    FAULT_NONE, 1 },
	{ "for longer than there is patience", REFERRAL, NULL,
	    "{\"kind\":\"status\",\"status\":429,\"retry_after\":60," ON_DATA
	    "}",
	    NULL, "not-sent", NULL, NULL, "", PING_API_SEND, FAULT_SERVER_BUSY,
	    0 },
	{ "a token that has run out", REFERRAL, NULL,
	    "{\"kind\":\"expired\"," ON_DATA "}", NULL, "not-sent", NULL, NULL,
	    "", PING_API_SEND, FAULT_SERVER_LOGIN, 0 },
	{ "a wrong token", REFERRAL, NULL, NULL, "another", "not-sent", NULL,
	    NULL, "", PING_API_SEND, FAULT_SERVER_LOGIN, 0 },
	{ "no record in it",
	    "{\"ShippingProcessId\":\"SHP-0003\","
	    "\"InteropId\":\"INT-0001\",\"Data\":[]}",
	    NULL, NULL, NULL, "not-sent", NULL, NULL, "", PING_API_SEND,
	    FAULT_INSIDE, 0 },
	{ "no body of PING", "[]", NULL, NULL, NULL, "not-sent", NULL, NULL, "",
	    PING_API_SEND, FAULT_INSIDE, 0 },
	{ "the status in a string", REFERRAL, "{\"form\":\"text\"}", NULL, NULL,
	    "unconfirmed", "confirmed", NULL, "", PING_API_NOTHING, FAULT_NONE,
	    1 },
	{ "the status half escaped", REFERRAL, "{\"form\":\"half\"}", NULL,
	    NULL, "unconfirmed", "confirmed", NULL, "", PING_API_NOTHING,
	    FAULT_NONE, 1 },
	{ "the status not escaped at all", REFERRAL, "{\"form\":\"bare\"}",
	    NULL, NULL, "unconfirmed", "confirmed", NULL, "", PING_API_NOTHING,
	    FAULT_NONE, 1 },
	{ "a status word that is in no table", REFERRAL,
	    "{\"word\":\"parked\"}", NULL, NULL, "unconfirmed", "unknown", NULL,
	    "parked", PING_API_LOOK, FAULT_NONE, 1 },
	{ "a decision's code is no status word", REFERRAL,
	    "{\"word\":\"125080009\"}", NULL, NULL, "unconfirmed", "unknown",
	    NULL, "125080009", PING_API_LOOK, FAULT_NONE, 1 },
	{ "a status that cannot be read", REFERRAL,
	    "{\"text\":\"{\\\"Data\\\":\\\"[{\\\"Status\\\"\"}", NULL, NULL,
	    "unconfirmed", "unknown", NULL, "", PING_API_LOOK, FAULT_NONE, 1 },
	{ "an error in the place of a status: asked again later", REFERRAL,
	    "{\"status_errors\":1}", NULL, NULL, "unconfirmed", "unconfirmed",
	    "confirmed", "", PING_API_NOTHING, FAULT_NONE, 1 },
	{ "the question is lost: asked again later", REFERRAL, NULL,
	    "{\"kind\":\"status\",\"status\":404," ON_STATUS "}", NULL,
	    "unconfirmed", "unconfirmed", "confirmed", "", PING_API_NOTHING,
	    FAULT_NONE, 1 },
};

static void
send_holds(void **state)
{
	const struct send_row *row = *state;
	const struct ping_api_sent sent = { "SHP-0003", "c1" };
	const char *asked[] = { row->asked, row->again };
	struct fault why = { .id = FAULT_NONE };
	struct ping_api api = { .ids = &ids };
	struct ping_api_outcome out;
	struct login *login;
	int rc;

	start_again(row->seed, row->fault);
	api.http =
	    connect_as(row->token == NULL ? "token-one" : row->token, &login);
	rc = ping_api_send(&api, row->body, strlen(row->body), &out, &why);
	assert_string_equal(ping_api_send_state_name(out.state), row->sent);
	assert_int_equal(rc, out.state == PING_API_NOT_SENT ? -1 : 0);
	assert_int_equal(rc == -1 ? why.id : FAULT_NONE, row->wrong);
	assert_int_equal(out.state == PING_API_UNCONFIRMED,
	    out.transaction[0] != '\0');
	if (out.state == PING_API_UNKNOWN)
		assert_int_not_equal(out.why.id, FAULT_NONE);
	for (size_t i = 0; i < 2 && asked[i] != NULL; i++) {
		(void)ping_api_send_status(&api, &sent, &out, &why);
		assert_string_equal(ping_api_send_state_name(out.state),
		    asked[i]);
	}
	assert_string_equal(out.code, row->code);
	assert_int_equal(ping_api_send_next(&out), row->next);
	assert_int_equal(holds("referrals"), row->there);
	http_free(api.http);
	login_free(login);
}

/* --- the line is cut --- */

static const struct line_row {
	const char *name;
	const char *fault; /* how; the byte is put behind it */
	size_t bytes;	   /* of the longest */
	size_t step;
} lines[] = {
	{ "wherever the answer is cut, nothing is there twice",
	    "\"kind\":\"cut\"," ON_DATA, 240, 7 },
	{ "wherever the line is cut, nothing is there twice",
	    "\"kind\":\"link\"", 900, 23 },
};

/* Sends as long as it is said that it may be sent. */
static void
line_holds(void **state)
{
	const struct line_row *row = *state;
	struct ping_api api = { .ids = &ids };
	struct ping_api_outcome out;
	struct fault why;
	struct login *login;
	char fault[128];
	size_t there;

	for (size_t bytes = 0; bytes < row->bytes; bytes += row->step) {
		(void)snprintf(fault, sizeof(fault), "{%s,\"after\":%zu}",
		    row->fault, bytes);
		start_again(NULL, fault);
		out = (struct ping_api_outcome){ .state = PING_API_NOT_SENT };
		for (int times = 0;
		     times < 3 && ping_api_send_next(&out) == PING_API_SEND;
		     times++) {
			api.http = connect_as("token-one", &login);
			(void)ping_api_send(&api, REFERRAL, strlen(REFERRAL),
			    &out, &why);
			http_free(api.http);
			login_free(login);
		}
		there = holds("referrals");
		if (out.state == PING_API_UNCONFIRMED)
			assert_int_equal(there, 1);
		else
			assert_int_equal(out.state, PING_API_UNKNOWN);
		assert_in_range(there, 0, 1);
	}
}

/* --- decisions that are known here --- */

static const struct synced_row {
	const char *name;
	const char *fault;
	const char *referral;
	const char *sent;
	const char *asked;
	enum ping_api_next next; /* after sending */
	size_t left;		 /* decisions that the list still has */
} synced[] = {
	{ "one that is there", NULL, "ref-1", "unconfirmed", "confirmed",
	    PING_API_ASK, 1 },
	{ "one that is not there", NULL, "ref-9", "unconfirmed", "refused",
	    PING_API_ASK, 2 },
	{ "the reply is lost: it may be sent again", "{\"kind\":\"drop\"}",
	    "ref-1", "unknown", NULL, PING_API_SEND, 1 },
	{ "a status that cannot be read is for a person",
	    "{\"kind\":\"body\",\"body\":\"x\",\"on\":\"POST /primes/ing\"}",
	    "ref-1", "unconfirmed", "unknown", PING_API_ASK, 1 },
};

static int
count_record(void *with, const char *record, size_t len, struct fault *why)
{
	(void)with;
	return json_check(record, len, &json_foreign, why);
}

static void
synced_holds(void **state)
{
	const struct synced_row *row = *state;
	const struct ping_api_sent sent = { "SHP-0007", "REF-IOP-1" };
	struct ping_api_wanted wanted = { .process = "SHP-0005",
		.take = count_record };
	struct fault why = { .id = FAULT_NONE };
	struct ping_api api = { .ids = &ids };
	struct ping_api_outcome out;
	struct login *login;
	size_t left;

	start_again("{\"decisions\":["
		    "{\"progres_interoperabilityreferralid\":\"ref-1\"},"
		    "{\"progres_interoperabilityreferralid\":\"ref-2\"}]}",
	    row->fault);
	api.http = connect_as("token-one", &login);
	assert_int_equal(ping_api_send_synced(&api, row->referral, "REF-IOP-1",
			     "stored", &out, &why),
	    0);
	assert_string_equal(ping_api_send_state_name(out.state), row->sent);
	assert_int_equal(ping_api_send_next(&out), row->next);
	if (row->asked != NULL) {
		assert_int_equal(ping_api_send_status(&api, &sent, &out, &why),
		    0);
		assert_string_equal(ping_api_send_state_name(out.state),
		    row->asked);
	}
	assert_int_equal(ping_api_fetch(&api, &wanted, &left, &why), 0);
	assert_int_equal(left, row->left);
	http_free(api.http);
	login_free(login);
}

/* --- ids that cannot be used --- */

static const struct ids_row {
	const char *name;
	const char *partner;
	const char *interop;
} wrong_ids[] = {
	{ "no partner", NULL, "INT-0001" },
	{ "an empty partner", "", "INT-0001" },
	{ "a partner that leads elsewhere", "../../x", "INT-0001" },
	{ "no interop", "PNR-0001", NULL },
};

static void
ids_hold(void **state)
{
	const struct ids_row *row = *state;
	const struct ping_ids own = { .partner = row->partner,
		.interop = row->interop };
	const struct ping_api api = { .ids = &own };
	struct fault why = { .id = FAULT_NONE };
	struct ping_api_outcome out;

	assert_int_equal(ping_api_send(&api, REFERRAL, strlen(REFERRAL), &out,
			     &why),
	    -1);
	assert_int_equal(why.id, FAULT_AGREEMENT_LACKS);
	assert_int_equal(out.state, PING_API_NOT_SENT);
}

int
main(void)
{
	int failed;

	if (random_start() == -1 ||
	    (standin = standin_start("ping.py", NULL)) == NULL)
		return 1;
	failed = ROWS_RUN("ping_api ids", wrong_ids, ids_hold) +
	    ROWS_RUN("ping_api fetch", fetches, fetch_holds) +
	    ROWS_RUN("ping_api send", sends, send_holds) +
	    ROWS_RUN("ping_api line", lines, line_holds) +
	    ROWS_RUN("ping_api synced", synced, synced_holds);
	standin_stop(standin);
	return failed;
}
