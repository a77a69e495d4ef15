#include "base/figures.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define ROOM_FIRST 16

struct figure *
figures_find(const struct figures *f, const char *label)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->rows[i].label, label) == 0)
			return &f->rows[i];
	return NULL;
}

static int
make_room(struct figures *f, struct arena *a, struct fault *why)
{
	size_t room = f->room == 0 ? ROOM_FIRST : 2 * f->room;
	struct figure *rows;

	if (f->count < f->room)
		return 0;
	if ((rows = arena_take_array(a, room, sizeof(*rows), why)) == NULL)
		return -1;
	if (f->count > 0)
		memcpy(rows, f->rows, f->count * sizeof(*rows));
	f->rows = rows;
	f->room = room;
	return 0;
}

int
figures_add(struct figures *f, struct arena *a, const char *label, int64_t more,
    struct fault *why)
{
	struct figure *row = figures_find(f, label);

	if (row == NULL) {
		if (make_room(f, a, why) == -1)
			return -1;
		row = &f->rows[f->count];
		*row = (struct figure){ .count = 0 };
		row->label = arena_copy(a, label, strlen(label), why);
		if (row->label == NULL)
			return -1;
		f->count++;
	}
	row->count += more;
	f->total += more;
	return 0;
}

static int
by_label(const void *a, const void *b)
{
	const struct figure *l = a, *r = b;

	return strcmp(l->label, r->label);
}

static bool
is_few(int64_t count)
{
	return count > 0 && count < FIGURES_LEAST;
}

/*
 * Each hidden one is at least 1, so the largest that any of them can be is what
 * the others leave of their sum.  If that is a few, all of them are.
 */
static bool
is_kept_back(const struct figures *f)
{
	int64_t sum = 0, hidden = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (!f->rows[i].hidden)
			continue;
		sum += f->rows[i].count;
		hidden++;
	}
	return hidden == 0 ||
	    (hidden > 1 && sum - (hidden - 1) >= FIGURES_LEAST);
}

/* False if there is none left to hide. */
static bool
hide_smallest(struct figures *f)
{
	struct figure *smallest = NULL;

	for (size_t i = 0; i < f->count; i++) {
		struct figure *row = &f->rows[i];

		if (!row->hidden && row->count > 0 &&
		    (smallest == NULL || row->count < smallest->count))
			smallest = row;
	}
	if (smallest != NULL)
		smallest->hidden = true;
	return smallest != NULL;
}

void
figures_withhold(struct figures *f)
{
	f->withheld = true;
	for (size_t i = 0; i < f->count; i++)
		f->rows[i].hidden = true;
}

void
figures_hide(struct figures *f)
{
	if (!f->ordered && f->count > 0)
		qsort(f->rows, f->count, sizeof(*f->rows), by_label);
	for (size_t i = 0; i < f->count; i++)
		f->rows[i].hidden = is_few(f->rows[i].count);
	/* Rows that overlap have no sum to work anything out from. */
	f->total_hidden = !f->parts || is_few(f->total);
	if (!f->parts)
		return;
	if (f->total_hidden)
		figures_withhold(f);
	while (!f->withheld && !is_kept_back(f))
		if (!hide_smallest(f))
			figures_withhold(f);
}
