#include "formats/agreement_fill.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
#include "formats/agreement.h"
#include "formats/lookups.h"

#define ENTRIES_MAX AGREEMENT_MAX /* bytes of what is added to one list */
#define EDITS (1 + MAP_SECTIONS)
#define VERSION_ROOM 24

/* --- finding one's way in a text that is known to be JSON --- */

static const char *
skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Past a string that begins at its quote. */
static const char *
skip_string(const char *at)
{
	for (at++; *at != '"' && *at != '\0'; at++)
		if (*at == '\\' && at[1] != '\0')
			at++;
	return *at == '"' ? at + 1 : at;
}

static const char *
skip_value(const char *at)
{
	size_t depth = 0;

	do {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && depth > 0)
			depth--;
		else if (depth == 0)
			return at + strcspn(at, ",]} \t\r\n");
		at++;
	} while (*at != '\0' && depth > 0);
	return at;
}

/* The value of a member of the object that begins here; NULL if none. */
static const char *
find_member(const char *object, const char *name)
{
	const char *at, *end;
	size_t len = strlen(name);

	if (object == NULL || *object != '{')
		return NULL;
	for (at = skip_space(object + 1); *at == '"';
	     at = skip_space(end + (*end == ','))) {
		const char *value = skip_string(at);
		bool is_it = (size_t)(value - at) == len + 2 &&
		    strncmp(at + 1, name, len) == 0;

		value = skip_space(value);
		value = skip_space(value + (*value == ':'));
		if (is_it)
			return value;
		end = skip_space(skip_value(value));
	}
	return NULL;
}

/* --- what is written, and where --- */

struct edit {
	const char *from; /* what stands from here to there is replaced */
	const char *to;
	struct bytes with;
};

