#include "systems/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fault.h"
#include "crypto/login.h"
#include "systems/http_memory.h"

#define URL_MAX 8192
#define CONNECT_SECONDS 30
#define STALL_SECONDS 120
#define PATIENCE_SECONDS 300
#define WAIT_MAX 120	/* at one time, whatever the server says */
#define WAIT_FIRST 5	/* if it does not say, twice as long each time */
#define HEADER_MAX 8192 /* of the login's own header */

struct http {
	char *url; /* without a / at its end */
	const struct login *login;
	bool local;   /* this machine itself */
	bool refused; /* a 401 was seen */
	long connect_seconds, stall_seconds, patience_seconds;
	void (*waiting)(void *with, long seconds);
	void *with;
	CURL *curl;
};

/* One try of a request. */
struct asking {
	struct http *http;
	const struct http_request *request;
	struct http_answer *out;
	struct bytes url;
	struct curl_slist *headers;
	bool too_large;
	bool whole_head; /* the empty line below the headers came */
	bool no_memory;
	struct fault full;
};

/* "127.x.y.z", "[::1]" and "localhost", which libcurl never looks up. */
static bool
is_local(const char *host)
{
	size_t len = strlen(host);

	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return strncmp(host, "127.", 4) == 0 &&
	    strspn(host, "0123456789.") == len;
}

static char *
url_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;

	if (curl_url_get(u, part, &text, 0) != CURLUE_OK)
		return NULL;
	return text;
}

/* Says nothing of what it holds: somebody may have put a password there. */
static int
check_parts(CURLU *u, struct http *h, struct fault *why)
{
	static const CURLUPart never[] = { CURLUPART_USER, CURLUPART_PASSWORD,
		CURLUPART_QUERY, CURLUPART_FRAGMENT };
	char *scheme = url_part(u, CURLUPART_SCHEME);
	char *host = url_part(u, CURLUPART_HOST);
	char *part;
	int rc = -1;

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if ((part = url_part(u, never[i])) == NULL)
			continue;
		curl_free(part);
		fault_set(why, FAULT_SERVER_ADDRESS,
		    "there is more in it than a server and a path");
		goto done;
	}
	if (scheme == NULL || host == NULL) {
		fault_set(why, FAULT_SERVER_ADDRESS, "it names no server");
		goto done;
	}
	h->local = is_local(host);
	if (strcmp(scheme, "https") != 0 &&
	    !(strcmp(scheme, "http") == 0 && h->local)) {
		fault_set(why, FAULT_SERVER_ADDRESS,
		    "it does not begin with https://");
		goto done;
	}
	rc = 0;

done:
	curl_free(scheme);
	curl_free(host);
	return rc;
}

