#include "systems/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/fault.h"
#include "crypto/login.h"
#include "systems/http_memory.h"
#include "systems/line.h"

#define URL_MAX 8192
#define CONNECT_SECONDS 30
#define STALL_SECONDS 120
#define PATIENCE_SECONDS 300
#define WAIT_FIRST 5	/* if it does not say, twice as long each time */
#define WAIT_MAX 120	/* and never longer than this */
#define HEADER_MAX 8192 /* of the login's own header */
#define FIELDS_MAX ((size_t)64 * 1024)

struct http {
	char *url; /* without a / at its end */
	const struct login *login;
	bool local;   /* this machine itself */
	bool refused; /* a 401 was seen */
	long connect_seconds, stall_seconds, patience_seconds;
	void (*waiting)(void *with, long seconds);
	void *with;
	const char *ca;
	struct line *line; /* NULL: nothing is counted */
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
	bool enough;  /* the download wants no more */
	bool stopped; /* by full, which a function of the caller's gave */
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
	h->ca = server->ca;
	if (check_url(h, server->url, why) == -1)
		goto failed;
	if ((h->curl = curl_easy_init()) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "libcurl");
		goto failed;
	}
	if (server->meter != NULL &&
	    (h->line = line_new(server->meter, why)) == NULL)
		goto failed;
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
	line_free(h->line);
	free(h->url);
	free(h);
}

void
http_answer_init(struct http_answer *a)
{
	*a = (struct http_answer){ .status = 0 };
	bytes_init(&a->body, HTTP_BODY_MAX);
	bytes_init(&a->fields, FIELDS_MAX);
}

void
http_answer_free(struct http_answer *a)
{
	bytes_free(&a->body);
	bytes_free(&a->fields);
	a->status = 0;
}

/* What came goes on to the caller's own function. */
static size_t
hand_on(struct asking *a, const char *at, size_t len)
{
	const struct http_download *to = a->request->download;
	int rc = to->take(to->with, a->out, (const uint8_t *)at, len, &a->full);

	a->enough = rc == 1;
	a->stopped = rc == -1;
	return rc == 0 ? len : 0;
}

/* libcurl hands over size * count bytes; fewer taken ends the transfer. */
static size_t
take_body(char *at, size_t size, size_t count, void *with)
{
	struct asking *a = with;
	long status = 0;

	if (a->request->download != NULL) {
		(void)curl_easy_getinfo(a->http->curl, CURLINFO_RESPONSE_CODE,
		    &status);
		a->out->status = (int)status;
		if (status == 200 || status == 206)
			return hand_on(a, at, size * count);
	}
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
	struct bytes *fields = &a->out->fields;
	size_t len = size * count, used = len;

	a->whole_head = len <= 2 && len > 0 && at[len - 1] == '\n';
	if (!a->request->fields || a->whole_head)
		return len;
	/* A head that only announces another, as 100 does, is forgotten. */
	if (len >= 5 && memcmp(at, "HTTP/", 5) == 0) {
		bytes_empty(fields);
		return len;
	}
	while (used > 0 && strchr("\r\n \t", at[used - 1]) != NULL)
		used--;
	if (memchr(at, '\0', len) != NULL ||
	    bytes_add(fields, at, used, &a->full) == -1 ||
	    bytes_add(fields, "", 1, &a->full) == -1) {
		fault_set(&a->full, FAULT_SERVER_ANSWER, "its head");
		a->stopped = true;
		return 0;
	}
	return len;
}

static size_t
give_body(char *out, size_t size, size_t count, void *with)
{
	struct asking *a = with;
	const struct http_upload *from = a->request->upload;
	size_t room = size * count, got = 0;

	if (a->http->line != NULL) {
		line_stay(a->http->line);
		room = line_piece(a->http->line, room);
	}
	if (from->read(from->with, (uint8_t *)out, room, &got, &a->full) == 0)
		return got;
	a->stopped = true;
	return CURL_READFUNC_ABORT;
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
add_type(struct asking *a, const char *type, struct fault *why)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "Content-Type: %s", type);
	return add_header(a, line, why);
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
	if (r->upload != NULL && add_type(a, r->upload->type, why) == -1)
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

/* Whom to trust: those named alone, and not also the system's folder. */
static CURLcode
set_ca(CURL *c, const char *pem)
{
	CURLcode rc = set_blob(c, CURLOPT_CAINFO_BLOB, pem);

	if (rc == CURLE_OK && pem != NULL)
		rc = curl_easy_setopt(c, CURLOPT_CAPATH, (char *)NULL);
	return rc;
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
		{ CURLOPT_FRESH_CONNECT,
		    a->request->changes && !a->request->harmless ? 1 : 0 },
	};

	for (size_t i = 0;
	     i < sizeof(numbers) / sizeof(numbers[0]) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(c, numbers[i].option, numbers[i].value);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR,
		    h->local ? "https,http" : "https");
	if (rc == CURLE_OK && h->local)
		rc = curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (rc == CURLE_OK && a->request->download == NULL)
		rc = curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (rc == CURLE_OK)
		rc = set_ca(c,
		    h->ca != NULL || h->login == NULL ?
			h->ca :
			login_get(h->login, LOGIN_CA));
	if (rc == CURLE_OK && h->line != NULL)
		rc = line_set(h->line, c);
	return rc;
}

