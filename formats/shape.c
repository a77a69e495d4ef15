#include "formats/shape.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"

/* Enums are stored through an int. */
_Static_assert(sizeof(enum answer_given) == sizeof(int), "enums are ints");

static const char *const says[SHAPE_WRONGS] = {
	[SHAPE_WRONG_NAME] = "is unknown here",
	[SHAPE_WRONG_MISSING] = "is missing",
	[SHAPE_WRONG_KIND] = "is of the wrong kind",
	[SHAPE_WRONG_TEXT] = "is empty or not clean NFC text",
	[SHAPE_WRONG_DATE] = "is not a date",
	[SHAPE_WRONG_RANGE] = "is out of range",
	[SHAPE_WRONG_WORD] = "is not a word that may stand there",
	[SHAPE_WRONG_REPEAT] = "says the same twice",
	[SHAPE_WRONG_COUNT] = "has too many or too few entries",
	[SHAPE_WRONG_PLACE] = "does not go with the rest",
};

const char *
shape_says(enum shape_wrong what)
{
	assert(what < SHAPE_WRONGS);
	return says[what];
}

const char *
shape_word(const struct shape_word *words, int value)
{
	for (; words->word != NULL; words++)
		if (words->value == value)
			return words->word;
	return NULL;
}

static const struct shape_word *
find_word(const struct shape_word *words, const char *text)
{
	for (; words->word != NULL; words++)
		if (strcmp(words->word, text) == 0)
			return words;
	return NULL;
}

void
shape_start(struct shape_reader *r, struct arena *a,
    void (*wrong)(void *own, enum shape_wrong what, const char *where),
    void *own, struct fault *why)
{
	*r = (struct shape_reader){ .arena = a, .wrong = wrong, .own = own };
	r->why = why;
}

static size_t
extend(struct shape_reader *r, const char *more)
{
	size_t mark = r->where_len;
	size_t room = sizeof(r->where) - mark;
	int len = snprintf(r->where + mark, room, "%s", more);

	if (len > 0)
		r->where_len += (size_t)len < room ? (size_t)len : room - 1;
	return mark;
}

size_t
shape_enter(struct shape_reader *r, const char *name)
{
	char shown[64];
	size_t mark = extend(r, r->where_len == 0 ? "" : ".");

	/* A name can be anybody's: a place is read on screens. */
	(void)extend(r, text_show(name, strlen(name), shown, sizeof(shown)));
	return mark;
}

size_t
shape_enter_item(struct shape_reader *r, size_t item)
{
	char index[32];

	(void)snprintf(index, sizeof(index), "[%zu]", item);
	return extend(r, index);
}

void
shape_leave(struct shape_reader *r, size_t mark)
{
	r->where_len = mark;
	r->where[mark] = '\0';
}

void
shape_report(struct shape_reader *r, enum shape_wrong what)
{
	r->wrong(r->own, what, r->where);
}

void
shape_report_name(struct shape_reader *r, const char *name)
{
	char shown[48];
	size_t mark =
	    shape_enter(r, text_show(name, strlen(name), shown, sizeof(shown)));

	shape_report(r, SHAPE_WRONG_NAME);
	shape_leave(r, mark);
}

void *
shape_room(struct shape_reader *r, size_t count, size_t size)
{
	void *room = NULL;

	if (!r->failed)
		room = arena_take_array(r->arena, count, size, r->why);
	r->failed = room == NULL;
	return room;
}

const char *
shape_text(struct shape_reader *r, const struct json_node *n, bool lines)
{
	const char *text = json_text(n);
	char *copy = NULL;
	size_t len;

	if (text == NULL) {
		shape_report(r, SHAPE_WRONG_KIND);
		return NULL;
	}
	len = strlen(text);
	if (len == 0 || !text_is_clean(text, len, lines) ||
	    !text_is_nfc(text, len)) {
		shape_report(r, SHAPE_WRONG_TEXT);
		return NULL;
	}
	if (!r->failed)
		copy = arena_copy(r->arena, text, len, r->why);
	r->failed = copy == NULL;
	return copy;
}

