/*
 * Any text at all: what is in it as HTML is no longer than it was and has no
 * empty lines; shown as HTML, it reads as itself again and bears no tag.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/html.h"

#define ROOM ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_lines(const char *text)
{
	size_t len = strlen(text);

	if (strstr(text, "\n\n") != NULL || strchr(text, '\r') != NULL ||
	    strstr(text, " \n") != NULL || strstr(text, "\n ") != NULL)
		abort();
	if (len > 0 &&
	    (strchr(" \t\n", text[0]) != NULL ||
		strchr(" \t\n", text[len - 1]) != NULL))
		abort();
}

/* The text as a browser shows it. */
static const char *
shown(const char *text, struct arena *a)
{
	struct bytes html;
	struct fault why;
	const char *again;

	bytes_init(&html, ROOM);
	if (html_add_text(&html, text, &why) == -1)
		abort();
	if (html.len > 0 && strpbrk((const char *)html.at, "<>\"'") != NULL)
		abort();
	again =
	    html_to_text(html.len > 0 ? (const char *)html.at : "", a, &why);
	if (again == NULL)
		abort();
	bytes_free(&html);
	return again;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fault why;
	struct arena *a = arena_new(ROOM, &why);
	const char *html, *text, *once;

	if (a == NULL || (html = arena_copy(a, bytes, len, &why)) == NULL)
		abort();
	if ((text = html_to_text(html, a, &why)) == NULL)
		abort();
	if (strlen(text) > strlen(html))
		abort();
	check_lines(text);
	/* The first time controls go and marks are spelled out. */
	once = shown(text, a);
	if (strcmp(shown(once, a), once) != 0)
		abort();
	arena_free(a);
	return 0;
}