static int
check_url(struct http *h, const char *url, struct fault *why)
{
	CURLU *u;
	size_t len = strlen(url);
	int rc;

	if (len > URL_MAX)
		return FAIL(why, FAULT_SERVER_ADDRESS, "it is too long");
	if ((u = curl_url()) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "an address");
	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
		rc = FAIL(why, FAULT_SERVER_ADDRESS, "it cannot be read");
	else
		rc = check_parts(u, h, why);
	curl_url_cleanup(u);
	if (rc == -1)
		return -1;
	while (len > 0 && url[len - 1] == '/')
		len--;
	if ((h->url = malloc(len + 1)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "an address");
	memcpy(h->url, url, len);
	h->url[len] = '\0';
	return 0;
}

static long
or_else(long seconds, long otherwise)
{
	return seconds > 0 ? seconds : otherwise;
}

struct http *
http_new(const struct http_server *server, struct fault *why)
{
	struct http *h;

	if (http_memory_start(why) == -1)
		return NULL;
	if ((h = calloc(1, sizeof(*h))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	h->login = server->login;
	h->connect_seconds = or_else(server->connect_seconds, CONNECT_SECONDS);
	h->stall_seconds = or_else(server->stall_seconds, STALL_SECONDS);
	h->patience_seconds =
	    or_else(server->patience_seconds, PATIENCE_SECONDS);
	h->waiting = server->waiting;
	h->with = server->with;
	if (check_url(h, server->url, why) == -1)
		goto failed;
	if ((h->curl = curl_easy_init()) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "libcurl");
		goto failed;
	}
	return h;

failed:
	http_free(h);
	return NULL;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	free(h->url);
	free(h);
}

void
http_answer_init(struct http_answer *a)
{
	*a = (struct http_answer){ .status = 0 };
	bytes_init(&a->body, HTTP_BODY_MAX);
}

void
http_answer_free(struct http_answer *a)
{
	bytes_free(&a->body);
	a->status = 0;
}

/* libcurl hands over size * count bytes; fewer taken ends the transfer. */
static size_t
take_body(char *at, size_t size, size_t count, void *with)
{
	struct asking *a = with;

	if (bytes_add(&a->out->body, at, size * count, &a->full) == 0)
		return size * count;
	a->too_large = a->full.id == FAULT_SOURCE_TOO_LARGE;
	a->no_memory = !a->too_large;
	return 0;
}

/*
 * A head that breaks off counts as whole for libcurl 7: a 204 could be one
 * that the server never finished.
 */
static size_t /* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's */
take_header(char *at, size_t size, size_t count, void *with)
{
	struct asking *a = with;
	size_t len = size * count;

	a->whole_head = len <= 2 && len > 0 && at[len - 1] == '\n';
	return len;
}

static int
add_header(struct asking *a, const char *line, struct fault *why)
{
	struct curl_slist *more = curl_slist_append(a->headers, line);

	if (more == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "a request");
	a->headers = more;
	return 0;
}

/* The subscription key or the like. */
static int
add_login_header(struct asking *a, struct fault *why)
{
	const struct login *login = a->http->login;
	const char *name = login_get(login, LOGIN_HEADER);
	const char *value = login_get(login, LOGIN_VALUE);
	struct bytes line;
	int rc = -1;

	if (name == NULL || value == NULL)
		return 0;
	bytes_init(&line, HEADER_MAX);
	if (bytes_add_text(&line, name, why) == 0 &&
	    bytes_add_text(&line, ": ", why) == 0 &&
	    bytes_add_text(&line, value, why) == 0)
		rc = add_header(a, (const char *)line.at, why);
	bytes_free(&line);
	return rc;
}

static int
add_headers(struct asking *a, struct fault *why)
{
	const struct http_request *r = a->request;

	/* Without this a large body waits for a leave that few servers give */
	if (add_header(a, "Expect:", why) == -1 ||
	    add_header(a, "Accept: application/json", why) == -1)
		return -1;
	if (r->body != NULL &&
	    add_header(a, "Content-Type: application/json", why) == -1)
		return -1;
	for (size_t i = 0; r->headers != NULL && r->headers[i] != NULL; i++)
		if (add_header(a, r->headers[i], why) == -1)
			return -1;
	return add_login_header(a, why);
}

/* Borrowed by libcurl until the request is over. */
static CURLcode
set_blob(CURL *c, CURLoption option, const char *pem)
{
	union {
		const char *in;
		void *out;
	} text = { .in = pem };
	struct curl_blob blob = { .data = text.out,
		.len = pem == NULL ? 0 : strlen(pem),
		.flags = CURL_BLOB_NOCOPY };

	return pem == NULL ? CURLE_OK : curl_easy_setopt(c, option, &blob);
}

static CURLcode
set_login(CURL *c, const struct login *login)
{
	const char *user = login_get(login, LOGIN_USER);
	const char *bearer = login_get(login, LOGIN_BEARER);
	CURLcode rc = CURLE_OK;

	if (user != NULL) {
		rc = curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(c, CURLOPT_USERNAME, user);
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(c, CURLOPT_PASSWORD,
			    login_get(login, LOGIN_PASSWORD));
	} else if (bearer != NULL) {
		rc = curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		if (rc == CURLE_OK)
			rc =
			    curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, bearer);
	}
	if (rc == CURLE_OK && login_get(login, LOGIN_CERTIFICATE) != NULL) {
		rc = curl_easy_setopt(c, CURLOPT_SSLCERTTYPE, "PEM");
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(c, CURLOPT_SSLKEYTYPE, "PEM");
		if (rc == CURLE_OK)
			rc = set_blob(c, CURLOPT_SSLCERT_BLOB,
			    login_get(login, LOGIN_CERTIFICATE));
		if (rc == CURLE_OK)
			rc = set_blob(c, CURLOPT_SSLKEY_BLOB,
			    login_get(login, LOGIN_KEY));
	}
	if (rc == CURLE_OK)
		rc = set_blob(c, CURLOPT_CAINFO_BLOB,
		    login_get(login, LOGIN_CA));
	return rc;
}

/* Whom we speak to, and how the line is kept. */
static CURLcode
set_line(const struct asking *a)
{
	const struct http *h = a->http;
	CURL *c = h->curl;
	CURLcode rc = CURLE_OK;
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_CONNECTTIMEOUT, h->connect_seconds },
		{ CURLOPT_LOW_SPEED_LIMIT, 1 },
		{ CURLOPT_LOW_SPEED_TIME, h->stall_seconds },
		/* libcurl tries again by itself on a connection kept open. */
		{ CURLOPT_FRESH_CONNECT, a->request->changes ? 1 : 0 },
	};

	for (size_t i = 0;
	     i < sizeof(numbers) / sizeof(numbers[0]) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(c, numbers[i].option, numbers[i].value);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR,
		    h->local ? "https,http" : "https");
	if (rc == CURLE_OK && h->local)
		rc = curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
	return rc;
}