bool
shape_day(struct shape_reader *r, const struct json_node *n, day *out)
{
	const char *text = json_text(n);

	if (text == NULL) {
		shape_report(r, SHAPE_WRONG_KIND);
		return false;
	}
	if (!day_read(text, out)) {
		*out = DAY_UNKNOWN;
		shape_report(r, SHAPE_WRONG_DATE);
		return false;
	}
	return true;
}

bool
shape_integer(struct shape_reader *r, const struct json_node *n, int64_t min,
    int64_t max, int64_t *out)
{
	int64_t value;

	if (!json_integer(n, &value)) {
		shape_report(r, SHAPE_WRONG_KIND);
		return false;
	}
	if (value < min || value > max) {
		shape_report(r, SHAPE_WRONG_RANGE);
		return false;
	}
	*out = value;
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, what is there twice stands together. */
static bool
repeats(struct shape_reader *r, const struct texts *t)
{
	const char **sorted;

	if (t->count < 2)
		return false;
	sorted = shape_room(r, t->count, sizeof(*sorted));
	if (sorted == NULL)
		return false;
	memcpy(sorted, t->items, t->count * sizeof(*sorted));
	qsort(sorted, t->count, sizeof(*sorted), by_text);
	for (size_t i = 1; i < t->count; i++)
		if (strcmp(sorted[i - 1], sorted[i]) == 0)
			return true;
	return false;
}

/* How many items, or false if it is no list or has too many. */
static bool
list_count(struct shape_reader *r, const struct json_node *n, size_t max,
    size_t *count)
{
	if (json_kind(n) != JSON_LIST) {
		shape_report(r, SHAPE_WRONG_KIND);
		return false;
	}
	*count = json_count(n);
	if (max != 0 && *count > max) {
		shape_report(r, SHAPE_WRONG_COUNT);
		return false;
	}
	return true;
}

bool
shape_texts(struct shape_reader *r, const struct json_node *n,
    const struct shape_word *words, size_t max, struct texts *out)
{
	size_t count, at = 0;
	bool good = true;

	if (!list_count(r, n, max, &count))
		return false;
	out->items = shape_room(r, count, sizeof(*out->items));
	out->present = out->items != NULL;
	if (out->items == NULL)
		return false;
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i), at++) {
		size_t mark = shape_enter_item(r, at);
		const char *text = shape_text(r, i, false);

		if (text != NULL && words != NULL &&
		    find_word(words, text) == NULL) {
			shape_report(r, SHAPE_WRONG_WORD);
			text = NULL;
		}
		if (text != NULL)
			out->items[out->count++] = text;
		else
			good = false;
		shape_leave(r, mark);
	}
	if (repeats(r, out)) {
		shape_report(r, SHAPE_WRONG_REPEAT);
		good = false;
	}
	return good && !r->failed;
}

static void
read_list(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	size_t count, at = 0;
	uint8_t *items;

	if (!list_count(r, n, (size_t)m->max, &count))
		return;
	/* An empty list still has a place, so that it can be told from none. */
	if ((items = shape_room(r, count, m->of->size)) == NULL)
		return;
	memcpy(base + m->at, &items, sizeof(items));
	/* The count is there before the items: who reads one may look back. */
	memcpy(base + m->count_at, &count, sizeof(count));
	for (const struct json_node *i = json_first(n); i != NULL;
	     i = json_next(i), at++) {
		size_t mark = shape_enter_item(r, at);

		shape_object(r, i, m->of, items + at * m->of->size);
		shape_leave(r, mark);
	}
}

static void
read_word(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	const char *text = json_text(n);
	const struct shape_word *word;

	if (text == NULL)
		shape_report(r, SHAPE_WRONG_KIND);
	else if ((word = find_word(m->words, text)) == NULL)
		shape_report(r, SHAPE_WRONG_WORD);
	else if (m->kind == SHAPE_WORD)
		memcpy(base + m->at, &word->value, sizeof(word->value));
}

