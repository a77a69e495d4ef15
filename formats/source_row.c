#include "formats/source_row.h"

#include <string.h>

static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool
same(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

bool
source_row_is_named(const char *word, const char *ref, const char *display,
    const char *individual)
{
	const char *colon = strchr(ref, ':');

	if (*word == '\0')
		return false;
	return begins(ref, word) ||
	    (colon != NULL && begins(colon + 1, word)) || same(display, word) ||
	    same(individual, word);
}