static CURLcode
set_upload(struct asking *a)
{
	CURL *c = a->http->curl;
	CURLcode rc = curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)a->request->upload->size);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_READFUNCTION, give_body);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_READDATA, a);
	return rc;
}

static CURLcode
set_request(struct asking *a)
{
	const struct http_request *r = a->request;
	CURL *c = a->http->curl;
	CURLcode rc = curl_easy_setopt(c, CURLOPT_URL, (char *)a->url.at);

	bool post = r->upload == NULL &&
	    (r->body != NULL || strcmp(r->method, "POST") == 0);

	if (rc == CURLE_OK && post)
		rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS,
		    r->body == NULL ? "" : (const char *)r->body);
	if (rc == CURLE_OK && post)
		rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(r->body == NULL ? 0 : r->len));
	if (rc == CURLE_OK && r->upload != NULL)
		rc = set_upload(a);
	if (rc == CURLE_OK && strcmp(r->method, "HEAD") == 0)
		rc = curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
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
	case CURLE_ABORTED_BY_CALLBACK:
		return FAIL(why, FAULT_SERVER_BROKE_OFF, "the time is up");
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
	/* An upload gets no second connection: see line_stay. */
	if (a->request->changes && was_sent(c))
		return FAIL(why, FAULT_SERVER_BROKE_OFF, "%s",
		    rc == CURLE_COULDNT_CONNECT ? "the line was cut" :
						  curl_easy_strerror(rc));
	return FAIL(why, FAULT_SERVER_UNREACHABLE, "%s",
	    curl_easy_strerror(rc));
}

/* A connection came about, now or for an earlier request. */
static bool
was_reached(const struct asking *a)
{
	CURL *c = a->http->curl;
	curl_off_t connected = 0;
	long fresh = 0;

	if (a->http->line != NULL && line_reached(a->http->line))
		return true;
	if (curl_easy_getinfo(c, CURLINFO_CONNECT_TIME_T, &connected) ==
		CURLE_OK &&
	    connected > 0)
		return true;
	return curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &fresh) ==
	    CURLE_OK &&
	    fresh == 0 && was_sent(c);
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
	if (a->stopped)
		return FAIL(why, a->full.id, "%s", a->full.detail);
	if (rc != CURLE_OK && !a->enough)
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
	bytes_empty(&a->out->fields);
	a->out->status = 0;
	a->too_large = a->no_memory = a->whole_head = false;
	a->enough = a->stopped = false;
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
	if (a->http->line != NULL)
		line_count(a->http->line);
	a->out->reached = was_reached(a);
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

static bool
is_to_wait(const struct asking *a)
{
	return a->out->status == 429 ||
	    (a->out->status == 503 && !a->request->once);
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
		if (!is_to_wait(a))
			return 0;
		if (a->request->upload != NULL)
			return FAIL(why, FAULT_SERVER_BUSY, "status %d",
			    a->out->status);
		if (a->http->line != NULL)
			left = line_left(a->http->line, left);
		if (wait > left)
			return FAIL(why, FAULT_SERVER_BUSY,
			    "status %d: it asks to wait for %" PRId64 " s",
			    a->out->status, (int64_t)wait);
		if (wait > 0)
			seconds = (long)wait;
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

void
http_tell(struct http *h, int64_t base, int64_t size)
{
	if (h->line != NULL)
		line_tell(h->line, base, size);
}

int64_t
http_told(const struct http *h, int64_t given)
{
	return h->line == NULL ? given : line_told(h->line, given);
}

/* What stands behind "name:" in one of the fields; NULL: another name. */
static const char *
value_of(const char *field, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(field, name, len) != 0 || field[len] != ':')
		return NULL;
	return field + len + 1 + strspn(field + len + 1, " \t");
}

const char *
http_field(const struct http_answer *a, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < a->fields.len;
	     i += strlen((const char *)a->fields.at + i) + 1) {
		const char *value =
		    value_of((const char *)a->fields.at + i, name);

		if (value == NULL)
			continue;
		if (found != NULL && strcmp(found, value) != 0)
			return NULL;
		found = value;
	}
	return found;
}

bool
http_number(const struct http_answer *a, const char *name, int64_t *out)
{
	const char *text = http_field(a, name);
	size_t len = text == NULL ? 0 : strlen(text);

	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
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
