/* place_https: a server of files: the way back from a tus place. */
#ifndef SATCHEL_SYSTEMS_PLACE_HTTPS_H
#define SATCHEL_SYSTEMS_PLACE_HTTPS_H

#include <stdint.h>

#include "base/bytes.h"
#include "systems/place.h"

struct http;
struct http_answer;
struct http_request;

struct place_https {
	struct http *server; /* scheme, host and port alone */
	char *url;	     /* all of it, as it was given */
	const char *path;    /* in it */
	struct bytes ca;
	struct place_meter *meter;
};

int place_https_open(struct place_https *p, const struct place_order *order,
    struct fault *why);
void place_https_close(struct place_https *p);

/*
 * http_ask, with r->path from the server's root; what broke off after somebody
 * was reached is FAULT_SERVER_BROKE_OFF.
 */
int place_https_ask(struct place_https *p, const struct http_request *r,
    struct http_answer *a, struct fault *why);
/* What is told as moved; size 0: nothing. */
void place_https_tell(struct place_https *p, int64_t base, int64_t size);
int64_t place_https_told(const struct place_https *p, int64_t given);

int place_https_list(struct place_https *p,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why);
int place_https_get(struct place_https *p, const struct place_found *f,
    const struct place_span *span, struct sink *into, int64_t *got,
    struct fault *why);

/*
 * "bytes 5-9/20" of a Content-Range: where it begins, and of how many; false
 * if it is of another form.  *size: -1 for "*".
 */
bool place_https_range(const char *text, int64_t *from, int64_t *size);

#endif
