#include "systems/primero_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "systems/primero_error.h"
#include "systems/primero_page.h"

#define PATH_MAX_HERE 256

struct primero_api {
	struct http *http;
};

struct primero_api *
primero_api_new(const struct http_server *server, struct fault *why)
{
	struct primero_api *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	if ((p->http = http_new(server, why)) == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

void
primero_api_free(struct primero_api *p)
{
	if (p == NULL)
		return;
	http_free(p->http);
	free(p);
}

bool
primero_api_is_id(const char *id)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len = strlen(id);

	return len > 0 && len < PRIMERO_API_ID && strspn(id, fine) == len;
}

int
primero_api_get(struct primero_api *p, const char *path, const char *what,
    struct http_answer *out, struct fault *why)
{
	const struct http_request r = { .method = "GET", .path = path };
	char text[64];

	if (http_ask(p->http, &r, out, why) == -1)
		return -1;
	if (out->status == 200)
		return 0;
	(void)snprintf(text, sizeof(text), "GET %s", what);
	return primero_error_fault(out, text, why);
}

int
primero_api_json(const struct http_answer *a, struct json **out,
    struct fault *why)
{
	if (json_read(a->body.at, a->body.len, &primero_page_limits, out,
		why) == 0)
		return 0;
	if (why->id == FAULT_JSON)
		fault_set(why, FAULT_SERVER_ANSWER, "%s", why->detail);
	return -1;
}

/* An answer about another case than was asked for is none. */
static int
check_case(const struct json *j, const char *id, struct fault *why)
{
	const struct json_node *one = json_get(json_root(j), "data");
	const char *said = json_get_text(one, "id");

	if (said == NULL || strcmp(said, id) != 0)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "GET case: it is not about that case");
	return 0;
}

int
primero_api_get_case(struct primero_api *p, const char *id, struct json **out,
    struct fault *why)
{
	struct http_answer a;
	struct http_request r = { .method = "GET" };
	char path[PATH_MAX_HERE];
	int rc = -1;

	*out = NULL;
	if (!primero_api_is_id(id))
		return FAIL(why, FAULT_TARGET,
		    "the id of the Primero case is none that a path can have");
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s", id);
	r.path = path;
	http_answer_init(&a);
	if (http_ask(p->http, &r, &a, why) == -1)
		goto done;
	if (a.status == 404)
		rc = 0;
	else if (a.status != 200)
		(void)primero_error_fault(&a, "GET case", why);
	else if (primero_api_json(&a, out, why) == 0)
		rc = check_case(*out, id, why) == 0 ? 1 : -1;
	if (rc == -1) {
		json_free(*out);
		*out = NULL;
	}

done:
	http_answer_free(&a);
	return rc;
}

int
primero_api_send(struct primero_api *p, const char *method, const char *path,
    const struct bytes *body, struct http_answer *out, struct fault *why)
{
	const struct http_request r = { .method = method,
		.path = path,
		.body = body->len > 0 ? body->at : NULL,
		.len = body->len,
		.changes = true };

	return http_ask(p->http, &r, out, why);
}
