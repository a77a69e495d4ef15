/*
 * Against the Primero stand-in, which breaks lines as it is told.  A row says
 * which faults are ordered, what is asked, and what must come of it: the fault,
 * or the status; and how often the server was asked.
 */
#include "systems/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"
#include "crypto/login.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"
#include "tests/unit/standin.h"

#define PASSWORD "made-up"
#define CASES "/api/v2/cases"
#define NEW_CASE                                                      \
	"{\"data\":{\"id\":\"c48bd8ca-b290-4bca-9be9-4fb0f9e7b59a\"," \
	"\"sex\":\"female\"}}"

static struct standin *standin;
static struct standin *secure; /* speaks TLS */
static struct standin *mutual; /* and asks for a certificate */
static char folder[] = "/tmp/satchel-test-http-XXXXXX";
static long waited;

static void
note_wait(void *with, long seconds)
{
	(void)with;
	waited += seconds;
}

static struct login *
make_login(const char *password)
{
	struct fault why = { .id = FAULT_NONE };
	struct login *l = login_new(&why);

	assert_non_null(l);
	assert_int_equal(login_set(l, LOGIN_USER, "satchel", &why), 0);
	assert_int_equal(login_set(l, LOGIN_PASSWORD, password, &why), 0);
	return l;
}

static struct http *
reach(const char *scheme, const struct standin *s, const struct login *login)
{
	struct fault why = { .id = FAULT_NONE };
	char url[64];
	const struct http_server server = { .url = url,
		.login = login,
		.connect_seconds = 5,
		.stall_seconds = 1,
		.patience_seconds = 4,
		.waiting = note_wait };
	struct http *h;

	(void)snprintf(url, sizeof(url), "%s:%d", scheme, standin_port(s));
	if ((h = http_new(&server, &why)) == NULL)
		fail_msg("%s", why.detail);
	return h;
}

static size_t
times_asked(const struct standin *s)
{
	char *log = standin_get(s, "/standin/log");
	size_t count = 0;

	for (const char *at = log; (at = strstr(at, "\"method\"")) != NULL;
	     at++)
		count++;
	free(log);
	return count;
}

/* Nothing of the login may be in what people are shown. */
static void
check_silent(const struct fault *why)
{
	assert_null(strstr(why->detail, PASSWORD));
	assert_null(strstr(why->detail, "satchel"));
}

struct asked {
	const char *name;
	const char *order;  /* to /standin/fault; NULL: none */
	const char *method; /* "ONCE": a POST that must not go twice */
	const char *password;
	int times; /* how often in a row; all but the last are not judged */
	enum fault_id fault;
	int status;   /* if there is no fault */
	size_t asked; /* requests that reached the server */
	long waited;
};

