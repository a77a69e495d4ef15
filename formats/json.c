#include "formats/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/platform.h"
#include "base/sink.h"
#include "formats/jsongate.h"

struct json {
	cJSON *root;
};

const struct json_limits json_foreign = {
	.bytes = (size_t)16 * 1024 * 1024,
	.string = (size_t)64 * 1024,
	.members = 100000,
	.depth = 32,
	.record = false,
};

const struct json_limits json_record = {
	.bytes = (size_t)1024 * 1024,
	.string = (size_t)64 * 1024,
	.members = 100000,
	.depth = 32,
	.record = true,
};

const struct json_limits json_line = {
	.bytes = (size_t)1024 * 1024,
	.string = (size_t)64 * 1024,
	.members = 100000,
	.depth = 32,
	.record = true,
	.no_null = true,
};

/* A node is a cJSON item under a name that lets nobody else look inside. */
static const cJSON *
item(const struct json_node *n)
{
	return (const cJSON *)n;
}

static const struct json_node *
node(const cJSON *i)
{
	return (const struct json_node *)i;
}

static void
wipe(char *text)
{
	if (text != NULL)
		platform_wipe(text, strlen(text));
}

static void
wipe_tree(cJSON *i)
{
	for (; i != NULL; i = i->next) {
		wipe(i->valuestring);
		wipe(i->string);
		i->valuedouble = 0;
		i->valueint = 0;
		wipe_tree(i->child);
	}
}

int
json_check_at(const void *text, size_t len, const struct json_limits *limits,
    const struct json_place *start, struct fault *why)
{
	return jsongate_check(text, len, limits, start, NULL, why);
}

int
json_check(const void *text, size_t len, const struct json_limits *limits,
    struct fault *why)
{
	struct json_place start = { 1, 1 };

	return json_check_at(text, len, limits, &start, why);
}

int
json_read_at(const void *text, size_t len, const struct json_limits *limits,
    const struct json_place *start, struct json **out, struct fault *why)
{
	struct bytes plain;
	struct json *j = NULL;
	int rc = -1;

	*out = NULL;
	bytes_init(&plain, limits->bytes);
	/* Asked first, so that what is too long is not copied. */
	if (len > limits->bytes || len == 0) {
		rc = json_check_at(text, len, limits, start, why);
		goto done;
	}
	if (bytes_add(&plain, text, len, why) == -1 ||
	    jsongate_check(text, len, limits, start, plain.at, why) == -1)
		goto done;
	if ((j = calloc(1, sizeof(*j))) == NULL ||
	    (j->root = cJSON_ParseWithLength((const char *)plain.at, len)) ==
		NULL) {
		fault_set(why, FAULT_NO_MEMORY, "reading a JSON text");
		goto done;
	}
	*out = j;
	j = NULL;
	rc = 0;

done:
	free(j);
	bytes_free(&plain);
	return rc;
}

int
json_read(const void *text, size_t len, const struct json_limits *limits,
    struct json **out, struct fault *why)
{
	struct json_place start = { 1, 1 };

	return json_read_at(text, len, limits, &start, out, why);
}

void
json_free(struct json *j)
{
	if (j == NULL)
		return;
	wipe_tree(j->root);
	cJSON_Delete(j->root);
	free(j);
}

const struct json_node *
json_root(const struct json *j)
{
	return node(j->root);
}

enum json_kind
json_kind(const struct json_node *n)
{
	const cJSON *i = item(n);

	if (cJSON_IsBool(i))
		return JSON_BOOLEAN;
	/* The gate turned every real number into 0.5. */
	if (cJSON_IsNumber(i))
		return i->valuedouble == 0.5 ? JSON_REAL : JSON_INTEGER;
	if (cJSON_IsString(i))
		return JSON_TEXT;
	if (cJSON_IsArray(i))
		return JSON_LIST;
	if (cJSON_IsObject(i))
		return JSON_OBJECT;
	return JSON_NULL;
}

const struct json_node *
json_get(const struct json_node *n, const char *name)
{
	if (!cJSON_IsObject(item(n)))
		return NULL;
	return node(cJSON_GetObjectItemCaseSensitive(item(n), name));
}

const struct json_node *
json_first(const struct json_node *n)
{
	return n == NULL ? NULL : node(item(n)->child);
}

const struct json_node *
json_next(const struct json_node *n)
{
	return n == NULL ? NULL : node(item(n)->next);
}

size_t
json_count(const struct json_node *n)
{
	size_t count = 0;

	for (n = json_first(n); n != NULL; n = json_next(n))
		count++;
	return count;
}

const char *
json_name(const struct json_node *member)
{
	return member == NULL ? NULL : item(member)->string;
}

