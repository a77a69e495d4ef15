#include "systems/primero_page.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "systems/json_span.h"

#define PAGE_MAX ((size_t)64 * 1024 * 1024)
#define METADATA_UNKNOWN (-1)

const struct json_limits primero_page_limits = {
	.bytes = PAGE_MAX,
	.string = (size_t)1024 * 1024,
	.members = 100000,
	.depth = 64,
	.record = false,
};

static bool
is_named(const char *name, const char *after, const char *wanted)
{
	size_t len = strlen(wanted);

	return (size_t)(after - name) == len + 2 &&
	    memcmp(name + 1, wanted, len) == 0;
}

static int
take_metadata(const char *at, size_t len, struct primero_page *out,
    struct fault *why)
{
	struct json *j;
	const struct json_node *root;

	if (json_read(at, len, &json_foreign, &j, why) == -1)
		return -1;
	root = json_root(j);
	if (!json_integer(json_get(root, "total"), &out->total) ||
	    out->total < 0)
		out->total = METADATA_UNKNOWN;
	if (!json_integer(json_get(root, "per"), &out->per) || out->per < 1)
		out->per = METADATA_UNKNOWN;
	json_free(j);
	return 0;
}

/* The two members of the outer object that say something. */
static int
take_members(const char *at, const char *end, struct primero_page *out,
    struct fault *why)
{
	const char *name, *after, *value;

	at = json_span_space(at + 1, end);
	while (at < end && *at == '"') {
		name = at;
		after = json_span_text(at, end);
		value = json_span_mark(after, end, ':');
		at = json_span_value(value, end);
		if (is_named(name, after, "data")) {
			out->at = value;
			out->end = at;
		} else if (is_named(name, after, "metadata") &&
		    take_metadata(value, (size_t)(at - value), out, why) == -1)
			return -1;
		at = json_span_mark(at, end, ',');
	}
	return 0;
}

int
primero_page_open(const struct bytes *body, struct primero_page *out,
    struct fault *why)
{
	const char *start = (const char *)body->at, *end, *at;

	*out = (struct primero_page){ .total = METADATA_UNKNOWN,
		.per = METADATA_UNKNOWN };
	if (json_check(body->at, body->len, &primero_page_limits, why) == -1) {
		if (why->id == FAULT_JSON)
			fault_set(why, FAULT_SERVER_ANSWER, "%s", why->detail);
		return -1;
	}
	end = start + body->len;
	at = json_span_space(start, end);
	if (*at != '{')
		return FAIL(why, FAULT_SERVER_ANSWER, "it is no object");
	if (take_members(at, end, out, why) == -1)
		return -1;
	if (out->at == NULL || (*out->at != '[' && *out->at != '{'))
		return FAIL(why, FAULT_SERVER_ANSWER, "it has no data");
	out->list = *out->at == '[';
	return 0;
}

void
primero_page_list(const struct primero_page *p, const char **text, size_t *len)
{
	*text = p->at;
	*len = (size_t)(p->end - p->at);
}

bool
primero_page_next(struct primero_page *p, const char **text, size_t *len)
{
	const char *at = p->at;

	if (at == p->end)
		return false;
	if (!p->list) {
		*text = at;
		*len = (size_t)(p->end - at);
		p->at = p->end;
		return true;
	}
	if (*at == '[' || *at == ',')
		at = json_span_space(at + 1, p->end);
	if (at == p->end || *at == ']') {
		p->at = p->end;
		return false;
	}
	*text = at;
	p->at = json_span_value(at, p->end);
	*len = (size_t)(p->at - at);
	p->at = json_span_space(p->at, p->end);
	return true;
}
