/*
 * primero_whole: one case of Primero with the list of its referrals, as text.
 *
 * The texts are borrowed from the two answers, good until primero_whole_free.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_WHOLE_H
#define SATCHEL_SYSTEMS_PRIMERO_WHOLE_H

#include <stddef.h>

#include "systems/http.h"
#include "systems/primero_page.h"

struct fault;
struct primero_api;

struct primero_whole {
	struct http_answer answers[2];
	const char *text; /* of the case */
	size_t len;
	struct primero_page referrals; /* nothing was taken from it yet */
};

/*
 * By the case's id, which primero_api_is_id: 1, 0 if there is none or this user
 * may not read it or its referrals, or -1.  Whatever it is, *out is to be freed.
 */
int primero_whole_get(struct primero_api *p, const char *id,
    struct primero_whole *out, struct fault *why);
void primero_whole_free(struct primero_whole *w);

#endif
