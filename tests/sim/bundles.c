#include "tests/sim/bundles.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define SLOTS 65536 /* a power of two, and far more than there are bundles */

static struct sent_bundle slots[SLOTS];

static struct sent_bundle *
slot_of(const char *id)
{
	char start[9] = "";
	size_t at;

	memcpy(start, id, strnlen(id, sizeof(start) - 1));
	at = strtoul(start, NULL, 16) % SLOTS;
	while (
	    slots[at].start[0] != '\0' && strcmp(slots[at].start, start) != 0)
		at = (at + 1) % SLOTS;
	return &slots[at];
}

struct sent_bundle *
bundles_find(const char *id)
{
	struct sent_bundle *b = id != NULL ? slot_of(id) : NULL;

	return b != NULL && b->start[0] != '\0' ? b : NULL;
}

bool
bundles_is_name(const char *name)
{
	return strlen(name) == strlen("00000000.satchel") &&
	    strcmp(name + 8, ".satchel") == 0;
}

void
bundles_note_one(const struct world *w, const char *name, int from, int to,
    long op)
{
	struct sent_bundle *b = slot_of(name);

	/* One that is sent again was made before. */
	if (b->start[0] != '\0')
		return;
	memcpy(b->start, name, sizeof(b->start) - 1);
	b->from = from;
	b->to = to;
	b->op = op;
	b->kept_for = w->keep_for;
}

int
bundles_note(struct world *w, int from, int to, long op)
{
	const char *dir = world_path(w, "out/%s/%s", w->office[from].code,
	    w->office[to].code);
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (bundles_is_name(names[i]->d_name))
			bundles_note_one(w, names[i]->d_name, from, to, op);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return n >= 0 ? 0 : -1;
}

void
bundles_forget(void)
{
	memset(slots, 0, sizeof(slots));
}