static const struct asked asked[] = {
	{ "an answer comes", NULL, "GET", PASSWORD, 1, FAULT_NONE, 200, 1, 0 },
	{ "a refusal is an answer", "{\"kind\":\"status\",\"status\":422}",
	    "POST", PASSWORD, 1, FAULT_NONE, 422, 1, 0 },
	{ "a failure of the server is an answer, asked once",
	    "{\"kind\":\"status\",\"status\":500}", "POST", PASSWORD, 1,
	    FAULT_NONE, 500, 1, 0 },
	{ "503 is waited out as it says",
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":1,\"times\":2}",
	    "POST", PASSWORD, 1, FAULT_NONE, 204, 3, 2 },
	{ "429 is waited out as it says",
	    "{\"kind\":\"status\",\"status\":429,\"retry_after\":1}", "GET",
	    PASSWORD, 1, FAULT_NONE, 200, 2, 1 },
	{ "503 is an answer to what must not be sent twice",
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":1,"
	    "\"done\":true}",
	    "ONCE", PASSWORD, 1, FAULT_NONE, 503, 1, 0 },
	{ "429 was said before it was done, and is waited out",
	    "{\"kind\":\"status\",\"status\":429,\"retry_after\":1}", "ONCE",
	    PASSWORD, 1, FAULT_NONE, 204, 2, 1 },
	{ "a wait of an hour is not begun",
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":3600,"
	    "\"times\":9}",
	    "GET", PASSWORD, 1, FAULT_SERVER_BUSY, 0, 1, 0 },
	{ "a wait beyond the patience is not begun",
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":60}", "GET",
	    PASSWORD, 1, FAULT_SERVER_BUSY, 0, 1, 0 },
	{ "the patience ends",
	    "{\"kind\":\"status\",\"status\":503,\"retry_after\":2,"
	    "\"times\":9}",
	    "GET", PASSWORD, 1, FAULT_SERVER_BUSY, 0, 3, 4 },
	{ "a wrong password is said at once and not tried again", NULL, "GET",
	    "other", 5, FAULT_SERVER_LOGIN, 0, 1, 0 },
	{ "a token that ran out is said at once", "{\"kind\":\"expired\"}",
	    "POST", PASSWORD, 3, FAULT_SERVER_LOGIN, 0, 1, 0 },
	{ "a redirect is not followed", "{\"kind\":\"status\",\"status\":302}",
	    "GET", PASSWORD, 1, FAULT_SERVER_ANSWER, 0, 1, 0 },
	{ "a lost reply to a question changed nothing", "{\"kind\":\"drop\"}",
	    "GET", PASSWORD, 1, FAULT_SERVER_UNREACHABLE, 0, 1, 0 },
	{ "a lost reply to a change is not known, and not sent twice",
	    "{\"kind\":\"drop\"}", "POST", PASSWORD, 1, FAULT_SERVER_BROKE_OFF,
	    0, 1, 0 },
	{ "so it is on a line that was open before",
	    "{\"kind\":\"drop\",\"skip\":1}", "POST", PASSWORD, 2,
	    FAULT_SERVER_BROKE_OFF, 0, 2, 0 },
	{ "a stall ends", "{\"kind\":\"stall\",\"seconds\":12,\"after\":9}",
	    "GET", PASSWORD, 1, FAULT_SERVER_UNREACHABLE, 0, 1, 0 },
	{ "a stall of a change is not known",
	    "{\"kind\":\"stall\",\"seconds\":12,\"after\":0}", "POST", PASSWORD,
	    1, FAULT_SERVER_BROKE_OFF, 0, 1, 0 },
	{ "an answer without end is not taken",
	    "{\"kind\":\"body\",\"spaces\":67108865}", "GET", PASSWORD, 1,
	    FAULT_SERVER_ANSWER, 0, 1, 0 },
};

static void
asked_holds(void **state)
{
	const struct asked *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct login *login = make_login(c->password);
	struct http *h = reach("http://127.0.0.1", standin, login);
	bool get = strcmp(c->method, "GET") == 0;
	const struct http_request r = { .method = get ? "GET" : "POST",
		.once = strcmp(c->method, "ONCE") == 0,
		.path = CASES,
		.body = get ? NULL : NEW_CASE,
		.len = get ? 0 : strlen(NEW_CASE),
		.changes = !get };
	struct http_answer a;
	int rc = 0;

	standin_post(standin, "/standin/reset", "{}");
	if (c->order != NULL)
		standin_post(standin, "/standin/fault", c->order);
	waited = 0;
	http_answer_init(&a);
	for (int i = 0; i < c->times; i++) {
		why.id = FAULT_NONE;
		rc = http_ask(h, &r, &a, &why);
	}
	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (c->fault == FAULT_NONE)
		assert_int_equal(a.status, c->status);
	else
		check_silent(&why);
	if (c->order != NULL && strstr(c->order, "3600") != NULL)
		assert_non_null(strstr(why.detail, "3600 s"));
	assert_int_equal(times_asked(standin), c->asked);
	assert_int_equal(waited, c->waited);
	http_answer_free(&a);
	http_free(h);
	login_free(login);
}