const char *
json_text(const struct json_node *n)
{
	return cJSON_IsString(item(n)) ? item(n)->valuestring : NULL;
}

bool
json_integer(const struct json_node *n, int64_t *out)
{
	if (n == NULL || json_kind(n) != JSON_INTEGER)
		return false;
	/* The gate let nothing pass that a double does not hold exactly. */
	*out = (int64_t)item(n)->valuedouble;
	return true;
}

bool
json_boolean(const struct json_node *n, bool *out)
{
	if (!cJSON_IsBool(item(n)))
		return false;
	*out = cJSON_IsTrue(item(n)) != 0;
	return true;
}

bool
json_is_null(const struct json_node *n)
{
	return cJSON_IsNull(item(n)) != 0;
}

const char *
json_get_text(const struct json_node *n, const char *name)
{
	return json_text(json_get(n, name));
}

static bool
among(const char *name, const char *const *names)
{
	if (names == NULL)
		return false;
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

const char *
json_unknown_name(const struct json_node *n, const char *const *names)
{
	if (n == NULL || json_kind(n) != JSON_OBJECT)
		return NULL;
	for (n = json_first(n); n != NULL; n = json_next(n))
		if (!among(json_name(n), names))
			return json_name(n);
	return NULL;
}

/*
 * RFC 8785 sorts by UTF-16 units.  That is the order of UTF-8 bytes but for
 * U+E000 to U+FFFF, which come after what UTF-16 writes as surrogate pairs.
 */
static int
by_utf16(const void *left, const void *right)
{
	const struct json_node *const *a = left;
	const struct json_node *const *b = right;
	const char *x = json_name(*a);
	const char *y = json_name(*b);
	int p;
	int q;

	while (*x != '\0' && *x == *y) {
		x++;
		y++;
	}
	p = (uint8_t)*x;
	q = (uint8_t)*y;
	if (p == 0xee || p == 0xef)
		p += 0x10;
	if (q == 0xee || q == 0xef)
		q += 0x10;
	return p - q;
}

static int canonical(const struct json_node *n, const char *const *without,
    struct jsonout *to, struct fault *why);

static int
canonical_object(const struct json_node *n, const char *const *without,
    struct jsonout *to, struct fault *why)
{
	size_t count = json_count(n);
	const struct json_node **members = NULL;
	size_t kept = 0;
	int rc = -1;

	if (count == 0)
		return 0;
	if ((members = calloc(count, sizeof(struct json_node *))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "sorting the members");
	for (n = json_first(n); n != NULL; n = json_next(n))
		if (!among(json_name(n), without))
			members[kept++] = n;
	if (kept > 1)
		qsort(members, kept, sizeof(struct json_node *), by_utf16);
	for (size_t i = 0; i < kept; i++)
		if (canonical(members[i], NULL, to, why) == -1)
			goto done;
	rc = 0;

done:
	free(members);
	return rc;
}

/* An item of a list has no name, and cJSON gives it none. */
static int
canonical(const struct json_node *n, const char *const *without,
    struct jsonout *to, struct fault *why)
{
	const char *name = to->depth == 0 ? NULL : json_name(n);
	int64_t integer = 0;
	bool yes = false;

	if (to->depth > json_record.depth)
		return FAIL(why, FAULT_JSON, "nested too deeply");
	switch (json_kind(n)) {
	case JSON_NULL:
		jsonout_null(to, name);
		return 0;
	case JSON_BOOLEAN:
		(void)json_boolean(n, &yes);
		jsonout_boolean(to, name, yes);
		return 0;
	case JSON_INTEGER:
		(void)json_integer(n, &integer);
		jsonout_integer(to, name, integer);
		return 0;
	case JSON_REAL:
		return FAIL(why, FAULT_JSON,
		    "a number that is not whole has no fixed form");
	case JSON_TEXT:
		jsonout_text(to, name, json_text(n));
		return 0;
	case JSON_LIST:
		jsonout_list(to, name);
		for (n = json_first(n); n != NULL; n = json_next(n))
			if (canonical(n, NULL, to, why) == -1)
				return -1;
		jsonout_list_end(to);
		return 0;
	case JSON_OBJECT:
		jsonout_object(to, name);
		if (canonical_object(n, without, to, why) == -1)
			return -1;
		jsonout_object_end(to);
		return 0;
	}
	return 0;
}

int
json_canonical(const struct json_node *n, const char *const *without,
    struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout json;
	int rc = -1;

	if (to == NULL)
		return -1;
	jsonout_start(&json, to);
	if (canonical(n, without, &json, why) == -1 ||
	    jsonout_end(&json, why) == -1)
		goto done;
	rc = sink_finish(to, why);

done:
	sink_free(to);
	return rc;
}
