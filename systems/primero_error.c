#include "systems/primero_error.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "systems/http.h"

/* The name of a field, or a path of such names: "services_section/0/note". */
static bool
is_field(const char *text)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyz0123456789_/";
	size_t len = strlen(text);

	return len > 0 && len < PRIMERO_ERROR_NAME &&
	    strspn(text, fine) == len && strcspn(text, "0123456789") > 0;
}

static void
add_field(struct primero_error *out, const char *text)
{
	if (text == NULL)
		return;
	if (*text == '/')
		text++;
	if (!is_field(text) || out->count == PRIMERO_ERROR_FIELDS)
		return;
	for (size_t i = 0; i < out->count; i++)
		if (strcmp(out->field[i], text) == 0)
			return;
	memcpy(out->field[out->count++], text, strlen(text) + 1);
}

static void
read_entry(struct primero_error *out, const struct json_node *entry)
{
	const struct json_node *detail = json_get(entry, "detail");
	const char *name = json_text(detail);

	add_field(out, name);
	for (const struct json_node *n =
		 json_kind(detail) == JSON_LIST ? json_first(detail) : NULL;
	     n != NULL; n = json_next(n))
		add_field(out, json_text(n));
}

void
primero_error_read(const struct http_answer *a, struct primero_error *out)
{
	const struct json_node *errors;
	struct json *j = NULL;
	struct fault ignored;

	*out = (struct primero_error){ .status = a->status };
	/* Only this status has names; the texts of the others may say more. */
	if (a->status != 422 || a->body.len == 0)
		return;
	if (json_read(a->body.at, a->body.len, &json_foreign, &j, &ignored) ==
	    -1)
		return;
	errors = json_get(json_root(j), "errors");
	if (errors != NULL && json_kind(errors) == JSON_LIST)
		for (const struct json_node *n = json_first(errors); n != NULL;
		     n = json_next(n))
			if (json_kind(n) == JSON_OBJECT &&
			    json_get(n, "detail") != NULL)
				read_entry(out, n);
	json_free(j);
}

int
primero_error_fault(const struct http_answer *a, const char *what,
    struct fault *why)
{
	struct primero_error e;
	char names[100] = "";
	size_t len = 0;

	(void)http_refusal(a, what, why);
	primero_error_read(a, &e);
	for (size_t i = 0; i < e.count; i++) {
		size_t more = strlen(e.field[i]) + 2;

		if (len + more >= sizeof(names))
			break;
		(void)snprintf(names + len, sizeof(names) - len, "%s%s",
		    i == 0 ? "" : ", ", e.field[i]);
		len = strlen(names);
	}
	if (len > 0)
		fault_set(why, why->id, "%s: status %d: %s", what, a->status,
		    names);
	return -1;
}
