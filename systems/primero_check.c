#include "systems/primero_check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "formats/json.h"
#include "formats/lookups.h"
#include "systems/primero_api.h"
#include "systems/primero_page.h"

#define FIELD "unhcr_export_opt_in"
#define WORDING_MAX 512
#define PATH_ROOM 512
#define PAGES_MAX 100
#define LOOKUPS_ARENA ((size_t)8 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * What makes the question one for refusal.  Only languages of which we know
 * the words; they are looked for in lower case.
 */
static const struct {
	const char *language;
	const char *negative[4];
	const char *positive[4];
} words[] = {
	{ "en", { " not ", "n't ", "refus", "opt out" },
	    { "agree", "consent", "wants to share", "accept" } },
	{ "fr", { " ne ", " n'", "refus", NULL },
	    { "accepte", "consent", "d'accord", NULL } },
	{ "es", { " no ", "rehus", "niega", NULL },
	    { "acepta", "acuerdo", "consient", NULL } },
	{ "pt", { " não ", "recus", "nega", NULL },
	    { "aceita", "concorda", "consente", NULL } },
};

static bool
has_any(const char *text, const char *const *some, size_t count)
{
	for (size_t i = 0; i < count && some[i] != NULL; i++)
		if (strstr(text, some[i]) != NULL)
			return true;
	return false;
}

/* 1: yes means to share; -1: yes means not to; 0: cannot be told. */
static int
tell(const char *language, const char *wording)
{
	char text[WORDING_MAX + 3];
	size_t len = strlen(wording);

	if (len >= WORDING_MAX)
		return 0;
	text[0] = ' ';
	for (size_t i = 0; i < len; i++)
		text[i + 1] = (char)tolower((unsigned char)wording[i]);
	text[len + 1] = ' ';
	text[len + 2] = '\0';
	for (size_t i = 0; i < COUNT(words); i++) {
		if (strncmp(language, words[i].language, 2) != 0)
			continue;
		if (has_any(text, words[i].negative, 4))
			return -1;
		return has_any(text, words[i].positive, 4) ? 1 : 0;
	}
	return 0;
}

/* What all wordings say together. */
struct told {
	int way; /* as tell */
	char language[PRIMERO_CHECK_LANGUAGE];
	char other[PRIMERO_CHECK_LANGUAGE]; /* which says the contrary */
	bool tick;   /* a tick box; else yes and no to choose from */
	bool differ; /* on another form it is the other kind */
};

static void
keep_language(const char *language, char out[static PRIMERO_CHECK_LANGUAGE])
{
	(void)snprintf(out, PRIMERO_CHECK_LANGUAGE, "%s",
	    strlen(language) < PRIMERO_CHECK_LANGUAGE ? language : "?");
}

static void
take_wordings(const struct json_node *texts, struct told *t)
{
	for (const struct json_node *n =
		 texts != NULL && json_kind(texts) == JSON_OBJECT ?
		 json_first(texts) :
		 NULL;
	     n != NULL; n = json_next(n)) {
		const char *language = json_name(n);
		const char *wording = json_text(n);
		int way = wording == NULL ? 0 : tell(language, wording);

		if (way == 0)
			continue;
		if (t->way == 0) {
			keep_language(language, t->language);
			t->way = way;
		} else if (t->way != way)
			keep_language(language, t->other);
	}
}

struct wording_taker {
	struct primero_wording *out;
	struct told told;
};

static void
take_field(void *with, const struct json_node *field)
{
	struct wording_taker *w = with;
	struct primero_wording *out = w->out;
	struct told *t = &w->told;
	const char *name = json_get_text(field, "name");
	const char *type = json_get_text(field, "type");
	bool tick = type != NULL && strcmp(type, "tick_box") == 0;

	if (name == NULL || strcmp(name, FIELD) != 0)
		return;
	t->differ |= out->has_field && t->tick != tick;
	out->has_field = true;
	t->tick = tick;
	take_wordings(json_get(field, "display_name"), t);
	take_wordings(json_get(field, "help_text"), t);
}

/* Every field of every form, one after the other. */
struct fields_taker {
	void (*take)(void *with, const struct json_node *field);
	void *with;
};

static void
take_form(const struct json_node *form, const struct fields_taker *t)
{
	const struct json_node *fields = json_get(form, "fields");

	if (fields == NULL || json_kind(fields) != JSON_LIST)
		return;
	for (const struct json_node *n = json_first(fields); n != NULL;
	     n = json_next(n))
		t->take(t->with, n);
}