static void
read_boolean(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	bool yes;

	if (!json_boolean(n, &yes)) {
		shape_report(r, SHAPE_WRONG_KIND);
	} else if (m->kind == SHAPE_ANSWER) {
		int answer = yes ? ANSWER_YES : ANSWER_NO;

		memcpy(base + m->at, &answer, sizeof(answer));
	} else {
		memcpy(base + m->at, &yes, sizeof(yes));
	}
}

static void
read_integer(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	int64_t value;
	int small;

	if (!shape_integer(r, n, m->min, m->max, &value))
		return;
	small = (int)value;
	if (m->kind == SHAPE_INT)
		memcpy(base + m->at, &small, sizeof(small));
	else
		memcpy(base + m->at, &value, sizeof(value));
}

static void
read_text(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	const char *text = shape_text(r, n, m->kind == SHAPE_NOTES);

	memcpy(base + m->at, &text, sizeof(text));
}

static void
read_day(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	day d = DAY_UNKNOWN;

	if (n != NULL)
		(void)shape_day(r, n, &d);
	memcpy(base + m->at, &d, sizeof(d));
}

static void
read_texts(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	struct texts t = { NULL, 0, false };

	(void)shape_texts(r, n, m->words, (size_t)m->max, &t);
	memcpy(base + m->at, &t, sizeof(t));
}

static void
read_value(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, uint8_t *base)
{
	if (m->flags & SHAPE_FILLED && json_kind(n) == JSON_OBJECT &&
	    json_count(n) == 0)
		shape_report(r, SHAPE_WRONG_COUNT);
	switch (m->kind) {
	case SHAPE_TEXT:
	case SHAPE_NOTES:
		read_text(r, n, m, base);
		break;
	case SHAPE_FIXED:
	case SHAPE_WORD:
		read_word(r, n, m, base);
		break;
	case SHAPE_DATE:
		read_day(r, n, m, base);
		break;
	case SHAPE_INT:
	case SHAPE_INTEGER:
		read_integer(r, n, m, base);
		break;
	case SHAPE_BOOLEAN:
	case SHAPE_ANSWER:
		read_boolean(r, n, m, base);
		break;
	case SHAPE_TEXTS:
		read_texts(r, n, m, base);
		break;
	case SHAPE_OBJECT:
		shape_object(r, n, m->of, base + m->at);
		break;
	case SHAPE_LIST:
		read_list(r, n, m, base);
		break;
	case SHAPE_TAKE:
		m->take(r, n, m, base);
		break;
	}
}

static bool
known(const struct shape *shape, const char *name)
{
	for (const struct shape_member *m = shape->members; m->name != NULL;
	     m++)
		if (strcmp(m->name, name) == 0)
			return true;
	return false;
}

void
shape_object(struct shape_reader *r, const struct json_node *n,
    const struct shape *shape, void *base)
{
	if (json_kind(n) != JSON_OBJECT) {
		shape_report(r, SHAPE_WRONG_KIND);
		return;
	}
	for (const struct json_node *i = json_first(n); i != NULL;
	     i = json_next(i))
		if (!known(shape, json_name(i)))
			shape_report_name(r, json_name(i));
	for (const struct shape_member *m = shape->members;
	     m->name != NULL && !r->failed; m++) {
		const struct json_node *value = json_get(n, m->name);
		size_t mark = shape_enter(r, m->name);
		bool null = json_is_null(value) && m->flags & SHAPE_NULLABLE;

		if (value != NULL && !null)
			read_value(r, value, m, base);
		else if (m->kind == SHAPE_DATE)
			read_day(r, NULL, m, base);
		if (value == NULL && m->flags & SHAPE_REQUIRED)
			shape_report(r, SHAPE_WRONG_MISSING);
		shape_leave(r, mark);
	}
}
