/*
 * http: asking one server, so that it is always known what became of it.
 *
 * Only https, verified, TLS 1.2 or later; plain http to this machine alone.
 * No redirect is followed: an answer that points elsewhere is a fault.  A
 * proxy of the environment is used, except for this machine.  What the login
 * holds goes into headers and the TLS handshake and nowhere else; libcurl's
 * copies are wiped when it gives them back.
 *
 * 429 and 503 are waited out as the server says, within the patience given:
 * if it asks for more than is left of that, it is busy, and nobody waits.
 * After a 401 the object asks nothing more: systems lock a user who goes on.
 * A request that changes something is never sent a second time by itself, not
 * even by libcurl over a connection that was kept open.
 */
#ifndef SATCHEL_SYSTEMS_HTTP_H
#define SATCHEL_SYSTEMS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct fault;
struct http;
struct login;
struct place_meter;

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
	const char *ca; /* PEM, borrowed; for the login's; or NULL */
	/* Counted, slowed and ended by it; borrowed; NULL: none. */
	struct place_meter *meter;
};

/* A body that is read while it is sent; each gives 0, or -1 with a fault. */
struct http_upload {
	int64_t size;
	const char *type; /* "application/.." */
	int (*read)(void *with, uint8_t *out, size_t room, size_t *got,
	    struct fault *why);
	void *with;
};

/*
 * Who takes the body of a 200 or 206 as it comes; so_far has the status and
 * the fields.  1 is enough: the rest is not waited for.
 */
struct http_answer;
struct http_download {
	int (*take)(void *with, const struct http_answer *so_far,
	    const uint8_t *bytes, size_t len, struct fault *why);
	void *with;
};

struct http_request {
	const char *method;
	const char *path; /* after the url: "/api/v2/cases?page=1" */
	const void *body; /* JSON; NULL: none */
	size_t len;
	bool changes;		    /* may it change something there? */
	const char *const *headers; /* "Name: value", ends with NULL; or NULL */
	/*
	 * Its second time would do no harm: it may go over a connection that
	 * was kept open, where libcurl tries again by itself.
	 */
	bool harmless;
	/*
	 * Its second time would do harm: a 503 is an answer like any other, as
	 * what stands before the server may say it of what was done.  429 is
	 * waited out all the same: it is said before anything is done.
	 */
	bool once;
	bool fields; /* keep the answer's, for http_field */
	const struct http_upload *upload; /* in the place of body; or NULL */
	const struct http_download *download; /* or NULL */
};

struct http_answer {
	int status;	   /* 100 to 599; never 401; 429, 503 are waited out */
	struct bytes body; /* empty for most 204 */
	bool too_large;	   /* with FAULT_SERVER_ANSWER: ask for less */
	bool reached;	   /* also with a fault: somebody was there */
	struct bytes fields; /* "name: value" and NUL, each; if asked for */
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
 * FAULT_SERVER_BUSY		it did not do it; of an upload at once
 * FAULT_SERVER_ANSWER		it points elsewhere, or is too large: of a
 *				request that changes, it is not known
 */
int http_ask(struct http *h, const struct http_request *r,
    struct http_answer *out, struct fault *why);

/* What the meter is told from now on has moved: from base on; size 0: nothing */
void http_tell(struct http *h, int64_t base, int64_t size);
/* See line_told; given, if nothing is counted. */
int64_t http_told(const struct http *h, int64_t given);

/*
 * What the answer says in that field (any case), or NULL: it is not there, or
 * there twice with two meanings.  Borrowed from the answer.
 */
const char *http_field(const struct http_answer *a, const char *name);
/* The same, as a whole number from 0 on. */
bool http_number(const struct http_answer *a, const char *name, int64_t *out);

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