static int
by_place(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* The space that the line of this place begins with. */
static size_t
indent_of(const char *text, const char *at, const char **space)
{
	const char *line = at;

	while (line > text && line[-1] != '\n')
		line--;
	*space = line;
	return strspn(line, " \t");
}

/* Where new entries go, and what divides them. */
struct place {
	const char *space; /* NULL: the list stands on one line */
	size_t indent;
	bool deeper; /* the indent is that of the list: one more for items */
	bool empty;
};

static void
look_at_list(const char *text, const char *list, struct edit *e,
    struct place *p)
{
	const char *first = skip_space(list + 1);
	size_t indent;

	*p = (struct place){ .empty = *first == ']' };
	e->from = p->empty ? list + 1 : first;
	e->to = p->empty ? first : NULL;
	if (p->empty) {
		p->indent = indent_of(text, list, &p->space);
		p->deeper = true;
		return;
	}
	/* After the last item, and before the space that follows it. */
	for (;;) {
		const char *end = skip_value(e->from);
		const char *next = skip_space(end);

		if (*next != ',') {
			e->from = e->to = end;
			break;
		}
		e->from = skip_space(next + 1);
	}
	indent = indent_of(text, first, &p->space);
	p->indent = indent;
	if (p->space + indent != first)
		p->space = NULL;
}

static int
add_break(const struct place *p, bool closing, struct bytes *out,
    struct fault *why)
{
	if (p->space == NULL)
		return closing ? 0 : bytes_add_text(out, " ", why);
	if (bytes_add_text(out, "\n", why) == -1 ||
	    bytes_add(out, p->space, p->indent, why) == -1)
		return -1;
	return p->deeper && !closing ? bytes_add_text(out, " ", why) : 0;
}

static int
write_entry(const char *code, const char *value, struct bytes *out,
    struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "code", code);
	jsonout_list(&o, "primero");
	jsonout_text(&o, NULL, value);
	jsonout_list_end(&o);
	jsonout_list(&o, "progres_in");
	jsonout_list_end(&o);
	jsonout_null(&o, "progres_out");
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

/* An agency that is a party is called as the agreement calls it. */
static const char *
code_of(const struct agreement *a, const struct lookups_value *v)
{
	if (v->section == MAP_AGENCIES)
		for (size_t i = 0; i < a->party_count; i++)
			if (a->parties[i].id != NULL &&
			    text_same_loosely(a->parties[i].id, v->id))
				return a->parties[i].id;
	return v->id;
}

static bool
is_taken(const struct agreement *a, const struct lookups_value *v)
{
	bool many;

	return agreement_from_source(a, v->section, SYSTEM_PRIMERO, v->id,
		   &many) != NULL ||
	    many;
}

static int
draft_list(const struct agreement *a, enum map_section section,
    const struct lookups *l, const struct place *p, struct bytes *out,
    struct fault *why)
{
	bool first = p->empty;

	for (const struct lookups_value *v = l->first; v != NULL; v = v->next) {
		const char *code = code_of(a, v);

		if (v->section != section || is_taken(a, v) ||
		    agreement_code(a, section, code) != NULL)
			continue;
		if ((!first && bytes_add_text(out, ",", why) == -1) ||
		    add_break(p, false, out, why) == -1 ||
		    write_entry(code, v->id, out, why) == -1)
			return -1;
		first = false;
	}
	return p->empty && out->len > 0 ? add_break(p, true, out, why) : 0;
}

/* --- the whole file --- */

struct drafting {
	const char *text; /* ends with NUL */
	size_t len;
	struct edit edits[EDITS];
	size_t count;
};

static int
edit_version(struct drafting *d, const struct agreement *a, struct fault *why)
{
	struct edit *e = &d->edits[d->count];
	char version[VERSION_ROOM];

	e->from = find_member(skip_space(d->text), "version");
	if (e->from == NULL)
		return FAIL(why, FAULT_AGREEMENT_FORM, "no version");
	e->to = skip_value(e->from);
	(void)snprintf(version, sizeof(version), "%" PRId64, a->version + 1);
	bytes_init(&e->with, VERSION_ROOM);
	d->count++;
	return bytes_add_text(&e->with, version, why);
}

static int
edit_list(struct drafting *d, const struct agreement *a,
    enum map_section section, const struct lookups *l, struct fault *why)
{
	const char *maps = find_member(skip_space(d->text), "maps");
	const char *list = find_member(maps, fields_map_name(section));
	struct edit *e = &d->edits[d->count];
	struct place p;

	if (list == NULL || *list != '[')
		return FAIL(why, FAULT_AGREEMENT_FORM, "no maps.%s",
		    fields_map_name(section));
	look_at_list(d->text, list, e, &p);
	bytes_init(&e->with, ENTRIES_MAX);
	d->count++;
	if (draft_list(a, section, l, &p, &e->with, why) == -1)
		return -1;
	/* What is not added to stays as it is, with its space. */
	if (e->with.len == 0)
		e->to = e->from;
	return 0;
}

static int
apply(struct drafting *d, struct bytes *out, struct fault *why)
{
	const char *at = d->text;

	qsort(d->edits, d->count, sizeof(d->edits[0]), by_place);
	for (size_t i = 0; i < d->count; i++) {
		const struct edit *e = &d->edits[i];

		if (bytes_add(out, at, (size_t)(e->from - at), why) == -1 ||
		    bytes_add(out, e->with.at, e->with.len, why) == -1)
			return -1;
		at = e->to;
	}
	return bytes_add(out, at, d->len - (size_t)(at - d->text), why);
}

int
agreement_fill(struct agreement_file *from, const struct lookups *l,
    struct bytes *out, struct fault *why)
{
	const struct agreement *a = agreement_of(from);
	struct drafting d = { .count = 0 };
	int rc = -1;

	/* The file's bytes are the arena's, which ends them with a NUL. */
	d.text = agreement_bytes(from, &d.len);
	if (edit_version(&d, a, why) == -1)
		goto done;
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		if (lookups_name((enum map_section)i) != NULL &&
		    edit_list(&d, a, (enum map_section)i, l, why) == -1)
			goto done;
	rc = apply(&d, out, why);
done:
	for (size_t i = 0; i < d.count; i++)
		bytes_free(&d.edits[i].with);
	return rc;
}

/* --- what is still missing --- */

static const char *
label_of_entry(const struct lookups *l, enum map_section section,
    const struct map_entry *e)
{
	const char *label = NULL;

	for (size_t i = 0; i < e->primero.count && label == NULL; i++)
		label = lookups_label(l, section, e->primero.items[i]);
	return label;
}

static bool
site_has(const struct lookups *l, enum map_section section,
    const struct map_entry *e)
{
	for (size_t i = 0; i < e->primero.count; i++)
		if (lookups_has(l, section, e->primero.items[i]))
			return true;
	return false;
}

/* That proGres never means it may well be so, where it was agreed. */
static bool
to_look_at(const struct agreement_fill_entry *e)
{
	return e->drafted || e->no_output || e->not_here || e->no_party ||
	    e->not_taken;
}

/* What entries say, and then what of the site's no entry takes. */
static void
look_through(const struct agreement *before, const struct agreement *after,
    const struct lookups *l, enum map_section section,
    void (*tell)(void *context, const struct agreement_fill_entry *e),
    void *context)
{
	const struct map *m = &after->maps[section];

	for (size_t i = 0; i < m->count; i++) {
		const struct map_entry *entry = &m->entries[i];
		struct agreement_fill_entry e = {
			.section = section,
			.code = entry->code,
			.label = label_of_entry(l, section, entry),
			.drafted = agreement_code(before, section,
				       entry->code) == NULL,
			.no_output = entry->progres_out == NULL,
			.no_input = entry->progres_in.count == 0,
			.not_here = l->has[section] &&
			    entry->primero.count > 0 &&
			    !site_has(l, section, entry),
			.no_party = section == MAP_AGENCIES &&
			    agreement_party(after, entry->code) == NULL,
		};

		if (entry->code != NULL && to_look_at(&e))
			tell(context, &e);
	}
	for (const struct lookups_value *v = l->first; v != NULL; v = v->next) {
		struct agreement_fill_entry e = {
			.section = section,
			.code = v->id,
			.label = v->label,
			.not_taken = true,
		};

		if (v->section == section && !is_taken(after, v))
			tell(context, &e);
	}
}

void
agreement_fill_lacks(const struct agreement *before,
    const struct agreement *after, const struct lookups *l,
    void (*tell)(void *context, const struct agreement_fill_entry *e),
    void *context)
{
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		if (lookups_name((enum map_section)i) != NULL)
			look_through(before, after, l, (enum map_section)i,
			    tell, context);
}