/* Wherever the head of the answer breaks off, it is no answer. */
static void
cut_anywhere(void **state)
{
	struct login *login = make_login(PASSWORD);
	struct http *h = reach("http://127.0.0.1", standin, login);
	const struct http_request r = { .method = "POST",
		.path = CASES,
		.body = NEW_CASE,
		.len = strlen(NEW_CASE),
		.changes = true };
	struct http_answer a;
	struct fault why;
	char order[64];
	int at, rc = -1;

	(void)state;
	http_answer_init(&a);
	for (at = 0; at < 200; at++) {
		standin_post(standin, "/standin/reset", "{}");
		(void)snprintf(order, sizeof(order),
		    "{\"kind\":\"cut\",\"after\":%d}", at);
		standin_post(standin, "/standin/fault", order);
		why.id = FAULT_NONE;
		rc = http_ask(h, &r, &a, &why);
		if (rc == 0)
			break;
		assert_int_equal(why.id, FAULT_SERVER_BROKE_OFF);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(a.status, 204);
	/* Two lines: the status and the type, with the empty one below. */
	assert_in_range(at, 60, 120);
	http_answer_free(&a);
	http_free(h);
	login_free(login);
}

struct address {
	const char *name;
	const char *url;
	bool fine;
};

static const struct address addresses[] = {
	{ "https is spoken", "https://primero.example.invalid", true },
	{ "with a path and a port", "https://primero.example.invalid:8443/a/",
	    true },
	{ "http only to this machine", "http://primero.example.invalid",
	    false },
	{ "this machine by number", "http://127.0.0.1:3000", true },
	{ "this machine by name", "http://localhost:3000", true },
	{ "this machine, version 6", "http://[::1]:3000", true },
	{ "a name that only begins so", "http://127.0.0.1.example.invalid",
	    false },
	{ "a name that only ends so", "http://notlocalhost", false },
	{ "this machine as a user of another",
	    "http://127.0.0.1@example.invalid", false },
	{ "a password in the address is refused",
	    "https://user:made-up@primero.example.invalid", false },
	{ "a token in the address is refused",
	    "https://primero.example.invalid/?token=1", false },
	{ "another protocol is refused", "ftp://primero.example.invalid",
	    false },
	{ "a file is no server", "file:///etc/passwd", false },
	{ "no protocol is no guess", "primero.example.invalid", false },
	{ "nothing at all", "", false },
};

static void
address_holds(void **state)
{
	const struct address *c = *state;
	const struct http_server server = { .url = c->url };
	struct fault why = { .id = FAULT_NONE };
	struct http *h = http_new(&server, &why);

	assert_int_equal(h != NULL, c->fine);
	if (!c->fine) {
		assert_int_equal(why.id, FAULT_SERVER_ADDRESS);
		assert_null(strstr(why.detail, "made-up"));
	}
	http_free(h);
}

/* Nobody listens there. */
static void
nobody_there(void **state)
{
	const struct http_server server = { .url = "http://127.0.0.1:1" };
	const struct http_request r = { .method = "POST",
		.path = "/",
		.changes = true };
	struct fault why = { .id = FAULT_NONE };
	struct http *h = http_new(&server, &why);
	struct http_answer a;

	(void)state;
	assert_non_null(h);
	http_answer_init(&a);
	assert_int_equal(http_ask(h, &r, &a, &why), -1);
	assert_int_equal(why.id, FAULT_SERVER_UNREACHABLE);
	http_answer_free(&a);
	http_free(h);
}

static char *
slurp(const char *name)
{
	char path[128], *text = calloc(1, 16384);
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, 16383, f) > 0);
	(void)fclose(f);
	return text;
}

struct tls {
	const char *name;
	const char *host;
	bool mutual;	/* the server asks for a certificate */
	const char *ca; /* file; NULL: the system's list */
	const char *certificate;
	const char *key;
	enum fault_id fault;
};

static const struct tls handshakes[] = {
	{ "a server of a known authority is trusted", "https://127.0.0.1",
	    false, "ca.pem", NULL, NULL, FAULT_NONE },
	{ "one the system does not know is not", "https://127.0.0.1", false,
	    NULL, NULL, NULL, FAULT_SERVER_TLS },
	{ "nor one of another name", "https://localhost", false, "ca.pem", NULL,
	    NULL, FAULT_SERVER_TLS },
	{ "nor one of another authority", "https://127.0.0.1", false,
	    "other.pem", NULL, NULL, FAULT_SERVER_TLS },
	{ "a certificate of ours is shown", "https://127.0.0.1", true, "ca.pem",
	    "client.pem", "client.key", FAULT_NONE },
	{ "without one the server hangs up", "https://127.0.0.1", true,
	    "ca.pem", NULL, NULL, FAULT_SERVER_UNREACHABLE },
	{ "one without its own key is no certificate", "https://127.0.0.1",
	    true, "ca.pem", "client.pem", "server.key", FAULT_CREDENTIALS },
};

static void
set_file(struct login *l, enum login_part part, const char *name)
{
	struct fault why = { .id = FAULT_NONE };
	char *text;

	if (name == NULL)
		return;
	text = slurp(name);
	assert_int_equal(login_set(l, part, text, &why), 0);
	free(text);
}