/* All pages of a list, each handed on as it came. */
struct listing {
	struct primero_api *api;
	const char *path; /* "/api/v2/forms" */
	const char *what;
	int (*take)(void *with, const struct http_answer *a, struct fault *why);
	void *with;
};

static int
each_page(const struct listing *l, struct fault *why)
{
	struct http_answer a;
	struct primero_page page;
	char path[PATH_ROOM];
	bool more = true;
	int rc = 0;

	http_answer_init(&a);
	for (int i = 1; rc == 0 && more; i++) {
		(void)snprintf(path, sizeof(path), "%s?per=1000&page=%d",
		    l->path, i);
		if (primero_api_get(l->api, path, l->what, &a, why) == -1 ||
		    primero_page_open(&a.body, &page, why) == -1 ||
		    l->take(l->with, &a, why) == -1)
			rc = -1;
		else
			more = page.total >= 0 && page.per > 0 &&
			    i * page.per < page.total;
		if (rc == 0 && more && i == PAGES_MAX)
			rc = FAIL(why, FAULT_SERVER_ANSWER,
			    "GET %s: more than %d pages", l->what, PAGES_MAX);
	}
	http_answer_free(&a);
	return rc;
}

static int
take_forms(void *with, const struct http_answer *a, struct fault *why)
{
	const struct fields_taker *t = with;
	const struct json_node *data;
	struct json *j;

	if (primero_api_json(a, &j, why) == -1)
		return -1;
	data = json_get(json_root(j), "data");
	if (json_kind(data) == JSON_LIST)
		for (const struct json_node *n = json_first(data); n != NULL;
		     n = json_next(n))
			take_form(n, t);
	json_free(j);
	return 0;
}

static int
each_field(struct primero_api *p, struct fields_taker *t, struct fault *why)
{
	const struct listing forms = { p, "/api/v2/forms", "forms", take_forms,
		t };

	return each_page(&forms, why);
}

/* Why it cannot be told, or NULL. */
static const char *
not_told(const struct primero_wording *w, const struct told *t,
    enum polarity declared)
{
	if (declared == POLARITY_NONE)
		return "the agreement does not say how it asks";
	if (!w->has_field)
		return FIELD " is on no form that satchel's user may see";
	if (t->differ)
		return FIELD " is a tick box on one form, and not on another";
	return t->way != 0 ? NULL : FIELD " is in no words that satchel knows";
}

int
primero_check_polarity(struct primero_api *p, enum polarity declared,
    struct primero_wording *out, struct fault *why)
{
	struct wording_taker w = { .out = out };
	struct fields_taker t = { take_field, &w };
	bool positive;

	*out = (struct primero_wording){ .polarity = PRIMERO_POLARITY_UNKNOWN };
	if (each_field(p, &t, why) == -1)
		return -1;
	memcpy(out->language, w.told.language, sizeof(out->language));
	memcpy(out->other, w.told.other, sizeof(out->other));
	if (w.told.other[0] != '\0') {
		out->polarity = PRIMERO_POLARITY_CONTRADICTS;
		return 0;
	}
	if ((out->because = not_told(out, &w.told, declared)) != NULL)
		return 0;
	positive = w.told.way > 0;
	out->polarity = positive == (declared == POLARITY_POSITIVE) ?
	    PRIMERO_POLARITY_AGREES :
	    PRIMERO_POLARITY_DISAGREES;
	return 0;
}

struct names_taker {
	const char *const *names;
	size_t count;
	bool *there;
};

static void
note_name(void *with, const struct json_node *field)
{
	const struct names_taker *t = with;
	const char *name = json_get_text(field, "name");

	for (size_t i = 0; i < t->count; i++)
		t->there[i] |= name != NULL && strcmp(name, t->names[i]) == 0;
}

int
primero_check_fields(struct primero_api *p, const char *const *names,
    size_t count, bool *there, struct fault *why)
{
	struct names_taker names_of = { names, count, there };
	struct fields_taker t = { note_name, &names_of };

	for (size_t i = 0; i < count; i++)
		there[i] = false;
	return each_field(p, &t, why);
}

struct lookups_taker {
	struct arena *arena;
	struct lookups *out;
};

static int
take_lookups(void *with, const struct http_answer *a, struct fault *why)
{
	const struct lookups_taker *t = with;

	return lookups_read(a->body.at, a->body.len, t->arena, t->out, why);
}

