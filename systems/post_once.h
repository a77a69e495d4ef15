/*
 * post_once: sending what must not be there twice.
 *
 * PING and DTP make a second referral of a second message.  So whoever sends
 * has to know which of three things happened, and the third is never repaired
 * by sending again.
 */
#ifndef SATCHEL_SYSTEMS_POST_ONCE_H
#define SATCHEL_SYSTEMS_POST_ONCE_H

#include <stddef.h>

struct fault;
struct http;
struct http_answer;

enum post_once {
	POST_ONCE_NOT,	   /* it did not take it: may be sent again */
	POST_ONCE_TAKEN,   /* it answered with 2xx, and that is all */
	POST_ONCE_UNKNOWN, /* nobody knows; why says what stood in the way */
};

/* Fills in why for all but POST_ONCE_TAKEN. */
enum post_once post_once(struct http *http, const char *path, const void *body,
    size_t len, struct http_answer *answer, struct fault *why);

#endif