static CURLcode
set_request(struct asking *a)
{
	const struct http_request *r = a->request;
	CURL *c = a->http->curl;
	CURLcode rc = curl_easy_setopt(c, CURLOPT_URL, (char *)a->url.at);

	if (rc == CURLE_OK &&
	    (r->body != NULL || strcmp(r->method, "POST") == 0))
		rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS,
		    r->body == NULL ? "" : (const char *)r->body);
	if (rc == CURLE_OK &&
	    (r->body != NULL || strcmp(r->method, "POST") == 0))
		rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(r->body == NULL ? 0 : r->len));
	if (rc == CURLE_OK && strcmp(r->method, "GET") != 0)
		rc = curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_HTTPHEADER, a->headers);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
	return rc;
}

/* A request that reached nobody, or whose loss changes nothing. */
static bool
was_sent(CURL *c)
{
	long sent = 0;

	return curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &sent) != CURLE_OK ||
	    sent > 0;
}

/* The TLS library says the same of a line that was cut and of a bad one. */
static bool
line_was_cut(CURL *c)
{
	long number = 0;

	return curl_easy_getinfo(c, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
	    (number == ECONNRESET || number == EPIPE || number == ETIMEDOUT);
}

/* Which of our faults libcurl's is.  Its own words may hold an address. */
static int
fault_of(const struct asking *a, CURLcode rc, struct fault *why)
{
	CURL *c = a->http->curl;

	switch (rc) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_CIPHER:
	case CURLE_USE_SSL_FAILED:
		return FAIL(why, FAULT_SERVER_TLS, "%s",
		    curl_easy_strerror(rc));
	case CURLE_SSL_CONNECT_ERROR:
		if (!line_was_cut(c))
			return FAIL(why, FAULT_SERVER_TLS,
			    "no connection both sides agree on");
		break;
	case CURLE_SSL_CERTPROBLEM:
		return FAIL(why, FAULT_CREDENTIALS,
		    "the client's certificate or key cannot be used");
	case CURLE_OUT_OF_MEMORY:
		return FAIL(why, FAULT_NO_MEMORY, "libcurl");
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return FAIL(why, FAULT_SERVER_ADDRESS, "%s",
		    curl_easy_strerror(rc));
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		if (!a->request->changes)
			return FAIL(why, FAULT_SERVER_ANSWER, "%s",
			    curl_easy_strerror(rc));
		break;
	default:
		break;
	}
	if (a->request->changes && was_sent(c))
		return FAIL(why, FAULT_SERVER_BROKE_OFF, "%s",
		    curl_easy_strerror(rc));
	return FAIL(why, FAULT_SERVER_UNREACHABLE, "%s",
	    curl_easy_strerror(rc));
}

/* What came, or why nothing did. */
static int
take_outcome(struct asking *a, CURLcode rc, struct fault *why)
{
	long status = 0;

	a->out->too_large = a->too_large;
	if (a->too_large)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "it is larger than %d MiB",
		    (int)(HTTP_BODY_MAX / 1024 / 1024));
	if (a->no_memory)
		return FAIL(why, FAULT_NO_MEMORY, "an answer");
	if (rc != CURLE_OK)
		return fault_of(a, rc, why);
	(void)curl_easy_getinfo(a->http->curl, CURLINFO_RESPONSE_CODE, &status);
	if (!a->whole_head || status < 200)
		return fault_of(a, CURLE_GOT_NOTHING, why);
	if (status > 599)
		return FAIL(why, FAULT_SERVER_ANSWER, "it has no status");
	a->out->status = (int)status;
	if (status == 401) {
		a->http->refused = true;
		return FAIL(why, FAULT_SERVER_LOGIN, "status 401");
	}
	if (status >= 300 && status <= 399)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "status %ld: it points to another address", status);
	return 0;
}

