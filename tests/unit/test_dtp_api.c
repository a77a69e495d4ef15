/*
 * Against the stand-in (tests/standin/dtp.py).
 */
#include "systems/dtp_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/login.h"
#include "crypto/random.h"
#include "formats/json.h"
#include "systems/http.h"
#include "tests/unit/rows.h"
#include "tests/unit/standin.h"

#define REFERRAL                                                          \
	"{\"request_type\":\"ReceiveIncomingReferral\",\"id\":\"c1#s1\"," \
	"\"unhcr_individual_no\":\"900-00000001\"}"
#define DECISION "{\"request_type\":\"ReceiveDecisionOutgoingReferral\"}"

static struct standin *standin;

static const struct row {
	const char *name;
	const char *body;
	const char *fault;
	const char *key; /* NULL: the right one */
	const char *state;
	enum fault_id wrong;
	size_t there; /* messages that it holds at the end */
} rows[] = {
	{ "a referral is sent, and never confirmed", REFERRAL, NULL, NULL,
	    "sent", FAULT_NONE, 1 },
	{ "a decision likewise", DECISION, NULL, NULL, "sent", FAULT_NONE, 1 },
	{ "an answer in words of its own", REFERRAL,
	    "{\"kind\":\"body\",\"body\":\"Error: nothing was taken\"}", NULL,
	    "sent", FAULT_NONE, 0 },
	{ "the reply is lost: never sent twice", REFERRAL,
	    "{\"kind\":\"drop\"}", NULL, "unknown", FAULT_SERVER_BROKE_OFF, 1 },
	{ "the reply is cut: never sent twice", REFERRAL,
	    "{\"kind\":\"cut\",\"after\":30}", NULL, "unknown",
	    FAULT_SERVER_BROKE_OFF, 1 },
	{ "a message that it drops without a word",
	    "{\"request_type\":\"ReceiveIncomingReferral\"}", NULL, NULL,
	    "sent", FAULT_NONE, 0 },
	{ "it failed while it did it", REFERRAL,
	    "{\"kind\":\"status\",\"status\":502}", NULL, "unknown",
	    FAULT_SERVER_TROUBLE, 0 },
	{ "turned away", REFERRAL, "{\"kind\":\"status\",\"status\":403}", NULL,
	    "not-sent", FAULT_SERVER_FORBIDDEN, 0 },
	{ "a wrong subscription key", REFERRAL, NULL, "another", "not-sent",
	    FAULT_SERVER_LOGIN, 0 },
	{ "a message of another kind", "{\"request_type\":\"Feedback\"}", NULL,
	    NULL, "not-sent", FAULT_INSIDE, 0 },
	{ "no message", "x", NULL, NULL, "not-sent", FAULT_INSIDE, 0 },
};

static struct http *
connect_with(const char *key, struct login **login)
{
	struct fault why = { .id = FAULT_NONE };
	char url[64];
	struct http_server server = { .url = url,
		.stall_seconds = 1,
		.patience_seconds = 3 };
	struct http *h;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/primero-uat",
	    standin_port(standin));
	if ((*login = login_new(&why)) == NULL ||
	    login_set(*login, LOGIN_HEADER, "Ocp-Apim-Subscription-Key",
		&why) == -1 ||
	    login_set(*login, LOGIN_VALUE, key, &why) == -1)
		fail_msg("%s", why.detail);
	server.login = *login;
	if ((h = http_new(&server, &why)) == NULL)
		fail_msg("%s", why.detail);
	return h;
}

static size_t
held(void)
{
	char *text = standin_get(standin, "/standin/state");
	struct fault why;
	struct json *j = NULL;
	size_t n;

	assert_int_equal(json_read(text, strlen(text), &json_foreign, &j, &why),
	    0);
	n = json_count(json_get(json_root(j), "referrals")) +
	    json_count(json_get(json_root(j), "decisions"));
	json_free(j);
	free(text);
	return n;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	enum dtp_api_state became;
	struct login *login;
	struct http *h;
	int rc;

	standin_post(standin, "/standin/reset", "{}");
	if (row->fault != NULL)
		standin_post(standin, "/standin/fault", row->fault);
	h = connect_with(row->key == NULL ? "key-one" : row->key, &login);
	rc = dtp_api_send(h, row->body, strlen(row->body), &became, &why);
	http_free(h);
	login_free(login);
	assert_string_equal(dtp_api_state_name(became), row->state);
	assert_int_equal(rc, became == DTP_API_NOT_SENT ? -1 : 0);
	assert_int_equal(why.id, row->wrong);
	assert_int_equal(held(), row->there);
}

int
main(void)
{
	int failed;

	if (random_start() == -1 ||
	    (standin = standin_start("dtp.py", NULL)) == NULL)
		return 1;
	failed = ROWS_RUN("dtp_api", rows, row_holds);
	standin_stop(standin);
	return failed;
}