static void
handshake_holds(void **state)
{
	const struct tls *c = *state;
	const struct standin *s = c->mutual ? mutual : secure;
	const struct http_request r = { .method = "GET", .path = CASES };
	struct fault why = { .id = FAULT_NONE };
	struct login *login = make_login(PASSWORD);
	struct http_answer a;
	struct http *h;
	int rc;

	standin_post(standin, "/standin/reset", "{}");
	set_file(login, LOGIN_CA, c->ca);
	set_file(login, LOGIN_CERTIFICATE, c->certificate);
	set_file(login, LOGIN_KEY, c->key);
	h = reach(c->host, s, login);
	http_answer_init(&a);
	rc = http_ask(h, &r, &a, &why);
	if (c->fault == FAULT_NONE) {
		if (rc == -1)
			fail_msg("%s", why.detail);
		assert_int_equal(a.status, 200);
	} else {
		assert_int_equal(rc, -1);
		/* Which of the two it is depends on who notices first. */
		if (c->fault == FAULT_SERVER_UNREACHABLE)
			assert_true(
			    why.id == c->fault || why.id == FAULT_SERVER_TLS);
		else
			assert_int_equal(why.id, c->fault);
		check_silent(&why);
	}
	http_answer_free(&a);
	http_free(h);
	login_free(login);
}

static void
escapes(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	struct bytes out;

	(void)state;
	bytes_init(&out, 100);
	assert_int_equal(http_add_escaped(&out, "a-Z_0.~ /?&=%\xc3\xa9", &why),
	    0);
	assert_string_equal((char *)out.at, "a-Z_0.~%20%2F%3F%26%3D%25%C3%A9");
	bytes_free(&out);
}

static struct standin *
start_secure(bool ask)
{
	char cert[128], key[128], ca[128];
	const char *with[] = { "--cert", cert, "--key", key,
		ask ? "--client-ca" : NULL, ca, NULL };

	(void)snprintf(cert, sizeof(cert), "%s/server.pem", folder);
	(void)snprintf(key, sizeof(key), "%s/server.key", folder);
	(void)snprintf(ca, sizeof(ca), "%s/ca.pem", folder);
	return standin_start("primero.py", with);
}

/* An authority, a server for 127.0.0.1, a client, and another authority. */
static bool
make_certificates(void)
{
	static const char commands[] =
	    "cd '%s' && exec >/dev/null 2>&1 && "
	    "new='openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:prime256v1 -nodes -days 30' && "
	    "$new -keyout ca.key -out ca.pem -subj /CN=authority && "
	    "$new -keyout other.key -out other.pem -subj /CN=another && "
	    "$new -keyout server.key -out server.pem -subj /CN=server "
	    "-CA ca.pem -CAkey ca.key -addext subjectAltName=IP:127.0.0.1 "
	    "-addext basicConstraints=CA:FALSE && "
	    "$new -keyout client.key -out client.pem -subj /CN=client "
	    "-CA ca.pem -CAkey ca.key -addext basicConstraints=CA:FALSE";
	char command[1024];

	(void)snprintf(command, sizeof(command), commands, folder);
	/* NOLINTNEXTLINE(cert-env33-c): a made-up folder, in a test */
	return system(command) == 0;
}

static void
remove_folder(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	/* NOLINTNEXTLINE(cert-env33-c): a made-up folder, in a test */
	if (system(command) != 0)
		(void)fprintf(stderr, "%s is still there\n", folder);
}

int
main(void)
{
	static const struct asked single[] = { { .name = "each cut" } };
	int failed = 0;

	if (random_start() == -1 || mkdtemp(folder) == NULL)
		return 1;
	standin = standin_start("primero.py", NULL);
	if (standin == NULL) {
		remove_folder();
		return 1;
	}
	failed += ROWS_RUN("asked", asked, asked_holds);
	failed += ROWS_RUN("cut at every byte", single, cut_anywhere);
	failed += ROWS_RUN("address", addresses, address_holds);
	failed += ROWS_RUN("nobody there", single, nobody_there);
	failed += ROWS_RUN("escapes", single, escapes);
	if (make_certificates() && (secure = start_secure(false)) != NULL &&
	    (mutual = start_secure(true)) != NULL)
		failed += ROWS_RUN("handshake", handshakes, handshake_holds);
	else
		failed++;
	standin_stop(mutual);
	standin_stop(secure);
	standin_stop(standin);
	remove_folder();
	return failed;
}
