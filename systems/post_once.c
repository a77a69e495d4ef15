#include "systems/post_once.h"

#include <stdbool.h>

#include "base/fault.h"
#include "systems/http.h"

/* Was the request itself turned away, before anything was done with it? */
static bool
is_turned_away(int status)
{
	static const int turned_away[] = { 400, 403, 404, 405, 406, 411, 413,
		414, 415, 422 };

	for (size_t i = 0; i < sizeof(turned_away) / sizeof(turned_away[0]);
	     i++)
		if (turned_away[i] == status)
			return true;
	return false;
}

/*
 * Faults after which nothing can have been taken (http.h).  Busy is 429 here:
 * a 503 may be a gateway's word for what was passed on.
 */
static bool
is_before_it(enum fault_id id)
{
	return id == FAULT_SERVER_UNREACHABLE || id == FAULT_SERVER_TLS ||
	    id == FAULT_SERVER_LOGIN || id == FAULT_SERVER_BUSY;
}

enum post_once
post_once(struct http *http, const char *path, const void *body, size_t len,
    struct http_answer *answer, struct fault *why)
{
	const struct http_request request = { .method = "POST",
		.path = path,
		.body = body,
		.len = len,
		.changes = true,
		.once = true };

	if (http_ask(http, &request, answer, why) == -1)
		return is_before_it(why->id) ? POST_ONCE_NOT :
					       POST_ONCE_UNKNOWN;
	if (answer->status >= 200 && answer->status < 300)
		return POST_ONCE_TAKEN;
	(void)http_refusal(answer, "send", why);
	return is_turned_away(answer->status) ? POST_ONCE_NOT :
						POST_ONCE_UNKNOWN;
}
