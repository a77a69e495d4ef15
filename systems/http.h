/*
 * http: asking one server, so that it is always known what became of it.
 *
 * Only https, verified, TLS 1.2 or later; plain http to this machine alone.
 * No redirect is followed: an answer that points elsewhere is a fault.  A
 * proxy of the environment is used, except for this machine.  What the login
 * holds goes into headers and the TLS handshake and nowhere else; libcurl's
 * copies are wiped when it gives them back.
 *
 * 429 and 503 are waited out as the server says, within the patience given.
 * After a 401 the object asks nothing more: systems lock a user who goes on.
 * A request that changes something is never sent a second time by itself, not
 * even by libcurl over a connection that was kept open.
 */
#ifndef SATCHEL_SYSTEMS_HTTP_H
#define SATCHEL_SYSTEMS_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct fault;
struct http;
struct login;

#define HTTP_BODY_MAX ((size_t)64 * 1024 * 1024)

struct http_server {
	const char *url;	   /* https://host[:port][/path]; copied */
	const struct login *login; /* borrowed; NULL: none */
	long connect_seconds;	   /* 0: 30 */
	long stall_seconds;	   /* without a byte; 0: 120 */
	long patience_seconds;	   /* of waiting for one request; 0: 300 */
	/* Told before each wait; may be NULL. */
	void (*waiting)(void *with, long seconds);
	void *with;
};

struct http_request {
	const char *method;
	const char *path; /* after the url: "/api/v2/cases?page=1" */
	const void *body; /* JSON; NULL: none */
	size_t len;
	bool changes;		    /* may it change something there? */
	const char *const *headers; /* "Name: value", ends with NULL; or NULL */
};

struct http_answer {
	int status;	   /* 100 to 599; never 401; 429 or 503 is waited out */
	struct bytes body; /* empty for most 204 */
	bool too_large;	   /* with FAULT_SERVER_ANSWER: ask for less */
};

/* FAULT_SERVER_ADDRESS, or FAULT_NO_MEMORY; NULL then. */
struct http *http_new(const struct http_server *server, struct fault *why);
void http_free(struct http *h); /* NULL is fine */

/*
 * Ask, wait if told to, and take the answer (begun with http_answer_init;
 * what it held goes).  0 for an answer of any status but 401.
 *
 * FAULT_SERVER_UNREACHABLE	nothing was changed there
 * FAULT_SERVER_BROKE_OFF	only if r->changes: it is not known
 * FAULT_SERVER_TLS, _LOGIN	nothing was changed there
 * FAULT_SERVER_BUSY		it did not do it
 * FAULT_SERVER_ANSWER		it points elsewhere, or is too large: of a
 *				request that changes, it is not known
 */
int http_ask(struct http *h, const struct http_request *r,
    struct http_answer *out, struct fault *why);

void http_answer_init(struct http_answer *a);
void http_answer_free(struct http_answer *a); /* wipes */

/*
 * The fault of an answer that is not 2xx, by its status alone: _FORBIDDEN for
 * 403, _REFUSED for other 4xx, _TROUBLE for 5xx, else _ANSWER.  Never a word of
 * the body, which may be about a person.  what: "GET cases".  Always -1.
 */
int http_refusal(const struct http_answer *a, const char *what,
    struct fault *why);

/* Adds text as one part of a path or query: all but A-Z a-z 0-9 - . _ ~ as %XX */
int http_add_escaped(struct bytes *to, const char *text, struct fault *why);

#endif