/* One try.  *wait is what the server asks for; -1: it does not say. */
static int
ask_once(struct asking *a, curl_off_t *wait, struct fault *why)
{
	CURL *c = a->http->curl;
	CURLcode rc;
	int result;

	bytes_empty(&a->out->body);
	a->out->status = 0;
	a->too_large = a->no_memory = a->whole_head = false;
	curl_easy_reset(c);
	rc = set_line(a);
	if (rc == CURLE_OK)
		rc = set_login(c, a->http->login);
	if (rc == CURLE_OK)
		rc = set_request(a);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(c);
	else if (rc != CURLE_OUT_OF_MEMORY)
		rc = CURLE_FAILED_INIT;
	result = rc == CURLE_FAILED_INIT ?
	    FAIL(why, FAULT_INSIDE, "libcurl takes not all it is told") :
	    take_outcome(a, rc, why);
	*wait = -1;
	if (result == 0 &&
	    (curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, wait) != CURLE_OK ||
		*wait <= 0))
		*wait = -1;
	/* It keeps the connection and lets go of the login. */
	curl_easy_reset(c);
	if (result == -1)
		bytes_empty(&a->out->body);
	return result;
}

static void
sleep_for(long seconds)
{
	struct timespec left = { .tv_sec = seconds };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		;
}

/* Try until the server takes it or the patience ends. */
static int
ask_patiently(struct asking *a, struct fault *why)
{
	long left = a->http->patience_seconds, seconds = WAIT_FIRST;
	curl_off_t wait;

	for (;;) {
		if (ask_once(a, &wait, why) == -1)
			return -1;
		if (a->out->status != 429 && a->out->status != 503)
			return 0;
		if (wait > 0)
			seconds = wait > WAIT_MAX ? WAIT_MAX : (long)wait;
		if (seconds > left)
			return FAIL(why, FAULT_SERVER_BUSY, "status %d",
			    a->out->status);
		if (a->http->waiting != NULL)
			a->http->waiting(a->http->with, seconds);
		sleep_for(seconds);
		left -= seconds;
		seconds = seconds > WAIT_MAX / 2 ? WAIT_MAX : seconds * 2;
	}
}

int
http_ask(struct http *h, const struct http_request *r, struct http_answer *out,
    struct fault *why)
{
	struct asking a = { .http = h, .request = r, .out = out };
	int rc = -1;

	if (h->refused)
		return FAIL(why, FAULT_SERVER_LOGIN,
		    "it was refused before, so nothing more is asked");
	bytes_init(&a.url, URL_MAX);
	if (bytes_add_text(&a.url, h->url, why) == 0 &&
	    bytes_add_text(&a.url, r->path, why) == 0 &&
	    add_headers(&a, why) == 0)
		rc = ask_patiently(&a, why);
	curl_slist_free_all(a.headers);
	bytes_free(&a.url);
	return rc;
}

int
http_refusal(const struct http_answer *a, const char *what, struct fault *why)
{
	enum fault_id id = FAULT_SERVER_ANSWER;

	if (a->status == 403)
		id = FAULT_SERVER_FORBIDDEN;
	else if (a->status >= 400 && a->status <= 499)
		id = FAULT_SERVER_REFUSED;
	else if (a->status >= 500)
		id = FAULT_SERVER_TROUBLE;
	return FAIL(why, id, "%s: status %d", what, a->status);
}

int
http_add_escaped(struct bytes *to, const char *text, struct fault *why)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz"
				   "0123456789-._~";
	static const char digits[] = "0123456789ABCDEF";

	for (const char *c = text; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;
		const char escaped[] = { '%', digits[byte >> 4],
			digits[byte & 15] };
		int rc = strchr(fine, *c) != NULL ?
		    bytes_add(to, c, 1, why) :
		    bytes_add(to, escaped, sizeof(escaped), why);

		if (rc == -1)
			return -1;
	}
	return 0;
}
