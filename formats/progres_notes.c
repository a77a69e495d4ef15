#include "formats/progres_notes.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/fault.h"
#include "formats/html.h"
#include "formats/json.h"

#define BETWEEN "\n\n"
#define SPACES " \t\r\n"

/* Is it a list of notes, or was it meant to be one? */
static bool
is_list(const char *text)
{
	static const char author[] = "CreatedBy";
	const char *in = text + strspn(text, SPACES);

	if (*in == '[' || *in == '{') {
		in++;
		in += strspn(in, SPACES);
		if (*in != '\0' && strchr("{]\"", *in) != NULL)
			return true;
	}
	for (; *text != '\0'; text++)
		if (strncasecmp(text, author, strlen(author)) == 0)
			return true;
	return false;
}

/* One text, unless it is there already. */
static int
add_text(struct progres_notes *n, const char *written, struct arena *a,
    bool *readable, struct fault *why)
{
	const char *text = html_to_text(written, a, why);

	if (text == NULL)
		return -1;
	if (is_list(text) || n->count == PROGRES_NOTES_MAX) {
		*readable = false;
		return 0;
	}
	if (text[strspn(text, SPACES)] == '\0')
		return 0;
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->text[i], text) == 0)
			return 0;
	n->text[n->count++] = text;
	return 0;
}

static int
add_entries(struct progres_notes *n, const struct json_node *list,
    struct arena *a, bool *readable, struct fault *why)
{
	const struct json_node *text;

	*readable = json_kind(list) == JSON_LIST;
	for (const struct json_node *entry = json_first(list);
	     entry != NULL && *readable; entry = json_next(entry)) {
		text = json_get(entry, "Text");
		*readable = json_kind(entry) == JSON_OBJECT &&
		    (text == NULL || json_is_null(text) ||
			json_text(text) != NULL);
		if (*readable && json_text(text) != NULL &&
		    add_text(n, json_text(text), a, readable, why) == -1)
			return -1;
	}
	return 0;
}

int
progres_notes_add(struct progres_notes *n, const char *written, struct arena *a,
    bool *readable, struct fault *why)
{
	size_t before = n->count;
	struct json *j = NULL;
	int rc;

	*readable = true;
	if (!is_list(written)) {
		rc = add_text(n, written, a, readable, why);
	} else if (json_read(written, strlen(written), &json_foreign, &j,
		       why) == -1) {
		/* What is wrong in it might quote it. */
		*readable = false;
		rc = why->id == FAULT_NO_MEMORY ? -1 : 0;
	} else {
		rc = add_entries(n, json_root(j), a, readable, why);
	}
	if (!*readable)
		n->count = before;
	json_free(j);
	return rc;
}

void
progres_notes_last(struct progres_notes *n, const char *line)
{
	n->text[n->count++] = line;
}

int
progres_notes_join(const struct progres_notes *n, struct arena *a,
    const char **out, struct fault *why)
{
	size_t len = 0, each;
	char *at;

	*out = NULL;
	if (n->count == 0)
		return 0;
	for (size_t i = 0; i < n->count; i++)
		len += strlen(n->text[i]) + strlen(BETWEEN);
	if ((at = arena_take(a, len + 1, why)) == NULL)
		return -1;
	*out = at;
	for (size_t i = 0; i < n->count; i++) {
		if (i > 0) {
			memcpy(at, BETWEEN, strlen(BETWEEN));
			at += strlen(BETWEEN);
		}
		each = strlen(n->text[i]);
		memcpy(at, n->text[i], each);
		at += each;
	}
	*at = '\0';
	return 0;
}