static int
read_lookups(struct primero_api *p, struct arena *a, struct lookups *out,
    struct fault *why)
{
	struct lookups_taker t = { a, out };
	const struct listing lists = { p, "/api/v2/lookups", "lookups",
		take_lookups, &t };
	const struct listing agencies = { p, "/api/v2/agencies", "agencies",
		take_lookups, &t };

	if (each_page(&lists, why) == -1)
		return -1;
	return each_page(&agencies, why);
}

static void
add_missing(struct primero_codes *out, enum map_section section,
    const char *code, bool *named)
{
	size_t len = strlen(out->text);

	if (out->missing++ > 0 && len + 8 >= sizeof(out->text))
		return;
	(void)snprintf(out->text + len, sizeof(out->text) - len, "%s%s%s%s",
	    len > 0 ? ", " : "", *named ? "" : lookups_name(section),
	    *named ? "" : ": ", code);
	*named = true;
}

static void
hold_against(const struct lookups *l, const struct agreement *a,
    enum map_section section, struct primero_codes *out)
{
	const struct map *map = &a->maps[section];
	bool named = false;

	if (lookups_name(section) == NULL || !l->has[section])
		return;
	for (size_t i = 0; i < map->count; i++) {
		const struct texts *codes = &map->entries[i].primero;

		for (size_t n = 0; n < codes->count; n++)
			if (!lookups_has(l, section, codes->items[n]))
				add_missing(out, section, codes->items[n],
				    &named);
	}
}

int
primero_check_codes(struct primero_api *p, const struct agreement *a,
    struct primero_codes *out, struct fault *why)
{
	struct lookups lookups = { .count = 0 };
	struct arena *rows = arena_new(LOOKUPS_ARENA, why);
	int rc;

	*out = (struct primero_codes){ .missing = 0 };
	if (rows == NULL)
		return -1;
	rc = read_lookups(p, rows, &lookups, why);
	for (enum map_section i = 0; rc == 0 && i < MAP_SECTIONS; i++)
		hold_against(&lookups, a, i, out);
	arena_free(rows);
	return rc;
}

/* The one entry of that very name: a filter may have been ignored. */
static const struct json_node *
find_user(const struct json *j, const char *name)
{
	const struct json_node *data = json_get(json_root(j), "data");

	if (data == NULL || json_kind(data) != JSON_LIST)
		return NULL;
	for (const struct json_node *n = json_first(data); n != NULL;
	     n = json_next(n)) {
		const char *said = json_get_text(n, "user_name");

		if (said != NULL && strcmp(said, name) == 0)
			return n;
	}
	return NULL;
}

/* Ask and look the name up in what comes; 1, 0 or -1. */
static int
ask_for_user(struct primero_api *p, const char *path, const char *name,
    bool *disabled, struct fault *why)
{
	const struct json_node *user;
	struct http_answer a;
	struct json *j = NULL;
	int rc = -1;

	http_answer_init(&a);
	if (primero_api_get(p, path, "users", &a, why) == -1 ||
	    primero_api_json(&a, &j, why) == -1)
		goto done;
	user = find_user(j, name);
	if (user != NULL && !json_boolean(json_get(user, "disabled"), disabled))
		*disabled = false;
	rc = user != NULL;

done:
	json_free(j);
	http_answer_free(&a);
	return rc;
}

int
primero_check_user(struct primero_api *p, const char *name,
    const char *module_id, struct primero_user *out, struct fault *why)
{
	struct bytes path;
	bool ignored = false;
	int found = -1;

	*out = (struct primero_user){ .found = false };
	bytes_init(&path, PATH_ROOM);
	if (bytes_add_text(&path, "/api/v2/users?user_name=", why) == -1 ||
	    http_add_escaped(&path, name, why) == -1)
		goto done;
	found = ask_for_user(p, (char *)path.at, name, &out->disabled, why);
	if (found != 1)
		goto done;
	out->found = true;
	bytes_empty(&path);
	if (bytes_add_text(&path,
		"/api/v2/users/refer-to?record_type=case&record_module_id=",
		why) == -1 ||
	    http_add_escaped(&path, module_id, why) == -1)
		found = -1;
	else
		found = ask_for_user(p, (char *)path.at, name, &ignored, why);
	out->may_receive = found == 1 && !out->disabled;

done:
	bytes_free(&path);
	return found == -1 ? -1 : 0;
}
