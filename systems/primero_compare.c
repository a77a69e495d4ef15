#include "systems/primero_compare.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/day.h"
#include "base/text.h"
#include "formats/json.h"
#include "systems/primero_plan.h"

const struct json_node *
primero_compare_row(const struct json_node *rows, const char *unique_id)
{
	if (rows == NULL || json_kind(rows) != JSON_LIST || unique_id == NULL)
		return NULL;
	for (const struct json_node *n = json_first(rows); n != NULL;
	     n = json_next(n)) {
		const char *id = json_get_text(n, "unique_id");

		if (id != NULL && strcmp(id, unique_id) == 0)
			return n;
	}
	return NULL;
}

/* Primero takes the space around a text away, and writes days as times. */
static bool
same_text(const char *sent, const char *there)
{
	size_t sent_len = strlen(sent), there_len = strlen(there);
	const char *a = text_trim(sent, &sent_len);
	const char *b = text_trim(there, &there_len);
	day ignored;

	if (sent_len == there_len && memcmp(a, b, sent_len) == 0)
		return true;
	return day_read(sent, &ignored) && there_len > DAY_TEXT - 1 &&
	    strncmp(b, sent, DAY_TEXT - 1) == 0 && b[DAY_TEXT - 1] == 'T';
}

static bool
same_value(const struct json_node *sent, const struct json_node *there)
{
	int64_t a, b;
	bool yes, theirs;

	if (there == NULL)
		return json_is_null(sent);
	if (json_text(sent) != NULL)
		return json_text(there) != NULL &&
		    same_text(json_text(sent), json_text(there));
	if (json_integer(sent, &a))
		return json_integer(there, &b) && a == b;
	if (json_boolean(sent, &yes))
		return json_boolean(there, &theirs) && yes == theirs;
	return json_is_null(sent) && json_is_null(there);
}

bool
primero_compare_holds(const struct json_node *b, const struct json_node *a)
{
	for (const struct json_node *n = json_first(a); n != NULL;
	     n = json_next(n)) {
		const struct json_node *m = NULL;

		if (b != NULL && json_kind(b) == JSON_LIST)
			m = json_first(b);
		while (m != NULL && !same_value(n, m))
			m = json_next(m);
		if (m == NULL)
			return false;
	}
	return true;
}

static bool
is_subform(const struct json_node *n)
{
	return json_kind(n) == JSON_LIST && json_first(n) != NULL &&
	    json_kind(json_first(n)) == JSON_OBJECT;
}

static bool
same_member(const struct json_node *sent, const struct json_node *there)
{
	if (json_kind(sent) == JSON_LIST)
		return primero_compare_holds(there, sent);
	return same_value(sent, there);
}

static void
lost_of_row(const char *section, const struct json_node *row,
    const struct json_node *rows, struct primero_names_list *out)
{
	const struct json_node *there =
	    primero_compare_row(rows, json_get_text(row, "unique_id"));

	if (there == NULL) {
		primero_plan_name(out, NULL, section);
		return;
	}
	for (const struct json_node *n = json_first(row); n != NULL;
	     n = json_next(n))
		if (!same_member(n, json_get(there, json_name(n))))
			primero_plan_name(out, section, json_name(n));
}

void
primero_compare_lost(const struct json_node *sent,
    const struct json_node *there, struct primero_names_list *out)
{
	for (const struct json_node *n = json_first(sent); n != NULL;
	     n = json_next(n)) {
		const char *name = json_name(n);
		const struct json_node *same = json_get(there, name);

		if (!is_subform(n)) {
			if (!same_member(n, same))
				primero_plan_name(out, NULL, name);
			continue;
		}
		for (const struct json_node *row = json_first(n); row != NULL;
		     row = json_next(row))
			lost_of_row(name, row, same, out);
	}
}

static bool
is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

void
primero_compare_differs(const struct json_node *sent,
    const struct json_node *there, const char *const *without,
    struct primero_names_list *out)
{
	for (const struct json_node *n = json_first(sent); n != NULL;
	     n = json_next(n)) {
		const char *name = json_name(n);
		const struct json_node *theirs = json_get(there, name);
		const char *text = json_text(theirs);

		if (is_subform(n) || is_among(name, without) ||
		    theirs == NULL || json_is_null(theirs) ||
		    (text != NULL && *text == '\0'))
			continue;
		if (!same_member(n, theirs))
			primero_plan_name(out, NULL, name);
	}
}
