#include "formats/sentence.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_BYTES ((size_t)1024 * 1024)

void
sentence_start(struct sentence *s)
{
	bytes_init(&s->text, LINE_MAX_BYTES);
	s->why = (struct fault){ FAULT_NONE, "" };
	s->ended = false;
}

void
sentence_free(struct sentence *s)
{
	bytes_free(&s->text);
}

static bool
failed(const struct sentence *s)
{
	return s->why.id != FAULT_NONE;
}

/* bytes_add_text fills in why only if it fails. */
static void
add(struct sentence *s, const char *text)
{
	struct fault why;

	if (failed(s))
		return;
	if (s->ended)
		bytes_empty(&s->text);
	s->ended = false;
	if (bytes_add_text(&s->text, text, &why) == -1)
		s->why = why;
}

void
sentence_add(struct sentence *s, const char *more, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	if (failed(s))
		return;
	va_start(ap, more);
	len = vsnprintf(NULL, 0, more, ap);
	va_end(ap);
	if (len < 0 || (text = malloc((size_t)len + 1)) == NULL) {
		fault_set(&s->why, FAULT_NO_MEMORY, "a line to print");
		return;
	}
	va_start(ap, more);
	(void)vsnprintf(text, (size_t)len + 1, more, ap);
	va_end(ap);
	add(s, text);
	free(text);
}

void
sentence_list(struct sentence *s, const char *const *items, size_t count,
    const char *last)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i + 1 < count) {
			add(s, ", ");
		} else if (i > 0) {
			add(s, " ");
			add(s, last);
			add(s, " ");
		}
		add(s, items[i]);
	}
}

void
sentence_day(struct sentence *s, day d)
{
	char text[DAY_TEXT];

	day_write(d, text);
	add(s, text);
}

const char *
sentence_end(struct sentence *s, struct fault *why)
{
	if (failed(s)) {
		*why = s->why;
		return NULL;
	}
	s->ended = true;
	return s->text.len > 0 ? (const char *)s->text.at : "";
}
