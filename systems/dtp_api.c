#include "systems/dtp_api.h"

#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "systems/http.h"
#include "systems/post_once.h"

const char *
dtp_api_state_name(enum dtp_api_state s)
{
	static const char *const names[] = {
		[DTP_API_NOT_SENT] = "not-sent",
		[DTP_API_SENT] = "sent",
		[DTP_API_UNKNOWN] = "unknown",
	};

	return names[s];
}

/* Each kind of message has a path of its own; NULL if there is none. */
static int
find_path(const void *body, size_t len, const char **path, struct fault *why)
{
	static const char *const paths[] = {
		"/ReceiveIncomingReferral",
		"/ReceiveDecisionOutgoingReferral",
	};
	struct json *held = NULL;
	const char *type;

	*path = NULL;
	if (json_read(body, len, &json_foreign, &held, why) == -1)
		return why->id == FAULT_NO_MEMORY ?
		    -1 :
		    FAIL(why, FAULT_INSIDE, "a message for DTP is not JSON");
	type = json_get_text(json_root(held), "request_type");
	for (size_t i = 0; type != NULL && i < sizeof(paths) / sizeof(paths[0]);
	     i++)
		if (strcmp(paths[i] + 1, type) == 0)
			*path = paths[i];
	json_free(held);
	return *path != NULL ?
	    0 :
	    FAIL(why, FAULT_INSIDE, "a message for DTP is of no kind it takes");
}

int
dtp_api_send(struct http *http, const void *body, size_t len,
    enum dtp_api_state *state, struct fault *why)
{
	struct http_answer answer;
	enum post_once became;
	const char *path;

	*state = DTP_API_NOT_SENT;
	if (find_path(body, len, &path, why) == -1)
		return -1;
	http_answer_init(&answer);
	became = post_once(http, path, body, len, &answer, why);
	http_answer_free(&answer);
	if (became == POST_ONCE_NOT)
		return -1;
	*state = became == POST_ONCE_TAKEN ? DTP_API_SENT : DTP_API_UNKNOWN;
	return 0;
}
