#include "formats/lookups.h"

#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"

static const char *const names[MAP_SECTIONS] = {
	[MAP_SERVICES] = "lookup-service-type",
	[MAP_CONCERNS] = "lookup-protection-concerns",
	[MAP_LANGUAGES] = "lookup-language",
	[MAP_AGENCIES] = "agencies",
};

/* One file being read. */
struct filling {
	struct lookups *out;
	struct arena *arena;
	struct fault *why;
};

const char *
lookups_name(enum map_section section)
{
	return section < MAP_SECTIONS ? names[section] : NULL;
}

/* The words of the first language that has any; English before the others. */
static const char *
label_of(const struct json_node *texts)
{
	const char *text = json_text(texts);

	if (text != NULL)
		return text;
	text = json_get_text(texts, "en");
	if (text != NULL && text[0] != '\0')
		return text;
	for (const struct json_node *n = json_first(texts); n != NULL;
	     n = json_next(n))
		if ((text = json_text(n)) != NULL && text[0] != '\0')
			return text;
	return NULL;
}

/* What an agreement may say: it holds no other text. */
static bool
can_be_written(const char *id)
{
	size_t len = id != NULL ? strlen(id) : 0;

	return len > 0 && text_is_clean(id, len, false) && text_is_nfc(id, len);
}

static int
add(struct filling *f, enum map_section section, const char *id,
    const char *label)
{
	struct lookups *out = f->out;
	struct lookups_value *v;

	if (!can_be_written(id)) {
		out->unusable++;
		return 0;
	}
	if (lookups_has(out, section, id))
		return 0;
	if (out->count == LOOKUPS_VALUES_MAX)
		return FAIL(f->why, FAULT_SOURCE_TOO_LARGE,
		    "more than %d codes", LOOKUPS_VALUES_MAX);
	if ((v = arena_take(f->arena, sizeof(*v), f->why)) == NULL ||
	    (v->id = arena_copy(f->arena, id, strlen(id), f->why)) == NULL)
		return -1;
	if (label != NULL &&
	    (v->label = arena_copy(f->arena, label, strlen(label), f->why)) ==
		NULL)
		return -1;
	v->section = section;
	if (out->last != NULL)
		out->last->next = v;
	else
		out->first = v;
	out->last = v;
	out->count++;
	return 0;
}

static int
take_values(struct filling *f, enum map_section section,
    const struct json_node *values)
{
	if (json_kind(values) != JSON_LIST)
		return FAIL(f->why, FAULT_SOURCE_FORM,
		    "the values of %s are no list", names[section]);
	f->out->has[section] = true;
	for (const struct json_node *n = json_first(values); n != NULL;
	     n = json_next(n))
		if (add(f, section, json_get_text(n, "id"),
			label_of(json_get(n, "display_text"))) == -1)
			return -1;
	return 0;
}

static int
take_lookup(struct filling *f, const struct json_node *n)
{
	const char *name = json_get_text(n, "unique_id");

	f->out->lists_read++;
	for (size_t i = 0; name != NULL && i < MAP_SECTIONS; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return take_values(f, (enum map_section)i,
			    json_get(n, "values"));
	return 0;
}

static int
take_agency(struct filling *f, const struct json_node *n)
{
	f->out->agencies_read++;
	f->out->has[MAP_AGENCIES] = true;
	return add(f, MAP_AGENCIES, json_get_text(n, "unique_id"),
	    label_of(json_get(n, "name")));
}

/* Only one of the two has this. */
static bool
is_agency(const struct json_node *n)
{
	return json_get(n, "agency_code") != NULL;
}

static int
take_item(struct filling *f, const struct json_node *n, size_t number)
{
	if (json_get(n, "values") != NULL)
		return take_lookup(f, n);
	if (is_agency(n))
		return take_agency(f, n);
	return FAIL(f->why, FAULT_SOURCE_FORM,
	    "item %zu is neither a lookup nor an agency", number);
}

/* The page says how many there are in all, on every page the same. */
static void
take_total(struct lookups *out, const struct json_node *root,
    const struct json_node *first)
{
	int64_t total;

	if (first == NULL ||
	    !json_integer(json_get(json_get(root, "metadata"), "total"),
		&total))
		return;
	if (is_agency(first))
		out->agencies_in_all = total;
	else
		out->lists_in_all = total;
}

static int
take_all(struct filling *f, const struct json_node *root)
{
	const struct json_node *list = root;
	size_t number = 0;

	if (json_kind(root) == JSON_OBJECT)
		list = json_get(root, "data");
	if (list == NULL || json_kind(list) != JSON_LIST)
		return FAIL(f->why, FAULT_SOURCE_FORM,
		    "it is no list of lookups or agencies");
	take_total(f->out, root, json_first(list));
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n))
		if (take_item(f, n, ++number) == -1)
			return -1;
	return 0;
}

int
lookups_read(const void *text, size_t len, struct arena *a, struct lookups *out,
    struct fault *why)
{
	struct filling f = { out, a, why };
	struct json *json = NULL;
	int rc;

	if (json_read(text, len, &json_foreign, &json, why) == -1)
		return -1;
	rc = take_all(&f, json_root(json));
	json_free(json);
	return rc;
}

bool
lookups_cut_short(const struct lookups *l)
{
	return l->lists_in_all > (int64_t)l->lists_read ||
	    l->agencies_in_all > (int64_t)l->agencies_read;
}

/* Agencies compare as they do in the agreement. */
static const struct lookups_value *
find(const struct lookups *l, enum map_section section, const char *id)
{
	for (const struct lookups_value *v = l->first; v != NULL; v = v->next)
		if (v->section == section &&
		    (section == MAP_AGENCIES ? text_same_loosely(v->id, id) :
					       strcmp(v->id, id) == 0))
			return v;
	return NULL;
}

bool
lookups_has(const struct lookups *l, enum map_section section, const char *id)
{
	return find(l, section, id) != NULL;
}

const char *
lookups_label(const struct lookups *l, enum map_section section, const char *id)
{
	const struct lookups_value *v = find(l, section, id);

	return v != NULL ? v->label : NULL;
}
